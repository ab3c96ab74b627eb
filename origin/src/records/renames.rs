//! Fields of a type get other names on a live site.
//!
//! 1. What visitors see of the records gets its values under the new names as well. The old ones go when a record is saved
//!    next: far from the database, visitors see the old pages for up to a minute.
//! 2. The definition and the documents whose sections name the fields are saved as one batch, and published.
//! 3. Records get a revision with the new names alone.
//!
//! So no page asks for a name that no record has. Sent again, a change that was cut off goes on.

use crate::access::SiteAccess;
use crate::call::Call;
use crate::change::{Event, Lost, commit};
use crate::http::Reply;
use crate::problem::Refusal;
use crate::publish::Chosen;
use crate::repo::documents::{self, Saved};
use crate::repo::pieces::{self, Of};
use crate::repo::{entities, renames as repo};
use crate::stores::{self, Statement};
use crate::subject::Subject;
use intake::renames::{self, Renames};
use model::Problem;
use model::entity::EntityType;
use model::schema::Field;
use serde_json::{Map, Value, json};

/// A document whose sections name what is renamed.
pub struct Follower {
    pub subject: Subject,
    pub id: String,
    /// With the new names.
    text: String,
    revision: u64,
    published: bool,
    pub places: Vec<String>,
}

#[derive(Default)]
pub struct Plan {
    pub followers: Vec<Follower>,
    /// Sections that know fields by names of their own.
    pub fixed: Vec<String>,
}

/// What is wrong with new names.
pub fn check(given: &Renames, before: &EntityType, after: &EntityType) -> Vec<Problem> {
    let mut problems = vec![];
    for (n, (old, new)) in given.iter().enumerate() {
        let message = if before.field(old).is_none() {
            format!("there is no field {old:?} to rename")
        } else if after.field(old).is_some() {
            format!("{old:?} still stands in `fields`: take it out there")
        } else if after.field(new).is_none() {
            format!("there is no field {new:?} in `fields`: add it there")
        } else if before.field(new).is_some() || given.values().take(n).any(|other| other == new) {
            format!("{new:?} is another field's name: choose another")
        } else {
            continue;
        };
        problems.push(Problem::new(format!("renamed.{old}"), message));
    }
    let before = under_new_names(before, given);
    let is_as_unique =
        |field: &Field| before.field(&field.name).is_none_or(|known| known.unique == field.unique);
    if problems.is_empty() && !(lists(&before) == lists(after) && after.fields.iter().all(is_as_unique)) {
        let message =
            "goes alone: change lists, `listed`, `unique`, title, summary and picture in a further step";
        problems.push(Problem::new("renamed", message));
    }
    problems
}

/// What the lists of a type are made from.
pub fn lists(definition: &EntityType) -> Value {
    let EntityType { indexes, listed, title_field, summary_field, image_field, .. } = definition;
    json!([indexes, listed, title_field, summary_field, image_field])
}

pub fn under_new_names(definition: &EntityType, renames: &Renames) -> EntityType {
    let mut definition = definition.clone();
    let named = [definition.summary_field.as_mut(), definition.image_field.as_mut()].into_iter().flatten();
    let named = named.chain([&mut definition.title_field]).chain(&mut definition.listed);
    let named = named.chain(definition.fields.iter_mut().map(|field| &mut field.name));
    let indexes = definition.indexes.iter_mut();
    for name in named.chain(indexes.flat_map(|index| index.filter.iter_mut().chain([&mut index.sort]))) {
        if let Some(new) = renames.get(name) {
            name.clone_from(new);
        }
    }
    definition
}

/// Finds the documents that name the fields. One that waits with changes cannot follow: to publish it would show them.
pub async fn plan(
    call: &Call<'_>,
    access: &SiteAccess,
    kind: &str,
    renames: &Renames,
) -> Result<Plan, Refusal> {
    let mut plan = Plan::default();
    let mut problems = vec![];
    if renames.is_empty() {
        return Ok(plan);
    }
    for used in repo::users(call.stores, access, kind).await? {
        let (name, id) = (used.text("subject"), used.text("subject_id"));
        let Some(subject) = Subject::of_name(&name) else { continue };
        let Some(row) = documents::get(call.stores, access, subject, &id).await? else { continue };
        let mut document: Value = row.json("document")?;
        let done = renames::sections(&mut document, kind, renames);
        let at = |path: String| format!("{}: {path}", subject.place(&id));
        plan.fixed.extend(done.fixed.into_iter().map(at));
        let revision = row.number("revision");
        let published = row.maybe_number("published_revision");
        let last_by_system = || async {
            let last = documents::get_revision(call.stores, access, &name, &id, revision).await?;
            Ok::<_, Refusal>(last.is_some_and(|last| last.text("cause") == "system"))
        };
        let waits = published.is_some_and(|n| n != revision);
        if waits && !done.followed.is_empty() {
            let message =
                "names the field and has changes that wait: publish it, or restore what is published, first";
            problems.push(Problem::new(subject.place(&id), message));
        }
        // Followed before the change was cut off, and not published yet.
        let half_done = waits && done.followed.is_empty() && last_by_system().await?;
        if !done.followed.is_empty() || half_done {
            plan.followers.push(Follower {
                subject,
                text: document.to_string(),
                revision,
                published: published.is_some(),
                places: done.followed.into_iter().map(at).collect(),
                id,
            });
        }
    }
    crate::problem::unless_good(problems)?;
    Ok(plan)
}

impl Plan {
    /// What has to be published with the definition, for a check also what it will say.
    pub fn chosen(&self) -> Chosen {
        let of = |subject: Subject| {
            let mine = self.followers.iter().filter(move |f| f.subject == subject && f.published);
            mine.map(|f| f.id.clone()).collect()
        };
        Chosen {
            pages: of(Subject::Page),
            settings: of(Subject::Setting),
            components: of(Subject::Component),
            blocks: of(Subject::Block),
            documents: self.followers.iter().map(|f| (f.subject, f.id.clone(), f.text.clone())).collect(),
            ..Chosen::default()
        }
    }

    pub fn saves(&self, call: &Call, access: &SiteAccess) -> Vec<Statement> {
        let mut statements = vec![];
        for follower in self.followers.iter().filter(|f| !f.places.is_empty()) {
            let (subject, id) = (follower.subject, follower.id.as_str());
            let (revision, document) = (follower.revision + 1, follower.text.as_str());
            let save = Saved { subject, id, revision, document, cause: "system" };
            statements.push(documents::revision(call.stores, access, &save));
            statements.push(match subject {
                Subject::Page => documents::put_page(call.stores, access, &save),
                _ => documents::put(call.stores, access, &save),
            });
        }
        statements
    }
}

/// Gives what visitors see of the records its values under both names.
pub async fn both_names(
    call: &Call<'_>,
    access: &SiteAccess,
    kind: &str,
    renames: &Renames,
) -> Result<(), Refusal> {
    let mut after = String::new();
    loop {
        let of = Of { kind, trash: false };
        let ids = pieces::ids(call.stores, access.scope(), access.database(), of, &after).await?;
        let Some(last) = ids.last() else { return Ok(()) };
        let statements = repo::both_names(access, &json!(ids).to_string(), renames);
        call.stores.batch(access.database(), statements).await?;
        after.clone_from(last);
    }
}

/// Gives the records, also those in the trash, a revision with the new names.
pub async fn new_names(
    call: &Call<'_>,
    access: &SiteAccess,
    kind: &str,
    renames: &Renames,
) -> Result<(), Refusal> {
    let mut after = String::new();
    loop {
        let of = Of { kind, trash: true };
        let rows = pieces::records(call.stores, access.scope(), access.database(), of, &after).await?;
        let Some(last) = rows.last().map(|row| row.text("id")) else { return Ok(()) };
        let mut revisions = vec![];
        for row in &rows {
            let mut document: Map<String, Value> = row.json("document")?;
            if let Some(Value::Object(fields)) = document.get_mut("fields")
                && renames.keys().any(|old| fields.contains_key(old))
            {
                renames::fields(fields, renames);
                revisions.push(json!([
                    row.text("id"),
                    row.number("revision") + 1,
                    Value::Object(document).to_string()
                ]));
            }
        }
        if !revisions.is_empty() {
            let mut statements: Vec<Statement> = stores::lists(revisions)
                .iter()
                .flat_map(|revisions| repo::new_names(call.stores, access, revisions, renames))
                .collect();
            statements.extend(entities::next_epoch(access));
            let event = Event {
                subject: "entity",
                id: kind.to_owned(),
                before: None,
                after: Some(json!({"renamed": renames, "after": after, "to": last})),
            };
            match commit(call, access, statements, event, &Reply::empty(204)).await {
                Ok(_) => {}
                // Somebody has saved one of them since it was read.
                Err(Lost::Constraint(text)) if text.contains("revisions.") => continue,
                Err(lost) => return Err(lost.into()),
            }
        }
        after = last;
    }
}

/// Gives fields of an older state the names that they have now; whether any has another one.
pub async fn follow(
    call: &Call<'_>,
    access: &SiteAccess,
    definition: &EntityType,
    fields: &mut Map<String, Value>,
) -> Result<bool, Refusal> {
    if fields.keys().all(|name| definition.field(name).is_some()) {
        return Ok(false);
    }
    for row in repo::history(call.stores, access, definition.id.as_str()).await? {
        let renames: Renames = row.json("note")?;
        let gone = renames.into_iter().filter(|(old, _)| definition.field(old).is_none());
        renames::fields(fields, &gone.collect());
    }
    Ok(true)
}
