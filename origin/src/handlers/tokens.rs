//! Tokens with which scripts sign in.

use crate::access::{Permission, TenantAccess};
use crate::auth::TOKEN_PREFIX;
use crate::call::{Call, page_of};
use crate::change::{Event, commit, make};
use crate::clock::{self, DAY};
use crate::http::{Answer, Reply};
use crate::problem::{Refusal, unless_good};
use crate::repo::members;
use crate::repo::tokens::{self, NewToken};
use crate::secret;
use model::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    #[schemars(length(min = 1, max = 120))]
    pub name: String,
    /// What it may do, as far as its person may.
    #[schemars(length(min = 1))]
    pub scopes: Vec<Permission>,
    /// The only site that it is for; absent: every site.
    #[serde(default)]
    pub site: Option<String>,
    /// Days until it expires.
    #[schemars(range(min = 1, max = 366))]
    pub days: u64,
}

#[derive(Serialize, JsonSchema)]
pub struct Token {
    pub id: String,
    pub name: String,
    pub scopes: Vec<Permission>,
    pub site: Option<String>,
    pub user: String,
    pub created_at: String,
    pub last_used_at: Option<String>,
    pub expires_at: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Page {
    /// In the order of their ids.
    pub tokens: Vec<Token>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Created {
    pub id: String,
    /// Shown once: `null` when the request is repeated with its Idempotency-Key.
    pub token: Option<String>,
    pub expires_at: String,
}

pub async fn list_tokens(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let (limit, after) = (call.limit()?, call.query("after").unwrap_or_default());
    let rows = tokens::list(call.stores, access, &after, limit).await?;
    let (rows, next) = page_of(rows, limit, |row| row.text("id"));
    let mut found = vec![];
    for row in rows {
        found.push(Token {
            id: row.text("id"),
            name: row.text("name"),
            scopes: row.json("scopes")?,
            site: row.maybe_text("site_id").filter(|site| !site.is_empty()),
            user: row.text("user_id"),
            created_at: row.text("created_at"),
            last_used_at: row.maybe_text("last_used_at"),
            expires_at: row.maybe_text("expires_at"),
        });
    }
    Ok(Reply::json(200, &Page { tokens: found, next }))
}

pub async fn create_token(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let given: Given = call.body()?;
    let mut problems = vec![];
    let name = given.name.trim();
    if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
        problems.push(Problem::new("name", "expected a name of 1 to 120 characters"));
    }
    if given.scopes.is_empty() {
        problems.push(Problem::new("scopes", "name at least one, such as \"site.read\""));
    }
    if !(1..=366).contains(&given.days) {
        problems.push(Problem::new("days", format!("expected 1 to 366, found {}", given.days)));
    }
    if let Some(site) = &given.site
        && members::sites(call.stores, access, &json!([site]).to_string()).await?.is_empty()
    {
        problems.push(Problem::new("site", "no such site"));
    }
    unless_good(problems)?;
    let (id, secret) = (secret::id(call.stores)?, format!("{TOKEN_PREFIX}{}", secret::token(call.stores)?));
    let expires_at = clock::text(call.stores.now() + given.days * DAY);
    let made = tokens::create(
        call.stores,
        access,
        NewToken {
            id: &id,
            name,
            hash: secret::digest(&secret),
            site: given.site.as_deref().unwrap_or_default(),
            scopes: json!(given.scopes).to_string(),
            expires_at: Some(expires_at.clone()),
        },
    );
    let after = json!({"name": name, "scopes": given.scopes, "site": given.site, "expires_at": expires_at});
    let event = Event { subject: "token", id: id.clone(), before: None, after: Some(after) };
    let reply = |token: Option<String>| {
        Reply::json(201, &Created { id: id.clone(), token, expires_at: expires_at.clone() })
    };
    let replayed = commit(call, access, vec![made], event, &reply(None)).await?;
    Ok(replayed.unwrap_or_else(|| reply(Some(secret))))
}

/// People end their own tokens; who manages the tenant ends any.
pub async fn revoke_token(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let id = call.param("token");
    let found = tokens::get(call.stores, access, id).await?.ok_or(Refusal::NotFound)?;
    if found.text("user_id") != access.person().user && !access.may(Permission::ManageTenant) {
        return Err(Refusal::NotFound);
    }
    let event = Event {
        subject: "token",
        id: id.to_owned(),
        before: Some(json!({"name": found.text("name")})),
        after: None,
    };
    let statement = tokens::revoke(call.stores, access, id);
    Ok(make(call, access, vec![statement], event, Reply::empty(204)).await?)
}
