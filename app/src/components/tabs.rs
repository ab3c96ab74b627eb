//! Panels of which one is open, without script.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::listing::Heading;
use crate::parts;
use crate::write::{Html, Text, draw as drawing, write};
use leptos::prelude::*;
use model::schema::{Field, Kind};
use serde::Deserialize;

pub const COMPONENT: Component =
    Component { name: "tabs", css: include_str!("tabs.css"), draw, ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("title", 160),
        Field::items(
            "tabs",
            8,
            vec![
                Field::text("label", 60).required(),
                Field::new("html", Kind::Rich { max: 20_000 }).required(),
            ],
        )
        .required(),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(borrow)]
    tabs: Vec<Tab<'a>>,
}

#[derive(Deserialize)]
struct Tab<'a> {
    #[serde(borrow)]
    label: Text<'a>,
    #[serde(borrow)]
    html: Html<'a>,
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let level = Heading::of_items(props.title.as_ref(), &out.html);
    let group = parts::fresh_id(&out.html, "tabs");
    let tabs = drawing(|out| {
        for (n, tab) in props.tabs.iter().enumerate() {
            let view = view! {
                <details name=group.as_str() open=n == 0>
                    <summary>{level.of(tab.label.as_str())}</summary>
                    {parts::prose(tab.html.0.as_str())}
                </details>
            };
            write(view, out);
        }
    });
    write(
        view! { {parts::heading(props.title.as_ref(), None)}<div class="tab-list">{tabs}</div> },
        &mut out.html,
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, draw};
    use serde_json::json;

    #[test]
    fn the_first_of_the_panels_is_open() {
        assert_eq!(
            draw(
                "tabs",
                json!({"tabs": [{"label": "A & B", "html": "<p>a</p>"}, {"label": "C", "html": "<p>c</p>"}]})
            ),
            "<section class=\"tabs\"><div class=\"tab-list\">\
             <details name=\"tabs_1\" open><summary><h3>A &amp; B</h3></summary>\
             <div class=\"prose\"><p>a</p></div></details>\
             <details name=\"tabs_1\"><summary><h3>C</h3></summary>\
             <div class=\"prose\"><p>c</p></div></details></div></section>"
        );
    }

    #[test]
    fn two_sets_of_panels_do_not_close_each_other() {
        let tabs = json!({"component": "tabs", "props": {"tabs": [{"label": "A", "html": "<p>a</p>"}]}});
        let page = Page::default().render(&json!([tabs, tabs]));
        assert_eq!(page.body.matches("name=\"tabs_1\"").count(), 1, "{}", page.body);
        assert_eq!(page.body.matches("name=\"tabs_2\"").count(), 1, "{}", page.body);
    }
}
