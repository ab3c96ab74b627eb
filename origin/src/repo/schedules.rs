//! What is scheduled. A row is written, moved and taken away only in a batch that stores a release, so the newest release
//! and these rows say the same.

use crate::access::SiteAccess;
use crate::publish::Schedule;
use crate::sql;
use crate::stores::Statement;
use model::SiteScope;
use serde_json::json;

pub fn put(scope: &SiteScope, schedule: &Schedule) -> Statement {
    sql!(
        "INSERT INTO schedules (site_id, id, at, pages, note, author, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
         ON CONFLICT (site_id, id) DO UPDATE SET at = ?3",
        scope.site().as_str(),
        &schedule.id,
        &schedule.at,
        json!(schedule.pages).to_string(),
        &schedule.note,
        &schedule.author,
        &schedule.created_at
    )
}

pub fn remove(scope: &SiteScope, ids: &[&str]) -> Statement {
    sql!(
        "DELETE FROM schedules WHERE site_id = ?1 AND id IN (SELECT value FROM json_each(?2))",
        scope.site().as_str(),
        json!(ids).to_string()
    )
}

pub fn list(access: &SiteAccess) -> Statement {
    sql!(
        "SELECT id, at, pages, note, author, created_at FROM schedules WHERE site_id = ?1",
        access.site().as_str()
    )
}

/// Sites with something whose time has come.
pub fn due(now: &str) -> Statement {
    sql!("SELECT DISTINCT site_id FROM schedules INDEXED BY schedules_due WHERE at <= ?1 LIMIT 100", now)
}
