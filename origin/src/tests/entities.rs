//! Types and records: saving, showing, hiding, lists, unique values, relations, imports.

use crate::http::Reply;
use crate::testing::World;
use crate::tests::publish::{Desk, page, site};
use serde_json::{Value, json};

pub fn product() -> Value {
    json!({
        "name": "Product", "title_field": "title", "listed": ["title", "price"],
        "fields": [
            {"name": "title", "kind": "text", "required": true, "searchable": true},
            {"name": "price", "kind": "integer", "min": 0, "max": 100000},
            {"name": "sku", "kind": "text", "unique": true},
            {"name": "brand", "kind": "text"},
            {"name": "also", "kind": "list", "of": {"kind": "relation", "to": "product"}}
        ],
        "indexes": [{"name": "price", "sort": "price"}, {"name": "brand-price", "filter": ["brand"], "sort": "price"}]
    })
}

pub fn record(slug: &str, fields: Value) -> Value {
    json!({"type": "product", "locale": "en", "slug": slug, "published_at": "2026-03-01T00:00:00Z", "fields": fields, "publish": true})
}

fn shop(world: &World) -> Desk<'_> {
    let desk = Desk::new(world);
    desk.put("/types/product", None, product()).must(200);
    desk
}

fn listed(world: &World, index: &str) -> Vec<String> {
    let rows = world.ask(&format!(
        "SELECT slug FROM entity_lists WHERE list LIKE 'product_en_{index}%' ORDER BY sort, entity_id"
    ));
    rows.iter().map(|row| row["slug"].as_str().unwrap().to_owned()).collect()
}

fn import(desk: &Desk, id: &str, media: &str, body: &str) -> Reply {
    let request = desk.who.request("PUT", &desk.path(&format!("/imports/{id}?type=product&publish=true")));
    desk.who.world.send(&request.file(body.as_bytes()).with("content-type", media))
}

#[test]
fn a_published_record_stands_in_its_lists_and_a_draft_in_none() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/entities/loaf", None, record("loaf", json!({"title": "Loaf", "price": 300, "brand": "A"})))
        .must(200);
    let mut draft = record("roll", json!({"title": "Roll", "price": 90}));
    draft["publish"] = json!(false);
    desk.put("/entities/roll", None, draft).must(200);
    assert_eq!(listed(&world, "price"), ["loaf"]);
    assert_eq!(listed(&world, "brand-price_A"), ["loaf"]);
    // A change that is not published waits.
    let mut change = record("loaf", json!({"title": "Loaf", "price": 10, "brand": "B"}));
    change["publish"] = json!(false);
    desk.put("/entities/loaf", Some(1), change).must(200);
    assert_eq!(listed(&world, "brand-price_A"), ["loaf"]);
    let shown = desk.who.get(&desk.path("/entities/loaf")).must(200).value();
    assert_eq!((shown["revision"].as_u64(), shown["published_revision"].as_u64()), (Some(2), Some(1)));
    desk.who.post(&desk.path("/entities/loaf/publish"), json!({})).must(200);
    assert_eq!(
        (listed(&world, "brand-price_A"), listed(&world, "brand-price_B")),
        (vec![], vec!["loaf".to_owned()])
    );
    desk.who.post(&desk.path("/entities/roll/publish"), json!({})).must(200);
    assert_eq!(listed(&world, "price"), ["loaf", "roll"]);
}

#[test]
fn numbers_of_shown_records_stay_dense_when_one_is_hidden() {
    let world = World::new();
    let desk = shop(&world);
    for name in ["a", "b", "c"] {
        desk.put(&format!("/entities/{name}"), None, record(name, json!({"title": name}))).must(200);
    }
    desk.who.post(&desk.path("/entities/a/unpublish"), json!({})).must(204);
    let rows = world.ask("SELECT id, seq FROM entities WHERE status = 'published' ORDER BY seq");
    assert_eq!(json!(rows), json!([{"id": "c", "seq": 0}, {"id": "b", "seq": 1}]));
    desk.put("/entities/d", None, record("d", json!({"title": "d"}))).must(200);
    assert_eq!(world.ask("SELECT seq FROM entities WHERE id = 'd'")[0]["seq"], 2);
}

#[test]
fn values_that_must_be_unique_and_slugs_have_one_owner() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/entities/a", None, record("a", json!({"title": "A", "sku": "1"}))).must(200);
    let refused =
        desk.put("/entities/b", None, record("b", json!({"title": "B", "sku": "1"}))).must(422).value();
    assert_eq!(refused["problems"][0]["path"], "fields.sku", "{refused}");
    let refused = desk.put("/entities/b", None, record("a", json!({"title": "B"}))).must(422).value();
    assert_eq!(refused["problems"][0]["path"], "slug", "{refused}");
    // In the trash it gives both back.
    desk.who.delete(&desk.path("/entities/a")).must(204);
    desk.put("/entities/b", None, record("a", json!({"title": "B", "sku": "1"}))).must(200);
    desk.who.post(&desk.path("/entities/a/restore"), json!({})).must(422);
}

#[test]
fn a_record_that_others_refer_to_is_not_thrown_away() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/entities/a", None, record("a", json!({"title": "A"}))).must(200);
    let refused = desk
        .put("/entities/b", None, record("b", json!({"title": "B", "also": ["nobody"]})))
        .must(422)
        .value();
    assert_eq!(refused["problems"][0]["path"], "fields.also[0]", "{refused}");
    desk.put("/entities/b", None, record("b", json!({"title": "B", "also": ["a"]}))).must(200);
    let refused = desk.who.delete(&desk.path("/entities/a")).must(409).value();
    assert!(refused["detail"].as_str().unwrap().contains("b (fields.also[0])"), "{refused}");
    desk.who.delete(&desk.path("/entities/b")).must(204);
    desk.who.delete(&desk.path("/entities/a")).must(204);
    desk.who.post(&desk.path("/entities/a/restore"), json!({})).must(200);
    assert_eq!(desk.who.get(&desk.path("/entities/a")).value()["status"], "draft");
}

#[test]
fn a_changed_record_makes_cached_lists_old() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/pages/home", None, page("/", "Shop")).must(200);
    desk.publish(json!({"everything": true})).must(201);
    let before = site(&world, "bakery.localhost").unwrap().epoch;
    desk.put("/entities/a", None, record("a", json!({"title": "A"}))).must(200);
    futures::executor::block_on(crate::jobs::after_change(&world));
    assert_eq!(site(&world, "bakery.localhost").unwrap().epoch, before + 1);
}

#[test]
fn a_type_that_records_do_not_fit_is_refused_with_their_names() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/entities/a", None, record("a", json!({"title": "A"}))).must(200);
    let mut stricter = product();
    stricter["fields"][3]["required"] = json!(true);
    let request = desk.who.request("PUT", &desk.path("/types/product?dry_run=true")).json(stricter.clone());
    let dry = world.send(&request.with("if-match", "\"1\"")).must(200).value();
    assert_eq!(dry["misfits"][0]["id"], "a", "{dry}");
    assert_eq!(dry["misfits"][0]["problems"][0]["path"], "fields.brand");
    desk.put("/types/product", Some(1), stricter).must(422);
    assert_eq!(desk.who.get(&desk.path("/types/product")).value()["revision"], 1);
}

#[test]
fn a_new_index_has_the_records_that_there_are() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/entities/a", None, record("a", json!({"title": "A", "price": 5}))).must(200);
    let mut more = product();
    more["indexes"].as_array_mut().unwrap().push(json!({"name": "title", "sort": "title"}));
    desk.put("/types/product", Some(1), more).must(200);
    assert_eq!(listed(&world, "title"), ["a"]);
    assert_eq!(desk.who.get(&desk.path("/entities/a")).value()["revision"], 1);
}

#[test]
fn an_import_takes_the_good_rows_and_names_the_others_by_line() {
    let world = World::new();
    let desk = shop(&world);
    let csv =
        "id,slug,title,price,sku,also\na,a,Loaf,300,1,\nb,b,,x,2,\nc,c,Roll,90,1,a|b\nd,d,Cake,500,4,a\n";
    let report = import(&desk, "first", "text/csv", csv).must(200).value();
    let counts = ["rows", "done", "created", "refused"].map(|name| report[name].as_u64().unwrap());
    assert_eq!(counts, [4, 4, 2, 2], "{report}");
    let lines: Vec<_> = report["problems"].as_array().unwrap().iter().map(|p| p["line"].clone()).collect();
    assert_eq!(json!(lines), json!([3, 4]));
    assert_eq!(listed(&world, "price"), ["a", "d"]);
    // Sent again it is the same import; under another name the same rows change nothing.
    assert_eq!(import(&desk, "first", "text/csv", csv).must(200).value(), report);
    let again = import(&desk, "second", "text/csv", csv).must(200).value();
    assert_eq!((again["unchanged"].as_u64(), again["refused"].as_u64()), (Some(2), Some(2)), "{again}");
    import(&desk, "first", "text/csv", "id,slug\n").must(422);
}

#[test]
fn an_import_that_was_cut_off_at_any_step_goes_on_where_it_was() {
    let rows = |n: usize| {
        (0..n)
            .map(|n| format!("{{\"id\": \"r{n}\", \"slug\": \"r{n}\", \"fields\": {{\"title\": \"R {n}\", \"price\": {n}}}}}"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let body = rows(600);
    for step in 0..30 {
        let world = World::new();
        let desk = shop(&world);
        world.dies_in.set(Some(step));
        let first = import(&desk, "big", "application/jsonl", &body);
        world.dies_in.set(None);
        let done = import(&desk, "big", "application/jsonl", &body).must(200).value();
        assert_eq!(
            (done["done"].as_u64(), done["created"].as_u64()),
            (Some(600), Some(600)),
            "{step}: {done}"
        );
        assert_eq!(world.ask("SELECT count(*) AS n FROM entities")[0]["n"], 600);
        assert_eq!(world.ask("SELECT max(seq) AS n FROM entities")[0]["n"], 599);
        assert_eq!(world.ask("SELECT count(*) AS n FROM revisions WHERE subject = 'entity'")[0]["n"], 600);
        if first.status == 200 {
            return;
        }
    }
    panic!("it was never done at once");
}

#[test]
fn a_plan_limits_pages_and_records_and_what_goes_makes_room() {
    let world = World::new();
    let desk = shop(&world);
    world.run_sql("UPDATE tenants SET limits = '{\"pages\": 1, \"entities\": 2}'");
    desk.put("/pages/home", None, page("/", "Home")).must(200);
    let refused = desk.put("/pages/more", None, page("/more", "More")).must(409).value();
    assert_eq!(refused["type"], "/problems/plan-limit", "{refused}");
    desk.put("/pages/home", Some(1), page("/", "Home again")).must(200);
    desk.who.delete(&desk.path("/pages/home")).must(204);
    desk.put("/pages/more", None, page("/more", "More")).must(200);
    desk.put("/entities/a", None, record("a", json!({"title": "A"}))).must(200);
    let rows = "id,slug,title\nb,b,B\nc,c,C\n";
    let refused = import(&desk, "many", "text/csv", rows).must(409).value();
    assert!(refused["detail"].as_str().unwrap().contains("Limit of entities: 2; in use: 1"), "{refused}");
    import(&desk, "one", "text/csv", "id,slug,title\nb,b,B\n").must(200);
    desk.who.delete(&desk.path("/entities/a")).must(204);
    import(&desk, "next", "text/csv", "id,slug,title\nc,c,C\n").must(200);
}

#[test]
fn many_records_are_changed_at_once_and_each_is_checked() {
    let world = World::new();
    let desk = shop(&world);
    for name in ["a", "b"] {
        desk.put(&format!("/entities/{name}"), None, record(name, json!({"title": name, "price": 1})))
            .must(200);
    }
    let done =
        desk.who.post(&desk.path("/entities/bulk"), json!({"ids": ["a", "b", "x"], "set": {"brand": "C"}}));
    let done = done.must(200).value();
    assert_eq!((done["changed"].as_u64(), done["refused"][0]["id"].as_str()), (Some(2), Some("x")), "{done}");
    assert_eq!(listed(&world, "brand-price_C"), ["a", "b"]);
}

#[test]
fn a_page_may_show_a_single_record_that_the_database_has() {
    let world = World::new();
    let desk = shop(&world);
    let mut detail = page("/products/:slug", "{title}");
    detail["entity"] = json!("product");
    desk.put("/pages/product", None, detail).must(200);
    let mut home = page("/", "Shop");
    let props = json!({"type": "product", "slug": "lamp", "link": "/products/:slug"});
    home["sections"].as_array_mut().unwrap().push(json!({"component": "product-card", "props": props}));
    desk.put("/pages/home", None, home).must(200);
    desk.publish(json!({"everything": true})).must(201);
}

#[test]
fn a_record_that_would_stand_in_too_many_lists_is_refused_with_the_list() {
    let world = World::new();
    let desk = shop(&world);
    let mut many = product();
    let list = |name: &str| json!({"name": name, "kind": "list", "of": {"kind": "text"}});
    many["fields"].as_array_mut().unwrap().extend([list("sizes"), list("colours")]);
    let index = json!({"name": "by-all", "filter": ["sizes", "colours"], "sort": "title"});
    many["indexes"].as_array_mut().unwrap().push(index);
    desk.put("/types/product", Some(1), many).must(200);
    let values = |n: usize| (0..n).map(|n| n.to_string()).collect::<Vec<_>>();
    let fields =
        |n| json!({"title": "A", "price": 1, "brand": "B", "sizes": values(20), "colours": values(n)});
    desk.put("/entities/a", None, record("a", fields(24))).must(200);
    assert_eq!(listed(&world, "by-all").len(), 480);
    let refused = desk.put("/entities/a", Some(1), record("a", fields(25))).must(422).value();
    assert_eq!(refused["problems"][0]["path"], "fields.sizes", "{refused}");
    let message = refused["problems"][0]["message"].as_str().unwrap();
    assert!(message.contains("in 502 lists, 500 of them in \"by-all\""), "{message}");
}

#[test]
fn a_list_has_the_documents_on_request_and_ends_a_page_where_they_are_long() {
    let world = World::new();
    let desk = shop(&world);
    let mut long = product();
    long["fields"].as_array_mut().unwrap().push(json!({"name": "body", "kind": "long_text", "max": 900_000}));
    desk.put("/types/product", Some(1), long).must(200);
    for n in 0..7 {
        world.pass(1000);
        let fields = json!({"title": format!("{n}"), "body": "x".repeat(900_000)});
        desk.put(&format!("/entities/r{n}"), None, record(&format!("r{n}"), fields)).must(200);
    }
    let list =
        |more: &str| desk.who.get(&desk.path(&format!("/entities?type=product{more}"))).must(200).value();
    assert_eq!(list("")["entities"][0]["document"], Value::Null);
    let first = list("&include=document");
    let ids = |page: &Value| {
        page["entities"].as_array().unwrap().iter().map(|e| e["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&first), ["r6", "r5", "r4", "r3"]);
    assert_eq!(first["entities"][0]["document"]["fields"]["title"], "6");
    let second = list(&format!("&include=document&after={}", first["next"].as_str().unwrap()));
    assert_eq!((ids(&second), &second["next"]), (vec![json!("r2"), json!("r1"), json!("r0")], &Value::Null));
    desk.who.get(&desk.path("/entities?type=product&include=all")).must(422);
}

#[test]
fn an_old_state_of_a_record_is_restored_as_a_draft() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/entities/a", None, record("a", json!({"title": "First", "price": 1}))).must(200);
    desk.put("/entities/a", Some(1), record("a", json!({"title": "Second", "price": 2}))).must(200);
    let revisions = desk.who.get(&desk.path("/revisions/entity/a")).must(200).value();
    assert_eq!(revisions["revisions"].as_array().unwrap().len(), 2);
    let differences = desk.who.get(&desk.path("/revisions/entity/a/1/differences?to=2")).must(200).value();
    assert!(differences.to_string().contains("fields.title"), "{differences}");
    let restore = |base: &str| {
        let request = desk.who.request("POST", &desk.path("/revisions/entity/a/1/restore"));
        world.send(&if base.is_empty() { request } else { request.with("if-match", base) })
    };
    restore("").must(428);
    restore("\"1\"").must(409);
    assert_eq!(restore("\"2\"").must(200).value()["revision"], 3);
    let now = desk.who.get(&desk.path("/entities/a")).must(200).value();
    assert_eq!(now["document"]["fields"]["title"], "First");
    assert_eq!((now["status"].as_str(), now["published_revision"].as_u64()), (Some("published"), Some(2)));
    let shown = world.ask("SELECT title FROM entities WHERE id = 'a'");
    assert_eq!(shown[0]["title"], "Second", "visitors see the published state until it is published");
    desk.who.delete(&desk.path("/entities/a")).must(204);
    restore("\"3\"").must(409);
}

#[test]
fn the_search_finds_records_where_their_page_is_published() {
    let world = World::new();
    let desk = shop(&world);
    let detail = |path: &str| {
        let mut detail = page(path, "{title}");
        detail["entity"] = json!("product");
        detail
    };
    let found = || {
        let rows = world.ask("SELECT s.path FROM search_documents d JOIN search s ON s.rowid = d.row WHERE d.kind = 'entity' ORDER BY d.id");
        rows.iter().map(|row| row["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    desk.put("/pages/product", None, detail("/products/:slug")).must(200);
    desk.put("/pages/home", None, page("/", "Home")).must(200);
    desk.put("/entities/a", None, record("a", json!({"title": "A"}))).must(200);
    desk.publish(json!({"everything": true})).must(201);
    desk.put("/pages/product", Some(1), detail("/goods/:slug")).must(200);
    // Not published yet: what is saved now is found at the old path, too.
    desk.put("/entities/b", None, record("b", json!({"title": "B"}))).must(200);
    assert_eq!(found(), ["/products/a", "/products/b"]);
    desk.publish(json!({"everything": true})).must(201);
    assert_eq!(found(), ["/goods/a", "/goods/b"]);
    desk.put("/entities/c", None, record("c", json!({"title": "C"}))).must(200);
    desk.who.post(&desk.path("/releases/1/roll-back"), json!({})).must(201);
    assert_eq!(found(), ["/products/a", "/products/b", "/products/c"]);
}

#[test]
fn what_is_written_without_spaces_is_found_from_any_character_on() {
    let world = World::new();
    let desk = shop(&world);
    let mut detail = page("/products/:slug", "{title}");
    detail["entity"] = json!("product");
    desk.put("/pages/product", None, detail).must(200);
    desk.put("/pages/home", None, page("/", "東京の港")).must(200);
    for (id, title) in [("a", "私は東京大学で2025年に学んだ"), ("b", "ร้านอาหารไทยอร่อย"), ("c", "Rye bread")]
    {
        desk.put(&format!("/entities/{id}"), None, record(id, json!({"title": title}))).must(200);
    }
    desk.publish(json!({"everything": true})).must(201);
    let found = |typed: &str| {
        let words = model::query::search_expression(typed).unwrap();
        let rows = world.ask(&format!("SELECT path FROM search WHERE search MATCH '{words}' ORDER BY path"));
        rows.iter().map(|row| row["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let all = || {
        for (typed, paths) in [
            ("大学", "/products/a"),
            ("東京", "/ /products/a"),
            ("大学 東京", "/products/a"),
            ("2025年", "/products/a"),
            ("学大", ""),
            ("อร่อย", "/products/b"),
            ("อาหาร", "/products/b"),
            ("bre", "/products/c"),
        ] {
            assert_eq!(found(typed), paths, "{typed}");
        }
    };
    all();
    let known = || world.ask("SELECT rowid, scope, title, body FROM search ORDER BY rowid");
    let new = known();
    // What was written before it was read so, is.
    world.run_sql(
        "UPDATE search SET scope = substr(scope, 1, instr(scope || 't', 't') - 1), title = replace(title, char(31), ''), \
         body = replace(body, char(31), '')",
    );
    assert_eq!(found("大学"), "");
    world.run_sql(include_str!("../../../migrations/0018_search_words.sql"));
    assert_eq!(known(), new);
    all();
}

#[test]
fn a_retired_type_takes_changes_and_no_new_records() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/entities/a", None, record("a", json!({"title": "A"}))).must(200);
    desk.who.delete(&desk.path("/types/product")).must(204);
    let refused = desk.put("/entities/b", None, record("b", json!({"title": "B"}))).must(422).value();
    assert_eq!(refused["problems"][0]["path"], "type", "{refused}");
    desk.put("/entities/a", Some(1), record("a", json!({"title": "Changed"}))).must(200);
    desk.put("/types/product", Some(1), product()).must(200);
    desk.put("/entities/b", None, record("b", json!({"title": "B"}))).must(200);
}

#[test]
fn a_site_has_types_up_to_a_number_that_is_listed_whole() {
    let world = World::new();
    let desk = Desk::new(&world);
    for n in 0..200 {
        desk.put(&format!("/types/t{n}"), None, product()).must(200);
    }
    desk.put("/types/one_more", None, product()).must(409);
    desk.put("/types/t7", Some(1), product()).must(200);
    assert_eq!(desk.who.get(&desk.path("/types")).must(200).value().as_array().unwrap().len(), 200);
}

#[test]
fn a_field_that_becomes_unique_has_the_values_of_all_records_or_says_which_are_twice() {
    let world = World::new();
    let desk = shop(&world);
    let with = |unique: bool| {
        let mut product = product();
        product["fields"][2]["unique"] = json!(unique);
        product
    };
    desk.put("/types/product", Some(1), with(false)).must(200);
    let save = |id: &str, sku: &str, base: Option<u64>| {
        let mut given = record(id, json!({"title": id, "sku": sku}));
        given["publish"] = json!(id != "c");
        desk.put(&format!("/entities/{id}"), base, given)
    };
    for (id, sku) in [("a", "1"), ("b", "1"), ("c", "3")] {
        save(id, sku, None).must(200);
    }
    let refused = desk.put("/types/product", Some(2), with(true)).must(422).value();
    assert_eq!(refused["problems"][0]["path"], "b: fields.sku");
    assert_eq!(refused["problems"].as_array().unwrap().len(), 1);
    save("b", "2", Some(1)).must(200);
    desk.put("/types/product", Some(2), with(true)).must(200);
    for taken in ["1", "2", "3"] {
        save("d", taken, None).must(422);
    }
    save("d", "4", None).must(200);
    // Values of a field that is unique no more hold nobody back when it is again.
    desk.put("/types/product", Some(3), with(false)).must(200);
    save("a", "5", Some(1)).must(200);
    save("e", "1", None).must(200);
    desk.put("/types/product", Some(4), with(true)).must(200);
    save("e", "1", Some(1)).must(200);
    save("f", "5", None).must(422);
}
