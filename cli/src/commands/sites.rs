//! `manysite sites`: the sites that one may see.

use crate::context::{Context, hosts};
use crate::failure::Failure;
use crate::output::{Outcome, field, table};
use serde_json::{Value, json};

pub fn run(context: &Context) -> Result<Outcome, Failure> {
    let api = context.api()?;
    let (mut sites, mut rows) = (context.sites(&api)?, vec![]);
    for site in &mut sites {
        let hosts = hosts(&api, &field(site, "id"))?;
        let names = hosts.iter().map(|host| field(host, "host"));
        let names = names.collect::<Vec<_>>();
        let locales = site.get("locales").and_then(Value::as_array).cloned().unwrap_or_default();
        let locales: Vec<&str> = locales.iter().filter_map(Value::as_str).collect();
        let host = names.first().cloned().unwrap_or_default();
        rows.push(vec![field(site, "id"), host, name(site), locales.join(" "), field(site, "status")]);
        if let Some(fields) = site.as_object_mut() {
            fields.insert("hosts".to_owned(), json!(names));
        }
    }
    let text = match rows.is_empty() {
        true => "There is no site yet: `manysite create-site` makes one.\n".to_owned(),
        false => table(&["ID", "HOST", "NAME", "LOCALES", "STATUS"], rows),
    };
    Ok(Outcome::new(json!({"sites": sites}), text))
}

/// The name of a site in its default language.
fn name(site: &Value) -> String {
    let locale = site.pointer("/locales/0").and_then(Value::as_str).unwrap_or_default();
    site.get("name").map_or_else(String::new, |name| field(name, locale))
}
