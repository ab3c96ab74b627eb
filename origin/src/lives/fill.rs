//! Fills a new site from a starting point, from another site of the tenant, or from a file that was sent. A job says how far
//! it is; each step is one batch with that note in it, so whatever was cut off goes on where it was. Nothing of the site can
//! be changed or published before it is whole.
//!
//! Taken over is what stands in the editor: drafts of pages, records with what is shown of them and what waits, and files.
//! Each stage needs those before it only.

use crate::access::{self, By, Permission, Person, SiteAccess};
use crate::assets::format::media;
use crate::call::Call;
use crate::change::{Event, commit};
use crate::clock::MINUTE;
use crate::http::{Reply, Request};
use crate::library::Library;
use crate::lives::content::{Coming, Content, From, ROWS, kept};
use crate::plan::{self, Metric};
use crate::problem::Refusal;
use crate::publish;
use crate::records::{self, Context, Outcome, Wanted};
use crate::repo::documents::{self, Saved};
use crate::repo::objects::{self, Loose, Stored};
use crate::repo::{asset_folders, assets, fills, redirects, sites, types};
use crate::secret;
use crate::source;
use crate::stores::{Fault, Row, Statement, Stores};
use crate::subject::Subject;
use model::ids::{ContentHash, SiteId};
use model::keys;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Serialize, Deserialize)]
pub struct Payload {
    pub from: From,
    /// Documents, records and files; not known before the file is there.
    pub total: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    #[default]
    Types,
    Files,
    Documents,
    Pages,
    Records,
    Redirects,
}

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Progress {
    stage: Stage,
    /// The last one that was taken over.
    after: String,
    /// Documents, records and files that were taken over.
    pub done: u64,
}

impl Progress {
    /// Of a site whose files are there already.
    pub fn with_files(done: u64) -> Self {
        Self { done, ..Self::default() }
    }
}

/// Files of a step, and the bytes of all but the last: each is copied by the platform.
const FILES: usize = 10;
const BYTES: u64 = 50_000_000;
/// Steps of a round, and its longest time: what runs behind an answer has 30 s
/// (<https://developers.cloudflare.com/workers/platform/limits/#duration>).
const STEPS: u32 = 200;
const TIME: u64 = 20_000;
/// How often a step is tried while a store does not answer.
const TRIES: u64 = 10;

pub async fn fill_due(stores: &dyn Stores) -> Result<(), Fault> {
    for job in fills::due(stores).await? {
        let (tenant, site) = (job.text("tenant_id"), job.text("site_id"));
        let Some(taken) = fills::take(stores, &tenant, &site).await? else { continue };
        let attempts = taken.number("attempts");
        let after = match fill(stores, &tenant, &site, &taken).await {
            Ok(true) => continue,
            Ok(false) => fills::later(stores, &tenant, &site, 0),
            Err(Refusal::Unavailable(why)) if attempts < TRIES => {
                stores.log(&format!("filling of {site}: {why}"));
                fills::later(stores, &tenant, &site, attempts * MINUTE)
            }
            Err(refusal) => fills::fail(stores, &tenant, &site, &said(&refusal)),
        };
        stores.batch(crate::stores::FIRST, vec![after]).await?;
    }
    Ok(())
}

/// What a refusal says to people.
fn said(refusal: &Refusal) -> String {
    let body = refusal.body("");
    let mut text = body.detail;
    for problem in body.problems.iter().take(10) {
        text += &format!(" {}: {}.", problem.path, problem.message);
    }
    text
}

/// A round of a job, on behalf of who began it. True where the site is whole.
async fn fill(stores: &dyn Stores, tenant: &str, site: &str, job: &Row) -> Result<bool, Refusal> {
    let person = Person { user: job.text("author"), by: By::Session { id: String::new() } };
    let begun = access::tenant(stores, &person, tenant, Permission::CreateSites, true).await?;
    let site = SiteId::parse(site).map_err(|e| Refusal::Unavailable(e.to_string()))?;
    let target = begun.to_new_site(&site);
    let row = sites::get(stores, &target).await?.ok_or(Refusal::NotFound)?;
    let payload: Payload = job.json("payload")?;
    let content = Content::of(stores, &person, &target, &row, &payload.from).await?;
    let (id, request) = (secret::id(stores)?, Request::default());
    let call = Call { stores, request: &request, id: &id, action: "fill_site", params: vec![] };
    let mut fill = Fill { call, site: target, row, content, progress: job.json("progress")? };
    let until = stores.now() + TIME;
    for _ in 0..STEPS {
        if fill.step().await? {
            return Ok(true);
        }
        if stores.now() > until {
            break;
        }
    }
    Ok(false)
}

struct Fill<'a> {
    call: Call<'a>,
    site: SiteAccess,
    row: Row,
    content: Content,
    progress: Progress,
}

impl Fill<'_> {
    /// True where it was the last one.
    async fn step(&mut self) -> Result<bool, Refusal> {
        match self.progress.stage {
            Stage::Types => self.types().await?,
            Stage::Files => self.files().await?,
            Stage::Documents => self.documents().await?,
            Stage::Pages => self.pages().await?,
            Stage::Records => self.records().await?,
            Stage::Redirects => return self.redirects().await.map(|()| true),
        }
        Ok(false)
    }

    /// Where a step leads: on behind the last one, or into the next stage where it found none.
    fn next(&self, last: Option<&str>, count: usize, next: Stage) -> Progress {
        let done = self.progress.done + count as u64;
        match last {
            Some(last) => Progress { stage: self.progress.stage, after: last.to_owned(), done },
            None => Progress { stage: next, after: String::new(), done },
        }
    }

    async fn commit(&mut self, mut statements: Vec<Statement>, next: Progress) -> Result<(), Refusal> {
        let stores = self.call.stores;
        statements.extend(fills::reach(stores, &self.site, &json!(next).to_string()));
        let event = Event {
            subject: "site",
            id: self.site.site().to_string(),
            before: None,
            after: Some(json!({"stage": self.progress.stage, "done": next.done})),
        };
        match commit(&self.call, &self.site, statements, event, &Reply::empty(204)).await {
            Ok(_) => {
                self.progress = next;
                Ok(())
            }
            Err(lost) => Err(plan::refused(stores, self.site.in_tenant(), Metric::Pages, lost).await.into()),
        }
    }

    async fn types(&mut self) -> Result<(), Refusal> {
        let (all, _) = self.content.current(self.call.stores).await?;
        let put =
            |(id, text): &(String, String)| types::put(self.call.stores, &self.site, id, 1, text, "", false);
        let statements = all.iter().flat_map(put).collect();
        let next = self.next(None, all.len(), Stage::Files);
        self.commit(statements, next).await
    }

    async fn files(&mut self) -> Result<(), Refusal> {
        let Content::Site(from) = &self.content else {
            let next = self.next(None, 0, Stage::Documents);
            return self.commit(vec![], next).await;
        };
        let stores = self.call.stores;
        let mut files = assets::all_after(stores, from, &self.progress.after, FILES).await?;
        let (mut statements, mut count, mut bytes) = (vec![], 0, 0);
        for file in &files {
            statements.extend(copy_file(stores, from, &self.site, file).await?);
            count += 1;
            bytes += file.number("bytes");
            if bytes > BYTES {
                break;
            }
        }
        files.truncate(count);
        if files.is_empty() {
            let mut after = String::new();
            while let Some(last) = {
                let folders = asset_folders::list(stores, from, &after, ROWS).await?;
                statements
                    .extend(folders.iter().map(|row| asset_folders::create(&self.site, &row.text("folder"))));
                folders.last().map(|row| row.text("folder"))
            } {
                after = last;
            }
        }
        let last = files.last().map(|row| row.text("id"));
        let next = self.next(last.as_deref(), files.len(), Stage::Documents);
        self.commit(statements, next).await
    }

    async fn documents(&mut self) -> Result<(), Refusal> {
        let (_, all) = self.content.current(self.call.stores).await?;
        let from: usize = self.progress.after.parse().unwrap_or_default();
        let mut some: Vec<_> = all.into_iter().skip(from).take(ROWS).collect();
        for (subject, id, text) in &mut some {
            if (*subject, id.as_str()) == (Subject::Setting, "general") {
                *text = self.general(text)?;
            }
        }
        let statements = self.saved(&some).await?;
        let last = (from + some.len()).to_string();
        let last = Some(last.as_str()).filter(|_| !some.is_empty());
        let next = self.next(last, some.len(), Stage::Pages);
        self.commit(statements, next).await
    }

    /// The settings in general, with the name that was given to this site.
    fn general(&self, text: &str) -> Result<String, Refusal> {
        let mut general: Value =
            serde_json::from_str(text).map_err(|e| Refusal::Unavailable(e.to_string()))?;
        if let Some(fields) = general.as_object_mut() {
            fields.insert("name".to_owned(), self.row.json("name")?);
            fields.insert("locales".to_owned(), self.row.json("locales")?);
        }
        Ok(general.to_string())
    }

    async fn pages(&mut self) -> Result<(), Refusal> {
        let stores = self.call.stores;
        let pages = self.content.pages(stores, &self.progress.after).await?;
        let (last, count) = (pages.last().map(|(id, _)| id.clone()), pages.len());
        let pages: Vec<_> = pages.into_iter().map(|(id, text)| (Subject::Page, id, text)).collect();
        let mut statements = vec![];
        if count > 0 {
            let tenant = self.site.in_tenant();
            statements.extend(plan::room_for(stores, tenant, Metric::Pages, count as u64));
            statements.push(plan::counted(&self.site, Metric::Pages, count as f64));
        }
        statements.extend(self.saved(&pages).await?);
        let next = self.next(last.as_deref(), count, Stage::Records);
        self.commit(statements, next).await
    }

    /// New documents, with what they use. They were checked where they come from.
    async fn saved(&self, some: &[(Subject, String, String)]) -> Result<Vec<Statement>, Refusal> {
        let (stores, site) = (self.call.stores, &self.site);
        let names = source::files(some.iter().map(|(_, _, text)| text));
        let library = Library::of(stores, site, &names).await?;
        let (ids, mut statements) = (library.ids(), vec![]);
        for (subject, id, document) in some {
            let save = Saved { subject: *subject, id, revision: 1, document, cause: "import" };
            statements.push(documents::revision(stores, site, &save));
            statements.push(match subject {
                Subject::Page => documents::put_page(stores, site, &save),
                _ => documents::put(stores, site, &save),
            });
            let value: Value = serde_json::from_str(document).unwrap_or_default();
            let mut used = source::used(&value);
            let files = source::files(std::iter::once(document));
            used.extend(
                files.iter().filter_map(|path| Some(("asset", (*ids.get(path.as_str())?).to_owned()))),
            );
            statements.extend(documents::uses(site, *subject, id, &used));
        }
        Ok(statements)
    }

    async fn records(&mut self) -> Result<(), Refusal> {
        let stores = self.call.stores;
        let mut given = self.content.records(stores, &self.progress.after).await?;
        let Some(last) = given.last().map(|one| one.place.clone()) else {
            let next = self.next(None, 0, Stage::Redirects);
            return self.commit(vec![], next).await;
        };
        let mut context = Context::of(stores, &self.site).await?;
        let mut named = vec![];
        for one in &given {
            [Some(&one.wanted), one.shown.as_ref()]
                .into_iter()
                .flatten()
                .for_each(|wanted| names(&wanted.given.fields, &mut named));
        }
        context.coming = self.content.kinds(stores, named).await?;
        self.shown(&context, &mut given).await?;
        let wanted: Vec<Wanted> = given.into_iter().map(|one| one.wanted).collect();
        let next = self.next(Some(&last), wanted.len(), Stage::Redirects);
        let note = json!(next).to_string();
        let also = |outcomes: &[Outcome]| match outcomes.iter().any(|o| matches!(o, Outcome::Refused(_))) {
            true => vec![],
            false => fills::reach(stores, &self.site, &note),
        };
        let (outcomes, _) =
            records::write(&self.call, &self.site, &context, &wanted, "import", &also, |_| Reply::empty(204))
                .await?;
        for (one, outcome) in wanted.iter().zip(outcomes) {
            if let Outcome::Refused(mut problems) = outcome {
                for problem in &mut problems {
                    problem.path = format!("{} {}: {}", one.kind, one.given.id, problem.path);
                }
                return Err(Refusal::Invalid(problems));
            }
        }
        self.progress = next;
        Ok(())
    }

    /// Writes what visitors see of records whose change waits; where it is written already, nothing happens. What does not
    /// fit its type any more is left out: the change is shown in its place.
    async fn shown(&self, context: &Context, given: &mut [Coming]) -> Result<(), Refusal> {
        let (mut waiting, mut shown) = (vec![], vec![]);
        for one in given {
            if let Some(before) = one.shown.take() {
                shown.push(before);
                waiting.push(&mut one.wanted);
            }
        }
        if shown.is_empty() {
            return Ok(());
        }
        let none = |_: &[Outcome]| vec![];
        let reply = |_: &[Outcome]| Reply::empty(204);
        let (outcomes, _) =
            records::write(&self.call, &self.site, context, &shown, "import", &none, reply).await?;
        for (one, outcome) in waiting.into_iter().zip(outcomes) {
            one.publish = matches!(outcome, Outcome::Refused(_));
        }
        Ok(())
    }

    async fn redirects(&mut self) -> Result<(), Refusal> {
        let stores = self.call.stores;
        let list: Vec<Value> = match &self.content {
            Content::Site(from) => {
                let parts = |row: &Row| {
                    let (status, automatic) = (row.number("status"), row.number("automatic"));
                    json!([row.text("from_path"), row.text("to_url"), status, automatic])
                };
                publish::redirects_to_come(stores, from).await?.iter().map(parts).collect()
            }
            Content::Parts(parts) => {
                let status = |one: &Value| one.get("status").and_then(Value::as_u64).unwrap_or(301);
                parts
                    .redirects
                    .iter()
                    .map(|one| {
                        let automatic = u8::from(one.get("automatic") == Some(&json!(true)));
                        json!([one.get("from"), one.get("to"), status(one), automatic])
                    })
                    .collect()
            }
        };
        let mut statements = redirects::replace(stores, &self.site, &json!(list).to_string());
        // Not before their records are there: they take no new ones.
        let retired: Vec<String> = match &self.content {
            Content::Site(from) => types::retired(&types::list(stores, from).await?),
            Content::Parts(parts) => {
                parts.retired.iter().filter_map(|id| Some(id.as_str()?.to_owned())).collect()
            }
        };
        statements.extend(retired.iter().map(|id| types::retire(stores, &self.site, id)));
        let next = self.next(None, 0, Stage::Redirects);
        // Behind the note, which asks that the site is not ready.
        statements.extend(fills::reach(stores, &self.site, &json!(next).to_string()));
        statements.extend(fills::done(stores, &self.site));
        let after = json!({"done": next.done});
        let id = self.site.site().to_string();
        let event = Event { subject: "site", id, before: None, after: Some(after) };
        commit(&self.call, &self.site, statements, event, &Reply::empty(204)).await?;
        if let Content::Parts(_) = self.content {
            // What cannot be taken away now is loose, and is taken away later.
            stores.remove(&kept(&self.site)).await?;
        }
        Ok(())
    }
}

/// Texts that may be ids of other records.
fn names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.len() <= 64 => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| names(item, found)),
        _ => {}
    }
}

/// Copies the objects of a file under the names of another site; the rows of the copy.
async fn copy_file(
    stores: &dyn Stores,
    from: &SiteAccess,
    to: &SiteAccess,
    file: &Row,
) -> Result<Vec<Statement>, Refusal> {
    let hash = ContentHash::parse(&file.text("hash")).map_err(|e| Refusal::Unavailable(e.to_string()))?;
    let known: Vec<(u32, u64)> = file.json("objects")?;
    let mut statements = assets::copy(stores, to, file);
    let mut settled = vec![];
    for (width, bytes) in known {
        let variant = (width > 0).then_some(width);
        let (source, object) =
            (keys::file(from.scope(), &hash, variant), keys::file(to.scope(), &hash, variant));
        let content_type = if width > 0 { media("webp") } else { media(&file.text("ext")) };
        let loose = Loose { object: &object, hash: hash.as_str(), bytes };
        if !objects::announced(stores, to, &loose, width).await? {
            stores.copy(&source, &object, content_type).await?;
        }
        let stored = Stored { hash: hash.as_str(), width, object: &object, content_type, bytes };
        statements.push(objects::vouch(stores, to, &stored));
        settled.push(object);
    }
    statements.push(objects::settled(to, &settled));
    statements.push(asset_folders::create(to, &file.text("folder")));
    Ok(statements)
}
