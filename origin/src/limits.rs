//! Token buckets in D1: they survive a restart, and all isolates share them.

use crate::clock::{self, DAY};
use crate::problem::Refusal;
use crate::secret::digest;
use crate::sql;
use crate::stores::{FIRST, Statement, Stores, row};
use std::borrow::Cow;
use std::net::Ipv6Addr;

/// How many requests at once, and how many a second on average.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    pub what: &'static str,
    burst: f64,
    per_second: f64,
}

/// All requests of one network address.
pub const ADDRESS: Limit = Limit { what: "address", burst: 1200.0, per_second: 20.0 };
/// All requests of one person.
pub const ACCOUNT: Limit = Limit { what: "account", burst: 1200.0, per_second: 20.0 };
/// Sign-up, sign-in and password reset from one network address: each costs a password hash or a mail.
pub const DOOR: Limit = Limit { what: "door", burst: 20.0, per_second: 1.0 / 30.0 };
/// Mails to one recipient.
pub const MAIL: Limit = Limit { what: "mail", burst: 3.0, per_second: 1.0 / 600.0 };
/// Invitations from one tenant: each is a mail to somebody who did not ask for it.
pub const INVITATIONS: Limit = Limit { what: "invitations", burst: 50.0, per_second: 1.0 / 60.0 };
/// Looks for the proof of a domain, for one site: each asks a stranger's server.
pub const PROOF: Limit = Limit { what: "proof", burst: 20.0, per_second: 1.0 / 10.0 };

/// Pages of one preview: each is compiled from drafts.
pub const PREVIEW: Limit = Limit { what: "preview", burst: 300.0, per_second: 2.0 };

/// What counts as one network address: of IPv6 its first 64 bits, since whoever has one address there has all
/// ([RFC 6177](https://www.rfc-editor.org/rfc/rfc6177)).
pub fn network(address: &str) -> Cow<'_, str> {
    match address.parse::<Ipv6Addr>().map(|v6| (v6.to_ipv4_mapped(), v6.to_bits())) {
        Ok((Some(v4), _)) => v4.to_string().into(),
        Ok((None, bits)) => Ipv6Addr::from_bits(bits & u128::MAX << 64).to_string().into(),
        Err(_) => address.into(),
    }
}

/// Takes a token; a row where there was one.
fn take(limit: Limit, whom: &str, now: u64) -> Statement {
    sql!(
        "INSERT INTO rate_limits (bucket, tokens, refilled_ms, expires_at) VALUES (?1, ?2 - 1, ?4, ?5) \
         ON CONFLICT (bucket) DO UPDATE SET \
           tokens = min(?2, tokens + max(0, ?4 - refilled_ms) * ?3 / 1000) - 1, refilled_ms = ?4, expires_at = ?5 \
         WHERE min(?2, tokens + max(0, ?4 - refilled_ms) * ?3 / 1000) >= 1 \
         RETURNING tokens",
        format!("{}/{}", limit.what, digest(whom)),
        limit.burst,
        limit.per_second,
        now,
        clock::text(now + DAY)
    )
}

/// Refuses a request too many.
pub async fn within(stores: &dyn Stores, limit: Limit, whom: &str) -> Result<(), Refusal> {
    match row(stores, FIRST, take(limit, whom, stores.now())).await? {
        Some(_) => Ok(()),
        None => Err(Refusal::TooMany((1.0 / limit.per_second).ceil() as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn addresses_that_one_subscriber_has_are_one() {
        for (address, counted) in [
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::ffff", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("192.0.2.7", "192.0.2.7"),
            ("", ""),
        ] {
            assert_eq!(network(address), counted, "{address}");
        }
    }
}
