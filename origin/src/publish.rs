//! Drafts become a release, and the release goes live.
//!
//! 1. The release before and what was chosen say what the new one shows; it is compiled and checked.
//! 2. One batch stores it: its records, contents, redirects, audit row. From here on it is not lost.
//! 3. Its records go to KV under their digests, where nothing refers to them yet.
//! 4. One batch makes it the live one and wishes for the host record; writing that makes it visible.
//!
//! Whatever comes between, the old release is served, and the next publish or the platform's round goes on from the
//! step that was reached.

use crate::access::SiteAccess;
use crate::call::Call;
use crate::change::{Event, Lost, commit};
use crate::http::Reply;
use crate::kv;
use crate::library::Library;
use crate::problem::Refusal;
use crate::repo::documents;
use crate::repo::kv as wishes;
use crate::repo::releases::{self, NewRelease, Published};
use crate::source::{self, Documents, Placed, placed, unless_problems};
use crate::stores::{Fault, Row, Statement, Stores, row, rows};
use crate::subject::Subject;
use intake::compile::{Base, Compiled, compile};
use intake::{Found, Kind};
use model::SiteScope;
use model::ids::{ContentHash, PageId};
use model::names::{Locale, PagePath};
use model::records::{RouteShard, SiteRecord};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Which revision of what a release shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Contents {
    #[serde(default)]
    pub settings: BTreeMap<String, u64>,
    #[serde(default)]
    pub components: BTreeMap<String, u64>,
    #[serde(default)]
    pub blocks: BTreeMap<String, u64>,
    #[serde(default)]
    pub types: BTreeMap<String, u64>,
    #[serde(default)]
    pub pages: BTreeMap<String, PageAt>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageAt {
    pub revision: u64,
    pub locale: Locale,
    pub path: PagePath,
    pub group: String,
}

/// What to publish.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    pub everything: bool,
    pub locale: Option<Locale>,
    pub pages: Vec<String>,
    pub settings: Vec<String>,
    pub components: Vec<String>,
    pub blocks: Vec<String>,
    /// Pages to take away.
    pub unpublish: Vec<String>,
    /// Definitions of types in the place of those that are stored, for a check.
    pub types: Vec<(String, String)>,
}

/// A difference between two releases, for people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Change {
    /// `page`, `settings`, `component`, `block` or `entity_type`.
    pub subject: String,
    pub id: String,
    /// `added`, `changed` or `removed`.
    pub how: String,
}

/// A release that was stored and is on its way, or live.
pub struct Done {
    pub number: u64,
    pub changes: Vec<Change>,
    pub warnings: Vec<Placed>,
    /// Whether visitors see it where it was written.
    pub visible: bool,
    /// The kept answer of a request that was repeated.
    pub replayed: Option<Reply>,
}

/// Others may publish at the same time; whoever comes second builds on the first one's release.
const TRIES: u32 = 20;

/// The newest release, as the next one starts from it.
struct Head {
    number: u64,
    contents: Contents,
    record: Option<SiteRecord>,
}

async fn head(stores: &dyn Stores, access: &SiteAccess) -> Result<Head, Fault> {
    let Some(found) = releases::head(stores, access).await? else {
        return Ok(Head { number: 0, contents: Contents::default(), record: None });
    };
    let mut record = site_record(&found)?;
    if let Some(shards) = record.routes.shards.take() {
        for row in releases::shards(stores, access, shards.hash.as_str()).await? {
            record.routes.exact.extend(row.json::<RouteShard>("body")?);
        }
    }
    Ok(Head { number: found.number("number"), contents: found.json("contents")?, record: Some(record) })
}

fn site_record(row: &Row) -> Result<SiteRecord, Fault> {
    model::json::from_str(&row.text("site_record"))
        .map_err(|e| Fault::Unavailable(format!("release {}: {e}", row.number("number"))))
}

/// A release before it is stored.
struct Draft {
    compiled: Compiled,
    contents: Contents,
    changes: Vec<Change>,
    library: Library,
    placed: Vec<Placed>,
}

async fn draft(
    stores: &dyn Stores,
    access: &SiteAccess,
    head: &Head,
    chosen: &Chosen,
) -> Result<Draft, Refusal> {
    let mut documents = Documents::current(stores, access).await?;
    for (id, definition) in &chosen.types {
        documents.types.insert(id.clone(), (u64::MAX >> 11, definition.clone()));
    }
    let drafts = rows(stores, access.database(), documents::pages_to_publish(access)).await?;
    let mut wanted = chosen_contents(&documents, &drafts, &head.contents, chosen)?;
    let before = &head.contents;
    // Pages are compiled from the settings, components and types that go with them.
    let all = before.components != wanted.components
        || before.blocks != wanted.blocks
        || before.types != wanted.types
        || before.settings.get("general") != wanted.settings.get("general");
    let mut anew: BTreeSet<String> = BTreeSet::new();
    for (id, at) in &wanted.pages {
        if all || before.pages.get(id).is_none_or(|known| known.revision != at.revision) {
            anew.insert(id.clone());
        }
    }
    let texts = revisions(stores, access, &mut documents, &wanted, &anew).await?;
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
    let siblings: BTreeSet<String> = wanted
        .pages
        .iter()
        .filter(|(id, at)| groups.contains(&at.group) && !anew.contains(*id))
        .map(|(id, _)| id.clone())
        .collect();
    documents.pages = texts;
    if !siblings.is_empty() {
        let more = revisions(stores, access, &mut documents, &wanted, &siblings).await?;
        documents.pages.extend(more);
    }
    anew.extend(siblings);
    let (moved, taken) = moves(before, &wanted);
    documents.move_redirects(&moved, &taken);
    let same_theme = before.settings.get("theme") == wanted.settings.get("theme")
        && before.settings.get("general") == wanted.settings.get("general");
    let base = base(head, &wanted, &anew, same_theme);
    let mut found = Found { site: access.site().to_string(), ..Found::default() };
    let source = documents.source(access, &mut found);
    let mut library = library(stores, access, &documents).await?;
    if base.theme.is_none() {
        library = library.with_fonts(stores).await?;
    }
    let options = source::options(stores, access, head.number + 1);
    let compiled = source.and_then(|source| compile(source, base, &library, &options, &mut found));
    let Some(compiled) = compiled else {
        let placed = placed(access.site(), found);
        unless_problems(&placed)?;
        return Err(Refusal::Unavailable(format!("{}: nothing was compiled", access.site())));
    };
    let addresses = addresses(stores, access, &compiled).await?;
    compiled.check_links(&addresses, &library, &mut found);
    let changes = changes(before, &wanted);
    Ok(Draft { compiled, contents: wanted, changes, library, placed: placed(access.site(), found) })
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
async fn revisions(
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

/// Which revisions a release with the chosen documents shows.
fn chosen_contents(
    documents: &Documents,
    drafts: &[Row],
    before: &Contents,
    chosen: &Chosen,
) -> Result<Contents, Refusal> {
    let mut wanted = before.clone();
    let mut problems = vec![];
    for (subject, list, name) in [
        (Subject::Setting, &chosen.settings, "settings"),
        (Subject::Component, &chosen.components, "components"),
        (Subject::Block, &chosen.blocks, "blocks"),
    ] {
        let current: BTreeMap<&str, u64> = documents
            .revisions
            .iter()
            .filter(|((s, _), _)| *s == subject.name())
            .map(|((_, id), revision)| (id.as_str(), *revision))
            .collect();
        let published = match subject {
            Subject::Setting => &mut wanted.settings,
            Subject::Component => &mut wanted.components,
            _ => &mut wanted.blocks,
        };
        for (n, id) in list.iter().enumerate() {
            if !current.contains_key(id.as_str()) && !published.contains_key(id) {
                problems.push(model::Problem::new(
                    format!("{name}[{n}]"),
                    format!("there is no {id:?} to publish"),
                ));
            }
        }
        if chosen.everything {
            published.retain(|id, _| current.contains_key(id.as_str()));
        } else {
            published.retain(|id, _| current.contains_key(id.as_str()) || !list.contains(id));
        }
        for (id, revision) in current {
            // What was never published goes along: pages may need it, and visitors see it through them only.
            if chosen.everything || list.iter().any(|c| c == id) || !published.contains_key(id) {
                published.insert(id.to_owned(), revision);
            }
        }
    }
    wanted.types = documents.types.iter().map(|(id, (revision, _))| (id.clone(), *revision)).collect();
    let known: BTreeMap<String, &Row> = drafts.iter().map(|row| (row.text("id"), row)).collect();
    for (name, list) in [("pages", &chosen.pages), ("unpublish", &chosen.unpublish)] {
        for (n, id) in list.iter().enumerate() {
            let there = if name == "pages" { known.contains_key(id) } else { before.pages.contains_key(id) };
            if !there {
                let message = match name {
                    "pages" => format!(
                        "there is no page {id:?} to publish: create it, or restore it from the archive"
                    ),
                    _ => format!("the page {id:?} is not published"),
                };
                problems.push(model::Problem::new(format!("{name}[{n}]"), message));
            }
        }
    }
    crate::problem::unless_good(problems)?;
    let in_locale = |locale: &str| chosen.locale.as_ref().is_some_and(|l| l.as_str() == locale);
    let leaves = |id: &str, at: &PageAt| {
        let gone = !known.contains_key(id) && (chosen.everything || in_locale(at.locale.as_str()));
        gone || chosen.unpublish.iter().any(|u| u == id)
    };
    wanted.pages.retain(|id, at| !leaves(id, at));
    for (id, row) in known {
        let locale = row.text("locale");
        if chosen.everything || in_locale(&locale) || chosen.pages.contains(&id) {
            let (Ok(locale), Ok(path)) = (Locale::parse(&locale), PagePath::parse("/")) else { continue };
            let at = PageAt { revision: row.number("revision"), locale, path, group: String::new() };
            // The place is filled in from the revision itself.
            let same = before.pages.get(&id).filter(|known| known.revision == at.revision).cloned();
            wanted.pages.insert(id, same.unwrap_or(at));
        }
    }
    Ok(wanted)
}

/// The pages of the release before that stay as they are.
fn base(head: &Head, wanted: &Contents, anew: &BTreeSet<String>, same_theme: bool) -> Base {
    let Some(record) = &head.record else { return Base::default() };
    let mut base = Base {
        exact: record.routes.exact.clone(),
        patterns: record.routes.patterns.clone(),
        paths: BTreeMap::new(),
        theme: same_theme.then(|| record.theme.clone()),
        others: false,
    };
    for (id, at) in &head.contents.pages {
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
        let there =
            rows(stores, access.database(), crate::repo::entities::there(access, &json!(list).to_string()));
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

fn changes(before: &Contents, after: &Contents) -> Vec<Change> {
    let mut list = vec![];
    let pages = |c: &Contents| c.pages.iter().map(|(id, at)| (id.clone(), at.revision)).collect();
    for (subject, old, new) in [
        ("page", pages(before), pages(after)),
        ("settings", before.settings.clone(), after.settings.clone()),
        ("component", before.components.clone(), after.components.clone()),
        ("block", before.blocks.clone(), after.blocks.clone()),
        ("entity_type", before.types.clone(), after.types.clone()),
    ] {
        list.extend(differences(&old, &new).into_iter().map(|(id, how)| Change {
            subject: subject.to_owned(),
            id,
            how: how.to_owned(),
        }));
    }
    list
}

fn differences(old: &BTreeMap<String, u64>, new: &BTreeMap<String, u64>) -> Vec<(String, &'static str)> {
    let mut found = vec![];
    for (id, revision) in new {
        match old.get(id) {
            None => found.push((id.clone(), "added")),
            Some(known) if known != revision => found.push((id.clone(), "changed")),
            Some(_) => {}
        }
    }
    found.extend(old.keys().filter(|id| !new.contains_key(*id)).map(|id| (id.clone(), "removed")));
    found
}

/// What would be published and what is wrong with it, without doing it.
pub async fn check(
    call: &Call<'_>,
    access: &SiteAccess,
    chosen: &Chosen,
) -> Result<(Vec<Change>, Vec<Placed>), Refusal> {
    let head = head(call.stores, access).await?;
    match draft(call.stores, access, &head, chosen).await {
        Ok(draft) => Ok((draft.changes, draft.placed)),
        Err(Refusal::Invalid(problems)) => {
            let placed = problems.into_iter().map(|problem| Placed {
                document: String::new(),
                problem,
                is_problem: true,
            });
            Ok((vec![], placed.collect()))
        }
        Err(other) => Err(other),
    }
}

pub async fn publish(
    call: &Call<'_>,
    access: &SiteAccess,
    chosen: &Chosen,
    note: &str,
) -> Result<Done, Refusal> {
    let stores = call.stores;
    for _ in 0..TRIES {
        let head = head(stores, access).await?;
        let draft = draft(stores, access, &head, chosen).await?;
        unless_problems(&draft.placed)?;
        draft.library.copy_fonts(stores, access).await?;
        let (number, warnings, changes) = (head.number + 1, draft.placed, draft.changes);
        if changes.is_empty() && number > 1 {
            let visible = kv_of(stores, access, head.number).await?;
            return Ok(Done { number: head.number, changes, warnings, visible, replayed: None });
        }
        let (mut record, mut immutable) = (draft.compiled.record.clone(), draft.compiled.immutable());
        immutable.extend(intake::routes::shard(&mut record.routes));
        let scope = access.scope();
        let mut texts = vec![];
        for page in draft.compiled.pages(scope) {
            let document = page.document.map(|d| json!([d.scope, d.title, d.body, d.path, d.summary]));
            texts.push(json!([page.draft.id, document]));
        }
        let gone = head.contents.pages.keys().filter(|id| !draft.contents.pages.contains_key(*id));
        texts.extend(gone.map(|id| json!([id, null])));
        let site_record = json_of(&record)?;
        let stored = releases::store(
            stores,
            access,
            NewRelease {
                number,
                cause: "publish",
                of_number: None,
                site_record: &site_record,
                contents: json_of(&draft.contents)?,
                documents: json_of(&texts)?,
                changes: json_of(&changes)?,
                note,
            },
            &immutable,
        );
        let (moved, taken) = moves(&head.contents, &draft.contents);
        let mut moved = match taken.is_empty() {
            true => vec![],
            false => releases::moved(stores, access, &json!(moved).to_string(), &json!(taken).to_string()),
        };
        // The platform's round finds by the wish what a crash leaves behind.
        moved.push(wishes::primary_host(scope));
        match keep(call, access, number, stored.into_iter().chain(moved).collect(), &changes).await? {
            Kept::Lost => continue,
            Kept::Before(reply) => {
                return Ok(Done { number, changes, warnings, visible: true, replayed: Some(reply) });
            }
            Kept::Stored => {
                let visible = kv_of(stores, access, number).await?;
                return Ok(Done { number, changes, warnings, visible, replayed: None });
            }
        }
    }
    Err(Refusal::Unavailable(format!("{}: lost {TRIES} races for the next release", access.site())))
}

/// A new release that shows what an old one did.
pub async fn roll_back(call: &Call<'_>, access: &SiteAccess, to: u64, note: &str) -> Result<Done, Refusal> {
    let stores = call.stores;
    let target = releases::get(stores, access, to).await?.ok_or(Refusal::NotFound)?;
    let contents: Contents = target.json("contents")?;
    for _ in 0..TRIES {
        let head = head(stores, access).await?;
        let number = head.number + 1;
        let mut record = site_record(&target)?;
        record.release = number;
        let changes = changes(&head.contents, &contents);
        let texts = texts_of(stores, access, &head.contents, &contents).await?;
        let site_record = json_of(&record)?;
        let mut stored = releases::store(
            stores,
            access,
            NewRelease {
                number,
                cause: "rollback",
                of_number: Some(to),
                site_record: &site_record,
                contents: json_of(&contents)?,
                documents: json_of(&texts)?,
                changes: json_of(&changes)?,
                note,
            },
            &[],
        );
        stored.push(wishes::primary_host(access.scope()));
        match keep(call, access, number, stored, &changes).await? {
            Kept::Lost => continue,
            Kept::Before(reply) => {
                return Ok(Done { number, changes, warnings: vec![], visible: true, replayed: Some(reply) });
            }
            Kept::Stored => {
                let visible = kv_of(stores, access, number).await?;
                return Ok(Done { number, changes, warnings: vec![], visible, replayed: None });
            }
        }
    }
    Err(Refusal::Unavailable(format!("{}: lost {TRIES} races for the next release", access.site())))
}

/// Search documents of the pages that differ, from the revisions that are shown then.
async fn texts_of(
    stores: &dyn Stores,
    access: &SiteAccess,
    before: &Contents,
    after: &Contents,
) -> Result<Vec<Value>, Refusal> {
    let mut texts: Vec<Value> =
        before.pages.keys().filter(|id| !after.pages.contains_key(*id)).map(|id| json!([id, null])).collect();
    let anew: BTreeSet<String> = after
        .pages
        .iter()
        .filter(|(id, at)| before.pages.get(*id).is_none_or(|known| known.revision != at.revision))
        .map(|(id, _)| id.clone())
        .collect();
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
    for page in compiled.iter().flat_map(|compiled| compiled.pages(access.scope())) {
        let document = page.document.map(|d| json!([d.scope, d.title, d.body, d.path, d.summary]));
        texts.push(json!([page.draft.id, document]));
    }
    Ok(texts)
}

fn json_of<T: Serialize>(value: &T) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(|e| Refusal::Unavailable(e.to_string()))
}

enum Kept {
    Stored,
    /// Somebody else has taken the number.
    Lost,
    /// The request was done before.
    Before(Reply),
}

async fn keep(
    call: &Call<'_>,
    access: &SiteAccess,
    number: u64,
    statements: Vec<Statement>,
    changes: &[Change],
) -> Result<Kept, Refusal> {
    let event = Event {
        subject: "release",
        id: number.to_string(),
        before: Some(json!({"release": number - 1})),
        after: Some(json!({"release": number, "changes": changes})),
    };
    let reply =
        Reply::json(201, &json!({"number": number, "changes": changes, "warnings": [], "visible": true}))
            .with("location", format!("/api/v1/sites/{}/releases/{number}", access.site()));
    match commit(call, access, statements, event, &reply).await {
        Ok(None) => Ok(Kept::Stored),
        Ok(Some(reply)) => Ok(Kept::Before(reply)),
        Err(Lost::Constraint(text)) if text.contains("releases.") => Ok(Kept::Lost),
        Err(lost) => Err(lost.into()),
    }
}

/// From where to where pages have moved, and all paths that are taken anew.
fn moves(before: &Contents, after: &Contents) -> (BTreeMap<String, String>, Vec<String>) {
    let taken: BTreeSet<&str> = after.pages.values().map(|at| at.path.as_str()).collect();
    let mut moved = BTreeMap::new();
    for (id, at) in &after.pages {
        if let Some(known) = before.pages.get(id).filter(|known| known.path != at.path)
            && !taken.contains(known.path.as_str())
            && !known.path.as_str().contains(":slug")
        {
            moved.insert(known.path.to_string(), at.path.to_string());
        }
    }
    let anew =
        after.pages.iter().filter(|(id, at)| before.pages.get(*id).is_none_or(|known| known.path != at.path));
    (moved, anew.map(|(_, at)| at.path.to_string()).collect())
}

/// Makes a stored release live and visible.
async fn kv_of(stores: &dyn Stores, access: &SiteAccess, _: u64) -> Result<bool, Refusal> {
    match resume(stores, access.scope(), access.database()).await {
        Ok(visible) => Ok(visible),
        // It is stored: the platform's round makes it visible.
        Err(fault) => {
            stores.log(&format!("publish of {}: {fault}", access.site()));
            Ok(false)
        }
    }
}

/// Goes on with whatever of a site's publishing is not done. True where visitors see the newest release.
pub async fn resume(stores: &dyn Stores, scope: &SiteScope, database: &str) -> Result<bool, Fault> {
    let site = scope.site().as_str();
    let state = row(stores, database, releases::open(site)).await?.unwrap_or_default();
    let live = state.number("live");
    if let Some(number) = state.maybe_number("open").filter(|open| *open > live) {
        let mut after = (String::new(), String::new(), 0);
        loop {
            let page = releases::records_between(site, live, number, (&after.0, &after.1, after.2));
            let Some(last) = put_records(stores, scope, rows(stores, database, page).await?).await? else {
                break;
            };
            after = last;
        }
        let waiting = rows(stores, database, releases::waiting(site, live, number)).await?;
        let mut batch = releases::go_live(stores, site, number, &published(stores, live, &waiting)?);
        batch.push(if live == 0 { wishes::hosts_of_site(scope) } else { wishes::primary_host(scope) });
        stores.batch(database, batch).await?;
    }
    kv::drain(stores, database, site).await
}

/// Writes immutable records; the place of the last one, where there may be more.
async fn put_records(
    stores: &dyn Stores,
    scope: &SiteScope,
    records: Vec<Row>,
) -> Result<Option<(String, String, u64)>, Fault> {
    let mut last = None;
    let mut writes = vec![];
    for row in records {
        let (kind, hash, part) = (row.text("kind"), row.text("hash"), row.number("part"));
        let key = Kind::ALL
            .into_iter()
            .find(|known| known.name() == kind)
            .zip(ContentHash::parse(&hash).ok())
            .map(|(kind, hash)| kind.key(scope, &hash, part as u32));
        if let Some(key) = key {
            writes.push((key, row.text("body")));
        }
        last = Some((kind, hash, part));
    }
    let puts = writes.iter().map(|(key, text)| stores.kv_put(key, Some(text.clone())));
    for put in futures::future::join_all(puts).await {
        put?;
    }
    Ok(last)
}

/// What changes in the tables with a release that goes live. `waiting` begins with the live release, if there is one.
fn published(stores: &dyn Stores, live: u64, waiting: &[Row]) -> Result<Published, Fault> {
    let contents =
        |row: Option<&Row>| row.map_or(Ok(Contents::default()), |row| row.json::<Contents>("contents"));
    let before = contents(waiting.first().filter(|row| live > 0 && row.number("number") == live))?;
    let after = contents(waiting.last())?;
    let list = |old: &BTreeMap<String, u64>, new: &BTreeMap<String, u64>| {
        let changed = differences(old, new).into_iter().map(|(id, _)| json!([id, new.get(&id)]));
        Value::from(changed.collect::<Vec<_>>()).to_string()
    };
    let pages = |c: &Contents| c.pages.iter().map(|(id, at)| (id.clone(), at.revision)).collect();
    let mut texts: BTreeMap<String, Value> = BTreeMap::new();
    for row in waiting.iter().filter(|row| row.number("number") > live) {
        for (id, document) in row.json::<Vec<(String, Value)>>("documents")? {
            texts.insert(id, document);
        }
    }
    let mut documents = vec![];
    for (id, document) in texts {
        match document {
            Value::Array(fields) => {
                let mut entry = vec![json!(id), json!(search_row(stores)?)];
                entry.extend(fields);
                documents.push(Value::from(entry));
            }
            _ => documents.push(json!([id])),
        }
    }
    Ok(Published {
        pages: list(&pages(&before), &pages(&after)),
        settings: list(&before.settings, &after.settings),
        components: list(&before.components, &after.components),
        blocks: list(&before.blocks, &after.blocks),
        documents: Value::from(documents).to_string(),
    })
}

/// A free row for a page in the search: below those of records, whose rows begin with their time, so that results
/// name records first. By chance out of 2^40, so that no two meet.
fn search_row(stores: &dyn Stores) -> Result<u64, Fault> {
    let mut bytes = [0; 8];
    stores.random(bytes.get_mut(..5).unwrap_or_default())?;
    Ok(u64::from_le_bytes(bytes) + 1)
}

/// Writes everything of a site into KV again, byte for byte: the records of its releases, then its hosts.
pub async fn republish(stores: &dyn Stores, access: &SiteAccess) -> Result<(u64, bool), Fault> {
    let (site, database) = (access.site().as_str(), access.database());
    let (mut after, mut count) = ((String::new(), String::new(), 0), 0);
    loop {
        let page = rows(stores, database, releases::all_records(site, (&after.0, &after.1, after.2))).await?;
        count += page.len() as u64;
        let Some(last) = put_records(stores, access.scope(), page).await? else { break };
        after = last;
    }
    stores.batch(database, vec![wishes::hosts_of_site(access.scope())]).await?;
    Ok((count, resume(stores, access.scope(), database).await?))
}
