//! Work outside of requests. Each part may run at any time, twice, or be cut off.

use crate::clock::{self, DAY};
use crate::stores::{FIRST, Statement, Stores};
use crate::{mail, provider, sql};

/// What a change leaves to do: its mails, and what the provider of certificates has to know.
pub async fn after_change(stores: &dyn Stores) {
    if let Err(fault) = mail::send_due(stores).await {
        stores.log(&format!("mail: {fault}"));
    }
    if let Err(fault) = provider::settle_due(stores).await {
        stores.log(&format!("custom hosts: {fault}"));
    }
}

pub async fn every_minute(stores: &dyn Stores) {
    after_change(stores).await;
    if let Err(fault) = stores.batch(FIRST, expired(stores.now())).await {
        stores.log(&format!("clean-up: {fault}"));
    }
}

/// Takes away what has expired.
fn expired(now: u64) -> Vec<Statement> {
    let (now, month_ago) = (&clock::text(now), clock::text(now.saturating_sub(30 * DAY)));
    vec![
        sql!("DELETE FROM sessions WHERE expires_at < ?1", now),
        sql!("DELETE FROM confirmations WHERE expires_at < ?1", now),
        sql!("DELETE FROM sign_up_invitations WHERE expires_at < ?1", now),
        sql!("DELETE FROM invitations WHERE expires_at < ?1", now),
        // Those who claimed should see for a while that they came too late.
        sql!("DELETE FROM host_claims WHERE expires_at < ?1", month_ago),
        sql!("DELETE FROM host_quarantine WHERE until < ?1", now),
        sql!("DELETE FROM sign_in_failures WHERE expires_at < ?1", now),
        sql!("DELETE FROM idempotency_keys WHERE expires_at < ?1", now),
        sql!("DELETE FROM rate_limits WHERE expires_at < ?1", now),
    ]
}
