//! One picture, with what there is to say about it.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts::{self, Loading};
use crate::write::{Text, maybe, text, write};
use leptos::prelude::*;
use model::asset::Image;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "image",
    variants: &["default", "wide", "full"],
    // Without a heading it is no section.
    element: "div",
    css: include_str!("image.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![Field::image("image").required(), Field::text("caption", 300)]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow)]
    image: Image<'a>,
    #[serde(borrow, default)]
    caption: Option<Text<'a>>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let sizes = match placed.variant {
        "full" => "100vw",
        "wide" => "(min-width: 80rem) 80rem, 100vw",
        _ => "(min-width: 54rem) 54rem, 100vw",
    };
    let view = view! {
        <figure>
            {parts::picture(cx, &props.image, sizes, Loading::of(placed.is_first()))}
            {maybe(props.caption.as_ref(), |caption| view! {
                <figcaption>{text(caption.as_str())}</figcaption>
            })}
        </figure>
    };
    write(view, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, draw, image};
    use serde_json::json;

    #[test]
    fn a_vector_picture_has_one_address_and_its_caption() {
        let alt = "A \"plan\"";
        let plan =
            json!({"asset": "cafe", "name": "plan", "ext": "svg", "width": 80, "height": 50, "alt": alt});
        assert_eq!(
            draw("image", json!({"image": plan, "caption": "Ground <floor>"})),
            "<div class=\"image\"><figure><img src=\"/-/file/cafe/plan.svg\" width=\"80\" height=\"50\" \
             alt=\"A &quot;plan&quot;\" fetchpriority=\"high\"><figcaption>Ground &lt;floor&gt;</figcaption>\
             </figure></div>"
        );
    }

    #[test]
    fn a_picture_further_down_is_lazy() {
        let sections = json!([
            {"component": "divider", "props": {}},
            {"component": "image:full", "props": {"image": image("Sea")}}
        ]);
        let body = Page::default().render(&sections).body;
        assert!(
            body.contains(
                "sizes=\"auto, 100vw\" width=\"1600\" height=\"1000\" alt=\"Sea\" loading=\"lazy\""
            ),
            "{body}"
        );
    }
}
