//! What a component is to the renderer. Its schema, which only writers and editors need, leaves through
//! `schemas`, so that the edge does not carry it.

use crate::cx::Cx;
use model::json;
use model::query::Query;
use model::section::Section;
use serde::Deserialize;
use std::fmt;

pub struct Component {
    pub name: &'static str,
    /// `default` first.
    pub variants: &'static [&'static str],
    pub slots: &'static [&'static str],
    /// The element that the section is: `section`, `header`, `footer`, `nav`, `div`.
    pub element: &'static str,
    pub css: &'static str,
    /// Origins that it may embed in a frame, for the content security policy.
    pub frames: &'static [&'static str],
    /// Whether it says something about the head, through `leptos_meta`.
    pub speaks: bool,
    /// Adds what the section asks of the content store.
    pub asks: fn(&Placed, &Cx, &mut Vec<Query>),
    pub draw: fn(&Placed, &Cx, &mut Out) -> Drawn,
}

impl Component {
    /// What most components have in common.
    pub const BASE: Self = Self {
        name: "",
        variants: &["default"],
        slots: &[],
        element: "section",
        css: "",
        frames: &[],
        speaks: false,
        asks: |_, _, _| {},
        draw: |_, _, _| Ok(()),
    };
}

/// A section with the component's variant resolved.
#[derive(Clone, Copy)]
pub struct Placed<'a> {
    pub section: &'a Section<'a>,
    /// Lines of the page's record.
    pub(crate) lines: &'a [&'a str],
    pub variant: &'a str,
    /// Position among the page's own sections; pictures of the first are not lazy.
    pub position: usize,
}

impl<'a> Placed<'a> {
    pub fn props<P: Deserialize<'a>>(&self) -> Result<P, Undrawable> {
        let json =
            self.section.props_json(self.lines).ok_or_else(|| Undrawable("props: missing".to_owned()))?;
        json::from_str(json).map_err(|e| Undrawable(format!("props: {e}")))
    }

    pub fn is_first(&self) -> bool {
        self.position == 0
    }
}

pub type Drawn = Result<(), Undrawable>;

/// Why a section was not drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undrawable(pub String);

impl fmt::Display for Undrawable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A page's body while it is written, and what was noticed on the way.
#[derive(Default)]
pub struct Out {
    pub html: String,
    /// One bit for each component that was drawn, by its place in the registry.
    pub used: u64,
    pub frames: Vec<&'static str>,
    pub notes: Vec<String>,
    pub(crate) depth: usize,
    /// A component of the site's own is being drawn.
    pub(crate) composing: bool,
}
