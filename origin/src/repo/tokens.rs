//! Tokens of scripts.

use crate::access::{Permission, TenantAccess};
use crate::clock;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};

/// Tokens that a person may see: their own, or all of the tenant for who manages it.
pub async fn list(
    stores: &dyn Stores,
    access: &TenantAccess,
    after: &str,
    limit: usize,
) -> Result<Rows, Fault> {
    let all = u64::from(access.may(Permission::ManageTenant));
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT id, name, site_id, scopes, user_id, created_at, last_used_at, expires_at FROM api_tokens \
             WHERE tenant_id = ?1 AND revoked_at IS NULL AND (?2 = 1 OR user_id = ?3) AND id > ?4 ORDER BY id LIMIT ?5",
            access.tenant().as_str(),
            all,
            &access.person().user,
            after,
            limit as u64 + 1
        ),
    )
    .await
}

pub struct NewToken<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub hash: String,
    pub site: &'a str,
    pub scopes: String,
    pub expires_at: Option<String>,
}

pub fn create(stores: &dyn Stores, access: &TenantAccess, token: NewToken) -> Statement {
    sql!(
        "INSERT INTO api_tokens (tenant_id, id, name, token_hash, site_id, scopes, user_id, created_at, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        access.tenant().as_str(),
        token.id,
        token.name,
        token.hash,
        token.site,
        token.scopes,
        &access.person().user,
        clock::text(stores.now()),
        token.expires_at
    )
}

pub async fn get(stores: &dyn Stores, access: &TenantAccess, id: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!(
            "SELECT id, name, user_id FROM api_tokens WHERE tenant_id = ?1 AND id = ?2 AND revoked_at IS NULL",
            access.tenant().as_str(),
            id
        ),
    )
    .await
}

pub fn revoke(stores: &dyn Stores, access: &TenantAccess, id: &str) -> Statement {
    sql!(
        "UPDATE api_tokens SET revoked_at = ?3 WHERE tenant_id = ?1 AND id = ?2 AND revoked_at IS NULL",
        access.tenant().as_str(),
        id,
        clock::text(stores.now())
    )
}
