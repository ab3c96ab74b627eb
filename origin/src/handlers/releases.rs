//! Publishing, the releases, and the way back.

use crate::access::SiteAccess;
use crate::call::{Call, page_of};
use crate::change::{Event, make};
use crate::http::Reply;
use crate::problem::{Answer, At, Refusal};
use crate::publish::{self, Change, Chosen, Done};
use crate::repo::releases;
use crate::source::Placed;
use crate::stores::Row;
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
        if self.note.chars().count() > 500 {
            problems.push(Problem::new("note", "expected at most 500 characters"));
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
}

pub fn ats(placed: &[Placed], problems: bool) -> Vec<At> {
    let mine = placed.iter().filter(|p| p.is_problem == problems);
    mine.map(|p| {
        let path = match (p.document.as_str(), p.problem.path.as_str()) {
            ("", path) => path.to_owned(),
            (document, "") => document.to_owned(),
            (document, path) => format!("{document}: {path}"),
        };
        At::from(&Problem::new(path, p.problem.message.clone()))
    })
    .collect()
}

fn answered(access: &SiteAccess, done: Done) -> Reply {
    if let Some(reply) = done.replayed {
        return reply;
    }
    let body = Published {
        number: done.number,
        warnings: ats(&done.warnings, false),
        changes: done.changes,
        visible: done.visible,
    };
    Reply::json(201, &body)
        .with("location", format!("/api/v1/sites/{}/releases/{}", access.site(), body.number))
}

pub async fn publish(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Given = call.body()?;
    let done = publish::publish(call, access, &given.chosen()?, &given.note).await?;
    Ok(answered(access, done))
}

pub async fn check_release(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Given = call.body()?;
    let (changes, placed) = publish::check(call, access, &given.chosen()?).await?;
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
    Ok(answered(access, done))
}

pub async fn republish(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let event = Event {
        subject: "site",
        id: access.site().to_string(),
        before: None,
        after: Some(json!({"republished": true})),
    };
    let kept = Reply::json(200, &json!({"records": 0, "visible": true}));
    make(call, access, vec![], event, kept).await?;
    let (records, visible) = publish::republish(call.stores, access).await?;
    Ok(Reply::json(200, &Republished { records, visible }))
}
