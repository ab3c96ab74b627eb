//! `manysite pages`: the pages of a site and their saved states.

use crate::api::Sent;
use crate::context::{Context, Site};
use crate::documents::{self, Base, Saved, Stored};
use crate::failure::Failure;
use crate::folder;
use crate::output::{Outcome, done, field, pretty, table, warnings};
use serde_json::{Value, json};
use std::io::Read;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub enum Action {
    /// List the pages
    List {
        /// Only those in this language
        #[arg(long)]
        locale: Option<String>,
        /// draft, published or archived; without it, drafts and what is published
        #[arg(long)]
        status: Option<String>,
    },
    /// Print a page as it is being edited
    Show { id: String },
    /// Save the draft of a page
    Save {
        /// JSON, as `show` prints it; `-` reads standard input
        file: PathBuf,
        /// The page's id, where the file has none
        #[arg(long)]
        id: Option<String>,
        /// The revision that the file was made from; `show --json` keeps it in the file
        #[arg(long)]
        base: Option<u64>,
    },
    /// Take a page into the archive
    Archive { id: String },
    /// List the saved states of a page
    Revisions { id: String },
    /// Say what changed from one revision to another
    Diff {
        id: String,
        from: u64,
        /// Without it, the newest
        to: Option<u64>,
    },
    /// Save an old state again as the newest
    Restore { id: String, revision: u64 },
}

pub fn run(context: &Context, action: Action) -> Result<Outcome, Failure> {
    let site = context.site()?;
    match action {
        Action::List { locale, status } => list(&site, locale, status),
        Action::Show { id } => show(&site, &id),
        Action::Save { file, id, base } => save(&site, file, id, base),
        Action::Archive { id } => archive(&site, &id),
        Action::Revisions { id } => revisions(&site, &id),
        Action::Diff { id, from, to } => diff(&site, &id, from, to),
        Action::Restore { id, revision } => restore(&site, &id, revision),
    }
}

/// The pages of some statuses, by path.
pub fn of_status(site: &Site, statuses: &[&str], locale: &str) -> Result<Vec<Value>, Failure> {
    let mut pages = vec![];
    for status in statuses {
        let locale = crate::api::encoded(locale);
        pages.extend(site.api.all(&site.path(&format!("/pages?status={status}&locale={locale}")), "pages")?);
    }
    pages.sort_by_key(|page| (field(page, "path"), field(page, "id")));
    Ok(pages)
}

fn list(site: &Site, locale: Option<String>, status: Option<String>) -> Result<Outcome, Failure> {
    let statuses = status.as_deref().map_or(vec!["draft", "published"], |status| vec![status]);
    let pages = of_status(site, &statuses, &locale.unwrap_or_default())?;
    let rows = pages
        .iter()
        .map(|page| ["id", "path", "title", "status", "revision"].map(|n| field(page, n)).to_vec());
    let text = match pages.is_empty() {
        true => "There is no such page yet: `manysite generate page` makes one.\n".to_owned(),
        false => table(&["ID", "PATH", "TITLE", "STATUS", "REVISION"], rows),
    };
    Ok(Outcome::new(json!({"pages": pages}), text))
}

fn show(site: &Site, id: &str) -> Result<Outcome, Failure> {
    let page: Value = site.api.get(&site.path(&documents::path("pages", id)))?;
    let text = page.get("document").map(pretty).unwrap_or_default();
    Ok(Outcome::new(page, text))
}

fn save(site: &Site, file: PathBuf, id: Option<String>, base: Option<u64>) -> Result<Outcome, Failure> {
    let name = file.display().to_string();
    let text = match name.as_str() {
        "-" => {
            let mut text = String::new();
            let read = std::io::stdin().read_to_string(&mut text);
            read.map_err(|e| Failure::usage(format!("Standard input cannot be read ({e}).")))?;
            text
        }
        _ => folder::text_of(&file, &name)?,
    };
    let given: Value =
        intake::parse::parse(&text).map_err(|e| Failure::content(e.to_string()).about(&name))?;
    // What `show --json` prints has the document within it.
    let (document, inside) = match given.get("document") {
        Some(document) => (document.clone(), given.get("revision").and_then(Value::as_u64)),
        None => (given, None),
    };
    let own = document.get("id").and_then(Value::as_str).map(str::to_owned);
    let id = id.or(own).ok_or_else(|| Failure::usage("The file names no id: name one with --id."))?;
    let base = base.or(inside).map_or(Base::None, Base::Revision);
    let saved = documents::save(site, "pages", &id, &document, base)?;
    Ok(outcome(&id, saved))
}

/// What became of a page that was saved.
pub fn outcome(id: &str, saved: Saved) -> Outcome {
    let Saved { revision, changed, warnings: found } = saved;
    let text = match changed {
        true => done(&format!("{id} is saved as revision {revision}")),
        false => done(&format!("{id} was so already, in revision {revision}")),
    };
    let value = json!({"id": id, "revision": revision, "changed": changed, "warnings": found});
    Outcome::new(value, text + &warnings(&found))
}

fn archive(site: &Site, id: &str) -> Result<Outcome, Failure> {
    site.api.delete(&site.path(&documents::path("pages", id)))?;
    let text = done(&format!("{id} is in the archive; visitors see it until the next publish"));
    Ok(Outcome::new(json!({"id": id, "status": "archived"}), text))
}

fn revisions(site: &Site, id: &str) -> Result<Outcome, Failure> {
    let revisions = site.api.all(&site.path(&documents::path("revisions/page", id)), "revisions")?;
    let rows = revisions
        .iter()
        .map(|r| ["number", "created_at", "author", "cause", "note"].map(|n| field(r, n)).to_vec());
    let text = table(&["NUMBER", "SAVED", "BY", "CAUSE", "NOTE"], rows);
    Ok(Outcome::new(json!({"revisions": revisions}), text))
}

fn diff(site: &Site, id: &str, from: u64, to: Option<u64>) -> Result<Outcome, Failure> {
    let to = match to {
        Some(to) => to,
        None => documents::get(site, "pages", id)?.revision,
    };
    let below = format!("{}/{from}/differences?to={to}", documents::path("revisions/page", id));
    let differences: Vec<Value> = site.api.get(&site.path(&below))?;
    let mut text = String::new();
    for difference in &differences {
        text += &format!("{}\n", console::style(field(difference, "path")).bold());
        for (name, mark) in [("before", console::style("-").red()), ("after", console::style("+").green())] {
            if let Some(value) = difference.get(name) {
                text += &format!("  {mark} {value}\n");
            }
        }
    }
    if differences.is_empty() {
        text = format!("Revisions {from} and {to} are the same.\n");
    }
    Ok(Outcome::new(json!({"id": id, "from": from, "to": to, "differences": differences}), text))
}

fn restore(site: &Site, id: &str, revision: u64) -> Result<Outcome, Failure> {
    let Stored { revision: newest, .. } = documents::get(site, "pages", id)?;
    let below = format!("{}/{revision}/restore", documents::path("revisions/page", id));
    let base = [("if-match", format!("\"{newest}\""))];
    let answer = site.api.ask("POST", &site.path(&below), &Sent::Json(json!({})), &base)?;
    let answer: Value = answer.json()?;
    let number = answer.get("revision").and_then(Value::as_u64).unwrap_or_default();
    Ok(outcome(id, Saved { revision: number, changed: true, warnings: vec![] }))
}
