//! Records of any type as a list, as cards or as a table.

use crate::component::{Component, Drawn, Out, Placed};
use crate::content::{Entry, readable};
use crate::cx::Cx;
use crate::listing::{self, List, ShownField};
use crate::parts::{self, Loading};
use crate::value::{self, value};
use crate::write::{Text, classed, draw as drawn, each, maybe, push_text, text, when, write};
use leptos::prelude::*;
use model::schema::{Field, Kind};
use serde_json::{Map, Value};
use std::borrow::Cow;

pub const COMPONENT: Component = Component {
    name: "entity-list",
    variants: &["default", "cards", "table"],
    css: include_str!("entity_list.css"),
    asks: listing::asks,
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    let mut fields = listing::schema();
    let shown = vec![Field::new("field", Kind::Name).required(), Field::text("label", 80)];
    fields.push(Field::items("fields", 12, shown));
    fields
}

type Fields = Map<String, Value>;

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    listing::draw(placed, cx, out, |list, entries, out| match placed.variant {
        "table" => table(cx, list, entries, out),
        variant => items(cx, list, entries, variant == "cards", placed.is_first(), out),
    })
}

/// The field that names a record, by the usual names: the edge does not know the type's own.
const NAMES: [&str; 2] = ["title", "name"];
/// Shown as paragraphs: they say themselves what they are.
const SUMMARY: &str = "summary";
const PRICE: &str = "price";

fn title<'e>(entry: &'e Entry<Fields>) -> Cow<'e, str> {
    match NAMES.iter().find_map(|name| entry.fields.get(*name)?.as_str()) {
        Some(title) => Cow::Borrowed(title),
        None => readable(&entry.slug),
    }
}

fn items(cx: &Cx, list: &List, entries: &[Entry<Fields>], cards: bool, at_top: bool, out: &mut Out) {
    let sizes = "(min-width: 60rem) 26rem, (min-width: 40rem) 45vw, 100vw";
    let items = drawn(|out| {
        for (n, entry) in entries.iter().enumerate() {
            let image = if cards {
                entry.fields.values().find_map(value::image)
            } else {
                list.fields.iter().find_map(|shown| value::image(entry.fields.get(&*shown.field)?))
            };
            let loading = Loading::of(at_top && n == 0);
            let title = title(entry);
            let view = view! {
                    {maybe(image.as_ref(), |image| parts::picture(cx, image, sizes, loading))}
                    <div>
                        {list.entry_heading().link(list.href(&entry.slug), &title)}
                        {shown(cx, list, entry)}
                    </div>
            };
            write(classed!("li", "entity", view), out);
        }
    });
    write(view! { <ul class="entities">{items}</ul> }, &mut out.html);
}

/// The fields that the list names; the summary where it names none. The picture stands beside them already.
fn shown<'a>(cx: &'a Cx<'a>, list: &'a List<'a>, entry: &'a Entry<'a, Fields>) -> impl RenderHtml + 'a {
    let wants_summary = list.fields.is_empty() || list.fields.iter().any(|shown| shown.field == SUMMARY);
    let summary = entry.fields.get(SUMMARY).and_then(Value::as_str).filter(|_| wants_summary);
    let present = |shown: &'a ShownField<'a>| {
        let field = entry.fields.get(&*shown.field)?;
        (shown.field != SUMMARY && !value::is_empty(field) && value::image(field).is_none())
            .then_some((shown, field))
    };
    let rows: Vec<(&ShownField, &Value)> = list.fields.iter().filter_map(present).collect();
    let (prices, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(shown, _)| shown.field == PRICE);
    view! {
        {maybe(summary, |summary| view! { <p>{text(summary)}</p> })}
        {maybe(prices.first().copied(), |(_, price)| classed!("p", "price", value(cx, price, &[])))}
        {when(!rows.is_empty(), move || view! {
            <dl>
                {drawn(move |out| {
                    for (shown, field) in rows {
                        let field = listing::labelled(&list.labels_of(&shown.field), field);
                        let value = value(cx, &field, &[]);
                        write(view! { <div><dt>{label(shown)}</dt><dd>{value}</dd></div> }, out);
                    }
                })}
            </dl>
        })}
    }
}

fn label<'a>(shown: &'a ShownField<'a>) -> impl RenderHtml + 'a {
    drawn(move |out| match &shown.label {
        Some(label) => push_text(out, label.as_str()),
        None => push_text(out, &readable(&shown.field)),
    })
}

fn table(cx: &Cx, list: &List, entries: &[Entry<Fields>], out: &mut Out) {
    let kind = readable(&list.kind);
    let caption = list.title.as_ref().map_or(&*kind, Text::as_str);
    let named = NAMES.iter().find(|name| entries.iter().any(|entry| entry.fields.contains_key(**name)));
    let (names, columns): (Vec<&ShownField>, Vec<&ShownField>) =
        list.fields.iter().partition(|shown| named.is_some_and(|name| shown.field == **name));
    let name = drawn(|out| match names.first().and_then(|shown| shown.label.as_ref()) {
        Some(label) => push_text(out, label.as_str()),
        None => push_text(out, &readable(named.unwrap_or(&"title"))),
    });
    let row = |entry: &Entry<Fields>| {
        let title = title(entry);
        let cells = drawn(|out| {
            for shown in &columns {
                let field = entry.fields.get(&*shown.field).unwrap_or(&Value::Null);
                let field = listing::labelled(&list.labels_of(&shown.field), field);
                write(view! { <td>{value(cx, &field, &[])}</td> }, out);
            }
        });
        let href = list.href(&entry.slug);
        let row = view! { <tr><th scope="row"><a href=href>{text(&title)}</a></th>{cells}</tr> };
        let mut html = String::new();
        write(row, &mut html);
        drawn(move |out| out.push_str(&html))
    };
    let view = view! {
        <div class="entity-table" role="region" tabindex="0" aria-label=caption>
            <table>
                <caption class="hidden">{text(caption)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{name}</th>
                        {each(&columns, |shown| view! { <th scope="col">{label(shown)}</th> })}
                    </tr>
                </thead>
                <tbody>{each(entries, row)}</tbody>
            </table>
        </div>
    };
    write(view, &mut out.html);
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, image};
    use serde_json::{Value, json};

    fn props() -> Value {
        json!({"title": "Courses", "type": "post", "index": "newest", "limit": 6, "link": "/courses/:slug",
            "labels": [{"value": "mon", "label": "Monday"}],
            "fields": [{"field": "starts_at", "label": "Begins"}, {"field": "price"}, {"field": "days"}]})
    }

    fn page() -> Page {
        Page {
            answer: |_| {
                let fields = json!({"name": "Clay & glaze", "starts_at": "2026-03-14T09:30:00Z",
                    "price": {"amount": 4500, "currency": "EUR"}, "days": ["mon", "<Tue>"],
                    "photo": image("Kiln")});
                Some(json!([["c1", "clay", "2026-01-01T00:00:00Z", 1, fields]]).to_string())
            },
            ..Page::default()
        }
    }

    #[test]
    fn a_list_shows_the_named_fields_by_the_form_of_their_values() {
        assert_eq!(
            page().draw("entity-list", props()),
            "<section class=\"entity-list\"><div class=\"section-head\"><h2>Courses</h2></div>\
             <ul class=\"entities\">\
             <li class=\"entity\"><div><h3><a href=\"/courses/clay\">Clay &amp; glaze</a></h3>\
             <p class=\"price\">€45.00</p><dl><div><dt>Begins</dt><dd>\
             <time datetime=\"2026-03-14T09:30:00Z\">14 March 2026, 09:30 UTC</time></dd></div>\
             <div><dt>Days</dt><dd><ul><li>Monday</li><li>&lt;Tue&gt;</li></ul></dd></div></dl></div></li></ul>\
             </section>"
        );
    }

    #[test]
    fn cards_have_the_first_picture_of_the_record() {
        let html = page().draw("entity-list:cards", props());
        assert!(html.contains("alt=\"Kiln\""), "{html}");
    }

    #[test]
    fn a_table_has_a_caption_and_headers_of_columns_and_rows() {
        assert_eq!(
            page().draw("entity-list:table", props()),
            "<section class=\"entity-list v-table\"><div class=\"section-head\"><h2>Courses</h2></div>\
             <div role=\"region\" tabindex=\"0\" aria-label=\"Courses\" class=\"entity-table\"><table>\
             <caption class=\"hidden\">Courses</caption><thead><tr><th scope=\"col\">Name</th>\
             <th scope=\"col\">Begins</th>\
             <th scope=\"col\">Price</th><th scope=\"col\">Days</th></tr></thead><tbody><tr>\
             <th scope=\"row\"><a href=\"/courses/clay\">Clay &amp; glaze</a></th>\
             <td><time datetime=\"2026-03-14T09:30:00Z\">14 March 2026, 09:30 UTC</time></td><td>€45.00</td>\
             <td><ul><li>Monday</li><li>&lt;Tue&gt;</li></ul></td></tr></tbody></table></div></section>"
        );
    }
}
