//! Entity types, each by itself.

use crate::findings::{Found, Unique};
use model::entity::{EntityType, Index};
use model::ids::TypeName;
use model::problem::{Problem, join};
use model::schema::{Field, Kind};
use model::validate::{self, Context};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

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

pub const MAX_FIELDS: usize = 100;
pub const MAX_INDEXES: usize = 30;
/// Fields that one list filters by.
pub const MAX_FILTER: usize = 4;
/// Lists and objects inside each other.
pub const MAX_DEPTH: usize = 5;
pub const MAX_CHOICES: usize = 200;

/// What is wrong with a type's definition.
pub fn check_type(definition: &EntityType) -> Vec<Problem> {
    let mut problems = vec![];
    if definition.id.as_str().contains('-') {
        let why = "no hyphen here: the name of the records' file ends at the first one; write _ for it";
        problems.push(Problem::new("id", why));
    }
    let name = definition.name.trim();
    if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
        problems.push(Problem::new("name", "expected a name of 1 to 120 characters on one line"));
    }
    for (at, n, max) in
        [("fields", definition.fields.len(), MAX_FIELDS), ("indexes", definition.indexes.len(), MAX_INDEXES)]
    {
        if n > max {
            problems.push(Problem::new(at, format!("at most {max}, found {n}: take some out")));
        }
    }
    fields(&definition.fields, "fields", 1, &mut problems);
    for (n, field) in definition.fields.iter().enumerate() {
        let heavy = matches!(field.kind, Kind::Rich { .. } | Kind::Html { .. });
        if heavy && definition.listed.contains(&field.name) {
            let why = "a formatted text is too heavy for lists: take it out of `listed`";
            problems.push(Problem::new(format!("fields[{n}]"), why));
        }
    }
    named_fields(definition, &mut problems);
    indexes(definition, &mut problems);
    problems
}

/// Names in a definition as it was sent that mean nothing: beside a kind without limits, serde passes over them.
pub fn unknown_names(given: &Value, definition: &EntityType) -> Vec<Problem> {
    let mut problems = vec![];
    if let Ok(known) = serde_json::to_value(definition) {
        unknown(given, &known, "", &mut problems);
    }
    problems
}

/// What is left out of a stored field where it says nothing.
const LEFT_OUT: [&str; 5] = ["default", "label", "required", "searchable", "unique"];

fn unknown(given: &Value, known: &Value, at: &str, problems: &mut Vec<Problem>) {
    match (given, known) {
        (Value::Object(given), Value::Object(known)) => {
            for (name, value) in given {
                match known.get(name) {
                    Some(_) if name == "default" => {}
                    Some(known) => unknown(value, known, &join(at, name), problems),
                    None if LEFT_OUT.contains(&name.as_str()) => {}
                    None => problems.push(Problem::new(join(at, name), "unknown name: take it out")),
                }
            }
        }
        (Value::Array(given), Value::Array(known)) => {
            for (n, (given, known)) in given.iter().zip(known).enumerate() {
                unknown(given, known, &format!("{at}[{n}]"), problems);
            }
        }
        _ => {}
    }
}

fn fields(fields: &[Field], at: &str, depth: usize, problems: &mut Vec<Problem>) {
    let mut unique = Unique::default();
    for (n, field) in fields.iter().enumerate() {
        let here = format!("{at}[{n}]");
        let name = format!("{here}.name");
        if let Err(e) = TypeName::parse(&field.name) {
            problems.push(Problem::new(&name, e.to_string()));
        }
        unique.claim("name", format!("field {}", field.name), &here, &name, problems);
        if field.unique && (depth > 1 || !sorts(&field.kind)) {
            let why = "cannot be unique: only texts, numbers, days and the like can";
            problems.push(Problem::new(format!("{here}.unique"), why));
        }
        let before = problems.len();
        kind(&field.kind, &here, depth, problems);
        if let (Some(mut default), true) = (field.default.clone(), problems.len() == before) {
            let at = format!("{here}.default");
            let visit: &mut validate::Visit = &mut |_, _, _, _| {};
            validate::one(&mut default, &field.kind, &Context::default(), &at, problems, visit);
        }
    }
}

fn kind(given: &Kind, at: &str, depth: usize, problems: &mut Vec<Problem>) {
    if depth > MAX_DEPTH {
        let message = format!("more than {MAX_DEPTH} lists and objects inside each other: make it flatter");
        return problems.push(Problem::new(at, message));
    }
    let turned = match given {
        Kind::Number { min: Some(min), max: Some(max) } => min > max,
        Kind::Integer { min: Some(min), max: Some(max) } => min > max,
        Kind::List { min, max, .. } => min > max,
        _ => false,
    };
    if turned {
        problems
            .push(Problem::new(format!("{at}.min"), "is above `max`: nothing would fit; change one of them"));
    }
    match given {
        Kind::Choice { choices } => {
            if choices.is_empty() || choices.len() > MAX_CHOICES {
                let message = format!("expected 1 to {MAX_CHOICES}, found {}", choices.len());
                problems.push(Problem::new(format!("{at}.choices"), message));
            }
            let mut seen = BTreeSet::new();
            for (n, _) in choices.iter().enumerate().filter(|(_, choice)| !seen.insert(&choice.value)) {
                let at = format!("{at}.choices[{n}].value");
                problems.push(Problem::new(at, "stands here already: take it out"));
            }
        }
        Kind::List { of, .. } => kind(of, &format!("{at}.of"), depth + 1, problems),
        Kind::Object { fields: inner } => fields(inner, &format!("{at}.fields"), depth + 1, problems),
        _ => {}
    }
}

/// Fields that the definition names for something.
fn named_fields(definition: &EntityType, problems: &mut Vec<Problem>) {
    let is_text = |kind: &Kind| matches!(kind, Kind::Text { .. } | Kind::LongText { .. });
    let is_picture = |kind: &Kind| matches!(kind, Kind::Image);
    let mut named =
        |at: String, name: &str, fits: &dyn Fn(&Kind) -> bool, what: &str| match definition.field(name) {
            None => problems.push(no_field(at, definition, name)),
            Some(field) if !fits(&field.kind) => {
                problems.push(Problem::new(at, format!("{name:?} is none: name {what}")))
            }
            Some(_) => {}
        };
    named("title_field".to_owned(), &definition.title_field, &is_text, "a field of text");
    if let Some(name) = &definition.summary_field {
        named("summary_field".to_owned(), name, &is_text, "a field of text");
    }
    if let Some(name) = &definition.image_field {
        named("image_field".to_owned(), name, &is_picture, "a field with a picture");
    }
    for (n, name) in definition.listed.iter().enumerate() {
        named(format!("listed[{n}]"), name, &|_| true, "");
    }
}

fn no_field(at: String, definition: &EntityType, name: &str) -> Problem {
    let names: Vec<&str> = definition.fields.iter().map(|field| field.name.as_str()).collect();
    Problem::new(at, format!("there is no field {name:?}; there are [{}]", names.join(", ")))
}

fn indexes(definition: &EntityType, problems: &mut Vec<Problem>) {
    let mut unique = Unique::default();
    for (n, index) in definition.indexes.iter().enumerate() {
        let at = format!("indexes[{n}]");
        unique.claim("name", format!("index {}", index.name), &at, &format!("{at}.name"), problems);
        match definition.field(&index.sort) {
            Some(field) if !sorts(&field.kind) => {
                let why = "cannot be sorted by: name a text, number, day, amount, or published_at";
                problems.push(Problem::new(format!("{at}.sort"), format!("{:?} {why}", index.sort)));
            }
            None if index.sort != "published_at" => {
                problems.push(no_field(format!("{at}.sort"), definition, &index.sort));
            }
            _ => {}
        }
        filter(definition, index, &format!("{at}.filter"), problems);
    }
}

fn filter(definition: &EntityType, index: &Index, at: &str, problems: &mut Vec<Problem>) {
    if index.filter.len() > MAX_FILTER {
        let message = format!("at most {MAX_FILTER} fields, found {}: take some out", index.filter.len());
        problems.push(Problem::new(at, message));
    }
    for (n, name) in index.filter.iter().enumerate() {
        if index.filter.iter().take(n).any(|other| other == name) {
            problems.push(Problem::new(format!("{at}[{n}]"), "stands here already: take it out"));
        }
        match definition.field(name) {
            None => problems.push(no_field(at.to_owned(), definition, name)),
            Some(field) if !filters(&field.kind) => {
                let why = "cannot be filtered by: name a text, a number, a choice, or a list of such";
                problems.push(Problem::new(at, format!("{name:?} {why}")));
            }
            Some(_) => {}
        }
    }
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

fn filters(kind: &Kind) -> bool {
    match kind {
        Kind::List { of, .. } => filters(of),
        kind => sorts(kind) && !matches!(kind, Kind::Money),
    }
}
