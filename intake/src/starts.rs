//! Starting points for pages and whole sites, as data in `starts/`. They come with the product.

use crate::parts::Parts;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Pages to start from, by name.
pub const PAGES: [(&str, &str); 6] = [
    ("blank", include_str!("../starts/pages/blank.json")),
    ("landing", include_str!("../starts/pages/landing.json")),
    ("about", include_str!("../starts/pages/about.json")),
    ("contact", include_str!("../starts/pages/contact.json")),
    ("faq", include_str!("../starts/pages/faq.json")),
    // Records of a type.
    ("list", include_str!("../starts/pages/list.json")),
];

/// Sites to start from, by name.
pub const SITES: [(&str, &str); 4] = [
    ("blank", include_str!("../starts/sites/blank.json")),
    ("business", include_str!("../starts/sites/business.json")),
    ("shop", include_str!("../starts/sites/shop.json")),
    ("blog", include_str!("../starts/sites/blog.json")),
];

/// What stands in the places of `{name}` in a starting point.
pub type Words<'w> = &'w [(&'static str, &'w str)];

/// The page of a name, without its id, path and locale. `None` where there is none.
pub fn page(name: &str, words: Words) -> Option<Value> {
    filled(of(&PAGES, name)?, words)
}

fn of(all: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    all.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
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

fn id_of(document: &Value) -> String {
    document.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The site of a name in one language. `None` where there is none.
pub fn site(start: &str, name: &str, locale: &str) -> Option<Parts> {
    let start: Start = serde_json::from_value(filled(of(&SITES, start)?, &[("site", name)])?).ok()?;
    let mut parts = Parts::default();
    let general = json!({"name": {locale: name}, "locales": [locale]});
    parts.settings.extend([("general".to_owned(), general), ("theme".to_owned(), start.theme)]);
    if !start.frame.is_null() {
        parts.settings.push((format!("frame-{locale}"), start.frame));
    }
    for (id, value) in [("search", start.search), ("not_found", start.not_found)] {
        if !value.is_null() {
            parts.settings.push((id.to_owned(), json!({locale: value})));
        }
    }
    parts.types.extend(start.types.into_iter().map(|definition| (id_of(&definition), definition)));
    let mut pages = start.pages;
    for StartPage { id, path, from, title } in start.starts {
        let Value::Object(mut fields) = page(&from, &[("title", &title), ("site", name)])? else {
            return None;
        };
        fields.extend([("id".to_owned(), json!(id)), ("path".to_owned(), json!(path))]);
        pages.push(fields);
    }
    for mut page in pages {
        page.insert("locale".to_owned(), json!(locale));
        let page = Value::Object(page);
        parts.pages.push((id_of(&page), page));
    }
    Some(parts)
}

/// The starting point with words in the places of their names. They are put into its values, so that no word can
/// spoil its form.
fn filled(text: &str, words: Words) -> Option<Value> {
    let mut value = serde_json::from_str(text).ok()?;
    fill(&mut value, words);
    Some(value)
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

    #[test]
    fn every_page_to_start_from_fills_its_words_and_leaves_no_place_empty() {
        for (name, _) in PAGES {
            let words = [("title", "T"), ("site", "S"), ("type", "post"), ("index", "newest")];
            let text = page(name, &words).unwrap().to_string();
            assert!(
                !text.contains("{title}") && !text.contains("{site}") && !text.contains("{type}"),
                "{text}"
            );
        }
        assert_eq!(page("nothing", &[]), None);
    }
}
