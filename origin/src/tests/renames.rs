//! Fields of types that get other names on a live site.

use crate::http::Reply;
use crate::testing::World;
use crate::tests::entities::{product, record};
use crate::tests::publish::{Desk, page, site};
use model::records::PageRecord;
use serde_json::{Value, json};

fn home() -> Value {
    let mut home = page("/", "Shop");
    let fields = json!([{"field": "title"}, {"field": "price"}]);
    let props = json!({"type": "product", "index": "price", "fields": fields, "link": "/products/:slug"});
    home["sections"].as_array_mut().unwrap().push(json!({"component": "entity-list", "props": props}));
    home
}

/// A shop that is live: a shown record, one whose change waits, a draft, one in the trash.
fn shop(world: &World) -> Desk<'_> {
    let desk = Desk::new(world);
    desk.put("/types/product", None, product()).must(200);
    let mut detail = page("/products/:slug", "{title}");
    detail["entity"] = json!("product");
    desk.put("/pages/product", None, detail).must(200);
    desk.put("/pages/home", None, home()).must(200);
    for (id, price, sku) in [("shown", 1, "s"), ("waits", 2, "w"), ("trash", 4, "t")] {
        desk.put(
            &format!("/entities/{id}"),
            None,
            record(id, json!({"title": id, "price": price, "sku": sku})),
        )
        .must(200);
    }
    for (id, base, price) in [("waits", Some(1), 20), ("draft", None, 3)] {
        let mut draft = record(id, json!({"title": id, "price": price, "sku": id, "also": ["shown"]}));
        draft["publish"] = json!(false);
        desk.put(&format!("/entities/{id}"), base, draft).must(200);
    }
    desk.who.delete(&desk.path("/entities/trash")).must(204);
    desk.publish(json!({"everything": true})).must(201);
    desk
}

/// `price`, `sku` and `also` are `cost`, `number` and `related` now.
fn renamed() -> Value {
    let text = product().to_string().replace("\"price\"", "\"cost\"");
    let text = text.replace("\"sku\"", "\"number\"").replace("\"also\"", "\"related\"");
    let mut renamed: Value = serde_json::from_str(&text).unwrap();
    renamed["indexes"][0]["name"] = json!("price");
    renamed["renamed"] = json!({"price": "cost", "sku": "number", "also": "related"});
    renamed
}

fn put(desk: &Desk, query: &str, body: Value) -> Reply {
    let request = desk.who.request("PUT", &desk.path(&format!("/types/product{query}"))).json(body);
    desk.who.world.send(&request.with("if-match", "\"1\""))
}

#[test]
fn fields_of_many_long_records_get_other_names() {
    let world = World::new();
    let desk = Desk::new(&world);
    let mut long = product();
    let body = json!({"name": "body", "kind": "long_text", "max": 100_000});
    long["fields"].as_array_mut().unwrap().push(body);
    desk.put("/types/product", None, long.clone()).must(200);
    for n in 0..30 {
        let fields = json!({"title": "T", "price": n, "body": "x".repeat(90_000)});
        desk.put(&format!("/entities/r{n}"), None, record(&format!("r{n}"), fields)).must(200);
    }
    let mut other: Value = serde_json::from_str(&long.to_string().replace("\"price\"", "\"cost\"")).unwrap();
    other["indexes"][0]["name"] = json!("price");
    other["renamed"] = json!({"price": "cost"});
    put(&desk, "", other).must(200);
    let named = world.ask("SELECT 1 FROM revisions WHERE number = 2 AND document LIKE '%\"cost\":%'");
    assert_eq!(named.len(), 30);
}

/// What visitors see: the field that the home page's list names, and the fields of records and of list entries.
fn seen(world: &World) -> (String, Vec<Value>, Vec<Value>) {
    let content = site(world, "bakery.localhost").unwrap();
    let route = &content.routes.exact[&model::names::PagePath::parse("/").unwrap()];
    let kv = world.kv.borrow();
    let key = kv.keys().find(|key| key.ends_with(&format!("/{}", route.page))).unwrap();
    let text = &kv[key];
    PageRecord::parse(text).unwrap();
    let named = ["price", "cost"].into_iter().filter(|name| text.contains(&format!("\"field\":\"{name}\"")));
    let json = |rows: Vec<Value>| {
        rows.iter().map(|row| serde_json::from_str(row["json"].as_str().unwrap()).unwrap()).collect()
    };
    let data = "SELECT data AS json FROM entities WHERE status = 'published' ORDER BY id";
    let lists =
        "SELECT fields AS json FROM entity_lists WHERE list LIKE 'product_en_price' ORDER BY entity_id";
    (named.collect(), json(world.ask(data)), json(world.ask(lists)))
}

fn assert_renamed(world: &World, desk: &Desk) {
    let (named, data, lists) = seen(world);
    assert_eq!(named, "cost");
    let cost = |rows: &[Value]| rows.iter().map(|row| row["cost"].clone()).collect::<Vec<_>>();
    assert_eq!((cost(&data), cost(&lists)), (vec![json!(1), json!(2)], vec![json!(1), json!(2)]));
    assert_eq!(data[0]["number"], "s");
    let waits = desk.who.get(&desk.path("/entities/waits")).must(200).value();
    assert_eq!(
        waits["document"]["fields"],
        json!({"title": "waits", "cost": 20, "number": "waits", "related": ["shown"]})
    );
    assert_ne!(waits["revision"], waits["published_revision"], "it waits as before");
    let shown = desk.who.get(&desk.path("/entities/shown")).must(200).value();
    assert_eq!((&shown["revision"], &shown["published_revision"]), (&json!(2), &json!(2)));
    let draft = desk.who.get(&desk.path("/entities/draft")).must(200).value();
    assert_eq!(draft["document"]["fields"]["cost"], 3);
    assert_eq!(world.ask("SELECT DISTINCT field FROM entity_unique_values"), [json!({"field": "number"})]);
    assert_eq!(
        world.ask("SELECT DISTINCT field FROM entity_relations"),
        [json!({"field": "fields.related[0]"})]
    );
}

#[test]
fn values_lists_and_sections_follow_a_field_to_its_new_name() {
    let world = World::new();
    let desk = shop(&world);
    let dry = put(&desk, "?dry_run=true", renamed()).must(200).value();
    assert_eq!(dry["follows"], json!(["pages/home: sections[1].props.fields[1].field"]), "{dry}");
    assert_eq!((&dry["misfits"], &dry["revision"]), (&json!([]), &json!(1)));
    assert_eq!(seen(&world).0, "price");
    put(&desk, "", renamed()).must(200);
    assert_renamed(&world, &desk);
    // What is saved now has the new names, and what waits can be published.
    desk.who.post(&desk.path("/entities/waits/publish"), json!({})).must(200);
    desk.who.post(&desk.path("/entities/draft/publish"), json!({})).must(200);
    assert_eq!(seen(&world).2[0], json!({"title": "draft", "cost": 3}));
}

#[test]
fn old_states_of_records_are_restored_under_the_new_names() {
    let world = World::new();
    let desk = shop(&world);
    put(&desk, "", renamed()).must(200);
    let old = desk.who.get(&desk.path("/revisions/entity/shown/1")).must(200).value();
    assert_eq!(old["document"]["fields"]["price"], 1, "history stays as it was");
    let restore = desk.who.request("POST", &desk.path("/revisions/entity/shown/1/restore"));
    world.send(&restore.with("if-match", "\"2\"")).must(200);
    let now = desk.who.get(&desk.path("/entities/shown")).must(200).value();
    assert_eq!(now["document"]["fields"], json!({"title": "shown", "cost": 1, "number": "s"}));
    desk.who.post(&desk.path("/entities/trash/restore"), json!({})).must(200);
    assert_eq!(desk.who.get(&desk.path("/entities/trash")).value()["document"]["fields"]["cost"], 4);
}

#[test]
fn names_that_do_not_fit_are_refused_one_by_one() {
    let world = World::new();
    let desk = shop(&world);
    let refused = |renames: Value, at: &str| {
        let mut body = renamed();
        body["renamed"] = renames;
        let refused = put(&desk, "", body).must(422).value();
        assert_eq!(refused["problems"][0]["path"], at, "{refused}");
    };
    refused(json!({"none": "cost"}), "renamed.none");
    refused(json!({"title": "cost"}), "renamed.title");
    refused(json!({"price": "none"}), "renamed.price");
    refused(json!({"price": "title"}), "renamed.price");
    refused(json!({"price": "cost", "sku": "cost"}), "renamed.sku");
    refused(json!({"price": 1}), "renamed.price");
    let mut more = renamed();
    more["listed"] = json!(["title"]);
    let refused_more = put(&desk, "", more).must(422).value();
    assert_eq!(refused_more["problems"][0]["path"], "renamed", "{refused_more}");
    more = renamed();
    more["fields"][1]["unique"] = json!(true);
    put(&desk, "", more).must(422);
    refused(json!(["price"]), "renamed");
    // A name that is left out: its values would have none.
    refused(json!({"price": "cost", "also": "related"}), "draft: fields.sku");
}

#[test]
fn a_page_whose_changes_wait_is_named_and_nothing_is_renamed() {
    let world = World::new();
    let desk = shop(&world);
    let mut changed = home();
    changed["title"] = json!("Waits");
    desk.put("/pages/home", Some(1), changed).must(200);
    let before = (seen(&world), world.ask("SELECT * FROM revisions"));
    let refused = put(&desk, "", renamed()).must(422).value();
    assert_eq!(refused["problems"][0]["path"], "pages/home", "{refused}");
    assert_eq!((seen(&world), world.ask("SELECT * FROM revisions")), before);
    desk.publish(json!({"pages": ["home"]})).must(201);
    put(&desk, "", renamed()).must(200);
    assert_renamed(&world, &desk);
}

#[test]
fn a_change_that_was_cut_off_at_any_step_shows_every_value_and_goes_on_when_sent_again() {
    let first = World::new();
    let desk = shop(&first);
    for step in 0..200 {
        let world = first.copy();
        let desk = Desk {
            who: crate::testing::Browser { world: &world, ..desk.who.clone() },
            site: desk.site.clone(),
        };
        world.dies_in.set(Some(step));
        let done = put(&desk, "", renamed()).status == 200;
        world.dies_in.set(None);
        futures::executor::block_on(crate::jobs::every_minute(&world));
        // Whatever name the page asks for, the records have it.
        let (named, data, lists) = seen(&world);
        for values in data.iter().chain(&lists) {
            assert!(values.get(&named).is_some(), "step {step}: {named} of {values}");
        }
        // Until the lease of the one that died has ended.
        world.pass(2 * crate::clock::MINUTE);
        put(&desk, "", renamed()).must(200);
        futures::executor::block_on(crate::jobs::every_minute(&world));
        assert_renamed(&world, &desk);
        if done {
            assert!(step > 10);
            return;
        }
    }
    panic!("it was never done at once");
}
