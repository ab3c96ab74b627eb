//! A short notice across the page.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::icons::icon;
use crate::parts;
use crate::write::{Text, maybe, text, write};
use leptos::prelude::*;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "banner",
    // A landmark of its own, because it often stands above the header.
    element: "aside",
    css: include_str!("banner.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("text", 240).required(),
        Field::link("link"),
        Field::choice("kind", &["info", "success", "warning"]).default("info"),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow, default)]
    link: Option<parts::Link<'a>>,
    #[serde(default)]
    kind: BannerKind,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BannerKind {
    #[default]
    Info,
    Success,
    Warning,
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let (class, sign) = match props.kind {
        BannerKind::Info => ("banner-bar", "flag"),
        BannerKind::Success => ("banner-bar success", "check"),
        BannerKind::Warning => ("banner-bar warning", "bolt"),
    };
    let view = view! {
        <p class=class>
            {icon(sign)}
            <span>{text(props.text.as_str())}</span>
            {maybe(props.link.as_ref(), |link| parts::link(link, "banner-link"))}
        </p>
    };
    write(view, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn a_banner_is_a_landmark_with_an_icon_that_is_not_read_out() {
        let html = draw(
            "banner",
            json!({"text": "A & B", "link": {"label": "Hours", "href": "#hours"}, "kind": "warning"}),
        );
        assert!(
            html.starts_with("<aside class=\"banner\"><p class=\"banner-bar warning\"><svg class=\"icon\"")
        );
        assert!(html.contains("aria-hidden=\"true\""), "{html}");
        assert!(
            html.ends_with(
                "<span>A &amp; B</span><a href=\"#hours\" class=\"banner-link\">Hours\
            </a></p></aside>"
            ),
            "{html}"
        );
    }

    #[test]
    fn a_bad_link_is_dead() {
        let html = draw("banner", json!({"text": "A", "link": {"label": "B", "href": "//evil.example"}}));
        assert!(html.contains("<p class=\"banner-bar\">") && html.contains("href=\"#\""), "{html}");
    }
}
