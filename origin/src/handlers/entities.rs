//! Records: save, publish, hide, trash and restore, one or many.

use crate::access::{Permission, SiteAccess};
use crate::call::Call;
use crate::change::{Event, look_and_make, make};
use crate::handlers::documents::{base, conflict, tag, unless_changed};
use crate::http::{Answer, Reply};
use crate::plan::{self, Metric};
use crate::problem::{At, Refusal, unless_good};
use crate::records::{self, Context, Outcome, Wanted};
use crate::repo::entities;
use crate::secret;
use crate::stores::{Row, rows};
use intake::draft;
use intake::parse::parse;
use model::Problem;
use model::ids::EntityId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    #[schemars(length(min = 1, max = 64))]
    pub r#type: String,
    #[schemars(length(max = 35))]
    pub locale: String,
    /// Records of the same group are translations of each other.
    #[serde(default)]
    pub group: Option<String>,
    pub slug: String,
    /// RFC 3339 in UTC; now unless it says otherwise.
    #[serde(default)]
    pub published_at: Option<String>,
    pub fields: Map<String, Value>,
    /// Whether visitors see it at once; else it waits as a draft.
    #[serde(default)]
    pub publish: bool,
}

#[derive(Serialize, JsonSchema)]
pub struct Saved {
    pub id: String,
    pub revision: u64,
}

#[derive(Serialize, JsonSchema)]
pub struct Page {
    /// In the order that was asked for; newest change first without one.
    pub entities: Vec<Summary>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Summary {
    pub id: String,
    pub r#type: String,
    pub locale: String,
    pub group: String,
    pub slug: Option<String>,
    pub title: String,
    /// `draft`, `published` or `trashed`.
    pub status: String,
    pub revision: u64,
    pub published_revision: Option<u64>,
    pub published_at: Option<String>,
    pub updated_at: String,
    /// With `include=document`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<Value>,
}

pub fn summary(row: &Row) -> Summary {
    Summary {
        id: row.text("id"),
        r#type: row.text("kind"),
        locale: row.text("locale"),
        group: row.text("group_id"),
        slug: row.maybe_text("slug"),
        title: row.text("title"),
        status: row.text("status"),
        revision: row.number("revision"),
        published_revision: row.maybe_number("published_revision"),
        published_at: row.maybe_text("published_at"),
        updated_at: row.text("updated_at"),
        document: None,
    }
}

pub async fn show_entity(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = entities::get(call.stores, access, call.param("id")).await?.ok_or(Refusal::NotFound)?;
    let entity = Summary { document: Some(row.json("document")?), ..summary(&row) };
    Ok(Reply::json(200, &entity).with("etag", tag(row.number("revision"))))
}

/// A record as it was given; problems name its paths.
fn wanted(call: &Call, id: &str, given: Given, base: Option<u64>) -> Result<Wanted, Refusal> {
    let mut problems = vec![];
    if let Err(e) = EntityId::parse(id) {
        problems.push(Problem::new("id", e.to_string()));
    }
    let locale = model::names::Locale::parse(&given.locale);
    if let Err(e) = &locale {
        problems.push(Problem::new("locale", e.to_string()));
    }
    unless_good(problems)?;
    let Ok(locale) = locale else { return Err(Refusal::NotFound) };
    let record = draft::Record {
        id: id.to_owned(),
        group: given.group,
        slug: given.slug,
        locale,
        published_at: given.published_at.unwrap_or_else(|| crate::clock::text(call.stores.now())),
        fields: Value::Object(given.fields),
        publish: given.publish,
    };
    let document = records::document(&given.r#type, &record);
    Ok(Wanted { kind: given.r#type, given: record, document, publish: given.publish, base, again: false })
}

pub async fn create_entity(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Given = call.body()?;
    let id = secret::id(call.stores)?;
    save(call, access, &id, given, Some(0)).await
}

pub async fn save_entity(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Given = call.body()?;
    let (id, based) = (call.param("id"), base(call)?);
    let known = entities::get(call.stores, access, id).await?;
    match (&known, based) {
        (Some(_), None) => return Err(Refusal::NoBase),
        (None, Some(_)) => return Err(Refusal::NotFound),
        _ => {}
    }
    save(call, access, id, given, Some(based.unwrap_or(0))).await
}

async fn save(call: &Call<'_>, access: &SiteAccess, id: &str, given: Given, base: Option<u64>) -> Answer {
    if given.publish {
        access.in_tenant().require(Permission::Publish)?;
    }
    let context = Context::of(call.stores, access).await?;
    let wanted = wanted(call, id, given, base)?;
    answer(call, access, &context, wanted, "edit").await
}

async fn answer(
    call: &Call<'_>,
    access: &SiteAccess,
    context: &Context,
    wanted: Wanted,
    cause: &'static str,
) -> Answer {
    let (id, yours) = (wanted.given.id.clone(), wanted.document.clone());
    let reply = |outcomes: &[Outcome]| match outcomes.first() {
        Some(Outcome::Created(revision)) if call.request.method == "POST" => {
            saved(201, access, &id, *revision)
        }
        Some(Outcome::Created(revision)) => saved(200, access, &id, *revision),
        Some(Outcome::Changed(revision) | Outcome::Unchanged(revision)) => saved(200, access, &id, *revision),
        _ => Reply::empty(204),
    };
    let (outcomes, kept) =
        records::write(call, access, context, &[wanted], cause, &|_| vec![], reply).await?;
    match (kept, outcomes.into_iter().next()) {
        (Some(kept), _) => Ok(kept),
        (None, Some(Outcome::Refused(problems))) => Err(Refusal::Invalid(problems)),
        (None, Some(Outcome::Stale(row))) => {
            conflict(Some(&row), serde_json::from_str(&yours).unwrap_or_default())
        }
        (None, Some(outcome)) => Ok(reply(&[outcome])),
        (None, None) => Err(Refusal::NotFound),
    }
}

fn saved(status: u16, access: &SiteAccess, id: &str, revision: u64) -> Reply {
    let reply = Reply::json(status, &Saved { id: id.to_owned(), revision }).with("etag", tag(revision));
    if status == 201 {
        reply.with("location", format!("/api/v1/sites/{}/entities/{id}", access.site()))
    } else {
        reply
    }
}

/// A saved document as it is written again.
pub fn again(row: &Row, publish: bool) -> Result<Wanted, Problem> {
    let text = row.text("document");
    let mut value: Map<String, Value> = parse(&text)?;
    let kind = value.remove("type").and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    value.insert("id".to_owned(), row.text("id").into());
    let given: draft::Record = parse(&Value::Object(value).to_string())?;
    Ok(Wanted { kind, given, document: text, publish, base: Some(row.number("revision")), again: false })
}

pub async fn publish_entity(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = entities::get(call.stores, access, call.param("id")).await?.ok_or(Refusal::NotFound)?;
    if row.text("status") == "trashed" {
        return Err(Refusal::State("This record is in the trash: restore it first.".to_owned()));
    }
    unless_changed(call, &row)?;
    let context = Context::of(call.stores, access).await?;
    answer(call, access, &context, again(&row, true)?, "edit").await
}

/// Hides a record from visitors; it stays as a draft.
pub async fn unpublish_entity(call: &Call<'_>, access: &SiteAccess) -> Answer {
    hide(call, access, "draft").await
}

/// Moves a record that no other refers to into the trash; its address and unique values are free again.
pub async fn trash_entity(call: &Call<'_>, access: &SiteAccess) -> Answer {
    hide(call, access, "trashed").await
}

async fn hide(call: &Call<'_>, access: &SiteAccess, status: &'static str) -> Answer {
    let id = call.param("id");
    let what = format!("the record {id} of {}", access.site());
    look_and_make(&what, async || {
        let row = entities::get(call.stores, access, id).await?.ok_or(Refusal::NotFound)?;
        let before = row.text("status");
        if before == status || before == "trashed" {
            return Ok(Reply::empty(204));
        }
        unless_changed(call, &row)?;
        if before == "published" {
            access.in_tenant().require(Permission::Publish)?;
        }
        let mut statements = vec![entities::unchanged(access, &row)];
        statements.extend(entities::hide(call.stores, access, id, status));
        if status == "trashed" {
            unless_referred(call, access, id).await?;
            statements.push(entities::not_referred(access, id));
            statements.extend(entities::forget(access, id));
            statements.push(plan::counted(access, Metric::Entities, -1.0));
        }
        statements.extend(entities::next_epoch(access));
        let event = Event {
            subject: "entity",
            id: id.to_owned(),
            before: Some(json!({"status": before})),
            after: Some(json!({"status": status})),
        };
        make(call, access, statements, event, Reply::empty(204)).await
    })
    .await
}

async fn unless_referred(call: &Call<'_>, access: &SiteAccess, id: &str) -> Result<(), Refusal> {
    let used = entities::referring(call.stores, access, id).await?;
    if used.is_empty() {
        return Ok(());
    }
    let users: Vec<String> =
        used.iter().map(|row| format!("{} ({})", row.text("from_id"), row.text("field"))).collect();
    Err(Refusal::State(format!("Other records refer to it: {}. Change them first.", users.join(", "))))
}

/// Takes a record out of the trash, as a draft.
pub async fn restore_entity(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = entities::get(call.stores, access, call.param("id")).await?.ok_or(Refusal::NotFound)?;
    if row.text("status") != "trashed" {
        return Ok(saved(200, access, call.param("id"), row.number("revision")));
    }
    let context = Context::of(call.stores, access).await?;
    let wanted = Wanted { again: true, ..older(call, access, &context, &row).await? };
    answer(call, access, &context, wanted, "restore").await
}

/// A saved document as it is written again, its fields under the names that they have now.
async fn older(
    call: &Call<'_>,
    access: &SiteAccess,
    context: &Context,
    row: &Row,
) -> Result<Wanted, Refusal> {
    let mut wanted = again(row, false)?;
    if let (Ok(definition), Value::Object(fields)) =
        (context.definition(&wanted.kind), &mut wanted.given.fields)
        && crate::records::renames::follow(call, access, definition, fields).await?
    {
        wanted.document = records::document(&wanted.kind, &wanted.given);
    }
    Ok(wanted)
}

/// Saves an old state of a record as its newest one, which waits as a draft.
pub async fn restore_revision(call: &Call<'_>, access: &SiteAccess, id: &str, old: &Row) -> Answer {
    let known = entities::get(call.stores, access, id).await?.ok_or(Refusal::NotFound)?;
    if known.text("status") == "trashed" {
        return Err(Refusal::State("This record is in the trash: restore it first.".to_owned()));
    }
    let base = base(call)?.ok_or(Refusal::NoBase)?;
    let mut row = known;
    row.0.insert("document".to_owned(), old.text("document").into());
    let context = Context::of(call.stores, access).await?;
    let wanted = Wanted { base: Some(base), ..older(call, access, &context, &row).await? };
    answer(call, access, &context, wanted, "restore").await
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    #[schemars(length(min = 1, max = 500))]
    pub ids: Vec<String>,
    /// Fields that get a new value in all of them; `null` takes a value away.
    #[serde(default)]
    pub set: Map<String, Value>,
    /// Whether visitors see them afterwards; those that they see already they see changed, where one may publish.
    #[serde(default)]
    pub publish: bool,
}

#[derive(Serialize, JsonSchema)]
pub struct BulkDone {
    pub changed: u64,
    pub unchanged: u64,
    /// What was not changed, by id.
    pub refused: Vec<RefusedOne>,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct RefusedOne {
    pub id: String,
    pub problems: Vec<At>,
}

/// Problems of one of many records, as an answer has them.
const PROBLEMS: usize = 10;

pub fn ats(problems: &[Problem]) -> Vec<At> {
    problems.iter().take(PROBLEMS).map(At::from).collect()
}

/// Bytes of documents that are changed at once: each is in memory several times.
const BULK_BYTES: u64 = 8 * 1024 * 1024;

/// Changes many records at once, each checked by itself.
pub async fn change_entities(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Bulk = call.body()?;
    if given.ids.is_empty() || given.ids.len() > 500 {
        return Err(Problem::new("ids", "name 1 to 500 records").into());
    }
    let may_publish = access.in_tenant().may(Permission::Publish);
    if given.publish {
        access.in_tenant().require(Permission::Publish)?;
    }
    let context = Context::of(call.stores, access).await?;
    let (mut wanted, mut refused) = (vec![], vec![]);
    let ids = json!(given.ids).to_string();
    let sizes = rows(call.stores, access.database(), entities::sizes(access, &ids)).await?;
    let bytes: u64 = sizes.iter().map(|row| row.number("bytes")).sum();
    if bytes > BULK_BYTES {
        let message =
            format!("these records have {bytes} bytes: at most {BULK_BYTES} at once, change them in parts");
        return Err(Problem::new("ids", message).into());
    }
    let present = rows(call.stores, access.database(), entities::present(access, &ids));
    let present: HashMap<String, Row> = present.await?.into_iter().map(|row| (row.text("id"), row)).collect();
    for id in &given.ids {
        let Some(row) = present.get(id).filter(|row| row.text("status") != "trashed") else {
            let problem = Problem::new("", "there is no such record");
            refused.push(RefusedOne { id: id.clone(), problems: ats(&[problem]) });
            continue;
        };
        let shown = row.text("status") == "published";
        let waits = row.maybe_number("published_revision") != Some(row.number("revision"));
        if shown && waits && may_publish && !given.publish {
            let message = "a change of it waits to be published: publish that first, or send `publish`";
            refused.push(RefusedOne { id: id.clone(), problems: ats(&[Problem::new("", message)]) });
            continue;
        }
        match again(row, given.publish || shown && may_publish) {
            Ok(mut one) => {
                if let Value::Object(fields) = &mut one.given.fields {
                    for (name, value) in &given.set {
                        match value {
                            Value::Null => drop(fields.remove(name)),
                            value => drop(fields.insert(name.clone(), value.clone())),
                        }
                    }
                }
                one.document = records::document(&one.kind, &one.given);
                wanted.push(one);
            }
            Err(problem) => refused.push(RefusedOne { id: id.clone(), problems: ats(&[problem]) }),
        }
    }
    let done = |outcomes: &[Outcome]| {
        let count = |of: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| of(outcome)).count() as u64;
        let mut refused = refused.clone();
        for (one, outcome) in wanted.iter().zip(outcomes) {
            let problems = match outcome {
                Outcome::Refused(problems) => ats(problems),
                Outcome::Stale(_) => ats(&[Problem::new("", "somebody else has just changed it: try again")]),
                _ => continue,
            };
            refused.push(RefusedOne { id: one.given.id.clone(), problems });
        }
        let changed = count(|outcome| matches!(outcome, Outcome::Changed(_) | Outcome::Created(_)));
        let unchanged = count(|outcome| matches!(outcome, Outcome::Unchanged(_)));
        Reply::json(200, &BulkDone { changed, unchanged, refused })
    };
    let (outcomes, replayed) =
        records::write(call, access, &context, &wanted, "bulk", &|_| vec![], done).await?;
    Ok(replayed.unwrap_or_else(|| done(&outcomes)))
}
