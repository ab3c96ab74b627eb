//! Everything a newcomer needs to see the demo sites.

use crate::run::{check, root, step, wrangler};
use crate::{seed, setup};
use anyhow::Result;

pub fn dev() -> Result<()> {
    setup::all()?;
    let sites = seed::seed()?.hosts;
    let port = std::env::var("PORT").unwrap_or_else(|_| "8787".to_owned());
    step("Serving");
    for (host, person) in sites {
        println!("  {:<36} {person}", format!("http://{host}:{port}/"));
    }
    println!("  {:<36} the API; owner@example.org", format!("http://admin.localhost:{port}/api/v1"));
    println!("  {:<36} the API's mails", format!("http://admin.localhost:{port}/dev/mailbox"));
    println!("  Everybody's password: {}", seed::PASSWORD);
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
