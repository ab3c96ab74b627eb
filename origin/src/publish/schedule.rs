//! What is published or taken away at a time to come. A release carries it as moments; when the time of one has come,
//! the edge shows it by itself, and `settle` writes down here what has happened.

use crate::access::SiteAccess;
use crate::clock::{self, DAY};
use crate::problem::Refusal;
use crate::publish::contents::{Change, Contents, changes, moves};
use crate::publish::draft::{Head, site_record};
use crate::publish::live::resume;
use crate::repo::kv as wishes;
use crate::repo::releases::{self, NewRelease};
use crate::repo::{documents, schedules};
use crate::secret;
use crate::stores::{Fault, Row, Statement, Stores, lists, rows};
use model::{Problem, SiteScope, keys};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How far ahead a time may be.
pub const AHEAD: u64 = 366 * DAY;
/// Pages that a site may have scheduled: they travel in its host record.
pub const MAX_PAGES: usize = 500;
/// Times at which a site may have something scheduled: each is compiled with every publish.
pub const MAX_TIMES: usize = 50;

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Schedule {
    pub id: String,
    /// As times are stored.
    pub at: String,
    /// The revision of each page, `None` for one that is taken away.
    pub pages: BTreeMap<String, Option<u64>>,
    pub note: String,
    pub author: String,
    pub created_at: String,
}

impl Schedule {
    pub fn of(row: &Row) -> Result<Self, Fault> {
        Ok(Self {
            id: row.text("id"),
            at: row.text("at"),
            pages: row.json("pages")?,
            note: row.text("note"),
            author: row.text("author"),
            created_at: row.text("created_at"),
        })
    }

    pub fn shown(&self) -> Waiting {
        let with = self.pages.iter().filter_map(|(id, revision)| Some((id.clone(), (*revision)?)));
        Waiting {
            id: self.id.clone(),
            at: self.at.clone(),
            pages: with.map(|(id, revision)| Shows { id, revision }).collect(),
            unpublish: self.pages.iter().filter(|(_, r)| r.is_none()).map(|(id, _)| id.clone()).collect(),
            note: self.note.clone(),
            author: self.author.clone(),
            created_at: self.created_at.clone(),
        }
    }
}

/// What is scheduled, for people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Waiting {
    pub id: String,
    /// When visitors see it, to the second.
    pub at: String,
    pub pages: Vec<Shows>,
    /// Pages that visitors do not see any more from then on.
    pub unpublish: Vec<String>,
    pub note: String,
    pub author: String,
    pub created_at: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Shows {
    pub id: String,
    /// The one that was current when it was scheduled.
    pub revision: u64,
}

/// What a release does to what is scheduled.
#[derive(Debug, Clone)]
pub enum Order {
    Add { at: u64, pages: Vec<String>, unpublish: Vec<String>, note: String },
    Move { id: String, at: u64 },
    Cancel { id: String },
}

/// What is scheduled after an order, which schedule it is about, and how that is stored.
pub struct Ordered {
    pub all: Vec<Schedule>,
    pub one: Option<Schedule>,
    pub statements: Vec<Statement>,
}

impl Ordered {
    pub fn unchanged(scope: &SiteScope, head: &Head) -> Self {
        let all = head.schedules.clone();
        Self { statements: kept(scope, &all), all, one: None }
    }

    pub async fn of(
        stores: &dyn Stores,
        access: &SiteAccess,
        head: &Head,
        order: &Order,
    ) -> Result<Self, Refusal> {
        let mut all = head.schedules.clone();
        let mut known = |id: &str| {
            let at = all.iter().position(|schedule| schedule.id == id).ok_or(Refusal::NotFound)?;
            Ok::<_, Refusal>(all.remove(at))
        };
        let scope = access.scope();
        let one = match order {
            Order::Cancel { id } => {
                let one = known(id)?;
                let mut statements = vec![schedules::remove(scope, &[&one.id])];
                statements.extend(kept(scope, &all));
                return Ok(Self { all, one: Some(one), statements });
            }
            Order::Move { id, at } => Schedule { at: clock::text(*at), ..known(id)? },
            Order::Add { at, pages, unpublish, note } => {
                let pages = chosen(stores, access, head, *at, pages, unpublish).await?;
                Schedule {
                    id: secret::id(stores)?,
                    at: clock::text(*at),
                    pages,
                    note: note.clone(),
                    author: access.person().user.clone(),
                    created_at: clock::text(stores.now()),
                }
            }
        };
        for other in all.iter().filter(|other| other.at == one.at) {
            if let Some(page) = other.pages.keys().find(|page| one.pages.contains_key(*page)) {
                let message = format!(
                    "the page {page:?} is scheduled for this time already: cancel {} or choose another time",
                    other.id
                );
                return Err(Problem::new("at", message).into());
            }
        }
        all.push(one.clone());
        within_limits(&all)?;
        Ok(Self { statements: kept(scope, &all), all, one: Some(one) })
    }
}

/// What a release counts on, written again with it.
fn kept(scope: &SiteScope, all: &[Schedule]) -> Vec<Statement> {
    if all.is_empty() { vec![] } else { vec![schedules::put(scope, all)] }
}

fn within_limits(all: &[Schedule]) -> Result<(), Problem> {
    let times: BTreeSet<&str> = all.iter().map(|schedule| schedule.at.as_str()).collect();
    if times.len() > MAX_TIMES {
        return Err(Problem::new(
            "at",
            format!("a site has something scheduled at {MAX_TIMES} times at most: use one of those"),
        ));
    }
    if all.iter().map(|schedule| schedule.pages.len()).sum::<usize>() > MAX_PAGES {
        return Err(Problem::new("pages", format!("a site has at most {MAX_PAGES} pages scheduled")));
    }
    Ok(())
}

/// The revisions of the pages as they are now, and those to take away.
async fn chosen(
    stores: &dyn Stores,
    access: &SiteAccess,
    head: &Head,
    at: u64,
    pages: &[String],
    unpublish: &[String],
) -> Result<BTreeMap<String, Option<u64>>, Refusal> {
    let asked = documents::revisions_of_pages(access, &json!(pages).to_string());
    let there: BTreeMap<String, u64> = rows(stores, access.database(), asked)
        .await?
        .iter()
        .map(|row| (row.text("id"), row.number("revision")))
        .collect();
    let mut then = Contents { later: head.later.clone(), ..head.contents.clone() };
    then.advance(at);
    let (mut found, mut problems) = (BTreeMap::new(), vec![]);
    for (n, id) in pages.iter().enumerate() {
        match there.get(id) {
            Some(revision) => drop(found.insert(id.clone(), Some(*revision))),
            None => problems.push(Problem::new(
                format!("pages[{n}]"),
                format!("there is no page {id:?} to publish: create it, or restore it from the archive"),
            )),
        }
    }
    for (n, id) in unpublish.iter().enumerate() {
        let problem = |message| Problem::new(format!("unpublish[{n}]"), message);
        if found.contains_key(id) {
            problems.push(problem(format!("the page {id:?} stands in pages as well: choose one")));
        } else if !then.pages.contains_key(id) {
            problems.push(problem(format!("the page {id:?} is not published then")));
        } else {
            found.insert(id.clone(), None);
        }
    }
    crate::problem::unless_good(problems)?;
    Ok(found)
}

/// The time of a request, in milliseconds: in the future, to the second.
pub fn time(stores: &dyn Stores, text: &str) -> Result<u64, Problem> {
    let at = clock::read(text).ok_or_else(|| {
        Problem::new("at", "expected a time to the second with its offset, such as 2027-03-14T09:30:00Z")
    })?;
    if at <= stores.now() {
        return Err(Problem::new("at", "is over: choose a time to come, or leave it out to publish now"));
    }
    if at > stores.now() + AHEAD {
        return Err(Problem::new("at", format!("is more than {} days ahead", AHEAD / DAY)));
    }
    Ok(at)
}

/// What becomes of which pages when.
pub fn moments(all: &[Schedule]) -> BTreeMap<u64, BTreeMap<&str, Option<u64>>> {
    let mut moments: BTreeMap<u64, BTreeMap<&str, Option<u64>>> = BTreeMap::new();
    for schedule in all {
        let Some(at) = clock::read(&schedule.at) else { continue };
        let pages = schedule.pages.iter().map(|(id, revision)| (id.as_str(), *revision));
        moments.entry(at).or_default().extend(pages);
    }
    moments
}

/// How what is scheduled differs, for people.
pub fn differences(before: &[Schedule], after: &[Schedule]) -> Vec<Change> {
    let entries = |all: &[Schedule]| -> BTreeSet<(String, String, Option<u64>)> {
        let of =
            |s: &Schedule| s.pages.iter().map(|(id, r)| (id.clone(), s.at.clone(), *r)).collect::<Vec<_>>();
        all.iter().flat_map(of).collect()
    };
    let (old, new) = (entries(before), entries(after));
    let ids = |set: BTreeSet<String>, how: &str| {
        set.into_iter()
            .map(|id| Change { subject: "page".to_owned(), id, how: how.to_owned() })
            .collect::<Vec<_>>()
    };
    let anew: BTreeSet<String> = new.difference(&old).map(|(id, ..)| id.clone()).collect();
    let gone = old.difference(&new).map(|(id, ..)| id.clone()).filter(|id| !anew.contains(id)).collect();
    let mut changes = ids(anew, "scheduled");
    changes.extend(ids(gone, "unscheduled"));
    changes
}

/// The id of what the search has of a page from a moment on.
pub fn search_id(page: &str, at: u64) -> String {
    format!("{page}@{at}")
}

/// Search documents of pages that become others: each is found from its moment on and until the next one.
#[derive(Default)]
pub struct Texts {
    /// The last one of each page so far: its id, the token of its site and locale, and itself.
    last: BTreeMap<String, (String, String, Vec<Value>)>,
    pub all: BTreeMap<String, Value>,
}

impl Texts {
    /// What the search has of pages as the release shows them.
    pub fn now(&mut self, documents: Vec<Value>) {
        for (page, document) in documents.iter().filter_map(|d| Some((d.get(0)?.as_str()?, d.get(1)?))) {
            self.last.remove(page);
            if let Value::Array(fields) = document {
                let place = fields.first().and_then(Value::as_str).unwrap_or_default().to_owned();
                self.last.insert(page.to_owned(), (page.to_owned(), place, fields.clone()));
            }
            self.all.insert(page.to_owned(), document.clone());
        }
    }

    /// What it has of a page from a moment on.
    pub fn later(&mut self, at: u64, page: &str, document: Option<&Value>) {
        if let Some((id, place, mut fields)) = self.last.remove(page) {
            if let Some(Value::String(scope)) = fields.first_mut() {
                scope.push(' ');
                scope.push_str(&keys::search_until(&place, at));
            }
            self.all.insert(id, Value::Array(fields));
        }
        if let Some(Value::Array(fields)) = document {
            let (id, mut fields) = (search_id(page, at), fields.clone());
            let mut place = String::new();
            if let Some(Value::String(scope)) = fields.first_mut() {
                place = std::mem::replace(scope, keys::search_from(scope, at));
            }
            self.all.insert(id.clone(), Value::Array(fields.clone()));
            self.last.insert(page.to_owned(), (id, place, fields));
        }
    }

    /// Takes away what is not among these.
    pub fn without(&mut self, ids: impl Iterator<Item = String>) {
        for id in ids {
            self.all.entry(id).or_insert(Value::Null);
        }
    }

    pub fn lists(self) -> Vec<String> {
        lists(self.all.into_iter().map(|(id, document)| json!([id, document])))
    }
}

/// The ids of what the search has of pages that become others.
pub fn search_ids(later: &[crate::publish::contents::Later]) -> impl Iterator<Item = String> {
    later.iter().flat_map(|later| later.pages.keys().map(|page| search_id(page, later.at)))
}

/// Writes down what has come about: each moment whose time has come becomes a release of who scheduled it.
pub async fn settle(stores: &dyn Stores, scope: &SiteScope, database: &str) -> Result<(), Fault> {
    // One more than there can be moments, for others who do the same.
    for _ in 0..=MAX_TIMES {
        // What the search has of a moment stands in its tables once the release is live.
        resume(stores, scope, database).await?;
        let Some(row) = releases::head(stores, scope, database).await? else { return Ok(()) };
        if row.text("status") != "live" {
            continue;
        }
        let (mut contents, mut record) = (row.json::<Contents>("contents")?, site_record(&row)?);
        let all: Vec<Schedule> = row.json("schedules")?;
        let now = clock::text(stores.now());
        let over = |text: &str| {
            all.iter().filter(|s| s.at.as_str() <= text).map(|s| s.id.as_str()).collect::<Vec<_>>()
        };
        let Some(at) = contents.later.first().map(|later| later.at).filter(|at| *at <= stores.now()) else {
            // Those that change nothing have made no moment.
            let ids = over(&now);
            if !ids.is_empty() {
                stores
                    .batch(database, vec![schedules::remove_idle(scope, &ids, row.number("number"))])
                    .await?;
            }
            return Ok(());
        };
        let time = clock::text(at);
        let before = Contents { later: vec![], ..contents.clone() };
        let texts = texts_of_moment(stores, scope, database, &contents).await?;
        contents.advance(at);
        record.advance(at);
        record.reached.clear();
        let number = row.number("number") + 1;
        record.release = number;
        let after = Contents { later: vec![], ..contents.clone() };
        let why = all.iter().find(|schedule| schedule.at == time);
        let json_of = |e: serde_json::Error| Fault::Unavailable(e.to_string());
        let mut batch = releases::store(
            scope,
            NewRelease {
                number,
                cause: "publish",
                of_number: None,
                site_record: &serde_json::to_string(&record).map_err(json_of)?,
                contents: serde_json::to_string(&contents).map_err(json_of)?,
                documents: texts,
                changes: json!(changes(&before, &after)).to_string(),
                note: why.map_or("", |schedule| &schedule.note),
                author: why.map_or("", |schedule| &schedule.author),
                created_at: time.clone(),
            },
            &[],
        );
        let (moved, taken) = moves(&before, &after);
        if !taken.is_empty() {
            batch.extend(releases::moved(
                stores,
                scope,
                &json!(moved).to_string(),
                &json!(taken).to_string(),
            ));
        }
        batch.push(schedules::remove(scope, &over(&time)));
        batch.push(wishes::primary_host(scope));
        match stores.batch(database, batch).await {
            Err(Fault::Constraint(text)) if text.contains("releases.") => {}
            other => drop(other?),
        }
    }
    Ok(())
}

/// The search documents of the next moment, in the place of those that it ends.
async fn texts_of_moment(
    stores: &dyn Stores,
    scope: &SiteScope,
    database: &str,
    contents: &Contents,
) -> Result<Vec<String>, Fault> {
    let Some(next) = contents.later.first() else { return Ok(vec![]) };
    let ids: Vec<String> = next.pages.keys().map(|page| search_id(page, next.at)).collect();
    let asked = releases::search_documents(scope.site().as_str(), &json!(ids).to_string());
    let found: BTreeMap<String, Row> =
        rows(stores, database, asked).await?.into_iter().map(|row| (row.text("id"), row)).collect();
    let mut documents = vec![];
    for page in next.pages.keys() {
        let id = search_id(page, next.at);
        let document = found.get(&id).map(|row| {
            // Found from its moment on: from now on.
            let (scope, suffix) = (row.text("scope"), format!("a{}", next.at));
            let scope = match scope.split_once(' ') {
                Some((first, rest)) => format!("{} {rest}", first.strip_suffix(&suffix).unwrap_or(first)),
                None => scope.strip_suffix(&suffix).unwrap_or(&scope).to_owned(),
            };
            json!([scope, row.text("title"), row.text("body"), row.text("path"), row.text("summary")])
        });
        documents.push(json!([page, document]));
        documents.push(json!([id, null]));
    }
    Ok(lists(documents))
}

/// Writes down what has come about on all sites.
pub async fn settle_due(stores: &dyn Stores, database: &str) -> Result<(), Fault> {
    for site in rows(stores, database, schedules::due(&clock::text(stores.now()))).await? {
        let Some(scope) = crate::access::unfinished(&site.text("site_id")) else { continue };
        if let Err(fault) = settle(stores, &scope, database).await {
            stores.log(&format!("what is scheduled on {}: {fault}", scope.site()));
        }
    }
    Ok(())
}
