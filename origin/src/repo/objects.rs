//! The objects in R2: which ones assets vouch for, and which ones are to be taken away. A row of `loose_objects` stands
//! before its object does and goes in the batch that makes an asset of it, so a crash leaves nothing that is not found.

use crate::access::SiteAccess;
use crate::clock::{self, HOUR};
use crate::problem::Refusal;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};
use serde_json::json;

/// How long an object may be loose. Much longer than an upload takes; what fails within it is taken away after it.
const LOOSE: u64 = HOUR;

/// Bytes that the site's files take, with what is reserved for uploads under way.
macro_rules! used {
    ($now:literal) => {
        concat!(
            "((SELECT coalesce(sum(bytes), 0) FROM asset_objects WHERE site_id = ?1) + \
              (SELECT coalesce(sum(reserved), 0) FROM loose_objects WHERE site_id = ?1 AND due_at > ",
            $now,
            "))"
        )
    };
}

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

/// What the plan gives a site for files, in bytes; `None`: as much as it likes.
#[derive(Clone, Copy)]
pub struct Room(Option<u64>);

/// For what is not a person's file.
pub const UNLIMITED: Room = Room(None);

/// Refuses what does not fit into the plan's `storage`.
pub async fn room_for(stores: &dyn Stores, access: &SiteAccess, bytes: u64) -> Result<Room, Refusal> {
    let plan = sql!(
        "SELECT json_patch(p.limits, t.limits) ->> 'storage' AS storage FROM tenants t CROSS JOIN plans p ON p.id = t.plan_id \
         WHERE t.id = ?1",
        access.tenant().as_str()
    );
    let plan = row(stores, FIRST, plan).await?.unwrap_or_default();
    let Some(limit) = plan.maybe_number("storage") else { return Ok(Room(None)) };
    let sum = concat!("SELECT ", used!("?2"), " AS used");
    let sum = sql!(sum, access.site().as_str(), clock::text(stores.now()));
    let used = row(stores, access.database(), sum).await?.unwrap_or_default().number("used");
    if used.saturating_add(bytes) <= limit {
        return Ok(Room(Some(limit)));
    }
    Err(Refusal::State(format!(
        "The plan has room for {limit} bytes of files on this site; {used} are used, and this needs {bytes}. Delete files for good, or ask for a larger plan."
    )))
}

pub struct Loose<'a> {
    pub object: &'a str,
    /// `""` while it is not known.
    pub hash: &'a str,
    pub bytes: u64,
}

/// Says that an object is about to be stored, and reserves its bytes. No row: it is being taken away at this moment, or
/// others have taken the room.
fn announce(stores: &dyn Stores, access: &SiteAccess, loose: &Loose, room: Room) -> Statement {
    let now = stores.now();
    let sql = concat!(
        "INSERT INTO loose_objects (site_id, object, hash, reserved, due_at) SELECT ?1, ?2, ?3, ?4, ?5 \
         WHERE ?7 IS NULL OR ?4 = 0 OR ",
        used!("?6"),
        " + ?4 <= ?7 \
         ON CONFLICT (site_id, object) DO UPDATE SET reserved = max(reserved, ?4), due_at = max(due_at, ?5) \
         WHERE claimed_until IS NULL OR claimed_until < ?6 RETURNING object"
    );
    sql!(
        sql,
        access.site().as_str(),
        loose.object,
        loose.hash,
        loose.bytes,
        clock::text(now + LOOSE),
        clock::text(now),
        room.0
    )
}

/// Announces an object; `true` where its bytes are there already, and stay for as long as it is announced.
pub async fn announced(
    stores: &dyn Stores,
    access: &SiteAccess,
    loose: &Loose<'_>,
    width: u32,
    room: Room,
) -> Result<bool, Refusal> {
    let known = sql!(
        "SELECT bytes FROM asset_objects WHERE site_id = ?1 AND hash = ?2 AND width = ?3",
        access.site().as_str(),
        loose.hash,
        u64::from(width)
    );
    let batch = vec![announce(stores, access, loose, room), known];
    let mut answers = stores.batch(access.database(), batch).await?;
    let known = answers.pop().unwrap_or_default();
    if answers.pop().unwrap_or_default().is_empty() {
        room_for(stores, access, loose.bytes).await?;
        return Err(Refusal::Unavailable(format!("{} is being taken away", loose.object)));
    }
    Ok(!known.is_empty())
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
pub fn let_go(stores: &dyn Stores, access: &SiteAccess, hash: &str) -> Vec<Statement> {
    let site = access.site().as_str();
    vec![
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
    ]
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
