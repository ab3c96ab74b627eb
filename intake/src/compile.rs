//! A site's documents become the records of a release. Nothing is read or stored here: the documents come in, and
//! what they name is looked up through `Files`.

use crate::drawn::Looks;
use crate::files::Files;
use crate::findings::{Found, SITE};
use crate::known::{Detail, Known};
use crate::links::Links;
use crate::pages::Page;
use crate::records::Read;
use crate::release::{Document, Immutable, Kind, json_text, raw};
use crate::routes::{Base, Stored};
use crate::targets::Targets;
use crate::{draft, drawn, languages, own, pages, records, redirects, routes, theme, weight};
use model::SiteScope;
use model::entity::EntityType;
use model::ids::{ContentHash, TypeName};
use model::names::{Hostname, Locale, PagePath};
use model::problem::{Problem, join};
use model::records::{Frame, SiteRecord};
use model::theme::ThemeRecord;
use model::validate;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// Where and how a site is published.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// `http` for local hosts, else `https`.
    pub scheme: &'a str,
    /// Name of the D1 binding that holds the site's content.
    pub database: &'a str,
    pub release: u64,
}

/// What a tenant wrote. Each document has a name for findings.
pub struct Source {
    pub site: draft::Site,
    pub types: Vec<(String, EntityType)>,
    pub pages: Vec<(String, draft::Page)>,
    /// Files of records, a record a line. `None` where the content store has them: then nothing here asks for one.
    pub records: Option<Vec<(String, String)>>,
}

/// A release before it is stored. A page, record or section with a problem is left out of it.
pub struct Compiled {
    pub site: draft::Site,
    pub primary: Hostname,
    /// All exact routes stand in it; `routes::shard` divides them.
    pub record: SiteRecord,
    /// `None` where the theme has not changed.
    pub theme: Option<ThemeRecord>,
    pub types: BTreeMap<TypeName, EntityType>,
    pages: Vec<Page>,
    stored: Vec<Stored>,
    /// Those that came in.
    pub records: Vec<Read>,
    looks: BTreeMap<PagePath, Looks>,
    links: Links,
    /// Paths of the records that came in, and the patterns they come from.
    pub addresses: HashMap<String, PagePath>,
}

/// The address of a record, as a link has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    pub path: String,
    pub pattern: PagePath,
    pub kind: TypeName,
    pub locale: Locale,
    pub slug: String,
}

/// A page as it is stored.
pub struct CompiledPage<'a> {
    pub draft: &'a draft::Page,
    pub hash: &'a ContentHash,
    pub text: &'a str,
    /// What the full-text search reads of it; `None` where it is not to be found.
    pub document: Option<Document>,
}

/// Compiles; `None` where the settings themselves cannot be used.
pub fn compile(
    mut source: Source,
    mut base: Base,
    files: &dyn Files,
    options: &Options,
    found: &mut Found,
) -> Option<Compiled> {
    check_settings(&mut source.site, found);
    let Source { site, types, pages: given, records: lines } = source;
    let theme = match base.theme.take() {
        Some(summary) => Some((None, summary)),
        None => theme::of(&site, files, found).map(|(theme, summary)| (Some(theme), summary)),
    };
    let (Some((theme, theme_summary)), Some(primary), false) =
        (theme, site.hosts.first().cloned(), site.locales.is_empty())
    else {
        return None;
    };
    let types = crate::types::types(types, found);
    let kept = base.patterns.iter().filter_map(Detail::of);
    let (drafts, details) = pages::drafts(given, &site, &types, kept.collect(), found);
    let summaries = pages::summaries(&types, &details);
    let (none, mentioned, mut links) = (BTreeMap::new(), RefCell::default(), Links::default());
    let known = Known {
        files,
        types: &types,
        summaries: &summaries,
        details: &details,
        own: &none,
        parameters: None,
        locale: None,
        entity: None,
        links: &mentioned,
    };
    let own = own::read(&site, &known, found, &mut links);
    let known = Known { own: &own, ..known };
    let stored_elsewhere = lines.is_none();
    let mut records = records::read(lines.unwrap_or_default(), &site.locales, &known, found, &mut links);
    records::check_among(&records, &types, found);
    records.retain(|read| !read.is_draft);
    let pages = pages::read(drafts, &known, found, &mut links);
    let frame = frame(&site, &known, found, &mut links);
    let addresses = routes::addresses(&records, &known, &pages, found);
    let taken = |path: &PagePath| {
        let record = addresses.get(path.as_str()).map(|pattern| format!("a record on {pattern}"));
        let other = base.exact.get(path).map(|route| format!("the page {}", route.group));
        pages.iter().find(|p| p.draft.path == *path).map(|p| p.file.clone()).or(record).or(other)
    };
    for (n, id) in site.retired.iter().enumerate().filter(|(_, id)| !types.contains_key(*id)) {
        let message = format!("there is no type {:?}: take it out", id.as_str());
        found.problem(SITE, Problem::new(format!("retired[{n}]"), message));
    }
    let redirects = redirects::read(&site.redirects, &taken, &known, found);
    links.take(SITE, None, None, &known);
    let stored = routes::store_pages(&pages);
    let routes = routes::table(&mut base, &pages, &stored, &own);
    languages::check(&site, (!base.others).then_some(&routes.exact), &records, &summaries, found);
    let not_found = routes::not_found(&site, &routes, &base, &pages, found);
    let record = SiteRecord {
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
        types: summaries,
        routes,
        redirects,
        not_found,
        search: site.search.clone(),
        later: vec![],
        reached: vec![],
    };
    let known_records = (!stored_elsewhere).then_some(records.as_slice());
    let looks = drawn::look(&record, primary.as_str(), &pages, &stored, known_records, found);
    weight::check(&pages, &looks, files, found);
    Some(Compiled { site, primary, record, theme, types, pages, stored, records, looks, links, addresses })
}

impl Compiled {
    pub fn pages(&self, scope: &SiteScope) -> impl Iterator<Item = CompiledPage<'_>> {
        self.pages.iter().zip(&self.stored).map(|(page, stored)| CompiledPage {
            draft: &page.draft,
            hash: &stored.hash,
            text: &stored.text,
            document: (page.draft.entity.is_none() && !page.draft.noindex).then(|| page.document(scope)),
        })
    }

    /// The theme and the pages as they stand in KV.
    pub fn immutable(&self) -> Vec<Immutable> {
        let record = |kind, hash: &ContentHash, text| Immutable { kind, hash: hash.clone(), part: 0, text };
        let theme = self.theme.iter();
        let theme = theme.map(|theme| record(Kind::Theme, &self.record.theme.hash, json_text(theme)));
        let pages = self.stored.iter().map(|page| record(Kind::Page, &page.hash, page.text.clone()));
        theme.chain(pages).collect()
    }

    /// Links that lead to records, if there are any at these addresses.
    pub fn record_links(&self) -> Vec<Address> {
        let mut addresses: Vec<Address> =
            self.links.hrefs().filter_map(|href| self.address(&PagePath::of_request(href)?)).collect();
        addresses.sort();
        addresses.dedup();
        addresses
    }

    fn address(&self, path: &PagePath) -> Option<Address> {
        let routes = &self.record.routes;
        if routes.exact.contains_key(path) {
            return None;
        }
        routes.patterns.iter().find_map(|pattern| {
            let slug = path.as_str().strip_prefix(&pattern.prefix)?;
            let detail = Detail::of(pattern)?;
            (!slug.is_empty() && !slug.contains('/')).then(|| Address {
                path: path.to_string(),
                pattern: detail.path,
                kind: detail.kind,
                locale: detail.locale,
                slug: slug.to_owned(),
            })
        })
    }

    /// Looks up what every link leads to. `records` are the addresses that there are records at.
    pub fn check_links(&self, records: &HashMap<String, PagePath>, files: &dyn Files, found: &mut Found) {
        let plain = Looks::default();
        let routes = &self.record.routes;
        let mut looks: BTreeMap<&PagePath, &Looks> = routes.exact.keys().map(|path| (path, &plain)).collect();
        let patterns: Vec<PagePath> =
            routes.patterns.iter().filter_map(Detail::of).map(|detail| detail.path).collect();
        looks.extend(patterns.iter().map(|path| (path, &plain)));
        looks.extend(&self.looks);
        let targets = Targets {
            hosts: &self.site.hosts,
            locales: &self.site.locales,
            looks: &looks,
            records,
            redirects: &self.record.redirects,
            feeds: self
                .record
                .types
                .iter()
                .filter(|(_, t)| !t.paths.is_empty())
                .map(|(kind, _)| kind)
                .collect(),
            files,
            has_icon: self.record.theme.icon.is_some(),
        };
        targets.check(&self.links, found);
    }
}

/// Checks what the settings say about themselves; what stands twice is taken once.
fn check_settings(site: &mut draft::Site, found: &mut Found) {
    let mut problem = |at: String, message: &str| found.problem(SITE, Problem::new(at, message));
    if site.hosts.is_empty() {
        problem("hosts".to_owned(), "missing; name at least one host, the first is the primary");
    }
    if site.locales.is_empty() {
        problem("locales".to_owned(), "missing; name at least one, the first is the default");
    }
    if site.currency.as_deref().is_some_and(|code| !validate::is_currency(code)) {
        problem("currency".to_owned(), "expected an ISO 4217 code such as \"EUR\"");
    }
    if site.timezone.as_deref().is_some_and(|name| !is_timezone(name)) {
        problem("timezone".to_owned(), "expected a name such as \"Europe/Brussels\" or \"UTC\"");
    }
    site.name.retain(|locale, name| match validate::writable(name, true) {
        Ok(()) => true,
        Err(message) => {
            problem(format!("name.{locale}"), &message);
            false
        }
    });
    once::<Hostname>("hosts", &mut site.hosts, &mut problem);
    once::<Locale>("locales", &mut site.locales, &mut problem);
}

/// Whether it has the form of a name of the tz database; which names there are changes from year to year.
fn is_timezone(name: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+'))
    };
    name.len() <= 64 && name.split('/').all(part)
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
fn frame(site: &draft::Site, known: &Known, found: &mut Found, links: &mut Links) -> BTreeMap<Locale, Frame> {
    let mut frames = BTreeMap::new();
    for (locale, frame) in &site.frame {
        let (mut problems, at) = (vec![], format!("frame.{locale}"));
        let here = Known { locale: Some(locale), ..*known };
        let before = here.sections(&frame.before, &join(&at, "before"), 0, &mut problems);
        let after = here.sections(&frame.after, &join(&at, "after"), 0, &mut problems);
        frames.insert(locale.clone(), Frame { before: raw(&before.into()), after: raw(&after.into()) });
        found.problems(SITE, problems);
    }
    links.take(SITE, None, None, known);
    frames
}
