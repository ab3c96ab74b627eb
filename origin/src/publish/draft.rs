//! A release before it is stored: compiled from the revisions that it shows and the release before.

use crate::access::SiteAccess;
use crate::library::Library;
use crate::problem::Refusal;
use crate::publish::contents::{Change, Chosen, Contents, Later, PageAt, changes, chosen_contents, moves};
use crate::publish::schedule::{self, Schedule, Texts};
use crate::repo::{documents, entities, releases};
use crate::source::{self, Documents, Placed, placed, unless_problems};
use crate::stores::{Fault, Row, Stores, rows};
use crate::subject::Subject;
use intake::compile::{Compiled, CompiledPage, compile};
use intake::routes::Base;
use intake::{Found, Immutable};
use model::ids::PageId;
use model::moment::Moment;
use model::names::{Hostname, Locale, PagePath};
use model::records::{RouteShard, SiteRecord};
use model::{Problem, SiteScope};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The newest release, as the next one starts from it.
#[derive(Default)]
pub struct Head {
    pub number: u64,
    /// What it shows, without what becomes of it by itself.
    pub contents: Contents,
    pub later: Vec<Later>,
    pub schedules: Vec<Schedule>,
    pub record: Option<SiteRecord>,
}

impl Head {
    /// Whether something has come about that is not written down yet.
    pub fn is_due(&self, now: u64) -> bool {
        let now_text = crate::clock::text(now);
        self.later.first().is_some_and(|later| later.at <= now)
            || self.schedules.iter().any(|s| s.at <= now_text)
    }

    /// The pages that are scheduled here or there.
    fn touched<'s>(&'s self, schedules: &'s [Schedule]) -> BTreeSet<&'s str> {
        let all = self.schedules.iter().chain(schedules);
        all.flat_map(|schedule| schedule.pages.keys()).map(String::as_str).collect()
    }
}

pub async fn head(stores: &dyn Stores, access: &SiteAccess) -> Result<Head, Fault> {
    let (scope, database) = (access.scope(), access.database());
    let Some(found) = releases::head(stores, scope, database).await? else { return Ok(Head::default()) };
    let mut record = site_record(&found)?;
    let routes = &mut record.routes;
    if let Some(shards) = routes.shards.take() {
        let since = std::mem::take(&mut routes.exact);
        for row in releases::shards(stores, scope, database, shards.hash.as_str()).await? {
            routes.exact.extend(row.json::<RouteShard>("body")?);
        }
        let gone = std::mem::take(&mut routes.gone);
        routes.exact.retain(|path, _| !gone.contains(path));
        routes.exact.extend(since);
    }
    record.later.clear();
    let mut contents: Contents = found.json("contents")?;
    Ok(Head {
        number: found.number("number"),
        later: std::mem::take(&mut contents.later),
        contents,
        schedules: found.json("schedules")?,
        record: Some(record),
    })
}

pub fn site_record(row: &Row) -> Result<SiteRecord, Fault> {
    model::json::from_str(&row.text("site_record"))
        .map_err(|e| Fault::Unavailable(format!("release {}: {e}", row.number("number"))))
}

/// A release before it is stored.
pub struct Draft {
    /// All its routes stand in it.
    pub record: SiteRecord,
    pub primary: Hostname,
    pub contents: Contents,
    pub immutable: Vec<Immutable>,
    pub texts: Texts,
    pub changes: Vec<Change>,
    pub library: Library,
    pub placed: Vec<Placed>,
}

impl Draft {
    /// The site's record and the immutable ones, as they are stored.
    pub fn records(&self) -> (SiteRecord, Vec<Immutable>) {
        let (mut record, mut immutable) = (self.record.clone(), self.immutable.clone());
        immutable.extend(intake::routes::shard(&mut record.routes));
        (record, immutable)
    }
}

pub async fn draft(
    stores: &dyn Stores,
    access: &SiteAccess,
    head: &Head,
    chosen: &Chosen,
    schedules: &[Schedule],
) -> Result<Draft, Refusal> {
    let mut documents = Documents::current(stores, access).await?;
    for (id, definition) in &chosen.types {
        documents.types.insert(id.clone(), (u64::MAX >> 11, definition.clone()));
    }
    let drafts = rows(stores, access.database(), documents::pages_to_publish(access)).await?;
    let wanted = chosen_contents(&documents, &drafts, &head.contents, chosen)?;
    let before = Before { number: head.number, contents: &head.contents, record: head.record.as_ref() };
    let touched = head.touched(schedules);
    let Step { compiled, contents, library, placed } =
        step(stores, access, &mut documents, before, wanted, &touched, &chosen.documents).await?;
    let mut changes = changes(&head.contents, &contents);
    changes.extend(schedule::differences(&head.schedules, schedules));
    let mut texts = Texts::default();
    texts.now(search_documents(&compiled, access.scope()));
    texts.without(head.contents.pages.keys().filter(|id| !contents.pages.contains_key(*id)).cloned());
    let mut draft = Draft {
        immutable: compiled.immutable(),
        record: compiled.record,
        primary: compiled.primary,
        contents,
        texts,
        changes,
        library,
        placed,
    };
    if !schedules.is_empty() {
        draft.add_moments(stores, access, head.number, &mut documents, schedules).await?;
    }
    draft.texts.without(schedule::search_ids(&head.later));
    Ok(draft)
}

impl Draft {
    /// What becomes of the release by itself: each moment is compiled on top of the one before.
    async fn add_moments(
        &mut self,
        stores: &dyn Stores,
        access: &SiteAccess,
        number: u64,
        documents: &mut Documents,
        schedules: &[Schedule],
    ) -> Result<(), Refusal> {
        let (mut contents, mut record) = (self.contents.clone(), self.record.clone());
        let is_large = intake::routes::is_large(&record.routes);
        if is_large {
            intake::routes::name_translations(&mut record.routes.exact);
        }
        for (at, pages) in schedule::moments(schedules) {
            let mut wanted = contents.clone();
            for (id, revision) in pages {
                let known = contents.pages.get(id);
                match revision {
                    None => drop(wanted.pages.remove(id)),
                    Some(revision) if known.is_some_and(|known| known.revision == revision) => {}
                    Some(revision) => {
                        let (Some(locale), Ok(path)) = (record.locales.first(), PagePath::parse("/")) else {
                            continue;
                        };
                        let place = PageAt { revision, locale: locale.clone(), path, group: String::new() };
                        // The place is filled in from the revision itself.
                        wanted.pages.insert(id.to_owned(), place);
                    }
                }
            }
            if wanted == contents {
                continue;
            }
            let before = Before { number, contents: &contents, record: Some(&record) };
            let Step { compiled, contents: then, placed, .. } =
                step(stores, access, documents, before, wanted, &BTreeSet::new(), &[]).await?;
            self.add_findings(placed, at);
            self.immutable.extend(compiled.immutable());
            let later = contents.later(at, &then);
            crate::problem::unless_good(moved_records(&contents, &later))?;
            let texts = search_documents(&compiled, access.scope());
            for page in later.pages.keys() {
                let text = texts.iter().find(|text| text.get(0).and_then(Value::as_str) == Some(page));
                self.texts.later(at, page, text.and_then(|text| text.get(1)));
            }
            let mut after = compiled.record;
            if is_large {
                intake::routes::name_translations(&mut after.routes.exact);
            }
            self.record.later.push(Moment::between(at, &record, &after));
            self.contents.later.push(later);
            (contents, record) = (then, after);
        }
        Ok(())
    }

    /// What is found at a moment and was not found before it.
    fn add_findings(&mut self, found: Vec<Placed>, at: u64) {
        let when = crate::clock::text(at);
        for mut finding in found {
            let same =
                |known: &Placed| known.document == finding.document && known.problem == finding.problem;
            if !self.placed.iter().any(same) {
                finding.problem.message += &format!(" (from {when} on)");
                self.placed.push(finding);
            }
        }
    }
}

/// The redirects as they are once all pages are published where they are being edited.
pub async fn redirects_to_come(stores: &dyn Stores, access: &SiteAccess) -> Result<Vec<Row>, Fault> {
    let mut documents = Documents::current(stores, access).await?;
    let shown = head(stores, access).await?.contents;
    let mut wanted = Contents::default();
    for row in rows(stores, access.database(), documents::pages_to_publish(access)).await? {
        let (Ok(locale), Ok(path)) = (Locale::parse(&row.text("locale")), PagePath::parse(&row.text("path")))
        else {
            continue;
        };
        let at = PageAt { revision: row.number("revision"), locale, path, group: String::new() };
        wanted.pages.insert(row.text("id"), at);
    }
    let (moved, taken) = moves(&shown, &wanted);
    documents.move_redirects(&moved, &taken);
    Ok(documents.redirects)
}

/// The paths that pages have, as visitors see them and as they are being edited.
pub async fn paths(stores: &dyn Stores, access: &SiteAccess) -> Result<BTreeSet<String>, Fault> {
    let shown = head(stores, access).await?.contents.pages;
    let mut paths: BTreeSet<String> = shown.values().map(|page| page.path.to_string()).collect();
    let edited = rows(stores, access.database(), documents::pages_to_publish(access)).await?;
    paths.extend(edited.iter().map(|row| row.text("path")));
    Ok(paths)
}

/// What a release or a moment of it is made from.
struct Before<'a> {
    number: u64,
    contents: &'a Contents,
    record: Option<&'a SiteRecord>,
}

/// What it becomes.
struct Step {
    compiled: Compiled,
    contents: Contents,
    library: Library,
    placed: Vec<Placed>,
}

/// Compiles what differs, and the pages that are `touched`; `instead`: documents in the place of those that are stored.
async fn step(
    stores: &dyn Stores,
    access: &SiteAccess,
    documents: &mut Documents,
    base: Before<'_>,
    mut wanted: Contents,
    touched: &BTreeSet<&str>,
    instead: &[(Subject, String, String)],
) -> Result<Step, Refusal> {
    let before = base.contents;
    // Pages are compiled from the settings, components and types that go with them.
    let all = before.components != wanted.components
        || before.blocks != wanted.blocks
        || before.types != wanted.types
        || before.settings.get("general") != wanted.settings.get("general");
    let mut anew: BTreeSet<String> = BTreeSet::new();
    for (id, at) in &wanted.pages {
        let other = before.pages.get(id).is_none_or(|known| known.revision != at.revision);
        if all || other || touched.contains(id.as_str()) {
            anew.insert(id.clone());
        }
    }
    let texts = revisions(stores, access, documents, &wanted, &anew).await?;
    // Translations name each other: with one of a group the others are made anew.
    let mut groups: BTreeSet<String> = BTreeSet::new();
    let gone = before.pages.iter().filter(|(id, _)| !wanted.pages.contains_key(*id));
    groups.extend(gone.map(|(_, at)| at.group.clone()));
    for id in &anew {
        groups.extend(before.pages.get(id).map(|at| at.group.clone()));
        if let Some(at) = texts.get(id).and_then(|text| place(id, text)) {
            groups.insert(at.group.clone());
            if let Some(page) = wanted.pages.get_mut(id) {
                *page = PageAt { revision: page.revision, ..at };
            }
        }
    }
    one_page_each(&wanted, &anew)?;
    let siblings: BTreeSet<String> = wanted
        .pages
        .iter()
        .filter(|(id, at)| groups.contains(&at.group) && !anew.contains(*id))
        .map(|(id, _)| id.clone())
        .collect();
    documents.pages = texts;
    if !siblings.is_empty() {
        let more = revisions(stores, access, documents, &wanted, &siblings).await?;
        documents.pages.extend(more);
    }
    anew.extend(siblings);
    for (subject, id, text) in instead {
        if let Some(known) = documents.of(*subject).get_mut(id) {
            known.clone_from(text);
        }
    }
    let (moved, taken) = moves(before, &wanted);
    documents.move_redirects(&moved, &taken);
    let same_theme = before.settings.get("theme") == wanted.settings.get("theme")
        && before.settings.get("general") == wanted.settings.get("general");
    let number = base.number;
    let base = self::base(base, &wanted, &anew, same_theme);
    let mut found = Found { site: access.site().to_string(), ..Found::default() };
    let source = documents.source(access, &mut found);
    let mut library = library(stores, access, documents).await?;
    if base.theme.is_none() {
        library = library.with_fonts(stores).await?;
    }
    let options = source::options(stores, access, number + 1);
    let compiled = source.and_then(|source| compile(source, base, &library, &options, &mut found));
    let Some(compiled) = compiled else {
        let placed = placed(access.site(), found);
        unless_problems(&placed)?;
        return Err(Refusal::Unavailable(format!("{}: nothing was compiled", access.site())));
    };
    let addresses = addresses(stores, access, &compiled).await?;
    compiled.check_links(&addresses, &library, &mut found);
    Ok(Step { compiled, contents: wanted, library, placed: placed(access.site(), found) })
}

/// What the search knows of records has their addresses, and is written anew when their page moves.
fn moved_records(before: &Contents, later: &Later) -> Vec<Problem> {
    let moves = later.pages.iter().filter(|(id, at)| match (before.pages.get(*id), at) {
        (Some(known), Some(at)) => known.path.as_str().ends_with(":slug") && known.path != at.path,
        _ => false,
    });
    let message = "the page of a type's records cannot move at a time: publish it now";
    moves.map(|(id, _)| Problem::new(format!("{}: path", Subject::Page.place(id)), message)).collect()
}

/// Two pages may have had one address one after the other: both cannot be shown there at the same time.
fn one_page_each(wanted: &Contents, anew: &BTreeSet<String>) -> Result<(), Refusal> {
    let mut at: BTreeMap<&PagePath, Vec<&String>> = BTreeMap::new();
    for (id, page) in &wanted.pages {
        at.entry(&page.path).or_default().push(id);
    }
    let twice = at.into_iter().filter(|(_, ids)| ids.len() > 1 && ids.iter().any(|id| anew.contains(*id)));
    let problem = |(path, ids): (&PagePath, Vec<&String>)| {
        let names = ids.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" and ");
        let at = format!("{}: path", Subject::Page.place(ids.last().map_or("", |id| id)));
        Problem::new(
            at,
            format!("{path} would be the address of {names}: publish them together, or take one away"),
        )
    };
    crate::problem::unless_good(twice.map(problem).collect())
}

/// Looks up the files that documents name.
pub async fn library(
    stores: &dyn Stores,
    access: &SiteAccess,
    documents: &Documents,
) -> Result<Library, Fault> {
    let texts = documents.settings.values().chain(documents.components.values());
    let texts = texts.chain(documents.blocks.values()).chain(documents.pages.values());
    Library::of(stores, access, &source::files(texts)).await
}

fn place(id: &str, text: &str) -> Option<PageAt> {
    let page: Value = serde_json::from_str(text).ok()?;
    let field = |name: &str| page.get(name).and_then(Value::as_str);
    Some(PageAt {
        revision: 0,
        locale: Locale::parse(field("locale")?).ok()?,
        path: PagePath::parse(field("path")?).ok()?,
        group: field("group").unwrap_or(id).to_owned(),
    })
}

/// Reads pages at the revisions that a release shows, and puts the other documents at theirs.
pub async fn revisions(
    stores: &dyn Stores,
    access: &SiteAccess,
    documents: &mut Documents,
    wanted: &Contents,
    pages: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Fault> {
    let mut ask = vec![];
    for (subject, ids) in [
        (Subject::Setting, &wanted.settings),
        (Subject::Component, &wanted.components),
        (Subject::Block, &wanted.blocks),
    ] {
        let known = &documents.revisions;
        let older = ids.iter().filter(|(id, n)| known.get(&(subject.name(), (*id).clone())) != Some(n));
        ask.extend(older.map(|(id, n)| json!([subject.name(), id, n])));
        documents.of(subject).retain(|id, _| ids.contains_key(id));
    }
    let pages = pages.iter().filter_map(|id| Some((id, wanted.pages.get(id)?)));
    ask.extend(pages.map(|(id, at)| json!([Subject::Page.name(), id, at.revision])));
    let mut texts = BTreeMap::new();
    // Documents are up to 1 MiB: so many that an answer stays within what D1 gives at once.
    for group in ask.chunks(500) {
        let asked = documents::at(access, &json!(group).to_string());
        for row in rows(stores, access.database(), asked).await? {
            if row.text("subject") == Subject::Page.name() {
                texts.insert(row.text("id"), row.text("document"));
            } else {
                documents.put(&row);
            }
        }
    }
    Ok(texts)
}

/// The pages of the release before that stay as they are.
fn base(before: Before, wanted: &Contents, anew: &BTreeSet<String>, same_theme: bool) -> Base {
    let Some(record) = before.record else { return Base::default() };
    let mut base = Base {
        exact: record.routes.exact.clone(),
        patterns: record.routes.patterns.clone(),
        paths: BTreeMap::new(),
        theme: same_theme.then(|| record.theme.clone()),
        others: false,
    };
    for (id, at) in &before.contents.pages {
        if anew.contains(id) || !wanted.pages.contains_key(id) {
            base.exact.remove(&at.path);
            let path = at.path.as_str();
            base.patterns.retain(|p| path.strip_suffix(":slug") != Some(p.prefix.as_str()));
        } else if let Ok(page) = PageId::parse(id) {
            base.paths.insert((page, at.locale.clone()), at.path.clone());
        }
    }
    base
}

/// Which of the addresses of records that are linked to there are.
async fn addresses(
    stores: &dyn Stores,
    access: &SiteAccess,
    compiled: &Compiled,
) -> Result<HashMap<String, PagePath>, Fault> {
    let asked = compiled.record_links();
    let mut found = HashMap::new();
    for group in asked.chunks(500) {
        let list: Vec<_> = group.iter().map(|a| json!([a.kind, a.locale, a.slug])).collect();
        let there = rows(stores, access.database(), entities::there(access, &json!(list).to_string()));
        let there: BTreeSet<(String, String, String)> =
            there.await?.iter().map(|r| (r.text("kind"), r.text("locale"), r.text("slug"))).collect();
        for a in group {
            if there.contains(&(a.kind.to_string(), a.locale.to_string(), a.slug.clone())) {
                found.insert(a.path.clone(), a.pattern.clone());
            }
        }
    }
    Ok(found)
}

/// Search documents of the pages that differ or were scheduled, from the revisions that are shown then.
pub async fn texts_of(
    stores: &dyn Stores,
    access: &SiteAccess,
    head: &Head,
    after: &Contents,
) -> Result<Texts, Refusal> {
    let (before, touched) = (&head.contents, head.touched(&[]));
    let mut texts = Texts::default();
    texts.without(schedule::search_ids(&head.later));
    texts.without(before.pages.keys().filter(|id| !after.pages.contains_key(*id)).cloned());
    let differs = |id: &String, at: &PageAt| {
        before.pages.get(id).is_none_or(|known| known.revision != at.revision)
            || touched.contains(id.as_str())
    };
    let anew: BTreeSet<String> =
        after.pages.iter().filter(|(id, at)| differs(id, at)).map(|(id, _)| id.clone()).collect();
    if anew.is_empty() {
        return Ok(texts);
    }
    let mut documents = Documents::current(stores, access).await?;
    documents.pages = revisions(stores, access, &mut documents, after, &anew).await?;
    let mut found = Found::default();
    let library = library(stores, access, &documents).await?;
    let options = source::options(stores, access, 0);
    let base = Base { theme: source::no_theme(), ..Base::default() };
    let source = documents.source(access, &mut found);
    let compiled = source.and_then(|source| compile(source, base, &library, &options, &mut found));
    texts.now(compiled.iter().flat_map(|compiled| search_documents(compiled, access.scope())).collect());
    Ok(texts)
}

/// What the search reads of each page, by its id; `null` where it is not to be found.
fn search_documents(compiled: &Compiled, scope: &SiteScope) -> Vec<Value> {
    let entry = |page: CompiledPage| {
        let document = page.document.map(|d| json!([d.scope, d.title, d.body, d.path, d.summary]));
        json!([page.draft.id, document])
    };
    compiled.pages(scope).map(entry).collect()
}
