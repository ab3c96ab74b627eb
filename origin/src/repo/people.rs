//! What a person changes about their own account.

use crate::access::Person;
use crate::clock::{self, HOUR};
use crate::repo::accounts::{mail, mail_by_account};
use crate::secret::{self, digest};
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};
use serde_json::json;

/// The address and the password of a person.
pub async fn credentials(stores: &dyn Stores, person: &Person) -> Result<Row, Fault> {
    let asked = sql!("SELECT email, password_hash FROM users WHERE id = ?1", &person.user);
    Ok(row(stores, FIRST, asked).await?.unwrap_or_default())
}

pub fn rename(stores: &dyn Stores, person: &Person, name: &str) -> Statement {
    sql!(
        "UPDATE users SET name = ?2, updated_at = ?3 WHERE id = ?1",
        &person.user,
        name,
        clock::text(stores.now())
    )
}

/// Keeps a new address until it is confirmed, and writes it a mail. Known and unknown addresses take the same
/// statements; only the mail differs.
pub fn ask_email(stores: &dyn Stores, person: &Person, email: &str) -> Result<Vec<Statement>, Fault> {
    let (code, now) = (secret::token(stores)?, stores.now());
    let welcome = crate::mail::payload(
        "Confirm your new address",
        &format!(
            "Somebody, probably you, wants to sign in with this address from now on.\n\nCode to confirm it, good for one hour:\n\n{code}\n\nIf it was not you, do nothing."
        ),
    );
    let known = crate::mail::payload(
        "You already have an account",
        "Somebody, probably you, wants to give this address to an account, but it has one of its own. If it was not you, do nothing.",
    );
    Ok(vec![
        sql!("DELETE FROM confirmations WHERE user_id = ?1 AND purpose = 'change_email'", &person.user),
        sql!(
            "INSERT INTO confirmations (token_hash, user_id, purpose, data, expires_at) \
             SELECT ?2, ?1, 'change_email', ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM users WHERE email = ?5)",
            &person.user,
            digest(&code),
            json!({"email": email}).to_string(),
            clock::text(now + HOUR),
            email
        ),
        mail_by_account(stores, email, known, welcome)?,
    ])
}

/// The new address; the old one is told, and codes that were sent there are good no more.
pub fn set_email(
    stores: &dyn Stores,
    person: &Person,
    old: &str,
    new: &str,
) -> Result<Vec<Statement>, Fault> {
    let now = clock::text(stores.now());
    Ok(vec![
        sql!(
            "UPDATE users SET email = ?2, email_confirmed_at = ?3, updated_at = ?3 WHERE id = ?1",
            &person.user,
            new,
            now
        ),
        sql!(
            "DELETE FROM confirmations WHERE user_id = ?1 AND purpose IN ('change_email', 'reset_password')",
            &person.user
        ),
        mail(
            stores,
            old,
            "Your address was changed",
            "Your account has another address now, and this one opens it no more. If it was not you, tell the owner of this installation.",
        )?,
    ])
}

/// The tenants of a person that would have nobody who may do everything without them.
pub async fn held(stores: &dyn Stores, person: &Person) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT t.name FROM members m CROSS JOIN tenants t ON t.id = m.tenant_id WHERE m.user_id = ?1 AND NOT EXISTS ( \
               SELECT 1 FROM member_roles r INDEXED BY member_roles_by_site \
               CROSS JOIN members o ON o.tenant_id = r.tenant_id AND o.user_id = r.user_id \
               CROSS JOIN users u ON u.id = r.user_id \
               WHERE r.tenant_id = m.tenant_id AND r.site_id = '' AND r.role = 'tenant_admin' AND r.user_id <> ?1 \
                 AND o.status = 'active' AND u.status = 'active') LIMIT 20",
            &person.user
        ),
    )
    .await
}

pub async fn tenants(stores: &dyn Stores, person: &Person) -> Result<Vec<String>, Fault> {
    let asked = sql!(
        "SELECT tenant_id FROM members WHERE user_id = ?1 AND status = 'active' ORDER BY tenant_id",
        &person.user
    );
    Ok(rows(stores, FIRST, asked).await?.iter().map(|row| row.text("tenant_id")).collect())
}

/// Sessions, passkeys, codes and memberships go with the person.
pub fn delete(stores: &dyn Stores, person: &Person, email: &str) -> Result<Vec<Statement>, Fault> {
    Ok(vec![
        sql!("DELETE FROM users WHERE id = ?1", &person.user),
        mail(stores, email, "Your account was deleted", "Your account is deleted, and so is its password.")?,
    ])
}
