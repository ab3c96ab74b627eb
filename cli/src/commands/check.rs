//! `manysite check`: what is wrong with a site's folder, or with every site's folder in one.

use crate::failure::{Exit, Failure};
use crate::output::{Outcome, width};
use intake::compile::Options;
use intake::report::Report;
use intake::site::Published;
use intake::sites::{Sites, publish_all};
use intake::{Finding, Severity};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Args {
    /// A site's folder, or one that holds several
    #[arg(default_value = ".")]
    folder: PathBuf,
}

pub fn run(args: Args) -> Result<Outcome, Failure> {
    Ok(outcome(&findings(&args.folder)?))
}

fn options() -> Options<'static> {
    Options { scheme: "https", database: "DB", release: 1 }
}

/// Checks the site in a folder, or those in the folders of a folder.
pub fn findings(folder: &Path) -> Result<Sites, Failure> {
    let unreadable = |e| Failure::usage(format!("{} cannot be read ({e}).", folder.display()));
    let folder = folder.canonicalize().map_err(unreadable)?;
    if folder.join("site.json").exists() {
        let (published, findings) = match site(&folder) {
            Ok(mut site) => {
                let findings = std::mem::take(&mut site.findings);
                (vec![site], findings)
            }
            Err(findings) => (vec![], findings),
        };
        return Ok(Sites { published, findings, count: 1 });
    }
    let sites = publish_all(&folder, None, &options()).map_err(unreadable)?;
    match sites.count {
        0 => Err(Failure::usage(format!("{} holds no site.json and no folders of sites.", folder.display()))),
        _ => Ok(sites),
    }
}

/// The release that the site in a folder would make.
pub fn site(folder: &Path) -> Result<Published, Vec<Finding>> {
    intake::publish(folder, None, &options())
}

/// The findings as a report; its exit code says whether there are problems.
pub fn outcome(sites: &Sites) -> Outcome {
    let report = Report {
        findings: &sites.findings,
        sites: sites.count,
        width: width().into(),
        colour: console::colors_enabled(),
    };
    let said = |severity: Severity| {
        let mine = sites.findings.iter().filter(move |f| f.severity == severity);
        mine.map(|f| json!({"file": f.source, "path": f.problem.path, "message": f.problem.message}))
            .collect::<Vec<_>>()
    };
    let (problems, warnings) = (said(Severity::Problem), said(Severity::Warning));
    let exit = if problems.is_empty() { Exit::Good } else { Exit::Content };
    let value = json!({"sites": sites.count, "problems": problems, "warnings": warnings});
    Outcome { exit, value, text: report.to_string() }
}
