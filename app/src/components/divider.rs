//! A break between two parts of a page.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use model::schema::Field;

pub const COMPONENT: Component = Component {
    name: "divider",
    variants: &["default", "space", "ornament"],
    element: "div",
    css: include_str!("divider.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![]
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    if placed.variant != "space" {
        out.html.push_str("<hr>");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn a_line_and_an_ornament_are_breaks_and_a_space_is_nothing() {
        assert_eq!(draw("divider", json!({})), "<div class=\"divider\"><hr></div>");
        assert_eq!(draw("divider:ornament", json!({})), "<div class=\"divider v-ornament\"><hr></div>");
        assert_eq!(draw("divider:space", json!({})), "<div class=\"divider v-space\"></div>");
    }
}
