//! Redirects of a site: those that people wrote, and those that follow from pages which have moved.

use crate::access::SiteAccess;
use crate::clock;
use crate::sql;
use crate::stores::{Fault, Rows, Statement, Stores, rows};

pub async fn list(stores: &dyn Stores, access: &SiteAccess) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT from_path, to_url, status, automatic FROM redirects WHERE site_id = ?1 ORDER BY from_path",
            access.site().as_str()
        ),
    )
    .await
}

/// Puts a list, `[from, to, status]` and 1 where it is automatic, in the place of what people wrote; an automatic one from
/// the same path ends.
pub fn replace(stores: &dyn Stores, access: &SiteAccess, list: &str) -> Vec<Statement> {
    let site = access.site().as_str();
    vec![
        sql!(
            "DELETE FROM redirects WHERE site_id = ?1 AND (automatic = 0 OR from_path IN (SELECT value->>0 FROM json_each(?2)))",
            site,
            list
        ),
        sql!(
            "INSERT INTO redirects (site_id, from_path, to_url, status, automatic, updated_at) \
             SELECT ?1, value->>0, value->>1, value->>2, coalesce(value->>3, 0), ?3 FROM json_each(?2)",
            site,
            list,
            clock::text(stores.now())
        ),
    ]
}
