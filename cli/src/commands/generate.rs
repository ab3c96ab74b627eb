//! `manysite generate`: drafts from starting points.

use crate::commands::pages;
use crate::context::Context;
use crate::documents::{self, Base};
use crate::failure::Failure;
use crate::output::{Outcome, field};
use clap::builder::PossibleValuesParser;
use intake::starts;
use serde_json::{Map, Value, json};

#[derive(clap::Subcommand)]
pub enum Action {
    /// Make the draft of a page
    Page(Args),
}

#[derive(clap::Args)]
pub struct Args {
    /// Where it will be, such as /about or /ar/about
    path: String,
    /// Without it, from the path
    #[arg(long)]
    title: Option<String>,
    /// The starting point
    #[arg(long, default_value = "blank", value_parser = PossibleValuesParser::new(starts::PAGES.map(|(name, _)| name)))]
    from: String,
    /// The type whose records a list shows
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
}

pub fn run(context: &Context, action: Action) -> Result<Outcome, Failure> {
    let Action::Page(args) = action;
    if args.kind.is_none() && args.from == "list" {
        return Err(Failure::usage("A list shows records of a type: name it with --type."));
    }
    let site = context.site()?;
    let facts: Value = site.api.get(&site.path(""))?;
    let locales: Vec<String> = facts
        .get("locales")
        .and_then(Value::as_array)
        .map(|all| all.iter().filter_map(|l| l.as_str().map(str::to_owned)).collect())
        .unwrap_or_default();
    let place = Place::of(&args.path, &locales);
    let name = facts.get("name").map(|name| field(name, &place.locale)).unwrap_or_default();
    let title =
        args.title.unwrap_or_else(|| if place.words.is_empty() { name.clone() } else { place.words.clone() });
    let words = [
        ("title", title.as_str()),
        ("site", &name),
        ("type", args.kind.as_deref().unwrap_or_default()),
        ("index", "newest"),
    ];
    let Some(Value::Object(mut document)) = starts::page(&args.from, &words) else {
        return Err(Failure::usage("This starting point is broken."));
    };
    document.extend(Map::from_iter([
        ("id".to_owned(), json!(place.id)),
        ("group".to_owned(), json!(place.group)),
        ("locale".to_owned(), json!(place.locale)),
        ("path".to_owned(), json!(args.path)),
    ]));
    let saved = documents::save(&site, "pages", &place.id, &Value::Object(document), Base::None)?;
    Ok(pages::outcome(&place.id, saved))
}

/// What a path says about its page.
#[derive(Debug, PartialEq)]
struct Place {
    id: String,
    /// The same for its translations.
    group: String,
    locale: String,
    /// The last part of the path as words.
    words: String,
}

impl Place {
    fn of(path: &str, locales: &[String]) -> Self {
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let default = locales.first().cloned().unwrap_or_default();
        let other = parts.first().and_then(|first| locales.iter().skip(1).find(|locale| locale == first));
        if other.is_some() {
            parts.remove(0);
        }
        let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
        let group: String = parts.join("-").to_ascii_lowercase().chars().map(safe).collect();
        let group = group.trim_matches(['-', '_']);
        let group = if group.is_empty() { "home" } else { group }.chars().take(48).collect::<String>();
        let words = parts.last().map(|last| last.replace(['-', '_'], " ")).unwrap_or_default();
        let mut letters = words.chars();
        let words =
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
        let id = other.map_or_else(|| group.clone(), |locale| format!("{group}-{locale}"));
        Self { id, group, locale: other.cloned().unwrap_or(default), words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_id_group_language_and_title() {
        let locales = ["en".to_owned(), "ar".to_owned()];
        for (path, id, group, locale, words) in [
            ("/", "home", "home", "en", ""),
            ("/ar", "home-ar", "home", "ar", ""),
            ("/about-us", "about-us", "about-us", "en", "About us"),
            ("/ar/team/Kitchen", "team-kitchen-ar", "team-kitchen", "ar", "Kitchen"),
            ("/über", "ber", "ber", "en", "Über"),
        ] {
            let want =
                Place { id: id.into(), group: group.into(), locale: locale.into(), words: words.into() };
            assert_eq!(Place::of(path, &locales), want, "{path}");
        }
    }
}
