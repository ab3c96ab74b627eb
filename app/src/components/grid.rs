//! Sections in a grid whose columns follow from the room there is.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts;
use crate::render::slot;
use crate::write::{Text, write};
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component =
    Component { name: "grid", slots: &["items"], css: include_str!("grid.css"), draw, ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![Field::text("title", 160), Field::choice("size", &["small", "medium", "large"]).default("medium")]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(default)]
    size: Size,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Size {
    Small,
    #[default]
    Medium,
    Large,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    write(parts::heading(props.title.as_ref(), None), &mut out.html);
    out.html.push_str(match props.size {
        Size::Small => "<div class=\"grid-items small\">",
        Size::Medium => "<div class=\"grid-items\">",
        Size::Large => "<div class=\"grid-items large\">",
    });
    slot(placed, "items", cx, out);
    out.html.push_str("</div>");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, draw};
    use serde_json::json;

    #[test]
    fn a_grid_holds_the_sections_of_its_slot() {
        let grid = json!({"component": "grid", "props": {"title": "All", "size": "small"}, "slots": [
            {"name": "items", "sections": [{"component": "divider"}, {"component": "nonsense"}]}
        ]});
        let page = Page::default().render(&json!([grid]));
        assert!(
            page.body.contains(
                "<section class=\"grid\"><div class=\"section-head\"><h2>All</h2></div>\
                 <div class=\"grid-items small\"><div class=\"divider\"><hr></div>\
                 <!-- section not drawn --></div></section>"
            ),
            "{}",
            page.body
        );
    }

    #[test]
    fn an_empty_grid_is_still_there() {
        assert_eq!(
            draw("grid", json!({})),
            "<section class=\"grid\"><div class=\"grid-items\"></div></section>"
        );
    }
}
