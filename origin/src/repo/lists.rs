//! The lists in which records stand: those that visitors see (`entity_lists`, read at the edge), and those of editors.

use crate::access::SiteAccess;
use crate::repo::entities::next_epoch_of;
use crate::sql;
use crate::stores::{Fault, Row, Rows, Statement, Stores, rows};
use model::SiteScope;
use model::entity::SortKey;
use model::query::{Cursor, Order};
use serde_json::json;

/// Behind every id.
const LAST_ID: &str = "~";

/// The part of a list between two places, without them.
pub struct Part<'a> {
    pub list: &'a str,
    /// `""`: any.
    pub status: &'a str,
    pub above: Cursor,
    pub below: Cursor,
    pub order: Order,
    /// One row more is read.
    pub limit: usize,
}

/// The place before all records with a value, and that behind them.
pub fn before(sort: SortKey) -> Cursor {
    Cursor { sort, id: String::new() }
}

pub fn behind(sort: SortKey) -> Cursor {
    Cursor { sort, id: LAST_ID.to_owned() }
}

impl From<&SortKey> for crate::stores::Argument {
    fn from(sort: &SortKey) -> Self {
        match sort {
            SortKey::Number(n) => (*n).into(),
            SortKey::Text(text) => text.into(),
        }
    }
}

macro_rules! columns {
    () => {
        "e.kind, e.locale, e.group_id, e.slug, e.title, e.status, e.revision, e.published_revision, e.published_at, \
         e.updated_at AS updated_at "
    };
}

macro_rules! of_status {
    ($status:literal) => {
        concat!(
            "SELECT l.entity_id AS id, l.sort AS sort, ",
            columns!(),
            "FROM entity_draft_lists l CROSS JOIN entities e \
               ON e.site_id = ?1 AND e.id = l.entity_id \
             WHERE l.site_id = ?1 AND l.list = ?2 AND l.status = '",
            $status,
            "' AND ?3 IN ('', '",
            $status,
            "') \
               AND (l.sort, l.entity_id) > (?4, ?5) AND (l.sort, l.entity_id) < (?6, ?7)"
        )
    };
}

/// Each status is a range of one B-tree, and both are read together as far as the page goes.
macro_rules! listed {
    ($order:literal) => {
        concat!(
            of_status!("draft"),
            " UNION ALL ",
            of_status!("published"),
            " ORDER BY sort ",
            $order,
            ", id ",
            $order,
            " LIMIT ?8"
        )
    };
}

/// Records of a list as they were saved last, in its order.
pub async fn part(stores: &dyn Stores, access: &SiteAccess, part: &Part<'_>) -> Result<Rows, Fault> {
    let sql = match part.order {
        Order::Ascending => listed!("ASC"),
        Order::Descending => listed!("DESC"),
    };
    let (above, below) = (&part.above, &part.below);
    let statement = sql!(
        sql,
        access.site().as_str(),
        part.list,
        part.status,
        &above.sort,
        &above.id,
        &below.sort,
        &below.id,
        part.limit as u64 + 1
    );
    rows(stores, access.database(), statement).await
}

macro_rules! changed {
    ($status:literal) => {
        concat!(
            "SELECT e.id AS id, ",
            columns!(),
            "FROM entities e INDEXED BY entities_by_status \
             WHERE e.site_id = ?1 AND e.kind = ?2 AND e.status = '",
            $status,
            "' AND ?3 IN ('', '",
            $status,
            "') \
               AND (e.updated_at, e.id) < (?4, ?5)"
        )
    };
}

/// Records of a type by the time of their change, newest first, of a status or of all.
pub async fn by_change(
    stores: &dyn Stores,
    access: &SiteAccess,
    kind: &str,
    status: &str,
    before: (String, String),
    limit: usize,
) -> Result<Rows, Fault> {
    let sql = concat!(
        changed!("draft"),
        " UNION ALL ",
        changed!("published"),
        " UNION ALL ",
        changed!("trashed"),
        " ORDER BY updated_at DESC, id DESC LIMIT ?6"
    );
    let statement = sql!(sql, access.site().as_str(), kind, status, before.0, before.1, limit as u64 + 1);
    rows(stores, access.database(), statement).await
}

/// What lists are made from: the row, and the document where something else was saved last.
pub fn of_records(scope: &SiteScope, ids: &[String]) -> Statement {
    sql!(
        "SELECT e.id, e.locale, e.group_id, e.slug, e.status, e.revision, e.published_revision, e.published_at, e.data, \
           CASE WHEN e.published_revision = e.revision THEN NULL ELSE r.document END AS document \
         FROM json_each(?2) w CROSS JOIN entities e ON e.site_id = ?1 AND e.id = w.value \
         CROSS JOIN revisions r ON r.site_id = ?1 AND r.subject = 'entity' AND r.subject_id = e.id AND r.number = e.revision",
        scope.site().as_str(),
        json!(ids).to_string()
    )
}

/// Records of a type that are put into its lists anew.
pub struct Anew<'a> {
    pub kind: &'a str,
    /// The type as it was read.
    pub type_before: &'a Row,
    /// The last of them; none where no more were there.
    pub after: Option<&'a str>,
    /// `[id, revision, status, published_revision]`
    pub seen: String,
    pub ids: String,
    /// `[list, sort, id, slug, published_at, fields]`
    pub shown: Vec<String>,
    /// `[list, status, sort, id]`
    pub drafts: Vec<String>,
    /// `[kind, field, locale, value, id]`
    pub values: Vec<String>,
}

pub fn fill(scope: &SiteScope, set: &Anew) -> Vec<Statement> {
    let site = scope.site().as_str();
    let mut statements = vec![
        sql!(
            "INSERT INTO guards (rule) SELECT 'stale_record' WHERE NOT EXISTS ( \
               SELECT 1 FROM entity_types WHERE site_id = ?1 AND id = ?2 AND revision = ?3 AND lists_after = ?4)",
            site,
            set.kind,
            set.type_before.number("revision"),
            set.type_before.text("lists_after")
        ),
        sql!(
            "INSERT INTO guards (rule) SELECT 'stale_record' WHERE EXISTS ( \
               SELECT 1 FROM json_each(?2) w CROSS JOIN entities e ON e.site_id = ?1 AND e.id = w.value->>0 \
               WHERE e.revision <> w.value->>1 OR e.status <> w.value->>2 OR e.published_revision IS NOT w.value->>3)",
            site,
            &set.seen
        ),
        forget_shown(scope, &set.ids),
        forget_drafts(scope, &set.ids),
    ];
    statements.extend(set.shown.iter().map(|list| show(scope, list)));
    statements.extend(set.drafts.iter().map(|list| draft(scope, list)));
    statements.push(forget_values(scope, &set.ids));
    // Of two with one value, saved while the type was, the first keeps it; the other has to change when it is saved next.
    statements.extend(set.values.iter().map(|values| {
        sql!(
            "INSERT INTO entity_unique_values (site_id, kind, field, locale, value, entity_id) \
             SELECT ?1, value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each(?2) WHERE true \
             ON CONFLICT DO NOTHING",
            site,
            values
        )
    }));
    statements.push(sql!(
        "UPDATE entity_types SET lists_after = ?3 WHERE site_id = ?1 AND id = ?2",
        site,
        set.kind,
        set.after
    ));
    statements.extend(next_epoch_of(scope));
    statements
}

macro_rules! forget {
    ($table:literal, $scope:ident, $ids:ident) => {
        sql!(
            concat!(
                "DELETE FROM ",
                $table,
                " INDEXED BY ",
                $table,
                "_by_entity WHERE site_id = ?1 AND entity_id IN (SELECT value FROM json_each(?2))"
            ),
            $scope.site().as_str(),
            $ids
        )
    };
}

pub fn forget_shown(scope: &SiteScope, ids: &str) -> Statement {
    forget!("entity_lists", scope, ids)
}

pub fn forget_drafts(scope: &SiteScope, ids: &str) -> Statement {
    forget!("entity_draft_lists", scope, ids)
}

/// Frees unique values.
pub fn forget_values(scope: &SiteScope, ids: &str) -> Statement {
    forget!("entity_unique_values", scope, ids)
}

pub fn show(scope: &SiteScope, entries: &str) -> Statement {
    sql!(
        "INSERT INTO entity_lists (site_id, list, sort, entity_id, slug, published_at, fields) \
         SELECT ?1, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?2) WHERE true \
         ON CONFLICT DO NOTHING",
        scope.site().as_str(),
        entries
    )
}

pub fn draft(scope: &SiteScope, entries: &str) -> Statement {
    sql!(
        "INSERT INTO entity_draft_lists (site_id, list, status, sort, entity_id) \
         SELECT ?1, value->>0, value->>1, value->>2, value->>3 FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING",
        scope.site().as_str(),
        entries
    )
}

/// Moves a record among the drafts.
pub fn hide(scope: &SiteScope, id: &str) -> Statement {
    sql!(
        "UPDATE entity_draft_lists INDEXED BY entity_draft_lists_by_entity SET status = 'draft' \
         WHERE site_id = ?1 AND entity_id = ?2",
        scope.site().as_str(),
        id
    )
}
