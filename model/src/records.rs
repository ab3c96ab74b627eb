//! The records that a published site consists of in KV. Every record has a version; `upgrade` reads old ones.

use crate::asset::{FontFace, Image};
use crate::entity::TypeSummary;
use crate::ids::{ContentHash, PageId, SiteId, TenantId, TypeName};
use crate::json;
use crate::moment::Moment;
use crate::names::{Hostname, Locale, PagePath};
use crate::scan::find_byte;
use crate::scope::SiteScope;
use crate::section::Section;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Version of the records that this code writes.
pub const VERSION: u32 = 1;

/// Version of a host record with moments ahead. Code that does not know them would show the site as it was for ever,
/// so it must not read one.
pub const HOST_VERSION: u32 = 2;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// Tenant and site status decide together what a host answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Active,
    Suspended,
    Archived,
}

/// What a host name leads to: `host/<hostname>`. Only the site's primary host carries the site; the others
/// name the primary and redirect to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HostRecord {
    pub v: u32,
    pub tenant: TenantId,
    pub site: SiteId,
    pub status: Status,
    pub primary: Hostname,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Box<SiteRecord>>,
}

impl HostRecord {
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let record: Self = json::from_str(text).map_err(|e| Unreadable(format!("host record: {e}")))?;
        if record.v > HOST_VERSION {
            return Err(Unreadable(format!(
                "host record: version {} is newer than {HOST_VERSION}; deploy the Worker first",
                record.v
            )));
        }
        Ok(record)
    }

    pub fn scope(&self) -> SiteScope {
        SiteScope::of(&self.site)
    }

    /// The version that a record with this content is written in.
    pub fn version_of(content: Option<&SiteRecord>) -> u32 {
        let moments = content.is_some_and(|site| {
            !site.later.is_empty() || !site.reached.is_empty() || !site.routes.gone.is_empty()
        });
        if moments { HOST_VERSION } else { VERSION }
    }
}

/// A release of a site as the edge needs it on every request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SiteRecord {
    pub release: u64,
    /// Counts the changes of content records; cached answers of older epochs are not found any more.
    pub epoch: u64,
    /// `https` in production; `http` only for local hosts.
    pub scheme: String,
    /// Name of the D1 binding that holds the site's content.
    pub database: String,
    /// The first is the default.
    pub locales: Vec<Locale>,
    pub name: BTreeMap<Locale, String>,
    pub theme: ThemeSummary,
    pub organisation: Option<Box<RawValue>>,
    pub frame: BTreeMap<Locale, Frame>,
    pub components: BTreeMap<String, Box<RawValue>>,
    pub types: BTreeMap<TypeName, TypeSummary>,
    pub routes: Routes,
    pub redirects: BTreeMap<PagePath, Redirect>,
    pub not_found: BTreeMap<Locale, ContentHash>,
    /// Path of the search page by locale.
    pub search: BTreeMap<Locale, PagePath>,
    /// What it becomes by itself, in the order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<Moment>,
    /// The moments that have come since it was released, milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reached: Vec<u64>,
}

impl SiteRecord {
    /// Path patterns of a type's records by locale, without pages that search engines shall not show.
    pub fn shown_paths(&self, kind: &TypeName) -> impl Iterator<Item = (&Locale, &str)> {
        let hidden = |path: &str| {
            let patterns = &self.routes.patterns;
            patterns.iter().any(|p| p.route.noindex && path.strip_prefix(&p.prefix) == Some(":slug"))
        };
        let paths = self.types.get(kind).into_iter().flat_map(|summary| &summary.paths);
        paths.map(|(locale, path)| (locale, path.as_str())).filter(move |(_, path)| !hidden(path))
    }
}

/// The sections before and after every page of a locale, as raw JSON lists.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Frame {
    pub before: Box<RawValue>,
    pub after: Box<RawValue>,
}

/// What the document's head needs of the theme.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ThemeSummary {
    pub hash: ContentHash,
    pub background_light: String,
    pub background_dark: String,
    #[serde(deserialize_with = "crate::asset::owned")]
    pub logo: Option<Image<'static>>,
    #[serde(deserialize_with = "crate::asset::owned")]
    pub logo_dark: Option<Image<'static>>,
    #[serde(deserialize_with = "crate::asset::owned")]
    pub icon: Option<Image<'static>>,
    pub preload: Vec<FontFace>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    pub to: String,
    pub status: u16,
}

/// The table from path to page. Exact paths of a small site stand in the record itself; those of a large one
/// stand in shards under their own keys, and in the record those that have become others since. Patterns (detail
/// pages of records) are few and always here.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Routes {
    pub exact: BTreeMap<PagePath, Route>,
    /// Hash of the set of shards and their number, where the table is in shards.
    pub shards: Option<Shards>,
    /// Paths that stand in a shard and are no page's any more.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub gone: BTreeSet<PagePath>,
    pub patterns: Vec<Pattern>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shards {
    pub hash: ContentHash,
    pub count: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub page: ContentHash,
    pub locale: Locale,
    /// Names of the query parameters that change the page; all others are ignored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<String>,
    /// Whether the page stays out of sitemaps.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub noindex: bool,
    /// Pages of the same group are translations of each other.
    pub group: String,
    /// In a shard, where the group's other pages are out of sight: all of them that may be indexed, itself included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translations: Vec<(Locale, PagePath)>,
}

/// The detail page of a type's records: `prefix` and the record's slug make the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    pub prefix: String,
    pub kind: TypeName,
    pub route: Route,
}

/// More exact paths than this go into shards, so that the host record stays small enough to parse in passing.
pub const MAX_INLINE_ROUTES: usize = 400;

/// A shard of the route table.
pub type RouteShard = BTreeMap<PagePath, Route>;

/// Number of the shard that holds a path: FNV-1a, because it must never change between builds.
pub fn shard_of(path: &PagePath, count: u32) -> u32 {
    let hash = path.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash % u64::from(count.max(1))) as u32
}

/// A published page: `page/<site>/<hash>`, immutable. JSON Lines (<https://jsonlines.org>): the page, then the
/// props of one section a line, so that finding where they end does not mean reading them twice.
#[derive(Debug, Clone, Deserialize)]
pub struct PageRecord<'a> {
    pub v: u32,
    pub id: PageId,
    pub locale: Locale,
    /// Present on a detail page: the type of the record that the path names.
    #[serde(default)]
    pub entity: Option<TypeName>,
    #[serde(borrow)]
    pub title: Cow<'a, str>,
    #[serde(borrow)]
    pub description: Cow<'a, str>,
    #[serde(borrow, default)]
    pub image: Option<Image<'a>>,
    #[serde(default)]
    pub noindex: bool,
    /// Locale and path of the page's translations, itself included; empty where there is no other.
    #[serde(default)]
    pub alternates: Vec<(Locale, PagePath)>,
    /// When the page was last published, RFC 3339.
    #[serde(borrow, default)]
    pub updated: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "crate::section::each_by_itself")]
    pub sections: Vec<Section<'a>>,
    /// The lines behind the first.
    #[serde(skip)]
    pub lines: Vec<&'a str>,
}

impl<'a> PageRecord<'a> {
    pub fn parse(text: &'a str) -> Result<Self, Unreadable> {
        let mut lines = lines(text);
        let page = lines.next().unwrap_or_default();
        let mut record: Self = json::from_str(page).map_err(|e| Unreadable(format!("page record: {e}")))?;
        record.lines = lines.collect();
        if record.v > VERSION {
            return Err(Unreadable(format!(
                "page record: version {} is newer than {VERSION}; deploy the Worker first",
                record.v
            )));
        }
        Ok(record)
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (line, after) = match find_byte(text.as_bytes(), 0, b'\n') {
            Some(end) => (text.get(..end)?, text.get(end + 1..)),
            None => (text, None),
        };
        rest = after;
        Some(line)
    })
}
