//! How sites come and go.

use crate::clock::DAY;
use crate::jobs::{after_change, every_minute};
use crate::testing::{Browser, World};
use crate::tests::files::png;
use crate::tests::isolation::{furnish, make_site};
use futures::executor::block_on;
use serde_json::{Value, json};

fn at(site: &str, rest: &str) -> String {
    format!("/api/v1/sites/{site}{rest}")
}

/// A published site with a file.
fn bakery(mira: &Browser, name: &str) -> String {
    let site = make_site(mira, name);
    let upload = mira.request("POST", &at(&site, "/assets?name=Loaf.png&folder=bread"));
    mira.world.send(&upload.file(&png(800, 600))).must(201);
    furnish(mira, &site);
    site
}

/// How many rows of a site each table has.
fn rows_of(world: &World, site: &str) -> Vec<(String, u64)> {
    let tables = world.ask(
        "SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND c.name = 'site_id' ORDER BY m.name",
    );
    let names = tables.iter().map(|row| row["name"].as_str().unwrap().to_owned());
    let count = |name: String| {
        let sql = format!("SELECT count(*) AS n FROM {name} WHERE site_id = '{site}'");
        (name, world.ask(&sql)[0]["n"].as_u64().unwrap())
    };
    names.map(count).filter(|(_, rows)| *rows > 0).collect()
}

/// Keys and objects of a site.
fn stored(world: &World, site: &str) -> Vec<String> {
    let kv = world.kv.borrow();
    let named = kv.iter().filter(|(key, value)| key.contains(site) || value.contains(site));
    let mine = world.stored().into_iter().filter(|name| name.contains(site));
    named.map(|(key, _)| key.clone()).chain(mine).collect()
}

fn host(world: &World, name: &str) -> Option<Value> {
    world.kv.borrow().get(&format!("host/{name}")).map(|text| serde_json::from_str(text).unwrap())
}

#[test]
fn a_deleted_site_is_gone_for_visitors_changes_nothing_and_is_taken_back() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = bakery(&mira, "bakery");
    let deleted = mira.delete(&at(&site, "")).must(200).value();
    assert_eq!(
        (&deleted["status"], &deleted["delete_after"]),
        (&json!("deleted"), &json!("2026-04-13T09:30:00Z"))
    );
    world.pass(DAY);
    assert_eq!(mira.delete(&at(&site, "")).must(200).value(), deleted, "the end does not move");
    block_on(after_change(&world));
    assert_eq!(host(&world, "bakery.localhost").unwrap()["status"], "archived");
    let refused = mira.send("PATCH", &at(&site, ""), json!({"status": "active"})).must(409).value();
    assert!(refused["detail"].as_str().unwrap().contains("2026-04-13T09:30:00Z"), "{refused}");
    mira.post(&at(&site, "/releases"), json!({"everything": true})).must(409);
    mira.get(&at(&site, "/pages/home")).must(200);
    let restored = mira.post(&at(&site, "/restore"), json!({})).must(200).value();
    assert_eq!((&restored["status"], restored.get("delete_after")), (&json!("active"), None));
    block_on(after_change(&world));
    assert_eq!(host(&world, "bakery.localhost").unwrap()["status"], "active");
    mira.post(&at(&site, "/releases"), json!({"everything": true})).must(201);
    let log = mira.get(&format!("/api/v1/tenants/{}/audit", mira.tenant)).value();
    let said: Vec<_> = log["events"].as_array().unwrap().iter().map(|e| e["action"].clone()).collect();
    assert_eq!(said[..2], [json!("restore_site"), json!("delete_site")]);
}

#[test]
fn after_its_time_everything_of_a_site_goes_and_nothing_of_another_one() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let (site, sister) = (bakery(&mira, "bakery"), bakery(&mira, "sister"));
    let editor = world.member(&mira.tenant, "editor", &site, "editor");
    mira.post(&at(&site, "/releases/1/roll-back"), json!({})).must(201);
    block_on(after_change(&world));
    let before = (rows_of(&world, &sister), stored(&world, &sister));
    mira.delete(&at(&site, "")).must(200);
    world.pass(30 * DAY - 1_000);
    block_on(every_minute(&world));
    assert!(rows_of(&world, &site).len() > 10 && !stored(&world, &site).is_empty(), "not before");
    world.pass(1_000);
    world.run_sql("UPDATE sessions SET expires_at = '2100-01-01T00:00:00Z'");
    mira.post(&at(&site, "/restore"), json!({})).must(409);
    block_on(every_minute(&world));
    assert_eq!(rows_of(&world, &site), [], "{:?}", world.logged.borrow());
    assert_eq!(stored(&world, &site), Vec::<String>::new());
    assert_eq!((rows_of(&world, &sister), stored(&world, &sister)), before);
    mira.get(&at(&site, "")).must(404);
    editor.get(&at(&site, "")).must(404);
    let log = mira.get(&format!("/api/v1/tenants/{}/audit", mira.tenant)).value();
    let last = &log["events"][0];
    assert_eq!(
        (&last["action"], &last["actor_kind"], &last["before"]["name"]["en"]),
        (&json!("erase_site"), &json!("system"), &json!("bakery"))
    );
    // Nobody else gets the host for a while.
    let noor = world.sign_up("noor@example.org");
    let new = json!({"name": {"en": "B"}, "locales": ["en"], "host": "bakery"});
    noor.post(&format!("/api/v1/tenants/{}/sites", noor.tenant), new.clone()).must(409);
    mira.post(&format!("/api/v1/tenants/{}/sites", mira.tenant), new).must(201);
}

#[test]
fn an_erasure_that_is_cut_off_anywhere_goes_on_in_the_next_round() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = bakery(&mira, "bakery");
    mira.delete(&at(&site, "")).must(200);
    block_on(after_change(&world));
    world.pass(31 * DAY);
    let mut steps = 0;
    loop {
        let world = world.copy();
        world.dies_in.set(Some(steps));
        block_on(every_minute(&world));
        let died = world.dies_in.take() == Some(0);
        // The lease of a key that was being written is over by then.
        world.pass(DAY);
        block_on(every_minute(&world));
        assert_eq!((rows_of(&world, &site), stored(&world, &site)), (vec![], vec![]), "cut off at {steps}");
        assert!(world.ask("SELECT 1 FROM sites").is_empty());
        let said = world.ask("SELECT 1 FROM audit WHERE action = 'erase_site'");
        assert_eq!(said.len(), 1, "cut off at {steps}");
        if !died {
            break;
        }
        steps += 1;
    }
    assert!(steps > 50, "{steps}");
}
