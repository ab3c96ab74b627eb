//! Releases, their immutable records, and what the search knows of pages.

use crate::access::SiteAccess;
use crate::clock;
use crate::sql;
use crate::stores::{Fault, Row, Rows, Statement, Stores, lists, row, rows};
use intake::Immutable;
use model::SiteScope;
use serde_json::json;

/// The newest release, live or on its way, and what is scheduled.
pub async fn head(stores: &dyn Stores, scope: &SiteScope, database: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        database,
        sql!(
            "SELECT number, status, site_record, contents, \
               (SELECT json_group_array(json_object('id', id, 'at', at, 'pages', json(pages), 'note', note, 'author', author, 'created_at', created_at)) \
                FROM schedules WHERE site_id = ?1) AS schedules \
             FROM releases WHERE site_id = ?1 ORDER BY number DESC LIMIT 1",
            scope.site().as_str()
        ),
    )
    .await
}

pub async fn get(stores: &dyn Stores, access: &SiteAccess, number: u64) -> Result<Option<Row>, Fault> {
    row(
        stores,
        access.database(),
        sql!(
            "SELECT number, status, cause, of_number, site_record, contents, changes, note, author, created_at, live_at \
             FROM releases WHERE site_id = ?1 AND number = ?2",
            access.site().as_str(),
            number
        ),
    )
    .await
}

/// Newest first.
pub async fn list(
    stores: &dyn Stores,
    access: &SiteAccess,
    before: u64,
    limit: usize,
) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT number, status, cause, of_number, changes, note, author, created_at, live_at FROM releases \
             WHERE site_id = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3",
            access.site().as_str(),
            before,
            limit as u64 + 1
        ),
    )
    .await
}

/// The shards of a route table.
pub async fn shards(
    stores: &dyn Stores,
    scope: &SiteScope,
    database: &str,
    hash: &str,
) -> Result<Rows, Fault> {
    rows(
        stores,
        database,
        sql!(
            "SELECT part, body FROM published_records WHERE site_id = ?1 AND kind = 'routes' AND hash = ?2 ORDER BY part",
            scope.site().as_str(),
            hash
        ),
    )
    .await
}

/// Records that releases have brought: a list of `[kind, hash]`.
pub async fn records(stores: &dyn Stores, access: &SiteAccess, wanted: String) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT r.kind, r.hash, r.body FROM json_each(?2) w CROSS JOIN published_records r \
             ON r.site_id = ?1 AND r.kind = w.value->>0 AND r.hash = w.value->>1 AND r.part = 0",
            access.site().as_str(),
            wanted
        ),
    )
    .await
}

pub struct NewRelease<'a> {
    pub number: u64,
    pub cause: &'static str,
    pub of_number: Option<u64>,
    pub site_record: &'a str,
    pub contents: String,
    /// Search documents of the pages that it changes, in parts.
    pub documents: Vec<String>,
    pub changes: String,
    pub note: &'a str,
    pub author: &'a str,
    pub created_at: String,
}

/// A release with its records. Its number is the key: the second of two at once is refused.
pub fn store(scope: &SiteScope, release: NewRelease, records: &[Immutable]) -> Vec<Statement> {
    let site = scope.site().as_str();
    let mut statements = vec![sql!(
        "INSERT INTO releases (site_id, number, status, cause, of_number, site_record, contents, changes, note, author, created_at) \
         VALUES (?1, ?2, 'stored', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        site,
        release.number,
        release.cause,
        release.of_number,
        release.site_record,
        release.contents,
        release.changes,
        release.note,
        release.author,
        release.created_at
    )];
    let records =
        records.iter().map(|record| json!([record.kind.name(), record.hash, record.part, record.text]));
    statements.extend(lists(records).into_iter().map(|records| {
        sql!(
            "INSERT INTO published_records (site_id, kind, hash, part, body, release) \
             SELECT ?1, value->>0, value->>1, value->>2, value->>3, ?3 FROM json_each(?2) WHERE true \
             ON CONFLICT DO NOTHING",
            site,
            records,
            release.number
        )
    }));
    statements.extend((0..).zip(release.documents).map(|(part, documents): (u64, String)| {
        sql!(
            "INSERT INTO release_documents (site_id, release, part, documents) VALUES (?1, ?2, ?3, ?4)",
            site,
            release.number,
            part,
            documents
        )
    }));
    statements
}

/// The number of the live release and of the newest one that waits to be live.
pub fn open(site: &str) -> Statement {
    sql!(
        "SELECT (SELECT number FROM releases WHERE site_id = ?1 AND status = 'live') AS live, \
           (SELECT max(number) FROM releases INDEXED BY releases_open WHERE site_id = ?1 AND status IN ('stored', 'writing')) AS open",
        site
    )
}

/// Records that the releases behind one and up to another brought, some at a time.
pub fn records_between(site: &str, live: u64, number: u64, after: (&str, &str, u64)) -> Statement {
    sql!(
        "SELECT kind, hash, part, body FROM published_records INDEXED BY published_records_by_release \
         WHERE site_id = ?1 AND release > ?2 AND release <= ?3 AND (kind, hash, part) > (?4, ?5, ?6) \
         ORDER BY kind, hash, part LIMIT 50",
        site,
        live,
        number,
        after.0,
        after.1,
        after.2
    )
}

/// All records of a site, some at a time.
pub fn all_records(site: &str, after: (&str, &str, u64)) -> Statement {
    sql!(
        "SELECT kind, hash, part, body FROM published_records \
         WHERE site_id = ?1 AND (kind, hash, part) > (?2, ?3, ?4) ORDER BY kind, hash, part LIMIT 50",
        site,
        after.0,
        after.1,
        after.2
    )
}

/// What the releases from the live one up to another show; what the search will know of pages then.
pub fn waiting(site: &str, live: u64, number: u64) -> Vec<Statement> {
    vec![
        sql!(
            "SELECT number, contents FROM releases WHERE site_id = ?1 AND number >= ?2 AND number <= ?3 ORDER BY number",
            site,
            live,
            number
        ),
        sql!(
            "SELECT documents FROM release_documents WHERE site_id = ?1 AND release > ?2 AND release <= ?3 \
             ORDER BY release, part",
            site,
            live,
            number
        ),
    ]
}

/// Pages whose published revision is another now: `[id, revision or null]`; the same for the other documents.
pub struct Published {
    pub pages: String,
    pub settings: String,
    pub components: String,
    pub blocks: String,
    /// Search documents by page: `[id, row, scope, title, body, path, summary]`, or `[id]` for none. In parts.
    pub documents: Vec<String>,
    /// Pages of records that have moved: `[id, old, new]`, the paths without the record's part.
    pub moved: String,
}

/// A statement about `?2`, which does something only while release `?3` is the live one (0: none is).
macro_rules! while_live {
    ($site:expr, $live:expr, $value:expr, $($sql:literal),+ $(,)?) => {
        sql!(
            concat!($($sql),+, " AND coalesce((SELECT number FROM releases WHERE site_id = ?1 AND status = 'live'), 0) = ?3"),
            $site,
            $value,
            $live
        )
    };
}

macro_rules! published_revision {
    ($table:literal, $site:expr, $live:expr, $value:expr) => {
        while_live!(
            $site,
            $live,
            $value,
            "UPDATE ",
            $table,
            " SET published_revision = \
               (SELECT value->>1 FROM json_each(?2) WHERE value->>0 = ",
            $table,
            ".id) \
             WHERE site_id = ?1 AND id IN (SELECT value->>0 FROM json_each(?2))",
        )
    };
}

/// Makes a stored release the live one in the place of another, in one batch with what follows from that. Where a third
/// one has become live since what is said here was read, nothing is done. The last statement answers with a row if it is.
pub fn go_live(
    stores: &dyn Stores,
    site: &str,
    live: u64,
    number: u64,
    published: &Published,
) -> Vec<Statement> {
    let now = clock::text(stores.now());
    let mut statements = vec![
        while_live!(
            site,
            live,
            &published.pages,
            "UPDATE pages SET published_revision = (SELECT value->>1 FROM json_each(?2) WHERE value->>0 = pages.id), \
               status = CASE WHEN status NOT IN ('draft', 'published') THEN status \
                 WHEN (SELECT value->>1 FROM json_each(?2) WHERE value->>0 = pages.id) IS NULL THEN 'draft' ELSE 'published' END \
             WHERE site_id = ?1 AND id IN (SELECT value->>0 FROM json_each(?2))",
        ),
        published_revision!("settings", site, live, &published.settings),
        published_revision!("components", site, live, &published.components),
        published_revision!("blocks", site, live, &published.blocks),
    ];
    for documents in &published.documents {
        statements.extend([
            while_live!(
                site,
                live,
                documents,
                "DELETE FROM search WHERE rowid IN (SELECT d.row FROM json_each(?2) w CROSS JOIN search_documents d \
                   ON d.site_id = ?1 AND d.kind = 'page' AND d.id = w.value->>0)",
            ),
            while_live!(
                site,
                live,
                documents,
                "DELETE FROM search_documents WHERE site_id = ?1 AND kind = 'page' \
                   AND id IN (SELECT value->>0 FROM json_each(?2))",
            ),
            while_live!(
                site,
                live,
                documents,
                "INSERT INTO search (rowid, scope, title, body, path, summary) \
                 SELECT value->>1, value->>2, value->>3, value->>4, value->>5, value->>6 FROM json_each(?2) \
                 WHERE json_array_length(value) > 1",
            ),
            while_live!(
                site,
                live,
                documents,
                "INSERT INTO search_documents (site_id, kind, id, row) \
                 SELECT ?1, 'page', value->>0, value->>1 FROM json_each(?2) WHERE json_array_length(value) > 1",
            ),
        ]);
    }
    if published.moved != "[]" {
        statements.push(moved_records(site, live, &published.moved));
    }
    statements.extend([
        while_live!(site, live, number, "DELETE FROM release_documents WHERE site_id = ?1 AND release <= ?2"),
        while_live!(
            site,
            live,
            number,
            "UPDATE releases SET status = 'replaced' \
             WHERE site_id = ?1 AND number >= ?3 AND number < ?2 AND status IN ('stored', 'live')",
        ),
        sql!(
            "UPDATE releases SET status = 'live', live_at = ?3 WHERE site_id = ?1 AND number = ?2 AND status = 'stored' \
               AND NOT EXISTS (SELECT 1 FROM releases WHERE site_id = ?1 AND status = 'live') RETURNING number",
            site,
            number,
            now
        ),
    ]);
    statements
}

fn moved_records(site: &str, live: u64, moved: &str) -> Statement {
    while_live!(
        site,
        live,
        moved,
        "UPDATE search SET path = coalesce((SELECT value->>2 || substr(search.path, length(value->>1) + 1) FROM json_each(?2) \
           WHERE substr(search.path, 1, length(value->>1)) = value->>1), path) \
         WHERE rowid IN (SELECT d.row FROM json_each(?2) w CROSS JOIN pages p ON p.site_id = ?1 AND p.id = w.value->>0 \
           CROSS JOIN entities e INDEXED BY entities_by_seq \
             ON e.site_id = ?1 AND e.kind = p.entity AND e.status = 'published' AND e.locale = p.locale \
           CROSS JOIN search_documents d ON d.site_id = ?1 AND d.kind = 'entity' AND d.id = e.id)",
    )
}

/// Automatic redirects from paths that pages have left, and the end of those whose path is a page's again:
/// new paths by old ones, and a list of paths.
pub fn moved(stores: &dyn Stores, scope: &SiteScope, moves: &str, taken: &str) -> Vec<Statement> {
    let (site, now) = (scope.site().as_str(), clock::text(stores.now()));
    vec![
        sql!(
            "DELETE FROM redirects WHERE site_id = ?1 AND automatic = 1 AND from_path IN (SELECT value FROM json_each(?2))",
            site,
            taken
        ),
        // What led to the old path leads on to the new one, so that no chain grows.
        sql!(
            "UPDATE redirects INDEXED BY redirects_by_target \
             SET to_url = (SELECT value FROM json_each(?2) WHERE key = redirects.to_url), updated_at = ?3 \
             WHERE site_id = ?1 AND to_url IN (SELECT key FROM json_each(?2)) \
               AND from_path <> (SELECT value FROM json_each(?2) WHERE key = redirects.to_url)",
            site,
            moves,
            &now
        ),
        sql!(
            "INSERT INTO redirects (site_id, from_path, to_url, status, automatic, updated_at) \
             SELECT ?1, key, value, 301, 1, ?3 FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING",
            site,
            moves,
            now
        ),
    ]
}

/// What the search has of pages, by the ids of its documents.
pub fn search_documents(site: &str, ids: &str) -> Statement {
    sql!(
        "SELECT d.id, search.scope, search.title, search.body, search.path, search.summary \
         FROM json_each(?2) w CROSS JOIN search_documents d ON d.site_id = ?1 AND d.kind = 'page' AND d.id = w.value \
           CROSS JOIN search ON search.rowid = d.row",
        site,
        ids
    )
}
