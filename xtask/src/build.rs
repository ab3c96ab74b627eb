//! The two Workers: Rust to Wasm with worker-build. wrangler calls this as its build command.

use crate::run::{check, digest, npm_bin, root, step, tool, when_changed};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use wasmparser::{Parser, Payload};

/// What the edge Worker is made of.
pub const SOURCES: [&str; 6] = ["Cargo.toml", "Cargo.lock", "model", "app", "worker", "xtask/src/build.rs"];
/// What the origin Worker is made of.
const ORIGIN: [&str; 7] =
    ["Cargo.toml", "Cargo.lock", "model", "app", "intake", "origin", "xtask/src/build.rs"];

/// The edge Worker.
pub fn worker() -> Result<()> {
    build("worker", "edge Worker", &SOURCES)
}

pub fn origin() -> Result<()> {
    build("origin", "origin Worker", &ORIGIN)
}

/// Builds the Worker of a folder, where its sources have changed.
pub fn build(folder: &str, what: &str, sources: &[&str]) -> Result<()> {
    let output = root().join(folder).join("build/index_bg.wasm");
    let named = named(folder);
    when_changed(&folder.replace('/', "-"), sources, &[output.clone(), named.clone()], || {
        step(&format!("Building the {what} (the first time about 3 minutes)"));
        check(
            Command::new(tool("worker-build"))
                .arg("--release")
                .current_dir(root().join(folder))
                .env("WASM_BINDGEN_BIN", tool("wasm-bindgen"))
                .env("WASM_OPT_BIN", npm_bin("wasm-opt"))
                .env("ESBUILD_BIN", npm_bin("esbuild"))
                .env("MANYSITE_BUILD", digest(sources)?)
                .env("RUSTFLAGS", "-C target-feature=+simd128,+bulk-memory,+nontrapping-fptoint,+sign-ext"),
        )?;
        part_from_names(&output, &named)
    })
}

/// The Wasm of a folder's Worker with the names of its functions, for reading stack traces.
fn named(folder: &str) -> PathBuf {
    root().join("target/named").join(folder.replace('/', "-")).with_extension("wasm")
}

/// worker-build keeps the names of all functions, a twentieth of what is sent to the platform. They are kept here
/// instead; the numbers of functions and the places in code stay what they are.
fn part_from_names(wasm: &Path, named: &Path) -> Result<()> {
    let bytes = std::fs::read(wasm)?;
    std::fs::create_dir_all(named.parent().unwrap_or(root()))?;
    std::fs::write(named, &bytes)?;
    let stripped = without_names(&bytes).with_context(|| wasm.display().to_string())?;
    // Whoever watches the file sees the old one or the new one.
    let beside = wasm.with_extension("stripped");
    std::fs::write(&beside, stripped)?;
    Ok(std::fs::rename(beside, wasm)?)
}

fn without_names(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut kept = Vec::with_capacity(wasm.len());
    let mut from = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let Some((_, section)) = payload.as_section() else { continue };
        // A section's range leaves out its kind and length, which stand between it and the one before.
        if !matches!(&payload, Payload::CustomSection(custom) if custom.name() == "name") {
            kept.extend_from_slice(&wasm[from..section.end]);
        }
        from = section.end;
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_leave_a_module() {
        let header = b"\0asm\x01\0\0\0".as_slice();
        let (types, names, features) =
            (b"\x01\x04\x01\x60\0\0".as_slice(), b"\0\x05\x04name".as_slice(), b"\0\x03\x02ok".as_slice());
        let module = [header, types, names, features].concat();
        assert_eq!(without_names(&module).unwrap(), [header, types, features].concat());
        assert!(without_names(&module[..module.len() - 1]).is_err(), "half a module is none");
    }
}
