//! The objects in R2: which ones assets vouch for, and which ones are to be taken away. A row of `loose_objects` stands
//! before its object does and goes in the batch that makes an asset of it, so a crash leaves nothing that is not found.

use crate::access::SiteAccess;
use crate::clock::{self, HOUR};
use crate::plan::{self, Metric};
use crate::problem::Refusal;
use crate::repo::storage;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};
use serde_json::json;

/// How long an object may be loose. Much longer than an upload takes; what fails within it is taken away after it.
const LOOSE: u64 = HOUR;

/// How many files a site has (`files`), and the bytes of their objects (`bytes`); without the trash.
pub async fn amount(stores: &dyn Stores, access: &SiteAccess) -> Result<Row, Fault> {
    let sum = sql!(
        "SELECT (SELECT count(*) FROM assets INDEXED BY assets_by_creation WHERE site_id = ?1 AND status = 'active') AS files, \
           (SELECT coalesce(sum(o.bytes), 0) FROM asset_objects o WHERE o.site_id = ?1 AND EXISTS ( \
              SELECT 1 FROM assets a INDEXED BY assets_by_hash \
              WHERE a.site_id = ?1 AND a.hash = o.hash AND a.status = 'active')) AS bytes",
        access.site().as_str()
    );
    Ok(row(stores, access.database(), sum).await?.unwrap_or_default())
}

pub struct Loose<'a> {
    pub object: &'a str,
    /// `""` while it is not known.
    pub hash: &'a str,
    pub bytes: u64,
}

/// Says that an object is about to be stored, and reserves its bytes. No row: it is being taken away at this moment.
fn announce(stores: &dyn Stores, access: &SiteAccess, loose: &Loose) -> Statement {
    let now = stores.now();
    sql!(
        "INSERT INTO loose_objects (site_id, object, hash, reserved, due_at) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (site_id, object) DO UPDATE SET reserved = max(reserved, ?4), due_at = max(due_at, ?5) \
         WHERE claimed_until IS NULL OR claimed_until < ?6 RETURNING object",
        access.site().as_str(),
        loose.object,
        loose.hash,
        loose.bytes,
        clock::text(now + LOOSE),
        clock::text(now)
    )
}

/// Announces an object; `true` where its bytes are there already, and stay for as long as it is announced. Refused where
/// the plan has no room for what is reserved.
pub async fn announced(
    stores: &dyn Stores,
    access: &SiteAccess,
    loose: &Loose<'_>,
    width: u32,
) -> Result<bool, Refusal> {
    let known = sql!(
        "SELECT bytes FROM asset_objects WHERE site_id = ?1 AND hash = ?2 AND width = ?3",
        access.site().as_str(),
        loose.hash,
        u64::from(width)
    );
    let mut batch = vec![announce(stores, access, loose), known];
    let (reserves, is_first) = (loose.bytes > 0, access.database() == FIRST);
    match (reserves, is_first) {
        (true, true) => batch.extend(plan::room_for(stores, access.in_tenant(), Metric::Storage, 0)),
        (true, false) => storage::hold(stores, access, loose).await?,
        (false, _) => {}
    }
    let mut answers = match stores.batch(access.database(), batch).await {
        Ok(answers) => answers.into_iter(),
        Err(fault) => {
            let lost = plan::refused(stores, access.in_tenant(), Metric::Storage, fault.into()).await;
            return Err(lost.into());
        }
    };
    if reserves && !is_first {
        storage::announced(stores, access, loose.object).await?;
    }
    if answers.next().unwrap_or_default().is_empty() {
        return Err(Refusal::Unavailable(format!("{} is being taken away", loose.object)));
    }
    Ok(!answers.next().unwrap_or_default().is_empty())
}

/// Objects that are loose no more, or are gone.
pub fn settled(access: &SiteAccess, objects: &[String]) -> Statement {
    sql!(
        "DELETE FROM loose_objects WHERE site_id = ?1 AND object IN (SELECT value FROM json_each(?2))",
        access.site().as_str(),
        json!(objects).to_string()
    )
}

pub struct Stored<'a> {
    pub hash: &'a str,
    pub width: u32,
    pub object: &'a str,
    pub content_type: &'a str,
    pub bytes: u64,
}

/// An object that an asset vouches for; it comes behind the asset's own statement.
pub fn vouch(stores: &dyn Stores, access: &SiteAccess, stored: &Stored) -> Statement {
    sql!(
        "INSERT INTO asset_objects (site_id, hash, width, object, content_type, bytes, created_at) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 \
         WHERE EXISTS (SELECT 1 FROM assets INDEXED BY assets_by_hash WHERE site_id = ?1 AND hash = ?2) \
         ON CONFLICT DO NOTHING",
        access.site().as_str(),
        stored.hash,
        u64::from(stored.width),
        stored.object,
        stored.content_type,
        stored.bytes,
        clock::text(stores.now())
    )
}

/// Lets the objects of a digest go, where no asset has it any more; behind the statement that may have been the
/// last one's.
pub async fn let_go(stores: &dyn Stores, access: &SiteAccess, hash: &str) -> Result<Vec<Statement>, Fault> {
    if access.database() != FIRST {
        storage::look_again(stores, access, hash).await?;
    }
    let site = access.site().as_str();
    Ok(vec![
        sql!(
            "INSERT INTO loose_objects (site_id, object, hash, due_at) \
             SELECT site_id, object, hash, ?3 FROM asset_objects WHERE site_id = ?1 AND hash = ?2 \
               AND NOT EXISTS (SELECT 1 FROM assets INDEXED BY assets_by_hash WHERE site_id = ?1 AND hash = ?2) \
             ON CONFLICT (site_id, object) DO UPDATE SET due_at = max(due_at, excluded.due_at)",
            site,
            hash,
            clock::text(stores.now() + LOOSE)
        ),
        sql!(
            "DELETE FROM asset_objects WHERE site_id = ?1 AND hash = ?2 \
             AND NOT EXISTS (SELECT 1 FROM assets INDEXED BY assets_by_hash WHERE site_id = ?1 AND hash = ?2)",
            site,
            hash
        ),
    ])
}

/// Loose objects that are due.
pub async fn due(stores: &dyn Stores, limit: u64) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT site_id, object, hash FROM loose_objects INDEXED BY loose_objects_due WHERE due_at <= ?1 \
             ORDER BY due_at LIMIT ?2",
            clock::text(stores.now()),
            limit
        ),
    )
    .await
}

/// Whether anything that visitors get, or can get again by going back to a release that is kept, names the bytes.
fn is_published(site: &str, hash: &str) -> Statement {
    sql!(
        "SELECT EXISTS (SELECT 1 FROM published_records WHERE site_id = ?1 AND instr(body, ?2) > 0) \
           OR EXISTS (SELECT 1 FROM releases WHERE site_id = ?1 AND instr(site_record, ?2) > 0) \
           OR EXISTS (SELECT 1 FROM entities WHERE site_id = ?1 AND instr(data, ?2) > 0) AS published",
        site,
        hash
    )
}

/// Takes one due object away, unless something needs it. Each step may run twice.
pub async fn take_away(stores: &dyn Stores, loose: &Row) -> Result<(), Fault> {
    let (site, object, hash) = (loose.text("site_id"), loose.text("object"), loose.text("hash"));
    let now = stores.now();
    if !hash.is_empty() {
        let published = row(stores, FIRST, is_published(&site, &hash)).await?.unwrap_or_default();
        if published.number("published") == 1 {
            let later = sql!(
                "UPDATE loose_objects SET due_at = ?3 WHERE site_id = ?1 AND object = ?2",
                &site,
                &object,
                clock::text(now + clock::DAY)
            );
            return stores.batch(FIRST, vec![later]).await.map(drop);
        }
    }
    // An asset that vouches for it meanwhile keeps the bytes: only the row goes.
    let kept = sql!(
        "DELETE FROM loose_objects WHERE site_id = ?1 AND object = ?2 AND EXISTS ( \
           SELECT 1 FROM asset_objects o WHERE o.site_id = ?1 AND o.hash = ?3 AND o.object = ?2)",
        &site,
        &object,
        &hash
    );
    let claim = sql!(
        "UPDATE loose_objects SET claimed_until = ?4 WHERE site_id = ?1 AND object = ?2 AND due_at <= ?3 \
         AND (claimed_until IS NULL OR claimed_until < ?3) RETURNING object",
        &site,
        &object,
        clock::text(now),
        clock::text(now + 10 * clock::MINUTE)
    );
    let claimed = stores.batch(FIRST, vec![kept, claim]).await?.pop().unwrap_or_default();
    if claimed.is_empty() {
        return Ok(());
    }
    stores.remove(&object).await?;
    let gone = sql!("DELETE FROM loose_objects WHERE site_id = ?1 AND object = ?2", &site, &object);
    stores.batch(FIRST, vec![gone]).await.map(drop)
}
