//! The own account: name, address, password, its end. What would lock a person out asks for a fresh proof of identity, so
//! that an unlocked screen is not enough.

use crate::access::{self, Permission, Person};
use crate::auth::webauthn::Assertion;
use crate::auth::{attempts, password, session};
use crate::call::Call;
use crate::handlers::account::{self, Address, Begun, Code};
use crate::handlers::{members, passkeys};
use crate::http::{Answer, Reply};
use crate::limits::{self, DOOR, MAIL};
use crate::problem::Refusal;
use crate::repo::{accounts, people};
use crate::stores::{FIRST, Fault};
use model::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[schemars(length(max = 120))]
    pub name: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    #[schemars(length(min = 8, max = 128))]
    pub password: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    #[serde(default)]
    pub password: Option<String>,
    /// In place of the password: an answer to `POST /api/v1/sign-in/passkey/options`.
    #[serde(default)]
    pub passkey: Option<Assertion>,
}

pub async fn change_me(call: &Call<'_>, person: &Person) -> Answer {
    let given: Change = call.body()?;
    let name = account::name(&given.name)?;
    call.stores.batch(FIRST, vec![people::rename(call.stores, person, &name)]).await?;
    Ok(Reply::json(200, &Change { name }))
}

/// A fresh proof of identity, for what asks for one.
pub async fn prove_me(call: &Call<'_>, person: &Person) -> Answer {
    let given: Proof = call.body()?;
    limits::within(call.stores, DOOR, &account::sender(call)).await?;
    let found = people::credentials(call.stores, person).await?;
    let email = found.text("email");
    match (&given.password, &given.passkey) {
        (Some(password), None) => {
            attempts::begin(call.stores, &email).await?;
            if !password::verify(password, found.maybe_text("password_hash").as_deref())? {
                return Err(Refusal::BadCredentials);
            }
        }
        (None, Some(passkey)) => {
            if passkeys::asserted(call, passkey).await?.0 != person.user {
                return Err(Refusal::BadPasskey);
            }
        }
        _ => return Err(Problem::new("", "expected `password` or `passkey`").into()),
    }
    let statements = vec![session::proven(call.stores, person), attempts::forget(&email)];
    call.stores.batch(FIRST, statements).await?;
    Ok(Reply::empty(204))
}

/// Ends all other sessions: whoever knew the old password is out.
pub async fn change_password(call: &Call<'_>, person: &Person) -> Answer {
    let given: NewPassword = call.body()?;
    session::freshly_proven(call.stores, person).await?;
    let email = people::credentials(call.stores, person).await?.text("email");
    password::check(&given.password, &[&email])?;
    let hash = password::hash(call.stores, &given.password)?;
    let mut statements = accounts::set_password(call.stores, &person.user, &hash);
    statements.push(session::revoke_others(person));
    statements.push(accounts::new_password_mail(call.stores, &email)?);
    call.stores.batch(FIRST, statements).await?;
    Ok(Reply::empty(204))
}

pub async fn ask_email(call: &Call<'_>, person: &Person) -> Answer {
    let given: Address = call.body()?;
    session::freshly_proven(call.stores, person).await?;
    let email = account::address(&given.email)?;
    limits::within(call.stores, MAIL, &email).await?;
    // Else an account could write to as many strangers as it likes.
    limits::within(call.stores, MAIL, &person.user).await?;
    call.stores.batch(FIRST, people::ask_email(call.stores, person, &email)?).await?;
    let next = "Read the mail that was sent to the new address, and confirm with its code.".to_owned();
    Ok(Reply::json(202, &Begun { next }))
}

pub async fn confirm_email(call: &Call<'_>, person: &Person) -> Answer {
    let given: Code = call.body()?;
    limits::within(call.stores, DOOR, &account::sender(call)).await?;
    let found = accounts::confirmation(call.stores, "change_email", &given.code).await?;
    let found = found.filter(|row| row.text("user_id") == person.user).ok_or_else(account::bad_code)?;
    let data: Value = found.json("data")?;
    let new = data.get("email").and_then(Value::as_str).unwrap_or_default();
    let old = people::credentials(call.stores, person).await?.text("email");
    match call.stores.batch(FIRST, people::set_email(call.stores, person, &old, new)?).await {
        Ok(_) => Ok(Reply::empty(204)),
        // Somebody has opened an account with it meanwhile.
        Err(Fault::Constraint(text)) if text.contains("users.") => Err(account::bad_code()),
        Err(fault) => Err(fault.into()),
    }
}

pub async fn revoke_other_sessions(call: &Call<'_>, person: &Person) -> Answer {
    call.stores.batch(FIRST, vec![session::revoke_others(person)]).await?;
    Ok(Reply::empty(204))
}

/// Leaves each tenant first, so that its audit log says so; where that is cut off, the same request goes on.
pub async fn delete_me(call: &Call<'_>, person: &Person) -> Answer {
    session::freshly_proven(call.stores, person).await?;
    let held = people::held(call.stores, person).await?;
    if !held.is_empty() {
        let names: Vec<String> = held.iter().map(|row| row.text("name")).collect();
        return Err(Refusal::State(format!(
            "Nobody else has the role `tenant_admin` on all sites in: {}. Give it to somebody there first.",
            names.join(", ")
        )));
    }
    for tenant in people::tenants(call.stores, person).await? {
        let access = access::tenant(call.stores, person, &tenant, Permission::ReadTenant, false).await?;
        members::leave_tenant(call, &access).await?;
    }
    let email = people::credentials(call.stores, person).await?.text("email");
    call.stores.batch(FIRST, people::delete(call.stores, person, &email)?).await?;
    Ok(session::forgotten(call.request))
}
