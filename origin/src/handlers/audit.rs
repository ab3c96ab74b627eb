//! Who did what to what.

use crate::access::{SiteAccess, TenantAccess};
use crate::call::{Call, page_of};
use crate::http::{Answer, Later, Reply};
use crate::repo::audit;
use crate::stores::{FIRST, Row};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize, JsonSchema)]
pub struct Page {
    /// Newest first.
    pub events: Vec<Event>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Event {
    /// Counts up without gaps.
    pub number: u64,
    pub actor: String,
    /// `user` or `token`.
    pub actor_kind: String,
    /// The `operationId` of the request.
    pub action: String,
    pub subject: String,
    pub subject_id: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub request: String,
    pub at: String,
    pub previous_hash: String,
    /// SHA-256 of the JSON list of all the texts of this row and `previous_hash`.
    pub hash: String,
}

async fn list(call: &Call<'_>, access: &TenantAccess, database: &str, site: &str) -> Answer {
    let limit = call.limit()?;
    let before = call.after_number()?.unwrap_or(u64::MAX >> 11);
    let rows = audit::list(call.stores, access, database, site, before, limit).await?;
    let (rows, next) = page_of(rows, limit, |row| row.number("number").to_string());
    let json =
        |row: &Row, column: &str| row.maybe_text(column).and_then(|text| serde_json::from_str(&text).ok());
    let event = |row: &Row| Event {
        number: row.number("number"),
        actor: row.text("actor"),
        actor_kind: row.text("actor_kind"),
        action: row.text("action"),
        subject: row.text("subject"),
        subject_id: row.text("subject_id"),
        before: json(row, "before"),
        after: json(row, "after"),
        request: row.text("request_id"),
        at: row.text("created_at"),
        previous_hash: row.text("previous_hash"),
        hash: row.text("hash"),
    };
    Ok(Reply::json(200, &Page { events: rows.iter().map(event).collect(), next }))
}

pub async fn list_tenant_events(call: &Call<'_>, access: &TenantAccess) -> Answer {
    list(call, access, FIRST, "").await
}

pub async fn list_site_events(call: &Call<'_>, access: &SiteAccess) -> Answer {
    list(call, access.in_tenant(), access.database(), access.site().as_str()).await
}

fn export(later: Later) -> Answer {
    let mut reply = Reply::empty(200)
        .with("content-type", "application/jsonl")
        .with("content-disposition", "attachment; filename=\"audit.jsonl\"");
    reply.later = Some(later);
    Ok(reply)
}

pub async fn export_tenant_events(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let after = call.after_number()?.unwrap_or_default();
    export(Later::TenantAudit(access.clone().into(), after))
}

pub async fn export_site_events(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let after = call.after_number()?.unwrap_or_default();
    export(Later::SiteAudit(access.clone().into(), after))
}
