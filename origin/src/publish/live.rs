//! A stored release goes live: its records into KV, then the state, then the host records.

use crate::access::SiteAccess;
use crate::kv;
use crate::publish::contents::{Contents, differences};
use crate::repo::kv as wishes;
use crate::repo::releases::{self, Published};
use crate::stores::{Fault, Row, Stores, lists, row, rows};
use intake::Kind;
use model::SiteScope;
use model::ids::ContentHash;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Goes on with whatever of a site's publishing is not done. True where visitors see the newest release.
pub async fn resume(stores: &dyn Stores, scope: &SiteScope, database: &str) -> Result<bool, Fault> {
    // Again where others have made another release live in the meantime.
    while !go_live(stores, scope, database).await? {}
    kv::drain(stores, database, scope.site().as_str()).await
}

/// Makes the newest stored release the live one; false where another one came before it.
async fn go_live(stores: &dyn Stores, scope: &SiteScope, database: &str) -> Result<bool, Fault> {
    let site = scope.site().as_str();
    let state = row(stores, database, releases::open(site)).await?.unwrap_or_default();
    let live = state.number("live");
    let Some(number) = state.maybe_number("open").filter(|open| *open > live) else { return Ok(true) };
    let mut after = (String::new(), String::new(), 0);
    loop {
        let page = releases::records_between(site, live, number, (&after.0, &after.1, after.2));
        let Some(last) = put_records(stores, scope, rows(stores, database, page).await?).await? else {
            break;
        };
        after = last;
    }
    let mut answers = stores.batch(database, releases::waiting(site, live, number)).await?.into_iter();
    let (waiting, documents) = (answers.next().unwrap_or_default(), answers.next().unwrap_or_default());
    let published = published(stores, live, &waiting, &documents)?;
    let mut batch = vec![if live == 0 { wishes::hosts_of_site(scope) } else { wishes::primary_host(scope) }];
    batch.extend(releases::go_live(stores, site, live, number, &published));
    Ok(stores.batch(database, batch).await?.pop().is_some_and(|row| !row.is_empty()))
}

/// Writes immutable records; the place of the last one, where there may be more.
async fn put_records(
    stores: &dyn Stores,
    scope: &SiteScope,
    records: Vec<Row>,
) -> Result<Option<(String, String, u64)>, Fault> {
    let mut last = None;
    let mut writes = vec![];
    for row in records {
        let (kind, hash, part) = (row.text("kind"), row.text("hash"), row.number("part"));
        let key = Kind::ALL
            .into_iter()
            .find(|known| known.name() == kind)
            .zip(ContentHash::parse(&hash).ok())
            .map(|(kind, hash)| kind.key(scope, &hash, part as u32));
        if let Some(key) = key {
            writes.push((key, row.text("body")));
        }
        last = Some((kind, hash, part));
    }
    let puts = writes.iter().map(|(key, text)| stores.kv_put(key, Some(text.clone())));
    for put in futures::future::join_all(puts).await {
        put?;
    }
    Ok(last)
}

/// What changes in the tables with a release that goes live. `waiting` begins with the live release, if there is one.
fn published(stores: &dyn Stores, live: u64, waiting: &[Row], documents: &[Row]) -> Result<Published, Fault> {
    let contents =
        |row: Option<&Row>| row.map_or(Ok(Contents::default()), |row| row.json::<Contents>("contents"));
    let before = contents(waiting.first().filter(|row| live > 0 && row.number("number") == live))?;
    let after = contents(waiting.last())?;
    let list = |old: &BTreeMap<String, u64>, new: &BTreeMap<String, u64>| {
        let changed = differences(old, new).into_iter().map(|(id, _)| json!([id, new.get(&id)]));
        Value::from(changed.collect::<Vec<_>>()).to_string()
    };
    let pages = |c: &Contents| c.pages.iter().map(|(id, at)| (id.clone(), at.revision)).collect();
    // Pages of records that have moved take what the search knows of their records along.
    let prefix = |contents: &Contents, id: &String| {
        Some(contents.pages.get(id)?.path.as_str().strip_suffix(":slug")?.to_owned())
    };
    let moved = after.pages.keys().filter_map(|id| {
        let (old, new) = (prefix(&before, id)?, prefix(&after, id)?);
        (old != new).then(|| json!([id, old, new]))
    });
    let mut texts: BTreeMap<String, Value> = BTreeMap::new();
    for row in documents {
        for (id, document) in row.json::<Vec<(String, Value)>>("documents")? {
            texts.insert(id, document);
        }
    }
    let mut found = vec![];
    for (id, document) in texts {
        match document {
            Value::Array(fields) => {
                let mut entry = vec![json!(id), json!(search_row(stores)?)];
                entry.extend(fields);
                found.push(Value::from(entry));
            }
            _ => found.push(json!([id])),
        }
    }
    Ok(Published {
        pages: list(&pages(&before), &pages(&after)),
        settings: list(&before.settings, &after.settings),
        components: list(&before.components, &after.components),
        blocks: list(&before.blocks, &after.blocks),
        documents: lists(found),
        moved: Value::from(moved.collect::<Vec<_>>()).to_string(),
    })
}

/// A free row for a page in the search: below those of records, whose rows begin with their time, so that results
/// name records first. By chance out of 2^40, so that no two meet.
fn search_row(stores: &dyn Stores) -> Result<u64, Fault> {
    let mut bytes = [0; 8];
    stores.random(bytes.get_mut(..5).unwrap_or_default())?;
    Ok(u64::from_le_bytes(bytes) + 1)
}

/// Writes everything of a site into KV again, byte for byte: the records of its releases, then its hosts.
pub async fn republish(stores: &dyn Stores, access: &SiteAccess) -> Result<(u64, bool), Fault> {
    let (site, database) = (access.site().as_str(), access.database());
    let (mut after, mut count) = ((String::new(), String::new(), 0), 0);
    loop {
        let page = rows(stores, database, releases::all_records(site, (&after.0, &after.1, after.2))).await?;
        count += page.len() as u64;
        let Some(last) = put_records(stores, access.scope(), page).await? else { break };
        after = last;
    }
    stores.batch(database, vec![wishes::hosts_of_site(access.scope())]).await?;
    Ok((count, resume(stores, access.scope(), database).await?))
}
