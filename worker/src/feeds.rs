//! What machines read: robots.txt, sitemaps, feeds.

use crate::reply::{Outcome, Reply, redirect, tag};
use crate::serve::{Answered, Visit, unavailable};
use crate::sql;
use crate::stores::Stores;
use app::content::readable;
use app::write::push_text;
use model::entity::list_key;
use model::ids::TypeName;
use model::keys;
use model::names::{Locale, PagePath, encode_path};
use model::query::Query;
use model::records::{Route, Routes, shard_of};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

/// Records in one sitemap. The protocol allows 50,000 (<https://www.sitemaps.org/protocol.html>); this many are
/// read and written within a request's limits.
const SITEMAP_RECORDS: i64 = 1_000;

/// Parts of a large site's pages in the index: it may name 50,000 sitemaps, and the types of records need some.
const SITEMAP_SHARDS: u32 = 10_000;

/// Entries of a feed.
const FEED_ENTRIES: usize = 20;

const XML: &str = "application/xml; charset=utf-8";

/// The answer where the path is one of ours.
pub async fn answer<S: Stores>(visit: &Visit<'_, S>, path: &str) -> Option<Answered<S>> {
    let what = What::of(visit, path)?;
    let key = keys::answer(&visit.scope, visit.site.version(), path);
    if let Some(held) = visit.remembered(&key) {
        return Some(Outcome::Held(held));
    }
    let written = match what {
        What::Robots => Ok(Some(robots(visit))),
        What::Index => index(visit).await.map(Some),
        What::Pages => Ok(Some(pages(visit, &visit.site.routes.exact))),
        What::Shard(number) => shard(visit, number).await.map(Some),
        What::Records(kind, part) => records(visit, &kind, part).await,
        What::Feed(what) => feed(visit, what).await.map(Some),
        What::Moved(to) => return Some(Outcome::Fresh(redirect(308, to))),
    };
    let (content_type, text) = match written {
        Ok(Some(written)) => written,
        Ok(None) => return Some(visit.not_there(key, None).await),
        Err(()) => return Some(unavailable(&**visit.stores, path)),
    };
    let reply = Reply::new(200, content_type)
        .with("x-content-type-options", "nosniff")
        .with("cache-control", "public, max-age=300")
        .with("etag", tag(&key))
        .body(text);
    let reply = visit.kept_until_next(reply);
    let held = visit.stores.hold(&reply);
    visit.remember(key, &held, reply.size(), true);
    Some(Outcome::Held(held))
}

enum What {
    Robots,
    Index,
    Pages,
    /// The pages of one shard of the route table, numbered from 0.
    Shard(u32),
    Records(TypeName, i64),
    Feed(Feed),
    Moved(String),
}

/// What a feed is made from.
struct Feed {
    locale: Locale,
    /// The key of the list.
    list: String,
    /// Path pattern of an entry.
    path: String,
    /// Fields of the title and of the summary.
    title: String,
    summary: String,
}

impl What {
    fn of<S: Stores>(visit: &Visit<'_, S>, path: &str) -> Option<Self> {
        match path {
            "/robots.txt" => return Some(Self::Robots),
            "/sitemap.xml" => return Some(Self::Index),
            "/sitemap/pages.xml" if visit.site.routes.shards.is_none() => return Some(Self::Pages),
            "/favicon.ico" => {
                let icon = visit.site.theme.icon.as_ref()?;
                return Some(Self::Moved(model::content_url::image(icon, None, false)));
            }
            _ => {}
        }
        let known =
            |kind: &str| TypeName::parse(kind).ok().filter(|kind| visit.site.types.contains_key(kind));
        if let Some(rest) = path.strip_prefix("/sitemap/pages/") {
            let part = part(rest.strip_suffix(".xml")?)?;
            let count = visit.site.routes.shards.as_ref()?.count.min(SITEMAP_SHARDS);
            return (part <= count).then_some(Self::Shard(part - 1));
        }
        if let Some(rest) = path.strip_prefix("/sitemap/") {
            let (kind, number) = rest.strip_suffix(".xml")?.rsplit_once('-')?;
            let kind = known(kind).filter(|kind| visit.site.shown_paths(kind).next().is_some())?;
            return Some(Self::Records(kind, i64::from(part(number)?)));
        }
        let (before, kind) = path.strip_suffix(".xml")?.split_once("/feed/")?;
        let locale = if before.is_empty() {
            visit.site.locales.first()?
        } else {
            visit.site.locales.iter().skip(1).find(|l| before.strip_prefix('/') == Some(l.as_str()))?
        };
        let kind = known(kind)?;
        let summary = visit.site.types.get(&kind)?;
        let (index, path) = (summary.by_date()?, summary.paths.get(locale)?);
        Some(Self::Feed(Feed {
            locale: locale.clone(),
            list: list_key(kind.as_str(), locale.as_str(), index.name.as_str(), []),
            path: path.clone(),
            title: summary.title.clone(),
            summary: summary.summary.clone(),
        }))
    }
}

/// The number of a part: from 1 to a million, in its one spelling.
fn part(text: &str) -> Option<u32> {
    text.parse().ok().filter(|part: &u32| (1..=1_000_000).contains(part) && part.to_string() == text)
}

type Written = (&'static str, String);

fn base<S: Stores>(visit: &Visit<'_, S>) -> String {
    format!("{}://{}", visit.site.scheme, visit.host)
}

fn robots<S: Stores>(visit: &Visit<'_, S>) -> Written {
    let mut text = String::from("User-agent: *\nAllow: /\n");
    for path in visit.site.search.values() {
        let _infallible = writeln!(text, "Disallow: {}?", path.to_url());
    }
    let _infallible = write!(text, "\nSitemap: {}/sitemap.xml\n", base(visit));
    ("text/plain; charset=utf-8", text)
}

async fn index<S: Stores>(visit: &Visit<'_, S>) -> Result<Written, ()> {
    let base = base(visit);
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">",
    );
    match &visit.site.routes.shards {
        None => {
            let _infallible = write!(xml, "<sitemap><loc>{base}/sitemap/pages.xml</loc></sitemap>");
        }
        Some(shards) => {
            for part in 1..=shards.count.min(SITEMAP_SHARDS) {
                let _infallible =
                    write!(xml, "<sitemap><loc>{base}/sitemap/pages/{part}.xml</loc></sitemap>");
            }
        }
    }
    let kinds: Vec<_> =
        visit.site.types.keys().filter(|kind| visit.site.shown_paths(kind).next().is_some()).collect();
    let statements: Vec<_> = kinds.iter().map(|kind| sql::count(&visit.scope, kind.as_str())).collect();
    if !statements.is_empty() {
        let counts = visit.query(&statements).await.map_err(|fault| visit.stores.log(&fault.0))?;
        for (kind, count) in kinds.iter().zip(counts) {
            let count: i64 = count
                .parse()
                .map_err(|e| visit.stores.log(&format!("D1: the number of {kind} records: {e}")))?;
            for part in 1..=(count + SITEMAP_RECORDS - 1) / SITEMAP_RECORDS {
                let _infallible =
                    write!(xml, "<sitemap><loc>{base}/sitemap/{kind}-{part}.xml</loc></sitemap>");
            }
        }
    }
    xml.push_str("</sitemapindex>");
    Ok((XML, xml))
}

const URLSET: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">";

/// An address with its translations, itself included.
fn push_url<L: Display>(
    xml: &mut String,
    base: &str,
    path: &str,
    modified: &str,
    translations: &[(L, String)],
) {
    xml.push_str("<url><loc>");
    push_text(xml, &format!("{base}{}", encode_path(path)));
    xml.push_str("</loc>");
    if !modified.is_empty() {
        xml.push_str("<lastmod>");
        push_text(xml, modified);
        xml.push_str("</lastmod>");
    }
    if translations.len() > 1 {
        for (locale, path) in translations {
            let _infallible = write!(xml, "<xhtml:link rel=\"alternate\" hreflang=\"{locale}\" href=\"");
            push_text(xml, &format!("{base}{}", encode_path(path)));
            xml.push_str("\"/>");
        }
    }
    xml.push_str("</url>");
}

/// A part of a large site's pages: one record of KV, about 400 addresses whatever the site's size.
async fn shard<S: Stores>(visit: &Visit<'_, S>, number: u32) -> Result<Written, ()> {
    let shards = visit.site.routes.shards.as_ref().ok_or(())?;
    let mut routes = visit.shard(shards, number).await.map_err(|fault| visit.stores.log(&fault.0))?;
    let Routes { exact, gone, .. } = &visit.site.routes;
    routes.retain(|path, _| !gone.contains(path));
    let here = exact.iter().filter(|(path, _)| shard_of(path, shards.count) == number);
    routes.extend(here.map(|(path, route)| (path.clone(), route.clone())));
    Ok(pages(visit, &routes))
}

/// The addresses of a route table with their translations: those in the same table, or those that a route names.
fn pages<S: Stores>(visit: &Visit<'_, S>, routes: &BTreeMap<PagePath, Route>) -> Written {
    let base = base(visit);
    let mut groups: BTreeMap<&str, Vec<(&Locale, String)>> = BTreeMap::new();
    let shown = || routes.iter().filter(|(_, route)| !route.noindex);
    for (path, route) in shown() {
        groups.entry(&route.group).or_default().push((&route.locale, path.to_string()));
    }
    let mut xml = String::from(URLSET);
    for (path, route) in shown() {
        let named: Vec<_> =
            route.translations.iter().map(|(locale, path)| (locale, path.to_string())).collect();
        let translations = match visit.site.routes.shards {
            Some(_) => named.as_slice(),
            None => groups.get(route.group.as_str()).map_or(&[][..], Vec::as_slice),
        };
        push_url(&mut xml, &base, path.as_str(), "", translations);
    }
    xml.push_str("</urlset>");
    (XML, xml)
}

/// A record as the sitemap sees it: slug, locale, when it was changed, locales and slugs of its translations.
type Address = (String, String, String, Vec<(String, String)>);

/// An answer that cannot be read is no empty one: what is written here is remembered.
fn unreadable<S: Stores>(visit: &Visit<'_, S>, e: &model::json::Error) {
    visit.stores.log(&format!("D1: {e}"));
}

/// `None` where there is no such part.
async fn records<S: Stores>(visit: &Visit<'_, S>, kind: &TypeName, part: i64) -> Result<Option<Written>, ()> {
    let query = Query::Addresses {
        kind: kind.to_string(),
        from: (part - 1) * SITEMAP_RECORDS,
        limit: SITEMAP_RECORDS as usize,
    };
    let answers = visit.ask(&[query]).await.map_err(|fault| visit.stores.log(&fault.0))?;
    let addresses: Vec<Address> = model::json::from_str(answers.first().map_or("", String::as_str))
        .map_err(|e| unreadable(visit, &e))?;
    if addresses.is_empty() {
        return Ok(None);
    }
    let paths: BTreeMap<&str, &str> =
        visit.site.shown_paths(kind).map(|(locale, path)| (locale.as_str(), path)).collect();
    let path = |locale: &str, slug: &str| paths.get(locale).map(|path| path.replace(":slug", slug));
    let base = base(visit);
    let mut xml = String::from(URLSET);
    for (slug, locale, updated, group) in &addresses {
        if let Some(address) = path(locale, slug) {
            let group = group.iter().filter_map(|(locale, slug)| Some((locale, path(locale, slug)?)));
            push_url(&mut xml, &base, &address, updated, &group.collect::<Vec<_>>());
        }
    }
    xml.push_str("</urlset>");
    Ok(Some((XML, xml)))
}

/// The newest records of a type as an Atom feed (RFC 4287).
async fn feed<S: Stores>(visit: &Visit<'_, S>, what: Feed) -> Result<Written, ()> {
    let locale = &what.locale;
    let query = Query::List(model::query::List {
        key: what.list,
        order: model::query::Order::Descending,
        start: model::query::Start::Beginning,
        limit: FEED_ENTRIES,
    });
    let answers = visit.ask(&[query]).await.map_err(|fault| visit.stores.log(&fault.0))?;
    let entries: Vec<app::content::Entry> = model::json::from_str(answers.first().map_or("", String::as_str))
        .map_err(|e| unreadable(visit, &e))?;
    let base = base(visit);
    let name = visit.site.name.get(locale).map_or("", String::as_str);
    let home = if visit.site.locales.first() == Some(locale) { "/".to_owned() } else { format!("/{locale}") };
    let mut xml =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"");
    let _infallible = write!(
        xml,
        " xml:lang=\"{locale}\"><id>{base}{home}</id><link href=\"{base}{home}\"/><link rel=\"self\" href=\"{base}{}\"/><title>",
        visit.target.path
    );
    push_text(&mut xml, name);
    let updated = entries.first().map_or("1970-01-01T00:00:00Z", |e| &e.published_at);
    xml.push_str("</title><updated>");
    push_text(&mut xml, updated);
    xml.push_str("</updated><author><name>");
    push_text(&mut xml, name);
    xml.push_str("</name></author>");
    for entry in entries.iter().take(FEED_ENTRIES) {
        let fields: serde_json::Value = model::json::from_str(entry.fields.get()).unwrap_or_default();
        let text = |name: &str| fields.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        let address = format!("{base}{}", encode_path(&what.path.replace(":slug", &entry.slug)));
        // A field that lists do not hold is not here.
        let title = Some(text(&what.title)).filter(|title| !title.is_empty());
        let title = title.map_or_else(|| readable(&entry.slug), Cow::Borrowed);
        for (open, text) in
            [("<entry><id>", address.as_str()), ("</id><link href=\"", &address), ("\"/><title>", &title)]
        {
            xml.push_str(open);
            push_text(&mut xml, text);
        }
        for (open, text) in
            [("</title><published>", &entry.published_at), ("</published><updated>", &entry.published_at)]
        {
            xml.push_str(open);
            push_text(&mut xml, text);
        }
        xml.push_str("</updated><summary>");
        push_text(&mut xml, text(&what.summary));
        xml.push_str("</summary></entry>");
    }
    xml.push_str("</feed>");
    Ok(("application/atom+xml; charset=utf-8", xml))
}
