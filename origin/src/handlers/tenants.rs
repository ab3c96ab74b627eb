//! The end of a tenant: it is deleted, and for a while can be taken back.

use crate::access::{Permission, TenantAccess};
use crate::auth::session;
use crate::call::Call;
use crate::change::{Event, make};
use crate::clock;
use crate::handlers::sites::GRACE;
use crate::http::{Answer, Reply};
use crate::mail;
use crate::problem::Refusal;
use crate::repo::{kv, tenants};
use crate::stores::Row;
use model::Problem;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Serialize, JsonSchema)]
pub struct Tenant {
    pub id: String,
    pub name: String,
    /// When everything of it goes for good; absent while it is not deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_after: Option<String>,
}

fn tenant(row: &Row) -> Tenant {
    Tenant { id: row.text("id"), name: row.text("name"), delete_after: row.maybe_text("delete_after") }
}

/// Asks for what deletes sites as well, and for a fresh proof, so that an unlocked screen is not enough.
async fn wanted(call: &Call<'_>, access: &TenantAccess) -> Result<Row, Refusal> {
    access.require(Permission::CreateSites)?;
    session::freshly_proven(call.stores, access.person()).await?;
    tenants::get(call.stores, access).await?.ok_or(Refusal::NotFound)
}

pub async fn delete_tenant(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let row = wanted(call, access).await?;
    let (id, name) = (row.text("id"), row.text("name"));
    let confirmed = call.query("confirm").unwrap_or_default();
    if ![&id, &name].contains(&&confirmed.trim().to_owned()) {
        let why = format!("expected the tenant's name, {name:?}, or its id: everything of it is meant");
        return Err(Problem::new("confirm", why).into());
    }
    match row.maybe_text("delete_after") {
        Some(_) => Ok(Reply::json(200, &tenant(&row))),
        None => set_end(call, access, row, Some(clock::text(call.stores.now() + GRACE))).await,
    }
}

pub async fn restore_tenant(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let row = wanted(call, access).await?;
    match row.maybe_text("delete_after") {
        None => Ok(Reply::json(200, &tenant(&row))),
        Some(_) => set_end(call, access, row, None).await,
    }
}

async fn set_end(call: &Call<'_>, access: &TenantAccess, mut row: Row, end: Option<String>) -> Answer {
    let (id, name) = (row.text("id"), row.text("name"));
    let before = json!({"name": name, "delete_after": row.0.get("delete_after")});
    let (subject, text) = match &end {
        Some(end) => (
            "Your account is deleted",
            format!(
                "{name} is deleted. Visitors see that its websites are gone. On {} everything goes for good: its websites, files and people. Until then an administrator can take it back, and its websites can be exported.",
                end.get(..10).unwrap_or(end)
            ),
        ),
        None => ("Your account is back", format!("{name} was taken back: its websites are there again.")),
    };
    let statements = vec![
        tenants::set_end(call.stores, access, end.as_deref()),
        kv::hosts_of(&id),
        mail::to_admins(call.stores, &id, subject, &text)?,
    ];
    row.0.insert("delete_after".to_owned(), end.clone().map_or(Value::Null, Value::String));
    let after = json!({"delete_after": end});
    let event = Event { subject: "tenant", id, before: Some(before), after: Some(after) };
    let made = make(call, access, statements, event, Reply::json(200, &tenant(&row))).await;
    let over = || Refusal::State("The tenant is being taken away for good.".to_owned());
    made.map_err(|lost| lost.when("tenants.name", over))
}
