//! Documents and their revisions: settings, pages, blocks and components have the same columns for what they share.

use crate::access::SiteAccess;
use crate::clock;
use crate::repo::pieces;
use crate::sql;
use crate::stores::{Fault, Row, Rows, Statement, Stores, row, rows};
use crate::subject::Subject;
use model::query::Order;
use serde_json::json;

macro_rules! in_table {
    ($subject:expr, $before:literal, $after:literal) => {
        match $subject {
            Subject::Setting => concat!($before, " settings ", $after),
            Subject::Page => concat!($before, " pages ", $after),
            Subject::Block => concat!($before, " blocks ", $after),
            Subject::Component => concat!($before, " components ", $after),
        }
    };
}

pub async fn get(
    stores: &dyn Stores,
    access: &SiteAccess,
    subject: Subject,
    id: &str,
) -> Result<Option<Row>, Fault> {
    let sql = match subject {
        Subject::Page => {
            "SELECT id, document, status, revision, published_revision, updated_at, updated_by, \
               (SELECT json_group_array(json_array(s.id, s.at, w.value, s.author)) FROM schedules s CROSS JOIN json_each(s.pages) w \
                WHERE s.site_id = ?1 AND w.key = ?2) AS scheduled \
             FROM pages WHERE site_id = ?1 AND id = ?2"
        }
        _ => in_table!(
            subject,
            "SELECT id, document, status, revision, published_revision, updated_at, updated_by FROM",
            "WHERE site_id = ?1 AND id = ?2"
        ),
    };
    row(stores, access.database(), sql!(sql, access.site().as_str(), id)).await
}

/// In the order of their ids.
pub async fn list(
    stores: &dyn Stores,
    access: &SiteAccess,
    subject: Subject,
    after: &str,
    limit: usize,
) -> Result<Rows, Fault> {
    let sql = in_table!(
        subject,
        "SELECT id, status, revision, published_revision, updated_at, updated_by FROM",
        "WHERE site_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
    );
    rows(stores, access.database(), sql!(sql, access.site().as_str(), after, limit as u64 + 1)).await
}

/// Everything but pages, as it stands now. For pages of records, where they are.
pub fn current(access: &SiteAccess) -> Vec<Statement> {
    let site = access.site().as_str();
    vec![
        sql!(
            "SELECT 'settings' AS subject, id, revision, document FROM settings WHERE site_id = ?1 \
             UNION ALL SELECT 'component', id, revision, document FROM components WHERE site_id = ?1 AND status = 'active' \
             UNION ALL SELECT 'block', id, revision, document FROM blocks WHERE site_id = ?1 AND status = 'active'",
            site
        ),
        types(access),
        sql!(
            "SELECT from_path, to_url, status, automatic FROM redirects WHERE site_id = ?1 ORDER BY from_path",
            site
        ),
        pages_of_records(access),
    ]
}

/// Pages as they are being edited, in the order of their ids, as many as fit into memory; none of the archive.
pub async fn pages_after(
    stores: &dyn Stores,
    access: &SiteAccess,
    after: &str,
    limit: usize,
) -> Result<Rows, Fault> {
    let sizes = sql!(
        "SELECT id, octet_length(document) AS bytes FROM pages \
         WHERE site_id = ?1 AND id > ?2 AND path IS NOT NULL ORDER BY id LIMIT ?3",
        access.site().as_str(),
        after,
        limit as u64
    );
    let ids = pieces::fitting(&rows(stores, access.database(), sizes).await?);
    let pages = sql!(
        "SELECT p.id, p.document FROM json_each(?2) w CROSS JOIN pages p ON p.site_id = ?1 AND p.id = w.value",
        access.site().as_str(),
        json!(ids).to_string()
    );
    rows(stores, access.database(), pages).await
}

/// What records are checked against: the general settings, the types, and for pages of records where they are.
pub fn of_records(access: &SiteAccess) -> Vec<Statement> {
    let general =
        sql!("SELECT document FROM settings WHERE site_id = ?1 AND id = 'general'", access.site().as_str());
    vec![general, types(access), pages_of_records(access)]
}

fn types(access: &SiteAccess) -> Statement {
    sql!(
        "SELECT id, definition, revision, status FROM entity_types WHERE site_id = ?1",
        access.site().as_str()
    )
}

fn pages_of_records(access: &SiteAccess) -> Statement {
    sql!(
        "SELECT path, locale, entity, (SELECT r.document->>'path' FROM revisions r WHERE r.site_id = ?1 \
           AND r.subject = 'page' AND r.subject_id = pages.id AND r.number = pages.published_revision) AS shown \
         FROM pages INDEXED BY pages_of_records \
         WHERE site_id = ?1 AND entity IS NOT NULL AND status IN ('draft', 'published')",
        access.site().as_str()
    )
}

/// The pages that can be published, all or those of a locale, without their documents.
pub fn pages_to_publish(access: &SiteAccess) -> Statement {
    sql!(
        "SELECT id, locale, path, revision, status FROM pages WHERE site_id = ?1 AND path IS NOT NULL ORDER BY id",
        access.site().as_str()
    )
}

/// The revisions of pages that can be published: a list of ids.
pub fn revisions_of_pages(access: &SiteAccess, ids: &str) -> Statement {
    sql!(
        "SELECT id, revision FROM pages WHERE site_id = ?1 AND path IS NOT NULL AND id IN (SELECT value FROM json_each(?2))",
        access.site().as_str(),
        ids
    )
}

/// Documents at given revisions: a list of `[subject, id, revision]`.
pub fn at(access: &SiteAccess, revisions: &str) -> Statement {
    sql!(
        "SELECT r.subject, r.subject_id AS id, r.number AS revision, r.document \
         FROM json_each(?2) w CROSS JOIN revisions r \
         ON r.site_id = ?1 AND r.subject = w.value->>0 AND r.subject_id = w.value->>1 AND r.number = w.value->>2",
        access.site().as_str(),
        revisions
    )
}

/// A saved state.
pub struct Saved<'a> {
    pub subject: Subject,
    pub id: &'a str,
    pub revision: u64,
    pub document: &'a str,
    pub cause: &'static str,
}

/// The row of a revision. Its key is what refuses the second of two saves on the same base.
pub fn revision(stores: &dyn Stores, access: &SiteAccess, saved: &Saved) -> Statement {
    sql!(
        "INSERT INTO revisions (site_id, subject, subject_id, number, document, cause, author, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        access.site().as_str(),
        saved.subject.name(),
        saved.id,
        saved.revision,
        saved.document,
        saved.cause,
        &access.person().user,
        clock::text(stores.now())
    )
}

/// The current state of what is no page.
pub fn put(stores: &dyn Stores, access: &SiteAccess, saved: &Saved) -> Statement {
    let sql = in_table!(
        saved.subject,
        "INSERT INTO",
        "(site_id, id, document, status, revision, updated_at, updated_by) VALUES (?1, ?2, ?3, 'active', ?4, ?5, ?6) \
         ON CONFLICT (site_id, id) DO UPDATE SET document = ?3, status = 'active', revision = ?4, updated_at = ?5, updated_by = ?6"
    );
    sql!(
        sql,
        access.site().as_str(),
        saved.id,
        saved.document,
        saved.revision,
        clock::text(stores.now()),
        &access.person().user
    )
}

/// The current state of a page, which brings its place with it.
pub fn put_page(stores: &dyn Stores, access: &SiteAccess, saved: &Saved) -> Statement {
    sql!(
        "INSERT INTO pages (site_id, id, document, revision, updated_at, updated_by, created_at, status, locale, group_id, path, title, entity) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?5, 'draft', ?3->>'locale', coalesce(?3->>'group', ?2), ?3->>'path', ?3->>'title', ?3->>'entity' \
         WHERE true ON CONFLICT (site_id, id) DO UPDATE SET document = ?3, revision = ?4, updated_at = ?5, updated_by = ?6, \
           locale = excluded.locale, group_id = excluded.group_id, title = excluded.title, entity = excluded.entity, path = excluded.path, \
           status = CASE WHEN pages.status IN ('draft', 'published') THEN pages.status ELSE 'draft' END",
        access.site().as_str(),
        saved.id,
        saved.document,
        saved.revision,
        clock::text(stores.now()),
        &access.person().user
    )
}

/// Ends the batch where a document is not as it was looked at.
pub fn unchanged(access: &SiteAccess, subject: Subject, before: &Row) -> Statement {
    let sql = in_table!(
        subject,
        "INSERT INTO guards (rule) SELECT 'stale_record' WHERE NOT EXISTS (SELECT 1 FROM",
        "WHERE site_id = ?1 AND id = ?2 AND status = ?3 AND revision = ?4)"
    );
    sql!(sql, access.site().as_str(), before.text("id"), before.text("status"), before.number("revision"))
}

/// Ends the batch where something uses a document.
pub fn unused(access: &SiteAccess, subject: Subject, id: &str) -> Statement {
    sql!(
        "INSERT INTO guards (rule) SELECT 'stale_record' WHERE EXISTS ( \
           SELECT 1 FROM uses WHERE site_id = ?1 AND target = ?2 AND target_id = ?3)",
        access.site().as_str(),
        subject.name(),
        id
    )
}

/// Takes a document out of what can be used and published; a page gives its address back.
pub fn set_aside(stores: &dyn Stores, access: &SiteAccess, subject: Subject, id: &str) -> Statement {
    let sql = match subject {
        Subject::Page => {
            "UPDATE pages SET status = 'archived', path = NULL, updated_at = ?3, updated_by = ?4 \
             WHERE site_id = ?1 AND id = ?2"
        }
        Subject::Block => {
            "UPDATE blocks SET status = 'trashed', updated_at = ?3, updated_by = ?4 WHERE site_id = ?1 AND id = ?2"
        }
        Subject::Component => {
            "UPDATE components SET status = 'retired', updated_at = ?3, updated_by = ?4 WHERE site_id = ?1 AND id = ?2"
        }
        Subject::Setting => "DELETE FROM settings WHERE site_id = ?1 AND id = ?2",
    };
    let now = clock::text(stores.now());
    match subject {
        Subject::Setting => sql!(sql, access.site().as_str(), id),
        _ => sql!(sql, access.site().as_str(), id, now, &access.person().user),
    }
}

/// The highest number that a document's revisions have, also of one that was taken away.
pub async fn last_revision(
    stores: &dyn Stores,
    access: &SiteAccess,
    subject: Subject,
    id: &str,
) -> Result<u64, Fault> {
    let found = row(
        stores,
        access.database(),
        sql!(
            "SELECT max(number) AS number FROM revisions WHERE site_id = ?1 AND subject = ?2 AND subject_id = ?3",
            access.site().as_str(),
            subject.name(),
            id
        ),
    );
    Ok(found.await?.map_or(0, |row| row.number("number")))
}

/// Newest first, without the documents.
pub async fn revisions(
    stores: &dyn Stores,
    access: &SiteAccess,
    subject: &str,
    id: &str,
    before: u64,
    limit: usize,
) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT number, cause, note, author, created_at FROM revisions \
             WHERE site_id = ?1 AND subject = ?2 AND subject_id = ?3 AND number < ?4 ORDER BY number DESC LIMIT ?5",
            access.site().as_str(),
            subject,
            id,
            before,
            limit as u64 + 1
        ),
    )
    .await
}

pub async fn get_revision(
    stores: &dyn Stores,
    access: &SiteAccess,
    subject: &str,
    id: &str,
    number: u64,
) -> Result<Option<Row>, Fault> {
    row(
        stores,
        access.database(),
        sql!(
            "SELECT number, document, cause, note, author, created_at FROM revisions \
             WHERE site_id = ?1 AND subject = ?2 AND subject_id = ?3 AND number = ?4",
            access.site().as_str(),
            subject,
            id,
            number
        ),
    )
    .await
}

/// What a document uses, in the place of what it used before: components, blocks and types by name.
pub fn uses(
    access: &SiteAccess,
    subject: Subject,
    id: &str,
    used: &[(&'static str, String)],
) -> Vec<Statement> {
    let (site, used) = (access.site().as_str(), serde_json::json!(used).to_string());
    vec![
        sql!(
            "DELETE FROM uses WHERE site_id = ?1 AND subject = ?2 AND subject_id = ?3",
            site,
            subject.name(),
            id
        ),
        sql!(
            "INSERT INTO uses (site_id, target, target_id, subject, subject_id) \
             SELECT DISTINCT ?1, value->>0, value->>1, ?2, ?3 FROM json_each(?4)",
            site,
            subject.name(),
            id,
            used
        ),
    ]
}

/// What uses something, by subject and id.
pub async fn used_by(
    stores: &dyn Stores,
    access: &SiteAccess,
    target: &str,
    id: &str,
) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT subject, subject_id FROM uses WHERE site_id = ?1 AND target = ?2 AND target_id = ?3 LIMIT 20",
            access.site().as_str(),
            target,
            id
        ),
    )
    .await
}

/// What pages are listed by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PageSort {
    Change,
    /// Those of the archive have none.
    Path,
}

macro_rules! page_list {
    ($index:literal, $sort:literal, $behind:literal, $order:literal) => {
        concat!(
            "SELECT id, locale, group_id, path, title, status, revision, published_revision, updated_at, updated_by \
             FROM pages INDEXED BY ",
            $index,
            " WHERE site_id = ?1 AND status = ?2 AND (?3 = '' OR locale = ?3) AND (",
            $sort,
            ", id) ",
            $behind,
            " (?4, ?5) ORDER BY ",
            $sort,
            $order,
            ", id",
            $order,
            " LIMIT ?6"
        )
    };
}

/// Pages of a status, of a locale or of all, behind the sort value and id of the last one before.
pub async fn list_pages(
    stores: &dyn Stores,
    access: &SiteAccess,
    (status, locale): (&str, &str),
    (sort, order): (PageSort, Order),
    after: Option<(String, String)>,
    limit: usize,
) -> Result<Rows, Fault> {
    // Behind every time and every path.
    let last = || ("9".to_owned(), String::new());
    let after = after.unwrap_or_else(|| if order == Order::Ascending { Default::default() } else { last() });
    let sql = match (sort, order) {
        (PageSort::Change, Order::Ascending) => page_list!("pages_by_change", "updated_at", ">", " ASC"),
        (PageSort::Change, Order::Descending) => page_list!("pages_by_change", "updated_at", "<", " DESC"),
        (PageSort::Path, Order::Ascending) => page_list!("pages_by_path", "path", ">", " ASC"),
        (PageSort::Path, Order::Descending) => page_list!("pages_by_path", "path", "<", " DESC"),
    };
    let site = access.site().as_str();
    let listed = sql!(sql, site, status, locale, after.0, after.1, limit as u64 + 1);
    rows(stores, access.database(), listed).await
}
