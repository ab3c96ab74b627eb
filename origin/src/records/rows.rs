//! Rows of records, as CSV or JSON, into the form that is checked.

use crate::problem::Refusal;
use intake::table::{self, Place};
use model::Problem;
use model::entity::EntityType;
use model::names::Locale;
use model::schema::Kind;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A row, or what is wrong with its shape.
pub struct Line {
    /// As a person counts: of CSV the line, of JSON the position from 1.
    pub number: u64,
    pub bytes: usize,
    pub record: Result<Given, Problem>,
}

#[derive(Debug, Clone, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Given {
    pub id: String,
    #[serde(default)]
    pub group: Option<String>,
    pub slug: String,
    #[serde(default)]
    pub locale: Option<Locale>,
    #[serde(default)]
    pub published_at: Option<String>,
    pub fields: Value,
    /// `false`: it stays a draft, whatever is asked for all rows.
    #[serde(default)]
    pub publish: Option<bool>,
}

pub fn read(content_type: &str, bytes: &[u8], definition: &EntityType) -> Result<Vec<Line>, Refusal> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Refusal::Malformed("The body is not UTF-8: save it as UTF-8.".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}');
    match content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "text/csv" => csv(text, definition),
        "application/json" => json_list(text),
        "application/jsonl" | "application/x-ndjson" => Ok(json_lines(text)),
        _ => Err(Refusal::Malformed(
            "Send text/csv, application/json (a list) or application/jsonl (an object a line).".to_owned(),
        )),
    }
}

fn json_list(text: &str) -> Result<Vec<Line>, Refusal> {
    let list: Vec<Value> = serde_json::from_str(text)
        .map_err(|e| Refusal::Malformed(format!("The body is not a JSON list: {e}.")))?;
    // Of a name that stands twice the list has one value only.
    intake::parse::parse::<serde::de::IgnoredAny>(text)?;
    let line = |(n, value): (usize, Value)| line(n as u64 + 1, &value.to_string());
    Ok(list.into_iter().enumerate().map(line).collect())
}

fn json_lines(text: &str) -> Vec<Line> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(n, text)| line(n as u64 + 1, text)).collect()
}

fn line(number: u64, text: &str) -> Line {
    Line { number, bytes: text.len(), record: one(text) }
}

fn one(text: &str) -> Result<Given, Problem> {
    // A list would be taken for an object's values in their order.
    if text.trim_start().starts_with('[') {
        return Err(Problem::new("", "expected an object, found a list"));
    }
    intake::parse::parse(text)
}

/// Columns that are no fields.
const OWN: [&str; 5] = ["id", "group", "slug", "locale", "published_at"];

fn csv(text: &str, definition: &EntityType) -> Result<Vec<Line>, Refusal> {
    let separator = table::separator(text);
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).delimiter(separator as u8).from_reader(text.as_bytes());
    let malformed = |e: &dyn std::fmt::Display| Refusal::Malformed(format!("The body is not CSV: {e}."));
    let names: Vec<String> =
        reader.headers().map_err(|e| malformed(&e))?.iter().map(|name| name.trim().to_owned()).collect();
    for name in ["id", "slug"] {
        if !names.iter().any(|n| n == name) {
            let message = format!(
                "there is no column {name:?} in the first line: add it; there are [{}]",
                names.iter().take(100).map(String::as_str).collect::<Vec<_>>().join(", ")
            );
            return Err(Problem::new("", message).into());
        }
    }
    let mut problems = vec![];
    for (n, name) in names.iter().enumerate() {
        if names.iter().take(n).any(|other| other == name) {
            problems.push(Problem::new(
                format!("column {}", n + 1),
                format!("{name:?} stands here already: take it out"),
            ));
        } else if !OWN.contains(&name.as_str()) && definition.field(name).is_none() {
            let known: Vec<&str> = definition.fields.iter().map(|f| f.name.as_str()).collect();
            let message = format!("{} has no field {name:?}; it has [{}]", definition.id, known.join(", "));
            problems.push(Problem::new(format!("column {}", n + 1), message));
        }
    }
    crate::problem::unless_good(problems)?;
    let (mut lines, mut last) = (vec![], (1, text));
    let mut place = Place::new(text);
    for row in reader.records() {
        let row = row.map_err(|e| malformed(&e))?;
        last = place.of(row.position().map_or(0, |at| at.byte()));
        lines.push(Line {
            number: last.0,
            bytes: row.as_slice().len(),
            record: csv_row(&names, &row, definition),
        });
    }
    if table::is_open(last.1, separator) {
        return Err(malformed(&format!("a quote that opens in the row of line {} is never closed", last.0)));
    }
    Ok(lines)
}

fn csv_row(names: &[String], row: &csv::StringRecord, definition: &EntityType) -> Result<Given, Problem> {
    if row.len() != names.len() {
        return Err(Problem::new("", format!("{} cells, the first line has {}", row.len(), names.len())));
    }
    let (mut own, mut fields) = (Map::new(), Map::new());
    for (name, cell) in names.iter().zip(row) {
        if cell.is_empty() {
            continue;
        }
        match definition.field(name).filter(|_| !OWN.contains(&name.as_str())) {
            Some(field) => drop(fields.insert(name.clone(), value(&field.kind, cell))),
            None => drop(own.insert(name.clone(), cell.into())),
        }
    }
    own.insert("fields".to_owned(), Value::Object(fields));
    intake::parse::parse(&Value::Object(own).to_string())
}

/// A cell as the value that its field takes; what does not fit stays a text, which the check then names.
fn value(kind: &Kind, cell: &str) -> Value {
    let text = || Value::from(cell);
    match kind {
        Kind::Integer { .. } => cell.trim().parse::<i64>().map_or_else(|_| text(), Value::from),
        Kind::Number { .. } => match cell.trim().parse::<f64>() {
            Ok(n) if n.is_finite() => json!(n),
            _ => text(),
        },
        Kind::Boolean => match cell.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => true.into(),
            "false" | "0" | "no" => false.into(),
            _ => text(),
        },
        // Several values stand between bars.
        Kind::List { of, .. } if !cell.starts_with('[') => cell
            .split('|')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| value(of, item))
            .collect(),
        Kind::List { .. } | Kind::Object { .. } | Kind::Money | Kind::Image | Kind::Link | Kind::Map => {
            serde_json::from_str(cell).unwrap_or_else(|_| text())
        }
        _ => text(),
    }
}
