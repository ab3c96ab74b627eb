//! Passkeys: made by a person who is signed in, and then enough to sign in without a name. They belong to the admin host.

use crate::access::Person;
use crate::auth::webauthn::{self, ALGORITHMS, Assertion, Party, Registration, Wrong};
use crate::auth::{attempts, session};
use crate::call::Call;
use crate::handlers::account::{self, SignedIn};
use crate::http::{Answer, Reply};
use crate::limits::{self, DOOR};
use crate::problem::Refusal;
use crate::repo::{accounts, passkeys, people};
use crate::secret;
use crate::stores::{FIRST, Fault, Row};
use coset::iana::EnumI64;
use model::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Passkeys of one person.
const MAX: usize = 50;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// What the person calls it, such as "Phone".
    #[schemars(length(min = 1, max = 120))]
    pub name: String,
    pub credential: Registration,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Name {
    #[schemars(length(min = 1, max = 120))]
    pub name: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub credential: Assertion,
}

#[derive(Serialize, JsonSchema)]
pub struct Passkey {
    pub id: String,
    pub name: String,
    /// Whether its maker keeps a copy, so that it outlives the device.
    pub backed_up: bool,
    pub created_at: String,
    pub last_used_at: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Made {
    pub id: String,
}

fn party<'c>(call: &'c Call, host: &'c str) -> Party<'c> {
    Party { origin: call.request.origin(), host }
}

fn host(call: &Call) -> String {
    call.stores.variable("ADMIN_HOST").unwrap_or_default()
}

fn challenge(call: &Call) -> Result<String, Fault> {
    let mut bytes = [0; 32];
    call.stores.random(&mut bytes)?;
    Ok(webauthn::encode(&bytes))
}

fn name(given: &str) -> Result<String, Refusal> {
    match account::name(given)? {
        name if name.is_empty() => Err(Problem::new("name", "expected a name of 1 to 120 characters").into()),
        name => Ok(name),
    }
}

/// What `PublicKeyCredential.parseCreationOptionsFromJSON()` takes.
pub async fn begin_passkey(call: &Call<'_>, person: &Person) -> Answer {
    session::freshly_proven(call.stores, person).await?;
    let own = accounts::by_id(call.stores, &person.user).await?.unwrap_or_default();
    let (email, known) = (own.text("email"), passkeys::list(call.stores, person).await?);
    let challenge = challenge(call)?;
    passkeys::ask(call.stores, &challenge, Some(person)).await?;
    let mut exclude = vec![];
    for row in known {
        let transports: Value = row.json("transports")?;
        exclude
            .push(json!({"type": "public-key", "id": row.text("credential_id"), "transports": transports}));
    }
    let shown = Some(own.text("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| email.clone());
    let options = json!({
        "challenge": challenge,
        "rp": {"id": host(call), "name": "Manysite"},
        "user": {"id": webauthn::encode(person.user.as_bytes()), "name": email, "displayName": shown},
        "pubKeyCredParams": ALGORITHMS.map(|a| json!({"type": "public-key", "alg": a.to_i64()})),
        "timeout": passkeys::CHALLENGE,
        "excludeCredentials": exclude,
        "authenticatorSelection": {"residentKey": "required", "requireResidentKey": true, "userVerification": "required"},
        "attestation": "none",
    });
    Ok(Reply::json(200, &options))
}

fn bad_credential(wrong: Wrong) -> Refusal {
    Problem::new("credential", wrong.0).into()
}

pub async fn create_passkey(call: &Call<'_>, person: &Person) -> Answer {
    let given: Given = call.body()?;
    let name = name(&given.name)?;
    let challenge = webauthn::challenge(&given.credential.response.client_data).map_err(bad_credential)?;
    let asked = passkeys::answered(call.stores, &challenge).await?;
    if asked.and_then(|row| row.maybe_text("user_id")).as_deref() != Some(&person.user) {
        return Err(bad_credential(Wrong("its challenge is not good (any more): begin again")));
    }
    let key = webauthn::register(&given.credential, &party(call, &host(call))).map_err(bad_credential)?;
    if passkeys::list(call.stores, person).await?.len() >= MAX {
        return Err(Refusal::State(format!("There are {MAX} passkeys already. Remove one first.")));
    }
    // What the browser says of the way to it; only known words are kept.
    const WAYS: [&str; 6] = ["ble", "cable", "hybrid", "internal", "nfc", "usb"];
    let transports: Vec<String> = given
        .credential
        .response
        .transports
        .into_iter()
        .filter(|way| WAYS.contains(&way.as_str()))
        .take(6)
        .collect();
    let id = secret::id(call.stores)?;
    let made = passkeys::create(call.stores, person, &id, &name, &given.credential.id, &transports, &key);
    let mail = told(
        call,
        person,
        "A passkey was added",
        &format!("The passkey {name:?} opens your account from now on."),
    )
    .await?;
    match call.stores.batch(FIRST, vec![made, mail]).await {
        Ok(_) => Ok(Reply::json(201, &Made { id })),
        Err(Fault::Constraint(text)) if text.contains("passkeys.") => {
            Err(Refusal::State("This passkey is registered already.".to_owned()))
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn told(
    call: &Call<'_>,
    person: &Person,
    subject: &str,
    text: &str,
) -> Result<crate::stores::Statement, Fault> {
    let email = people::credentials(call.stores, person).await?.text("email");
    accounts::mail(
        call.stores,
        &email,
        subject,
        &format!(
            "{text} If it was not you, sign in, remove the passkeys that are not yours, and set a new password."
        ),
    )
}

pub async fn list_passkeys(call: &Call<'_>, person: &Person) -> Answer {
    let passkey = |row: &Row| Passkey {
        id: row.text("id"),
        name: row.text("name"),
        backed_up: row.number("backed_up") == 1,
        created_at: row.text("created_at"),
        last_used_at: row.maybe_text("last_used_at"),
    };
    let found = passkeys::list(call.stores, person).await?;
    Ok(Reply::json(200, &found.iter().map(passkey).collect::<Vec<_>>()))
}

pub async fn rename_passkey(call: &Call<'_>, person: &Person) -> Answer {
    let given: Name = call.body()?;
    let name = name(&given.name)?;
    let renamed = passkeys::rename(call.stores, person, call.param("passkey"), &name).await?;
    renamed.map(|_| Reply::empty(204)).ok_or(Refusal::NotFound)
}

pub async fn remove_passkey(call: &Call<'_>, person: &Person) -> Answer {
    session::freshly_proven(call.stores, person).await?;
    let id = call.param("passkey");
    let known = passkeys::list(call.stores, person).await?;
    let found = known.iter().find(|row| row.text("id") == id).ok_or(Refusal::NotFound)?;
    let text = format!("The passkey {:?} opens your account no more.", found.text("name"));
    let mail = told(call, person, "A passkey was removed", &text).await?;
    call.stores.batch(FIRST, vec![passkeys::remove(person, id), mail]).await?;
    Ok(Reply::empty(204))
}

/// What `PublicKeyCredential.parseRequestOptionsFromJSON()` takes. It names no credential: which there are is nobody's
/// business, and the browser knows its own.
pub async fn begin_sign_in(call: &Call<'_>) -> Answer {
    limits::within(call.stores, DOOR, &account::sender(call)).await?;
    let challenge = challenge(call)?;
    passkeys::ask(call.stores, &challenge, None).await?;
    let options = json!({
        "challenge": challenge,
        "rpId": host(call),
        "timeout": passkeys::CHALLENGE,
        "userVerification": "required",
        "allowCredentials": [],
    });
    Ok(Reply::json(200, &options))
}

/// The person whose passkey has answered a challenge of ours: their id and address.
pub async fn asserted(call: &Call<'_>, given: &Assertion) -> Result<(String, String), Refusal> {
    let refused = |_: Wrong| Refusal::BadPasskey;
    let challenge = webauthn::challenge(&given.response.client_data).map_err(refused)?;
    let asked = passkeys::answered(call.stores, &challenge).await?.ok_or(Refusal::BadPasskey)?;
    let found = passkeys::by_credential(call.stores, &given.id).await?.ok_or(Refusal::BadPasskey)?;
    let user = found.text("user_id");
    let handle = given.response.user_handle.as_ref();
    if asked.maybe_text("user_id").is_some()
        || handle.is_some_and(|h| *h != webauthn::encode(user.as_bytes()))
    {
        return Err(Refusal::BadPasskey);
    }
    let state =
        webauthn::assert(given, &found.text("public_key"), &party(call, &host(call))).map_err(refused)?;
    if passkeys::used(call.stores, &user, &found.text("id"), &state).await?.is_none() {
        call.stores.log(&format!("passkey {} of {user}: its counter went back", found.text("id")));
        return Err(Refusal::BadPasskey);
    }
    Ok((user, found.text("email")))
}

pub async fn sign_in_with_passkey(call: &Call<'_>) -> Answer {
    let given: SignIn = call.body()?;
    limits::within(call.stores, DOOR, &account::sender(call)).await?;
    let (user, email) = asserted(call, &given.credential).await?;
    let (opened, cookie) = session::open(call.stores, call.request, &user)?;
    call.stores.batch(FIRST, vec![opened, attempts::forget(&email)]).await?;
    Ok(Reply::json(200, &SignedIn { user }).with("set-cookie", cookie))
}
