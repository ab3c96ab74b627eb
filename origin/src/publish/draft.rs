//! A release before it is stored: compiled from the revisions that it shows and the release before.

use crate::access::SiteAccess;
use crate::library::Library;
use crate::problem::Refusal;
use crate::publish::contents::{Change, Chosen, Contents, PageAt, changes, chosen_contents, moves};
use crate::repo::{documents, entities, releases};
use crate::source::{self, Documents, Placed, placed, unless_problems};
use crate::stores::{Fault, Row, Stores, rows};
use crate::subject::Subject;
use intake::Found;
use intake::Immutable;
use intake::compile::{Base, Compiled, CompiledPage, compile};
use model::SiteScope;
use model::ids::PageId;
use model::names::{Locale, PagePath};
use model::records::{RouteShard, SiteRecord};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The newest release, as the next one starts from it.
pub struct Head {
    pub number: u64,
    pub contents: Contents,
    pub record: Option<SiteRecord>,
}

pub async fn head(stores: &dyn Stores, access: &SiteAccess) -> Result<Head, Fault> {
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

pub fn site_record(row: &Row) -> Result<SiteRecord, Fault> {
    model::json::from_str(&row.text("site_record"))
        .map_err(|e| Fault::Unavailable(format!("release {}: {e}", row.number("number"))))
}

/// A release before it is stored.
pub struct Draft {
    pub compiled: Compiled,
    pub contents: Contents,
    pub changes: Vec<Change>,
    pub library: Library,
    pub placed: Vec<Placed>,
}

impl Draft {
    /// The site's record and the immutable ones, as they are stored.
    pub fn records(&self) -> (SiteRecord, Vec<Immutable>) {
        let (mut record, mut immutable) = (self.compiled.record.clone(), self.compiled.immutable());
        immutable.extend(intake::routes::shard(&mut record.routes));
        (record, immutable)
    }
}

pub async fn draft(
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
    for (subject, id, text) in &chosen.documents {
        if let Some(known) = documents.of(*subject).get_mut(id) {
            known.clone_from(text);
        }
    }
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

/// Search documents of the pages that differ, from the revisions that are shown then.
pub async fn texts_of(
    stores: &dyn Stores,
    access: &SiteAccess,
    before: &Contents,
    after: &Contents,
) -> Result<Vec<Value>, Refusal> {
    let mut texts = without_search(before, after);
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
    texts.extend(compiled.iter().flat_map(|compiled| search_documents(compiled, access.scope())));
    Ok(texts)
}

/// What the search reads of each page, by its id; `null` where it is not to be found.
pub fn search_documents(compiled: &Compiled, scope: &SiteScope) -> Vec<Value> {
    let entry = |page: CompiledPage| {
        let document = page.document.map(|d| json!([d.scope, d.title, d.body, d.path, d.summary]));
        json!([page.draft.id, document])
    };
    compiled.pages(scope).map(entry).collect()
}

/// Pages that leave the search with a release.
pub fn without_search(before: &Contents, after: &Contents) -> Vec<Value> {
    before.pages.keys().filter(|id| !after.pages.contains_key(*id)).map(|id| json!([id, null])).collect()
}
