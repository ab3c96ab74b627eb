//! A site's own components, defined as data: a composition of other components with parameters.

use crate::component::{Out, Undrawable};
use crate::cx::Cx;
use crate::render;
use model::json;
use model::query::Query;
use model::section::Section;
use model::validate::placeholder;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The stored definition: sections in which `{"$param": "name"}` stands for a prop of the place of use.
#[derive(Deserialize)]
struct Definition {
    sections: Value,
    /// Values of the parameters that the place of use leaves out.
    #[serde(default)]
    defaults: Map<String, Value>,
}

/// The sections that a placed composition stands for, as JSON.
fn expand(definition: &str, section: &Section, cx: &Cx) -> Result<String, Undrawable> {
    let definition: Definition =
        json::from_str(definition).map_err(|e| Undrawable(format!("definition: {e}")))?;
    let mut given = definition.defaults;
    let props = section.props_json(&cx.page.lines).ok_or_else(|| Undrawable("props: missing".to_owned()))?;
    let props: Map<String, Value> = json::from_str(props).map_err(|e| Undrawable(format!("props: {e}")))?;
    given.extend(props);
    let mut sections = definition.sections;
    substitute(&mut sections, &given);
    Ok(sections.to_string())
}

/// Puts the given values in the place of their placeholders; a prop without a value is taken out.
pub fn substitute(value: &mut Value, given: &Map<String, Value>) {
    if let Some(replacement) = placeholder(value).and_then(|name| given.get(name)) {
        *value = replacement.clone();
        return;
    }
    let kept = |value: &Value| placeholder(value).is_none_or(|name| given.contains_key(name));
    match value {
        Value::Array(items) => {
            items.retain(kept);
            items.iter_mut().for_each(|item| substitute(item, given));
        }
        Value::Object(fields) => {
            fields.retain(|_, field| kept(field));
            fields.values_mut().for_each(|field| substitute(field, given));
        }
        _ => {}
    }
}

pub fn draw(
    definition: &str,
    section: &Section,
    position: usize,
    cx: &Cx,
    out: &mut Out,
) -> Result<(), Undrawable> {
    let json = expand(definition, section, cx)?;
    let sections: Vec<Section> = json::from_str(&json).map_err(|e| Undrawable(format!("definition: {e}")))?;
    for inner in &sections {
        render::section(inner, position, cx, out);
    }
    Ok(())
}

pub fn asks(definition: &str, section: &Section, depth: usize, cx: &Cx, queries: &mut Vec<Query>) {
    let Ok(json) = expand(definition, section, cx) else { return };
    let Ok(sections) = json::from_str::<Vec<Section>>(&json) else { return };
    render::ask_sections(&sections, depth, true, cx, queries);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn placeholders_take_the_given_value_and_vanish_without_one() {
        let given = json!({"title": "Hello", "actions": [{"label": "Go", "href": "/"}]});
        let mut value = json!([{"component": "hero", "props": {
            "title": {"$param": "title"}, "text": {"$param": "text"}, "actions": {"$param": "actions"},
            "facts": [{"value": {"$param": "title"}}, {"$param": "none"}]
        }}]);
        substitute(&mut value, given.as_object().unwrap());
        assert_eq!(
            value,
            json!([{"component": "hero", "props": {
                "title": "Hello", "actions": [{"label": "Go", "href": "/"}], "facts": [{"value": "Hello"}]
            }}])
        );
    }

    #[test]
    fn a_given_value_is_not_searched_for_placeholders() {
        let given = json!({"title": {"$param": "title"}});
        let mut value = json!([{"title": {"$param": "title"}}]);
        substitute(&mut value, given.as_object().unwrap());
        assert_eq!(value, json!([{"title": {"$param": "title"}}]));
    }
}
