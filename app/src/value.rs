//! How the value of a record's field looks. The edge does not know the types' schemas, so the form of the
//! JSON tells what a value is.

use crate::content::{Money, Related, readable};
use crate::cx::Cx;
use crate::messages::Messages;
use crate::parts::{self, Link, Loading};
use crate::write::{draw, push_text, text, write};
use leptos::prelude::*;
use model::asset::Image;
use model::locale::Conventions;
use model::safe::is_safe_url;
use model::validate::{is_date, is_datetime};
use serde::Deserialize;
use serde_json::Value;

/// Values nested deeper than this are left out.
const MAX_DEPTH: usize = 4;

/// Whether there is nothing to show.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(fields) => fields.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a value needs the width of the page: formatted text, several paragraphs, objects, pictures.
pub fn is_long(value: &Value) -> bool {
    match value {
        Value::String(text) => is_rich(text) || text.contains("\n\n") || text.chars().count() > 160,
        Value::Array(items) => items.iter().any(|item| item.is_object() || is_long(item)),
        Value::Object(_) => image(value).is_some(),
        _ => false,
    }
}

/// The picture that a value is.
pub fn image(value: &Value) -> Option<Image<'_>> {
    Image::deserialize(value).ok()
}

/// A value as a visitor reads it. Ids of `related` records become links to them.
pub fn value<'a>(cx: &Cx<'a>, value: &'a Value, related: &'a [Related<'a>]) -> impl RenderHtml + 'a {
    let cx = *cx;
    draw(move |out| push(&cx, value, related, 0, out))
}

fn push(cx: &Cx, value: &Value, related: &[Related], depth: usize, out: &mut String) {
    let words = Messages::of(cx.locale);
    match value {
        _ if depth > MAX_DEPTH => {}
        Value::Null => {}
        Value::Bool(yes) => out.push_str(if *yes { words.yes } else { words.no }),
        Value::Number(number) => {
            let decimal = Conventions::of(cx.locale).map_or('.', |c| c.decimal);
            out.extend(number.to_string().chars().map(|c| if c == '.' { decimal } else { c }));
        }
        Value::String(text) => match related.iter().find(|r| r.id == *text) {
            Some(related) => write(related_link(cx, related), out),
            None => push_string(cx, text, out),
        },
        Value::Array(items) => push_items(cx, items, related, depth, out),
        Value::Object(_) => push_object(cx, value, related, depth, out),
    }
}

/// The title of a record, as a link where its type has a page.
pub fn related_link<'a>(cx: &Cx, related: &'a Related<'a>) -> impl RenderHtml + 'a {
    let href = related.href(cx);
    draw(move |out| match href {
        Some(href) => write(view! { <a href=href>{text(related.title.as_str())}</a> }, out),
        None => push_text(out, related.title.as_str()),
    })
}

fn push_string(cx: &Cx, given: &str, out: &mut String) {
    if is_date(given) || is_datetime(given) {
        let time = given.get(11..16).filter(|time| *time != "00:00");
        let mut written = model::locale::date(cx.locale, given);
        if let Some(time) = time {
            written.push_str(", ");
            written.push_str(time);
            written.push_str(" UTC");
        }
        write(view! { <time datetime=given>{text(&written)}</time> }, out);
    } else if let Some(label) = url_label(given) {
        let external = given.starts_with("http").then_some("noopener");
        write(view! { <a href=given rel=external>{text(label)}</a> }, out);
    } else if is_email(given) {
        let href = format!("mailto:{given}");
        write(view! { <a href=href>{text(given)}</a> }, out);
    } else if is_rich(given) {
        write(parts::prose(given), out);
    } else if given.contains("\n\n") {
        write(parts::paragraphs(given), out);
    } else if is_choice(given) {
        let mut letters = given.chars();
        out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    } else {
        push_text(out, given);
    }
}

/// Whether a text is a single word in lower case, as the values of choices are; their labels are in the
/// schema.
fn is_choice(given: &str) -> bool {
    given.starts_with(|c: char| c.is_ascii_lowercase())
        && given.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

fn is_email(given: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-".contains(&b))
    };
    given.split_once('@').is_some_and(|(name, host)| is_plain(name) && is_plain(host) && host.contains('.'))
}

/// What a whole URL is called in a text: without its scheme.
fn url_label(given: &str) -> Option<&str> {
    let rest = ["https://", "http://", "mailto:", "tel:"].iter().find_map(|s| given.strip_prefix(s))?;
    is_safe_url(given).then(|| rest.trim_end_matches('/'))
}

fn push_items(cx: &Cx, items: &[Value], related: &[Related], depth: usize, out: &mut String) {
    if let [only] = items {
        return push(cx, only, related, depth + 1, out);
    }
    out.push_str("<ul>");
    for item in items.iter().filter(|item| !is_empty(item)) {
        out.push_str("<li>");
        push(cx, item, related, depth + 1, out);
        out.push_str("</li>");
    }
    out.push_str("</ul>");
}

fn push_object(cx: &Cx, value: &Value, related: &[Related], depth: usize, out: &mut String) {
    if let Ok(money) = Money::deserialize(value) {
        push_text(out, &money.text(cx));
    } else if let Some(image) = image(value) {
        write(parts::picture(cx, &image, "(min-width: 48rem) 40rem, 100vw", Loading::Lazy), out);
    } else if let Ok(link) = Link::deserialize(value) {
        write(parts::link(&link, ""), out);
    } else if let Value::Object(fields) = value {
        let label = fields.get("label").and_then(Value::as_str);
        let pair = label.zip(fields.get("value")).filter(|_| fields.len() == 2);
        let rows: Vec<(&str, &Value)> = match pair {
            Some(pair) => vec![pair],
            None => fields.iter().map(|(name, value)| (name.as_str(), value)).collect(),
        };
        out.push_str("<dl>");
        for (name, value) in rows.into_iter().filter(|(_, value)| !is_empty(value)) {
            let name = readable(name);
            let inner = draw(|out| push(cx, value, related, depth + 1, out));
            write(view! { <div><dt>{text(&name)}</dt><dd>{inner}</dd></div> }, out);
        }
        out.push_str("</dl>");
    }
}

const ELEMENTS: [&str; 28] = [
    "p",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "a",
    "strong",
    "em",
    "b",
    "i",
    "blockquote",
    "code",
    "pre",
    "br",
    "hr",
    "figure",
    "figcaption",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "small",
];
const ATTRIBUTES: [&str; 9] = ["href", "rel", "title", "lang", "dir", "scope", "colspan", "rowspan", "start"];

/// Whether a text is formatted text as the sanitiser leaves it: only its elements and attributes, every
/// element closed. Without the schema nothing else says whether a text was sanitised, so it is the text that
/// must prove it.
fn is_rich(given: &str) -> bool {
    let mut rest = given.trim();
    if !rest.starts_with('<') {
        return false;
    }
    let mut open = vec![];
    while let Some((_, after)) = rest.split_once('<') {
        let Some((tag, next)) = after.split_once('>') else { return false };
        rest = next;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return false;
            }
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if !ELEMENTS.contains(&name) || !are_harmless(attributes) {
            return false;
        }
        if !matches!(name, "br" | "hr") {
            open.push(name);
        }
    }
    open.is_empty()
}

fn are_harmless(mut attributes: &str) -> bool {
    while !attributes.is_empty() {
        let Some((name, after)) = attributes.split_once("=\"") else { return false };
        let Some((value, next)) = after.split_once('"') else { return false };
        // A character reference could spell a slash or a scheme that the check of the URL does not see.
        let url_is_safe = || is_safe_url(value) && value.split('&').skip(1).all(|r| r.starts_with("amp;"));
        if !ATTRIBUTES.contains(&name) || (name == "href" && !url_is_safe()) {
            return false;
        }
        attributes = match next.strip_prefix(' ') {
            Some(more) => more,
            None if next.is_empty() => next,
            None => return false,
        };
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_harmless_html_counts_as_formatted_text() {
        for good in [
            "<p>One</p><p>Two &amp; <strong>three</strong><br>four</p>",
            "<ul>\n<li><a href=\"/a?b=1&amp;c=2\" rel=\"noopener noreferrer\">x</a></li>\n</ul>",
            "<table><tr><th scope=\"col\">a</th></tr></table>",
        ] {
            assert!(is_rich(good), "{good}");
        }
        for bad in [
            "",
            "plain",
            "a <b>c</b>",
            "<script>alert(1)</script>",
            "<p>open",
            "<p></ul></p>",
            "</p>",
            "<p onclick=\"x()\">a</p>",
            "<p style=\"color:red\">a</p>",
            "<a href=\"javascript:x\">a</a>",
            "<a href=\"/&#47;evil.example\">a</a>",
            "<a href=\"&#106;avascript:x\">a</a>",
            "<a href=/x>a</a>",
            "<a href=\"/x\"onclick=\"y\">a</a>",
            "<a title=\">\" onclick=\"y\">a</a>",
            "<p\nonclick=\"x\">a</p>",
            "<p/onclick=\"x\">a</p>",
            "<P>a</P>",
            "<!-- a -->",
            "<img src=\"/x\">",
            "<p>a</p><svg>",
        ] {
            assert!(!is_rich(bad), "{bad}");
        }
    }
}
