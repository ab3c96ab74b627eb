//! The authoring form of a site: what stands in its folder. `docs/add-a-site.md` describes it for people.

use model::entity;
use model::ids::{PageId, SiteId, TenantId, TypeName};
use model::names::{Hostname, Locale, PagePath};
use model::records::Status;
use model::schema::Kind;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub id: SiteId,
    pub tenant: Tenant,
    pub name: BTreeMap<Locale, String>,
    pub status: Status,
    /// The first is the primary host; the others redirect to it.
    pub hosts: Vec<Hostname>,
    /// The first is the default, served without a prefix.
    pub locales: Vec<Locale>,
    #[serde(default)]
    pub currency: Option<String>,
    #[serde(default)]
    pub timezone: Option<String>,
    pub theme: Theme,
    #[serde(default)]
    pub organisation: Option<Value>,
    #[serde(default)]
    pub frame: BTreeMap<Locale, Frame>,
    #[serde(default)]
    pub components: BTreeMap<String, Component>,
    #[serde(default)]
    pub redirects: Vec<Redirect>,
    /// Types that keep their records and take no new ones.
    #[serde(default)]
    pub retired: Vec<TypeName>,
    #[serde(default)]
    pub not_found: BTreeMap<Locale, PageId>,
    #[serde(default)]
    pub search: BTreeMap<Locale, PagePath>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
    pub plan: String,
    pub status: Status,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    pub base: String,
    #[serde(default)]
    pub tokens: Map<String, Value>,
    #[serde(default)]
    pub logo: Option<Picture>,
    #[serde(default)]
    pub logo_dark: Option<Picture>,
    #[serde(default)]
    pub icon: Option<Picture>,
    /// Custom CSS. In a folder: the name of its file.
    #[serde(default)]
    pub css: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    pub file: String,
    #[serde(default)]
    pub alt: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    #[serde(default)]
    pub before: Vec<Value>,
    #[serde(default)]
    pub after: Vec<Value>,
}

/// Before the id of a block where it stands as a component of sections: `{"component": "block:opening-hours"}`.
pub const BLOCK: &str = "block:";

pub fn block_component(id: &str) -> String {
    format!("{BLOCK}{id}")
}

/// A reusable block: sections that stand on many pages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// For people.
    #[serde(default, rename = "name")]
    pub _name: String,
    pub sections: Vec<Value>,
}

impl From<Block> for Component {
    fn from(block: Block) -> Self {
        Self { parameters: BTreeMap::new(), sections: block.sections }
    }
}

/// A component of the site's own: other components with parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    pub sections: Vec<Value>,
}

#[derive(Debug, Deserialize)]
pub struct Parameter {
    #[serde(flatten)]
    pub kind: Kind,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub default: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    pub from: PagePath,
    pub to: String,
    #[serde(default = "moved")]
    pub status: u16,
    /// Made when a page moved, and not by people: it ends when a page takes the path again.
    #[serde(default)]
    pub automatic: bool,
}

fn moved() -> u16 {
    301
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    pub id: PageId,
    pub locale: Locale,
    pub path: PagePath,
    #[serde(default)]
    pub group: Option<String>,
    pub title: String,
    pub description: String,
    #[serde(default)]
    pub image: Option<Value>,
    #[serde(default)]
    pub noindex: bool,
    #[serde(default)]
    pub entity: Option<TypeName>,
    pub sections: Vec<Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub id: String,
    #[serde(default)]
    pub group: Option<String>,
    pub slug: String,
    pub locale: Locale,
    pub published_at: String,
    pub fields: Value,
    /// `false`: a draft, which may stand beside what visitors see of the record.
    #[serde(default = "yes")]
    pub publish: bool,
}

impl Record {
    /// As it is stored, once its fields are ready.
    pub fn of_type(self, kind: TypeName) -> entity::Record {
        entity::Record {
            group: self.group.unwrap_or_else(|| self.id.clone()),
            id: self.id,
            kind,
            slug: self.slug,
            locale: self.locale,
            published_at: self.published_at,
            fields: self.fields,
        }
    }
}

fn yes() -> bool {
    true
}
