//! Sign-up, sign-in, sessions.

use crate::access::{self, Person, PlatformAccess};
use crate::auth::{attempts, password, session};
use crate::call::{Call, page_of};
use crate::http::{Answer, Reply};
use crate::limits::{self, DOOR, MAIL};
use crate::problem::{Refusal, unless_good};
use crate::repo::accounts;
use crate::secret;
use crate::stores::{FIRST, Fault};
use model::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    #[schemars(length(min = 3, max = 254))]
    pub email: String,
    #[schemars(length(min = 8, max = 128))]
    pub password: String,
    /// Name of the company whose sites it will be.
    #[schemars(length(min = 1, max = 120))]
    pub tenant: String,
    /// Where sign-up is by invitation.
    #[serde(default)]
    pub invitation: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    pub email: String,
    pub password: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    pub email: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The code from the mail.
    pub code: String,
    /// The one that the sign-up gave.
    pub password: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The code from the mail.
    pub code: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The code from the mail.
    pub code: String,
    #[schemars(length(min = 8, max = 128))]
    pub password: String,
}

/// What was begun; a mail says how it goes on.
#[derive(Serialize, JsonSchema)]
pub struct Begun {
    pub next: String,
}

#[derive(Serialize, JsonSchema)]
pub struct SignedIn {
    pub user: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Opened {
    pub user: String,
    pub tenant: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Me {
    pub id: String,
    pub email: String,
    pub name: String,
    pub platform_owner: bool,
    pub tenants: Vec<Tenant>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Tenant {
    pub id: String,
    pub name: String,
    /// `trial`, `active` or `suspended`.
    pub status: String,
    /// When everything of a deleted tenant goes for good; `null`: it is not deleted.
    pub delete_after: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Session {
    pub id: String,
    /// What the browser says that it is.
    pub device: String,
    pub created_at: String,
    pub last_seen_at: String,
    pub expires_at: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

#[derive(Serialize, JsonSchema)]
pub struct Sessions {
    /// In the order of their ids.
    pub sessions: Vec<Session>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Invitation {
    /// Shown once.
    pub invitation: String,
    pub expires_at: String,
}

/// The part before the `@`, without quotes ([RFC 5321](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2)): a comma or
/// a bracket would make a provider write to somebody else.
fn is_mailbox(name: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    name.len() <= 64 && name.split('.').all(|part| !part.is_empty() && part.chars().all(good))
}

/// The form in which an address is stored and looked up.
pub fn address(given: &str) -> Result<String, Refusal> {
    let email = given.trim().to_lowercase();
    let good = email.len() <= 254
        && email
            .split_once('@')
            .is_some_and(|(name, host)| is_mailbox(name) && model::names::Hostname::parse(host).is_ok());
    if good {
        Ok(email)
    } else {
        Err(Problem::new("email", "expected an address such as \"mira@example.org\"").into())
    }
}

pub fn sender<'c>(call: &'c Call) -> std::borrow::Cow<'c, str> {
    limits::network(call.request.header("cf-connecting-ip"))
}

/// What a person is called.
pub fn name(given: &str) -> Result<String, Refusal> {
    let name = given.trim();
    if name.chars().count() > 120 || name.chars().any(char::is_control) {
        return Err(Problem::new("name", "expected at most 120 characters on one line").into());
    }
    Ok(name.to_owned())
}

/// Who has sign-up in their hands: `open`, `invite` or `closed`.
fn sign_up_mode(call: &Call) -> String {
    call.stores.variable("SIGN_UP").unwrap_or_else(|| "closed".to_owned())
}

pub async fn sign_up(call: &Call<'_>) -> Answer {
    let given: SignUp = call.body()?;
    limits::within(call.stores, DOOR, &sender(call)).await?;
    let mode = sign_up_mode(call);
    if !matches!(mode.as_str(), "open" | "invite") {
        return Err(Refusal::Forbidden(
            "Sign-up is closed here. Ask the owner of this installation.".to_owned(),
        ));
    }
    let email = address(&given.email)?;
    let tenant = given.tenant.trim();
    if tenant.is_empty() || tenant.chars().count() > 120 || tenant.chars().any(char::is_control) {
        unless_good(vec![Problem::new("tenant", "expected a name of 1 to 120 characters")])?;
    }
    password::check(&given.password, &[&email, tenant])?;
    // Before the invitation is used up.
    limits::within(call.stores, MAIL, &email).await?;
    if mode == "invite"
        && !accounts::use_invitation(call.stores, given.invitation.as_deref().unwrap_or_default()).await?
    {
        unless_good(vec![Problem::new(
            "invitation",
            "sign-up is by invitation, and this one is not good (any more): ask for a new one",
        )])?;
    }
    let hash = password::hash(call.stores, &given.password)?;
    accounts::sign_up(call.stores, &email, &hash, tenant).await?;
    Ok(Reply::json(
        202,
        &Begun { next: "Read the mail that was sent to this address, and confirm with its code.".to_owned() },
    ))
}

pub fn bad_code() -> Refusal {
    Problem::new("code", "this code is not good (any more): ask for a new mail").into()
}

pub async fn confirm_sign_up(call: &Call<'_>) -> Answer {
    let given: Confirmation = call.body()?;
    limits::within(call.stores, DOOR, &sender(call)).await?;
    let found =
        accounts::confirmation(call.stores, "confirm_email", &given.code).await?.ok_or_else(bad_code)?;
    let data: Value = found.json("data")?;
    // Whoever has the mail must also be who signed up: a stranger may have, with a password that they know.
    if !password::verify(&given.password, data.get("password_hash").and_then(Value::as_str))? {
        let message =
            "not the one of this sign-up: sign up anew if you have forgotten it, or if it was not you";
        return Err(Problem::new("password", message).into());
    }
    let (user, tenant) = (secret::id(call.stores)?, secret::id(call.stores)?);
    let mut statements = accounts::create(call.stores, &given.code, &user, &tenant, &data);
    let (opened, cookie) = session::open(call.stores, call.request, &user)?;
    statements.push(opened);
    match call.stores.batch(FIRST, statements).await {
        Ok(_) => Ok(Reply::json(201, &Opened { user, tenant }).with("set-cookie", cookie)),
        // Confirmed a moment ago by another request, or the address signed up twice.
        Err(Fault::Constraint(text)) if text.contains("users.") => Err(bad_code()),
        Err(fault) => Err(fault.into()),
    }
}

pub async fn sign_in(call: &Call<'_>) -> Answer {
    let given: Credentials = call.body()?;
    limits::within(call.stores, DOOR, &sender(call)).await?;
    let email = given.email.trim().to_lowercase();
    attempts::begin(call.stores, &email).await?;
    let found = accounts::by_email(call.stores, &email).await?.unwrap_or_default();
    if !password::verify(&given.password, found.maybe_text("password_hash").as_deref())? {
        return Err(Refusal::BadCredentials);
    }
    let user = found.text("id");
    let (opened, cookie) = session::open(call.stores, call.request, &user)?;
    call.stores.batch(FIRST, vec![opened, attempts::forget(&email)]).await?;
    Ok(Reply::json(200, &SignedIn { user }).with("set-cookie", cookie))
}

pub async fn ask_reset(call: &Call<'_>) -> Answer {
    let given: Address = call.body()?;
    limits::within(call.stores, DOOR, &sender(call)).await?;
    let email = address(&given.email)?;
    limits::within(call.stores, MAIL, &email).await?;
    accounts::ask_reset(call.stores, &email).await?;
    Ok(Reply::json(
        202,
        &Begun { next: "If this address has an account, a mail with a code was sent to it.".to_owned() },
    ))
}

/// Sets the password and ends every session: whoever knew the old one is out.
pub async fn reset_password(call: &Call<'_>) -> Answer {
    let given: NewPassword = call.body()?;
    limits::within(call.stores, DOOR, &sender(call)).await?;
    let found =
        accounts::confirmation(call.stores, "reset_password", &given.code).await?.ok_or_else(bad_code)?;
    let user = found.text("user_id");
    let email = accounts::by_id(call.stores, &user).await?.unwrap_or_default().text("email");
    password::check(&given.password, &[&email])?;
    let hash = password::hash(call.stores, &given.password)?;
    let mut statements = accounts::reset_password(call.stores, &user, &hash, &given.code);
    statements.push(session::revoke_all(&user));
    statements.push(attempts::forget(&email));
    statements.push(accounts::new_password_mail(call.stores, &email)?);
    let answers = call.stores.batch(FIRST, statements).await?;
    // Used a moment ago by another request.
    let done = answers.first().is_some_and(|rows| !rows.is_empty());
    if done { Ok(Reply::empty(204)) } else { Err(bad_code()) }
}

pub async fn me(call: &Call<'_>, person: &Person) -> Answer {
    let found = accounts::by_id(call.stores, &person.user).await?.ok_or(Refusal::NotFound)?;
    Ok(Reply::json(
        200,
        &Me {
            id: found.text("id"),
            email: found.text("email"),
            name: found.text("name"),
            platform_owner: access::owns_platform(call.stores, &found),
            tenants: found.json("tenants")?,
        },
    ))
}

pub async fn sign_out(call: &Call<'_>, person: &Person) -> Answer {
    if let access::By::Session { id } = &person.by {
        session::revoke(call.stores, person, id).await?;
    }
    Ok(session::forgotten(call.request))
}

pub async fn list_sessions(call: &Call<'_>, person: &Person) -> Answer {
    let own = |id: &str| matches!(&person.by, access::By::Session { id: own } if own == id);
    let (limit, after) = (call.limit()?, call.query("after").unwrap_or_default());
    let rows = session::list(call.stores, person, &after, limit).await?;
    let (rows, next) = page_of(rows, limit, |row| row.text("id"));
    let sessions = rows
        .iter()
        .map(|row| Session {
            current: own(&row.text("id")),
            id: row.text("id"),
            device: row.text("device"),
            created_at: row.text("created_at"),
            last_seen_at: row.text("last_seen_at"),
            expires_at: row.text("expires_at"),
        })
        .collect();
    Ok(Reply::json(200, &Sessions { sessions, next }))
}

pub async fn revoke_session(call: &Call<'_>, person: &Person) -> Answer {
    let revoked = session::revoke(call.stores, person, call.param("session")).await?;
    revoked.map(|_| Reply::empty(204)).ok_or(Refusal::NotFound)
}

pub async fn invite_tenant(call: &Call<'_>, access: &PlatformAccess) -> Answer {
    let (invitation, expires_at) = accounts::invite(call.stores, access).await?;
    Ok(Reply::json(201, &Invitation { invitation, expires_at }))
}
