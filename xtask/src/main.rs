//! The project's commands. `cargo xtask` lists them.

mod bench;
mod build;
mod dev;
mod run;
mod seed;
mod setup;
mod soak;
mod tests;

use anyhow::{Result, bail};

const HELP: &str = "cargo xtask <command>

  dev      install what is missing, build, migrate, seed, serve, print the addresses (PORT, default 8787)
  test     run every test; says what it skipped and why
  lint     formatting, clippy, wrangler deploy --dry-run
  bench    measure against other renderers (--quick, --as-built, --only a,b, --text world); see bench/README.md
  soak     long runs into docs/results/ (--renders N, --payloads N, --rows N, --sites N, --rounds N, --publishes N,
           --cases N, --as-built, --only renders,payloads,rows,sites,publish,origin,crowd,cases,
           lighthouse)
  build    build both Workers, or the one named: worker, origin
  seed     check kv-seed/ and make its sites in the local KV, D1 and R2 through the origin; fails where there is a problem
  check    check kv-seed/ only; fails where there is a problem
  setup    install the tools only";

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("dev") => dev::dev(),
        Some("test") => tests::test(),
        Some("lint") => tests::lint(),
        Some("bench") => bench::bench(&args[1..]),
        Some("soak") => soak::soak(&args[1..]),
        Some("build") => match args.get(1).map(String::as_str) {
            None => build::worker().and_then(|()| build::origin()),
            Some("worker") => build::worker(),
            Some("origin") => build::origin(),
            Some(other) => bail!("there is no Worker {other:?}: name worker or origin"),
        },
        Some("seed") => match setup::all().and_then(|()| seed::seed())?.problems {
            0 => Ok(()),
            _ => bail!("kv-seed/ has problems"),
        },
        Some("check") => setup::npm().and_then(|()| seed::check()),
        Some("setup") => setup::all(),
        None | Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => bail!("there is no command {other:?}\n\n{HELP}"),
    }
}
