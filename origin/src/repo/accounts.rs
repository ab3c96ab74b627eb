//! People and tenants before anybody is signed in: there is no proof to ask for yet.

use crate::access::PlatformAccess;
use crate::clock::{self, DAY, HOUR};
use crate::secret::{self, digest};
use crate::stores::{FIRST, Fault, Row, Statement, Stores, row};
use crate::{mail, sql, trial};
use serde_json::json;

pub async fn by_email(stores: &dyn Stores, email: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!("SELECT id, password_hash FROM users WHERE email = ?1 AND status = 'active'", email),
    )
    .await
}

pub async fn by_id(stores: &dyn Stores, user: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!(
            "SELECT u.id, u.email, u.name, u.platform_owner, \
               (SELECT json_group_array(json_object('id', t.id, 'name', t.name, 'status', t.status, 'delete_after', t.delete_after)) \
                FROM members m CROSS JOIN tenants t ON t.id = m.tenant_id \
                WHERE m.user_id = u.id AND m.status = 'active') AS tenants \
             FROM users u WHERE u.id = ?1",
            user
        ),
    )
    .await
}

/// Keeps a sign-up until its address is confirmed, and writes the mail. Known and unknown addresses take the same
/// statements; only the mail differs.
pub async fn sign_up(
    stores: &dyn Stores,
    email: &str,
    password_hash: &str,
    tenant: &str,
) -> Result<(), Fault> {
    let (token, now) = (secret::token(stores)?, stores.now());
    let data = json!({"email": email, "password_hash": password_hash, "tenant": tenant}).to_string();
    let welcome = mail::payload(
        "Confirm your address",
        &format!(
            "Somebody, probably you, signed up with this address.\n\nCode to confirm it, together with the password of the sign-up, good for 24 hours:\n\n{token}\n\nIf it was not you, do nothing: there is no account without this code."
        ),
    );
    let known = mail::payload(
        "You already have an account",
        "Somebody, probably you, signed up with this address, which already has an account. Sign in, or ask for a new password. If it was not you, do nothing.",
    );
    let kept = sql!(
        "INSERT INTO confirmations (token_hash, purpose, data, expires_at) SELECT ?1, 'confirm_email', ?2, ?3 \
         WHERE NOT EXISTS (SELECT 1 FROM users WHERE email = ?4)",
        digest(&token),
        data,
        clock::text(now + DAY),
        email
    );
    let mailed = mail_by_account(stores, email, known, welcome)?;
    stores.batch(FIRST, vec![kept, mailed]).await.map(drop)
}

/// A code from a mail that has not expired.
pub async fn confirmation(stores: &dyn Stores, purpose: &str, token: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!(
            "SELECT user_id, data FROM confirmations WHERE token_hash = ?1 AND purpose = ?2 AND expires_at > ?3",
            digest(token),
            purpose,
            clock::text(stores.now())
        ),
    )
    .await
}

/// Whether an address has an account, also a blocked one.
pub async fn is_known(stores: &dyn Stores, email: &str) -> Result<bool, Fault> {
    Ok(row(stores, FIRST, sql!("SELECT 1 FROM users WHERE email = ?1", email)).await?.is_some())
}

/// A mail of the platform, sent after the batch in which this stands.
pub fn mail(stores: &dyn Stores, to: &str, subject: &str, text: &str) -> Result<Statement, Fault> {
    Ok(sql!(
        "INSERT INTO outbox (tenant_id, id, kind, recipient, payload, status, next_attempt_at, created_at) \
         VALUES ('', ?1, 'mail', ?2, ?3, 'waiting', ?4, ?4)",
        secret::id(stores)?,
        to,
        mail::payload(subject, text),
        clock::text(stores.now())
    ))
}

/// A mail that says one thing where the address has an account and another where it has none.
pub fn mail_by_account(
    stores: &dyn Stores,
    to: &str,
    known: String,
    unknown: String,
) -> Result<Statement, Fault> {
    Ok(sql!(
        "INSERT INTO outbox (tenant_id, id, kind, recipient, payload, status, next_attempt_at, created_at) \
         VALUES ('', ?1, 'mail', ?2, iif(EXISTS (SELECT 1 FROM users WHERE email = ?2), ?3, ?4), 'waiting', ?5, ?5)",
        secret::id(stores)?,
        to,
        known,
        unknown,
        clock::text(stores.now())
    ))
}

/// A person whose address was proven by a code.
pub fn create_user(stores: &dyn Stores, user: &str, email: &str, name: &str, hash: &str) -> Statement {
    sql!(
        "INSERT INTO users (id, email, name, email_confirmed_at, password_hash, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?4, ?4)",
        user,
        email,
        name,
        clock::text(stores.now()),
        hash
    )
}

/// The person, their tenant and their role in it.
pub fn create(
    stores: &dyn Stores,
    token: &str,
    user: &str,
    tenant: &str,
    data: &serde_json::Value,
) -> Vec<Statement> {
    let text = |name: &str| data.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    let now = clock::text(stores.now());
    let days = stores.variable("TRIAL_DAYS").and_then(|days| days.trim().parse::<u64>().ok());
    let end = days.map(|days| stores.now() + days.min(3_650) * DAY);
    vec![
        create_user(stores, user, text("email"), "", text("password_hash")),
        sql!(
            "INSERT INTO tenants (id, name, status, plan_id, created_at, updated_at, trial_ends_at, trial_due_at) \
             VALUES (?1, ?2, 'trial', 'start', ?3, ?3, ?4, ?5)",
            tenant,
            text("tenant"),
            &now,
            end.map(clock::text),
            end.map(|end| clock::text(trial::next(stores.now(), end)))
        ),
        sql!(
            "INSERT INTO members (tenant_id, user_id, status, created_at) VALUES (?1, ?2, 'active', ?3)",
            tenant,
            user,
            &now
        ),
        sql!(
            "INSERT INTO member_roles (tenant_id, user_id, site_id, role) VALUES (?1, ?2, '', 'tenant_admin')",
            tenant,
            user
        ),
        sql!("DELETE FROM confirmations WHERE token_hash = ?1", digest(token)),
    ]
}

/// A code to set a new password, where the address has an account; the same statements where it has none.
pub async fn ask_reset(stores: &dyn Stores, email: &str) -> Result<(), Fault> {
    let (token, now) = (secret::token(stores)?, stores.now());
    let text = mail::payload(
        "Set a new password",
        &format!(
            "Code to set a new password, good for one hour:\n\n{token}\n\nIf you did not ask for it, do nothing."
        ),
    );
    let kept = sql!(
        "INSERT INTO confirmations (token_hash, user_id, purpose, expires_at) \
         SELECT ?1, id, 'reset_password', ?2 FROM users WHERE email = ?3 AND status = 'active'",
        digest(&token),
        clock::text(now + HOUR),
        email
    );
    let mailed = sql!(
        "INSERT INTO outbox (tenant_id, id, kind, recipient, payload, status, next_attempt_at, created_at) \
         SELECT '', ?1, 'mail', email, ?2, 'waiting', ?3, ?3 FROM users WHERE email = ?4 AND status = 'active'",
        secret::id(stores)?,
        text,
        clock::text(now),
        email
    );
    stores.batch(FIRST, vec![kept, mailed]).await.map(drop)
}

/// Passkeys and tokens are told of, since whoever made one with the old password still has it.
pub fn new_password_mail(stores: &dyn Stores, email: &str) -> Result<Statement, Fault> {
    mail(
        stores,
        email,
        "Your password was changed",
        "Your account has a new password, and all other devices were signed out. Passkeys and API tokens stay: remove those that are not yours. If it was not you, ask for a new password at once.",
    )
}

/// Sets a password; codes that would set another one are good no more.
pub fn set_password(stores: &dyn Stores, user: &str, hash: &str) -> Vec<Statement> {
    vec![
        sql!(
            "UPDATE users SET password_hash = ?2, updated_at = ?3 WHERE id = ?1",
            user,
            hash,
            clock::text(stores.now())
        ),
        no_resets(user),
    ]
}

/// Sets a password where the code is still good; the first statement answers with a row then.
pub fn reset_password(stores: &dyn Stores, user: &str, hash: &str, code: &str) -> Vec<Statement> {
    vec![
        sql!(
            "UPDATE users SET password_hash = ?3, updated_at = ?4 \
             WHERE id = ?2 AND EXISTS (SELECT 1 FROM confirmations WHERE token_hash = ?1) RETURNING id",
            digest(code),
            user,
            hash,
            clock::text(stores.now())
        ),
        no_resets(user),
    ]
}

fn no_resets(user: &str) -> Statement {
    sql!("DELETE FROM confirmations WHERE user_id = ?1 AND purpose = 'reset_password'", user)
}

/// Makes an invitation to open a tenant, and uses one up.
pub async fn invite(stores: &dyn Stores, access: &PlatformAccess) -> Result<(String, String), Fault> {
    let (token, now) = (secret::token(stores)?, stores.now());
    let expires = clock::text(now + 14 * DAY);
    let made = sql!(
        "INSERT INTO sign_up_invitations (token_hash, created_by, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
        digest(&token),
        &access.person().user,
        clock::text(now),
        &expires
    );
    stores.batch(FIRST, vec![made]).await?;
    Ok((token, expires))
}

pub async fn use_invitation(stores: &dyn Stores, token: &str) -> Result<bool, Fault> {
    let used = sql!(
        "DELETE FROM sign_up_invitations WHERE token_hash = ?1 AND expires_at > ?2 RETURNING created_by",
        digest(token),
        clock::text(stores.now())
    );
    Ok(row(stores, FIRST, used).await?.is_some())
}
