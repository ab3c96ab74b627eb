use crate::clock::{DAY, HOUR, MINUTE};
use crate::testing::{HOST, PASSWORD, World, request};
use serde_json::json;

fn sign_in(world: &World, email: &str, password: &str) -> crate::http::Reply {
    world.send(&request("POST", "/api/v1/sign-in").json(json!({"email": email, "password": password})))
}

#[test]
fn a_confirmed_sign_up_opens_a_tenant_whose_admin_is_signed_in() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let me = mira.get("/api/v1/me").must(200).value();
    assert_eq!(me["email"], "mira@example.org");
    assert_eq!(
        me["tenants"],
        json!([{"id": mira.tenant, "name": "A company", "status": "trial", "delete_after": null}])
    );
}

#[test]
fn without_the_code_from_the_mail_there_is_no_account() {
    let world = World::new();
    let body = json!({"email": "mira@example.org", "password": PASSWORD, "tenant": "A"});
    world.send(&request("POST", "/api/v1/sign-up").json(body)).must(202);
    sign_in(&world, "mira@example.org", PASSWORD).must(401);
    let confirm = |code: &str, password: &str| {
        let body = json!({"code": code, "password": password});
        world.send(&request("POST", "/api/v1/sign-up/confirm").json(body))
    };
    confirm(&"0".repeat(64), PASSWORD).must(422);
    assert!(world.ask("SELECT id FROM users").is_empty());
    world.pass(DAY + HOUR);
    confirm(&world.code("mira@example.org").unwrap(), PASSWORD).must(422);
}

#[test]
fn who_reads_the_mail_does_not_open_an_account_that_a_stranger_signed_up() {
    let world = World::new();
    let body = json!({"email": "mira@example.org", "password": PASSWORD, "tenant": "A"});
    world.send(&request("POST", "/api/v1/sign-up").json(body)).must(202);
    let code = world.code("mira@example.org").unwrap();
    let confirm = |password: &str| {
        let body = json!({"code": code, "password": password});
        world.send(&request("POST", "/api/v1/sign-up/confirm").json(body))
    };
    assert_eq!(confirm("eleven quiet lamps").must(422).value()["problems"][0]["path"], "password");
    assert!(world.ask("SELECT id FROM users").is_empty());
    confirm(PASSWORD).must(201);
}

#[test]
fn a_code_opens_one_account_once() {
    let world = World::new();
    world.sign_up("mira@example.org");
    let code = world.code("mira@example.org").unwrap();
    let again = json!({"code": code, "password": PASSWORD});
    world.send(&request("POST", "/api/v1/sign-up/confirm").json(again)).must(422);
    assert_eq!(world.ask("SELECT id FROM tenants").len(), 1);
}

#[test]
fn answers_do_not_tell_whether_an_address_has_an_account() {
    let world = World::new();
    world.sign_up("mira@example.org");
    let strip = |mut reply: crate::http::Reply| {
        reply.headers.retain(|(name, _)| *name != "x-request-id");
        if let Ok(serde_json::Value::Object(mut body)) = serde_json::from_str(&reply.body) {
            body.remove("request");
            reply.body = json!(body).to_string();
        }
        reply
    };
    let both = |path: &str, body: &dyn Fn(&str) -> serde_json::Value| {
        let answers = ["mira@example.org", "nobody@example.org"]
            .map(|email| strip(world.send(&request("POST", path).json(body(email)))));
        let told = |reply: &crate::http::Reply| (reply.status, reply.headers.clone(), reply.body.clone());
        assert_eq!(told(&answers[0]), told(&answers[1]), "{path}");
    };
    both("/api/v1/sign-up", &|email| json!({"email": email, "password": PASSWORD, "tenant": "A"}));
    both("/api/v1/password-reset", &|email| json!({"email": email}));
    for _ in 0..8 {
        both("/api/v1/sign-in", &|email| json!({"email": email, "password": "wrong"}));
    }
    let kept = world.ask("SELECT 1 FROM confirmations WHERE data LIKE '%mira@%'");
    assert!(kept.is_empty(), "a known address has nothing to confirm");
    // The owner of the address is told by mail.
    assert_eq!(world.mail("mira@example.org").unwrap()["subject"], "Set a new password");
}

#[test]
fn failures_lock_the_address_for_longer_each_time_and_a_proof_ends_it() {
    let world = World::new();
    world.sign_up("mira@example.org");
    let wrong = || sign_in(&world, "mira@example.org", "wrong");
    for _ in 0..6 {
        wrong().must(401);
    }
    let locked = sign_in(&world, "mira@example.org", PASSWORD).must(429);
    assert_eq!(locked.header("retry-after"), Some("60"));
    world.pass(MINUTE);
    wrong().must(401);
    assert_eq!(wrong().must(429).header("retry-after"), Some("120"));
    world.pass(2 * MINUTE);
    sign_in(&world, "mira@example.org", PASSWORD).must(200);
    for _ in 0..5 {
        wrong().must(401);
    }
    sign_in(&world, "mira@example.org", PASSWORD).must(200);
}

#[test]
fn whoever_has_a_network_of_addresses_has_one_address() {
    let world = World::new();
    let reset = |address: &str, n: u32| {
        let body = json!({"email": format!("nobody-{n}@example.org")});
        let asked = request("POST", "/api/v1/password-reset").json(body).with("cf-connecting-ip", address);
        world.send(&asked).status
    };
    let answers: Vec<_> = (0..21).map(|n| reset(&format!("2001:db8:1:2::{n:x}"), n)).collect();
    assert_eq!((answers[19], answers[20]), (202, 429));
    assert_eq!(reset("2001:db8:1:3::1", 30), 202);
}

#[test]
fn an_address_that_a_provider_would_take_for_others_is_refused() {
    let world = World::new();
    let ask = |email: &str| {
        world.send(&request("POST", "/api/v1/password-reset").json(json!({"email": email}))).status
    };
    for bad in [
        "a,mira@example.org",
        "<mira@example.org",
        "\"a\"@example.org",
        "a;b@example.org",
        "a b@example.org",
        ".mira@example.org",
        "mi..ra@example.org",
        "mira(a)@example.org",
        "m\u{202e}ira@example.org",
        "@example.org",
    ] {
        assert_eq!(ask(bad), 422, "{bad}");
    }
    for good in ["mira.o'neil+sites@example.org", "jürgen@example.org", "m_1@example.org"] {
        assert_eq!(ask(good), 202, "{good}");
    }
}

#[test]
fn common_short_and_personal_passwords_are_refused_with_the_reason() {
    let world = World::new();
    for (password, reason) in [
        ("short", "expected 8 to 128 characters, found 5"),
        ("password1234", "first that are tried"),
        ("qwertyuiop", "first that are tried"),
        ("mira@example.org", "first that are tried"),
        ("12345678910", "first that are tried"),
    ] {
        let body = json!({"email": "mira@example.org", "password": password, "tenant": "A"});
        let reply = world.send(&request("POST", "/api/v1/sign-up").json(body)).must(422);
        assert!(reply.value()["problems"][0]["message"].as_str().unwrap().contains(reason), "{}", reply.body);
    }
}

#[test]
fn sign_up_can_be_closed_or_by_invitation() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    world.set("SIGN_UP", "closed");
    let body = |invitation: &str| json!({"email": "noor@example.org", "password": PASSWORD, "tenant": "A", "invitation": invitation});
    let post = |body| world.send(&request("POST", "/api/v1/sign-up").json(body));
    post(body("")).must(403);
    world.set("SIGN_UP", "invite");
    post(body("guess")).must(422);
    mira.post("/api/v1/sign-up-invitations", json!({})).must(404);
    world.run_sql("UPDATE users SET platform_owner = 1");
    let made = mira.post("/api/v1/sign-up-invitations", json!({})).must(201).value();
    post(body(made["invitation"].as_str().unwrap())).must(202);
    post(body(made["invitation"].as_str().unwrap())).must(422);
}

#[test]
fn a_new_password_ends_every_session_and_the_old_password() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    world
        .send(&request("POST", "/api/v1/password-reset").json(json!({"email": "mira@example.org"})))
        .must(202);
    let code = world.code("mira@example.org").unwrap();
    let new = "eleven quiet lamps by the quay";
    let body = json!({"code": code, "password": new});
    world.send(&request("POST", "/api/v1/password-reset/confirm").json(body.clone())).must(204);
    assert_eq!(world.mail("mira@example.org").unwrap()["subject"], "Your password was changed");
    mira.get("/api/v1/me").must(401);
    sign_in(&world, "mira@example.org", PASSWORD).must(401);
    sign_in(&world, "mira@example.org", new).must(200);
    world.send(&request("POST", "/api/v1/password-reset/confirm").json(body)).must(422);
}

#[test]
fn sessions_are_listed_and_revoked_and_end_by_themselves() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let other = sign_in(&world, "mira@example.org", PASSWORD).must(200);
    let first = mira.get("/api/v1/sessions?limit=1").must(200).value();
    let next = format!("/api/v1/sessions?after={}", first["next"].as_str().unwrap());
    assert_eq!(mira.get(&next).must(200).value()["sessions"].as_array().unwrap().len(), 1);
    let sessions = mira.get("/api/v1/sessions").must(200).value();
    let sessions = sessions["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0]["device"], "Test");
    let elsewhere = sessions.iter().find(|s| s["current"] == false).unwrap()["id"].as_str().unwrap();
    mira.delete(&format!("/api/v1/sessions/{elsewhere}")).must(204);
    mira.delete(&format!("/api/v1/sessions/{elsewhere}")).must(404);
    let cookie = other.header("set-cookie").unwrap().split(';').next().unwrap();
    world.send(&request("GET", "/api/v1/me").with("cookie", cookie)).must(401);
    world.pass(31 * DAY);
    mira.get("/api/v1/me").must(401);
}

#[test]
fn nobody_ends_the_session_of_another_person() {
    let world = World::new();
    let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
    let sessions = mira.get("/api/v1/sessions").value();
    let id = sessions["sessions"][0]["id"].as_str().unwrap();
    noor.delete(&format!("/api/v1/sessions/{id}")).must(404);
    mira.get("/api/v1/me").must(200);
}

#[test]
fn the_cookie_is_bound_to_the_host_where_there_is_https() {
    let world = World::new();
    world.sign_up("mira@example.org");
    let mut secure =
        request("POST", "/api/v1/sign-in").json(json!({"email": "mira@example.org", "password": PASSWORD}));
    secure.url = "https://admin.localhost/api/v1/sign-in".to_owned();
    let cookie = world.send(&secure).must(200).header("set-cookie").unwrap().to_owned();
    assert!(cookie.starts_with("__Host-session="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let plain = sign_in(&world, "mira@example.org", PASSWORD);
    assert!(plain.header("set-cookie").unwrap().starts_with("session="));
}

#[test]
fn a_change_with_a_cookie_must_come_from_our_own_pages() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let bare = || request("POST", "/api/v1/sign-out").with("cookie", mira.cookie.clone());
    world.send(&bare()).must(403);
    world.send(&bare().with("origin", "http://evil.localhost:8787")).must(403);
    world.send(&bare().with("origin", HOST).with("sec-fetch-site", "cross-site")).must(403);
    world.send(&bare().with("origin", HOST)).must(204);
    mira.get("/api/v1/me").must(401);
}

#[test]
fn secrets_are_stored_as_digests_only() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let token = mira.cookie.split('=').nth(1).unwrap();
    for table in ["sessions", "users", "confirmations", "rate_limits"] {
        let text = format!("{:?}", world.ask(&format!("SELECT * FROM {table}")));
        assert!(!text.contains(token) && !text.contains(PASSWORD), "{table}: {text}");
    }
}

#[test]
fn mail_is_sent_once_and_tried_again_when_the_provider_fails() {
    let world = World::new();
    world.set("MAIL_URL", "https://mail.example/send");
    world.set("MAIL_FROM", "sites@example.org");
    let body = json!({"email": "mira@example.org", "password": PASSWORD, "tenant": "A"});
    world.send(&request("POST", "/api/v1/sign-up").json(body)).must(202);
    let drain = || futures::executor::block_on(crate::jobs::after_change(&world));
    world.post_status.set(500);
    drain();
    drain();
    assert_eq!(world.posted.borrow().len(), 1, "no second try before its time");
    world.post_status.set(202);
    world.pass(10 * MINUTE);
    drain();
    drain();
    assert_eq!(world.posted.borrow().len(), 2);
    assert!(world.posted.borrow()[1].1.contains("\"to\":\"mira@example.org\""));
    let kept = world.ask("SELECT status, payload FROM outbox").remove(0);
    assert_eq!(kept["status"], "sent");
    let payload: serde_json::Value = serde_json::from_str(kept["payload"].as_str().unwrap()).unwrap();
    assert_eq!(
        payload,
        json!({"subject": "Confirm your address"}),
        "a code is kept no longer than it has to be"
    );
    world.pass(31 * DAY);
    futures::executor::block_on(crate::jobs::every_minute(&world));
    assert!(world.ask("SELECT 1 FROM outbox").is_empty());
}
