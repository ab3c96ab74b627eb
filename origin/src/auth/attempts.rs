//! Lock-out with back-off. It counts by the address that was typed, whether or not it has an account: what is
//! locked does not tell who is known here.

use crate::clock::{self, DAY, MINUTE};
use crate::problem::Refusal;
use crate::secret::digest;
use crate::sql;
use crate::stores::{FIRST, Fault, Statement, Stores, row};

/// Failures in a row that cost nothing.
const FREE: u64 = 5;
const LONGEST: u64 = 60 * MINUTE;

/// The wait behind a number of failures in a row: none at first, then one minute, doubled each time.
fn wait(failures: u64) -> u64 {
    match failures.saturating_sub(FREE) {
        0 => 0,
        over => (MINUTE << (over - 1).min(10)).min(LONGEST),
    }
}

/// Refuses while the address is locked.
pub async fn allowed(stores: &dyn Stores, email: &str) -> Result<(), Refusal> {
    let found = row(
        stores,
        FIRST,
        sql!("SELECT locked_until_ms FROM sign_in_failures WHERE account = ?1", digest(email)),
    );
    let until = found.await?.unwrap_or_default().number("locked_until_ms");
    match until.saturating_sub(stores.now()) {
        0 => Ok(()),
        left => Err(Refusal::TooMany(left.div_ceil(1000))),
    }
}

pub async fn failed(stores: &dyn Stores, email: &str) -> Result<(), Fault> {
    let (account, now) = (digest(email), stores.now());
    let counted = sql!(
        "INSERT INTO sign_in_failures (account, failures, locked_until_ms, expires_at) VALUES (?1, 1, 0, ?2) \
         ON CONFLICT (account) DO UPDATE SET failures = failures + 1, expires_at = ?2 RETURNING failures",
        &account,
        clock::text(now + DAY)
    );
    let failures = row(stores, FIRST, counted).await?.unwrap_or_default().number("failures");
    let locked = sql!(
        "UPDATE sign_in_failures SET locked_until_ms = max(locked_until_ms, ?2) WHERE account = ?1",
        &account,
        now + wait(failures)
    );
    stores.batch(FIRST, vec![locked]).await.map(drop)
}

/// The count ends with a proof of identity.
pub fn forget(email: &str) -> Statement {
    sql!("DELETE FROM sign_in_failures WHERE account = ?1", digest(email))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_beyond_the_free_ones_doubles_the_wait_up_to_an_hour() {
        assert_eq!([0, 5, 6, 7, 8, 40, 4000].map(wait), [0, 0, 1, 2, 4, 60, 60].map(|m| m * MINUTE));
    }
}
