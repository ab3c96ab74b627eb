//! Content records as components read them, out of the JSON that the store answers with.

use crate::component::Undrawable;
use crate::cx::Cx;
use crate::write::{Html, Text};
use model::asset::Image;
use model::query::Query;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A record with all its fields. The answer to `Query::Record`:
/// `[id, slug, published_at, title, summary, fields, [[locale, slug], …]]`, or `null` where there is none.
#[derive(Debug, Clone, Deserialize)]
pub struct Record<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    #[serde(borrow)]
    pub slug: Cow<'a, str>,
    #[serde(borrow)]
    pub published_at: Cow<'a, str>,
    #[serde(borrow)]
    pub title: Cow<'a, str>,
    #[serde(borrow)]
    pub summary: Cow<'a, str>,
    #[serde(borrow)]
    pub fields: &'a RawValue,
    /// Locale and slug of the record's translations, itself included.
    pub alternates: Vec<(String, String)>,
}

impl<'a> Record<'a> {
    pub fn parse(json: &'a str) -> Option<Self> {
        serde_json::from_str::<Option<Self>>(json).ok().flatten()
    }

    pub fn fields<F: Deserialize<'a>>(&self) -> Result<F, Undrawable> {
        serde_json::from_str(self.fields.get()).map_err(|e| Undrawable(format!("record {}: {e}", self.id)))
    }

    /// The picture that stands for the record.
    pub fn image(&self) -> Option<Image<'a>> {
        #[derive(Deserialize)]
        struct Pictured<'a> {
            #[serde(borrow, default)]
            image: Option<Image<'a>>,
        }
        serde_json::from_str::<Pictured>(self.fields.get()).ok()?.image
    }
}

/// The record that a detail page shows, where it was found.
pub fn current<'a>(cx: &Cx<'a>) -> Option<Record<'a>> {
    let query: Query = cx.record_query()?;
    Record::parse(cx.answers.get(&query)?)
}

/// The record that a detail page shows; a section that needs it is not drawn without.
pub fn required<'a>(cx: &Cx<'a>) -> Result<Record<'a>, Undrawable> {
    current(cx).ok_or_else(|| {
        Undrawable(
            "the page shows no record: use this component on a page whose path ends in /:slug".to_owned(),
        )
    })
}

/// An entry of a list: `[id, slug, published_at, sort, fields]`.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    #[serde(borrow)]
    pub slug: Cow<'a, str>,
    #[serde(borrow)]
    pub published_at: Cow<'a, str>,
    pub sort: model::entity::SortKey,
    #[serde(borrow)]
    pub fields: &'a RawValue,
}

/// A hit of the search: `[path, title, summary, in_title, row]`.
#[derive(Debug, Clone, Deserialize)]
pub struct Hit<'a> {
    #[serde(borrow)]
    pub path: Cow<'a, str>,
    #[serde(borrow)]
    pub title: Text<'a>,
    #[serde(borrow)]
    pub summary: Text<'a>,
    pub in_title: u8,
    pub row: i64,
}

/// A record that another one refers to: `[id, type, slug, title]`.
#[derive(Debug, Clone, Deserialize)]
pub struct Related<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    #[serde(borrow)]
    pub slug: Cow<'a, str>,
    #[serde(borrow)]
    pub title: Text<'a>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Money<'a> {
    pub amount: i64,
    #[serde(borrow)]
    pub currency: &'a str,
}

impl Money<'_> {
    pub fn text(&self, cx: &Cx) -> String {
        model::locale::price(cx.locale, self.amount, self.currency)
    }

    /// The amount as schema.org wants it: `1299.00`.
    pub fn decimal(&self) -> String {
        let digits = model::locale::minor_digits(self.currency);
        let text = format!("{:0width$}", self.amount.unsigned_abs(), width = digits + 1);
        match text.split_at_checked(text.len() - digits) {
            Some((whole, minor)) if !minor.is_empty() => format!("{whole}.{minor}"),
            _ => text,
        }
    }
}

/// The fields of a product that product components know.
#[derive(Debug, Clone, Deserialize)]
pub struct Product<'a> {
    #[serde(borrow)]
    pub title: Text<'a>,
    #[serde(borrow, default)]
    pub brand: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub summary: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub description: Option<Html<'a>>,
    #[serde(borrow, default)]
    pub image: Option<Image<'a>>,
    #[serde(borrow, default)]
    pub images: Vec<Image<'a>>,
    #[serde(borrow, default)]
    pub price: Option<Money<'a>>,
    #[serde(borrow, default)]
    pub was: Option<Money<'a>>,
    #[serde(borrow, default)]
    pub sku: Option<Text<'a>>,
    #[serde(default)]
    pub stock: Option<i64>,
    #[serde(default)]
    pub rating: Option<f64>,
    #[serde(borrow, default)]
    pub specs: Vec<Spec<'a>>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Spec<'a> {
    #[serde(borrow)]
    pub label: Text<'a>,
    #[serde(borrow)]
    pub value: Text<'a>,
}

/// The fields of a post that blog components know.
#[derive(Debug, Clone, Deserialize)]
pub struct Post<'a> {
    #[serde(borrow)]
    pub title: Text<'a>,
    #[serde(borrow, default)]
    pub summary: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub body: Option<Html<'a>>,
    #[serde(borrow, default)]
    pub image: Option<Image<'a>>,
    #[serde(borrow, default)]
    pub author: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub topic: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub topics: Vec<Text<'a>>,
    #[serde(default)]
    pub reading_minutes: Option<i64>,
}
