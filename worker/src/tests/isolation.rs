//! No byte of one site in another's answers.

use super::site::{SAME_FILE, Site};
use super::{Answer, Random, World, get};
use crate::memory::FRESH;
use crate::request::Request;
use crate::testing::{Name, Order};
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::Poll;

const SITES: [&str; 2] = ["alpha", "beta"];
const INTERLEAVINGS: usize = 10_000;

/// Fails where an answer to one site's visitor holds anything of another's. Every text of a site names it.
fn is_of(site: &str, answer: &Answer, what: &str) {
    for other in SITES.iter().filter(|other| **other != site) {
        let file = Site::new(other).file();
        assert!(!answer.text.contains(other) && !answer.text.contains(&file), "{what}: {}", answer.text);
        for (name, value) in &answer.headers {
            // What the visitor asked for may come back to him as an entity tag.
            let given = name == "etag" && what.contains(&file);
            assert!(!value.contains(other) && (given || !value.contains(&file)), "{what}: {name}: {value}");
        }
    }
}

/// Paths that both sites have, and paths that only one can have.
fn paths() -> Vec<String> {
    let mut paths: Vec<String> = super::reads::KINDS.iter().map(|(_, path)| path.to_string()).collect();
    for site in SITES {
        let name = Site::new(site).file();
        paths.push(format!("/-/file/{name}/a.svg"));
    }
    paths.push("/search?q=edition".to_owned());
    paths.extend([1, 2, 3].map(|edition| format!("/-/style/theme{edition}/0-1.css")));
    paths
}

/// Every request runs on while the others wait, in the order in which their stores answer.
async fn together<T>(works: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut works: Vec<_> = works.into_iter().map(|work| (Box::pin(work), None)).collect();
    let mut all = pin!(std::future::poll_fn(move |context| {
        for (work, answer) in works.iter_mut().filter(|(_, answer)| answer.is_none()) {
            if let Poll::Ready(value) = work.as_mut().poll(context) {
                *answer = Some(value);
            }
        }
        if works.iter().any(|(_, answer)| answer.is_none()) {
            return Poll::Pending;
        }
        Poll::Ready(works.iter_mut().filter_map(|(_, answer)| answer.take()).collect())
    }));
    all.as_mut().await
}

/// Something that happens between requests: releases, new isolates, time, lost caches, stores in trouble.
fn change(world: &World, random: &Random, editions: &mut [u64; 2]) {
    let site = random.below(2);
    match random.below(40) {
        0..3 => {
            editions[site] += 1;
            world.publish_edition(SITES[site], editions[site]);
        }
        3 => {
            let sharded = random.below(2) == 0;
            editions[site] += 1;
            world.publish(Site { edition: editions[site], sharded, ..Site::new(SITES[site]) });
        }
        4..7 => world.new_isolate(),
        7..10 => world.stores.now.borrow_mut().cache.clear(),
        10..18 => world.stores.advance(FRESH),
        18 => {
            let name = [Name::Kv, Name::D1, Name::R2, Name::Cache][random.below(4)];
            world
                .stores
                .order(name, [Order::Fail, Order::Empty, Order::Garbage, Order::Stale][random.below(4)]);
        }
        19..24 => [Name::Kv, Name::D1, Name::R2, Name::Cache]
            .iter()
            .for_each(|n| world.stores.order(*n, Order::Work)),
        _ => {}
    }
    // Old editions would only make the test slow.
    let mut now = world.stores.now.borrow_mut();
    if now.kv.len() > 2_000 {
        now.kv.clear();
        drop(now);
        for (site, edition) in SITES.iter().zip(editions) {
            world.publish_edition(site, *edition);
        }
    }
}

#[test]
fn ten_thousand_interleavings_of_two_sites_mix_nothing() {
    let world = World::new();
    SITES.iter().for_each(|site| world.publish(Site::new(site)));
    let (random, paths) = (Random(Cell::new(2)), paths());
    world.stores.jitter.set(1);
    let (mut editions, mut whole, mut answers) = ([1, 1], 0, 0);
    for round in 0..INTERLEAVINGS {
        change(&world, &random, &mut editions);
        let wanted: Vec<_> = (0..2 + random.below(3))
            .map(|_| (SITES[random.below(2)], paths[random.below(paths.len())].as_str()))
            .collect();
        let works =
            wanted.iter().map(|(site, path)| world.answer(get(&format!("https://{site}.example{path}"))));
        let (given, _) = world.stores.timed(together(works.collect()));
        for ((site, path), answer) in wanted.iter().zip(&given) {
            is_of(site, answer, &format!("round {round}, {site} {path}"));
            answers += 1;
            whole += usize::from(answer.status == 200 && answer.text.contains(&format!("{site}-edition-")));
        }
        // What goes on behind an answer may still run when the next one begins.
        if random.below(3) == 0 {
            world.stores.settle();
        }
        world.stores.log.take();
    }
    assert!(whole * 3 > answers, "{whole} of {answers} answers were whole pages of their site");
    assert!(editions.iter().all(|edition| *edition > 100), "{editions:?}");
}

#[test]
fn nothing_that_a_visitor_sends_leads_to_another_site() {
    let world = World::new();
    SITES.iter().for_each(|site| world.publish(Site::new(site)));
    let beta = Site::new("beta");
    let secret = world.get(&format!("https://beta.example/-/file/{}/a.svg", beta.file()));
    assert_eq!(secret.status, 200);
    let tag = world.get("https://beta.example/about").header("etag").to_owned();
    for warm in [false, true] {
        for path in [
            format!("/-/file/{}/a.svg", beta.file()),
            format!("/-/file/{}-480/a.svg", beta.file()),
            format!("/-/file/../beta/{}/a.svg", beta.file()),
            format!("/-/file/..%2fbeta%2f{}/a.svg", beta.file()),
            "/beta/1/1/about".to_owned(),
            "/../../../beta/1/1/about".to_owned(),
            "/%2e%2e/%2e%2e/beta/1/1/about".to_owned(),
            "/-/not-found/en".to_owned(),
            "/-/style/..%2f..%2fbeta%2ftheme1/0-1.css".to_owned(),
            "/page/beta/home1".to_owned(),
            "/host/beta.example".to_owned(),
            "/about?site=beta&host=beta.example".to_owned(),
            "/about?host/beta.example".to_owned(),
            "/news?after=t%1fbeta~x".to_owned(),
            "/search?q=beta%22%20OR%20scope%3As62657461x656e".to_owned(),
            "/news/one%27%20OR%20site_id%3D%27beta".to_owned(),
            "/feed/beta.xml".to_owned(),
            "/sitemap/beta-1.xml".to_owned(),
        ] {
            let answer = world.get(&format!("https://alpha.example{path}"));
            // A visitor's own words may stand in his page; the other site's may not.
            assert!(!answer.text.contains("beta-edition"), "{path}, warm {warm}: {}", answer.text);
            assert!(!answer.headers.iter().any(|(_, value)| value.contains("beta-edition")), "{path}");
            let expected = if path.starts_with("/about?") || path.contains("?after") || path.contains("?q=") {
                200
            } else {
                404
            };
            assert_eq!(answer.status, expected, "{path}");
        }
    }
    let request = Request {
        if_none_match: Some(tag.clone()),
        debug_token: Some("beta".into()),
        ..get("https://alpha.example/about")
    };
    let answer = world.ask(request);
    assert_eq!(answer.status, 200);
    assert_ne!(answer.header("etag"), tag);
    let same = world.get(&format!("https://alpha.example/-/file/{SAME_FILE}/a.svg"));
    is_of("alpha", &same, "a file of the same name");
    assert!(same.text.contains("alpha-edition-1"));
}
