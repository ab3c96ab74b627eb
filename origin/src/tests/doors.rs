//! What happens before any handler: hosts, methods, sizes, limits, formats.

use crate::clock::HOUR;
use crate::routes::ROUTES;
use crate::serve::MAX_BODY;
use crate::testing::{World, request};
use serde_json::json;

#[test]
fn only_the_admin_host_is_answered() {
    let world = World::new();
    for url in
        ["http://bakery.localhost:8787/api/v1", "http://admin.localhost.evil.example/api/v1", "nonsense"]
    {
        let mut other = request("GET", "/");
        other.url = url.to_owned();
        world.send(&other).must(404);
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let world = World::new();
    let post = |body: &[u8], media: &'static str| {
        let mut request = request("POST", "/api/v1/sign-in").with("content-type", media);
        request.body = body.to_vec();
        world.send(&request)
    };
    post(b"{\"email\": ", "application/json").must(400);
    post(b"\xff\xfe", "application/json").must(400);
    post(b"{}", "text/plain").must(415);
    post(&vec![b' '; MAX_BODY + 1], "application/json").must(413);
    let missing = post(b"{\"email\": \"a@b.example\"}", "application/json; charset=utf-8").must(422);
    assert_eq!(missing.value()["problems"], json!([{"path": "password", "message": "missing: add it"}]));
    let unknown = post(b"{\"email\": \"a\", \"password\": \"b\", \"x\": 1}", "application/json").must(422);
    assert_eq!(unknown.value()["problems"][0]["path"], "x");
    let method = world.send(&request("PATCH", "/api/v1/sign-in")).must(405);
    assert_eq!(method.header("allow"), Some("POST"));
    world.send(&request("GET", "/api/v1/nowhere")).must(404);
}

#[test]
fn every_answer_may_be_kept_by_nobody_and_names_its_request() {
    let world = World::new();
    for reply in [
        world.send(&request("GET", "/api/v1")),
        world.send(&request("GET", "/x")),
        world.send(&request("HEAD", "/api/v1")),
    ] {
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("x-request-id").unwrap().len(), 20);
    }
    assert_eq!(world.send(&request("HEAD", "/api/v1")).must(200).body, "");
}

#[test]
fn one_address_may_knock_twenty_times_and_then_every_half_minute() {
    let world = World::new();
    let knock = |n: u32, from: &str| {
        let body = json!({"email": format!("a{n}@example.org"), "password": "x"});
        world.send(&request("POST", "/api/v1/sign-in").json(body).with("cf-connecting-ip", from)).status
    };
    assert!((0..20).all(|n| knock(n, "192.0.2.1") == 401));
    assert_eq!((knock(20, "192.0.2.1"), knock(21, "192.0.2.2")), (429, 401));
    world.pass(30_000);
    assert_eq!((knock(22, "192.0.2.1"), knock(23, "192.0.2.1")), (401, 429));
    world.pass(HOUR);
    assert!((30..50).all(|n| knock(n, "192.0.2.1") == 401));
    assert_eq!(knock(50, "192.0.2.1"), 429);
}

#[test]
fn the_document_describes_every_route_and_refers_to_nothing_that_is_missing() {
    let world = World::new();
    let document = world.send(&request("GET", "/api/v1/openapi.json")).must(200).value();
    assert_eq!(document["openapi"], "3.1.0");
    for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/v1")) {
        let operation = &document["paths"][route.path][route.method.to_lowercase()];
        assert_eq!(operation["operationId"], route.name, "{} {}", route.method, route.path);
    }
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[test]
fn the_readable_page_names_every_route() {
    let world = World::new();
    let page = world.send(&request("GET", "/api/v1")).must(200);
    for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/v1")) {
        assert!(page.body.contains(&format!("<article id=\"{}\">", route.name)), "{}", route.name);
    }
    for area in ["Account", "Tenant: sites", "Site: pages", "Platform", "Documentation"] {
        let anchor = area.to_lowercase().replace(": ", "-");
        assert!(page.body.contains(&format!("<h2 id=\"{anchor}\">{area}</h2>")), "{area}");
        assert!(page.body.contains(&format!("<a href=\"#{anchor}\">{area}</a>")), "{area}");
    }
    world.send(&request("GET", "/dev/mailbox")).must(404);
    world.set("ENVIRONMENT", "development");
    world.send(&request("GET", "/dev/mailbox")).must(200);
}

#[test]
fn a_store_that_fails_is_a_503_that_says_nothing_of_it() {
    let world = World::new();
    world.dies_in.set(Some(0));
    let reply = world.send(&request("GET", "/api/v1/me").with("cookie", "session=x")).must(503);
    assert!(!reply.body.contains("died"), "{}", reply.body);
    assert!(world.logged.borrow()[0].contains("the process died"));
}
