//! Sites: what they are called, which languages they have, whether they are served.

use crate::access::{SiteAccess, TenantAccess};
use crate::call::{Call, page_of};
use crate::change::{Event, make};
use crate::handlers::hosts;
use crate::http::Reply;
use crate::plan::{self, Metric};
use crate::problem::{Answer, Refusal, unless_good};
use crate::repo::documents::{self, Saved};
use crate::repo::kv;
use crate::repo::sites::{self, NewSite};
use crate::secret;
use crate::stores::{Fault, Row};
use crate::subject::Subject;
use model::Problem;
use model::ids::SiteId;
use model::names::Locale;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// By locale: `{"en": "Bakery"}`.
    pub name: BTreeMap<String, String>,
    /// Language tags such as `en` or `pt-br`. The first is the default.
    #[schemars(length(min = 1, max = 50))]
    pub locales: Vec<String>,
    /// The part of its host name before the platform's domain.
    #[schemars(length(min = 1, max = 63))]
    pub host: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(default)]
    pub name: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub status: Option<Status>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Active,
    /// Not served any more, and kept.
    Archived,
}

#[derive(Serialize, JsonSchema)]
pub struct Site {
    pub id: String,
    pub name: BTreeMap<String, String>,
    /// `active`, `suspended` or `archived`.
    pub status: String,
    pub locales: Vec<String>,
    /// Its primary host; the others redirect to it.
    pub host: Option<String>,
    pub created_at: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Page {
    pub sites: Vec<Site>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

fn site(row: &Row) -> Result<Site, Fault> {
    Ok(Site {
        id: row.text("id"),
        name: row.json("name")?,
        status: row.text("status"),
        locales: row.json("locales")?,
        host: row.maybe_text("host"),
        created_at: row.text("created_at"),
    })
}

/// A name for each of some locales.
fn check_name(name: &BTreeMap<String, String>, locales: &[String], problems: &mut Vec<Problem>) {
    if name.is_empty() {
        problems.push(Problem::new("name", "missing; name the site in its default language at least"));
    }
    for (locale, text) in name {
        let at = format!("name.{locale}");
        if !locales.contains(locale) {
            problems.push(Problem::new(at, "not among the site's locales: add it there, or take it out"));
        } else if text.trim().is_empty() || text.chars().count() > 120 || text.chars().any(char::is_control) {
            problems.push(Problem::new(at, "expected 1 to 120 characters on one line"));
        }
    }
}

pub async fn list_sites(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let limit = call.limit()?;
    let rows = sites::list(call.stores, access, call.after()?, limit).await?;
    let (rows, next) = page_of(rows, limit, |row| format!("{}~{}", row.text("created_at"), row.text("id")));
    let sites = rows.iter().map(site).collect::<Result<_, _>>()?;
    Ok(Reply::json(200, &Page { sites, next }))
}

pub async fn create_site(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let given: Given = call.body()?;
    let mut problems = vec![];
    for (n, locale) in given.locales.iter().enumerate() {
        let at = format!("locales[{n}]");
        if let Err(e) = Locale::parse(locale) {
            problems.push(Problem::new(at, e.to_string()));
        } else if given.locales.iter().take(n).any(|other| other == locale) {
            problems.push(Problem::new(at, "stands here already: take it out"));
        }
    }
    if given.locales.is_empty() || given.locales.len() > 50 {
        problems.push(Problem::new("locales", "name 1 to 50, the first is the default"));
    }
    check_name(&given.name, &given.locales, &mut problems);
    unless_good(problems)?;
    let host = hosts::host(call, &given.host, "host")?;
    let id = secret::id(call.stores)?;
    let mut statements = Vec::from_iter(plan::room_for(call.stores, access, Metric::Sites, 1));
    statements.extend(sites::create(
        call.stores,
        access,
        &NewSite {
            id: &id,
            name: json!(given.name).to_string(),
            locales: json!(given.locales).to_string(),
            host: &host,
        },
    ));
    let site = SiteId::parse(&id).map_err(|e| Refusal::Unavailable(e.to_string()))?;
    let new = access.to_new_site(&site);
    let general = json!({"name": given.name, "locales": given.locales}).to_string();
    let theme = json!({"base": app::theme::ready_names().first()}).to_string();
    for (id, document) in [("general", &general), ("theme", &theme)] {
        let save = Saved { subject: Subject::Setting, id, revision: 1, document, cause: "system" };
        statements.push(documents::revision(call.stores, &new, &save));
        statements.push(documents::put(call.stores, &new, &save));
    }
    let after = json!({"name": given.name, "locales": given.locales, "host": host});
    let event = Event { subject: "site", id: id.clone(), before: None, after: Some(after) };
    let created = Site {
        id: id.clone(),
        name: given.name,
        status: "active".to_owned(),
        locales: given.locales,
        host: Some(host.to_string()),
        created_at: crate::clock::text(call.stores.now()),
    };
    let reply = Reply::json(201, &created).with("location", format!("/api/v1/sites/{id}"));
    match make(call, access, statements, event, reply).await {
        Ok(reply) => Ok(reply),
        Err(lost) => {
            let lost = plan::refused(call.stores, access, Metric::Sites, lost).await;
            Err(hosts::lost_host(lost, &host, "host"))
        }
    }
}

pub async fn show_site(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = sites::get(call.stores, access).await?.ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, &site(&row)?))
}

pub async fn change_site(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Change = call.body()?;
    let row = sites::get(call.stores, access).await?.ok_or(Refusal::NotFound)?;
    let before = site(&row)?;
    let mut problems = vec![];
    if let Some(name) = &given.name {
        check_name(name, &before.locales, &mut problems);
    }
    unless_good(problems)?;
    if given.status.is_some() && before.status == "suspended" {
        return Err(Refusal::State("This site is suspended by the platform. Ask its owner.".to_owned()));
    }
    let status = match given.status {
        Some(Status::Active) => "active",
        Some(Status::Archived) => "archived",
        None => before.status.as_str(),
    };
    let name = given.name.as_ref().unwrap_or(&before.name);
    let statement = sites::change(call.stores, access, &json!(name).to_string(), status);
    let event = Event {
        subject: "site",
        id: before.id.clone(),
        before: Some(json!({"name": before.name, "status": before.status})),
        after: Some(json!({"name": name, "status": status})),
    };
    let changed = Site {
        id: before.id.clone(),
        name: name.clone(),
        status: status.to_owned(),
        locales: before.locales.clone(),
        host: before.host.clone(),
        created_at: before.created_at.clone(),
    };
    Ok(make(
        call,
        access,
        vec![statement, kv::hosts_of_site(access.scope())],
        event,
        Reply::json(200, &changed),
    )
    .await?)
}
