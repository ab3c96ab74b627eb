//! The site's addresses: which path is which page's, which are the product's own.

use crate::findings::{Found, SITE};
use crate::known::{Known, Own};
use crate::pages::Page;
use crate::records::Read;
use crate::release::{Immutable, Kind, json_text};
use crate::sections;
use crate::{content, digest, draft};
use model::ids::{ContentHash, PageId};
use model::names::{Locale, PagePath};
use model::problem::Problem;
use model::records::{MAX_INLINE_ROUTES, Pattern, Route, RouteShard, Routes, Shards, ThemeSummary, shard_of};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What stays of the release before: its pages beside those that are compiled.
#[derive(Default)]
pub struct Base {
    pub exact: BTreeMap<PagePath, Route>,
    pub patterns: Vec<Pattern>,
    /// Where the pages are that may be named as those for what is not there.
    pub paths: BTreeMap<(PageId, Locale), PagePath>,
    /// The theme, where it has not changed.
    pub theme: Option<ThemeSummary>,
    /// There are pages beside those that are known here: what names one is not looked up.
    pub others: bool,
}

/// The paths of the records that have a page, each with the pattern that it comes from.
pub fn addresses(
    records: &[Read],
    known: &Known,
    pages: &[Page],
    found: &mut Found,
) -> HashMap<String, PagePath> {
    let exact: BTreeMap<&str, &str> =
        pages.iter().map(|p| (p.draft.path.as_str(), p.file.as_str())).collect();
    let mut addresses = HashMap::new();
    for read in records {
        let record = &read.stored.record;
        for detail in known.details.iter().filter(|d| d.kind == record.kind && d.locale == record.locale) {
            let path = detail.path_of(&record.slug);
            if let Some(page) = exact.get(path.as_str()) {
                let message =
                    format!("{path} is the path of {page}, which visitors see instead: choose another");
                found.warn(&read.file, content::at_line(read.line, Problem::new("slug", message)));
            }
            addresses.insert(path, detail.path.clone());
        }
    }
    addresses
}

/// A page's record as it is stored, and its key.
pub struct Stored {
    pub hash: ContentHash,
    pub text: String,
}

pub fn store_pages(pages: &[Page]) -> Vec<Stored> {
    let store = |page: &Page| {
        let text = page.record(pages);
        Stored { hash: digest::of(text.as_bytes()), text }
    };
    pages.iter().map(store).collect()
}

/// The table from path to page: the pages beside those that stay as they are.
pub fn table(base: &mut Base, pages: &[Page], stored: &[Stored], own: &BTreeMap<String, Own>) -> Routes {
    let definitions: BTreeMap<String, Value> =
        own.iter().map(|(name, own)| (name.clone(), own.stored.clone())).collect();
    let (exact, patterns) = (std::mem::take(&mut base.exact), std::mem::take(&mut base.patterns));
    let mut routes = Routes { exact, shards: None, gone: BTreeSet::new(), patterns };
    for (page, stored) in pages.iter().zip(stored) {
        let draft = &page.draft;
        let route = Route {
            page: stored.hash.clone(),
            locale: draft.locale.clone(),
            params: sections::params(&page.sections, &definitions),
            noindex: draft.noindex,
            group: page.group().to_owned(),
            translations: vec![],
        };
        match (&draft.entity, draft.path.as_str().strip_suffix(":slug")) {
            (Some(kind), Some(prefix)) => {
                routes.patterns.push(Pattern { prefix: prefix.to_owned(), kind: kind.clone(), route });
            }
            _ => drop(routes.exact.insert(draft.path.clone(), route)),
        }
    }
    routes
}

/// The pages for what is not there, by locale.
pub fn not_found(
    site: &draft::Site,
    routes: &Routes,
    base: &Base,
    pages: &[Page],
    found: &mut Found,
) -> BTreeMap<Locale, ContentHash> {
    let mut hashes = BTreeMap::new();
    for (locale, id) in &site.not_found {
        let fits =
            |page: &Page| page.draft.id == *id && page.draft.locale == *locale && page.draft.entity.is_none();
        let anew = pages.iter().find(|page| fits(page)).map(|page| &page.draft.path);
        let path = anew.or_else(|| base.paths.get(&(id.clone(), locale.clone())));
        match path.and_then(|path| routes.exact.get(path)) {
            Some(route) => drop(hashes.insert(locale.clone(), route.page.clone())),
            None if base.others => {}
            None => {
                let message =
                    format!("there is no page {id} in {locale}: name one of pages/ that shows no records");
                found.problem(SITE, Problem::new(format!("not_found.{locale}"), message));
            }
        }
    }
    hashes
}

/// Whether a table of routes is that of a large site.
pub fn is_large(routes: &Routes) -> bool {
    routes.exact.len() > MAX_INLINE_ROUTES
}

/// Lets each route of a whole table name its translations, which it may not see from its shard.
pub fn name_translations(exact: &mut BTreeMap<PagePath, Route>) {
    let mut groups: BTreeMap<String, Vec<(Locale, PagePath)>> = BTreeMap::new();
    for (path, route) in exact.iter().filter(|(_, route)| !route.noindex) {
        groups.entry(route.group.clone()).or_default().push((route.locale.clone(), path.clone()));
    }
    for route in exact.values_mut().filter(|route| !route.noindex) {
        if let Some(translations) = groups.get(&route.group).filter(|group| group.len() > 1) {
            route.translations.clone_from(translations);
        }
    }
}

/// Moves the exact routes of a large site into records of their own.
pub fn shard(routes: &mut Routes) -> Vec<Immutable> {
    if !is_large(routes) {
        return vec![];
    }
    let mut exact = std::mem::take(&mut routes.exact);
    name_translations(&mut exact);
    let count = (exact.len() / MAX_INLINE_ROUTES + 1) as u32;
    let mut shards: Vec<RouteShard> = vec![RouteShard::new(); count as usize];
    for (path, route) in exact {
        if let Some(shard) = shards.get_mut(shard_of(&path, count) as usize) {
            shard.insert(path, route);
        }
    }
    let texts: Vec<String> = shards.iter().map(json_text).collect();
    let hash = digest::of(texts.concat().as_bytes());
    routes.shards = Some(Shards { hash: hash.clone(), count });
    let parts = texts.into_iter().zip(0..);
    parts.map(|(text, part)| Immutable { kind: Kind::Routes, hash: hash.clone(), part, text }).collect()
}
