//! A tenant's own roles.

use crate::access::TenantAccess;
use crate::clock;
use crate::sql;
use crate::stores::{FIRST, Fault, Rows, Statement, Stores, rows};

pub async fn list(stores: &dyn Stores, access: &TenantAccess) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT id, name, permissions FROM roles WHERE tenant_id = ?1 ORDER BY id LIMIT 200",
            access.tenant().as_str()
        ),
    )
    .await
}

pub fn create(
    stores: &dyn Stores,
    access: &TenantAccess,
    id: &str,
    name: &str,
    permissions: &str,
) -> Statement {
    sql!(
        "INSERT INTO roles (tenant_id, id, name, permissions, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        access.tenant().as_str(),
        id,
        name,
        permissions,
        clock::text(stores.now())
    )
}

pub fn change(
    stores: &dyn Stores,
    access: &TenantAccess,
    id: &str,
    name: &str,
    permissions: &str,
) -> Statement {
    sql!(
        "UPDATE roles SET name = ?3, permissions = ?4, updated_at = ?5 WHERE tenant_id = ?1 AND id = ?2",
        access.tenant().as_str(),
        id,
        name,
        permissions,
        clock::text(stores.now())
    )
}

/// Ends the batch where somebody has the role, or was invited into it.
pub fn remove(stores: &dyn Stores, access: &TenantAccess, id: &str) -> Vec<Statement> {
    let tenant = access.tenant().as_str();
    vec![
        sql!("DELETE FROM roles WHERE tenant_id = ?1 AND id = ?2", tenant, id),
        sql!(
            "INSERT INTO guards (rule) SELECT 'role_in_use' WHERE \
               EXISTS (SELECT 1 FROM member_roles WHERE tenant_id = ?1 AND role = ?2) \
               OR EXISTS (SELECT 1 FROM invitations WHERE tenant_id = ?1 AND role = ?2 AND status = 'open' AND expires_at > ?3)",
            tenant,
            id,
            clock::text(stores.now())
        ),
    ]
}
