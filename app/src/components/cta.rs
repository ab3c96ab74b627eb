//! One thing to do next.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts::{self, Loading};
use crate::write::{Text, maybe, text, write};
use leptos::prelude::*;
use model::asset::Image;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "cta",
    variants: &["default", "split", "band"],
    css: include_str!("cta.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("title", 160).required(),
        Field::long_text("text", 600),
        Field::links("actions", 3).required(),
        Field::image("image"),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow, default)]
    text: Option<Text<'a>>,
    #[serde(borrow, default)]
    actions: Vec<parts::Link<'a>>,
    #[serde(borrow, default)]
    image: Option<Image<'a>>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let sizes = if placed.variant == "default" { "100vw" } else { "(min-width: 60rem) 40vw, 100vw" };
    let view = view! {
        <div class="cta-box">
            <div class="cta-text">
                <h2>{text(props.title.as_str())}</h2>
                {maybe(props.text.as_ref(), |lead| view! {
                    <div class="lead">{parts::paragraphs(lead.as_str())}</div>
                })}
                {parts::actions(&props.actions)}
            </div>
            {maybe(props.image.as_ref(), |image| parts::picture(cx, image, sizes, Loading::Lazy))}
        </div>
    };
    write(view, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::{draw, image};
    use serde_json::json;

    #[test]
    fn the_first_action_is_the_loud_one() {
        assert_eq!(
            draw(
                "cta:band",
                json!({"title": "Come in", "text": "Now.", "actions": [
                    {"label": "Book", "href": "/book"}, {"label": "Call", "href": "javascript:call()"}
                ]})
            ),
            "<section class=\"cta v-band\"><div class=\"cta-box\"><div class=\"cta-text\"><h2>Come in</h2>\
             <div class=\"lead\"><p>Now.</p></div><p class=\"actions\">\
             <a href=\"/book\" class=\"button\">Book</a>\
             <a href=\"#\" class=\"button quiet\">Call</a></p></div></div></section>"
        );
    }

    #[test]
    fn a_picture_stands_behind_the_text() {
        let html = draw("cta:split", json!({"title": "Go", "actions": [], "image": image("Oven")}));
        assert!(html.contains("</h2></div><img src="), "{html}");
    }
}
