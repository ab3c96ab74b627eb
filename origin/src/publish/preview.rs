//! Drafts as a release that nobody stores.

use crate::access::SiteAccess;
use crate::problem::Refusal;
use crate::publish::contents::Chosen;
use crate::publish::draft::{Draft, draft};
use crate::publish::settled;
use crate::stores::Stores;
use intake::{Immutable, Kind};
use model::SiteScope;
use model::ids::ContentHash;
use model::names::PagePath;
use model::records::{Routes, SiteRecord, shard_of};
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
    /// The site's record, and of the records that the publish would bring those that a path needs, by their keys.
    pub fn at(&self, scope: &SiteScope, path: &str) -> (SiteRecord, BTreeMap<String, String>) {
        let path = PagePath::of_request(path);
        let pages = pages(&self.draft.record, path.as_ref());
        let (record, immutable) = self.draft.records();
        let shard = |routes: &Routes| Some(shard_of(path.as_ref()?, routes.shards.as_ref()?.count));
        let shard = shard(&record.routes);
        let needed = |new: &Immutable| match new.kind {
            Kind::Theme => true,
            Kind::Routes => Some(new.part) == shard,
            Kind::Page => pages.contains(&new.hash),
        };
        let needed = immutable.into_iter().filter(needed);
        let records = needed.map(|new| (new.key(scope), new.text)).collect();
        (record, records)
    }
}

/// The pages that may be answered with at a path: the one that is there, those of records, those for what is not there.
fn pages<'r>(record: &'r SiteRecord, path: Option<&PagePath>) -> BTreeSet<&'r ContentHash> {
    let routes = &record.routes;
    let exact = path.and_then(|path| routes.exact.get(path));
    let is_below = |prefix: &str| path.is_some_and(|path| path.as_str().starts_with(prefix));
    let patterns = routes.patterns.iter().filter(|pattern| is_below(&pattern.prefix));
    let found = exact.into_iter().chain(patterns.map(|pattern| &pattern.route));
    found.map(|route| &route.page).chain(record.not_found.values()).collect()
}
