//! The end of a tenant.

use crate::access::TenantAccess;
use crate::clock;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Statement, Stores, row};

pub async fn get(stores: &dyn Stores, access: &TenantAccess) -> Result<Option<Row>, Fault> {
    let asked =
        sql!("SELECT id, name, status, delete_after FROM tenants WHERE id = ?1", access.tenant().as_str());
    row(stores, FIRST, asked).await
}

/// Says when a tenant goes for good, or that it stays; one whose time is over stays no more (`tenants.name`).
pub fn set_end(stores: &dyn Stores, access: &TenantAccess, end: Option<&str>) -> Statement {
    sql!(
        "UPDATE tenants SET name = iif(delete_after <= ?3, NULL, name), delete_after = ?2, updated_at = ?3 WHERE id = ?1",
        access.tenant().as_str(),
        end,
        clock::text(stores.now())
    )
}
