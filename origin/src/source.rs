//! What a tenant wrote, from the database into the form that is compiled.

use crate::access::SiteAccess;
use crate::problem::{At, Refusal};
use crate::repo::{documents, sites};
use crate::stores::{Fault, Row, Stores};
use crate::subject::{self, Block, General, NotFound, Search, Subject, block_component, frame_locale};
use intake::compile::{Options, Source};
use intake::draft;
use intake::parse::parse;
use intake::routes::Base;
use intake::{Found, Severity};
use model::Problem;
use model::entity::EntityType;
use model::ids::{ContentHash, SiteId};
use model::names::{Hostname, Locale, PagePath};
use model::records::{Pattern, Route, Status};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The documents of a site: texts by id.
#[derive(Default)]
pub struct Documents {
    pub settings: BTreeMap<String, String>,
    pub components: BTreeMap<String, String>,
    pub blocks: BTreeMap<String, String>,
    pub pages: BTreeMap<String, String>,
    /// Definitions and their revisions.
    pub types: BTreeMap<String, (u64, String)>,
    pub redirects: Vec<Row>,
    /// The first is the primary one.
    pub hosts: Vec<Hostname>,
    /// Pages of records as they are being edited.
    pub details: Vec<Row>,
    /// Revisions of what stands in `settings`, `components` and `blocks`.
    pub revisions: BTreeMap<(&'static str, String), u64>,
}

impl Documents {
    /// Everything as it stands now, without pages.
    pub async fn current(stores: &dyn Stores, access: &SiteAccess) -> Result<Self, Fault> {
        let mut documents = Self { hosts: hosts(stores, access).await?, ..Self::default() };
        let mut answers = stores.batch(access.database(), documents::current(access)).await?.into_iter();
        let (all, types) = (answers.next().unwrap_or_default(), answers.next().unwrap_or_default());
        for row in all {
            documents.put(&row);
        }
        for row in types {
            documents.types.insert(row.text("id"), (row.number("revision"), row.text("definition")));
        }
        documents.redirects = answers.next().unwrap_or_default();
        documents.details = answers.next().unwrap_or_default();
        Ok(documents)
    }

    pub fn put(&mut self, row: &Row) {
        let (id, document) = (row.text("id"), row.text("document"));
        let Some(subject) = Subject::of_name(&row.text("subject")) else { return };
        self.revisions.insert((subject.name(), id.clone()), row.number("revision"));
        drop(self.of(subject).insert(id, document));
    }

    pub fn of(&mut self, subject: Subject) -> &mut BTreeMap<String, String> {
        match subject {
            Subject::Setting => &mut self.settings,
            Subject::Page => &mut self.pages,
            Subject::Block => &mut self.blocks,
            Subject::Component => &mut self.components,
        }
    }

    /// Names the redirects that people wrote.
    pub fn redirects_digest(&self) -> String {
        let own: Vec<_> = self
            .redirects
            .iter()
            .filter(|row| row.number("automatic") == 0)
            .map(|row| json!([row.text("from_path"), row.text("to_url"), row.number("status")]))
            .collect();
        if own.is_empty() { String::new() } else { crate::secret::digest(&json!(own).to_string()) }
    }

    /// The redirects as they are once pages have moved: those of paths that are taken anew end, those to a path that
    /// was left lead on, and the path itself leads to the new one.
    pub fn move_redirects(&mut self, moved: &BTreeMap<String, String>, taken: &[String]) {
        self.redirects.retain(|r| r.number("automatic") == 0 || !taken.contains(&r.text("from_path")));
        for redirect in &mut self.redirects {
            if let Some(to) =
                moved.get(&redirect.text("to_url")).filter(|to| **to != redirect.text("from_path"))
            {
                redirect.0.insert("to_url".to_owned(), to.clone().into());
            }
        }
        for (from, to) in moved {
            if !self.redirects.iter().any(|r| r.text("from_path") == *from) {
                let row = json!({"from_path": from, "to_url": to, "status": 301, "automatic": 1});
                self.redirects.extend(row.as_object().cloned().map(Row));
            }
        }
    }

    /// The form that is compiled. What cannot be read is found and left out; without settings there is nothing.
    pub fn source(&self, access: &SiteAccess, found: &mut Found) -> Option<Source> {
        let mut read = Reader { found };
        let general: General = read.setting(self, "general")?;
        let theme: draft::Theme = read.setting(self, "theme")?;
        let mut components = BTreeMap::new();
        for (id, text) in &self.components {
            if let Some(component) = read.one(&Subject::Component.place(id), text) {
                components.insert(id.clone(), component);
            }
        }
        for (id, text) in &self.blocks {
            if let Some(Block { sections, .. }) = read.one(&Subject::Block.place(id), text) {
                let component = draft::Component { parameters: BTreeMap::new(), sections };
                components.insert(block_component(id), component);
            }
        }
        let mut frame = BTreeMap::new();
        for (id, text) in &self.settings {
            if let Some(locale) = frame_locale(id)
                && let Some(document) = read.one(&Subject::Setting.place(id), text)
            {
                frame.insert(locale, document);
            }
        }
        let mut redirects = vec![];
        for row in &self.redirects {
            if let Ok(from) = PagePath::parse(&row.text("from_path")) {
                let (to, status) = (row.text("to_url"), row.number("status") as u16);
                let automatic = row.number("automatic") == 1;
                redirects.push(draft::Redirect { from, to, status, automatic });
            }
        }
        let site = draft::Site {
            id: access.site().clone(),
            tenant: draft::Tenant {
                id: access.tenant().clone(),
                name: String::new(),
                plan: String::new(),
                status: Status::Active,
            },
            name: general.name,
            status: Status::Active,
            hosts: self.hosts.clone(),
            locales: general.locales,
            currency: general.currency,
            timezone: general.timezone,
            theme,
            organisation: read.maybe(self, "organisation"),
            frame,
            components,
            redirects,
            retired: vec![],
            not_found: read.maybe::<NotFound>(self, "not_found").unwrap_or_default(),
            search: read.maybe::<Search>(self, "search").unwrap_or_default(),
        };
        let (mut types, mut pages) = (vec![], vec![]);
        for (id, (_, text)) in &self.types {
            let place = format!("types/{id}");
            types.extend(read.one::<EntityType>(&place, text).map(|definition| (place, definition)));
        }
        for (id, text) in &self.pages {
            let place = Subject::Page.place(id);
            pages.extend(read.one::<draft::Page>(&place, text).map(|page| (place, page)));
        }
        Some(Source { site, types, pages, records: None })
    }

    /// The pages of records as a release would have them, for checks of what is being edited.
    pub fn details_as_patterns(&self, without: &str) -> Vec<Pattern> {
        let pattern = |row: &Row| {
            let path = row.text("path");
            Some(Pattern {
                prefix: path.strip_suffix(":slug")?.to_owned(),
                kind: model::ids::TypeName::parse(&row.text("entity")).ok()?,
                route: Route {
                    page: ContentHash::parse(&"0".repeat(24)).ok()?,
                    locale: Locale::parse(&row.text("locale")).ok()?,
                    params: vec![],
                    noindex: false,
                    group: String::new(),
                    translations: vec![],
                },
            })
        };
        self.details.iter().filter(|row| row.text("path") != without).filter_map(pattern).collect()
    }
}

struct Reader<'f> {
    found: &'f mut Found,
}

impl Reader<'_> {
    fn one<T: DeserializeOwned>(&mut self, place: &str, text: &str) -> Option<T> {
        parse(text).map_err(|problem| self.found.problem(place, problem)).ok()
    }

    fn maybe<T: DeserializeOwned>(&mut self, documents: &Documents, id: &str) -> Option<T> {
        self.one(&Subject::Setting.place(id), documents.settings.get(id)?)
    }

    fn setting<T: DeserializeOwned>(&mut self, documents: &Documents, id: &str) -> Option<T> {
        let place = Subject::Setting.place(id);
        match documents.settings.get(id) {
            Some(text) => self.one(&place, text),
            None => {
                self.found.problem(&place, Problem::new("", "missing: the site needs it"));
                None
            }
        }
    }
}

/// The hosts of a site that lead to it, its primary one first.
pub async fn hosts(stores: &dyn Stores, access: &SiteAccess) -> Result<Vec<Hostname>, Fault> {
    let hosts = sites::hosts(stores, access).await?;
    Ok(hosts.iter().filter_map(|row| Hostname::parse(&row.text("host")).ok()).collect())
}

pub fn options<'a>(stores: &dyn Stores, access: &'a SiteAccess, release: u64) -> Options<'a> {
    let local = stores.variable("ENVIRONMENT").is_some_and(|name| name == "development");
    Options { scheme: if local { "http" } else { "https" }, database: access.database(), release }
}

/// A finding as the API has it: the document and the place in it.
pub struct Placed {
    pub document: String,
    pub problem: Problem,
    pub is_problem: bool,
}

/// Findings of the compiler by document. It knows the settings as one file, whose parts are documents here.
pub fn placed(site: &SiteId, found: Found) -> Vec<Placed> {
    let prefix = format!("{site}/");
    let place = |finding: intake::Finding| {
        let source = finding.source.strip_prefix(&prefix).unwrap_or(&finding.source).to_owned();
        let is_problem = finding.severity == Severity::Problem;
        let (document, path) = match source.as_str() {
            "site.json" => setting_of(&finding.problem.path),
            _ => (source, finding.problem.path.clone()),
        };
        Placed { document, problem: Problem::new(path, finding.problem.message), is_problem }
    };
    found.findings.into_iter().map(place).collect()
}

/// The findings that are problems, or those that are not, as an answer has them.
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

fn setting_of(path: &str) -> (String, String) {
    let (first, rest) = path.split_once(['.', '[']).unwrap_or((path, ""));
    let part = |rest: &str| {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (id, rest) = rest.split_at(end);
        (id.to_owned(), rest.trim_start_matches('.').to_owned())
    };
    match first {
        "theme" | "organisation" | "search" | "not_found" => (Subject::Setting.place(first), rest.to_owned()),
        "frame" => {
            let (locale, rest) = part(rest);
            (Subject::Setting.place(&subject::frame_id(&locale)), rest)
        }
        "components" => {
            let (id, rest) = part(rest);
            let block = id.strip_prefix("block:").map(|id| Subject::Block.place(id));
            (block.unwrap_or_else(|| Subject::Component.place(&id)), rest)
        }
        "redirects" => ("redirects".to_owned(), path.to_owned()),
        "retired" => (intake::parts::SITE.to_owned(), path.to_owned()),
        _ => (Subject::Setting.place("general"), path.to_owned()),
    }
}

/// Refuses where there are problems; each names its document.
pub fn unless_problems(placed: &[Placed]) -> Result<(), Refusal> {
    let problems: Vec<Problem> = placed
        .iter()
        .filter(|found| found.is_problem)
        .map(|found| {
            let path = match found.problem.path.as_str() {
                "" => found.document.clone(),
                path => format!("{}: {path}", found.document),
            };
            Problem::new(path, found.problem.message.clone())
        })
        .collect();
    crate::problem::unless_good(problems)
}

/// What a document uses, by kind and name.
pub fn used(document: &Value) -> Vec<(&'static str, String)> {
    let mut used = vec![];
    collect(document, &mut used);
    used.sort();
    used.dedup();
    used
}

fn collect(value: &Value, used: &mut Vec<(&'static str, String)>) {
    match value {
        Value::Object(fields) => {
            if let Some(component) = fields.get("component").and_then(Value::as_str) {
                used.push(match component.strip_prefix("block:") {
                    Some(id) => ("block", id.to_owned()),
                    None => ("component", component.to_owned()),
                });
                let kind = fields.get("props").and_then(|props| props.get("type")).and_then(Value::as_str);
                used.extend(kind.map(|kind| ("entity_type", kind.to_owned())));
            }
            used.extend(
                fields.get("entity").and_then(Value::as_str).map(|kind| ("entity_type", kind.to_owned())),
            );
            fields.values().for_each(|value| collect(value, used));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, used)),
        _ => {}
    }
}

/// The names of files in documents: `{"file": …}`.
pub fn files<'t>(texts: impl Iterator<Item = &'t String>) -> Vec<String> {
    let mut names = vec![];
    for text in texts {
        if text.contains("\"file\"")
            && let Ok(value) = serde_json::from_str::<Value>(text)
        {
            collect_files(&value, &mut names);
        }
    }
    names.sort();
    names.dedup();
    names
}

fn collect_files(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            names.extend(fields.get("file").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| collect_files(value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_files(item, names)),
        _ => {}
    }
}

/// Base of a check of one document: other pages are not looked at, and what names one is checked when it is published.
pub fn check_base(documents: &Documents, path: &str, theme: Option<model::records::ThemeSummary>) -> Base {
    Base { patterns: documents.details_as_patterns(path), theme, others: true, ..Base::default() }
}

/// A theme for checks of what is no theme.
pub fn no_theme() -> Option<model::records::ThemeSummary> {
    serde_json::from_value(json!({
        "hash": "0".repeat(24), "background_light": "", "background_dark": "", "logo": null, "logo_dark": null, "icon": null, "preload": []
    }))
    .ok()
}
