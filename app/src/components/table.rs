//! Facts in rows and columns.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts;
use crate::write::{Text, draw as drawing, each, maybe, push_attribute, push_text, text, write};
use leptos::prelude::*;
use model::schema::{Field, Kind};
use serde::Deserialize;

pub const COMPONENT: Component =
    Component { name: "table", css: include_str!("table.css"), draw, ..Component::BASE };

pub fn schema() -> Vec<Field> {
    let row = Kind::List { of: Box::new(Kind::Text { max: 400 }), min: 1, max: 12 };
    vec![
        Field::text("title", 160),
        Field::text("caption", 240),
        Field::items(
            "columns",
            12,
            vec![
                Field::text("label", 120).required(),
                Field::choice("align", &["start", "end", "center"]).default("start"),
            ],
        )
        .required(),
        Field::list("rows", row, 200).required(),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(borrow, default)]
    caption: Option<Text<'a>>,
    #[serde(borrow)]
    columns: Vec<Column<'a>>,
    #[serde(borrow)]
    rows: Vec<Vec<Text<'a>>>,
}

#[derive(Deserialize)]
struct Column<'a> {
    #[serde(borrow)]
    label: Text<'a>,
    #[serde(default)]
    align: Align,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Align {
    #[default]
    Start,
    End,
    Center,
}

impl Align {
    fn class(self) -> Option<&'static str> {
        match self {
            Self::Start => None,
            Self::End => Some("end"),
            Self::Center => Some("center"),
        }
    }
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    // It scrolls sideways where it is wider than the screen; then it must be reached by keyboard.
    let name = props.caption.as_ref().or(props.title.as_ref());
    let role = name.map(|_| "region");
    let head = drawing(|out| {
        for column in &props.columns {
            cell("<th scope=\"col\"", column.align, column.label.as_str(), "</th>", out);
        }
    });
    let body = each(&props.rows, |row| view! { <tr>{cells(&props.columns, row)}</tr> });
    let view = view! {
        {parts::heading(props.title.as_ref(), None)}
        <div class="table-scroll" tabindex="0" role=role aria-label=name>
            <table>
                {maybe(props.caption.as_ref(), |caption| view! {
                    <caption>{text(caption.as_str())}</caption>
                })}
                <thead><tr>{head}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    };
    write(view, &mut out.html);
    Ok(())
}

/// One cell for each column, whatever the row holds.
fn cells<'a>(columns: &'a [Column<'a>], row: &'a [Text<'a>]) -> impl RenderHtml + 'a {
    drawing(move |out| {
        for (n, column) in columns.iter().enumerate() {
            cell("<td", column.align, row.get(n).map_or("", Text::as_str), "</td>", out);
        }
    })
}

fn cell(open: &str, align: Align, content: &str, close: &str, out: &mut String) {
    out.push_str(open);
    if let Some(class) = align.class() {
        push_attribute(out, "class", class);
    }
    out.push('>');
    push_text(out, content);
    out.push_str(close);
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn a_table_has_a_caption_and_heads_of_columns() {
        assert_eq!(
            draw(
                "table",
                json!({"caption": "Prices & sizes",
                    "columns": [{"label": "Loaf"}, {"label": "€", "align": "end"}], "rows": [["Rye", "4"]]})
            ),
            "<section class=\"table\"><div tabindex=\"0\" role=\"region\" \
             aria-label=\"Prices &amp; sizes\" class=\"table-scroll\"><table><caption>Prices &amp; sizes\
             </caption>\
             <thead><tr><th scope=\"col\">Loaf</th><th scope=\"col\" class=\"end\">€</th></tr></thead>\
             <tbody><tr><td>Rye</td><td class=\"end\">4</td></tr></tbody></table></div></section>"
        );
    }

    #[test]
    fn every_row_has_as_many_cells_as_there_are_columns() {
        let html = draw(
            "table",
            json!({"columns": [{"label": "A"}, {"label": "B"}], "rows": [["1"], ["1", "2", "3"], []]}),
        );
        assert!(
            html.contains(
                "<tr><td>1</td><td></td></tr><tr><td>1</td><td>2</td></tr><tr><td></td><td></td></tr>"
            ),
            "{html}"
        );
        assert!(html.contains("<div tabindex=\"0\" class=\"table-scroll\"><table>"), "{html}");
    }
}
