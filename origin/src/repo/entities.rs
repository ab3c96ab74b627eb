//! Records: their rows, lists, relations, unique values and search documents. Several at once, as JSON: one record is
//! a list of one.

use crate::access::SiteAccess;
use crate::clock;
use crate::repo::lists;
use crate::sql;
use crate::stores::{Fault, Row, Rows, Statement, Stores, row, rows};
use model::SiteScope;
use serde_json::json;

pub async fn get(stores: &dyn Stores, access: &SiteAccess, id: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        access.database(),
        sql!(
            "SELECT e.id, e.kind, e.locale, e.group_id, e.slug, e.title, e.status, e.revision, e.published_revision, \
               e.published_at, e.updated_at, r.document \
             FROM entities e CROSS JOIN revisions r \
               ON r.site_id = ?1 AND r.subject = 'entity' AND r.subject_id = e.id AND r.number = e.revision \
             WHERE e.site_id = ?1 AND e.id = ?2",
            access.site().as_str(),
            id
        ),
    )
    .await
}

/// Records by their ids, each with its document as it was saved last.
pub fn present(access: &SiteAccess, ids: &str) -> Statement {
    sql!(
        "SELECT e.id, e.kind, e.status, e.revision, e.published_revision, r.document FROM json_each(?2) w \
             CROSS JOIN entities e ON e.site_id = ?1 AND e.id = w.value \
             CROSS JOIN revisions r ON r.site_id = ?1 AND r.subject = 'entity' AND r.subject_id = e.id AND r.number = e.revision",
        access.site().as_str(),
        ids
    )
}

/// How long the documents of some records are, in bytes.
pub fn sizes(access: &SiteAccess, ids: &str) -> Statement {
    sql!(
        "SELECT e.id, octet_length(r.document) AS bytes FROM json_each(?2) w \
             CROSS JOIN entities e ON e.site_id = ?1 AND e.id = w.value \
             CROSS JOIN revisions r ON r.site_id = ?1 AND r.subject = 'entity' AND r.subject_id = e.id AND r.number = e.revision",
        access.site().as_str(),
        ids
    )
}

/// What there is already for some records that shall be written: the records themselves, who has their addresses,
/// who has their unique values, what their relations lead to, and the newest search row of each second.
pub fn known(
    access: &SiteAccess,
    ids: &str,
    addresses: &str,
    values: &str,
    targets: &str,
    seconds: &str,
) -> Vec<Statement> {
    let site = access.site().as_str();
    vec![
        present(access, ids),
        sql!(
            "SELECT e.id, e.kind, e.locale, e.slug FROM json_each(?2) w CROSS JOIN entities e \
             ON e.site_id = ?1 AND e.kind = w.value->>0 AND e.locale = w.value->>1 AND e.slug = w.value->>2",
            site,
            addresses
        ),
        sql!(
            "SELECT u.entity_id AS id, u.kind, u.field, u.locale, u.value FROM json_each(?2) w CROSS JOIN entity_unique_values u \
             ON u.site_id = ?1 AND u.kind = w.value->>0 AND u.field = w.value->>1 AND u.locale = w.value->>2 AND u.value = w.value->>3",
            site,
            values
        ),
        kinds_of(access, targets),
        // The text itself belongs to other sites as well; only free row numbers are looked for.
        sql!(
            "SELECT value AS second, (SELECT rowid FROM search \
               WHERE rowid >= value * 1048576 AND rowid < (value + 1) * 1048576 ORDER BY rowid DESC LIMIT 1) AS top \
             FROM json_each(?1)",
            seconds
        ),
    ]
}

/// The rows that belong together, as JSON lists, some of them in pieces.
pub struct Rowset {
    /// `[id, revision, document]`
    pub revisions: Vec<String>,
    /// Rows whose record is shown or was never published.
    pub rows: Vec<String>,
    /// `[id, revision]` of records whose change waits.
    pub waiting: Vec<String>,
    /// Ids of records that others refer to.
    pub targets: Vec<String>,
    /// Ids whose lists, relations, values and documents are made anew.
    pub anew: String,
    /// `[list, sort, id, slug, published_at, fields]`
    pub lists: Vec<String>,
    /// Ids of all records of the batch.
    pub written: String,
    /// `[list, status, sort, id]`
    pub drafts: Vec<String>,
    /// `[id, field, to]`
    pub relations: Vec<String>,
    /// `[kind, field, locale, value, id]`
    pub values: Vec<String>,
    /// `[row, scope, title, body, path, summary, id]`
    pub documents: Vec<String>,
    /// Records of each type that were not shown before: `[kind, number]`
    pub added: String,
    pub cause: &'static str,
}

pub fn write(stores: &dyn Stores, access: &SiteAccess, set: &Rowset) -> Vec<Statement> {
    let (site, now) = (access.site().as_str(), clock::text(stores.now()));
    let mut statements = vec![];
    // First, so that the second of two saves on one base changes nothing.
    statements.extend(set.revisions.iter().map(|revisions| {
        sql!(
            "INSERT INTO revisions (site_id, subject, subject_id, number, document, cause, author, created_at) \
             SELECT ?1, 'entity', value->>0, value->>1, value->>2, ?3, ?4, ?5 FROM json_each(?2)",
            site,
            revisions,
            set.cause,
            &access.person().user,
            &now
        )
    }));
    // A record that somebody has saved, hidden or shown since it was looked at.
    statements.extend(set.rows.iter().map(|rows| {
        sql!(
            "INSERT INTO guards (rule) SELECT 'stale_record' WHERE EXISTS ( \
               SELECT 1 FROM json_each(?2) w CROSS JOIN entities e ON e.site_id = ?1 AND e.id = w.value->>'id' \
               WHERE e.revision > w.value->>'revision' OR e.status IS NOT w.value->>'was')",
            site,
            rows
        )
    }));
    statements.extend(set.waiting.iter().map(|waiting| {
        sql!(
            "INSERT INTO guards (rule) SELECT 'stale_record' WHERE EXISTS ( \
               SELECT 1 FROM json_each(?2) w CROSS JOIN entities e ON e.site_id = ?1 AND e.id = w.value->>0 \
               WHERE e.status <> 'published')",
            site,
            waiting
        )
    }));
    statements.push(sql!(
        "INSERT INTO counters (site_id, name, value) \
         SELECT ?1, 'seq/' || (value->>0), (SELECT coalesce(max(e.seq) + 1, 0) FROM entities e INDEXED BY entities_by_seq \
           WHERE e.site_id = ?1 AND e.kind = value->>0 AND e.status = 'published') \
         FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING",
        site,
        &set.added
    ));
    statements.extend(set.rows.iter().map(|rows| {
        sql!(
            "INSERT INTO entities (site_id, id, kind, locale, group_id, slug, title, summary, status, data, relations, \
               published_at, created_at, updated_at, seq, revision, published_revision) \
             SELECT ?1, v->>'id', v->>'kind', v->>'locale', v->>'group', v->>'slug', v->>'title', v->>'summary', v->>'status', \
               v->>'data', v->>'relations', v->>'at', ?3, ?3, \
               CASE WHEN v->>'status' <> 'published' THEN NULL \
                 WHEN v->>'n' IS NULL THEN (SELECT e.seq FROM entities e WHERE e.site_id = ?1 AND e.id = v->>'id') \
                 ELSE (SELECT c.value FROM counters c WHERE c.site_id = ?1 AND c.name = 'seq/' || (v->>'kind')) + (v->>'n') END, \
               v->>'revision', v->>'published' \
             FROM (SELECT value AS v FROM json_each(?2)) WHERE true \
             ON CONFLICT (site_id, id) DO UPDATE SET locale = excluded.locale, group_id = excluded.group_id, slug = excluded.slug, \
               title = excluded.title, summary = excluded.summary, status = excluded.status, data = excluded.data, \
               relations = excluded.relations, published_at = excluded.published_at, updated_at = excluded.updated_at, \
               seq = excluded.seq, revision = excluded.revision, published_revision = excluded.published_revision",
            site,
            rows,
            &now
        )
    }));
    statements.push(sql!(
        "UPDATE counters SET value = value + (SELECT value->>1 FROM json_each(?2) WHERE 'seq/' || (value->>0) = counters.name) \
         WHERE site_id = ?1 AND name IN (SELECT 'seq/' || (value->>0) FROM json_each(?2))",
        site,
        &set.added
    ));
    statements.extend(set.waiting.iter().map(|waiting| {
        sql!(
            "UPDATE entities SET revision = (SELECT value->>1 FROM json_each(?2) WHERE value->>0 = entities.id), updated_at = ?3 \
             WHERE site_id = ?1 AND id IN (SELECT value->>0 FROM json_each(?2))",
            site,
            waiting,
            &now
        )
    }));
    statements.push(lists::forget_shown(access.scope(), &set.anew));
    statements.extend(set.lists.iter().map(|list| lists::show(access.scope(), list)));
    statements.push(lists::forget_drafts(access.scope(), &set.written));
    statements.extend(set.drafts.iter().map(|list| lists::draft(access.scope(), list)));
    statements.push(lists::forget_values(access.scope(), &set.anew));
    let anew = std::slice::from_ref(&set.anew);
    for (sql, lists) in [
        (
            "DELETE FROM entity_relations INDEXED BY entity_relations_by_from \
             WHERE site_id = ?1 AND from_id IN (SELECT value FROM json_each(?2))",
            anew,
        ),
        (
            "INSERT INTO entity_relations (site_id, from_id, field, to_id) \
             SELECT DISTINCT ?1, value->>0, value->>1, value->>2 FROM json_each(?2)",
            &set.relations,
        ),
        (
            "INSERT INTO entity_unique_values (site_id, kind, field, locale, value, entity_id) \
             SELECT ?1, value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each(?2)",
            &set.values,
        ),
        (
            "DELETE FROM search WHERE rowid IN (SELECT d.row FROM json_each(?2) w CROSS JOIN search_documents d \
               ON d.site_id = ?1 AND d.kind = 'entity' AND d.id = w.value)",
            anew,
        ),
        (
            "DELETE FROM search_documents WHERE site_id = ?1 AND kind = 'entity' AND id IN (SELECT value FROM json_each(?2))",
            anew,
        ),
    ] {
        statements.extend(lists.iter().map(|list| sql!(sql, site, list)));
    }
    for documents in &set.documents {
        statements.push(sql!(
            "INSERT INTO search (rowid, scope, title, body, path, summary) \
             SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?1)",
            documents
        ));
        statements.push(sql!(
            "INSERT INTO search_documents (site_id, kind, id, row) SELECT ?1, 'entity', value->>6, value->>0 FROM json_each(?2)",
            site,
            documents
        ));
    }
    // Last, since it may be written here: a record that others refer to and that somebody has thrown away.
    statements.extend(set.targets.iter().map(|targets| {
        sql!(
            "INSERT INTO guards (rule) SELECT 'stale_record' WHERE EXISTS ( \
               SELECT 1 FROM json_each(?2) w CROSS JOIN entities e ON e.site_id = ?1 AND e.id = w.value \
               WHERE e.status = 'trashed')",
            site,
            targets
        )
    }));
    statements
}

/// Ends the batch where a record is not as it was looked at.
pub fn unchanged(access: &SiteAccess, before: &Row) -> Statement {
    sql!(
        "INSERT INTO guards (rule) SELECT 'stale_record' WHERE NOT EXISTS ( \
           SELECT 1 FROM entities WHERE site_id = ?1 AND id = ?2 AND status = ?3 AND revision = ?4)",
        access.site().as_str(),
        before.text("id"),
        before.text("status"),
        before.number("revision")
    )
}

/// Ends the batch where other records refer to one.
pub fn not_referred(access: &SiteAccess, id: &str) -> Statement {
    sql!(
        "INSERT INTO guards (rule) SELECT 'stale_record' WHERE EXISTS ( \
           SELECT 1 FROM entity_relations WHERE site_id = ?1 AND to_id = ?2 AND from_id <> ?2)",
        access.site().as_str(),
        id
    )
}

/// Takes a shown record out of what visitors see: the last one of its type takes its number.
pub fn hide(stores: &dyn Stores, access: &SiteAccess, id: &str, status: &'static str) -> Vec<Statement> {
    let (site, now) = (access.site().as_str(), clock::text(stores.now()));
    let one = json!([id]).to_string();
    vec![
        sql!(
            "UPDATE entities SET seq = (SELECT e.seq FROM entities e WHERE e.site_id = ?1 AND e.id = ?2) \
             WHERE site_id = ?1 AND status = 'published' AND id <> ?2 \
               AND kind = (SELECT e.kind FROM entities e WHERE e.site_id = ?1 AND e.id = ?2 AND e.status = 'published') \
               AND seq = (SELECT c.value - 1 FROM counters c WHERE c.site_id = ?1 \
                 AND c.name = 'seq/' || (SELECT e.kind FROM entities e WHERE e.site_id = ?1 AND e.id = ?2))",
            site,
            id
        ),
        sql!(
            "UPDATE counters SET value = value - 1 WHERE site_id = ?1 AND value > 0 \
               AND name = 'seq/' || (SELECT e.kind FROM entities e WHERE e.site_id = ?1 AND e.id = ?2 AND e.status = 'published')",
            site,
            id
        ),
        sql!(
            "UPDATE entities SET status = ?3, seq = NULL, published_revision = NULL, updated_at = ?4, \
               slug = CASE WHEN ?3 = 'trashed' THEN NULL ELSE slug END WHERE site_id = ?1 AND id = ?2",
            site,
            id,
            status,
            now
        ),
        lists::forget_shown(access.scope(), &one),
        match status {
            "trashed" => lists::forget_drafts(access.scope(), &one),
            _ => lists::hide(access.scope(), id),
        },
        sql!(
            "DELETE FROM search WHERE rowid IN (SELECT row FROM search_documents WHERE site_id = ?1 AND kind = 'entity' AND id = ?2)",
            site,
            id
        ),
        sql!("DELETE FROM search_documents WHERE site_id = ?1 AND kind = 'entity' AND id = ?2", site, id),
    ]
}

/// Takes a trashed record's values and relations out, so that they are free for others.
pub fn forget(access: &SiteAccess, id: &str) -> Vec<Statement> {
    let site = access.site().as_str();
    vec![
        lists::forget_values(access.scope(), &json!([id]).to_string()),
        sql!(
            "DELETE FROM entity_relations INDEXED BY entity_relations_by_from WHERE site_id = ?1 AND from_id = ?2",
            site,
            id
        ),
    ]
}

/// Other records that refer to one.
pub async fn referring(stores: &dyn Stores, access: &SiteAccess, id: &str) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT from_id, field FROM entity_relations WHERE site_id = ?1 AND to_id = ?2 AND from_id <> ?2 LIMIT 20",
            access.site().as_str(),
            id
        ),
    )
    .await
}

/// Cached answers with lists of this site are old, and its host has to say so.
pub fn next_epoch(access: &SiteAccess) -> Vec<Statement> {
    next_epoch_of(access.scope())
}

pub fn next_epoch_of(scope: &SiteScope) -> Vec<Statement> {
    vec![
        sql!(
            "INSERT INTO counters (site_id, name, value) VALUES (?1, ?2, 1) \
             ON CONFLICT (site_id, name) DO UPDATE SET value = value + 1",
            scope.site().as_str(),
            crate::kv::EPOCH
        ),
        crate::repo::kv::primary_host(scope),
    ]
}

/// Which of some addresses, `[kind, locale, slug]`, are those of published records.
pub fn there(access: &SiteAccess, addresses: &str) -> Statement {
    sql!(
        "SELECT e.kind, e.locale, e.slug FROM json_each(?2) w CROSS JOIN entities e \
         ON e.site_id = ?1 AND e.kind = w.value->>0 AND e.locale = w.value->>1 AND e.slug = w.value->>2 \
         WHERE e.status = 'published'",
        access.site().as_str(),
        addresses
    )
}

/// The types of some records that are not in the trash, by id.
pub async fn kinds(stores: &dyn Stores, access: &SiteAccess, ids: &str) -> Result<Rows, Fault> {
    rows(stores, access.database(), kinds_of(access, ids)).await
}

fn kinds_of(access: &SiteAccess, ids: &str) -> Statement {
    sql!(
        "SELECT e.id, e.kind FROM json_each(?2) w CROSS JOIN entities e ON e.site_id = ?1 AND e.id = w.value \
         WHERE e.status <> 'trashed'",
        access.site().as_str(),
        ids
    )
}
