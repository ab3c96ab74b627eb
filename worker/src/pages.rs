//! The platform's own pages, for where there is no site to answer.

use crate::reply::{self, Reply};
use model::names::Locale;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    BadHost,
    UnknownHost,
    Suspended,
    Archived,
    Unavailable,
    Broken,
    NoPage,
    Method,
    NoPreview,
    PreviewOver,
    Undrawable,
}

impl Notice {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::BadHost => (
                "This address cannot be read",
                "The host name of the request is malformed. Check the address and try again.",
            ),
            Self::UnknownHost => (
                "There is no website here yet",
                "No website is connected to this address. If it is yours, connect the domain in your dashboard; it takes effect within a minute.",
            ),
            Self::Suspended => (
                "This website is paused",
                "Its owner can switch it on again in the dashboard. If you are a visitor, please come back later.",
            ),
            Self::Archived => ("This website has been closed", "Its owner has taken it off the web."),
            Self::Unavailable => (
                "This page is taking a break",
                "Something that it needs did not answer in time. Nothing is lost; please try again in a moment.",
            ),
            Self::Broken => (
                "Something went wrong here",
                "It is our fault and has been noted. Nothing is lost; please try again in a moment.",
            ),
            Self::NoPage => {
                ("Page not found", "There is no page at this address. Check it, or start from the home page.")
            }
            Self::NoPreview => (
                "This link does not work",
                "Part of it may be missing. Copy all of it, or ask whoever sent it for a new one.",
            ),
            Self::PreviewOver => (
                "This preview has ended",
                "Links to previews are good for a while only. Ask whoever sent this one for a new one.",
            ),
            Self::Undrawable => (
                "This draft cannot be shown yet",
                "Its parts do not fit together. Whoever edits the site finds in the check before publishing what has to be mended.",
            ),
            Self::Method => ("This address only answers to reading", "Pages can be opened with GET or HEAD."),
        }
    }
}

/// A page that stands alone. `number` is for the log; 0 for none.
pub fn notice(status: u16, notice: Notice, number: u64) -> Reply {
    let (title, text) = notice.words();
    let incident =
        if number == 0 { String::new() } else { format!("<p class=\"n\">Incident {number:016x}</p>") };
    let mut page =
        reply::html(status, "https", &[]).with("cache-control", "no-store").with("x-robots-tag", "noindex");
    for (name, value) in &mut page.headers {
        if *name == "content-security-policy" {
            *value = format!(
                "default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"
            )
            .into();
        }
    }
    page.body(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title><meta name=\"robots\" content=\"noindex\"><style>{STYLE}</style></head><body><main><h1>{title}</h1><p>{text}</p>{incident}</main></body></html>"
    ))
}

const STYLE: &str = include_str!("pages.css");

/// SHA-256 of the style sheet above, for the policy; a test keeps the two together.
const STYLE_HASH: &str = "sha256-k7kP87EJhY0CohOdJRZKm2N1TdgnEEOgMdk+tkE/qxM=";

pub fn english() -> Locale {
    match Locale::parse("en") {
        Ok(locale) => locale,
        Err(_) => unreachable!("en is a locale"),
    }
}
