//! One change: its statements, its row in the audit log and its answer under the Idempotency-Key are one batch, so
//! all of it happens or nothing does.

use crate::access::{Person, SiteAccess, TenantAccess};
use crate::call::Call;
use crate::clock::{self, DAY};
use crate::http::Reply;
use crate::problem::{Answer, Refusal};
use crate::secret::digest;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Statement, Stores, row};
use serde_json::{Value, json};

/// Where a change happens and who makes it.
pub struct Place<'a> {
    pub tenant: &'a str,
    /// `""`: the tenant itself.
    pub site: &'a str,
    pub database: &'a str,
    pub person: &'a Person,
}

impl<'a> From<&'a TenantAccess> for Place<'a> {
    fn from(access: &'a TenantAccess) -> Self {
        Self { tenant: access.tenant().as_str(), site: "", database: FIRST, person: access.person() }
    }
}

impl<'a> From<&'a SiteAccess> for Place<'a> {
    fn from(access: &'a SiteAccess) -> Self {
        Self {
            tenant: access.tenant().as_str(),
            site: access.site().as_str(),
            database: access.database(),
            person: access.person(),
        }
    }
}

/// What the audit log says of a change.
pub struct Event {
    pub subject: &'static str,
    pub id: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// Why a change was not made.
#[derive(Debug)]
pub enum Lost {
    /// A rule of the schema; the caller knows what it means.
    Constraint(String),
    Refused(Refusal),
}

impl From<Fault> for Lost {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Constraint(text) => Self::Constraint(text),
            Fault::Unavailable(text) => Self::Refused(Refusal::Unavailable(text)),
        }
    }
}

impl From<Refusal> for Lost {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Lost {
    /// The refusal where the broken rule is one of `table`.
    pub fn when(self, table: &str, refusal: impl FnOnce() -> Refusal) -> Refusal {
        match self {
            Self::Constraint(text) if text.contains(table) => refusal(),
            Self::Constraint(text) => Refusal::Unavailable(text),
            Self::Refused(refusal) => refusal,
        }
    }
}

impl From<Lost> for Refusal {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Constraint(text) => Self::Unavailable(text),
            Lost::Refused(refusal) => refusal,
        }
    }
}

/// How often something is looked at before a change.
const LOOKS: u32 = 8;

/// Makes a change of something that it looks at first; where others change that in between (`stale_record`), both are done
/// again. `what` names it.
pub async fn look_and_make(what: &str, change: impl AsyncFn() -> Result<Reply, Lost>) -> Answer {
    for _ in 0..LOOKS {
        match change().await {
            Err(Lost::Constraint(text)) if text.contains("stale_record") => {}
            made => return Ok(made?),
        }
    }
    Err(Refusal::Unavailable(format!("lost {LOOKS} races for {what}")))
}

/// The head of the audit chain moves with every change of the place; whoever loses the race for the next number
/// reads it again.
const TRIES: u32 = 40;

/// Makes a change and answers. `stored` is the answer that a repeated request gets: without its secrets.
pub async fn commit(
    call: &Call<'_>,
    place: impl Into<Place<'_>>,
    statements: Vec<Statement>,
    event: Event,
    stored: &Reply,
) -> Result<Option<Reply>, Lost> {
    let place = place.into();
    let (kind, actor) = place.person.actor();
    let doer = Doer { kind, actor, action: call.action, request: call.id };
    for attempt in 0..TRIES {
        let head = head(call.stores, place.database, place.tenant, place.site).await?;
        // The key comes first: what a request with the same key has just done must not look like another's doing.
        let mut batch = Vec::from_iter(idempotency_row(call, &place, stored));
        batch.extend(statements.iter().cloned());
        batch.push(audit_row(call.stores.now(), place.tenant, place.site, &doer, &event, &head));
        match call.stores.batch(place.database, batch).await {
            Ok(_) => return Ok(None),
            Err(Fault::Constraint(text)) if text.contains("audit.") => {
                let mut chance = [0; 1];
                call.stores.random(&mut chance)?;
                call.stores.sleep(u64::from(chance[0] % 8) * u64::from(attempt.min(8)) + 1).await;
            }
            // The first of two requests with the same key has just been done.
            Err(Fault::Constraint(text)) if text.contains("idempotency_keys.") => {
                return match replay(call, &place).await {
                    Ok(Some(reply)) => Ok(Some(reply)),
                    Ok(None) => Err(Lost::Refused(Refusal::Unavailable(text))),
                    Err(refusal) => Err(Lost::Refused(refusal)),
                };
            }
            Err(fault) => return Err(fault.into()),
        }
    }
    Err(Lost::Refused(Refusal::Unavailable(format!("audit of {}: lost {TRIES} races", place.site))))
}

/// `commit` for answers without secrets.
pub async fn make(
    call: &Call<'_>,
    place: impl Into<Place<'_>>,
    statements: Vec<Statement>,
    event: Event,
    reply: Reply,
) -> Result<Reply, Lost> {
    Ok(commit(call, place, statements, event, &reply).await?.unwrap_or(reply))
}

/// Makes a change of a tenant that the platform's round makes by itself. Whoever comes first in the audit log wins; the
/// next round tries again.
pub async fn by_platform(
    stores: &dyn Stores,
    tenant: &str,
    action: &'static str,
    mut statements: Vec<Statement>,
    event: &Event,
) -> Result<(), Fault> {
    let head = head(stores, FIRST, tenant, "").await?;
    let doer = Doer { kind: "system", actor: "", action, request: "" };
    statements.push(audit_row(stores.now(), tenant, "", &doer, event, &head));
    stores.batch(FIRST, statements).await.map(drop)
}

async fn head(stores: &dyn Stores, database: &str, tenant: &str, site: &str) -> Result<Row, Fault> {
    let head = row(
        stores,
        database,
        sql!(
            "SELECT number, hash FROM audit WHERE tenant_id = ?1 AND site_id = ?2 ORDER BY number DESC LIMIT 1",
            tenant,
            site
        ),
    );
    Ok(head.await?.unwrap_or_default())
}

/// The hash of a row of the audit log: over everything that it says and the hash of the row before.
pub fn chain(fields: &[&str]) -> String {
    digest(&json!(fields).to_string())
}

/// What the audit log says of who did something.
struct Doer<'a> {
    kind: &'static str,
    actor: &'a str,
    action: &'static str,
    request: &'a str,
}

fn audit_row(now: u64, tenant: &str, site: &str, doer: &Doer, event: &Event, head: &Row) -> Statement {
    let (number, previous) = (head.number("number") + 1, head.text("hash"));
    let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
    let (before, after, now) = (text(&event.before), text(&event.after), clock::text(now));
    let none = String::new();
    let hash = chain(&[
        tenant,
        site,
        &number.to_string(),
        doer.actor,
        doer.kind,
        doer.action,
        event.subject,
        &event.id,
        before.as_ref().unwrap_or(&none),
        after.as_ref().unwrap_or(&none),
        doer.request,
        &now,
        &previous,
    ]);
    sql!(
        "INSERT INTO audit (tenant_id, site_id, number, actor, actor_kind, action, subject, subject_id, before, after, \
           request_id, created_at, previous_hash, hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        tenant,
        site,
        number,
        doer.actor,
        doer.kind,
        doer.action,
        event.subject,
        &event.id,
        before,
        after,
        doer.request,
        now,
        previous,
        hash
    )
}

/// The header of an answer that was given before.
pub const REPLAY: &str = "idempotent-replay";

fn key<'c>(call: &'c Call) -> Option<&'c str> {
    let key = call.request.header("idempotency-key");
    (call.request.method == "POST" && !key.is_empty()).then_some(key)
}

fn request_hash(call: &Call) -> String {
    let body = String::from_utf8_lossy(&call.request.body);
    // A file is compared by its length: its bytes have not been read when this is asked.
    let length = call.request.header("content-length");
    digest(&json!([call.request.method, call.request.path(), call.request.query(), length, body]).to_string())
}

fn idempotency_row(call: &Call, place: &Place, reply: &Reply) -> Option<Statement> {
    let headers: Vec<_> = reply.headers.iter().filter(|(name, _)| *name != "set-cookie").collect();
    let response = json!({"headers": headers, "body": reply.body}).to_string();
    Some(sql!(
        "INSERT INTO idempotency_keys (tenant_id, actor, key, request_hash, status, response, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        place.tenant,
        place.person.actor().1,
        key(call)?,
        request_hash(call),
        u64::from(reply.status),
        response,
        clock::text(call.stores.now() + DAY)
    ))
}

/// An answer; in the place of a refusal that of a request with the same Idempotency-Key which was done meanwhile, since what
/// that one has done is what this one is refused for.
pub async fn or_replay(call: &Call<'_>, place: &Place<'_>, answer: Answer) -> Answer {
    match answer {
        Ok(reply) => Ok(reply),
        Err(refusal) => replay(call, place).await?.ok_or(refusal),
    }
}

/// The answer that a request with the same Idempotency-Key got within the last day.
pub async fn replay(call: &Call<'_>, place: &Place<'_>) -> Result<Option<Reply>, Refusal> {
    let Some(key) = key(call) else { return Ok(None) };
    if key.len() > 200 {
        return Err(Refusal::Malformed("An Idempotency-Key has at most 200 characters.".to_owned()));
    }
    let found = row(
        call.stores,
        place.database,
        sql!(
            "SELECT request_hash, status, response FROM idempotency_keys \
             WHERE tenant_id = ?1 AND actor = ?2 AND key = ?3",
            place.tenant,
            place.person.actor().1,
            key
        ),
    );
    let Some(found) = found.await? else { return Ok(None) };
    if found.text("request_hash") != request_hash(call) {
        return Err(model::Problem::new(
            "Idempotency-Key",
            "this key was used for another request: use a new one for each",
        )
        .into());
    }
    let response: Value = found.json("response")?;
    let mut reply = Reply::empty(found.number("status") as u16);
    reply.body = response.get("body").and_then(Value::as_str).unwrap_or_default().to_owned();
    for name in ["content-type", "etag", "location"] {
        let headers = response.get("headers").and_then(Value::as_array).into_iter().flatten();
        let value = headers
            .filter(|h| h.get(0).and_then(Value::as_str) == Some(name))
            .find_map(|h| h.get(1)?.as_str());
        reply.headers.extend(value.map(|value| (name, value.to_owned())));
    }
    Ok(Some(reply.with(REPLAY, "true")))
}
