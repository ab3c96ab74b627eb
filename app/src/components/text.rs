//! Plain words: a title and paragraphs.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts;
use crate::write::{Text, maybe, text, when, write};
use leptos::prelude::*;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "text",
    variants: &["default", "lead", "columns"],
    css: include_str!("text.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("title", 160),
        Field::long_text("text", 20_000).required(),
        Field::integer("level", 1, 2).default(2),
        Field::choice("align", &["start", "center"]).default("start"),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(borrow)]
    text: Text<'a>,
    /// 1 where the section opens the page.
    #[serde(default)]
    level: u8,
    #[serde(default)]
    align: &'a str,
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let (head, body) = match props.align {
        "center" => ("section-head centered", "body centered"),
        _ => ("section-head", "body"),
    };
    let title = maybe(props.title.as_ref(), |title| {
        let opens = props.level == 1;
        view! {
            <div class=head>
                {when(opens, || view! { <h1>{text(title.as_str())}</h1> })}
                {when(!opens, || view! { <h2>{text(title.as_str())}</h2> })}
            </div>
        }
    });
    write(view! { {title}<div class=body>{parts::paragraphs(props.text.as_str())}</div> }, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn an_empty_line_makes_a_paragraph() {
        assert_eq!(
            draw("text", json!({"title": "A & B", "text": "One <b>\n\n\n\nTwo"})),
            "<section class=\"text\"><div class=\"section-head\"><h2>A &amp; B</h2></div>\
             <div class=\"body\"><p>One &lt;b&gt;</p><p>Two</p></div></section>"
        );
    }

    #[test]
    fn a_text_can_open_the_page() {
        assert_eq!(
            draw("text:lead", json!({"title": "Terms", "text": "Plain.", "level": 1, "align": "center"})),
            "<section class=\"text v-lead\"><div class=\"section-head centered\"><h1>Terms</h1></div>\
             <div class=\"body centered\"><p>Plain.</p></div></section>"
        );
    }
}
