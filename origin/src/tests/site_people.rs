//! The people of one site, for who manages it.

use crate::testing::{Browser, PASSWORD, World, request};
use crate::tests::isolation::make_site;
use serde_json::{Value, json};

struct House<'w> {
    mira: Browser<'w>,
    /// Manages the first site and no other.
    ann: Browser<'w>,
    site: String,
    other: String,
}

impl<'w> House<'w> {
    fn new(world: &'w World) -> Self {
        let mira = world.sign_up("mira@example.org");
        let (site, other) = (make_site(&mira, "one"), make_site(&mira, "two"));
        let ann = world.member(&mira.tenant, "ann", &site, "site_admin");
        Self { mira, ann, site, other }
    }

    fn at(&self, rest: &str) -> String {
        format!("/api/v1/sites/{}/{rest}", self.site)
    }

    fn invite(&self, email: &str, role: &str) -> crate::http::Reply {
        self.ann.post(&self.at("invitations"), json!({"email": email, "role": role}))
    }

    /// Addresses and roles, as a site's admin sees them.
    fn people(&self) -> Value {
        let page = self.ann.get(&self.at("members")).must(200).value();
        let members = page["members"].as_array().unwrap().iter();
        let mut people: Vec<Value> = members.map(|m| json!([m["email"], m["roles"]])).collect();
        people.sort_by_key(Value::to_string);
        Value::Array(people)
    }

    fn invited(&self) -> Vec<Value> {
        let page = self.ann.get(&self.at("invitations")).must(200).value();
        page["invitations"].as_array().unwrap().iter().map(|i| i["email"].clone()).collect()
    }

    fn roles_of(&self, user: &str) -> Value {
        let page = self.mira.get(&format!("/api/v1/tenants/{}/members", self.mira.tenant)).must(200).value();
        let one = page["members"].as_array().unwrap().iter().find(|m| m["user"] == user).cloned();
        one.map_or(Value::Null, |one| one["roles"].clone())
    }
}

fn join(world: &World, code: &str) -> crate::http::Reply {
    let body = json!({"code": code, "name": "Noor", "password": PASSWORD});
    world.send(&request("POST", "/api/v1/invitations/join").json(body))
}

#[test]
fn an_admin_of_a_site_invites_people_to_it_and_takes_them_out_again() {
    let world = World::new();
    let house = House::new(&world);
    house.invite("noor@example.org", "editor").must(201);
    assert_eq!(house.invited(), ["noor@example.org"]);
    let noor = join(&world, &world.code("noor@example.org").unwrap()).must(201);
    let user = noor.value()["user"].as_str().unwrap().to_owned();
    assert_eq!(
        house.people(),
        json!([["ann@members.example", ["site_admin"]], ["noor@example.org", ["editor"]]])
    );
    let cookie = noor.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let noor = Browser { cookie, user: user.clone(), ..house.mira.clone() };
    noor.get(&house.at("pages")).must(200);
    noor.get(&format!("/api/v1/sites/{}/pages", house.other)).must(404);
    assert_eq!(house.invite("noor@example.org", "viewer").must(422).value()["problems"][0]["path"], "email");
    house.ann.delete(&house.at(&format!("members/{user}"))).must(204);
    house.ann.delete(&house.at(&format!("members/{user}"))).must(404);
    // Whoever has no other role is a member no more.
    noor.get(&house.at("pages")).must(404);
    assert_eq!(noor.get("/api/v1/me").must(200).value()["tenants"], json!([]));
    let log = house.mira.get(&format!("/api/v1/tenants/{}/audit", house.mira.tenant)).value();
    let said: Vec<_> = log["events"].as_array().unwrap().iter().map(|e| e["action"].clone()).collect();
    assert_eq!(said[..3], [json!("remove_site_member"), json!("join"), json!("invite_to_site")]);
}

#[test]
fn nobody_gives_on_a_site_what_they_do_not_have_there() {
    let world = World::new();
    let house = House::new(&world);
    let own = |permissions: Value| {
        let path = format!("/api/v1/tenants/{}/roles", house.mira.tenant);
        let made = house.mira.post(&path, json!({"name": "Own", "permissions": permissions})).must(201);
        made.value()["id"].as_str().unwrap().to_owned()
    };
    let (weak, strong) = (own(json!(["site.read"])), own(json!(["site.read", "sites.create"])));
    for role in ["site_admin", "viewer", &weak] {
        house.invite(&format!("{role}@example.org").replace('_', "-"), role).must(201);
    }
    for role in ["tenant_admin", &strong] {
        assert!(house.invite("x@example.org", role).must(403).body.contains("on this site"));
    }
    assert_eq!(house.invite("x@example.org", "emperor").must(422).value()["problems"][0]["path"], "role");
    // On another site there is no such address, and who does not manage one invites nobody.
    let elsewhere = format!("/api/v1/sites/{}/invitations", house.other);
    house.ann.post(&elsewhere, json!({"email": "x@example.org", "role": "viewer"})).must(404);
    let editor = world.member(&house.mira.tenant, "ed", &house.site, "editor");
    editor.post(&house.at("invitations"), json!({"email": "x@example.org", "role": "viewer"})).must(403);
    editor.get(&house.at("members")).must(403);
    // A role on this site gives nothing in the tenant.
    house.ann.get(&format!("/api/v1/tenants/{}/members", house.mira.tenant)).must(403);
}

#[test]
fn an_admin_of_a_site_sees_and_takes_nothing_that_others_gave_elsewhere_or_that_is_more() {
    let world = World::new();
    let house = House::new(&world);
    let tenant = &house.mira.tenant;
    for (name, site, role) in [
        ("everywhere", "", "viewer"),
        ("elsewhere", house.other.as_str(), "viewer"),
        ("stronger", house.site.as_str(), "tenant_admin"),
        ("both", house.site.as_str(), "editor"),
    ] {
        world.member(tenant, name, site, role);
    }
    world.run_sql(&format!(
        "INSERT INTO member_roles (tenant_id, user_id, site_id, role) VALUES
           ('{tenant}', 'both', '{}', 'author'), ('{tenant}', 'both', '{}', 'tenant_admin')",
        house.other, house.site
    ));
    assert_eq!(
        house.people(),
        json!([["ann@members.example", ["site_admin"]], ["both@members.example", ["editor"]]])
    );
    for who in ["everywhere", "elsewhere", "stronger", &house.mira.user] {
        house.ann.delete(&house.at(&format!("members/{who}"))).must(404);
    }
    house.ann.delete(&house.at("members/both")).must(204);
    let left = house.roles_of("both");
    for kept in [("tenant_admin", &house.site), ("author", &house.other)] {
        assert!(left.as_array().unwrap().contains(&json!({"role": kept.0, "site": kept.1})), "{left}");
    }
    assert_eq!(left.as_array().unwrap().len(), 2);
    // The same of invitations.
    let of_tenant = format!("/api/v1/tenants/{tenant}/invitations");
    for body in [
        json!({"email": "a@example.org", "role": "viewer"}),
        json!({"email": "b@example.org", "role": "viewer", "site": house.other}),
        json!({"email": "c@example.org", "role": "tenant_admin", "site": house.site}),
        json!({"email": "d@example.org", "role": "viewer", "site": house.site}),
    ] {
        house.mira.post(&of_tenant, body).must(201);
    }
    assert_eq!(house.invited(), ["d@example.org"]);
    let open = house.mira.get(&of_tenant).must(200).value()["invitations"].clone();
    for invitation in open.as_array().unwrap() {
        let path = house.at(&format!("invitations/{}", invitation["id"].as_str().unwrap()));
        let expected = if invitation["email"] == "d@example.org" { 204 } else { 404 };
        house.ann.delete(&path).must(expected);
    }
    // And an invitation of the same address does not end what others have promised.
    let promised = world.code("a@example.org").unwrap();
    house.invite("a@example.org", "viewer").must(201);
    join(&world, &promised).must(201);
}

#[test]
fn a_member_of_another_site_is_invited_like_a_stranger_and_has_both_roles_then() {
    let world = World::new();
    let house = House::new(&world);
    let tom = world.member(&house.mira.tenant, "tom", &house.other, "editor");
    let answers = ["tom@members.example", "nobody@example.org"].map(|email| {
        let mut told = house.invite(email, "viewer").must(201).value();
        told.as_object_mut().unwrap().retain(|name, _| name != "id" && name != "email");
        (told, world.mail(email).unwrap()["subject"].clone())
    });
    assert_eq!(answers[0], answers[1]);
    let code = world.code("tom@members.example").unwrap();
    tom.post("/api/v1/invitations/accept", json!({"code": code})).must(200);
    tom.get(&house.at("pages")).must(200);
    tom.get(&format!("/api/v1/sites/{}/pages", house.other)).must(200);
    tom.post("/api/v1/invitations/accept", json!({"code": code})).must(422);
    house.ann.delete(&house.at("members/tom")).must(204);
    tom.get(&house.at("pages")).must(404);
    tom.get(&format!("/api/v1/sites/{}/pages", house.other)).must(200);
    assert_eq!(house.roles_of("tom"), json!([{"role": "editor", "site": house.other}]));
}

#[test]
fn the_people_of_a_site_are_listed_by_pages_and_count_for_the_plan() {
    let world = World::new();
    let house = House::new(&world);
    for n in 0..4 {
        world.member(&house.mira.tenant, &format!("member-{n}"), &house.site, "viewer");
    }
    let (mut seen, mut after) = (0, String::new());
    loop {
        let page = house.ann.get(&house.at(&format!("members?limit=2{after}"))).must(200).value();
        seen += page["members"].as_array().unwrap().len();
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen, 5);
    world.run_sql("UPDATE tenants SET limits = '{\"members\": 6}'");
    assert_eq!(house.invite("noor@example.org", "viewer").must(409).value()["type"], "/problems/plan-limit");
}
