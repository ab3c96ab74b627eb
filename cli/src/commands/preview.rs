//! `manysite preview`: links that show drafts on the site's own host.

use crate::api::{encoded, fields};
use crate::context::{Context, Site};
use crate::failure::{At, Failure};
use crate::output::{Outcome, done, field, table};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(clap::Args)]
pub struct Args {
    /// Only the drafts of these pages, by id; without any, all drafts
    pages: Vec<String>,
    /// Only the drafts of the pages in this language
    #[arg(long)]
    locale: Option<String>,
    /// Hours until the link ends, 1 to 720
    #[arg(long, default_value_t = 168)]
    hours: u32,
    /// For whom or why, for the list of links
    #[arg(long, default_value = "")]
    note: String,
    /// List the links that are good now
    #[arg(long, conflicts_with_all = ["pages", "locale", "hours", "note"])]
    list: bool,
    /// End a link, by id
    #[arg(long, value_name = "ID", conflicts_with_all = ["pages", "locale", "hours", "note", "list"])]
    end: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Made {
    id: String,
    url: String,
    expires_at: String,
    problems: Vec<At>,
}

pub fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let site = context.site()?;
    if args.list {
        return list(&site);
    }
    if let Some(id) = args.end {
        site.api.delete(&site.path(&format!("/previews/{}", encoded(&id))))?;
        return Ok(Outcome::new(json!({"id": id}), done(&format!("The link {id} is not good any more"))));
    }
    let everything = args.pages.is_empty() && args.locale.is_none();
    let body = fields([
        ("everything", json!(everything)),
        ("pages", json!(args.pages)),
        ("locale", json!(args.locale)),
        ("note", json!(args.note)),
    ]);
    let answer = site.api.post(&site.path(&format!("/previews?hours={}", args.hours)), body)?;
    let made: Made = serde_json::from_value(answer)
        .map_err(|e| Failure::server(format!("Its answer is not clear ({e}).")))?;
    let mut text = format!("{}\n", made.url);
    text += &done(&format!("Whoever has this link sees the drafts until {}", made.expires_at));
    for at in &made.problems {
        text += &format!("{} {}\n  {}\n", console::style("!").yellow(), at.path, at.message);
    }
    Ok(Outcome::new(json!(made), text))
}

fn list(site: &Site) -> Result<Outcome, Failure> {
    let previews = site.api.all(&site.path("/previews"), "previews")?;
    let note = |preview: &Value| {
        preview.pointer("/show/note").and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let rows = previews.iter().map(|p| vec![field(p, "id"), field(p, "expires_at"), note(p)]);
    let text = match previews.is_empty() {
        true => "No link is good now.\n".to_owned(),
        false => table(&["ID", "UNTIL", "NOTE"], rows),
    };
    Ok(Outcome::new(json!({"previews": previews}), text))
}
