//! `manysite rollback`: shows again what an old release did, as a new release.

use crate::commands::publish::{self, Published};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::Outcome;
use serde_json::{Value, json};

#[derive(clap::Args)]
pub struct Args {
    /// Number of the release; without it, the one before the newest
    release: Option<u64>,
}

pub fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let site = context.site()?;
    let number = match args.release {
        Some(number) => number,
        None => {
            let newest: Value = site.api.get(&site.path("/releases?limit=1"))?;
            let newest = newest.pointer("/releases/0/number").and_then(Value::as_u64).unwrap_or_default();
            if newest < 2 {
                return Err(Failure::usage("There is no release before the newest one."));
            }
            newest - 1
        }
    };
    let answer = site.api.post(&site.path(&format!("/releases/{number}/roll-back")), json!({}))?;
    let done: Published = serde_json::from_value(answer)
        .map_err(|e| Failure::server(format!("Its answer is not clear ({e}).")))?;
    let text = publish::text(&done, &format!("Release {number} is shown again,"));
    Ok(Outcome::new(json!(done), text))
}
