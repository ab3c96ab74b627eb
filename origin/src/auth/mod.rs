//! Who sends a request.

pub mod attempts;
pub mod password;
pub mod session;
pub mod webauthn;

use crate::access::{By, Person};
use crate::http::Request;
use crate::problem::Refusal;
use crate::secret::digest;
use crate::stores::{FIRST, Stores, row};
use crate::{clock, sql};

/// Marks a token of ours, so that one that was published by mistake can be found.
pub const TOKEN_PREFIX: &str = "manysite_";

/// The person behind a request; `None` where it brings no proof. A token in the header decides alone: a browser
/// never sends one by itself.
pub async fn person(stores: &dyn Stores, request: &Request) -> Result<Option<Person>, Refusal> {
    let authorization = request.header("authorization");
    if !authorization.is_empty() {
        let (scheme, token) = authorization.split_once(' ').unwrap_or_default();
        let token = if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" };
        return of_token(stores, token).await?.map(Some).ok_or(Refusal::SignedOut);
    }
    let Some(token) = session::token_of(request) else { return Ok(None) };
    let person = session::find(stores, token).await?;
    if person.is_some() {
        same_origin(request)?;
    }
    Ok(person)
}

async fn of_token(stores: &dyn Stores, token: &str) -> Result<Option<Person>, Refusal> {
    if !token.starts_with(TOKEN_PREFIX) {
        return Ok(None);
    }
    let now = stores.now();
    let found = row(
        stores,
        FIRST,
        sql!(
            "SELECT t.tenant_id, t.id, t.site_id, t.scopes, t.user_id FROM api_tokens t \
             CROSS JOIN users u ON u.id = t.user_id \
             WHERE t.token_hash = ?1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > ?2) \
               AND u.status = 'active'",
            digest(token),
            clock::text(now)
        ),
    );
    let Some(found) = found.await? else { return Ok(None) };
    let (tenant, id) = (found.text("tenant_id"), found.text("id"));
    // To the minute is enough for "when was it used", and most requests then write nothing.
    let touched = sql!(
        "UPDATE api_tokens SET last_used_at = ?3 WHERE tenant_id = ?1 AND id = ?2 \
         AND (last_used_at IS NULL OR last_used_at < ?4)",
        &tenant,
        &id,
        clock::text(now),
        clock::text(now.saturating_sub(clock::MINUTE))
    );
    stores.batch(FIRST, vec![touched]).await?;
    let scopes = found.json("scopes")?;
    Ok(Some(Person {
        user: found.text("user_id"),
        by: By::Token { id, tenant, site: found.text("site_id"), scopes },
    }))
}

/// A browser sends the cookie with requests that other sites cause. For one that changes something, it must
/// say that the request comes from our own pages.
pub fn same_origin(request: &Request) -> Result<(), Refusal> {
    let (origin, site) = (request.header("origin"), request.header("sec-fetch-site"));
    let ours = origin == request.origin() && (site.is_empty() || site == "same-origin");
    if !request.is_unsafe() || ours {
        return Ok(());
    }
    Err(Refusal::Forbidden("This request comes from another website. Send it from the dashboard's own pages, or use an API token.".to_owned()))
}

/// Refuses tokens where only a person may act.
pub fn by_session(person: &Person) -> Result<(), Refusal> {
    match person.by {
        By::Session { .. } => Ok(()),
        By::Link { .. } | By::Token { .. } => {
            Err(Refusal::Forbidden("This is for people: sign in instead of using a token.".to_owned()))
        }
    }
}
