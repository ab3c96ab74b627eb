//! How tenants end.

use crate::clock::DAY;
use crate::jobs::{after_change, every_minute};
use crate::testing::{Browser, PASSWORD, World, request};
use crate::tests::isolation::{make_site, routes};
use crate::tests::lives::{bakery, exported, host, stored};
use futures::executor::block_on;
use serde_json::{Value, json};

fn at(who: &Browser, rest: &str) -> String {
    format!("/api/v1/tenants/{}{rest}", who.tenant)
}

fn delete(who: &Browser) -> Value {
    who.delete(&at(who, "?confirm=A%20company")).must(200).value()
}

/// Rounds until nothing more happens.
fn end(world: &World) {
    for _ in 0..4 {
        block_on(every_minute(world));
    }
}

/// Every row that names a tenant, by table.
fn rows_of(world: &World, tenant: &str) -> Vec<(String, u64)> {
    let tables = world.ask(
        "SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND (c.name = 'tenant_id' OR m.name = 'tenants') ORDER BY m.name",
    );
    let names = tables.iter().map(|row| row["name"].as_str().unwrap().to_owned());
    let count = |name: String| {
        let column = if name == "tenants" { "id" } else { "tenant_id" };
        let rows = world.ask(&format!("SELECT count(*) AS n FROM {name} WHERE {column} = '{tenant}'"));
        (name, rows[0]["n"].as_u64().unwrap())
    };
    names.map(count).filter(|(_, rows)| *rows > 0).collect()
}

/// An agency with two sites, a colleague, one who is also elsewhere, and everything that a tenant can have.
fn agency(world: &World) -> (Browser<'_>, Browser<'_>, [String; 2]) {
    let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
    let sites = [bakery(&mira, "bakery"), bakery(&mira, "mill")];
    world.member(&mira.tenant, "tom", "", "editor");
    let (tenant, now) = (&mira.tenant, "2026-03-14T09:30:00Z");
    world.run_sql(&format!(
        "INSERT INTO members (tenant_id, user_id, status, created_at) VALUES ('{tenant}', '{}', 'active', '{now}');
         INSERT INTO subscriptions (tenant_id, provider, status, updated_at) VALUES ('{tenant}', 'invoice', 'active', '{now}');
         INSERT INTO features (tenant_id, name, enabled, updated_at) VALUES ('{tenant}', 'x', 1, '{now}');
         INSERT INTO outbox (tenant_id, id, kind, recipient, payload, status, next_attempt_at, created_at)
           VALUES ('{tenant}', 'x', 'mail', 'a@example.org', '{{}}', 'waiting', '{now}', '{now}');
         INSERT INTO usage (tenant_id, day, metric, amount) VALUES ('{tenant}', '2026-03-13', 'requests', 5);
         INSERT INTO webhooks (tenant_id, id, url, events, secret, status, updated_at)
           VALUES ('{tenant}', 'x', 'https://a.example', '[]', x'00', 'on', '{now}');
         UPDATE sessions SET expires_at = '2100-01-01T00:00:00Z', proven_at = '2099-01-01T00:00:00Z'",
        noor.user
    ));
    mira.post(&at(&mira, "/roles"), json!({"name": "Proof-reader", "permissions": ["site.read"]})).must(201);
    mira.post(&at(&mira, "/invitations"), json!({"email": "asked@example.org", "role": "viewer"})).must(201);
    let token = json!({"name": "Import", "scopes": ["site.read"], "days": 300});
    let token = mira.request("POST", &at(&mira, "/tokens")).with("idempotency-key", "x").json(token);
    world.send(&token).must(201);
    let template = json!({"name": "Opening", "document": {"description": "x", "sections": []}});
    mira.send("PUT", &at(&mira, "/templates/own"), template).must(200);
    (mira, noor, sites)
}

#[test]
fn a_deleted_tenant_is_gone_for_visitors_changes_nothing_and_is_taken_back() {
    let world = World::new();
    let (mira, _, [site, other]) = agency(&world);
    let code = world.code("asked@example.org").unwrap();
    // One of its sites was deleted before, and stays so.
    mira.delete(&format!("/api/v1/sites/{other}")).must(200);
    for wrong in ["", "?confirm=", "?confirm=Another", "?confirm=a%20company"] {
        let refused = mira.delete(&at(&mira, wrong)).must(422).value();
        assert_eq!(refused["problems"][0]["path"], "confirm", "{wrong}");
    }
    let deleted = delete(&mira);
    assert_eq!(deleted["delete_after"], "2026-04-13T09:30:00Z");
    assert!(world.mail("mira@example.org").unwrap()["text"].as_str().unwrap().contains("2026-04-13"));
    world.pass(DAY);
    assert_eq!(mira.delete(&at(&mira, &format!("?confirm={}", mira.tenant))).must(200).value(), deleted);
    block_on(after_change(&world));
    assert_eq!(host(&world, "bakery.localhost").unwrap()["status"], "archived");
    // Reading goes on, so that everything can be taken along.
    mira.get(&format!("/api/v1/sites/{site}/pages/home")).must(200);
    assert!(exported(&mira, &site).len() > 5_000);
    assert_eq!(mira.get("/api/v1/me").value()["tenants"][0]["delete_after"], deleted["delete_after"]);
    let joining = json!({"code": code, "name": "", "password": PASSWORD});
    let refused = world.send(&request("POST", "/api/v1/invitations/join").json(joining)).must(409);
    assert!(refused.body.contains("2026-04-13T09:30:00Z"), "{}", refused.body);
    let restored = mira.post(&at(&mira, "/restore"), json!({})).must(200).value();
    assert_eq!(restored.get("delete_after"), None);
    block_on(after_change(&world));
    assert_eq!(host(&world, "bakery.localhost").unwrap()["status"], "active");
    assert_eq!(host(&world, "mill.localhost").unwrap()["status"], "archived");
    mira.post(&format!("/api/v1/sites/{site}/releases"), json!({"everything": true})).must(201);
    let log = mira.get(&at(&mira, "/audit")).value();
    let said: Vec<_> = log["events"].as_array().unwrap().iter().map(|e| e["action"].clone()).collect();
    assert_eq!(said[..2], [json!("restore_tenant"), json!("delete_tenant")]);
}

#[test]
fn nothing_of_a_deleted_tenant_can_be_changed_but_its_end_and_who_is_in_it() {
    for route in routes().filter(|r| r.path.contains("{tenant}") || r.path.contains("{site}")) {
        let stage = crate::tests::isolation::Stage::new();
        stage.world.run_sql("UPDATE tenants SET delete_after = '2100-01-01T00:00:00Z'");
        let who = stage.member("tenant_admin");
        let reply = stage.world.send(&stage.ask(&who, route));
        let is_kept = matches!(route.name, "delete_tenant" | "restore_tenant" | "leave_tenant");
        let expected = if route.method == "GET" || is_kept { route.status } else { 409 };
        let expected = if route.path.contains("/platform/") { 404 } else { expected };
        assert_eq!(reply.status, expected, "{} {}: {}", route.method, route.path, reply.body);
    }
}

#[test]
fn who_deletes_a_tenant_may_delete_its_sites_and_has_just_proven_who_they_are() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let path = at(&mira, "?confirm=A%20company");
    world.run_sql(&format!(
        "INSERT INTO roles (tenant_id, id, name, permissions, updated_at)
         VALUES ('{}', 'staff', 'Staff', '[\"tenant.manage\"]', '2026-03-14T09:30:00Z')",
        mira.tenant
    ));
    let staff = world.member(&mira.tenant, "staff", "", "staff");
    assert!(staff.delete(&path).must(403).body.contains("sites.create"));
    world.pass(DAY);
    assert_eq!(mira.delete(&path).must(403).value()["type"], "/problems/stale-proof");
    mira.post("/api/v1/me/proof", json!({"password": PASSWORD})).must(204);
    delete(&mira);
}

#[test]
fn after_its_time_everything_of_a_tenant_goes_and_nothing_of_another_one() {
    let world = World::new();
    let (mira, noor, sites) = agency(&world);
    let theirs = make_site(&noor, "theirs");
    let noors = rows_of(&world, &noor.tenant);
    delete(&mira);
    world.pass(29 * DAY);
    end(&world);
    mira.get(&at(&mira, "/sites")).must(200);
    world.pass(2 * DAY);
    end(&world);
    assert!(world.logged.borrow().is_empty(), "{:?}", world.logged.borrow());
    mira.get("/api/v1/me").must(401);
    // What was used is billed; hosts are nobody else's for a while.
    assert_eq!(rows_of(&world, &mira.tenant), [("host_quarantine".to_owned(), 2), ("usage".to_owned(), 1)]);
    for site in &sites {
        assert_eq!(stored(&world, site), Vec::<String>::new());
    }
    assert_eq!(host(&world, "bakery.localhost"), None);
    let taken = json!({"name": {"en": "A"}, "locales": ["en"], "host": "bakery"});
    noor.post(&at(&noor, "/sites"), taken).must(409);
    // Who is a member elsewhere keeps the account, and everything there.
    let people = world.ask("SELECT id FROM users");
    assert_eq!(people, [json!({"id": noor.user})]);
    noor.get(&format!("/api/v1/sites/{theirs}")).must(200);
    assert_eq!(noor.get("/api/v1/me").value()["tenants"].as_array().unwrap().len(), 1);
    let tenants = rows_of(&world, &noor.tenant);
    assert_eq!(tenants.len(), noors.len(), "{tenants:?} {noors:?}");
    for mail in ["mira@example.org", "tom@members.example"] {
        assert!(world.mail(mail).unwrap()["text"].as_str().unwrap().contains("your account with it"));
    }
    let log = world.ask("SELECT action, subject_id, before FROM audit WHERE tenant_id = ''");
    assert_eq!(
        log,
        [json!({"action": "erase_tenant", "subject_id": mira.tenant, "before": "{\"name\":\"A company\"}"})]
    );
}

#[test]
fn the_owner_of_the_platform_keeps_the_account_when_a_tenant_of_theirs_goes() {
    for by_name in [true, false] {
        let world = World::new();
        let mira = world.sign_up("mira@example.org");
        match by_name {
            true => world.set("PLATFORM_OWNER", "Mira@example.org"),
            false => world.run_sql("UPDATE users SET platform_owner = 1"),
        }
        world.run_sql("UPDATE sessions SET expires_at = '2100-01-01T00:00:00Z'");
        delete(&mira);
        let listed = mira.get("/api/v1/platform/tenants").must(200).value();
        assert_eq!(listed["tenants"][0]["delete_after"], "2026-04-13T09:30:00Z");
        world.pass(31 * DAY);
        end(&world);
        assert_eq!(mira.get("/api/v1/me").must(200).value()["tenants"], json!([]));
    }
}

#[test]
fn one_whose_time_is_over_is_not_taken_back() {
    let world = World::new();
    let (mira, _, [site, _]) = agency(&world);
    delete(&mira);
    world.pass(31 * DAY);
    mira.post(&at(&mira, "/restore"), json!({})).must(409);
    // Also while it is being taken away, whatever the clock says.
    block_on(crate::lives::end::end_due(&world)).unwrap();
    world.clock.set(world.clock.get() - 20 * DAY);
    mira.post(&at(&mira, "/restore"), json!({})).must(409);
    mira.post(&format!("/api/v1/sites/{site}/restore"), json!({})).must(409);
}

#[test]
fn an_end_that_is_cut_off_anywhere_goes_on_in_the_next_round() {
    let first = World::new();
    let (mira, _, _) = agency(&first);
    delete(&mira);
    first.pass(31 * DAY);
    block_on(every_minute(&first));
    for steps in (0..).step_by(3) {
        let world = first.copy();
        world.dies_in.set(Some(steps));
        end(&world);
        let was_cut = world.dies_in.get() == Some(0);
        world.dies_in.set(None);
        end(&world);
        let left = rows_of(&world, &mira.tenant);
        assert_eq!(left, [("host_quarantine".to_owned(), 2), ("usage".to_owned(), 1)], "{steps}");
        assert_eq!(world.ask("SELECT 1 FROM users").len(), 1, "{steps}");
        let said = world.ask("SELECT 1 FROM audit WHERE action = 'erase_tenant'").len();
        let mails = world.ask("SELECT 1 FROM outbox WHERE payload LIKE '%your account with it%'").len();
        assert_eq!((said, mails), (1, 2), "{steps}");
        if !was_cut {
            assert!(steps > 60, "{steps}");
            break;
        }
    }
}

#[test]
fn a_large_tenant_goes_in_rounds_of_bounded_work() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    for n in 0..120 {
        world.member(&mira.tenant, &format!("p{n}"), "", "viewer");
        make_site(&mira, &format!("site-{n}"));
    }
    delete(&mira);
    world.pass(31 * DAY);
    let mut rounds = 0;
    while !world.ask("SELECT 1 FROM tenants").is_empty() {
        let before = world.batches.get();
        block_on(every_minute(&world));
        assert!(world.batches.get() - before < 1500, "{}", world.batches.get() - before);
        rounds += 1;
        assert!(rounds < 200);
    }
    assert!(rounds > 6, "{rounds}");
    assert!(world.ask("SELECT 1 FROM users").is_empty());
}
