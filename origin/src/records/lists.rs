//! Records stand in the lists of their type, and have its unique values, as its definition says. Where that changes, all of
//! them are put there anew, piece by piece. The type's row says how far that is, so that what was cut off goes on.

use crate::records::unique;
use crate::repo::pieces::{self, Of};
use crate::repo::{lists as repo, types};
use crate::stores::{self, Fault, Row, Stores, rows};
use intake::draft;
use intake::parse::parse;
use model::SiteScope;
use model::entity::{EntityType, ListEntry, Record};
use model::names::Locale;
use model::validate;
use serde_json::{Map, Value, json};

/// How long a round goes on: what runs behind an answer has 30 s
/// (<https://developers.cloudflare.com/workers/platform/limits/#duration>).
const TIME: u64 = 20_000;

/// Goes on with the lists of all types whose definition has changed.
pub async fn fill_due(stores: &dyn Stores, database: &str) -> Result<(), Fault> {
    let until = stores.now() + TIME;
    for due in types::to_list(stores, database).await? {
        let Some(scope) = crate::access::unfinished(&due.text("site_id")) else { continue };
        while fill(stores, &scope, database, &due.text("id")).await? {
            if stores.now() > until {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Puts the next records of a type into its lists. False where there are no more.
pub async fn fill(stores: &dyn Stores, scope: &SiteScope, database: &str, kind: &str) -> Result<bool, Fault> {
    let under_way = rows(stores, database, types::under_way(scope, kind)).await?.into_iter().next();
    let Some(row) = under_way else { return Ok(false) };
    let definition: EntityType = row.json("definition")?;
    let of = Of { kind, trash: false };
    let ids = pieces::ids(stores, scope, database, of, &row.text("lists_after")).await?;
    let found = rows(stores, database, repo::of_records(scope, &ids)).await?;
    let (mut shown, mut drafts, mut values) = (vec![], vec![], vec![]);
    for row in &found {
        let Some(stored) = stored(row, &definition) else { continue };
        let status = row.text("status");
        let is_shown = status == "published";
        if is_shown {
            let listed = definition.listed_fields(&stored).to_string();
            let entry =
                |e: ListEntry| json!([e.list, e.sort, stored.id, stored.slug, stored.published_at, listed]);
            shown.extend(definition.list_entries(&stored).into_iter().map(entry));
        }
        let waits = !is_shown || row.maybe_number("published_revision") != Some(row.number("revision"));
        let saved = if waits { saved(row, &definition) } else { Some(stored) };
        let Some(saved) = saved else {
            stores.log(&format!("{}: the record {} cannot be read", scope.site(), row.text("id")));
            continue;
        };
        drafts.extend(draft_entries(&definition, &saved, &status));
        let unique = unique(&saved, &definition).into_iter();
        values.extend(unique.map(|(field, value)| json!([kind, field, saved.locale, value, saved.id])));
    }
    let seen = found.iter().map(|row| {
        json!([
            row.text("id"),
            row.number("revision"),
            row.text("status"),
            row.maybe_number("published_revision")
        ])
    });
    let set = repo::Anew {
        kind,
        type_before: &row,
        after: ids.last().map(String::as_str),
        seen: Value::from_iter(seen).to_string(),
        ids: json!(ids).to_string(),
        shown: stores::lists(shown),
        drafts: stores::lists(drafts),
        values: stores::lists(values),
    };
    match stores.batch(database, repo::fill(scope, &set)).await {
        Ok(_) => Ok(!ids.is_empty()),
        // Somebody has saved one of them, or the type, since it was read: once more.
        Err(Fault::Constraint(why)) if why.contains("stale_record") => Ok(true),
        Err(fault) => Err(fault),
    }
}

/// Rows of a record in the lists of those who edit.
pub fn draft_entries(definition: &EntityType, record: &Record, status: &str) -> Vec<Value> {
    let entries = definition.draft_entries(record).into_iter();
    entries.map(|entry| json!([entry.list, status, entry.sort, record.id])).collect()
}

/// A record as its row has it.
fn stored(row: &Row, definition: &EntityType) -> Option<Record> {
    Some(Record {
        id: row.text("id"),
        group: row.text("group_id"),
        kind: definition.id.clone(),
        slug: row.text("slug"),
        locale: Locale::parse(&row.text("locale")).ok()?,
        published_at: row.text("published_at"),
        fields: row.json("data").ok()?,
    })
}

/// A record as it was saved last, as far as lists know it: it was checked then.
fn saved(row: &Row, definition: &EntityType) -> Option<Record> {
    let mut document: Map<String, Value> = parse(&row.text("document")).ok()?;
    document.remove("type");
    document.insert("id".to_owned(), row.text("id").into());
    let mut given: draft::Record = parse(&Value::Object(document).to_string()).ok()?;
    let context = validate::Context::default();
    let visit: &mut validate::Visit = &mut |_, _, _, _| {};
    validate::object(&mut given.fields, &definition.fields, &context, "fields", &mut vec![], visit);
    Some(given.of_type(definition.id.clone()))
}
