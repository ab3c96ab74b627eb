//! Vector pictures made harmless. What is understood is written anew: elements of a list, no attribute that runs, no
//! reference that leaves the file. The rest is left out, and named.

use roxmltree::{Attribute, Document, Node, ParsingOptions};
use std::collections::{BTreeMap, BTreeSet};

pub struct Clean {
    pub svg: String,
    pub width: u32,
    pub height: u32,
    /// What was left out, for the person who sent it.
    pub removed: Vec<String>,
}

/// Longest file in bytes. A drawing of a thousand paths has a tenth of it.
pub const MAX_BYTES: usize = 1024 * 1024;
const MAX_NODES: u32 = 50_000;
const MAX_DEPTH: usize = 256;
/// Elements that a browser draws once `<use>` is followed. A few nested ones make millions of a hundred.
const MAX_DRAWN: u64 = 100_000;

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

const ELEMENTS: [&str; 58] = [
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "filter",
    "g",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "style",
    "svg",
    "switch",
    "symbol",
    "text",
    "textPath",
    "title",
    "tspan",
    "use",
    "view",
    "hatch",
    "hatchpath",
    "mesh",
    "meshgradient",
    "meshpatch",
    "meshrow",
];

pub fn clean(bytes: &[u8]) -> Result<Clean, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("an SVG picture has at most {MAX_BYTES} bytes: simplify it, or save it as WebP"));
    }
    let text =
        std::str::from_utf8(bytes).map_err(|_| "an SVG picture that is not UTF-8: save it as UTF-8")?;
    let text = without_doctype(text.trim_start_matches('\u{feff}').trim_start())?;
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options).map_err(|e| match e {
        roxmltree::Error::NodesLimitReached => {
            format!("an SVG picture has at most {MAX_NODES} parts: simplify it, or save it as WebP")
        }
        roxmltree::Error::DtdDetected => ENTITIES.to_owned(),
        other => format!("an SVG picture that is not well-formed ({other}): mend it or save it anew"),
    })?;
    let root = document.root_element();
    if root.tag_name().name() != "svg" || root.tag_name().namespace().is_some_and(|ns| ns != SVG) {
        return Err("not an SVG picture: its first element is another".to_owned());
    }
    let (width, height) = size(root)?;
    super::image::within(width, height)?;
    if drawn(root).is_none_or(|count| count > MAX_DRAWN) {
        return Err(format!(
            "its <use> elements repeat others into more than {MAX_DRAWN}, or themselves: draw it without them"
        ));
    }
    let mut writer = Writer::default();
    writer.tree(root)?;
    Ok(Clean { svg: writer.out, width, height, removed: writer.removed.into_iter().collect() })
}

const ENTITIES: &str =
    "an SVG picture with definitions of its own (<!DOCTYPE … [ … ]>): save it as plain SVG";

/// A document type without definitions says nothing; with them it may grow without end.
fn without_doctype(text: &str) -> Result<String, String> {
    let Some((before, rest)) = text.split_once("<!DOCTYPE") else { return Ok(text.to_owned()) };
    let (declared, after) = rest.split_once('>').ok_or("an SVG picture that is cut off: save it anew")?;
    // Only in front of the first element: elsewhere it is left for the parser to refuse.
    let in_front = !before.contains("<svg");
    if declared.contains('[') {
        return Err(ENTITIES.to_owned());
    }
    Ok(if in_front { format!("{before}{after}") } else { text.to_owned() })
}

/// Size in CSS pixels: what the file says, or that of its view box.
fn size(root: Node) -> Result<(u32, u32), String> {
    let view: Vec<f64> = root
        .attribute("viewBox")
        .map(|text| text.split([' ', ',', '\n', '\t']).filter_map(|n| n.parse().ok()).collect())
        .unwrap_or_default();
    let view = match view.as_slice() {
        [_, _, width, height] if *width > 0.0 && *height > 0.0 => Some((*width, *height)),
        _ => None,
    };
    let (width, height) =
        (root.attribute("width").and_then(pixels), root.attribute("height").and_then(pixels));
    let found = match (width, height, view) {
        (Some(width), Some(height), _) => Some((width, height)),
        (Some(width), None, Some((w, h))) => Some((width, width * h / w)),
        (None, Some(height), Some((w, h))) => Some((height * w / h, height)),
        (None, None, view) => view,
        _ => None,
    };
    let (width, height) =
        found.ok_or("an SVG picture that does not say its size: give it width and height, or a viewBox")?;
    // Out of range becomes the nearest number that is refused.
    Ok((width.round().max(1.0) as u32, height.round().max(1.0) as u32))
}

fn pixels(length: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 6] = [
        ("px", 1.0),
        ("pt", 96.0 / 72.0),
        ("pc", 16.0),
        ("mm", 96.0 / 25.4),
        ("cm", 96.0 / 2.54),
        ("in", 96.0),
    ];
    let length = length.trim();
    let (number, factor) = UNITS
        .iter()
        .find_map(|(unit, factor)| Some((length.strip_suffix(unit)?, *factor)))
        .unwrap_or((length, 1.0));
    number.trim().parse::<f64>().ok().map(|n| n * factor).filter(|n| n.is_finite() && *n > 0.0)
}

fn target<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    node.attribute("href").or_else(|| node.attribute((XLINK, "href")))?.strip_prefix('#')
}

/// How many elements are drawn when each `<use>` is followed; `None` where one leads to itself. Counts are made
/// from the innermost outwards, without recursion.
fn drawn(root: Node) -> Option<u64> {
    let elements: Vec<Node> = root.descendants().filter(Node::is_element).collect();
    // Backwards, so that of equal ids the first one stays, as in browsers.
    let by_id: BTreeMap<&str, Node> =
        elements.iter().rev().filter_map(|n| Some((n.attribute("id")?, *n))).collect();
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    let mut open: BTreeSet<u32> = BTreeSet::new();
    let mut stack = vec![(root, false)];
    while let Some((node, ready)) = stack.pop() {
        let key = node.id().get();
        let mut next: Vec<Node> = node.children().filter(Node::is_element).collect();
        if node.tag_name().name() == "use" {
            next.extend(target(node).and_then(|id| by_id.get(id)).copied());
        }
        if ready {
            let sum = next.iter().map(|n| counts.get(&n.id().get()).copied().unwrap_or_default());
            counts.insert(key, sum.fold(1u64, u64::saturating_add));
            open.remove(&key);
        } else if !counts.contains_key(&key) {
            if !open.insert(key) {
                return None;
            }
            stack.push((node, true));
            for child in next {
                if open.contains(&child.id().get()) {
                    return None;
                }
                if !counts.contains_key(&child.id().get()) {
                    stack.push((child, false));
                }
            }
        }
    }
    counts.get(&root.id().get()).copied()
}

#[derive(Default)]
struct Writer {
    out: String,
    removed: BTreeSet<String>,
}

enum Step<'a, 'i> {
    Open(Node<'a, 'i>),
    Close(String),
}

impl Writer {
    fn tree(&mut self, root: Node) -> Result<(), String> {
        let mut steps = vec![Step::Open(root)];
        let mut depth = 0;
        while let Some(step) = steps.pop() {
            match step {
                Step::Close(tag) => {
                    depth -= 1;
                    self.out.push_str(&tag);
                }
                Step::Open(node) if node.is_element() => {
                    if !self.element(node) {
                        continue;
                    }
                    depth += 1;
                    if depth > MAX_DEPTH {
                        return Err(format!(
                            "its elements stand {MAX_DEPTH} deep in each other: simplify it"
                        ));
                    }
                    steps.push(Step::Close(format!("</{}>", node.tag_name().name())));
                    steps.extend(node.children().rev().map(Step::Open));
                }
                Step::Open(node) if node.is_text() => {
                    let style = node.parent().is_some_and(|p| p.tag_name().name() == "style");
                    escape(&mut self.out, node.text().unwrap_or_default(), style);
                }
                // Comments and instructions to other programs.
                Step::Open(_) => {}
            }
        }
        Ok(())
    }

    /// Writes the start of an element that may stay.
    fn element(&mut self, node: Node) -> bool {
        let name = node.tag_name().name();
        // What drawing programs note for themselves is nothing that anybody misses.
        let foreign = node.tag_name().namespace().is_some_and(|ns| ns != SVG) || name == "metadata";
        let text = || node.children().filter_map(|n| n.text()).collect::<String>();
        let harmful =
            !ELEMENTS.contains(&name) || name == "style" && !(harmless(&text()) && harmless_rules(&text()));
        if foreign || harmful {
            if !foreign || SUSPECT.contains(&name) {
                self.removed.insert(format!("<{name}>"));
            }
            return false;
        }
        self.out.push('<');
        self.out.push_str(name);
        if node.parent_element().is_none() {
            self.out.push_str(&format!(" xmlns=\"{SVG}\""));
        }
        for attribute in node.attributes() {
            self.attribute(name, &attribute);
        }
        self.out.push('>');
        true
    }

    fn attribute(&mut self, element: &str, attribute: &Attribute) {
        let (name, value) = (attribute.name(), attribute.value());
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let written = match attribute.namespace() {
            None if plain => name.to_owned(),
            Some(XLINK) if name == "href" => name.to_owned(),
            Some(XML) if matches!(name, "lang" | "space") => format!("xml:{name}"),
            _ => return,
        };
        let runs = name.len() > 2 && name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("on"));
        let leads = matches!(name, "href" | "src") && !value.trim().starts_with('#');
        if runs || leads || !harmless(value) {
            self.removed.insert(format!("{name} of <{element}>"));
            return;
        }
        self.out.push_str(&format!(" {written}=\""));
        escape(&mut self.out, value, false);
        self.out.push('"');
    }
}

/// Elements of other languages that run or lead somewhere.
const SUSPECT: [&str; 8] = ["script", "iframe", "object", "embed", "html", "body", "a", "form"];

/// Whether a style sheet, or an attribute that may be a piece of one, loads nothing: addresses are parts of the same
/// file, and no escape hides others.
fn harmless(css: &str) -> bool {
    const LOADING: [&str; 7] =
        ["image-set(", "image(", "src(", "cross-fade(", "expression(", "-moz-binding", "behavior:"];
    let css = css.to_ascii_lowercase();
    let addresses = css.split("url(").skip(1).all(|rest| {
        rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).starts_with('#')
    });
    addresses && !css.contains('\\') && !LOADING.iter().any(|name| css.contains(name))
}

/// Whether the rules of a style sheet are of the kinds that load nothing: there is no `@import`, no `@font-face`.
fn harmless_rules(css: &str) -> bool {
    const RULES: [&str; 3] = ["media", "keyframes", "supports"];
    css.split('@').skip(1).all(|rest| RULES.iter().any(|rule| rest.starts_with(rule)))
}

fn escape(out: &mut String, text: &str, style: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' if !style => out.push_str("&gt;"),
            '"' if !style => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(inside: &str) -> Clean {
        let svg = format!(
            "<svg xmlns='{SVG}' xmlns:xlink='{XLINK}' xmlns:ink='http://ink.example/' viewBox='0 0 40 20'>{inside}</svg>"
        );
        clean(svg.as_bytes()).unwrap()
    }

    #[test]
    fn shapes_stay_and_what_runs_leads_or_loads_goes_and_is_named() {
        for (inside, gone, named) in [
            ("<script>alert(1)</script>", "alert", "<script>"),
            ("<g onclick='alert(1)'/>", "alert", "onclick of <g>"),
            ("<g ONload='alert(1)'/>", "alert", "ONload of <g>"),
            ("<a href='javascript:alert(1)'><rect/></a>", "alert", "<a>"),
            ("<foreignObject><p>x</p></foreignObject>", "<p>", "<foreignObject>"),
            ("<image href='https://x.example/a.png'/>", "x.example", "<image>"),
            ("<use href='https://x.example/a.svg#b'/>", "x.example", "href of <use>"),
            ("<use xlink:href='data:image/svg+xml,x#b'/>", "data:", "href of <use>"),
            ("<style>@import 'https://x.example/a.css'; a{}</style>", "import", "<style>"),
            ("<style>@import 'https://x.example/a.css';</style>", "import", "<style>"),
            ("<style>g{fill:url(https://x.example/a)}</style>", "x.example", "<style>"),
            ("<style>g{fill:u\\72l(//x.example)}</style>", "x.example", "<style>"),
            ("<rect style='fill: URL( \"//x.example/a\")'/>", "x.example", "style of <rect>"),
            ("<rect fill='url(//x.example/#a)'/>", "x.example", "fill of <rect>"),
            ("<animate attributeName='href' to='javascript:alert(1)'/>", "alert", "<animate>"),
            ("<set attributeName='onload' to='alert(1)'/>", "alert", "<set>"),
            ("<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>", "alert", "<script>"),
        ] {
            let clean = of(inside);
            assert!(!clean.svg.contains(gone), "{inside}: {}", clean.svg);
            assert!(clean.removed.contains(&named.to_owned()), "{inside}: {:?}", clean.removed);
        }
    }

    #[test]
    fn a_drawing_is_written_as_it_was_meant() {
        let inside = "<defs><linearGradient id=\"a\"><stop offset=\"0\"/></linearGradient></defs>\
            <style>.b{fill:url(#a)} @media (prefers-color-scheme: dark){.b>g{fill:red}}</style>\
            <use xlink:href=\"#a\"/><text x=\"1\">a &lt; b &amp; c</text><ink:note/><rect class=\"b\" ink:x=\"1\"/><!-- c -->";
        let clean = of(inside);
        assert_eq!(clean.removed, [""; 0]);
        assert_eq!((clean.width, clean.height), (40, 20));
        let body = "<defs><linearGradient id=\"a\"><stop offset=\"0\"></stop></linearGradient></defs>\
            <style>.b{fill:url(#a)} @media (prefers-color-scheme: dark){.b>g{fill:red}}</style>\
            <use href=\"#a\"></use><text x=\"1\">a &lt; b &amp; c</text><rect class=\"b\"></rect>";
        assert_eq!(clean.svg, format!("<svg xmlns=\"{SVG}\" viewBox=\"0 0 40 20\">{body}</svg>"));
        assert_eq!(
            super::clean(clean.svg.as_bytes()).unwrap().svg,
            clean.svg,
            "cleaning again changes nothing"
        );
    }

    #[test]
    fn sizes_are_read_in_their_units() {
        for (attributes, expected) in [
            ("width='10' height='20px'", Some((10, 20))),
            ("width='1in' height='25.4mm'", Some((96, 96))),
            ("width='50' viewBox='0 0 100 10'", Some((50, 5))),
            ("width='100%' height='100%' viewBox='0,0,30,40'", Some((30, 40))),
            ("width='0.2' height='0.2'", Some((1, 1))),
            ("width='100%'", None),
            ("viewBox='0 0 0 10'", None),
            ("width='9000' height='10'", None),
            ("width='1e300' height='10'", None),
            ("width='NaN' height='10'", None),
        ] {
            let found = clean(format!("<svg xmlns='{SVG}' {attributes}/>").as_bytes());
            assert_eq!(found.ok().map(|c| (c.width, c.height)), expected, "{attributes}");
        }
    }

    #[test]
    fn what_grows_without_end_is_refused() {
        let laughs = "<!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'>&b;</svg>";
        let deep = format!(
            "<svg xmlns='{SVG}' viewBox='0 0 1 1'>{}{}</svg>",
            "<g>".repeat(20_000),
            "</g>".repeat(20_000)
        );
        let many = format!("<svg xmlns='{SVG}' viewBox='0 0 1 1'>{}</svg>", "<g/>".repeat(60_000));
        let mut uses = format!("<svg xmlns='{SVG}' viewBox='0 0 1 1'><g id='u0'/>");
        for n in 1..40 {
            let one = format!("<use href='#u{}'/>", n - 1);
            uses.push_str(&format!("<g id='u{n}'>{one}{one}</g>"));
        }
        uses.push_str("</svg>");
        let circle = format!("<svg xmlns='{SVG}' viewBox='0 0 1 1'><g id='a'><use href='#a'/></g></svg>");
        for (svg, why) in [
            (laughs.to_owned(), "definitions of its own"),
            (deep, "deep in each other"),
            (many, "at most 50000 parts"),
            (uses, "repeat others"),
            (circle, "or themselves"),
        ] {
            let refused = clean(svg.as_bytes()).err().unwrap();
            assert!(refused.contains(why), "{refused}");
        }
        let plain = "<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org/x.dtd'><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>";
        assert!(clean(plain.as_bytes()).is_ok());
    }
}
