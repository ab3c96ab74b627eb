//! Work outside of requests. Each part may run at any time, twice, or be cut off.

use crate::repo::objects;
use crate::stores::{FIRST, Fault, Statement, Stores};
use crate::{clock, mail, sql};

/// What a change leaves to do: its mails.
pub async fn after_change(stores: &dyn Stores) {
    if let Err(fault) = mail::send_due(stores).await {
        stores.log(&format!("mail: {fault}"));
    }
}

pub async fn every_minute(stores: &dyn Stores) {
    after_change(stores).await;
    if let Err(fault) = stores.batch(FIRST, expired(&clock::text(stores.now()))).await {
        stores.log(&format!("clean-up: {fault}"));
    }
    if let Err(fault) = take_away_due(stores).await {
        stores.log(&format!("files: {fault}"));
    }
}

/// Takes away objects that no asset vouches for. Twenty a minute: each asks what is published.
async fn take_away_due(stores: &dyn Stores) -> Result<(), Fault> {
    for loose in objects::due(stores, 20).await? {
        objects::take_away(stores, &loose).await?;
    }
    Ok(())
}

/// Takes away what has expired.
fn expired(now: &str) -> Vec<Statement> {
    vec![
        sql!("DELETE FROM sessions WHERE expires_at < ?1", now),
        sql!("DELETE FROM confirmations WHERE expires_at < ?1", now),
        sql!("DELETE FROM sign_up_invitations WHERE expires_at < ?1", now),
        sql!("DELETE FROM sign_in_failures WHERE expires_at < ?1", now),
        sql!("DELETE FROM idempotency_keys WHERE expires_at < ?1", now),
        sql!("DELETE FROM rate_limits WHERE expires_at < ?1", now),
    ]
}
