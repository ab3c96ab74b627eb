//! Records of any type.

use crate::access::SiteAccess;
use crate::sql;
use crate::stores::Statement;

/// Which of some addresses, `[kind, locale, slug]`, are those of published records.
pub fn there(access: &SiteAccess, addresses: &str) -> Statement {
    sql!(
        "SELECT e.kind, e.locale, e.slug FROM json_each(?2) w CROSS JOIN entities e \
         ON e.site_id = ?1 AND e.kind = w.value->>0 AND e.locale = w.value->>1 AND e.slug = w.value->>2 \
         WHERE e.status = 'published'",
        access.site().as_str(),
        addresses
    )
}
