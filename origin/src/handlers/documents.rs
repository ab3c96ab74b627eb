//! Settings, pages, blocks and components: saving on a base, revisions, differences, the way back.

use crate::access::SiteAccess;
use crate::call::{Call, page_of};
use crate::change::{Event, Lost, look_and_make, make};
use crate::clock;
use crate::http::{Answer, Reply};
use crate::plan::{self, Metric};
use crate::problem::{Conflict, Refusal};
use crate::repo::documents::{self, PageSort, Saved};
use crate::repo::sites;
use crate::source::{self, Documents, placed};
use crate::stores::Row;
use crate::subject::{self, RECORD, Subject};
use intake::Found;
use intake::compile::compile;
use model::Problem;
use model::query::Order;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

#[derive(Serialize, JsonSchema)]
pub struct Listed {
    pub documents: Vec<Summary>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Summary {
    pub id: String,
    /// `active`; of a page `draft`, `published` or `archived`.
    pub status: String,
    pub revision: u64,
    /// What visitors see; `null` where it was never published.
    pub published_revision: Option<u64>,
    pub updated_at: String,
    pub updated_by: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Document {
    #[serde(flatten)]
    pub summary: Summary,
    pub document: Value,
    /// Of a page: what becomes of it by itself, the next first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled: Option<Vec<Scheduled>>,
}

#[derive(Serialize, JsonSchema)]
pub struct Scheduled {
    /// Its id among the site's schedules.
    pub schedule: String,
    pub at: String,
    /// What visitors see then; `null` where they see the page no more.
    pub revision: Option<u64>,
    pub author: String,
}

/// What is scheduled for a page and has not come about yet.
fn scheduled(call: &Call, row: &Row) -> Result<Option<Vec<Scheduled>>, Refusal> {
    if row.maybe_text("scheduled").is_none() {
        return Ok(None);
    }
    let now = clock::text(call.stores.now());
    let all: Vec<(String, String, Option<u64>, String)> = row.json("scheduled")?;
    let mut all: Vec<Scheduled> = all
        .into_iter()
        .map(|(schedule, at, revision, author)| Scheduled { schedule, at, revision, author })
        .filter(|scheduled| scheduled.at > now)
        .collect();
    all.sort_by(|a, b| a.at.cmp(&b.at));
    Ok(Some(all))
}

#[derive(Serialize, JsonSchema)]
pub struct SavedAnswer {
    pub id: String,
    pub revision: u64,
    /// What is worth a look: it can be published as it is.
    pub warnings: Vec<crate::problem::At>,
}

fn summary(row: &Row) -> Summary {
    Summary {
        id: row.text("id"),
        status: row.text("status"),
        revision: row.number("revision"),
        published_revision: row.maybe_number("published_revision"),
        updated_at: row.text("updated_at"),
        updated_by: row.text("updated_by"),
    }
}

pub fn tag(revision: u64) -> String {
    format!("\"{revision}\"")
}

/// The revision that a change is based on.
pub fn base(call: &Call) -> Result<Option<u64>, Refusal> {
    match call.request.header("if-match") {
        "" => Ok(None),
        given => {
            let number = given.trim_start_matches("W/").trim_matches('"').parse().ok();
            number.map(Some).ok_or_else(|| {
                Problem::new("If-Match", "expected the ETag of the document, such as \"3\" in quotes").into()
            })
        }
    }
}

/// Refuses where a change that needs no base names one, and somebody has saved since.
pub fn unless_changed(call: &Call, row: &Row) -> Result<(), Refusal> {
    let revision = row.number("revision");
    match base(call)? {
        Some(base) if base != revision => Err(Refusal::Changed(tag(revision))),
        _ => Ok(()),
    }
}

pub async fn list(call: &Call<'_>, access: &SiteAccess, subject: Subject) -> Answer {
    let limit = call.limit()?;
    let after = call.query("after").unwrap_or_default();
    let rows = documents::list(call.stores, access, subject, &after, limit).await?;
    let (rows, next) = page_of(rows, limit, |row| row.text("id"));
    Ok(Reply::json(200, &Listed { documents: rows.iter().map(summary).collect(), next }))
}

pub async fn show(call: &Call<'_>, access: &SiteAccess, subject: Subject) -> Answer {
    let row =
        documents::get(call.stores, access, subject, call.param("id")).await?.ok_or(Refusal::NotFound)?;
    let scheduled = scheduled(call, &row)?;
    let document = Document { summary: summary(&row), document: row.json("document")?, scheduled };
    Ok(Reply::json(200, &document).with("etag", tag(row.number("revision"))))
}

pub async fn save(call: &Call<'_>, access: &SiteAccess, subject: Subject) -> Answer {
    let id = call.param("id");
    subject.check_id(id)?;
    let mut document: Map<String, Value> = call.body()?;
    if subject == Subject::Page {
        document.insert("id".to_owned(), id.into());
    }
    save_as(call, access, subject, id, Value::Object(document), "edit").await
}

/// Saves a page that must not be there yet.
pub async fn create(call: &Call<'_>, access: &SiteAccess, id: &str, page: Value) -> Answer {
    if documents::get(call.stores, access, Subject::Page, id).await?.is_some() {
        return Err(Refusal::State(format!("{id} is a page already: choose another id.")));
    }
    save_as(call, access, Subject::Page, id, page, "edit").await
}

async fn save_as(
    call: &Call<'_>,
    access: &SiteAccess,
    subject: Subject,
    id: &str,
    document: Value,
    cause: &'static str,
) -> Answer {
    let stores = call.stores;
    let current = documents::get(stores, access, subject, id).await?;
    let text = document.to_string();
    subject.check_shape(id, &text)?;
    let (given, known) = (base(call)?, current.as_ref().map(|row| row.number("revision")));
    let last = match (given, known) {
        (Some(given), Some(known)) if given == known => known,
        (Some(given), Some(known)) => {
            // The same save once more, whose first answer was lost.
            let same = given + 1 == known && current.as_ref().is_some_and(|row| row.text("document") == text);
            return if same { Ok(saved(id, known, vec![])) } else { conflict(current.as_ref(), document) };
        }
        (None, Some(_)) => return Err(Refusal::NoBase),
        (Some(_), None) => return Err(Refusal::NotFound),
        (None, None) => documents::last_revision(stores, access, subject, id).await?,
    };
    let (warnings, files) = checked(call, access, subject, id, &text).await?;
    let mut used = source::used(&document);
    used.extend(files.into_iter().map(|id| ("asset", id)));
    let save = Saved { subject, id, revision: last + 1, document: &text, cause };
    let mut statements = vec![];
    let is_new = current.as_ref().is_none_or(|row| row.text("status") == "archived");
    if subject == Subject::Page && is_new {
        statements.extend(plan::room_for(stores, access.in_tenant(), Metric::Pages, 1));
        statements.push(plan::counted(access, Metric::Pages, 1.0));
    }
    statements.push(documents::revision(stores, access, &save));
    statements.push(match subject {
        Subject::Page => documents::put_page(stores, access, &save),
        _ => documents::put(stores, access, &save),
    });
    statements.extend(documents::uses(access, subject, id, &used));
    if (subject, id) == (Subject::Setting, "general") {
        // Lists of sites, and what is asked about files, go by these.
        let part = |name: &str| document.get(name).map(Value::to_string).unwrap_or_default();
        statements.push(sites::call(stores, access, &part("name"), &part("locales")));
    }
    let event = Event {
        subject: subject.name(),
        id: id.to_owned(),
        before: known.map(|revision| json!({"revision": revision})),
        after: Some(json!({"revision": save.revision})),
    };
    let mut reply = saved(id, save.revision, warnings);
    if call.action == "create_page" {
        reply.status = 201;
        reply = reply.with("location", format!("/api/v1/sites/{}/pages/{id}", access.site()));
    }
    match make(call, access, statements, event, reply).await {
        Ok(reply) => Ok(reply),
        Err(Lost::Constraint(text)) if text.contains("revisions.") => {
            conflict(documents::get(stores, access, subject, id).await?.as_ref(), document)
        }
        Err(lost) => {
            Err(plan::refused(stores, access.in_tenant(), Metric::Pages, lost).await.when("pages.", || {
                let path = document.get("path").and_then(Value::as_str).unwrap_or_default();
                Problem::new("path", format!("{path} is another page's: choose another")).into()
            }))
        }
    }
}

fn saved(id: &str, revision: u64, warnings: Vec<crate::problem::At>) -> Reply {
    Reply::json(200, &SavedAnswer { id: id.to_owned(), revision, warnings }).with("etag", tag(revision))
}

/// Both versions, so that a person can choose.
pub fn conflict(current: Option<&Row>, yours: Value) -> Answer {
    let Some(current) = current else { return Err(Refusal::NotFound) };
    Err(Refusal::Conflict(Box::new(Conflict {
        revision: current.number("revision"),
        updated_at: current.text("updated_at"),
        updated_by: current.text("updated_by"),
        current: current.json("document")?,
        yours,
    })))
}

/// Checks a document beside the others as they are being edited; the warnings, and the ids of the files it names.
async fn checked(
    call: &Call<'_>,
    access: &SiteAccess,
    subject: Subject,
    id: &str,
    text: &str,
) -> Result<(Vec<crate::problem::At>, Vec<String>), Refusal> {
    let mut all = Documents::current(call.stores, access).await?;
    all.of(subject).insert(id.to_owned(), text.to_owned());
    let mut found = Found { site: access.site().to_string(), ..Found::default() };
    let theme = if subject == Subject::Setting && id == "theme" { None } else { source::no_theme() };
    let path = serde_json::from_str::<Value>(text).ok();
    let path = path.as_ref().and_then(|page| page.get("path")).and_then(Value::as_str).unwrap_or_default();
    let base = source::check_base(&all, path, theme);
    let mut library = crate::publish::library(call.stores, access, &all).await?;
    if base.theme.is_none() {
        library = library.with_fonts(call.stores).await?;
    }
    if let Some(source) = all.source(access, &mut found) {
        let options = source::options(call.stores, access, 0);
        compile(source, base, &library, &options, &mut found);
    }
    let place = subject.place(id);
    let mine: Vec<_> = placed(access.site(), found).into_iter().filter(|p| p.document == place).collect();
    let problems = mine.iter().filter(|p| p.is_problem).map(|p| p.problem.clone()).collect();
    crate::problem::unless_good(problems)?;
    let warnings = mine.iter().map(|p| crate::problem::At::from(&p.problem));
    let named = source::files(std::iter::once(&text.to_owned()));
    let ids = library.ids();
    let files = named.iter().filter_map(|path| ids.get(path.as_str())).map(|id| (*id).to_owned()).collect();
    Ok((warnings.collect(), files))
}

/// Takes a document away, where nothing uses it. Its revisions stay.
pub async fn remove(call: &Call<'_>, access: &SiteAccess, subject: Subject) -> Answer {
    let id = call.param("id");
    let what = format!("{} of {}", subject.place(id), access.site());
    look_and_make(&what, async || {
        let row = documents::get(call.stores, access, subject, id).await?.ok_or(Refusal::NotFound)?;
        if matches!(row.text("status").as_str(), "archived" | "trashed" | "retired") {
            return Ok(Reply::empty(204));
        }
        removable(call, access, subject, &row).await?;
        let mut statements = vec![
            documents::unchanged(access, subject, &row),
            documents::unused(access, subject, id),
            documents::set_aside(call.stores, access, subject, id),
        ];
        statements.extend(documents::uses(access, subject, id, &[]));
        if subject == Subject::Page {
            statements.push(plan::counted(access, Metric::Pages, -1.0));
        }
        let event = Event {
            subject: subject.name(),
            id: id.to_owned(),
            before: Some(json!({"status": row.text("status"), "revision": row.number("revision")})),
            after: None,
        };
        make(call, access, statements, event, Reply::empty(204)).await
    })
    .await
}

async fn removable(call: &Call<'_>, access: &SiteAccess, subject: Subject, row: &Row) -> Result<(), Refusal> {
    let id = call.param("id");
    unless_changed(call, row)?;
    if subject == Subject::Setting && matches!(id, "general" | "theme") {
        return Err(Refusal::State("The site needs this setting: change it instead.".to_owned()));
    }
    let used = documents::used_by(call.stores, access, subject.name(), id).await?;
    if !used.is_empty() {
        let users: Vec<String> = used
            .iter()
            .filter_map(|row| Some(Subject::of_name(&row.text("subject"))?.place(&row.text("subject_id"))))
            .collect();
        return Err(Refusal::State(format!("It is used by {}: take it out there first.", users.join(", "))));
    }
    let waiting = scheduled(call, row)?.unwrap_or_default();
    match waiting.iter().find(|scheduled| scheduled.revision.is_some()) {
        None => Ok(()),
        Some(first) => Err(Refusal::State(format!(
            "It is published by itself at {}: cancel the schedule {} first.",
            first.at, first.schedule
        ))),
    }
}

#[derive(Serialize, JsonSchema)]
pub struct PageList {
    pub pages: Vec<PageSummary>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct PageSummary {
    #[serde(flatten)]
    pub summary: Summary,
    pub locale: String,
    /// Pages of the same group are translations of each other.
    pub group: String,
    /// `null` while it is archived.
    pub path: Option<String>,
    pub title: String,
}

/// Pages of a status (`draft` unless `status` names another) in the order of their changes.
pub async fn list_pages(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let limit = call.limit()?;
    let status = call.query("status").unwrap_or_else(|| "draft".to_owned());
    if !matches!(status.as_str(), "draft" | "published" | "archived") {
        return Err(Problem::new("status", "expected draft, published or archived").into());
    }
    let (sort, order) = call.sort().unwrap_or_else(|| ("updated_at".to_owned(), Order::Ascending));
    let sort = match sort.as_str() {
        "updated_at" => PageSort::Change,
        "path" if status == "archived" => {
            return Err(Problem::new("sort", "an archived page has no path: sort by updated_at").into());
        }
        "path" => PageSort::Path,
        _ => {
            return Err(
                Problem::new("sort", "expected updated_at or path, from the end with a - before it").into()
            );
        }
    };
    let locale = call.query("locale").unwrap_or_default();
    let after = call.after()?;
    let asked = (status.as_str(), locale.as_str());
    let rows = documents::list_pages(call.stores, access, asked, (sort, order), after, limit).await?;
    let column = if sort == PageSort::Path { "path" } else { "updated_at" };
    let (rows, next) = page_of(rows, limit, |row| format!("{}~{}", row.text(column), row.text("id")));
    let page = |row: &Row| PageSummary {
        summary: summary(row),
        locale: row.text("locale"),
        group: row.text("group_id"),
        path: row.maybe_text("path"),
        title: row.text("title"),
    };
    Ok(Reply::json(200, &PageList { pages: rows.iter().map(page).collect(), next }))
}

#[derive(Serialize, JsonSchema)]
pub struct Revisions {
    /// Newest first.
    pub revisions: Vec<Revision>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Revision {
    pub number: u64,
    /// `edit`, `restore`, `import`, `bulk`, `ai` or `system`.
    pub cause: String,
    pub note: String,
    pub author: String,
    pub created_at: String,
    /// Absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<Value>,
}

fn revision(row: &Row, document: Option<Value>) -> Revision {
    Revision {
        number: row.number("number"),
        cause: row.text("cause"),
        note: row.text("note"),
        author: row.text("author"),
        created_at: row.text("created_at"),
        document,
    }
}

/// The document that the path names, by its subject in the revisions.
fn named<'c>(call: &'c Call) -> Result<(&'c str, &'c str), Refusal> {
    let subject = call.param("subject");
    let known = subject == RECORD || Subject::of_name(subject).is_some();
    if known { Ok((subject, call.param("id"))) } else { Err(Refusal::NotFound) }
}

fn number(text: &str) -> Result<u64, Refusal> {
    text.parse().ok().filter(|n| (1..1 << 53).contains(n)).ok_or(Refusal::NotFound)
}

pub async fn list_revisions(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let ((subject, id), limit) = (named(call)?, call.limit()?);
    let before = call.after_number()?.unwrap_or(1 << 53);
    let rows = documents::revisions(call.stores, access, subject, id, before, limit).await?;
    if rows.is_empty() && before == 1 << 53 {
        return Err(Refusal::NotFound);
    }
    let (rows, next) = page_of(rows, limit, |row| row.number("number").to_string());
    Ok(Reply::json(200, &Revisions { revisions: rows.iter().map(|row| revision(row, None)).collect(), next }))
}

async fn at(call: &Call<'_>, access: &SiteAccess, text: &str) -> Result<Row, Refusal> {
    let (subject, id) = named(call)?;
    let number = number(text)?;
    documents::get_revision(call.stores, access, subject, id, number).await?.ok_or(Refusal::NotFound)
}

pub async fn show_revision(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = at(call, access, call.param("number")).await?;
    Ok(Reply::json(200, &revision(&row, Some(row.json("document")?))))
}

/// What changed from a revision to another (`to`).
pub async fn diff_revisions(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let to = call.query("to").ok_or_else(|| Problem::new("to", "missing: name the other revision"))?;
    let before: Value = at(call, access, call.param("number")).await?.json("document")?;
    let after: Value = at(call, access, &to).await?.json("document")?;
    Ok(Reply::json(200, &crate::diff::between(&before, &after)))
}

/// Saves a revision again as the newest one.
pub async fn restore_revision(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (name, id) = named(call)?;
    let Some(subject) = Subject::of_name(name) else {
        let row = at(call, access, call.param("number")).await?;
        return super::entities::restore_revision(call, access, id, &row).await;
    };
    let row = at(call, access, call.param("number")).await?;
    save_as(call, access, subject, id, row.json("document")?, "restore").await
}

pub async fn list_settings(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let rows =
        documents::list(call.stores, access, Subject::Setting, "", subject::SETTINGS.len() + 50).await?;
    Ok(Reply::json(200, &Listed { documents: rows.iter().map(summary).collect(), next: None }))
}
