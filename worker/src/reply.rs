//! Answers: status, headers, body.

use std::borrow::Cow;

/// An answer before it is sent or held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body in two pieces, to be put behind each other.
    pub body: [String; 2],
}

impl Reply {
    pub fn new(status: u16, content_type: &'static str) -> Self {
        Self { status, headers: vec![("content-type", content_type.into())], body: Default::default() }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn body(mut self, text: impl Into<String>) -> Self {
        self.body = [text.into(), String::new()];
        self
    }

    /// A page: its head is written after the rest of it.
    pub fn page(mut self, head: String, rest: String) -> Self {
        self.body = [head, rest];
        self
    }

    pub fn size(&self) -> usize {
        self.body.iter().map(String::len).sum()
    }
}

/// What is sent: something held, something fresh, or a stream.
pub enum Outcome<H, S> {
    Held(H),
    Fresh(Reply),
    Stream(Reply, S),
}

/// A redirect. Its target has been made from configuration or is a path of the same site. A stored status that is none of
/// a redirect leads nowhere, and of some numbers there is no response at all. Browsers ask for it again each time: one that
/// kept where a page was, or a site's primary host, would go in a circle once the way leads back.
pub fn redirect(status: u16, to: String) -> Reply {
    let status = if matches!(status, 301 | 302 | 307 | 308) { status } else { 302 };
    Reply::new(status, "text/plain; charset=utf-8")
        .with("location", to)
        .with("cache-control", "public, max-age=0, must-revalidate")
        .with("x-content-type-options", "nosniff")
}

/// Headers of every HTML page. Styles, pictures and fonts come from the site itself; there are no scripts, so
/// none is allowed and no hash is needed.
pub fn html(status: u16, scheme: &str, frames: &[&str]) -> Reply {
    let frames = if frames.is_empty() { "'none'".to_owned() } else { frames.join(" ") };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; frame-src {frames}; base-uri 'none'; frame-ancestors 'none'"
    );
    let reply = Reply::new(status, "text/html; charset=utf-8")
        .with("content-security-policy", policy)
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "strict-origin-when-cross-origin")
        .with(
            "permissions-policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
        )
        .with("cross-origin-opener-policy", "same-origin");
    if scheme == "https" { reply.with("strict-transport-security", "max-age=31536000") } else { reply }
}

/// Identity of this build: part of every page's `ETag`, because another build may draw the same record
/// differently.
pub const BUILD: &str = match option_env!("MANYSITE_BUILD") {
    Some(build) => build,
    None => "dev",
};

/// An entity tag from the key of an answer.
pub fn tag(key: &str) -> String {
    let hash = BUILD.bytes().chain(key.bytes()).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("\"{hash:016x}\"")
}

/// Whether an `If-None-Match` header names this tag (weak comparison, RFC 9110 section 13.1.2).
pub fn matches(if_none_match: &str, tag: &str) -> bool {
    if_none_match.split(',').map(|t| t.trim()).any(|t| t == "*" || t.strip_prefix("W/").unwrap_or(t) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_none_match_is_a_list_and_compares_weakly() {
        let tag = tag("a");
        assert!(matches(&tag, &tag) && matches(&format!("\"x\", W/{tag}"), &tag) && matches("*", &tag));
        assert!(!matches("\"x\"", &tag) && !matches("", &tag));
    }
}
