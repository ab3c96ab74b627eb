//! How many calls of each store an address costs, cold and warm. The numbers are committed and may only go down.

use super::World;
use super::site::Site;
use crate::testing::Name;
use serde_json::{Map, Value, json};

/// One address of each kind.
pub const KINDS: [(&str, &str); 19] = [
    ("home", "/"),
    ("page", "/about"),
    ("list", "/news"),
    ("list, second page", "/news?after=t2026~two"),
    ("record", "/news/one"),
    ("search form", "/search"),
    ("search", "/search?q=rye"),
    ("unknown path", "/nowhere"),
    ("unknown record", "/news/nothing"),
    ("path in upper case", "/About"),
    ("redirect", "/old"),
    ("style sheet", "/-/style/theme1/BUILD-1.css"),
    ("file", "/-/file/5a5a5a/a.svg"),
    ("unknown file", "/-/file/77/a.svg"),
    ("icon", "/favicon.ico"),
    ("robots", "/robots.txt"),
    ("sitemap", "/sitemap.xml"),
    ("sitemap of records", "/sitemap/post-1.xml"),
    ("feed", "/feed/post.xml"),
];

const SNAPSHOT: &str = include_str!("read-counts.snapshot.json");
const UPDATE: &str = "UPDATE_READ_COUNTS";

fn counts(world: &World, url: &str) -> Value {
    world.stores.take_counts();
    world.get(url);
    let counts = world.stores.take_counts();
    let of = |name| counts.get(&name).copied().unwrap_or(0);
    json!({"kv": of(Name::Kv), "d1": of(Name::D1), "r2": of(Name::R2), "cache": of(Name::Cache)})
}

/// Cold: an isolate that knows nothing, an empty edge cache. Edge: another new isolate, after the first was asked
/// twice. Warm: the third time there.
fn measured() -> Map<String, Value> {
    let mut all = Map::new();
    let build = format!("{:x}", app::theme::build_digest());
    for sharded in [false, true] {
        let hosts = [
            ("", "alpha.example"),
            (" on an alias host", "www.alpha.example"),
            (" on an unknown host", "nobody.example"),
        ];
        for (kind, path) in KINDS {
            for (on, host) in hosts {
                if !on.is_empty() && (sharded || kind != "page") {
                    continue;
                }
                let world = World::new();
                world.publish(Site { sharded, ..Site::new("alpha") });
                let url = format!("https://{host}{}", path.replace("BUILD", &build));
                let cold = counts(&world, &url);
                world.get(&url);
                world.new_isolate();
                let edge = counts(&world, &url);
                world.get(&url);
                let warm = counts(&world, &url);
                let kind = format!("{kind}{on}{}", if sharded { ", routes in shards" } else { "" });
                all.insert(kind, json!({"cold": cold, "edge": edge, "warm": warm}));
            }
        }
    }
    all
}

fn number(counts: &Value, when: &str, store: &str) -> u64 {
    counts[when][store].as_u64().unwrap()
}

#[test]
fn a_warm_address_reads_nothing_and_a_cold_one_keeps_to_the_budget() {
    for (kind, counts) in measured() {
        for store in ["kv", "d1", "cache"] {
            assert_eq!(number(&counts, "warm", store), 0, "{kind}: warm reads of {store}");
        }
        assert!(number(&counts, "cold", "d1") <= 1, "{kind}");
        let shards = u64::from(kind.contains("shards"));
        assert!(number(&counts, "cold", "kv") <= 2 + shards, "{kind}");
    }
}

#[test]
fn read_counts_only_go_down() {
    let is = measured();
    let was: Map<String, Value> = serde_json::from_str(SNAPSHOT).unwrap();
    let mut more = vec![];
    for (kind, counts) in &is {
        for when in ["cold", "edge", "warm"] {
            for store in ["kv", "d1", "r2", "cache"] {
                let known = was.get(kind).map(|was| number(was, when, store));
                let now = number(counts, when, store);
                if known.is_some_and(|known| now > known) {
                    more.push(format!("{kind}: {when} {store} calls were {}, are {now}", known.unwrap_or(0)));
                }
            }
        }
    }
    assert!(
        more.is_empty(),
        "more calls than before; find out which and take them out:\n{}",
        more.join("\n")
    );
    if is != was && std::env::var_os(UPDATE).is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/read-counts.snapshot.json");
        let lines: Vec<_> = is.iter().map(|(kind, counts)| format!("  {}: {counts}", json!(kind))).collect();
        std::fs::write(file, format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
        return;
    }
    assert!(
        is == was,
        "there are fewer calls, or other addresses, than in worker/src/tests/read-counts.snapshot.json: \
         write it anew with `{UPDATE}=1 cargo test -p manysite-worker read_counts` and commit it"
    );
}
