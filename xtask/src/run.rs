//! Running other programs.

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

pub fn tool(name: &str) -> PathBuf {
    root().join(".tools/bin").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// A program of an npm package.
pub fn npm_bin(name: &str) -> PathBuf {
    let file = if cfg!(windows) && name != "node" { format!("{name}.cmd") } else { name.to_owned() };
    root().join("node_modules/.bin").join(file)
}

/// The project's Node, which is new enough for wrangler whatever Node started npm.
pub fn node() -> Command {
    let mut command = Command::new(npm_bin("node"));
    command.current_dir(root()).env("PATH", path()).env("WRANGLER_SEND_METRICS", "false");
    command
}

pub fn wrangler() -> Command {
    let mut command = node();
    command.arg(root().join("node_modules/wrangler/bin/wrangler.js"));
    command
}

pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// The path of programs with the project's own first.
pub fn path() -> OsString {
    let own = [root().join("node_modules/.bin"), root().join(".tools/bin")];
    let others = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(own.into_iter().chain(std::env::split_paths(&others))).unwrap_or(others)
}

/// Runs a command; its failure is ours.
pub fn check(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{name} could not be started"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// Says which step begins.
pub fn step(what: &str) {
    eprintln!("\u{25b8} {what}");
}

/// A digest of all files below some paths, by name and content, to know whether a step has work to do.
pub fn digest(paths: &[&str]) -> Result<String> {
    let mut files = vec![];
    for path in paths {
        collect(&root().join(path), &mut files)?;
    }
    files.sort();
    let mut text = String::new();
    for file in files {
        let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
        // The same in every checkout.
        let name = file.strip_prefix(root()).unwrap_or(&file).display();
        text.push_str(&format!("{name} {}\n", intake::digest::of(&bytes)));
    }
    Ok(intake::digest::of(text.as_bytes()).to_string())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            let entry = entry?.path();
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !name.starts_with('.')
                && !["build", "node_modules", "target", "tests"].contains(&name.as_str())
            {
                collect(&entry, files)?;
            }
        }
    } else if path.exists() {
        files.push(path.to_owned());
    }
    Ok(())
}

/// Runs a step only when its inputs differ from those of its last success, or an output is missing.
pub fn when_changed(
    name: &str,
    inputs: &[&str],
    outputs: &[PathBuf],
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let stamp = root().join("target/xtask").join(name);
    let digest = digest(inputs)?;
    let fresh =
        std::fs::read_to_string(&stamp).is_ok_and(|old| old == digest) && outputs.iter().all(|o| o.exists());
    if fresh {
        return Ok(());
    }
    work()?;
    std::fs::create_dir_all(stamp.parent().unwrap_or(root()))?;
    std::fs::write(&stamp, digest)?;
    Ok(())
}
