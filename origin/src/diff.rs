//! What differs between two documents, by path.

use model::problem::join;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

#[derive(Serialize, JsonSchema)]
pub struct Difference {
    /// Where: a path of field names and positions, such as `sections[2].props.title`.
    pub path: String,
    /// Absent where there was nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// Absent where there is nothing any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

pub fn between(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = vec![];
    walk("", Some(before), Some(after), &mut found);
    found
}

fn walk(path: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    match (before, after) {
        (Some(a), Some(b)) if a == b => {}
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            names.into_iter().for_each(|name| walk(&join(path, name), a.get(name), b.get(name), found));
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => lists(path, a, b, found),
        _ => found.push(Difference { path: path.to_owned(), before: before.cloned(), after: after.cloned() }),
    }
}

/// Items that are equal at both ends are passed over, so that one put in or taken out is one difference.
fn lists(path: &str, a: &[Value], b: &[Value], found: &mut Vec<Difference>) {
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let rest = a.len().min(b.len()) - start;
    let end = a.iter().rev().zip(b.iter().rev()).take(rest).take_while(|(x, y)| x == y).count();
    let (a, b) =
        (a.get(start..a.len() - end).unwrap_or_default(), b.get(start..b.len() - end).unwrap_or_default());
    for n in 0..a.len().max(b.len()) {
        walk(&format!("{path}[{}]", start + n), a.get(n), b.get(n), found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_difference_is_named_by_section_and_field() {
        let before =
            json!({"title": "A", "sections": [{"component": "hero", "props": {"title": "x", "text": "y"}}]});
        let after =
            json!({"title": "A", "sections": [{"component": "hero", "props": {"title": "z", "text": "y"}}]});
        let found: Vec<_> =
            between(&before, &after).into_iter().map(|d| (d.path, d.before, d.after)).collect();
        assert_eq!(found, [("sections[0].props.title".to_owned(), Some(json!("x")), Some(json!("z")))]);
    }

    #[test]
    fn an_item_that_was_put_in_is_one_difference() {
        let paths = |a: Value, b: Value| between(&a, &b).into_iter().map(|d| d.path).collect::<Vec<_>>();
        assert_eq!(paths(json!([1, 2, 3]), json!([1, 9, 2, 3])), ["[1]"]);
        assert_eq!(paths(json!([1, 2, 3]), json!([1, 3])), ["[1]"]);
        assert_eq!(paths(json!({"a": 1}), json!({"b": 1})), ["a", "b"]);
        assert!(paths(json!([1]), json!([1])).is_empty());
    }
}
