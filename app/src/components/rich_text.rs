//! Formatted text of an editor.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts;
use crate::write::{Html, Text, html, write};
use leptos::prelude::*;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "rich-text",
    variants: &["default", "narrow"],
    css: include_str!("rich_text.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![Field::text("title", 160), Field::rich("html").required()]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(borrow)]
    html: Html<'a>,
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let view = view! {
        {parts::heading(props.title.as_ref(), None)}
        <div class="prose">{html(props.html.0.as_str())}</div>
    };
    write(view, &mut out.html);
    Ok(())
}
