use crate::testing::World;
use crate::tests::isolation::make_site;
use crate::tests::publish::{Desk, page};
use serde_json::json;

#[test]
fn a_new_site_has_its_host_and_is_found_in_the_list() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let id = make_site(&mira, "bakery");
    let site = mira.get(&format!("/api/v1/sites/{id}")).must(200).value();
    assert_eq!((&site["name"], &site["status"]), (&json!({"en": "bakery"}), &json!("active")));
    let hosts = mira.get(&format!("/api/v1/sites/{id}/hosts")).must(200).value();
    assert_eq!((&hosts[0]["host"], &hosts[0]["primary"]), (&json!("bakery.localhost"), &json!(true)));
    let list = mira.get(&format!("/api/v1/tenants/{}/sites", mira.tenant)).must(200).value();
    assert_eq!(list["sites"], json!([site]));
    assert!(list.get("next").is_none());
}

#[test]
fn a_site_is_called_what_its_settings_say_and_speaks_their_languages() {
    let world = World::new();
    let desk = Desk::new(&world);
    let general = json!({"name": {"en": "Bakery", "ar": "مخبز"}, "locales": ["en", "ar"]});
    desk.put("/settings/general", Some(1), general.clone()).must(200);
    let site = desk.who.get(&desk.path("")).must(200).value();
    assert_eq!(json!({"name": site["name"], "locales": site["locales"]}), general);
    let refused = json!({"name": {"en": "Bakery"}, "locales": []});
    desk.put("/settings/general", Some(2), refused).must(422);
    assert_eq!(desk.who.get(&desk.path("")).must(200).value(), site);
}

#[test]
fn lists_go_on_behind_the_last_row_with_none_twice_and_none_left_out() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let mut made: Vec<String> = (0..7).map(|n| make_site(&mira, &format!("site-{n}"))).collect();
    let (mut seen, mut after) = (vec![], String::new());
    loop {
        let path = format!("/api/v1/tenants/{}/sites?limit=3{after}", mira.tenant);
        let page = mira.get(&path).must(200).value();
        seen.extend(page["sites"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={}", next.replace(':', "%3A"));
    }
    made.sort();
    seen.sort();
    assert_eq!(seen, made);
    for bad in ["limit=0", "limit=201", "limit=x", "after=x"] {
        mira.get(&format!("/api/v1/tenants/{}/sites?{bad}", mira.tenant)).must(422);
    }
}

#[test]
fn whoever_has_a_role_on_one_site_sees_that_site_in_the_list() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let (one, _) = (make_site(&mira, "one"), make_site(&mira, "two"));
    let editor = world.member(&mira.tenant, "editor", &one, "editor");
    let list = editor.get(&format!("/api/v1/tenants/{}/sites", mira.tenant)).must(200).value();
    let ids: Vec<_> = list["sites"].as_array().unwrap().iter().map(|s| &s["id"]).collect();
    assert_eq!(ids, [&json!(one)]);
}

#[test]
fn what_is_wrong_with_a_new_site_is_named_by_path() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    make_site(&mira, "taken");
    let path = format!("/api/v1/tenants/{}/sites", mira.tenant);
    for (body, at) in [
        (json!({"name": {"en": "A"}, "locales": ["en"], "host": "taken"}), "host"),
        (json!({"name": {"en": "A"}, "locales": ["en"], "host": "admin"}), "host"),
        (json!({"name": {"en": "A"}, "locales": ["en"], "host": "a.b"}), "host"),
        (json!({"name": {"en": "A"}, "locales": ["en"], "host": "-a"}), "host"),
        (json!({"name": {"en": "A"}, "locales": ["en"], "host": ""}), "host"),
        (json!({"name": {"en": "A"}, "locales": ["en"], "host": "xn--80ak6aa92e"}), "host"),
        (json!({"name": {"de": "A"}, "locales": ["en"], "host": "a"}), "name.de"),
        (json!({"name": {"en": " "}, "locales": ["en"], "host": "a"}), "name.en"),
        (json!({"name": {}, "locales": ["en"], "host": "a"}), "name"),
        (json!({"name": {"en": "A"}, "locales": ["en", "en"], "host": "a"}), "locales[1]"),
        (json!({"name": {"en": "A"}, "locales": ["English"], "host": "a"}), "locales[0]"),
        (json!({"name": {"en": "A"}, "locales": [], "host": "a"}), "locales"),
        (json!({"name": {"en": 1}, "locales": ["en"], "host": "a"}), "name.en"),
        (json!({"name": {"en": "A"}, "locales": ["en"], "host": "a", "x": 1}), "x"),
        (json!([]), ""),
    ] {
        let reply = mira.post(&path, body.clone()).must(422).value();
        let paths: Vec<_> = reply["problems"].as_array().unwrap().iter().map(|p| p["path"].clone()).collect();
        assert!(paths.contains(&json!(at)), "{body}: {paths:?}");
    }
    assert_eq!(world.ask("SELECT id FROM sites").len(), 1);
}

#[test]
fn one_host_is_primary_and_the_primary_one_stays() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let id = make_site(&mira, "bakery");
    let hosts = format!("/api/v1/sites/{id}/hosts");
    mira.post(&hosts, json!({"name": "bread"})).must(201);
    mira.post(&hosts, json!({"name": "bread"})).must(422);
    mira.delete(&format!("{hosts}/bakery.localhost")).must(409);
    mira.world.send(&mira.request("POST", &format!("{hosts}/bread.localhost/primary"))).must(204);
    let list = mira.get(&hosts).value();
    assert_eq!((&list[0]["host"], &list[1]["primary"]), (&json!("bread.localhost"), &json!(false)));
    mira.delete(&format!("{hosts}/bakery.localhost")).must(204);
    mira.delete(&format!("{hosts}/bakery.localhost")).must(404);
    make_site(&mira, "bakery");
}

#[test]
fn a_site_is_archived_and_restored_and_one_that_the_platform_suspended_stays_so() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let path = format!("/api/v1/sites/{}", make_site(&mira, "bakery"));
    let patch = |body| world.send(&mira.request("PATCH", &path).json(body));
    assert_eq!(patch(json!({"status": "archived"})).must(200).value()["status"], "archived");
    assert_eq!(
        patch(json!({"status": "active", "name": {"en": "B"}})).must(200).value()["name"],
        json!({"en": "B"})
    );
    patch(json!({"status": "suspended"})).must(422);
    world.run_sql("UPDATE sites SET status = 'suspended'");
    patch(json!({"status": "active"})).must(409);
}

#[test]
fn a_token_is_shown_once_listed_without_its_secret_and_ended() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = make_site(&mira, "bakery");
    let tokens = format!("/api/v1/tenants/{}/tokens", mira.tenant);
    let made =
        mira.post(&tokens, json!({"name": "Import", "scopes": ["site.read"], "days": 1})).must(201).value();
    let secret = made["token"].as_str().unwrap().to_owned();
    let ask = || {
        let request = crate::testing::request("GET", &format!("/api/v1/sites/{site}"));
        world.send(&request.with("authorization", format!("Bearer {secret}"))).status
    };
    assert_eq!(ask(), 200);
    let list = mira.get(&tokens).must(200);
    assert!(!list.body.contains(&secret));
    assert_eq!(list.value()["tokens"][0]["last_used_at"], "2026-03-14T09:30:00Z");
    mira.post(&tokens, json!({"name": "Another", "scopes": ["site.read"], "days": 1})).must(201);
    let page = mira.get(&format!("{tokens}?limit=1")).must(200).value();
    let rest = mira.get(&format!("{tokens}?after={}", page["next"].as_str().unwrap())).must(200).value();
    assert_eq!((rest["tokens"].as_array().unwrap().len(), &rest["next"]), (1, &json!(null)));
    assert!(!format!("{:?}", world.ask("SELECT * FROM api_tokens")).contains(&secret));
    world.pass(crate::clock::DAY);
    assert_eq!(ask(), 401, "it has expired");
    let made =
        mira.post(&tokens, json!({"name": "Import", "scopes": ["site.read"], "days": 1})).must(201).value();
    mira.delete(&format!("{tokens}/{}", made["id"].as_str().unwrap())).must(204);
    let ended = crate::testing::request("GET", "/api/v1/me")
        .with("authorization", format!("Bearer {}", made["token"].as_str().unwrap()));
    world.send(&ended).must(401);
    for (body, at) in [
        (json!({"name": "", "scopes": ["site.read"], "days": 1}), "name"),
        (json!({"name": "a", "scopes": [], "days": 1}), "scopes"),
        (json!({"name": "a", "scopes": ["all"], "days": 1}), "scopes[0]"),
        (json!({"name": "a", "scopes": ["site.read"], "days": 0}), "days"),
        (json!({"name": "a", "scopes": ["site.read"], "days": 1, "site": "../x"}), "site"),
        (json!({"name": "a", "scopes": ["site.read"], "days": 1, "site": "0123456789abcdefghjk"}), "site"),
    ] {
        assert_eq!(mira.post(&tokens, body).must(422).value()["problems"][0]["path"], at);
    }
}

#[test]
fn a_new_name_stands_in_the_settings_as_well() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Home")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    desk.who.send("PATCH", &desk.path(""), json!({"name": {"en": "Other"}})).must(200);
    let general = desk.who.get(&desk.path("/settings/general")).must(200).value();
    assert_eq!((&general["document"]["name"], &general["revision"]), (&json!({"en": "Other"}), &json!(2)));
    // The same name, or another state, is no change of the settings.
    desk.who.send("PATCH", &desk.path(""), json!({"name": {"en": "Other"}, "status": "active"})).must(200);
    assert_eq!(desk.who.get(&desk.path("/settings/general")).value()["revision"], 2);
    let published = desk.publish(json!({"everything": true})).must(201).value();
    assert_eq!(published["changes"][0]["id"], "general", "{published}");
}
