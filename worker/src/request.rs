//! A request as far as this product looks at it. `X-Forwarded-Host` and its like are never read.

use model::names::Hostname;

#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    /// With the host that the client asked for: the platform builds it from the Host header.
    pub url: String,
    pub if_none_match: Option<String>,
    pub range: Option<String>,
    pub if_range: Option<String>,
    pub debug_token: Option<String>,
    pub accept_language: Option<String>,
}

/// A URL in its parts, not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    pub authority: &'a str,
    pub path: &'a str,
    /// Without `?`.
    pub query: &'a str,
}

impl<'a> Target<'a> {
    pub fn of(url: &'a str) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        let rest = rest.split('#').next().unwrap_or(rest);
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at_checked(at)?,
            None => (rest, "/"),
        };
        Some(Self { authority, path, query })
    }

    pub fn host(&self) -> Option<Hostname> {
        Hostname::parse_authority(self.authority).ok()
    }

    /// With `?`, where there is one.
    pub fn query_string(&self) -> String {
        if self.query.is_empty() { String::new() } else { format!("?{}", self.query) }
    }

    /// The port with its colon, as it has to stand in redirects of local hosts.
    pub fn port(&self) -> &'a str {
        self.authority.rfind(':').and_then(|at| self.authority.get(at..)).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_without_decoding() {
        let target = Target::of("http://bakery.localhost:8787/a%20b?c=d#e").unwrap();
        assert_eq!(
            (target.authority, target.path, target.query, target.port()),
            ("bakery.localhost:8787", "/a%20b", "c=d", ":8787")
        );
        assert_eq!(Target::of("https://a.example?x").unwrap().path, "/");
        assert!(Target::of("nonsense").is_none());
    }
}
