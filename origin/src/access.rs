//! What a person may do. A `TenantAccess` or `SiteAccess` is made here only, from a membership or a link that was read
//! from the database; every function of `repo/` that touches a tenant's or a site's rows takes one first.

use crate::clock;
use crate::kv;
use crate::link::Link;
use crate::problem::Refusal;
use crate::secret::digest;
use crate::sql;
use crate::stores::{FIRST, Row, Statement, Stores, row};
use model::SiteScope;
use model::ids::{SiteId, TenantId};
use model::names::Hostname;
use model::records::Status;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What may be done. The names are those of the scopes of API tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Permission {
    #[serde(rename = "tenant.read")]
    ReadTenant,
    #[serde(rename = "tenant.manage")]
    ManageTenant,
    #[serde(rename = "sites.create")]
    CreateSites,
    #[serde(rename = "audit.read")]
    ReadAudit,
    #[serde(rename = "site.read")]
    ReadSite,
    #[serde(rename = "site.manage")]
    ManageSite,
    #[serde(rename = "pages.write")]
    WritePages,
    #[serde(rename = "types.write")]
    WriteTypes,
    #[serde(rename = "entities.write")]
    WriteEntities,
    #[serde(rename = "assets.write")]
    WriteAssets,
    #[serde(rename = "publish")]
    Publish,
}

use Permission::*;

impl Permission {
    pub const ALL: [Self; 11] = [
        ReadTenant,
        ManageTenant,
        CreateSites,
        ReadAudit,
        ReadSite,
        ManageSite,
        WritePages,
        WriteTypes,
        WriteEntities,
        WriteAssets,
        Publish,
    ];

    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// `None` for a name that is no permission, such as one of a time when there were others.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }
}

/// The roles and what each may do.
pub const ROLES: [(&str, &[Permission]); 5] = [
    ("tenant_admin", &Permission::ALL),
    (
        "site_admin",
        &[
            ReadTenant,
            ReadAudit,
            ReadSite,
            ManageSite,
            WritePages,
            WriteTypes,
            WriteEntities,
            WriteAssets,
            Publish,
        ],
    ),
    ("editor", &[ReadTenant, ReadSite, WritePages, WriteEntities, WriteAssets, Publish]),
    ("author", &[ReadTenant, ReadSite, WritePages, WriteEntities, WriteAssets]),
    ("viewer", &[ReadTenant, ReadSite]),
];

/// Who sends a request: a person with a session, or a script with a token of that person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub user: String,
    pub by: By,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    Session {
        id: String,
    },
    /// Whoever has a link that this person has made; it shows, and changes nothing.
    Link {
        id: String,
    },
    /// A token may do what its person may, and no more than its scopes say.
    Token {
        id: String,
        tenant: String,
        site: String,
        scopes: Vec<Permission>,
    },
}

impl Person {
    /// Who stands in the audit log.
    pub fn actor(&self) -> (&'static str, &str) {
        match &self.by {
            By::Session { .. } => ("user", &self.user),
            By::Link { id } => ("link", id),
            By::Token { id, .. } => ("token", id),
        }
    }

    /// Whether a token may be used for this at all.
    fn reaches(&self, tenant: &str, site: Option<&str>) -> bool {
        match &self.by {
            By::Session { .. } => true,
            By::Link { .. } => false,
            By::Token { tenant: own, site: only, .. } => {
                own == tenant && (only.is_empty() || site == Some(only.as_str()))
            }
        }
    }
}

/// Proof that a person is a member of a tenant.
#[derive(Debug, Clone)]
pub struct TenantAccess {
    tenant: TenantId,
    person: Person,
    permissions: Vec<Permission>,
    limits: Limits,
    /// Why nothing of the tenant may be changed now.
    closed: Option<String>,
}

/// What the plan allows, by metric; what is absent has no limit.
pub type Limits = BTreeMap<String, u64>;

/// Proof that a person may see a site.
#[derive(Debug, Clone)]
pub struct SiteAccess {
    tenant: TenantAccess,
    scope: SiteScope,
    database: String,
    /// Why nothing of the site may be changed now.
    closed: Option<String>,
}

impl TenantAccess {
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    pub fn person(&self) -> &Person {
        &self.person
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    pub fn require(&self, permission: Permission) -> Result<(), Refusal> {
        if self.may(permission) {
            return Ok(());
        }
        let name = permission.name();
        Err(Refusal::Forbidden(format!(
            "This needs the permission `{name}`. Ask an administrator for a role that has it."
        )))
    }

    /// What the person may not do themselves, of some permissions.
    pub fn beyond(&self, permissions: &[Permission]) -> Option<Permission> {
        permissions.iter().find(|p| !self.may(**p)).copied()
    }

    /// Refuses to give or take what the person does not have.
    pub fn covers(&self, permissions: &[Permission]) -> Result<(), Refusal> {
        match self.beyond(permissions) {
            None => Ok(()),
            Some(permission) => Err(Refusal::Forbidden(format!(
                "You do not have the permission `{}` on all sites yourself, so you cannot give it or take it. Ask somebody who has it.",
                permission.name()
            ))),
        }
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Refuses changes of a tenant that is deleted, and of everything in it.
    pub fn unless_closed(&self) -> Result<(), Refusal> {
        self.closed.clone().map_or(Ok(()), |why| Err(Refusal::State(why)))
    }
}

impl TenantAccess {
    /// To the site that is being made.
    pub fn to_new_site(&self, site: &SiteId) -> SiteAccess {
        let (tenant, scope) = (self.clone(), SiteScope::of_member(site));
        SiteAccess { tenant, scope, database: FIRST.to_owned(), closed: None }
    }
}

/// For the platform's own round, which goes on with what members have begun.
pub fn unfinished(site: &str) -> Option<SiteScope> {
    SiteId::parse(site).ok().map(|site| SiteScope::of_member(&site))
}

impl SiteAccess {
    pub fn in_tenant(&self) -> &TenantAccess {
        &self.tenant
    }

    pub fn tenant(&self) -> &TenantId {
        &self.tenant.tenant
    }

    pub fn site(&self) -> &SiteId {
        self.scope.site()
    }

    pub fn scope(&self) -> &SiteScope {
        &self.scope
    }

    /// Refuses changes of a site that is deleted, or not filled yet.
    pub fn unless_closed(&self) -> Result<(), Refusal> {
        self.closed.clone().map_or(Ok(()), |why| Err(Refusal::State(why)))
    }

    /// The binding that holds the site's content.
    pub fn database(&self) -> &str {
        &self.database
    }

    pub fn person(&self) -> &Person {
        &self.tenant.person
    }
}

/// One row where the person is an active member, with the roles that count; none otherwise. The same
/// statement for every tenant, so that another's takes as long as one that does not exist.
fn membership(tenant: &str, user: &str) -> Statement {
    sql!(
        "SELECT t.id AS tenant, t.status AS tenant_status, t.delete_after AS tenant_ends, json_patch(p.limits, t.limits) AS limits, \
           (SELECT json_group_array(r.role) FROM member_roles r \
            WHERE r.tenant_id = m.tenant_id AND r.user_id = m.user_id AND r.site_id = '') AS roles, \
           (SELECT json_group_array(json(c.permissions)) FROM member_roles r \
            CROSS JOIN roles c ON c.tenant_id = r.tenant_id AND c.id = r.role \
            WHERE r.tenant_id = m.tenant_id AND r.user_id = m.user_id AND r.site_id = '') AS custom \
         FROM members m CROSS JOIN tenants t ON t.id = m.tenant_id CROSS JOIN plans p ON p.id = t.plan_id \
         WHERE m.tenant_id = ?1 AND m.user_id = ?2 AND m.status = 'active'",
        tenant,
        user
    )
}

fn site_membership(site: &str, user: &str) -> Statement {
    sql!(
        "SELECT t.id AS tenant, t.status AS tenant_status, t.delete_after AS tenant_ends, json_patch(p.limits, t.limits) AS limits, \
           s.id AS site, s.database, s.ready, s.delete_after, \
           (SELECT json_group_array(r.role) FROM member_roles r \
            WHERE r.tenant_id = m.tenant_id AND r.user_id = m.user_id AND r.site_id IN ('', s.id)) AS roles, \
           (SELECT json_group_array(json(c.permissions)) FROM member_roles r \
            CROSS JOIN roles c ON c.tenant_id = r.tenant_id AND c.id = r.role \
            WHERE r.tenant_id = m.tenant_id AND r.user_id = m.user_id AND r.site_id IN ('', s.id)) AS custom \
         FROM sites s CROSS JOIN members m ON m.tenant_id = s.tenant_id CROSS JOIN tenants t ON t.id = s.tenant_id \
           CROSS JOIN plans p ON p.id = t.plan_id \
         WHERE s.id = ?1 AND m.user_id = ?2 AND m.status = 'active'",
        site,
        user
    )
}

fn unless_suspended(row: &Row) -> Result<(), Refusal> {
    if row.text("tenant_status") != "suspended" {
        return Ok(());
    }
    Err(Refusal::State(
        "This account is suspended: nothing can be changed until it is active again.".to_owned(),
    ))
}

/// In place of the end of a tenant that is being taken away.
pub const BEGUN: &str = "1970-01-01T00:00:00Z";

/// Why nothing of a tenant may be changed that is deleted.
fn closed(row: &Row) -> Option<String> {
    let end = row.maybe_text("tenant_ends")?;
    if end == BEGUN {
        return Some("This tenant is being taken away for good.".to_owned());
    }
    Some(format!(
        "This tenant is deleted, and goes for good on {end}. Until then `POST /api/v1/tenants/{}/restore` takes it back.",
        row.text("tenant")
    ))
}

fn granted(row: &Row, person: &Person, is_change: bool) -> Result<TenantAccess, Refusal> {
    let roles: Vec<String> = row.json("roles")?;
    let mut permissions: Vec<Permission> = vec![];
    for (_, of_role) in ROLES.iter().filter(|(name, _)| roles.iter().any(|r| r == name)) {
        permissions.extend(*of_role);
    }
    for of_role in row.json::<Vec<Vec<String>>>("custom")? {
        permissions.extend(of_role.iter().filter_map(|name| Permission::of(name)));
    }
    if let By::Token { scopes, .. } = &person.by {
        permissions.retain(|p| scopes.contains(p));
    }
    permissions.sort();
    permissions.dedup();
    if is_change {
        unless_suspended(row)?;
    }
    let tenant = TenantId::parse(&row.text("tenant")).map_err(|e| Refusal::Unavailable(e.to_string()))?;
    let (limits, closed) = (row.json("limits")?, closed(row));
    Ok(TenantAccess { tenant, person: person.clone(), permissions, limits, closed })
}

/// A member of a tenant. Roles on single sites are not counted: every member may see the tenant.
pub async fn tenant(
    stores: &dyn Stores,
    person: &Person,
    tenant: &str,
    permission: Permission,
    is_change: bool,
) -> Result<TenantAccess, Refusal> {
    let found = row(stores, FIRST, membership(tenant, &person.user)).await?;
    let found = found.filter(|_| person.reaches(tenant, None)).ok_or(Refusal::NotFound)?;
    let mut access = granted(&found, person, is_change)?;
    let scoped = matches!(&person.by, By::Token { scopes, .. } if !scopes.contains(&ReadTenant));
    if !scoped && !access.may(ReadTenant) {
        access.permissions.push(ReadTenant);
    }
    access.require(permission)?;
    Ok(access)
}

/// A person with a role on a site, or on all sites of its tenant.
pub async fn site(
    stores: &dyn Stores,
    person: &Person,
    site: &str,
    permission: Permission,
    is_change: bool,
) -> Result<SiteAccess, Refusal> {
    let found = row(stores, FIRST, site_membership(site, &person.user)).await?.ok_or(Refusal::NotFound)?;
    let roles: Vec<String> = found.json("roles")?;
    if roles.is_empty() || !person.reaches(&found.text("tenant"), Some(site)) {
        return Err(Refusal::NotFound);
    }
    let access = granted(&found, person, is_change)?;
    access.require(permission)?;
    let site = SiteId::parse(&found.text("site")).map_err(|e| Refusal::Unavailable(e.to_string()))?;
    let closed = match (found.maybe_text("delete_after"), found.number("ready")) {
        (Some(end), _) => Some(format!(
            "This site is deleted, and goes for good on {end}. Until then `POST …/restore` takes it back."
        )),
        (None, 0) => Some("This site is still being filled. `GET` it to see how far that is.".to_owned()),
        _ => None,
    };
    let database = found.text("database");
    Ok(SiteAccess { tenant: access, scope: SiteScope::of_member(&site), database, closed })
}

/// What somebody may do now in a tenant, or on a site of it (`""`: on all), who has given something away: what they gave is
/// worth no more than that. `None` where they are no member any more.
pub async fn of_giver(
    stores: &dyn Stores,
    user: &str,
    tenant: &str,
    site: &str,
) -> Result<Option<TenantAccess>, Refusal> {
    let person = Person { user: user.to_owned(), by: By::Session { id: String::new() } };
    let asked = if site.is_empty() { membership(tenant, user) } else { site_membership(site, user) };
    row(stores, FIRST, asked).await?.map(|found| granted(&found, &person, false)).transpose()
}

/// What a link to a preview opens.
pub struct Linked {
    /// To look, and to nothing else.
    pub access: SiteAccess,
    pub status: Status,
    pub primary: Hostname,
    /// What it shows.
    pub shown: Row,
}

/// Whoever has a link, on a host of its site.
pub async fn by_link(stores: &dyn Stores, link: &Link, host: &Hostname) -> Result<Linked, Refusal> {
    let found = row(
        stores,
        FIRST,
        sql!(
            "SELECT v.show, v.created_by, iif(coalesce(s.delete_after, t.delete_after) IS NULL, s.status, 'archived') AS status, s.database, t.id AS tenant, t.status AS tenant_status, \
               (SELECT p.host FROM hosts p INDEXED BY hosts_by_site WHERE p.site_id = v.site_id AND p.is_primary = 1) AS primary_host, \
               EXISTS (SELECT 1 FROM hosts h WHERE h.host = ?3 AND h.site_id = v.site_id) AS is_here \
             FROM previews v CROSS JOIN sites s ON s.id = v.site_id CROSS JOIN tenants t ON t.id = s.tenant_id \
             WHERE v.site_id = ?1 AND v.id = ?2",
            link.site.as_str(),
            &link.id,
            host.as_str()
        ),
    );
    let found = found.await?.ok_or(Refusal::Over)?;
    if found.number("is_here") != 1 {
        return Err(Refusal::NotFound);
    }
    let maker =
        of_giver(stores, &found.text("created_by"), &found.text("tenant"), link.site.as_str()).await?;
    if !maker.is_some_and(|maker| maker.may(WritePages)) {
        return Err(Refusal::Over);
    }
    let unreadable = |e: &dyn std::fmt::Display| Refusal::Unavailable(e.to_string());
    let person = Person { user: found.text("created_by"), by: By::Link { id: link.id.clone() } };
    let tenant = TenantAccess {
        tenant: TenantId::parse(&found.text("tenant")).map_err(|e| unreadable(&e))?,
        person,
        permissions: vec![ReadSite],
        limits: Limits::new(),
        closed: None,
    };
    let (scope, database) = (SiteScope::of_member(&link.site), found.text("database"));
    Ok(Linked {
        access: SiteAccess { tenant, scope, database, closed: None },
        status: kv::status(&found),
        primary: Hostname::parse(&found.text("primary_host")).map_err(|e| unreadable(&e))?,
        shown: found,
    })
}

/// Proof that somebody holds the code of an invitation into a tenant.
#[derive(Debug, Clone)]
pub struct Invited {
    pub tenant: TenantId,
    pub id: String,
    pub email: String,
    /// `""`: on all sites.
    pub site: String,
    pub role: String,
    /// Who has invited them.
    pub by: String,
    pub limits: Limits,
}

/// Whom a code from a mail invites; `None` where it is not good (any more).
pub async fn invited(stores: &dyn Stores, code: &str) -> Result<Option<Invited>, Refusal> {
    let found = row(
        stores,
        FIRST,
        sql!(
            "SELECT i.id, i.email, i.site_id, i.role, i.invited_by, t.id AS tenant, t.status AS tenant_status, t.delete_after AS tenant_ends, \
               json_patch(p.limits, t.limits) AS limits \
             FROM invitations i CROSS JOIN tenants t ON t.id = i.tenant_id CROSS JOIN plans p ON p.id = t.plan_id \
             WHERE i.token_hash = ?1 AND i.status = 'open' AND i.expires_at > ?2",
            digest(code),
            clock::text(stores.now())
        ),
    );
    let Some(found) = found.await? else { return Ok(None) };
    unless_suspended(&found)?;
    if let Some(why) = closed(&found) {
        return Err(Refusal::State(why));
    }
    Ok(Some(Invited {
        tenant: TenantId::parse(&found.text("tenant")).map_err(|e| Refusal::Unavailable(e.to_string()))?,
        id: found.text("id"),
        email: found.text("email"),
        site: found.text("site_id"),
        role: found.text("role"),
        by: found.text("invited_by"),
        limits: found.json("limits")?,
    }))
}

/// Proof that a person owns the platform. It opens no tenant.
#[derive(Debug, Clone)]
pub struct PlatformAccess {
    person: Person,
}

impl PlatformAccess {
    pub fn person(&self) -> &Person {
        &self.person
    }
}

/// Whether a row of `users` is the owner: made so in the database, or named by `PLATFORM_OWNER`. Addresses of users
/// are confirmed ones.
pub fn owns_platform(stores: &dyn Stores, user: &Row) -> bool {
    user.number("platform_owner") == 1
        || stores
            .variable("PLATFORM_OWNER")
            .is_some_and(|email| email.trim().to_lowercase() == user.text("email"))
}

/// The owner of the platform; for others there is no such address.
pub async fn platform(stores: &dyn Stores, person: &Person) -> Result<PlatformAccess, Refusal> {
    let user = sql!("SELECT email, platform_owner FROM users WHERE id = ?1", &person.user);
    let user = row(stores, FIRST, user).await?.unwrap_or_default();
    if owns_platform(stores, &user) {
        Ok(PlatformAccess { person: person.clone() })
    } else {
        Err(Refusal::NotFound)
    }
}
