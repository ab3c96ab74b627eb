//! Content records as components read them, out of the JSON that the store answers with.

use crate::component::Undrawable;
use crate::cx::Cx;
use crate::write::{Html, Text};
use model::asset::Image;
use model::content_url::push_component;
use model::ids::TypeName;
use model::json;
use model::names::encode_path;
use model::query::{Cursor, Query};
use model::safe::is_safe_url;
use serde::Deserialize;
use serde_json::Value;
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
        json::from_str::<Option<Self>>(json).ok().flatten()
    }

    pub fn fields<F: Deserialize<'a>>(&self) -> Result<F, Undrawable> {
        json::from_str(self.fields.get()).map_err(|e| Undrawable(format!("record {}: {e}", self.id)))
    }

    /// The picture that stands for the record.
    pub fn image(&self) -> Option<Image<'a>> {
        #[derive(Deserialize)]
        struct Pictured<'a> {
            #[serde(borrow, default)]
            image: Option<Image<'a>>,
        }
        json::from_str::<Pictured>(self.fields.get()).ok()?.image
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

/// An entry of a list: `[id, slug, published_at, sort, fields]`. The component says what it reads of the
/// fields.
#[derive(Debug, Clone, Deserialize)]
#[serde(bound(deserialize = "F: Deserialize<'de>"))]
pub struct Entry<'a, F = &'a RawValue> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    #[serde(borrow)]
    pub slug: Cow<'a, str>,
    #[serde(borrow)]
    pub published_at: Cow<'a, str>,
    /// Only the first and the last entry of a page are asked for it, so it is not read before.
    #[serde(borrow)]
    sort: &'a RawValue,
    pub fields: F,
}

impl<'a> Entry<'a> {
    /// The entry with the fields that a component reads; one that it cannot read is noted.
    pub fn read<F: Deserialize<'a>>(self, notes: &mut Vec<String>) -> Option<Entry<'a, F>> {
        let Self { id, slug, published_at, sort, fields } = self;
        match json::from_str(fields.get()) {
            Ok(fields) => Some(Entry { id, slug, published_at, sort, fields }),
            Err(e) => {
                notes.push(format!("record {id}: {e}"));
                None
            }
        }
    }
}

impl<F> Entry<'_, F> {
    /// The entry's place in its list.
    pub fn cursor(&self) -> Option<Cursor> {
        let sort = json::from_str(self.sort.get()).ok()?;
        Some(Cursor { sort, id: self.id.to_string() })
    }
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

impl Related<'_> {
    /// Where the record is shown, for types that have a page.
    pub fn href(&self, cx: &Cx) -> Option<String> {
        Some(entry_address(detail_path(cx, &self.kind)?, &self.slug))
    }
}

/// Path pattern of a type's detail page in the page's locale: `/products/:slug`.
pub fn detail_path<'a>(cx: &Cx<'a>, kind: &str) -> Option<&'a str> {
    let kind = TypeName::parse(kind).ok()?;
    cx.site.types.get(&kind)?.paths.get(cx.locale).map(String::as_str)
}

/// The URL that a path pattern and a slug make. A pattern that is no path of this site makes a dead link.
pub fn entry_address(pattern: &str, slug: &str) -> String {
    let Some((before, after)) = pattern.split_once(":slug") else { return page_address(pattern) };
    if !is_own_path(pattern) {
        return "#".to_owned();
    }
    let mut url = encode_path(before);
    push_component(&mut url, slug);
    url.push_str(&encode_path(after));
    url
}

/// The URL of a decoded path; a dead link where it is no path of this site.
pub fn page_address(path: &str) -> String {
    if is_own_path(path) { encode_path(path) } else { "#".to_owned() }
}

fn is_own_path(path: &str) -> bool {
    path.starts_with('/') && is_safe_url(path)
}

/// A name out of an address or a definition as words: `sea-life` becomes `Sea life`. A text that somebody
/// wrote as words stays as it is.
pub fn readable(name: &str) -> Cow<'_, str> {
    if name.chars().any(|c| c.is_whitespace() || c.is_uppercase()) {
        return Cow::Borrowed(name);
    }
    let mut letters = name.chars().map(|c| if matches!(c, '-' | '_') { ' ' } else { c });
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Takes the members without a value out of structured data.
pub fn without_nulls(mut data: Value) -> Value {
    match &mut data {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(|member| *member = without_nulls(member.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_nulls(item.take())),
        _ => {}
    }
    data
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_entries_stay_on_the_site() {
        for (pattern, slug, url) in [
            ("/products/:slug", "aurora-14", "/products/aurora-14"),
            ("/ar/أخبار/:slug", "بحر", "/ar/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/%D8%A8%D8%AD%D8%B1"),
            ("/:slug", "/evil.example", "/%2Fevil.example"),
            ("//evil.example/:slug", "a", "#"),
            ("https://evil.example/:slug", "a", "#"),
            ("javascript:alert(1)", "a", "#"),
        ] {
            assert_eq!(entry_address(pattern, slug), url);
        }
    }

    #[test]
    fn names_become_words_and_words_stay() {
        for (name, words) in
            [("sea-life", "Sea life"), ("starts_at", "Starts at"), ("E-bikes", "E-bikes"), ("", "")]
        {
            assert_eq!(readable(name), words);
        }
    }

    #[test]
    fn amounts_are_written_for_machines() {
        for (amount, currency, text) in
            [(129_900, "EUR", "1299.00"), (5, "EUR", "0.05"), (1200, "JPY", "1200")]
        {
            assert_eq!(Money { amount, currency }.decimal(), text);
        }
    }
}
