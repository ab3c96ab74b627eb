//! A file fills a new site. Files of the site are stored as they come; texts are held, and checked together when all are
//! there. Then a job writes them (`fill.rs`). Where something is wrong nothing but files is stored, and the file can be sent
//! again: what is stored already is passed over.

use crate::access::SiteAccess;
use crate::assets::names;
use crate::assets::upload::{MAX_FILE, Wanted, receive};
use crate::call::Call;
use crate::change::{Event, commit};
use crate::files::Incoming;
use crate::handlers::asset_content::{content, receive_variant};
use crate::http::{Reply, Request};
use crate::library::Library;
use crate::lives::archive::tar::{Archive, Entry};
use crate::lives::archive::{FILES, WIDTHS};
use crate::lives::content::{self, From, kept};
use crate::lives::fill::{Payload, Progress};
use crate::problem::Refusal;
use crate::repo::assets::{self, NewAsset};
use crate::repo::objects::{self, Loose};
use crate::repo::{asset_folders, fills, sites};
use crate::secret;
use crate::source::{self, Documents, placed, unless_problems};
use crate::stores::Row;
use crate::subject::{General, Subject};
use intake::Found;
use intake::compile::compile;
use intake::parts::{self, Parts};
use intake::routes::Base;
use model::Problem;
use model::ids::TypeName;
use model::names::Locale;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Longest texts of a file, all together, in bytes: they are held beside the other requests of an isolate with its 128 MB
/// (<https://developers.cloudflare.com/workers/platform/limits/>).
const MAX_TEXTS: u64 = 16 * 1024 * 1024;

struct Import<'a> {
    call: &'a Call<'a>,
    site: &'a SiteAccess,
    archive: Rc<Archive>,
    texts: BTreeMap<String, String>,
    held: u64,
    /// Paths of the files that are stored.
    stored: BTreeSet<String>,
}

pub async fn import(call: &Call<'_>, site: &SiteAccess) -> Result<(), Refusal> {
    let archive = Archive::new(call.request.file.clone());
    let stored = stored(call, site).await?;
    let mut import = Import { call, site, archive, texts: BTreeMap::new(), held: 0, stored };
    import.read().await?;
    import.stylesheets().await?;
    let texts = std::mem::take(&mut import.texts);
    let parts = Parts::read(&texts).map_err(|(file, problem)| at(&file, problem))?;
    drop(texts);
    import.check(&parts).await?;
    import.keep(parts).await
}

fn at(file: &str, problem: Problem) -> Refusal {
    let path = if problem.path.is_empty() { file.to_owned() } else { format!("{file}: {}", problem.path) };
    Problem::new(path, problem.message).into()
}

/// Names the file in what was wrong with it.
fn about(file: &str, refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Invalid(problems) => Refusal::Invalid(
            problems.into_iter().map(|p| Problem::new(format!("{file}: {}", p.path), p.message)).collect(),
        ),
        Refusal::TooLarge(limit) => {
            at(file, Problem::new("", format!("has more than {limit} bytes: make it smaller")))
        }
        Refusal::Malformed(why) => at(file, Problem::new("", why)),
        other => other,
    }
}

async fn stored(call: &Call<'_>, site: &SiteAccess) -> Result<BTreeSet<String>, Refusal> {
    let (mut stored, mut after) = (BTreeSet::new(), String::new());
    loop {
        let rows = assets::all_after(call.stores, site, &after, 200).await?;
        let Some(last) = rows.last().map(|row| row.text("id")) else { return Ok(stored) };
        for row in rows {
            let widths: Vec<(u32, u64)> = row.json("objects")?;
            let path = names::path(&row.text("folder"), &row.text("name"), &row.text("ext"));
            stored.extend(widths.iter().map(|(width, _)| format!("{path}/{width}.webp")));
            stored.insert(path);
        }
        after = last;
    }
}

impl Import<'_> {
    async fn read(&mut self) -> Result<(), Refusal> {
        while let Some(Entry { path, size }) = self.archive.next().await? {
            if path.split('/').any(|part| part.starts_with('.')) {
                continue;
            }
            let file = path.strip_prefix(FILES).filter(|name| !name.is_empty());
            match (file, path.strip_prefix(WIDTHS)) {
                (Some(folder), _) if folder.ends_with('/') => self.folder(&path, folder).await?,
                // Which one is the site's own style sheet is not known before all are there.
                (Some(name), _) if name.ends_with(".css") => self.text(path, size).await?,
                (Some(name), _) => {
                    let pieces = self.archive.pieces();
                    self.file(name, size, pieces).await.map_err(|why| about(&path, why))?;
                }
                (None, Some(name)) if !name.ends_with('/') && !name.is_empty() => {
                    self.width(name, size).await.map_err(|why| about(&path, why))?;
                }
                (None, None) if parts::is_part(&path) => self.text(path, size).await?,
                _ => {}
            }
        }
        Ok(())
    }

    async fn text(&mut self, path: String, size: u64) -> Result<(), Refusal> {
        self.held += size;
        if self.held > MAX_TEXTS {
            let why = format!(
                "the texts of the file have more than {MAX_TEXTS} bytes: leave records out, and import them afterwards"
            );
            return Err(at(&path, Problem::new("", why)));
        }
        let text = String::from_utf8(self.archive.bytes().await?)
            .map_err(|_| at(&path, Problem::new("", "is not UTF-8: save it as UTF-8")))?;
        self.texts.insert(path, text);
        Ok(())
    }

    async fn folder(&self, path: &str, folder: &str) -> Result<(), Refusal> {
        let folder = folder.trim_end_matches('/');
        let folder = names::folder(folder, "").map_err(|problem| at(path, problem))?;
        self.call.stores.batch(self.site.database(), vec![asset_folders::create(self.site, &folder)]).await?;
        Ok(())
    }

    /// The request that would have sent these bytes alone.
    fn alone(size: u64, file: Incoming) -> Request {
        let headers = [("content-length", size.to_string())].into();
        Request { method: "PUT".to_owned(), headers, file, ..Request::default() }
    }

    fn part<'c>(&self, request: &'c Request) -> Call<'c>
    where
        Self: 'c,
    {
        Call { stores: self.call.stores, request, id: self.call.id, action: self.call.action, params: vec![] }
    }

    async fn file(&mut self, name: &str, size: u64, pieces: Incoming) -> Result<(), Refusal> {
        if !self.stored.insert(intake::names::path(name)) {
            return Ok(());
        }
        let (folder, given) = name.rsplit_once('/').unwrap_or(("", name));
        let folder = &names::folder(folder, "folder")?;
        let request = Self::alone(size, pieces);
        let call = self.part(&request);
        let ending = |format, _: Option<(u32, u32)>| Ok(names::file(given, format)?.ext);
        let wanted = Wanted { limit: MAX_FILE, ending: &ending, variant: None };
        let received = receive(&call, self.site, &wanted).await?;
        let file = names::file(given, received.format)?;
        let id = secret::id(call.stores)?;
        let content = content(&received, &file.ext);
        let new = NewAsset { id: &id, folder, file: &file, alt: "{}".to_owned(), content };
        let mut statements = vec![assets::create(call.stores, self.site, &new)];
        statements.extend(received.kept(&call, self.site));
        statements.push(asset_folders::create(self.site, folder));
        self.commit("asset", &id, json!({"path": name, "hash": received.hash}), statements).await
    }

    async fn width(&mut self, name: &str, size: u64) -> Result<(), Refusal> {
        if !self.stored.insert(intake::names::composed(name)) {
            return Ok(());
        }
        let stray =
            || Problem::new("", "belongs to no file that came before it: name it widths/<file>/<width>.webp");
        let (file, width) = name.rsplit_once('/').ok_or_else(stray)?;
        let width = width.strip_suffix(".webp").and_then(|width| width.parse().ok()).ok_or_else(stray)?;
        let row: Row = assets::at(self.call.stores, self.site, file).await?.ok_or_else(stray)?;
        let request = Self::alone(size, self.archive.pieces());
        let call = self.part(&request);
        let received = receive_variant(&call, self.site, &row, width).await?;
        let statements = received.kept(&call, self.site);
        self.commit("asset", &row.text("id"), json!({"width": width, "bytes": received.bytes}), statements)
            .await
    }

    async fn commit(
        &self,
        subject: &'static str,
        id: &str,
        after: Value,
        statements: Vec<crate::stores::Statement>,
    ) -> Result<(), Refusal> {
        let event = Event { subject, id: id.to_owned(), before: None, after: Some(after) };
        commit(self.call, self.site, statements, event, &Reply::empty(200)).await?;
        Ok(())
    }

    /// Style sheets that are files of the site.
    async fn stylesheets(&mut self) -> Result<(), Refusal> {
        let own = self.texts.get(parts::SITE).and_then(|site| parts::css_of(site));
        let is_file = |path: &&String| path.starts_with(FILES) && own.as_ref() != Some(*path);
        let paths: Vec<String> = self.texts.keys().filter(is_file).cloned().collect();
        for path in paths {
            let (Some(text), Some(name)) = (self.texts.remove(&path), path.strip_prefix(FILES)) else {
                continue;
            };
            let size = text.len() as u64;
            let pieces = Incoming::new(Box::pin(futures::stream::iter([Ok(text.into_bytes())])));
            self.file(name, size, pieces).await.map_err(|why| about(&path, why))?;
        }
        Ok(())
    }

    /// Everything together, as it is looked at when it is saved: what only keeps it from being published, such as a link
    /// that leads nowhere yet, may stand in a draft.
    async fn check(&self, given: &Parts) -> Result<(), Refusal> {
        let stores = self.call.stores;
        let mut documents =
            Documents { hosts: source::hosts(stores, self.site).await?, ..Documents::default() };
        for (subject, of) in [
            (Subject::Setting, &given.settings),
            (Subject::Component, &given.components),
            (Subject::Block, &given.blocks),
            (Subject::Page, &given.pages),
        ] {
            for (id, document) in of {
                subject.check_id(id).map_err(|problem| at(&subject.place(id), problem))?;
                let text = document.to_string();
                subject.check_shape(id, &text).map_err(|problem| at(&subject.place(id), problem))?;
                documents.of(subject).insert(id.clone(), text);
            }
        }
        for (id, definition) in &given.types {
            let mut definition = definition.clone();
            content::types_defaults(&mut definition);
            documents.types.insert(id.clone(), (1, definition.to_string()));
        }
        let retired = intake::parse::parse(&json!({"retired": given.retired}).to_string())
            .map(|Retired { retired }| retired)
            .map_err(|problem| at(parts::SITE, problem))?;
        for redirect in &given.redirects {
            let field = |name: &str| redirect.get(name).cloned().unwrap_or_default();
            let status = redirect.get("status").cloned().unwrap_or(json!(301));
            let automatic = json!(u8::from(redirect.get("automatic") == Some(&json!(true))));
            let row = [
                ("from_path", field("from")),
                ("to_url", field("to")),
                ("status", status),
                ("automatic", automatic),
            ];
            documents
                .redirects
                .push(Row(row.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()));
        }
        let texts = [&documents.settings, &documents.components, &documents.blocks, &documents.pages];
        let lines: Vec<String> =
            given.records.iter().flat_map(|(_, text)| text.lines().map(str::to_owned)).collect();
        let named = source::files(texts.iter().flat_map(|texts| texts.values()).chain(&lines));
        let library = Library::of(stores, self.site, &named).await?.with_fonts(stores).await?;
        let mut found = Found { site: self.site.site().to_string(), ..Found::default() };
        if let Some(mut source) = documents.source(self.site, &mut found) {
            let files = given.records.iter().enumerate();
            let files =
                files.map(|(n, (kind, text))| (format!("entities/{kind}-{}.jsonl", n + 1), text.clone()));
            source.records = Some(files.collect());
            source.site.retired = retired;
            let options = source::options(stores, self.site, 0);
            let base = Base { others: true, ..Base::default() };
            compile(source, base, &library, &options, &mut found);
        }
        unless_problems(&placed(self.site.site(), found))
    }

    /// Keeps what the job writes, and says that it is there.
    async fn keep(&self, parts: Parts) -> Result<(), Refusal> {
        let (stores, site) = (self.call.stores, self.site);
        let general = parts.setting("general").map(Value::to_string).unwrap_or_default();
        let general: General = intake::parse::parse(&general).map_err(|problem| at(parts::SITE, problem))?;
        let texts = facts(&parts, &general.locales)?;
        let payload = Payload { from: From::File, total: content::count(&parts) + self.stored.len() as u64 };
        let progress = Progress::with_files(self.stored.len() as u64);
        let bytes = serde_json::to_vec(&parts).map_err(|e| Refusal::Unavailable(e.to_string()))?;
        let object = kept(site);
        // No file of a person's: it takes no room.
        let loose = Loose { object: &object, hash: "", bytes: 0 };
        objects::announced(stores, site, &loose, 0).await?;
        stores.put(&object, "application/json", bytes).await?;
        let (name, locales) = (json!(general.name).to_string(), json!(general.locales).to_string());
        let mut statements = vec![assets::tell(site, &texts)];
        statements.push(sites::call(stores, site, &name, &locales));
        statements.push(fills::enqueue(
            stores,
            site,
            &json!(payload).to_string(),
            &json!(progress).to_string(),
        ));
        let after = json!({"total": payload.total});
        self.commit("site", site.site().as_str(), after, statements).await
    }
}

/// A part of `site.json`.
#[derive(serde::Deserialize)]
struct Retired {
    retired: Vec<TypeName>,
}

/// What `files.json` says: `[folder, name, ending, texts]`.
fn facts(parts: &Parts, locales: &[Locale]) -> Result<String, Refusal> {
    let mut texts = vec![];
    for (path, facts) in &parts.files {
        let place = format!("{}: {path}", parts::FILES);
        let wrong = |why: String| at(&place, Problem::new("", why));
        let (folder, name, ext) =
            names::split(path).ok_or_else(|| wrong("is no name of a file".to_owned()))?;
        for (locale, text) in &facts.alt {
            if !locales.iter().any(|known| known.as_str() == locale) {
                return Err(wrong(format!("{locale} is not among the site's locales: take it out")));
            }
            if text.chars().count() > 1000 || text.chars().any(char::is_control) {
                return Err(wrong("a text has at most 1000 characters on one line".to_owned()));
            }
        }
        texts.push(json!([folder, name, ext, json!(facts.alt).to_string()]));
    }
    Ok(Value::from(texts).to_string())
}
