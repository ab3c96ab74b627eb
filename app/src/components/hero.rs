//! The opening of a page: what it is about, in one look.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts::{self, Loading};
use crate::write::{Text, each, maybe, text, when, write};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Link as HeadLink;
use model::asset::Image;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "hero",
    variants: &["default", "split", "cover", "minimal"],
    css: include_str!("hero.css"),
    speaks: true,
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("eyebrow", 80),
        Field::text("title", 160).required(),
        Field::long_text("text", 600),
        Field::links("actions", 3),
        Field::image("image"),
        Field::items(
            "facts",
            4,
            vec![Field::text("value", 40).required(), Field::text("label", 80).required()],
        ),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    eyebrow: Option<Text<'a>>,
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow, default)]
    text: Option<Text<'a>>,
    #[serde(borrow, default)]
    actions: Vec<parts::Link<'a>>,
    #[serde(borrow, default)]
    image: Option<Image<'a>>,
    #[serde(borrow, default)]
    facts: Vec<Fact<'a>>,
}

#[derive(Deserialize)]
struct Fact<'a> {
    #[serde(borrow)]
    value: Text<'a>,
    #[serde(borrow)]
    label: Text<'a>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let sizes = if placed.variant == "split" { "(min-width: 60rem) 50vw, 100vw" } else { "100vw" };
    let picture = maybe(props.image.as_ref(), |image| {
        view! {
            {when(placed.is_first(), || preload(cx, image, sizes))}
            <div class="hero-image">{parts::picture(cx, image, sizes, Loading::of(placed.is_first()))}</div>
        }
    });
    let facts = when(!props.facts.is_empty(), || {
        view! {
            <dl class="facts">
                {each(&props.facts, |fact| view! {
                    <div><dt>{text(fact.label.as_str())}</dt><dd>{text(fact.value.as_str())}</dd></div>
                })}
            </dl>
        }
    });
    // Where the text stands depends on the picture after it: until that has arrived, CSS hides the text.
    let class = if props.image.is_some() { "hero-text with-image" } else { "hero-text" };
    let view = view! {
        <div class=class>
            {maybe(props.eyebrow.as_ref(), |eyebrow| view! { <p class="eyebrow">{text(eyebrow.as_str())}</p> })}
            <h1>{text(props.title.as_str())}</h1>
            {maybe(props.text.as_ref(), |lead| view! { <div class="lead">{parts::paragraphs(lead.as_str())}</div> })}
            {parts::actions(&props.actions)}
            {facts}
        </div>
        {picture}
    };
    write(view, &mut out.html);
    Ok(())
}

/// Tells the browser of the first picture before it has read the body.
fn preload(cx: &Cx, image: &Image, sizes: &'static str) -> impl RenderHtml + use<> {
    let href = cx.image_url(image, image.widths.last().copied());
    let set = parts::source_set(cx, image);
    // A picture of one size, as SVG is, has no set: an empty attribute would be an error.
    match set.is_empty() {
        true => Either::Left(view! { <HeadLink rel="preload" as_="image" href=href fetchpriority="high"/> }),
        false => Either::Right(view! {
            <HeadLink rel="preload" as_="image" href=href imagesrcset=set imagesizes=sizes fetchpriority="high"/>
        }),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, draw, image};
    use serde_json::json;

    #[test]
    fn a_hero_with_only_a_title_is_a_heading() {
        assert_eq!(
            draw("hero", json!({"title": "Bread & more"})),
            "<section class=\"hero\"><div class=\"hero-text\"><h1>Bread &amp; more</h1></div></section>"
        );
    }

    #[test]
    fn the_first_picture_of_a_page_is_preloaded_and_not_lazy() {
        let page = Page::default().render(&json!([
            {"component": "hero:split", "props": {"title": "One", "image": image("Ovens")}},
            {"component": "hero:split", "props": {"title": "Two", "image": image("Loaves")}}
        ]));
        assert_eq!(page.head.matches("rel=\"preload\"").count(), 1, "{}", page.head);
        assert_eq!(page.body.matches("fetchpriority=\"high\"").count(), 1);
        assert_eq!(page.body.matches("loading=\"lazy\"").count(), 1);
    }
}
