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

use failure::{Exit, Failure};
use output::Outcome;
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (json, done) = match args::Given::try_parse() {
        Ok(given) => (given.json, commands::run(given)),
        // Since they are wrong, the options cannot say so themselves.
        Err(e) if e.use_stderr() && std::env::args_os().any(|argument| argument == "--json") => {
            (true, Err(Failure::usage(e.render().to_string().trim_end())))
        }
        Err(e) => e.exit(),
    };
    let (exit, value, text, aside) = match done {
        Ok(Outcome { exit, value, text }) => (exit, value, text, String::new()),
        Err(failure) => {
            let aside = failure.to_string();
            (failure.exit, json!({"error": failure}), String::new(), aside)
        }
    };
    let _ = write!(std::io::stderr(), "{aside}");
    let mut out = std::io::stdout();
    let said = match json {
        true => writeln!(out, "{value}"),
        false => write!(out, "{text}"),
    };
    match said.and_then(|()| out.flush()) {
        // Whoever reads may stop before the end: nothing to say about that.
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            let _ = write!(
                std::io::stderr(),
                "{}",
                Failure::usage(format!("The output cannot be written ({e})."))
            );
            Exit::Usage.into()
        }
        _ => exit.into(),
    }
}
