//! Sitemaps of sites whose route table stands in shards.

use super::World;
use super::site::Site;
use crate::testing::Name;
use model::names::PagePath;
use model::records::shard_of;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A site with this many pages in two languages each, in shards of about 400.
fn large(pages: usize) -> World {
    let world = World::new();
    world.publish(Site { sharded: true, ..Site::new("alpha") });
    let count = (2 * pages / 400 + 1) as u32;
    let mut shards = vec![Map::new(); count as usize];
    for n in 0..pages {
        let paths = [("en", format!("/p{n}")), ("ar", format!("/ar/p{n}"))];
        for (locale, path) in &paths {
            let route =
                json!({"page": "ab12", "locale": locale, "group": format!("p{n}"), "translations": paths});
            let shard = shard_of(&PagePath::parse(path).unwrap(), count);
            shards[shard as usize].insert(path.clone(), route);
        }
    }
    shards[0].insert(
        "/hidden".into(),
        json!({"page": "ab12", "locale": "en", "group": "hidden", "noindex": true}),
    );
    let mut now = world.stores.now.borrow_mut();
    for (n, shard) in shards.into_iter().enumerate() {
        now.kv.insert(format!("routes/alpha/feed/{n}"), Value::Object(shard).to_string());
    }
    let mut host: Value = serde_json::from_str(&now.kv["host/alpha.example"]).unwrap();
    host["content"]["routes"]["shards"] = json!({"hash": "feed", "count": count});
    now.kv.insert("host/alpha.example".into(), host.to_string());
    drop(now);
    world
}

fn locations(xml: &str) -> Vec<String> {
    xml.split("<loc>").skip(1).filter_map(|rest| Some(rest.split_once("</loc>")?.0.to_owned())).collect()
}

#[test]
fn every_page_of_a_large_site_stands_once_in_a_part_that_costs_one_read() {
    for pages in [2_500, 25_000] {
        let world = large(pages);
        let index = locations(&world.get("https://alpha.example/sitemap.xml").text);
        let parts: Vec<_> = index.iter().filter(|url| url.contains("/sitemap/pages/")).collect();
        assert_eq!(parts.len(), 2 * pages / 400 + 1);
        let mut all = BTreeSet::new();
        for part in parts {
            world.stores.take_counts();
            let xml = world.get(part).text;
            let counts = world.stores.take_counts();
            assert_eq!((counts.get(&Name::Kv), counts.get(&Name::D1)), (Some(&1), None), "{part}");
            assert!(xml.len() < 1 << 20, "{part}: {} bytes", xml.len());
            for location in locations(&xml) {
                assert!(all.insert(location.clone()), "{location} stands twice");
            }
        }
        assert_eq!(all.len(), 2 * pages);
        assert!(all.contains("https://alpha.example/p7") && !all.contains("https://alpha.example/hidden"));
    }
}

#[test]
fn a_page_in_a_shard_names_its_translations_wherever_they_stand() {
    let world = large(1_000);
    let parts = locations(&world.get("https://alpha.example/sitemap.xml").text);
    let xml: String = parts.iter().map(|part| world.get(part).text).collect();
    let alternates = "<xhtml:link rel=\"alternate\" hreflang=\"en\" href=\"https://alpha.example/p7\"/><xhtml:link rel=\"alternate\" hreflang=\"ar\" href=\"https://alpha.example/ar/p7\"/></url>";
    for path in ["/p7", "/ar/p7"] {
        assert!(xml.contains(&format!("<url><loc>https://alpha.example{path}</loc>{alternates}")), "{path}");
    }
}

#[test]
fn a_part_that_is_none_is_a_404_and_one_that_cannot_be_read_is_not_remembered() {
    let world = large(1_000);
    for path in [
        "/sitemap/pages/0.xml",
        "/sitemap/pages/7.xml",
        "/sitemap/pages/x.xml",
        "/sitemap/pages/.xml",
        "/sitemap/pages/01.xml",
        "/sitemap/pages/+1.xml",
        "/sitemap/pages.xml",
    ] {
        assert_eq!(world.get(&format!("https://alpha.example{path}")).status, 404, "{path}");
    }
    let part = "https://alpha.example/sitemap/pages/1.xml";
    let record = world.stores.now.borrow_mut().kv.insert("routes/alpha/feed/0".into(), "{[".into()).unwrap();
    assert_eq!(world.get(part).status, 503);
    world.stores.now.borrow_mut().kv.insert("routes/alpha/feed/0".into(), record);
    assert_eq!(world.get(part).status, 200);
}

#[test]
fn an_absurd_number_of_shards_makes_no_endless_index() {
    let world = large(1_000);
    let mut host: Value = serde_json::from_str(&world.stores.now.borrow().kv["host/alpha.example"]).unwrap();
    host["content"]["routes"]["shards"]["count"] = json!(u32::MAX);
    world.stores.now.borrow_mut().kv.insert("host/alpha.example".into(), host.to_string());
    assert!(locations(&world.get("https://alpha.example/sitemap.xml").text).len() <= 50_000);
}
