//! A section: a component placed on a page, with its props and, where the component has slots, its children.

use crate::json;
use crate::names::{InvalidName, Slug};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A section of a stored record. The props stay raw JSON until the component reads them, so that one that
/// cannot be read spoils itself and no other.
#[derive(Debug, Clone, Deserialize)]
pub struct Section<'a> {
    /// `name` or `name:variant`.
    #[serde(borrow)]
    pub component: Cow<'a, str>,
    #[serde(borrow, default)]
    pub anchor: Option<Cow<'a, str>>,
    #[serde(default)]
    pub tone: Tone,
    /// The props, or the number of the line of the page record on which they stand.
    #[serde(borrow, default)]
    pub props: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub slots: Vec<Slot<'a>>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Slot<'a> {
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[serde(borrow)]
    pub sections: Vec<Section<'a>>,
}

impl<'a> Section<'a> {
    fn unreadable() -> Self {
        let component = Cow::Borrowed("unreadable section");
        Self { component, anchor: None, tone: Tone::Plain, props: None, slots: vec![] }
    }

    /// The component's name and its variant (`default` where none is named).
    pub fn name_and_variant(&self) -> (&str, &str) {
        name_and_variant(&self.component)
    }

    /// The JSON of the props. `lines` are those of the page record that the section is part of.
    pub fn props_json(&self, lines: &[&'a str]) -> Option<&'a str> {
        let json = self.props.map_or("{}", RawValue::get);
        match json.parse::<usize>() {
            Ok(line) => lines.get(line).copied(),
            Err(_) => Some(json),
        }
    }

    pub fn slot(&self, name: &str) -> &[Section<'a>] {
        self.slots.iter().find(|s| s.name == name).map_or(&[], |s| &s.sections)
    }
}

/// Reads sections one by one: one that cannot be read stands for nothing that can be drawn, and spoils no other.
pub fn each_by_itself<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Vec<Section<'a>>, D::Error> {
    let sections = Vec::<&'a RawValue>::deserialize(from)?;
    Ok(sections
        .into_iter()
        .map(|raw| json::from_str(raw.get()).unwrap_or_else(|_| Section::unreadable()))
        .collect())
}

pub fn name_and_variant(component: &str) -> (&str, &str) {
    component.split_once(':').unwrap_or((component, "default"))
}

/// The band that a section is drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    #[default]
    Plain,
    Soft,
    Strong,
}

/// An element's id within a page, the target of `#anchor`.
pub fn parse_anchor(text: &str) -> Result<Slug, InvalidName> {
    Slug::parse(text)
}

/// Sections nested deeper than this are not drawn.
pub const MAX_DEPTH: usize = 8;
