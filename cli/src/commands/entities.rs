//! `manysite entities`: records of a type, many at once.

use crate::api::encoded;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::folder;
use crate::output::{Outcome, done, pretty};
use crate::records::{self, Format, Imported};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub enum Action {
    /// Add and change records from a file; each row is taken or refused by itself
    Import {
        /// .csv, .json (a list) or .jsonl (a record a line)
        file: PathBuf,
        /// The type of the records
        #[arg(long = "type", value_name = "TYPE")]
        kind: String,
        /// Show them to visitors at once; else new ones wait as drafts
        #[arg(long)]
        publish: bool,
    },
    /// Write the records of a type
    Export {
        /// .csv, .json or .jsonl; without it, JSON Lines on standard output
        file: Option<PathBuf>,
        /// The type of the records
        #[arg(long = "type", value_name = "TYPE")]
        kind: String,
    },
}

/// Refused rows that are printed; `--json` has them all.
const SHOWN: usize = 50;

pub fn run(context: &Context, action: Action) -> Result<Outcome, Failure> {
    match action {
        Action::Import { file, kind, publish } => import(context, file, &kind, publish),
        Action::Export { file, kind } => export(context, file, &kind),
    }
}

fn import(context: &Context, file: PathBuf, kind: &str, publish: bool) -> Result<Outcome, Failure> {
    let format = Format::of(&file)?;
    let text = folder::text_of(&file, &file.display().to_string())?;
    let (pieces, site) = (format.pieces(&text)?, context.site()?);
    if pieces.is_empty() {
        // Else a name that is wrong would not be noticed.
        let _: Value = site.api.get(&site.path(&format!("/types/{}", encoded(kind))))?;
    }
    let imported = records::import(&site, kind, &pieces, publish)?;
    Ok(told(imported))
}

fn told(imported: Imported) -> Outcome {
    let Imported { rows, created, changed, unchanged, refused, problems } = &imported;
    let mut text = done(&format!(
        "{rows} rows: {created} added, {changed} changed, {unchanged} the same already, {refused} refused"
    ));
    for row in problems.iter().take(SHOWN) {
        text += &format!("\n  {}\n", console::style(format!("line {}", row.line)).bold());
        for at in &row.problems {
            text += &format!("    {}: {}\n", at.path, at.message);
        }
    }
    if problems.len() > SHOWN {
        text += &format!("\n  and {} more rows; --json has them all\n", problems.len() - SHOWN);
    }
    let exit = if *refused == 0 { Exit::Good } else { Exit::Content };
    Outcome { exit, text, value: json!(imported) }
}

fn export(context: &Context, file: Option<PathBuf>, kind: &str) -> Result<Outcome, Failure> {
    let format = file.as_deref().map(Format::of).transpose()?;
    let site = context.site()?;
    // Says that there is no such type, where an empty list would not.
    let definition: Value = site.api.get(&site.path(&format!("/types/{}", encoded(kind))))?;
    let found = records::all(&site, kind)?;
    let Some((file, format)) = file.zip(format) else {
        return Ok(Outcome::new(json!({"type": kind, "records": found}), records::lines(&found)));
    };
    let text = match format {
        Format::Csv => records::csv(&found, definition.get("definition").unwrap_or(&Value::Null))?,
        Format::Json => pretty(&json!(found)),
        Format::Lines => records::lines(&found),
    };
    folder::write_bytes(&file, text.as_bytes())?;
    let said = done(&format!("{} records in {}", found.len(), file.display()));
    Ok(Outcome::new(json!({"type": kind, "rows": found.len(), "file": file}), said))
}
