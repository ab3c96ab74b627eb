//! The audit log.

use crate::access::TenantAccess;
use crate::sql;
use crate::stores::{Fault, Rows, Stores, rows};

/// The audit log of a tenant (`site` is `""`) or of a site, newest first.
pub async fn list(
    stores: &dyn Stores,
    access: &TenantAccess,
    database: &str,
    site: &str,
    before: u64,
    limit: usize,
) -> Result<Rows, Fault> {
    rows(
        stores,
        database,
        sql!(
            "SELECT number, actor, actor_kind, action, subject, subject_id, before, after, request_id, created_at, \
               previous_hash, hash FROM audit \
             WHERE tenant_id = ?1 AND site_id = ?2 AND number < ?3 ORDER BY number DESC LIMIT ?4",
            access.tenant().as_str(),
            site,
            before,
            limit as u64 + 1
        ),
    )
    .await
}

/// All of the rows behind a number, oldest first.
pub async fn after(
    stores: &dyn Stores,
    access: &TenantAccess,
    database: &str,
    site: &str,
    after: u64,
    limit: usize,
) -> Result<Rows, Fault> {
    rows(
        stores,
        database,
        sql!(
            "SELECT * FROM audit WHERE tenant_id = ?1 AND site_id = ?2 AND number > ?3 ORDER BY number LIMIT ?4",
            access.tenant().as_str(),
            site,
            after,
            limit as u64
        ),
    )
    .await
}
