//! What a tenant's plan allows: how much, and which features. `plans.limits` is overridden by `tenants.limits`, name by
//! name; a feature is as it was set for the site, else for the tenant, else as the plan has it.

use crate::access::{Invited, Limits, SiteAccess, TenantAccess};
use crate::change::Lost;
use crate::clock;
use crate::problem::Refusal;
use crate::sql;
use crate::stores::{FIRST, Fault, Rows, Statement, Stores, row, rows};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    Sites,
    Pages,
    Entities,
    /// Bytes.
    Storage,
    /// Members and open invitations.
    Members,
    /// Own domains.
    Domains,
    Plugins,
}

impl Metric {
    pub const ALL: [Self; 7] = [
        Self::Sites,
        Self::Pages,
        Self::Entities,
        Self::Storage,
        Self::Members,
        Self::Domains,
        Self::Plugins,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Pages => "pages",
            Self::Entities => "entities",
            Self::Storage => "storage",
            Self::Members => "members",
            Self::Domains => "domains",
            Self::Plugins => "plugins",
        }
    }
}

/// How much of a metric the tenant ?1 has at ?2. What is few is counted; what is many is summed from `usage`, whose
/// writers count with `counted` in the batch of their change.
macro_rules! used {
    ($metric:literal) => {
        concat!(
            "CASE ",
            $metric,
            " WHEN 'sites' THEN (SELECT count(*) FROM sites WHERE tenant_id = ?1) \
              WHEN 'members' THEN (SELECT count(*) FROM members WHERE tenant_id = ?1) \
                + (SELECT count(*) FROM invitations WHERE tenant_id = ?1 AND status = 'open' AND expires_at > ?2) \
              WHEN 'domains' THEN (SELECT count(*) FROM hosts WHERE tenant_id = ?1 AND kind = 'custom') \
              WHEN 'storage' THEN (SELECT coalesce(sum(o.bytes), 0) FROM sites s CROSS JOIN asset_objects o ON o.site_id = s.id \
                WHERE s.tenant_id = ?1) \
              ELSE (SELECT coalesce(sum(amount), 0) FROM usage WHERE tenant_id = ?1 AND day = '' AND metric = ",
            $metric,
            ") END"
        )
    };
}

/// Whose plan it is.
pub struct Plan<'a> {
    tenant: &'a str,
    limits: &'a Limits,
}

impl<'a> From<&'a TenantAccess> for Plan<'a> {
    fn from(access: &'a TenantAccess) -> Self {
        Self { tenant: access.tenant().as_str(), limits: access.limits() }
    }
}

impl<'a> From<&'a Invited> for Plan<'a> {
    fn from(invited: &'a Invited) -> Self {
        Self { tenant: invited.tenant.as_str(), limits: &invited.limits }
    }
}

/// A statement that ends its batch where the plan has no room for `more`. It counts what the statements before it in the
/// batch have done, so two changes at once cannot both take the last place. None where there is no limit.
pub fn room_for<'a>(
    stores: &dyn Stores,
    plan: impl Into<Plan<'a>>,
    metric: Metric,
    more: u64,
) -> Option<Statement> {
    let plan = plan.into();
    let limit = *plan.limits.get(metric.name())?;
    Some(sql!(
        concat!("INSERT INTO guards (rule) SELECT 'plan_limit' WHERE ", used!("?3"), " + ?4 > ?5"),
        plan.tenant,
        clock::text(stores.now()),
        metric.name(),
        more,
        limit
    ))
}

/// Makes a clear refusal of what `room_for` has stopped.
pub async fn refused<'a>(stores: &dyn Stores, plan: impl Into<Plan<'a>>, metric: Metric, lost: Lost) -> Lost {
    let plan = plan.into();
    match lost {
        Lost::Constraint(text) if text.contains("plan_limit") => {
            let count =
                |amounts: &BTreeMap<String, u64>| amounts.get(metric.name()).copied().unwrap_or_default();
            Lost::Refused(match used(stores, plan.tenant).await {
                Ok(used) => Refusal::PlanLimit {
                    metric: metric.name(),
                    limit: count(plan.limits),
                    used: count(&used),
                },
                Err(fault) => fault.into(),
            })
        }
        other => other,
    }
}

/// What a plan has no room for, of what a change wants; the first where it has room for all.
pub async fn short<'a>(
    stores: &dyn Stores,
    plan: impl Into<Plan<'a>>,
    wants: &[(Metric, u64)],
) -> Result<Metric, Fault> {
    let plan = plan.into();
    let used = used(stores, plan.tenant).await?;
    let is_short = |(metric, more): &&(Metric, u64)| {
        let name = metric.name();
        plan.limits.get(name).is_some_and(|limit| used.get(name).copied().unwrap_or_default() + more > *limit)
    };
    let found = wants.iter().find(is_short).or(wants.first());
    Ok(found.map_or(Metric::Sites, |(metric, _)| *metric))
}

/// How much a tenant has of everything.
pub async fn used(stores: &dyn Stores, tenant: &str) -> Result<BTreeMap<String, u64>, Fault> {
    let asked = sql!(
        concat!("SELECT value AS metric, ", used!("value"), " AS used FROM json_each(?3)"),
        tenant,
        clock::text(stores.now()),
        json!(Metric::ALL).to_string()
    );
    let found = rows(stores, FIRST, asked).await?;
    Ok(found.iter().map(|row| (row.text("metric"), row.number("used"))).collect())
}

/// Counts a change of pages, entities or plugins of a site; for the batch of that change.
pub fn counted(access: &SiteAccess, metric: Metric, change: f64) -> Statement {
    sql!(
        "INSERT INTO usage (tenant_id, site_id, day, metric, amount) VALUES (?1, ?2, '', ?3, max(0, ?4)) \
         ON CONFLICT (tenant_id, day, metric, site_id) DO UPDATE SET amount = max(0, amount + ?4)",
        access.tenant().as_str(),
        access.site().as_str(),
        metric.name(),
        change
    )
}

pub const CUSTOM_DOMAINS: &str = "custom_domains";

/// Refuses what belongs to a feature that is off for the site.
pub async fn require(stores: &dyn Stores, access: &SiteAccess, name: &'static str) -> Result<(), Refusal> {
    let asked = sql!(
        "SELECT coalesce( \
           (SELECT enabled FROM features WHERE tenant_id = ?1 AND site_id = ?2 AND name = ?3), \
           (SELECT enabled FROM features WHERE tenant_id = ?1 AND site_id = '' AND name = ?3), \
           (SELECT 1 FROM tenants t CROSS JOIN plans p ON p.id = t.plan_id CROSS JOIN json_each(p.features) \
            WHERE t.id = ?1 AND json_each.value = ?3), 0) AS enabled",
        access.tenant().as_str(),
        access.site().as_str(),
        name
    );
    match row(stores, FIRST, asked).await?.unwrap_or_default().number("enabled") {
        1 => Ok(()),
        _ => Err(Refusal::FeatureOff(name)),
    }
}

/// The features of a tenant, or of one of its sites: name and whether it is on.
pub async fn features(stores: &dyn Stores, tenant: &str, site: &str) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT json_each.value AS name, 1 AS enabled FROM tenants t CROSS JOIN plans p ON p.id = t.plan_id \
               CROSS JOIN json_each(p.features) WHERE t.id = ?1 \
               AND NOT EXISTS (SELECT 1 FROM features o WHERE o.tenant_id = ?1 AND o.site_id IN ('', ?2) AND o.name = json_each.value) \
             UNION ALL \
             SELECT o.name, o.enabled FROM features o WHERE o.tenant_id = ?1 AND (o.site_id = ?2 OR o.site_id = '' \
               AND NOT EXISTS (SELECT 1 FROM features s WHERE s.tenant_id = ?1 AND s.site_id = ?2 AND s.name = o.name AND ?2 <> '')) \
             ORDER BY name",
            tenant,
            site
        ),
    )
    .await
}
