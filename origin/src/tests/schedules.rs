//! What is published or taken away at a time to come: what visitors see a second before it and from it on, read from
//! KV and from the search alone, and what the API says of it.

use crate::clock::{self, HOUR, MINUTE};
use crate::testing::World;
use crate::tests::publish::{Desk, page};
use futures::executor::block_on;
use model::keys;
use model::names::PagePath;
use model::records::{HostRecord, PageRecord, RouteShard, SiteRecord, shard_of};
use serde_json::{Value, json};

const HOST: &str = "bakery.localhost";

/// A bakery with its home page and its rolls.
fn bakery(world: &World) -> Desk<'_> {
    let desk = Desk::new(world);
    desk.put("/pages/home", None, page("/", "Bread")).must(200);
    desk.put("/pages/rolls", None, page("/rolls", "Rolls")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    desk
}

fn at(world: &World, later: u64) -> String {
    clock::text(world.clock.get() + later)
}

fn schedule(desk: &Desk, body: Value) -> String {
    desk.publish(body).must(201).value()["schedule"]["id"].as_str().unwrap().to_owned()
}

/// The site as a visitor finds it now, from the record in KV alone.
fn site(world: &World) -> SiteRecord {
    let record = HostRecord::parse(&world.kv.borrow()[&format!("host/{HOST}")]).unwrap();
    let mut site = *record.content.unwrap();
    site.advance(world.clock.get());
    site
}

/// What a visitor finds at a path: a page's title, where a redirect leads, or nothing.
fn seen(world: &World, desk: &Desk, path: &str) -> String {
    let (site, path) = (site(world), PagePath::parse(path).unwrap());
    if let Some(redirect) = site.redirects.get(&path) {
        return format!("→ {}", redirect.to);
    }
    let kv = world.kv.borrow();
    let route = match &site.routes.shards {
        _ if site.routes.exact.contains_key(&path) => site.routes.exact.get(&path).cloned(),
        Some(_) if site.routes.gone.contains(&path) => None,
        Some(shards) => {
            let text =
                &kv[&format!("routes/{}/{}/{}", desk.site, shards.hash, shard_of(&path, shards.count))];
            serde_json::from_str::<RouteShard>(text).unwrap().get(&path).cloned()
        }
        None => None,
    };
    let Some(route) = route else { return "nothing".to_owned() };
    PageRecord::parse(&kv[&format!("page/{}/{}", desk.site, route.page)]).unwrap().title.into_owned()
}

/// Paths that a search for a word finds now, as the edge asks for it.
fn found(world: &World, desk: &Desk, word: &str) -> Vec<String> {
    let record = HostRecord::parse(&world.kv.borrow()[&format!("host/{HOST}")]).unwrap();
    let place = keys::search_scope(&record.scope(), "en");
    let reached = site(world).reached;
    let any = |token: fn(&str, u64) -> String| -> String {
        reached.iter().map(|moment| format!(" OR \"{}\"", token(&place, *moment))).collect()
    };
    let (come, gone) = (any(keys::search_from), any(keys::search_until));
    let text =
        format!("(scope : (\"{place}\"{come}) NOT scope : (\"none\"{gone})) AND {{title body}} : {word}");
    assert_eq!(record.site.as_str(), desk.site);
    let found = world.ask(&format!("SELECT path FROM search WHERE search MATCH '{text}' ORDER BY path"));
    found.iter().map(|row| row["path"].as_str().unwrap().to_owned()).collect()
}

/// The platform's round, which writes down what has come about.
fn round(world: &World) {
    block_on(crate::jobs::every_minute(world));
}

#[test]
fn a_scheduled_page_is_seen_from_its_second_on_without_anything_being_written_then() {
    let world = World::new();
    let desk = bakery(&world);
    desk.put("/pages/home", Some(1), page("/", "Stollen")).must(200);
    desk.put("/pages/cakes", None, page("/cakes", "Cakes")).must(200);
    let body = json!({"pages": ["home", "cakes"], "at": at(&world, HOUR), "note": "Advent"});
    let done = desk.publish(body).must(201);
    let (made, schedule) = (done.value(), done.value()["schedule"].clone());
    assert_eq!(
        made["changes"],
        json!([
            {"subject": "page", "id": "cakes", "how": "scheduled"}, {"subject": "page", "id": "home", "how": "scheduled"}
        ])
    );
    assert_eq!(schedule["pages"], json!([{"id": "cakes", "revision": 1}, {"id": "home", "revision": 2}]));
    let shown = desk.who.get(done.header("location").unwrap()).must(200).value();
    assert_eq!(
        (&shown, &shown["note"], &shown["author"]),
        (&schedule, &json!("Advent"), &json!(desk.who.user))
    );
    // An edit behind it does not change what comes.
    desk.put("/pages/home", Some(2), page("/", "Not this")).must(200);
    let states = || ["/", "/cakes"].map(|path| seen(&world, &desk, path));
    let asked =
        || [found(&world, &desk, "Bread"), found(&world, &desk, "Stollen"), found(&world, &desk, "Cakes")];
    world.clock.set(clock::read(shown["at"].as_str().unwrap()).unwrap() - 1);
    assert_eq!(states(), ["Bread", "nothing"]);
    assert_eq!(asked(), [vec!["/".to_owned()], vec![], vec![]]);
    let writes = world.kv_writes.get();
    world.pass(1);
    assert_eq!(states(), ["Stollen", "Cakes"]);
    assert_eq!(asked(), [vec![], vec!["/".to_owned()], vec!["/cakes".to_owned()]]);
    assert_eq!(world.kv_writes.get(), writes);
    assert_eq!(
        desk.who.get(&desk.path("/schedules")).must(200).value()["schedules"],
        json!([]),
        "its time is over"
    );
    // Written down later, it is a release of who scheduled it, at its time; nothing changes for visitors.
    world.pass(20_000);
    round(&world);
    assert_eq!((states(), asked()[1].clone()), (["Stollen".into(), "Cakes".into()], vec!["/".to_owned()]));
    assert!(site(&world).later.is_empty() && site(&world).reached.is_empty());
    let newest = desk.who.get(&desk.path("/releases?limit=1")).value()["releases"][0].clone();
    for (name, value) in [
        ("number", json!(3)),
        ("created_at", shown["at"].clone()),
        ("note", json!("Advent")),
        ("author", json!(desk.who.user)),
    ] {
        assert_eq!(newest[name], value, "{name}: {newest}");
    }
    let home = desk.who.get(&desk.path("/pages/home")).value();
    assert_eq!(
        (&home["published_revision"], &home["revision"], &home["scheduled"]),
        (&json!(2), &json!(3), &json!([]))
    );
    assert_eq!(world.ask("SELECT count(*) AS n FROM schedules")[0]["n"], 0);
    assert_eq!(world.ask("SELECT count(*) AS n FROM search_documents WHERE id LIKE '%@%'")[0]["n"], 0);
}

#[test]
fn a_page_is_taken_away_at_its_second() {
    let world = World::new();
    let desk = bakery(&world);
    let text = at(&world, HOUR);
    let time = clock::read(&text).unwrap();
    desk.publish(json!({"unpublish": ["rolls"], "at": text})).must(201);
    for (now, title, hits) in [(time - 1000, "Rolls", 1), (time, "nothing", 0), (time + 1000, "nothing", 0)] {
        world.clock.set(world.clock.get().max(now));
        assert_eq!(
            (seen(&world, &desk, "/rolls").as_str(), found(&world, &desk, "Rolls").len()),
            (title, hits)
        );
    }
    round(&world);
    assert_eq!((seen(&world, &desk, "/rolls").as_str(), found(&world, &desk, "Rolls").len()), ("nothing", 0));
    assert_eq!(desk.who.get(&desk.path("/pages/rolls")).value()["status"], "draft");
}

#[test]
fn a_page_may_come_change_and_go_at_times_of_its_own() {
    let world = World::new();
    let desk = bakery(&world);
    desk.put("/pages/offer", None, page("/offer", "Offer one")).must(200);
    let begin = world.clock.get() / 1000 * 1000;
    let at = |hours: u64| clock::text(begin + hours * HOUR);
    schedule(&desk, json!({"pages": ["offer"], "at": at(1)}));
    desk.put("/pages/offer", Some(1), page("/offer", "Offer two")).must(200);
    schedule(&desk, json!({"pages": ["offer"], "at": at(2)}));
    schedule(&desk, json!({"unpublish": ["offer"], "at": at(3)}));
    let waiting = desk.who.get(&desk.path("/pages/offer")).value()["scheduled"].clone();
    let revisions: Vec<_> = waiting.as_array().unwrap().iter().map(|s| s["revision"].clone()).collect();
    assert_eq!(revisions, [json!(1), json!(2), Value::Null]);
    for settles in [false, true] {
        let other = World::copy(&world);
        let desk = Desk {
            who: crate::testing::Browser { world: &other, ..desk.who.clone() },
            site: desk.site.clone(),
        };
        for (hours, title) in [(0, "nothing"), (1, "Offer one"), (2, "Offer two"), (3, "nothing")] {
            for later in [0, HOUR - 1000] {
                other.clock.set(other.clock.get().max(begin + hours * HOUR + later));
                assert_eq!(seen(&other, &desk, "/offer"), title, "{hours} {later}");
                let hits = usize::from(title != "nothing");
                assert_eq!(found(&other, &desk, "Offer").len(), hits, "{hours} {later}");
                assert_eq!(found(&other, &desk, "two").len(), usize::from(hours == 2), "{hours} {later}");
                if settles {
                    round(&other);
                }
            }
        }
        round(&other);
        let numbers = desk.who.get(&desk.path("/releases")).value()["releases"].as_array().unwrap().len();
        assert_eq!(numbers, 7, "three of people, three that came about, and the first");
    }
}

#[test]
fn an_address_that_a_scheduled_revision_leaves_leads_on_from_then_and_not_before() {
    let world = World::new();
    let desk = bakery(&world);
    desk.put("/pages/rolls", Some(1), page("/buns", "Buns")).must(200);
    schedule(&desk, json!({"pages": ["rolls"], "at": at(&world, HOUR)}));
    let states = || ["/rolls", "/buns"].map(|path| seen(&world, &desk, path));
    assert_eq!(states(), ["Rolls", "nothing"]);
    world.pass(HOUR);
    assert_eq!(states(), ["→ /buns", "Buns"]);
    // What is published then, and again later, builds on it.
    desk.put("/pages/rolls", Some(2), page("/cakes", "Cakes")).must(200);
    desk.publish(json!({"pages": ["rolls"]})).must(201);
    assert_eq!(
        (states(), seen(&world, &desk, "/cakes")),
        (["→ /cakes".into(), "→ /cakes".into()], "Cakes".into())
    );
}

#[test]
fn a_publish_meanwhile_leaves_what_is_scheduled_as_it_is() {
    let world = World::new();
    let desk = bakery(&world);
    desk.put("/pages/home", Some(1), page("/", "Stollen")).must(200);
    schedule(&desk, json!({"pages": ["home"], "at": at(&world, HOUR)}));
    desk.put("/pages/home", Some(2), page("/", "Bread again")).must(200);
    desk.put("/pages/rolls", Some(1), page("/rolls", "Rolls again")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    assert_eq!([seen(&world, &desk, "/"), seen(&world, &desk, "/rolls")], ["Bread again", "Rolls again"]);
    assert_eq!(found(&world, &desk, "Bread"), ["/"]);
    world.pass(HOUR);
    assert_eq!([seen(&world, &desk, "/"), seen(&world, &desk, "/rolls")], ["Stollen", "Rolls again"]);
    assert_eq!((found(&world, &desk, "Bread").len(), found(&world, &desk, "Stollen").len()), (0, 1));
    // A release behind it that has nothing to do with it shows what has come about.
    desk.put("/pages/rolls", Some(2), page("/rolls", "Rolls once more")).must(200);
    let done = desk.publish(json!({"pages": ["rolls"]})).must(201).value();
    assert_eq!(done["changes"], json!([{"subject": "page", "id": "rolls", "how": "changed"}]));
    assert_eq!([seen(&world, &desk, "/"), seen(&world, &desk, "/rolls")], ["Stollen", "Rolls once more"]);
    assert_eq!(found(&world, &desk, "Stollen"), ["/"]);
    assert_eq!(desk.who.get(&desk.path("/pages/home")).value()["published_revision"], 2);
}

#[test]
fn what_is_scheduled_is_moved_and_cancelled() {
    let world = World::new();
    let desk = bakery(&world);
    desk.put("/pages/home", Some(1), page("/", "Stollen")).must(200);
    let id = schedule(&desk, json!({"pages": ["home"], "at": at(&world, HOUR)}));
    let path = desk.path(&format!("/schedules/{id}"));
    let moved = desk.who.send("PATCH", &path, json!({"at": at(&world, 2 * HOUR)})).must(200).value();
    assert_eq!((&moved["schedule"]["id"], &moved["changes"][0]["how"]), (&json!(id), &json!("scheduled")));
    world.pass(HOUR);
    assert_eq!(seen(&world, &desk, "/"), "Bread");
    assert_eq!(desk.who.get(&desk.path("/schedules")).value()["schedules"].as_array().unwrap().len(), 1);
    world.pass(HOUR - MINUTE);
    desk.who.delete(&path).must(204);
    desk.who.delete(&path).must(404);
    world.pass(HOUR);
    round(&world);
    assert_eq!((seen(&world, &desk, "/").as_str(), found(&world, &desk, "Stollen").len()), ("Bread", 0));
    assert_eq!(found(&world, &desk, "Bread"), ["/"]);
    assert_eq!(world.ask("SELECT count(*) AS n FROM search_documents WHERE id LIKE '%@%'")[0]["n"], 0);
    let events = desk.who.get(&desk.path("/audit"));
    for action in ["publish", "move_schedule", "cancel_schedule"] {
        assert!(events.body.contains(action), "{action}: {}", events.body);
    }
}

#[test]
fn what_has_come_about_cannot_be_moved_or_cancelled_any_more() {
    let world = World::new();
    let desk = bakery(&world);
    desk.put("/pages/home", Some(1), page("/", "Stollen")).must(200);
    let id = schedule(&desk, json!({"pages": ["home"], "at": at(&world, HOUR)}));
    world.pass(HOUR);
    let path = desk.path(&format!("/schedules/{id}"));
    desk.who.get(&path).must(404);
    desk.who.send("PATCH", &path, json!({"at": at(&world, HOUR)})).must(404);
    desk.who.delete(&path).must(404);
    assert_eq!(seen(&world, &desk, "/"), "Stollen");
}

#[test]
fn a_roll_back_shows_the_old_release_for_good_and_cancels_what_is_scheduled() {
    let world = World::new();
    let desk = bakery(&world);
    desk.put("/pages/home", Some(1), page("/", "Stollen")).must(200);
    schedule(&desk, json!({"pages": ["home"], "at": at(&world, HOUR)}));
    desk.put("/pages/home", Some(2), page("/", "Gingerbread")).must(200);
    schedule(&desk, json!({"pages": ["home"], "at": at(&world, 2 * HOUR)}));
    world.pass(HOUR);
    // The release that carries both, and shows neither by itself.
    let done = desk.who.post(&desk.path("/releases/3/roll-back"), json!({})).must(201).value();
    let changes = [
        json!({"subject": "page", "id": "home", "how": "changed"}),
        json!({"subject": "page", "id": "home", "how": "unscheduled"}),
    ];
    assert_eq!(done["changes"], json!(changes));
    for _ in 0..3 {
        assert_eq!(seen(&world, &desk, "/"), "Bread");
        assert_eq!((found(&world, &desk, "Bread").len(), found(&world, &desk, "Gingerbread").len()), (1, 0));
        assert_eq!(found(&world, &desk, "Stollen").len(), 0);
        world.pass(HOUR);
        round(&world);
    }
    assert_eq!(desk.who.get(&desk.path("/schedules")).value()["schedules"], json!([]));
    // What has come about is a release of its own, and so a place to go back to.
    desk.who.post(&desk.path("/releases/4/roll-back"), json!({})).must(201);
    assert_eq!((seen(&world, &desk, "/").as_str(), found(&world, &desk, "Stollen").len()), ("Stollen", 1));
}

/// A type with a page of its records, which is not published yet.
fn posts(desk: &Desk) {
    let kind = json!({"name": "Post", "title_field": "title", "listed": ["title"],
        "fields": [{"name": "title", "kind": "text", "required": true}], "indexes": [{"name": "newest", "sort": "published_at"}]});
    desk.put("/types/post", None, kind).must(200);
    let mut detail = page("/posts/:slug", "{title}");
    detail["entity"] = json!("post");
    desk.put("/pages/post", None, detail).must(200);
}

#[test]
fn the_page_of_a_types_records_comes_and_goes_with_their_place_in_the_sitemap() {
    let world = World::new();
    let desk = bakery(&world);
    posts(&desk);
    schedule(&desk, json!({"pages": ["post"], "at": at(&world, HOUR)}));
    schedule(&desk, json!({"unpublish": ["post"], "at": at(&world, 2 * HOUR)}));
    let paths = || {
        let site = site(&world);
        (site.routes.patterns.len(), site.types.values().next().unwrap().paths.len())
    };
    assert_eq!(paths(), (0, 0));
    world.pass(HOUR);
    assert_eq!(paths(), (1, 1));
    round(&world);
    assert_eq!(paths(), (1, 1));
    world.pass(HOUR);
    assert_eq!(paths(), (0, 0));
}

#[test]
fn blocks_that_change_meanwhile_are_part_of_what_comes() {
    let world = World::new();
    let desk = bakery(&world);
    let block = |parameter: &str| json!({"name": "Hours", "sections": [{"component": "blog-list", "props": {"type": "post", "index": "newest", "link": "/posts/:slug", "paginate": parameter == "paged"}}]});
    posts(&desk);
    desk.publish(json!({"everything": true})).must(201);
    desk.put("/blocks/news", None, block("plain")).must(200);
    let mut soon = page("/soon", "Soon");
    soon["sections"].as_array_mut().unwrap().push(json!({"component": "block:news"}));
    desk.put("/pages/soon", None, soon).must(200);
    schedule(&desk, json!({"pages": ["soon"], "at": at(&world, HOUR)}));
    let params = |world: &World| {
        let mut then = site(world);
        then.advance(u64::MAX);
        then.routes.exact[&PagePath::parse("/soon").unwrap()].params.clone()
    };
    assert_eq!(params(&world), Vec::<String>::new());
    desk.put("/blocks/news", Some(1), block("paged")).must(200);
    desk.publish(json!({"blocks": ["news"]})).must(201);
    assert_eq!(params(&world), ["after", "before"]);
}

#[test]
fn translations_name_each_other_from_the_moment_on_and_not_before() {
    let world = World::new();
    let desk = bakery(&world);
    let general = json!({"name": {"en": "Bakery", "ar": "مخبز"}, "locales": ["en", "ar"]});
    let known = desk.who.get(&desk.path("/settings/general")).value();
    let mut document = known["document"].clone();
    document.as_object_mut().unwrap().extend(general.as_object().unwrap().clone());
    desk.put("/settings/general", known["revision"].as_u64(), document).must(200);
    let arabic = |path: &str, group: &str| {
        let mut page = page(path, "خبز");
        page["locale"] = json!("ar");
        page["group"] = json!(group);
        page
    };
    let mut start = page("/", "Bread");
    start["group"] = json!("start");
    desk.put("/pages/home", Some(1), start).must(200);
    desk.put("/pages/home-ar", None, arabic("/ar", "start")).must(200);
    desk.put("/pages/rolls-ar", None, arabic("/ar/rolls", "rolls")).must(200);
    desk.publish(json!({"pages": ["home", "home-ar"], "settings": ["general"]})).must(201);
    schedule(&desk, json!({"pages": ["rolls-ar"], "at": at(&world, HOUR)}));
    let alternates = |path: &str| {
        let (site, kv) = (site(&world), world.kv.borrow());
        let route = site.routes.exact.get(&PagePath::parse(path).unwrap())?;
        let text = &kv[&format!("page/{}/{}", desk.site, route.page)];
        Some(PageRecord::parse(text).unwrap().alternates.len())
    };
    assert_eq!((alternates("/rolls"), alternates("/ar/rolls")), (Some(0), None));
    world.pass(HOUR);
    assert_eq!((alternates("/rolls"), alternates("/ar/rolls")), (Some(2), Some(2)));
}

#[test]
fn a_publish_that_would_break_what_is_scheduled_is_refused_and_says_for_when() {
    let world = World::new();
    let desk = bakery(&world);
    let mut soon = page("/soon", "Soon");
    soon["sections"][0]["props"]["actions"] = json!([{"label": "Rolls", "href": "/rolls"}]);
    desk.put("/pages/soon", None, soon).must(200);
    let id = schedule(&desk, json!({"pages": ["soon"], "at": at(&world, HOUR)}));
    let when =
        desk.who.get(&desk.path("/schedules")).value()["schedules"][0]["at"].as_str().unwrap().to_owned();
    let refused = desk.publish(json!({"unpublish": ["rolls"]})).must(422).value();
    assert_eq!(refused["problems"][0]["path"], "pages/soon: sections[0].props.actions[0].href", "{refused}");
    assert!(
        refused["problems"][0]["message"].as_str().unwrap().ends_with(&format!("(from {when} on)")),
        "{refused}"
    );
    let report =
        desk.who.post(&desk.path("/releases/check"), json!({"unpublish": ["rolls"]})).must(200).value();
    assert_eq!(report["problems"].as_array().unwrap().len(), 1, "{report}");
    // Another page may not take the address that it will have, unless it has gone by then.
    desk.put("/pages/soon", Some(1), page("/later", "Later")).must(200);
    desk.put("/pages/other", None, page("/soon", "Other")).must(200);
    let refused = desk.publish(json!({"pages": ["other"]})).must(422);
    assert!(refused.body.contains("/soon would be the address of other and soon"), "{}", refused.body);
    desk.who.delete(&desk.path(&format!("/schedules/{id}"))).must(204);
    desk.publish(json!({"pages": ["other"]})).must(201);
    desk.publish(json!({"unpublish": ["rolls"]})).must(201);
}

#[test]
fn a_page_that_will_be_published_is_not_archived() {
    let world = World::new();
    let desk = bakery(&world);
    desk.put("/pages/cakes", None, page("/cakes", "Cakes")).must(200);
    let id = schedule(&desk, json!({"pages": ["cakes"], "at": at(&world, HOUR)}));
    let refused = desk.who.delete(&desk.path("/pages/cakes")).must(409).value();
    assert!(refused["detail"].as_str().unwrap().contains(&id), "{refused}");
    desk.who.delete(&desk.path(&format!("/schedules/{id}"))).must(204);
    desk.who.delete(&desk.path("/pages/cakes")).must(204);
}

#[test]
fn a_time_that_cannot_be_is_refused_with_what_to_do() {
    let world = World::new();
    let desk = bakery(&world);
    let soon = at(&world, HOUR);
    desk.publish(json!({"unpublish": ["rolls"], "at": soon})).must(201);
    for (body, path, says) in [
        (json!({"pages": ["home"], "at": "tomorrow"}), "at", "such as"),
        (json!({"pages": ["home"], "at": "2026-03-14T10:00:00.5Z"}), "at", "to the second"),
        (json!({"pages": ["home"], "at": at(&world, 0)}), "at", "is over"),
        (json!({"pages": ["home"], "at": at(&world, 367 * clock::DAY)}), "at", "366 days"),
        (json!({"at": soon}), "at", "name at least one page"),
        (json!({"everything": true, "at": soon}), "everything", "without at"),
        (json!({"pages": ["home"], "settings": ["theme"], "at": soon}), "settings", "without at"),
        (json!({"pages": ["nowhere"], "at": soon}), "pages[0]", "there is no page"),
        (json!({"unpublish": ["nowhere"], "at": soon}), "unpublish[0]", "not published then"),
        (json!({"unpublish": ["rolls"], "at": at(&world, 2 * HOUR)}), "unpublish[0]", "not published then"),
        (json!({"pages": ["home"], "unpublish": ["home"], "at": soon}), "unpublish[0]", "as well"),
        (json!({"pages": ["rolls"], "at": soon}), "at", "scheduled for this time already"),
    ] {
        let refused = desk.publish(body.clone()).must(422).value();
        let problem = refused["problems"].as_array().unwrap().iter().find(|p| p["path"] == path);
        let message = problem.unwrap_or_else(|| panic!("{body}: {refused}"))["message"].as_str().unwrap();
        assert!(message.contains(says), "{body}: {message}");
    }
    // With any offset.
    desk.publish(json!({"pages": ["home"], "at": "2026-03-14T23:30:00+02:00"})).must(201);
    let last = desk.who.get(&desk.path("/schedules")).value()["schedules"][1]["at"].clone();
    assert_eq!(last, "2026-03-14T21:30:00Z");
}

#[test]
fn a_site_has_so_many_times_and_pages_scheduled_and_no_more() {
    let world = World::new();
    let desk = bakery(&world);
    for n in 1..=50 {
        desk.publish(json!({"pages": ["home"], "at": at(&world, n * HOUR)})).must(201);
        // The token bucket of the account fills again.
        world.pass(1000);
    }
    let refused = desk.publish(json!({"pages": ["home"], "at": at(&world, 60 * HOUR)})).must(422);
    assert!(refused.body.contains("50 times at most"), "{}", refused.body);
}

#[test]
fn a_request_that_is_sent_twice_schedules_once_and_gets_the_same_answer() {
    let world = World::new();
    let desk = bakery(&world);
    let body = json!({"unpublish": ["rolls"], "at": at(&world, HOUR)});
    let ask = || {
        let request = desk.who.request("POST", &desk.path("/releases")).json(body.clone());
        world.send(&request.with("idempotency-key", "once")).must(201)
    };
    let (first, second) = (ask(), ask());
    assert_eq!(first.value()["schedule"], second.value()["schedule"]);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(world.ask("SELECT count(*) AS n FROM schedules")[0]["n"], 1);
}

#[test]
fn a_site_of_many_pages_keeps_its_moments_beside_its_shards() {
    let world = World::new();
    let desk = bakery(&world);
    for n in 0..450 {
        desk.put(&format!("/pages/p{n}"), None, page(&format!("/p{n}"), &format!("Page {n}"))).must(200);
        world.pass(500);
    }
    desk.publish(json!({"everything": true})).must(201);
    desk.put("/pages/p7", Some(1), page("/seven", "Seven")).must(200);
    desk.put("/pages/new", None, page("/new", "New")).must(200);
    let writes = world.kv_writes.get();
    desk.publish(json!({"pages": ["p7", "new"], "unpublish": ["p8"], "at": at(&world, HOUR)})).must(201);
    assert!(world.kv_writes.get() - writes <= 3, "two pages and the host record: no shard is written again");
    let states = || ["/p7", "/seven", "/new", "/p8", "/p9"].map(|path| seen(&world, &desk, path));
    assert_eq!(states(), ["Page 7", "nothing", "nothing", "Page 8", "Page 9"]);
    world.pass(HOUR);
    let then = ["→ /seven", "Seven", "New", "nothing", "Page 9"];
    assert_eq!(states(), then);
    round(&world);
    assert_eq!(
        (states(), site(&world).routes.exact.len(), site(&world).routes.gone.len()),
        (then.map(str::to_owned), 2, 2)
    );
    // The next publish makes one table of it again.
    desk.put("/pages/p9", Some(1), page("/p9", "Nine")).must(200);
    desk.publish(json!({"pages": ["p9"]})).must(201);
    assert_eq!((site(&world).routes.exact.len(), site(&world).routes.gone.len()), (0, 0));
    assert_eq!(states(), ["→ /seven", "Seven", "New", "nothing", "Nine"]);
}

#[test]
fn what_has_come_about_is_written_down_from_a_live_release_only() {
    let world = World::new();
    let desk = bakery(&world);
    desk.put("/pages/cakes", None, page("/cakes", "Cakes")).must(200);
    schedule(&desk, json!({"pages": ["cakes"], "at": at(&world, HOUR)}));
    world.pass(HOUR);
    // Somebody has just stored a release: what the search shall have of it is not in its tables yet.
    let meanwhile = "INSERT INTO release_documents SELECT r.site_id, r.number, 0, (SELECT json_group_array(json_array(d.id, \
         json_array(s.scope, s.title, s.body, s.path, s.summary))) FROM search_documents d JOIN search s ON s.rowid = d.row WHERE d.id LIKE '%@%') \
         FROM releases r WHERE r.status = 'live'; \
       UPDATE releases SET status = 'stored' WHERE status = 'live'; \
       DELETE FROM search WHERE rowid IN (SELECT row FROM search_documents WHERE id LIKE '%@%'); \
       DELETE FROM search_documents WHERE id LIKE '%@%'";
    world.before_batch.replace(Some(("SELECT number, status, site_record", meanwhile.to_owned())));
    round(&world);
    assert!(world.before_batch.borrow().is_none() && site(&world).later.is_empty());
    assert_eq!(found(&world, &desk, "Cakes"), ["/cakes"]);
}

#[test]
fn kv_comes_back_with_what_is_scheduled() {
    let world = World::new();
    let desk = bakery(&world);
    desk.put("/pages/home", Some(1), page("/", "Stollen")).must(200);
    schedule(&desk, json!({"pages": ["home"], "at": at(&world, HOUR)}));
    let before = world.kv.take();
    desk.who.post(&desk.path("/republish"), json!({})).must(200);
    assert_eq!(*world.kv.borrow(), before);
    world.pass(HOUR);
    assert_eq!(seen(&world, &desk, "/"), "Stollen");
}
