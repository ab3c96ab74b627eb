//! `manysite publish` and `manysite unpublish`: drafts become a release, and pages leave it; now, or at a time.

use crate::api::fields;
use crate::commands::schedules::Schedule;
use crate::context::{Context, Site};
use crate::failure::{At, Exit, Failure};
use crate::output::{Outcome, done, table, warnings};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(clap::Args)]
pub struct Args {
    /// Only this page, by id; may be given several times
    #[arg(long = "page", value_name = "ID")]
    pages: Vec<String>,
    /// Only the pages in this language
    #[arg(long)]
    locale: Option<String>,
    /// Take this page away from visitors, by id; may be given several times
    #[arg(long, value_name = "ID")]
    unpublish: Vec<String>,
    /// When visitors shall see it, such as 2027-03-14T09:30:00Z; without it, now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Why, for the list of releases
    #[arg(long, default_value = "")]
    note: String,
    /// Say what would be published and what is wrong with it, and do nothing
    #[arg(long)]
    check: bool,
}

#[derive(clap::Args)]
pub struct Leaving {
    /// The pages, by id
    #[arg(required = true, value_name = "ID")]
    pages: Vec<String>,
    /// When visitors shall not see them any more, such as 2027-03-14T09:30:00Z; without it, now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Why, for the list of releases
    #[arg(long, default_value = "")]
    note: String,
}

#[derive(Serialize, Deserialize)]
pub struct Change {
    pub subject: String,
    pub id: String,
    pub how: String,
}

#[derive(Serialize, Deserialize)]
pub struct Published {
    pub number: u64,
    pub changes: Vec<Change>,
    pub warnings: Vec<At>,
    pub visible: bool,
    /// What waits for its time now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
}

#[derive(Serialize, Deserialize)]
struct Report {
    changes: Vec<Change>,
    problems: Vec<At>,
    warnings: Vec<At>,
}

pub fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let site = context.site()?;
    let everything = args.pages.is_empty() && args.unpublish.is_empty() && args.locale.is_none();
    if args.at.is_some() && (everything || args.locale.is_some()) {
        return Err(Failure::usage("A time goes with pages: name them with --page or --unpublish."));
    }
    let body = fields([
        ("everything", json!(everything)),
        ("pages", json!(args.pages)),
        ("locale", json!(args.locale)),
        ("unpublish", json!(args.unpublish)),
        ("at", json!(args.at)),
        ("note", json!(args.note)),
    ]);
    if args.check {
        return check(&site, body);
    }
    let published = publish(&site, body)?;
    Ok(Outcome::new(json!(published), text(&published, "Published")))
}

pub fn unpublish(context: &Context, args: Leaving) -> Result<Outcome, Failure> {
    let Leaving { pages, at, note } = args;
    let body = fields([("unpublish", json!(pages)), ("at", json!(at)), ("note", json!(note))]);
    let published = publish(&context.site()?, body)?;
    Ok(Outcome::new(json!(published), text(&published, "Published")))
}

pub fn publish(site: &Site, body: Value) -> Result<Published, Failure> {
    let answer = site.api.post(&site.path("/releases"), body)?;
    serde_json::from_value(answer).map_err(|e| Failure::server(format!("Its answer is not clear ({e}).")))
}

/// What a release changed, for people.
pub fn text(published: &Published, did: &str) -> String {
    let Published { number, changes, warnings: found, visible, schedule } = published;
    let mut text = match (schedule, changes.is_empty()) {
        (Some(schedule), _) => {
            done(&format!("Scheduled for {} as {}", schedule.at, schedule.id)) + &list(changes)
        }
        (None, true) => done(&format!("Nothing has changed: release {number} is the newest")),
        (None, false) => done(&format!("{did} as release {number}")) + &list(changes),
    };
    if !visible {
        text += "It is stored, and visitors will see it in a minute or two.\n";
    }
    text + &warnings(found)
}

fn list(changes: &[Change]) -> String {
    table(&["", "", ""], changes.iter().map(|c| vec![c.how.clone(), c.subject.clone(), c.id.clone()]))
        .lines()
        .filter(|line| !console::strip_ansi_codes(line).trim().is_empty())
        .map(|line| format!("  {line}\n"))
        .collect()
}

fn check(site: &Site, body: Value) -> Result<Outcome, Failure> {
    let answer = site.api.post(&site.path("/releases/check"), body)?;
    let report: Report = serde_json::from_value(answer)
        .map_err(|e| Failure::server(format!("Its answer is not clear ({e}).")))?;
    let mut text = match report.changes.is_empty() {
        true => "Nothing would be published.\n".to_owned(),
        false => "Would be published:\n".to_owned() + &list(&report.changes),
    };
    for at in &report.problems {
        text += &format!("{} {}\n  {}\n", console::style("✗").red(), at.path, at.message);
    }
    text += &warnings(&report.warnings);
    let exit = if report.problems.is_empty() { Exit::Good } else { Exit::Content };
    Ok(Outcome { exit, value: json!(report), text })
}
