//! Roles: the built-in ones, and a tenant's own.

use crate::access::{Permission, ROLES, TenantAccess};
use crate::call::Call;
use crate::change::{Event, make};
use crate::http::{Answer, Reply};
use crate::problem::{Refusal, unless_good};
use crate::repo::roles;
use crate::secret;
use crate::stores::Fault;
use model::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Own roles that a tenant may have.
const MAX: usize = 100;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    #[schemars(length(min = 1, max = 120))]
    pub name: String,
    #[schemars(length(min = 1))]
    pub permissions: Vec<Permission>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Role {
    /// What it is given by: the name of a built-in role, else an id.
    pub id: String,
    pub name: String,
    pub permissions: Vec<Permission>,
    pub built_in: bool,
}

/// All roles that the tenant can give.
pub async fn all(call: &Call<'_>, access: &TenantAccess) -> Result<Vec<Role>, Fault> {
    let mut all: Vec<Role> = ROLES
        .iter()
        .map(|(name, permissions)| Role {
            id: (*name).to_owned(),
            name: (*name).to_owned(),
            permissions: permissions.to_vec(),
            built_in: true,
        })
        .collect();
    for row in roles::list(call.stores, access).await? {
        let names: Vec<String> = row.json("permissions")?;
        all.push(Role {
            id: row.text("id"),
            name: row.text("name"),
            permissions: names.iter().filter_map(|name| Permission::of(name)).collect(),
            built_in: false,
        });
    }
    Ok(all)
}

fn check(given: &mut Given) -> Result<(), Refusal> {
    let mut problems = vec![];
    given.name = given.name.trim().to_owned();
    if given.name.is_empty() || given.name.chars().count() > 120 || given.name.chars().any(char::is_control) {
        problems.push(Problem::new("name", "expected a name of 1 to 120 characters"));
    }
    if given.permissions.is_empty() {
        problems.push(Problem::new("permissions", "name at least one, such as \"site.read\""));
    }
    given.permissions.sort();
    given.permissions.dedup();
    unless_good(problems)
}

/// An own role of the tenant.
async fn find(call: &Call<'_>, access: &TenantAccess) -> Result<Role, Refusal> {
    let found = all(call, access).await?.into_iter().find(|role| role.id == call.param("role"));
    match found {
        Some(role) if role.built_in => {
            Err(Refusal::State("This role is built in: make one of your own instead.".to_owned()))
        }
        Some(role) => Ok(role),
        None => Err(Refusal::NotFound),
    }
}

pub async fn list_roles(call: &Call<'_>, access: &TenantAccess) -> Answer {
    Ok(Reply::json(200, &all(call, access).await?))
}

pub async fn create_role(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let mut given: Given = call.body()?;
    check(&mut given)?;
    access.covers(&given.permissions)?;
    if all(call, access).await?.len() >= MAX + ROLES.len() {
        return Err(Refusal::State(format!("There are {MAX} roles already: delete one first.")));
    }
    let id = secret::id(call.stores)?;
    let permissions = json!(given.permissions);
    let statement = roles::create(call.stores, access, &id, &given.name, &permissions.to_string());
    let after = Some(json!({"name": given.name, "permissions": permissions}));
    let event = Event { subject: "role", id: id.clone(), before: None, after };
    let role = Role { id: id.clone(), name: given.name, permissions: given.permissions, built_in: false };
    let reply =
        Reply::json(201, &role).with("location", format!("/api/v1/tenants/{}/roles/{id}", access.tenant()));
    Ok(make(call, access, vec![statement], event, reply).await?)
}

pub async fn change_role(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let mut given: Given = call.body()?;
    check(&mut given)?;
    let before = find(call, access).await?;
    access.covers(&before.permissions)?;
    access.covers(&given.permissions)?;
    let permissions = json!(given.permissions);
    let statement = roles::change(call.stores, access, &before.id, &given.name, &permissions.to_string());
    let event = Event {
        subject: "role",
        id: before.id.clone(),
        before: Some(json!({"name": before.name, "permissions": before.permissions})),
        after: Some(json!({"name": given.name, "permissions": permissions})),
    };
    let role = Role { id: before.id, name: given.name, permissions: given.permissions, built_in: false };
    Ok(make(call, access, vec![statement], event, Reply::json(200, &role)).await?)
}

pub async fn delete_role(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let before = find(call, access).await?;
    access.covers(&before.permissions)?;
    let event = Event {
        subject: "role",
        id: before.id.clone(),
        before: Some(json!({"name": before.name, "permissions": before.permissions})),
        after: None,
    };
    let statements = roles::remove(call.stores, access, &before.id);
    let made = make(call, access, statements, event, Reply::empty(204)).await;
    made.map_err(|lost| {
        lost.when("role_in_use", || {
            Refusal::State(
                "Members or open invitations have this role. Give them another one first.".to_owned(),
            )
        })
    })
}
