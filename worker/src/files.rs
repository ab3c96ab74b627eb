//! What lies below `/-/`: files of R2 and style sheets. Their addresses carry a digest, so they never change.

use crate::reply::{Outcome, Reply, matches};
use crate::request::Request;
use crate::serve::{Answered, Visit, unavailable};
use crate::stores::{ByteRange, Fault, Stores};
use model::SiteScope;
use model::asset::content_type;
use model::content_url::{FileName, StyleName};
use model::keys;
use model::moment::Version;
use model::theme::ThemeRecord;

const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub async fn answer<S: Stores>(visit: &Visit<'_, S>, rest: &str) -> Answered<S> {
    if let Some(name) = rest.strip_prefix("file/").and_then(FileName::parse) {
        return match file(&**visit.stores, &visit.scope, visit.request, &name).await {
            Some(answer) => answer,
            None => visit.not_found(None).await,
        };
    }
    if let Some(name) = rest.strip_prefix("style/").and_then(StyleName::parse) {
        return style(visit, &name).await;
    }
    visit.not_found(None).await
}

async fn style<S: Stores>(visit: &Visit<'_, S>, name: &StyleName) -> Answered<S> {
    let key = keys::answer(&visit.scope, Version::default(), &name.url());
    if let Some(held) = visit.remembered(&key) {
        return Outcome::Held(held);
    }
    match theme(visit, name).await {
        Ok(Some(theme)) => {
            let css = app::style_sheet(&theme, name.components);
            let current = name.build == app::theme::build_digest();
            let reply = Reply::new(200, "text/css; charset=utf-8")
                .with("x-content-type-options", "nosniff")
                // A page of another build may ask for what this build draws otherwise: it gets this build's, for now.
                .with("cache-control", if current { FOR_EVER } else { "public, max-age=60" })
                .with("etag", crate::reply::tag(&key))
                .body(css);
            let held = visit.stores.hold(&reply);
            if current {
                visit.remember(key, &held, reply.size(), true);
            }
            Outcome::Held(held)
        }
        Ok(None) => visit.not_found(None).await,
        Err(fault) => {
            visit.stores.log(&format!("{key}: {fault}"));
            unavailable(&**visit.stores, "theme")
        }
    }
}

pub async fn theme<S: Stores>(visit: &Visit<'_, S>, name: &StyleName) -> Result<Option<ThemeRecord>, Fault> {
    let key = keys::theme(&visit.scope, &name.theme);
    let Some(text) = visit.read(&key).await? else { return Ok(None) };
    model::json::from_str(&text).map(Some).map_err(|e| Fault(format!("{key}: {e}")))
}

/// `None` where there is no such file.
pub async fn file<S: Stores>(
    stores: &S,
    scope: &SiteScope,
    request: &Request,
    name: &FileName,
) -> Option<Answered<S>> {
    let tag = match name.width {
        None => format!("\"{}\"", name.hash),
        Some(width) => format!("\"{}-{width}\"", name.hash),
    };
    let headers = |status: u16| {
        let kind = content_type(&name.ext);
        let reply = Reply::new(status, kind.unwrap_or("application/octet-stream"))
            .with("cache-control", FOR_EVER)
            .with("etag", tag.clone())
            .with("x-content-type-options", "nosniff")
            .with("accept-ranges", "bytes")
            .with("cross-origin-resource-policy", "same-site");
        match (kind, name.ext.as_str()) {
            (None, _) => reply.with("content-disposition", "attachment"),
            // A picture may not become a page: what would run in it is shut off.
            (_, "svg") => reply
                .with("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
            _ => reply,
        }
    };
    let key = keys::file(scope, &name.hash, name.width);
    if request.if_none_match.as_ref().is_some_and(|given| matches(given, &tag)) {
        // Who names its digest has the file, so it may be used while R2 does not answer.
        return match stores.has_file(&key).await {
            Ok(false) => None,
            _ => Some(Outcome::Fresh(headers(304))),
        };
    }
    // A range is something of GET alone (RFC 9110 section 14.2).
    let partly = request.method == "GET" && request.if_range.as_ref().is_none_or(|given| *given == tag);
    let range = request.range.as_deref().filter(|_| partly).and_then(parse_range);
    let found = match stores.file(&key, range).await {
        Ok(found) => found?,
        Err(fault) => {
            stores.log(&format!("{key}: {fault}"));
            return Some(unavailable(stores, "file"));
        }
    };
    Some(match range.map(|range| span(range, found.size)) {
        None => Outcome::Stream(headers(200).with("content-length", found.size.to_string()), found.stream),
        Some(Some((first, last))) => Outcome::Stream(
            headers(206)
                .with("content-length", (last - first + 1).to_string())
                .with("content-range", format!("bytes {first}-{last}/{}", found.size)),
            found.stream,
        ),
        Some(None) => Outcome::Fresh(headers(416).with("content-range", format!("bytes */{}", found.size))),
    })
}

/// No file is larger. A number of a header goes to R2 as one of JavaScript, which is exact to 2^53: a larger one ends the
/// Wasm instance, and with it every request that waits there.
const LARGEST: u64 = 1 << 50;

/// A `Range` header with one range; several, or something else, are answered with the whole file (RFC 9110
/// section 14.2 lets a server ignore them).
fn parse_range(header: &str) -> Option<ByteRange> {
    let (unit, range) = header.split_once('=')?;
    let (first, last) = range.split_once('-').filter(|_| unit.eq_ignore_ascii_case("bytes"))?;
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(LARGEST).min(LARGEST))
    };
    match (first.is_empty(), last.is_empty()) {
        (true, false) => Some(ByteRange::Last(number(last)?)),
        (false, true) => Some(ByteRange::From { first: number(first)?, last: None }),
        (false, false) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(ByteRange::From { first, last: Some(last) })
        }
        (true, true) => None,
    }
}

/// First and last byte of a range of a file; `None` where the file has no such bytes.
pub fn span(range: ByteRange, size: u64) -> Option<(u64, u64)> {
    let end = size.checked_sub(1)?;
    match range {
        ByteRange::From { first, last } => {
            (first <= end).then(|| (first, last.map_or(end, |last| last.min(end))))
        }
        ByteRange::Last(0) => None,
        ByteRange::Last(count) => Some((size.saturating_sub(count), end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_writes_them() {
        for (header, size, expected) in [
            ("bytes=0-4", 10, Some((0, 4))),
            ("bytes=4-", 10, Some((4, 9))),
            ("bytes=-3", 10, Some((7, 9))),
            ("bytes=-30", 10, Some((0, 9))),
            ("bytes=5-100", 10, Some((5, 9))),
            ("bytes=10-", 10, None),
            ("bytes=-0", 10, None),
            ("bytes=0-", 0, None),
            ("Bytes=0-4", 10, Some((0, 4))),
            ("bytes=2-18446744073709551615", 10, Some((2, 9))),
            ("bytes=-99999999999999999999", 10, Some((0, 9))),
            ("bytes=99999999999999999999-", 10, None),
        ] {
            assert_eq!(span(parse_range(header).unwrap(), size), expected, "{header}");
        }
        for ignored in ["bytes=4-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b", "bytes=+1-2", ""] {
            assert_eq!(parse_range(ignored), None, "{ignored}");
        }
    }

    #[test]
    fn no_number_of_a_range_is_too_large_for_javascript() {
        let exact = |n: u64| n < 1 << 53;
        let huge =
            ["9007199254740992", "18446744073709551614", "18446744073709551615", "99999999999999999999"];
        for header in
            huge.iter().flat_map(|n| [format!("bytes=0-{n}"), format!("bytes={n}-"), format!("bytes=-{n}")])
        {
            assert!(
                match parse_range(&header).unwrap() {
                    ByteRange::Last(count) => exact(count),
                    ByteRange::From { first, last } =>
                        exact(first) && last.is_none_or(|l| exact(l - first + 1)),
                },
                "{header}"
            );
        }
    }
}
