//! Texts that were checked when they were parsed, so that a type says where they may land.

use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// A URL that may stand in `href`, `action` or `src`: an absolute path, a query, a fragment, or one of the
/// schemes `https`, `http`, `mailto` and `tel`. Anything else that a stored record holds becomes `#`, because
/// a browser runs `javascript:` and renders `data:` wherever a URL is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeUrl<'a>(Cow<'a, str>);

impl<'a> SafeUrl<'a> {
    pub fn parse(text: impl Into<Cow<'a, str>>) -> Option<Self> {
        let text = text.into();
        is_safe_url(&text).then_some(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_external(&self) -> bool {
        self.0.starts_with("http")
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for SafeUrl<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = CowStr::deserialize(from)?.0;
        Ok(Self::parse(text).unwrap_or(Self(Cow::Borrowed("#"))))
    }
}

impl Default for SafeUrl<'_> {
    fn default() -> Self {
        Self(Cow::Borrowed("#"))
    }
}

#[derive(Deserialize)]
struct CowStr<'a>(#[serde(borrow)] Cow<'a, str>);

/// Control characters and white space are refused anywhere: browsers drop tabs and newlines inside a URL, which
/// turns `java\nscript:` back into a scheme. `//host` and `/\host` are other sites in the guise of a path.
pub fn is_safe_url(text: &str) -> bool {
    let plain = text.bytes().fold(true, |plain, byte| plain & matches!(byte, b'!'..=b'~'));
    if text.is_empty()
        || text.len() > 2048
        || (!plain && text.chars().any(|c| c.is_control() || c.is_whitespace()))
    {
        return false;
    }
    if let Some(rest) = text.strip_prefix('/') {
        return !rest.starts_with(['/', '\\']);
    }
    if text.starts_with(['#', '?']) {
        return true;
    }
    ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && text.len() > scheme.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_known_schemes_and_own_paths_are_safe() {
        for good in [
            "/",
            "/a/b?c=d#e",
            "#top",
            "?page=2",
            "https://a.example/x",
            "HTTPS://a.example",
            "mailto:a@b.example",
            "tel:+49-555-0100",
        ] {
            assert!(is_safe_url(good), "{good}");
        }
    }

    #[test]
    fn urls_that_a_browser_would_run_or_send_elsewhere_are_not() {
        for bad in [
            "",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "/\\evil.example",
            "relative",
            " /a",
            "/a b",
            "https://",
            "blob:x",
            "file:///etc",
        ] {
            assert!(!is_safe_url(bad), "{bad}");
        }
    }

    #[test]
    fn a_stored_unsafe_url_reads_as_a_dead_link() {
        let url: SafeUrl = serde_json::from_str("\"javascript:alert(1)\"").unwrap();
        assert_eq!(url.as_str(), "#");
    }
}
