//! `manysite create-site`: a site from a starting point, as drafts.

use crate::context::{Context, Site};
use crate::failure::Failure;
use crate::output::{Outcome, done, field};
use clap::builder::PossibleValuesParser;
use indicatif::{ProgressBar, ProgressStyle};
use intake::starts;
use serde_json::{Value, json};
use std::time::Duration;

#[derive(clap::Args)]
pub struct Args {
    /// The starting point
    #[arg(long = "type", value_name = "TYPE", default_value = "blank", value_parser = PossibleValuesParser::new(starts::SITES.map(|(name, _)| name)))]
    kind: String,
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
    let api = context.api()?;
    let (tenant, _) = context.tenant(&api)?;
    let from = json!({"template": args.kind});
    let body =
        json!({"name": {&args.locale: args.name}, "locales": [args.locale], "host": host, "from": from});
    let made = api.post(&format!("/api/v1/tenants/{tenant}/sites"), body)?;
    let site = Site { id: field(&made, "id"), api };
    until_filled(&site)?;
    let pages = starts::site(&args.kind, &args.name, &args.locale).map_or(0, |parts| parts.pages.len());
    let host = field(&made, "host");
    let text = done(&format!("{} is made, id {}", args.name, site.id))
        + &format!(
            "  `manysite --site {} publish` shows it at {host}\n",
            host.split('.').next().unwrap_or_default()
        );
    Ok(Outcome::new(json!({"id": site.id, "host": host, "pages": pages}), text))
}

/// Waits until a new site has everything that it begins with.
fn until_filled(site: &Site) -> Result<(), Failure> {
    let style = ProgressStyle::with_template("  {bar:30} {pos}/{len} {eta}").ok();
    let bar = style.into_iter().fold(ProgressBar::new(0), ProgressBar::with_style);
    loop {
        let facts: Value = site.api.get(&site.path(""))?;
        let filling = &facts["filling"];
        if filling.is_null() {
            bar.finish_and_clear();
            return Ok(());
        }
        if filling["state"] == "failed" {
            return Err(Failure::content(field(filling, "problem")));
        }
        bar.set_length(filling["total"].as_u64().unwrap_or_default());
        bar.set_position(filling["done"].as_u64().unwrap_or_default());
        std::thread::sleep(Duration::from_millis(200));
    }
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
