//! A few figures that say much.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts;
use crate::write::{Text, classed, each, maybe, text, write};
use leptos::prelude::*;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "stats",
    variants: &["default", "band"],
    css: include_str!("stats.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    let item = vec![
        Field::text("value", 40).required(),
        Field::text("label", 120).required(),
        Field::text("note", 200),
    ];
    vec![
        Field::text("title", 160),
        Field::long_text("intro", 600),
        Field::items("items", 12, item).required(),
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
    value: Text<'a>,
    #[serde(borrow)]
    label: Text<'a>,
    #[serde(borrow, default)]
    note: Option<Text<'a>>,
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let view = view! {
        {parts::heading(props.title.as_ref(), props.intro.as_ref())}
        <dl>
            {each(&props.items, |item| view! {
                <div>
                    <dt>{text(item.label.as_str())}</dt>
                    {classed!("dd", "value", text(item.value.as_str()))}
                    {maybe(item.note.as_ref(), |note| view! { <dd>{text(note.as_str())}</dd> })}
                </div>
            })}
        </dl>
    };
    write(view, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn a_figure_belongs_to_its_label() {
        let items = json!([
            {"value": "< 50 ms", "label": "Answer", "note": "At the 99th percentile"},
            {"value": "12", "label": "People"}
        ]);
        assert_eq!(
            draw("stats:band", json!({"title": "Numbers", "items": items})),
            "<section class=\"stats v-band\"><div class=\"section-head\"><h2>Numbers</h2></div><dl>\
             <div><dt>Answer</dt><dd class=\"value\">&lt; 50 ms</dd><dd>At the 99th percentile</dd></div>\
             <div><dt>People</dt><dd class=\"value\">12</dd></div></dl></section>"
        );
    }

    #[test]
    fn no_figures_are_an_empty_list() {
        assert_eq!(draw("stats", json!({"items": []})), "<section class=\"stats\"><dl></dl></section>");
    }
}
