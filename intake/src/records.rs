//! The records of a site: read from its files, checked among each other, made ready to be stored.

use crate::content;
use crate::draft;
use crate::files::Files;
use crate::findings::{Found, Unique};
use crate::known::Known;
use crate::links::Links;
use crate::parse::parse;
use crate::release::StoredRecord;
use model::entity::{EntityType, Record};
use model::ids::TypeName;
use model::names::Locale;
use model::problem::{Problem, join};
use model::schema::Kind;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// A stored record and the line it came from.
pub struct Read {
    pub file: String,
    pub line: usize,
    /// It is checked like the others, and nobody sees it.
    pub is_draft: bool,
    pub stored: StoredRecord,
}

/// Reads the lines of the files of records.
pub fn read(
    files: Vec<(String, String)>,
    locales: &[Locale],
    known: &Known,
    found: &mut Found,
    links: &mut Links,
) -> Vec<Read> {
    let (mut records, mut unique) = (vec![], Unique::default());
    let mut seqs: BTreeMap<TypeName, usize> = BTreeMap::new();
    for (file, text) in files {
        let name = file.rsplit('/').next().unwrap_or_default().to_owned();
        let kind = name.split(['-', '.']).next().unwrap_or_default();
        let Some(definition) = TypeName::parse(kind).ok().and_then(|kind| known.types.get(&kind)) else {
            let message = format!("there is no entity type {kind:?}: add types/{kind}.json, or mend it");
            found.problem(&file, Problem::new("", message));
            continue;
        };
        for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let (mut problems, mut is_draft) = (vec![], false);
            let record = match parse::<draft::Record>(line) {
                Ok(given) => {
                    is_draft = !given.publish;
                    content::record(given, definition, locales, known, &mut problems)
                }
                Err(problem) => {
                    problems.push(problem);
                    None
                }
            };
            if let Some(record) = &record {
                let place = format!("line {} of {name}", n + 1);
                let mut claim = |what: &str, key: String, path: &str| {
                    unique.claim(what, format!("{what} {key}"), &place, path, &mut problems);
                };
                let within = format!("{} {}", record.kind, record.locale);
                claim("id", record.id.clone(), "id");
                claim("slug", format!("{within} {}", record.slug), "slug");
                claim("group in this locale", format!("{within} {}", record.group), "group");
                for field in definition.fields.iter().filter(|f| f.unique) {
                    if let Some(value) = record.fields.get(&field.name) {
                        claim(&field.name, format!("{within} {value}"), &join("fields", &field.name));
                    }
                }
            }
            if let (Some(record), true) = (record, problems.is_empty()) {
                let seq = seqs.entry(record.kind.clone()).or_default();
                links.take(&file, Some(n + 1), None, known);
                let stored = content::stored(record, definition, *seq);
                *seq += usize::from(!is_draft);
                records.push(Read { file: file.clone(), line: n + 1, is_draft, stored });
            }
            known.links.take();
            found.problems(&file, problems.into_iter().map(|p| content::at_line(n + 1, p)).collect());
        }
    }
    records
}

/// What one record is checked against, where the content store has the others.
pub struct Checks<'a> {
    pub types: &'a BTreeMap<TypeName, EntityType>,
    pub locales: &'a [Locale],
    pub files: &'a dyn Files,
}

impl Checks<'_> {
    /// Makes a record ready to be stored; `None` where it has problems. Whether its address and its unique values are
    /// free, and its relations lead somewhere, only the store knows.
    pub fn record(
        &self,
        given: draft::Record,
        definition: &EntityType,
        problems: &mut Vec<Problem>,
    ) -> Option<StoredRecord> {
        let (none, mentioned, summaries) = (BTreeMap::new(), RefCell::default(), BTreeMap::new());
        let known = Known {
            files: self.files,
            types: self.types,
            summaries: &summaries,
            details: &[],
            own: &none,
            parameters: None,
            locale: None,
            entity: None,
            links: &mentioned,
        };
        let record = content::record(given, definition, self.locales, &known, problems)?;
        Some(content::stored(record, definition, 0))
    }
}

/// The relations of a record: the place of each, the id that it names and the type that this must have.
pub fn relations_of(record: &Record, definition: &EntityType) -> Vec<(String, String, String)> {
    let mut found = vec![];
    for field in &definition.fields {
        if let Some(value) = record.fields.get(&field.name) {
            collect_relations(&field.kind, value, &join("fields", &field.name), &mut found);
        }
    }
    found
}

fn collect_relations(kind: &Kind, value: &Value, at: &str, found: &mut Vec<(String, String, String)>) {
    match (kind, value) {
        (Kind::Relation { to }, Value::String(id)) => found.push((at.to_owned(), id.clone(), to.to_string())),
        (Kind::List { of, .. }, Value::Array(items)) => {
            for (n, item) in items.iter().enumerate() {
                collect_relations(of, item, &format!("{at}[{n}]"), found);
            }
        }
        (Kind::Object { fields }, Value::Object(values)) => {
            for field in fields {
                if let Some(value) = values.get(&field.name) {
                    collect_relations(&field.kind, value, &join(at, &field.name), found);
                }
            }
        }
        _ => {}
    }
}

/// Finds relations to what is not there or is of another type, and groups of records of several types.
pub fn check_among(records: &[Read], types: &BTreeMap<TypeName, EntityType>, found: &mut Found) {
    let kinds: HashMap<&str, &TypeName> =
        records.iter().map(|r| (r.stored.record.id.as_str(), &r.stored.record.kind)).collect();
    let mut groups: HashMap<&str, &Read> = HashMap::new();
    for read in records {
        let record = &read.stored.record;
        let mut problems = vec![];
        let relations = types.get(&record.kind).map(|definition| relations_of(record, definition));
        for (at, id, to) in relations.unwrap_or_default() {
            problems.extend(leads(&at, &id, &to, kinds.get(id.as_str()).map(|kind| kind.as_str())));
        }
        let first = groups.entry(record.group.as_str()).or_insert(read);
        if first.stored.record.kind != record.kind {
            let place = format!("line {} of {}", first.line, first.file);
            let message = format!("the group of a {} in {place}: choose another", first.stored.record.kind);
            problems.push(Problem::new("group", message));
        }
        found.problems(&read.file, problems.into_iter().map(|p| content::at_line(read.line, p)).collect());
    }
}

/// What is wrong with a relation to a record of a type, or to none.
pub fn leads(at: &str, id: &str, to: &str, kind: Option<&str>) -> Option<Problem> {
    match kind {
        Some(kind) if kind == to => None,
        Some(kind) => Some(Problem::new(at, format!("{id:?} is a {kind}: name the id of a {to}"))),
        None => {
            Some(Problem::new(at, format!("there is no record {id:?}: add it, or name the id of a {to}")))
        }
    }
}
