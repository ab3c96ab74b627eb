//! What a tenant's plan allows, how much is used, and what the owner of the platform decides about it.

use crate::access::{Limits, PlatformAccess, SiteAccess, TenantAccess};
use crate::call::{Call, page_of};
use crate::change::{Event, Place, make};
use crate::clock;
use crate::http::{Answer, Reply};
use crate::plan::{self, Metric};
use crate::problem::{Refusal, unless_good};
use crate::repo::{kv, platform};
use crate::stores::{FIRST, Fault, Row};
use model::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Serialize, JsonSchema)]
pub struct Amount {
    pub metric: Metric,
    pub used: u64,
    /// Absent: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

#[derive(Serialize, JsonSchema)]
pub struct Feature {
    pub name: String,
    pub enabled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Trial,
    Active,
    /// Visitors see a page that says so, and nothing can be changed.
    Suspended,
}

#[derive(Serialize, JsonSchema)]
pub struct Tenant {
    pub id: String,
    pub name: String,
    pub status: Status,
    pub plan: String,
    /// What differs from the plan, by metric; `null`: no limit.
    pub limits: BTreeMap<String, Option<u64>>,
    pub created_at: String,
    /// When a trial is over, and the tenant suspended; `null`: never.
    pub trial_ends_at: Option<String>,
    /// When everything of a deleted tenant goes for good; `null`: it is not deleted.
    pub delete_after: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Whole {
    #[serde(flatten)]
    pub tenant: Tenant,
    pub usage: Vec<Amount>,
    pub features: Vec<Feature>,
}

#[derive(Serialize, JsonSchema)]
pub struct Page {
    /// In the order of their creation.
    pub tenants: Vec<Tenant>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeatureChange {
    #[schemars(length(min = 1, max = 40))]
    pub name: String,
    /// A site of the tenant; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// `null`: as the plan has it; for a site, as the tenant has it.
    pub enabled: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(default)]
    pub status: Option<Status>,
    #[serde(default)]
    pub plan: Option<String>,
    /// All that differs from the plan, by metric; `null`: no limit.
    #[serde(default)]
    pub limits: Option<BTreeMap<Metric, Option<u64>>>,
    /// When the trial is over, such as `2026-03-14T09:30:00Z`.
    #[serde(default)]
    pub trial_ends_at: Option<String>,
    #[serde(default)]
    #[schemars(length(max = 50))]
    pub features: Vec<FeatureChange>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenPlan {
    #[schemars(length(min = 1, max = 120))]
    pub name: String,
    /// By metric; what is absent has no limit.
    pub limits: BTreeMap<Metric, u64>,
    #[schemars(length(max = 100))]
    pub features: Vec<String>,
    /// One that is not offered stays for those who have it.
    pub offered: bool,
}

#[derive(Serialize, JsonSchema)]
pub struct Plan {
    pub id: String,
    pub name: String,
    pub limits: Limits,
    pub features: Vec<String>,
    pub offered: bool,
}

/// Largest limit: what passes through JSON and D1 as it is.
const MAX: u64 = 1 << 53;

async fn amounts(call: &Call<'_>, tenant: &str, limits: &Limits) -> Result<Vec<Amount>, Fault> {
    let used = plan::used(call.stores, tenant).await?;
    let amount = |metric: Metric| Amount {
        metric,
        used: used.get(metric.name()).copied().unwrap_or_default(),
        limit: limits.get(metric.name()).copied(),
    };
    Ok(Metric::ALL.into_iter().map(amount).collect())
}

async fn features(call: &Call<'_>, tenant: &str, site: &str) -> Result<Vec<Feature>, Fault> {
    let rows = plan::features(call.stores, tenant, site).await?;
    Ok(rows
        .iter()
        .map(|row| Feature { name: row.text("name"), enabled: row.number("enabled") == 1 })
        .collect())
}

pub async fn show_usage(call: &Call<'_>, access: &TenantAccess) -> Answer {
    Ok(Reply::json(200, &amounts(call, access.tenant().as_str(), access.limits()).await?))
}

pub async fn list_tenant_features(call: &Call<'_>, access: &TenantAccess) -> Answer {
    Ok(Reply::json(200, &features(call, access.tenant().as_str(), "").await?))
}

pub async fn list_site_features(call: &Call<'_>, access: &SiteAccess) -> Answer {
    Ok(Reply::json(200, &features(call, access.tenant().as_str(), access.site().as_str()).await?))
}

fn tenant(row: &Row) -> Result<Tenant, Fault> {
    Ok(Tenant {
        id: row.text("id"),
        name: row.text("name"),
        status: match row.text("status").as_str() {
            "trial" => Status::Trial,
            "active" => Status::Active,
            _ => Status::Suspended,
        },
        plan: row.text("plan_id"),
        limits: row.json("limits")?,
        created_at: row.text("created_at"),
        trial_ends_at: row.maybe_text("trial_ends_at"),
        delete_after: row.maybe_text("delete_after"),
    })
}

pub async fn list_tenants(call: &Call<'_>, access: &PlatformAccess) -> Answer {
    let limit = call.limit()?;
    let rows = platform::tenants(call.stores, access, call.after()?, limit).await?;
    let (rows, next) = page_of(rows, limit, |row| format!("{}~{}", row.text("created_at"), row.text("id")));
    Ok(Reply::json(200, &Page { tenants: rows.iter().map(tenant).collect::<Result<_, _>>()?, next }))
}

pub async fn show_tenant(call: &Call<'_>, access: &PlatformAccess) -> Answer {
    let row = platform::tenant(call.stores, access, call.param("tenant")).await?.ok_or(Refusal::NotFound)?;
    let tenant = tenant(&row)?;
    let usage = amounts(call, &tenant.id, &row.json("all_limits")?).await?;
    let features = features(call, &tenant.id, "").await?;
    Ok(Reply::json(200, &Whole { tenant, usage, features }))
}

fn is_feature(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

const BAD_FEATURE: &str = "expected up to 40 letters in lower case, digits and _";

fn check_limits<'a>(limits: impl Iterator<Item = (&'a Metric, u64)>, problems: &mut Vec<Problem>) {
    for (metric, limit) in limits {
        if limit > MAX {
            problems
                .push(Problem::new(format!("limits.{}", metric.name()), format!("expected {MAX} at most")));
        }
    }
}

pub async fn change_tenant(call: &Call<'_>, access: &PlatformAccess) -> Answer {
    let given: Change = call.body()?;
    let row = platform::tenant(call.stores, access, call.param("tenant")).await?.ok_or(Refusal::NotFound)?;
    let before = tenant(&row)?;
    let mut problems = vec![];
    if let Some(limits) = &given.limits {
        check_limits(limits.iter().filter_map(|(metric, limit)| limit.map(|l| (metric, l))), &mut problems);
    }
    if let Some(plan) = &given.plan
        && platform::plan(call.stores, access, plan).await?.is_none()
    {
        problems.push(Problem::new("plan", "no such plan: `GET /api/v1/platform/plans` lists them"));
    }
    let trial_ends_at = given.trial_ends_at.as_deref().and_then(clock::read).map(clock::text);
    if given.trial_ends_at.is_some() && trial_ends_at.is_none() {
        problems.push(Problem::new("trial_ends_at", "expected a time such as 2026-03-14T09:30:00Z"));
    }
    if given.features.len() > 50 {
        problems.push(Problem::new("features", "expected 50 at most"));
    }
    for (n, feature) in given.features.iter().enumerate().take(50) {
        if !is_feature(&feature.name) {
            problems.push(Problem::new(format!("features[{n}].name"), BAD_FEATURE));
        }
        if let Some(site) = &feature.site
            && !platform::has_site(call.stores, access, &before.id, site).await?
        {
            problems.push(Problem::new(format!("features[{n}].site"), "no such site of this tenant"));
        }
    }
    unless_good(problems)?;
    let limits = match given.limits {
        Some(limits) => limits.into_iter().map(|(metric, limit)| (metric.name().to_owned(), limit)).collect(),
        None => before.limits.clone(),
    };
    let after = Tenant {
        status: given.status.unwrap_or(before.status),
        plan: given.plan.unwrap_or_else(|| before.plan.clone()),
        limits,
        trial_ends_at: trial_ends_at.or_else(|| before.trial_ends_at.clone()),
        ..tenant(&row)?
    };
    let (status, limits) = (json!(after.status), json!(after.limits).to_string());
    let status = status.as_str().unwrap_or_default();
    let end = after.trial_ends_at.as_deref();
    let mut statements =
        vec![platform::change_tenant(call.stores, access, &after.id, status, &after.plan, &limits, end)];
    for feature in &given.features {
        let site = feature.site.as_deref().unwrap_or_default();
        statements.push(platform::set_feature(
            call.stores,
            access,
            &after.id,
            site,
            &feature.name,
            feature.enabled,
        ));
    }
    if after.status != before.status {
        statements.push(kv::hosts_of_tenant(access, &after.id));
    }
    let said = |tenant: &Tenant| json!({"status": tenant.status, "plan": tenant.plan, "limits": tenant.limits, "trial_ends_at": tenant.trial_ends_at});
    let mut now = said(&after);
    if let (false, Value::Object(now)) = (given.features.is_empty(), &mut now) {
        now.insert("features".to_owned(), json!(given.features));
    }
    let event =
        Event { subject: "tenant", id: after.id.clone(), before: Some(said(&before)), after: Some(now) };
    let place = Place { tenant: &after.id, site: "", database: FIRST, person: access.person() };
    Ok(make(call, place, statements, event, Reply::json(200, &after)).await?)
}

fn plan_of(row: &Row) -> Result<Plan, Fault> {
    Ok(Plan {
        id: row.text("id"),
        name: row.text("name"),
        limits: row.json("limits")?,
        features: row.json("features")?,
        offered: row.number("offered") == 1,
    })
}

pub async fn list_plans(call: &Call<'_>, access: &PlatformAccess) -> Answer {
    let rows = platform::plans(call.stores, access).await?;
    Ok(Reply::json(200, &rows.iter().map(plan_of).collect::<Result<Vec<_>, _>>()?))
}

pub async fn set_plan(call: &Call<'_>, access: &PlatformAccess) -> Answer {
    let mut given: GivenPlan = call.body()?;
    let id = call.param("plan");
    let mut problems = vec![];
    if !is_feature(id) {
        problems.push(Problem::new("plan", BAD_FEATURE));
    }
    given.name = given.name.trim().to_owned();
    if given.name.is_empty() || given.name.chars().count() > 120 || given.name.chars().any(char::is_control) {
        problems.push(Problem::new("name", "expected a name of 1 to 120 characters"));
    }
    check_limits(given.limits.iter().map(|(metric, limit)| (metric, *limit)), &mut problems);
    if given.features.len() > 100 {
        problems.push(Problem::new("features", "expected 100 at most"));
    }
    for (n, feature) in given.features.iter().enumerate().take(100) {
        if !is_feature(feature) {
            problems.push(Problem::new(format!("features[{n}]"), BAD_FEATURE));
        }
    }
    unless_good(problems)?;
    given.features.sort();
    given.features.dedup();
    let before = platform::plan(call.stores, access, id).await?.map(|row| plan_of(&row)).transpose()?;
    let (limits, features) = (json!(given.limits), json!(given.features));
    let statement = platform::set_plan(
        access,
        id,
        &given.name,
        &limits.to_string(),
        &features.to_string(),
        given.offered,
    );
    let after = Plan {
        id: id.to_owned(),
        name: given.name,
        limits: given.limits.into_iter().map(|(metric, limit)| (metric.name().to_owned(), limit)).collect(),
        features: given.features,
        offered: given.offered,
    };
    let event = Event {
        subject: "plan",
        id: id.to_owned(),
        before: before.as_ref().map(|plan| json!(plan)),
        after: Some(json!(after)),
    };
    let place = Place { tenant: "", site: "", database: FIRST, person: access.person() };
    Ok(make(call, place, vec![statement], event, Reply::json(200, &after)).await?)
}
