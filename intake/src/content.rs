//! Records, each by itself.

use crate::draft;
use crate::html;
use crate::known::Known;
use crate::release::{Document, StoredRecord};
use model::entity::{EntityType, Record};
use model::ids::EntityId;
use model::names::{Locale, Slug};
use model::problem::{Problem, join};
use model::query::search_text;
use model::schema::{Field, Kind};
use model::validate;
use model::{SiteScope, keys};
use serde_json::Value;

/// Checks a record and makes it ready to be stored; `None` where it has problems.
pub fn record(
    mut given: draft::Record,
    definition: &EntityType,
    locales: &[Locale],
    known: &Known,
    problems: &mut Vec<Problem>,
) -> Option<Record> {
    let before = problems.len();
    if let Err(e) = EntityId::parse(&given.id) {
        problems.push(Problem::new("id", e.to_string()));
    }
    if let Some(Err(e)) = given.group.as_deref().map(EntityId::parse) {
        problems.push(Problem::new("group", e.to_string()));
    }
    if let Err(e) = Slug::parse(&given.slug) {
        problems.push(Problem::new("slug", e.to_string()));
    }
    if !locales.contains(&given.locale) {
        problems.push(Problem::new(
            "locale",
            "not among the site's locales: add it there, or choose one of them",
        ));
    }
    if !validate::is_datetime(&given.published_at) {
        problems
            .push(Problem::new("published_at", "expected a time in UTC such as \"2026-03-14T09:30:00Z\""));
    }
    known.object(&mut given.fields, &definition.fields, "fields", problems);
    if problems.len() > before {
        return None;
    }
    let record = given.of_type(definition.id.clone());
    too_many_lists(&record, definition, problems);
    (problems.len() == before).then_some(record)
}

/// Entries in lists that a record may have: each is a row that its every change writes again.
pub const MAX_ENTRIES: usize = 500;

/// A record stands in a list for each combination of values that the list filters by.
fn too_many_lists(record: &Record, definition: &EntityType, problems: &mut Vec<Problem>) {
    let counts: Vec<usize> =
        definition.indexes.iter().map(|index| definition.combinations(record, index)).collect();
    let all = counts.iter().fold(0, |all: usize, n| all.saturating_add(*n));
    let most = definition.indexes.iter().zip(&counts).max_by_key(|(_, n)| **n);
    if let Some((index, n)) = most.filter(|_| all > MAX_ENTRIES) {
        let at = index.filter.first().map_or("fields".to_owned(), |field| join("fields", field));
        let message = format!(
            "the record would stand in {all} lists, {n} of them in {:?} by its values of {}; at most {MAX_ENTRIES}: take values out",
            index.name.as_str(),
            index.filter.join(", ")
        );
        problems.push(Problem::new(at, message));
    }
}

/// A record with everything that is derived from it.
pub fn stored(record: Record, definition: &EntityType, seq: usize) -> StoredRecord {
    StoredRecord {
        title: definition.title(&record).to_owned(),
        summary: definition.summary(&record).to_owned(),
        relations: definition.relations(&record),
        listed: definition.listed_fields(&record),
        entries: definition.list_entries(&record),
        seq,
        record,
    }
}

/// What the search reads of a record, where its type has a detail page.
pub fn document(scope: &SiteScope, stored: &StoredRecord, definition: &EntityType, path: String) -> Document {
    let mut body = String::new();
    searchable(&definition.fields, &stored.record.fields, &mut body);
    let place = keys::search_scope(scope, stored.record.locale.as_str());
    Document {
        kind: "entity",
        id: stored.record.id.clone(),
        scope: keys::search_kind(&place, stored.record.kind.as_str()),
        title: search_text(&stored.title),
        body: search_text(&body),
        path,
        summary: stored.summary.clone(),
        at: stored.record.published_at.clone(),
    }
}

fn searchable(fields: &[Field], values: &Value, body: &mut String) {
    for field in fields.iter().filter(|f| f.searchable) {
        if let Some(value) = values.get(&field.name) {
            push_text(&field.kind, value, body);
        }
    }
}

/// The words of a value, without its markup.
pub fn push_text(kind: &Kind, value: &Value, body: &mut String) {
    match (kind, value) {
        (Kind::Rich { .. } | Kind::Html { .. }, Value::String(text)) => push_words(&html::plain(text), body),
        (Kind::Text { .. } | Kind::LongText { .. }, Value::String(text)) => push_words(text, body),
        (Kind::List { of, .. }, Value::Array(items)) => {
            items.iter().for_each(|item| push_text(of, item, body))
        }
        (Kind::Object { fields }, value) => {
            for field in fields {
                if let Some(value) = value.get(&field.name) {
                    push_text(&field.kind, value, body);
                }
            }
        }
        (Kind::Link, value) => {
            if let Some(Value::String(label)) = value.get("label") {
                push_words(label, body);
            }
        }
        _ => {}
    }
}

fn push_words(text: &str, body: &mut String) {
    if !body.is_empty() {
        body.push('\n');
    }
    body.push_str(text);
}

/// The path of the problem within the record's line.
pub fn at_line(line: usize, problem: Problem) -> Problem {
    Problem { path: format!("line {line}: {}", join("", &problem.path)), message: problem.message }
}
