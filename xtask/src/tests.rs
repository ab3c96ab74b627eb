//! Tests and lints.

use crate::run::{cargo, check, node, root, step, wrangler};
use crate::{build, setup};
use anyhow::Result;

pub fn lint() -> Result<()> {
    setup::all()?;
    step("cargo fmt --check");
    check(cargo().args(["fmt", "--all", "--check"]))?;
    step("cargo clippy");
    check(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    step("wrangler deploy --dry-run");
    for (config, out) in
        [("wrangler.toml", "target/deploy"), ("origin/wrangler.toml", "target/deploy-origin")]
    {
        check(
            wrangler()
                .args(["deploy", "--config", config, "--env", "production", "--dry-run", "--outdir"])
                .arg(root().join(out)),
        )?;
    }
    Ok(())
}

pub fn test() -> Result<()> {
    setup::all()?;
    step("Tests on the host");
    check(cargo().args(["test", "--workspace"]))?;
    build::worker()?;
    build::origin()?;
    crate::seed::bundle()?;
    setup::packages("tests", "the Nu HTML checker")?;
    step("Tests on the built Workers");
    let reporters = ["spec", "./tests/lib/skipped.mjs"]
        .map(|name| [format!("--test-reporter={name}"), "--test-reporter-destination=stdout".to_owned()]);
    check(node().arg("--test").args(reporters.concat()).arg("tests/**/*.test.mjs"))
}
