//! What a release becomes by itself: not a second before its moment, and from it on, whatever was kept where.

use super::site::{SHARDS, Site, mark};
use super::{Answer, World, get};
use crate::memory::{FRESH, OLD};
use crate::sql::Argument;
use crate::testing::{Name, Order};
use model::names::PagePath;
use model::records::shard_of;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;

const SECOND: u64 = 1_000;
/// From the start of a world to its moment.
const AHEAD: u64 = 100 * SECOND;

fn url(path: &str) -> String {
    format!("https://alpha.example{path}")
}

/// At the moment `/about` and `/news` become those of the second edition, `/broken` goes, `/new` comes with a redirect
/// from `/newer`, and `/old` leads nowhere any more.
fn moment(at: u64) -> Value {
    let route =
        |page: &str, params: &[&str]| json!({"page": page, "locale": "en", "group": page, "params": params});
    json!({
        "at": at,
        "exact": {
            "/about": route("about2", &[]), "/news": route("news2", &["after", "before"]), "/new": route("home2", &[]), "/broken": null
        },
        "redirects": {"/old": null, "/newer": {"to": "/new", "status": 301}},
        "not_found": {"en": "lost2"}
    })
}

/// A site whose moment is `AHEAD`; both editions' pages are there.
fn world(sharded: bool) -> (World, u64) {
    let world = World::new();
    let at = crate::stores::Stores::now(&*world.stores) + AHEAD;
    let site = Site { sharded, ..Site::new("alpha") };
    world.publish(Site { edition: 2, ..site.clone() });
    world.publish(site);
    schedule(&world, json!([moment(at)]));
    (world, at)
}

fn schedule(world: &World, later: Value) {
    let mut now = world.stores.now.borrow_mut();
    let mut host: Value = serde_json::from_str(&now.kv["host/alpha.example"]).unwrap();
    host["v"] = json!(2);
    host["content"]["later"] = later;
    now.kv.insert("host/alpha.example".into(), host.to_string());
}

/// To so many milliseconds before (or, negative, behind) the moment.
fn to(world: &World, at: u64, before: i64) {
    let target = at.checked_add_signed(-before).unwrap();
    world.stores.advance(target - crate::stores::Stores::now(&*world.stores));
}

/// Everything that a visitor can see of the moment, as it is before it or from it on.
fn sees(world: &World, come: bool) {
    let edition = if come { 2 } else { 1 };
    let look = |path: &str| world.get(&url(path));
    let shows =
        |answer: &Answer, edition: u64| answer.status == 200 && answer.text.contains(&mark("alpha", edition));
    assert!(shows(&look("/about"), edition), "about, {come}: {}", look("/about").text);
    assert!(shows(&look("/news"), edition), "news, {come}");
    assert!(shows(&look("/"), 1), "home stays");
    assert_eq!(look("/broken").status, if come { 404 } else { 200 });
    assert_eq!(look("/new").status, if come { 200 } else { 404 });
    let lost = look("/nowhere");
    assert_eq!(lost.status, 404);
    assert!(lost.text.contains(&format!("Nothing here {}", mark("alpha", edition))));
    let (old, newer) = (look("/old"), look("/newer"));
    assert_eq!((old.status, newer.status), if come { (404, 301) } else { (301, 404) });
    let mut sitemap = String::new();
    let index = look("/sitemap.xml").text;
    for part in index.split("<loc>").skip(1).filter_map(|rest| Some(rest.split_once("</loc>")?.0)) {
        sitemap += &world.get(part).text;
    }
    assert_eq!(sitemap.matches("https://alpha.example/broken<").count(), usize::from(!come));
    assert_eq!(sitemap.matches("https://alpha.example/new<").count(), usize::from(come));
    assert_eq!(sitemap.matches("https://alpha.example/about<").count(), 1);
}

#[test]
fn visitors_see_a_change_from_its_second_on_and_not_before() {
    for sharded in [false, true] {
        let (world, at) = world(sharded);
        sees(&world, false);
        for (before, come) in
            [(SECOND as i64, false), (1, false), (0, true), (-1, true), (-(SECOND as i64), true)]
        {
            to(&world, at, before);
            // What this isolate holds, then one that knows nothing but has the edge cache.
            sees(&world, come);
            world.new_isolate();
            sees(&world, come);
        }
        // The record is read again, with its moment behind it: it is neither older nor another.
        world.stores.advance(FRESH);
        sees(&world, true);
        world.stores.advance(FRESH);
        world.stores.take_counts();
        world.get(&url("/about"));
        assert_eq!(world.stores.take_counts().get(&Name::Kv), Some(&1), "its page is still held");
    }
}

#[test]
fn the_moment_is_kept_where_no_store_answers() {
    for sharded in [false, true] {
        let (world, at) = world(sharded);
        let seen = ["/about", "/news", "/broken", "/nowhere", "/new"];
        for path in seen {
            world.get(&url(path));
            world.get(&url(path));
        }
        world.stores.order(Name::Kv, Order::Fail);
        world.stores.order(Name::D1, Order::Fail);
        to(&world, at, 1);
        assert_eq!(world.get(&url("/broken")).status, 200);
        to(&world, at, 0);
        // Also an isolate that has the record only out of the edge cache.
        for _ in 0..2 {
            assert_eq!(world.get(&url("/broken")).status, 404);
            // Whether a page is there in the place of the redirect stands in a shard.
            assert_eq!(world.get(&url("/old")).status, if sharded { 503 } else { 404 });
            assert_eq!(world.get(&url("/newer")).status, 301);
            world.new_isolate();
        }
    }
}

#[test]
fn a_page_that_cannot_be_read_at_its_moment_stays_as_it_was_for_the_time_being() {
    let (world, at) = world(false);
    world.get(&url("/about"));
    let page = world.stores.now.borrow_mut().kv.remove("page/alpha/about2").unwrap();
    to(&world, at, 0);
    let kept = world.get(&url("/about"));
    assert!(kept.status == 200 && kept.text.contains(&mark("alpha", 1)));
    world.stores.now.borrow_mut().kv.insert("page/alpha/about2".into(), page);
    assert!(world.get(&url("/about")).text.contains(&mark("alpha", 2)));
}

#[test]
fn an_answer_is_repeated_without_asking_until_the_moment_at_most() {
    let (world, at) = world(false);
    to(&world, at, 2 * SECOND as i64);
    world.get(&url("/about"));
    world.get(&url("/about"));
    let until = |world: &World| world.stores.repeated.borrow().last().map(|(_, until, _)| *until);
    assert_eq!(until(&world), Some(at));
    to(&world, at, 0);
    world.stores.repeated.borrow_mut().clear();
    world.get(&url("/about"));
    world.get(&url("/about"));
    assert!(until(&world) > Some(at), "behind it the host record counts again");
}

#[test]
fn browsers_ask_again_for_what_may_be_another_by_itself() {
    let (world, at) = world(false);
    let kept = |path: &str| world.get(&url(path)).header("cache-control").to_owned();
    let first = world.get(&url("/about")).header("etag").to_owned();
    for path in ["/sitemap.xml", "/sitemap/pages.xml", "/feed/post.xml", "/about", "/nowhere"] {
        assert_eq!(kept(path), "public, max-age=0, must-revalidate", "{path}");
    }
    to(&world, at, 0);
    let then = world.get(&url("/about")).header("etag").to_owned();
    assert_ne!(then, first);
    for path in ["/sitemap.xml", "/sitemap/pages.xml", "/feed/post.xml"] {
        assert_eq!(kept(path), "public, max-age=300", "{path}");
    }
}

#[test]
fn a_search_asks_for_what_has_come_and_not_for_what_has_gone() {
    let (world, at) = world(false);
    let asked: Rc<RefCell<Vec<String>>> = Rc::default();
    let (noted, before) = (asked.clone(), world.stores.now.borrow().d1.clone().unwrap());
    world.stores.now.borrow_mut().d1 = Some(Rc::new(move |statement| {
        if let (true, Some(Argument::Text(text))) =
            (statement.sql.contains("FROM search"), statement.arguments.first())
        {
            noted.borrow_mut().push(text.clone());
        }
        before(statement)
    }));
    let place = "s616c706861x656e";
    let shown = format!("\"{place}\" OR \"{place}t706f7374\"");
    let plain = format!("scope : ({shown}) AND title : (\"rye\"*)");
    let come = format!(
        "(scope : ({shown} OR \"{place}a{at}\") NOT scope : (\"{place}z{at}\")) AND title : (\"rye\"*)"
    );
    for (before, expected) in [(1, plain), (0, come)] {
        to(&world, at, before);
        world.get(&url("/search?q=rye"));
        assert_eq!(asked.borrow().last(), Some(&expected));
    }
    assert_eq!(asked.borrow().len(), 2, "an answer from before the moment is not given behind it");
}

#[test]
fn moments_come_in_their_order_also_several_at_once() {
    let (world, at) = world(false);
    let back = json!({"page": "about1", "locale": "en", "group": "about"});
    let again = json!({"at": at + SECOND, "exact": {"/about": back, "/new": null}});
    schedule(&world, json!([moment(at), again]));
    let state = |world: &World| {
        let about = world.get(&url("/about")).text.contains(&mark("alpha", 2));
        (about, world.get(&url("/new")).status, world.get(&url("/broken")).status)
    };
    for (before, expected) in
        [(1, (false, 404, 200)), (0, (true, 200, 404)), (-999, (true, 200, 404)), (-1000, (false, 404, 404))]
    {
        to(&world, at, before);
        assert_eq!(state(&world), expected, "{before}");
    }
    world.new_isolate();
    assert_eq!(state(&world), (false, 404, 404), "an isolate that begins behind both");
}

#[test]
fn a_path_in_a_shard_that_goes_and_comes_back_is_there_again() {
    let (world, at) = world(true);
    let back = json!({"page": "broken1", "locale": "en", "group": "broken"});
    schedule(&world, json!([moment(at), {"at": at + SECOND, "exact": {"/broken": back}}]));
    for (before, status) in [(1, 200), (0, 404), (-1000, 200)] {
        to(&world, at, before);
        assert_eq!(world.get(&url("/broken")).status, status, "{before}");
        let part = shard_of(&PagePath::parse("/broken").unwrap(), SHARDS) + 1;
        let xml = world.get(&url(&format!("/sitemap/pages/{part}.xml"))).text;
        assert_eq!(xml.contains("/broken<"), status == 200, "{before}");
    }
}

#[test]
fn a_moment_that_was_set_while_nobody_asked_is_not_missed() {
    let (world, at) = world(false);
    let scheduled = world.stores.now.borrow().kv["host/alpha.example"].clone();
    world.publish(Site::new("alpha"));
    world.get(&url("/about"));
    world.stores.now.borrow_mut().kv.insert("host/alpha.example".into(), scheduled);
    to(&world, at, -(OLD as i64));
    assert_eq!(world.get(&url("/broken")).status, 404);
    // Without an answer what is known is better than none.
    world.stores.order(Name::Kv, Order::Fail);
    world.stores.advance(OLD);
    assert_eq!(world.get(&url("/about")).status, 200);
}

#[test]
fn a_request_that_began_before_the_moment_leaves_nothing_behind_for_those_after_it() {
    let (world, at) = world(false);
    world.get(&url("/"));
    world.stores.order(Name::Kv, Order::Slow(50));
    to(&world, at, 10);
    let answer = world.ask(get(&url("/about")));
    assert!(answer.text.contains(&mark("alpha", 1)) && answer.waited == 50);
    world.stores.order(Name::Kv, Order::Work);
    assert!(world.get(&url("/about")).text.contains(&mark("alpha", 2)));
}
