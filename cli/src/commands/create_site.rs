//! `manysite create-site`: a site from a starting point, as drafts.

use crate::commands::import;
use crate::context::{Context, Site};
use crate::failure::Failure;
use crate::output::{Outcome, done, field};
use crate::starts;
use serde_json::json;

#[derive(clap::Args)]
pub struct Args {
    /// The starting point
    #[arg(long = "type", value_name = "TYPE", default_value = "blank")]
    kind: starts::Site,
    /// What the site is called
    #[arg(long)]
    name: String,
    /// The part of its host before the platform's domain; without it, from the name
    #[arg(long)]
    host: Option<String>,
    /// Its language, such as en or pt-br
    #[arg(long, default_value = "en")]
    locale: String,
}

pub fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let host = args.host.unwrap_or_else(|| host_of(&args.name));
    if host.is_empty() {
        return Err(Failure::usage("The name makes no host: name one with --host."));
    }
    let folder = args.kind.folder(&args.name, &args.locale)?;
    let api = context.api()?;
    let (tenant, _) = context.tenant(&api)?;
    let body = json!({"name": {&args.locale: args.name}, "locales": [args.locale], "host": host});
    let made = api.post(&format!("/api/v1/tenants/{tenant}/sites"), body)?;
    let site = Site { id: field(&made, "id"), api };
    import::store(&site, &folder, None)?;
    let host = field(&made, "host");
    let text = done(&format!("{} is made, id {}", args.name, site.id))
        + &format!(
            "  `manysite --site {} publish` shows it at {host}\n",
            host.split('.').next().unwrap_or_default()
        );
    Ok(Outcome::new(json!({"id": site.id, "host": host, "pages": folder.pages.len()}), text))
}

/// A host from a name: its letters and digits, in lower case, with hyphens between the words.
fn host_of(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").chars().take(63).collect::<String>().trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_makes_a_host() {
        for (name, host) in [("ABC Shop", "abc-shop"), ("  Salt & Pepper! ", "salt-pepper"), ("مخبز", "")]
        {
            assert_eq!(host_of(name), host, "{name}");
        }
    }
}
