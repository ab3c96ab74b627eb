//! What happens when two change the same at once, or one asks twice at once.

use crate::http::{Reply, Request};
use crate::serve::serve;
use crate::testing::{Browser, PASSWORD, World, request};
use crate::tests::entities::{product, record};
use crate::tests::publish::{Desk, page};
use futures::future::{FutureExt, LocalBoxFuture};
use serde_json::{Value, json};
use std::task::{Context, Poll, Waker};

fn shop(world: &World) -> Desk<'_> {
    let desk = Desk::new(world);
    desk.put("/types/product", None, product()).must(200);
    desk.put("/entities/a", None, record("a", json!({"title": "A"}))).must(200);
    desk
}

fn used(world: &World, metric: &str) -> Value {
    world.ask(&format!("SELECT amount FROM usage WHERE metric = '{metric}'"))[0]["amount"].clone()
}

/// Goes on to the next batch, or to the answer.
fn step(work: &mut LocalBoxFuture<Reply>) -> Option<Reply> {
    match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(reply) => Some(reply),
        Poll::Pending => None,
    }
}

fn to_the_end(mut work: LocalBoxFuture<Reply>) -> Reply {
    loop {
        if let Some(reply) = step(&mut work) {
            return reply;
        }
    }
}

/// The same request several times, each batch of one between those of the others.
fn all_at_once(world: &World, request: &Request, n: usize) -> Vec<u16> {
    world.gives_way.set(true);
    let mut all: Vec<_> = (0..n).map(|_| serve(world, request).boxed_local()).collect();
    let mut statuses = vec![];
    while !all.is_empty() {
        all.retain_mut(|work| step(work).map(|reply| statuses.push(reply.status)).is_none());
    }
    world.gives_way.set(false);
    statuses
}

fn at_once(who: &Browser, method: &str, path: &str, n: usize) -> Vec<u16> {
    all_at_once(who.world, &who.request(method, path), n)
}

#[test]
fn guesses_at_once_are_counted_like_guesses_in_a_row() {
    let world = World::new();
    world.sign_up("mira@example.org");
    let body = json!({"email": "mira@example.org", "password": "wrong"});
    let statuses = all_at_once(&world, &request("POST", "/api/v1/sign-in").json(body), 12);
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 6);
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 6);
}

#[test]
fn a_record_that_is_thrown_away_twice_at_once_makes_room_for_one() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/entities/b", None, record("b", json!({"title": "B"}))).must(200);
    assert_eq!(at_once(&desk.who, "DELETE", &desk.path("/entities/a"), 4), [204; 4]);
    assert_eq!(used(&world, "entities"), 1.0);
    let events = world.ask("SELECT 1 FROM audit WHERE action = 'trash_entity'");
    assert_eq!(events.len(), 1, "it happened once");
    assert_eq!(at_once(&desk.who, "POST", &desk.path("/entities/a/restore"), 4), [200; 4]);
    assert_eq!(used(&world, "entities"), 2.0);
}

#[test]
fn a_page_that_is_archived_twice_at_once_makes_room_for_one() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/pages/home", None, page("/", "Home")).must(200);
    desk.put("/pages/about", None, page("/about", "About")).must(200);
    assert_eq!(at_once(&desk.who, "DELETE", &desk.path("/pages/about"), 4), [204; 4]);
    assert_eq!(used(&world, "pages"), 1.0);
}

#[test]
fn nobody_refers_to_a_record_that_is_thrown_away_at_the_same_time() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/entities/b", None, record("b", json!({"title": "B"}))).must(200);
    // The other's request has been done just before the batch of this one.
    let refers = "INSERT INTO entity_relations (site_id, from_id, field, to_id) \
                  SELECT site_id, 'b', 'fields.also[0]', 'a' FROM entities WHERE id = 'a'";
    *world.before_batch.borrow_mut() = Some(("UPDATE entities SET seq", refers.to_owned()));
    let refused = desk.who.delete(&desk.path("/entities/a")).must(409).value();
    assert!(refused["detail"].as_str().unwrap().contains("b (fields.also[0])"), "{refused}");
    world.run_sql("DELETE FROM entity_relations");
    let thrown = "UPDATE entities SET status = 'trashed', slug = NULL WHERE id = 'a'";
    *world.before_batch.borrow_mut() = Some(("INSERT INTO revisions", thrown.to_owned()));
    let refers = record("b", json!({"title": "B", "also": ["a"]}));
    let refused = desk.put("/entities/b", Some(1), refers).must(422).value();
    assert_eq!(refused["problems"][0]["path"], "fields.also[0]", "{refused}");
}

#[test]
fn a_record_that_refers_to_itself_can_be_thrown_away() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/entities/a", Some(1), record("a", json!({"title": "A", "also": ["a"]}))).must(200);
    desk.who.delete(&desk.path("/entities/a")).must(204);
    desk.who.post(&desk.path("/entities/a/restore"), json!({})).must(200);
}

#[test]
fn what_somebody_has_saved_since_is_neither_shown_nor_taken_away() {
    let world = World::new();
    let desk = shop(&world);
    let mut change = record("a", json!({"title": "Changed"}));
    change["publish"] = json!(false);
    desk.put("/entities/a", Some(1), change).must(200);
    desk.put("/pages/home", None, page("/", "Home")).must(200);
    desk.put("/pages/home", Some(1), page("/", "Changed")).must(200);
    for (method, path) in [
        ("POST", "/entities/a/publish"),
        ("POST", "/entities/a/unpublish"),
        ("DELETE", "/entities/a"),
        ("DELETE", "/pages/home"),
    ] {
        let request = desk.who.request(method, &desk.path(path));
        let refused = world.send(&request.clone().with("if-match", "\"1\"")).must(412);
        assert_eq!(refused.header("etag"), Some("\"2\""), "{method} {path}");
        world.send(&request.with("if-match", "\"1, 2\"")).must(422);
    }
    assert_eq!(
        world.ask("SELECT title, status FROM entities"),
        [json!({"title": "A", "status": "published"})]
    );
    let publish = desk.who.request("POST", &desk.path("/entities/a/publish"));
    world.send(&publish.with("if-match", "\"2\"")).must(200);
}

#[test]
fn a_request_that_is_repeated_while_the_first_runs_gets_its_answer_at_whatever_step_it_is() {
    for steps in 0..20 {
        let world = World::new();
        let desk = shop(&world);
        let new = record("b", json!({"title": "B", "sku": "1"}));
        let request =
            desk.who.request("POST", &desk.path("/entities")).with("idempotency-key", "k").json(new);
        world.gives_way.set(true);
        let mut second = serve(&world, &request).boxed_local();
        let done = (0..steps).find_map(|_| step(&mut second));
        let first = to_the_end(serve(&world, &request).boxed_local()).must(201);
        let Some(done) = done else {
            assert_eq!(to_the_end(second).must(201).body, first.body, "behind {steps} steps");
            continue;
        };
        assert_eq!(done.must(201).body, first.body);
        return;
    }
    panic!("it was never done");
}

#[test]
fn a_repeated_bulk_change_names_again_what_was_refused() {
    let world = World::new();
    let desk = shop(&world);
    let body = json!({"ids": ["a", "nobody"], "set": {"price": 5}});
    let bulk = desk.who.request("POST", &desk.path("/entities/bulk")).with("idempotency-key", "k").json(body);
    let first = world.send(&bulk).must(200);
    assert_eq!(first.value()["refused"][0]["id"], "nobody");
    assert_eq!(world.send(&bulk).must(200).body, first.body);
}

#[test]
fn a_repeated_publish_has_its_warnings_again() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/pages/home", None, page("/", "Home")).must(200);
    let redirects = json!([{"from": "/a", "to": "/b"}, {"from": "/b", "to": "/"}]);
    desk.who.send("PUT", &desk.path("/redirects"), json!({"redirects": redirects})).must(204);
    let request = desk.who.request("POST", &desk.path("/releases")).with("idempotency-key", "k");
    let publish = request.json(json!({"everything": true}));
    let first = world.send(&publish).must(201);
    assert_ne!(first.value()["warnings"], json!([]), "{}", first.body);
    assert_eq!(world.send(&publish).must(201).value(), first.value());
}

#[test]
fn a_code_sets_one_password_also_where_it_is_sent_twice_at_once() {
    let world = World::new();
    world.sign_up("mira@example.org");
    world
        .send(&request("POST", "/api/v1/password-reset").json(json!({"email": "mira@example.org"})))
        .must(202);
    let body =
        json!({"code": world.code("mira@example.org").unwrap(), "password": format!("{PASSWORD} again")});
    let confirm = request("POST", "/api/v1/password-reset/confirm").json(body);
    let mut statuses = all_at_once(&world, &confirm, 3);
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 422, 422]);
}

#[test]
fn a_refused_sign_up_leaves_its_invitation_good() {
    let world = World::new();
    world.set("SIGN_UP", "invite");
    let sign_up = |invitation: &str| {
        let body = json!({"email": "mira@example.org", "password": PASSWORD, "tenant": "A", "invitation": invitation});
        world.send(&request("POST", "/api/v1/sign-up").json(body))
    };
    for name in ["a", "b", "c", "d"] {
        world.run_sql(&format!(
            "INSERT INTO sign_up_invitations (token_hash, created_by, created_at, expires_at) \
             VALUES ('{}', 'owner', '2026-01-01T00:00:00Z', '2100-01-01T00:00:00Z')",
            crate::secret::digest(name)
        ));
    }
    for name in ["a", "b", "c"] {
        sign_up(name).must(202);
    }
    sign_up("d").must(429);
    world.pass(crate::clock::HOUR);
    sign_up("d").must(202);
}
