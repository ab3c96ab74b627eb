//! The end of trials: mails a week and a day before it, and then the tenant is suspended.

use crate::change::{Event, by_platform};
use crate::clock::{self, DAY};
use crate::mail;
use crate::repo::kv;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Stores, rows};
use serde_json::json;

/// Days before the end at which administrators get a mail.
const NOTICE: [u64; 2] = [7, 1];

/// When something is to be done next for a trial that ends at `end`, from `now` on. Milliseconds since 1970.
pub fn next(now: u64, end: u64) -> u64 {
    let notices = NOTICE.iter().map(|days| end.saturating_sub(days * DAY));
    notices.filter(|at| *at > now).min().unwrap_or(end)
}

pub async fn settle_due(stores: &dyn Stores) -> Result<(), Fault> {
    let due = sql!(
        "SELECT id, name, trial_ends_at FROM tenants INDEXED BY tenants_by_trial WHERE trial_due_at <= ?1 \
         AND delete_after IS NULL ORDER BY trial_due_at LIMIT 20",
        clock::text(stores.now())
    );
    for tenant in rows(stores, FIRST, due).await? {
        if let Err(fault) = settle(stores, &tenant).await {
            stores.log(&format!("trial of {}: {fault}", tenant.text("id")));
        }
    }
    Ok(())
}

async fn settle(stores: &dyn Stores, tenant: &Row) -> Result<(), Fault> {
    let (id, name, ends) = (tenant.text("id"), tenant.text("name"), tenant.text("trial_ends_at"));
    let now = stores.now();
    let end = clock::read(&ends).unwrap_or(now);
    let is_over = end <= now;
    // Whoever changes the trial meanwhile wins: the batch ends here.
    let mut statements = vec![sql!(
        "INSERT INTO guards (rule) SELECT 'claim_gone' WHERE NOT EXISTS ( \
           SELECT 1 FROM tenants WHERE id = ?1 AND status = 'trial' AND trial_ends_at = ?2 AND trial_due_at <= ?3)",
        &id,
        &ends,
        clock::text(now)
    )];
    let (action, text) = if is_over {
        statements.push(sql!(
            "UPDATE tenants SET status = 'suspended', trial_due_at = NULL, updated_at = ?2 WHERE id = ?1",
            &id,
            clock::text(now)
        ));
        statements.push(kv::hosts_of(&id));
        let what = "has ended. Visitors see that your websites are not available now. Nothing is lost: they are back as soon as you have a plan.";
        ("end_trial", what.to_owned())
    } else {
        statements.push(sql!(
            "UPDATE tenants SET trial_due_at = ?2, updated_at = ?3 WHERE id = ?1",
            &id,
            clock::text(next(now, end)),
            clock::text(now)
        ));
        let day = ends.get(..10).unwrap_or(&ends);
        (
            "announce_end_of_trial",
            format!("ends on {day}. Choose a plan by then, so that visitors go on seeing your websites."),
        )
    };
    let subject = if is_over { "Your trial has ended" } else { "Your trial ends soon" };
    statements.push(mail::to_admins(stores, &id, subject, &format!("The trial of {name} {text}"))?);
    let after = if is_over { json!({"status": "suspended"}) } else { json!({"trial_ends_at": ends}) };
    let event = Event {
        subject: "tenant",
        id: id.clone(),
        before: Some(json!({"status": "trial"})),
        after: Some(after),
    };
    by_platform(stores, &id, action, statements, &event).await
}
