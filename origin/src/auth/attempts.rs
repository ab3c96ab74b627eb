//! Lock-out with back-off. It counts by the address that was typed, whether or not it has an account: what is
//! locked does not tell who is known here.

use crate::clock::{self, DAY, MINUTE};
use crate::problem::Refusal;
use crate::secret::digest;
use crate::sql;
use crate::stores::{FIRST, Statement, Stores};

/// Attempts in a row that cost nothing.
const FREE: u64 = 5;
/// The longest wait, as a power of two of minutes; no wait is longer than an hour.
const DOUBLINGS: u64 = 6;
const LONGEST: u64 = 60 * MINUTE;

/// Counts an attempt before anything is compared, so that many at once are counted like many in a row; refuses it while the
/// address is locked. Each one beyond the free ones locks for a minute, doubled each time, until a proof ends the count.
pub async fn begin(stores: &dyn Stores, email: &str) -> Result<(), Refusal> {
    let (account, now) = (digest(email), stores.now());
    let counted = sql!(
        "INSERT INTO sign_in_failures (account, failures, locked_until_ms, expires_at) VALUES (?1, 1, 0, ?2) \
         ON CONFLICT (account) DO UPDATE SET failures = failures + 1, expires_at = ?2, \
           locked_until_ms = iif(failures < ?4, 0, ?3 + min(?5, ?6 * (1 << min(?7, failures - ?4)))) \
         WHERE locked_until_ms <= ?3 RETURNING failures",
        &account,
        clock::text(now + DAY),
        now,
        FREE,
        LONGEST,
        MINUTE,
        DOUBLINGS
    );
    let until = sql!("SELECT locked_until_ms FROM sign_in_failures WHERE account = ?1", &account);
    let mut answers = stores.batch(FIRST, vec![counted, until]).await?.into_iter();
    if answers.next().is_some_and(|rows| !rows.is_empty()) {
        return Ok(());
    }
    let until = answers.next().and_then(|rows| rows.into_iter().next()).unwrap_or_default();
    Err(Refusal::TooMany(until.number("locked_until_ms").saturating_sub(now).div_ceil(1000)))
}

/// The count ends with a proof of identity.
pub fn forget(email: &str) -> Statement {
    sql!("DELETE FROM sign_in_failures WHERE account = ?1", digest(email))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[test]
    fn each_attempt_beyond_the_free_ones_doubles_the_wait_up_to_an_hour() {
        let world = World::new();
        let mut waits = vec![];
        for _ in 0..14 {
            futures::executor::block_on(begin(&world, "mira@example.org")).unwrap();
            let row = world.ask("SELECT locked_until_ms FROM sign_in_failures").remove(0);
            let wait = (row["locked_until_ms"].as_f64().unwrap() as u64).saturating_sub(world.now());
            waits.push(wait / MINUTE);
            world.pass(wait);
        }
        assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
