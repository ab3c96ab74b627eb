//! Wishes for KV: which host records have to be written again, in the batch of the change that makes them old. The drain
//! reads what a record says when it writes it.

use crate::access::{PlatformAccess, SiteAccess};
use crate::clock;
use crate::sql;
use crate::stores::{Statement, Stores};

/// All hosts of a tenant: visitors of every site of it see the change.
pub fn hosts_of_tenant(stores: &dyn Stores, _: &PlatformAccess, tenant: &str) -> Statement {
    sql!(
        "INSERT INTO kv_writes (site_id, key, wanted, due_at) \
         SELECT site_id, 'host/' || host, 1, ?2 FROM hosts INDEXED BY hosts_by_tenant WHERE tenant_id = ?1 \
         ON CONFLICT (site_id, key) DO UPDATE SET wanted = wanted + 1, due_at = ?2",
        tenant,
        clock::text(stores.now())
    )
}

/// All hosts of a site: each names the primary one.
pub fn hosts_of_site(stores: &dyn Stores, access: &SiteAccess) -> Statement {
    sql!(
        "INSERT INTO kv_writes (site_id, key, wanted, due_at) \
         SELECT site_id, 'host/' || host, 1, ?2 FROM hosts INDEXED BY hosts_by_site WHERE site_id = ?1 \
         ON CONFLICT (site_id, key) DO UPDATE SET wanted = wanted + 1, due_at = ?2",
        access.site().as_str(),
        clock::text(stores.now())
    )
}

/// One host, also one that has just been given back.
pub fn host(stores: &dyn Stores, access: &SiteAccess, host: &str) -> Statement {
    sql!(
        "INSERT INTO kv_writes (site_id, key, wanted, due_at) VALUES (?1, 'host/' || ?2, 1, ?3) \
         ON CONFLICT (site_id, key) DO UPDATE SET wanted = wanted + 1, due_at = ?3",
        access.site().as_str(),
        host,
        clock::text(stores.now())
    )
}
