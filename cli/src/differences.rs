//! Where two documents differ.

use serde_json::{Map, Value};

#[derive(Debug, PartialEq)]
pub struct Difference {
    pub path: String,
    /// `None` where there is nothing.
    pub before: Option<Value>,
    pub after: Option<Value>,
}

pub fn between(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = vec![];
    compare("", Some(before), Some(after), &mut found);
    found
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            for name in names(old, new) {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                compare(&path, old.get(name), new.get(name), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for n in 0..old.len().max(new.len()) {
                compare(&format!("{path}[{n}]"), old.get(n), new.get(n), found);
            }
        }
        (before, after) if before != after => {
            found.push(Difference { path: path.to_owned(), before: before.cloned(), after: after.cloned() })
        }
        _ => {}
    }
}

fn names<'v>(old: &'v Map<String, Value>, new: &'v Map<String, Value>) -> Vec<&'v String> {
    old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_name_their_paths_and_what_is_the_same_is_left_out() {
        let found = between(&json!({"a": [1, {"b": 2}], "c": 3}), &json!({"a": [1, {"b": 4}, 5], "d": 6}));
        let paths: Vec<&str> = found.iter().map(|d| d.path.as_str()).collect();
        assert_eq!(paths, ["a[1].b", "a[2]", "c", "d"]);
        let added = found.get(1).map(|d| (d.before.clone(), d.after.clone()));
        assert_eq!(added, Some((None, Some(json!(5)))));
    }
}
