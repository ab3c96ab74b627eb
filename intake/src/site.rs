//! A site's folder becomes a release.

use crate::findings::Finding;
use crate::folder::{Folder, SITE};
use crate::library::{Drawing, Library};
use crate::links::{Links, Targets};
use crate::records::Read;
use crate::release::{Release, json_text, raw};
use crate::sections::Known;
use crate::{content, draft, drawn, languages, own, pages, records, redirects, routes, theme};
use model::names::{Locale, PagePath};
use model::problem::{Problem, join};
use model::records::{Frame, HostRecord, SiteRecord, Status, VERSION};
use model::{SiteScope, keys};
use std::cell::RefCell;
use std::collections::BTreeMap;
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
    let addresses = routes::addresses(&records, &known, &pages, &mut folder);
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
    let stored = routes::store_pages(&pages, &scope, &mut release);
    let not_found = routes::not_found(&site, &pages, &stored, &mut folder);
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
        routes: routes::table(&pages, &stored, &own),
        redirects,
        not_found,
        search: site.search.clone(),
    };
    let looks = drawn::look(&record, &primary.to_string(), &pages, &stored, &records, &mut folder);
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
    once("hosts", &mut site.hosts, &mut problem);
    once("locales", &mut site.locales, &mut problem);
}

/// Leaves out what stands in a list already.
fn once<T: PartialEq>(list: &str, items: &mut Vec<T>, problem: &mut impl FnMut(String, &str)) {
    for (n, item) in std::mem::take(items).into_iter().enumerate() {
        if items.contains(&item) {
            problem(format!("{list}[{n}]"), "stands here already: take it out");
        } else {
            items.push(item);
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
