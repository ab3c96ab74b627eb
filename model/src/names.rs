//! Names that visitors see: host names, paths, slugs and locales. Built by parsing only.

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidName {
    pub what: &'static str,
    pub why: &'static str,
    pub given: String,
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a {}: {}", self.given, self.what, self.why)
    }
}

impl std::error::Error for InvalidName {}

fn invalid(what: &'static str, why: &'static str, given: &str) -> InvalidName {
    InvalidName { what, why, given: given.chars().take(120).collect() }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Text;
                impl Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                        f.write_str("a string")
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::parse(text).map_err(E::custom)
                    }
                }
                from.deserialize_str(Text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A host name in lower case, without port and without the root's dot; international names in their
    /// `xn--` form. RFC 1123: labels of 1 to 63 letters, digits and inner hyphens, 253 characters in all.
    Hostname
);
name!(
    /// The last part of a record's address. Letters and digits of any script in lower case, and hyphens.
    Slug
);
name!(
    /// A page's path: starts with `/`, no trailing slash except for the root, no empty, `.` or `..` segment,
    /// letters in lower case, decoded (not percent-encoded).
    PagePath
);
name!(
    /// A language tag such as `en`, `ar` or `pt-br`, in lower case (a subset of BCP 47: language and region).
    Locale
);

impl Hostname {
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let what = "host name";
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() || text.len() > 253 {
            return Err(invalid(what, "use 1 to 253 characters", text));
        }
        let label_ok = |label: &str| {
            let bytes = label.as_bytes();
            (1..=63).contains(&bytes.len())
                && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
                && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
                && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
        };
        if !text.split('.').all(label_ok) {
            return Err(invalid(what, "labels are letters, digits and inner hyphens, joined by dots", text));
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The host of a `Host` header: a name with an optional port.
    pub fn parse_authority(text: &str) -> Result<Self, InvalidName> {
        match text.rsplit_once(':') {
            None => Self::parse(text),
            Some((host, port)) if port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()) => {
                Self::parse(host)
            }
            Some(_) => Err(invalid("host name", "a port is up to five digits", text)),
        }
    }
}

/// Longest path that is looked up; a longer one cannot be a page.
pub const MAX_PATH: usize = 512;

impl PagePath {
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let what = "page path";
        if text == "/" {
            return Ok(Self(text.to_owned()));
        }
        let Some(rest) = text.strip_prefix('/') else {
            return Err(invalid(what, "it starts with /", text));
        };
        if text.len() > MAX_PATH {
            return Err(invalid(what, "it is longer than 512 bytes", text));
        }
        for segment in rest.split('/') {
            if segment.is_empty() || segment == "." || segment == ".." {
                return Err(invalid(
                    what,
                    "it has an empty segment, . or .. (leave the trailing slash away)",
                    text,
                ));
            }
        }
        // Most characters are decided by the first two questions.
        if rest.chars().any(|c| {
            !c.is_ascii_lowercase()
                && !c.is_ascii_digit()
                && (c.is_control()
                    || c.is_whitespace()
                    || c.is_uppercase()
                    || matches!(c, '?' | '#' | '%' | '\\' | '"' | '<' | '>'))
        }) {
            return Err(invalid(
                what,
                "letters are in lower case, without spaces, quotes, ?, #, % and \\",
                text,
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The path of the page for what a visitor typed: percent-decoded, lower case, one leading and no trailing
    /// slash. `None` where no page can have that path.
    pub fn of_request(raw: &str) -> Option<Self> {
        // As most are.
        if raw.is_ascii()
            && let Ok(path) = Self::parse(raw)
        {
            return Some(path);
        }
        let decoded = percent_decode(raw)?;
        let trimmed = decoded.trim_end_matches('/');
        let lower = trimmed.to_lowercase();
        Self::parse(if lower.is_empty() { "/" } else { &lower }).ok()
    }

    /// The path as it stands in a URL: UTF-8 percent-encoded outside RFC 3986's `pchar` and `/`.
    pub fn to_url(&self) -> String {
        encode_path(&self.0)
    }
}

/// `None` where it is not UTF-8 that was percent-encoded.
pub fn percent_decode(raw: &str) -> Option<String> {
    if !raw.contains('%') {
        return Some(raw.to_owned());
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = (rest.next()? as char).to_digit(16)?;
            let low = (rest.next()? as char).to_digit(16)?;
            bytes.push((high * 16 + low) as u8);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Percent-encodes what may not stand in a URL's path.
pub fn encode_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'/'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'!'
            | b'$'
            | b'&'
            | b'\''
            | b'('
            | b')'
            | b'*'
            | b'+'
            | b','
            | b';'
            | b'='
            | b':'
            | b'@' => out.push(byte as char),
            _ => {
                const HEX: [char; 16] =
                    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
                out.push('%');
                out.extend(HEX.get(usize::from(byte >> 4)));
                out.extend(HEX.get(usize::from(byte & 15)));
            }
        }
    }
    out
}

impl Slug {
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let what = "slug";
        if text.is_empty() || text.len() > 200 {
            return Err(invalid(what, "use 1 to 200 bytes", text));
        }
        if !text.chars().all(|c| c == '-' || (c.is_alphanumeric() && !c.is_uppercase()) || is_mark(c)) {
            return Err(invalid(what, "use letters and digits in lower case, and hyphens", text));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Combining marks that scripts such as Arabic, Hebrew and the Indic ones need inside words.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{93a}'..='\u{94f}')
}

impl Locale {
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let bad = |why| Err(invalid("locale", why, text));
        let (language, region) = match text.split_once('-') {
            Some((language, region)) => (language, Some(region)),
            None => (text, None),
        };
        if !(2..=3).contains(&language.len()) || !language.bytes().all(|b| b.is_ascii_lowercase()) {
            return bad("it starts with a language of two or three lower-case letters");
        }
        if region.is_some_and(|r| {
            !(2..=4).contains(&r.len()) || !r.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        }) {
            return bad("its region is two to four lower-case letters or digits");
        }
        Ok(Self(text.to_owned()))
    }

    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// Whether the language is written from right to left.
    pub fn is_rtl(&self) -> bool {
        matches!(
            self.language(),
            "ar" | "arc"
                | "azb"
                | "bal"
                | "ckb"
                | "dv"
                | "fa"
                | "glk"
                | "he"
                | "ks"
                | "lrc"
                | "mzn"
                | "nqo"
                | "pnb"
                | "prs"
                | "ps"
                | "sd"
                | "syr"
                | "ug"
                | "ur"
                | "yi"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_headers_are_parsed_with_and_without_a_port() {
        for (given, host) in [
            ("Bakery.Example", "bakery.example"),
            ("a.b:8787", "a.b"),
            ("a.b.", "a.b"),
            ("localhost", "localhost"),
            ("127.0.0.1:80", "127.0.0.1"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(Hostname::parse_authority(given).unwrap().as_str(), host);
        }
        for bad in [
            "",
            ":80",
            "a..b",
            "-a.b",
            "a-.b",
            "a b",
            "a/b",
            "a@b",
            "a:b",
            "a:123456",
            "[::1]",
            "ä.example",
            "a\0b",
            &"a".repeat(64),
            &"a.".repeat(128),
        ] {
            assert!(Hostname::parse_authority(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn request_paths_are_decoded_lowered_and_trimmed() {
        for (raw, path) in
            [("/", "/"), ("/About/", "/about"), ("/ar/%D9%85%D9%86", "/ar/من"), ("/a//", "/a"), ("//", "/")]
        {
            assert_eq!(PagePath::of_request(raw).unwrap().as_str(), path);
        }
        for bad in [
            "/a//b",
            "/../a",
            "/%2e%2e/a",
            "/a%00",
            "/%ff",
            "/a%2",
            "/%3Cscript%3E",
            &format!("/{}", "a".repeat(600)),
        ] {
            assert!(PagePath::of_request(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_path_survives_the_way_through_a_url() {
        let path = PagePath::parse("/ar/من-نحن").unwrap();
        assert_eq!(PagePath::of_request(&path.to_url()), Some(path));
    }

    #[test]
    fn locales_are_a_language_and_perhaps_a_region() {
        for good in ["en", "ar", "pt-br", "es-419", "fil"] {
            assert!(Locale::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "e", "EN", "en-", "en_us", "en-US", "english"] {
            assert!(Locale::parse(bad).is_err(), "{bad}");
        }
        for (locale, rtl) in [("ar", true), ("fa-ir", true), ("pnb", true), ("en", false), ("pt-br", false)] {
            assert_eq!(Locale::parse(locale).unwrap().is_rtl(), rtl, "{locale}");
        }
    }
}
