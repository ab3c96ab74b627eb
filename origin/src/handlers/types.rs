//! Types of records, changed while their records are shown.

use crate::access::SiteAccess;
use crate::call::Call;
use crate::change::{Event, Lost, make};
use crate::handlers::documents::{base, conflict, tag};
use crate::handlers::entities::{RefusedOne, again, ats};
use crate::http::{Answer, Reply};
use crate::lives::content::types_defaults;
use crate::problem::{Refusal, unless_good};
use crate::publish::{self, Chosen};
use crate::records::renames;
use crate::records::{self, Context, Outcome, unique};
use crate::repo::pieces::{self, Of};
use crate::repo::{releases, types};
use crate::stores::Row;
use intake::parse::parse;
use intake::records::Checks;
use intake::renames::Renames;
use intake::types::{check_type, unknown_names};
use model::Problem;
use model::entity::{EntityType, Index};
use model::ids::TypeName;
use model::problem::join;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

#[derive(Serialize, JsonSchema)]
pub struct Type {
    pub id: String,
    /// `active`; `retired` takes no new records.
    pub status: String,
    pub revision: u64,
    pub updated_at: String,
    pub definition: Value,
}

#[derive(Serialize, JsonSchema)]
pub struct Saved {
    pub id: String,
    pub revision: u64,
    /// Records that do not fit the new definition, 100 at most. With `dry_run` nothing else is done; else the definition
    /// is refused while there are any.
    pub misfits: Vec<RefusedOne>,
    /// Places in sections that get the new names of fields, and are published with them where they were published.
    pub follows: Vec<String>,
    /// Sections that know fields by names of their own: look whether they showed what was renamed.
    pub look_at: Vec<String>,
}

fn shown(row: &Row) -> Result<Type, Refusal> {
    Ok(Type {
        id: row.text("id"),
        status: row.text("status"),
        revision: row.number("revision"),
        updated_at: row.text("updated_at"),
        definition: row.json("definition")?,
    })
}

pub async fn list_types(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let rows = types::list(call.stores, access).await?;
    Ok(Reply::json(200, &rows.iter().map(shown).collect::<Result<Vec<_>, _>>()?))
}

pub async fn show_type(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = types::get(call.stores, access, call.param("id")).await?.ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, &shown(&row)?).with("etag", tag(row.number("revision"))))
}

/// Misfits that are named.
const NAMED: usize = 100;

/// A definition as it was sent, and the new names of fields.
fn given(call: &Call) -> Result<(EntityType, String, Renames), Refusal> {
    let mut given: Map<String, Value> = call.body()?;
    let renamed = given.remove("renamed").unwrap_or_else(|| json!({}));
    let renamed = parse(&renamed.to_string())
        .map_err(|problem| Problem::new(join("renamed", &problem.path), problem.message))?;
    given.insert("id".to_owned(), call.param("id").into());
    let mut given = Value::Object(given);
    types_defaults(&mut given);
    let text = given.to_string();
    let definition: EntityType = parse(&text)?;
    unless_good(unknown_names(&given, &definition))?;
    unless_good(check_type(&definition))?;
    Ok((definition, text, renamed))
}

/// Types of a site.
const MAX: usize = 200;

pub async fn save_type(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let id = call.param("id");
    let (definition, text, renamed) = given(call)?;
    let current = types::get(call.stores, access, id).await?;
    let known = current.as_ref().map_or(0, |row| row.number("revision"));
    // The same change once more, whose first answer was lost, or which was cut off.
    let is_same =
        current.as_ref().is_some_and(|row| row.text("definition") == text && row.text("status") == "active");
    match (base(call)?, &current) {
        (Some(base), Some(_)) if is_same && base + 1 == known => {}
        (Some(base), Some(row)) if base != known => return stale(row, &text),
        (None, Some(_)) => return Err(Refusal::NoBase),
        (Some(_), None) => return Err(Refusal::NotFound),
        _ => {}
    }
    let mut context = Context::of(call.stores, access).await?;
    if current.is_none() && context.types.len() >= MAX {
        return Err(Refusal::State(format!("There are {MAX} types already, with retired ones.")));
    }
    let before = context.types.insert(definition.id.clone(), definition.clone());
    if !is_same {
        let known = before.as_ref().ok_or(Refusal::NotFound);
        unless_good(match renamed.is_empty() {
            true => vec![],
            false => renames::check(&renamed, known?, &definition),
        })?;
    }
    let plan = renames::plan(call, access, id, &renamed).await?;
    let misfits = misfits(call, access, &context, &definition, &renamed).await?;
    let follows: Vec<String> = plan.followers.iter().flat_map(|follower| follower.places.clone()).collect();
    let saved = |revision: u64, misfits| Saved {
        id: id.to_owned(),
        revision,
        misfits,
        follows: follows.clone(),
        look_at: plan.fixed.clone(),
    };
    let dry = call.flag("dry_run")?;
    if dry {
        return Ok(Reply::json(200, &saved(known, misfits)));
    }
    if !misfits.is_empty() {
        let problems = misfits.iter().flat_map(|one| {
            one.problems.iter().map(|at| Problem::new(format!("{}: {}", one.id, at.path), at.message.clone()))
        });
        return Err(Refusal::Invalid(problems.collect()));
    }
    // What pages ask of the type must still be there.
    let mut chosen = Chosen { types: vec![(id.to_owned(), text.clone())], ..plan.chosen() };
    let is_live = releases::head(call.stores, access.scope(), access.database()).await?.is_some();
    if is_live {
        let (_, placed) = publish::check(call, access, &chosen, None).await?;
        crate::source::unless_problems(&placed)?;
        if !renamed.is_empty() {
            renames::both_names(call, access, id, &renamed).await?;
        }
    }
    let made_from = before.as_ref().map(|before| renames::under_new_names(before, &renamed));
    // A rename goes through all records itself.
    let relist =
        renamed.is_empty() && before.as_ref().is_some_and(|before| lists(before) != lists(&definition));
    let revision = if is_same { known } else { known + 1 };
    let mut reply = Reply::json(200, &saved(revision, vec![])).with("etag", tag(revision));
    if !is_same {
        let event = Event {
            subject: "entity_type",
            id: id.to_owned(),
            before: current.as_ref().map(|row| json!({"revision": row.number("revision")})),
            after: Some(json!({"revision": revision})),
        };
        let note = if renamed.is_empty() { String::new() } else { json!(renamed).to_string() };
        let mut statements = types::put(call.stores, access, id, revision, &text, &note, relist);
        statements.extend(plan.saves(call, access));
        reply = match make(call, access, statements, event, reply).await {
            Ok(reply) => reply,
            Err(Lost::Constraint(why)) if why.contains("revisions.") => {
                let row = types::get(call.stores, access, id).await?.ok_or(Refusal::NotFound)?;
                return stale(&row, &text);
            }
            Err(lost) => return Err(lost.into()),
        };
    }
    if is_live {
        (chosen.types, chosen.documents) = (vec![], vec![]);
        publish::publish(call, access, &chosen, None, "").await?;
    }
    if !renamed.is_empty() {
        renames::new_names(call, access, id, &renamed).await?;
    }
    // The same change once more goes on where it was cut off.
    if made_from.is_some_and(|before| is_same || names(&before) != names(&definition)) {
        rewrite(call, access, &context, &definition.id).await?;
    }
    if relist || current.is_some_and(|row| row.maybe_text("lists_after").is_some()) {
        while records::lists::fill(call.stores, access.scope(), access.database(), id).await? {}
    }
    Ok(reply)
}

/// What the lists of records and their unique values are made from.
fn lists(definition: &EntityType) -> (&[Index], &[String], Vec<&str>) {
    let unique = definition.fields.iter().filter(|field| field.unique).map(|field| field.name.as_str());
    (&definition.indexes, &definition.listed, unique.collect())
}

/// What the search and the rows of records say of them.
fn names(definition: &EntityType) -> (&str, Option<&str>) {
    (&definition.title_field, definition.summary_field.as_deref())
}

fn stale(row: &Row, yours: &str) -> Answer {
    let mut row = row.clone();
    let definition = row.0.get("definition").cloned().unwrap_or_default();
    row.0.insert("document".to_owned(), definition);
    conflict(Some(&row), serde_json::from_str(yours).unwrap_or_default())
}

/// The records that a definition does not fit.
async fn misfits(
    call: &Call<'_>,
    access: &SiteAccess,
    context: &Context,
    definition: &EntityType,
    renamed: &Renames,
) -> Result<Vec<RefusedOne>, Refusal> {
    let (mut after, mut misfits, mut taken) = (String::new(), vec![], HashMap::new());
    loop {
        let of = Of { kind: definition.id.as_str(), trash: false };
        let rows = pieces::records(call.stores, access.scope(), access.database(), of, &after).await?;
        let Some(last) = rows.last().map(|row| row.text("id")) else { return Ok(misfits) };
        let wanted: Vec<_> = rows.iter().map(|row| again(row, false)).collect();
        let texts: Vec<String> = rows.iter().map(|row| row.text("document")).collect();
        let names = crate::source::files(texts.iter());
        let library = crate::library::Library::of(call.stores, access, &names).await?;
        let checks = Checks { types: &context.types, locales: context.locales(), files: &library };
        for (row, one) in rows.iter().zip(wanted) {
            let mut problems = vec![];
            match one {
                Ok(mut one) => {
                    if let Value::Object(fields) = &mut one.given.fields {
                        intake::renames::fields(fields, renamed);
                    }
                    let stored = checks.record(one.given, definition, &mut problems);
                    for record in stored.iter().map(|stored| &stored.record) {
                        for (field, value) in unique(record, definition) {
                            let key = (field.clone(), record.locale.clone(), value.clone());
                            let owner = taken.entry(key).or_insert_with(|| record.id.clone());
                            if *owner != record.id {
                                problems.push(records::taken(&field, &value, owner));
                            }
                        }
                    }
                }
                Err(problem) => problems.push(problem),
            }
            if !problems.is_empty() && misfits.len() < NAMED {
                misfits.push(RefusedOne { id: row.text("id"), problems: ats(&problems) });
            }
        }
        after = last;
    }
}

/// Makes the rows of a type's shown records anew, as its definition says now.
async fn rewrite(
    call: &Call<'_>,
    access: &SiteAccess,
    context: &Context,
    kind: &TypeName,
) -> Result<(), Refusal> {
    let mut after = String::new();
    loop {
        let of = Of { kind: kind.as_str(), trash: false };
        let rows = pieces::records(call.stores, access.scope(), access.database(), of, &after).await?;
        let Some(last) = rows.last().map(|row| row.text("id")) else { return Ok(()) };
        // What waits as a draft stays so.
        let shown =
            rows.iter().filter(|row| row.maybe_number("published_revision") == Some(row.number("revision")));
        let wanted: Vec<_> =
            shown.filter_map(|row| Some(records::Wanted { again: true, ..again(row, true).ok()? })).collect();
        let (outcomes, _) =
            records::write(call, access, context, &wanted, "system", &|_| vec![], |_| Reply::empty(204))
                .await?;
        if let Some(Outcome::Refused(problems)) =
            outcomes.into_iter().find(|o| matches!(o, Outcome::Refused(_)))
        {
            return Err(Refusal::Invalid(problems));
        }
        after = last;
    }
}

/// Takes no new records of a type; those that there are stay.
pub async fn retire_type(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let id = call.param("id");
    let row = types::get(call.stores, access, id).await?.ok_or(Refusal::NotFound)?;
    if row.text("status") == "retired" {
        return Ok(Reply::empty(204));
    }
    let event = Event {
        subject: "entity_type",
        id: id.to_owned(),
        before: Some(json!({"status": "active"})),
        after: Some(json!({"status": "retired"})),
    };
    let statement = types::retire(call.stores, access, id);
    Ok(make(call, access, vec![statement], event, Reply::empty(204)).await?)
}
