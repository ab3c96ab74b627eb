//! One request, from the host to the answer.

use crate::memory::{Answer, Memory};
use crate::reply::{Outcome, Reply, redirect, tag};
use crate::request::{Request, Target};
use crate::site::{self, Found};
use crate::stores::{Fault, Stores};
use crate::timing::{Phase, Timing};
use crate::{feeds, files, language, pages, preview, reply, sql};
use app::{Answers, Cx, Framing, Images, Params};
use model::content_url::{self, parse_query};
use model::ids::ContentHash;
use model::moment::Version;
use model::names::{Locale, PagePath};
use model::preview::Preview;
use model::query::Query;
use model::records::{
    HostRecord, PageRecord, Redirect, Route, RouteShard, Shards, SiteRecord, Status, shard_of,
};
use model::{SiteScope, keys};
use serde_json::value::RawValue;
use std::cell::RefCell;
use std::rc::Rc;

pub type Answered<S> = Outcome<<S as Stores>::Held, <S as Stores>::Stream>;

/// Pages and route shards never change under their key. Not longer, because KV also remembers for so long that
/// a key was missing, which it is for a moment when a release reaches one place before its pages do.
pub const RECORD_TTL: u64 = 300;

/// How long the edge cache keeps a finished answer; its key changes with the next release.
const ANSWER_SECONDS: u64 = 86_400;

/// A site and what of the request concerns it.
pub struct Visit<'a, S: Stores> {
    pub stores: &'a Rc<S>,
    pub memory: &'a Rc<RefCell<Memory<S::Held>>>,
    pub scope: SiteScope,
    pub record: &'a HostRecord,
    pub site: &'a SiteRecord,
    pub target: Target<'a>,
    pub request: &'a Request,
    /// What was served before this one.
    pub previous: Option<Version>,
    /// Whether KV has just failed to say which site this is: then the edge cache is asked before it.
    pub from_spare: bool,
    /// The primary host, with the port that the visitor uses.
    pub host: String,
    /// The site's languages that the visitor prefers, where it has several.
    pub preferred: Vec<Locale>,
    pub timing: &'a Timing,
    /// Where drafts are shown: all records come with them, and KV is asked for none.
    pub preview: Option<&'a Preview>,
}

pub async fn serve<S: Stores>(
    stores: &Rc<S>,
    memory: &Rc<RefCell<Memory<S::Held>>>,
    request: Request,
) -> Answered<S> {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Outcome::Fresh(pages::notice(405, pages::Notice::Method, 0).with("allow", "GET, HEAD"));
    }
    let Some(target) = Target::of(&request.url) else {
        return Outcome::Fresh(pages::notice(400, pages::Notice::BadHost, 0));
    };
    let Some(host) = target.host() else {
        return Outcome::Fresh(pages::notice(400, pages::Notice::BadHost, 0));
    };
    if let Some(rest) = target.path.strip_prefix(content_url::NOW) {
        return preview::answer(stores, &request, target, rest).await;
    }
    let debug = is_debug(&**stores, &request);
    let timing = Timing::new(debug.then(|| stores.now()));
    let (record, known) = match timing.of(Phase::Host, &**stores, site::find(stores, memory, &host)).await {
        Found::Site(record, known) => (record, known),
        Found::Unknown => return Outcome::Fresh(pages::notice(404, pages::Notice::UnknownHost, 0)),
        Found::Unavailable => return unavailable(&**stores, "host record"),
    };
    match record.status {
        Status::Active => {}
        Status::Suspended => return Outcome::Fresh(pages::notice(503, pages::Notice::Suspended, 0)),
        Status::Archived => return Outcome::Fresh(pages::notice(410, pages::Notice::Archived, 0)),
    }
    let primary = primary_of(&record, &target);
    let Some(site) = record.content.as_deref() else {
        // A primary host without its site is half a record: a redirect would lead in a circle.
        if record.primary == host {
            return unavailable(&**stores, "site of its primary host");
        }
        // Certificates are issued for this very host, so their challenges stay on it.
        if target.path.starts_with("/.well-known/") {
            return Outcome::Fresh(pages::notice(404, pages::Notice::NoPage, 0));
        }
        let scheme = request.url.split("://").next().unwrap_or("https");
        let to = format!("{scheme}://{primary}{}{}", target.path, target.query_string());
        return Outcome::Fresh(redirect(301, to));
    };
    let several = site.locales.len() > 1;
    let preferred = match &request.accept_language {
        Some(header) if several => language::preferred(header, &site.locales),
        _ => vec![],
    };
    let visit = Visit {
        stores,
        memory,
        scope: record.scope(),
        record: &record,
        site,
        target,
        request: &request,
        previous: known.previous,
        from_spare: known.from_spare,
        host: primary,
        preferred,
        timing: &timing,
        preview: None,
    };
    let (answer, how) = visit.answer().await;
    if debug {
        return annotate(&**stores, answer, how, timing.header(stores.now()));
    }
    if let (Outcome::Held(held), How::Memory) = (&answer, how) {
        let now = stores.now();
        let until = known.stands_until(now);
        if now < until {
            stores.repeat(held, until, several);
        }
    }
    answer
}

/// The primary host, with the port that the visitor uses where that is a local one.
pub fn primary_of(record: &HostRecord, target: &Target) -> String {
    let port = if record.primary.as_str().ends_with("localhost") { target.port() } else { "" };
    format!("{}{port}", record.primary)
}

fn is_debug<S: Stores>(stores: &S, request: &Request) -> bool {
    stores.variable("ENVIRONMENT").as_deref() == Some("development")
        || request.debug_token.as_ref().is_some_and(|given| {
            stores
                .variable("DEBUG_TOKEN")
                .is_some_and(|token| !token.is_empty() && same(token.as_bytes(), given.as_bytes()))
        })
}

/// Compares in a time that does not depend on where the two differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Memory,
    Edge,
    Rendered,
    Stale,
    Other,
}

fn annotate<S: Stores>(stores: &S, answer: Answered<S>, how: How, timing: String) -> Answered<S> {
    let status = match how {
        How::Memory => "memory",
        How::Edge => "edge",
        How::Rendered => "miss",
        How::Stale => "stale",
        How::Other => "none",
    };
    let headers = [("cache-status", format!("manysite; detail={status}")), ("server-timing", timing)];
    let note =
        |reply: Reply| headers.iter().fold(reply, |reply, (name, value)| reply.with(name, value.clone()));
    match answer {
        Outcome::Fresh(reply) => Outcome::Fresh(note(reply)),
        Outcome::Stream(reply, stream) => Outcome::Stream(note(reply), stream),
        Outcome::Held(held) => Outcome::Held(stores.with_headers(&held, &headers)),
    }
}

/// The answer where something that it needs could not be read and nothing of it is held.
pub fn unavailable<S: Stores>(stores: &S, what: &str) -> Answered<S> {
    let number = stores.request_number();
    stores.log(&format!("request {number:016x}: {what} could not be read"));
    Outcome::Fresh(pages::notice(503, pages::Notice::Unavailable, number).with("retry-after", "10"))
}

impl<S: Stores> Visit<'_, S> {
    async fn answer(&self) -> (Answered<S>, How) {
        let raw = self.target.path;
        if let Some(rest) = raw.strip_prefix(content_url::PREFIX) {
            return (files::answer(self, rest).await, How::Other);
        }
        if raw.starts_with("/.well-known/") {
            return (self.not_found(None).await, How::Other);
        }
        if let Some(answer) = feeds::answer(self, raw).await {
            return (answer, How::Other);
        }
        let Some(path) = PagePath::of_request(raw) else { return (self.not_found(None).await, How::Other) };
        if let Some(found) = self.site.redirects.get(&path) {
            let reply = redirect(found.status, target_of(found, &self.target.query_string()));
            return (Outcome::Fresh(reply), How::Other);
        }
        let (route, slug) = match self.route(&path).await {
            Ok(Some(found)) => found,
            Ok(None) => return (self.not_found(Some(&path)).await, How::Other),
            Err(fault) => return (self.fallback(&path.to_url(), &fault).await, How::Stale),
        };
        let canonical = path.to_url();
        if raw != canonical {
            let reply = redirect(308, format!("{canonical}{}", self.target.query_string()));
            return (Outcome::Fresh(reply), How::Other);
        }
        let params = self.params(&route);
        let address = format!("{canonical}{}", params.with(&[]));
        let suggested: Vec<&Locale> = self.preferred.iter().take_while(|l| **l != route.locale).collect();
        let key = keys::answer(
            &self.scope,
            self.site.version(),
            &format!("{address}{}", suggestion_key(&suggested)),
        );
        if let Some(held) = self.remembered(&key) {
            return (Outcome::Held(held), How::Memory);
        }
        // The edge cache saves a question to D1. Instead of a read of KV alone it would save nothing, so a page that
        // asks D1 for nothing is looked for there only when KV fails.
        let looked = self.from_spare || slug.is_some() || !route.params.is_empty();
        if looked && let Some(held) = self.edge(&key).await {
            return (Outcome::Held(held), How::Edge);
        }
        let page = match self.page(&route.page, slug.as_ref().map(|_| &path)).await {
            Ok(page) => page,
            Err(fault) => {
                if !looked && let Some(held) = self.edge(&key).await {
                    self.stores.log(&format!("{key}: {fault}"));
                    return (Outcome::Held(held), How::Edge);
                }
                return (self.fallback(&address, &fault).await, How::Stale);
            }
        };
        let asked = Asked { path: &path, slug: slug.as_deref(), params: &params, suggested: &suggested };
        match self.draw(&page, asked, &key, !looked).await {
            Drawn::Page(reply, from_d1) => {
                let held = self.stores.hold(&reply);
                self.remember(key.clone(), &held, reply.size(), from_d1);
                if from_d1 {
                    self.keep(key, held.clone());
                }
                (Outcome::Held(held), How::Rendered)
            }
            Drawn::Edge(held) => (Outcome::Held(held), How::Edge),
            Drawn::Partial(reply, fault) => {
                self.stores.log(&format!("{key}: {fault}"));
                match self.older(&address).await {
                    Some(held) => (Outcome::Held(held), How::Stale),
                    None => (Outcome::Fresh(reply), How::Rendered),
                }
            }
            Drawn::NoRecord => (self.not_there(key, Some(&path)).await, How::Other),
            Drawn::Failed(fault) => (self.fallback(&address, &fault).await, How::Stale),
        }
    }

    /// `kept`: the edge cache has it, gets it, or never will.
    pub fn remember(&self, key: String, held: &S::Held, size: usize, kept: bool) {
        self.memory.borrow_mut().answers.put(key, Answer { held: held.clone(), kept }, size);
    }

    /// An answer that this isolate holds. One that is asked for again is worth a place in the edge cache.
    pub fn remembered(&self, key: &str) -> Option<S::Held> {
        let Answer { held, kept } = self.memory.borrow_mut().answers.get(key)?;
        if !kept {
            let size = self.stores.facts(&held).map_or(EDGE_SIZE, |facts| facts.size);
            self.remember(key.to_owned(), &held, size, true);
            self.keep(key.to_owned(), held.clone());
        }
        Some(held)
    }

    /// A page in the edge cache.
    async fn edge(&self, key: &str) -> Option<S::Held> {
        match self.timing.of(Phase::Cache, &**self.stores, self.stores.cached(key)).await {
            Ok(Some(held)) => match self.stores.facts(&held) {
                Some(facts) if facts.tag.as_deref() != Some(&tag(key)) => {
                    self.stores.log(&format!("{key}: the edge cache holds something else here"));
                    None
                }
                facts => {
                    self.remember(key.to_owned(), &held, facts.map_or(EDGE_SIZE, |facts| facts.size), true);
                    Some(held)
                }
            },
            Ok(None) => None,
            Err(fault) => {
                self.stores.log(&format!("{key}: {fault}"));
                None
            }
        }
    }

    /// Puts a page into the edge cache behind the answer, and the record of its host with it.
    fn keep(&self, key: String, held: S::Held) {
        site::spare(self.stores, self.memory, self.record);
        let stores = self.stores.clone();
        self.stores.later(async move {
            if let Err(fault) = stores.keep(&key, &held, ANSWER_SECONDS).await {
                stores.log(&format!("{key}: {fault}"));
            }
        });
    }

    /// The page of a path, and the slug where it is a record's.
    pub async fn route(&self, path: &PagePath) -> Result<Option<(Route, Option<String>)>, Fault> {
        let routes = &self.site.routes;
        if let Some(route) = routes.exact.get(path) {
            return Ok(Some((route.clone(), None)));
        }
        if let Some(shards) = &routes.shards
            && !routes.gone.contains(path)
            && let Some(route) = self.sharded(path, shards).await?
        {
            return Ok(Some((route, None)));
        }
        let pattern = routes.patterns.iter().find_map(|pattern| {
            let slug = path.as_str().strip_prefix(&pattern.prefix)?;
            (!slug.is_empty() && !slug.contains('/')).then(|| (pattern.route.clone(), Some(slug.to_owned())))
        });
        Ok(pattern)
    }

    /// The query parameters that a page knows.
    pub fn params(&self, route: &Route) -> Params {
        let given = parse_query(self.target.query).into_iter();
        Params::new(given.filter(|(name, _)| route.params.contains(name)).collect())
    }

    async fn sharded(&self, path: &PagePath, shards: &Shards) -> Result<Option<Route>, Fault> {
        let key = keys::routes(&self.scope, &shards.hash, shard_of(path, shards.count));
        let place = format!("{key}{path}");
        if let Some(known) = self.memory.borrow_mut().routes.get(&place) {
            return Ok(known);
        }
        let mut shard = self.shard(shards, shard_of(path, shards.count)).await?;
        let route = shard.remove(path);
        self.memory.borrow_mut().routes.put(place, route.clone(), ROUTE_SIZE);
        Ok(route)
    }

    pub async fn shard(&self, shards: &Shards, number: u32) -> Result<RouteShard, Fault> {
        let key = keys::routes(&self.scope, &shards.hash, number);
        model::json::from_str(&self.record(&key).await?).map_err(|e| Fault(format!("{key}: {e}")))
    }

    /// A record of drafts, or of KV.
    pub async fn read(&self, key: &str) -> Result<Option<String>, Fault> {
        if let Some(preview) = self.preview {
            return Ok(preview.records.get(key).cloned());
        }
        self.timing.of(Phase::Kv, &**self.stores, self.stores.kv(key, RECORD_TTL)).await
    }

    /// A record that the release names, so that KV has it.
    pub async fn record(&self, key: &str) -> Result<String, Fault> {
        self.read(key).await?.ok_or_else(|| Fault(format!("{key}: missing")))
    }

    /// A page's record. `doubtful`: the page's path, where it depends on D1 whether there is such a page; then the record
    /// of the 404 page comes in the same read.
    async fn page(&self, hash: &ContentHash, doubtful: Option<&PagePath>) -> Result<String, Fault> {
        let key = keys::page(&self.scope, hash);
        let Some(lost) = doubtful.and_then(|path| self.lost_key(&self.locale_of(Some(path)))) else {
            return self.record(&key).await;
        };
        let read = self.stores.kv_all(vec![key.clone(), lost.clone()], RECORD_TTL);
        let mut texts = self.timing.of(Phase::Kv, &**self.stores, read).await?.into_iter();
        let page = texts.next().flatten();
        if let Some(text) = texts.next().flatten() {
            self.memory.borrow_mut().lost.put(lost, text.as_str().into(), text.len());
        }
        page.ok_or_else(|| Fault(format!("{key}: missing in KV")))
    }

    /// The key of the record of the 404 page, where this isolate has neither that nor the finished page.
    fn lost_key(&self, locale: &Locale) -> Option<String> {
        let key = keys::page(&self.scope, self.site.not_found.get(locale)?);
        let mut memory = self.memory.borrow_mut();
        let known =
            memory.lost.get(&key).is_some() || memory.answers.get(&self.not_found_key(locale)).is_some();
        (!known).then_some(key)
    }

    fn not_found_key(&self, locale: &Locale) -> String {
        keys::answer(&self.scope, self.site.version(), &format!("/-/not-found/{locale}"))
    }

    /// `look`: the edge cache has not been asked yet; it is before D1 is.
    pub async fn draw(&self, page: &str, asked: Asked<'_>, key: &str, look: bool) -> Drawn<S::Held> {
        let page = match PageRecord::parse(page) {
            Ok(page) => page,
            Err(e) => return Drawn::Failed(Fault(e.to_string())),
        };
        let mut answers = Answers::default();
        let frame = Framing::of(self.site, &page.locale);
        let cx = Cx {
            site: self.site,
            host: &self.host,
            page: &page,
            frame: &frame,
            locale: &page.locale,
            path: asked.path,
            slug: asked.slug,
            params: asked.params,
            answers: &Answers::default(),
            images: if self.stores.variable("IMAGES").as_deref() == Some("cloudflare") {
                Images::Cloudflare
            } else {
                Images::Stored
            },
            preview: self.preview.map(|p| app::Preview { until: &p.until, problems: &p.problems }),
        };
        let queries = app::render::asks(&cx);
        let from_d1 = !queries.is_empty();
        let mut missing = None;
        if from_d1 {
            if look && let Some(held) = self.edge(key).await {
                return Drawn::Edge(held);
            }
            match self.ask(&queries).await {
                Ok(texts) => answers.0 = queries.into_iter().zip(texts).collect(),
                Err(fault) => missing = Some(fault),
            }
        }
        let cx = Cx { answers: &answers, ..cx };
        if cx.record_query().is_some() && app::content::current(&cx).is_none() {
            return missing.map_or(Drawn::NoRecord, Drawn::Failed);
        }
        let drawn =
            self.timing.during(Phase::Render, &**self.stores, || app::suggesting(&cx, asked.suggested));
        for note in &drawn.notes {
            self.stores.log(&format!("{key}: {note}"));
        }
        let mut reply = reply::html(200, &self.site.scheme, &drawn.frames).page(drawn.head, drawn.body);
        if drawn.translated {
            reply = reply.with("vary", "accept-language");
        }
        match missing {
            None => Drawn::Page(
                reply.with("cache-control", "public, max-age=0, must-revalidate").with("etag", tag(key)),
                from_d1,
            ),
            Some(fault) => Drawn::Partial(reply.with("cache-control", "no-store"), fault),
        }
    }

    pub async fn ask(&self, queries: &[Query]) -> Result<Vec<String>, Fault> {
        let statements: Vec<_> = queries.iter().map(|query| sql::of(&self.scope, self.site, query)).collect();
        let texts = self.query(&statements).await?;
        // What is drawn from an answer is kept for the whole epoch, so an answer that is none may not pass for
        // an empty one.
        let unreadable = queries.iter().zip(&texts).find(|(query, text)| !is_readable(query, text));
        if let Some((query, text)) = unreadable {
            let start: String = text.chars().take(80).collect();
            return Err(Fault(format!("D1: {start:?} is no answer to {query:?}")));
        }
        if texts.len() != queries.len() {
            return Err(Fault(format!("D1: {} answers to {} queries", texts.len(), queries.len())));
        }
        Ok(texts)
    }

    pub async fn query(&self, statements: &[sql::Statement]) -> Result<Vec<String>, Fault> {
        let read = self.stores.query(&self.site.database, statements);
        self.timing.of(Phase::D1, &**self.stores, read).await
    }

    /// An answer that browsers keep for some minutes, or not at all while the site will be another by itself: it is
    /// given again until then, and nobody knows when it was kept.
    pub fn kept_until_next(&self, mut reply: Reply) -> Reply {
        if self.site.next_moment().is_some() {
            for (name, value) in &mut reply.headers {
                if *name == "cache-control" {
                    *value = "public, max-age=0, must-revalidate".into();
                }
            }
        }
        reply
    }

    /// The same page of the release before, as long as this isolate or the edge cache holds it.
    async fn older(&self, address: &str) -> Option<S::Held> {
        let key = keys::answer(&self.scope, self.previous?, address);
        if let Some(held) = self.memory.borrow_mut().answers.get(&key) {
            return Some(held.held);
        }
        let held = self.timing.of(Phase::Cache, &**self.stores, self.stores.cached(&key)).await.ok()??;
        self.stores.facts(&held).is_none_or(|facts| facts.tag.as_deref() == Some(&tag(&key))).then_some(held)
    }

    /// What is sent when a page's data cannot be read: the page as it was, else an apology.
    async fn fallback(&self, address: &str, fault: &Fault) -> Answered<S> {
        self.stores.log(&format!("{}{address}: {fault}", self.record.primary));
        match self.older(address).await {
            Some(held) => Outcome::Held(held),
            None => unavailable(&**self.stores, "page"),
        }
    }

    /// The site's own page for what is not there, in the language of the path.
    pub async fn not_found(&self, path: Option<&PagePath>) -> Answered<S> {
        let locale = self.locale_of(path);
        let key = self.not_found_key(&locale);
        if let Some(held) = self.remembered(&key) {
            return Outcome::Held(held);
        }
        match self.lost(&locale, &key).await {
            Some((reply, None)) => {
                let held = self.stores.hold(&reply);
                self.remember(key, &held, reply.size(), true);
                Outcome::Held(held)
            }
            Some((reply, Some(fault))) => {
                self.stores.log(&format!("{key}: {fault}"));
                Outcome::Fresh(reply)
            }
            None => Outcome::Fresh(pages::notice(404, pages::Notice::NoPage, 0)),
        }
    }

    /// The same under the key of what D1 says is not there, so that it is not asked again.
    pub async fn not_there(&self, key: String, path: Option<&PagePath>) -> Answered<S> {
        let answer = self.not_found(path).await;
        if let Outcome::Held(held) = &answer {
            // Its bytes are the site's own page for what is not there, which counts by itself.
            self.remember(key, held, 0, true);
        }
        answer
    }

    /// Draws that page, where the site has one; with why a part of it is missing.
    pub async fn lost(&self, locale: &Locale, key: &str) -> Option<(Reply, Option<Fault>)> {
        let record = keys::page(&self.scope, self.site.not_found.get(locale)?);
        let known = self.memory.borrow_mut().lost.get(&record);
        let text = match known {
            Some(text) => text,
            None => match self.record(&record).await {
                Ok(text) => text.into(),
                Err(fault) => {
                    self.stores.log(&fault.0);
                    return None;
                }
            },
        };
        let home =
            format!("/{}", if self.site.locales.first() == Some(locale) { "" } else { locale.as_str() });
        let path = PagePath::parse(&home).ok()?;
        let asked = Asked { path: &path, slug: None, params: &Params::default(), suggested: &[] };
        let (mut reply, fault) = match self.draw(&text, asked, key, false).await {
            Drawn::Page(reply, _) => (reply, None),
            Drawn::Partial(reply, fault) => (reply, Some(fault)),
            Drawn::NoRecord | Drawn::Failed(_) | Drawn::Edge(_) => return None,
        };
        reply.status = 404;
        reply.headers.retain(|(name, _)| *name != "etag");
        Some((reply, fault))
    }

    pub fn locale_of(&self, path: Option<&PagePath>) -> Locale {
        let first = path.and_then(|p| p.as_str().split('/').nth(1)).unwrap_or_default();
        let named = self.site.locales.iter().find(|l| l.as_str() == first).or(self.site.locales.first());
        named.cloned().unwrap_or_else(pages::english)
    }
}

/// An answer from the edge cache counts in memory as this many bytes: its size is not known before it is read.
const EDGE_SIZE: usize = 64 * 1024;

/// Bytes that a remembered route takes, on average.
const ROUTE_SIZE: usize = 256;

/// Whether a text can be the answer to a query: JSON, a list for everything but a record.
fn is_readable(query: &Query, text: &str) -> bool {
    let is_list = text.starts_with('[');
    let is_null = matches!(query, Query::Record { .. }) && text == "null";
    is_null || (is_list && serde_json::from_str::<&RawValue>(text).is_ok())
}

/// What a page is drawn for.
pub struct Asked<'a> {
    pub path: &'a PagePath,
    /// On a detail page, the record's.
    pub slug: Option<&'a str>,
    pub params: &'a Params,
    /// Languages that the visitor prefers to the page's own.
    pub suggested: &'a [&'a Locale],
}

/// Stands in the keys of answers to visitors who prefer other languages. No address has `//`, and the Cache API takes all of
/// it: what follows a `#` is no part of its keys.
fn suggestion_key(suggested: &[&Locale]) -> String {
    suggested.iter().enumerate().fold(String::new(), |key, (n, locale)| {
        let before = if n == 0 { "//" } else { "," };
        format!("{key}{before}{locale}")
    })
}

pub enum Drawn<H> {
    /// And whether D1 was asked for it.
    Page(Reply, bool),
    /// The edge cache had it.
    Edge(H),
    /// The content store did not answer: the page says so where its lists would be.
    Partial(Reply, Fault),
    /// The path names a record that does not exist.
    NoRecord,
    Failed(Fault),
}

/// Where a redirect leads, as it stands in a URL. A path that names no query takes the visitor's along.
pub fn target_of(redirect: &Redirect, query: &str) -> String {
    let to = redirect.to.as_str();
    if !to.starts_with('/') {
        return ascii(to);
    }
    let (path, rest) = to.find(['?', '#']).and_then(|at| to.split_at_checked(at)).unwrap_or((to, ""));
    let query = if rest.starts_with('?') { "" } else { query };
    format!("{}{query}{}", model::names::encode_path(path), ascii(rest))
}

/// A URL with what a header may not hold percent-encoded; a browser reads a host name that is written so as well.
fn ascii(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for byte in url.bytes() {
        match byte {
            b'!'..=b'~' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
