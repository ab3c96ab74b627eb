//! Drafts as a release that nobody stores.

use crate::access::SiteAccess;
use crate::problem::Refusal;
use crate::publish::contents::Chosen;
use crate::publish::draft::{Draft, draft};
use crate::publish::settled;
use crate::repo::releases;
use crate::stores::{Fault, Stores};
use intake::Kind;
use model::content_url::STYLES;
use model::ids::ContentHash;
use model::names::PagePath;
use model::records::{SiteRecord, shard_of};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// A site as it would be after a publish.
pub struct Shown {
    pub draft: Draft,
    /// Whether there is a release already.
    pub published: bool,
}

pub async fn preview(stores: &dyn Stores, access: &SiteAccess, chosen: &Chosen) -> Result<Shown, Refusal> {
    let head = settled(stores, access).await?;
    // A preview is of now: nobody waits in it for what is scheduled.
    let draft = draft(stores, access, &head, chosen, &[]).await?;
    Ok(Shown { draft, published: head.number > 0 })
}

impl Shown {
    /// The site's record, and all records that a path needs, by their keys: those that the publish would bring, and of
    /// earlier releases those that it would leave as they are.
    pub async fn at(
        &self,
        stores: &dyn Stores,
        access: &SiteAccess,
        path: &str,
    ) -> Result<(SiteRecord, BTreeMap<String, String>), Fault> {
        let (record, immutable) = self.draft.records();
        let mut wanted: BTreeSet<(Kind, ContentHash)> = BTreeSet::new();
        let mut shard = None;
        if path.starts_with(STYLES) {
            wanted.insert((Kind::Theme, record.theme.hash.clone()));
        } else {
            let path = PagePath::of_request(path);
            let pages = pages(&self.draft.record, path.as_ref());
            wanted.extend(pages.map(|hash| (Kind::Page, hash.clone())));
            shard = path.zip(record.routes.shards.as_ref()).map(|(path, s)| shard_of(&path, s.count));
        }
        let mut records = BTreeMap::new();
        for new in immutable {
            let is_wanted = match new.kind {
                Kind::Routes => Some(new.part) == shard,
                kind => wanted.remove(&(kind, new.hash.clone())),
            };
            if is_wanted {
                records.insert(new.key(access.scope()), new.text);
            }
        }
        if !wanted.is_empty() {
            let list: Vec<_> = wanted.iter().map(|(kind, hash)| json!([kind.name(), hash])).collect();
            let rows = releases::records(stores, access, json!(list).to_string()).await?;
            for (kind, hash) in wanted {
                let is_it = |row: &&crate::stores::Row| {
                    row.text("kind") == kind.name() && row.text("hash") == hash.as_str()
                };
                let body = rows.iter().find(is_it).map(|row| row.text("body"));
                records.extend(body.map(|body| (kind.key(access.scope(), &hash, 0), body)));
            }
        }
        Ok((record, records))
    }
}

/// The pages that may be answered with at a path: the one that is there, those of records, those for what is not there.
fn pages<'r>(record: &'r SiteRecord, path: Option<&PagePath>) -> impl Iterator<Item = &'r ContentHash> {
    let routes = &record.routes;
    let exact = path.and_then(|path| routes.exact.get(path));
    let below = path.map_or("", PagePath::as_str).to_owned();
    let patterns = routes.patterns.iter().filter(move |pattern| below.starts_with(&pattern.prefix));
    let found = exact.into_iter().chain(patterns.map(|pattern| &pattern.route));
    found.map(|route| &route.page).chain(record.not_found.values())
}
