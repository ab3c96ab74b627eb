//! What people change about their own accounts.

use crate::clock::{HOUR, MINUTE};
use crate::testing::{PASSWORD, World, request};
use serde_json::json;

const NEW: &str = "eleven quiet lamps by the quay";

fn sign_in(world: &World, email: &str, password: &str) -> crate::http::Reply {
    world.send(&request("POST", "/api/v1/sign-in").json(json!({"email": email, "password": password})))
}

#[test]
fn what_would_lock_a_person_out_asks_for_a_fresh_proof() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    world.pass(16 * MINUTE);
    let change = || mira.post("/api/v1/me/password", json!({"password": NEW}));
    assert_eq!(change().must(403).value()["type"], "/problems/stale-proof");
    assert_eq!(
        mira.post("/api/v1/me/email", json!({"email": "n@example.org"})).must(403).value()["type"],
        "/problems/stale-proof"
    );
    assert_eq!(mira.delete("/api/v1/me").must(403).value()["type"], "/problems/stale-proof");
    mira.post("/api/v1/me/proof", json!({"password": "wrong"})).must(401);
    change().must(403);
    mira.post("/api/v1/me/proof", json!({"password": PASSWORD})).must(204);
    change().must(204);
}

#[test]
fn guesses_at_a_proof_lock_the_account_as_those_at_sign_in_do() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    for _ in 0..6 {
        mira.post("/api/v1/me/proof", json!({"password": "wrong"})).must(401);
    }
    mira.post("/api/v1/me/proof", json!({"password": PASSWORD})).must(429);
    sign_in(&world, "mira@example.org", PASSWORD).must(429);
}

#[test]
fn a_new_password_signs_all_other_devices_out_and_is_told_by_mail() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let other = sign_in(&world, "mira@example.org", PASSWORD);
    let other = other.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    world
        .send(&request("POST", "/api/v1/password-reset").json(json!({"email": "mira@example.org"})))
        .must(202);
    let code = world.code("mira@example.org").unwrap();
    mira.post("/api/v1/me/password", json!({"password": "short"})).must(422);
    mira.post("/api/v1/me/password", json!({"password": NEW})).must(204);
    world.send(&request("GET", "/api/v1/me").with("cookie", other)).must(401);
    mira.get("/api/v1/me").must(200);
    assert_eq!(world.mail("mira@example.org").unwrap()["subject"], "Your password was changed");
    sign_in(&world, "mira@example.org", PASSWORD).must(401);
    sign_in(&world, "mira@example.org", NEW).must(200);
    let late = json!({"code": code, "password": "a third one that is long enough"});
    world.send(&request("POST", "/api/v1/password-reset/confirm").json(late)).must(422);
}

#[test]
fn a_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told() {
    let world = World::new();
    let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
    let ask = |email: &str| mira.post("/api/v1/me/email", json!({"email": email})).must(202).value();
    let first = ask("m@example.org");
    let old = world.code("m@example.org").unwrap();
    ask("m@example.org");
    let code = world.code("m@example.org").unwrap();
    let confirm = |who: &crate::testing::Browser, code: &str| {
        who.post("/api/v1/me/email/confirm", json!({"code": code})).status
    };
    assert_eq!((confirm(&mira, &old), confirm(&noor, &code)), (422, 422));
    assert_eq!(mira.get("/api/v1/me").value()["email"], "mira@example.org");
    assert_eq!((confirm(&mira, &code), confirm(&mira, &code)), (204, 422));
    assert_eq!(mira.get("/api/v1/me").value()["email"], "m@example.org");
    assert_eq!(world.mail("mira@example.org").unwrap()["subject"], "Your address was changed");
    sign_in(&world, "mira@example.org", PASSWORD).must(401);
    sign_in(&world, "m@example.org", PASSWORD).must(200);
    // An address that has an account gets a mail without a code, and the same answer.
    assert_eq!(ask("noor@example.org"), first);
    assert_eq!(world.mail("noor@example.org").unwrap()["subject"], "You already have an account");
    assert!(world.ask("SELECT 1 FROM confirmations WHERE data LIKE '%noor@%'").is_empty());
}

#[test]
fn an_account_writes_to_few_strangers() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let ask = |n: u32| mira.post("/api/v1/me/email", json!({"email": format!("{n}@example.org")})).status;
    assert_eq!([1, 2, 3, 4].map(ask), [202, 202, 202, 429]);
}

#[test]
fn an_address_that_got_an_account_meanwhile_is_not_taken_from_it() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    mira.post("/api/v1/me/email", json!({"email": "noor@example.org"})).must(202);
    let code = world.code("noor@example.org").unwrap();
    world.sign_up("noor@example.org");
    mira.post("/api/v1/me/email/confirm", json!({"code": code})).must(422);
    mira.post("/api/v1/me/email", json!({"email": "m@example.org"})).must(202);
    world.pass(HOUR);
    mira.post("/api/v1/me/email/confirm", json!({"code": world.code("m@example.org").unwrap()})).must(422);
}

#[test]
fn a_person_is_called_as_they_say() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    mira.send("PATCH", "/api/v1/me", json!({"name": " Mira "})).must(200);
    assert_eq!(mira.get("/api/v1/me").value()["name"], "Mira");
    mira.send("PATCH", "/api/v1/me", json!({"name": "a\nb"})).must(422);
}

#[test]
fn all_other_devices_are_signed_out_at_once() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    for _ in 0..3 {
        sign_in(&world, "mira@example.org", PASSWORD).must(200);
    }
    mira.delete("/api/v1/sessions").must(204);
    let left = mira.get("/api/v1/sessions").must(200).value()["sessions"].clone();
    assert_eq!((left.as_array().unwrap().len(), &left[0]["current"]), (1, &json!(true)));
}

#[test]
fn a_deleted_account_leaves_its_tenants_and_nothing_that_signs_in() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let noor = world.sign_up("noor@example.org");
    world.run_sql(&format!(
        "INSERT INTO members (tenant_id, user_id, status, created_at) VALUES ('{}', '{}', 'active', '2026-03-14T09:30:00Z')",
        mira.tenant, noor.user
    ));
    assert!(noor.delete("/api/v1/me").must(409).body.contains("A company"));
    world.member(&noor.tenant, "tom", "", "tenant_admin");
    let gone = noor.delete("/api/v1/me").must(204);
    assert!(gone.header("set-cookie").unwrap().contains("Max-Age=0"));
    noor.get("/api/v1/me").must(401);
    sign_in(&world, "noor@example.org", PASSWORD).must(401);
    for table in ["sessions", "members", "member_roles", "confirmations"] {
        let left = format!("SELECT 1 FROM {table} WHERE user_id = '{}'", noor.user);
        assert!(world.ask(&left).is_empty(), "{table}");
    }
    let told = world.ask(&format!(
        "SELECT tenant_id FROM audit WHERE action = 'delete_me' AND subject_id = '{}'",
        noor.user
    ));
    assert_eq!(told.len(), 2, "each tenant's log says so");
    assert_eq!(world.mail("noor@example.org").unwrap()["subject"], "Your account was deleted");
}
