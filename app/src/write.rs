//! Writing text into HTML. `Text` is what every tenant's plain text is read into; it borrows from the stored
//! record where that has no escapes, and it is escaped wherever it lands.

use leptos::attr::Attribute;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Position, PositionState, Render, RenderHtml};
use model::scan::{find, u8x16};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// Plain text from a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);
        Borrowed::deserialize(from).map(|b| Self(b.0))
    }
}

/// HTML that was sanitised when it was written (schema kinds `rich` and `html`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html<'a>(pub Text<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Html<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Text::deserialize(from).map(Self)
    }
}

/// A view that writes itself straight into the buffer.
pub struct Draw<F>(F);

/// A view from a function that writes HTML. The function answers for what it writes.
pub fn draw<F: FnOnce(&mut String) + Send>(write: F) -> Draw<F> {
    Draw(write)
}

/// Escaped text. Unlike a bare string it needs no marker comment between two neighbouring texts.
pub fn text<'a>(text: &'a str) -> Draw<impl FnOnce(&mut String) + Send + 'a> {
    draw(move |out| push_text(out, text))
}

/// HTML that has been sanitised or drawn before.
pub fn html<'a>(html: &'a str) -> Draw<impl FnOnce(&mut String) + Send + 'a> {
    draw(move |out| out.push_str(html))
}

/// One view after the other for each item, without a list in between.
pub fn each<'a, T: Sync, V: RenderHtml>(
    items: &'a [T],
    view: impl Fn(&'a T) -> V + Send,
) -> Draw<impl FnOnce(&mut String) + Send> {
    draw(move |out| {
        for item in items {
            write(view(item), out);
        }
    })
}

/// A view between two pieces of markup that belong together.
pub fn enclosed(
    open: &'static str,
    inside: impl RenderHtml,
    close: &'static str,
) -> Draw<impl FnOnce(&mut String) + Send> {
    draw(move |out| {
        out.push_str(open);
        write(inside, out);
        out.push_str(close);
    })
}

/// An element with a class. Leptos collects the classes of an element in a text of their own first, which costs
/// several allocations: too much for what stands on a page hundreds of times.
macro_rules! classed {
    ($tag:literal, $class:literal, $inside:expr) => {
        $crate::write::enclosed(
            concat!("<", $tag, " class=\"", $class, "\">"),
            $inside,
            concat!("</", $tag, ">"),
        )
    };
}
pub(crate) use classed;

/// A view of what may be missing. (An `Option` would leave a marker for hydration, which never comes.)
pub fn maybe<T: Send, V: RenderHtml>(
    value: Option<T>,
    view: impl FnOnce(T) -> V + Send,
) -> Draw<impl FnOnce(&mut String) + Send> {
    draw(move |out| {
        if let Some(value) = value {
            write(view(value), out);
        }
    })
}

/// A view that is there only under a condition.
pub fn when<V: RenderHtml>(
    condition: bool,
    view: impl FnOnce() -> V + Send,
) -> Draw<impl FnOnce(&mut String) + Send> {
    maybe(condition.then_some(()), move |()| view())
}

/// Writes a view into the buffer.
pub fn write(view: impl RenderHtml, out: &mut String) {
    view.to_html_with_buf(out, &mut Position::FirstChild, true, false, vec![]);
}

impl<F: FnOnce(&mut String) + Send> Render for Draw<F> {
    type State = ();
    fn build(self) {}
    fn rebuild(self, (): &mut ()) {}
}

impl<F: FnOnce(&mut String) + Send> AddAnyAttr for Draw<F> {
    type Output<SomeNewAttr: Attribute> = Self;
    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self::Output<NewAttr> {
        self
    }
}

impl<F: FnOnce(&mut String) + Send> RenderHtml for Draw<F> {
    type AsyncOutput = Self;
    type Owned = ();
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
        (self.0)(buf);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) {}

    fn into_owned(self) {}
}

impl leptos::attr::AttributeValue for &Text<'_> {
    type State = ();
    type AsyncOutput = Self;
    type Cloneable = Self;
    type CloneableOwned = ();

    fn html_len(&self) -> usize {
        self.0.len()
    }
    fn to_html(self, key: &str, buf: &mut String) {
        push_attribute(buf, key, &self.0);
    }
    fn to_template(_: &str, _: &mut String) {}
    fn hydrate<const FROM_SERVER: bool>(self, _: &str, _: &leptos::tachys::renderer::types::Element) {}
    fn build(self, _: &leptos::tachys::renderer::types::Element, _: &str) {}
    fn rebuild(self, _: &str, (): &mut ()) {}
    fn into_cloneable(self) -> Self {
        self
    }
    fn into_cloneable_owned(self) {}
    fn dry_resolve(&mut self) {}
    async fn resolve(self) -> Self {
        self
    }
}

/// Writes ` name="value"`.
pub fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    push_text(out, value);
    out.push('"');
}

/// Escapes for text and for double-quoted attributes alike, so that one function is right in both places.
pub fn push_text(out: &mut String, text: &str) {
    let mut from = 0;
    while let Some(at) = find(text.as_bytes(), from, is_special) {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(escaped(text.as_bytes().get(at)));
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
}

/// Writes text up to its first empty line, and answers with what stands behind that.
pub fn push_paragraph<'a>(out: &mut String, text: &'a str) -> &'a str {
    let (mut from, mut seen) = (0, 0);
    while let Some(at) =
        find(text.as_bytes(), seen, |block| is_special(block) | block.simd_eq(u8x16::splat(b'\n')))
    {
        seen = at + 1;
        match text.as_bytes().get(at) {
            Some(b'\n') => {
                if let Some(rest) = text.get(seen..).and_then(|rest| rest.strip_prefix('\n')) {
                    out.push_str(text.get(from..at).unwrap_or_default().trim_end());
                    return rest;
                }
            }
            special => {
                out.push_str(text.get(from..at).unwrap_or_default());
                out.push_str(escaped(special));
                from = seen;
            }
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    ""
}

fn escaped(special: Option<&u8>) -> &'static str {
    match special {
        Some(b'&') => "&amp;",
        Some(b'<') => "&lt;",
        Some(b'>') => "&gt;",
        Some(b'"') => "&quot;",
        _ => "&#39;",
    }
}

/// Which bytes need escaping. `&` and `'`, and `<` and `>`, differ in one bit.
fn is_special(block: u8x16) -> u8x16 {
    (block | u8x16::splat(1)).simd_eq(u8x16::splat(b'\''))
        | (block | u8x16::splat(2)).simd_eq(u8x16::splat(b'>'))
        | block.simd_eq(u8x16::splat(b'"'))
}

/// JSON that may stand inside a `<script>` element: without `<`, nothing in it can end the element or open a
/// comment, and U+2028 and U+2029 are line ends to old parsers.
pub fn push_json(out: &mut String, value: &serde_json::Value) {
    for c in value.to_string().chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            _ => out.push(c),
        }
    }
}

/// A JSON-LD block. It is data to the browser, so the policy against scripts does not concern it.
pub fn push_json_ld(out: &mut String, value: &serde_json::Value) {
    out.push_str("<script type=\"application/ld+json\">");
    push_json(out, value);
    out.push_str("</script>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_in_the_same_way_everywhere() {
        let mut out = String::new();
        push_text(&mut out, "a<b>&\"c\"'d' é");
        assert_eq!(out, "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39; é");
    }

    #[test]
    fn json_in_a_script_cannot_end_it() {
        let mut out = String::new();
        push_json(&mut out, &serde_json::json!({"a": "</script><!--\u{2028}"}));
        assert_eq!(out, r#"{"a":"\u003c/script\u003e\u003c!--\u2028"}"#);
    }
}
