//! Passwords: which are good enough, and how they are kept.

use crate::problem::Refusal;
use crate::stores::{Fault, Stores};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use model::Problem;

/// OWASP's Argon2id setting for 19 MiB. An isolate computes one at a time, since hashing does not wait: its memory
/// is bounded by that.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

const MIN: usize = 8;
const MAX: usize = 128;

/// Guesses below which a password counts as common: what a patient attacker tries against every account.
const GUESSES: u64 = 1_000_000;

fn argon2() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|e| Fault::Unavailable(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Refuses passwords that are short, or among those that are tried first: common ones, names, dates, keyboard walks,
/// and what the person is called.
pub fn check(password: &str, about: &[&str]) -> Result<(), Refusal> {
    let problem = |message: String| Err(Problem::new("password", message).into());
    let length = password.chars().count();
    if !(MIN..=MAX).contains(&length) {
        return problem(format!("expected {MIN} to {MAX} characters, found {length}"));
    }
    if zxcvbn::zxcvbn(password, about).guesses() < GUESSES {
        return problem("this password is among the first that are tried: use a longer one, such as four words that do not belong together".to_owned());
    }
    Ok(())
}

pub fn hash(stores: &dyn Stores, password: &str) -> Result<String, Fault> {
    let mut salt = [0; 16];
    stores.random(&mut salt)?;
    let hash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hash.map_err(|e| Fault::Unavailable(e.to_string()))?.to_string())
}

/// Whether it is the password. Without a hash (no such account, or one with passkeys only) it computes as long.
pub fn verify(password: &str, hash: Option<&str>) -> Result<bool, Fault> {
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let parsed = PasswordHash::new(hash.unwrap_or(NOBODY)).map_err(|e| Fault::Unavailable(e.to_string()))?;
    let same = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
    Ok(same && hash.is_some())
}
