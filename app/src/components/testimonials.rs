//! What others say, with their names.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts::{self, Loading};
use crate::write::{Text, classed, each, maybe, text, write};
use leptos::prelude::*;
use model::asset::Image;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "testimonials",
    variants: &["default", "single"],
    css: include_str!("testimonials.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    let item = vec![
        Field::long_text("quote", 1_000).required(),
        Field::text("name", 120).required(),
        Field::text("role", 160),
        Field::image("image"),
    ];
    vec![Field::text("title", 160), Field::items("items", 24, item).required()]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(borrow)]
    items: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    quote: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow, default)]
    role: Option<Text<'a>>,
    #[serde(borrow, default)]
    image: Option<Image<'a>>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let view = view! {
        {parts::heading(props.title.as_ref(), None)}
        <ul>
            {each(&props.items, |item| view! {
                <li>
                    <figure>
                        <blockquote>{parts::paragraphs(item.quote.as_str())}</blockquote>
                        <figcaption>
                            {maybe(item.image.as_ref(), |image| {
                                parts::picture(cx, image, "4rem", Loading::Lazy)
                            })}
                            <div>
                                {classed!("span", "name", text(item.name.as_str()))}
                                {maybe(item.role.as_ref(), |role| view! {
                                    <span>{text(role.as_str())}</span>
                                })}
                            </div>
                        </figcaption>
                    </figure>
                </li>
            })}
        </ul>
    };
    write(view, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn a_quotation_stands_with_its_author() {
        let items = json!([{"quote": "They <listen>.", "name": "Ada O'Neil", "role": "Mother"}]);
        assert_eq!(
            draw("testimonials", json!({"title": "Voices", "items": items})),
            "<section class=\"testimonials\"><div class=\"section-head\"><h2>Voices</h2></div><ul><li>\
             <figure>\
             <blockquote><p>They &lt;listen&gt;.</p></blockquote>\
             <figcaption><div><span class=\"name\">Ada O&#39;Neil</span><span>Mother</span></div>\
             </figcaption>\
             </figure></li></ul></section>"
        );
    }

    #[test]
    fn a_portrait_is_lazy() {
        let portrait =
            json!({"asset": "cafe", "name": "ada", "ext": "svg", "width": 60, "height": 60, "alt": "Ada"});
        assert_eq!(
            draw(
                "testimonials:single",
                json!({"items": [{"quote": "Yes.", "name": "Ada", "image": portrait}]})
            ),
            "<section class=\"testimonials v-single\"><ul><li><figure><blockquote><p>Yes.</p></blockquote>\
             <figcaption>\
             <img src=\"/-/file/cafe/ada.svg\" width=\"60\" height=\"60\" alt=\"Ada\" loading=\"lazy\" \
             decoding=\"async\">\
             <div><span class=\"name\">Ada</span></div></figcaption></figure></li></ul></section>"
        );
    }
}
