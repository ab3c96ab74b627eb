//! Drafts, releases, and what KV holds then.

use crate::testing::{Browser, World};
use crate::tests::isolation::make_site;
use model::names::PagePath;
use model::records::{HostRecord, PageRecord, RouteShard, SiteRecord, shard_of};
use serde_json::{Value, json};

pub fn page(path: &str, title: &str) -> Value {
    json!({
        "locale": "en", "path": path, "title": title, "description": format!("About {title}."),
        "sections": [{"component": "hero", "props": {"title": title}}]
    })
}

/// A visitor: what a host leads to, and a page of it, read from KV alone.
pub fn site(world: &World, host: &str) -> Option<SiteRecord> {
    let kv = world.kv.borrow();
    let record = HostRecord::parse(kv.get(&format!("host/{host}"))?).unwrap();
    record.content.map(|content| *content)
}

/// The title of a page as visitors see it; a page whose record is not there is torn.
pub fn title(world: &World, host: &str, path: &str) -> Option<String> {
    let kv = world.kv.borrow();
    let record = HostRecord::parse(kv.get(&format!("host/{host}"))?).unwrap();
    let content = record.content?;
    let path = PagePath::parse(path).unwrap();
    let route = match &content.routes.shards {
        None => content.routes.exact.get(&path).cloned(),
        Some(shards) => {
            let n = shard_of(&path, shards.count);
            let text = &kv[&format!("routes/{}/{}/{n}", record.site, shards.hash)];
            serde_json::from_str::<RouteShard>(text).unwrap().get(&path).cloned()
        }
    };
    let key = format!("page/{}/{}", record.site, route?.page);
    let text = kv.get(&key).unwrap_or_else(|| panic!("torn: {key} of release {}", content.release));
    Some(PageRecord::parse(text).unwrap().title.into_owned())
}

pub struct Desk<'w> {
    pub who: Browser<'w>,
    pub site: String,
}

impl<'w> Desk<'w> {
    pub fn new(world: &'w World) -> Self {
        let who = world.sign_up("mira@example.org");
        let site = make_site(&who, "bakery");
        Self { who, site }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/sites/{}{rest}", self.site)
    }

    pub fn put(&self, rest: &str, base: Option<u64>, body: Value) -> crate::http::Reply {
        let request = self.who.request("PUT", &self.path(rest)).json(body);
        let request = match base {
            Some(base) => request.with("if-match", format!("\"{base}\"")),
            None => request,
        };
        self.who.world.send(&request)
    }

    pub fn publish(&self, body: Value) -> crate::http::Reply {
        self.who.post(&self.path("/releases"), body)
    }
}

#[test]
fn a_page_is_seen_once_it_is_published_and_not_before() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    assert_eq!(title(&world, "bakery.localhost", "/"), None);
    let done = desk.publish(json!({"everything": true, "note": "First"})).must(201).value();
    assert_eq!((done["number"].as_u64(), done["visible"].as_bool()), (Some(1), Some(true)), "{done}");
    assert_eq!(title(&world, "bakery.localhost", "/").as_deref(), Some("Bread"));
    desk.put("/pages/home", Some(1), page("/", "Rolls")).must(200);
    assert_eq!(title(&world, "bakery.localhost", "/").as_deref(), Some("Bread"));
    desk.publish(json!({"pages": ["home"]})).must(201);
    assert_eq!(title(&world, "bakery.localhost", "/").as_deref(), Some("Rolls"));
    let back = desk.who.post(&desk.path("/releases/1/roll-back"), json!({})).must(201).value();
    assert_eq!(back["number"], 3);
    assert_eq!(title(&world, "bakery.localhost", "/").as_deref(), Some("Bread"));
    let list = desk.who.get(&desk.path("/releases")).must(200).value();
    let statuses: Vec<_> = list["releases"].as_array().unwrap().iter().map(|r| r["status"].clone()).collect();
    assert_eq!(json!(statuses), json!(["live", "replaced", "replaced"]));
    assert_eq!(desk.who.get(&desk.path("/pages/home")).value()["published_revision"], 1);
}

#[test]
fn the_second_of_two_saves_on_one_base_gets_both_versions() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    desk.put("/pages/home", Some(1), page("/", "Mine")).must(200);
    let refused = desk.put("/pages/home", Some(1), page("/", "Yours")).must(409).value();
    assert_eq!(refused["conflict"]["current"]["title"], "Mine");
    assert_eq!(refused["conflict"]["yours"]["title"], "Yours");
    assert_eq!(refused["conflict"]["revision"], 2);
    desk.put("/pages/home", None, page("/", "Yours")).must(428);
    // The answer was lost, and the save is sent once more.
    desk.put("/pages/home", Some(1), page("/", "Mine")).must(200);
}

#[test]
fn a_lock_shows_who_edits_and_keeps_nobody_from_saving() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    let tom = world.member(&desk.who.tenant, "tom", "", "editor");
    let path = desk.path("/locks/page/home");
    assert_eq!(desk.who.get(&path).must(200).value()["user"], Value::Null);
    assert_eq!(tom.send("PUT", &path, json!({})).must(200).value()["mine"], true);
    let seen = desk.who.send("PUT", &path, json!({})).must(200).value();
    assert_eq!((&seen["mine"], &seen["name"]), (&json!(false), &json!("tom@members.example")), "{seen}");
    desk.put("/pages/home", Some(1), page("/", "Rolls")).must(200);
    world.pass(91_000);
    assert_eq!(desk.who.send("PUT", &path, json!({})).must(200).value()["mine"], true);
    tom.delete(&path).must(204);
    assert_eq!(tom.get(&path).must(200).value()["user"], json!(desk.who.user));
}

#[test]
fn what_does_not_fit_a_components_schema_is_named_by_its_path_and_not_saved() {
    let world = World::new();
    let desk = Desk::new(&world);
    let mut bad = page("/", "Bread");
    bad["sections"][0]["props"]["title"] = json!(7);
    let refused = desk.put("/pages/home", None, bad).must(422).value();
    assert_eq!(refused["problems"][0]["path"], "sections[0].props.title", "{refused}");
    desk.who.get(&desk.path("/pages/home")).must(404);
}

#[test]
fn a_link_to_nowhere_is_named_before_anything_is_published() {
    let world = World::new();
    let desk = Desk::new(&world);
    let mut home = page("/", "Bread");
    home["sections"][0]["props"]["actions"] = json!([{"label": "Rolls", "href": "/rolls"}]);
    desk.put("/pages/home", None, home).must(200);
    let report = desk.who.post(&desk.path("/releases/check"), json!({"everything": true})).must(200).value();
    assert!(report["problems"].to_string().contains("there is no page /rolls"), "{report}");
    desk.publish(json!({"everything": true})).must(422);
    assert_eq!(title(&world, "bakery.localhost", "/"), None);
    desk.put("/pages/rolls", None, page("/rolls", "Rolls")).must(200);
    desk.publish(json!({"everything": true})).must(201);
}

#[test]
fn an_address_that_a_page_has_left_leads_to_its_new_one() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    desk.put("/pages/rolls", None, page("/rolls", "Rolls")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    desk.put("/pages/rolls", Some(1), page("/buns", "Rolls")).must(200);
    desk.publish(json!({"pages": ["rolls"]})).must(201);
    let record = site(&world, "bakery.localhost").unwrap();
    let from = |path: &str| record.redirects.get(&PagePath::parse(path).unwrap()).map(|r| r.to.clone());
    assert_eq!(from("/rolls").as_deref(), Some("/buns"));
    desk.put("/pages/rolls", Some(2), page("/cakes", "Rolls")).must(200);
    desk.publish(json!({"pages": ["rolls"]})).must(201);
    let record = site(&world, "bakery.localhost").unwrap();
    let from = |path: &str| record.redirects.get(&PagePath::parse(path).unwrap()).map(|r| r.to.clone());
    assert_eq!((from("/rolls").as_deref(), from("/buns").as_deref()), (Some("/cakes"), Some("/cakes")));
    desk.put("/pages/buns", None, page("/buns", "Buns")).must(200);
    desk.publish(json!({"pages": ["buns"]})).must(201);
    let record = site(&world, "bakery.localhost").unwrap();
    assert!(!record.redirects.contains_key(&PagePath::parse("/buns").unwrap()));
}

#[test]
fn publishing_goes_on_after_a_roll_back_to_before_a_page_moved() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    desk.put("/pages/rolls", None, page("/rolls", "Rolls")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    desk.put("/pages/rolls", Some(1), page("/buns", "Buns")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    desk.who.post(&desk.path("/releases/1/roll-back"), json!({})).must(201);
    desk.put("/pages/home", Some(1), page("/", "Bread again")).must(200);
    desk.publish(json!({"pages": ["home"]})).must(201);
    assert_eq!(title(&world, "bakery.localhost", "/rolls").as_deref(), Some("Rolls"));
    let record = site(&world, "bakery.localhost").unwrap();
    let from = |path: &str| record.redirects.get(&PagePath::parse(path).unwrap()).map(|r| r.to.clone());
    assert_eq!((from("/rolls"), from("/buns").as_deref()), (None, Some("/rolls")));
}

#[test]
fn redirects_that_people_wrote_come_with_the_next_publish() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    let list = |from: &str, to: &str| json!({"redirects": [{"from": from, "to": to, "status": 302}]});
    for (bad, at) in
        [(list("/a", "javascript:x"), "to"), (list("/a", "/a"), "to"), (list("a b", "/"), "from")]
    {
        let refused = desk.put("/redirects", None, bad).must(422).value();
        assert_eq!(refused["problems"][0]["path"], format!("redirects[0].{at}"), "{refused}");
    }
    desk.put("/redirects", None, list("/old", "/")).must(204);
    let done = desk.publish(json!({"pages": []})).must(201).value();
    assert_eq!(done["changes"][0]["subject"], "redirects", "{done}");
    let record = site(&world, "bakery.localhost").unwrap();
    assert_eq!(record.redirects[&PagePath::parse("/old").unwrap()].status, 302);
    // One that hides a page is named, and nothing is published.
    desk.put("/redirects", None, list("/", "/old")).must(204);
    desk.publish(json!({"everything": true})).must(422);
}

#[test]
fn a_block_is_updated_on_every_page_by_one_publish() {
    let world = World::new();
    let desk = Desk::new(&world);
    let block =
        |text: &str| json!({"name": "Hours", "sections": [{"component": "text", "props": {"text": text}}]});
    desk.put("/blocks/hours", None, block("Open till six")).must(200);
    let mut home = page("/", "Bread");
    home["sections"].as_array_mut().unwrap().push(json!({"component": "block:hours"}));
    desk.put("/pages/home", None, home).must(200);
    desk.publish(json!({"everything": true})).must(201);
    let pages = world.kv.borrow().keys().filter(|key| key.starts_with("page/")).count();
    desk.put("/blocks/hours", Some(1), block("Open till eight")).must(200);
    desk.publish(json!({"blocks": ["hours"]})).must(201);
    let record = site(&world, "bakery.localhost").unwrap();
    assert!(record.components["block:hours"].get().contains("Open till eight"));
    assert_eq!(world.kv.borrow().keys().filter(|key| key.starts_with("page/")).count(), pages);
    let refused = desk.who.delete(&desk.path("/blocks/hours")).must(409).value();
    assert!(refused["detail"].as_str().unwrap().contains("pages/home"), "{refused}");
}

#[test]
fn a_theme_brings_its_fonts_to_the_site() {
    use crate::files::Bucket;
    let world = World::new();
    let desk = Desk::new(&world);
    let face = json!({
        "family": "Inter", "asset": "a".repeat(24), "name": "inter-latin", "weight": "200 900", "style": "normal",
        "unicode_range": "U+0-FF", "preload": true
    });
    let put = |name: &str, bytes: Vec<u8>| {
        futures::executor::block_on(world.put(name, "font/woff2", bytes)).unwrap();
    };
    put("platform/fonts.json", json!([face]).to_string().into_bytes());
    put(&format!("platform/font/{}", "a".repeat(24)), b"wOF2".to_vec());
    desk.put("/settings/theme", Some(1), json!({"base": "plain", "tokens": {"font_body": "Inter"}}))
        .must(200);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    assert!(
        world.stored().contains(&format!("site/{}/{}", desk.site, "a".repeat(24))),
        "{:?}",
        world.stored()
    );
    assert_eq!(site(&world, "bakery.localhost").unwrap().theme.preload.len(), 1);
}

#[test]
fn kv_can_be_thrown_away_and_comes_back_byte_for_byte() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    desk.put("/pages/home", Some(1), page("/", "Rolls")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    let before = world.kv.take();
    assert!(before.len() >= 4, "{:?}", before.keys());
    desk.who.post(&desk.path("/republish"), json!({})).must(200);
    assert_eq!(*world.kv.borrow(), before);
}

#[test]
fn a_repeated_publish_or_republish_says_visible_only_of_what_is() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    desk.put("/pages/home", Some(1), page("/", "Rolls")).must(200);
    for (at, body) in [("/releases", json!({"everything": true})), ("/republish", json!({}))] {
        for step in 0.. {
            let world = world.copy();
            if at == "/republish" {
                world.kv.borrow_mut().clear();
            }
            let request =
                desk.who.request("POST", &desk.path(at)).json(body.clone()).with("idempotency-key", "k");
            world.dies_in.set(Some(step));
            let first = world.send(&request).status;
            let died = world.dies_in.take() == Some(0);
            let second = world.send(&request).value();
            let shown = title(&world, "bakery.localhost", "/");
            let is_there = shown.as_deref() == Some(if at == "/releases" { "Rolls" } else { "Bread" });
            assert!(
                is_there || second["visible"] == false,
                "{at}, step {step}: {first}, {second}, {shown:?}"
            );
            if !died {
                assert_eq!((second["visible"].as_bool(), is_there), (Some(true), true), "{second}");
                break;
            }
        }
    }
}

#[test]
fn one_page_of_a_thousand_is_published_with_five_writes_at_most() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    for n in 0..1000 {
        desk.put(&format!("/pages/p{n}"), None, page(&format!("/p{n}"), &format!("Page {n}"))).must(200);
    }
    desk.publish(json!({"everything": true})).must(201);
    desk.put("/pages/p7", Some(1), page("/p7", "Seven")).must(200);
    let before = world.kv_writes.get();
    desk.publish(json!({"pages": ["p7"]})).must(201);
    assert_eq!(title(&world, "bakery.localhost", "/p7").as_deref(), Some("Seven"));
    assert!(world.kv_writes.get() - before <= 5, "{}", world.kv_writes.get() - before);
}

#[test]
fn a_key_is_written_once_a_second_at_most() {
    let world = World::new();
    let desk = Desk::new(&world);
    for n in 1..6 {
        let base = (n > 1).then_some(n - 1);
        desk.put("/pages/home", base, page("/", &format!("Bread {n}"))).must(200);
        desk.publish(json!({"everything": true})).must(201);
    }
    assert_eq!(title(&world, "bakery.localhost", "/").as_deref(), Some("Bread 5"));
    assert!(world.kv_distance.get() >= 1000, "{}", world.kv_distance.get());
}

#[test]
fn a_setting_may_name_a_page_that_is_still_to_come_and_publishing_looks_for_it() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/settings/search", None, json!({"en": "/search"})).must(200);
    desk.put("/settings/not_found", None, json!({"en": "lost"})).must(200);
    let general = desk.who.get(&desk.path("/settings/general")).must(200).value();
    desk.put("/settings/general", Some(1), general["document"].clone()).must(200);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    let refused = desk.publish(json!({"everything": true})).must(422);
    for place in ["settings/search: en", "settings/not_found: en"] {
        assert!(refused.body.contains(place), "{place}: {}", refused.body);
    }
    desk.put("/pages/search", None, page("/search", "Search")).must(200);
    desk.put("/pages/lost", None, page("/lost", "Lost")).must(200);
    desk.publish(json!({"everything": true})).must(201);
}

#[test]
fn pages_are_listed_by_path_and_by_change_from_either_end_without_gap_or_twin() {
    let world = World::new();
    let desk = Desk::new(&world);
    for n in [3, 1, 4, 2, 5] {
        desk.put(&format!("/pages/p{n}"), None, page(&format!("/at/{n}"), "A page")).must(200);
        if n != 4 {
            world.pass(1000);
        }
    }
    let listed = |sort: &str| {
        let (mut ids, mut next) = (vec![], String::new());
        loop {
            let answer =
                desk.who.get(&desk.path(&format!("/pages?limit=2&sort={sort}{next}"))).must(200).value();
            ids.extend(
                answer["pages"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap().to_owned()),
            );
            match answer["next"].as_str() {
                Some(after) => next = format!("&after={after}"),
                None => return ids.join(" "),
            }
        }
    };
    assert_eq!(listed("path"), "p1 p2 p3 p4 p5");
    assert_eq!(listed("-path"), "p5 p4 p3 p2 p1");
    assert_eq!(listed("updated_at"), "p3 p1 p2 p4 p5");
    assert_eq!(listed("-updated_at"), "p5 p4 p2 p1 p3");
    let refused = desk.who.get(&desk.path("/pages?status=archived&sort=path")).must(422);
    assert_eq!(refused.value()["problems"][0]["path"], "sort");
}

#[test]
fn a_note_is_a_text_and_no_commands_for_a_terminal() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    let publish = |note: &str| desk.publish(json!({"everything": true, "note": note}));
    assert_eq!(publish("Now \u{1b}[2J").must(422).value()["problems"][0]["path"], "note");
    publish("First line\nand another one").must(201);
}
