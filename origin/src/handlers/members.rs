//! The people of a tenant: what they may do where, whether they may do it now, whether they stay.

use crate::access::TenantAccess;
use crate::call::{Call, page_of};
use crate::change::{Event, Lost, make};
use crate::handlers::roles;
use crate::http::{Answer, Reply};
use crate::problem::{Refusal, unless_good};
use crate::repo::members;
use crate::stores::{Fault, Row};
use model::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A role, and where it counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The name of a built-in role, or the id of an own one.
    pub role: String,
    /// The only site where it counts; absent: everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Active,
    /// Still a member, who may do nothing.
    Suspended,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// All roles that they have from now on.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub roles: Option<Vec<Grant>>,
    #[serde(default)]
    pub status: Option<Status>,
}

#[derive(Serialize, JsonSchema)]
pub struct Member {
    pub user: String,
    pub email: String,
    pub name: String,
    pub status: Status,
    pub roles: Vec<Grant>,
    pub created_at: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Page {
    pub members: Vec<Member>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

pub fn status(row: &Row) -> Status {
    if row.text("status") == "active" { Status::Active } else { Status::Suspended }
}

fn member(row: &Row) -> Result<Member, Fault> {
    Ok(Member {
        user: row.text("user_id"),
        email: row.text("email"),
        name: row.text("name"),
        status: status(row),
        roles: row.json("roles")?,
        created_at: row.text("created_at"),
    })
}

/// Refuses roles and sites that are not there, and to give or take what the person does not have. `path` says where a role
/// stands in the body.
pub async fn check(
    call: &Call<'_>,
    access: &TenantAccess,
    grants: &[Grant],
    path: impl Fn(usize, &str) -> String,
) -> Result<(), Refusal> {
    let all = roles::all(call, access).await?;
    let wanted: Vec<&String> = grants.iter().filter_map(|grant| grant.site.as_ref()).collect();
    let sites = members::sites(call.stores, access, &json!(wanted).to_string()).await?;
    let mut problems = vec![];
    let mut permissions = vec![];
    for (n, grant) in grants.iter().enumerate() {
        match all.iter().find(|role| role.id == grant.role) {
            Some(role) => permissions.extend(&role.permissions),
            None => problems.push(Problem::new(path(n, "role"), "no such role: `GET …/roles` lists them")),
        }
        if grant.site.as_ref().is_some_and(|site| !sites.contains(site)) {
            problems.push(Problem::new(path(n, "site"), "no such site"));
        }
        if grants.iter().take(n).any(|other| other == grant) {
            problems.push(Problem::new(path(n, "role"), "stands here already: take it out"));
        }
    }
    unless_good(problems)?;
    access.covers(&permissions)
}

/// Refuses to change a member who may do more than the person who changes them. Roles that are gone give nothing.
async fn covers_member(call: &Call<'_>, access: &TenantAccess, member: &Member) -> Result<(), Refusal> {
    let all = roles::all(call, access).await?;
    let theirs = all.iter().filter(|role| member.roles.iter().any(|grant| grant.role == role.id));
    access.covers(&theirs.flat_map(|role| role.permissions.clone()).collect::<Vec<_>>())
}

fn last_admin(lost: Lost) -> Refusal {
    lost.when("last_admin", || {
        Refusal::State(
            "This would leave nobody with the role `tenant_admin` on all sites. Give it to somebody else first."
                .to_owned(),
        )
    })
}

pub async fn list_members(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let limit = call.limit()?;
    let after = call.query("after").unwrap_or_default();
    let rows = members::list(call.stores, access, &after, limit).await?;
    let (rows, next) = page_of(rows, limit, |row| row.text("user_id"));
    let members = rows.iter().map(member).collect::<Result<_, _>>()?;
    Ok(Reply::json(200, &Page { members, next }))
}

pub async fn change_member(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let given: Change = call.body()?;
    let row = members::get(call.stores, access, call.param("member")).await?.ok_or(Refusal::NotFound)?;
    let before = member(&row)?;
    if given.roles.as_ref().is_some_and(|roles| roles.len() > 200) {
        unless_good(vec![Problem::new("roles", "expected 200 at most")])?;
    }
    covers_member(call, access, &before).await?;
    let mut statements = vec![];
    if let Some(roles) = &given.roles {
        check(call, access, roles, |n, part| format!("roles[{n}].{part}")).await?;
        statements.extend(members::set_roles(access, &before.user, &json!(roles).to_string()));
    }
    let (roles, status) =
        (given.roles.unwrap_or_else(|| before.roles.clone()), given.status.unwrap_or(before.status));
    let name = if status == Status::Active { "active" } else { "suspended" };
    statements.push(members::set_status(access, &before.user, name));
    statements.push(members::keeps_an_admin(access));
    let event = Event {
        subject: "member",
        id: before.user.clone(),
        before: Some(json!({"roles": before.roles, "status": before.status})),
        after: Some(json!({"roles": roles, "status": status})),
    };
    let reply = Reply::json(200, &Member { roles, status, ..before });
    make(call, access, statements, event, reply).await.map_err(last_admin)
}

/// Takes a member out of the tenant.
pub async fn take_out(call: &Call<'_>, access: &TenantAccess, member: &Member) -> Answer {
    let event = Event {
        subject: "member",
        id: member.user.clone(),
        before: Some(json!({"roles": member.roles, "status": member.status})),
        after: None,
    };
    let statements = vec![members::remove(access, &member.user), members::keeps_an_admin(access)];
    make(call, access, statements, event, Reply::empty(204)).await.map_err(last_admin)
}

pub async fn remove_member(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let row = members::get(call.stores, access, call.param("member")).await?.ok_or(Refusal::NotFound)?;
    let member = member(&row)?;
    covers_member(call, access, &member).await?;
    take_out(call, access, &member).await
}

/// Everybody may go.
pub async fn leave_tenant(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let row = members::get(call.stores, access, &access.person().user).await?.ok_or(Refusal::NotFound)?;
    take_out(call, access, &member(&row)?).await
}
