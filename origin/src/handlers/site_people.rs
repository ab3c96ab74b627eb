//! The people of one site, for who manages it. They give and take only roles that may no more than they may there
//! themselves, and see no others: what somebody has on other sites, or on all, is the tenant's.

use crate::access::SiteAccess;
use crate::call::{Call, page_of};
use crate::change::{Event, make};
use crate::handlers::members::{Grant, Status, status};
use crate::handlers::roles::{self, Role};
use crate::handlers::{account, invitations};
use crate::http::{Answer, Reply};
use crate::problem::{Refusal, unless_good};
use crate::repo;
use crate::repo::members;
use crate::stores::{Fault, Row};
use model::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    #[schemars(length(min = 3, max = 254))]
    pub email: String,
    /// The name of a built-in role, or the id of an own one.
    pub role: String,
}

#[derive(Serialize, JsonSchema)]
pub struct SiteMember {
    pub user: String,
    pub email: String,
    pub name: String,
    pub status: Status,
    /// On this very site.
    pub roles: Vec<String>,
    pub created_at: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Page {
    pub members: Vec<SiteMember>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

fn member(row: &Row) -> Result<SiteMember, Fault> {
    Ok(SiteMember {
        user: row.text("user_id"),
        email: row.text("email"),
        name: row.text("name"),
        status: status(row),
        roles: row.json("roles")?,
        created_at: row.text("created_at"),
    })
}

/// The roles of the tenant that the person may give on the site, by id.
fn givable(access: &SiteAccess, all: &[Role]) -> Vec<String> {
    let may = all.iter().filter(|role| access.in_tenant().beyond(&role.permissions).is_none());
    may.map(|role| role.id.clone()).collect()
}

/// The same as a JSON list.
async fn such_roles(call: &Call<'_>, access: &SiteAccess) -> Result<String, Fault> {
    Ok(json!(givable(access, &roles::all(call, access.in_tenant()).await?)).to_string())
}

pub async fn list_site_members(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (limit, after) = (call.limit()?, call.query("after").unwrap_or_default());
    let roles = such_roles(call, access).await?;
    let rows = members::of_site(call.stores, access, &roles, &after, limit).await?;
    let (rows, next) = page_of(rows, limit, |row| row.text("user_id"));
    let members = rows.iter().map(member).collect::<Result<_, _>>()?;
    Ok(Reply::json(200, &Page { members, next }))
}

pub async fn remove_site_member(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (roles, user) = (such_roles(call, access).await?, call.param("member"));
    let row = members::one_of_site(call.stores, access, &roles, user).await?.ok_or(Refusal::NotFound)?;
    let taken = member(&row)?.roles;
    let before = json!({"roles": taken, "site": access.site()});
    let event = Event { subject: "member", id: user.to_owned(), before: Some(before), after: None };
    let statements = members::leave_site(access, user, &json!(taken).to_string());
    Ok(make(call, access.in_tenant(), statements, event, Reply::empty(204)).await?)
}

pub async fn list_site_invitations(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let limit = call.limit()?;
    let roles = such_roles(call, access).await?;
    let rows = repo::invitations::of_site(call.stores, access, &roles, call.after()?, limit).await?;
    Ok(invitations::page(rows, limit))
}

/// The answer and the mail are the same whether or not the address has an account, or is a member because of another site.
pub async fn invite_to_site(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Given = call.body()?;
    let email = account::address(&given.email)?;
    let all = roles::all(call, access.in_tenant()).await?;
    let role = all.iter().find(|role| role.id == given.role);
    let role =
        role.ok_or_else(|| Problem::new("role", "no such role: `GET …/roles` of the tenant lists them"))?;
    if let Some(permission) = access.in_tenant().beyond(&role.permissions) {
        return Err(Refusal::Forbidden(format!(
            "You do not have the permission `{}` on this site yourself, so you cannot give it. Ask somebody who has it.",
            permission.name()
        )));
    }
    let such = json!(givable(access, &all)).to_string();
    if members::has_site(call.stores, access, &such, &email).await? {
        unless_good(vec![Problem::new("email", "has a role on this site already: take that first")])?;
    }
    let earlier = repo::invitations::withdraw_earlier_of_site(access, &email, &such);
    let grant = Grant { role: given.role, site: Some(access.site().to_string()) };
    invitations::send(call, access.in_tenant(), email, grant, earlier).await
}

pub async fn withdraw_site_invitation(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let roles = givable(access, &roles::all(call, access.in_tenant()).await?);
    let found = repo::invitations::get(call.stores, access.in_tenant(), call.param("invitation")).await?;
    let is_such =
        |row: &Row| row.text("site_id") == access.site().as_str() && roles.contains(&row.text("role"));
    invitations::take_back(call, access.in_tenant(), &found.filter(is_such).ok_or(Refusal::NotFound)?).await
}
