//! The edge Worker: Rust to Wasm with worker-build. wrangler calls this as its build command.

use crate::run::{check, digest, npm_bin, root, step, tool, when_changed};
use anyhow::Result;
use std::process::Command;

/// What the Worker is made of.
pub const SOURCES: [&str; 6] = ["Cargo.toml", "Cargo.lock", "model", "app", "worker", "xtask/src/build.rs"];

pub fn worker() -> Result<()> {
    let output = root().join("worker/build/index_bg.wasm");
    when_changed("worker", &SOURCES, &[output], || {
        step("Building the edge Worker (the first time about 3 minutes)");
        check(
            Command::new(tool("worker-build"))
                .arg("--release")
                .current_dir(root().join("worker"))
                .env("WASM_BINDGEN_BIN", tool("wasm-bindgen"))
                .env("WASM_OPT_BIN", npm_bin("wasm-opt"))
                .env("ESBUILD_BIN", npm_bin("esbuild"))
                .env("MANYSITE_BUILD", digest(&SOURCES)?)
                .env("RUSTFLAGS", "-C target-feature=+simd128,+bulk-memory,+nontrapping-fptoint,+sign-ext"),
        )
    })
}
