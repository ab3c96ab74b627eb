//! Records in pieces that fit into memory, whatever their size: first which, then their documents.

use crate::sql;
use crate::stores::{Fault, Row, Rows, Statement, Stores, rows};
use model::SiteScope;
use serde_json::json;

/// Records of a piece, and the bytes of their documents: each is in memory several times. One record may be longer.
pub const ROWS: u64 = 200;
pub const BYTES: u64 = 4 * 1024 * 1024;

/// Which records.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// `""`: of all types.
    pub kind: &'a str,
    pub trash: bool,
}

/// The ids of the next piece, in their order; none where there is nothing behind `after`.
pub async fn ids(
    stores: &dyn Stores,
    scope: &SiteScope,
    database: &str,
    of: Of<'_>,
    after: &str,
) -> Result<Vec<String>, Fault> {
    let sizes = sql!(
        "SELECT e.id, octet_length(r.document) + iif(e.published_revision <> e.revision, octet_length(e.data), 0) AS bytes \
         FROM entities e CROSS JOIN revisions r \
           ON r.site_id = ?1 AND r.subject = 'entity' AND r.subject_id = e.id AND r.number = e.revision \
         WHERE e.site_id = ?1 AND e.id > ?2 AND (?3 = '' OR e.kind = ?3) AND (?4 OR e.status <> 'trashed') \
         ORDER BY e.id LIMIT ?5",
        scope.site().as_str(),
        after,
        of.kind,
        u64::from(of.trash),
        ROWS
    );
    Ok(fitting(&rows(stores, database, sizes).await?))
}

/// The first of some rows whose bytes fit together, one at least.
pub fn fitting(sizes: &[Row]) -> Vec<String> {
    let mut bytes = 0;
    let fits = |row: &&Row| {
        bytes += row.number("bytes");
        bytes <= BYTES
    };
    let count = sizes.iter().take_while(fits).count().max(1);
    sizes.iter().take(count).map(|row| row.text("id")).collect()
}

/// Records by their ids, each with its document as it was saved last, and `shown` where visitors see an older one.
pub fn whole(scope: &SiteScope, ids: &[String]) -> Statement {
    sql!(
        "SELECT e.id, e.kind, e.status, e.revision, e.published_revision, r.document, \
           (SELECT p.document FROM revisions p WHERE p.site_id = ?1 AND p.subject = 'entity' AND p.subject_id = e.id \
              AND p.number = e.published_revision AND e.published_revision <> e.revision) AS shown \
         FROM json_each(?2) w CROSS JOIN entities e ON e.site_id = ?1 AND e.id = w.value \
         CROSS JOIN revisions r ON r.site_id = ?1 AND r.subject = 'entity' AND r.subject_id = e.id AND r.number = e.revision",
        scope.site().as_str(),
        json!(ids).to_string()
    )
}

/// The next piece of records, as `whole`.
pub async fn records(
    stores: &dyn Stores,
    scope: &SiteScope,
    database: &str,
    of: Of<'_>,
    after: &str,
) -> Result<Rows, Fault> {
    let ids = ids(stores, scope, database, of, after).await?;
    if ids.is_empty() { Ok(vec![]) } else { rows(stores, database, whole(scope, &ids)).await }
}
