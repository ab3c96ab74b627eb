//! Drafts become a release, and the release goes live.
//!
//! 1. The release before and what was chosen say what the new one shows; it is compiled and checked.
//! 2. One batch stores it: its records, contents, redirects, audit row. From here on it is not lost.
//! 3. Its records go to KV under their digests, where nothing refers to them yet.
//! 4. One batch makes it the live one and wishes for the host record; writing that makes it visible.
//!
//! Whatever comes between, the old release is served, and the next publish or the platform's round goes on from the
//! step that was reached.

pub mod contents;
mod draft;
mod live;
mod preview;

pub use contents::{Change, Chosen};
pub use draft::library;
pub use live::{republish, resume};
pub use preview::{Shown, preview};

use crate::access::SiteAccess;
use crate::call::Call;
use crate::change::{Event, Lost, commit};
use crate::http::Reply;
use crate::problem::Refusal;
use crate::repo::kv as wishes;
use crate::repo::releases::{self, NewRelease};
use crate::source::{Placed, unless_problems};
use crate::stores::{Row, Statement, Stores};
use contents::{Contents, changes, moves};
use draft::{draft, head, search_documents, site_record, texts_of, without_search};
use serde::Serialize;
use serde_json::json;

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
        let (record, immutable) = draft.records();
        let (number, warnings, changes) = (head.number + 1, draft.placed, draft.changes);
        if changes.is_empty() && number > 1 {
            let visible = show(stores, access).await?;
            return Ok(Done { number: head.number, changes, warnings, visible, replayed: None });
        }
        let scope = access.scope();
        let mut texts = search_documents(&draft.compiled, scope);
        texts.extend(without_search(&head.contents, &draft.contents));
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
                let visible = show(stores, access).await?;
                return Ok(Done { number, changes, warnings, visible, replayed: None });
            }
        }
    }
    Err(Refusal::Unavailable(format!("{}: lost {TRIES} races for the next release", access.site())))
}

/// A new release that shows what an old one did.
pub async fn roll_back(call: &Call<'_>, access: &SiteAccess, target: &Row) -> Result<Done, Refusal> {
    let stores = call.stores;
    let contents: Contents = target.json("contents")?;
    for _ in 0..TRIES {
        let head = head(stores, access).await?;
        let number = head.number + 1;
        let mut record = site_record(target)?;
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
                of_number: Some(target.number("number")),
                site_record: &site_record,
                contents: json_of(&contents)?,
                documents: json_of(&texts)?,
                changes: json_of(&changes)?,
                note: "",
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
                let visible = show(stores, access).await?;
                return Ok(Done { number, changes, warnings: vec![], visible, replayed: None });
            }
        }
    }
    Err(Refusal::Unavailable(format!("{}: lost {TRIES} races for the next release", access.site())))
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

/// Makes a stored release live and visible.
async fn show(stores: &dyn Stores, access: &SiteAccess) -> Result<bool, Refusal> {
    match resume(stores, access.scope(), access.database()).await {
        Ok(visible) => Ok(visible),
        // It is stored: the platform's round makes it visible.
        Err(fault) => {
            stores.log(&format!("publish of {}: {fault}", access.site()));
            Ok(false)
        }
    }
}
