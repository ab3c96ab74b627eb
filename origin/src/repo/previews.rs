//! Links that show drafts.

use crate::access::SiteAccess;
use crate::clock;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};

/// In the order of their ids.
pub async fn list(
    stores: &dyn Stores,
    access: &SiteAccess,
    after: &str,
    limit: usize,
) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT id, path, show, created_by, created_at, expires_at FROM previews \
             WHERE site_id = ?1 AND id > ?2 AND expires_at > ?3 ORDER BY id LIMIT ?4",
            access.site().as_str(),
            after,
            clock::text(stores.now()),
            limit as u64 + 1
        ),
    )
    .await
}

pub async fn get(stores: &dyn Stores, access: &SiteAccess, id: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!(
            "SELECT path, show, expires_at FROM previews WHERE site_id = ?1 AND id = ?2",
            access.site().as_str(),
            id
        ),
    )
    .await
}

pub struct NewPreview<'a> {
    pub id: &'a str,
    /// JSON, in the words of a release.
    pub show: String,
    pub path: &'a str,
    pub expires_at: &'a str,
}

pub fn create(stores: &dyn Stores, access: &SiteAccess, preview: NewPreview) -> Statement {
    sql!(
        "INSERT INTO previews (site_id, id, show, path, created_by, created_at, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        access.site().as_str(),
        preview.id,
        preview.show,
        preview.path,
        &access.person().user,
        clock::text(stores.now()),
        preview.expires_at
    )
}

pub fn end(access: &SiteAccess, id: &str) -> Statement {
    sql!("DELETE FROM previews WHERE site_id = ?1 AND id = ?2", access.site().as_str(), id)
}
