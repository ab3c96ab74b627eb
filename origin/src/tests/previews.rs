//! Links that show drafts: what the edge gets for them, and who gets nothing.

use crate::clock::{DAY, HOUR};
use crate::http::Reply;
use crate::testing::{World, request};
use crate::tests::isolation::make_site;
use crate::tests::publish::{Desk, page, title};
use crate::visitors::DOORS;
use model::names::PagePath;
use model::preview::Preview;
use model::records::{PageRecord, RouteShard, Status, shard_of};
use serde_json::{Value, json};

/// The token of a link.
pub fn token(url: &str) -> String {
    let (_, rest) = url.split_once("/-/now/preview/").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

/// What the edge asks for a path in a preview.
pub fn open(world: &World, host: &str, token: &str, path: &str) -> Reply {
    let mut asked = request("GET", "");
    asked.url = format!("http://{host}:8787/-/now/preview/{token}?path={path}");
    world.send(&asked)
}

fn shown(reply: Reply) -> Preview {
    model::json::from_str(&reply.must(200).body).unwrap()
}

fn text(made: &Value, name: &str) -> String {
    made[name].as_str().unwrap_or_else(|| panic!("{name}: {made}")).to_owned()
}

impl Desk<'_> {
    fn preview(&self, show: Value) -> Value {
        self.who.post(&self.path("/previews"), show).must(201).value()
    }
}

/// The title of a page in a preview, from the records that came along alone.
fn seen(world: &World, host: &str, token: &str, path: &str) -> Option<String> {
    let preview = shown(open(world, host, token, path));
    let content = preview.host.content.as_ref().unwrap();
    let wanted = PagePath::parse(path).unwrap();
    let route = match &content.routes.shards {
        None => content.routes.exact.get(&wanted).cloned(),
        Some(shards) => {
            let n = shard_of(&wanted, shards.count);
            let text = &preview.records[&format!("routes/{}/{}/{n}", preview.host.site, shards.hash)];
            serde_json::from_str::<RouteShard>(text).unwrap().get(&wanted).cloned()
        }
    };
    let key = format!("page/{}/{}", preview.host.site, route?.page);
    let text = preview.records.get(&key).unwrap_or_else(|| panic!("torn: {key}"));
    Some(PageRecord::parse(text).unwrap().title.into_owned())
}

const HOST: &str = "bakery.localhost";

#[test]
fn a_link_to_a_page_shows_its_draft_and_of_other_pages_what_is_published() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    desk.put("/pages/rolls", None, page("/rolls", "Rolls")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    desk.put("/pages/home", Some(1), page("/", "New bread")).must(200);
    desk.put("/pages/rolls", Some(1), page("/rolls", "New rolls")).must(200);
    let kv = world.kv.borrow().clone();
    let made = desk.preview(json!({"pages": ["rolls"]}));
    let token = token(&text(&made, "url"));
    assert_eq!(text(&made, "url"), format!("https://{HOST}/-/now/preview/{token}/rolls"));
    assert_eq!(text(&made, "expires_at"), "2026-03-21T09:30:00Z");
    assert_eq!(seen(&world, HOST, &token, "/rolls").as_deref(), Some("New rolls"));
    assert_eq!(seen(&world, HOST, &token, "/").as_deref(), Some("Bread"));
    assert_eq!(title(&world, HOST, "/rolls").as_deref(), Some("Rolls"), "visitors see what they saw");
    // It follows the drafts, and stays good beyond the publish.
    desk.put("/pages/rolls", Some(2), page("/rolls", "Newest rolls")).must(200);
    assert_eq!(seen(&world, HOST, &token, "/rolls").as_deref(), Some("Newest rolls"));
    assert_eq!(*world.kv.borrow(), kv, "nothing is written");
    desk.publish(json!({"everything": true})).must(201);
    assert_eq!(seen(&world, HOST, &token, "/rolls").as_deref(), Some("Newest rolls"));
}

#[test]
fn a_link_that_would_show_another_time_is_refused() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    let show = json!({"pages": ["home"], "at": "2026-03-20T09:30:00Z"});
    let refused = desk.who.post(&desk.path("/previews"), show).must(422).value();
    assert_eq!(refused["problems"][0]["path"], "at");
}

#[test]
fn a_link_ends_where_who_made_it_may_write_no_pages_any_more() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    let tom = world.member(&desk.who.tenant, "tom", "", "author");
    let made = tom.post(&desk.path("/previews"), json!({"everything": true})).must(201).value();
    let token = token(&text(&made, "url"));
    open(&world, HOST, &token, "/").must(200);
    let member = format!("/api/v1/tenants/{}/members/tom", desk.who.tenant);
    desk.who.send("PATCH", &member, json!({"roles": [{"role": "viewer"}]})).must(200);
    open(&world, HOST, &token, "/").must(410);
    desk.who.send("PATCH", &member, json!({"roles": [{"role": "editor"}]})).must(200);
    open(&world, HOST, &token, "/").must(200);
    desk.who.delete(&member).must(204);
    open(&world, HOST, &token, "/").must(410);
}

#[test]
fn a_link_to_everything_shows_the_site_as_it_would_be_also_before_its_first_release() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    desk.put("/pages/lost", None, page("/lost", "Nothing here")).must(200);
    desk.put("/settings/not_found", None, json!({"en": "lost"})).must(200);
    let token = token(&text(&desk.preview(json!({"everything": true})), "url"));
    let preview = shown(open(&world, HOST, &token, "/"));
    assert_eq!((preview.published, preview.host.primary.as_str()), (false, HOST));
    let kinds: Vec<&str> = preview.records.keys().filter_map(|key| key.split('/').next()).collect();
    assert_eq!(kinds, ["page", "page"], "the page, and the one for what is not there");
    let style = format!("/-/style/{}/0-0.css", preview.host.content.as_ref().unwrap().theme.hash);
    let kinds = |path: &str| {
        let records = shown(open(&world, HOST, &token, path)).records;
        records.keys().map(|key| key.split('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&style), ["theme"]);
    assert_eq!(seen(&world, HOST, &token, "/").as_deref(), Some("Bread"));
    assert_eq!(seen(&world, HOST, &token, "/rolls"), None);
    assert!(world.kv.borrow().is_empty());
    desk.put("/pages/rolls", None, page("/rolls", "Rolls")).must(200);
    assert_eq!(seen(&world, HOST, &token, "/rolls").as_deref(), Some("Rolls"));
    desk.publish(json!({"everything": true})).must(201);
    assert!(shown(open(&world, HOST, &token, "/")).published);
    // What is published comes along as well: KV may be late, or away.
    world.kv.borrow_mut().clear();
    assert_eq!(seen(&world, HOST, &token, "/").as_deref(), Some("Bread"));
    assert_eq!((kinds("/"), kinds(&style)), (vec!["page".to_owned(); 2], vec!["theme".to_owned()]));
}

#[test]
fn a_path_of_a_large_site_comes_with_its_part_of_the_routes_and_no_more() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    for n in 0..450 {
        desk.put(&format!("/pages/p{n}"), None, page(&format!("/p{n}"), &format!("Page {n}"))).must(200);
    }
    let token = token(&text(&desk.preview(json!({"everything": true})), "url"));
    assert_eq!(seen(&world, HOST, &token, "/p7").as_deref(), Some("Page 7"));
    assert_eq!(shown(open(&world, HOST, &token, "/p7")).records.len(), 2);
    // A file needs none of it.
    let file = shown(open(&world, HOST, &token, "/-/file/ab12/a.png"));
    assert!(file.host.content.is_none() && file.records.is_empty());
}

#[test]
fn what_keeps_drafts_from_being_published_keeps_nobody_from_looking_at_them() {
    let world = World::new();
    let desk = Desk::new(&world);
    let mut home = page("/", "Bread");
    home["sections"][0]["props"]["actions"] = json!([{"label": "Rolls", "href": "/rolls"}]);
    desk.put("/pages/home", None, home).must(200);
    let made = desk.preview(json!({"everything": true}));
    assert!(made["problems"].to_string().contains("there is no page /rolls"), "{made}");
    let token = token(&text(&made, "url"));
    assert_eq!(seen(&world, HOST, &token, "/").as_deref(), Some("Bread"));
    let problems = shown(open(&world, HOST, &token, "/")).problems;
    assert!(problems.iter().any(|p| p.starts_with("pages/home: sections[0]")), "{problems:?}");
    // What cannot be put together at all is told from what is over.
    world.run_sql("DELETE FROM settings WHERE id = 'general'");
    open(&world, HOST, &token, "/").must(422);
}

#[test]
fn what_is_shown_and_for_how_long_is_checked() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    for (query, show, path) in [
        ("", json!({"pages": ["nowhere"]}), "pages[0]"),
        ("", json!({"locale": "English"}), "locale"),
        ("", json!({"page": "home"}), "page"),
        ("?hours=0", json!({}), "hours"),
        ("?hours=721", json!({}), "hours"),
        ("?hours=x", json!({}), "hours"),
    ] {
        let refused = desk.who.post(&desk.path(&format!("/previews{query}")), show).must(422).value();
        assert_eq!(refused["problems"][0]["path"], path, "{refused}");
    }
    let made = desk.who.post(&desk.path("/previews?hours=2"), json!({"everything": true})).must(201).value();
    assert_eq!(text(&made, "expires_at"), "2026-03-14T11:30:00Z");
}

#[test]
fn a_link_begins_at_its_page_or_at_the_start_of_its_language() {
    let world = World::new();
    let desk = Desk::new(&world);
    let general = json!({"name": {"en": "Bakery", "ar": "مخبز"}, "locales": ["en", "ar"]});
    desk.put("/settings/general", Some(1), general).must(200);
    let arabic = |path: &str| {
        let mut page = page(path, "خبز");
        page["locale"] = "ar".into();
        page
    };
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    desk.put("/pages/home-ar", None, arabic("/ar")).must(200);
    desk.put("/pages/about-ar", None, arabic("/ar/من-نحن")).must(200);
    world.set("ENVIRONMENT", "development");
    for (show, path) in [
        (json!({"everything": true}), "/"),
        (json!({"locale": "ar"}), "/ar"),
        (json!({"locale": "en"}), "/"),
        (json!({"pages": ["about-ar"]}), "/ar/%D9%85%D9%86-%D9%86%D8%AD%D9%86"),
        (json!({"pages": ["home", "about-ar"]}), "/"),
    ] {
        let url = text(&desk.preview(show.clone()), "url");
        let start = format!("http://{HOST}:8787/-/now/preview/{}{path}", token(&url));
        assert_eq!(url, start, "{show}");
    }
}

#[test]
fn links_are_listed_with_their_addresses_and_end_when_they_are_taken_away_or_over() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    let one = desk.preview(json!({"everything": true, "note": "For Noor"}));
    let two = desk.who.post(&desk.path("/previews?hours=1"), json!({"pages": ["home"]})).must(201).value();
    let list = || desk.who.get(&desk.path("/previews")).must(200).value()["previews"].clone();
    let mut urls: Vec<_> = list().as_array().unwrap().iter().map(|p| text(p, "url")).collect();
    urls.sort();
    let mut made = [text(&one, "url"), text(&two, "url")];
    made.sort();
    assert_eq!(urls, made);
    let (first, second) = (token(&text(&one, "url")), token(&text(&two, "url")));
    open(&world, HOST, &second, "/").must(200);
    world.pass(HOUR);
    open(&world, HOST, &second, "/").must(410);
    assert_eq!(list().as_array().unwrap().len(), 1);
    assert_eq!(list()[0]["show"]["note"], "For Noor");
    desk.who.delete(&desk.path(&format!("/previews/{}", text(&one, "id")))).must(204);
    open(&world, HOST, &first, "/").must(410);
    desk.who.delete(&desk.path(&format!("/previews/{}", text(&one, "id")))).must(404);
    world.pass(DAY);
    futures::executor::block_on(crate::jobs::every_minute(&world));
    assert_eq!(world.ask("SELECT 1 FROM previews").len(), 0);
}

#[test]
fn the_fonts_of_a_theme_come_with_the_link() {
    use crate::files::Bucket;
    let world = World::new();
    let desk = Desk::new(&world);
    let hash = "a".repeat(24);
    let face = json!({
        "family": "Inter", "asset": hash, "name": "inter-latin", "weight": "200 900", "style": "normal",
        "unicode_range": "U+0-FF", "preload": true
    });
    for (name, bytes) in [
        ("platform/fonts.json".to_owned(), json!([face]).to_string().into_bytes()),
        (format!("platform/font/{hash}"), b"wOF2".to_vec()),
    ] {
        futures::executor::block_on(world.put(&name, "font/woff2", bytes)).unwrap();
    }
    let theme = json!({"base": "plain", "tokens": {"font_body": "Inter"}});
    desk.put("/settings/theme", Some(1), theme).must(200);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    let token = token(&text(&desk.preview(json!({"everything": true})), "url"));
    assert!(world.stored().contains(&format!("site/{}/{hash}", desk.site)), "{:?}", world.stored());
    let preview = shown(open(&world, HOST, &token, "/"));
    assert_eq!(preview.host.content.unwrap().theme.preload.len(), 1);
}

#[test]
fn a_link_may_be_opened_often_and_not_without_end() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    let token = token(&text(&desk.preview(json!({"everything": true})), "url"));
    for _ in 0..300 {
        open(&world, HOST, &token, "/").must(200);
    }
    open(&world, HOST, &token, "/").must(429);
    open(&world, HOST, &token, "/-/file/ab12/a.png").must(200);
    world.pass(1_000);
    open(&world, HOST, &token, "/").must(200);
}

#[test]
fn without_a_secret_no_link_is_made_and_none_is_good() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    let token = token(&text(&desk.preview(json!({"everything": true})), "url"));
    for secret in ["", "too short"] {
        world.set("LINK_SECRET", secret);
        desk.who.post(&desk.path("/previews"), json!({"everything": true})).must(503);
        open(&world, HOST, &token, "/").must(503);
        let logged = world.logged.borrow().concat();
        assert!(logged.contains("wrangler secret put LINK_SECRET") && !logged.contains(&token), "{logged}");
    }
    // Another secret ends every link.
    world.set("LINK_SECRET", "another secret of the tests, long enough");
    open(&world, HOST, &token, "/").must(404);
}

#[test]
fn a_store_that_fails_is_a_503() {
    let world = World::new();
    let desk = Desk::new(&world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    let token = token(&text(&desk.preview(json!({"everything": true})), "url"));
    for steps in 0..6 {
        world.dies_in.set(Some(steps));
        open(&world, HOST, &token, "/").must(503);
        world.dies_in.set(None);
    }
    open(&world, HOST, &token, "/").must(200);
}

/// What stands for each name in the path of a door.
fn fill(name: &str, path: &str, token: &str) -> String {
    match name {
        "open_preview" => path.replace("{token}", token) + "?path=/",
        other => panic!("{other}: say what it is asked"),
    }
}

/// Every door, asked on every host with every kind of token: one line of the matrix each.
#[test]
fn a_door_on_a_sites_host_opens_with_that_sites_good_link_and_with_nothing_else() {
    let world = World::new();
    let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
    let sites = [(&mira, "one"), (&mira, "two"), (&noor, "three")].map(|(who, host)| {
        let site = make_site(who, host);
        let api = format!("/api/v1/sites/{site}");
        let put = who.request("PUT", &format!("{api}/pages/home")).json(page("/", host));
        world.send(&put).must(200);
        let made = who.post(&format!("{api}/previews"), json!({"everything": true})).must(201).value();
        (format!("{host}.localhost"), token(&text(&made, "url")), site)
    });
    let (_, own, site) = &sites[0];
    let ask = |door: &crate::visitors::Door, method: &str, host: &str, token: &str| {
        let mut asked = request(method, "").with("cookie", mira.cookie.clone());
        asked.url = format!("http://{host}:8787{}", fill(door.name, door.path, token));
        world.send(&asked)
    };
    let forged: Vec<String> = (0..own.len())
        .map(|at| {
            let other = if own.as_bytes()[at] == b'0' { "1" } else { "0" };
            format!("{}{other}{}", &own[..at], &own[at + 1..])
        })
        .chain(
            ["", "x", "....", &own[..own.len() - 2], &own.to_uppercase(), &format!("{own}00")]
                .map(str::to_owned),
        )
        .collect();
    for door in DOORS {
        for (host, token, _) in &sites {
            for (other, _, other_site) in &sites {
                let reply = ask(door, door.method, other, token);
                assert_eq!(reply.status, if host == other { 200 } else { 404 }, "{host} on {other}");
                if host != other {
                    assert!(!reply.body.contains(other_site.as_str()), "{}", reply.body);
                }
            }
            for nowhere in ["nowhere.localhost", "admin.localhost"] {
                assert_eq!(ask(door, door.method, nowhere, token).status, 404, "{nowhere}");
            }
        }
        for token in &forged {
            let batches = world.batches.get();
            assert_eq!(ask(door, door.method, "one.localhost", token).status, 404, "{token}");
            assert_eq!(world.batches.get(), batches, "a forged token asks no store");
        }
        for method in ["POST", "PUT", "DELETE", "PATCH"].iter().filter(|m| **m != door.method) {
            assert_eq!(ask(door, method, "one.localhost", own).status, 405, "{method}");
        }
    }
    // Nothing of the API is there.
    let mut api = request("GET", "").with("cookie", mira.cookie.clone());
    api.url = format!("http://one.localhost:8787/api/v1/sites/{site}");
    world.send(&api).must(404);
    for (sql, status) in [
        ("UPDATE tenants SET status = 'suspended'", Status::Suspended),
        ("UPDATE sites SET status = 'archived'", Status::Archived),
    ] {
        world.run_sql(sql);
        let preview = shown(open(&world, "one.localhost", own, "/"));
        assert_eq!((preview.host.status, preview.host.content.is_none()), (status, true));
        assert!(preview.records.is_empty());
    }
}
