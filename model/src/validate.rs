//! A value against a schema: fills the defaults in and lists every problem with its path.

use crate::problem::{Problem, join};
use crate::safe::is_safe_url;
use crate::schema::{Field, ICONS, Kind};
use serde_json::{Map, Value};

/// Is shown every value that fits its kind, with its path, and may change it.
pub type Visit<'v> = dyn FnMut(&str, &Kind, &mut Value, &mut Vec<Problem>) + 'v;

/// What a value may refer to besides itself.
#[derive(Default)]
pub struct Context<'a> {
    /// The parameters of the site's own component that is being defined: a value may then be
    /// `{"$param": "name"}`. `None` outside of such a definition.
    pub parameters: Option<&'a [Field]>,
}

/// The name that a placeholder `{"$param": "name"}` stands for.
pub fn placeholder(value: &Value) -> Option<&str> {
    let object = value.as_object().filter(|o| o.len() == 1)?;
    object.get("$param")?.as_str()
}

/// Checks an object against its fields, adds missing defaults, and visits every present value with its kind.
pub fn object(
    value: &mut Value,
    fields: &[Field],
    context: &Context,
    path: &str,
    problems: &mut Vec<Problem>,
    visit: &mut Visit,
) {
    let Some(map) = value.as_object_mut() else {
        problems.push(Problem::new(
            path,
            format!("expected an object with {}, found {}", names(fields), kind_of(value)),
        ));
        return;
    };
    if let Some(unknown) = map.keys().find(|key| !fields.iter().any(|f| f.name == **key)) {
        problems
            .push(Problem::new(join(path, unknown), format!("unknown name; known are {}", names(fields))));
    }
    for field in fields {
        let at = join(path, &field.name);
        // An empty text is what a form sends for a field that nobody filled in.
        let is_there = |value: &&mut Value| !(value.is_null() || field.required && **value == "");
        match map.get_mut(&field.name).filter(is_there) {
            Some(value) => one(value, &field.kind, context, &at, problems, visit),
            None => missing(map, field, context, &at, problems, visit),
        }
    }
}

/// A default is checked and visited like a value that somebody typed: in an entity type or a component of the
/// site's own it is one.
fn missing(
    map: &mut Map<String, Value>,
    field: &Field,
    context: &Context,
    at: &str,
    problems: &mut Vec<Problem>,
    visit: &mut Visit,
) {
    map.remove(&field.name);
    match &field.default {
        Some(default) => {
            let mut value = default.clone();
            one(&mut value, &field.kind, context, at, problems, visit);
            map.insert(field.name.clone(), value);
        }
        None if field.required => {
            problems.push(Problem::new(at, format!("missing; add {}", example(&field.kind))))
        }
        None => {}
    }
}

/// Checks one value of a kind.
pub fn one(
    value: &mut Value,
    kind: &Kind,
    context: &Context,
    path: &str,
    problems: &mut Vec<Problem>,
    visit: &mut Visit,
) {
    if let (Some(parameters), Some(name)) = (context.parameters, placeholder(value)) {
        match parameters.iter().find(|p| p.name == name) {
            None => problems.push(Problem::new(
                path,
                format!("there is no parameter {name:?}; known are {}", names(parameters)),
            )),
            Some(parameter) if !stands_for(&parameter.kind, kind) => problems.push(Problem::new(
                path,
                format!("parameter {name:?} is of another kind: make it {}", example(kind)),
            )),
            Some(_) => {}
        }
        return;
    }
    let before = problems.len();
    match kind {
        Kind::List { of, min, max } => {
            let Some(items) = value.as_array_mut() else {
                problems.push(Problem::new(path, format!("expected a list, found {}", kind_of(value))));
                return;
            };
            if items.len() < *min || items.len() > *max {
                problems.push(Problem::new(
                    path,
                    format!("expected {min} to {max} entries, found {}", items.len()),
                ));
            }
            for (n, item) in items.iter_mut().enumerate() {
                one(item, of, context, &format!("{path}[{n}]"), problems, visit);
            }
        }
        Kind::Object { fields } => object(value, fields, context, path, problems, visit),
        Kind::Link => object(value, &link_fields(), context, path, problems, visit),
        _ => {
            if let Err(message) = scalar(value, kind) {
                problems.push(Problem::new(path, message));
            }
        }
    }
    if problems.len() == before {
        visit(path, kind, value, problems);
    }
}

/// Whether a parameter may stand where a value of a kind is expected. Formatted texts and pictures are trusted as
/// they are stored, so only what was made ready as such may take their place.
fn stands_for(parameter: &Kind, kind: &Kind) -> bool {
    match (parameter, kind) {
        (Kind::Rich { .. }, Kind::Rich { .. } | Kind::Html { .. })
        | (Kind::Html { .. }, Kind::Html { .. })
        | (Kind::Image, Kind::Image) => true,
        (Kind::List { of: given, .. }, Kind::List { of, .. }) => stands_for(given, of),
        (Kind::Object { fields: given }, Kind::Object { fields }) => fields.iter().all(|field| {
            given.iter().find(|g| g.name == field.name).is_none_or(|g| stands_for(&g.kind, &field.kind))
        }),
        _ => !is_made_ready(kind),
    }
}

fn is_made_ready(kind: &Kind) -> bool {
    match kind {
        Kind::Rich { .. } | Kind::Html { .. } | Kind::Image => true,
        Kind::List { of, .. } => is_made_ready(of),
        Kind::Object { fields } => fields.iter().any(|field| is_made_ready(&field.kind)),
        _ => false,
    }
}

fn link_fields() -> Vec<Field> {
    vec![Field::text("label", 120).required(), Field::new("href", Kind::Url).required()]
}

fn scalar(value: &Value, kind: &Kind) -> Result<(), String> {
    let wrong = || Err(format!("expected {}, found {}", example(kind), kind_of(value)));
    let text = value.as_str();
    match kind {
        Kind::Text { max } | Kind::LongText { max } | Kind::Rich { max } | Kind::Html { max } => match text {
            Some(text) => fits(text, *max, matches!(kind, Kind::Text { .. })),
            None => wrong(),
        },
        Kind::Number { min, max } => match value.as_f64() {
            Some(n) => within(n, *min, *max),
            None => wrong(),
        },
        Kind::Integer { min, max } => match value.as_i64() {
            Some(n) => within(n, *min, *max),
            None => wrong(),
        },
        Kind::Boolean if value.is_boolean() => Ok(()),
        Kind::Date if text.is_some_and(is_date) => Ok(()),
        Kind::DateTime if text.is_some_and(is_datetime) => Ok(()),
        Kind::Money if is_money(value) => Ok(()),
        Kind::Choice { choices } => match text {
            Some(text) if choices.iter().any(|c| c.value == text) => Ok(()),
            _ => wrong(),
        },
        Kind::Icon if text.is_some_and(|t| ICONS.contains(&t)) => Ok(()),
        Kind::Url => match text {
            Some(text) if is_safe_url(text) => Ok(()),
            Some(_) => Err("this URL is not allowed: use a path such as /about, #anchor, or https:, http:, mailto: or tel:, without spaces".to_owned()),
            None => wrong(),
        },
        Kind::Path if text.is_some_and(|t| crate::names::PagePath::parse(t).is_ok()) => Ok(()),
        Kind::Name if text.is_some_and(|t| crate::ids::TypeName::parse(t).is_ok()) => Ok(()),
        Kind::Relation { .. } if text.is_some_and(|t| crate::ids::EntityId::parse(t).is_ok()) => Ok(()),
        Kind::Map if value.as_object().is_some_and(|o| o.values().all(Value::is_string)) => Ok(()),
        // The picture's form differs between what a person writes and what is stored: see `intake`.
        Kind::Image if value.is_object() => Ok(()),
        _ => wrong(),
    }
}

fn fits(text: &str, max: usize, one_line: bool) -> Result<(), String> {
    let length = text.chars().count();
    if length > max {
        return Err(format!("at most {max} characters, found {length}: shorten it"));
    }
    writable(text, one_line)
}

/// Whether a text may stand in HTML and in XML, which name characters that neither can hold in any way.
pub fn writable(text: &str, one_line: bool) -> Result<(), String> {
    if one_line && text.contains(['\n', '\r']) {
        return Err("one line only: take the line breaks out".to_owned());
    }
    let is_none = |c: char| matches!(u32::from(c), 0xfdd0..=0xfdef) || u32::from(c) & 0xfffe == 0xfffe;
    if text.chars().any(|c| is_none(c) || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))) {
        return Err("it holds control characters: take them out".to_owned());
    }
    Ok(())
}

fn within<N: PartialOrd + std::fmt::Display>(n: N, min: Option<N>, max: Option<N>) -> Result<(), String> {
    match (min, max) {
        (Some(min), _) if n < min => Err(format!("at least {min}, found {n}")),
        (_, Some(max)) if n > max => Err(format!("at most {max}, found {n}")),
        _ => Ok(()),
    }
}

fn digits(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(b, p)| if p == b'0' { b.is_ascii_digit() } else { b == p })
}

/// Whether it has the form of an ISO 4217 code.
pub fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
}

pub fn is_date(text: &str) -> bool {
    let part = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<u32>().ok()).unwrap_or(0);
    if !digits(text, "0000-00-00") {
        return false;
    }
    let (year, month, day) = (part(0, 4), part(5, 7), part(8, 10));
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

pub fn is_datetime(text: &str) -> bool {
    let part = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<u32>().ok()).unwrap_or(99);
    digits(text, "0000-00-00T00:00:00Z")
        && text.get(..10).is_some_and(is_date)
        && part(11, 13) < 24
        && part(14, 16) < 60
        && part(17, 19) < 60
}

fn is_money(value: &Value) -> bool {
    let Some(object) = value.as_object().filter(|o| o.len() == 2) else { return false };
    let amount = object.get("amount").and_then(Value::as_i64);
    let currency = object.get("currency").and_then(Value::as_str);
    // 2^53: the largest integer that every JSON reader keeps exactly.
    amount.is_some_and(|a| (0..=9_007_199_254_740_992).contains(&a)) && currency.is_some_and(is_currency)
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "another text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn names(fields: &[Field]) -> String {
    if fields.is_empty() {
        return "none".to_owned();
    }
    fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn example(kind: &Kind) -> String {
    match kind {
        Kind::Text { max } => format!("a line of up to {max} characters"),
        Kind::LongText { max } => format!("a text of up to {max} characters"),
        Kind::Rich { .. } | Kind::Html { .. } => "a text with HTML such as \"<p>…</p>\"".to_owned(),
        Kind::Number { .. } => "a number".to_owned(),
        Kind::Integer { .. } => "a whole number".to_owned(),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Date => "a day such as \"2026-03-14\"".to_owned(),
        Kind::DateTime => "a time in UTC such as \"2026-03-14T09:30:00Z\"".to_owned(),
        Kind::Money => {
            "an amount in minor units such as {\"amount\": 129900, \"currency\": \"EUR\"}".to_owned()
        }
        Kind::Choice { choices } => {
            format!("one of {}", choices.iter().map(|c| c.value.as_str()).collect::<Vec<_>>().join(", "))
        }
        Kind::Icon => format!("one of the icons {}", ICONS.join(", ")),
        Kind::Url => "a URL or a path".to_owned(),
        Kind::Path => "a path such as \"/about\"".to_owned(),
        Kind::Link => "a link such as {\"label\": \"About\", \"href\": \"/about\"}".to_owned(),
        Kind::Image => "a picture such as {\"file\": \"shop.svg\", \"alt\": \"Our shop\"}".to_owned(),
        Kind::Name => "a name of a-z, 0-9, - and _".to_owned(),
        Kind::Relation { to } => format!("the id of a {to}"),
        Kind::List { .. } => "a list".to_owned(),
        Kind::Object { fields } => format!("an object with {}", names(fields)),
        Kind::Map => "texts by name such as {\"category\": \"laptops\"}".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(fields: &[Field], mut value: Value) -> (Value, Vec<String>) {
        let mut problems = vec![];
        object(&mut value, fields, &Context::default(), "props", &mut problems, &mut |_, _, _, _| {});
        (value, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_good_value_has_no_problem_and_gets_its_defaults() {
        let fields = [
            Field::text("title", 10).required(),
            Field::choice("align", &["start", "center"]).default("start"),
        ];
        let (value, problems) = check(&fields, json!({"title": "Hello"}));
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(value, json!({"title": "Hello", "align": "start"}));
    }

    #[test]
    fn every_problem_names_its_path_and_its_remedy() {
        let fields = [
            Field::text("title", 5).required(),
            Field::items("items", 2, vec![Field::link("link").required(), Field::integer("n", 0, 9)]),
        ];
        let (_, problems) = check(
            &fields,
            json!({"titel": "x", "items": [{"link": {"label": "a", "href": "javascript:x"}}, {"n": 12}, {}]}),
        );
        assert!(
            problems.iter().any(|p| p == "props.titel: unknown name; known are title, items"),
            "{problems:?}"
        );
        assert!(
            problems.iter().any(|p| p.starts_with("props.title: missing; add a line of up to 5")),
            "{problems:?}"
        );
        assert!(
            problems.iter().any(|p| p.starts_with("props.items: expected 0 to 2 entries, found 3")),
            "{problems:?}"
        );
        assert!(
            problems.iter().any(|p| p.starts_with("props.items[0].link.href: this URL is not allowed")),
            "{problems:?}"
        );
        assert!(problems.iter().any(|p| p == "props.items[1].n: at most 9, found 12"), "{problems:?}");
    }

    #[test]
    fn days_and_times_must_exist_in_the_calendar() {
        assert!(
            is_date("2028-02-29") && !is_date("2026-02-29") && !is_date("2026-13-01") && !is_date("2026-1-1")
        );
        assert!(
            is_datetime("2026-03-14T09:30:00Z")
                && !is_datetime("2026-03-14T24:00:00Z")
                && !is_datetime("2026-03-14")
        );
    }

    #[test]
    fn a_placeholder_is_allowed_only_where_its_parameter_exists() {
        let parameters = [Field::text("headline", 10)];
        let fields = [Field::text("title", 5).required()];
        for (value, good) in
            [(json!({"title": {"$param": "headline"}}), true), (json!({"title": {"$param": "other"}}), false)]
        {
            let mut problems = vec![];
            object(
                &mut value.clone(),
                &fields,
                &Context { parameters: Some(&parameters) },
                "",
                &mut problems,
                &mut |_, _, _, _| {},
            );
            assert_eq!(problems.is_empty(), good, "{problems:?}");
        }
        assert!(!check(&fields, json!({"title": {"$param": "headline"}})).1.is_empty());
    }

    #[test]
    fn only_a_formatted_text_takes_the_place_of_one() {
        let parameters = [
            Field::text("line", 10),
            Field::rich("formatted"),
            Field::items("lines", 3, vec![Field::text("body", 10)]),
            Field::items("texts", 3, vec![Field::rich("body")]),
        ];
        let fields = [Field::rich("html"), Field::items("items", 3, vec![Field::rich("body")])];
        for (value, good) in [
            (json!({"html": {"$param": "formatted"}}), true),
            (json!({"html": {"$param": "line"}}), false),
            (json!({"items": {"$param": "texts"}}), true),
            (json!({"items": {"$param": "lines"}}), false),
            (json!({"items": {"$param": "line"}}), false),
            (json!({"items": [{"body": {"$param": "line"}}]}), false),
        ] {
            let mut problems = vec![];
            let context = Context { parameters: Some(&parameters) };
            object(&mut value.clone(), &fields, &context, "", &mut problems, &mut |_, _, _, _| {});
            assert_eq!(problems.is_empty(), good, "{value}: {problems:?}");
        }
    }

    #[test]
    fn a_default_is_checked_and_visited_as_a_value_is() {
        let fields = [Field::rich("body").default("<p>x</p>"), Field::text("title", 3).default("too long")];
        let (mut value, mut problems, mut visited) = (json!({}), vec![], vec![]);
        object(&mut value, &fields, &Context::default(), "", &mut problems, &mut |path, _, value, _| {
            visited.push(path.to_owned());
            *value = json!("ready");
        });
        assert_eq!((visited, &value["body"]), (vec!["body".to_owned()], &json!("ready")));
        assert_eq!(problems.iter().map(|p| p.path.as_str()).collect::<Vec<_>>(), ["title"]);
    }
}
