//! Mail: written to the outbox with the change that causes it, sent after it, tried again when the provider fails.

use crate::clock::{self, MINUTE};
use crate::secret;
use crate::sql;
use crate::stores::{FIRST, Fault, Rows, Statement, Stores, rows};
use serde_json::{Value, json};

/// A mail as it stands in the outbox.
pub fn payload(subject: &str, text: &str) -> String {
    json!({"subject": subject, "text": text}).to_string()
}

/// A mail to each administrator of a tenant.
pub fn to_admins(stores: &dyn Stores, tenant: &str, subject: &str, text: &str) -> Result<Statement, Fault> {
    Ok(sql!(
        "INSERT INTO outbox (tenant_id, id, kind, recipient, payload, status, next_attempt_at, created_at) \
         SELECT '', ?2 || u.id, 'mail', u.email, ?3, 'waiting', ?4, ?4 FROM member_roles r \
           INDEXED BY member_roles_by_site CROSS JOIN members m ON m.tenant_id = r.tenant_id AND m.user_id = r.user_id \
           CROSS JOIN users u ON u.id = r.user_id \
         WHERE r.tenant_id = ?1 AND r.site_id = '' AND r.role = 'tenant_admin' AND m.status = 'active'",
        tenant,
        secret::id(stores)?,
        payload(subject, text),
        clock::text(stores.now())
    ))
}

const MAX_ATTEMPTS: u64 = 8;

/// Sends what is due through the provider of `MAIL_URL`; without one, mails stay in the outbox.
pub async fn send_due(stores: &dyn Stores) -> Result<(), Fault> {
    let Some(url) = stores.variable("MAIL_URL") else { return Ok(()) };
    let token = stores.variable("MAIL_TOKEN").unwrap_or_default();
    let sender = stores.variable("MAIL_FROM").unwrap_or_default();
    let now = stores.now();
    // Taken before it is sent: two drains at once send a mail once, and a crash in between sends it later.
    let due = sql!(
        "UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ?2 \
         WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM outbox INDEXED BY outbox_due \
           WHERE status = 'waiting' AND kind = 'mail' AND next_attempt_at <= ?1 ORDER BY next_attempt_at LIMIT 20) \
         RETURNING tenant_id, id, recipient, payload, attempts",
        clock::text(now),
        clock::text(now + 2 * MINUTE)
    );
    for mail in rows(stores, FIRST, due).await? {
        let payload: Value = mail.json("payload")?;
        let body = json!({"from": sender, "to": mail.text("recipient"), "subject": payload.get("subject"), "text": payload.get("text")});
        let outcome = match stores.post(&url, &token, body.to_string()).await {
            Ok(200..=299) => Ok(()),
            Ok(status) => Err(format!("the provider answered {status}")),
            Err(fault) => Err(fault.to_string()),
        };
        let attempts = mail.number("attempts");
        let (status, next) = match &outcome {
            Ok(()) => ("sent", now),
            Err(_) if attempts >= MAX_ATTEMPTS => ("failed", now),
            Err(_) => ("waiting", now + (MINUTE << attempts.min(8))),
        };
        if let Err(problem) = &outcome {
            stores.log(&format!("mail {}: {problem}", mail.text("id")));
        }
        // Its text may have a code that still opens something.
        let noted = sql!(
            "UPDATE outbox SET status = ?3, problem = ?4, next_attempt_at = ?5, sent_at = iif(?3 = 'sent', ?5, NULL), \
               payload = iif(?3 = 'waiting', payload, json_remove(payload, '$.text')) \
             WHERE tenant_id = ?1 AND id = ?2",
            mail.text("tenant_id"),
            mail.text("id"),
            status,
            outcome.err(),
            clock::text(next)
        );
        stores.batch(FIRST, vec![noted]).await?;
    }
    Ok(())
}

/// The newest mails of the platform, for the mailbox of development.
pub async fn newest(stores: &dyn Stores) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT recipient, payload, status, created_at FROM outbox INDEXED BY outbox_by_creation \
             WHERE tenant_id = '' ORDER BY created_at DESC, id DESC LIMIT 50"
        ),
    )
    .await
}
