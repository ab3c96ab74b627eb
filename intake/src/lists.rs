//! Lists on pages against the types that they list. What is wrong with a list would else show only when a visitor
//! chooses the filter or order that cannot be asked.

use crate::known::Known;
use model::entity::{EntityType, TypeSummary};
use model::ids::TypeName;
use model::names::Locale;
use model::problem::{Problem, join};
use model::schema::Kind;
use model::section::name_and_variant;
use serde_json::Value;
use std::collections::BTreeSet;

/// Checks the props of a list, or of a detail with a list of related records. A value that a parameter stands for
/// is passed over: it is checked where the component is used.
pub fn check(component: &str, props: &Value, known: &Known, path: &str, problems: &mut Vec<Problem>) {
    let mut check = Check { props, known, path, problems };
    match name_and_variant(component).0 {
        "entity-list" | "product-list" | "blog-list" => check.list(),
        "product-card" => drop(check.typed()),
        "entity-detail" | "product-detail" | "blog-post" => check.detail(),
        _ => {}
    }
}

struct Check<'a> {
    props: &'a Value,
    known: &'a Known<'a>,
    path: &'a str,
    problems: &'a mut Vec<Problem>,
}

/// What is listed: the type's definition and what the edge knows of it.
#[derive(Clone, Copy)]
struct Listed<'a> {
    definition: &'a EntityType,
    summary: &'a TypeSummary,
}

impl<'a> Check<'a> {
    fn problem(&mut self, at: &str, message: String) {
        self.problems.push(Problem::new(join(self.path, at), message));
    }

    fn listed(&self, kind: &TypeName) -> Option<Listed<'a>> {
        let definition = self.known.types.get(kind)?;
        Some(Listed { definition, summary: self.known.summaries.get(kind)? })
    }

    /// The type that the props name, and the pattern of its records' addresses.
    fn typed(&mut self) -> Option<Listed<'a>> {
        let kind = self.props.get("type").and_then(Value::as_str)?;
        let listed = TypeName::parse(kind).ok().and_then(|kind| self.listed(&kind));
        match listed {
            Some(listed) => self.link("link", listed),
            None => {
                let known = names(self.known.types.keys());
                self.problem("type", format!("there is no entity type {kind:?}; there are [{known}]"));
            }
        }
        listed
    }

    fn list(&mut self) {
        let Some(listed) = self.typed() else { return };
        let mut filter = vec![];
        for (field, value) in self.props.get("filter").and_then(Value::as_object).into_iter().flatten() {
            self.value(&join("filter", field), listed.definition, field, value.as_str());
            filter.push(field.as_str());
        }
        let mut choices = vec![];
        for (n, given) in entries(self.props, "filters") {
            let Some(field) = given.get("field").and_then(Value::as_str) else { continue };
            for (m, option) in entries(given, "options") {
                let at = format!("filters[{n}].options[{m}].value");
                self.value(&at, listed.definition, field, option.get("value").and_then(Value::as_str));
            }
            self.value(&format!("filters[{n}].field"), listed.definition, field, None);
            choices.push(field);
        }
        self.fields(listed.definition, true);
        let mut sorts = vec![("index".to_owned(), self.props.get("index"))];
        sorts.extend(
            entries(self.props, "sorts").map(|(n, sort)| (format!("sorts[{n}].index"), sort.get("index"))),
        );
        for (at, index) in sorts {
            if let Some(index) = index.and_then(Value::as_str) {
                self.index(&at, listed, index, &filter, &choices);
            }
        }
    }

    /// Every combination of the filters that a visitor may choose needs an index in this order.
    fn index(&mut self, at: &str, listed: Listed, named: &str, filter: &[&str], choices: &[&str]) {
        let indexes = &listed.definition.indexes;
        let Some(index) = indexes.iter().find(|i| i.name.as_str() == named) else {
            let known = names(indexes.iter().map(|i| &i.name));
            return self.problem(at, format!("there is no index {named:?}; there are [{known}]"));
        };
        let mut missing: BTreeSet<Vec<&str>> = BTreeSet::new();
        for chosen in 0_u32..1 << choices.len().min(8) {
            let chosen = choices.iter().enumerate().filter(|(n, _)| chosen & (1 << n) != 0).map(|(_, f)| *f);
            let mut fields: Vec<&str> = filter.iter().copied().chain(chosen).collect();
            fields.sort_unstable();
            fields.dedup();
            if listed.summary.index_for(named, &fields).is_none() {
                missing.insert(fields);
            }
        }
        if let Some(fields) = missing.iter().min_by_key(|fields| fields.len()) {
            let (kind, sort) = (&listed.definition.id, &index.sort);
            let name: String = fields.iter().map(|f| format!("{f}-")).collect();
            let remedy = serde_json::json!({"name": format!("{name}{sort}"), "filter": fields, "sort": sort});
            let others = match missing.len() {
                1 => String::new(),
                n => format!(" ({} more combinations of filters have none either)", n - 1),
            };
            let filters = fields.join(", ");
            self.problem(
                at,
                format!("no index filters by [{filters}] and sorts by {sort}: add {remedy} to types/{kind}.json{others}"),
            );
        }
    }

    /// A field that a list filters by, and the value that is asked for.
    fn value(&mut self, at: &str, definition: &EntityType, field: &str, value: Option<&str>) {
        let Some(field) = definition.field(field) else {
            let known = names(definition.fields.iter().map(|f| &f.name));
            return self.problem(at, format!("{} has no field {field:?}; it has [{known}]", definition.id));
        };
        if let Some(value) = value
            && let Err(expected) = fits(&field.kind, value)
        {
            self.problem(at, format!("no record can have the value {value:?}: expected {expected}"));
        }
    }

    /// The fields that are shown. A list can show those only that are kept with its entries.
    fn fields(&mut self, definition: &EntityType, in_list: bool) {
        for (n, shown) in entries(self.props, "fields") {
            let Some(field) = shown.get("field").and_then(Value::as_str) else { continue };
            let at = format!("fields[{n}].field");
            self.value(&at, definition, field, None);
            let kept = definition.listed.iter().any(|listed| listed == field);
            if in_list && !kept && definition.field(field).is_some() {
                let remedy = format!("add it to `listed` in types/{}.json", definition.id);
                self.problem(&at, format!("{field:?} is not kept with list entries: {remedy}"));
            }
        }
    }

    /// The pattern of an entry's address must be that of a detail page of the type.
    fn link(&mut self, at: &str, listed: Listed) {
        let Some(link) = self.props.pointer(&format!("/{}", at.replace('.', "/"))).and_then(Value::as_str)
        else {
            return;
        };
        let here = |locale: &Locale| self.known.locale.is_none_or(|here| here == locale);
        let details = self.known.details.iter().filter(|d| d.kind == listed.definition.id && here(&d.locale));
        let paths: Vec<&str> = details.map(|detail| detail.path.as_str()).collect();
        if !link.contains(":slug") || paths.contains(&link) {
            return;
        }
        let kind = &listed.definition.id;
        let remedy = match paths.as_slice() {
            [] => {
                format!("{kind} has no detail page here: add one with \"entity\": \"{kind}\" and this path")
            }
            known => format!("the detail page of {kind} has the path {}", known.join(", ")),
        };
        self.problem(at, format!("{link} leads to no detail page; {remedy}"));
    }

    fn detail(&mut self) {
        let Some(listed) = self.known.entity.and_then(|kind| self.listed(kind)) else { return };
        self.fields(listed.definition, false);
        self.link("link", listed);
        let Some(related) = self.props.get("related") else { return };
        self.link("related.link", listed);
        let text = |name: &str| related.get(name).and_then(Value::as_str);
        let (Some(index), Some(field)) = (text("index"), text("filter_field")) else { return };
        self.value("related.filter_field", listed.definition, field, None);
        let indexes = &listed.definition.indexes;
        if !indexes.iter().any(|i| i.name.as_str() == index && i.filter == [field]) {
            let fit: Vec<&str> =
                indexes.iter().filter(|i| i.filter == [field]).map(|i| i.name.as_str()).collect();
            let remedy = match fit.as_slice() {
                [] => format!(
                    "add {} to types/{}.json",
                    serde_json::json!({"name": format!("{field}-newest"), "filter": [field], "sort": "published_at"}),
                    listed.definition.id
                ),
                fit => format!("name one of [{}]", fit.join(", ")),
            };
            self.problem(
                "related.index",
                format!("{index:?} is no index that filters by {field} alone: {remedy}"),
            );
        }
    }
}

fn entries<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = (usize, &'v Value)> + use<'v> {
    value.get(name).and_then(Value::as_array).into_iter().flatten().enumerate()
}

fn names(names: impl Iterator<Item = impl ToString>) -> String {
    names.map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}

/// Whether a record's field can have a value that lists are filtered by; else what it can have.
fn fits(kind: &Kind, value: &str) -> Result<(), String> {
    let expected = match kind {
        Kind::Choice { choices } if choices.iter().all(|c| c.value != value) => {
            format!("one of [{}]", names(choices.iter().map(|c| &c.value)))
        }
        Kind::Boolean if !matches!(value, "true" | "false") => "true or false".to_owned(),
        Kind::Integer { .. } if value.parse::<i64>().is_err() => "a whole number".to_owned(),
        Kind::Number { .. } if value.parse::<f64>().is_err() => "a number".to_owned(),
        Kind::List { of, .. } => return fits(of, value),
        Kind::Rich { .. }
        | Kind::Html { .. }
        | Kind::Image
        | Kind::Link
        | Kind::Money
        | Kind::Map
        | Kind::Object { .. } => "a field of single words or numbers to filter by".to_owned(),
        _ => return Ok(()),
    };
    Err(expected)
}
