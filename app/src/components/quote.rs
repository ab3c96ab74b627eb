//! Somebody's words.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts;
use crate::write::{Text, maybe, text, when, write};
use leptos::prelude::*;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "quote",
    variants: &["default", "large"],
    element: "div",
    css: include_str!("quote.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![Field::long_text("quote", 1_000).required(), Field::text("source", 120), Field::text("role", 120)]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow)]
    quote: Text<'a>,
    #[serde(borrow, default)]
    source: Option<Text<'a>>,
    #[serde(borrow, default)]
    role: Option<Text<'a>>,
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let caption = when(props.source.is_some() || props.role.is_some(), || {
        view! {
            <figcaption>
                {maybe(props.source.as_ref(), |source| view! { <strong>{text(source.as_str())}</strong> })}
                {when(props.source.is_some() && props.role.is_some(), || text(" "))}
                {maybe(props.role.as_ref(), |role| view! { <span>{text(role.as_str())}</span> })}
            </figcaption>
        }
    });
    let view = view! {
        <figure>
            <blockquote>{parts::paragraphs(props.quote.as_str())}</blockquote>
            {caption}
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
    fn a_quote_names_whose_words_it_is() {
        assert_eq!(
            draw(
                "quote:large",
                json!({"quote": "Salt & time.\n\nNo more.", "source": "Mina", "role": "Baker"})
            ),
            "<div class=\"quote v-large\"><figure><blockquote><p>Salt &amp; time.</p><p>No more.</p>\
             </blockquote>\
             <figcaption><strong>Mina</strong> <span>Baker</span></figcaption></figure></div>"
        );
    }

    #[test]
    fn nobody_in_particular_has_no_caption() {
        assert_eq!(
            draw("quote", json!({"quote": "Rye."})),
            "<div class=\"quote\"><figure><blockquote><p>Rye.</p></blockquote></figure></div>"
        );
    }
}
