//! A request and an answer, as far as this product looks at them. `X-Forwarded-Host` and its like are never read.

use crate::access::{SiteAccess, TenantAccess};
use crate::files::Incoming;
use crate::problem::Refusal;
use serde::Serialize;
use std::collections::BTreeMap;

/// The request headers that are looked at.
pub const HEADERS: [&str; 10] = [
    "authorization",
    "cf-connecting-ip",
    "content-length",
    "content-type",
    "cookie",
    "idempotency-key",
    "if-match",
    "origin",
    "sec-fetch-site",
    "user-agent",
];

#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    /// With the host that the client asked for: the platform builds it from the Host header.
    pub url: String,
    pub headers: BTreeMap<&'static str, String>,
    pub body: Vec<u8>,
    /// The body of a route that takes a file; `body` is empty then.
    pub file: Incoming,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Scheme and authority, as browsers write them into `Origin`.
    pub fn origin(&self) -> &str {
        let start = self.url.find("://").map_or(0, |at| at + 3);
        let rest = self.url.get(start..).unwrap_or_default();
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        self.url.get(..start + end).unwrap_or_default()
    }

    pub fn authority(&self) -> &str {
        self.origin().split_once("://").map_or("", |(_, authority)| authority)
    }

    pub fn path(&self) -> &str {
        let rest = self.url.get(self.origin().len()..).unwrap_or_default();
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        if path.is_empty() { "/" } else { path }
    }

    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.url.split('#').next().and_then(|u| u.split_once('?')).map_or("", |(_, query)| query);
        model::content_url::parse_query(query)
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.header("cookie").split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(n, _)| *n == name).map(|(_, value)| value).next()
    }

    pub fn is_unsafe(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD")
    }
}

pub type Answer = Result<Reply, Refusal>;

#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    /// What makes the body while it is sent, in the place of `body`.
    pub later: Option<Later>,
}

/// A body that is made while it is sent.
#[derive(Debug, Clone)]
pub enum Later {
    /// The site as a file.
    Site(Box<SiteAccess>),
    /// The log behind the event of a number.
    TenantAudit(Box<TenantAccess>, u64),
    SiteAudit(Box<SiteAccess>, u64),
}

impl Reply {
    pub fn empty(status: u16) -> Self {
        Self { status, headers: vec![], body: String::new(), later: None }
    }

    pub fn json<T: Serialize>(status: u16, value: &T) -> Self {
        Self::text(status, "application/json", serde_json::to_string(value).unwrap_or_default())
    }

    pub fn text(status: u16, content_type: &str, body: String) -> Self {
        Self { body, ..Self::empty(status).with("content-type", content_type) }
    }

    pub fn refused(refusal: &Refusal, request: &str) -> Self {
        let body = refusal.body(request);
        let text = serde_json::to_string(&body).unwrap_or_default();
        let reply = Self::text(body.status, "application/problem+json", text);
        match refusal {
            Refusal::Method(allowed) => reply.with("allow", allowed.join(", ")),
            Refusal::TooMany(seconds) => reply.with("retry-after", seconds.to_string()),
            Refusal::Changed(now) => reply.with("etag", now.clone()),
            Refusal::Unavailable(_) => reply.with("retry-after", "5"),
            Refusal::SignedOut => reply.with("www-authenticate", "Bearer"),
            _ => reply,
        }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let request =
            Request { url: "http://a.localhost:8787/b/c?d=e%20f#g".to_owned(), ..Request::default() };
        assert_eq!((request.origin(), request.path()), ("http://a.localhost:8787", "/b/c"));
        assert_eq!(request.query(), [("d".to_owned(), "e f".to_owned())]);
        let bare = Request { url: "https://a.example?x=1".to_owned(), ..Request::default() };
        assert_eq!((bare.authority(), bare.path()), ("a.example", "/"));
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let headers = BTreeMap::from([("cookie", "xsession=1; session=2; b=c=d".to_owned())]);
        let request = Request { headers, ..Request::default() };
        assert_eq!(
            (request.cookie("session"), request.cookie("b"), request.cookie("c")),
            (Some("2"), Some("c=d"), None)
        );
    }
}
