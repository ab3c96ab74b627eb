//! Own domains: claims, and what became of them.

use crate::access::SiteAccess;
use crate::clock::{self, DAY};
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};

/// How long only its last tenant may have a released host: its DNS may still point here.
const QUARANTINE: u64 = 14 * DAY;

pub async fn claims(stores: &dyn Stores, access: &SiteAccess) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT host, method, token, problem, checked_at, expires_at FROM host_claims \
             WHERE site_id = ?1 ORDER BY host LIMIT 200",
            access.site().as_str()
        ),
    )
    .await
}

pub async fn claim(stores: &dyn Stores, access: &SiteAccess, host: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!(
            "SELECT host, method, token, problem, checked_at, expires_at FROM host_claims WHERE site_id = ?1 AND host = ?2",
            access.site().as_str(),
            host
        ),
    )
    .await
}

/// The own domains of a site that have been proven.
pub async fn proven(stores: &dyn Stores, access: &SiteAccess) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT host, status, problem FROM hosts INDEXED BY hosts_by_site \
             WHERE site_id = ?1 AND kind = 'custom' ORDER BY host LIMIT 200",
            access.site().as_str()
        ),
    )
    .await
}

/// The site that a host leads to, of whichever tenant: a host is known to the whole world.
pub async fn is_taken(stores: &dyn Stores, host: &str) -> Result<bool, Fault> {
    Ok(row(stores, FIRST, sql!("SELECT 1 FROM hosts WHERE host = ?1", host)).await?.is_some())
}

/// A claim with a new token, in place of an earlier one of the site.
pub fn create(
    stores: &dyn Stores,
    access: &SiteAccess,
    host: &str,
    method: &str,
    token: &str,
    expires_at: &str,
) -> Statement {
    sql!(
        "INSERT INTO host_claims (site_id, host, method, token, status, created_by, created_at, expires_at) \
         VALUES (?1, ?2, ?3, ?4, 'open', ?5, ?6, ?7) \
         ON CONFLICT (site_id, host) DO UPDATE SET method = ?3, token = ?4, status = 'open', problem = NULL, \
           created_by = ?5, created_at = ?6, checked_at = NULL, expires_at = ?7",
        access.site().as_str(),
        host,
        method,
        token,
        &access.person().user,
        clock::text(stores.now()),
        expires_at
    )
}

pub fn withdraw(access: &SiteAccess, host: &str) -> Statement {
    sql!("DELETE FROM host_claims WHERE site_id = ?1 AND host = ?2", access.site().as_str(), host)
}

/// What a check has found, where it found no proof.
pub fn unproven(
    stores: &dyn Stores,
    access: &SiteAccess,
    host: &str,
    token: &str,
    problem: &str,
) -> Statement {
    sql!(
        "UPDATE host_claims SET problem = ?4, checked_at = ?5 WHERE site_id = ?1 AND host = ?2 AND token = ?3",
        access.site().as_str(),
        host,
        token,
        problem,
        clock::text(stores.now())
    )
}

/// Ends the batch where another tenant gave the host back not long ago; the own quarantine ends.
pub fn out_of_quarantine(stores: &dyn Stores, tenant: &str, host: &str) -> Vec<Statement> {
    vec![
        sql!(
            "INSERT INTO guards (rule) SELECT 'host_quarantine' WHERE EXISTS ( \
               SELECT 1 FROM host_quarantine WHERE host = ?2 AND tenant_id <> ?1 AND until > ?3)",
            tenant,
            host,
            clock::text(stores.now())
        ),
        sql!("DELETE FROM host_quarantine WHERE tenant_id = ?1 AND host = ?2", tenant, host),
    ]
}

/// The claim becomes a host, unless it has been withdrawn, renewed or used by now; the provider is told next.
pub fn prove(stores: &dyn Stores, access: &SiteAccess, host: &str, token: &str) -> Vec<Statement> {
    let (tenant, site, now) = (access.tenant().as_str(), access.site().as_str(), clock::text(stores.now()));
    let mut statements = vec![
        sql!(
            "INSERT INTO guards (rule) SELECT 'claim_gone' WHERE NOT EXISTS ( \
               SELECT 1 FROM host_claims WHERE site_id = ?1 AND host = ?2 AND token = ?3 AND expires_at > ?4)",
            site,
            host,
            token,
            &now
        ),
        withdraw(access, host),
    ];
    statements.extend(out_of_quarantine(stores, tenant, host));
    statements.push(sql!(
        "INSERT INTO hosts (host, tenant_id, site_id, kind, is_primary, status, created_at, updated_at) \
         VALUES (?1, ?2, ?3, 'custom', 0, 'pending', ?4, ?4)",
        host,
        tenant,
        site,
        now
    ));
    statements.push(tell_provider(stores, access, host, "present"));
    statements
}

/// What the provider has to do for a host of the site; it is begun anew also where it had failed.
pub fn tell_provider(stores: &dyn Stores, access: &SiteAccess, host: &str, wanted: &str) -> Statement {
    sql!(
        "INSERT INTO provider_hosts (host, wanted, next_attempt_at) \
         SELECT host, ?3, ?4 FROM hosts WHERE host = ?2 AND site_id = ?1 AND kind = 'custom' \
         ON CONFLICT (host) DO UPDATE SET wanted = ?3, attempts = 0, next_attempt_at = ?4",
        access.site().as_str(),
        host,
        wanted,
        clock::text(stores.now())
    )
}

/// Gives a host back: nobody else may have it for a while.
pub fn release(stores: &dyn Stores, access: &SiteAccess, host: &str) -> Vec<Statement> {
    vec![
        tell_provider(stores, access, host, "absent"),
        sql!(
            "INSERT INTO host_quarantine (host, tenant_id, until) VALUES (?2, ?1, ?3) \
             ON CONFLICT (host) DO UPDATE SET tenant_id = ?1, until = ?3",
            access.tenant().as_str(),
            host,
            clock::text(stores.now() + QUARANTINE)
        ),
        crate::repo::sites::remove_host(access, host),
    ]
}

/// Gives all hosts of a site back that is taken away for good.
pub fn release_all(stores: &dyn Stores, tenant: &str, site: &str) -> Vec<Statement> {
    let now = stores.now();
    vec![
        sql!(
            "INSERT INTO provider_hosts (host, wanted, next_attempt_at) \
             SELECT host, 'absent', ?2 FROM hosts INDEXED BY hosts_by_site WHERE site_id = ?1 AND kind = 'custom' \
             ON CONFLICT (host) DO UPDATE SET wanted = 'absent', attempts = 0, next_attempt_at = ?2",
            site,
            clock::text(now)
        ),
        sql!(
            "INSERT INTO host_quarantine (host, tenant_id, until) \
             SELECT host, ?2, ?3 FROM hosts INDEXED BY hosts_by_site WHERE site_id = ?1 \
             ON CONFLICT (host) DO UPDATE SET tenant_id = ?2, until = ?3",
            site,
            tenant,
            clock::text(now + QUARANTINE)
        ),
        sql!("DELETE FROM hosts INDEXED BY hosts_by_site WHERE site_id = ?1", site),
        sql!("DELETE FROM host_claims WHERE site_id = ?1", site),
    ]
}
