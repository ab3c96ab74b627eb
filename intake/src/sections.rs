//! Sections as people write them become sections as they are stored: names resolved, props checked and
//! completed, pictures looked up, HTML sanitised.

use crate::known::{Known, Mention, Own};
use crate::{html, lists};
use app::{registry, schemas};
use model::asset::Image;
use model::problem::{Problem, join};
use model::schema::{Field, Kind};
use model::section::{MAX_DEPTH, Tone, name_and_variant, parse_anchor};
use model::validate::{self, Context};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;

impl Known<'_> {
    /// Checks an object against fields; what stands in it is made ready to be stored.
    pub fn object(&self, value: &mut Value, fields: &[Field], path: &str, problems: &mut Vec<Problem>) {
        let context = Context { parameters: self.parameters };
        validate::object(value, fields, &context, path, problems, &mut |path, kind, value, problems| {
            self.store(path, kind, value, problems);
        });
    }

    fn store(&self, path: &str, kind: &Kind, value: &mut Value, problems: &mut Vec<Problem>) {
        match kind {
            Kind::Rich { .. } | Kind::Html { .. } => {
                let given = value.as_str().unwrap_or_default();
                if html::is_deep(given) {
                    let most = html::MAX_DEPTH;
                    let message =
                        format!("its elements stand more than {most} deep in each other: simplify it");
                    return problems.push(Problem::new(path, message));
                }
                let clean =
                    if matches!(kind, Kind::Rich { .. }) { html::rich(given) } else { html::custom(given) };
                for href in html::links(&clean) {
                    self.mention(path, &href);
                }
                *value = clean.into();
            }
            Kind::Image => self.picture(path, value, problems),
            // The pattern of a detail page's path is checked with its list.
            Kind::Path if value.as_str().is_some_and(|path| path.contains(":slug")) => {}
            Kind::Url | Kind::Path => value.as_str().into_iter().for_each(|to| self.mention(path, to)),
            _ => {}
        }
    }

    pub fn mention(&self, path: &str, href: &str) {
        self.links.borrow_mut().push(Mention { path: path.to_owned(), href: href.to_owned() });
    }

    /// `{"file": …, "alt": …}` becomes what a page needs to draw the picture.
    pub fn picture(&self, path: &str, value: &mut Value, problems: &mut Vec<Problem>) {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let Some(file) = text("file") else {
            return problems.push(Problem::new(
                path,
                "expected a picture such as {\"file\": \"shop.svg\", \"alt\": \"Our shop\"}",
            ));
        };
        let Some(alt) = text("alt") else {
            return problems.push(Problem::new(
                join(path, "alt"),
                "missing; say what the picture shows, or \"\" where it is decoration",
            ));
        };
        if let Err(message) = validate::writable(alt, false) {
            return problems.push(Problem::new(join(path, "alt"), message));
        }
        match self.files.picture(file) {
            Ok(image) => *value = json!(Image { alt: alt.into(), ..image }),
            Err(message) => problems.push(Problem::new(join(path, "file"), message)),
        }
    }

    /// A list of sections. One with problems is left out; the others are stored.
    pub fn sections(
        &self,
        given: &[Value],
        path: &str,
        depth: usize,
        problems: &mut Vec<Problem>,
    ) -> Vec<Value> {
        self.numbered(given, path, depth, problems).into_iter().map(|(_, section)| section).collect()
    }

    /// The same, each with its place in what was given.
    pub fn numbered(
        &self,
        given: &[Value],
        path: &str,
        depth: usize,
        problems: &mut Vec<Problem>,
    ) -> Vec<(usize, Value)> {
        let mut stored = vec![];
        for (n, section) in given.iter().enumerate() {
            let (before, mentioned) = (problems.len(), self.links.borrow().len());
            let section = self.section(section, &format!("{path}[{n}]"), depth, problems);
            if problems.len() == before {
                stored.extend(section.map(|section| (n, section)));
            } else {
                self.links.borrow_mut().truncate(mentioned);
            }
        }
        stored
    }

    fn section(&self, given: &Value, path: &str, depth: usize, problems: &mut Vec<Problem>) -> Option<Value> {
        let mut problem = |at: &str, message: String| problems.push(Problem::new(join(path, at), message));
        let Some(object) = given.as_object() else {
            problem("", "expected a section such as {\"component\": \"hero\", \"props\": {…}}".to_owned());
            return None;
        };
        const NAMES: [&str; 6] = ["id", "component", "props", "slots", "anchor", "tone"];
        if let Some(unknown) = object.keys().find(|k| !NAMES.contains(&k.as_str())) {
            problem(unknown, format!("unknown name; a section has {}", NAMES.join(", ")));
        }
        if depth > MAX_DEPTH {
            problem("", format!("sections may be nested {MAX_DEPTH} deep: take a level out"));
            return None;
        }
        let Some(component) = object.get("component").and_then(Value::as_str) else {
            problem("component", format!("missing; name one of {}", self.names()));
            return None;
        };
        let mut stored = Map::new();
        stored.insert("component".to_owned(), component.into());
        if let Some(anchor) = object.get("anchor") {
            match anchor.as_str().map(parse_anchor) {
                Some(Ok(anchor)) => drop(stored.insert("anchor".to_owned(), anchor.as_str().into())),
                _ => problem("anchor", "expected letters and digits in lower case, and hyphens".to_owned()),
            }
        }
        if let Some(tone) = object.get("tone") {
            match serde_json::from_value::<Tone>(tone.clone()) {
                Ok(Tone::Plain) => {}
                Ok(_) => drop(stored.insert("tone".to_owned(), tone.clone())),
                Err(_) => problem("tone", "expected plain, soft or strong".to_owned()),
            }
        }
        let (fields, slots) = match self.look_up(component) {
            Ok(found) => found,
            Err(message) => {
                problem("component", message);
                return None;
            }
        };
        let given = object.get("props").cloned().unwrap_or_else(|| json!({}));
        let (mut props, before) = (given.clone(), problems.len());
        self.object(&mut props, &fields, &join(path, "props"), problems);
        if problems.len() == before {
            match self.own.get(component) {
                Some(own) => self.expanded(own, component, &given, path, depth, problems),
                None => lists::check(component, &props, self, &join(path, "props"), problems),
            }
        }
        stored.insert("props".to_owned(), props);
        if let Some(given) = object.get("slots") {
            self.slots(given, slots, &join(path, "slots"), depth, &mut stored, problems);
        }
        Some(Value::Object(stored))
    }

    /// Checks what a component of the site's own stands for with these props.
    fn expanded(
        &self,
        own: &Own,
        name: &str,
        props: &Value,
        path: &str,
        depth: usize,
        problems: &mut Vec<Problem>,
    ) {
        let (none, mentioned) = (BTreeMap::new(), RefCell::default());
        let inside = Known { own: &none, links: &mentioned, ..*self };
        let sections = own.expand(props.as_object().unwrap_or(&Map::new()));
        let mut found = vec![];
        inside.sections(&sections, "sections", depth + 1, &mut found);
        problems.extend(found.into_iter().map(|p| Problem::new(path, format!("within {name}, {p}"))));
    }

    fn slots(
        &self,
        given: &Value,
        slots: &[&str],
        path: &str,
        depth: usize,
        stored: &mut Map<String, Value>,
        problems: &mut Vec<Problem>,
    ) {
        let Some(given) = given.as_object() else {
            return problems.push(Problem::new(path, "expected lists of sections by the name of their slot"));
        };
        let mut list = vec![];
        for (name, sections) in given {
            let at = join(path, name);
            match sections.as_array() {
                _ if !slots.contains(&name.as_str()) => {
                    problems.push(Problem::new(
                        at,
                        format!("there is no slot of this name; there are [{}]", slots.join(", ")),
                    ));
                }
                Some(sections) => list.push(
                    json!({"name": name, "sections": self.sections(sections, &at, depth + 1, problems)}),
                ),
                None => problems.push(Problem::new(at, "expected a list of sections")),
            }
        }
        stored.insert("slots".to_owned(), list.into());
    }

    /// Fields and slots of a component: the site's own first, then the compiled-in ones.
    fn look_up(&self, component: &str) -> Result<(Vec<Field>, &'static [&'static str]), String> {
        if let Some(own) = self.own.get(component) {
            return Ok((own.parameters.clone(), &[]));
        }
        let (name, variant) = name_and_variant(component);
        let unknown = || format!("there is no component {component:?}; there are {}", self.names());
        let (_, found) = registry::find(name).ok_or_else(unknown)?;
        if !found.variants.contains(&variant) {
            return Err(format!("{name:?} has no variant {variant:?}; it has {}", found.variants.join(", ")));
        }
        Ok((schemas::of(name).unwrap_or_default(), found.slots))
    }

    /// What a section can be, without the variants.
    fn names(&self) -> String {
        let compiled = registry::COMPONENTS.iter().map(|component| component.name);
        let names: Vec<&str> = self.own.keys().map(String::as_str).chain(compiled).collect();
        format!("{}; docs/components.md shows them", names.join(", "))
    }
}

/// Names of the query parameters that change what these stored sections show.
pub fn params(sections: &[Value], own: &BTreeMap<String, Value>) -> Vec<String> {
    let mut names = vec![];
    collect_params(sections, own, &mut names);
    names.sort();
    names.dedup();
    names
}

fn collect_params(sections: &[Value], own: &BTreeMap<String, Value>, names: &mut Vec<String>) {
    for section in sections {
        let component = section.get("component").and_then(Value::as_str).unwrap_or_default();
        let definition = own.get(component).and_then(|d| d.get("sections")).and_then(Value::as_array);
        if let Some(inner) = definition {
            collect_params(inner, own, names);
        }
        let props = section.get("props").map(Value::to_string).unwrap_or_default();
        match name_and_variant(component).0 {
            "search-results" => names.extend(["q".to_owned(), "after".to_owned()]),
            "search-box" => names.push("q".to_owned()),
            "entity-list" | "product-list" | "blog-list" => {
                names.extend(
                    serde_json::from_str(&props).map(|list| app::listing::params(&list)).unwrap_or_default(),
                );
            }
            _ => {}
        }
        for slot in section.get("slots").and_then(Value::as_array).into_iter().flatten() {
            let inner = slot.get("sections").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            collect_params(inner, own, names);
        }
    }
}
