//! Names for bytes.

use model::ids::ContentHash;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The first 96 bits of SHA-256 in hexadecimal: no two records or files of a site will ever share one.
pub fn of(bytes: &[u8]) -> ContentHash {
    let mut text = String::new();
    for byte in Sha256::digest(bytes).iter().take(12) {
        let _infallible = write!(text, "{byte:02x}");
    }
    ContentHash::parse(&text).expect("hexadecimal digits make an id")
}
