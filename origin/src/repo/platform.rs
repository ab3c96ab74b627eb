//! What the owner of the platform decides: the state of tenants, plans, limits, features.

use crate::access::PlatformAccess;
use crate::clock;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};
use crate::trial;

pub async fn tenants(
    stores: &dyn Stores,
    _: &PlatformAccess,
    after: Option<(String, String)>,
    limit: usize,
) -> Result<Rows, Fault> {
    let (time, id) = after.unwrap_or_default();
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT id, name, status, plan_id, limits, created_at, trial_ends_at, delete_after FROM tenants INDEXED BY tenants_by_creation \
             WHERE (created_at, id) > (?1, ?2) ORDER BY created_at, id LIMIT ?3",
            time,
            id,
            limit as u64 + 1
        ),
    )
    .await
}

pub async fn tenant(stores: &dyn Stores, _: &PlatformAccess, tenant: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!(
            "SELECT t.id, t.name, t.status, t.plan_id, t.limits, t.created_at, t.trial_ends_at, t.delete_after, json_patch(p.limits, t.limits) AS all_limits \
             FROM tenants t CROSS JOIN plans p ON p.id = t.plan_id WHERE t.id = ?1",
            tenant
        ),
    )
    .await
}

pub fn change_tenant(
    stores: &dyn Stores,
    _: &PlatformAccess,
    tenant: &str,
    status: &str,
    plan: &str,
    limits: &str,
    trial_ends_at: Option<&str>,
) -> Statement {
    let now = stores.now();
    let end = trial_ends_at.and_then(clock::read).filter(|_| status == "trial");
    sql!(
        "UPDATE tenants SET status = ?2, plan_id = ?3, limits = ?4, updated_at = ?5, trial_ends_at = ?6, trial_due_at = ?7 \
         WHERE id = ?1",
        tenant,
        status,
        plan,
        limits,
        clock::text(now),
        trial_ends_at,
        end.map(|end| clock::text(trial::next(now, end)))
    )
}

/// A feature of a tenant (`site` is `""`) or of a site of it; `None`: as the plan, or the tenant, has it.
pub fn set_feature(
    stores: &dyn Stores,
    _: &PlatformAccess,
    tenant: &str,
    site: &str,
    name: &str,
    enabled: Option<bool>,
) -> Statement {
    match enabled {
        Some(enabled) => sql!(
            "INSERT INTO features (tenant_id, site_id, name, enabled, updated_at) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (tenant_id, site_id, name) DO UPDATE SET enabled = ?4, updated_at = ?5",
            tenant,
            site,
            name,
            u64::from(enabled),
            clock::text(stores.now())
        ),
        None => sql!(
            "DELETE FROM features WHERE tenant_id = ?1 AND site_id = ?2 AND name = ?3",
            tenant,
            site,
            name
        ),
    }
}

pub async fn has_site(
    stores: &dyn Stores,
    _: &PlatformAccess,
    tenant: &str,
    site: &str,
) -> Result<bool, Fault> {
    let asked = sql!("SELECT 1 FROM sites WHERE tenant_id = ?1 AND +id = ?2", tenant, site);
    Ok(row(stores, FIRST, asked).await?.is_some())
}

pub async fn plans(stores: &dyn Stores, _: &PlatformAccess) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!("SELECT id, name, limits, features, offered FROM plans WHERE id > '' ORDER BY id LIMIT 200"),
    )
    .await
}

pub async fn plan(stores: &dyn Stores, _: &PlatformAccess, id: &str) -> Result<Option<Row>, Fault> {
    row(stores, FIRST, sql!("SELECT id, name, limits, features, offered FROM plans WHERE id = ?1", id)).await
}

pub fn set_plan(
    _: &PlatformAccess,
    id: &str,
    name: &str,
    limits: &str,
    features: &str,
    offered: bool,
) -> Statement {
    sql!(
        "INSERT INTO plans (id, name, limits, features, offered) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (id) DO UPDATE SET name = ?2, limits = ?3, features = ?4, offered = ?5",
        id,
        name,
        limits,
        features,
        u64::from(offered)
    )
}
