//! What a component may look at while it is drawn. All of it is data that was read before.

use model::asset::Image;
use model::content_url;
use model::json;
use model::names::{Locale, PagePath};
use model::query::Query;
use model::records::{PageRecord, SiteRecord};
use model::section::Section;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// How widths of a picture are made: stored beside the original, or by Cloudflare's image resizing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Images {
    #[default]
    Stored,
    Cloudflare,
}

/// Query parameters that the page's route knows, decoded, in the order of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub fn new(mut pairs: Vec<(String, String)>) -> Self {
        pairs.retain(|(_, value)| !value.is_empty());
        pairs.sort();
        pairs.dedup_by(|a, b| a.0 == b.0);
        Self(pairs)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The query string of these parameters with some set and some taken out (an empty value), `?` included.
    pub fn with(&self, changes: &[(&str, &str)]) -> String {
        let kept = self
            .0
            .iter()
            .filter(|(n, _)| !changes.iter().any(|(c, _)| c == n))
            .map(|(n, v)| (n.as_str(), v.as_str()));
        let mut pairs: Vec<_> = kept.chain(changes.iter().copied()).filter(|(_, v)| !v.is_empty()).collect();
        pairs.sort_unstable();
        let mut out = String::new();
        for (name, value) in pairs {
            out.push(if out.is_empty() { '?' } else { '&' });
            content_url::push_component(&mut out, name);
            out.push('=');
            content_url::push_component(&mut out, value);
        }
        out
    }
}

/// What the content store answered to the page's queries: JSON texts. A query that is not among them was not
/// answered, and its section says so.
#[derive(Debug, Clone, Default)]
pub struct Answers(pub Vec<(Query, String)>);

impl Answers {
    pub fn get(&self, query: &Query) -> Option<&str> {
        self.0.iter().find(|(q, _)| q == query).map(|(_, json)| json.as_str())
    }
}

/// The sections around every page of a locale.
#[derive(Debug, Default)]
pub struct Framing<'a> {
    pub before: Vec<Section<'a>>,
    pub after: Vec<Section<'a>>,
    /// What could not be read and why.
    pub(crate) notes: Vec<String>,
}

impl<'a> Framing<'a> {
    pub fn of(site: &'a SiteRecord, locale: &Locale) -> Self {
        let mut framing = Self::default();
        let Some(frame) = site.frame.get(locale) else { return framing };
        let mut read = |which: &str, part: &'a RawValue| {
            json::from_str(part.get()).unwrap_or_else(|e| {
                framing.notes.push(format!("frame.{locale}.{which}: {e}"));
                vec![]
            })
        };
        let (before, after) = (read("before", &frame.before), read("after", &frame.after));
        Self { before, after, ..framing }
    }
}

#[derive(Clone, Copy)]
pub struct Cx<'a> {
    pub site: &'a SiteRecord,
    /// The primary host: every absolute URL is made with it.
    pub host: &'a str,
    pub page: &'a PageRecord<'a>,
    pub frame: &'a Framing<'a>,
    pub locale: &'a Locale,
    /// The page's own path, decoded.
    pub path: &'a PagePath,
    /// On a detail page, the slug of the record.
    pub slug: Option<&'a str>,
    pub params: &'a Params,
    pub answers: &'a Answers,
    pub images: Images,
    /// Where the page is not published: shows visible messages in the place of what could not be drawn.
    pub preview: Option<Preview<'a>>,
}

/// What a page that is not published says about itself.
#[derive(Debug, Clone, Copy)]
pub struct Preview<'a> {
    /// When its link ends, RFC 3339.
    pub until: &'a str,
    /// What keeps the drafts from being published.
    pub problems: &'a [String],
}

impl<'a> Cx<'a> {
    /// The query for the record that a detail page shows.
    pub fn record_query(&self) -> Option<Query> {
        let kind = self.page.entity.as_ref()?;
        Some(Query::Record {
            kind: kind.to_string(),
            locale: self.locale.to_string(),
            slug: self.slug?.to_owned(),
        })
    }

    pub fn origin(&self) -> String {
        format!("{}://{}", self.site.scheme, self.host)
    }

    pub fn absolute(&self, path: &str) -> String {
        [&self.site.scheme, "://", self.host, path].concat()
    }

    pub fn is_default_locale(&self) -> bool {
        self.site.locales.first() == Some(self.locale)
    }

    /// Path of the site's start in the page's locale.
    pub fn home(&self) -> Cow<'static, str> {
        if self.is_default_locale() { Cow::Borrowed("/") } else { Cow::Owned(format!("/{}", self.locale)) }
    }

    pub fn site_name(&self) -> &'a str {
        self.site.name.get(self.locale).or_else(|| self.site.name.values().next()).map_or("", String::as_str)
    }

    /// URL of a picture at a width (the original where `None`).
    pub fn image_url(&self, image: &Image, width: Option<u32>) -> String {
        content_url::image(image, width, self.images == Images::Cloudflare)
    }
}
