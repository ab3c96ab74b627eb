//! Identifiers. Each is a short text made of characters that are safe in a key, a path and a log line, so a key
//! function can join them without escaping. They are built by parsing only.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest identifier, chosen so that a KV key of three identifiers stays far below KV's 512 bytes
/// (<https://developers.cloudflare.com/kv/platform/limits/>).
pub const MAX_ID: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidId {
    pub what: &'static str,
    pub given: String,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a {}: use 1 to {MAX_ID} of the characters a-z, 0-9, - and _, starting with a letter or digit",
            self.given, self.what
        )
    }
}

impl std::error::Error for InvalidId {}

fn is_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    let first = bytes.first().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    first
        && bytes.len() <= MAX_ID
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                Self::try_from(text.to_owned())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                if is_id(&text) {
                    Ok(Self(text))
                } else {
                    Err(InvalidId { what: $what, given: text.chars().take(80).collect() })
                }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(TenantId, "tenant id");
id!(SiteId, "site id");
id!(PageId, "page id");
id!(EntityId, "record id");
id!(
    /// The name of an entity type within a site: `product`, `post`.
    TypeName, "name of a type, field or list");
id!(
    /// A digest of stored bytes in lower-case hexadecimal: names a page record, a theme or a file.
    ContentHash, "content hash");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_hold_only_characters_that_are_safe_in_a_key() {
        for good in ["a", "0", "bakery", "p-001", "a_b", &"x".repeat(MAX_ID)] {
            assert!(SiteId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "_a", "A", "a/b", "a b", "é", "a\0", "..", &"x".repeat(MAX_ID + 1)] {
            assert!(SiteId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bad_id_in_stored_json_is_an_error_and_not_an_id() {
        assert!(serde_json::from_str::<SiteId>("\"../other\"").is_err());
    }
}
