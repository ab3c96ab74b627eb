//! A change, its audit row and its idempotent answer: all of it or nothing.

use crate::change::chain;
use crate::testing::{Browser, World};
use crate::tests::isolation::make_site;
use serde_json::{Value, json};

fn sites(browser: &Browser) -> String {
    format!("/api/v1/tenants/{}/sites", browser.tenant)
}

fn new_site(host: &str) -> Value {
    json!({"name": {"en": host}, "locales": ["en"], "host": host})
}

#[test]
fn a_repeated_request_gets_the_first_answer_and_is_done_once() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let send = |key: &str, host: &str| {
        world.send(&mira.request("POST", &sites(&mira)).with("idempotency-key", key).json(new_site(host)))
    };
    let first = send("k1", "bakery").must(201);
    let second = send("k1", "bakery").must(201);
    assert_eq!(second.body, first.body);
    assert_eq!(second.header("location"), first.header("location"));
    assert_eq!(second.header("idempotent-replay"), Some("true"));
    send("k1", "other").must(422);
    send("k2", "bakery").must(422);
    send(&"k".repeat(201), "x").must(400);
    assert_eq!(world.ask("SELECT id FROM sites").len(), 1);
}

#[test]
fn of_two_requests_at_once_with_the_same_key_the_second_gets_the_answer_of_the_first() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let send = || {
        world.send(&mira.request("POST", &sites(&mira)).with("idempotency-key", "k").json(new_site("bakery")))
    };
    let first = send().must(201);
    // The second has looked for the key before the first had kept it.
    let kept = world.ask("SELECT tenant_id, actor, request_hash, response, expires_at FROM idempotency_keys");
    let text = |name: &str| kept[0][name].as_str().unwrap().replace('\'', "''");
    world.run_sql("DELETE FROM idempotency_keys");
    world.before_batch.replace(Some((
        "INSERT INTO sites",
        format!(
            "INSERT INTO idempotency_keys (tenant_id, actor, key, request_hash, status, response, expires_at) \
             VALUES ('{}', '{}', 'k', '{}', 201, '{}', '{}')",
            text("tenant_id"),
            text("actor"),
            text("request_hash"),
            text("response"),
            text("expires_at")
        ),
    )));
    assert_eq!(send().must(201).body, first.body);
}

#[test]
fn a_key_of_one_person_says_nothing_to_another() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let other = world.member(&mira.tenant, "other", "", "tenant_admin");
    let send = |who: &Browser, host: &str| {
        world.send(&who.request("POST", &sites(&mira)).with("idempotency-key", "k").json(new_site(host)))
    };
    send(&mira, "one").must(201);
    assert_eq!(send(&other, "two").must(201).header("idempotent-replay"), None);
}

#[test]
fn a_repeated_request_for_a_token_does_not_show_it_again() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let path = format!("/api/v1/tenants/{}/tokens", mira.tenant);
    let body = json!({"name": "Import", "scopes": ["site.read"], "days": 1});
    let send = || {
        world
            .send(&mira.request("POST", &path).with("idempotency-key", "k").json(body.clone()))
            .must(201)
            .value()
    };
    let (first, second) = (send(), send());
    assert_eq!(first["id"], second["id"]);
    assert!(first["token"].is_string() && second["token"].is_null());
}

#[test]
fn a_crash_at_any_step_leaves_all_or_nothing_and_the_repeated_request_ends_it() {
    for step in 0.. {
        let world = World::new();
        let mira = world.sign_up("mira@example.org");
        let send = || {
            world.send(
                &mira.request("POST", &sites(&mira)).with("idempotency-key", "k").json(new_site("bakery")),
            )
        };
        world.dies_in.set(Some(step));
        let done = send().status == 201;
        world.dies_in.set(None);
        let rows = |table: &str| world.ask(&format!("SELECT 1 FROM {table}")).len();
        let found = [rows("sites"), rows("hosts"), rows("audit"), rows("idempotency_keys")];
        assert_eq!(found, [usize::from(done); 4], "step {step}");
        send().must(201);
        assert_eq!([rows("sites"), rows("hosts"), rows("audit")], [1; 3], "step {step}");
        if done {
            return;
        }
    }
}

#[test]
fn writers_at_the_same_time_each_get_a_number_of_the_audit_log() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    world.races.set(5);
    make_site(&mira, "bakery");
    let numbers: Vec<_> = world
        .ask("SELECT number FROM audit ORDER BY number")
        .iter()
        .map(|r| r["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn the_audit_log_says_who_did_what_and_its_chain_holds() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = make_site(&mira, "bakery");
    let path = format!("/api/v1/sites/{site}");
    for name in ["A", "B", "C"] {
        world.send(&mira.request("PATCH", &path).json(json!({"name": {"en": name}}))).must(200);
    }
    let page = mira.get(&format!("{path}/audit?limit=2")).must(200).value();
    assert_eq!(page["events"][0]["after"]["name"]["en"], "C");
    assert_eq!(page["events"][0]["before"]["name"]["en"], "B");
    assert_eq!(
        (&page["events"][0]["action"], &page["events"][0]["actor"]),
        (&json!("change_site"), &json!(mira.user))
    );
    let rest =
        mira.get(&format!("{path}/audit?limit=2&after={}", page["next"].as_str().unwrap())).must(200).value();
    assert_eq!(rest["events"][0]["number"], 1);
    let mut previous = String::new();
    for row in world.ask(&format!("SELECT * FROM audit WHERE site_id = '{site}' ORDER BY number")) {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(text("previous_hash"), previous);
        let mut fields = vec![text("tenant_id"), text("site_id"), row["number"].to_string()];
        fields.extend(
            [
                "actor",
                "actor_kind",
                "action",
                "subject",
                "subject_id",
                "before",
                "after",
                "request_id",
                "created_at",
                "previous_hash",
            ]
            .map(text),
        );
        previous = chain(&fields.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(text("hash"), previous);
    }
    assert!(world.db.borrow().execute("UPDATE audit SET actor = 'x'", []).is_err());
    assert!(world.db.borrow().execute("DELETE FROM audit WHERE number = 2", []).is_err());
}

#[test]
fn the_audit_log_goes_out_whole_and_says_where_its_chain_is_broken() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = make_site(&mira, "bakery");
    let path = format!("/api/v1/sites/{site}");
    for n in 0..1_010 {
        world.pass(60);
        world
            .send(
                &mira.request("PATCH", &path).json(json!({"name": {"en": format!("{n} \u{e9} \"quoted\"")}})),
            )
            .must(200);
    }
    let exported = |path: &str| -> Vec<serde_json::Value> {
        let reply = mira.get(&format!("{path}/audit/export")).must(200);
        assert_eq!(reply.header("content-type"), Some("application/jsonl"));
        let text = String::from_utf8(reply.sent_later(&world)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let whole = exported(&path);
    let (end, rows) = whole.split_last().unwrap();
    assert_eq!((rows.len(), &end["rows"], &end["broken_at"]), (1_010, &json!(1_010), &json!(null)));
    assert_eq!((&end["head"], &rows[0]["number"]), (&rows[1_009]["hash"], &json!("1")));
    let tail = mira.get(&format!("{path}/audit/export?after=700")).must(200).sent_later(&world);
    let tail: Vec<Value> =
        String::from_utf8(tail).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&tail[..310], &tail[310]["rows"]),
        (&rows[700..], &json!(310)),
        "it goes on where it broke off"
    );
    let tenant = exported(&format!("/api/v1/tenants/{}", mira.tenant));
    assert!(tenant[0]["action"] == "create_site" && tenant.last().unwrap()["broken_at"].is_null());
    for (change, at) in [
        ("UPDATE audit SET after = '{}' WHERE number = 700", 700),
        ("DELETE FROM audit WHERE number = 500", 501),
        ("UPDATE audit SET hash = 'x' WHERE number = 1010", 1_010),
    ] {
        let world = world.copy();
        world.run_sql("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_cut_at_its_old_end");
        world.run_sql(&change.replace("WHERE", &format!("WHERE site_id = '{site}' AND")));
        let reply =
            crate::testing::Browser { world: &world, ..mira.clone() }.get(&format!("{path}/audit/export"));
        let text = String::from_utf8(reply.must(200).sent_later(&world)).unwrap();
        let end: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(end["broken_at"], at, "{change}");
    }
    // The old end may be cut.
    world.run_sql(&format!("DELETE FROM audit WHERE site_id = '{site}' AND number <= 10"));
    let cut = exported(&path);
    assert_eq!((&cut[0]["number"], &cut.last().unwrap()["broken_at"]), (&json!("11"), &json!(null)));
}

#[test]
fn the_audit_log_has_what_redirects_were_taken_and_given() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = make_site(&mira, "bakery");
    let save = |list: Value| {
        mira.send("PUT", &format!("/api/v1/sites/{site}/redirects"), json!({"redirects": list})).must(204);
    };
    save(json!([{"from": "/a", "to": "/b"}, {"from": "/c", "to": "/d"}]));
    save(json!([{"from": "/c", "to": "/d"}, {"from": "/a", "to": "/e", "status": 302}]));
    let event =
        mira.get(&format!("/api/v1/sites/{site}/audit?limit=1")).must(200).value()["events"][0].clone();
    assert_eq!(event["before"], json!({"redirects": [["/a", "/b", 301]]}));
    assert_eq!(event["after"], json!({"redirects": [["/a", "/e", 302]]}));
}
