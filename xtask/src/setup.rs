//! Tools: the Wasm target, worker-build and wasm-bindgen in a folder of the project, npm packages.

use crate::run::{cargo, check, node, path, root, step, tool, when_changed};
use anyhow::{Context, Result, bail};
use std::process::Command;

const WORKER_BUILD: &str = "0.8.7";
/// The same version as the `wasm-bindgen` crate, or their formats differ.
const WASM_BINDGEN: &str = "0.2.130";

pub fn all() -> Result<()> {
    target()?;
    install("worker-build", "worker-build", WORKER_BUILD, "3 minutes")?;
    install("wasm-bindgen-cli", "wasm-bindgen", WASM_BINDGEN, "2 minutes")?;
    npm()
}

fn target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let sysroot = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .context("rustc could not be started: install Rust with rustup")?;
    let sysroot = String::from_utf8_lossy(&sysroot.stdout).trim().to_owned();
    if std::path::Path::new(&sysroot).join("lib/rustlib").join(TARGET).exists() {
        return Ok(());
    }
    step("Adding the Rust target wasm32-unknown-unknown");
    check(Command::new("rustup").args(["target", "add", TARGET]).current_dir(root()))
}

fn install(package: &str, program: &str, version: &str, time: &str) -> Result<()> {
    let installed = std::fs::read_to_string(root().join(".tools/.crates.toml")).unwrap_or_default();
    if installed.contains(&format!("\"{package} {version} ")) && tool(program).exists() {
        return Ok(());
    }
    step(&format!("Installing {package} {version} into .tools (about {time}, once)"));
    let install = |locked: &[&str]| {
        check(
            cargo()
                .args(["install", package, "--version", version, "--root"])
                .arg(root().join(".tools"))
                .args(locked),
        )
    };
    // Its own lock file names versions that may have been yanked since.
    install(&["--locked"]).or_else(|_| install(&[]))
}

/// npm packages. The lock file pins versions; where it does not list this platform's binaries (npm leaves
/// out those of other platforms), they are installed without it.
pub fn npm() -> Result<()> {
    let marker = root().join("node_modules/.package-lock.json");
    when_changed("npm", &["package.json", "package-lock.json"], &[marker], || {
        step("Installing npm packages");
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        check(
            Command::new(npm)
                .args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
                .current_dir(root()),
        )
        .context("npm is part of Node.js 20 or newer")?;
        if !runs() {
            check(
                Command::new(npm)
                    .args(["install", "--no-package-lock", "--force", "--no-audit", "--no-fund"])
                    .current_dir(root()),
            )?;
        }
        if !runs() {
            bail!(
                "the npm packages node and workerd do not run on this machine: see `node_modules/.bin/node --version`"
            );
        }
        Ok(())
    })
}

/// npm packages of a part of the project in a folder of their own: what only that part needs is installed for it only.
pub fn packages(folder: &str, what: &str) -> Result<()> {
    let file = |name: &str| format!("{folder}/{name}");
    let marker = root().join(folder).join("node_modules/.package-lock.json");
    let inputs = [file("package.json"), file("package-lock.json")];
    when_changed(&format!("{}-npm", folder.replace('/', "-")), &[&inputs[0], &inputs[1]], &[marker], || {
        step(&format!("Installing {what}"));
        check(
            Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
                .args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
                .env("PATH", path())
                .current_dir(root().join(folder)),
        )
    })
}

fn runs() -> bool {
    let script = "require('child_process').execFileSync(require('workerd').default, ['--version'])";
    node().args(["-e", script]).output().is_ok_and(|o| o.status.success())
}

/// Schemathesis, in an environment of its own below the tools' folder; its program.
pub fn schemathesis() -> Result<std::path::PathBuf> {
    let folder = root().join(".tools/schemathesis");
    let program = folder.join("bin/schemathesis");
    if !program.exists() {
        step("Installing Schemathesis (needs Python 3.10 or newer)");
        check(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        check(Command::new(folder.join("bin/pip")).args(["install", "--quiet", "schemathesis==4.32.5"]))?;
    }
    Ok(program)
}
