//! Types of records.

use crate::access::SiteAccess;
use crate::clock;
use crate::sql;
use crate::stores::{Fault, Row, Rows, Statement, Stores, row, rows};
use model::SiteScope;

pub async fn list(stores: &dyn Stores, access: &SiteAccess) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT id, status, revision, definition, updated_at FROM entity_types WHERE site_id = ?1 ORDER BY id LIMIT 200",
            access.site().as_str()
        ),
    )
    .await
}

/// Those of some types that take no new records.
pub fn retired(types: &[Row]) -> Vec<String> {
    types.iter().filter(|row| row.text("status") == "retired").map(|row| row.text("id")).collect()
}

pub async fn get(stores: &dyn Stores, access: &SiteAccess, id: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        access.database(),
        sql!(
            "SELECT id, status, revision, definition, updated_at, lists_after FROM entity_types WHERE site_id = ?1 AND id = ?2",
            access.site().as_str(),
            id
        ),
    )
    .await
}

/// Types whose records do not all stand in the lists of their definition yet, of any site.
pub async fn to_list(stores: &dyn Stores, database: &str) -> Result<Rows, Fault> {
    let due = sql!(
        "SELECT site_id, id FROM entity_types INDEXED BY entity_types_to_list WHERE lists_after >= '' LIMIT 20"
    );
    rows(stores, database, due).await
}

/// A type of which that is so.
pub fn under_way(scope: &SiteScope, id: &str) -> Statement {
    sql!(
        "SELECT definition, revision, lists_after FROM entity_types WHERE site_id = ?1 AND id = ?2 AND lists_after IS NOT NULL",
        scope.site().as_str(),
        id
    )
}

/// Saves a definition; with `relist` the records have to be put into its lists.
pub fn put(
    stores: &dyn Stores,
    access: &SiteAccess,
    id: &str,
    revision: u64,
    definition: &str,
    note: &str,
    relist: bool,
) -> Vec<Statement> {
    let (site, now) = (access.site().as_str(), clock::text(stores.now()));
    vec![
        sql!(
            "INSERT INTO revisions (site_id, subject, subject_id, number, document, cause, author, created_at, note) \
             VALUES (?1, 'entity_type', ?2, ?3, ?4, 'edit', ?5, ?6, ?7)",
            site,
            id,
            revision,
            definition,
            &access.person().user,
            &now,
            note
        ),
        sql!(
            "INSERT INTO entity_types (site_id, id, definition, status, revision, created_at, updated_at) \
             VALUES (?1, ?2, ?3, 'active', ?4, ?5, ?5) \
             ON CONFLICT (site_id, id) DO UPDATE SET definition = ?3, status = 'active', revision = ?4, updated_at = ?5, \
               lists_after = CASE WHEN ?6 THEN '' ELSE lists_after END",
            site,
            id,
            definition,
            revision,
            now,
            u64::from(relist)
        ),
    ]
}

/// A retired type keeps its records and takes no new ones.
pub fn retire(stores: &dyn Stores, access: &SiteAccess, id: &str) -> Statement {
    sql!(
        "UPDATE entity_types SET status = 'retired', updated_at = ?3 WHERE site_id = ?1 AND id = ?2",
        access.site().as_str(),
        id,
        clock::text(stores.now())
    )
}
