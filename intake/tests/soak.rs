//! Pages drawn again and again: memory stays flat. `MANYSITE_RENDERS` says how often; `cargo xtask soak` a million
//! times.

mod common;

use common::folder::{publish, root};
use common::stage::Stage;

/// Growth of the process between the first tenth and the end that an allocator explains.
const SLACK_KB: u64 = 4096;

/// Resident memory in kB (<https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>); `None` but on Linux.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn memory_stays_flat_however_often_pages_are_drawn() {
    let renders: usize = std::env::var("MANYSITE_RENDERS").ok().and_then(|n| n.parse().ok()).unwrap_or(4_000);
    let stages = ["agency", "bakery", "school"].map(|site| {
        Stage::of(publish(&root().join("kv-seed").join(site)).unwrap_or_else(|f| panic!("{f:?}")))
    });
    let mut pages = vec![];
    for stage in &stages {
        for path in stage.paths() {
            let visit = stage.visit(&path, &[]);
            let answers = stage.answers(&visit, &|query| stage.answer(query));
            pages.push((stage, visit, answers));
        }
    }
    let (mut bytes, mut seen) = (0_u64, vec![]);
    let started = std::time::Instant::now();
    for n in 1..=renders {
        let (stage, visit, answers) = &pages[n % pages.len()];
        let drawn = stage.render_with(visit, answers);
        bytes += (drawn.head.len() + drawn.body.len()) as u64;
        if n == renders / 10 || n == renders / 2 || n == renders {
            seen.extend(resident());
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    let [tenth, half, end] = seen[..] else {
        println!("skipped: this system does not say how much memory a process has");
        return;
    };
    println!(
        "soak: | {renders} renders of {} pages in turn, {:.1} kB each on average | {seconds:.0} s | {tenth} kB at 10 % | {half} kB at 50 % | {end} kB at 100 % |",
        pages.len(),
        bytes as f64 / renders as f64 / 1000.0
    );
    assert!(end <= tenth + SLACK_KB, "{tenth} kB after a tenth, {half} kB after half, {end} kB at the end");
}
