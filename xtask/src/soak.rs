//! Long runs: a million renders, every payload everywhere, a million records, a hundred thousand sites, publishing
//! under failure, the origin on the built Workers, and Lighthouse,
//! which is timed. The tests run the same code with smaller counts. The figures go to `docs/results/<day>-soak.md`.

use crate::run::{cargo, node, root, step};
use crate::{build, seed, setup};
use anyhow::{Context, Result, bail};
use intake::compile::Options;
use intake::publish;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Every line of a run that stands in the results begins with this.
const MARK: &str = "soak: ";

struct Sizes {
    renders: usize,
    /// 0: every payload.
    payloads: usize,
    rows: usize,
    sites: usize,
    rounds: usize,
    publishes: usize,
    cases: usize,
    only: Option<String>,
    /// Takes the Worker that lies in `worker/build`.
    as_built: bool,
}

impl Sizes {
    fn of(args: &[String]) -> Result<Self> {
        let mut sizes = Self {
            renders: 1_000_000,
            payloads: 0,
            rows: 1_000_000,
            sites: 100_000,
            rounds: 9,
            publishes: 100_000,
            cases: 30,
            only: None,
            as_built: false,
        };
        let mut args = args.iter();
        while let Some(name) = args.next() {
            if name == "--as-built" {
                sizes.as_built = true;
                continue;
            }
            let value = args.next().with_context(|| format!("{name} needs a value"))?;
            let number = || value.parse().with_context(|| format!("{name} {value}: expected a number"));
            match name.as_str() {
                "--renders" => sizes.renders = number()?,
                "--payloads" => sizes.payloads = number()?,
                "--rows" => sizes.rows = number()?,
                "--sites" => sizes.sites = number()?,
                "--rounds" => sizes.rounds = number()?,
                "--publishes" => sizes.publishes = number()?,
                "--cases" => sizes.cases = number()?,
                "--only" => sizes.only = Some(value.clone()),
                _ => bail!(
                    "there is no option {name}: there are --renders, --payloads, --rows, --sites, --rounds, --publishes, --cases, --only, --as-built"
                ),
            }
        }
        Ok(sizes)
    }

    fn wants(&self, part: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.split(',').any(|p| p == part))
    }
}

pub fn soak(args: &[String]) -> Result<()> {
    let sizes = Sizes::of(args)?;
    setup::all()?;
    let mut report = format!("# Long runs, {}\n\n{}\n", day()?, machine());
    let mut failed = vec![];
    if sizes.wants("renders") {
        step(&format!("Drawing {} pages", sizes.renders));
        let mut test = test("soak");
        test.env("MANYSITE_RENDERS", sizes.renders.to_string());
        let head = "| work | time | resident memory | | |\n|---|---|---|---|---|";
        record("Renders on the host", head, test, &mut report, &mut failed)?;
    }
    if sizes.wants("payloads") {
        step("Writing every payload into everything (about half an hour)");
        let mut test = test("xss");
        test.env("MANYSITE_PAYLOADS", "all");
        if sizes.payloads > 0 {
            test.env("MANYSITE_PAYLOAD_COUNT", sizes.payloads.to_string());
        }
        let head = "| payloads | places | result |\n|---|---|---|";
        record("Texts that try to become markup", head, test, &mut report, &mut failed)?;
    }
    if ["rows", "sites", "lighthouse"].iter().any(|part| sizes.wants(part)) && !sizes.as_built {
        build::worker()?;
    }
    if sizes.wants("rows") {
        seed::bundle()?;
        step(&format!(
            "Reading lists, records and searches among {} records (about five minutes)",
            sizes.rows
        ));
        let mut script = node();
        script.arg("tests/rows-read.test.mjs").env("ROWS", sizes.rows.to_string());
        let head = "| request | address | rows read by each statement | page size |\n|---|---|---|---|";
        record(&format!("Rows read among {} records", sizes.rows), head, script, &mut report, &mut failed)?;
    }
    if sizes.wants("sites") {
        step(&format!("Serving 10 sites and {} sites", sizes.sites));
        let template = template()?;
        let mut script = node();
        script.arg("xtask/soak-sites.mjs").arg(template);
        script.args([sizes.sites.to_string(), sizes.rounds.to_string()]);
        let head = format!("| request | 10 sites | {} sites | ratio |\n|---|---|---|---|", sizes.sites);
        record("Few sites and many", &head, script, &mut report, &mut failed)?;
    }
    if sizes.wants("publish") {
        step(&format!(
            "Publishing against crashes and other writers, {} times (about half an hour)",
            sizes.publishes
        ));
        let mut test = cargo();
        test.args(["test", "--quiet", "-p", "origin", "however_publishing", "--", "--nocapture"]);
        test.env("RUST_BACKTRACE", "0");
        test.env("PUBLISH_RUNS", sizes.publishes.to_string());
        let head = "| runs | each | result |\n|---|---|---|";
        record("Publishing under failure", head, test, &mut report, &mut failed)?;
    }
    if sizes.wants("origin") {
        if !sizes.as_built {
            build::worker()?;
            build::origin()?;
        }
        step("Publishing, importing and signing in on the built Workers (about three minutes)");
        let mut script = node();
        script.arg("tests/origin-figures.mjs");
        record("The origin", "| work | of | figure |\n|---|---|---|", script, &mut report, &mut failed)?;
    }
    if sizes.wants("crowd") {
        if !sizes.as_built {
            build::worker()?;
            build::origin()?;
        }
        step("Two editors, ten scripts and a publisher at the same time (a minute)");
        let mut script = node();
        script.arg("tests/origin-crowd.mjs");
        record(
            "Many at the same time",
            "| time | work | result |\n|---|---|---|",
            script,
            &mut report,
            &mut failed,
        )?;
    }
    if sizes.wants("cases") {
        if !sizes.as_built {
            build::worker()?;
            build::origin()?;
        }
        let command = setup::schemathesis()?;
        step(
            "Asking every route of the API with random requests, as every role (about a quarter of an hour)",
        );
        let mut script = node();
        script.arg("tests/api-cases.mjs").env("SCHEMATHESIS", command).env("CASES", sizes.cases.to_string());
        record(
            "Random requests",
            "| role | requests | result |\n|---|---|---|",
            script,
            &mut report,
            &mut failed,
        )?;
    }
    if sizes.wants("lighthouse") {
        seed::bundle()?;
        setup::packages("tests/lighthouse", "Lighthouse")?;
        step("Asking Lighthouse about every home page (about eight minutes)");
        let mut script = node();
        script.arg("tests/lighthouse/homes.mjs");
        let head = "| home page | performance | accessibility | best practices | SEO | largest paint, s | layout shift | JavaScript, bytes | transferred, kB |\n|---|---|---|---|---|---|---|---|---|";
        record("Lighthouse", head, script, &mut report, &mut failed)?;
    }
    let folder = root().join("docs/results");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{}-soak.md", day()?));
    // Parts that ran earlier on the same day stay.
    let earlier = std::fs::read_to_string(&path).unwrap_or_default();
    for part in earlier.split("\n## ").skip(1) {
        let title = part.lines().next().unwrap_or_default();
        if !report.contains(&format!("## {title}\n")) {
            let _infallible = write!(report, "\n## {}\n", part.trim_end());
        }
    }
    std::fs::write(&path, &report)?;
    println!("{}", path.display());
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

/// A test of `intake` in full speed, beside the builds that other commands need.
fn test(name: &str) -> Command {
    let mut command = cargo();
    command.args(["test", "--quiet", "-p", "intake", "--test", name, "--", "--nocapture"]);
    command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "3").env("RUST_BACKTRACE", "0");
    command
}

/// Runs a part and takes its marked lines into the report.
fn record(
    title: &str,
    head: &str,
    mut command: Command,
    report: &mut String,
    failed: &mut Vec<String>,
) -> Result<()> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("{title} could not be started"))?;
    let output = child.stdout.take().context("no output")?;
    let _infallible = write!(report, "\n## {title}\n\n{head}\n");
    for line in BufReader::new(output).lines() {
        let line = line?;
        // The test harness may have written in front of it.
        match line.split_once(MARK) {
            Some((_, figures)) => {
                println!("{figures}");
                let _infallible = writeln!(report, "{figures}");
            }
            None => println!("{line}"),
        }
    }
    if !child.wait()?.success() {
        let _infallible = writeln!(report, "\nFailed.");
        failed.push(title.to_owned());
    }
    Ok(())
}

/// The records of a small site, of which the script makes many.
fn template() -> Result<std::path::PathBuf> {
    let folder = root().join("target/soak/sites/template");
    std::fs::create_dir_all(folder.join("pages"))?;
    let section = |n: usize| serde_json::json!({"component": "text", "props": {"title": format!("Part {n}"), "text": "A few plain words. ".repeat(12)}});
    let sections: Vec<_> = (1..=6).map(section).collect();
    let site = serde_json::json!({
        "id": "template", "tenant": {"id": "soak", "name": "Soak", "plan": "studio", "status": "active"},
        "name": {"en": "Template"}, "status": "active", "hosts": ["template.localhost"], "locales": ["en"],
        "theme": {"base": "plain"},
        "frame": {"en": {"before": [{"component": "header", "props": {"brand": "Template", "home": "/"}}], "after": []}}
    });
    let page = serde_json::json!({
        "id": "home", "locale": "en", "path": "/", "title": "Home", "description": "A page", "sections": sections
    });
    std::fs::write(folder.join("site.json"), site.to_string())?;
    std::fs::write(folder.join("pages/home.json"), page.to_string())?;
    let packages = root().join("node_modules");
    let options = Options { scheme: "http", database: "DB", release: 1 };
    let Ok(site) = publish(&folder, Some(&packages), &options) else {
        bail!("the template cannot be published")
    };
    let path = root().join("target/soak/template.json");
    std::fs::write(&path, serde_json::to_string(&site.release.kv)?)?;
    Ok(path)
}

fn day() -> Result<String> {
    let output = node().args(["-p", "new Date().toISOString().slice(0, 10)"]).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|l| l.strip_prefix("model name"))
        .map(|l| l.trim_start_matches([' ', '\t', ':']));
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{processors} processors ({}).", model.unwrap_or("unknown"))
}
