//! Sites: what they are called, which languages they have, whether they are served.

use crate::access::{SiteAccess, TenantAccess};
use crate::call::{Call, page_of};
use crate::change::{Event, make};
use crate::clock::{self, DAY};
use crate::handlers::hosts;
use crate::http::{Answer, Later, Reply};
use crate::lives::archive;
use crate::lives::content::{self, From};
use crate::lives::fill::{Payload, Progress};
use crate::plan::{self, Metric};
use crate::problem::{Refusal, unless_good};
use crate::repo::documents::{self, Saved};
use crate::repo::sites::{self, NewSite};
use crate::repo::{fills, kv, objects};
use crate::secret;
use crate::source::Documents;
use crate::stores::{Fault, Row, Statement};
use crate::subject::{General, Subject};
use intake::starts;
use model::Problem;
use model::ids::SiteId;
use model::names::Locale;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// By locale: `{"en": "Bakery"}`. Of a copy, that of the original unless it is given.
    #[serde(default)]
    pub name: BTreeMap<String, String>,
    /// Language tags such as `en` or `pt-br`. The first is the default.
    #[serde(default)]
    #[schemars(length(max = 50))]
    pub locales: Vec<String>,
    /// The part of its host name before the platform's domain.
    #[schemars(length(min = 1, max = 63))]
    pub host: String,
    /// What it begins with; absent: with nothing.
    #[serde(default)]
    pub from: Option<From>,
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
    /// `active`, `suspended`, `archived`, `filling` or `deleted`.
    pub status: String,
    pub locales: Vec<String>,
    /// Its primary host; the others redirect to it.
    pub host: Option<String>,
    pub created_at: String,
    /// When a deleted site goes for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_after: Option<String>,
    /// How far a site is that is being filled; of a single site only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filling: Option<Filling>,
}

#[derive(Serialize, JsonSchema)]
pub struct Filling {
    pub from: From,
    /// `waiting` for its file, `running` or `failed`.
    pub state: String,
    /// Documents, records and files that are there.
    pub done: u64,
    /// About so many there will be.
    pub total: u64,
    /// Why it failed. The site can be deleted, and goes at once.
    pub problem: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Page {
    pub sites: Vec<Site>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

fn site(row: &Row) -> Result<Site, Fault> {
    let delete_after = row.maybe_text("delete_after");
    Ok(Site {
        id: row.text("id"),
        name: row.json("name")?,
        status: match (delete_after.is_some(), row.number("ready")) {
            (true, _) => "deleted".to_owned(),
            (false, 0) => "filling".to_owned(),
            _ => row.text("status"),
        },
        locales: row.json("locales")?,
        host: row.maybe_text("host"),
        created_at: row.text("created_at"),
        delete_after,
        filling: None,
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

/// What a new site is called and speaks, and what it is filled with.
struct Begun {
    name: BTreeMap<String, String>,
    locales: Vec<String>,
    filled: Option<Filled>,
}

struct Filled {
    from: From,
    pages: u64,
    records: u64,
    files: u64,
    /// Of the files.
    bytes: u64,
}

impl Filled {
    fn from(from: From) -> Self {
        Self { from, pages: 0, records: 0, files: 0, bytes: 0 }
    }
}

fn check_locales(given: &[String], problems: &mut Vec<Problem>) {
    for (n, locale) in given.iter().enumerate() {
        let at = format!("locales[{n}]");
        if let Err(e) = Locale::parse(locale) {
            problems.push(Problem::new(at, e.to_string()));
        } else if given.iter().take(n).any(|other| other == locale) {
            problems.push(Problem::new(at, "stands here already: take it out"));
        }
    }
    if given.is_empty() || given.len() > 50 {
        problems.push(Problem::new("locales", "name 1 to 50, the first is the default"));
    }
}

/// Reads what the new site begins with.
async fn begun(call: &Call<'_>, access: &TenantAccess, given: Given) -> Result<Begun, Refusal> {
    let Given { mut name, mut locales, from, .. } = given;
    let mut problems = vec![];
    let mut absent = |at: &str, is_empty: bool| {
        if !is_empty {
            problems.push(Problem::new(at, "comes from where the site is taken from: leave it out"));
        }
    };
    let filled = match from {
        None => None,
        Some(From::Template(template)) => {
            if !starts::SITES.iter().any(|(known, _)| *known == template) {
                let known: Vec<_> = starts::SITES.iter().map(|(name, _)| *name).collect();
                let message =
                    format!("there is no starting point {template:?}; there are {}", known.join(", "));
                problems.push(Problem::new("from.template", message));
            }
            if locales.len() > 1 {
                problems
                    .push(Problem::new("locales", "a starting point is in one language: add others later"));
            }
            Some(Filled::from(From::Template(template)))
        }
        Some(From::Site(id)) => {
            absent("locales", locales.is_empty());
            let source =
                content::source_site(call.stores, access.person(), access.tenant().as_str(), &id).await;
            let source = source.map_err(|refusal| match refusal {
                Refusal::NotFound => {
                    Problem::new("from.site", "the tenant has no such site that you may read").into()
                }
                other => other,
            })?;
            source.unless_closed()?;
            let documents = Documents::current(call.stores, &source).await?;
            let general = documents.settings.get("general").and_then(|text| serde_json::from_str(text).ok());
            let general: General = general.ok_or(Refusal::NotFound)?;
            locales = general.locales.iter().map(ToString::to_string).collect();
            if name.is_empty() {
                name = general.name.into_iter().map(|(locale, name)| (locale.to_string(), name)).collect();
            }
            let files = objects::amount(call.stores, &source).await?;
            let mut filled = Filled::from(From::Site(id));
            (filled.files, filled.bytes) = (files.number("files"), files.number("bytes"));
            for row in sites::amounts(call.stores, &source).await? {
                match row.text("metric").as_str() {
                    "pages" => filled.pages = row.number("amount"),
                    _ => filled.records = row.number("amount"),
                }
            }
            Some(filled)
        }
        Some(From::File) => {
            absent("locales", locales.is_empty());
            absent("name", name.is_empty());
            // Until the file says them.
            (name, locales) = ([("en".to_owned(), given.host)].into(), vec!["en".to_owned()]);
            Some(Filled::from(From::File))
        }
    };
    check_locales(&locales, &mut problems);
    check_name(&name, &locales, &mut problems);
    unless_good(problems)?;
    Ok(Begun { name, locales, filled })
}

pub async fn create_site(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let given: Given = call.body()?;
    let label = given.host.clone();
    let Begun { name, locales, filled } = begun(call, access, given).await?;
    let host = hosts::host(call, &label, "host")?;
    let id = secret::id(call.stores)?;
    let mut statements = Vec::from_iter(plan::room_for(call.stores, access, Metric::Sites, 1));
    statements.extend(sites::create(
        call.stores,
        access,
        &NewSite {
            id: &id,
            name: json!(name).to_string(),
            locales: json!(locales).to_string(),
            host: &host,
            ready: filled.is_none(),
        },
    ));
    let mut wants = vec![(Metric::Sites, 1)];
    let new = access.to_new_site(&SiteId::parse(&id).map_err(|e| Refusal::Unavailable(e.to_string()))?);
    match &filled {
        None => {
            let general = json!({"name": name, "locales": locales}).to_string();
            let theme = json!({"base": app::theme::ready_names().first()}).to_string();
            for (id, document) in [("general", &general), ("theme", &theme)] {
                let save = Saved { subject: Subject::Setting, id, revision: 1, document, cause: "system" };
                statements.push(documents::revision(call.stores, &new, &save));
                statements.push(documents::put(call.stores, &new, &save));
            }
        }
        Some(filled) => {
            // Told at once, and not when half of it is there.
            for (metric, more) in [
                (Metric::Storage, filled.bytes),
                (Metric::Pages, filled.pages),
                (Metric::Entities, filled.records),
            ] {
                statements.extend(plan::room_for(call.stores, access, metric, more));
                wants.push((metric, more));
            }
            let total = match &filled.from {
                From::Template(template) => {
                    starts::site(template, "", "en").map_or(0, |parts| content::count(&parts))
                }
                _ => filled.pages + filled.records + filled.files,
            };
            let payload = json!(Payload { from: filled.from.clone(), total }).to_string();
            let progress = json!(Progress::default()).to_string();
            let waits = filled.from == From::File;
            statements.push(fills::begin(call.stores, access, &id, &payload, &progress, waits));
        }
    }
    let from = filled.as_ref().map(|filled| &filled.from);
    let after = json!({"name": name, "locales": locales, "host": host, "from": from});
    let event = Event { subject: "site", id: id.clone(), before: None, after: Some(after) };
    let created = Site {
        id: id.clone(),
        name,
        status: if filled.is_some() { "filling" } else { "active" }.to_owned(),
        locales,
        host: Some(host.to_string()),
        created_at: crate::clock::text(call.stores.now()),
        delete_after: None,
        filling: None,
    };
    let reply = Reply::json(201, &created).with("location", format!("/api/v1/sites/{id}"));
    match make(call, access, statements, event, reply).await {
        Ok(reply) => Ok(reply),
        Err(lost) => {
            let short = plan::short(call.stores, access, &wants).await?;
            let lost = plan::refused(call.stores, access, short, lost).await;
            Err(hosts::lost_host(lost, &host, "host"))
        }
    }
}

pub async fn show_site(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = sites::get(call.stores, access).await?.ok_or(Refusal::NotFound)?;
    let mut site = site(&row)?;
    if row.number("ready") == 0
        && let Some(job) = fills::get(call.stores, access).await?
    {
        site.filling = Some(filling(&job)?);
    }
    Ok(Reply::json(200, &site))
}

/// The site as a file.
pub async fn export_site(_: &Call<'_>, access: &SiteAccess) -> Answer {
    let name = format!("attachment; filename=\"{}.tar\"", access.site());
    let mut reply =
        Reply::empty(200).with("content-type", "application/x-tar").with("content-disposition", name);
    reply.later = Some(Later::Site(access.clone().into()));
    Ok(reply)
}

/// Takes the file in that a new site waits for; one that was refused can be sent anew.
pub async fn import_site(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = sites::get(call.stores, access).await?.ok_or(Refusal::NotFound)?;
    let job = if row.number("ready") == 0 { fills::get(call.stores, access).await? } else { None };
    let known = job.as_ref().map(filling).transpose()?;
    let waits = known.is_some_and(|known| known.from == From::File && known.state == "waiting");
    if !waits || row.maybe_text("delete_after").is_some() {
        return Err(Refusal::State(
            "This site waits for no file: make one with `{\"from\": \"file\"}`, and send the file to it."
                .to_owned(),
        ));
    }
    archive::import(call, access).await?;
    show_site(call, access).await
}

fn filling(job: &Row) -> Result<Filling, Fault> {
    let (payload, progress): (Payload, Progress) = (job.json("payload")?, job.json("progress")?);
    let state = match (job.text("status").as_str(), job.text("run_at").as_str()) {
        ("failed", _) => "failed",
        (_, fills::WAITING) => "waiting",
        _ => "running",
    };
    Ok(Filling {
        from: payload.from,
        state: state.to_owned(),
        done: progress.done,
        total: payload.total,
        problem: job.maybe_text("problem"),
    })
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
    let mut statements = vec![
        sites::change(call.stores, access, &json!(name).to_string(), status),
        kv::hosts_of_site(access.scope()),
    ];
    if *name != before.name {
        statements.extend(named(call, access, name).await?);
    }
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
        delete_after: None,
        filling: None,
    };
    let made = make(call, access, statements, event, Reply::json(200, &changed)).await;
    let saved = || Refusal::State("Somebody has just saved settings/general: send it again.".to_owned());
    made.map_err(|lost| lost.when("revisions.", saved))
}

/// The name stands in the settings as well, from where the next publish has it.
async fn named(
    call: &Call<'_>,
    access: &SiteAccess,
    name: &BTreeMap<String, String>,
) -> Result<Vec<Statement>, Refusal> {
    let general = documents::get(call.stores, access, Subject::Setting, "general").await?;
    let Some(row) = general else { return Ok(vec![]) };
    let mut general: serde_json::Map<String, Value> = row.json("document")?;
    general.insert("name".to_owned(), json!(name));
    let (document, revision) = (Value::Object(general).to_string(), row.number("revision") + 1);
    let save =
        Saved { subject: Subject::Setting, id: "general", revision, document: &document, cause: "edit" };
    Ok(vec![documents::revision(call.stores, access, &save), documents::put(call.stores, access, &save)])
}

/// How long a deleted site, or tenant, can be taken back.
pub const GRACE: u64 = 30 * DAY;

pub async fn delete_site(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = sites::get(call.stores, access).await?.ok_or(Refusal::NotFound)?;
    match row.maybe_text("delete_after") {
        Some(_) => Ok(Reply::json(200, &site(&row)?)),
        None => {
            // What was never whole goes at once.
            let grace = if row.number("ready") == 0 { 0 } else { GRACE };
            set_end(call, access, row, Some(clock::text(call.stores.now() + grace))).await
        }
    }
}

pub async fn restore_site(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = sites::get(call.stores, access).await?.ok_or(Refusal::NotFound)?;
    match row.maybe_text("delete_after") {
        None => Ok(Reply::json(200, &site(&row)?)),
        Some(_) => set_end(call, access, row, None).await,
    }
}

/// The tenant's audit log says so: the site's own goes with the site.
async fn set_end(call: &Call<'_>, access: &SiteAccess, mut row: Row, end: Option<String>) -> Answer {
    let before = json!({"name": row.json::<Value>("name")?, "delete_after": row.maybe_text("delete_after")});
    let after = json!({"delete_after": end});
    let statements =
        vec![sites::set_end(call.stores, access, end.as_deref()), kv::hosts_of_site(access.scope())];
    row.0.insert("delete_after".to_owned(), json!(end));
    let event =
        Event { subject: "site", id: access.site().to_string(), before: Some(before), after: Some(after) };
    let made = make(call, access.in_tenant(), statements, event, Reply::json(200, &site(&row)?)).await;
    let over = || Refusal::State("The site is being taken away for good.".to_owned());
    made.map_err(|lost| lost.when("sites.name", over))
}
