//! Formatted text of an editor.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts;
use crate::write::{Html, Text, write};
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
        {parts::prose(props.html.0.as_str())}
    };
    write(view, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn a_table_may_be_scrolled_without_a_mouse_and_other_text_is_no_stop() {
        let of = |html: &str| draw("rich-text", json!({"html": html}));
        assert!(of("<table></table>").contains("<div class=\"prose\" tabindex=\"0\"><table>"));
        assert!(of("<p>table</p>").contains("<div class=\"prose\"><p>"));
    }
}
