//! The sites of `kv-seed/`: checked, drawn, and made in the local stores through the origin.

use crate::build;
use crate::run::{cargo, check as run_checked, node, root, step, when_changed};
use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use intake::compile::Options;
use intake::report::Report;
use intake::site::Published;
use intake::sites::publish_all;
use intake::{Drawing, picture};
use model::keys;
use model::records::Status;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Publishes every site folder below `kv-seed/`, and prints what was found.
fn sites() -> Result<(Vec<Published>, usize)> {
    let packages = root().join("node_modules");
    // A later seed is a later release: what caches hold of the one before is not found any more.
    let release = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let options = Options { scheme: "http", database: "DB", release };
    let sites =
        publish_all(&root().join("kv-seed"), Some(&packages), &options).context("kv-seed/ cannot be read")?;
    let terminal = console::Term::stderr();
    let report = Report {
        findings: &sites.findings,
        sites: sites.count,
        width: terminal.size().1.into(),
        colour: console::colors_enabled_stderr(),
    };
    eprint!("{report}");
    Ok((sites.published, report.problems()))
}

/// Checks the sites without storing anything.
pub fn check() -> Result<()> {
    match sites()?.1 {
        0 => Ok(()),
        _ => bail!("kv-seed/ has problems"),
    }
}

/// What the bundle is made of.
const INPUTS: [&str; 5] = ["Cargo.lock", "app", "intake", "kv-seed", "model"];
/// What besides decides how the sites are made.
const SEED: [&str; 10] = [
    "Cargo.lock",
    "app",
    "cli",
    "intake",
    "kv-seed",
    "migrations",
    "model",
    "origin/wrangler.toml",
    "xtask/seed.mjs",
    "xtask/seed-stores.mjs",
];

/// Of everybody who signs up for a demo site.
pub const PASSWORD: &str = "seven grey ferries at noon";

/// What is left behind for the runs that have nothing to do.
#[derive(Deserialize, Serialize)]
pub struct Seeded {
    /// The hosts to visit, and who may change what they lead to.
    pub hosts: Vec<(String, String)>,
    /// What they concern is left out.
    pub problems: usize,
}

fn out() -> PathBuf {
    root().join("target/seed")
}

/// The sites as they are published, for tests and the benchmark, with their pictures drawn.
pub fn bundle() -> Result<Seeded> {
    let (summary, bundle) = (out().join("summary.json"), out().join("bundle.json"));
    when_changed("bundle", &INPUTS, &[summary.clone(), bundle.clone()], || {
        step("Checking the sites of kv-seed/");
        let (published, problems) = sites()?;
        let active = published.iter().filter(|site| site.status == Status::Active);
        let host =
            |site: &Published| Some((site.hosts.first()?.clone(), format!("{}@example.org", site.tenant.id)));
        let seeded = Seeded { hosts: active.filter_map(host).collect(), problems };
        std::fs::create_dir_all(out())?;
        draw(&published, &out().join("pictures"))?;
        std::fs::write(&bundle, write_bundle(&published, &out())?)?;
        std::fs::write(out().join("platform.json"), write_platform(&out())?)?;
        std::fs::write(&summary, serde_json::to_string(&seeded)?)?;
        Ok(())
    })?;
    Ok(serde_json::from_slice(&std::fs::read(summary)?)?)
}

/// Makes the sites in the local stores, where anything has changed.
pub fn seed() -> Result<Seeded> {
    let seeded = bundle()?;
    build::worker()?;
    build::origin()?;
    let state = root().join(".wrangler/state");
    when_changed("seed", &SEED, &[state.join("v3")], || {
        step("Building the command line");
        run_checked(cargo().args(["build", "--quiet", "--package", "manysite"]))?;
        step("Making the demo sites through the origin (the first time about a minute)");
        let mut command = node();
        let program = root().join("target/debug/manysite").with_extension(std::env::consts::EXE_EXTENSION);
        command.arg("xtask/seed.mjs").arg(program);
        command.args(["bundle.json", "platform.json"].map(|name| out().join(name))).arg(&state);
        run_checked(command.env("PASSWORD", PASSWORD).env("MANYSITE_PICTURES", out().join("pictures")))
    })?;
    if seeded.problems > 0 {
        step("What has problems is left out, the rest is stored; `cargo xtask check` names them");
    }
    Ok(seeded)
}

/// Everything to store as one JSON text; files are named by path.
fn write_bundle(published: &[Published], out: &Path) -> Result<String> {
    let files = out.join("files");
    std::fs::create_dir_all(&files)?;
    let mut sites = vec![];
    for site in published {
        let release = &site.release;
        let mut objects = vec![];
        for file in &release.files {
            let path = files.join(file.hash.as_str());
            if !path.exists() {
                std::fs::write(&path, &file.bytes)?;
            }
            objects.push(json!({"name": keys::file(&site.scope, &file.hash, None), "type": file.content_type, "path": path}));
        }
        for drawing in &site.drawings {
            for width in &drawing.widths {
                let path = drawn(&out.join("pictures"), drawing, *width);
                let name = keys::file(&site.scope, &drawing.hash, Some(*width));
                objects.push(json!({"name": name, "type": "image/webp", "path": path}));
            }
            // The original of a drawn picture is its largest width.
            if let Some(largest) = drawing.widths.last() {
                let path = drawn(&out.join("pictures"), drawing, *largest);
                objects.push(json!({"name": keys::file(&site.scope, &drawing.hash, None), "type": "image/webp", "path": path}));
            }
        }
        let records: Vec<_> = release
            .records
            .iter()
            .map(|stored| {
                json!({
                    "record": stored.record, "title": stored.title, "summary": stored.summary,
                    "relations": stored.relations, "listed": stored.listed, "seq": stored.seq,
                    "entries": stored.entries.iter().map(|e| json!([e.list, e.sort])).collect::<Vec<_>>(),
                })
            })
            .collect();
        let documents: Vec<_> = release
            .documents
            .iter()
            .map(|d| json!([d.kind, d.id, d.scope, d.title, d.body, d.path, d.summary, d.at]))
            .collect();
        sites.push(json!({
            "site": site.scope.site(), "kv": release.kv, "types": release.types, "records": records, "documents": documents, "objects": objects,
        }));
    }
    Ok(serde_json::to_string(&sites)?)
}

/// The fonts on offer, for the origin: their faces and their files as objects beside those of the sites.
fn write_platform(out: &Path) -> Result<String> {
    let (faces, files) = intake::font_files::all(&root().join("node_modules")).map_err(anyhow::Error::msg)?;
    let folder = out.join("files");
    let list = folder.join("fonts.json");
    std::fs::write(&list, serde_json::to_vec(&faces)?)?;
    let mut objects = vec![json!({"name": "platform/fonts.json", "type": "application/json", "path": list})];
    for file in files {
        let path = folder.join(file.hash.as_str());
        std::fs::write(&path, &file.bytes)?;
        objects.push(
            json!({"name": format!("platform/font/{}", file.hash), "type": file.content_type, "path": path}),
        );
    }
    Ok(serde_json::to_string(&objects)?)
}

fn drawn(folder: &Path, drawing: &Drawing, width: u32) -> PathBuf {
    folder.join(format!("{}-{width}.webp", drawing.hash))
}

/// Draws the pictures that are not in the folder yet, on all processors.
fn draw(published: &[Published], folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut wanted: Vec<&Drawing> = published.iter().flat_map(|site| &site.drawings).collect();
    wanted.sort_by(|a, b| a.hash.as_str().cmp(b.hash.as_str()));
    wanted.dedup_by(|a, b| a.hash == b.hash);
    wanted.retain(|d| d.widths.iter().any(|w| !drawn(folder, d, *w).exists()));
    if wanted.is_empty() {
        return Ok(());
    }
    step(&format!("Drawing {} pictures", wanted.len()));
    let style = ProgressStyle::with_template("  {bar:30} {pos}/{len} {eta}")?;
    let bar = ProgressBar::new(wanted.len() as u64).with_style(style);
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(vec![]));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(drawing) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(e) = draw_one(drawing, folder) {
                        failed
                            .lock()
                            .unwrap_or_else(|e| e.into_inner())
                            .push(format!("{}: {e:#}", drawing.source.display()));
                    }
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let failed = failed.into_inner().unwrap_or_else(|e| e.into_inner());
    if !failed.is_empty() {
        bail!("pictures could not be drawn:\n{}", failed.join("\n"));
    }
    Ok(())
}

fn draw_one(drawing: &Drawing, folder: &Path) -> Result<()> {
    let picture =
        picture::read(&drawing.ext, &std::fs::read(&drawing.source)?).map_err(anyhow::Error::msg)?;
    for width in &drawing.widths {
        let path = drawn(folder, drawing, *width);
        if !path.exists() {
            // Written aside and renamed, so that an interrupted run leaves no half picture behind.
            let aside = path.with_extension("part");
            std::fs::File::create(&aside)?
                .write_all(&picture.to_webp(*width).map_err(anyhow::Error::msg)?)?;
            std::fs::rename(&aside, &path)?;
        }
    }
    Ok(())
}
