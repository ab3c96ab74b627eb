//! A field of a type gets another name: sections that name it follow.

use model::problem::join;
use model::section::name_and_variant;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// New names of fields by their old ones.
pub type Renames = BTreeMap<String, String>;

/// Fields of a record under their new names.
pub fn fields(fields: &mut Map<String, Value>, renames: &Renames) {
    for (old, new) in renames {
        if let Some(value) = fields.remove(old) {
            fields.insert(new.clone(), value);
        }
    }
}

/// What became of a document's sections.
#[derive(Debug, Default, PartialEq)]
pub struct Renamed {
    /// Places that named a field and have its new name.
    pub followed: Vec<String>,
    /// Sections that know fields by names of their own: they will not find what was renamed.
    pub fixed: Vec<String>,
}

/// Gives fields of a type their new names in the sections of a document.
pub fn sections(document: &mut Value, kind: &str, renames: &Renames) -> Renamed {
    let shows_kind = document.get("entity").and_then(Value::as_str) == Some(kind);
    let mut rename = Rename { kind, renames, shows_kind, done: Renamed::default() };
    rename.walk(document, "");
    rename.done
}

struct Rename<'a> {
    kind: &'a str,
    renames: &'a Renames,
    /// Whether the document is a page of the type's records.
    shows_kind: bool,
    done: Renamed,
}

impl Rename<'_> {
    fn walk(&mut self, value: &mut Value, at: &str) {
        match value {
            Value::Object(fields) => {
                if let Some(component) = fields.get("component").and_then(Value::as_str).map(str::to_owned)
                    && let Some(props) = fields.get_mut("props")
                {
                    self.section(name_and_variant(&component).0, props, at);
                }
                for (name, value) in fields {
                    self.walk(value, &join(at, name));
                }
            }
            Value::Array(items) => {
                for (n, item) in items.iter_mut().enumerate() {
                    self.walk(item, &format!("{at}[{n}]"));
                }
            }
            _ => {}
        }
    }

    /// The names of fields stand where `lists::check` looks for them.
    fn section(&mut self, component: &str, props: &mut Value, at: &str) {
        let at = join(at, "props");
        let of_kind = props.get("type").and_then(Value::as_str) == Some(self.kind);
        let (is_list, is_detail) = match component {
            "entity-list" | "product-list" | "blog-list" | "product-card" => (of_kind, false),
            "entity-detail" | "product-detail" | "blog-post" => (false, self.shows_kind),
            _ => (false, false),
        };
        if !is_list && !is_detail {
            return;
        }
        if !component.starts_with("entity-") {
            self.done.fixed.push(at.clone());
        }
        for list in ["fields", "filters"] {
            for (n, item) in
                props.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten().enumerate()
            {
                self.name(item.get_mut("field"), &format!("{at}.{list}[{n}].field"));
            }
        }
        self.name(props.pointer_mut("/related/filter_field"), &join(&at, "related.filter_field"));
        if let Some(Value::Object(filter)) = props.get_mut("filter") {
            let named = self.renames.keys().filter(|old| filter.contains_key(*old));
            self.done.followed.extend(named.map(|old| format!("{at}.filter.{old}")));
            fields(filter, self.renames);
        }
    }

    fn name(&mut self, value: Option<&mut Value>, at: &str) {
        if let Some(Value::String(name)) = value
            && let Some(new) = self.renames.get(name)
        {
            name.clone_from(new);
            self.done.followed.push(at.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sections_that_name_a_field_of_the_type_follow_and_others_stay() {
        let renames = Renames::from([("price".to_owned(), "cost".to_owned())]);
        let list = |kind: &str| {
            json!({"component": "entity-list:cards", "props": {
                "type": kind, "filter": {"price": "5"}, "fields": [{"field": "title"}, {"field": "price"}],
                "filters": [{"field": "price", "label": "Price", "options": []}],
            }})
        };
        let detail = json!({"component": "product-detail", "props": {"related": {"filter_field": "price"}}});
        let columns = json!({"component": "columns", "slots": {"columns": [list("product")]}});
        let mut page = json!({"entity": "product", "sections": [list("post"), columns, detail]});
        let done = sections(&mut page, "product", &renames);
        let inner = "sections[1].slots.columns[0].props";
        let followed =
            ["fields[1].field", "filters[0].field", "filter.price"].map(|at| format!("{inner}.{at}"));
        let related = "sections[2].props.related.filter_field".to_owned();
        assert_eq!(done.followed, [followed.to_vec(), vec![related]].concat());
        assert_eq!(done.fixed, ["sections[2].props"]);
        assert_eq!(page["sections"][0], list("post"));
        assert_eq!(page.pointer("/sections/1/slots/columns/0/props/filter"), Some(&json!({"cost": "5"})));
        assert_eq!(page.pointer("/sections/2/props/related/filter_field"), Some(&json!("cost")));
        assert_eq!(sections(&mut page, "product", &renames).followed, Vec::<String>::new());
    }
}
