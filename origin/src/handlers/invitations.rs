//! Invitations by mail into a tenant. Whoever has the code has the mailbox, so only they learn whether it has an account.

use crate::access::{self, By, Invited, Permission, Person, ROLES, TenantAccess};
use crate::auth::{password, session};
use crate::call::{Call, page_of};
use crate::change::{Event, Lost, Place, make};
use crate::clock::{self, DAY};
use crate::handlers::account::{self, Code, Opened};
use crate::handlers::members::{Grant, check};
use crate::handlers::roles;
use crate::http::{Answer, Reply};
use crate::limits::{self, DOOR, INVITATIONS, MAIL};
use crate::plan::{self, Metric};
use crate::problem::{Refusal, unless_good};
use crate::repo::invitations::{self, NewInvitation};
use crate::repo::{accounts, members, people};
use crate::secret;
use crate::stores::{FIRST, Row, Rows, Statement};
use model::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

const LIFE: u64 = 7 * DAY;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    #[schemars(length(min = 3, max = 254))]
    pub email: String,
    /// The name of a built-in role, or the id of an own one.
    pub role: String,
    /// The only site where the role counts; absent: everywhere.
    #[serde(default)]
    pub site: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Joining {
    /// The code from the mail.
    pub code: String,
    #[schemars(length(max = 120))]
    pub name: String,
    #[schemars(length(min = 8, max = 128))]
    pub password: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Invitation {
    pub id: String,
    pub email: String,
    pub role: String,
    pub site: Option<String>,
    /// The member who invites.
    pub by: String,
    pub created_at: String,
    pub expires_at: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Page {
    /// Oldest first; those that wait for an answer.
    pub invitations: Vec<Invitation>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Accepted {
    pub tenant: String,
}

fn invitation(row: &Row) -> Invitation {
    Invitation {
        id: row.text("id"),
        email: row.text("email"),
        role: row.text("role"),
        site: row.maybe_text("site_id").filter(|site| !site.is_empty()),
        by: row.text("invited_by"),
        created_at: row.text("created_at"),
        expires_at: row.text("expires_at"),
    }
}

pub async fn list_invitations(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let limit = call.limit()?;
    let rows = invitations::list(call.stores, access, call.after()?, limit).await?;
    Ok(page(rows, limit))
}

pub fn page(rows: Rows, limit: usize) -> Reply {
    let (rows, next) = page_of(rows, limit, |row| format!("{}~{}", row.text("created_at"), row.text("id")));
    Reply::json(200, &Page { invitations: rows.iter().map(invitation).collect(), next })
}

/// The answer and the mail are the same whether or not the address has an account.
pub async fn invite_member(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let given: Given = call.body()?;
    let email = account::address(&given.email)?;
    let grant = Grant { role: given.role, site: given.site };
    check(call, access, std::slice::from_ref(&grant), |_, part| part.to_owned()).await?;
    if members::has_email(call.stores, access, &email).await? {
        unless_good(vec![Problem::new("email", "is a member's already: change their roles instead")])?;
    }
    let earlier = invitations::withdraw_earlier(access, &email);
    send(call, access, email, grant, earlier).await
}

/// Writes the mail; `earlier` withdraws what it takes the place of.
pub async fn send(
    call: &Call<'_>,
    access: &TenantAccess,
    email: String,
    grant: Grant,
    earlier: Statement,
) -> Answer {
    limits::within(call.stores, INVITATIONS, access.tenant().as_str()).await?;
    limits::within(call.stores, MAIL, &email).await?;
    let inviter = people::credentials(call.stores, access.person()).await?.text("email");
    let (id, code, now) = (secret::id(call.stores)?, secret::token(call.stores)?, call.stores.now());
    let expires_at = clock::text(now + LIFE);
    let site = grant.site.clone().unwrap_or_default();
    let new = NewInvitation {
        id: &id,
        email: &email,
        site: &site,
        role: &grant.role,
        hash: secret::digest(&code),
        expires_at: &expires_at,
    };
    let mut statements = vec![earlier];
    statements.extend(plan::room_for(call.stores, access, Metric::Members, 1));
    statements.push(invitations::create(call.stores, access, new));
    statements.push(accounts::mail(
        call.stores,
        &email,
        "You are invited",
        &format!(
            "{inviter} invites you to work with them on their websites.\n\nCode to accept, good for 7 days:\n\n{code}\n\nIf you do not know about it, do nothing."
        ),
    )?);
    let after = json!({"email": email, "role": grant.role, "site": grant.site});
    let event = Event { subject: "invitation", id: id.clone(), before: None, after: Some(after) };
    let made = Invitation {
        id: id.clone(),
        email,
        role: grant.role,
        site: grant.site,
        by: access.person().user.clone(),
        created_at: clock::text(now),
        expires_at: expires_at.clone(),
    };
    let reply = Reply::json(201, &made);
    match make(call, access, statements, event, reply).await {
        Ok(reply) => Ok(reply),
        Err(lost) => Err(plan::refused(call.stores, access, Metric::Members, lost).await.into()),
    }
}

pub async fn withdraw_invitation(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let found = invitations::get(call.stores, access, call.param("invitation")).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    access.covers(&allowed(call, access, &found.text("role")).await?.unwrap_or_default())?;
    take_back(call, access, &found).await
}

/// Withdraws an open invitation.
pub async fn take_back(call: &Call<'_>, access: &TenantAccess, found: &Row) -> Answer {
    let id = &found.text("id");
    let before =
        json!({"email": found.text("email"), "role": found.text("role"), "site": found.text("site_id")});
    let event = Event { subject: "invitation", id: id.clone(), before: Some(before), after: None };
    let statement = invitations::withdraw(access, id);
    Ok(make(call, access, vec![statement], event, Reply::empty(204)).await?)
}

/// What a role allows; `None` where it is gone.
async fn allowed(
    call: &Call<'_>,
    access: &TenantAccess,
    role: &str,
) -> Result<Option<Vec<Permission>>, Refusal> {
    if let Some((_, permissions)) = ROLES.iter().find(|(name, _)| *name == role) {
        return Ok(Some(permissions.to_vec()));
    }
    let own = roles::all(call, access).await?.into_iter().find(|own| own.id == role);
    Ok(own.map(|own| own.permissions))
}

/// Whom a code invites, while who has invited them may give that role.
async fn invited(call: &Call<'_>, code: &str) -> Result<Invited, Refusal> {
    let found = access::invited(call.stores, code).await?.ok_or_else(account::bad_code)?;
    let giver = access::of_giver(call.stores, &found.by, found.tenant.as_str(), &found.site).await?;
    let giver = giver.ok_or_else(account::bad_code)?;
    let role = allowed(call, &giver, &found.role).await?;
    let may_give = role.is_some_and(|permissions| giver.beyond(&permissions).is_none());
    if may_give { Ok(found) } else { Err(account::bad_code()) }
}

/// Makes a person a member, with what else has to happen in the same batch.
async fn enter(
    call: &Call<'_>,
    invited: &Invited,
    person: &Person,
    mut statements: Vec<Statement>,
    reply: Reply,
) -> Answer {
    statements.extend(members::accept(call.stores, invited, &person.user));
    statements.extend(plan::room_for(call.stores, invited, Metric::Members, 0));
    let after = json!({"roles": [{"role": invited.role, "site": invited.site}], "status": "active"});
    let event = Event { subject: "member", id: person.user.clone(), before: None, after: Some(after) };
    let place = Place { tenant: invited.tenant.as_str(), site: "", database: FIRST, person };
    match make(call, place, statements, event, reply).await {
        Ok(reply) => Ok(reply),
        Err(Lost::Constraint(text)) if text.contains("members.") => {
            Err(Refusal::State("You are a member of this tenant already.".to_owned()))
        }
        Err(Lost::Constraint(text)) if text.contains("invitation_gone") || text.contains("users.") => {
            Err(account::bad_code())
        }
        Err(lost) => Err(plan::refused(call.stores, invited, Metric::Members, lost).await.into()),
    }
}

/// With an account: it must be that of the address which was invited.
pub async fn accept_invitation(call: &Call<'_>, person: &Person) -> Answer {
    let given: Code = call.body()?;
    limits::within(call.stores, DOOR, &account::sender(call)).await?;
    let invited = invited(call, &given.code).await?;
    let own = accounts::by_id(call.stores, &person.user).await?.unwrap_or_default().text("email");
    if own != invited.email {
        return Err(Refusal::State(
            "This invitation is for another address. Sign in with the account of that address.".to_owned(),
        ));
    }
    let reply = Reply::json(200, &Accepted { tenant: invited.tenant.to_string() });
    enter(call, &invited, person, vec![], reply).await
}

/// Without an account: opens one for the address which was invited.
pub async fn join(call: &Call<'_>) -> Answer {
    let given: Joining = call.body()?;
    limits::within(call.stores, DOOR, &account::sender(call)).await?;
    let invited = invited(call, &given.code).await?;
    if accounts::is_known(call.stores, &invited.email).await? {
        return Err(Refusal::State(
            "This address has an account. Sign in, and accept the invitation there.".to_owned(),
        ));
    }
    let name = account::name(&given.name)?;
    password::check(&given.password, &[&invited.email, &name])?;
    let hash = password::hash(call.stores, &given.password)?;
    let user = secret::id(call.stores)?;
    let (opened, cookie) = session::open(call.stores, call.request, &user)?;
    let statements = vec![accounts::create_user(call.stores, &user, &invited.email, &name, &hash), opened];
    let person = Person { user: user.clone(), by: By::Session { id: String::new() } };
    let reply = Reply::json(201, &Opened { user, tenant: invited.tenant.to_string() });
    Ok(enter(call, &invited, &person, statements, reply).await?.with("set-cookie", cookie))
}
