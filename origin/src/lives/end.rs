//! Takes deleted tenants away for good: first their sites, which `erase` takes away, then people, then all else, and at
//! last the tenant itself. Each step may run twice; where it was cut off, the platform's next round goes on, since what is
//! left says what is to do.

use crate::access::BEGUN;
use crate::change::{Event, by_platform};
use crate::clock;
use crate::lives::erase::{self, Round};
use crate::mail;
use crate::secret;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Stores, row, rows};
use serde_json::json;

/// People of a step: their sessions, keys and roles go with them.
const PEOPLE: u64 = 50;
/// Sites of a step.
const SITES: u64 = 500;

pub async fn end_due(stores: &dyn Stores) -> Result<(), Fault> {
    let due = sql!(
        "SELECT id, name FROM tenants INDEXED BY tenants_to_erase WHERE delete_after <= ?1 ORDER BY delete_after LIMIT 20",
        clock::text(stores.now())
    );
    let mut round = Round::new(stores);
    for tenant in rows(stores, FIRST, due).await? {
        if let Err(fault) = round.end(&tenant).await {
            stores.log(&format!("erasing {}: {fault}", tenant.text("id")));
        }
    }
    Ok(())
}

/// Those of ?2 who are members of the tenant ?1 and of no other, and do not own the platform; ?3 is its owner's address.
macro_rules! alone {
    () => {
        "FROM json_each(?2) w CROSS JOIN users u ON u.id = w.value CROSS JOIN members m ON m.tenant_id = ?1 AND m.user_id = u.id \
         WHERE u.platform_owner = 0 AND u.email <> ?3 AND NOT EXISTS ( \
           SELECT 1 FROM members o INDEXED BY members_by_user WHERE o.user_id = u.id AND o.tenant_id <> ?1)"
    };
}

impl Round<'_> {
    async fn end(&mut self, tenant: &Row) -> Result<(), Fault> {
        let (stores, id) = (self.stores, tenant.text("id"));
        // From here on nobody takes it back, whatever another machine's clock says.
        let begun = sql!("UPDATE tenants SET delete_after = ?2 WHERE id = ?1", &id, BEGUN);
        stores.batch(FIRST, vec![begun]).await?;
        if !(self.sites_gone(&id).await? && self.people_gone(tenant).await? && self.rest_gone(&id).await?) {
            return Ok(());
        }
        let event = Event {
            subject: "tenant",
            id: id.clone(),
            before: Some(json!({"name": tenant.text("name")})),
            after: None,
        };
        let gone = sql!("DELETE FROM tenants WHERE id = ?1", &id);
        // The platform's log says so: the tenant's own went with it.
        by_platform(stores, "", "erase_tenant", vec![gone], &event).await
    }

    /// Has every site erased that is still there; whether none is.
    async fn sites_gone(&mut self, tenant: &str) -> Result<bool, Fault> {
        while self.step() {
            let due = sql!(
                "UPDATE sites SET delete_after = ?2 WHERE id IN ( \
                   SELECT id FROM sites WHERE tenant_id = ?1 AND (delete_after IS NULL OR delete_after > ?2) LIMIT ?3) \
                 RETURNING 1",
                tenant,
                clock::text(self.stores.now()),
                SITES
            );
            if rows(self.stores, FIRST, due).await?.is_empty() {
                let left = sql!("SELECT 1 FROM sites WHERE tenant_id = ?1 LIMIT 1", tenant);
                return Ok(row(self.stores, FIRST, left).await?.is_none());
            }
        }
        Ok(false)
    }

    /// Whoever is a member of nothing else loses the account and gets a mail; others are members no more.
    async fn people_gone(&mut self, tenant: &Row) -> Result<bool, Fault> {
        let (stores, id) = (self.stores, tenant.text("id"));
        let owner = stores.variable("PLATFORM_OWNER").unwrap_or_default().trim().to_lowercase();
        let text = format!(
            "{} is deleted for good, and your account with it, since you were a member of nothing else.",
            tenant.text("name")
        );
        while self.step() {
            let some = sql!("SELECT user_id FROM members WHERE tenant_id = ?1 LIMIT ?2", &id, PEOPLE);
            let some: Vec<String> =
                rows(stores, FIRST, some).await?.iter().map(|row| row.text("user_id")).collect();
            if some.is_empty() {
                return Ok(true);
            }
            let some = json!(some).to_string();
            let told = sql!(
                concat!(
                    "INSERT INTO outbox (tenant_id, id, kind, recipient, payload, status, next_attempt_at, created_at) \
                     SELECT '', ?4 || u.id, 'mail', u.email, ?5, 'waiting', ?6, ?6 ",
                    alone!()
                ),
                &id,
                &some,
                &owner,
                secret::id(stores)?,
                mail::payload("Your account was deleted", &text),
                clock::text(stores.now())
            );
            let accounts = concat!("DELETE FROM users WHERE id IN (SELECT u.id ", alone!(), ")");
            let left = sql!(
                "DELETE FROM members WHERE tenant_id = ?1 AND user_id IN (SELECT value FROM json_each(?2))",
                &id,
                &some
            );
            stores.batch(FIRST, vec![told, sql!(accounts, &id, &some, &owner), left]).await?;
        }
        Ok(false)
    }

    /// All else that names the tenant. What was used on past days stays: bills are made of it.
    async fn rest_gone(&mut self, tenant: &str) -> Result<bool, Fault> {
        for sql in erase::OF_TENANT {
            if !self.all(FIRST, || vec![sql!(sql, tenant, "", erase::ROWS)]).await? {
                return Ok(false);
            }
        }
        for sql in REST {
            if !self.all(FIRST, || vec![sql!(sql, tenant, erase::ROWS)]).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// What names a tenant and no site.
const REST: &[&str] = &[
    "DELETE FROM roles WHERE tenant_id = ?1 AND (id) IN (SELECT id FROM roles WHERE tenant_id = ?1 LIMIT ?2) RETURNING 1",
    "DELETE FROM templates WHERE tenant_id = ?1 AND (kind, id) IN ( \
       SELECT kind, id FROM templates WHERE tenant_id = ?1 LIMIT ?2) RETURNING 1",
    "DELETE FROM idempotency_keys WHERE tenant_id = ?1 AND (actor, key) IN ( \
       SELECT actor, key FROM idempotency_keys WHERE tenant_id = ?1 LIMIT ?2) RETURNING 1",
    "DELETE FROM subscriptions WHERE tenant_id = ?1 AND ?2 > 0 RETURNING 1",
];
