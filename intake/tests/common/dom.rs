//! HTML as a browser reads it: what a page is made of, and whether anything in it could run or lead astray.

use scraper::{ElementRef, Html, Node};
use serde_json::Value;
use std::fmt::Write as _;

/// Elements that the sanitiser lets through; nothing else may stand where formatted text stands.
const FORMATTED: [&str; 50] = [
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "blockquote",
    "br",
    "caption",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "s",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "time",
    "tr",
    "ul",
];
/// What sections that show records of any type hold besides.
const RECORDS: [&str; 4] = ["nav", "path", "svg", "q"];
const FORMATTED_ATTRIBUTES: [&str; 20] = [
    "alt", "class", "colspan", "datetime", "decoding", "dir", "height", "href", "hreflang", "lang",
    "loading", "open", "rel", "reversed", "rowspan", "scope", "src", "srcset", "start", "width",
];
/// Elements that no page of ours holds, whatever is written into it.
const NEVER: [&str; 13] = [
    "animate",
    "applet",
    "base",
    "embed",
    "foreignobject",
    "frame",
    "frameset",
    "math",
    "object",
    "portal",
    "set",
    "style",
    "template",
];
const URLS: [&str; 11] = [
    "href",
    "src",
    "action",
    "formaction",
    "poster",
    "cite",
    "data",
    "manifest",
    "ping",
    "background",
    "xlink:href",
];

/// Two pages of the same skeleton are made of the same elements with the same attributes, one in the other, and
/// say the same kinds of things to machines; their texts differ.
///
/// Formatted text counts as one piece: which elements it holds is its writer's affair, within `FORMATTED`.
/// `lenient` takes sections that show records of any type in the same way.
pub fn skeleton(html: &str, lenient: bool) -> String {
    let mut out = String::new();
    walk(Html::parse_document(html).root_element(), lenient, &mut out);
    out
}

fn walk(element: ElementRef, lenient: bool, out: &mut String) {
    let name = element.value().name();
    let mut attributes: Vec<String> = element.value().attrs().map(|(n, v)| attribute(n, v)).collect();
    attributes.sort();
    let _infallible = write!(out, "<{name} {}>", attributes.join(" "));
    if is_formatted(element, lenient) {
        for inner in element.descendants().skip(1).filter_map(ElementRef::wrap) {
            let value = inner.value();
            let odd = value.attrs().map(|(n, _)| n).find(|n| !FORMATTED_ATTRIBUTES.contains(n));
            let known = FORMATTED.contains(&value.name()) || (lenient && RECORDS.contains(&value.name()));
            if !known {
                let _infallible = write!(out, "unexpected <{}>", value.name());
            } else if let Some(odd) = odd.filter(|_| !lenient) {
                let _infallible = write!(out, "unexpected {odd} on <{}>", value.name());
            }
        }
        return;
    }
    if let Some(document) = element.attr("srcdoc") {
        out.push_str(&skeleton(document, lenient));
    }
    if name == "script" {
        let text: String = element.text().collect();
        match serde_json::from_str(&text) {
            Ok(data) => shape(&data, out),
            Err(e) => drop(write!(out, "not JSON: {e}")),
        }
    }
    for child in element.children() {
        match child.value() {
            Node::Comment(comment) => drop(write!(out, "<!--{}-->", &**comment)),
            _ => {
                if let Some(child) = ElementRef::wrap(child) {
                    walk(child, lenient, out);
                }
            }
        }
    }
    out.push_str("</>");
}

/// An attribute's name, and its value where that is the product's own choice.
fn attribute(name: &str, value: &str) -> String {
    match name {
        "class" | "type" | "rel" | "method" | "http-equiv" | "target" | "aria-current" => {
            format!("{name}={value}")
        }
        _ => name.to_owned(),
    }
}

fn is_formatted(element: ElementRef, lenient: bool) -> bool {
    let has = |class: &str| element.value().classes().any(|c| c == class);
    let shows_records = has("entity-detail") || has("entity-list");
    element.value().name() != "body" && (has("prose") || has("privacy") || (lenient && shows_records))
}

fn shape(data: &Value, out: &mut String) {
    match data {
        Value::Array(items) => {
            out.push('[');
            items.iter().for_each(|item| shape(item, out));
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (name, member) in members {
                let _infallible = write!(out, "{name}:");
                shape(member, out);
            }
            out.push('}');
        }
        Value::String(_) => out.push('s'),
        Value::Number(_) => out.push('n'),
        Value::Bool(_) => out.push('b'),
        Value::Null => out.push('0'),
    }
}

/// What could run, load from elsewhere or send the visitor astray.
pub fn dangers(html: &str) -> Vec<String> {
    let document = Html::parse_document(html);
    let mut found = vec![];
    for element in document.root_element().descendants().filter_map(ElementRef::wrap) {
        let name = element.value().name();
        let is_data = element.attr("type") == Some("application/ld+json");
        if NEVER.contains(&name) || (name == "script" && !is_data) {
            found.push(format!("<{name}>"));
        }
        if name == "iframe" && (element.attr("srcdoc").is_none() || element.attr("src").is_some()) {
            found.push("<iframe> of another document".to_owned());
        }
        for (attribute, value) in element.value().attrs() {
            let place = || format!("{attribute}={value:?} on <{name}>");
            let runs = attribute.starts_with("on") || matches!(attribute, "style" | "http-equiv");
            if runs || (attribute == "srcdoc" && name != "iframe") {
                found.push(place());
            }
            if URLS.contains(&attribute) && !leads_to_a_page(value) {
                found.push(place());
            }
            if matches!(attribute, "srcset" | "imagesrcset") && !value.starts_with("/-/file/") {
                found.push(place());
            }
            if attribute == "srcdoc" {
                found.extend(dangers(value));
            }
        }
    }
    found
}

/// Whether a browser would go to a page of this site or to another site in the open, as it reads URLs: without
/// tabs and line ends, and with `\` for `/`.
fn leads_to_a_page(url: &str) -> bool {
    let read: String = url.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let read = read.trim_matches(|c: char| c <= ' ').to_ascii_lowercase().replace('\\', "/");
    match read.strip_prefix('/') {
        Some(rest) => !rest.starts_with('/'),
        None => {
            ["#", "?", "https://", "http://", "mailto:", "tel:"].iter().any(|start| read.starts_with(start))
        }
    }
}

/// The texts of a page, attributes included.
pub fn texts(html: &str) -> String {
    let document = Html::parse_document(html);
    let mut out = String::new();
    for node in document.tree.nodes() {
        match node.value() {
            Node::Text(text) => out.push_str(text),
            Node::Element(element) => element.attrs().for_each(|(name, value)| {
                if name == "srcdoc" {
                    out.push_str(&texts(value))
                } else {
                    out.push_str(value)
                }
                out.push('\n');
            }),
            _ => {}
        }
        out.push('\n');
    }
    out
}
