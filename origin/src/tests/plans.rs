//! Plans, limits, features, and who decides about them.

use crate::clock::DAY;
use crate::testing::{Browser, World, request};
use crate::tests::isolation::make_site;
use serde_json::{Value, json};

fn owned(world: &World) -> (Browser<'_>, Browser<'_>) {
    world.set("PLATFORM_OWNER", "Owner@example.org");
    (world.sign_up("owner@example.org"), world.sign_up("mira@example.org"))
}

fn change(owner: &Browser, tenant: &str, body: Value) -> crate::http::Reply {
    owner.send("PATCH", &format!("/api/v1/platform/tenants/{tenant}"), body)
}

fn new_site(mira: &Browser, host: &str) -> crate::http::Reply {
    let body = json!({"name": {"en": host}, "locales": ["en"], "host": host});
    mira.post(&format!("/api/v1/tenants/{}/sites", mira.tenant), body)
}

#[test]
fn whoever_configuration_names_owns_the_platform_and_nobody_else() {
    let world = World::new();
    let (owner, mira) = owned(&world);
    owner.get("/api/v1/platform/tenants").must(200);
    mira.get("/api/v1/platform/tenants").must(404);
    assert_eq!(owner.get("/api/v1/me").value()["platform_owner"], true);
    assert_eq!(mira.get("/api/v1/me").value()["platform_owner"], false);
    world.set("PLATFORM_OWNER", "");
    owner.get("/api/v1/platform/tenants").must(404);
}

#[test]
fn a_limit_is_named_with_what_is_used_and_more_fits_when_it_is_raised() {
    let world = World::new();
    let (owner, mira) = owned(&world);
    change(&owner, &mira.tenant, json!({"limits": {"sites": 2}})).must(200);
    new_site(&mira, "one").must(201);
    new_site(&mira, "two").must(201);
    let refused = new_site(&mira, "three").must(409).value();
    assert_eq!(refused["type"], "/problems/plan-limit");
    assert!(refused["detail"].as_str().unwrap().starts_with("Limit of sites: 2; in use: 2."), "{refused}");
    assert_eq!(world.ask("SELECT 1 FROM sites").len(), 2);
    change(&owner, &mira.tenant, json!({"limits": {"sites": null}})).must(200);
    new_site(&mira, "three").must(201);
}

#[test]
fn the_last_place_is_taken_once_also_by_two_at_the_same_time() {
    let world = World::new();
    let (owner, mira) = owned(&world);
    change(&owner, &mira.tenant, json!({"limits": {"sites": 1}})).must(200);
    // The other one comes between the look at the limit and the batch: the rule is checked inside of it.
    world.before_batch.replace(Some((
        "INSERT INTO sites",
        format!(
            "INSERT INTO sites (id, tenant_id, name, status, locales, created_at, updated_at) \
             VALUES ('other', '{}', '{{}}', 'active', '[\"en\"]', '2026-03-14T09:30:00Z', '2026-03-14T09:30:00Z')",
            mira.tenant
        ),
    )));
    new_site(&mira, "one").must(409);
    assert_eq!(world.ask("SELECT id FROM sites"), [json!({"id": "other"})]);
}

#[test]
fn open_invitations_hold_a_place_until_they_are_over() {
    let world = World::new();
    let (owner, mira) = owned(&world);
    change(&owner, &mira.tenant, json!({"limits": {"members": 2}})).must(200);
    let invite = |email: &str| {
        mira.post(
            &format!("/api/v1/tenants/{}/invitations", mira.tenant),
            json!({"email": email, "role": "viewer"}),
        )
    };
    invite("noor@example.org").must(201);
    invite("noor@example.org").must(201);
    assert!(invite("tom@example.org").must(409).body.contains("Limit of members: 2; in use: 2."));
    let code = world.code("noor@example.org").unwrap();
    // A plan that became smaller meanwhile lets nobody in.
    change(&owner, &mira.tenant, json!({"limits": {"members": 1}})).must(200);
    let join = || {
        let body = json!({"code": code, "name": "", "password": crate::testing::PASSWORD});
        world.send(&request("POST", "/api/v1/invitations/join").json(body))
    };
    assert_eq!(join().must(409).value()["type"], "/problems/plan-limit");
    change(&owner, &mira.tenant, json!({"limits": {"members": 2}})).must(200);
    join().must(201);
    world.pass(8 * DAY);
    assert!(invite("tom@example.org").must(409).body.contains("in use: 2."));
}

#[test]
fn what_was_agreed_with_a_tenant_overrides_the_plan_name_by_name() {
    let world = World::new();
    let (owner, mira) = owned(&world);
    let plan = json!({"name": "Small", "limits": {"sites": 1, "pages": 10}, "features": [], "offered": true});
    owner.send("PUT", "/api/v1/platform/plans/small", plan).must(200);
    change(&owner, &mira.tenant, json!({"plan": "small", "limits": {"sites": 3}, "status": "active"}))
        .must(200);
    make_site(&mira, "one");
    let usage = mira.get(&format!("/api/v1/tenants/{}/usage", mira.tenant)).must(200).value();
    let of = |metric: &str| usage.as_array().unwrap().iter().find(|a| a["metric"] == metric).unwrap().clone();
    assert_eq!(of("sites"), json!({"metric": "sites", "used": 1, "limit": 3}));
    assert_eq!(of("pages"), json!({"metric": "pages", "used": 0, "limit": 10}));
    assert_eq!(of("members"), json!({"metric": "members", "used": 1}));
    let shown = owner.get(&format!("/api/v1/platform/tenants/{}", mira.tenant)).must(200).value();
    assert_eq!(
        (&shown["plan"], &shown["status"], &shown["usage"]),
        (&json!("small"), &json!("active"), &usage)
    );
    for (body, at) in [
        (json!({"plan": "none"}), "plan"),
        (json!({"limits": {"sites": 9_007_199_254_740_993_u64}}), "limits.sites"),
        (json!({"features": [{"name": "A b", "enabled": true}]}), "features[0].name"),
        (json!({"features": [{"name": "a", "site": "x", "enabled": true}]}), "features[0].site"),
    ] {
        assert_eq!(change(&owner, &mira.tenant, body).must(422).value()["problems"][0]["path"], at);
    }
    let log = mira.get(&format!("/api/v1/tenants/{}/audit", mira.tenant)).value();
    let event =
        log["events"].as_array().unwrap().iter().find(|e| e["action"] == "change_tenant").unwrap().clone();
    assert_eq!((&event["before"]["plan"], &event["after"]["plan"]), (&json!("start"), &json!("small")));
}

#[test]
fn pages_and_other_many_things_are_counted_by_those_who_make_them() {
    let world = World::new();
    let (owner, mira) = owned(&world);
    let site = make_site(&mira, "one");
    change(&owner, &mira.tenant, json!({"limits": {"pages": 5}})).must(200);
    let person = crate::access::Person {
        user: mira.user.clone(),
        by: crate::access::By::Session { id: String::new() },
    };
    let access = futures::executor::block_on(crate::access::site(
        &world,
        &person,
        &site,
        crate::access::Permission::WritePages,
        true,
    ))
    .unwrap();
    let add = |more: u64| {
        let pages = crate::plan::Metric::Pages;
        let mut batch = Vec::from_iter(crate::plan::room_for(&world, access.in_tenant(), pages, more));
        batch.push(crate::plan::counted(&access, pages, more as f64));
        world.run(&batch).is_ok()
    };
    assert_eq!([add(4), add(2), add(1), add(1)], [true, false, true, false]);
    world.run(&[crate::plan::counted(&access, crate::plan::Metric::Pages, -2.0)]).unwrap();
    assert!(add(2) && !add(1));
    let usage = mira.get(&format!("/api/v1/tenants/{}/usage", mira.tenant)).value();
    assert_eq!(usage[1], json!({"metric": "pages", "used": 5, "limit": 5}));
}

#[test]
fn a_feature_is_as_set_for_the_site_else_for_the_tenant_else_as_the_plan_has_it() {
    let world = World::new();
    let (owner, mira) = owned(&world);
    let (one, two) = (make_site(&mira, "one"), make_site(&mira, "two"));
    let claim = |site: &str| {
        let reply = mira.post(
            &format!("/api/v1/sites/{site}/domains"),
            json!({"host": "www.bakery.example", "method": "dns"}),
        );
        (reply.status, reply.value()["type"].as_str().unwrap_or_default().to_owned())
    };
    let listed = |site: &str| mira.get(&format!("/api/v1/sites/{site}/features")).must(200).value();
    let set = |site: Option<&str>, enabled: Option<bool>| {
        let feature = json!({"name": "custom_domains", "site": site, "enabled": enabled});
        change(&owner, &mira.tenant, json!({"features": [feature]})).must(200)
    };
    let (on, off) = ((201, String::new()), (403, "/problems/feature-off".to_owned()));
    assert_eq!([claim(&one), claim(&two)], [on.clone(), on.clone()]);
    set(None, Some(false));
    assert_eq!([claim(&one), claim(&two)], [off.clone(), off.clone()]);
    assert_eq!(listed(&one), json!([{"name": "custom_domains", "enabled": false}]));
    set(Some(&one), Some(true));
    assert_eq!([claim(&one), claim(&two)], [on.clone(), off.clone()]);
    assert_eq!(listed(&one), json!([{"name": "custom_domains", "enabled": true}]));
    assert_eq!(listed(&two), json!([{"name": "custom_domains", "enabled": false}]));
    set(None, None);
    set(Some(&one), None);
    assert_eq!([claim(&one), claim(&two)], [on.clone(), on]);
    owner
        .send(
            "PUT",
            "/api/v1/platform/plans/start",
            json!({"name": "Start", "limits": {}, "features": [], "offered": true}),
        )
        .must(200);
    assert_eq!(claim(&one), off);
    assert_eq!(listed(&one), json!([]));
}

#[test]
fn a_change_of_a_tenants_state_reaches_every_host_of_its_sites() {
    let world = World::new();
    let (owner, mira) = owned(&world);
    let (one, two) = (make_site(&mira, "one"), make_site(&mira, "two"));
    make_site(&owner, "foreign");
    world.run_sql("DELETE FROM kv_writes");
    change(&owner, &mira.tenant, json!({"status": "suspended"})).must(200);
    let wishes = || world.ask("SELECT site_id, key, wanted FROM kv_writes ORDER BY key");
    let wish = |site: &str, key: &str, wanted: u64| json!({"site_id": site, "key": key, "wanted": wanted});
    assert_eq!(wishes(), [wish(&one, "host/one.localhost", 1), wish(&two, "host/two.localhost", 1)]);
    new_site(&mira, "three").must(409);
    change(&owner, &mira.tenant, json!({"status": "suspended", "limits": {}})).must(200);
    assert_eq!(wishes()[0]["wanted"], 1, "nothing has changed for visitors");
    change(&owner, &mira.tenant, json!({"status": "trial"})).must(200);
    assert_eq!(wishes(), [wish(&one, "host/one.localhost", 2), wish(&two, "host/two.localhost", 2)]);
    new_site(&mira, "three").must(201);
}

#[test]
fn the_owner_lists_all_tenants_by_pages() {
    let world = World::new();
    let (owner, _) = owned(&world);
    world.sign_up("noor@example.org");
    let first = owner.get("/api/v1/platform/tenants?limit=2").must(200).value();
    assert_eq!(first["tenants"].as_array().unwrap().len(), 2);
    let next = first["next"].as_str().unwrap().replace(':', "%3A");
    let rest = owner.get(&format!("/api/v1/platform/tenants?limit=2&after={next}")).must(200).value();
    assert_eq!(rest["tenants"].as_array().unwrap().len(), 1);
}

#[test]
fn a_trial_ends_with_two_mails_before_and_the_tenant_suspended_at_its_end() {
    let world = World::new();
    world.set("TRIAL_DAYS", "14");
    let (owner, mira) = owned(&world);
    let site = make_site(&mira, "bakery");
    crate::tests::isolation::furnish(&mira, &site);
    let round = || futures::executor::block_on(crate::jobs::every_minute(&world));
    let mails = || {
        let sent = world.ask(
            "SELECT payload FROM outbox WHERE recipient = 'mira@example.org' AND payload LIKE '%trial%'",
        );
        sent.len()
    };
    let shown = || owner.get(&format!("/api/v1/platform/tenants/{}", mira.tenant)).must(200).value();
    assert_eq!(shown()["trial_ends_at"], "2026-03-28T09:30:00Z");
    let mut seen = vec![];
    for _ in 0..14 {
        round();
        round();
        seen.push(mails());
        world.pass(DAY);
    }
    assert_eq!(seen, [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2]);
    assert_eq!(shown()["status"], "trial");
    round();
    round();
    assert_eq!((mails(), &shown()["status"]), (3, &json!("suspended")));
    let host = world.kv.borrow()["host/bakery.localhost"].clone();
    assert!(host.contains("\"suspended\""), "{host}");
    mira.post(&format!("/api/v1/sites/{site}/releases"), json!({"everything": true})).must(409);
    let log = mira.get(&format!("/api/v1/tenants/{}/audit", mira.tenant)).value();
    let said: Vec<_> = log["events"].as_array().unwrap().iter().map(|e| e["action"].clone()).collect();
    assert_eq!(
        said[..3],
        [json!("end_trial"), json!("announce_end_of_trial"), json!("announce_end_of_trial")]
    );
    // Longer, then for good.
    change(&owner, &mira.tenant, json!({"status": "trial", "trial_ends_at": "2026-04-30T00:00:00Z"}))
        .must(200);
    round();
    assert_eq!((mails(), &shown()["status"]), (3, &json!("trial")));
    let refused = change(&owner, &mira.tenant, json!({"trial_ends_at": "tomorrow"})).must(422).value();
    assert_eq!(refused["problems"][0]["path"], "trial_ends_at");
    change(&owner, &mira.tenant, json!({"status": "active"})).must(200);
    world.pass(60 * DAY);
    round();
    let now = world.ask(&format!("SELECT status FROM tenants WHERE id = '{}'", mira.tenant));
    assert_eq!((mails(), &now[0]["status"]), (3, &json!("active")));
}

#[test]
fn the_end_of_a_trial_that_is_cut_off_anywhere_comes_once() {
    let first = World::new();
    first.set("TRIAL_DAYS", "7");
    let mira = first.sign_up("mira@example.org");
    first.pass(7 * DAY);
    for steps in 0..12 {
        let world = first.copy();
        world.dies_in.set(Some(steps));
        futures::executor::block_on(crate::jobs::every_minute(&world));
        world.dies_in.set(None);
        futures::executor::block_on(crate::jobs::every_minute(&world));
        let ended = world.ask("SELECT 1 FROM audit WHERE action = 'end_trial'").len();
        let mails = world.ask("SELECT 1 FROM outbox WHERE payload LIKE '%trial%'").len();
        let status = world.ask(&format!("SELECT status FROM tenants WHERE id = '{}'", mira.tenant));
        assert_eq!((ended, mails, &status[0]["status"]), (1, 1, &json!("suspended")), "{steps}");
    }
}
