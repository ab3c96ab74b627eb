//! Publishing, the releases, and the way back.

use crate::access::SiteAccess;
use crate::call::{Call, page_of};
use crate::change::{self, Event, make};
use crate::clock;
use crate::http::{Answer, Reply};
use crate::problem::{At, Refusal};
use crate::publish::{self, Change, Chosen, Done, Order, Schedule, Waiting};
use crate::repo::{releases, schedules};
use crate::source::ats;
use crate::stores::{Row, rows};
use model::Problem;
use model::names::Locale;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What to publish; settings, components and blocks that were never published go along.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    /// All that has changed.
    pub everything: bool,
    /// All pages in a language.
    #[schemars(length(max = 35))]
    pub locale: Option<String>,
    #[schemars(length(max = 500))]
    pub pages: Vec<String>,
    #[schemars(length(max = 100))]
    pub settings: Vec<String>,
    #[schemars(length(max = 500))]
    pub components: Vec<String>,
    #[schemars(length(max = 500))]
    pub blocks: Vec<String>,
    /// Pages that visitors shall not see any more.
    #[schemars(length(max = 500))]
    pub unpublish: Vec<String>,
    /// When visitors see it, to the second and within 366 days; without it, now. `pages` and `unpublish` only.
    #[schemars(length(max = 35), extend("format" = "date-time"))]
    pub at: Option<String>,
    /// Why, for the list of releases.
    #[schemars(length(max = 500))]
    pub note: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Published {
    pub number: u64,
    /// Empty where there was nothing to publish: `number` is the release before.
    pub changes: Vec<Change>,
    pub warnings: Vec<At>,
    /// Whether visitors near the database see it now. Elsewhere it takes up to a minute.
    pub visible: bool,
    /// What was scheduled, where there was a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Waiting>,
}

#[derive(Serialize, JsonSchema)]
pub struct Report {
    pub changes: Vec<Change>,
    /// What has to be mended before it can be published.
    pub problems: Vec<At>,
    pub warnings: Vec<At>,
}

#[derive(Serialize, JsonSchema)]
pub struct Page {
    /// Newest first.
    pub releases: Vec<Release>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Release {
    pub number: u64,
    /// `stored`: on its way; `live`; `replaced`.
    pub status: String,
    /// `publish` or `rollback`.
    pub cause: String,
    /// The release that a roll back went to.
    pub of: Option<u64>,
    pub changes: Vec<Change>,
    pub note: String,
    pub author: String,
    pub created_at: String,
    pub live_at: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Republished {
    /// Records that were written.
    pub records: u64,
    pub visible: bool,
}

impl Given {
    pub fn chosen(&self) -> Result<Chosen, Refusal> {
        let mut problems = vec![];
        for (name, list) in [
            ("pages", &self.pages),
            ("settings", &self.settings),
            ("components", &self.components),
            ("blocks", &self.blocks),
            ("unpublish", &self.unpublish),
        ] {
            if list.len() > 500 {
                problems.push(Problem::new(name, "name at most 500, or choose everything"));
            }
        }
        if self.note.chars().count() > 500 || self.note.chars().any(|c| c.is_control() && c != '\n') {
            problems.push(Problem::new("note", "expected at most 500 characters, and lines of text"));
        }
        let locale = self.locale.as_deref().map(Locale::parse).transpose();
        if let Err(e) = &locale {
            problems.push(Problem::new("locale", e.to_string()));
        }
        crate::problem::unless_good(problems)?;
        Ok(Chosen {
            everything: self.everything,
            locale: locale.ok().flatten(),
            pages: self.pages.clone(),
            settings: self.settings.clone(),
            components: self.components.clone(),
            blocks: self.blocks.clone(),
            unpublish: self.unpublish.clone(),
            ..Chosen::default()
        })
    }

    /// What it schedules, where it has a time.
    fn order(&self, call: &Call) -> Result<Option<Order>, Refusal> {
        let Some(at) = &self.at else { return Ok(None) };
        let mut problems = vec![];
        let now_only = [
            ("everything", self.everything),
            ("locale", self.locale.is_some()),
            ("settings", !self.settings.is_empty()),
            ("components", !self.components.is_empty()),
            ("blocks", !self.blocks.is_empty()),
        ];
        let message = "has no time of its own: name pages, or publish it now without at";
        let given = now_only.iter().filter(|(_, given)| *given);
        problems.extend(given.map(|(name, _)| Problem::new(*name, message)));
        if self.pages.is_empty() && self.unpublish.is_empty() {
            problems.push(Problem::new("at", "goes with pages or unpublish: name at least one page"));
        }
        let at = publish::time(call.stores, at).map_err(|problem| problems.push(problem));
        crate::problem::unless_good(problems)?;
        let (pages, unpublish) = (self.pages.clone(), self.unpublish.clone());
        Ok(at.ok().map(|at| Order::Add { at, pages, unpublish, note: self.note.clone() }))
    }
}

/// What to publish, or to schedule, and why.
fn asked(call: &Call) -> Result<(Chosen, Option<Order>, String), Refusal> {
    let given: Given = call.body()?;
    let (chosen, order) = (given.chosen()?, given.order(call)?);
    let chosen = if order.is_some() { Chosen::default() } else { chosen };
    Ok((chosen, order, given.note))
}

async fn answered(call: &Call<'_>, access: &SiteAccess, status: u16, done: Done) -> Reply {
    if let Some(reply) = done.replayed {
        return reply;
    }
    let location = done.location(access);
    let body = Published {
        number: done.number,
        warnings: ats(&done.warnings, false),
        changes: done.changes,
        visible: done.visible,
        schedule: done.schedule.map(|schedule| schedule.shown()),
    };
    let reply = Reply::json(status, &body);
    if status != 201 {
        return reply;
    }
    let reply = reply.with("location", location);
    if body.visible {
        change::amend(call, access, &reply).await;
    }
    reply
}

pub async fn publish(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (chosen, order, note) = asked(call)?;
    let done = publish::publish(call, access, &chosen, order.as_ref(), &note).await?;
    Ok(answered(call, access, 201, done).await)
}

pub async fn check_release(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (chosen, order, _) = asked(call)?;
    let (changes, placed) = publish::check(call, access, &chosen, order.as_ref()).await?;
    Ok(Reply::json(200, &Report { changes, problems: ats(&placed, true), warnings: ats(&placed, false) }))
}

fn release(row: &Row) -> Result<Release, Refusal> {
    Ok(Release {
        number: row.number("number"),
        status: row.text("status"),
        cause: row.text("cause"),
        of: row.maybe_number("of_number"),
        changes: row.json("changes")?,
        note: row.text("note"),
        author: row.text("author"),
        created_at: row.text("created_at"),
        live_at: row.maybe_text("live_at"),
    })
}

pub async fn list_releases(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let limit = call.limit()?;
    let before = call.after_number()?.unwrap_or(1 << 53);
    let rows = releases::list(call.stores, access, before, limit).await?;
    let (rows, next) = page_of(rows, limit, |row| row.number("number").to_string());
    Ok(Reply::json(200, &Page { releases: rows.iter().map(release).collect::<Result<_, _>>()?, next }))
}

async fn named(call: &Call<'_>, access: &SiteAccess) -> Result<Row, Refusal> {
    let number =
        call.param("number").parse::<u64>().ok().filter(|n| *n < 1 << 53).ok_or(Refusal::NotFound)?;
    releases::get(call.stores, access, number).await?.ok_or(Refusal::NotFound)
}

pub async fn show_release(call: &Call<'_>, access: &SiteAccess) -> Answer {
    Ok(Reply::json(200, &release(&named(call, access).await?)?))
}

pub async fn roll_back(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let target = named(call, access).await?;
    let done = publish::roll_back(call, access, &target).await?;
    Ok(answered(call, access, 201, done).await)
}

#[derive(Serialize, JsonSchema)]
pub struct Schedules {
    /// The next one first.
    pub schedules: Vec<Waiting>,
}

/// What still waits for its time.
async fn waiting(call: &Call<'_>, access: &SiteAccess) -> Result<Vec<Schedule>, Refusal> {
    let found = rows(call.stores, access.database(), schedules::list(access)).await?;
    let mut all: Vec<Schedule> = found.iter().map(Schedule::of).collect::<Result<_, _>>()?;
    let now = clock::text(call.stores.now());
    all.retain(|schedule| schedule.at > now);
    all.sort_by(|a, b| (&a.at, &a.id).cmp(&(&b.at, &b.id)));
    Ok(all)
}

pub async fn list_schedules(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let all = waiting(call, access).await?;
    Ok(Reply::json(200, &Schedules { schedules: all.iter().map(Schedule::shown).collect() }))
}

pub async fn show_schedule(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let all = waiting(call, access).await?;
    let one = all.iter().find(|schedule| schedule.id == call.param("schedule")).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, &one.shown()))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTime {
    /// When visitors see it instead, to the second and within 366 days.
    #[schemars(length(max = 35), extend("format" = "date-time"))]
    pub at: String,
}

pub async fn move_schedule(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: NewTime = call.body()?;
    let order =
        Order::Move { id: call.param("schedule").to_owned(), at: publish::time(call.stores, &given.at)? };
    let done = publish::publish(call, access, &Chosen::default(), Some(&order), "").await?;
    Ok(answered(call, access, 200, done).await)
}

pub async fn cancel_schedule(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let order = Order::Cancel { id: call.param("schedule").to_owned() };
    publish::publish(call, access, &Chosen::default(), Some(&order), "").await?;
    Ok(Reply::empty(204))
}

/// Its answer is known, and kept under the key, once everything is written: a repeated request must not be told of what a
/// store has refused.
pub async fn republish(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (records, visible) = publish::republish(call.stores, access).await?;
    let event = Event {
        subject: "site",
        id: access.site().to_string(),
        before: None,
        after: Some(json!({"republished": true})),
    };
    Ok(make(call, access, vec![], event, Reply::json(200, &Republished { records, visible })).await?)
}
