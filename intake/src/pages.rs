//! The pages of a site: first what each says about itself, then its sections, because sections refer to other pages.

use crate::content;
use crate::draft;
use crate::findings::{Found, Unique};
use crate::known::{Detail, Known};
use crate::links::Links;
use crate::release::Document;
use app::schemas;
use model::entity::{EntityType, TypeSummary};
use model::ids::TypeName;
use model::problem::Problem;
use model::query::search_text;
use model::records::VERSION;
use model::section::name_and_variant;
use model::{SiteScope, keys};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is wrong with the pages, each by itself and among each other. One that cannot be used is left out.
/// `details` are those of pages that stay as they are.
pub fn drafts(
    given: Vec<(String, draft::Page)>,
    site: &draft::Site,
    types: &BTreeMap<TypeName, EntityType>,
    mut details: Vec<Detail>,
    found: &mut Found,
) -> (Vec<(String, draft::Page)>, Vec<Detail>) {
    let (mut drafts, mut unique) = (vec![], Unique::default());
    let mut titles: BTreeMap<(String, String), String> = BTreeMap::new();
    for (file, draft) in given {
        let mut problems = check(site, types, &draft);
        let name = file.rsplit('/').next().unwrap_or_default();
        let mut claim = |what: &str, key: String, path: &str| {
            unique.claim(what, format!("{what} {key}"), name, path, &mut problems);
        };
        claim("path", draft.path.to_string(), "path");
        claim("id", format!("{} {}", draft.id, draft.locale), "id");
        if let Some(group) = &draft.group {
            claim("group in this locale", format!("{group} {}", draft.locale), "group");
        }
        if problems.is_empty() {
            if let Some(kind) = &draft.entity {
                let first = details.iter().find(|d| d.kind == *kind && d.locale == draft.locale);
                if let Some(first) = first {
                    let message = format!(
                        "the records of {kind} have a page already, {}, where search and sitemap lead: one is enough",
                        first.path
                    );
                    found.warn(&file, Problem::new("entity", message));
                }
                let (kind, locale, path) = (kind.clone(), draft.locale.clone(), draft.path.clone());
                details.push(Detail { kind, locale, path });
            } else {
                let title = (draft.locale.to_string(), draft.title.clone());
                if let Some(other) = titles.get(&title) {
                    let message = format!("{other} has the same title: let each say what only it is about");
                    found.warn(&file, Problem::new("title", message));
                }
                titles.entry(title).or_insert_with(|| name.to_owned());
            }
            drafts.push((file, draft));
        } else {
            found.problems(&file, problems);
        }
    }
    (drafts, details)
}

/// What is wrong with what a page says about itself.
fn check(site: &draft::Site, types: &BTreeMap<TypeName, EntityType>, draft: &draft::Page) -> Vec<Problem> {
    let mut problems = vec![];
    let path = draft.path.as_str();
    let mut problem = |at: &str, message: String| problems.push(Problem::new(at, message));
    if !site.locales.contains(&draft.locale) {
        problem("locale", "not among the site's locales: add it there, or choose one of them".to_owned());
    } else if site.locales.first() != Some(&draft.locale) {
        let prefix = format!("/{}", draft.locale);
        if !path.strip_prefix(&prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            problem("path", format!("a page in {} starts with {prefix}", draft.locale));
        }
    } else if let Some(other) =
        site.locales.iter().skip(1).find(|l| path.split('/').nth(1) == Some(l.as_str()))
    {
        problem("path", format!("/{other} is where the pages in {other} are: choose another path"));
    }
    if let Some(why) = reserved(path) {
        problem("path", why.to_owned());
    }
    match &draft.entity {
        entity if entity.is_some() != path.ends_with("/:slug") => problem(
            "entity",
            "a page of records names their type here, and its path ends in /:slug".to_owned(),
        ),
        Some(kind) if !types.contains_key(kind) => {
            let known: Vec<&str> = types.keys().map(TypeName::as_str).collect();
            problem(
                "entity",
                format!("there is no entity type {:?}; there are [{}]", kind.as_str(), known.join(", ")),
            );
        }
        _ => {}
    }
    for (field, text, max) in [("title", &draft.title, 120), ("description", &draft.description, 320)] {
        let length = text.chars().count();
        if text.trim().is_empty() || length > max {
            problem(field, format!("expected 1 to {max} characters, found {length}"));
        } else if let Err(message) = model::validate::writable(text, field == "title") {
            problem(field, message);
        }
    }
    problems
}

/// What the edge needs of the types, with the first page of each that shows its records.
pub fn summaries(
    types: &BTreeMap<TypeName, EntityType>,
    details: &[Detail],
) -> BTreeMap<TypeName, TypeSummary> {
    let summary = |definition: &EntityType| {
        let details = details.iter().rev().filter(|detail| detail.kind == definition.id);
        TypeSummary {
            indexes: definition.indexes.clone(),
            schema_org: definition.schema_org.clone(),
            paths: details.map(|detail| (detail.locale.clone(), detail.path.to_string())).collect(),
            title: definition.title_field.clone(),
            summary: definition.summary_field.clone().unwrap_or_else(|| "summary".to_owned()),
        }
    };
    types.iter().map(|(name, definition)| (name.clone(), summary(definition))).collect()
}

/// Makes the sections of the pages ready to be stored.
pub fn read(
    drafts: Vec<(String, draft::Page)>,
    known: &Known,
    found: &mut Found,
    links: &mut Links,
) -> Vec<Page> {
    let mut pages = vec![];
    for (file, draft) in drafts {
        let here = Known { locale: Some(&draft.locale), entity: draft.entity.as_ref(), ..*known };
        let mut problems = vec![];
        let image = draft.image.clone().and_then(|mut image| {
            here.picture("image", &mut image, &mut problems);
            problems.is_empty().then_some(image)
        });
        let sections = here.numbered(&draft.sections, "sections", 0, &mut problems);
        found.problems(&file, problems);
        links.take(&file, None, Some(&draft.path), known);
        let (places, sections) = sections.into_iter().unzip();
        pages.push(Page { file, draft, image, sections, places });
    }
    pages
}

/// Why a path can be no page's: the product answers it.
pub fn reserved(path: &str) -> Option<&'static str> {
    let below =
        |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if below("/-") || below("/cdn-cgi") || below("/.well-known") {
        return Some("paths below /-/, /cdn-cgi/ and /.well-known/ are reserved: choose another");
    }
    let is_feed = path.contains("/feed/") && path.ends_with(".xml");
    let is_sitemap = path == "/sitemap.xml" || (path.starts_with("/sitemap/") && path.ends_with(".xml"));
    (is_feed || is_sitemap || matches!(path, "/robots.txt" | "/favicon.ico"))
        .then_some("robots.txt, favicon.ico, sitemaps and feeds are made by the product: choose another path")
}

/// A page whose sections are ready to be stored.
pub struct Page {
    pub file: String,
    pub draft: draft::Page,
    image: Option<Value>,
    pub sections: Vec<Value>,
    /// Their places in the draft: sections with problems are left out.
    pub places: Vec<usize>,
}

impl Page {
    /// Whether every section that was handed in is there.
    pub fn is_whole(&self) -> bool {
        self.sections.len() == self.draft.sections.len()
    }

    pub fn group(&self) -> &str {
        self.draft.group.as_deref().unwrap_or(self.draft.id.as_str())
    }

    /// The stored record: the same bytes for the same content, because its name is their digest.
    pub fn record(&self, pages: &[Self]) -> String {
        let mut alternates: Vec<_> = vec![];
        if self.draft.entity.is_none() {
            let same = pages.iter().filter(|p| p.group() == self.group() && p.draft.entity.is_none());
            alternates.extend(same.map(|p| json!([p.draft.locale, p.draft.path])));
        }
        if alternates.len() < 2 {
            alternates.clear();
        }
        let (mut sections, mut lines) = (self.sections.clone(), vec![]);
        lift_props(&mut sections, &mut lines);
        let page = json!({
            "v": VERSION, "id": self.draft.id, "locale": self.draft.locale, "entity": self.draft.entity,
            "title": self.draft.title, "description": self.draft.description, "image": self.image,
            "noindex": self.draft.noindex, "alternates": alternates, "sections": sections,
        });
        lines.insert(0, page.to_string());
        lines.join("\n")
    }

    pub fn document(&self, scope: &SiteScope) -> Document {
        let mut body = String::new();
        page_text(&self.sections, &mut body);
        Document {
            kind: "page",
            id: format!("{}.{}", self.draft.id, self.draft.locale),
            scope: keys::search_scope(scope, self.draft.locale.as_str()),
            title: search_text(&self.draft.title),
            body: search_text(&body),
            path: self.draft.path.to_string(),
            summary: self.draft.description.clone(),
            at: String::new(),
        }
    }
}

/// Takes the props out of sections, each onto a line of its own; what is left is the number of the line.
fn lift_props(sections: &mut [Value], lines: &mut Vec<String>) {
    for section in sections.iter_mut().filter_map(Value::as_object_mut) {
        if let Some(props) = section.get_mut("props") {
            lines.push(props.to_string());
            *props = json!(lines.len() - 1);
        }
        for slot in section.get_mut("slots").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(inner) = slot.get_mut("sections").and_then(Value::as_array_mut) {
                lift_props(inner, lines);
            }
        }
    }
}

fn page_text(sections: &[Value], body: &mut String) {
    for section in sections {
        let component = section.get("component").and_then(Value::as_str).unwrap_or_default();
        let fields = schemas::of(name_and_variant(component).0).unwrap_or_default();
        for field in &fields {
            if let Some(value) = section.get("props").and_then(|p| p.get(&field.name)) {
                content::push_text(&field.kind, value, body);
            }
        }
        for slot in section.get("slots").and_then(Value::as_array).into_iter().flatten() {
            page_text(slot.get("sections").and_then(Value::as_array).map_or(&[][..], Vec::as_slice), body);
        }
    }
}
