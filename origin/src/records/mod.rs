//! Records are checked and written here, one or many: the row, its revision, lists, relations, unique values, search
//! document and audit row are one batch.

pub mod lists;
pub mod renames;
pub mod rows;

use crate::access::SiteAccess;
use crate::call::Call;
use crate::change::{Event, Lost, commit};
use crate::http::Reply;
use crate::library::Library;
use crate::plan::{self, Metric};
use crate::problem::Refusal;
use crate::repo::documents;
use crate::repo::entities::{self, Rowset};
use crate::source;
use crate::stores::{self, Fault, Row, Statement, Stores};
use crate::subject::General;
use intake::records::{Checks, leads, relations_of};
use intake::{StoredRecord, content, draft};
use model::Problem;
use model::entity::{EntityType, Record};
use model::ids::TypeName;
use model::names::{Locale, PagePath};
use model::problem::join;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What records of a site are checked against.
pub struct Context {
    pub types: BTreeMap<TypeName, EntityType>,
    /// Take no new records.
    retired: BTreeSet<String>,
    locales: Vec<Locale>,
    /// Paths of the pages that show a type's records.
    paths: BTreeMap<(TypeName, Locale), String>,
    /// Types of records that will be written after these, by id: these may refer to them.
    pub coming: HashMap<String, String>,
}

impl Context {
    pub async fn of(stores: &dyn Stores, access: &SiteAccess) -> Result<Self, Fault> {
        let mut answers = stores.batch(access.database(), documents::of_records(access)).await?.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        let general = next().first().and_then(|row| row.json::<General>("document").ok());
        let (mut types, mut retired) = (BTreeMap::new(), BTreeSet::new());
        for row in next() {
            let (Ok(id), Ok(definition)) = (TypeName::parse(&row.text("id")), row.json("definition")) else {
                continue;
            };
            if row.text("status") == "retired" {
                retired.insert(row.text("id"));
            }
            types.insert(id, definition);
        }
        let mut paths = BTreeMap::new();
        for row in next() {
            if let (Ok(kind), Ok(locale)) =
                (TypeName::parse(&row.text("entity")), Locale::parse(&row.text("locale")))
            {
                // Until a page that has moved is published, visitors find records where they were.
                paths
                    .entry((kind, locale))
                    .or_insert_with(|| row.maybe_text("shown").unwrap_or_else(|| row.text("path")));
            }
        }
        Ok(Self {
            types,
            retired,
            locales: general.map(|g| g.locales).unwrap_or_default(),
            paths,
            coming: HashMap::new(),
        })
    }

    pub fn locales(&self) -> &[Locale] {
        &self.locales
    }

    pub fn definition(&self, kind: &str) -> Result<&EntityType, Problem> {
        let found = TypeName::parse(kind).ok().and_then(|kind| self.types.get(&kind));
        found.ok_or_else(|| {
            let known: Vec<&str> = self.types.keys().map(TypeName::as_str).collect();
            Problem::new(
                "type",
                format!("there is no entity type {kind:?}; there are [{}]", known.join(", ")),
            )
        })
    }
}

/// Longest document of a record, in bytes: D1 takes rows of 2 MB (<https://developers.cloudflare.com/d1/platform/limits/>).
const LONGEST: usize = 1_000_000;

/// A record that shall be written.
pub struct Wanted {
    pub kind: String,
    pub given: draft::Record,
    /// As it was given, for its revision.
    pub document: String,
    pub publish: bool,
    /// The revision that it is based on; `None`: whatever there is.
    pub base: Option<u64>,
    /// Whether its rows are made again although it is the same.
    pub again: bool,
}

/// The document of a record: what a person wrote.
pub fn document(kind: &str, given: &draft::Record) -> String {
    json!({
        "type": kind, "locale": given.locale, "group": given.group, "slug": given.slug,
        "published_at": given.published_at, "fields": given.fields,
    })
    .to_string()
}

#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Created(u64),
    Changed(u64),
    /// The same as before.
    Unchanged(u64),
    Refused(Vec<Problem>),
    /// Somebody else has saved it since its base.
    Stale(Box<Row>),
}

/// Others may write the same records at the same time; then what is there is looked at again.
const TRIES: u32 = 8;

/// A shown or waiting record as it will stand.
struct Ready<'a> {
    wanted: &'a Wanted,
    stored: StoredRecord,
    definition: &'a EntityType,
}

/// Writes records. Each is written or refused by itself, and all that are written are one batch, with the statements
/// of `also`.
pub async fn write(
    call: &Call<'_>,
    access: &SiteAccess,
    context: &Context,
    wanted: &[Wanted],
    cause: &'static str,
    also: &dyn Fn(&[Outcome]) -> Vec<Statement>,
    reply: impl Fn(&[Outcome]) -> Reply,
) -> Result<(Vec<Outcome>, Option<Reply>), Refusal> {
    let library = files(call.stores, access, wanted).await?;
    let checks = Checks { types: &context.types, locales: &context.locales, files: &library };
    let mut ready: Vec<Result<Ready, Vec<Problem>>> = vec![];
    for one in wanted {
        let mut problems = vec![];
        let definition = match context.definition(&one.kind) {
            Ok(definition) => definition,
            Err(problem) => {
                ready.push(Err(vec![problem]));
                continue;
            }
        };
        if one.document.len() > LONGEST {
            let message = format!("{} bytes as JSON: a record has at most {LONGEST}", one.document.len());
            ready.push(Err(vec![Problem::new("", message)]));
            continue;
        }
        match checks.record(one.given.clone(), definition, &mut problems) {
            Some(stored) => ready.push(Ok(Ready { wanted: one, stored, definition })),
            None => ready.push(Err(problems)),
        }
    }
    for _ in 0..TRIES {
        let known = Known::of(call.stores, access, &ready).await?;
        let (outcomes, set, new) = known.rows(access, context, &ready, cause);
        let written = outcomes.iter().any(|o| matches!(o, Outcome::Created(_) | Outcome::Changed(_)));
        let also = also(&outcomes);
        if !written && also.is_empty() {
            return Ok((outcomes, None));
        }
        let mut statements = vec![];
        if new > 0 {
            statements.extend(plan::room_for(call.stores, access.in_tenant(), Metric::Entities, new));
            statements.push(plan::counted(access, Metric::Entities, new as f64));
        }
        if written {
            statements.extend(entities::write(call.stores, access, &set));
            statements.extend(entities::next_epoch(access));
        }
        statements.extend(also);
        let event = event(wanted, &outcomes, cause);
        match commit(call, access, statements, event, &reply(&outcomes)).await {
            Ok(kept) => return Ok((outcomes, kept)),
            Err(lost) => match plan::refused(call.stores, access.in_tenant(), Metric::Entities, lost).await {
                // What was looked at has changed in between.
                Lost::Constraint(_) => continue,
                Lost::Refused(refusal) => return Err(refusal),
            },
        }
    }
    Err(Refusal::Unavailable(format!("{}: lost {TRIES} races for the same records", access.site())))
}

async fn files(stores: &dyn Stores, access: &SiteAccess, wanted: &[Wanted]) -> Result<Library, Fault> {
    let texts: Vec<String> = wanted.iter().map(|one| one.document.clone()).collect();
    let names = source::files(texts.iter());
    if names.is_empty() { Ok(Library::default()) } else { Library::of(stores, access, &names).await }
}

fn event(wanted: &[Wanted], outcomes: &[Outcome], cause: &str) -> Event {
    let id = match wanted {
        [one] => one.given.id.clone(),
        _ => cause.to_owned(),
    };
    let revisions: Vec<Value> = wanted
        .iter()
        .zip(outcomes)
        .filter_map(|(one, outcome)| match outcome {
            Outcome::Created(revision) | Outcome::Changed(revision) => Some(json!([one.given.id, revision])),
            _ => None,
        })
        .collect();
    Event { subject: "entity", id, before: None, after: Some(json!({"revisions": revisions})) }
}

/// What there is already.
struct Known {
    records: HashMap<String, Row>,
    addresses: HashMap<(String, String, String), String>,
    values: HashMap<(String, String, String, String), String>,
    targets: HashMap<String, String>,
    tops: HashMap<u64, u64>,
}

/// Unique fields of a record and their values as they are compared.
pub fn unique(record: &Record, definition: &EntityType) -> Vec<(String, String)> {
    let fields = &record.fields;
    let unique = definition.fields.iter().filter(|field| field.unique);
    unique
        .filter_map(|field| {
            let value = fields.get(&field.name)?;
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (!text.is_empty()).then(|| (field.name.clone(), text))
        })
        .collect()
}

/// Another record has the value.
pub fn taken(field: &str, value: &str, owner: &str) -> Problem {
    Problem::new(join("fields", field), format!("{value:?} is taken by {owner}: choose another"))
}

/// The last second whose rows in the search are numbers that D1 gives back as they are: below 2^53.
const LAST_SECOND: u64 = (1 << 33) - 1;

/// Seconds of a time such as `2026-03-14T09:30:00Z` since 1970; the search is in this order.
fn seconds(time: &str) -> u64 {
    let parsed = time::OffsetDateTime::parse(time, &time::format_description::well_known::Rfc3339);
    let seconds = parsed.ok().and_then(|time| u64::try_from(time.unix_timestamp()).ok());
    seconds.unwrap_or_default().min(LAST_SECOND)
}

impl Known {
    async fn of(
        stores: &dyn Stores,
        access: &SiteAccess,
        ready: &[Result<Ready<'_>, Vec<Problem>>],
    ) -> Result<Self, Fault> {
        let (mut ids, mut addresses, mut values) = (vec![], vec![], vec![]);
        let (mut targets, mut times) = (BTreeSet::new(), BTreeSet::new());
        for one in ready.iter().flatten() {
            let record = &one.stored.record;
            ids.push(json!(record.id));
            addresses.push(json!([record.kind, record.locale, record.slug]));
            values.extend(
                unique(record, one.definition)
                    .into_iter()
                    .map(|(field, value)| json!([record.kind, field, record.locale, value])),
            );
            targets.extend(relations_of(record, one.definition).into_iter().map(|(_, id, _)| id));
            times.insert(seconds(&record.published_at));
        }
        let text = |list: Vec<Value>| Value::from(list).to_string();
        let asked = entities::known(
            access,
            &text(ids),
            &text(addresses),
            &text(values),
            &json!(targets).to_string(),
            &json!(times).to_string(),
        );
        let mut answers = stores.batch(access.database(), asked).await?.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        Ok(Self {
            records: next().into_iter().map(|row| (row.text("id"), row)).collect(),
            addresses: next()
                .into_iter()
                .map(|row| ((row.text("kind"), row.text("locale"), row.text("slug")), row.text("id")))
                .collect(),
            values: next()
                .into_iter()
                .map(|row| {
                    (
                        (row.text("kind"), row.text("field"), row.text("locale"), row.text("value")),
                        row.text("id"),
                    )
                })
                .collect(),
            targets: next().into_iter().map(|row| (row.text("id"), row.text("kind"))).collect(),
            tops: next()
                .into_iter()
                .filter_map(|row| Some((row.number("second"), row.maybe_number("top")?)))
                .collect(),
        })
    }

    /// What becomes of each record, the rows of those that are written, and how many more there are then.
    fn rows(
        &self,
        access: &SiteAccess,
        context: &Context,
        ready: &[Result<Ready<'_>, Vec<Problem>>],
        cause: &'static str,
    ) -> (Vec<Outcome>, Rowset, u64) {
        let mut rows = Rows { tops: self.tops.clone(), ..Rows::default() };
        let here: HashMap<&str, &str> = ready
            .iter()
            .flatten()
            .map(|one| (one.stored.record.id.as_str(), one.stored.record.kind.as_str()))
            .collect();
        let mut outcomes = vec![];
        for one in ready {
            outcomes.push(match one {
                Err(problems) => Outcome::Refused(problems.clone()),
                Ok(one) => self.one(access, context, one, &here, &mut rows),
            });
        }
        let new = rows.new;
        (outcomes, rows.set(cause), new)
    }

    fn one(
        &self,
        access: &SiteAccess,
        context: &Context,
        one: &Ready,
        here: &HashMap<&str, &str>,
        rows: &mut Rows,
    ) -> Outcome {
        let record = &one.stored.record;
        let before = self.records.get(&record.id);
        let revision = before.map_or(0, |row| row.number("revision"));
        if let (Some(base), Some(row)) = (one.wanted.base, before)
            && base != revision
        {
            return Outcome::Stale(Box::new(row.clone()));
        }
        let mut problems = self.problems(context, one, before, here, rows);
        if before.is_none() && context.retired.contains(record.kind.as_str()) {
            problems
                .push(Problem::new("type", format!("{} is retired: it takes no new records", record.kind)));
        }
        if !problems.is_empty() {
            return Outcome::Refused(problems);
        }
        let was_shown = before.is_some_and(|row| row.text("status") == "published");
        let same = before.is_some_and(|row| row.text("document") == one.wanted.document);
        let published = before.and_then(|row| row.maybe_number("published_revision"));
        if same && !one.wanted.again && (!one.wanted.publish || (was_shown && published == Some(revision))) {
            return Outcome::Unchanged(revision);
        }
        // Publishing what is saved already makes no new revision.
        let next = if same { revision } else { revision + 1 };
        if !same {
            rows.revisions.push(json!([record.id, next, one.wanted.document]));
        }
        rows.new += u64::from(before.is_none_or(|row| row.text("status") == "trashed"));
        rows.put(access, context, one, next, before);
        if before.is_some() { Outcome::Changed(next) } else { Outcome::Created(next) }
    }

    fn problems(
        &self,
        context: &Context,
        one: &Ready,
        before: Option<&Row>,
        here: &HashMap<&str, &str>,
        rows: &mut Rows,
    ) -> Vec<Problem> {
        let (record, mut problems) = (&one.stored.record, vec![]);
        let kind = record.kind.to_string();
        if let Some(row) = before.filter(|row| row.text("kind") != kind) {
            problems.push(Problem::new(
                "id",
                format!("{} is a {}: choose another id", record.id, row.text("kind")),
            ));
        }
        if !rows.ids.insert(record.id.clone()) {
            problems.push(Problem::new("id", "stands here already: take it out"));
        }
        let address = (kind.clone(), record.locale.to_string(), record.slug.clone());
        let owner = rows.addresses.get(&address).or_else(|| self.addresses.get(&address));
        if let Some(owner) = owner.filter(|owner| **owner != record.id) {
            problems.push(Problem::new("slug", format!("this slug is taken by {owner}: choose another")));
        }
        for (field, value) in unique(record, one.definition) {
            let key = (kind.clone(), field.clone(), record.locale.to_string(), value.clone());
            let owner = rows.taken.get(&key).or_else(|| self.values.get(&key));
            if let Some(owner) = owner.filter(|owner| **owner != record.id) {
                problems.push(taken(&field, &value, owner));
            }
        }
        for (at, id, to) in relations_of(record, one.definition) {
            let found = self.targets.get(&id).map(String::as_str).or_else(|| here.get(id.as_str()).copied());
            let found = found.or_else(|| context.coming.get(&id).map(String::as_str));
            problems.extend(leads(&at, &id, &to, found));
        }
        if problems.is_empty() {
            rows.addresses.insert(address, record.id.clone());
            for (field, value) in unique(record, one.definition) {
                rows.taken.insert((kind.clone(), field, record.locale.to_string(), value), record.id.clone());
            }
        }
        problems
    }
}

/// Rows as they are put together.
#[derive(Default)]
struct Rows {
    ids: HashSet<String>,
    addresses: HashMap<(String, String, String), String>,
    taken: HashMap<(String, String, String, String), String>,
    tops: HashMap<u64, u64>,
    revisions: Vec<Value>,
    rows: Vec<Value>,
    waiting: Vec<Value>,
    anew: Vec<String>,
    lists: Vec<Value>,
    written: Vec<String>,
    drafts: Vec<Value>,
    relations: Vec<Value>,
    targets: BTreeSet<String>,
    values: Vec<Value>,
    documents: Vec<Value>,
    added: BTreeMap<TypeName, u64>,
    new: u64,
}

impl Rows {
    fn put(
        &mut self,
        access: &SiteAccess,
        context: &Context,
        one: &Ready,
        revision: u64,
        before: Option<&Row>,
    ) {
        let record = &one.stored.record;
        let was = before.map(|row| row.text("status"));
        let was_shown = was.as_deref() == Some("published");
        let status = if one.wanted.publish { "published" } else { "draft" };
        self.written.push(record.id.clone());
        let seen = if was_shown { "published" } else { status };
        self.drafts.extend(lists::draft_entries(one.definition, record, seen));
        if was_shown && !one.wanted.publish {
            return self.waiting.push(json!([record.id, revision]));
        }
        self.anew.push(record.id.clone());
        let n = (one.wanted.publish && !was_shown).then(|| {
            let count = self.added.entry(record.kind.clone()).or_default();
            *count += 1;
            *count - 1
        });
        self.rows.push(json!({
            "id": record.id, "kind": record.kind, "locale": record.locale, "group": record.group, "slug": record.slug,
            "title": one.stored.title, "summary": one.stored.summary,
            "status": status,
            "data": record.fields.to_string(), "relations": json!(one.stored.relations).to_string(),
            "at": record.published_at, "n": n, "revision": revision,
            "published": one.wanted.publish.then_some(revision), "was": was,
        }));
        for (field, id, _) in relations_of(record, one.definition) {
            self.targets.insert(id.clone());
            self.relations.push(json!([record.id, field, id]));
        }
        for (field, value) in unique(record, one.definition) {
            self.values.push(json!([record.kind, field, record.locale, value, record.id]));
        }
        if !one.wanted.publish {
            return;
        }
        let listed = one.stored.listed.to_string();
        for entry in &one.stored.entries {
            self.lists.push(json!([
                entry.list,
                entry.sort,
                record.id,
                record.slug,
                record.published_at,
                listed
            ]));
        }
        let path = context.paths.get(&(record.kind.clone(), record.locale.clone()));
        if let Some(path) = path.and_then(|path| PagePath::parse(path).ok()) {
            let page = path.as_str().replace(":slug", &record.slug);
            let d = content::document(access.scope(), &one.stored, one.definition, page);
            let second = seconds(&record.published_at);
            let row = self.tops.get(&second).map_or(second << 20, |top| top + 1);
            self.tops.insert(second, row);
            self.documents.push(json!([row, d.scope, d.title, d.body, d.path, d.summary, record.id]));
        }
    }

    fn set(self, cause: &'static str) -> Rowset {
        let added = self.added.into_iter().map(|(kind, n)| json!([kind, n]));
        Rowset {
            revisions: stores::lists(self.revisions),
            rows: stores::lists(self.rows),
            waiting: stores::lists(self.waiting),
            targets: stores::lists(self.targets.into_iter().map(Value::from)),
            anew: json!(self.anew).to_string(),
            lists: stores::lists(self.lists),
            written: json!(self.written).to_string(),
            drafts: stores::lists(self.drafts),
            relations: stores::lists(self.relations),
            values: stores::lists(self.values),
            documents: stores::lists(self.documents),
            added: Value::from_iter(added).to_string(),
            cause,
        }
    }
}
