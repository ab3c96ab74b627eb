//! Which revision of what a release shows, and what of it differs from another's.

use crate::problem::Refusal;
use crate::source::Documents;
use crate::stores::Row;
use crate::subject::Subject;
use model::names::{Locale, PagePath};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Which revision of what a release shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Contents {
    #[serde(default)]
    pub settings: BTreeMap<String, u64>,
    #[serde(default)]
    pub components: BTreeMap<String, u64>,
    #[serde(default)]
    pub blocks: BTreeMap<String, u64>,
    #[serde(default)]
    pub types: BTreeMap<String, u64>,
    /// Digest of the redirects that people wrote; empty where there are none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub redirects: String,
    #[serde(default)]
    pub pages: BTreeMap<String, PageAt>,
    /// What becomes of the pages by itself, in the order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<Later>,
}

/// The pages that are others from a moment on; `None` for one that is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Later {
    /// Milliseconds since 1970, as the site record has it.
    pub at: u64,
    pub pages: BTreeMap<String, Option<PageAt>>,
}

impl Contents {
    /// Becomes what it is then.
    pub fn advance(&mut self, now: u64) {
        while self.later.first().is_some_and(|later| later.at <= now) {
            for (id, at) in self.later.remove(0).pages {
                match at {
                    Some(at) => drop(self.pages.insert(id, at)),
                    None => drop(self.pages.remove(&id)),
                }
            }
        }
    }

    /// The difference to what it is at a moment.
    pub fn later(&self, at: u64, then: &Self) -> Later {
        let gone = self.pages.keys().filter(|id| !then.pages.contains_key(*id)).map(|id| (id.clone(), None));
        let other = then.pages.iter().filter(|(id, at)| self.pages.get(*id) != Some(at));
        Later { at, pages: gone.chain(other.map(|(id, at)| (id.clone(), Some(at.clone())))).collect() }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageAt {
    pub revision: u64,
    pub locale: Locale,
    pub path: PagePath,
    pub group: String,
}

/// What to publish.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    pub everything: bool,
    pub locale: Option<Locale>,
    pub pages: Vec<String>,
    pub settings: Vec<String>,
    pub components: Vec<String>,
    pub blocks: Vec<String>,
    /// Pages to take away.
    pub unpublish: Vec<String>,
    /// Definitions of types in the place of those that are stored, for a check.
    pub types: Vec<(String, String)>,
    /// Documents in the place of those that are stored, for a check.
    pub documents: Vec<(Subject, String, String)>,
}

/// A difference between two releases, for people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Change {
    /// `page`, `settings`, `component`, `block`, `entity_type` or `redirects`.
    pub subject: String,
    pub id: String,
    /// `added`, `changed` or `removed`; of a page also `scheduled` or `unscheduled`.
    pub how: String,
}

/// Which revisions a release with the chosen documents shows.
pub fn chosen_contents(
    documents: &Documents,
    drafts: &[Row],
    before: &Contents,
    chosen: &Chosen,
) -> Result<Contents, Refusal> {
    let mut wanted = before.clone();
    let mut problems = vec![];
    for (subject, list, name) in [
        (Subject::Setting, &chosen.settings, "settings"),
        (Subject::Component, &chosen.components, "components"),
        (Subject::Block, &chosen.blocks, "blocks"),
    ] {
        let current: BTreeMap<&str, u64> = documents
            .revisions
            .iter()
            .filter(|((s, _), _)| *s == subject.name())
            .map(|((_, id), revision)| (id.as_str(), *revision))
            .collect();
        let published = match subject {
            Subject::Setting => &mut wanted.settings,
            Subject::Component => &mut wanted.components,
            _ => &mut wanted.blocks,
        };
        for (n, id) in list.iter().enumerate() {
            if !current.contains_key(id.as_str()) && !published.contains_key(id) {
                problems.push(model::Problem::new(
                    format!("{name}[{n}]"),
                    format!("there is no {id:?} to publish"),
                ));
            }
        }
        if chosen.everything {
            published.retain(|id, _| current.contains_key(id.as_str()));
        } else {
            published.retain(|id, _| current.contains_key(id.as_str()) || !list.contains(id));
        }
        for (id, revision) in current {
            // What was never published goes along: pages may need it, and visitors see it through them only.
            if chosen.everything || list.iter().any(|c| c == id) || !published.contains_key(id) {
                published.insert(id.to_owned(), revision);
            }
        }
    }
    wanted.redirects = documents.redirects_digest();
    wanted.types = documents.types.iter().map(|(id, (revision, _))| (id.clone(), *revision)).collect();
    let known: BTreeMap<String, &Row> = drafts.iter().map(|row| (row.text("id"), row)).collect();
    for (name, list) in [("pages", &chosen.pages), ("unpublish", &chosen.unpublish)] {
        for (n, id) in list.iter().enumerate() {
            let there = if name == "pages" { known.contains_key(id) } else { before.pages.contains_key(id) };
            if !there {
                let message = match name {
                    "pages" => format!(
                        "there is no page {id:?} to publish: create it, or restore it from the archive"
                    ),
                    _ => format!("the page {id:?} is not published"),
                };
                problems.push(model::Problem::new(format!("{name}[{n}]"), message));
            }
        }
    }
    if let Some(locale) = &chosen.locale
        && !drafts.iter().any(|row| row.text("locale") == locale.as_str())
        && !before.pages.values().any(|at| at.locale == *locale)
    {
        problems.push(model::Problem::new("locale", "there is no page in this language: choose another"));
    }
    crate::problem::unless_good(problems)?;
    let in_locale = |locale: &str| chosen.locale.as_ref().is_some_and(|l| l.as_str() == locale);
    let leaves = |id: &str, at: &PageAt| {
        let gone = !known.contains_key(id) && (chosen.everything || in_locale(at.locale.as_str()));
        gone || chosen.unpublish.iter().any(|u| u == id)
    };
    wanted.pages.retain(|id, at| !leaves(id, at));
    for (id, row) in known {
        let locale = row.text("locale");
        if chosen.everything || in_locale(&locale) || chosen.pages.contains(&id) {
            let (Ok(locale), Ok(path)) = (Locale::parse(&locale), PagePath::parse("/")) else { continue };
            let at = PageAt { revision: row.number("revision"), locale, path, group: String::new() };
            // The place is filled in from the revision itself.
            let same = before.pages.get(&id).filter(|known| known.revision == at.revision).cloned();
            wanted.pages.insert(id, same.unwrap_or(at));
        }
    }
    Ok(wanted)
}

pub fn changes(before: &Contents, after: &Contents) -> Vec<Change> {
    let mut list = vec![];
    let pages = |c: &Contents| c.pages.iter().map(|(id, at)| (id.clone(), at.revision)).collect();
    for (subject, old, new) in [
        ("page", pages(before), pages(after)),
        ("settings", before.settings.clone(), after.settings.clone()),
        ("component", before.components.clone(), after.components.clone()),
        ("block", before.blocks.clone(), after.blocks.clone()),
        ("entity_type", before.types.clone(), after.types.clone()),
    ] {
        list.extend(differences(&old, &new).into_iter().map(|(id, how)| Change {
            subject: subject.to_owned(),
            id,
            how: how.to_owned(),
        }));
    }
    if before.redirects != after.redirects {
        let how = "changed".to_owned();
        list.push(Change { subject: "redirects".to_owned(), id: "redirects".to_owned(), how });
    }
    list
}

pub fn differences(old: &BTreeMap<String, u64>, new: &BTreeMap<String, u64>) -> Vec<(String, &'static str)> {
    let mut found = vec![];
    for (id, revision) in new {
        match old.get(id) {
            None => found.push((id.clone(), "added")),
            Some(known) if known != revision => found.push((id.clone(), "changed")),
            Some(_) => {}
        }
    }
    found.extend(old.keys().filter(|id| !new.contains_key(*id)).map(|id| (id.clone(), "removed")));
    found
}

/// From where to where pages have moved, and all paths that are taken anew.
pub fn moves(before: &Contents, after: &Contents) -> (BTreeMap<String, String>, Vec<String>) {
    let taken: BTreeSet<&str> = after.pages.values().map(|at| at.path.as_str()).collect();
    let mut moved = BTreeMap::new();
    for (id, at) in &after.pages {
        if let Some(known) = before.pages.get(id).filter(|known| known.path != at.path)
            && !taken.contains(known.path.as_str())
            && !known.path.as_str().contains(":slug")
        {
            moved.insert(known.path.to_string(), at.path.to_string());
        }
    }
    let anew =
        after.pages.iter().filter(|(id, at)| before.pages.get(*id).is_none_or(|known| known.path != at.path));
    (moved, anew.map(|(_, at)| at.path.to_string()).collect())
}
