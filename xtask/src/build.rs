//! The two Workers: Rust to Wasm with worker-build. wrangler calls this as its build command.

use crate::run::{check, digest, npm_bin, root, step, tool, when_changed};
use anyhow::Result;
use std::process::Command;

/// What the edge Worker is made of.
pub const SOURCES: [&str; 6] = ["Cargo.toml", "Cargo.lock", "model", "app", "worker", "xtask/src/build.rs"];
/// What the origin Worker is made of.
const ORIGIN: [&str; 7] =
    ["Cargo.toml", "Cargo.lock", "model", "app", "intake", "origin", "xtask/src/build.rs"];

/// The edge Worker.
pub fn worker() -> Result<()> {
    build("worker", "edge", &SOURCES)
}

pub fn origin() -> Result<()> {
    build("origin", "origin", &ORIGIN)
}

fn build(folder: &str, what: &str, sources: &[&str]) -> Result<()> {
    let output = root().join(folder).join("build/index_bg.wasm");
    when_changed(folder, sources, &[output], || {
        step(&format!("Building the {what} Worker (the first time about 3 minutes)"));
        check(
            Command::new(tool("worker-build"))
                .arg("--release")
                .current_dir(root().join(folder))
                .env("WASM_BINDGEN_BIN", tool("wasm-bindgen"))
                .env("WASM_OPT_BIN", npm_bin("wasm-opt"))
                .env("ESBUILD_BIN", npm_bin("esbuild"))
                .env("MANYSITE_BUILD", digest(sources)?)
                .env("RUSTFLAGS", "-C target-feature=+simd128,+bulk-memory,+nontrapping-fptoint,+sign-ext"),
        )
    })
}
