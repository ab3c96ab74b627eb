//! Fields of records under other names, several records at once.

use crate::access::SiteAccess;
use crate::clock;
use crate::sql;
use crate::stores::{Fault, Rows, Statement, Stores, rows};
use intake::renames::Renames;

/// What uses a type, by subject and id.
pub async fn users(stores: &dyn Stores, access: &SiteAccess, kind: &str) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT DISTINCT subject, subject_id FROM uses WHERE site_id = ?1 AND target = 'entity_type' AND target_id = ?2",
            access.site().as_str(),
            kind
        ),
    )
    .await
}

/// New names of a type's fields, oldest first: they stand in the notes of its revisions.
pub async fn history(stores: &dyn Stores, access: &SiteAccess, kind: &str) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT note FROM revisions WHERE site_id = ?1 AND subject = 'entity_type' AND subject_id = ?2 AND note <> '' \
             ORDER BY number",
            access.site().as_str(),
            kind
        ),
    )
    .await
}

fn path(name: &str) -> String {
    format!("$.\"{name}\"")
}

/// Puts what visitors see of records under the new names as well.
pub fn both_names(access: &SiteAccess, ids: &str, renames: &Renames) -> Vec<Statement> {
    let site = access.site().as_str();
    let mut statements = vec![];
    for (old, new) in renames {
        let (old, new) = (path(old), path(new));
        statements.push(sql!(
            "UPDATE entities SET data = json_set(data, ?4, data->?3) \
             WHERE site_id = ?1 AND id IN (SELECT value FROM json_each(?2)) AND json_type(data, ?3) IS NOT NULL",
            site,
            ids,
            &old,
            &new
        ));
        statements.push(sql!(
            "UPDATE entity_lists INDEXED BY entity_lists_by_entity SET fields = json_set(fields, ?4, fields->?3) \
             WHERE site_id = ?1 AND entity_id IN (SELECT value FROM json_each(?2)) AND json_type(fields, ?3) IS NOT NULL",
            site,
            ids,
            old,
            new
        ));
    }
    statements
}

/// Gives records a revision with the new names, `[id, number, document]`, and what is unique and related with it.
pub fn new_names(
    stores: &dyn Stores,
    access: &SiteAccess,
    revisions: &str,
    renames: &Renames,
) -> Vec<Statement> {
    let (site, now) = (access.site().as_str(), clock::text(stores.now()));
    let mut statements = vec![
        // First, so that what somebody has saved meanwhile is not undone.
        sql!(
            "INSERT INTO revisions (site_id, subject, subject_id, number, document, cause, author, created_at) \
             SELECT ?1, 'entity', value->>0, value->>1, value->>2, 'system', ?3, ?4 FROM json_each(?2)",
            site,
            revisions,
            &access.person().user,
            &now
        ),
        // A change that waits goes on waiting.
        sql!(
            "UPDATE entities SET revision = revision + 1, updated_at = ?3, \
               published_revision = CASE WHEN published_revision = revision THEN revision + 1 ELSE published_revision END \
             WHERE site_id = ?1 AND id IN (SELECT value->>0 FROM json_each(?2))",
            site,
            revisions,
            &now
        ),
    ];
    for (old, new) in renames {
        statements.push(sql!(
            "UPDATE entity_unique_values INDEXED BY entity_unique_values_by_entity SET field = ?4 \
             WHERE site_id = ?1 AND entity_id IN (SELECT value->>0 FROM json_each(?2)) AND field = ?3",
            site,
            revisions,
            old,
            new
        ));
        // `fields.also[0]`: the place of the relation in its record.
        statements.push(sql!(
            "UPDATE entity_relations INDEXED BY entity_relations_by_from \
             SET field = 'fields.' || ?4 || substr(field, length('fields.' || ?3) + 1) \
             WHERE site_id = ?1 AND from_id IN (SELECT value->>0 FROM json_each(?2)) \
               AND (field = 'fields.' || ?3 OR substr(field, 1, length(?3) + 8) IN ('fields.' || ?3 || '[', 'fields.' || ?3 || '.'))",
            site,
            revisions,
            old,
            new
        ));
    }
    statements
}
