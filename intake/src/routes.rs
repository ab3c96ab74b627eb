//! The site's addresses: which path is which page's, which are the product's own.

use crate::digest;
use crate::release::json_text;
use model::SiteScope;
use model::keys;
use model::records::{MAX_INLINE_ROUTES, RouteShard, Routes, Shards, shard_of};

/// Why a path can be no page's: the product answers it.
pub fn reserved(path: &str) -> Option<&'static str> {
    let below =
        |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if below("/-") || below("/cdn-cgi") || below("/.well-known") {
        return Some("paths below /-/, /cdn-cgi/ and /.well-known/ are reserved: choose another");
    }
    let is_feed = path.contains("/feed/") && path.ends_with(".xml");
    let is_sitemap = path == "/sitemap.xml" || (path.starts_with("/sitemap/") && path.ends_with(".xml"));
    (is_feed || is_sitemap || matches!(path, "/robots.txt" | "/favicon.ico"))
        .then_some("robots.txt, favicon.ico, sitemaps and feeds are made by the product: choose another path")
}

/// Moves the exact routes of a large site into records of their own.
pub fn shard(routes: &mut Routes, scope: &SiteScope, kv: &mut Vec<(String, String)>) {
    if routes.exact.len() <= MAX_INLINE_ROUTES {
        return;
    }
    let exact = std::mem::take(&mut routes.exact);
    let count = (exact.len() / MAX_INLINE_ROUTES + 1) as u32;
    let mut shards: Vec<RouteShard> = vec![RouteShard::new(); count as usize];
    for (path, route) in exact {
        if let Some(shard) = shards.get_mut(shard_of(&path, count) as usize) {
            shard.insert(path, route);
        }
    }
    let texts: Vec<String> = shards.iter().map(json_text).collect();
    let hash = digest::of(texts.concat().as_bytes());
    kv.extend(texts.into_iter().zip(0..).map(|(text, n)| (keys::routes(scope, &hash, n), text)));
    routes.shards = Some(Shards { hash, count });
}
