//! Records of any type (DataEntity): the type's definition and the ordered lists in which its records stand.
//!
//! A list is a materialised index. A published record has one entry for each index of its type (and for each
//! value of a filter field that is a list), so that reading a page of a list is one range of one B-tree: the
//! number of rows read is the number of rows shown, at any number of records.

use crate::ids::TypeName;
use crate::names::Locale;
use crate::schema::{Field, Kind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityType {
    pub id: TypeName,
    pub name: String,
    pub fields: Vec<Field>,
    /// The field that names a record.
    pub title_field: String,
    pub summary_field: Option<String>,
    pub image_field: Option<String>,
    /// The schema.org type of its detail pages: `Product`, `Article`, `Event`.
    pub schema_org: Option<String>,
    /// Fields that lists show; they are kept beside every list entry.
    pub listed: Vec<String>,
    pub indexes: Vec<Index>,
}

/// An order in which records can be listed, perhaps only those with given values of some fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    pub name: TypeName,
    #[serde(default)]
    pub filter: Vec<String>,
    /// A field, or `published_at`.
    pub sort: String,
}

/// What the edge needs of a type: its lists and where its records live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TypeSummary {
    pub indexes: Vec<Index>,
    pub schema_org: Option<String>,
    /// Path pattern of the detail page by locale: `/products/:slug`.
    pub paths: BTreeMap<Locale, String>,
    /// The field that names a record.
    #[serde(default = "title", skip_serializing_if = "is_title")]
    pub title: String,
    #[serde(default = "summary", skip_serializing_if = "is_summary")]
    pub summary: String,
}

fn title() -> String {
    "title".to_owned()
}

fn is_title(name: &String) -> bool {
    name == "title"
}

fn summary() -> String {
    "summary".to_owned()
}

fn is_summary(name: &String) -> bool {
    name == "summary"
}

impl TypeSummary {
    /// The index of all records by date; a feed is read from it.
    pub fn by_date(&self) -> Option<&Index> {
        self.indexes.iter().find(|i| i.filter.is_empty() && i.sort == "published_at")
    }

    /// The index with exactly these filter fields that sorts like the index called `named`.
    pub fn index_for(&self, named: &str, fields: &[&str]) -> Option<&Index> {
        let sort = &self.indexes.iter().find(|i| i.name.as_str() == named)?.sort;
        self.indexes.iter().find(|i| {
            i.sort == *sort
                && i.filter.len() == fields.len()
                && i.filter.iter().all(|f| fields.contains(&f.as_str()))
        })
    }
}

/// Separates the parts of a list's key; it is taken out of every value.
const SEPARATOR: char = '\u{1f}';

/// The key of a list: type, locale, index and the values of the index's filter fields, in the index's order.
pub fn list_key<'v>(
    kind: &str,
    locale: &str,
    index: &str,
    values: impl IntoIterator<Item = &'v str>,
) -> String {
    let mut key = format!("{kind}{SEPARATOR}{locale}{SEPARATOR}{index}");
    for value in values {
        key.push(SEPARATOR);
        key.extend(value.chars().filter(|c| *c != SEPARATOR));
    }
    key
}

/// Characters of a text that decide its place. All of them stand in the address of the next page.
const SORTED_CHARACTERS: usize = 200;

/// A record's place in a list. Numbers sort before texts, as in SQLite.
#[derive(Debug, Clone, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SortKey {
    Number(f64),
    Text(String),
}

/// Behind every text that is written: no character comes after it.
const LAST: &str = "\u{10ffff}";

impl SortKey {
    /// Before all values.
    pub fn first() -> Self {
        Self::Number(f64::MIN)
    }

    /// Where a record without a value stands.
    pub fn last() -> Self {
        Self::Text(LAST.to_owned())
    }

    /// The place of a text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_lowercase().chars().take(SORTED_CHARACTERS).collect())
    }
}

/// A published record as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub id: String,
    /// Records of the same group are translations of each other.
    pub group: String,
    pub kind: TypeName,
    pub slug: String,
    pub locale: Locale,
    pub published_at: String,
    pub fields: Value,
}

/// An entry of a record in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListEntry {
    pub list: String,
    pub sort: SortKey,
}

impl EntityType {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// The entries of a record in the lists of its type.
    pub fn list_entries(&self, record: &Record) -> Vec<ListEntry> {
        self.entries(record, None)
    }

    /// The same for those who edit: they see also a record without a value to sort by, the last of all.
    pub fn draft_entries(&self, record: &Record) -> Vec<ListEntry> {
        self.entries(record, Some(SortKey::last()))
    }

    fn entries(&self, record: &Record, without: Option<SortKey>) -> Vec<ListEntry> {
        let mut entries = vec![];
        for index in &self.indexes {
            let sort = self.sort_key(record, &index.sort).or_else(|| without.clone());
            let Some(sort) = sort else { continue };
            let mut combinations: Vec<Vec<String>> = vec![vec![]];
            for field in &index.filter {
                let values = filter_values(record.fields.get(field));
                combinations = combinations
                    .iter()
                    .flat_map(|chosen| {
                        values.iter().map(move |v| chosen.iter().cloned().chain([v.clone()]).collect())
                    })
                    .collect();
            }
            for values in combinations {
                let list = list_key(
                    self.id.as_str(),
                    record.locale.as_str(),
                    index.name.as_str(),
                    values.iter().map(String::as_str),
                );
                entries.push(ListEntry { list, sort: sort.clone() });
            }
        }
        entries
    }

    /// In how many lists of an index a record stands.
    pub fn combinations(&self, record: &Record, index: &Index) -> usize {
        let counts = index.filter.iter().map(|field| filter_values(record.fields.get(field)).len());
        counts.fold(1, usize::saturating_mul)
    }

    fn sort_key(&self, record: &Record, field: &str) -> Option<SortKey> {
        if field == "published_at" {
            return Some(SortKey::Text(record.published_at.clone()));
        }
        let value = record.fields.get(field)?;
        match self.field(field).map(|f| &f.kind) {
            Some(Kind::Money) => value.get("amount")?.as_f64().map(SortKey::Number),
            _ => match value {
                Value::Number(n) => n.as_f64().map(SortKey::Number),
                Value::String(text) => Some(SortKey::text(text)),
                Value::Bool(b) => Some(SortKey::Number(f64::from(u8::from(*b)))),
                _ => None,
            },
        }
    }

    /// What lists show of a record: its listed fields.
    pub fn listed_fields(&self, record: &Record) -> Value {
        let listed =
            self.listed.iter().filter_map(|name| Some((name.clone(), record.fields.get(name)?.clone())));
        Value::Object(listed.collect())
    }

    pub fn title<'r>(&self, record: &'r Record) -> &'r str {
        record.fields.get(&self.title_field).and_then(Value::as_str).unwrap_or(&record.slug)
    }

    pub fn summary<'r>(&self, record: &'r Record) -> &'r str {
        self.summary_field.as_ref().and_then(|f| record.fields.get(f)).and_then(Value::as_str).unwrap_or("")
    }

    /// Ids of the records that a record refers to.
    pub fn relations(&self, record: &Record) -> Vec<String> {
        let mut ids = vec![];
        for field in &self.fields {
            let is_relation = match &field.kind {
                Kind::Relation { .. } => true,
                Kind::List { of, .. } => matches!(**of, Kind::Relation { .. }),
                _ => false,
            };
            if is_relation {
                ids.extend(filter_values(record.fields.get(&field.name)));
            }
        }
        ids
    }
}

fn filter_values(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Number(n)) => vec![n.to_string()],
        Some(Value::Bool(b)) => vec![b.to_string()],
        Some(Value::Array(items)) => items.iter().flat_map(|item| filter_values(Some(item))).collect(),
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Cursor;
    use serde_json::json;

    fn post_type() -> EntityType {
        serde_json::from_value(json!({
            "id": "post", "name": "Post", "title_field": "title", "summary_field": null, "image_field": null, "schema_org": null,
            "fields": [
                {"name": "title", "kind": "text"},
                {"name": "price", "kind": "money"},
                {"name": "topics", "kind": "list", "of": {"kind": "text"}}
            ],
            "listed": ["title"],
            "indexes": [
                {"name": "newest", "sort": "published_at"},
                {"name": "topic-price", "filter": ["topics"], "sort": "price"}
            ]
        }))
        .unwrap()
    }

    fn record(fields: Value) -> Record {
        Record {
            id: "p1".into(),
            group: "p1".into(),
            kind: TypeName::parse("post").unwrap(),
            slug: "one".into(),
            locale: Locale::parse("en").unwrap(),
            published_at: "2026-01-02T00:00:00Z".into(),
            fields,
        }
    }

    #[test]
    fn a_record_stands_once_in_each_list_and_once_for_each_value_of_a_list_field() {
        let record = record(
            json!({"title": "One", "price": {"amount": 450, "currency": "EUR"}, "topics": ["sea", "tide"]}),
        );
        let lists: Vec<_> = post_type()
            .list_entries(&record)
            .into_iter()
            .map(|e| (e.list.replace(SEPARATOR, "/"), e.sort))
            .collect();
        assert_eq!(
            lists,
            [
                ("post/en/newest".into(), SortKey::Text("2026-01-02T00:00:00Z".into())),
                ("post/en/topic-price/sea".into(), SortKey::Number(450.0)),
                ("post/en/topic-price/tide".into(), SortKey::Number(450.0)),
            ]
        );
    }

    #[test]
    fn a_record_without_the_sort_field_stands_in_the_other_lists_only() {
        assert_eq!(post_type().list_entries(&record(json!({"topics": ["sea"]}))).len(), 1);
    }

    #[test]
    fn who_edits_sees_a_record_without_the_sort_field_behind_all_others() {
        let entries = post_type().draft_entries(&record(json!({"topics": ["sea"]})));
        let last = entries.last().map(|e| e.sort.clone()).unwrap();
        for before in
            ["", "zebra", "港", "😀"].map(SortKey::text).into_iter().chain([SortKey::Number(f64::MAX)])
        {
            assert!(before < last && SortKey::first() < before, "{before:?}");
        }
        assert_eq!((entries.len(), last), (2, SortKey::last()));
    }

    #[test]
    fn the_place_behind_any_record_can_be_written_into_an_address() {
        let mut by_title = post_type();
        by_title.indexes =
            vec![Index { name: TypeName::parse("title").unwrap(), filter: vec![], sort: "title".into() }];
        for title in ["İ".repeat(5_000), "港".repeat(5_000), "😀~".repeat(300)] {
            let [entry] = &by_title.list_entries(&record(json!({"title": title})))[..] else { panic!() };
            let place = Cursor { sort: entry.sort.clone(), id: "x".repeat(64) };
            assert_eq!(Cursor::parse(&place.to_text()), Some(place));
        }
    }

    #[test]
    fn a_value_cannot_reach_into_another_list() {
        assert_eq!(list_key("post", "en", "by", ["a\u{1f}b"]), list_key("post", "en", "by", ["ab"]));
    }
}
