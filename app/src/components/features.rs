//! What something offers: short points with an icon each.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::icons::icon;
use crate::listing::Heading;
use crate::parts;
use crate::write::{Text, classed, each, enclosed, maybe, write};
use leptos::prelude::*;
use model::schema::{Field, Kind};
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "features",
    variants: &["default", "cards", "list"],
    css: include_str!("features.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    let item = vec![
        Field::new("icon", Kind::Icon),
        Field::text("title", 120).required(),
        Field::long_text("text", 800).required(),
        Field::link("link"),
    ];
    vec![
        Field::text("title", 160),
        Field::long_text("intro", 600),
        Field::items("items", 24, item).required(),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(borrow, default)]
    intro: Option<Text<'a>>,
    #[serde(borrow)]
    items: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow, default)]
    icon: Option<Text<'a>>,
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow, default)]
    link: Option<parts::Link<'a>>,
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let level = Heading::of_items(props.title.as_ref(), &out.html);
    let open = if placed.variant == "cards" { "<li class=\"card\">" } else { "<li class=\"item\">" };
    let view = view! {
        {parts::heading(props.title.as_ref(), props.intro.as_ref())}
        <ul>
            {each(&props.items, |item| {
                let point = view! {
                    {parts::paragraphs(item.text.as_str())}
                    {maybe(item.link.as_ref(), |link| view! { <p>{parts::link(link, "more-link")}</p> })}
                };
                let view = view! {
                    {maybe(item.icon.as_ref(), |name| icon(name.as_str()))}
                    {level.of(item.title.as_str())}
                    {classed!("div", "point", point)}
                };
                enclosed(open, view, "</li>")
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
    fn features_are_a_list_of_headed_points() {
        let link = json!({"label": "How", "href": "/how"});
        let items = json!([
            {"icon": "check", "title": "Fast & small", "text": "One.\n\nTwo.", "link": link},
            {"icon": "no such icon", "title": "Plain", "text": "Three."}
        ]);
        assert_eq!(
            draw("features", json!({"title": "Why", "intro": "Because.", "items": items})),
            "<section class=\"features\"><div class=\"section-head\"><h2>Why</h2><p>Because.</p></div><ul>\
             <li class=\"item\"><svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\" \
             focusable=\"false\"><path d=\"m5 12.5 4.5 4.5L19 7\"/></svg>\
             <h3>Fast &amp; small</h3><div class=\"point\"><p>One.</p><p>Two.</p>\
             <p><a href=\"/how\" class=\"more-link\">How</a></p></div></li>\
             <li class=\"item\"><h3>Plain</h3><div class=\"point\"><p>Three.</p></div></li></ul></section>"
        );
    }

    #[test]
    fn a_card_with_an_unsafe_link_leads_nowhere() {
        let link = json!({"label": "Go", "href": "data:text/html,x"});
        assert_eq!(
            draw("features:cards", json!({"items": [{"title": "A", "text": "B", "link": link}]})),
            "<section class=\"features v-cards\"><ul><li class=\"card\"><h3>A</h3><div class=\"point\"><p>\
             B</p>\
             <p><a href=\"#\" class=\"more-link\">Go</a></p></div></li></ul></section>"
        );
    }
}
