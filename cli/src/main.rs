//! The command line of Manysite. What a command does stands in `commands/`, one file each.

mod account;
mod api;
mod args;
mod commands;
mod context;
mod differences;
mod documents;
mod failure;
mod folder;
mod output;
mod records;
mod resolver;

use clap::Parser;

use output::Outcome;
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let given = args::Given::parse();
    let json = given.json;
    let (exit, value, text, aside) = match commands::run(given) {
        Ok(Outcome { exit, value, text }) => (exit, value, text, String::new()),
        Err(failure) => {
            let aside = failure.to_string();
            (failure.exit, json!({"error": failure}), String::new(), aside)
        }
    };
    // Whoever reads may stop before the end: nothing to say about that.
    let _ = write!(std::io::stderr(), "{aside}");
    let _ = match json {
        true => writeln!(std::io::stdout(), "{value}"),
        false => write!(std::io::stdout(), "{text}"),
    };
    exit.into()
}
