//! The people of a tenant, and what they may do where.

use crate::access::{SiteAccess, TenantAccess};
use crate::clock;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};

/// The members of the tenant ?1, with their roles.
macro_rules! members {
    ($condition:literal) => {
        concat!(
            "SELECT m.user_id, m.status, m.created_at, u.email, u.name, \
               (SELECT json_group_array(json_object('role', r.role, 'site', nullif(r.site_id, ''))) \
                FROM member_roles r WHERE r.tenant_id = m.tenant_id AND r.user_id = m.user_id) AS roles \
             FROM members m CROSS JOIN users u ON u.id = m.user_id WHERE m.tenant_id = ?1 AND ",
            $condition
        )
    };
}

pub async fn list(
    stores: &dyn Stores,
    access: &TenantAccess,
    after: &str,
    limit: usize,
) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            members!("m.user_id > ?2 ORDER BY m.user_id LIMIT ?3"),
            access.tenant().as_str(),
            after,
            limit as u64 + 1
        ),
    )
    .await
}

pub async fn get(stores: &dyn Stores, access: &TenantAccess, user: &str) -> Result<Option<Row>, Fault> {
    row(stores, FIRST, sql!(members!("m.user_id = ?2"), access.tenant().as_str(), user)).await
}

/// Whether an address is a member's.
pub async fn has_email(stores: &dyn Stores, access: &TenantAccess, email: &str) -> Result<bool, Fault> {
    let asked = sql!(
        "SELECT 1 FROM users u CROSS JOIN members m ON m.tenant_id = ?1 AND m.user_id = u.id WHERE u.email = ?2",
        access.tenant().as_str(),
        email
    );
    Ok(row(stores, FIRST, asked).await?.is_some())
}

/// Which of some sites (a JSON list of ids) are the tenant's.
pub async fn sites(stores: &dyn Stores, access: &TenantAccess, wanted: &str) -> Result<Vec<String>, Fault> {
    let asked = sql!(
        "SELECT s.id FROM json_each(?2) CROSS JOIN sites s ON s.id = json_each.value WHERE s.tenant_id = ?1",
        access.tenant().as_str(),
        wanted
    );
    Ok(rows(stores, FIRST, asked).await?.iter().map(|row| row.text("id")).collect())
}

/// Gives a member these roles (a JSON list of `{role, site}`) and no others.
pub fn set_roles(access: &TenantAccess, user: &str, roles: &str) -> Vec<Statement> {
    let tenant = access.tenant().as_str();
    vec![
        sql!("DELETE FROM member_roles WHERE tenant_id = ?1 AND user_id = ?2", tenant, user),
        sql!(
            "INSERT INTO member_roles (tenant_id, user_id, site_id, role) \
             SELECT ?1, ?2, coalesce(json_extract(value, '$.site'), ''), json_extract(value, '$.role') FROM json_each(?3)",
            tenant,
            user,
            roles
        ),
    ]
}

pub fn set_status(access: &TenantAccess, user: &str, status: &str) -> Statement {
    sql!(
        "UPDATE members SET status = ?3 WHERE tenant_id = ?1 AND user_id = ?2",
        access.tenant().as_str(),
        user,
        status
    )
}

/// Their roles and tokens go with them.
pub fn remove(access: &TenantAccess, user: &str) -> Statement {
    sql!("DELETE FROM members WHERE tenant_id = ?1 AND user_id = ?2", access.tenant().as_str(), user)
}

/// The people who have one of some roles (a JSON list) on this very site, with those of them.
macro_rules! members_of_site {
    ($condition:literal) => {
        concat!(
            "SELECT r.user_id, m.status, m.created_at, u.email, u.name, json_group_array(r.role) AS roles \
             FROM member_roles r INDEXED BY member_roles_by_site \
             CROSS JOIN members m ON m.tenant_id = r.tenant_id AND m.user_id = r.user_id CROSS JOIN users u ON u.id = r.user_id \
             WHERE r.tenant_id = ?1 AND r.site_id = ?2 AND r.role IN (SELECT value FROM json_each(?3)) AND ",
            $condition
        )
    };
}

pub async fn of_site(
    stores: &dyn Stores,
    access: &SiteAccess,
    roles: &str,
    after: &str,
    limit: usize,
) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            members_of_site!("r.user_id > ?4 GROUP BY r.user_id ORDER BY r.user_id LIMIT ?5"),
            access.tenant().as_str(),
            access.site().as_str(),
            roles,
            after,
            limit as u64 + 1
        ),
    )
    .await
}

pub async fn one_of_site(
    stores: &dyn Stores,
    access: &SiteAccess,
    roles: &str,
    user: &str,
) -> Result<Option<Row>, Fault> {
    let asked = sql!(
        members_of_site!("r.user_id = ?4 GROUP BY r.user_id"),
        access.tenant().as_str(),
        access.site().as_str(),
        roles,
        user
    );
    row(stores, FIRST, asked).await
}

/// Whether the member with an address has one of some roles on this very site.
pub async fn has_site(
    stores: &dyn Stores,
    access: &SiteAccess,
    roles: &str,
    email: &str,
) -> Result<bool, Fault> {
    let asked = sql!(
        "SELECT 1 FROM users u CROSS JOIN member_roles r ON r.tenant_id = ?1 AND r.user_id = u.id AND r.site_id = ?2 \
         WHERE u.email = ?4 AND r.role IN (SELECT value FROM json_each(?3)) LIMIT 1",
        access.tenant().as_str(),
        access.site().as_str(),
        roles,
        email
    );
    Ok(row(stores, FIRST, asked).await?.is_some())
}

/// Takes some roles on a site; whoever has no other role anywhere is a member no more.
pub fn leave_site(access: &SiteAccess, user: &str, roles: &str) -> Vec<Statement> {
    let tenant = access.tenant().as_str();
    vec![
        sql!(
            "DELETE FROM member_roles WHERE tenant_id = ?1 AND user_id = ?2 AND site_id = ?3 \
             AND role IN (SELECT value FROM json_each(?4))",
            tenant,
            user,
            access.site().as_str(),
            roles
        ),
        sql!(
            "DELETE FROM members WHERE tenant_id = ?1 AND user_id = ?2 AND NOT EXISTS ( \
               SELECT 1 FROM member_roles WHERE tenant_id = ?1 AND user_id = ?2)",
            tenant,
            user
        ),
    ]
}

/// Ends the batch where it would leave the tenant without anybody who may do everything.
pub fn keeps_an_admin(access: &TenantAccess) -> Statement {
    sql!(
        "INSERT INTO guards (rule) SELECT 'last_admin' WHERE NOT EXISTS ( \
           SELECT 1 FROM member_roles r INDEXED BY member_roles_by_site \
           CROSS JOIN members m ON m.tenant_id = r.tenant_id AND m.user_id = r.user_id \
           CROSS JOIN users u ON u.id = r.user_id \
           WHERE r.tenant_id = ?1 AND r.site_id = '' AND r.role = 'tenant_admin' \
             AND m.status = 'active' AND u.status = 'active')",
        access.tenant().as_str()
    )
}

/// Somebody with the code of an invitation becomes a member, or gets a role on one more site; ends the batch where the
/// invitation is gone by now.
pub fn accept(stores: &dyn Stores, invited: &crate::access::Invited, user: &str) -> Vec<Statement> {
    let (tenant, now) = (invited.tenant.as_str(), clock::text(stores.now()));
    vec![
        sql!(
            "INSERT INTO guards (rule) SELECT 'invitation_gone' WHERE NOT EXISTS ( \
               SELECT 1 FROM invitations WHERE tenant_id = ?1 AND id = ?2 AND status = 'open' AND expires_at > ?3)",
            tenant,
            &invited.id,
            &now
        ),
        sql!(
            "UPDATE invitations SET status = 'accepted' WHERE tenant_id = ?1 AND id = ?2",
            tenant,
            &invited.id
        ),
        sql!(
            "INSERT INTO members (tenant_id, user_id, status, created_at) SELECT ?1, ?2, 'active', ?3 \
             WHERE ?4 = '' OR NOT EXISTS (SELECT 1 FROM members WHERE tenant_id = ?1 AND user_id = ?2)",
            tenant,
            user,
            &now,
            &invited.site
        ),
        sql!(
            "INSERT INTO member_roles (tenant_id, user_id, site_id, role) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            tenant,
            user,
            &invited.site,
            &invited.role
        ),
    ]
}
