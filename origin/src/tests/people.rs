//! The people of a tenant: roles, members, invitations.

use crate::access::{Permission, ROLES};
use crate::clock::{DAY, MINUTE};
use crate::testing::{Browser, PASSWORD, World, request};
use crate::tests::isolation::make_site;
use serde_json::{Value, json};

fn path(browser: &Browser, rest: &str) -> String {
    format!("/api/v1/tenants/{}/{rest}", browser.tenant)
}

fn invite(by: &Browser, email: &str, role: &str) -> String {
    by.post(&path(by, "invitations"), json!({"email": email, "role": role})).must(201);
    by.world.code(email).unwrap()
}

fn join(world: &World, code: &str) -> crate::http::Reply {
    let body = json!({"code": code, "name": "Noor", "password": PASSWORD});
    world.send(&request("POST", "/api/v1/invitations/join").json(body))
}

#[test]
fn the_table_in_the_documentation_is_what_the_code_does() {
    let mut table = "| |".to_owned();
    let columns: Vec<String> = ROLES.iter().map(|(name, _)| format!(" {name} |")).collect();
    table.push_str(&format!("{}\n|---|{}\n", columns.concat(), "---|".repeat(ROLES.len())));
    for permission in Permission::ALL {
        let marks = ROLES.map(|(_, may)| if may.contains(&permission) { " ✓ |" } else { " |" });
        table.push_str(&format!("| `{}` |{}\n", permission.name(), marks.concat()));
    }
    let docs = include_str!("../../../docs/roles.md");
    assert!(docs.contains(&table), "docs/roles.md should have:\n\n{table}");
}

#[test]
fn an_invited_person_without_an_account_joins_with_a_password_of_their_own() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let code = invite(&mira, "noor@example.org", "editor");
    let mail = world.mail("noor@example.org").unwrap();
    assert!(mail["text"].as_str().unwrap().starts_with("mira@example.org invites you"), "{mail}");
    let joined = join(&world, &code).must(201);
    assert_eq!(joined.value()["tenant"], mira.tenant);
    let cookie = joined.header("set-cookie").unwrap().split(';').next().unwrap();
    let me = world.send(&request("GET", "/api/v1/me").with("cookie", cookie)).must(200).value();
    assert_eq!((&me["name"], &me["tenants"][0]["id"]), (&json!("Noor"), &json!(mira.tenant)));
    let members = mira.get(&path(&mira, "members")).must(200).value();
    let noor = members["members"].as_array().unwrap().iter().find(|m| m["email"] == "noor@example.org");
    assert_eq!(noor.unwrap()["roles"], json!([{"role": "editor"}]));
    join(&world, &code).must(422);
    assert_eq!(mira.get(&path(&mira, "invitations")).value()["invitations"], json!([]));
    let log = mira.get(&path(&mira, "audit")).value();
    assert_eq!(log["events"][0]["action"], "join");
}

#[test]
fn an_invited_person_with_an_account_accepts_with_that_account_only() {
    let world = World::new();
    let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
    let other = world.sign_up("other@example.org");
    let code = invite(&mira, "noor@example.org", "author");
    let accept = |who: &Browser| who.post("/api/v1/invitations/accept", json!({"code": code}));
    join(&world, &code).must(409);
    accept(&other).must(409);
    assert_eq!(accept(&noor).must(200).value()["tenant"], mira.tenant);
    accept(&noor).must(422);
    assert_eq!(noor.get("/api/v1/me").value()["tenants"].as_array().unwrap().len(), 2);
}

#[test]
fn an_invitation_ends_when_it_is_withdrawn_renewed_or_old() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let first = invite(&mira, "noor@example.org", "viewer");
    let second = invite(&mira, "noor@example.org", "viewer");
    join(&world, &first).must(422);
    let open = mira.get(&path(&mira, "invitations")).must(200).value();
    assert_eq!(open["invitations"].as_array().unwrap().len(), 1);
    let id = open["invitations"][0]["id"].as_str().unwrap();
    mira.delete(&path(&mira, &format!("invitations/{id}"))).must(204);
    mira.delete(&path(&mira, &format!("invitations/{id}"))).must(404);
    join(&world, &second).must(422);
    let third = invite(&mira, "noor@example.org", "viewer");
    world.pass(7 * DAY + MINUTE);
    join(&world, &third).must(422);
    assert_eq!(mira.get(&path(&mira, "members")).value()["members"].as_array().unwrap().len(), 1);
}

#[test]
fn an_invitation_that_is_withdrawn_at_the_last_moment_lets_nobody_in() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let code = invite(&mira, "noor@example.org", "viewer");
    let invited = futures::executor::block_on(crate::access::invited(&world, &code)).unwrap().unwrap();
    world.run_sql("UPDATE invitations SET status = 'withdrawn'");
    let statements = crate::repo::members::accept(&world, &invited, &mira.user);
    let refused = world.run(&statements).unwrap_err();
    assert!(refused.to_string().contains("invitation_gone"), "{refused}");
}

#[test]
fn an_invitation_gives_no_more_than_who_has_invited_may_give_by_now() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = make_site(&mira, "one");
    let tom = world.member(&mira.tenant, "tom", "", "tenant_admin");
    let roles = |roles: Value| {
        mira.send("PATCH", &path(&mira, "members/tom"), json!({"roles": roles})).must(200);
    };
    let as_admin = invite(&tom, "one@example.org", "tenant_admin");
    let as_viewer = invite(&tom, "two@example.org", "viewer");
    let other = invite(&tom, "three@example.org", "viewer");
    tom.post(
        &format!("/api/v1/sites/{site}/invitations"),
        json!({"email": "four@example.org", "role": "editor"}),
    )
    .must(201);
    let to_site = world.code("four@example.org").unwrap();
    roles(json!([{"role": "viewer"}, {"role": "site_admin", "site": site}]));
    join(&world, &as_admin).must(422);
    join(&world, &as_viewer).must(201);
    join(&world, &to_site).must(201);
    mira.delete(&path(&mira, "members/tom")).must(204);
    join(&world, &other).must(422);
}

#[test]
fn an_invitation_is_answered_alike_whether_or_not_the_address_has_an_account() {
    let world = World::new();
    let (mira, _) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
    let answers = ["noor@example.org", "nobody@example.org"].map(|email| {
        let reply =
            mira.post(&path(&mira, "invitations"), json!({"email": email, "role": "viewer"})).must(201);
        let mut told = reply.value();
        for part in ["id", "email"] {
            told.as_object_mut().unwrap().remove(part);
        }
        let subject = world.mail(email).unwrap()["subject"].clone();
        (told, subject)
    });
    assert_eq!(answers[0], answers[1]);
    mira.post(&path(&mira, "invitations"), json!({"email": "mira@example.org", "role": "viewer"})).must(422);
}

#[test]
fn what_is_wrong_with_an_invitation_or_a_change_is_named_by_path() {
    let world = World::new();
    let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
    let foreign = make_site(&noor, "foreign");
    for (body, at) in [
        (json!({"email": "nobody", "role": "viewer"}), "email"),
        (json!({"email": "a@example.org", "role": "emperor"}), "role"),
        (json!({"email": "a@example.org", "role": "viewer", "site": foreign}), "site"),
    ] {
        let reply = mira.post(&path(&mira, "invitations"), body).must(422).value();
        assert_eq!(reply["problems"][0]["path"], at);
    }
    let own = path(&mira, &format!("members/{}", mira.user));
    for (roles, at) in [
        (json!([{"role": "viewer"}, {"role": "x"}]), "roles[1].role"),
        (json!([{"role": "viewer", "site": foreign}]), "roles[0].site"),
        (json!([{"role": "viewer"}, {"role": "viewer"}]), "roles[1].role"),
    ] {
        let reply = mira.send("PATCH", &own, json!({"roles": roles})).must(422).value();
        assert_eq!(reply["problems"][0]["path"], at);
    }
}

#[test]
fn a_member_has_other_roles_on_other_sites() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let (one, two, three) = (make_site(&mira, "one"), make_site(&mira, "two"), make_site(&mira, "three"));
    let tom = world.member(&mira.tenant, "tom", "", "");
    let roles = json!([{"role": "site_admin", "site": one}, {"role": "viewer", "site": two}]);
    mira.send("PATCH", &path(&mira, "members/tom"), json!({"roles": roles})).must(200);
    let rename =
        |site: &str| tom.send("PATCH", &format!("/api/v1/sites/{site}"), json!({"name": {"en": "T"}})).status;
    assert_eq!([rename(&one), rename(&two), rename(&three)], [200, 403, 404]);
}

#[test]
fn a_suspended_member_may_do_nothing_until_they_are_restored() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let tom = world.member(&mira.tenant, "tom", "", "tenant_admin");
    let member = path(&mira, "members/tom");
    let list = || tom.get(&path(&mira, "sites")).status;
    mira.send("PATCH", &member, json!({"status": "suspended"})).must(200);
    assert_eq!(list(), 404);
    mira.send("PATCH", &member, json!({"status": "active"})).must(200);
    assert_eq!(list(), 200);
    mira.delete(&member).must(204);
    assert_eq!(list(), 404);
    mira.delete(&member).must(404);
}

#[test]
fn the_last_tenant_admin_stays_whatever_is_tried() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let own = path(&mira, &format!("members/{}", mira.user));
    let site = make_site(&mira, "one");
    for body in [
        json!({"roles": []}),
        json!({"roles": [{"role": "tenant_admin", "site": site}]}),
        json!({"status": "suspended"}),
    ] {
        mira.send("PATCH", &own, body).must(409);
    }
    mira.delete(&own).must(409);
    mira.post(&path(&mira, "leave"), json!({})).must(409);
    mira.delete("/api/v1/me").must(409);
    // One who is suspended does not count.
    world.member(&mira.tenant, "tom", "", "tenant_admin");
    mira.send("PATCH", &path(&mira, "members/tom"), json!({"status": "suspended"})).must(200);
    mira.delete(&own).must(409);
    mira.send("PATCH", &path(&mira, "members/tom"), json!({"status": "active"})).must(200);
    mira.delete(&own).must(204);
    assert_eq!(world.ask("SELECT 1 FROM audit WHERE action <> 'create_site'").len(), 3);
}

fn own_role(by: &Browser, permissions: Value) -> String {
    let body = json!({"name": "Own", "permissions": permissions});
    by.post(&path(by, "roles"), body).must(201).value()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_role_of_the_tenants_own_counts_together_with_the_built_in_ones() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = make_site(&mira, "one");
    let tom = world.member(&mira.tenant, "tom", "", "viewer");
    let role = own_role(&mira, json!(["audit.read"]));
    let audit = |at: &str| tom.get(&format!("/api/v1/{at}/audit")).status;
    let (tenant, site_path) = (format!("tenants/{}", mira.tenant), format!("sites/{site}"));
    assert_eq!([audit(&tenant), audit(&site_path)], [403, 403]);
    let give = |grant: Value| {
        mira.send("PATCH", &path(&mira, "members/tom"), json!({"roles": [{"role": "viewer"}, grant]}))
            .must(200)
    };
    give(json!({"role": role, "site": site}));
    assert_eq!([audit(&tenant), audit(&site_path)], [403, 200]);
    give(json!({"role": role}));
    assert_eq!([audit(&tenant), audit(&site_path)], [200, 200]);
    mira.send(
        "PUT",
        &path(&mira, &format!("roles/{role}")),
        json!({"name": "Own", "permissions": ["site.read"]}),
    )
    .must(200);
    assert_eq!([audit(&tenant), audit(&site_path)], [403, 403]);
}

#[test]
fn a_role_is_deleted_when_nobody_has_it_and_was_not_promised_it() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let role = own_role(&mira, json!(["site.read"]));
    let at = path(&mira, &format!("roles/{role}"));
    world.member(&mira.tenant, "tom", "", &role);
    mira.delete(&at).must(409);
    mira.send("PATCH", &path(&mira, "members/tom"), json!({"roles": []})).must(200);
    invite(&mira, "noor@example.org", &role);
    mira.delete(&at).must(409);
    world.pass(8 * DAY);
    mira.delete(&at).must(204);
    mira.delete(&at).must(404);
    mira.delete(&path(&mira, "roles/viewer")).must(409);
    for (body, at) in [
        (json!({"name": " ", "permissions": ["site.read"]}), "name"),
        (json!({"name": "a", "permissions": []}), "permissions"),
        (json!({"name": "a", "permissions": ["all"]}), "permissions[0]"),
    ] {
        assert_eq!(mira.post(&path(&mira, "roles"), body).must(422).value()["problems"][0]["path"], at);
    }
}

#[test]
fn nobody_gives_or_takes_what_they_do_not_have() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let role = own_role(&mira, json!(["tenant.read", "tenant.manage", "site.read"]));
    let tom = world.member(&mira.tenant, "tom", "", &role);
    world.member(&mira.tenant, "ann", "", "viewer");
    let own = path(&mira, "members/tom");
    // Neither to oneself nor to others, neither a role nor what is in it.
    tom.send("PATCH", &own, json!({"roles": [{"role": "tenant_admin"}]})).must(403);
    tom.send("PATCH", &path(&mira, "members/ann"), json!({"roles": [{"role": "editor"}]})).must(403);
    tom.post(&path(&mira, "invitations"), json!({"email": "a@example.org", "role": "tenant_admin"}))
        .must(403);
    tom.post(&path(&mira, "roles"), json!({"name": "x", "permissions": ["publish"]})).must(403);
    tom.send("PUT", &path(&mira, &format!("roles/{role}")), json!({"name": "x", "permissions": ["publish"]}))
        .must(403);
    mira.post(&path(&mira, "invitations"), json!({"email": "b@example.org", "role": "tenant_admin"}))
        .must(201);
    let open = tom.get(&path(&mira, "invitations")).must(200).value()["invitations"][0]["id"].clone();
    tom.delete(&path(&mira, &format!("invitations/{}", open.as_str().unwrap()))).must(403);
    let larger = own_role(&mira, json!(["publish"]));
    tom.delete(&path(&mira, &format!("roles/{larger}"))).must(403);
    // And not from those who may do more.
    tom.send("PATCH", &path(&mira, &format!("members/{}", mira.user)), json!({"roles": []})).must(403);
    tom.delete(&path(&mira, &format!("members/{}", mira.user))).must(403);
    // What they have they may give.
    tom.send("PATCH", &path(&mira, "members/ann"), json!({"roles": [{"role": role}]})).must(200);
}

#[test]
fn members_are_listed_by_pages() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    for n in 0..4 {
        world.member(&mira.tenant, &format!("member-{n}"), "", "viewer");
    }
    let (mut seen, mut after) = (0, String::new());
    loop {
        let page = mira.get(&path(&mira, &format!("members?limit=2{after}"))).must(200).value();
        seen += page["members"].as_array().unwrap().len();
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen, 5);
}

#[test]
fn who_only_works_on_sites_sees_neither_members_nor_invitations() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    for role in ["site_admin", "editor", "author", "viewer"] {
        let who = world.member(&mira.tenant, role, "", role);
        who.get(&path(&mira, "members")).must(403);
        who.get(&path(&mira, "invitations")).must(403);
        who.get(&path(&mira, "roles")).must(200);
    }
}

#[test]
fn invitations_are_few_for_an_address_and_for_a_tenant() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let ask = |email: &str| {
        mira.post(&path(&mira, "invitations"), json!({"email": email, "role": "viewer"})).status
    };
    assert_eq!([(); 4].map(|()| ask("noor@example.org")), [201, 201, 201, 429]);
    assert!((0..46).all(|n| ask(&format!("a{n}@example.org")) == 201));
    assert_eq!(ask("one-more@example.org"), 429);
    world.pass(MINUTE);
    assert_eq!(ask("one-more@example.org"), 201);
}
