//! The hosts of a site. Names below the platform's own domain work at once: nothing has to be proven.

use crate::access::SiteAccess;
use crate::call::Call;
use crate::change::{Event, Lost, make};
use crate::http::{Answer, Reply};
use crate::problem::Refusal;
use crate::repo::{domains, kv, sites};
use model::Problem;
use model::names::Hostname;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The part before the platform's domain, such as `bakery`.
    #[schemars(length(min = 1, max = 63))]
    pub name: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Host {
    pub host: String,
    pub kind: Kind,
    /// The others redirect to it.
    pub primary: bool,
    pub created_at: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Below the platform's domain.
    Platform,
    /// An own domain; `GET …/domains` says what it waits for.
    Custom,
}

/// Names that visitors would take for the platform's own.
const RESERVED: [&str; 10] = ["admin", "api", "app", "cdn", "help", "mail", "ns", "status", "support", "www"];

/// The host for a name below the platform's domain.
pub fn host(call: &Call, name: &str, path: &str) -> Result<Hostname, Refusal> {
    let problem = |message: String| Problem::new(path, message).into();
    let domain = call.stores.variable("PLATFORM_HOST").unwrap_or_default();
    if RESERVED.contains(&name) || name.starts_with("xn--") {
        return Err(problem(format!("{name:?} is kept for the platform: choose another")));
    }
    if name.contains('.') || name.len() > 63 || name.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(problem("expected up to 63 letters in lower case, digits and inner hyphens".to_owned()));
    }
    Hostname::parse(&format!("{name}.{domain}")).map_err(|e| problem(e.to_string()))
}

pub fn taken(host: &Hostname, path: &str) -> Refusal {
    Problem::new(path, format!("{host} is taken: choose another name")).into()
}

pub fn quarantined(host: &Hostname) -> Refusal {
    Refusal::State(format!(
        "{host} was given back by somebody else less than 14 days ago. Until then only they can have it again."
    ))
}

pub async fn list_hosts(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let hosts = sites::hosts(call.stores, access).await?;
    let hosts: Vec<_> = hosts
        .iter()
        .map(|row| Host {
            host: row.text("host"),
            kind: if row.text("kind") == "custom" { Kind::Custom } else { Kind::Platform },
            primary: row.number("is_primary") == 1,
            created_at: row.text("created_at"),
        })
        .collect();
    Ok(Reply::json(200, &hosts))
}

/// Why a host could not be had.
pub fn lost_host(lost: Lost, host: &Hostname, path: &str) -> Refusal {
    match lost {
        Lost::Constraint(text) if text.contains("host_quarantine") => quarantined(host),
        lost => lost.when("hosts.", || taken(host, path)),
    }
}

pub async fn add_host(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Given = call.body()?;
    let host = host(call, &given.name, "name")?;
    let mut statements = domains::out_of_quarantine(call.stores, access.tenant().as_str(), host.as_str());
    statements.push(sites::add_host(call.stores, access, &host));
    statements.push(kv::host(access, host.as_str()));
    let event =
        Event { subject: "host", id: host.to_string(), before: None, after: Some(json!({"primary": false})) };
    let created_at = crate::clock::text(call.stores.now());
    let reply =
        Reply::json(201, &Host { host: host.to_string(), kind: Kind::Platform, primary: false, created_at });
    make(call, access, statements, event, reply).await.map_err(|lost| lost_host(lost, &host, "name"))
}

pub async fn make_host_primary(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let wanted = call.param("host");
    let hosts = sites::hosts(call.stores, access).await?;
    let found = hosts.iter().find(|row| row.text("host") == wanted).ok_or(Refusal::NotFound)?;
    if found.number("is_primary") == 1 {
        return Ok(Reply::empty(204));
    }
    if found.text("status") != "active" {
        return Err(Refusal::State(
            "This domain has no certificate yet: visitors would be sent to an address that does not answer. `GET …/domains` says what it waits for.".to_owned(),
        ));
    }
    let before = hosts.first().map(|row| json!({"primary": row.text("host")}));
    let event =
        Event { subject: "host", id: wanted.to_owned(), before, after: Some(json!({"primary": wanted})) };
    let mut statements = sites::make_primary(call.stores, access, wanted);
    statements.push(kv::hosts_of_site(access.scope()));
    Ok(make(call, access, statements, event, Reply::empty(204)).await?)
}

pub async fn remove_host(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let wanted = call.param("host");
    let hosts = sites::hosts(call.stores, access).await?;
    let found = hosts.iter().find(|row| row.text("host") == wanted).ok_or(Refusal::NotFound)?;
    if found.number("is_primary") == 1 {
        return Err(Refusal::State("This is the primary host. Make another one primary first.".to_owned()));
    }
    let event = Event {
        subject: "host",
        id: wanted.to_owned(),
        before: Some(json!({"primary": false})),
        after: None,
    };
    let mut statements = domains::release(call.stores, access, wanted);
    statements.push(kv::host(access, wanted));
    Ok(make(call, access, statements, event, Reply::empty(204)).await?)
}
