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
mod schedule;

pub use contents::{Change, Chosen};
pub use draft::{library, paths, redirects_to_come};
pub use live::{republish, resume};
pub use preview::{Shown, preview};
pub use schedule::{Order, Schedule, Waiting, settle_due, time};

use crate::access::SiteAccess;
use crate::call::Call;
use crate::change::{Event, Lost, commit};
use crate::clock;
use crate::http::Reply;
use crate::problem::Refusal;
use crate::repo::kv as wishes;
use crate::repo::releases::{self, NewRelease};
use crate::repo::schedules;
use crate::source::{Placed, ats, unless_problems};
use crate::stores::{Row, Statement, Stores};
use contents::{Contents, changes, moves};
use draft::{Head, draft, head, site_record, texts_of};
use schedule::{Ordered, differences, settle};
use serde::Serialize;
use serde_json::json;

/// A release that was stored and is on its way, or live.
pub struct Done {
    pub number: u64,
    pub changes: Vec<Change>,
    pub warnings: Vec<Placed>,
    /// Whether visitors see it where it was written.
    pub visible: bool,
    /// What was scheduled or moved.
    pub schedule: Option<Schedule>,
    /// The kept answer of a request that was repeated.
    pub replayed: Option<Reply>,
}

impl Done {
    pub fn location(&self, access: &SiteAccess) -> String {
        let site = access.site();
        match &self.schedule {
            Some(schedule) => format!("/api/v1/sites/{site}/schedules/{}", schedule.id),
            None => format!("/api/v1/sites/{site}/releases/{}", self.number),
        }
    }
}

/// Others may publish at the same time; whoever comes second builds on the first one's release.
const TRIES: u32 = 20;

/// What would be published and what is wrong with it, without doing it.
pub async fn check(
    call: &Call<'_>,
    access: &SiteAccess,
    chosen: &Chosen,
    order: Option<&Order>,
) -> Result<(Vec<Change>, Vec<Placed>), Refusal> {
    let head = settled(call.stores, access).await?;
    let drafted = async {
        let ordered = ordered(call.stores, access, &head, order).await?;
        draft(call.stores, access, &head, chosen, &ordered.all).await
    };
    match drafted.await {
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
    order: Option<&Order>,
    note: &str,
) -> Result<Done, Refusal> {
    let stores = call.stores;
    for _ in 0..TRIES {
        let head = settled(stores, access).await?;
        let Ordered { all, one: schedule, statements } = ordered(stores, access, &head, order).await?;
        let draft = draft(stores, access, &head, chosen, &all).await?;
        unless_problems(&draft.placed)?;
        draft.library.copy_fonts(stores, access).await?;
        let (record, immutable) = draft.records();
        let (number, warnings, changes) = (head.number + 1, draft.placed, draft.changes);
        if changes.is_empty() && number > 1 {
            let visible = show(stores, access).await?;
            return Ok(Done { number: head.number, changes, warnings, visible, schedule, replayed: None });
        }
        let scope = access.scope();
        let site_record = json_of(&record)?;
        let stored = releases::store(
            scope,
            NewRelease {
                number,
                cause: "publish",
                of_number: None,
                site_record: &site_record,
                contents: json_of(&draft.contents)?,
                documents: draft.texts.lists(),
                changes: json_of(&changes)?,
                note,
                author: &access.person().user,
                created_at: clock::text(stores.now()),
            },
            &immutable,
        );
        let (moved, taken) = moves(&head.contents, &draft.contents);
        let mut moved = match taken.is_empty() {
            true => vec![],
            false => releases::moved(stores, scope, &json!(moved).to_string(), &json!(taken).to_string()),
        };
        moved.extend(statements);
        // The platform's round finds by the wish what a crash leaves behind.
        moved.push(wishes::primary_host(scope));
        let stored = stored.into_iter().chain(moved).collect();
        let mut done = Done { number, changes, warnings, visible: true, schedule, replayed: None };
        match keep(call, access, stored, &done).await? {
            Kept::Lost => continue,
            Kept::Before(reply) => return Ok(Done { replayed: Some(reply), ..done }),
            Kept::Stored => {
                done.visible = show(stores, access).await?;
                return Ok(done);
            }
        }
    }
    Err(Refusal::Unavailable(format!("{}: lost {TRIES} races for the next release", access.site())))
}

/// The newest release, after all that has come about is written down.
async fn settled(stores: &dyn Stores, access: &SiteAccess) -> Result<Head, Refusal> {
    let newest = head(stores, access).await?;
    if !newest.is_due(stores.now()) {
        return Ok(newest);
    }
    settle(stores, access.scope(), access.database()).await?;
    Ok(head(stores, access).await?)
}

async fn ordered(
    stores: &dyn Stores,
    access: &SiteAccess,
    head: &Head,
    order: Option<&Order>,
) -> Result<Ordered, Refusal> {
    match order {
        Some(order) => Ordered::of(stores, access, head, order).await,
        None => Ok(Ordered::unchanged(access.scope(), head)),
    }
}

/// A new release that shows what an old one did, and goes on doing so: what is scheduled is cancelled.
pub async fn roll_back(call: &Call<'_>, access: &SiteAccess, target: &Row) -> Result<Done, Refusal> {
    let stores = call.stores;
    let contents = Contents { later: vec![], ..target.json("contents")? };
    for _ in 0..TRIES {
        let head = settled(stores, access).await?;
        let number = head.number + 1;
        let mut record = site_record(target)?;
        record.release = number;
        record.later.clear();
        let mut changes = changes(&head.contents, &contents);
        changes.extend(differences(&head.schedules, &[]));
        let texts = texts_of(stores, access, &head, &contents).await?;
        let site_record = json_of(&record)?;
        let mut stored = releases::store(
            access.scope(),
            NewRelease {
                number,
                cause: "rollback",
                of_number: Some(target.number("number")),
                site_record: &site_record,
                contents: json_of(&contents)?,
                documents: texts.lists(),
                changes: json_of(&changes)?,
                note: "",
                author: &access.person().user,
                created_at: clock::text(stores.now()),
            },
            &[],
        );
        // Else a redirect from an address that a page has again would stand in the way of every publish.
        let (moved, taken) = moves(&head.contents, &contents);
        if !taken.is_empty() {
            let (moved, taken) = (json!(moved).to_string(), json!(taken).to_string());
            stored.extend(releases::moved(stores, access.scope(), &moved, &taken));
        }
        let cancelled: Vec<&str> = head.schedules.iter().map(|schedule| schedule.id.as_str()).collect();
        if !cancelled.is_empty() {
            stored.push(schedules::remove(access.scope(), &cancelled));
        }
        stored.push(wishes::primary_host(access.scope()));
        let mut done =
            Done { number, changes, warnings: vec![], visible: true, schedule: None, replayed: None };
        match keep(call, access, stored, &done).await? {
            Kept::Lost => continue,
            Kept::Before(reply) => return Ok(Done { replayed: Some(reply), ..done }),
            Kept::Stored => {
                done.visible = show(stores, access).await?;
                return Ok(done);
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
    statements: Vec<Statement>,
    done: &Done,
) -> Result<Kept, Refusal> {
    let number = done.number;
    let event = Event {
        subject: "release",
        id: number.to_string(),
        before: Some(json!({"release": number - 1})),
        after: Some(json!({"release": number, "changes": done.changes})),
    };
    let warnings = ats(&done.warnings, false);
    // What a repeated request is told until it is known (`change::amend`).
    let mut body = json!({"number": number, "changes": done.changes, "warnings": warnings, "visible": false});
    if let (Some(schedule), Some(fields)) = (&done.schedule, body.as_object_mut()) {
        fields.insert("schedule".to_owned(), json!(schedule.shown()));
    }
    let reply = Reply::json(201, &body).with("location", done.location(access));
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
