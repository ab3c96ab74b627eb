//! Values made from a schema.

use model::schema::{Field, Kind};
use serde_json::{Map, Value, json};

/// How much of a schema a sample fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Required fields only, lists as short as they may be.
    Minimal,
    /// Every field that has no default, two entries in each list.
    Defaults,
    /// Every field, two entries in each list.
    Two,
    /// Every field, lists as long as they may be.
    Maximal,
}

/// A place for one value, such as `items[0].title`.
pub struct Slot<'a> {
    pub path: String,
    pub kind: &'a Kind,
    /// How many values stand before it in the sample.
    pub number: usize,
}

impl Slot<'_> {
    /// The path without positions: `items[].title`.
    pub fn pattern(&self) -> String {
        let parts = self.path.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
        parts.collect::<Vec<_>>().join("[]")
    }
}

/// The props of a component; `leaf` makes the single values.
pub fn props(component: &str, size: Size, leaf: &mut dyn FnMut(&Slot) -> Value) -> Value {
    let mut props = unfitted(component, size, leaf);
    fit(component, &mut props, size);
    props
}

/// The same without regard to what a schema cannot say.
pub fn unfitted(component: &str, size: Size, leaf: &mut dyn FnMut(&Slot) -> Value) -> Value {
    object(&app::schemas::of(component).unwrap(), size, "", &mut 0, leaf)
}

pub fn object(
    fields: &[Field],
    size: Size,
    path: &str,
    number: &mut usize,
    leaf: &mut dyn FnMut(&Slot) -> Value,
) -> Value {
    let wanted = |field: &&Field| match size {
        Size::Minimal => field.required,
        Size::Defaults => field.default.is_none(),
        Size::Two | Size::Maximal => true,
    };
    let value = |field: &Field| {
        let at = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        (field.name.clone(), value(&field.kind, size, at, number, leaf))
    };
    Value::Object(fields.iter().filter(wanted).map(value).collect::<Map<_, _>>())
}

fn value(
    kind: &Kind,
    size: Size,
    path: String,
    number: &mut usize,
    leaf: &mut dyn FnMut(&Slot) -> Value,
) -> Value {
    match kind {
        Kind::Object { fields } => object(fields, size, &path, number, leaf),
        Kind::Link => {
            let fields = [Field::text("label", 120).required(), Field::new("href", Kind::Url).required()];
            object(&fields, size, &path, number, leaf)
        }
        Kind::List { of, min, max } => {
            let length = match size {
                Size::Minimal => *min,
                Size::Defaults | Size::Two => 2.clamp(*min, *max),
                Size::Maximal => *max,
            };
            (0..length).map(|n| value(of, size, format!("{path}[{n}]"), number, leaf)).collect()
        }
        _ => {
            *number += 1;
            leaf(&Slot { path, kind, number: *number })
        }
    }
}

/// A good value for a place, as a person would write it. Texts begin with a word of their own, and fill their
/// limit where they are to be `long`.
pub fn good(slot: &Slot, long: bool) -> Value {
    let word = word(slot.number);
    let fill = |max: usize| {
        let rest = if long { max.saturating_sub(word.len()) } else { 0 };
        format!("{word}{}", " abcdefghi".chars().cycle().take(rest).collect::<String>())
    };
    let markup = |max: usize| format!("<p>{}</p>", fill(max - 7));
    match slot.kind {
        Kind::Text { max } | Kind::LongText { max } => fill(*max).into(),
        Kind::Rich { max } | Kind::Html { max } => markup(*max).into(),
        Kind::Number { max, .. } => max.unwrap_or(4.5).into(),
        Kind::Integer { max, .. } => max.unwrap_or(1_000_000).into(),
        Kind::Boolean => true.into(),
        Kind::Date => "2026-03-14".into(),
        Kind::DateTime => "2026-03-14T09:30:00Z".into(),
        Kind::Money => json!({"amount": 129_900, "currency": "EUR"}),
        Kind::Choice { choices } => choices[slot.number % choices.len()].value.clone().into(),
        Kind::Icon => "leaf".into(),
        Kind::Url | Kind::Path => format!("/{word}").into(),
        Kind::Name => word.into(),
        Kind::Relation { .. } => "p-two".into(),
        Kind::Map => json!({"topic": word}),
        Kind::Image => json!({"file": "pic.svg", "alt": word}),
        Kind::Link | Kind::List { .. } | Kind::Object { .. } => unreachable!("made of other kinds"),
    }
}

/// A word that stands nowhere else on a page.
pub fn word(number: usize) -> String {
    format!("w{number}w")
}

/// What a schema cannot say: values that must go with the site's types, or with each other.
fn fit(component: &str, props: &mut Value, size: Size) {
    let Some(props) = props.as_object_mut() else { return };
    if let Some(label) = props.get_mut("labels").and_then(|labels| labels.get_mut(0)) {
        label["value"] = "sea".into();
    }
    let mut set = |name: &str, value: Value| {
        if props.contains_key(name) {
            props.insert(name.to_owned(), value);
        }
    };
    match component {
        "video" => set("video", "dQw4w9WgXcQ".into()),
        "product-card" => {
            for (name, value) in [("slug", "one"), ("type", "post"), ("link", "/posts/:slug")] {
                props.insert(name.to_owned(), value.into());
            }
        }
        "entity-list" | "product-list" | "blog-list" => {
            set("type", "post".into());
            set("index", "newest".into());
            set("filter", json!({"topic": "sea"}));
            set("link", "/posts/:slug".into());
            name_fields(props);
            for filter in props.get_mut("filters").and_then(Value::as_array_mut).into_iter().flatten() {
                filter["field"] = "brand".into();
            }
            for sort in props.get_mut("sorts").and_then(Value::as_array_mut).into_iter().flatten() {
                sort["index"] = "newest".into();
            }
        }
        "product-detail" | "blog-post" => {
            if let Some(related) = props.get_mut("related").and_then(Value::as_object_mut) {
                related.insert("index".to_owned(), "by-topic".into());
                related.insert("filter_field".to_owned(), "topic".into());
            }
        }
        "entity-detail" => name_fields(props),
        "columns" if size != Size::Minimal => set("widths", "1-1-1".into()),
        _ => {}
    }
}

/// The fields that a component shows of a record must be the type's.
fn name_fields(props: &mut Map<String, Value>) {
    const NAMES: [&str; 5] = ["topic", "summary", "price", "brand", "specs"];
    let fields = props.get_mut("fields").and_then(Value::as_array_mut);
    for (n, field) in fields.into_iter().flatten().enumerate() {
        let name = Value::from(NAMES[n % NAMES.len()]);
        if field.is_object() { field["field"] = name } else { *field = name }
    }
}
