//! Several pictures beside each other.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::messages::Messages;
use crate::parts::{self, Loading};
use crate::write::{Text, each, maybe, text, when, write};
use leptos::prelude::*;
use model::asset::Image;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "gallery",
    variants: &["default", "masonry", "strip"],
    css: include_str!("gallery.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("title", 160),
        Field::long_text("intro", 600),
        Field::items("images", 60, vec![Field::image("image").required(), Field::text("caption", 200)])
            .required(),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(borrow, default)]
    intro: Option<Text<'a>>,
    #[serde(borrow)]
    images: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    image: Image<'a>,
    #[serde(borrow, default)]
    caption: Option<Text<'a>>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let is_strip = placed.variant == "strip";
    let sizes = if is_strip {
        "(min-width: 48rem) 36rem, 85vw"
    } else {
        "(min-width: 64rem) 25rem, (min-width: 40rem) 50vw, 100vw"
    };
    // Said beforehand, so that the columns do not change while the list arrives.
    let class = match props.images.len() {
        4 => "pictures many of-4",
        5.. => "pictures many",
        _ => "pictures",
    };
    let pictures = || {
        view! {
            <ul class=class>
                {each(&props.images, |item| view! {
                    <li>
                        <figure>
                            {parts::picture(cx, &item.image, sizes, Loading::Lazy)}
                            {maybe(item.caption.as_ref(), |caption| view! {
                                <figcaption>{text(caption.as_str())}</figcaption>
                            })}
                        </figure>
                    </li>
                })}
            </ul>
        }
    };
    let label = props.title.as_ref().map_or(Messages::of(cx.locale).pictures, Text::as_str);
    let view = view! {
        {parts::heading(props.title.as_ref(), props.intro.as_ref())}
        {when(is_strip, || view! {
            <div class="strip" role="region" aria-label=label tabindex="0">{pictures()}</div>
        })}
        {when(!is_strip, pictures)}
    };
    write(view, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::{Value, json};

    fn drawing() -> Value {
        json!({"asset": "cafe", "name": "oven", "ext": "svg", "width": 80, "height": 50, "alt": "Oven"})
    }

    const DRAWN: &str = "<img src=\"/-/file/cafe/oven.svg\" width=\"80\" height=\"50\" alt=\"Oven\" \
                         loading=\"lazy\" decoding=\"async\">";

    #[test]
    fn pictures_are_a_list_of_figures() {
        assert_eq!(
            draw(
                "gallery:masonry",
                json!({"images": [{"image": drawing(), "caption": "5 < 6"}, {"image": drawing()}]})
            ),
            format!(
                "<section class=\"gallery v-masonry\"><ul class=\"pictures\"><li><figure>{DRAWN}<figcaption>5 &lt; \
                 6</figcaption>\
                 </figure></li><li><figure>{DRAWN}</figure></li></ul></section>"
            )
        );
    }

    #[test]
    fn a_strip_can_be_scrolled_with_the_keyboard_and_has_a_name() {
        assert_eq!(
            draw("gallery:strip", json!({"images": [{"image": drawing()}]})),
            format!(
                "<section class=\"gallery v-strip\"><div role=\"region\" aria-label=\"Pictures\" \
                 tabindex=\"0\" class=\"strip\">\
                 <ul class=\"pictures\"><li><figure>{DRAWN}</figure></li></ul></div></section>"
            )
        );
    }
}
