//! A site's folder becomes a release.

use crate::drawn::{self, Looks, Store};
use crate::findings::Finding;
use crate::folder::{Folder, SITE};
use crate::library::{Drawing, Library};
use crate::links::{Links, Targets};
use crate::own::Own;
use crate::pages::Page;
use crate::records::Read;
use crate::release::{Release, json_text, raw};
use crate::sections::{self, Known};
use crate::{content, digest, draft, languages, own, pages, records, redirects, routes, theme};
use model::ids::ContentHash;
use model::names::{Locale, PagePath};
use model::problem::{Problem, join};
use model::records::{Frame, HostRecord, Pattern, Route, Routes, SiteRecord, Status, VERSION};
use model::{SiteScope, keys};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// Where and how a site is published.
pub struct Options<'a> {
    /// `http` for local hosts, else `https`.
    pub scheme: &'a str,
    /// Name of the D1 binding that holds the site's content.
    pub database: &'a str,
    pub release: u64,
    /// The folder of installed npm packages, for the fonts.
    pub packages: &'a Path,
}

/// A published site, what has to be drawn for it, and what was wrong with its folder. A page, record or section
/// with a problem is left out; the rest is published.
pub struct Published {
    pub scope: SiteScope,
    pub tenant: draft::Tenant,
    /// The first is the primary one.
    pub hosts: Vec<String>,
    pub status: Status,
    pub release: Release,
    pub drawings: Vec<Drawing>,
    pub findings: Vec<Finding>,
}

/// Publishes the site in a folder. Fails only where `site.json` itself cannot be used.
pub fn publish(path: &Path, options: &Options) -> Result<Published, Vec<Finding>> {
    let mut folder = Folder::new(path);
    let mut release = Release::default();
    let Some(mut site) = folder.read::<draft::Site>(SITE) else { return Err(folder.findings) };
    check_settings(&mut site, &mut folder);
    let library = Library::new(path.join("files"));
    let theme = theme::of(&site, &library, options, &mut folder, &mut release);
    let (Some((theme, theme_summary)), Some(primary), false) =
        (theme, site.hosts.first().cloned(), site.locales.is_empty())
    else {
        return Err(folder.findings);
    };
    folder.check_names();

    let types = content::types(&mut folder);
    let (drafts, details) = pages::drafts(&site, &types, &mut folder);
    let summaries = pages::summaries(&types, &details);
    let (none, mentioned, mut links) = (BTreeMap::new(), RefCell::default(), Links::default());
    let known = Known {
        library: &library,
        types: &types,
        summaries: &summaries,
        details: &details,
        own: &none,
        parameters: None,
        locale: None,
        entity: None,
        links: &mentioned,
    };
    let own = own::read(&site, &known, &mut folder, &mut links);
    let known = Known { own: &own, ..known };
    let records = records::read(&mut folder, &site.locales, &known, &mut links);
    records::check_among(&records, &types, &mut folder);
    let pages = pages::read(drafts, &known, &mut folder, &mut links);
    let frame = frame(&site, &known, &mut folder, &mut links);
    languages::check(&site, &pages, &records, &summaries, &mut folder);
    let addresses = addresses(&records, &known, &pages, &mut folder);
    let taken = |path: &PagePath| {
        let record = addresses.get(path.as_str()).map(|pattern| format!("a record on {pattern}"));
        pages.iter().find(|p| p.draft.path == *path).map(|p| p.file.clone()).or(record)
    };
    let redirects = redirects::read(&site.redirects, &taken, &known, &mut folder);
    links.take(SITE, None, None, &known);

    let host = |content: Option<Box<SiteRecord>>, status: Status| HostRecord {
        v: VERSION,
        tenant: site.tenant.id.clone(),
        site: site.id.clone(),
        status,
        primary: primary.clone(),
        content,
    };
    let scope = host(None, Status::Active).scope();
    release.kv.push((keys::theme(&scope, &theme_summary.hash), json_text(&theme)));
    let stored = store_pages(&pages, &scope, &mut release);
    let not_found = not_found(&site, &pages, &stored, &mut folder);
    let has_icon = theme_summary.icon.is_some();
    let mut record = SiteRecord {
        release: options.release,
        epoch: options.release,
        scheme: options.scheme.to_owned(),
        database: options.database.to_owned(),
        locales: site.locales.clone(),
        name: site.name.clone(),
        theme: theme_summary,
        organisation: site.organisation.as_ref().map(raw),
        frame,
        components: own.iter().map(|(name, own)| (name.clone(), raw(&own.stored))).collect(),
        types: summaries.clone(),
        routes: table(&pages, &stored, &own),
        redirects,
        not_found,
        search: site.search.clone(),
    };
    let looks = look(&record, &primary.to_string(), &pages, &stored, &records, &mut folder);
    links.check(
        &Targets {
            hosts: &site.hosts,
            locales: &site.locales,
            looks: &looks,
            records: &addresses,
            redirects: &record.redirects,
            feeds: summaries.iter().filter(|(_, t)| !t.paths.is_empty()).map(|(kind, _)| kind).collect(),
            files: release
                .files
                .iter()
                .map(|f| f.hash.to_string())
                .chain(library.drawings().into_iter().map(|d| d.hash.to_string()))
                .collect(),
            has_icon,
        },
        &mut folder,
    );
    library.check(&mut folder);

    release.types =
        types.iter().map(|(id, definition)| (id.to_string(), serde_json::json!(definition))).collect();
    for Read { stored, .. } in records {
        let path = summaries.get(&stored.record.kind).and_then(|s| s.paths.get(&stored.record.locale));
        if let (Some(path), Some(definition)) = (path, types.get(&stored.record.kind)) {
            let page = path.replace(":slug", &stored.record.slug);
            release.documents.push(content::document(&scope, &stored, definition, page));
        }
        release.records.push(stored);
    }
    release.documents.sort_by(|a, b| (&a.at, &a.id).cmp(&(&b.at, &b.id)));
    routes::shard(&mut record.routes, &scope, &mut release.kv);
    let status = if site.tenant.status == Status::Active { site.status } else { site.tenant.status };
    let mut content = Some(Box::new(record));
    for (n, name) in site.hosts.iter().enumerate() {
        let content = if n == 0 && status == Status::Active { content.take() } else { None };
        release.kv.push((keys::host(name), json_text(&host(content, status))));
    }
    Ok(Published {
        scope,
        tenant: site.tenant,
        hosts: site.hosts.iter().map(ToString::to_string).collect(),
        status,
        drawings: library.drawings(),
        findings: folder.findings,
        release,
    })
}

/// Checks what `site.json` says about itself; what stands twice is taken once.
fn check_settings(site: &mut draft::Site, folder: &mut Folder) {
    let mut problem = |at: String, message: &str| folder.problem(SITE, Problem::new(at, message));
    if site.hosts.is_empty() {
        problem("hosts".to_owned(), "missing; name at least one host, the first is the primary");
    }
    if site.locales.is_empty() {
        problem("locales".to_owned(), "missing; name at least one, the first is the default");
    }
    let hosts = std::mem::take(&mut site.hosts);
    for (n, host) in hosts.into_iter().enumerate() {
        if site.hosts.contains(&host) {
            problem(format!("hosts[{n}]"), "stands here already: take it out");
        } else {
            site.hosts.push(host);
        }
    }
    let locales = std::mem::take(&mut site.locales);
    for (n, locale) in locales.into_iter().enumerate() {
        if site.locales.contains(&locale) {
            problem(format!("locales[{n}]"), "stands here already: take it out");
        } else {
            site.locales.push(locale);
        }
    }
}

/// The frames by locale. A section with problems is left out.
fn frame(
    site: &draft::Site,
    known: &Known,
    folder: &mut Folder,
    links: &mut Links,
) -> BTreeMap<Locale, Frame> {
    let mut frames = BTreeMap::new();
    for (locale, frame) in &site.frame {
        let (mut problems, at) = (vec![], format!("frame.{locale}"));
        let here = Known { locale: Some(locale), ..*known };
        let before = here.sections(&frame.before, &join(&at, "before"), 0, &mut problems);
        let after = here.sections(&frame.after, &join(&at, "after"), 0, &mut problems);
        frames.insert(locale.clone(), Frame { before: raw(&before.into()), after: raw(&after.into()) });
        folder.problems(SITE, problems);
    }
    links.take(SITE, None, None, known);
    frames
}

/// The paths of the records that have a page, each with the pattern that it comes from.
fn addresses(
    records: &[Read],
    known: &Known,
    pages: &[Page],
    folder: &mut Folder,
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
                folder.warn(&read.file, content::at_line(read.line, Problem::new("slug", message)));
            }
            addresses.insert(path, detail.path.clone());
        }
    }
    addresses
}

/// A page's record as it is stored, and its key.
struct Stored {
    hash: ContentHash,
    text: String,
}

fn store_pages(pages: &[Page], scope: &SiteScope, release: &mut Release) -> Vec<Stored> {
    let mut stored = vec![];
    for page in pages {
        let text = page.record(pages);
        let hash = digest::of(text.as_bytes());
        release.kv.push((keys::page(scope, &hash), text.clone()));
        if page.draft.entity.is_none() && !page.draft.noindex {
            release.documents.push(page.document(scope));
        }
        stored.push(Stored { hash, text });
    }
    stored
}

fn table(pages: &[Page], stored: &[Stored], own: &BTreeMap<String, Own>) -> Routes {
    let definitions: BTreeMap<String, Value> =
        own.iter().map(|(name, own)| (name.clone(), own.stored.clone())).collect();
    let mut routes = Routes { exact: BTreeMap::new(), shards: None, patterns: vec![] };
    for (page, stored) in pages.iter().zip(stored) {
        let draft = &page.draft;
        let route = Route {
            page: stored.hash.clone(),
            locale: draft.locale.clone(),
            params: sections::params(&page.sections, &definitions),
            noindex: draft.noindex,
            group: page.group().to_owned(),
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
fn not_found(
    site: &draft::Site,
    pages: &[Page],
    stored: &[Stored],
    folder: &mut Folder,
) -> BTreeMap<Locale, ContentHash> {
    let mut found = BTreeMap::new();
    for (locale, id) in &site.not_found {
        let fits =
            |page: &Page| page.draft.id == *id && page.draft.locale == *locale && page.draft.entity.is_none();
        match pages.iter().zip(stored).find(|(page, _)| fits(page)) {
            Some((_, stored)) => drop(found.insert(locale.clone(), stored.hash.clone())),
            None => {
                let message =
                    format!("there is no page {id} in {locale}: name one of pages/ that shows no records");
                folder.problem(SITE, Problem::new(format!("not_found.{locale}"), message));
            }
        }
    }
    found
}

/// Draws every page and finds what only shows then.
fn look(
    site: &SiteRecord,
    host: &str,
    pages: &[Page],
    stored: &[Stored],
    records: &[Read],
    folder: &mut Folder,
) -> BTreeMap<PagePath, Looks> {
    let store = Store::of(records.iter().map(|read| &read.stored));
    let (mut looks, mut frames) = (BTreeMap::new(), BTreeSet::new());
    for (page, stored) in pages.iter().zip(stored) {
        let look = drawn::page(site, host, &stored.text, &page.draft.path, &store);
        let place = |n: usize| page.places.get(n).map(|place| format!("sections[{place}]"));
        for (n, note) in &look.notes {
            let message = format!("{note}: until it is mended it is missing on the page");
            match place(*n) {
                Some(place) => folder.problem(&page.file, Problem::new(place, message)),
                None if frames.insert((page.draft.locale.clone(), note.clone())) => {
                    folder.problem(SITE, Problem::new(format!("frame.{}", page.draft.locale), message));
                }
                None => {}
            }
        }
        match look.titles.as_slice() {
            [] if look.drawn && page.is_whole() && look.notes.is_empty() => {
                let remedy = "give it one: a hero, or a text with \"level\": 1";
                folder.warn(
                    &page.file,
                    Problem::new(
                        "sections",
                        format!("the page has no title of the first level (h1): {remedy}"),
                    ),
                );
            }
            [_, second, ..] => {
                let remedy = "let one section alone say what the page is about";
                let at = place(*second).unwrap_or_default();
                folder.warn(
                    &page.file,
                    Problem::new(
                        at,
                        format!("the page has a second title of the first level (h1) here: {remedy}"),
                    ),
                );
            }
            _ => {}
        }
        looks.insert(page.draft.path.clone(), look);
    }
    looks
}
