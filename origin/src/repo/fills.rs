//! How far the filling of new sites is: a job for each, in the first database as new sites are.

use crate::access::{SiteAccess, TenantAccess};
use crate::clock::{self, MINUTE};
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};

/// Longer than a step takes: a job whose time is over was cut off, and is taken up again.
const LEASE: u64 = 2 * MINUTE;

/// When a job is due that waits for its file.
pub const WAITING: &str = "9999-12-31T00:00:00Z";

/// The name of a site's job.
fn name(site: &str) -> String {
    format!("{site}/fill")
}

/// A new job; `waits` for its file, or is due.
pub fn begin(
    stores: &dyn Stores,
    access: &TenantAccess,
    site: &str,
    payload: &str,
    progress: &str,
    waits: bool,
) -> Statement {
    let now = clock::text(stores.now());
    sql!(
        "INSERT INTO jobs (tenant_id, id, site_id, kind, status, payload, progress, run_at, author, created_at, updated_at) \
         VALUES (?1, ?2, ?3, 'fill', 'queued', ?4, ?5, ?6, ?7, ?8, ?8)",
        access.tenant().as_str(),
        name(site),
        site,
        payload,
        progress,
        if waits { WAITING } else { &now },
        &access.person().user,
        &now
    )
}

pub async fn get(stores: &dyn Stores, access: &SiteAccess) -> Result<Option<Row>, Fault> {
    let site = access.site().as_str();
    let job = sql!(
        "SELECT status, payload, progress, problem, run_at FROM jobs WHERE tenant_id = ?1 AND id = ?2",
        access.tenant().as_str(),
        name(site)
    );
    row(stores, FIRST, job).await
}

/// Says what a job that waited, or failed, has to do.
pub fn enqueue(stores: &dyn Stores, access: &SiteAccess, payload: &str, progress: &str) -> Statement {
    sql!(
        "UPDATE jobs SET status = 'queued', payload = ?3, progress = ?4, problem = NULL, attempts = 0, run_at = ?5, updated_at = ?5 \
         WHERE tenant_id = ?1 AND id = ?2",
        access.tenant().as_str(),
        name(access.site().as_str()),
        payload,
        progress,
        clock::text(stores.now())
    )
}

/// Jobs that are due, of sites that are still there.
pub async fn due(stores: &dyn Stores) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT tenant_id, site_id FROM jobs INDEXED BY jobs_due WHERE status = 'queued' AND run_at <= ?1 AND kind = 'fill' \
             ORDER BY run_at LIMIT 20",
            clock::text(stores.now())
        ),
    )
    .await
}

/// Takes a due job, for whoever comes first.
pub async fn take(stores: &dyn Stores, tenant: &str, site: &str) -> Result<Option<Row>, Fault> {
    let now = stores.now();
    row(
        stores,
        FIRST,
        sql!(
            "UPDATE jobs SET run_at = ?4, attempts = attempts + 1 \
             WHERE tenant_id = ?1 AND id = ?2 AND status = 'queued' AND run_at <= ?3 \
             RETURNING author, payload, progress, attempts",
            tenant,
            name(site),
            clock::text(now),
            clock::text(now + LEASE)
        ),
    )
    .await
}

/// Notes how far a job is, in the batch of the step. A site that was deleted, or is ready already, ends the batch.
pub fn reach(stores: &dyn Stores, access: &SiteAccess, progress: &str) -> Vec<Statement> {
    let now = stores.now();
    vec![
        sql!(
            "INSERT INTO guards (rule) SELECT 'claim_gone' WHERE NOT EXISTS ( \
               SELECT 1 FROM sites WHERE id = ?1 AND ready = 0 AND delete_after IS NULL)",
            access.site().as_str()
        ),
        sql!(
            "UPDATE jobs SET progress = ?3, run_at = ?4, attempts = 1, updated_at = ?5 WHERE tenant_id = ?1 AND id = ?2",
            access.tenant().as_str(),
            name(access.site().as_str()),
            progress,
            clock::text(now + LEASE),
            clock::text(now)
        ),
    ]
}

/// The job is done, and the site with it.
pub fn done(stores: &dyn Stores, access: &SiteAccess) -> Vec<Statement> {
    let now = clock::text(stores.now());
    vec![
        sql!("UPDATE sites SET ready = 1, updated_at = ?2 WHERE id = ?1", access.site().as_str(), &now),
        sql!(
            "UPDATE jobs SET status = 'done', updated_at = ?3 WHERE tenant_id = ?1 AND id = ?2",
            access.tenant().as_str(),
            name(access.site().as_str()),
            now
        ),
    ]
}

/// The next round goes on, after `wait` milliseconds.
pub fn later(stores: &dyn Stores, tenant: &str, site: &str, wait: u64) -> Statement {
    sql!(
        "UPDATE jobs SET run_at = ?3 WHERE tenant_id = ?1 AND id = ?2 AND status = 'queued'",
        tenant,
        name(site),
        clock::text(stores.now() + wait)
    )
}

/// It cannot be done; why, for people.
pub fn fail(stores: &dyn Stores, tenant: &str, site: &str, problem: &str) -> Statement {
    sql!(
        "UPDATE jobs SET status = 'failed', problem = ?3, updated_at = ?4 WHERE tenant_id = ?1 AND id = ?2",
        tenant,
        name(site),
        problem,
        clock::text(stores.now())
    )
}
