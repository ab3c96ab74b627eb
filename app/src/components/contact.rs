//! Where somebody is and how they are reached.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::listing::Heading;
use crate::messages::Messages;
use crate::parts::{self, Loading};
use crate::write::{Text, draw as drawing, each, maybe, push_text, text, when, write};
use leptos::prelude::*;
use model::asset::Image;
use model::safe::SafeUrl;
use model::schema::{Field, Kind};
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "contact",
    variants: &["default", "split"],
    css: include_str!("contact.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("title", 160),
        Field::long_text("intro", 600),
        Field::list("address", Kind::Text { max: 120 }, 8).required(),
        Field::text("phone", 40),
        Field::text("email", 160),
        Field::items(
            "hours",
            14,
            vec![Field::text("days", 60).required(), Field::text("time", 80).required()],
        ),
        Field::link("map"),
        Field::image("image"),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(borrow, default)]
    intro: Option<Text<'a>>,
    #[serde(borrow, default)]
    address: Vec<Text<'a>>,
    #[serde(borrow, default)]
    phone: Option<Text<'a>>,
    #[serde(borrow, default)]
    email: Option<Text<'a>>,
    #[serde(borrow, default)]
    hours: Vec<Hours<'a>>,
    #[serde(borrow, default)]
    map: Option<parts::Link<'a>>,
    #[serde(borrow, default)]
    image: Option<Image<'a>>,
}

#[derive(Deserialize)]
struct Hours<'a> {
    #[serde(borrow)]
    days: Text<'a>,
    #[serde(borrow)]
    time: Text<'a>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let level = Heading::of_items(props.title.as_ref(), &out.html);
    let words = Messages::of(cx.locale);
    let sizes = if placed.variant == "split" { "(min-width: 60rem) 50vw, 100vw" } else { "100vw" };
    let hours = when(!props.hours.is_empty(), || {
        view! {
            <div class="hours">
                {level.of(words.opening_hours)}
                <dl>
                    {each(&props.hours, |row| view! {
                        <div><dt>{text(row.days.as_str())}</dt><dd>{text(row.time.as_str())}</dd></div>
                    })}
                </dl>
            </div>
        }
    });
    let class = if props.image.is_some() { "contact-body with-image" } else { "contact-body" };
    let view = view! {
        {parts::heading(props.title.as_ref(), props.intro.as_ref())}
        <div class=class>
            <div class="contact-facts">{ways(&props, words)}{hours}</div>
            {maybe(props.image.as_ref(), |image| parts::picture(cx, image, sizes, Loading::Lazy))}
        </div>
    };
    write(view, &mut out.html);
    Ok(())
}

fn ways<'a>(props: &'a Props<'a>, words: &'static Messages) -> impl RenderHtml + 'a {
    let address = when(!props.address.is_empty() || props.map.is_some(), || {
        let map = maybe(props.map.as_ref(), |map| parts::link(map, "more-link"));
        view! { <div><dt>{text(words.address)}</dt><dd>{lines(&props.address)}{map}</dd></div> }
    });
    let phone = maybe(props.phone.as_ref(), |phone| {
        let link = reached("tel:", &dialled(phone.as_str()), phone.as_str());
        view! { <div><dt>{text(words.phone)}</dt><dd>{link}</dd></div> }
    });
    let email = maybe(props.email.as_ref(), |email| {
        let link = reached("mailto:", email.as_str(), email.as_str());
        view! { <div><dt>{text(words.email)}</dt><dd>{link}</dd></div> }
    });
    view! { <address><dl>{address}{phone}{email}</dl></address> }
}

fn lines<'a>(lines: &'a [Text<'a>]) -> impl RenderHtml + 'a {
    drawing(move |out| {
        for line in lines {
            push_text(out, line.as_str());
            out.push_str("<br>");
        }
    })
}

/// A number or an address that is written from left to right in every language; plain text where it cannot be
/// dialled or written to.
fn reached<'a>(scheme: &str, target: &str, label: &'a str) -> impl RenderHtml + use<'a> {
    let url = SafeUrl::parse(format!("{scheme}{target}"));
    drawing(move |out| match url {
        Some(url) => write(view! { <a href=url.as_str() dir="ltr">{text(label)}</a> }, out),
        None => write(view! { <span dir="ltr">{text(label)}</span> }, out),
    })
}

/// What a telephone dials of a number that is written for people. A zero in
/// brackets is not dialled from abroad.
fn dialled(phone: &str) -> String {
    let without_trunk =
        if phone.trim_start().starts_with('+') { phone.replacen("(0)", "", 1) } else { phone.to_owned() };
    without_trunk.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

#[cfg(test)]
mod tests {
    use super::dialled;
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn ways_to_be_reached_are_an_address_with_links() {
        assert_eq!(
            draw(
                "contact",
                json!({"title": "Visit", "address": ["1 Mill & Co", "Town"], "phone": "+49 (0)30 555-01",
                    "email": "a@b.example", "hours": [{"days": "Mon–Fri", "time": "7–18"}],
                    "map": {"label": "Open map", "href": "https://map.example/1"}})
            ),
            "<section class=\"contact\"><div class=\"section-head\"><h2>Visit</h2></div>\
             <div class=\"contact-body\"><div class=\"contact-facts\"><address><dl>\
             <div><dt>Address</dt><dd>1 Mill &amp; Co<br>Town<br>\
             <a href=\"https://map.example/1\" rel=\"noopener\" class=\"more-link\">Open map</a></dd></div>\
             <div><dt>Phone</dt><dd><a href=\"tel:+493055501\" dir=\"ltr\">+49 (0)30 555-01</a></dd></div>\
             <div><dt>E-mail</dt><dd><a href=\"mailto:a@b.example\" dir=\"ltr\">a@b.example</a></dd></div>\
             </dl></address><div class=\"hours\"><h3>Opening hours</h3><dl>\
             <div><dt>Mon–Fri</dt><dd>7–18</dd></div></dl></div></div></div></section>"
        );
    }

    #[test]
    fn what_cannot_be_dialled_or_opened_is_no_way_out() {
        let html = draw(
            "contact",
            json!({"address": ["A"], "phone": "ask inside", "email": "a b", "map": {"label": "Map", "href": "javascript:map()"}}),
        );
        assert!(html.contains("<span dir=\"ltr\">ask inside</span>"), "{html}");
        assert!(html.contains("<span dir=\"ltr\">a b</span>"), "{html}");
        assert!(html.contains("href=\"#\""), "{html}");
    }

    #[test]
    fn a_telephone_dials_digits() {
        for (written, number) in
            [("+44 (0)20 7946 0000", "+442079460000"), ("(030) 12 34", "0301234"), ("none", "")]
        {
            assert_eq!(dialled(written), number);
        }
    }
}
