//! `manysite completions`: a script that completes commands and options.

use crate::args::Given;
use crate::failure::Failure;
use crate::output::Outcome;
use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

#[derive(clap::Args)]
pub struct Args {
    shell: Shell,
}

pub fn run(args: Args) -> Result<Outcome, Failure> {
    let mut script = vec![];
    clap_complete::generate(args.shell, &mut Given::command(), "manysite", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Ok(Outcome::new(json!({"shell": args.shell.to_string(), "script": script}), script))
}
