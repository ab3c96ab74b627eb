//! Links to what comes before and after the page.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::messages::Messages;
use crate::parts::Link;
use crate::write::{maybe, text, when, write};
use leptos::prelude::*;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component =
    Component { name: "pagination", css: include_str!("pagination.css"), draw, ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![Field::link("previous"), Field::link("next")]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    previous: Option<Link<'a>>,
    #[serde(borrow, default)]
    next: Option<Link<'a>>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let step = |link, rel| {
        maybe(link, move |link: &Link| {
            view! { <a href=link.href.as_str() rel=rel>{text(link.label.as_str())}</a> }
        })
    };
    let view = when(props.previous.is_some() || props.next.is_some(), || {
        view! {
            <nav class="pager" aria-label=Messages::of(cx.locale).pages>
                {step(props.previous.as_ref(), "prev")}
                {step(props.next.as_ref(), "next")}
            </nav>
        }
    });
    write(view, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn both_neighbours_are_linked_by_their_labels() {
        assert_eq!(
            draw(
                "pagination",
                json!({"previous": {"label": "Part <1>", "href": "/guide/1"},
                    "next": {"label": "Part 3", "href": "data:x"}})
            ),
            "<section class=\"pagination\"><nav aria-label=\"Pages\" class=\"pager\">\
             <a href=\"/guide/1\" rel=\"prev\">Part &lt;1&gt;</a><a href=\"#\" rel=\"next\">Part 3</a></nav>\
             </section>"
        );
    }

    #[test]
    fn without_neighbours_there_is_no_navigation() {
        assert_eq!(draw("pagination", json!({})), "<section class=\"pagination\"></section>");
    }
}
