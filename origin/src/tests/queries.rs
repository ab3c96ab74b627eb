//! How often each route asks the database, and with how many statements. The snapshot only goes down.

use crate::routes::{Handler, ROUTES};
use crate::tests::isolation::Stage;
use serde_json::{Map, Value, json};

const SNAPSHOT: &str = include_str!("queries.snapshot.json");
const UPDATE: &str = "UPDATE_QUERIES";

fn measured() -> Map<String, Value> {
    let mut all = Map::new();
    for route in ROUTES.iter().filter(|r| matches!(r.handler, Handler::Tenant(..) | Handler::Site(..))) {
        let stage = Stage::new();
        let who = stage.member("tenant_admin");
        let (batches, statements) = (stage.world.batches.get(), stage.world.statements.borrow().len());
        let reply = stage.world.send(&stage.ask(&who, route));
        assert_eq!(reply.status, route.status, "{}: {}", route.name, reply.body);
        let counts = json!({
            "batches": stage.world.batches.get() - batches,
            "statements": stage.world.statements.borrow().len() - statements,
        });
        all.insert(route.name.to_owned(), counts);
    }
    all
}

#[test]
fn queries_of_each_route_only_go_down() {
    let is = measured();
    let was: Map<String, Value> = serde_json::from_str(SNAPSHOT).unwrap();
    let mut more = vec![];
    for (name, counts) in &is {
        for what in ["batches", "statements"] {
            let known = was.get(name).and_then(|was| was[what].as_u64());
            let now = counts[what].as_u64();
            if known.is_some() && now > known {
                more.push(format!("{name}: {what} were {known:?}, are {now:?}"));
            }
        }
    }
    assert!(more.is_empty(), "more than before; find out which and take them out:\n{}", more.join("\n"));
    if is != was && std::env::var_os(UPDATE).is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/queries.snapshot.json");
        let lines: Vec<_> = is.iter().map(|(name, counts)| format!("  {}: {counts}", json!(name))).collect();
        std::fs::write(file, format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
        return;
    }
    assert!(
        is == was,
        "there are fewer, or other routes, than in origin/src/tests/queries.snapshot.json: \
         write it anew with `{UPDATE}=1 cargo test -p origin queries` and commit it"
    );
}
