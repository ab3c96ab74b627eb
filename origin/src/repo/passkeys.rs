//! Passkeys of people, and the challenges that they answer.

use crate::access::Person;
use crate::auth::webauthn::{NewKey, State};
use crate::clock::{self, MINUTE};
use crate::secret::digest;
use crate::sql;
use crate::stores::{FIRST, Fault, Row, Rows, Statement, Stores, row, rows};
use serde_json::json;

/// How long a person has to touch the authenticator.
pub const CHALLENGE: u64 = 5 * MINUTE;

/// Keeps a challenge: for a new passkey of a person, or (`None`) for whoever answers it with one that is known.
pub async fn ask(stores: &dyn Stores, challenge: &str, person: Option<&Person>) -> Result<(), Fault> {
    let kept = sql!(
        "INSERT INTO confirmations (token_hash, user_id, purpose, expires_at) VALUES (?1, ?2, 'passkey', ?3)",
        digest(challenge),
        person.map(|person| &person.user),
        clock::text(stores.now() + CHALLENGE)
    );
    stores.batch(FIRST, vec![kept]).await.map(drop)
}

/// Takes a challenge away, whatever then becomes of the answer; whether it was one, and for whom.
pub async fn answered(stores: &dyn Stores, challenge: &str) -> Result<Option<Row>, Fault> {
    let taken = sql!(
        "DELETE FROM confirmations WHERE token_hash = ?1 AND purpose = 'passkey' AND expires_at > ?2 RETURNING user_id",
        digest(challenge),
        clock::text(stores.now())
    );
    row(stores, FIRST, taken).await
}

pub async fn list(stores: &dyn Stores, person: &Person) -> Result<Rows, Fault> {
    rows(
        stores,
        FIRST,
        sql!(
            "SELECT id, name, credential_id, transports, backed_up, created_at, last_used_at FROM passkeys \
             WHERE user_id = ?1 ORDER BY id LIMIT 200",
            &person.user
        ),
    )
    .await
}

pub fn create(
    stores: &dyn Stores,
    person: &Person,
    id: &str,
    name: &str,
    credential: &str,
    transports: &[String],
    key: &NewKey,
) -> Statement {
    sql!(
        "INSERT INTO passkeys (user_id, id, name, credential_id, public_key, sign_count, transports, backed_up, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &person.user,
        id,
        name,
        credential,
        &key.public_key,
        u64::from(key.state.count),
        json!(transports).to_string(),
        u64::from(key.state.backed_up),
        clock::text(stores.now())
    )
}

pub async fn rename(
    stores: &dyn Stores,
    person: &Person,
    id: &str,
    name: &str,
) -> Result<Option<Row>, Fault> {
    let renamed = sql!(
        "UPDATE passkeys SET name = ?3 WHERE user_id = ?1 AND id = ?2 RETURNING id",
        &person.user,
        id,
        name
    );
    row(stores, FIRST, renamed).await
}

pub fn remove(person: &Person, id: &str) -> Statement {
    sql!("DELETE FROM passkeys WHERE user_id = ?1 AND id = ?2 RETURNING id", &person.user, id)
}

/// The key of a credential, and whose it is.
pub async fn by_credential(stores: &dyn Stores, credential: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        FIRST,
        sql!(
            "SELECT p.user_id, p.id, p.public_key, u.email FROM passkeys p CROSS JOIN users u ON u.id = p.user_id \
             WHERE p.credential_id = ?1 AND u.status = 'active'",
            credential
        ),
    )
    .await
}

/// Notes a use. No row where the counter did not go up: then a copy of the authenticator has been used.
pub async fn used(stores: &dyn Stores, user: &str, id: &str, state: &State) -> Result<Option<Row>, Fault> {
    let noted = sql!(
        "UPDATE passkeys SET sign_count = ?3, backed_up = ?4, last_used_at = ?5 \
         WHERE user_id = ?1 AND id = ?2 AND (sign_count < ?3 OR sign_count = 0 AND ?3 = 0) RETURNING id",
        user,
        id,
        u64::from(state.count),
        u64::from(state.backed_up),
        clock::text(stores.now())
    );
    row(stores, FIRST, noted).await
}
