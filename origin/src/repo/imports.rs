//! How far imports are.

use crate::access::SiteAccess;
use crate::clock;
use crate::sql;
use crate::stores::{Fault, Row, Rows, Statement, Stores, row, rows};

/// An import's name among all jobs of the tenant.
fn job(access: &SiteAccess, id: &str) -> String {
    format!("{}/{id}", access.site())
}

pub async fn get(stores: &dyn Stores, access: &SiteAccess, id: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        access.database(),
        sql!(
            "SELECT status, payload, progress FROM jobs \
             WHERE tenant_id = ?1 AND id = ?2 AND site_id = ?3 AND kind = 'import'",
            access.tenant().as_str(),
            job(access, id),
            access.site().as_str()
        ),
    )
    .await
}

/// Notes how far an import has come.
pub fn reach(
    stores: &dyn Stores,
    access: &SiteAccess,
    id: &str,
    payload: &str,
    progress: &str,
    done: bool,
) -> Statement {
    let now = clock::text(stores.now());
    sql!(
        "INSERT INTO jobs (tenant_id, id, site_id, kind, status, payload, progress, run_at, leased_until, author, created_at, updated_at) \
         VALUES (?1, ?2, ?3, 'import', ?4, ?5, ?6, ?7, ?7, ?8, ?7, ?7) \
         ON CONFLICT (tenant_id, id) DO UPDATE SET status = ?4, progress = ?6, updated_at = ?7 WHERE site_id = ?3",
        access.tenant().as_str(),
        job(access, id),
        access.site().as_str(),
        if done { "done" } else { "running" },
        payload,
        progress,
        now,
        &access.person().user
    )
}

/// Rows that were refused: `[line, problems]`.
pub fn refuse(access: &SiteAccess, id: &str, refused: &str) -> Statement {
    sql!(
        "INSERT INTO job_problems (tenant_id, job_id, line, problems) \
         SELECT ?1, ?2, value->>0, value->1 FROM json_each(?3) WHERE true \
         ON CONFLICT (tenant_id, job_id, line) DO UPDATE SET problems = excluded.problems",
        access.tenant().as_str(),
        job(access, id),
        refused
    )
}

pub async fn refused(
    stores: &dyn Stores,
    access: &SiteAccess,
    id: &str,
    after: u64,
    limit: usize,
) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT line, problems FROM job_problems WHERE tenant_id = ?1 AND job_id = ?2 AND line > ?3 ORDER BY line LIMIT ?4",
            access.tenant().as_str(),
            job(access, id),
            after,
            limit as u64 + 1
        ),
    )
    .await
}
