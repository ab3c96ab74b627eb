//! Work outside of requests. Each part may run at any time, twice, or be cut off.

use crate::clock::{self, DAY};
use crate::lives::{end, erase, fill};
use crate::records::lists;
use crate::repo::{objects, storage};
use crate::stores::{FIRST, Fault, Statement, Stores, rows};
use crate::{access, kv, mail, provider, publish, sql, trial};

/// What a change leaves to do: its mails, what the provider of certificates has to know, what hosts have to say.
pub async fn after_change(stores: &dyn Stores) {
    if let Err(fault) = mail::send_due(stores).await {
        stores.log(&format!("mail: {fault}"));
    }
    if let Err(fault) = provider::settle_due(stores).await {
        stores.log(&format!("custom hosts: {fault}"));
    }
    if let Err(fault) = publish_waiting(stores).await {
        stores.log(&format!("publishing: {fault}"));
    }
    if let Err(fault) = fill::fill_due(stores).await {
        stores.log(&format!("filling: {fault}"));
    }
}

pub async fn every_minute(stores: &dyn Stores) {
    // First, so that its mails go and visitors see it in the same round.
    if let Err(fault) = trial::settle_due(stores).await {
        stores.log(&format!("trials: {fault}"));
    }
    after_change(stores).await;
    if let Err(fault) = stores.batch(FIRST, expired(stores.now())).await {
        stores.log(&format!("clean-up: {fault}"));
    }
    if let Err(fault) = publish::settle_due(stores, FIRST).await {
        stores.log(&format!("what is scheduled: {fault}"));
    }
    if let Err(fault) = lists::fill_due(stores, FIRST).await {
        stores.log(&format!("lists of records: {fault}"));
    }
    if let Err(fault) = take_away_due(stores).await {
        stores.log(&format!("files: {fault}"));
    }
    if let Err(fault) = storage::settle_due(stores).await {
        stores.log(&format!("storage: {fault}"));
    }
    // Before the sites, which it hands over.
    if let Err(fault) = end::end_due(stores).await {
        stores.log(&format!("deleted tenants: {fault}"));
    }
    if let Err(fault) = erase::erase_due(stores).await {
        stores.log(&format!("deleted sites: {fault}"));
    }
}

/// Takes away objects that no asset vouches for. Twenty a minute: each asks what is published.
async fn take_away_due(stores: &dyn Stores) -> Result<(), Fault> {
    for loose in objects::due(stores, 20).await? {
        objects::take_away(stores, &loose).await?;
    }
    Ok(())
}

/// Writes the host records whose turn it is, and goes on with the publishing that a crash or a failing store has left.
async fn publish_waiting(stores: &dyn Stores) -> Result<(), Fault> {
    for site in rows(stores, FIRST, kv::due(stores.now() + kv::PATIENCE)).await? {
        let Some(scope) = access::unfinished(&site.text("site_id")) else { continue };
        if let Err(fault) = publish::resume(stores, &scope, FIRST).await {
            stores.log(&format!("publishing of {}: {fault}", scope.site()));
        }
    }
    Ok(())
}

/// Takes away what has expired.
fn expired(now: u64) -> Vec<Statement> {
    let (reservations, month_ago) =
        (storage::end_reservations(now), clock::text(now.saturating_sub(30 * DAY)));
    let now = &clock::text(now);
    vec![
        // Mails of the platform have people's addresses.
        sql!(
            "DELETE FROM outbox WHERE tenant_id = ?1 AND created_at < ?2 AND status <> 'waiting'",
            "",
            &month_ago
        ),
        sql!("DELETE FROM sessions WHERE expires_at < ?1", now),
        sql!("DELETE FROM confirmations WHERE expires_at < ?1", now),
        sql!("DELETE FROM sign_up_invitations WHERE expires_at < ?1", now),
        sql!("DELETE FROM invitations WHERE expires_at < ?1", now),
        // Those who claimed should see for a while that they came too late.
        sql!("DELETE FROM host_claims WHERE expires_at < ?1", month_ago),
        sql!("DELETE FROM host_quarantine WHERE until < ?1", now),
        sql!("DELETE FROM previews WHERE expires_at < ?1", now),
        sql!("DELETE FROM sign_in_failures WHERE expires_at < ?1", now),
        sql!("DELETE FROM idempotency_keys WHERE expires_at < ?1", now),
        reservations,
        sql!("DELETE FROM rate_limits WHERE expires_at < ?1", now),
    ]
}
