//! A payload wherever stored records hold plain text.

use super::attack::{Attack, organisation};
use super::sample::{self, Size, Slot};
use super::stage::{Stage, Visit};
use app::Params;
use model::names::PagePath;
use model::query::Query;
use model::schema::Kind;
use serde_json::{Value, json};

/// Pages of a site whose stored records hold the payload in every plain text: one of everything that can still be
/// drawn, and one, in preview, of what cannot.
pub fn lying_store(attack: Attack, stage: &Stage) -> [String; 2] {
    let text = attack.text();
    let image = json!({
        "asset": "cafe", "name": attack.unescaped(), "ext": "webp", "width": 4, "height": 3, "widths": [320, 640], "alt": text
    });
    let leaf = |component: &str, slot: &Slot| match slot.kind {
        Kind::Text { .. } if component == "video" && slot.path == "video" => "dQw4w9WgXcQ".into(),
        Kind::Name if slot.path == "type" => "post".into(),
        Kind::Name if slot.path == "index" => "newest".into(),
        Kind::Text { .. } | Kind::LongText { .. } | Kind::Url | Kind::Path | Kind::Name => {
            text.clone().into()
        }
        Kind::Map => json!({"topic": text}),
        Kind::Image => image.clone(),
        _ => sample::good(slot, false),
    };
    let (mut soft, mut hard) = (vec![], vec![]);
    for (name, full) in attack.components() {
        let props = sample::unfitted(name, Size::Two, &mut |slot| leaf(name, slot));
        soft.push(json!({"component": full, "anchor": text, "props": props}));
        hard.extend(unreadable(&attack, name, &full, &image));
    }
    hard.push(json!({"component": text, "props": {}}));
    hard.push(json!({"component": format!("hero:{text}"), "props": {"title": text}}));
    hard.push(json!({"component": "hero", "props": text}));
    let mut site = json!(stage.site);
    site["name"] = json!({"en": text});
    site["organisation"] = organisation(&attack);
    site["theme"]["background_light"] = text.clone().into();
    site["theme"]["background_dark"] = text.clone().into();
    site["theme"]["icon"] = image.clone();
    site["theme"]["logo"] = if attack.number.is_multiple_of(2) { image.clone() } else { Value::Null };
    let frame = json!({"links": [{"label": text, "href": text, "links": [{"label": text, "href": text}]}], "brand": text, "home": text});
    site["frame"] = json!({"en": {
        "before": [{"component": "header", "props": frame}], "after": [{"component": "footer", "props": {"copyright": text}}]
    }});
    let stage = stage.with_site(serde_json::from_value(site).unwrap());
    [(soft, false), (hard, true)].map(|(sections, preview)| {
        let page = json!({
            "v": 1, "id": "x", "locale": "en", "entity": "post", "title": format!("T {text}"), "description": text,
            "image": image, "sections": sections
        });
        let path = PagePath::of_request(&format!("/{}", attack.payload));
        let path = path.map_or("/x".to_owned(), |_| format!("/{text}"));
        let params = ["q", "after", "before", "sort", "topic"].map(|name| (name.to_owned(), text.clone()));
        let visit = Visit {
            json: &page.to_string(),
            path: PagePath::of_request(&path).unwrap(),
            slug: Some(text.clone()),
            params: Params::new(params.to_vec()),
            preview,
        };
        let answers = stage.answers(&visit, &|query| Some(lie(&attack, &image, query)));
        stage.render_with(&visit, &answers).into_html()
    })
}

/// Sections each with one value that is not among those that its component can read.
fn unreadable(attack: &Attack, name: &str, full: &str, image: &Value) -> Vec<Value> {
    let is_hard = |slot: &Slot| {
        matches!(slot.kind, Kind::Choice { .. } | Kind::Icon)
            || (matches!(slot.kind, Kind::Name) && matches!(&*slot.path, "type" | "index"))
            || (name == "video" && slot.path == "video")
    };
    let mut places = vec![];
    let mut note = |slot: &Slot| {
        if is_hard(slot) {
            places.push(slot.path.clone());
        }
        Value::Null
    };
    sample::unfitted(name, Size::Two, &mut note);
    let section = |place: String| {
        let mut leaf = |slot: &Slot| match slot.kind {
            _ if slot.path == place => attack.unescaped().into(),
            Kind::Image => image.clone(),
            Kind::Name if slot.path == "type" => "post".into(),
            Kind::Name if slot.path == "index" => "newest".into(),
            _ => sample::good(slot, false),
        };
        json!({"component": full, "props": sample::unfitted(name, Size::Two, &mut leaf)})
    };
    places.into_iter().map(section).collect()
}

/// An answer of the content store that holds the payload in every plain text.
fn lie(attack: &Attack, image: &Value, query: &Query) -> String {
    let text = attack.text();
    let money = json!({"amount": 5, "currency": attack.unescaped()});
    let formatted = "<p>plain</p>";
    let fields = json!({
        "title": text, "name": text, "summary": text, "brand": text, "author": text, "topic": text, "sku": text,
        "topics": [text, text], "specs": [{"label": text, "value": text}], "image": image, "images": [image],
        "price": money, "was": {"amount": 9, "currency": attack.unescaped()}, "stock": 0, "rating": 4.5,
        "body": formatted, "description": formatted, "website": text, "more": {"label": text, "href": text},
        "nested": {"a": [{"b": text}, text]}, text.clone(): text
    });
    // A translation's slug makes a path: the twin must be one exactly where the payload is.
    let is_path = PagePath::parse(&format!("/{}", attack.payload)).is_ok();
    let slug = if is_path { text.clone() } else { "x".to_owned() };
    match query {
        Query::Record { .. } => {
            json!([text, text, text, text, text, fields, [["en", slug], ["ar", slug], [text, text]]])
        }
        Query::List(_) | Query::Related { .. } => {
            json!([[text, text, text, text, fields], [text, "b", text, 5, fields]])
        }
        Query::Relations { .. } => json!([[text, text, text, text], ["b", "post", text, text]]),
        Query::Search { .. } => json!([[text, text, text, 1, 5], [text, text, text, 0, 3]]),
        Query::Addresses { .. } => json!([]),
    }
    .to_string()
}
