//! Everything a newcomer needs to see the demo sites.

use crate::run::{check, root, step, wrangler};
use crate::{build, seed, setup};
use anyhow::Result;

pub fn dev() -> Result<()> {
    setup::all()?;
    build::worker()?;
    build::origin()?;
    let sites = seed::seed()?.hosts;
    let port = std::env::var("PORT").unwrap_or_else(|_| "8787".to_owned());
    step("Serving");
    for host in sites {
        println!("  http://{host}:{port}/");
    }
    println!(
        "  http://admin.localhost:{port}/api/v1 (the API), http://admin.localhost:{port}/dev/mailbox (its mails)"
    );
    println!("  (Ctrl+C stops)");
    check(
        wrangler()
            .args([
                "dev",
                "--config",
                "wrangler.toml",
                "--config",
                "origin/wrangler.toml",
                "--local",
                "--ip",
                "127.0.0.1",
                "--port",
                &port,
                "--show-interactive-dev-session=false",
                "--persist-to",
            ])
            .arg(root().join(".wrangler/state")),
    )
}
