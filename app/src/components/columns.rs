//! Sections beside each other; below each other where there is no room.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::render::slot;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "columns",
    slots: &["first", "second", "third"],
    css: include_str!("columns.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![Field::choice("widths", &["1-1", "1-2", "2-1", "1-1-1"]).default("1-1")]
}

#[derive(Deserialize)]
struct Props<'a> {
    widths: &'a str,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let (class, slots) = match props.widths {
        "1-2" => ("w-1-2", 2),
        "2-1" => ("w-2-1", 2),
        "1-1-1" => ("w-1-1-1", 3),
        _ => ("w-1-1", 2),
    };
    out.html.push_str("<div class=\"column-grid ");
    out.html.push_str(class);
    out.html.push_str("\">");
    for name in COMPONENT.slots.iter().take(slots) {
        out.html.push_str("<div>");
        slot(placed, name, cx, out);
        out.html.push_str("</div>");
    }
    out.html.push_str("</div>");
    Ok(())
}
