//! Host records into KV. A change says in its own batch which keys have to be written; whoever holds a key's lease
//! writes what the database says then. So later wishes replace earlier ones, a crash leaves the wish behind, and no
//! two writers at once can leave the older value.

use crate::secret;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Statement, Stores, row, rows};
use model::names::Hostname;
use model::records::{HostRecord, SiteRecord, Status};

/// KV takes one write a second to a key (<https://developers.cloudflare.com/kv/platform/limits/>).
const DISTANCE: u64 = 1_000;
/// Longer than a write may take.
const LEASE: u64 = 30_000;
/// How long a request waits for the distance to the write before, or for somebody else who writes.
pub const PATIENCE: u64 = 1_500;
const GLANCE: u64 = 50;

/// The counter of the changes of a site's records; it stands in the keys of cached answers.
pub const EPOCH: &str = "epoch";

/// The keys of a site whose turn it is, for who takes them now.
fn take(site: &str, lease: &str, now: u64) -> Statement {
    sql!(
        "UPDATE kv_writes SET lease = ?2, leased_until_ms = ?3 + ?4 \
         WHERE site_id = ?1 AND written < wanted AND due_ms <= ?3 AND leased_until_ms <= ?3 RETURNING key, wanted",
        site,
        lease,
        now,
        LEASE
    )
}

fn done(site: &str, key: &str, lease: &str, wanted: u64, now: u64) -> Statement {
    sql!(
        "UPDATE kv_writes SET written = max(written, ?4), lease = '', leased_until_ms = 0, due_ms = ?5 + ?6 \
         WHERE site_id = ?1 AND key = ?2 AND lease = ?3",
        site,
        key,
        lease,
        wanted,
        now,
        DISTANCE
    )
}

/// Gives a key back that could not be written.
fn given_back(site: &str, key: &str, lease: &str, now: u64) -> Statement {
    sql!(
        "UPDATE kv_writes SET lease = '', leased_until_ms = 0, due_ms = ?4 + ?5 WHERE site_id = ?1 AND key = ?2 AND lease = ?3",
        site,
        key,
        lease,
        now,
        DISTANCE
    )
}

/// When the next key of a site is due; none where everything is written.
fn next(site: &str) -> Statement {
    sql!(
        "SELECT min(max(due_ms, leased_until_ms)) AS at FROM kv_writes WHERE site_id = ?1 AND written < wanted",
        site
    )
}

/// Writes what a site's hosts have to say now. True where nothing is left to write.
pub async fn drain(stores: &dyn Stores, database: &str, site: &str) -> Result<bool, Fault> {
    let until = stores.now() + PATIENCE;
    loop {
        let lease = secret::id(stores)?;
        for taken in rows(stores, database, take(site, &lease, stores.now())).await? {
            let (key, wanted) = (taken.text("key"), taken.number("wanted"));
            match write(stores, site, &key).await {
                Ok(()) => {
                    let done = done(site, &key, &lease, wanted, stores.now());
                    stores.batch(database, vec![done]).await?;
                }
                Err(fault) => {
                    let back = given_back(site, &key, &lease, stores.now());
                    stores.batch(database, vec![back]).await?;
                    return Err(fault);
                }
            }
        }
        let left = row(stores, database, next(site)).await?.and_then(|row| row.maybe_number("at"));
        let now = stores.now();
        match left {
            None => return Ok(true),
            Some(_) if now >= until => return Ok(false),
            // Somebody else is writing, and will be done long before the lease ends.
            Some(at) if at > until => stores.sleep(GLANCE).await,
            Some(at) => stores.sleep(at.saturating_sub(now).max(1)).await,
        }
    }
}

/// Sites with something to write.
pub fn due(now: u64) -> Statement {
    sql!(
        "SELECT DISTINCT site_id FROM kv_writes INDEXED BY kv_writes_due WHERE written < wanted AND due_ms <= ?1 LIMIT 100",
        now
    )
}

async fn write(stores: &dyn Stores, site: &str, key: &str) -> Result<(), Fault> {
    let host = key.strip_prefix("host/").and_then(|host| Hostname::parse(host).ok());
    let Some(host) = host else { return Ok(()) };
    let value = record(stores, site, &host).await?;
    stores.kv_put(key, value).await
}

/// What visitors get of a site, from its own status and its tenant's.
pub fn status(site: &Row) -> Status {
    match (site.text("status").as_str(), site.text("tenant_status").as_str()) {
        ("archived", _) => Status::Archived,
        ("suspended", _) | (_, "suspended") => Status::Suspended,
        _ => Status::Active,
    }
}

/// What a host leads to; `None` where nothing.
pub async fn record(stores: &dyn Stores, site: &str, host: &Hostname) -> Result<Option<String>, Fault> {
    let unreadable = |e: &dyn std::fmt::Display| Fault::Unavailable(format!("{site}: {e}"));
    let found = row(
        stores,
        FIRST,
        sql!(
            "SELECT s.database, iif(coalesce(s.delete_after, t.delete_after) IS NULL, s.status, 'archived') AS status, t.id AS tenant, t.status AS tenant_status, \
               (SELECT p.host FROM hosts p WHERE p.site_id = s.id AND p.is_primary = 1) AS primary_host \
             FROM hosts h CROSS JOIN sites s ON s.id = h.site_id CROSS JOIN tenants t ON t.id = s.tenant_id \
             WHERE h.site_id = ?1 AND h.host = ?2",
            site,
            host.as_str()
        ),
    );
    let Some(found) = found.await? else { return Ok(None) };
    let status = status(&found);
    let primary = Hostname::parse(&found.text("primary_host")).map_err(|e| unreadable(&e))?;
    let content = if status == Status::Active && primary == *host {
        let database = found.text("database");
        let live = row(
            stores,
            &database,
            sql!(
                "SELECT site_record, (SELECT value FROM counters WHERE site_id = ?1 AND name = ?2) AS epoch \
                 FROM releases WHERE site_id = ?1 AND status = 'live'",
                site,
                EPOCH
            ),
        );
        // Before its first release a site is not there.
        let Some(live) = live.await? else { return Ok(None) };
        let mut content: SiteRecord =
            model::json::from_str(&live.text("site_record")).map_err(|e| unreadable(&e))?;
        content.epoch = live.number("epoch");
        Some(Box::new(content))
    } else {
        None
    };
    let record = HostRecord {
        v: HostRecord::version_of(content.as_deref()),
        tenant: model::ids::TenantId::parse(&found.text("tenant")).map_err(|e| unreadable(&e))?,
        site: model::ids::SiteId::parse(site).map_err(|e| unreadable(&e))?,
        status,
        primary,
        content,
    };
    serde_json::to_string(&record).map(Some).map_err(|e| unreadable(&e))
}
