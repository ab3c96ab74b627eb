//! People who were asked into a tenant.

use crate::access::{SiteAccess, TenantAccess};
use crate::clock;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};

macro_rules! open {
    ($condition:literal) => {
        concat!(
            "SELECT id, email, role, site_id, invited_by, created_at, expires_at FROM invitations INDEXED BY invitations_by_creation \
             WHERE tenant_id = ?1 AND (created_at, id) > (?2, ?3) AND status = 'open' AND expires_at > ?4 ",
            $condition,
            " ORDER BY created_at, id LIMIT ?5"
        )
    };
}

/// The open ones, oldest first.
pub async fn list(
    stores: &dyn Stores,
    access: &TenantAccess,
    after: Option<(String, String)>,
    limit: usize,
) -> Result<Rows, Fault> {
    let (time, id) = after.unwrap_or_default();
    rows(
        stores,
        FIRST,
        sql!(open!(""), access.tenant().as_str(), time, id, clock::text(stores.now()), limit as u64 + 1),
    )
    .await
}

/// The open ones to this very site in some roles (a JSON list), oldest first.
pub async fn of_site(
    stores: &dyn Stores,
    access: &SiteAccess,
    roles: &str,
    after: Option<(String, String)>,
    limit: usize,
) -> Result<Rows, Fault> {
    let (time, id) = after.unwrap_or_default();
    rows(
        stores,
        FIRST,
        sql!(
            open!("AND site_id = ?6 AND role IN (SELECT value FROM json_each(?7))"),
            access.tenant().as_str(),
            time,
            id,
            clock::text(stores.now()),
            limit as u64 + 1,
            access.site().as_str(),
            roles
        ),
    )
    .await
}

pub async fn get(stores: &dyn Stores, access: &TenantAccess, id: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!(
            "SELECT id, email, role, site_id FROM invitations WHERE tenant_id = ?1 AND id = ?2 AND status = 'open'",
            access.tenant().as_str(),
            id
        ),
    )
    .await
}

pub struct NewInvitation<'a> {
    pub id: &'a str,
    pub email: &'a str,
    pub site: &'a str,
    pub role: &'a str,
    pub hash: String,
    pub expires_at: &'a str,
}

pub fn create(stores: &dyn Stores, access: &TenantAccess, new: NewInvitation) -> Statement {
    sql!(
        "INSERT INTO invitations (tenant_id, id, email, site_id, role, token_hash, status, invited_by, created_at, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'open', ?7, ?8, ?9)",
        access.tenant().as_str(),
        new.id,
        new.email,
        new.site,
        new.role,
        new.hash,
        &access.person().user,
        clock::text(stores.now()),
        new.expires_at
    )
}

/// The code of an earlier mail is good no more once there is a newer one.
pub fn withdraw_earlier(access: &TenantAccess, email: &str) -> Statement {
    sql!(
        "UPDATE invitations INDEXED BY invitations_by_email SET status = 'withdrawn' \
         WHERE tenant_id = ?1 AND email = ?2 AND status = 'open'",
        access.tenant().as_str(),
        email
    )
}

/// The same of this very site in some roles: what others have promised stays.
pub fn withdraw_earlier_of_site(access: &SiteAccess, email: &str, roles: &str) -> Statement {
    sql!(
        "UPDATE invitations INDEXED BY invitations_by_email SET status = 'withdrawn' \
         WHERE tenant_id = ?1 AND email = ?2 AND status = 'open' AND site_id = ?3 AND role IN (SELECT value FROM json_each(?4))",
        access.tenant().as_str(),
        email,
        access.site().as_str(),
        roles
    )
}

pub fn withdraw(access: &TenantAccess, id: &str) -> Statement {
    sql!(
        "UPDATE invitations SET status = 'withdrawn' WHERE tenant_id = ?1 AND id = ?2 AND status = 'open'",
        access.tenant().as_str(),
        id
    )
}
