//! Starting points for pages and whole sites, as data in `starts/`.

use crate::failure::Failure;
use crate::folder::Folder;
use clap::ValueEnum;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Page {
    Blank,
    Landing,
    About,
    Contact,
    Faq,
    /// Records of a type
    List,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Site {
    Blank,
    Business,
    Shop,
    Blog,
}

/// What stands in the places of `{name}` in a starting point.
pub type Words<'w> = &'w [(&'static str, &'w str)];

impl Page {
    /// The page without its id, path and locale.
    pub fn document(self, words: Words) -> Result<Value, Failure> {
        filled(
            match self {
                Self::Blank => include_str!("../starts/pages/blank.json"),
                Self::Landing => include_str!("../starts/pages/landing.json"),
                Self::About => include_str!("../starts/pages/about.json"),
                Self::Contact => include_str!("../starts/pages/contact.json"),
                Self::Faq => include_str!("../starts/pages/faq.json"),
                Self::List => include_str!("../starts/pages/list.json"),
            },
            words,
        )
    }
}

#[derive(Deserialize)]
struct Start {
    theme: Value,
    #[serde(default)]
    frame: Value,
    #[serde(default)]
    search: Value,
    #[serde(default)]
    not_found: Value,
    #[serde(default)]
    starts: Vec<StartPage>,
    #[serde(default)]
    types: Vec<Value>,
    pages: Vec<Map<String, Value>>,
}

/// A page of the site that is made from a page's starting point.
#[derive(Deserialize)]
struct StartPage {
    id: String,
    path: String,
    from: String,
    title: String,
}

impl Site {
    pub fn folder(self, name: &str, locale: &str) -> Result<Folder, Failure> {
        let text = match self {
            Self::Blank => include_str!("../starts/sites/blank.json"),
            Self::Business => include_str!("../starts/sites/business.json"),
            Self::Shop => include_str!("../starts/sites/shop.json"),
            Self::Blog => include_str!("../starts/sites/blog.json"),
        };
        let start: Start = serde_json::from_value(filled(text, &[("site", name)])?).map_err(broken)?;
        let mut folder = Folder::default();
        let general = json!({"name": {locale: name}, "locales": [locale]});
        let settings = [("general".to_owned(), general), ("theme".to_owned(), start.theme)];
        folder.settings.extend(settings);
        if !start.frame.is_null() {
            folder.settings.push((format!("frame-{locale}"), start.frame));
        }
        for (id, value) in [("search", start.search), ("not_found", start.not_found)] {
            if !value.is_null() {
                folder.settings.push((id.to_owned(), json!({locale: value})));
            }
        }
        for definition in start.types {
            folder.types.push((crate::output::field(&definition, "id"), definition));
        }
        let mut pages = start.pages;
        for StartPage { id, path, from, title } in start.starts {
            let from = Page::from_str(&from, false).map_err(Failure::usage)?;
            let document = from.document(&[("title", &title), ("site", name)])?;
            let mut fields: Map<String, Value> = serde_json::from_value(document).map_err(broken)?;
            fields.extend([("id".to_owned(), json!(id)), ("path".to_owned(), json!(path))]);
            pages.push(fields);
        }
        for mut page in pages {
            page.insert("locale".to_owned(), json!(locale));
            let page = Value::Object(page);
            folder.pages.push((crate::output::field(&page, "id"), page));
        }
        Ok(folder)
    }
}

fn broken(e: serde_json::Error) -> Failure {
    Failure::usage(format!("This starting point is broken ({e})."))
}

/// The starting point with words in the places of their names. They are put into its values, so that no word can
/// spoil its form.
fn filled(text: &str, words: Words) -> Result<Value, Failure> {
    let mut value = serde_json::from_str(text).map_err(broken)?;
    fill(&mut value, words);
    Ok(value)
}

fn fill(value: &mut Value, words: Words) {
    match value {
        Value::String(text) => {
            // A page of records has {title} and {summary} of its own: only what is given is replaced.
            for (name, word) in words {
                *text = text.replace(&format!("{{{name}}}"), word);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, words)),
        Value::Object(fields) => fields.values_mut().for_each(|value| fill(value, words)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::check;

    #[test]
    fn every_site_to_start_from_has_no_problems_and_no_warnings() {
        for site in Site::value_variants() {
            let place = tempfile::tempdir().unwrap();
            let mut folder = site.folder("Salt & \"Pepper\" <Ltd>", "en").unwrap();
            folder.hosts.push("salt.localhost".to_owned());
            folder.write(place.path(), "salt").unwrap();
            let found = check::findings(place.path()).unwrap();
            let said: Vec<String> = found.findings.iter().map(ToString::to_string).collect();
            let known = "platform's plain page";
            let blank = *site == Site::Blank;
            let said: Vec<_> = said
                .into_iter()
                .filter(|text| !blank || !(text.contains(known) || text.contains("cannot be searched")))
                .collect();
            assert!(said.is_empty(), "{said:#?}");
        }
    }

    #[test]
    fn every_page_to_start_from_fills_its_words_and_leaves_no_place_empty() {
        for page in Page::value_variants() {
            let words = [("title", "T"), ("site", "S"), ("type", "post"), ("index", "newest")];
            let text = page.document(&words).unwrap().to_string();
            assert!(
                !text.contains("{title}") && !text.contains("{site}") && !text.contains("{type}"),
                "{text}"
            );
        }
    }
}
