//! A row of other companies' signs: clients, partners, press.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts::{self, Loading};
use crate::write::{Text, draw as drawing, each, write};
use leptos::prelude::*;
use model::asset::Image;
use model::safe::SafeUrl;
use model::schema::{Field, Kind};
use serde::Deserialize;

pub const COMPONENT: Component =
    Component { name: "logos", css: include_str!("logos.css"), draw, ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("title", 160),
        Field::items("items", 24, vec![Field::image("image").required(), Field::new("href", Kind::Url)])
            .required(),
    ]
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
    image: Image<'a>,
    #[serde(borrow, default)]
    href: Option<SafeUrl<'a>>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let view = view! {
        {parts::heading(props.title.as_ref(), None)}
        <ul class="logo-list">{each(&props.items, |item| view! { <li>{logo(cx, item)}</li> })}</ul>
    };
    write(view, &mut out.html);
    Ok(())
}

/// A sign is a link only where its text says where the link leads.
fn logo<'a>(cx: &'a Cx<'a>, item: &'a Item<'a>) -> impl RenderHtml + 'a {
    drawing(move |out| {
        let picture = parts::picture(cx, &item.image, "11rem", Loading::Lazy);
        match item.href.as_ref().filter(|_| !item.image.alt.is_empty()) {
            Some(href) => {
                let external = href.is_external().then_some("noopener");
                write(view! { <a href=href.as_str() rel=external>{picture}</a> }, out);
            }
            None => write(picture, out),
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::json;

    fn sign(alt: &str) -> serde_json::Value {
        json!({"asset": "cafe", "name": "acme", "ext": "svg", "width": 300, "height": 100, "alt": alt})
    }

    #[test]
    fn signs_are_a_list_of_pictures_and_links() {
        assert_eq!(
            draw(
                "logos",
                json!({"title": "Clients", "items": [
                    {"image": sign("Acme"), "href": "https://acme.example"}, {"image": sign("Ajax")}
                ]})
            ),
            "<section class=\"logos\"><div class=\"section-head\"><h2>Clients</h2></div>\
             <ul class=\"logo-list\">\
             <li><a href=\"https://acme.example\" rel=\"noopener\">\
             <img src=\"/-/file/cafe/acme.svg\" width=\"300\" \
             height=\"100\" alt=\"Acme\" loading=\"lazy\" decoding=\"async\"></a></li>\
             <li><img src=\"/-/file/cafe/acme.svg\" width=\"300\" height=\"100\" alt=\"Ajax\" \
             loading=\"lazy\" decoding=\"async\"></li></ul></section>"
        );
    }

    #[test]
    fn a_sign_without_a_text_is_no_link_and_a_bad_url_is_a_dead_one() {
        let html = draw(
            "logos",
            json!({"items": [
                {"image": sign(""), "href": "/a"}, {"image": sign("B"), "href": "javascript:b"}
            ]}),
        );
        assert_eq!(html.matches("<a ").count(), 1);
        assert!(html.contains("<a href=\"#\">"), "{html}");
    }
}
