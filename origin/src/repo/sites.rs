//! Sites and their hosts.

use crate::access::{Permission, SiteAccess, TenantAccess};
use crate::clock;
use crate::repo::domains::out_of_quarantine;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};
use model::names::Hostname;

/// The sites of a tenant that the person may see, in the order of their creation.
pub async fn list(
    stores: &dyn Stores,
    access: &TenantAccess,
    after: Option<(String, String)>,
    limit: usize,
) -> Result<Rows, Fault> {
    let (time, id) = after.unwrap_or_default();
    let all = u64::from(access.may(Permission::ReadSite));
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT id, name, status, locales, created_at, delete_after, ready, \
               (SELECT h.host FROM hosts h INDEXED BY hosts_primary WHERE h.site_id = sites.id AND h.is_primary = 1) AS host \
             FROM sites INDEXED BY sites_by_tenant \
             WHERE tenant_id = ?1 AND (created_at, id) > (?2, ?3) AND (?4 = 1 OR EXISTS ( \
               SELECT 1 FROM member_roles r WHERE r.tenant_id = ?1 AND r.user_id = ?5 AND r.site_id = sites.id)) \
             ORDER BY created_at, id LIMIT ?6",
            access.tenant().as_str(),
            time,
            id,
            all,
            &access.person().user,
            limit as u64 + 1
        ),
    )
    .await
}

pub struct NewSite<'a> {
    pub id: &'a str,
    /// JSON by locale.
    pub name: String,
    /// JSON list; the first is the default.
    pub locales: String,
    pub host: &'a Hostname,
    /// Not before it is filled.
    pub ready: bool,
}

/// A site with its host.
pub fn create(stores: &dyn Stores, access: &TenantAccess, site: &NewSite) -> Vec<Statement> {
    let (tenant, now) = (access.tenant().as_str(), clock::text(stores.now()));
    let mut statements = out_of_quarantine(stores, tenant, site.host.as_str());
    statements.extend([
        sql!(
            "INSERT INTO sites (id, tenant_id, name, status, locales, created_at, updated_at, ready) \
             VALUES (?1, ?2, ?3, 'active', ?4, ?5, ?5, ?6)",
            site.id,
            tenant,
            &site.name,
            &site.locales,
            &now,
            u64::from(site.ready)
        ),
        sql!(
            "INSERT INTO hosts (host, tenant_id, site_id, kind, is_primary, status, created_at, updated_at) \
             VALUES (?1, ?2, ?3, 'platform', 1, 'active', ?4, ?4)",
            site.host.as_str(),
            tenant,
            site.id,
            &now
        ),
    ]);
    statements
}

pub async fn get(stores: &dyn Stores, access: &SiteAccess) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!(
            "SELECT id, name, status, locales, created_at, delete_after, ready, \
               (SELECT h.host FROM hosts h INDEXED BY hosts_primary WHERE h.site_id = ?1 AND h.is_primary = 1) AS host \
             FROM sites WHERE id = ?1",
            access.site().as_str()
        ),
    )
    .await
}

pub fn change(stores: &dyn Stores, access: &SiteAccess, name: &str, status: &str) -> Statement {
    sql!(
        "UPDATE sites SET name = ?2, status = ?3, updated_at = ?4 WHERE id = ?1",
        access.site().as_str(),
        name,
        status,
        clock::text(stores.now())
    )
}

/// What a site is called and speaks.
pub fn call(stores: &dyn Stores, access: &SiteAccess, name: &str, locales: &str) -> Statement {
    sql!(
        "UPDATE sites SET name = ?2, locales = ?3, updated_at = ?4 WHERE id = ?1",
        access.site().as_str(),
        name,
        locales,
        clock::text(stores.now())
    )
}

/// Says when a site goes for good, or that it stays; one whose time is over stays no more (`sites.name`).
pub fn set_end(stores: &dyn Stores, access: &SiteAccess, end: Option<&str>) -> Statement {
    sql!(
        "UPDATE sites SET name = iif(delete_after <= ?3, NULL, name), delete_after = ?2, updated_at = ?3 WHERE id = ?1",
        access.site().as_str(),
        end,
        clock::text(stores.now())
    )
}

/// The hosts that lead to a site, its primary one first.
pub async fn hosts(stores: &dyn Stores, access: &SiteAccess) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT host, kind, is_primary, status, created_at FROM hosts INDEXED BY hosts_by_site WHERE site_id = ?1 \
             ORDER BY is_primary DESC, host",
            access.site().as_str()
        ),
    )
    .await
}

pub fn add_host(stores: &dyn Stores, access: &SiteAccess, host: &Hostname) -> Statement {
    sql!(
        "INSERT INTO hosts (host, tenant_id, site_id, kind, is_primary, status, created_at, updated_at) \
         VALUES (?1, ?2, ?3, 'platform', 0, 'active', ?4, ?4)",
        host.as_str(),
        access.tenant().as_str(),
        access.site().as_str(),
        clock::text(stores.now())
    )
}

pub fn remove_host(access: &SiteAccess, host: &str) -> Statement {
    sql!(
        "DELETE FROM hosts WHERE host = ?2 AND site_id = ?1 AND is_primary = 0",
        access.site().as_str(),
        host
    )
}

/// Makes a host the primary one: the old one first, since there is one at most.
pub fn make_primary(stores: &dyn Stores, access: &SiteAccess, host: &str) -> Vec<Statement> {
    let now = clock::text(stores.now());
    vec![
        sql!(
            "UPDATE hosts INDEXED BY hosts_by_site SET is_primary = 0, updated_at = ?2 WHERE site_id = ?1 AND is_primary = 1",
            access.site().as_str(),
            &now
        ),
        sql!(
            "UPDATE hosts SET is_primary = 1, updated_at = ?3 WHERE host = ?2 AND site_id = ?1",
            access.site().as_str(),
            host,
            &now
        ),
    ]
}

/// How much of pages and records a site has, by metric.
pub async fn amounts(stores: &dyn Stores, access: &SiteAccess) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT metric, amount FROM usage WHERE tenant_id = ?1 AND day = '' AND metric IN ('pages', 'entities') AND site_id = ?2",
            access.tenant().as_str(),
            access.site().as_str()
        ),
    )
    .await
}
