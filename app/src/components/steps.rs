//! How something goes, one step after the other.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::listing::Heading;
use crate::parts;
use crate::write::{Text, each, write};
use leptos::prelude::*;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "steps",
    variants: &["default", "timeline"],
    css: include_str!("steps.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("title", 160),
        Field::long_text("intro", 600),
        Field::items(
            "items",
            24,
            vec![Field::text("title", 120).required(), Field::long_text("text", 800).required()],
        )
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
    items: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let level = Heading::of_items(props.title.as_ref(), &out.html);
    let view = view! {
        {parts::heading(props.title.as_ref(), props.intro.as_ref())}
        <ol>
            {each(&props.items, |item| view! {
                <li>{level.of(item.title.as_str())}{parts::paragraphs(item.text.as_str())}</li>
            })}
        </ol>
    };
    write(view, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, draw};
    use serde_json::json;

    #[test]
    fn steps_are_an_ordered_list() {
        let items = json!([{"title": "Mix", "text": "Flour & water."}, {"title": "Wait", "text": "A day."}]);
        assert_eq!(
            draw("steps:timeline", json!({"items": items})),
            "<section class=\"steps v-timeline\"><ol><li><h3>Mix</h3><p>Flour &amp; water.</p></li>\
             <li><h3>Wait</h3><p>A day.</p></li></ol></section>"
        );
    }

    #[test]
    fn a_step_without_its_text_spoils_only_its_section() {
        let page = Page::default().render(&json!([
            {"component": "steps", "props": {"items": [{"title": "Mix"}]}},
            {"component": "steps", "props": {"items": [{"title": "Mix", "text": "Well."}]}}
        ]));
        assert_eq!(page.notes.len(), 1);
        assert!(page.body.contains("<h3>Mix</h3><p>Well.</p>"));
    }
}
