//! A listing in a programming language.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::write::{Text, maybe, text, when, write};
use leptos::prelude::*;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component =
    Component { name: "code", element: "div", css: include_str!("code.css"), draw, ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![
        Field::long_text("code", 20_000).required(),
        Field::text("language", 40),
        Field::text("caption", 240),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow)]
    code: Text<'a>,
    #[serde(borrow, default)]
    language: Option<Text<'a>>,
    #[serde(borrow, default)]
    caption: Option<Text<'a>>,
}

/// Characters of a line that the narrowest screen shows without scrolling.
const NARROW: usize = 20;

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let caption = when(props.caption.is_some() || props.language.is_some(), || {
        view! {
            <figcaption>
                {maybe(props.caption.as_ref(), |caption| view! { <span>{text(caption.as_str())}</span> })}
                {maybe(props.language.as_ref(), |language| view! {
                    <span class="language">{text(language.as_str())}</span>
                })}
            </figcaption>
        }
    });
    let scrolls = props.code.as_str().lines().any(|line| line.chars().count() > NARROW).then_some("0");
    // The parser drops a line break that follows `<pre>`, but none that follows `<code>`.
    let view = view! {
        <figure>
            {caption}
            <pre dir="ltr" translate="no" tabindex=scrolls><code>{text(props.code.as_str())}</code></pre>
        </figure>
    };
    write(view, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn code_is_shown_as_it_was_typed() {
        assert_eq!(
            draw("code", json!({"code": "if a < b {\n\treturn\n}", "language": "Go", "caption": "Less"})),
            "<div class=\"code\"><figure><figcaption><span>Less</span><span class=\"language\">Go</span>\
             </figcaption>\
             <pre dir=\"ltr\" translate=\"no\"><code>if a &lt; b {\n\treturn\n}</code></pre></figure></div>"
        );
    }

    #[test]
    fn a_long_line_is_reached_by_keyboard() {
        assert_eq!(
            draw("code", json!({"code": "cargo test --workspace"})),
            "<div class=\"code\"><figure><pre dir=\"ltr\" translate=\"no\" tabindex=\"0\">\
             <code>cargo test --workspace</code></pre></figure></div>"
        );
    }
}
