//! Entity types and records, each by itself.

use crate::draft;
use crate::findings::{Found, Unique};
use crate::html;
use crate::release::{Document, StoredRecord};
use crate::sections::Known;
use model::entity::{EntityType, Record};
use model::ids::{EntityId, TypeName};
use model::names::{Locale, Slug};
use model::problem::{Problem, join};
use model::schema::{Field, Kind};
use model::validate::{self, Context};
use model::{SiteScope, keys};
use serde_json::Value;
use std::collections::BTreeMap;

/// The entity types of a site. One with problems is left out, and its records with it.
pub fn types(given: Vec<(String, EntityType)>, found: &mut Found) -> BTreeMap<TypeName, EntityType> {
    let (mut types, mut unique) = (BTreeMap::new(), Unique::default());
    for (file, definition) in given {
        let mut problems = check_type(&definition);
        unique.claim("id", definition.id.to_string(), &file, "id", &mut problems);
        if problems.is_empty() {
            types.insert(definition.id.clone(), definition);
        }
        found.problems(&file, problems);
    }
    types
}

/// What is wrong with a type's definition.
pub fn check_type(definition: &EntityType) -> Vec<Problem> {
    let mut problems = vec![];
    if definition.id.as_str().contains('-') {
        let why = "no hyphen here: the name of the records' file ends at the first one; write _ for it";
        problems.push(Problem::new("id", why));
    }
    let mut unique = Unique::default();
    for (n, field) in definition.fields.iter().enumerate() {
        let (at, key) = (format!("fields[{n}].name"), format!("field {}", field.name));
        unique.claim("name", key, &format!("fields[{n}]"), &at, &mut problems);
        if let Some(mut default) = field.default.clone() {
            let at = format!("fields[{n}].default");
            validate::one(
                &mut default,
                &field.kind,
                &Context::default(),
                &at,
                &mut problems,
                &mut |_, _, _, _| {},
            );
        }
    }
    for (n, index) in definition.indexes.iter().enumerate() {
        let (at, key) = (format!("indexes[{n}].name"), format!("index {}", index.name));
        unique.claim("name", key, &format!("indexes[{n}]"), &at, &mut problems);
        let sort = definition.field(&index.sort);
        if sort.is_some_and(|field| !sorts(&field.kind)) {
            let why = "cannot be sorted by: name a text, number, day, amount, or published_at";
            problems.push(Problem::new(format!("indexes[{n}].sort"), format!("{:?} {why}", index.sort)));
        }
    }
    let known = |name: &str| definition.field(name).is_some();
    let names = || definition.fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
    let mut must_exist = |path: String, name: &str, also: &str| {
        if !known(name) && name != also {
            problems.push(Problem::new(path, format!("there is no field {name:?}; there are [{}]", names())));
        }
    };
    must_exist("title_field".to_owned(), &definition.title_field, "");
    for (path, field) in
        [("summary_field", &definition.summary_field), ("image_field", &definition.image_field)]
    {
        if let Some(field) = field {
            must_exist(path.to_owned(), field, "");
        }
    }
    for (n, field) in definition.listed.iter().enumerate() {
        must_exist(format!("listed[{n}]"), field, "");
    }
    for (n, index) in definition.indexes.iter().enumerate() {
        must_exist(format!("indexes[{n}].sort"), &index.sort, "published_at");
        for field in &index.filter {
            must_exist(format!("indexes[{n}].filter"), field, "");
        }
    }
    for (n, field) in definition.fields.iter().enumerate() {
        let heavy = matches!(field.kind, Kind::Rich { .. } | Kind::Html { .. });
        if heavy && definition.listed.contains(&field.name) {
            problems.push(Problem::new(
                format!("fields[{n}]"),
                "a formatted text is too heavy for lists: take it out of `listed`",
            ));
        }
    }
    problems
}

fn sorts(kind: &Kind) -> bool {
    !matches!(
        kind,
        Kind::Rich { .. }
            | Kind::Html { .. }
            | Kind::Link
            | Kind::Image
            | Kind::List { .. }
            | Kind::Object { .. }
            | Kind::Map
    )
}

/// Checks a record and makes it ready to be stored; `None` where it has problems.
pub fn record(
    given: draft::Record,
    definition: &EntityType,
    locales: &[Locale],
    known: &Known,
    problems: &mut Vec<Problem>,
) -> Option<Record> {
    let before = problems.len();
    if let Err(e) = EntityId::parse(&given.id) {
        problems.push(Problem::new("id", e.to_string()));
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
    let mut fields = given.fields;
    known.object(&mut fields, &definition.fields, "fields", problems);
    (problems.len() == before).then(|| Record {
        group: given.group.unwrap_or_else(|| given.id.clone()),
        id: given.id,
        kind: definition.id.clone(),
        slug: given.slug,
        locale: given.locale,
        published_at: given.published_at,
        fields,
    })
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
    Document {
        kind: "entity",
        id: stored.record.id.clone(),
        scope: keys::search_scope(scope, stored.record.locale.as_str()),
        title: stored.title.clone(),
        body,
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
