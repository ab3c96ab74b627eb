//! What is kept where, and for how long an answer may be repeated without asking.

use super::World;
use super::site::Site;
use crate::memory::FRESH;
use crate::stores::Stores;
use crate::testing::{Name, Order};

const ABOUT: &str = "https://alpha.example/about";
const NEWS: &str = "https://alpha.example/news";

fn cache_keys(world: &World) -> Vec<String> {
    let now = world.stores.now.borrow();
    now.cache.keys().chain(now.cache_texts.keys()).cloned().collect()
}

#[test]
fn a_page_goes_into_the_edge_cache_when_it_is_asked_for_again_and_its_host_with_it() {
    let world = World::with_site("alpha");
    world.get(ABOUT);
    assert!(cache_keys(&world).is_empty(), "most pages are asked for once");
    world.get(ABOUT);
    assert_eq!(cache_keys(&world), ["alpha/1/1/about", "host/alpha.example"]);
    world.stores.take_counts();
    world.get(ABOUT);
    assert!(world.stores.take_counts().is_empty(), "once is enough");
}

#[test]
fn a_page_that_asked_d1_goes_into_the_edge_cache_at_once() {
    let world = World::with_site("alpha");
    world.get(NEWS);
    assert_eq!(cache_keys(&world), ["alpha/1/1/news", "host/alpha.example"]);
    world.new_isolate();
    world.stores.take_counts();
    world.get(NEWS);
    assert!(!world.stores.take_counts().contains_key(&Name::D1));
}

#[test]
fn a_page_whose_list_takes_no_parameters_is_looked_for_in_the_edge_cache_before_d1_is_asked() {
    let list = serde_json::json!([{"component": "blog-list", "props": {"type": "post", "index": "newest", "order": "desc", "limit": 2, "link": "/news/:slug"}}]);
    let world = World::new();
    world.publish(Site { broken: list, ..Site::new("alpha") });
    let url = "https://alpha.example/broken";
    let first = world.get(url).text;
    assert!(first.contains("/news/one"), "{first}");
    world.new_isolate();
    world.stores.order(Name::D1, Order::Fail);
    assert_eq!(world.get(url).text, first);
}

#[test]
fn an_answer_is_repeated_no_longer_than_what_is_known_of_its_host_is_fresh() {
    let world = World::with_site("alpha");
    let began = world.stores.now();
    world.get(ABOUT);
    assert!(world.stores.repeated.take().is_empty(), "an answer that was given once");
    world.stores.advance(FRESH - 1);
    world.get(ABOUT);
    let repeated = world.stores.repeated.take();
    assert_eq!(repeated.iter().map(|(_, until, _)| *until).collect::<Vec<_>>(), [began + FRESH]);
    world.stores.advance(1);
    world.stores.timed(world.answer(super::get(ABOUT)));
    assert!(world.stores.repeated.take().is_empty(), "while the host is read again");
    world.stores.settle();
    world.get(ABOUT);
    assert_eq!(world.stores.repeated.take().len(), 1);
}

#[test]
fn what_stands_in_for_an_answer_is_not_repeated() {
    let world = World::with_site("alpha");
    world.get(ABOUT);
    world.publish_edition("alpha", 2);
    world.get_settled("https://alpha.example/");
    world.stores.order(Name::Kv, Order::Fail);
    world.stores.repeated.take();
    let answer = world.get(ABOUT);
    assert!(answer.text.contains(&super::site::mark("alpha", 1)));
    assert!(world.stores.repeated.take().is_empty());
}

#[test]
fn who_may_know_learns_how_long_each_part_took() {
    let world = World::with_site("alpha");
    world.stores.variables.borrow_mut().insert("ENVIRONMENT".into(), "development".into());
    world.stores.order(Name::Kv, Order::Slow(20));
    world.stores.order(Name::D1, Order::Slow(30));
    world.stores.order(Name::Cache, Order::Slow(4));
    let of = |url: &str| world.get(url).header("server-timing").to_owned();
    assert_eq!(of(NEWS), "host;dur=20, cache;dur=4, kv;dur=20, d1;dur=30, render;dur=0, total;dur=74");
    assert_eq!(of(ABOUT), "host;dur=0, kv;dur=20, render;dur=0, total;dur=20");
    assert_eq!(of(ABOUT), "host;dur=0, total;dur=0");
    assert!(world.stores.repeated.take().is_empty(), "an answer with a note is for one visitor");
}
