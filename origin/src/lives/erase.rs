//! Takes deleted sites away for good: their hosts, then everything in KV, R2 and D1, and at last the site itself. Each step
//! may run twice; where it was cut off, the platform's next round goes on, since what is left says what is to do.

use crate::access;
use crate::change::{Event, by_platform};
use crate::clock;
use crate::repo::domains;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, rows};
use crate::{kv, repo};
use intake::Kind;
use model::SiteScope;
use model::ids::ContentHash;
use model::keys;
use serde_json::json;

/// Steps of a round. Each is a batch of D1, 50 keys of KV or 1,000 objects of R2.
const STEPS: u32 = 200;
/// Rows of a step; those of the largest table have a few hundred bytes each.
pub const ROWS: u64 = 500;
/// Keys of a step: a request of the platform waits for six answers at once
/// (<https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections>).
const KEYS: u64 = 50;

/// What is left of a round.
pub struct Round<'a> {
    pub stores: &'a dyn Stores,
    steps: u32,
}

pub async fn erase_due(stores: &dyn Stores) -> Result<(), Fault> {
    let mut round = Round::new(stores);
    for site in rows(stores, FIRST, due(stores.now())).await? {
        if round.steps == 0 {
            break;
        }
        if let Err(fault) = round.erase(&site).await {
            stores.log(&format!("erasing {}: {fault}", site.text("id")));
        }
    }
    Ok(())
}

fn due(now: u64) -> Statement {
    sql!(
        "SELECT id, tenant_id, database, name FROM sites INDEXED BY sites_to_erase WHERE delete_after <= ?1 \
         ORDER BY delete_after LIMIT 20",
        clock::text(now)
    )
}

impl<'a> Round<'a> {
    pub fn new(stores: &'a dyn Stores) -> Self {
        Self { stores, steps: STEPS }
    }

    /// Whether there is a step left; it is taken.
    pub fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }

    async fn erase(&mut self, row: &Row) -> Result<(), Fault> {
        let (stores, tenant, database) = (self.stores, row.text("tenant_id"), row.text("database"));
        let Some(scope) = access::unfinished(&row.text("id")) else { return Ok(()) };
        let site = scope.site().as_str();
        let mut hosts = domains::release_all(stores, &tenant, site);
        hosts.insert(2, repo::kv::hosts_of_site(&scope));
        stores.batch(FIRST, hosts).await?;
        // A host that cannot be written yet is the next round's: its wish is the last that is known of it.
        let whole = kv::drain(stores, FIRST, site).await?
            && self.records(&scope, &database).await?
            && self.files(&scope).await?
            && self.rows(&tenant, site, &database).await?;
        if !whole {
            return Ok(());
        }
        let event = Event {
            subject: "site",
            id: site.to_owned(),
            before: Some(json!({"name": row.json::<serde_json::Value>("name")?})),
            after: None,
        };
        let gone = sql!("DELETE FROM sites WHERE id = ?1 AND tenant_id = ?2", site, &tenant);
        by_platform(stores, &tenant, "erase_site", vec![gone], &event).await
    }

    /// What is published, in KV.
    async fn records(&mut self, scope: &SiteScope, database: &str) -> Result<bool, Fault> {
        while self.step() {
            let known = sql!(
                "SELECT kind, hash, part FROM published_records WHERE site_id = ?1 LIMIT ?2",
                scope.site().as_str(),
                KEYS
            );
            let known = rows(self.stores, database, known).await?;
            if known.is_empty() {
                return Ok(true);
            }
            let keys: Vec<String> = known.iter().filter_map(|row| key(scope, row)).collect();
            let gone = keys.iter().map(|key| self.stores.kv_put(key, None));
            for gone in futures::future::join_all(gone).await {
                gone?;
            }
            let places =
                known.iter().map(|row| json!([row.text("kind"), row.text("hash"), row.number("part")]));
            let forget = sql!(
                "DELETE FROM published_records WHERE site_id = ?1 AND (kind, hash, part) IN ( \
                   SELECT value->>0, value->>1, value->>2 FROM json_each(?2))",
                scope.site().as_str(),
                serde_json::Value::from_iter(places).to_string()
            );
            self.stores.batch(database, vec![forget]).await?;
        }
        Ok(false)
    }

    async fn files(&mut self, scope: &SiteScope) -> Result<bool, Fault> {
        for prefix in keys::all_files(scope) {
            loop {
                if !self.step() {
                    return Ok(false);
                }
                if !self.stores.remove_some(&prefix).await? {
                    break;
                }
            }
        }
        Ok(true)
    }

    async fn rows(&mut self, tenant: &str, site: &str, database: &str) -> Result<bool, Fault> {
        for sql in OF_SITE {
            if !self.all(database, || vec![sql!(sql, site, ROWS)]).await? {
                return Ok(false);
            }
        }
        for batch in [searched, released] {
            if !self.all(database, || batch(site)).await? {
                return Ok(false);
            }
        }
        for sql in OF_TENANT {
            for database in [database, FIRST] {
                if !self.all(database, || vec![sql!(sql, tenant, site, ROWS)]).await? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Repeats a batch until its last statement gives back no more rows.
    pub async fn all(&mut self, database: &str, batch: impl Fn() -> Vec<Statement>) -> Result<bool, Fault> {
        while self.step() {
            let gone: Rows = self.stores.batch(database, batch()).await?.pop().unwrap_or_default();
            if (gone.len() as u64) < ROWS {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn key(scope: &SiteScope, row: &Row) -> Option<String> {
    let kind = row.text("kind");
    let kind = Kind::ALL.into_iter().find(|known| known.name() == kind)?;
    let hash = ContentHash::parse(&row.text("hash")).ok()?;
    Some(kind.key(scope, &hash, row.number("part") as u32))
}

macro_rules! of_site {
    ($($table:literal by $key:literal),* $(,)?) => {
        &[$(concat!(
            "DELETE FROM ", $table, " WHERE site_id = ?1 AND (", $key, ") IN (SELECT ", $key, " FROM ", $table,
            " WHERE site_id = ?1 LIMIT ?2) RETURNING 1"
        )),*]
    };
}

/// The rows of a site in its own database by the rest of their keys: those that refer to others first.
const OF_SITE: &[&str] = of_site!(
    "entity_lists" by "list, sort, entity_id",
    "entity_draft_lists" by "list, status, sort, entity_id",
    "entity_relations" by "to_id, from_id, field",
    "entity_unique_values" by "kind, field, locale, value",
    "entities" by "id",
    "entity_types" by "id",
    "counters" by "name",
    "settings" by "id",
    "pages" by "id",
    "blocks" by "id",
    "components" by "id",
    "revisions" by "subject, subject_id, number",
    "release_documents" by "release, part",
    "uses" by "target, target_id, subject, subject_id",
    "redirects" by "from_path",
    "schedules" by "id",
    "edit_locks" by "subject, subject_id",
    "previews" by "id",
    "experiments" by "id",
    "ai_requests" by "id",
    "assets" by "id",
    "asset_folders" by "folder",
    "asset_paths" by "folder, name, ext",
    "asset_objects" by "hash, width",
    "loose_objects" by "object",
    "site_storage" by "version",
    "plugin_instances" by "plugin",
    "secrets" by "name",
    "webhook_receipts" by "provider, event_id",
    "wishlist_items" by "account_id, entity_id",
    "visitor_tokens" by "token_hash",
    "visitor_accounts" by "id",
    "shop_cart_items" by "cart_id, variant_id",
    "shop_carts" by "id",
    "shop_stock_moves" by "variant_id, number",
    "shop_variants" by "id",
    "shop_payments" by "order_id, id",
    "shop_order_items" by "order_id, line",
    "shop_orders" by "id",
    "form_entries" by "form_id, id",
    "forms" by "id",
    "analytics" by "metric, day, value",
    "kv_writes" by "key",
);

/// Search documents go with what says where they are.
fn searched(site: &str) -> Vec<Statement> {
    vec![
        sql!(
            "DELETE FROM search WHERE rowid IN ( \
               SELECT row FROM search_documents WHERE site_id = ?1 ORDER BY kind, id LIMIT ?2)",
            site,
            ROWS
        ),
        sql!(
            "DELETE FROM search_documents WHERE site_id = ?1 AND (kind, id) IN ( \
               SELECT kind, id FROM search_documents WHERE site_id = ?1 ORDER BY kind, id LIMIT ?2) RETURNING 1",
            site,
            ROWS
        ),
    ]
}

/// Newest first: a roll back refers to an older one.
fn released(site: &str) -> Vec<Statement> {
    vec![sql!(
        "DELETE FROM releases WHERE site_id = ?1 AND (number) IN ( \
           SELECT number FROM releases WHERE site_id = ?1 ORDER BY number DESC LIMIT ?2) RETURNING 1",
        site,
        ROWS
    )]
}

/// What names a tenant and a site. What was used on past days stays: bills are made of it.
pub const OF_TENANT: &[&str] = &[
    "DELETE FROM job_problems WHERE tenant_id = ?1 AND (job_id, line) IN ( \
       SELECT job_id, line FROM job_problems WHERE tenant_id = ?1 AND job_id >= ?2 || '/' AND job_id < ?2 || '0' LIMIT ?3) \
     RETURNING 1",
    "DELETE FROM jobs WHERE tenant_id = ?1 AND (id) IN ( \
       SELECT id FROM jobs WHERE tenant_id = ?1 AND site_id = ?2 LIMIT ?3) RETURNING 1",
    // Oldest first, as the log demands.
    "DELETE FROM audit WHERE tenant_id = ?1 AND site_id = ?2 AND number < ?3 + ( \
       SELECT min(number) FROM audit WHERE tenant_id = ?1 AND site_id = ?2) RETURNING 1",
    "DELETE FROM usage WHERE tenant_id = ?1 AND day = '' AND (metric, site_id) IN ( \
       SELECT metric, site_id FROM usage WHERE tenant_id = ?1 AND day = '' AND site_id = ?2 LIMIT ?3) RETURNING 1",
    "DELETE FROM features WHERE tenant_id = ?1 AND site_id = ?2 AND (name) IN ( \
       SELECT name FROM features WHERE tenant_id = ?1 AND site_id = ?2 LIMIT ?3) RETURNING 1",
    "DELETE FROM member_roles WHERE tenant_id = ?1 AND site_id = ?2 AND (user_id, role) IN ( \
       SELECT user_id, role FROM member_roles WHERE tenant_id = ?1 AND site_id = ?2 LIMIT ?3) RETURNING 1",
    "DELETE FROM invitations WHERE tenant_id = ?1 AND (id) IN ( \
       SELECT id FROM invitations WHERE tenant_id = ?1 AND site_id = ?2 LIMIT ?3) RETURNING 1",
    "DELETE FROM api_tokens WHERE tenant_id = ?1 AND (id) IN ( \
       SELECT id FROM api_tokens WHERE tenant_id = ?1 AND site_id = ?2 LIMIT ?3) RETURNING 1",
    "DELETE FROM webhooks WHERE tenant_id = ?1 AND (id) IN ( \
       SELECT id FROM webhooks WHERE tenant_id = ?1 AND site_id = ?2 LIMIT ?3) RETURNING 1",
    "DELETE FROM outbox WHERE tenant_id = ?1 AND (id) IN ( \
       SELECT id FROM outbox WHERE tenant_id = ?1 AND site_id = ?2 LIMIT ?3) RETURNING 1",
];
