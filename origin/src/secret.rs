//! Identifiers and secrets.

use crate::stores::{Fault, Stores};
use sha2::{Digest, Sha256};

/// A new identifier: 100 bits in Crockford's base 32, which holds no letters that look alike.
pub fn id(stores: &dyn Stores) -> Result<String, Fault> {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0; 20];
    stores.random(&mut bytes)?;
    Ok(bytes.iter().filter_map(|b| DIGITS.get(usize::from(b & 31))).map(|d| char::from(*d)).collect())
}

/// A new secret of 256 bits. Only its digest is stored: a copy of the database opens no door.
pub fn token(stores: &dyn Stores) -> Result<String, Fault> {
    let mut bytes = [0; 32];
    stores.random(&mut bytes)?;
    Ok(hex(&bytes))
}

pub fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
