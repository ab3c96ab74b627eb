//! JSON that a person wrote, with problems in words that say something to that person.

use model::Problem;
use model::problem::join;
use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use std::collections::HashSet;
use std::fmt;

/// Reads JSON; the problem names the path to what does not fit.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    // First as JSON of any form, so that what goes wrong afterwards is the content's fault.
    read::<Any>(text, |e| format!("{e}: this is not JSON there; mend it"))?;
    read(text, |_| "expected a text, found another kind of value".to_owned())
}

fn read<T: DeserializeOwned>(
    text: &str,
    otherwise: impl Fn(&serde_json::Error) -> String,
) -> Result<T, Problem> {
    let mut from = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut from).map_err(|e| {
        let path = e.path().to_string();
        let path = if matches!(&*path, "." | "?") { "" } else { &path };
        match e.inner().classify() {
            Category::Data => problem(path, &e.inner().to_string()),
            _ => Problem::new(path, otherwise(e.inner())),
        }
    })?;
    from.end().map_err(|e| Problem::new("", otherwise(&e)))?;
    Ok(value)
}

/// A value of any form in which no name stands twice: readers differ in which of the two they take.
struct Any;

impl<'de> serde::Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Any)
    }
}

impl<'de> Visitor<'de> for Any {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Any>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = entries.next_key::<String>()? {
            entries.next_value::<Any>()?;
            if let Some(twice) = names.replace(name) {
                return Err(A::Error::custom(format!("duplicate field `{twice}`")));
            }
        }
        Ok(self)
    }
}

/// What serde says of content, for people: the names of our structures and of Rust's types say nothing to them.
fn problem(path: &str, said: &str) -> Problem {
    let said = said.rsplit_once(" at line ").map_or(said, |(said, _)| said);
    let quoted = |start: &str| said.strip_prefix(start)?.split_once('`').map(|(name, _)| name.to_owned());
    if let Some(name) = quoted("missing field `") {
        return Problem::new(join(path, &name), "missing: add it");
    }
    if let Some(name) = quoted("duplicate field `") {
        return Problem::new(path, format!("{} stands here twice: take one out", short(&name)));
    }
    if let Some(name) = quoted("unknown field `") {
        // Of a part of an object the path is the object's.
        let path = if path.ends_with(&name) { path.to_owned() } else { join(path, &name) };
        let known = said.split_once(", expected ").map_or("none", |(_, known)| known);
        return Problem::new(path, format!("unknown name; known are {}", listed(known)));
    }
    if said.starts_with("unknown variant `")
        && let Some((_, known)) = said.split_once(", expected ")
    {
        return Problem::new(path, format!("expected one of {}", listed(known)));
    }
    let kinds = said.strip_prefix("invalid ").and_then(|rest| rest.split_once(": ")).map(|(_, rest)| rest);
    match kinds.and_then(|kinds| kinds.rsplit_once(", expected ")) {
        Some((found, expected)) => Problem::new(
            path,
            format!("expected {}, found {}", expected_in_words(expected), found_in_words(found)),
        ),
        None if said.starts_with("invalid length") => {
            let expected = said.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
            Problem::new(path, format!("expected {}, found a list", expected_in_words(expected)))
        }
        None => Problem::new(path, said),
    }
}

fn short(name: &str) -> String {
    name.chars().take(60).collect()
}

/// "one of `a`, `b`" and "`a` or `b`" as a list.
fn listed(known: &str) -> String {
    let names: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn expected_in_words(expected: &str) -> &str {
    match expected {
        "a map" => "an object",
        "a sequence" => "a list",
        "a string" => "a text",
        "a boolean" => "true or false",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0 on",
        "i32" | "i64" => "a whole number",
        "f64" => "a number",
        other if other.contains("struct ") || other.contains("enum ") => "an object",
        other => other,
    }
}

/// What was sent does not come back: it may be long.
fn found_in_words(found: &str) -> String {
    match found.split_whitespace().next().unwrap_or_default() {
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        "string" | "character" => "a text".to_owned(),
        "integer" | "floating" | "boolean" => short(found.split('`').nth(1).unwrap_or_default()),
        "unit" | "null" => "null".to_owned(),
        _ => "another kind of value".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::Value;
    use std::collections::BTreeMap;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Given {
        #[serde(rename = "name")]
        _name: String,
        #[serde(default, rename = "days")]
        _days: u64,
        #[serde(default, rename = "on")]
        _on: Option<Switch>,
        #[serde(default, rename = "parts")]
        _parts: Vec<BTreeMap<String, String>>,
    }

    #[derive(Deserialize, Debug)]
    #[serde(rename_all = "snake_case")]
    enum Switch {
        On,
        Off,
    }

    #[test]
    fn what_does_not_fit_is_said_in_words_for_people() {
        for (text, says) in [
            ("{}", "name: missing: add it"),
            ("{\"name\": 7}", "name: expected a text, found 7"),
            ("{\"name\": {}}", "name: expected a text, found an object"),
            ("{\"name\": null}", "name: expected a text, found null"),
            ("{\"name\": \"a\", \"days\": -1}", "days: expected a whole number from 0 on, found -1"),
            (
                "{\"name\": \"a\", \"days\": \"many, expected u64\"}",
                "days: expected a whole number from 0 on, found a text",
            ),
            ("{\"name\": \"a\", \"days\": 1.5}", "days: expected a whole number from 0 on, found 1.5"),
            ("{\"name\": \"a\", \"on\": \"dim\"}", "on: expected one of on, off"),
            ("{\"name\": \"a\", \"on\": 1}", "on: expected a text, found another kind of value"),
            ("{\"name\": \"a\", \"parts\": {}}", "parts: expected a list, found an object"),
            ("{\"name\": \"a\", \"parts\": [[]]}", "parts[0]: expected an object, found a list"),
            ("{\"name\": \"a\", \"colour\": 1}", "colour: unknown name; known are name, days, on, parts"),
            (
                "{\"name\": \"a\", \"parts\": [{\"x\": \"1\", \"x\": \"2\"}]}",
                "parts[0]: x stands here twice: take one out",
            ),
        ] {
            let problem = parse::<Given>(text).unwrap_err();
            assert_eq!(problem.to_string(), says, "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_said_with_its_place() {
        let problem = parse::<Value>("{\"a\": [1,]}").unwrap_err().to_string();
        assert_eq!(problem, "a: trailing comma at line 1 column 10: this is not JSON there; mend it");
        for text in ["", "{} {}", "{\"a\": 1e999}", "{\"a\": \"\\ud800\"}", &"[".repeat(1000)] {
            assert!(parse::<Value>(text).unwrap_err().message.contains("this is not JSON there"), "{text}");
        }
    }
}
