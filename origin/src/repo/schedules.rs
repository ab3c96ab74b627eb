//! What is scheduled. A row is written, moved and taken away in a batch that stores a release, which writes again all that
//! it counts on: so the newest release and these rows say the same, also where one that changed nothing was removed.

use crate::access::SiteAccess;
use crate::publish::Schedule;
use crate::sql;
use crate::stores::Statement;
use model::SiteScope;
use serde_json::json;

pub fn put(scope: &SiteScope, all: &[Schedule]) -> Statement {
    let all: Vec<_> = all
        .iter()
        .map(|s| json!([s.id, s.at, json!(s.pages).to_string(), s.note, s.author, s.created_at]))
        .collect();
    sql!(
        "INSERT INTO schedules (site_id, id, at, pages, note, author, created_at) \
         SELECT ?1, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?2) WHERE true \
         ON CONFLICT (site_id, id) DO UPDATE SET at = excluded.at",
        scope.site().as_str(),
        json!(all).to_string()
    )
}

pub fn remove(scope: &SiteScope, ids: &[&str]) -> Statement {
    sql!(
        "DELETE FROM schedules WHERE site_id = ?1 AND id IN (SELECT value FROM json_each(?2))",
        scope.site().as_str(),
        json!(ids).to_string()
    )
}

/// Those that change nothing, as long as the release that says so is the newest.
pub fn remove_idle(scope: &SiteScope, ids: &[&str], newest: u64) -> Statement {
    sql!(
        "DELETE FROM schedules WHERE site_id = ?1 AND id IN (SELECT value FROM json_each(?2)) \
         AND (SELECT max(number) FROM releases WHERE site_id = ?1) = ?3",
        scope.site().as_str(),
        json!(ids).to_string(),
        newest
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
