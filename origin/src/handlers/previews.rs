//! Links that show drafts on the site's own host to whoever has them.

use crate::access::{self, SiteAccess};
use crate::call::{Call, page_of};
use crate::change::{Event, make};
use crate::clock::{self, HOUR};
use crate::handlers::releases;
use crate::http::{Answer, Reply};
use crate::limits::{PREVIEW, within};
use crate::link::Link;
use crate::problem::{At, Refusal};
use crate::publish::{self, Shown};
use crate::repo::previews::{self, NewPreview};
use crate::secret;
use crate::source::{ats, hosts};
use crate::stores::{Fault, Row};
use model::Problem;
use model::content_url;
use model::names::{Hostname, PagePath, encode_path};
use model::records::{HostRecord, Status, VERSION};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

#[derive(Serialize, JsonSchema)]
pub struct Made {
    pub id: String,
    /// On the site's primary host. Whoever has it sees the drafts as they are when it is opened.
    pub url: String,
    pub expires_at: String,
    /// What keeps the drafts from being published; the preview says it as well.
    pub problems: Vec<At>,
}

#[derive(Serialize, JsonSchema)]
pub struct Preview {
    pub id: String,
    pub url: String,
    /// What it shows.
    pub show: releases::Given,
    pub author: String,
    pub created_at: String,
    pub expires_at: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Page {
    /// Those that are not over, in the order of their ids.
    pub previews: Vec<Preview>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Hours that a link is good for, unless `hours` says otherwise, and at most.
const HOURS: u64 = 7 * 24;
const MAX_HOURS: u64 = 30 * 24;

fn hours(call: &Call) -> Result<u64, Refusal> {
    let Some(given) = call.query("hours") else { return Ok(HOURS) };
    given
        .parse()
        .ok()
        .filter(|n| (1..=MAX_HOURS).contains(n))
        .ok_or_else(|| Problem::new("hours", format!("expected a whole number from 1 to {MAX_HOURS}")).into())
}

fn url(call: &Call, primary: &Hostname, link: &Link, path: &str) -> Result<String, Refusal> {
    let development = call.stores.variable("ENVIRONMENT").is_some_and(|name| name == "development");
    // In development all hosts share the port that was asked.
    let authority = call.request.authority();
    let port = authority.rfind(':').filter(|_| development).and_then(|at| authority.get(at..));
    let scheme = if development { "http" } else { "https" };
    let below = content_url::preview(&link.token(call.stores)?);
    Ok(format!("{scheme}://{primary}{}{below}{}", port.unwrap_or_default(), encode_path(path)))
}

/// Where a preview begins: at its page, where it shows one; else at the start of the site in its language.
fn start(given: &releases::Given, shown: &Shown) -> String {
    let contents = &shown.draft.contents;
    let page = match given.pages.as_slice() {
        [id] => contents.pages.get(id).map(|at| at.path.as_str()),
        _ => None,
    };
    let home = given.locale.as_ref().map(|locale| format!("/{locale}"));
    let is_page = |path: &String| {
        let path = PagePath::parse(path).ok();
        path.is_some_and(|path| shown.draft.record.routes.exact.contains_key(&path))
    };
    // The page of a record has no path of its own.
    let page = page.filter(|path| !path.contains(":slug")).map(str::to_owned);
    page.or(home.filter(is_page)).unwrap_or_else(|| "/".to_owned())
}

pub async fn create_preview(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: releases::Given = call.body()?;
    if given.at.is_some() {
        let why = "a preview shows drafts as they are when it is opened: take the time out";
        return Err(Problem::new("at", why).into());
    }
    let (chosen, hours) = (given.chosen()?, hours(call)?);
    let shown = publish::preview(call.stores, access, &chosen).await?;
    shown.draft.library.copy_fonts(call.stores, access).await?;
    let id = secret::id(call.stores)?;
    let until = (call.stores.now() + hours * HOUR) / 1000;
    let link = Link { site: access.site().clone(), id: id.clone(), until };
    let (path, expires_at) = (start(&given, &shown), clock::text(until * 1000));
    let made = Made {
        url: url(call, &shown.draft.primary, &link, &path)?,
        id: id.clone(),
        expires_at: expires_at.clone(),
        problems: ats(&shown.draft.placed, true),
    };
    let preview =
        NewPreview { id: &id, show: json!(given).to_string(), path: &path, expires_at: &expires_at };
    let statement = previews::create(call.stores, access, preview);
    let after = json!({"show": given, "expires_at": expires_at});
    let event = Event { subject: "preview", id: id.clone(), before: None, after: Some(after) };
    let reply = Reply::json(201, &made);
    Ok(make(call, access, vec![statement], event, reply).await?)
}

pub async fn list_previews(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let limit = call.limit()?;
    let after = call.query("after").unwrap_or_default();
    let rows = previews::list(call.stores, access, &after, limit).await?;
    let (rows, next) = page_of(rows, limit, |row| row.text("id"));
    let hosts = hosts(call.stores, access).await?;
    let primary = hosts.first().ok_or_else(|| Refusal::Unavailable("no host".to_owned()))?;
    let preview = |row: &Row| {
        let expires_at = row.text("expires_at");
        let link =
            Link { site: access.site().clone(), id: row.text("id"), until: clock::seconds(&expires_at) };
        Ok(Preview {
            url: url(call, primary, &link, &row.text("path"))?,
            id: link.id,
            show: row.json("show")?,
            author: row.text("created_by"),
            created_at: row.text("created_at"),
            expires_at,
        })
    };
    let list = rows.iter().map(preview).collect::<Result<_, Refusal>>()?;
    Ok(Reply::json(200, &Page { previews: list, next }))
}

pub async fn end_preview(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let id = call.param("preview");
    let found = previews::get(call.stores, access, id).await?.ok_or(Refusal::NotFound)?;
    let before = json!({"expires_at": found.text("expires_at")});
    let event = Event { subject: "preview", id: id.to_owned(), before: Some(before), after: None };
    let end = previews::end(access, id);
    Ok(make(call, access, vec![end], event, Reply::empty(204)).await?)
}

/// For the edge: what a path in a preview needs, as KV would have it after the publish.
pub async fn open_preview(call: &Call<'_>, host: &Hostname) -> Answer {
    let link = Link::of(call.stores, call.param("token"))?;
    let linked = access::by_link(call.stores, &link, host).await?;
    let access = &linked.access;
    let path = call.query("path").unwrap_or_default();
    let mut answer = model::preview::Preview {
        host: HostRecord {
            v: VERSION,
            tenant: access.tenant().clone(),
            site: access.site().clone(),
            status: linked.status,
            primary: linked.primary,
            content: None,
        },
        published: false,
        until: clock::text(link.until * 1000),
        problems: vec![],
        records: BTreeMap::new(),
    };
    // A file is there already, whatever is published.
    let is_file = path.starts_with(content_url::FILES);
    if answer.host.status == Status::Active && !is_file {
        within(call.stores, PREVIEW, &link.id).await?;
        let given: releases::Given =
            linked.shown.json("show").map_err(|fault: Fault| Refusal::from(fault))?;
        let shown = publish::preview(call.stores, access, &given.chosen()?).await?;
        let (record, records) = shown.at(call.stores, access, &path).await?;
        answer.host.content = Some(Box::new(record));
        answer.published = shown.published;
        answer.problems = ats(&shown.draft.placed, true)
            .into_iter()
            .map(|at| format!("{}: {}", at.path, at.message))
            .collect();
        answer.records = records;
    }
    Ok(Reply::json(200, &answer))
}
