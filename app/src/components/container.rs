//! Sections that belong together, in a column of a chosen width.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts;
use crate::render::slot;
use crate::write::{Text, write};
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "container",
    variants: &["default", "card"],
    slots: &["content"],
    css: include_str!("container.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![Field::text("title", 160), Field::choice("width", &["narrow", "normal", "wide"]).default("normal")]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(default)]
    width: Width,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Width {
    Narrow,
    #[default]
    Normal,
    Wide,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    out.html.push_str(match props.width {
        Width::Narrow => "<div class=\"container-body narrow\">",
        Width::Normal => "<div class=\"container-body\">",
        Width::Wide => "<div class=\"container-body wide\">",
    });
    write(parts::heading(props.title.as_ref(), None), &mut out.html);
    slot(placed, "content", cx, out);
    out.html.push_str("</div>");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, draw};
    use serde_json::json;

    #[test]
    fn a_container_holds_the_sections_of_its_slot() {
        let container = json!({"component": "container:card", "props": {"width": "narrow"}, "slots": [
            {"name": "content", "sections": [{"component": "quote", "props": {"quote": "Rye."}}]}
        ]});
        let page = Page::default().render(&json!([container]));
        assert!(
            page.body.contains(
                "<section class=\"container v-card\"><div class=\"container-body narrow\">\
                 <div class=\"quote\">\
                 <figure><blockquote><p>Rye.</p></blockquote></figure></div></div></section>"
            ),
            "{}",
            page.body
        );
    }

    #[test]
    fn an_unknown_width_spoils_the_section_and_no_width_is_normal() {
        assert!(draw("container", json!({"title": "A"})).contains("<div class=\"container-body\">"));
        let page = Page::default().render(&json!([{"component": "container", "props": {"width": "9"}}]));
        assert_eq!(page.notes.len(), 1);
    }
}
