//! The benchmark: what it needs is built here, `bench/run.mjs` measures.
//! `--quick` asks less often, `--as-built` measures the Worker that lies in `worker/build` as it is, and what else is
//! given goes to the script (`--only a,b`, `--text world`, …).

use crate::run::{cargo, check, node, root, step};
use crate::{build, setup};
use anyhow::{Result, bail};
use intake::compile::Options;
use intake::publish;

pub fn bench(args: &[String]) -> Result<()> {
    let as_built = args.iter().any(|a| a == "--as-built");
    setup::all()?;
    let text = args.iter().skip_while(|a| *a != "--text").nth(1).map_or("plain", String::as_str);
    records(text)?;
    setup::packages("bench", "the frameworks to compare with")?;
    if !as_built {
        build::worker()?;
    }
    renderer()?;
    step("Building the load generator and the native renderer");
    check(cargo().args(["build", "--release", "--quiet", "-p", "bench-load", "-p", "bench-page"]))?;
    check(node().arg("bench/run.mjs").args(args.iter().filter(|a| *a != "--as-built")))
}

/// The renderer as a Worker that holds nothing finished, built like the edge Worker.
fn renderer() -> Result<()> {
    let sources =
        ["Cargo.toml", "Cargo.lock", "model", "app", "bench/ours", "bench/page", "xtask/src/build.rs"];
    build::build("bench/ours", "renderer for the benchmark", &sources)
}

/// The benchmark's site as the key-value pairs that KV would have.
fn records(text: &str) -> Result<()> {
    let output = root().join("bench/output");
    let folder = output.join("site");
    check(node().arg("bench/site.mjs").arg(&folder).arg(text))?;
    let packages = root().join("node_modules");
    let options = Options { scheme: "http", database: "DB", release: 1 };
    match publish(&folder, Some(&packages), &options) {
        // Its links lead nowhere on purpose; the parity check finds what would be left out.
        Ok(site) => {
            std::fs::write(output.join("records.json"), serde_json::to_string(&site.release.kv)?)?;
            Ok(())
        }
        Err(findings) => bail!("the benchmark's site cannot be published: {findings:?}"),
    }
}
