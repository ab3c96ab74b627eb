//! Wishes for KV: which host records have to be written again, in the batch of the change that makes them old. The drain
//! reads what a record says when it writes it.

use crate::access::{PlatformAccess, SiteAccess};
use crate::sql;
use crate::stores::Statement;
use model::SiteScope;

/// All hosts of a tenant: visitors of every site of it see the change.
pub fn hosts_of_tenant(_: &PlatformAccess, tenant: &str) -> Statement {
    hosts_of(tenant)
}

/// The same for the platform's own round, and for the tenant itself.
pub fn hosts_of(tenant: &str) -> Statement {
    sql!(
        "INSERT INTO kv_writes (site_id, key, wanted) \
         SELECT site_id, 'host/' || host, 1 FROM hosts INDEXED BY hosts_by_tenant WHERE tenant_id = ?1 \
         ON CONFLICT (site_id, key) DO UPDATE SET wanted = wanted + 1",
        tenant
    )
}

/// All hosts of a site: each names the primary one.
pub fn hosts_of_site(site: &SiteScope) -> Statement {
    sql!(
        "INSERT INTO kv_writes (site_id, key, wanted) \
         SELECT site_id, 'host/' || host, 1 FROM hosts INDEXED BY hosts_by_site WHERE site_id = ?1 \
         ON CONFLICT (site_id, key) DO UPDATE SET wanted = wanted + 1",
        site.site().as_str()
    )
}

/// The host that carries the site.
pub fn primary_host(site: &SiteScope) -> Statement {
    sql!(
        "INSERT INTO kv_writes (site_id, key, wanted) \
         SELECT site_id, 'host/' || host, 1 FROM hosts WHERE site_id = ?1 AND is_primary = 1 \
         ON CONFLICT (site_id, key) DO UPDATE SET wanted = wanted + 1",
        site.site().as_str()
    )
}

/// One host, also one that has just been given back.
pub fn host(access: &SiteAccess, host: &str) -> Statement {
    sql!(
        "INSERT INTO kv_writes (site_id, key, wanted) VALUES (?1, 'host/' || ?2, 1) \
         ON CONFLICT (site_id, key) DO UPDATE SET wanted = wanted + 1",
        access.site().as_str(),
        host
    )
}
