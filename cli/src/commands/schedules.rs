//! `manysite schedules`: what is published or taken away at a time to come.

use crate::api::{Sent, encoded};
use crate::commands::publish;
use crate::context::{Context, Site};
use crate::failure::Failure;
use crate::output::{Outcome, done, table};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(clap::Subcommand)]
pub enum Action {
    /// List what is scheduled, the next first
    List,
    /// Give what is scheduled another time
    Move {
        id: String,
        /// Such as 2027-03-14T09:30:00Z
        time: String,
    },
    /// Cancel what is scheduled
    Cancel { id: String },
}

#[derive(Serialize, Deserialize)]
pub struct Schedule {
    pub id: String,
    pub at: String,
    pages: Vec<Shows>,
    unpublish: Vec<String>,
    note: String,
    author: String,
    created_at: String,
}

#[derive(Serialize, Deserialize)]
struct Shows {
    id: String,
    revision: u64,
}

#[derive(Serialize, Deserialize)]
struct Schedules {
    schedules: Vec<Schedule>,
}

pub fn run(context: &Context, action: Action) -> Result<Outcome, Failure> {
    let site = context.site()?;
    match action {
        Action::List => list(&site),
        Action::Move { id, time } => {
            let answer = site.api.ask("PATCH", &path(&site, &id), &Sent::Json(json!({"at": time})), &[])?;
            let moved: publish::Published = answer.json()?;
            Ok(Outcome::new(json!(moved), publish::text(&moved, "Moved")))
        }
        Action::Cancel { id } => {
            site.api.delete(&path(&site, &id))?;
            Ok(Outcome::new(json!({"id": id}), done(&format!("Cancelled {id}"))))
        }
    }
}

fn path(site: &Site, id: &str) -> String {
    site.path(&format!("/schedules/{}", encoded(id)))
}

fn list(site: &Site) -> Result<Outcome, Failure> {
    let found: Schedules = site.api.get(&site.path("/schedules"))?;
    let text = match found.schedules.is_empty() {
        true => "Nothing is scheduled.\n".to_owned(),
        false => table(&["ID", "TIME", "PUBLISHED", "TAKEN AWAY", "NOTE"], found.schedules.iter().map(row)),
    };
    Ok(Outcome::new(json!(found), text))
}

fn row(schedule: &Schedule) -> Vec<String> {
    let pages = schedule.pages.iter().map(|page| format!("{} ({})", page.id, page.revision));
    let cell = |items: Vec<String>| if items.is_empty() { "-".to_owned() } else { items.join(", ") };
    vec![
        schedule.id.clone(),
        schedule.at.clone(),
        cell(pages.collect()),
        cell(schedule.unpublish.clone()),
        cell(Some(schedule.note.clone()).filter(|note| !note.is_empty()).into_iter().collect()),
    ]
}
