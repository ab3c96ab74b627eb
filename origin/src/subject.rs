//! What is edited as a document: its table, its name in the revisions, the form of its ids.

use crate::access::Permission;
use intake::parse::parse;
use intake::{draft, is_component_name};
use model::Problem;
use model::ids::PageId;
use model::names::Locale;
use serde::de::DeserializeOwned;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Setting,
    Page,
    Block,
    Component,
}

/// In the revisions, beside the subjects.
pub const RECORD: &str = "entity";

/// What saving the documents or records of a name asks for; a name without any is not there for whoever may read.
pub fn permission(name: &str) -> Permission {
    match Subject::of_name(name) {
        Some(subject) => subject.permission(),
        None if name == RECORD => Permission::WriteEntities,
        None => Permission::ReadSite,
    }
}

/// The parts of a site's settings that are not by locale.
pub const SETTINGS: [&str; 5] = ["general", "theme", "organisation", "search", "not_found"];

/// Before the locale in the id of a frame: `frame-ar`.
const FRAME: &str = "frame-";

impl Subject {
    pub const ALL: [Self; 4] = [Self::Setting, Self::Page, Self::Block, Self::Component];

    /// In the revisions and the uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Setting => "settings",
            Self::Page => "page",
            Self::Block => "block",
            Self::Component => "component",
        }
    }

    /// What saving one asks for.
    pub fn permission(self) -> Permission {
        match self {
            Self::Page | Self::Block => Permission::WritePages,
            Self::Setting | Self::Component => Permission::ManageSite,
        }
    }

    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.name() == name)
    }

    /// The document as findings name it.
    pub fn place(self, id: &str) -> String {
        match self {
            Self::Setting => format!("settings/{id}"),
            _ => format!("{}s/{id}", self.name()),
        }
    }

    pub fn check_id(self, id: &str) -> Result<(), Problem> {
        let fits = match self {
            Self::Setting => {
                let locale = id.strip_prefix(FRAME).map(Locale::parse);
                return match locale {
                    Some(Ok(_)) => Ok(()),
                    None if SETTINGS.contains(&id) => Ok(()),
                    _ => Err(Problem::new(
                        "id",
                        format!(
                            "there is no setting {id:?}; there are {} and {FRAME}<locale>",
                            SETTINGS.join(", ")
                        ),
                    )),
                };
            }
            Self::Component => id.len() <= 64 && is_component_name(id) && !id.starts_with("block:"),
            Self::Page | Self::Block => PageId::parse(id).is_ok(),
        };
        let form = match self {
            Self::Component => "name or name:variant, of letters a-z, digits and hyphens, and not block:…",
            _ => "1 to 64 of the characters a-z, 0-9, - and _, starting with a letter or digit",
        };
        if fits {
            Ok(())
        } else {
            Err(Problem::new(
                "id",
                format!("{:?} is no id here: use {form}", id.chars().take(80).collect::<String>()),
            ))
        }
    }

    /// Whether a text has the shape of such a document.
    pub fn check_shape(self, id: &str, text: &str) -> Result<(), Problem> {
        match (self, id) {
            (Self::Page, _) => shape::<draft::Page>(text),
            (Self::Block, _) => shape::<Block>(text),
            (Self::Component, _) => shape::<draft::Component>(text),
            (Self::Setting, "general") => shape::<General>(text),
            (Self::Setting, "theme") => shape::<draft::Theme>(text),
            (Self::Setting, "organisation") => shape::<serde_json::Map<String, serde_json::Value>>(text),
            (Self::Setting, "search") => shape::<Search>(text),
            (Self::Setting, "not_found") => shape::<NotFound>(text),
            (Self::Setting, _) => shape::<draft::Frame>(text),
        }
    }
}

fn shape<T: DeserializeOwned>(text: &str) -> Result<(), Problem> {
    parse::<T>(text).map(drop)
}

/// The locale of a frame's id.
pub fn frame_locale(id: &str) -> Option<Locale> {
    Locale::parse(id.strip_prefix(FRAME)?).ok()
}

pub fn frame_id(locale: &str) -> String {
    format!("{FRAME}{locale}")
}

/// How a block is named as a component of sections: `{"component": "block:opening-hours"}`.
pub fn block_component(id: &str) -> String {
    format!("block:{id}")
}

/// The document of `settings/general`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct General {
    pub name: std::collections::BTreeMap<Locale, String>,
    /// The first is the default.
    pub locales: Vec<Locale>,
    #[serde(default)]
    pub currency: Option<String>,
    #[serde(default)]
    pub timezone: Option<String>,
}

/// A reusable block: sections that stand on many pages.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// For people.
    #[serde(default, rename = "name")]
    pub _name: String,
    pub sections: Vec<serde_json::Value>,
}

pub type Search = std::collections::BTreeMap<Locale, model::names::PagePath>;
pub type NotFound = std::collections::BTreeMap<Locale, PageId>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_fit_their_subject() {
        for (subject, id, fits) in [
            (Subject::Setting, "theme", true),
            (Subject::Setting, "frame-ar", true),
            (Subject::Setting, "frame-", false),
            (Subject::Setting, "themes", false),
            (Subject::Page, "home", true),
            (Subject::Page, "Home", false),
            (Subject::Component, "hero:winter", true),
            (Subject::Component, "block:x", false),
            (Subject::Component, "hero:", false),
            (Subject::Block, "opening-hours", true),
        ] {
            assert_eq!(subject.check_id(id).is_ok(), fits, "{id}");
        }
    }
}
