//! Sessions of people: opaque tokens in a cookie, digests in D1.

use crate::access::{By, Person};
use crate::clock::{self, DAY, MINUTE};
use crate::http::{Reply, Request};
use crate::problem::Refusal;
use crate::secret::{self, digest};
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};

const LIFE: u64 = 30 * DAY;

/// `__Host-` binds the cookie to this very host and to https. Browsers take it from no http host, so development on
/// localhost has a name of its own.
fn cookie_name(request: &Request) -> &'static str {
    if request.origin().starts_with("https://") { "__Host-session" } else { "session" }
}

pub fn token_of(request: &Request) -> Option<&str> {
    request.cookie(cookie_name(request)).filter(|token| !token.is_empty())
}

/// The statement that opens a session, and its cookie.
pub fn open(stores: &dyn Stores, request: &Request, user: &str) -> Result<(Statement, String), Fault> {
    let (token, id, now) = (secret::token(stores)?, secret::id(stores)?, stores.now());
    let device: String = request.header("user-agent").chars().take(200).collect();
    let statement = sql!(
        "INSERT INTO sessions (token_hash, id, user_id, device, created_at, last_seen_at, proven_at, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5, ?6)",
        digest(&token),
        id,
        user,
        device,
        clock::text(now),
        clock::text(now + LIFE)
    );
    Ok((statement, cookie(request, &token, LIFE / 1000)))
}

fn cookie(request: &Request, value: &str, seconds: u64) -> String {
    let name = cookie_name(request);
    let secure = if name.starts_with("__Host-") { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// An answer that makes the browser forget its session.
pub fn forgotten(request: &Request) -> Reply {
    Reply::empty(204).with("set-cookie", cookie(request, "", 0))
}

pub async fn find(stores: &dyn Stores, token: &str) -> Result<Option<Person>, Fault> {
    let (now, hash) = (stores.now(), digest(token));
    let found = sql!(
        "SELECT s.id, s.user_id FROM sessions s CROSS JOIN users u ON u.id = s.user_id \
         WHERE s.token_hash = ?1 AND s.expires_at > ?2 AND u.status = 'active'",
        &hash,
        clock::text(now)
    );
    // To five minutes is enough for a list of devices, and most requests then write nothing.
    let touched = sql!(
        "UPDATE sessions SET last_seen_at = ?2 WHERE token_hash = ?1 AND last_seen_at < ?3",
        &hash,
        clock::text(now),
        clock::text(now.saturating_sub(5 * MINUTE))
    );
    let mut answers = stores.batch(FIRST, vec![found, touched]).await?.into_iter();
    let found = answers.next().and_then(|rows| rows.into_iter().next());
    Ok(found.map(|row| Person { user: row.text("user_id"), by: By::Session { id: row.text("id") } }))
}

pub async fn list(stores: &dyn Stores, person: &Person, after: &str, limit: usize) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT id, device, created_at, last_seen_at, expires_at FROM sessions \
             WHERE user_id = ?1 AND expires_at > ?2 AND id > ?3 ORDER BY id LIMIT ?4",
            &person.user,
            clock::text(stores.now()),
            after,
            limit as u64 + 1
        ),
    )
    .await
}

/// Ends one session of the person; `None` where they have no such session.
pub async fn revoke(stores: &dyn Stores, person: &Person, id: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!("DELETE FROM sessions WHERE user_id = ?1 AND id = ?2 RETURNING id", &person.user, id),
    )
    .await
}

/// How long a proof of identity is fresh.
const FRESH: u64 = 15 * MINUTE;

fn id(person: &Person) -> &str {
    match &person.by {
        By::Session { id } => id,
        By::Link { .. } | By::Token { .. } => "",
    }
}

/// Refuses where the last proof of identity in this session is too long ago.
pub async fn freshly_proven(stores: &dyn Stores, person: &Person) -> Result<(), Refusal> {
    let asked = sql!(
        "SELECT 1 FROM sessions WHERE user_id = ?1 AND id = ?2 AND proven_at > ?3",
        &person.user,
        id(person),
        clock::text(stores.now().saturating_sub(FRESH))
    );
    row(stores, FIRST, asked).await?.map(drop).ok_or(Refusal::StaleProof)
}

/// The person has just proven in this session who they are.
pub fn proven(stores: &dyn Stores, person: &Person) -> Statement {
    sql!(
        "UPDATE sessions SET proven_at = ?3 WHERE user_id = ?1 AND id = ?2",
        &person.user,
        id(person),
        clock::text(stores.now())
    )
}

/// Ends all sessions of a person but this one.
pub fn revoke_others(person: &Person) -> Statement {
    sql!("DELETE FROM sessions WHERE user_id = ?1 AND id <> ?2", &person.user, id(person))
}

/// Ends all sessions of a person.
pub fn revoke_all(user: &str) -> Statement {
    sql!("DELETE FROM sessions WHERE user_id = ?1", user)
}
