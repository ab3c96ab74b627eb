//! A site as a folder: `site.json`, `pages/`, `blocks/`, `types/`, `entities/`, `files/`. In the folder the settings are
//! one file; the API has them in parts.

use crate::failure::{At, Failure};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Documents by id. Every part of the settings is one.
#[derive(Debug, Default, PartialEq)]
pub struct Folder {
    pub settings: Vec<(String, Value)>,
    /// The first is the primary one.
    pub hosts: Vec<String>,
    pub redirects: Vec<Value>,
    pub components: Vec<(String, Value)>,
    pub blocks: Vec<(String, Value)>,
    pub types: Vec<(String, Value)>,
    pub pages: Vec<(String, Value)>,
    /// Records by type, one a line.
    pub records: Vec<(String, String)>,
    /// Paths below `files/`, and where they are.
    pub files: Vec<(String, PathBuf)>,
    /// What stands in `site.json` and in no part of the settings: `id`, `tenant`, `status`.
    pub site: Map<String, Value>,
}

/// The parts of the settings that are objects of their own in `site.json`.
const PARTS: [&str; 4] = ["theme", "organisation", "search", "not_found"];
/// What `site.json` has beside the parts for the settings in general.
const GENERAL: [&str; 4] = ["name", "locales", "currency", "timezone"];
/// The file of the custom CSS in a folder that was written by us.
const CSS: &str = "site.css";

impl Folder {
    pub fn setting(&self, id: &str) -> Option<&Value> {
        self.settings.iter().find(|(known, _)| known == id).map(|(_, document)| document)
    }

    pub fn read(path: &Path) -> Result<Self, Failure> {
        let mut site: Map<String, Value> = json_of(&path.join("site.json"), "site.json")?;
        let mut folder = Self::default();
        let general = GENERAL.iter().filter_map(|name| Some(((*name).to_owned(), site.remove(*name)?)));
        folder.settings.push(("general".to_owned(), Value::Object(general.collect())));
        let mut css = None;
        for part in PARTS {
            if let Some(mut document) = site.remove(part) {
                if part == "theme" {
                    css = replace_css(path, &mut document)?;
                }
                folder.settings.push((part.to_owned(), document));
            }
        }
        for (locale, frame) in object(site.remove("frame")) {
            folder.settings.push((format!("frame-{locale}"), frame));
        }
        folder.components.extend(object(site.remove("components")));
        folder.redirects = list(site.remove("redirects"));
        folder.hosts =
            list(site.remove("hosts")).iter().filter_map(|h| Some(h.as_str()?.to_owned())).collect();
        for (name, documents) in
            [("pages", &mut folder.pages), ("blocks", &mut folder.blocks), ("types", &mut folder.types)]
        {
            for file in files(&path.join(name), "")?.into_iter().filter(|(file, _)| file.ends_with(".json")) {
                let mut document: Map<String, Value> = json_of(&file.1, &format!("{name}/{}", file.0))?;
                let id = match (name, document.get("id").and_then(Value::as_str)) {
                    // A block has no id within it.
                    ("blocks", _) | (_, None) => file.0.trim_end_matches(".json").to_owned(),
                    (_, Some(id)) => id.to_owned(),
                };
                if name == "pages" {
                    document.insert("id".to_owned(), json!(id));
                }
                documents.push((id, Value::Object(document)));
            }
        }
        for (file, at) in
            files(&path.join("entities"), "")?.into_iter().filter(|(f, _)| f.ends_with(".jsonl"))
        {
            let kind = file.split(['-', '.']).next().unwrap_or_default().to_owned();
            folder.records.push((kind, text_of(&at, &format!("entities/{file}"))?));
        }
        folder.files = files(&path.join("files"), "")?;
        folder.files.retain(|(name, _)| Some(name) != css.as_ref());
        folder.site = site;
        folder.name_translations();
        Ok(folder)
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
            let locale = crate::output::field(page, "locale");
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

    /// Writes everything but the bytes of the files.
    pub fn write(&self, path: &Path, id: &str) -> Result<(), Failure> {
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
                        write(&path.join("files").join(CSS), css)?;
                        *css = CSS.to_owned();
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
        ] {
            if !matches!(&value, Value::Object(o) if o.is_empty()) && value != json!([]) {
                site.insert(name.to_owned(), value);
            }
        }
        write(&path.join("site.json"), &crate::output::pretty(&Value::Object(site)))?;
        for (name, documents) in [("pages", &self.pages), ("blocks", &self.blocks), ("types", &self.types)] {
            for (id, document) in documents {
                write(&path.join(name).join(format!("{id}.json")), &crate::output::pretty(document))?;
            }
        }
        for (kind, lines) in &self.records {
            write(&path.join("entities").join(format!("{kind}.jsonl")), lines)?;
        }
        Ok(())
    }
}

/// Puts the text of the custom CSS in the place of its file's name, which it gives back.
fn replace_css(path: &Path, theme: &mut Value) -> Result<Option<String>, Failure> {
    let Some(Value::String(css)) = theme.get_mut("css") else { return Ok(None) };
    let name = format!("files/{css}");
    let text = text_of(&path.join("files").join(&*css), &name)?;
    Ok(Some(std::mem::replace(css, text)))
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

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    write_bytes(path, text.as_bytes())
}

pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|e| Failure::usage(format!("{} cannot be written ({e}).", path.display())))
}

pub fn text_of(path: &Path, name: &str) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Failure::usage(format!("{}: there is no such file.", path.display())),
        _ => problem(name, format!("cannot be read as text ({e}): add it, in UTF-8")),
    })
}

fn problem(name: &str, message: String) -> Failure {
    let problems = vec![At { path: name.to_owned(), message }];
    Failure { problems, ..Failure::content("Mend the file and try again.") }
}

/// An object from a file of JSON.
pub fn json_of(path: &Path, name: &str) -> Result<Map<String, Value>, Failure> {
    let text = text_of(path, name)?;
    intake::parse::parse(&text).map_err(|e| problem(name, e.to_string()))
}

/// Every file below a folder but hidden ones, in the order of their names; none where there is no such folder.
pub fn files(path: &Path, below: &str) -> Result<Vec<(String, PathBuf)>, Failure> {
    let unreadable = |e: std::io::Error| Failure::usage(format!("{} cannot be read ({e}).", path.display()));
    let entries = match std::fs::read_dir(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        entries => entries.map_err(unreadable)?,
    };
    let mut found = vec![];
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let at = entry.path();
        if name.starts_with('.') {
            continue;
        }
        let name = format!("{below}{name}");
        match at.is_dir() {
            true => found.extend(files(&at, &format!("{name}/"))?),
            false => found.push((name, at)),
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_written_is_read_as_it_was() {
        let place = tempfile::tempdir().unwrap();
        let mut folder = crate::starts::Site::Shop.folder("ABC Shop", "en").unwrap();
        folder.hosts = vec!["abc.example".to_owned()];
        folder.redirects = vec![json!({"from": "/old", "to": "/about", "status": 301})];
        folder.components = vec![("cta:harbour".to_owned(), json!({"sections": []}))];
        folder.blocks = vec![("hours".to_owned(), json!({"name": "Hours", "sections": []}))];
        folder.records = vec![("product".to_owned(), "{}\n".to_owned())];
        folder.site = object(Some(json!({"id": "abc", "status": "active", "tenant": {"id": "t"}})));
        let theme = folder.settings.iter_mut().find(|(id, _)| id == "theme").unwrap();
        theme.1 = json!({"base": "volt", "css": ".hero { color: red }"});
        folder.write(place.path(), "abc").unwrap();
        let mut read = Folder::read(place.path()).unwrap();
        for documents in [&mut read.settings, &mut read.pages, &mut folder.settings, &mut folder.pages] {
            documents.sort_by(|a, b| a.0.cmp(&b.0));
        }
        assert_eq!(read, folder);
    }

    #[test]
    fn translations_that_share_an_id_get_ids_of_their_own() {
        let place = tempfile::tempdir().unwrap();
        let page = |locale: &str| json!({"id": "lost", "locale": locale, "sections": []}).to_string();
        let site = json!({"locales": ["en", "ar"], "not_found": {"en": "lost", "ar": "lost"}});
        write(&place.path().join("site.json"), &site.to_string()).unwrap();
        write(&place.path().join("pages/lost.ar.json"), &page("ar")).unwrap();
        write(&place.path().join("pages/lost.en.json"), &page("en")).unwrap();
        let folder = Folder::read(place.path()).unwrap();
        assert_eq!(folder.setting("not_found"), Some(&json!({"en": "lost", "ar": "lost-ar"})));
        let arabic = folder.pages.iter().find(|(id, _)| id == "lost-ar").map(|(_, page)| page);
        assert_eq!(arabic, Some(&json!({"id": "lost-ar", "group": "lost", "locale": "ar", "sections": []})));
        assert_eq!(folder.pages.first().map(|(id, _)| id.as_str()), Some("lost"));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_file() {
        let place = tempfile::tempdir().unwrap();
        assert!(Folder::read(place.path()).unwrap_err().detail.contains("site.json"));
        write(&place.path().join("site.json"), "{\"name\": ").unwrap();
        let failure = Folder::read(place.path()).unwrap_err();
        assert_eq!(failure.exit, crate::failure::Exit::Content);
        assert_eq!(failure.problems.first().map(|at| at.path.as_str()), Some("site.json"));
    }
}
