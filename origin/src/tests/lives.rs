//! How sites come and go.

use crate::clock::DAY;
use crate::jobs::{after_change, every_minute};
use crate::testing::{Browser, World};
use crate::tests::files::png;
use crate::tests::isolation::{furnish, make_site};
use futures::executor::block_on;
use serde_json::{Value, json};

fn at(site: &str, rest: &str) -> String {
    format!("/api/v1/sites/{site}{rest}")
}

/// A published site with a file.
pub fn bakery(mira: &Browser, name: &str) -> String {
    let site = make_site(mira, name);
    let upload = mira.request("POST", &at(&site, "/assets?name=Loaf.png&folder=bread"));
    mira.world.send(&upload.file(&png(800, 600))).must(201);
    furnish(mira, &site);
    site
}

/// How many rows of a site each table has.
fn rows_of(world: &World, site: &str) -> Vec<(String, u64)> {
    let tables = world.ask(
        "SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND c.name = 'site_id' ORDER BY m.name",
    );
    let names = tables.iter().map(|row| row["name"].as_str().unwrap().to_owned());
    let count = |name: String| {
        let sql = format!("SELECT count(*) AS n FROM {name} WHERE site_id = '{site}'");
        (name, world.ask(&sql)[0]["n"].as_u64().unwrap())
    };
    names.map(count).filter(|(_, rows)| *rows > 0).collect()
}

/// Keys and objects of a site.
pub fn stored(world: &World, site: &str) -> Vec<String> {
    let kv = world.kv.borrow();
    let named = kv.iter().filter(|(key, value)| key.contains(site) || value.contains(site));
    let mine = world.stored().into_iter().filter(|name| name.contains(site));
    named.map(|(key, _)| key.clone()).chain(mine).collect()
}

pub fn host(world: &World, name: &str) -> Option<Value> {
    world.kv.borrow().get(&format!("host/{name}")).map(|text| serde_json::from_str(text).unwrap())
}

#[test]
fn a_deleted_site_is_gone_for_visitors_changes_nothing_and_is_taken_back() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = bakery(&mira, "bakery");
    let deleted = mira.delete(&at(&site, "")).must(200).value();
    assert_eq!(
        (&deleted["status"], &deleted["delete_after"]),
        (&json!("deleted"), &json!("2026-04-13T09:30:00Z"))
    );
    world.pass(DAY);
    assert_eq!(mira.delete(&at(&site, "")).must(200).value(), deleted, "the end does not move");
    block_on(after_change(&world));
    assert_eq!(host(&world, "bakery.localhost").unwrap()["status"], "archived");
    let refused = mira.send("PATCH", &at(&site, ""), json!({"status": "active"})).must(409).value();
    assert!(refused["detail"].as_str().unwrap().contains("2026-04-13T09:30:00Z"), "{refused}");
    mira.post(&at(&site, "/releases"), json!({"everything": true})).must(409);
    mira.get(&at(&site, "/pages/home")).must(200);
    let restored = mira.post(&at(&site, "/restore"), json!({})).must(200).value();
    assert_eq!((&restored["status"], restored.get("delete_after")), (&json!("active"), None));
    block_on(after_change(&world));
    assert_eq!(host(&world, "bakery.localhost").unwrap()["status"], "active");
    mira.post(&at(&site, "/releases"), json!({"everything": true})).must(201);
    let log = mira.get(&format!("/api/v1/tenants/{}/audit", mira.tenant)).value();
    let said: Vec<_> = log["events"].as_array().unwrap().iter().map(|e| e["action"].clone()).collect();
    assert_eq!(said[..2], [json!("restore_site"), json!("delete_site")]);
}

#[test]
fn after_its_time_everything_of_a_site_goes_and_nothing_of_another_one() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let (site, sister) = (bakery(&mira, "bakery"), bakery(&mira, "sister"));
    let editor = world.member(&mira.tenant, "editor", &site, "editor");
    mira.post(&at(&site, "/releases/1/roll-back"), json!({})).must(201);
    block_on(after_change(&world));
    let before = (rows_of(&world, &sister), stored(&world, &sister));
    mira.delete(&at(&site, "")).must(200);
    world.pass(30 * DAY - 1_000);
    block_on(every_minute(&world));
    assert!(rows_of(&world, &site).len() > 10 && !stored(&world, &site).is_empty(), "not before");
    world.pass(1_000);
    world.run_sql("UPDATE sessions SET expires_at = '2100-01-01T00:00:00Z'");
    mira.post(&at(&site, "/restore"), json!({})).must(409);
    block_on(every_minute(&world));
    assert_eq!(rows_of(&world, &site), [], "{:?}", world.logged.borrow());
    assert_eq!(stored(&world, &site), Vec::<String>::new());
    assert_eq!((rows_of(&world, &sister), stored(&world, &sister)), before);
    mira.get(&at(&site, "")).must(404);
    editor.get(&at(&site, "")).must(404);
    let log = mira.get(&format!("/api/v1/tenants/{}/audit", mira.tenant)).value();
    let last = &log["events"][0];
    assert_eq!(
        (&last["action"], &last["actor_kind"], &last["before"]["name"]["en"]),
        (&json!("erase_site"), &json!("system"), &json!("bakery"))
    );
    // Nobody else gets the host for a while.
    let noor = world.sign_up("noor@example.org");
    let new = json!({"name": {"en": "B"}, "locales": ["en"], "host": "bakery"});
    noor.post(&format!("/api/v1/tenants/{}/sites", noor.tenant), new.clone()).must(409);
    mira.post(&format!("/api/v1/tenants/{}/sites", mira.tenant), new).must(201);
}

#[test]
fn an_erasure_that_is_cut_off_anywhere_goes_on_in_the_next_round() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = bakery(&mira, "bakery");
    mira.delete(&at(&site, "")).must(200);
    block_on(after_change(&world));
    world.pass(31 * DAY);
    let mut steps = 0;
    loop {
        let world = world.copy();
        world.dies_in.set(Some(steps));
        block_on(every_minute(&world));
        let died = world.dies_in.take() == Some(0);
        // The lease of a key that was being written is over by then.
        world.pass(DAY);
        block_on(every_minute(&world));
        assert_eq!((rows_of(&world, &site), stored(&world, &site)), (vec![], vec![]), "cut off at {steps}");
        assert!(world.ask("SELECT 1 FROM sites").is_empty());
        let said = world.ask("SELECT 1 FROM audit WHERE action = 'erase_site'");
        assert_eq!(said.len(), 1, "cut off at {steps}");
        if !died {
            break;
        }
        steps += 1;
    }
    assert!(steps > 50, "{steps}");
}

fn new_site(mira: &Browser, body: Value) -> crate::http::Reply {
    mira.post(&format!("/api/v1/tenants/{}/sites", mira.tenant), body)
}

fn id_of(reply: crate::http::Reply) -> String {
    reply.must(201).value()["id"].as_str().unwrap().to_owned()
}

/// A site with something of everything; more records than a step takes, which refer to each other in a circle.
fn market(mira: &Browser) -> String {
    let site = bakery(mira, "market");
    let put = |path: &str, body: Value| mira.send("PUT", &at(&site, path), body);
    let assets = mira.get(&at(&site, "/assets")).value();
    let loaf = assets["assets"][0]["id"].as_str().unwrap().to_owned();
    let width = mira.request("PUT", &at(&site, &format!("/assets/{loaf}/variants/320")));
    mira.world.send(&width.file(&crate::tests::files::webp(320, 240))).must(204);
    let texts = json!({"alt": {"en": "A loaf"}, "name": "Bread"});
    mira.world.send(&mira.request("PATCH", &at(&site, &format!("/assets/{loaf}"))).json(texts)).must(200);
    mira.post(&at(&site, "/asset-folders"), json!({"folder": "empty/one"})).must(201);
    put("/settings/organisation", json!({"type": "Bakery", "name": "Market"})).must(200);
    put("/redirects", json!({"redirects": [{"from": "/old", "to": "/spare", "status": 302}]})).must(204);
    let page = |path: &str| {
        json!({"locale": "en", "path": path, "title": path, "description": "A page.", "sections": [
            {"component": "hero", "props": {"title": path, "actions": [{"label": "On", "href": path}], "image": {"file": "bread/Loaf.PNG", "alt": "A loaf"}}},
            {"component": "block:spare"}
        ]})
    };
    put("/pages/loaf", page("/loaf")).must(200);
    let good = json!({
        "name": "Good", "title_field": "title", "listed": ["title"],
        "fields": [{"name": "title", "kind": "text", "required": true}, {"name": "next", "kind": "relation", "to": "good"}],
        "indexes": [{"name": "newest", "sort": "published_at"}]
    });
    put("/types/good", good).must(200);
    let record = |n: usize, next: Option<usize>| {
        let fields = json!({"title": format!("Good {n}"), "next": next.map(|n| format!("g{n:03}"))});
        json!({"type": "good", "locale": "en", "slug": format!("g{n}"), "published_at": "2026-03-01T00:00:00Z",
            "fields": fields, "publish": n != 7})
    };
    for n in (0..130).rev() {
        put(&format!("/entities/g{n:03}"), record(n, (n < 129).then_some(n + 1))).must(200);
    }
    let last = mira.request("PUT", &at(&site, "/entities/g129")).json(record(129, Some(0)));
    mira.world.send(&last.with("if-match", "\"1\"")).must(200);
    mira.post(&at(&site, "/releases"), json!({"everything": true})).must(201);
    site
}

/// Everything of a site as it is being edited, and its files.
fn edited(mira: &Browser, site: &str) -> Value {
    let world = mira.world;
    let all = |sql: &str| json!(world.ask(&sql.replace("SITE", &format!("'{site}'"))));
    let objects: Vec<_> = world
        .objects
        .borrow()
        .whole
        .iter()
        .filter(|(name, _)| name.starts_with(&format!("site/{site}/")))
        .map(|(name, (_, bytes))| json!([name.replace(site, ""), intake::digest::of(bytes).to_string()]))
        .collect();
    json!({
        "settings": all("SELECT id, json_remove(document, '$.name') AS document FROM settings WHERE site_id = SITE ORDER BY id"),
        "components": all("SELECT id, document FROM components WHERE site_id = SITE ORDER BY id"),
        "blocks": all("SELECT id, document FROM blocks WHERE site_id = SITE ORDER BY id"),
        "types": all("SELECT id, definition, status FROM entity_types WHERE site_id = SITE ORDER BY id"),
        "pages": all("SELECT id, path, title, document FROM pages WHERE site_id = SITE ORDER BY id"),
        "records": all("SELECT e.id, e.kind, e.slug, e.status, e.data, e.relations, e.published_at FROM entities e \
            WHERE e.site_id = SITE AND status <> 'trashed' ORDER BY e.id"),
        "last": all("SELECT e.id, r.document, e.published_revision < e.revision AS waits FROM entities e JOIN revisions r \
            ON r.site_id = e.site_id AND r.subject = 'entity' AND r.subject_id = e.id AND r.number = e.revision \
            WHERE e.site_id = SITE AND status <> 'trashed' ORDER BY e.id"),
        "lists": all("SELECT list, sort, entity_id, slug, fields FROM entity_lists WHERE site_id = SITE ORDER BY 1, 2, 3"),
        "unique": all("SELECT kind, field, locale, value, entity_id FROM entity_unique_values WHERE site_id = SITE ORDER BY 4"),
        "relations": all("SELECT from_id, field, to_id FROM entity_relations WHERE site_id = SITE ORDER BY 1, 3"),
        "redirects": all("SELECT from_path, to_url, status, automatic FROM redirects WHERE site_id = SITE ORDER BY 1"),
        "files": all("SELECT hash, folder, name, ext, kind, bytes, width, height, alt FROM assets WHERE site_id = SITE AND status = 'active' ORDER BY 2, 3"),
        "was": all("SELECT folder, name, ext FROM asset_paths WHERE site_id = SITE ORDER BY 1, 2"),
        "folders": all("SELECT folder FROM asset_folders WHERE site_id = SITE ORDER BY 1"),
        "widths": all("SELECT hash, width, content_type, bytes FROM asset_objects WHERE site_id = SITE ORDER BY 1, 2"),
        "uses": all("SELECT u.target, iif(u.target = 'asset', a.name, u.target_id) AS used, u.subject, u.subject_id FROM uses u \
            LEFT JOIN assets a ON a.site_id = u.site_id AND a.id = u.target_id WHERE u.site_id = SITE AND u.subject <> 'entity' ORDER BY 1, 2, 3, 4"),
        "objects": objects,
        "usage": all("SELECT metric, amount FROM usage WHERE site_id = SITE AND day = '' AND amount > 0 ORDER BY 1"),
    })
}

/// The names of a site's page records: digests of what visitors get.
fn pages_in_kv(world: &World, site: &str) -> Vec<String> {
    let kv = world.kv.borrow();
    kv.keys().filter_map(|key| key.strip_prefix(&format!("page/{site}/")).map(str::to_owned)).collect()
}

#[test]
fn a_copy_has_everything_of_the_original_and_publishes_the_same_pages() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = market(&mira);
    let body = json!({"host": "copy", "from": {"site": site}, "name": {"en": "Another market"}});
    let copy = id_of(new_site(&mira, body));
    let shown = || mira.get(&at(&copy, "")).must(200).value();
    assert_eq!((&shown()["status"], &shown()["filling"]["state"]), (&json!("filling"), &json!("running")));
    let early = mira.post(&at(&copy, "/releases"), json!({"everything": true})).must(409).value();
    assert!(early["detail"].as_str().unwrap().contains("being filled"), "{early}");
    mira.send("PUT", &at(&copy, "/redirects"), json!({"redirects": []})).must(409);
    block_on(after_change(&world));
    assert_eq!(shown()["status"], "active", "{} {:?}", shown(), world.logged.borrow());
    assert_eq!(shown()["locales"], json!(["en"]));
    assert_eq!(edited(&mira, &copy), edited(&mira, &site));
    let general = mira.get(&at(&copy, "/settings/general")).value();
    assert_eq!(general["document"]["name"], json!({"en": "Another market"}));
    assert_eq!(host(&world, "copy.localhost"), None, "nothing is published");
    mira.post(&at(&copy, "/releases"), json!({"everything": true})).must(201);
    assert_eq!(pages_in_kv(&world, &copy).len(), 3);
    assert!(pages_in_kv(&world, &copy).iter().all(|page| pages_in_kv(&world, &site).contains(page)));
}

/// Saves a record that visitors see, as a change that waits.
fn wait(mira: &Browser, site: &str, id: &str, base: &str, record: Value) {
    let save = mira.request("PUT", &at(site, &format!("/entities/{id}"))).json(record);
    mira.world.send(&save.with("if-match", base)).must(200);
}

#[test]
fn a_copy_shows_of_records_what_the_original_shows_keeps_what_waits_and_what_is_retired() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = market(&mira);
    let good = |slug: &str, title: &str| {
        json!({"type": "good", "locale": "en", "slug": slug, "published_at": "2026-03-01T00:00:00Z",
            "fields": {"title": title, "next": "g120"}})
    };
    wait(&mira, &site, "g005", "\"1\"", good("g5-later", "A change that waits"));
    mira.delete(&at(&site, "/types/note")).must(204);
    let copy = id_of(new_site(&mira, json!({"host": "copy", "from": {"site": site}})));
    block_on(after_change(&world));
    let status = mira.get(&at(&copy, "")).value();
    assert_eq!(status["status"], "active", "{status} {:?}", world.logged.borrow());
    assert_eq!(edited(&mira, &copy), edited(&mira, &site));
    let record = mira.get(&at(&copy, "/entities/g005")).must(200).value();
    assert_eq!((&record["status"], &record["published_revision"]), (&json!("published"), &json!(1)));
    let shown =
        world.ask(&format!("SELECT slug, title FROM entities WHERE site_id = '{copy}' AND id = 'g005'"));
    assert_eq!(shown, [json!({"slug": "g5", "title": "Good 5"})]);
    let new = json!({"type": "note", "locale": "en", "slug": "x", "fields": {"title": "x"}});
    let refused = mira.post(&at(&copy, "/entities"), new).must(422);
    assert!(refused.body.contains("retired"), "{}", refused.body);
    mira.post(&at(&copy, "/entities/g005/publish"), json!({})).must(200);
    let shown = world.ask(&format!("SELECT slug FROM entities WHERE site_id = '{copy}' AND id = 'g005'"));
    assert_eq!(shown, [json!({"slug": "g5-later"})]);
}

#[test]
fn what_is_shown_of_a_record_and_fits_its_type_no_more_gives_way_in_a_copy() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = market(&mira);
    let good =
        json!({"type": "good", "locale": "en", "slug": "g5", "fields": {"title": "A change that waits"}});
    wait(&mira, &site, "g005", "\"1\"", good);
    world.run_sql(&format!(
        "UPDATE revisions SET document = json_set(document, '$.fields', json('{{\"name\": \"Old\"}}'))
         WHERE site_id = '{site}' AND subject_id = 'g005' AND number = 1"
    ));
    let copy = id_of(new_site(&mira, json!({"host": "copy", "from": {"site": site}})));
    block_on(after_change(&world));
    assert_eq!(mira.get(&at(&copy, "")).value()["status"], "active", "{:?}", world.logged.borrow());
    let shown = world.ask(&format!(
        "SELECT title, status, revision FROM entities WHERE site_id = '{copy}' AND id = 'g005'"
    ));
    assert_eq!(shown, [json!({"title": "A change that waits", "status": "published", "revision": 1})]);
}

#[test]
fn a_copy_leads_on_from_where_pages_were_also_where_a_page_moves_with_the_next_publish() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = market(&mira);
    let to = |site: &str, path: &str| {
        let known = mira.get(&at(site, "/pages/loaf")).must(200);
        let mut page = known.value()["document"].clone();
        page["path"] = path.into();
        let save = mira.request("PUT", &at(site, "/pages/loaf")).json(page);
        world.send(&save.with("if-match", known.header("etag").unwrap())).must(200);
    };
    to(&site, "/bread");
    mira.post(&at(&site, "/releases"), json!({"everything": true})).must(201);
    to(&site, "/breads");
    let copy = id_of(new_site(&mira, json!({"host": "copy", "from": {"site": site}})));
    block_on(after_change(&world));
    assert_eq!(mira.get(&at(&copy, "")).value()["status"], "active", "{:?}", world.logged.borrow());
    let redirects = |site: &str| mira.get(&at(site, "/redirects")).must(200).value();
    let expected = json!({"redirects": [
        {"from": "/bread", "to": "/breads", "status": 301, "automatic": true},
        {"from": "/loaf", "to": "/breads", "status": 301, "automatic": true},
        {"from": "/old", "to": "/spare", "status": 302, "automatic": false},
    ]});
    assert_eq!(redirects(&copy), expected);
    // As the original has them then.
    for site in [&copy, &site] {
        mira.post(&at(site, "/releases"), json!({"everything": true})).must(201);
        assert_eq!(redirects(site), expected);
    }
}

#[test]
fn a_copy_that_is_cut_off_anywhere_goes_on_and_takes_nothing_twice() {
    let first = World::new();
    let mira = first.sign_up("mira@example.org");
    let site = bakery(&mira, "bakery");
    let note =
        json!({"type": "note", "locale": "en", "slug": "one", "fields": {"title": "Later", "code": "2"}});
    wait(&mira, &site, "one", "\"1\"", note);
    let copy = id_of(new_site(&mira, json!({"host": "copy", "from": {"site": site}})));
    let mut steps = 0;
    loop {
        let world = first.copy();
        let mira = Browser { world: &world, ..mira.clone() };
        world.dies_in.set(Some(steps));
        block_on(after_change(&world));
        let died = world.dies_in.take() == Some(0);
        world.pass(crate::clock::HOUR);
        block_on(every_minute(&world));
        let shown = mira.get(&at(&copy, "")).must(200).value();
        assert_eq!(shown["status"], "active", "cut off at {steps}: {shown} {:?}", world.logged.borrow());
        assert_eq!(edited(&mira, &copy), edited(&mira, &site), "cut off at {steps}");
        if !died {
            break;
        }
        steps += 1;
    }
    assert!(steps > 20, "{steps}");
}

#[test]
fn every_starting_point_makes_a_site_that_can_be_published() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    for (name, _) in intake::starts::SITES {
        let body = json!({"name": {"en": "Salt & <Pepper>"}, "locales": ["en"], "host": name, "from": {"template": name}});
        let site = id_of(new_site(&mira, body));
        block_on(after_change(&world));
        assert_eq!(
            mira.get(&at(&site, "")).value()["status"],
            "active",
            "{name}: {:?}",
            world.logged.borrow()
        );
        mira.post(&at(&site, "/releases"), json!({"everything": true})).must(201);
    }
}

#[test]
fn what_a_site_cannot_be_made_from_is_named_by_path() {
    let world = World::new();
    let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
    let (site, foreign) = (make_site(&mira, "one"), make_site(&noor, "two"));
    for (body, at) in [
        (json!({"host": "a", "from": {"site": foreign}}), "from.site"),
        (json!({"host": "a", "from": {"site": "nothing"}}), "from.site"),
        (json!({"host": "a", "from": {"site": site}, "locales": ["en"]}), "locales"),
        (json!({"host": "a", "from": {"site": site}, "name": {"de": "A"}}), "name.de"),
        (
            json!({"host": "a", "from": {"template": "x"}, "name": {"en": "A"}, "locales": ["en"]}),
            "from.template",
        ),
        (json!({"host": "a", "from": {"template": "shop"}}), "locales"),
        (
            json!({"host": "a", "from": {"template": "shop"}, "name": {"en": "A"}, "locales": ["en", "ar"]}),
            "locales",
        ),
        (json!({"host": "a", "from": "file", "name": {"en": "A"}}), "name"),
        (json!({"host": "a", "from": "nowhere"}), "from"),
    ] {
        let reply = new_site(&mira, body.clone()).must(422).value();
        let paths: Vec<_> = reply["problems"].as_array().unwrap().iter().map(|p| p["path"].clone()).collect();
        assert!(paths.contains(&json!(at)), "{body}: {paths:?}");
    }
    // Whoever may make sites, and may not see this one, cannot copy it.
    world.run_sql(&format!(
        "INSERT INTO roles (tenant_id, id, name, permissions, updated_at) VALUES ('{}', 'maker', 'Maker', '[\"sites.create\"]', '2026-03-14T09:30:00Z')",
        mira.tenant
    ));
    let maker = world.member(&mira.tenant, "maker", "", "maker");
    let refused = new_site(&maker, json!({"host": "a", "from": {"site": site}}));
    assert_eq!(refused.status, 403, "{}", refused.body);
}

#[test]
fn a_copy_for_which_the_plan_has_no_room_is_refused_at_once() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = bakery(&mira, "bakery");
    let limit = |limits: Value| world.run_sql(&format!("UPDATE tenants SET limits = '{limits}'"));
    let copy = || new_site(&mira, json!({"host": "copy", "from": {"site": site}}));
    for (limits, said) in [
        (json!({"sites": 1}), "Limit of sites: 1; in use: 1."),
        (json!({"pages": 3}), "Limit of pages: 3; in use: 2."),
        (json!({"entities": 2}), "Limit of entities: 2; in use: 2."),
        (json!({"storage": 10}), "Limit of storage: 10 bytes; in use:"),
    ] {
        limit(limits);
        let refused = copy().must(409).value();
        assert!(refused["detail"].as_str().unwrap().starts_with(said), "{refused}");
    }
    assert_eq!(world.ask("SELECT id FROM sites"), [json!({"id": site})]);
    // A plan that becomes smaller meanwhile ends it, and what was begun goes at once when it is deleted.
    limit(json!({}));
    let copy = id_of(copy());
    limit(json!({"entities": 3}));
    block_on(after_change(&world));
    let filling = mira.get(&at(&copy, "")).value()["filling"].clone();
    assert_eq!(filling["state"], "failed");
    assert!(filling["problem"].as_str().unwrap().contains("Limit of entities: 3"), "{filling}");
    mira.delete(&at(&copy, "")).must(200);
    block_on(every_minute(&world));
    mira.get(&at(&copy, "")).must(404);
    assert_eq!((rows_of(&world, &copy), stored(&world, &copy)), (vec![], vec![]));
}

/// A tar archive as other programs make one.
pub fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(vec![]);
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// The export of a site.
pub fn exported(mira: &Browser, site: &str) -> Vec<u8> {
    let reply = mira.get(&at(site, "/export")).must(200);
    assert_eq!(reply.header("content-type"), Some("application/x-tar"));
    reply.sent_later(mira.world)
}

fn entries(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(bytes);
    let read = |entry: std::io::Result<tar::Entry<&[u8]>>| {
        let mut entry = entry.unwrap();
        let mut bytes = vec![];
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        (entry.path().unwrap().to_string_lossy().into_owned(), bytes)
    };
    archive.entries().unwrap().map(read).collect()
}

fn send(mira: &Browser, site: &str, bytes: &[u8]) -> crate::http::Reply {
    mira.world.send(&mira.request("PUT", &at(site, "/content")).file(bytes))
}

fn waiting(mira: &Browser, host: &str) -> String {
    id_of(new_site(mira, json!({"host": host, "from": "file"})))
}

#[test]
fn an_exported_site_comes_back_from_its_file_as_it_was() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = market(&mira);
    let theme = json!({"base": "plain", "css": ".hero { color: #123456 }"});
    let saved = mira.request("PUT", &at(&site, "/settings/theme")).json(theme).with("if-match", "\"1\"");
    world.send(&saved).must(200);
    // What cannot be published yet.
    let nowhere = json!({"locale": "en", "path": "/nowhere", "title": "Nowhere", "description": "A page.", "sections": [
        {"component": "hero", "props": {"title": "Nowhere", "actions": [{"label": "On", "href": "/missing"}]}}]});
    mira.send("PUT", &at(&site, "/pages/nowhere"), nowhere).must(200);
    // Longer than a plain header takes.
    let long = format!("{}/{}", "a".repeat(60), "b".repeat(60));
    let upload = at(&site, &format!("/assets?name={}.png&folder={long}", "c".repeat(110)));
    world.send(&mira.request("POST", &upload).file(&png(64, 48))).must(201);
    let bytes = exported(&mira, &site);
    let names: Vec<String> = entries(&bytes).into_iter().map(|(name, _)| name).collect();
    for name in [
        "site.json",
        "files.json",
        "pages/loaf.json",
        "types/good.json",
        "entities/good-1.jsonl",
        "files/bread/Bread.png",
        "widths/bread/Bread.png/320.webp",
        "files/empty/one/",
        "files/site.css",
    ] {
        assert!(names.iter().any(|known| known == name), "{name}: {names:?}");
    }
    mira.delete(&at(&site, "")).must(200);
    let back = waiting(&mira, "back");
    let shown = || mira.get(&at(&back, "")).must(200).value();
    assert_eq!(shown()["filling"]["state"], "waiting");
    block_on(every_minute(&world));
    send(&mira, &back, &bytes).must(200);
    block_on(after_change(&world));
    assert_eq!(shown()["status"], "active", "{} {:?}", shown(), world.logged.borrow());
    assert_eq!(shown()["name"], json!({"en": "market"}));
    // Documents name files where they are now, and as they are spelled.
    let placed = |site: &str| {
        let mut all = edited(&mira, site);
        all["was"].take();
        all.to_string().replace("bread/Loaf.PNG", "bread/Bread.png")
    };
    assert_eq!(placed(&back), placed(&site));
    assert!(!edited(&mira, &back).to_string().to_lowercase().contains("loaf.png"));
    assert!(!world.stored().iter().any(|name| name.starts_with("upload/")), "{:?}", world.stored());
    let pages = json!({"pages": ["home", "spare", "loaf"]});
    mira.post(&at(&back, "/releases"), pages).must(201);
    let known = pages_in_kv(&world, &site);
    assert!(pages_in_kv(&world, &back).iter().all(|page| known.contains(page)));
    assert_eq!(exported(&mira, &back).len(), bytes.len());
    send(&mira, &back, &bytes).must(409);
}

#[test]
fn a_site_that_was_exported_and_imported_exports_the_same_again() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = market(&mira);
    let moved = |id: &str, base: u64, path: &str| {
        let page = json!({"locale": "en", "path": path, "title": path, "description": "A page.", "sections": [
            {"component": "hero", "props": {"title": path}}]});
        let save = mira.request("PUT", &at(&site, &format!("/pages/{id}"))).json(page);
        world.send(&save.with("if-match", format!("\"{base}\""))).must(200);
    };
    moved("loaf", 1, "/bread");
    mira.post(&at(&site, "/releases"), json!({"everything": true})).must(201);
    // Not published yet.
    moved("loaf", 2, "/breads");
    mira.delete(&at(&site, "/types/good")).must(204);
    let files = |site: &str| {
        let mut all = entries(&exported(&mira, site));
        all.sort();
        let settings = all.iter_mut().find(|(name, _)| name == "site.json").unwrap();
        let mut value: Value = serde_json::from_slice(&settings.1).unwrap();
        let redirects = value["redirects"].clone();
        assert_eq!(value["retired"], json!(["good"]));
        // What is the site's own.
        for name in ["id", "hosts", "name"] {
            value[name].take();
        }
        settings.1 = value.to_string().into_bytes();
        (all, redirects)
    };
    let (before, redirects) = files(&site);
    let automatic = |from: &str| json!({"from": from, "to": "/breads", "status": 301, "automatic": true});
    let own = json!({"from": "/old", "to": "/spare", "status": 302});
    assert_eq!(redirects, json!([automatic("/bread"), automatic("/loaf"), own]));
    let bytes = exported(&mira, &site);
    mira.delete(&at(&site, "")).must(200);
    let back = waiting(&mira, "back");
    send(&mira, &back, &bytes).must(200);
    block_on(after_change(&world));
    assert_eq!(mira.get(&at(&back, "")).value()["status"], "active", "{:?}", world.logged.borrow());
    let after = files(&back).0;
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert!(before == after, "{}: {}", before.0, String::from_utf8_lossy(&after.1));
    }
    assert_eq!(mira.get(&at(&back, "/types/good")).value()["status"], "retired");
    let listed = mira.get(&at(&back, "/redirects")).value();
    assert_eq!(listed["redirects"][0], automatic("/bread"));
    mira.post(&at(&back, "/releases"), json!({"everything": true})).must(201);
}

#[test]
fn redirects_of_moved_pages_come_back_with_a_list_unless_a_page_has_their_path() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = bakery(&mira, "bakery");
    let automatic = |from: &str| json!({"from": from, "to": "/spare", "automatic": true});
    let put = |list: Value| mira.send("PUT", &at(&site, "/redirects"), json!({"redirects": list}));
    let paths = || {
        let listed = mira.get(&at(&site, "/redirects")).value();
        let all = listed["redirects"].as_array().unwrap();
        all.iter().map(|one| (one["from"].clone(), one["automatic"].clone())).collect::<Vec<_>>()
    };
    put(json!([{"from": "/own", "to": "/spare"}, automatic("/was"), automatic("/")])).must(204);
    let both = [(json!("/own"), json!(false)), (json!("/was"), json!(true))];
    assert_eq!(paths(), both);
    put(json!([])).must(204);
    assert_eq!(paths(), both[1..], "people's own go, the other one stays");
    put(json!([automatic("no path")])).must(422);
}

#[test]
fn a_file_whose_way_was_cut_off_anywhere_is_sent_again_and_nothing_is_left_loose() {
    let first = World::new();
    let mira = first.sign_up("mira@example.org");
    let site = bakery(&mira, "bakery");
    let bytes = exported(&mira, &site);
    let back = waiting(&mira, "back");
    let mut steps = 0;
    loop {
        let world = first.copy();
        let mira = Browser { world: &world, ..mira.clone() };
        world.dies_in.set(Some(steps));
        let sent = send(&mira, &back, &bytes).status;
        block_on(after_change(&world));
        let died = world.dies_in.take() == Some(0);
        world.pass(crate::clock::HOUR);
        if sent != 200 {
            let again = send(&mira, &back, &bytes);
            assert!(matches!(again.status, 200 | 409), "cut off at {steps}: {}", again.body);
        }
        block_on(every_minute(&world));
        assert_eq!(
            mira.get(&at(&back, "")).value()["status"],
            "active",
            "{steps}: {:?}",
            world.logged.borrow()
        );
        assert_eq!(edited(&mira, &back), edited(&mira, &site), "cut off at {steps}");
        if !died {
            break;
        }
        steps += 1;
    }
    assert!(steps > 20, "{steps}");
    // Cut off in the file itself.
    for end in [0, 100, 512, 1_000, bytes.len() / 2, bytes.len() - 1_100] {
        let world = first.copy();
        let mira = Browser { world: &world, ..mira.clone() };
        let refused = send(&mira, &back, &bytes[..end]).must(422).value();
        assert!(
            refused["problems"][0]["message"].as_str().unwrap().contains("ends after"),
            "{end}: {refused}"
        );
        send(&mira, &back, &bytes).must(200);
    }
}

#[test]
fn what_is_wrong_with_a_file_is_named_by_its_place_and_nothing_is_written() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let back = waiting(&mira, "back");
    let site =
        json!({"name": {"en": "A"}, "hosts": [], "locales": ["en"], "theme": {"base": "plain"}}).to_string();
    let retired = site.replacen('{', "{\"retired\": [\"nothing\"], ", 1);
    let home = crate::tests::isolation::body("save_page").to_string().replace("/new", "/");
    let bad = home.replace("\"hero\"", "\"heros\"").replace("\"/\"", "\"/other\"");
    let with = |path: &'static str, bytes: &[u8]| {
        archive(&[("site.json", site.as_bytes()), ("pages/home.json", home.as_bytes()), (path, bytes)])
    };
    let link = |name: &str| {
        let mut builder = tar::Builder::new(vec![]);
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        builder.append_link(&mut header, name, "/etc/passwd").unwrap();
        builder.into_inner().unwrap()
    };
    let mut spoilt = with("types/x.json", b"{}");
    spoilt[10] ^= 1;
    for (bytes, place, said) in [
        (b"no tar at all".repeat(100), "file", "no tar archive"),
        (spoilt, "file", "no tar archive"),
        (link("files/a.png"), "file", "neither a file nor a folder"),
        (archive(&[("pages/home.json", home.as_bytes())]), "site.json", "no such file"),
        (with("pages/other.json", bad.as_bytes()), "pages/other: sections[0].component", "heros"),
        (with("pages/x.json", b"{\"id\": 1"), "pages/x.json", "EOF"),
        (with("pages/x.json", b"\xff"), "pages/x.json", "UTF-8"),
        (with("types/note.json", b"{\"id\": \"note\"}"), "types/note: name", "missing"),
        (with("entities/note.jsonl", b"{}"), "entities/note-1.jsonl", "no entity type"),
        (with("files/run.exe", b"MZ\x90\0\x03"), "files/run.exe: file", "programs are not taken"),
        (with("files/a?b.png", &png(8, 8)), "files/a?b.png: name", "may not hold"),
        (with("files/a.png", b""), "files/a.png: file", "empty"),
        (
            archive(&[("site.json", retired.as_bytes()), ("pages/home.json", home.as_bytes())]),
            "site.json: retired[0]",
            "no type",
        ),
        (with("widths/a.png/320.webp", b"x"), "widths/a.png/320.webp: ", "no file that came before"),
        (with("files.json", b"{\"a.png\": {\"alt\": {\"de\": \"x\"}}}"), "files.json: a.png", "not among"),
    ] {
        let refused = send(&mira, &back, &bytes).must(422).value();
        let found = refused["problems"].as_array().unwrap().iter().find(|p| p["path"] == place);
        let message = found.map(|p| p["message"].to_string()).unwrap_or_default();
        assert!(message.contains(said), "{place} {said}: {refused}");
    }
    assert!(world.ask("SELECT 1 FROM pages").is_empty() && world.ask("SELECT 1 FROM settings").is_empty());
    assert_eq!(mira.get(&at(&back, "")).value()["filling"]["state"], "waiting");
    send(&mira, &back, &with("files/a.png", &png(8, 8))).must(200);
    let ready = make_site(&mira, "ready");
    send(&mira, &ready, &with("files/a.png", &png(8, 8))).must(409);
}
