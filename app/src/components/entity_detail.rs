//! A record of any type in full: the one of the page's path.

use crate::component::{Component, Drawn, Out, Placed};
use crate::content::{self, Record, Related};
use crate::cx::Cx;
use crate::listing::{self, ValueLabel};
use crate::parts::{self, Loading};
use crate::value::{self, value};
use crate::write::{Text, draw as drawn, maybe, text, when, write};
use leptos::prelude::*;
use model::schema::{Field, Kind};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::borrow::Cow;

pub const COMPONENT: Component = Component {
    name: "entity-detail",
    css: include_str!("entity_detail.css"),
    asks: |_, cx, queries| queries.extend(listing::relations_query(cx)),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    let shown = vec![Field::new("field", Kind::Name).required(), Field::text("label", 80).required()];
    vec![Field::items("fields", 40, shown).required(), ValueLabel::schema(60)]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow)]
    fields: Vec<Shown<'a>>,
    #[serde(borrow, default)]
    labels: Vec<ValueLabel<'a>>,
}

#[derive(Deserialize)]
struct Shown<'a> {
    #[serde(borrow)]
    field: Cow<'a, str>,
    #[serde(borrow)]
    label: Text<'a>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let record = content::required(cx)?;
    let mut fields: Map<String, Value> = record.fields()?;
    let labels: Vec<&ValueLabel> = props.labels.iter().collect();
    if !labels.is_empty() {
        fields.values_mut().for_each(|field| *field = listing::labelled(&labels, field).into_owned());
    }
    let related = listing::relations(cx);
    let image = record.image();
    // The picture stands at the top already.
    let shown = props.fields.iter().filter(|s| s.field != "image" || image.is_none());
    let rows = shown.filter_map(|s| Some((s.label.as_str(), fields.get(&*s.field)?)));
    let (long, short): (Vec<_>, Vec<_>) =
        rows.filter(|(_, v)| !value::is_empty(v)).partition(|(_, v)| value::is_long(v));
    let view = view! {
        <div class="entity-head">
            {maybe(image.as_ref(), |image| {
                parts::picture(cx, image, "(min-width: 56rem) 32rem, 100vw", Loading::Eager)
            })}
            <div>
                <h1>{text(&record.title)}</h1>
                {lead(&record, &short)}
                {list("facts-list", cx, &short, &related)}
            </div>
        </div>
        {list("texts-list", cx, &long, &related)}
    };
    write(view, &mut out.html);
    Ok(())
}

/// The record's summary, unless a field shows the same text.
fn lead<'a>(record: &'a Record<'a>, short: &[(&str, &Value)]) -> impl RenderHtml + 'a {
    let repeated = short.iter().any(|(_, v)| v.as_str() == Some(&record.summary));
    when(!record.summary.is_empty() && !repeated, || view! { <p class="lead">{text(&record.summary)}</p> })
}

fn list<'a>(
    class: &'static str,
    cx: &'a Cx<'a>,
    rows: &'a [(&'a str, &'a Value)],
    related: &'a [Related<'a>],
) -> impl RenderHtml + 'a {
    when(!rows.is_empty(), move || {
        let rows = drawn(move |out| {
            for (label, field) in rows {
                let value = value(cx, field, related);
                write(view! { <div><dt>{text(label)}</dt><dd>{value}</dd></div> }, out);
            }
        });
        view! { <dl class=class>{rows}</dl> }
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::Page;
    use model::query::Query;
    use serde_json::json;

    fn page() -> Page {
        Page {
            page: json!({"entity": "post"}),
            slug: Some("ada"),
            answer: |query| match query {
                Query::Record { .. } => Some(
                    json!(["a", "ada", "2026-03-14T08:00:00Z", "Ada <A>", "Writes about tides.", {
                        "born": "1990-05-01", "beat": ["b"], "active": true, "score": 4.5,
                        "bio": "<p>Grew up by the <em>sea</em>.</p>", "evil": "<p onclick=\"x()\">y</p>",
                        "site": "https://ada.example/", "email": "ada@x.example",
                        "bad": "javascript:alert(1)", "none": "",
                        "sizes": [{"label": "Small", "value": "1 < 2"}]
                    }, []])
                    .to_string(),
                ),
                Query::Relations { .. } => Some(r#"[["b","post","boats","Boats & co."]]"#.to_owned()),
                _ => None,
            },
            ..Page::default()
        }
    }

    fn fields(names: &[&str]) -> serde_json::Value {
        let fields: Vec<_> = names.iter().map(|name| json!({"field": name, "label": name})).collect();
        json!({"fields": fields})
    }

    #[test]
    fn fields_are_written_by_the_form_of_their_values() {
        assert_eq!(
            page().draw(
                "entity-detail",
                fields(&["born", "beat", "active", "score", "site", "email", "bad", "none", "bio", "sizes"])
            ),
            "<section class=\"entity-detail\"><div class=\"entity-head\"><div><h1>Ada &lt;A&gt;</h1>\
             <p class=\"lead\">Writes about tides.</p><dl class=\"facts-list\">\
             <div><dt>born</dt><dd><time datetime=\"1990-05-01\">1 May 1990</time></dd></div>\
             <div><dt>beat</dt><dd><a href=\"/news/boats\">Boats &amp; co.</a></dd></div>\
             <div><dt>active</dt><dd>Yes</dd></div><div><dt>score</dt><dd>4.5</dd></div>\
             <div><dt>site</dt><dd><a href=\"https://ada.example/\" rel=\"noopener\">ada.example</a></dd>\
             </div>\
             <div><dt>email</dt><dd><a href=\"mailto:ada@x.example\">ada@x.example</a></dd></div>\
             <div><dt>bad</dt><dd>javascript:alert(1)</dd></div></dl></div></div><dl class=\"texts-list\">\
             <div><dt>bio</dt><dd><div class=\"prose\"><p>Grew up by the <em>sea</em>.</p></div></dd></div>\
             <div><dt>sizes</dt><dd><dl><div><dt>Small</dt><dd>1 &lt; 2</dd></div></dl></dd></div></dl>\
             </section>"
        );
    }

    #[test]
    fn html_that_no_sanitiser_left_is_text() {
        let html = page().draw("entity-detail", fields(&["evil"]));
        assert!(html.contains("<dd>&lt;p onclick=&quot;x()&quot;&gt;y&lt;/p&gt;</dd>"), "{html}");
    }
}
