//! Components of the site's own: compositions of compiled-in ones, as data.

use crate::draft;
use crate::findings::{Found, SITE};
use crate::known::{Known, Own};
use crate::links::Links;
use model::problem::{Problem, join};
use model::schema::Field;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub fn read(
    site: &draft::Site,
    known: &Known,
    found: &mut Found,
    links: &mut Links,
) -> BTreeMap<String, Own> {
    let mut own = BTreeMap::new();
    for (name, component) in &site.components {
        let parameters: Vec<Field> = component
            .parameters
            .iter()
            .map(|(name, p)| Field {
                required: p.required,
                default: p.default.clone(),
                ..Field::new(name, p.kind.clone())
            })
            .collect();
        let (at, mut problems) = (join("components", name), vec![]);
        if !is_component_name(name) {
            let form = "expected name or name:variant, of letters a-z, digits and hyphens";
            problems.push(Problem::new(&at, form));
        }
        // Defaults are values that somebody typed: they are checked, and stored as such.
        let with_default: Vec<Field> = parameters.iter().filter(|p| p.default.is_some()).cloned().collect();
        let mut defaults = json!({});
        known.object(&mut defaults, &with_default, &join(&at, "parameters"), &mut problems);
        let inside = Known { parameters: Some(&parameters), ..*known };
        let stored = inside.numbered(&component.sections, &join(&at, "sections"), 1, &mut problems);
        links.take(SITE, None, None, known);
        found.problems(SITE, problems);
        let sections = stored.iter().filter_map(|(n, _)| component.sections.get(*n).cloned()).collect();
        let stored: Vec<Value> = stored.into_iter().map(|(_, section)| section).collect();
        let stored = json!({"sections": stored, "defaults": defaults});
        own.insert(name.clone(), Own { parameters, sections, stored });
    }
    own
}

/// Whether a text can name a component: `name` or `name:variant`.
pub fn is_component_name(name: &str) -> bool {
    name.splitn(2, ':').all(|part| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    })
}
