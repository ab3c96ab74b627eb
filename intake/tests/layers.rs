//! The layering of the rooms, read from their manifests and sources: arrows point down only, and what only one
//! place may do is done there.

use std::path::{Path, PathBuf};

/// A room and the rooms that it may use.
const ROOMS: [(&str, &[&str]); 6] = [
    ("model", &[]),
    ("app", &["model"]),
    ("intake", &["app", "model"]),
    ("worker", &["app", "model"]),
    ("origin", &["app", "intake", "model"]),
    ("xtask", &["app", "intake", "model"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

/// Path and text of a room's sources, without tests.
fn code(room: &str) -> Vec<(String, String)> {
    let mut paths = vec![];
    sources(&root().join(room).join("src"), &mut paths);
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(root()).unwrap().display().to_string().replace('\\', "/");
        (name, text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned())
    };
    let is_test =
        |name: &str| name.contains("/tests/") || name.ends_with("testing.rs") || name.ends_with("tests.rs");
    paths.iter().map(read).filter(|(name, _)| !is_test(name) || room == "xtask").collect()
}

/// The places of a text in a room's code, as `path:line`, apart from comments.
fn places(room: &str, wanted: &dyn Fn(&str) -> bool) -> Vec<String> {
    let lines = |(name, text): (String, String)| {
        let hits =
            text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//") && wanted(line));
        hits.map(|(n, line)| format!("{name}:{}: {}", n + 1, line.trim())).collect::<Vec<_>>()
    };
    code(room).into_iter().flat_map(lines).collect()
}

#[test]
fn rooms_depend_only_on_those_below_them() {
    for (room, below) in ROOMS {
        let manifest = std::fs::read_to_string(root().join(room).join("Cargo.toml")).unwrap();
        let mut section = "";
        for line in manifest.lines() {
            if line.starts_with('[') {
                section = line;
            }
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            let is_room = ROOMS.iter().any(|(other, _)| *other == name) || name == "manysite-worker";
            // `worker` is also the name of Cloudflare's crate, which both Workers are made with.
            let is_crate = name == "worker" && ["origin", "worker"].contains(&room);
            if section.contains("dependencies") && is_room && !is_crate {
                assert!(below.contains(&name), "{room}/Cargo.toml depends on {name}");
            }
        }
        for (other, _) in ROOMS {
            if other == room || below.contains(&other) || other == "worker" && room == "origin" {
                continue;
            }
            let used = places(room, &|line| {
                line.trim_start().trim_start_matches("pub ").starts_with(&format!("use {other}::"))
            });
            assert!(used.is_empty(), "{room} uses {other}:\n{}", used.join("\n"));
        }
    }
}

#[test]
fn the_pure_rooms_reach_for_no_file_clock_thread_network_or_randomness() {
    const IMPURE: [&str; 9] = [
        "std::fs",
        "std::net",
        "std::process",
        "std::env",
        "std::thread",
        "SystemTime",
        "Instant::now",
        "getrandom",
        "println!",
    ];
    for room in ["model", "app"] {
        for what in IMPURE {
            let used = places(room, &|line| line.contains(what));
            assert!(used.is_empty(), "{room} reaches outside:\n{}", used.join("\n"));
        }
    }
}

/// The files through which a Worker touches the platform.
const DOORS: [(&str, [&str; 2]); 2] = [
    ("worker", ["worker/src/bindings.rs:", "worker/src/lib.rs:"]),
    ("origin", ["origin/src/bindings.rs:", "origin/src/lib.rs:"]),
];

#[test]
fn bindings_are_touched_in_one_file() {
    const RAW: [&str; 9] = [
        "KvStore",
        "D1Database",
        "worker::Bucket",
        "env.kv(",
        "env.d1(",
        "env.bucket(",
        ".get_binding",
        "web_sys::Cache",
        "worker::Cache",
    ];
    for (room, doors) in DOORS {
        for what in RAW {
            let used = places(room, &|line| line.contains(what));
            let elsewhere: Vec<_> = used.iter().filter(|place| !place.starts_with(doors[0])).collect();
            assert!(elsewhere.is_empty(), "{what} outside of {}: {elsewhere:#?}", doors[0]);
        }
        for what in ["use worker::", "js_sys::"] {
            let used = places(room, &|line| line.contains(what));
            let elsewhere: Vec<_> =
                used.iter().filter(|place| !doors.iter().any(|d| place.starts_with(d))).collect();
            assert!(elsewhere.is_empty(), "{what} beyond the door of the Worker: {elsewhere:#?}");
        }
    }
}

#[test]
fn keys_are_made_in_one_file() {
    let makes_key = |line: &str| {
        ["host/{", "page/{", "routes/{", "theme/{", "site/{"]
            .iter()
            .any(|key| line.contains(&format!("\"{key}")))
    };
    for room in ["model", "app", "intake", "worker", "origin"] {
        let made = places(room, &makes_key);
        let elsewhere: Vec<_> =
            made.iter().filter(|place| !place.starts_with("model/src/keys.rs:")).collect();
        assert!(elsewhere.is_empty(), "a key that model::keys has not made: {elsewhere:#?}");
    }
}

#[test]
fn a_scope_is_made_only_from_a_host_record_or_a_membership() {
    let made = places("model", &|line| line.contains("SiteScope::of("));
    assert_eq!(made.len(), 1, "{made:#?}");
    assert!(made.iter().all(|place| place.starts_with("model/src/records.rs:")), "{made:#?}");
    for (room, _) in ROOMS {
        let made = places(room, &|line| line.contains("SiteScope::of_member("));
        assert!(made.iter().all(|place| place.starts_with("origin/src/access.rs:")), "{made:#?}");
    }
    let opened = places("model", &|line| line.contains("pub fn of(site: &SiteId)"));
    assert!(opened.is_empty(), "SiteScope::of stays pub(crate): {opened:#?}");
}

#[test]
fn the_request_path_denies_what_panics() {
    for file in ["model/src/lib.rs", "app/src/lib.rs", "worker/src/lib.rs", "origin/src/lib.rs"] {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        for lint in
            ["clippy::unwrap_used", "clippy::expect_used", "clippy::panic", "clippy::indexing_slicing"]
        {
            assert!(text.contains(lint), "{file} does not deny {lint}");
        }
    }
}
