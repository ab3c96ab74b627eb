//! The site's own HTML, sanitised when it was written.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts;
use crate::write::{Html, write};
use model::schema::{Field, Kind};
use serde::Deserialize;

pub const COMPONENT: Component =
    Component { name: "html", element: "div", css: include_str!("html.css"), draw, ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![Field::new("html", Kind::Html { max: 100_000 }).required()]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow)]
    html: Html<'a>,
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    write(parts::prose(props.html.0.as_str()), &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, draw};
    use serde_json::json;

    #[test]
    fn custom_html_stands_in_a_column_of_text() {
        assert_eq!(
            draw("html", json!({"html": "<p class=\"x\">A &amp; <b>b</b></p>"})),
            "<div class=\"html\"><div class=\"prose\"><p class=\"x\">A &amp; <b>b</b></p></div></div>"
        );
    }

    #[test]
    fn without_html_there_is_nothing_to_draw() {
        assert_eq!(Page::default().render(&json!([{"component": "html", "props": {}}])).notes.len(), 1);
    }
}
