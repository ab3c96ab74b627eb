//! How much room the files of a site take that has a database of its own. The limit is the tenant's, and is kept in the
//! first database: a change takes its bytes there before anything is reserved in the site's, and what stands in the site's
//! is copied over afterwards. Whatever is cut off in between counts too much for a while, and never too little.

use crate::access::SiteAccess;
use crate::clock::{self, HOUR, MINUTE};
use crate::plan::{self, Metric};
use crate::problem::Refusal;
use crate::repo::objects::Loose;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Statement, Stores, row, rows};

/// Takes the bytes of an object that is about to be announced.
pub async fn hold(stores: &dyn Stores, access: &SiteAccess, loose: &Loose<'_>) -> Result<(), Refusal> {
    let mut batch = vec![held(access, loose.object, loose.bytes, clock::text(stores.now() + HOUR))];
    batch.extend(plan::room_for(stores, access.in_tenant(), Metric::Storage, 0));
    match stores.batch(FIRST, batch).await {
        Ok(_) => Ok(()),
        Err(fault) => {
            Err(plan::refused(stores, access.in_tenant(), Metric::Storage, fault.into()).await.into())
        }
    }
}

fn held(access: &SiteAccess, object: &str, bytes: u64, due: String) -> Statement {
    sql!(
        "INSERT INTO storage_holds (site_id, object, bytes, due_at) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (site_id, object) DO UPDATE SET bytes = max(bytes, ?3), due_at = max(due_at, ?4)",
        access.site().as_str(),
        object,
        bytes,
        due
    )
}

/// An object that was held is announced: what is reserved counts now. The row stays, for the end of the reservation.
pub async fn announced(stores: &dyn Stores, access: &SiteAccess, object: &str) -> Result<(), Fault> {
    let site = access.site().as_str();
    let mut batch = copied(stores, site, access.database()).await?;
    batch.push(sql!("UPDATE storage_holds SET bytes = 0 WHERE site_id = ?1 AND object = ?2", site, object));
    stores.batch(FIRST, batch).await.map(drop)
}

/// Has the copy written anew a minute from now, when a change has happened that lets a digest's bytes go.
pub async fn look_again(stores: &dyn Stores, access: &SiteAccess, hash: &str) -> Result<(), Fault> {
    let due = clock::text(stores.now() + MINUTE);
    stores.batch(FIRST, vec![held(access, hash, 0, due)]).await.map(drop)
}

/// The copy of what the site's own database says; one that was read before a newer one was written changes nothing.
async fn copied(stores: &dyn Stores, site: &str, database: &str) -> Result<Vec<Statement>, Fault> {
    let known = sql!("SELECT bytes, version FROM site_storage WHERE site_id = ?1", site);
    let copy = |known: Row| {
        sql!(
            "INSERT INTO site_storage (site_id, bytes, version) VALUES (?1, ?2, ?3) \
             ON CONFLICT (site_id) DO UPDATE SET bytes = ?2, version = ?3 WHERE version < ?3",
            site,
            known.number("bytes"),
            known.number("version")
        )
    };
    Ok(row(stores, database, known).await?.map(copy).into_iter().collect())
}

/// Ends what is reserved for uploads that broke off; in the database of the site.
pub fn end_reservations(now: u64) -> Statement {
    sql!(
        "UPDATE loose_objects INDEXED BY loose_objects_reserved SET reserved = 0 WHERE reserved > 0 AND due_at <= ?1",
        clock::text(now)
    )
}

/// Writes the copies whose turn it is.
pub async fn settle_due(stores: &dyn Stores) -> Result<(), Fault> {
    let now = clock::text(stores.now());
    let due = sql!(
        "SELECT h.site_id, h.object, s.database FROM storage_holds h INDEXED BY storage_holds_due \
         CROSS JOIN sites s ON s.id = h.site_id WHERE h.due_at <= ?1 ORDER BY h.due_at LIMIT 50",
        &now
    );
    let mut due = rows(stores, FIRST, due).await?;
    due.sort_by_key(|row| row.text("site_id"));
    due.dedup_by_key(|row| row.text("site_id"));
    for hold in due {
        let (site, database) = (hold.text("site_id"), hold.text("database"));
        stores.batch(&database, vec![end_reservations(stores.now())]).await?;
        let mut batch = copied(stores, &site, &database).await?;
        batch.push(sql!("DELETE FROM storage_holds WHERE site_id = ?1 AND due_at <= ?2", &site, &now));
        stores.batch(FIRST, batch).await?;
    }
    Ok(())
}
