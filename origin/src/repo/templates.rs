//! Pages to start from that a tenant keeps.

use crate::access::TenantAccess;
use crate::clock;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};

pub async fn list(stores: &dyn Stores, access: &TenantAccess) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT id, name, instr(document, '{type}') > 0 AS of_type FROM templates \
             WHERE tenant_id = ?1 AND kind = 'page' ORDER BY id LIMIT 200",
            access.tenant().as_str()
        ),
    )
    .await
}

pub async fn get(stores: &dyn Stores, access: &TenantAccess, id: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!(
            "SELECT id, name, document FROM templates WHERE tenant_id = ?1 AND kind = 'page' AND id = ?2",
            access.tenant().as_str(),
            id
        ),
    )
    .await
}

pub fn put(stores: &dyn Stores, access: &TenantAccess, id: &str, name: &str, document: &str) -> Statement {
    sql!(
        "INSERT INTO templates (tenant_id, kind, id, name, document, updated_at) VALUES (?1, 'page', ?2, ?3, ?4, ?5) \
         ON CONFLICT (tenant_id, kind, id) DO UPDATE SET name = ?3, document = ?4, updated_at = ?5",
        access.tenant().as_str(),
        id,
        name,
        document,
        clock::text(stores.now())
    )
}

pub fn remove(access: &TenantAccess, id: &str) -> Statement {
    sql!(
        "DELETE FROM templates WHERE tenant_id = ?1 AND kind = 'page' AND id = ?2",
        access.tenant().as_str(),
        id
    )
}
