//! A site in the parts in which it is edited: settings, pages, types and so on, each a document of its own. In a folder the
//! settings are one file, `site.json`, and the custom CSS is another; here is the way there and back.

use crate::parse::parse;
use model::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Documents by id. Every part of the settings is one.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    pub settings: Vec<(String, Value)>,
    /// The first is the primary one.
    pub hosts: Vec<String>,
    pub redirects: Vec<Value>,
    /// Ids of types that take no new records.
    pub retired: Vec<Value>,
    pub components: Vec<(String, Value)>,
    pub blocks: Vec<(String, Value)>,
    pub types: Vec<(String, Value)>,
    pub pages: Vec<(String, Value)>,
    /// Files of records with their type: a record a line.
    pub records: Vec<(String, String)>,
    /// What `files.json` says of files, by their path.
    pub files: BTreeMap<String, FileFacts>,
    /// What stands in `site.json` and in no part of the settings: `id`, `tenant`, `status`.
    pub site: Map<String, Value>,
}

/// What belongs to a file and is not in its bytes.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileFacts {
    /// Alternative texts by locale.
    #[serde(default)]
    pub alt: BTreeMap<String, String>,
}

/// What is wrong with a file of the folder.
pub type Broken = (String, Problem);

/// The file of the settings.
pub const SITE: &str = "site.json";
/// The file with what belongs to the files of the site.
pub const FILES: &str = "files.json";
/// The file of the custom CSS, below `files/`, in a folder that was written by us.
const CSS: &str = "site.css";
/// The parts of the settings that are objects of their own in `site.json`.
const PARTS: [&str; 4] = ["theme", "organisation", "search", "not_found"];
/// What `site.json` has beside the parts for the settings in general.
const GENERAL: [&str; 4] = ["name", "locales", "currency", "timezone"];

/// Whether a file of a folder is a text that `Parts::read` takes; the custom CSS is another, which `css_of` names.
pub fn is_part(path: &str) -> bool {
    let below = |folder: &str, ending: &str| {
        path.strip_prefix(folder).is_some_and(|name| name.ends_with(ending) && !name.starts_with('.'))
    };
    matches!(path, SITE | FILES)
        || ["pages/", "blocks/", "types/"].iter().any(|folder| below(folder, ".json"))
        || below("entities/", ".jsonl")
}

/// The path of the custom CSS that a `site.json` names.
pub fn css_of(site: &str) -> Option<String> {
    let site: Value = serde_json::from_str(site).ok()?;
    Some(format!("files/{}", site.pointer("/theme/css")?.as_str()?))
}

impl Parts {
    pub fn setting(&self, id: &str) -> Option<&Value> {
        self.settings.iter().find(|(known, _)| known == id).map(|(_, document)| document)
    }

    /// Reads the files of a folder, texts by path.
    pub fn read(texts: &BTreeMap<String, String>) -> Result<Self, Broken> {
        let mut site: Map<String, Value> = read(texts, SITE)?;
        let mut parts = Self::default();
        let general = GENERAL.iter().filter_map(|name| Some(((*name).to_owned(), site.remove(*name)?)));
        parts.settings.push(("general".to_owned(), Value::Object(general.collect())));
        for part in PARTS {
            if let Some(mut document) = site.remove(part) {
                if let Some(Value::String(css)) = document.get_mut("css").filter(|_| part == "theme") {
                    *css = text(texts, &format!("files/{css}"))?.clone();
                }
                parts.settings.push((part.to_owned(), document));
            }
        }
        for (locale, frame) in object(site.remove("frame")) {
            parts.settings.push((format!("frame-{locale}"), frame));
        }
        parts.components.extend(object(site.remove("components")));
        parts.redirects = list(site.remove("redirects"));
        parts.retired = list(site.remove("retired"));
        parts.hosts =
            list(site.remove("hosts")).iter().filter_map(|host| Some(host.as_str()?.to_owned())).collect();
        if texts.contains_key(FILES) {
            parts.files = read(texts, FILES)?;
        }
        for path in texts.keys().filter(|path| is_part(path)) {
            let Some((folder, name)) = path.split_once('/') else { continue };
            let documents = match folder {
                "pages" => &mut parts.pages,
                "blocks" => &mut parts.blocks,
                "types" => &mut parts.types,
                _ => {
                    let kind = name.split(['-', '.']).next().unwrap_or_default().to_owned();
                    parts.records.push((kind, text(texts, path)?.clone()));
                    continue;
                }
            };
            let mut document: Map<String, Value> = read(texts, path)?;
            let id = match (folder, document.get("id").and_then(Value::as_str)) {
                // A block has no id within it.
                ("blocks", _) | (_, None) => name.trim_end_matches(".json").to_owned(),
                (_, Some(id)) => id.to_owned(),
            };
            if folder == "pages" {
                document.insert("id".to_owned(), json!(id));
            }
            documents.push((id, Value::Object(document)));
        }
        parts.site = site;
        parts.name_translations();
        Ok(parts)
    }

    /// In a folder an id belongs to one page of a locale, on the server to one of the site: translations with an id that
    /// is taken get their locale behind it, and stay in their group.
    fn name_translations(&mut self) {
        let general = self.setting("general");
        let first = general.and_then(|general| general.pointer("/locales/0")).map(Value::to_string);
        let is_first = |page: &Value| page.get("locale").map(Value::to_string) == first;
        self.pages.sort_by_key(|(_, page)| !is_first(page));
        let (mut taken, mut renamed) = (BTreeSet::new(), vec![]);
        for (id, page) in &mut self.pages {
            let locale = page.get("locale").and_then(Value::as_str).unwrap_or_default().to_owned();
            if !taken.insert(id.clone()) {
                let new = format!("{id}-{locale}");
                if let Some(fields) = page.as_object_mut() {
                    fields.entry("group").or_insert_with(|| json!(id));
                    fields.insert("id".to_owned(), json!(new));
                }
                taken.insert(new.clone());
                renamed.push((locale, std::mem::replace(id, new)));
            }
        }
        let not_found = self.settings.iter_mut().find(|(id, _)| id == "not_found");
        for (locale, page) in not_found.into_iter().flat_map(|(_, pages)| pages.as_object_mut()).flatten() {
            if renamed.iter().any(|(of, id)| of == locale && page.as_str() == Some(id)) {
                *page = json!(format!("{}-{locale}", page.as_str().unwrap_or_default()));
            }
        }
    }

    /// The files of a folder, texts by path.
    pub fn texts(&self, id: &str) -> Vec<(String, String)> {
        let mut texts = vec![];
        let mut site = self.site.clone();
        let tenant = json!({"id": "tenant", "name": "", "plan": "", "status": "active"});
        for (name, value) in [("id", json!(id)), ("tenant", tenant), ("status", json!("active"))] {
            site.entry(name).or_insert(value);
        }
        site.insert("hosts".to_owned(), json!(self.hosts));
        let mut frame = Map::new();
        for (id, document) in &self.settings {
            match (id.as_str(), id.strip_prefix("frame-")) {
                (_, Some(locale)) => drop(frame.insert(locale.to_owned(), document.clone())),
                ("general", _) => site.extend(object(Some(document.clone()))),
                ("theme", _) => {
                    let mut theme = document.clone();
                    if let Some(Value::String(css)) = theme.get_mut("css") {
                        texts.push((format!("files/{CSS}"), std::mem::replace(css, CSS.to_owned())));
                    }
                    site.insert(id.clone(), theme);
                }
                _ => drop(site.insert(id.clone(), document.clone())),
            }
        }
        let components: Map<String, Value> = self.components.iter().cloned().collect();
        for (name, value) in [
            ("frame", Value::Object(frame)),
            ("components", Value::Object(components)),
            ("redirects", json!(self.redirects)),
            ("retired", json!(self.retired)),
        ] {
            if !matches!(&value, Value::Object(o) if o.is_empty()) && value != json!([]) {
                site.insert(name.to_owned(), value);
            }
        }
        texts.push((SITE.to_owned(), pretty(&Value::Object(site))));
        if !self.files.is_empty() {
            texts.push((FILES.to_owned(), pretty(&json!(self.files))));
        }
        for (name, documents) in [("types", &self.types), ("blocks", &self.blocks), ("pages", &self.pages)] {
            texts.extend(documents.iter().map(|(id, one)| (format!("{name}/{id}.json"), pretty(one))));
        }
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        for (kind, lines) in &self.records {
            let n = numbers.entry(kind).or_default();
            *n += 1;
            let number = if *n == 1 { String::new() } else { format!("-{n}") };
            texts.push((format!("entities/{kind}{number}.jsonl"), lines.clone()));
        }
        texts
    }
}

fn text<'t>(texts: &'t BTreeMap<String, String>, path: &str) -> Result<&'t String, Broken> {
    texts.get(path).ok_or_else(|| (path.to_owned(), Problem::new("", "there is no such file: add it")))
}

fn read<T: serde::de::DeserializeOwned>(texts: &BTreeMap<String, String>, path: &str) -> Result<T, Broken> {
    parse(text(texts, path)?).map_err(|problem| (path.to_owned(), problem))
}

fn object(value: Option<Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn list(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(items)) => items,
        _ => vec![],
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}
