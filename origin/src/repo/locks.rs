//! Who is editing what. It shows, and never protects: that is what revisions do.

use crate::access::SiteAccess;
use crate::clock;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Statement, Stores, row};
use crate::subject::Subject;

/// Takes a lock that is free or one's own, until a time.
pub fn take(
    stores: &dyn Stores,
    access: &SiteAccess,
    subject: Subject,
    id: &str,
    milliseconds: u64,
) -> Statement {
    let now = stores.now();
    sql!(
        "INSERT INTO edit_locks (site_id, subject, subject_id, user_id, expires_at) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (site_id, subject, subject_id) DO UPDATE SET user_id = ?4, expires_at = ?5 \
           WHERE edit_locks.user_id = ?4 OR edit_locks.expires_at <= ?6",
        access.site().as_str(),
        subject.name(),
        id,
        &access.person().user,
        clock::text(now + milliseconds),
        clock::text(now)
    )
}

pub fn release(access: &SiteAccess, subject: Subject, id: &str) -> Statement {
    sql!(
        "DELETE FROM edit_locks WHERE site_id = ?1 AND subject = ?2 AND subject_id = ?3 AND user_id = ?4",
        access.site().as_str(),
        subject.name(),
        id,
        &access.person().user
    )
}

/// Whose it is now.
pub fn holder(stores: &dyn Stores, access: &SiteAccess, subject: Subject, id: &str) -> Statement {
    sql!(
        "SELECT user_id, expires_at FROM edit_locks \
         WHERE site_id = ?1 AND subject = ?2 AND subject_id = ?3 AND expires_at > ?4",
        access.site().as_str(),
        subject.name(),
        id,
        clock::text(stores.now())
    )
}

/// The name of a member of the site's tenant.
pub async fn name(stores: &dyn Stores, access: &SiteAccess, user: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!(
            "SELECT u.name, u.email FROM members m CROSS JOIN users u ON u.id = m.user_id \
             WHERE m.tenant_id = ?1 AND m.user_id = ?2",
            access.tenant().as_str(),
            user
        ),
    )
    .await
}
