//! Stores that are late, and what goes on while they are away.

use super::site::Site;
use super::{World, get};
use crate::memory::{DOUBT, FRESH};
use crate::stores::limit;
use crate::testing::{Name, Order};

const ABOUT: &str = "https://alpha.example/about";
const NEWS: &str = "https://alpha.example/news";
const ALL: [Name; 4] = [Name::Kv, Name::D1, Name::R2, Name::Cache];

fn says(world: &World, url: &str, edition: u64) -> bool {
    let answer = world.get(url);
    answer.status == 200 && answer.text.contains(&super::site::mark("alpha", edition))
}

#[test]
fn an_older_release_from_kv_is_ignored_for_a_minute_and_believed_after() {
    let world = World::with_site("alpha");
    world.publish_edition("alpha", 2);
    assert!(says(&world, ABOUT, 2));
    world.publish_edition("alpha", 1);
    for _ in 0..DOUBT / FRESH {
        world.stores.advance(FRESH);
        assert!(says(&world, ABOUT, 2));
    }
    world.stores.advance(FRESH);
    world.get(ABOUT);
    assert!(says(&world, ABOUT, 1), "a rollback is a release like any other");
}

#[test]
fn a_doubt_ends_with_the_next_answer_that_knows_as_much() {
    let world = World::with_site("alpha");
    world.publish_edition("alpha", 2);
    world.get(ABOUT);
    for _ in 0..5 {
        world.publish_edition("alpha", 1);
        world.stores.advance(DOUBT - FRESH);
        world.get(ABOUT);
        world.publish_edition("alpha", 2);
        world.stores.advance(FRESH);
        assert!(says(&world, ABOUT, 2));
    }
}

#[test]
fn a_missing_host_record_is_doubted_for_a_minute() {
    let world = World::with_site("alpha");
    world.get(ABOUT);
    world.stores.order(Name::Kv, Order::Empty);
    for _ in 0..DOUBT / FRESH {
        world.stores.advance(FRESH);
        assert!(says(&world, ABOUT, 1));
    }
    world.stores.advance(FRESH);
    world.get(ABOUT);
    assert_eq!(world.get(ABOUT).status, 404);
    world.stores.order(Name::Kv, Order::Work);
    world.stores.advance(FRESH);
    assert!(says(&world, ABOUT, 1), "a host that had no site is asked for anew, not in the background");
}

#[test]
fn a_release_whose_pages_are_not_there_yet_serves_the_pages_of_the_release_before() {
    let world = World::with_site("alpha");
    world.get(ABOUT);
    let second = Site { edition: 2, ..Site::new("alpha") };
    let pages: Vec<_> = second.kv().into_iter().filter(|(key, _)| key.starts_with("page/")).collect();
    world.publish(second);
    pages.iter().for_each(|(key, _)| drop(world.stores.now.borrow_mut().kv.remove(key)));
    world.stores.advance(FRESH);
    world.get(ABOUT);
    assert!(says(&world, ABOUT, 1), "from this isolate's memory");
    assert_eq!(world.get(NEWS).status, 503, "nobody has this one");
    world.stores.now.borrow_mut().kv.extend(pages);
    assert!(says(&world, ABOUT, 2) && says(&world, NEWS, 2));
}

#[test]
fn the_page_of_the_release_before_also_comes_out_of_the_edge_cache() {
    let world = World::with_site("alpha");
    world.get(ABOUT);
    world.get(ABOUT);
    world.new_isolate();
    world.get(NEWS);
    world.publish_edition("alpha", 2);
    world.get_settled(NEWS);
    world.stores.order(Name::Kv, Order::Fail);
    assert!(says(&world, ABOUT, 1));
}

#[test]
fn a_new_isolate_gets_the_newest_release_out_of_the_edge_cache_while_kv_is_away() {
    let world = World::with_site("alpha");
    world.get(ABOUT);
    world.publish_edition("alpha", 2);
    world.get_settled(ABOUT);
    world.get(ABOUT);
    world.new_isolate();
    world.stores.order(Name::Kv, Order::Hang);
    assert!(says(&world, ABOUT, 2));
}

#[test]
fn a_suspended_site_is_not_served_from_memory_and_not_from_the_edge_cache() {
    let world = World::with_site("alpha");
    world.get(ABOUT);
    world.publish(Site { status: "suspended", ..Site::new("alpha") });
    assert_eq!(world.get_settled(ABOUT).status, 503);
    world.new_isolate();
    world.stores.order(Name::Kv, Order::Fail);
    let answer = world.get(ABOUT);
    assert!(answer.text.contains("This website is paused"), "{}", answer.text);
}

#[test]
fn no_visitor_goes_in_a_circle_while_the_primary_host_changes() {
    for late in ["alpha.example", "www.alpha.example"] {
        let world = World::with_site("alpha");
        let hosts = ["alpha.example", "www.alpha.example"];
        let shown = |host: &str| {
            let mut url = format!("https://{host}/about");
            for _ in 0..2 {
                let answer = world.get(&url);
                match answer.header("location") {
                    "" => return (answer.status == 200).then_some(url),
                    to => url = to.to_owned(),
                }
            }
            None
        };
        hosts.iter().for_each(|host| drop(shown(host)));
        let of = |host: &str| world.stores.now.borrow().kv[&format!("host/{host}")].clone();
        let swapped = hosts.map(|host| {
            let other = hosts.iter().find(|other| **other != host).unwrap();
            (host, of(other).replace("\"primary\":\"alpha.example\"", "\"primary\":\"www.alpha.example\""))
        });
        for second in 0..120 {
            for (host, record) in &swapped {
                // KV knows it later in some places than in others.
                if second == if *host == late { 40 } else { 0 } {
                    world.stores.now.borrow_mut().kv.insert(format!("host/{host}"), record.clone());
                }
                assert!(shown(host).is_some(), "{host} after {second} s, {late} late");
            }
            world.stores.advance(1_000);
        }
        for host in hosts {
            assert_eq!(shown(host).as_deref(), Some("https://www.alpha.example/about"), "{late} late");
        }
    }
}

#[test]
fn every_read_ends_within_its_limit_on_every_kind_of_address() {
    let host = limit::KV + limit::CACHE;
    let world = World::with_site("alpha");
    world.publish(Site { sharded: true, ..Site::new("beta") });
    for known in [false, true] {
        for site in ["alpha", "beta"] {
            for (_, path) in super::reads::KINDS {
                let url = format!("https://{site}.example{path}");
                world.new_isolate();
                world.stores.now.borrow_mut().cache.clear();
                world.stores.now.borrow_mut().cache_texts.clear();
                for name in ALL {
                    world.stores.order(name, if known { Order::Work } else { Order::Hang });
                }
                world.get(&format!("https://{site}.example/robots.txt"));
                ALL.iter().for_each(|name| world.stores.order(*name, Order::Hang));
                let answer = world.get(&url);
                let rest = limit::CACHE + limit::KV.max(limit::D1).max(limit::R2);
                assert!(answer.waited <= if known { rest } else { host }, "{url}: {} ms", answer.waited);
            }
        }
    }
}

#[test]
fn pages_that_were_seen_are_served_through_an_hour_without_any_store() {
    let world = World::new();
    world.publish(Site { sharded: true, ..Site::new("alpha") });
    let urls = [
        "",
        "/about",
        "/news",
        "/news?after=t2026~two",
        "/news/one",
        "/search?q=rye",
        "/robots.txt",
        "/sitemap.xml",
    ]
    .map(|path| format!("https://alpha.example{path}"));
    urls.iter().for_each(|url| assert_eq!(world.get(url).status, 200));
    for order in [Order::Fail, Order::Hang, Order::Garbage] {
        ALL.iter().for_each(|name| world.stores.order(*name, order));
        for _ in 0..60 {
            world.stores.advance(60_000);
            for url in &urls {
                for url in
                    [url.clone(), format!("{url}{}campaign=x", if url.contains('?') { "&" } else { "?" })]
                {
                    let answer = world.get(&url);
                    assert_eq!((answer.status, answer.waited), (200, 0), "{url} {order:?}");
                }
            }
        }
    }
}

#[test]
fn work_behind_an_answer_that_the_platform_ended_is_done_by_a_later_request() {
    let world = World::with_site("alpha");
    world.get(ABOUT);
    world.publish_edition("alpha", 2);
    world.stores.advance(FRESH);
    world.stores.order(Name::Kv, Order::Slow(100));
    world.stores.timed(world.answer(get(ABOUT)));
    world.stores.drop_later();
    world.stores.order(Name::Kv, Order::Work);
    world.stores.advance(FRESH);
    world.get(ABOUT);
    assert!(says(&world, ABOUT, 1), "it counts as going on for a while");
    world.stores.advance(DOUBT);
    world.get(ABOUT);
    assert!(says(&world, ABOUT, 2));
}

#[test]
fn what_machines_read_is_not_remembered_wrong() {
    for path in ["/sitemap.xml", "/sitemap/post-1.xml", "/feed/post.xml"] {
        let url = format!("https://alpha.example{path}");
        for order in [Order::Fail, Order::Hang, Order::Garbage] {
            let world = World::with_site("alpha");
            world.stores.order(Name::D1, order);
            let answer = world.get(&url);
            assert_eq!((answer.status, answer.header("retry-after")), (503, "10"), "{path} {order:?}");
            world.stores.order(Name::D1, Order::Work);
            let text = world.get(&url).text;
            assert!(text.contains("/news/one") || text.contains("/sitemap/post-1.xml"), "{text}");
        }
    }
}

#[test]
fn while_the_content_store_is_away_a_list_of_the_release_before_is_better_than_none() {
    let world = World::with_site("alpha");
    world.get(NEWS);
    world.publish_edition("alpha", 2);
    world.stores.order(Name::D1, Order::Fail);
    let answer = world.get_settled(NEWS);
    assert!(answer.text.contains(&super::site::mark("alpha", 1)) && !answer.text.contains("not available"));
    assert!(world.stores.log.borrow().iter().any(|line| line.contains("D1 fails")));
    world.stores.order(Name::D1, Order::Work);
    assert!(says(&world, NEWS, 2));
}
