//! Lists of records for those who edit: over what was saved last.

use crate::testing::World;
use crate::tests::entities::{product, record};
use crate::tests::publish::{Desk, page};
use serde_json::{Value, json};

fn shop(world: &World) -> Desk<'_> {
    let desk = Desk::new(world);
    let mut product = product();
    product["fields"].as_array_mut().unwrap().extend([
        json!({"name": "tags", "kind": "list", "of": {"kind": "text"}}),
        json!({"name": "made", "kind": "date"}),
        json!({"name": "cost", "kind": "money"}),
    ]);
    product["indexes"].as_array_mut().unwrap().extend([
        json!({"name": "title", "sort": "title"}),
        json!({"name": "newest", "sort": "published_at"}),
        json!({"name": "made", "sort": "made"}),
        json!({"name": "cost", "sort": "cost"}),
        json!({"name": "tag", "filter": ["tags"], "sort": "title"}),
    ]);
    desk.put("/types/product", None, product).must(200);
    desk
}

fn save(desk: &Desk, id: &str, base: Option<u64>, fields: Value, publish: bool) {
    let mut given = record(id, fields);
    given["publish"] = json!(publish);
    desk.put(&format!("/entities/{id}"), base, given).must(200);
}

fn ask(desk: &Desk, query: &str) -> Value {
    desk.who.get(&desk.path(&format!("/entities?type=product&{query}"))).must(200).value()
}

fn ids(page: &Value) -> Vec<String> {
    page["entities"].as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap().to_owned()).collect()
}

fn listed(desk: &Desk, query: &str) -> String {
    ids(&ask(desk, query)).join(" ")
}

/// All pages of a list.
fn walk(desk: &Desk, query: &str, limit: usize, between: &mut dyn FnMut(usize)) -> Vec<String> {
    let (mut all, mut after, mut pages) = (vec![], String::new(), 0);
    loop {
        let page = ask(desk, &format!("{query}&limit={limit}{after}"));
        assert!(ids(&page).len() <= limit);
        all.extend(ids(&page));
        let Some(next) = page["next"].as_str() else { return all };
        after = format!("&after={}", percent(next));
        between(pages);
        pages += 1;
        assert!(pages < 500, "it has no end");
    }
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

fn refused(desk: &Desk, query: &str) -> (String, String) {
    let reply = desk.who.get(&desk.path(&format!("/entities?type=product&{query}"))).must(422).value();
    let problem = &reply["problems"][0];
    (problem["path"].as_str().unwrap().to_owned(), problem["message"].as_str().unwrap().to_owned())
}

#[test]
fn records_stand_in_order_of_a_field_as_they_were_saved_last() {
    let world = World::new();
    let desk = shop(&world);
    for (id, price) in [("loaf", 300), ("roll", 90), ("cake", 1200)] {
        save(&desk, id, None, json!({"title": id, "price": price}), id != "roll");
    }
    assert_eq!(listed(&desk, "sort=price"), "roll loaf cake");
    assert_eq!(listed(&desk, "sort=-price"), "cake loaf roll");
    // A change that visitors do not see yet is what editors see.
    save(&desk, "cake", Some(1), json!({"title": "cake", "price": 5}), false);
    assert_eq!(listed(&desk, "sort=price"), "cake roll loaf");
    let shown =
        world.ask("SELECT sort FROM entity_lists WHERE entity_id = 'cake' AND list LIKE '%product_en_price'");
    assert_eq!(shown[0]["sort"], json!(1200.0));
    desk.who.post(&desk.path("/entities/cake/unpublish"), json!({})).must(204);
    assert_eq!(listed(&desk, "sort=price&status=draft"), "cake roll");
    assert_eq!(listed(&desk, "sort=price&status=published"), "loaf");
    desk.who.post(&desk.path("/entities/roll/publish"), json!({})).must(200);
    assert_eq!(listed(&desk, "sort=-price&status=published"), "loaf roll");
    let page = ask(&desk, "sort=price&include=document");
    assert_eq!(page["entities"][0]["document"]["fields"]["price"], 5);
}

#[test]
fn a_filter_keeps_those_with_the_value_and_bounds_those_between() {
    let world = World::new();
    let desk = shop(&world);
    for (id, price, brand) in
        [("a", 100, "Mill & Co"), ("b", 200, "Quay"), ("c", 300, "Mill & Co"), ("d", 300, "Quay")]
    {
        save(&desk, id, None, json!({"title": id, "price": price, "brand": brand}), id != "c");
    }
    save(&desk, "e", None, json!({"title": "e", "brand": "Quay", "tags": ["new", "süß"]}), true);
    assert_eq!(listed(&desk, "filter[brand]=Mill%20%26%20Co"), "a c");
    assert_eq!(listed(&desk, "filter%5Bbrand%5D=Quay&sort=-price&limit=2"), "e d");
    assert_eq!(listed(&desk, "filter[brand]=Nobody"), "");
    assert_eq!(listed(&desk, "filter[tags]=s%C3%BC%C3%9F"), "e");
    assert_eq!(listed(&desk, "sort=price&from=200"), "b c d", "a record without a price is not above 200");
    assert_eq!(listed(&desk, "sort=price&to=200"), "a b");
    assert_eq!(listed(&desk, "sort=-price&from=150&to=300"), "d c b");
    assert_eq!(listed(&desk, "filter[brand]=Quay&sort=price&from=250"), "d");
    assert_eq!(walk(&desk, "sort=-price&from=150&to=300", 1, &mut |_| {}), ["d", "c", "b"]);
}

#[test]
fn days_amounts_and_times_have_bounds_too() {
    let world = World::new();
    let desk = shop(&world);
    for (id, made, amount) in
        [("a", "2026-01-31", 450), ("b", "2026-02-01", 45_000), ("c", "2026-03-01", 4_500)]
    {
        let fields = json!({"title": id, "made": made, "cost": {"amount": amount, "currency": "EUR"}});
        save(&desk, id, None, fields, true);
    }
    assert_eq!(listed(&desk, "sort=made&from=2026-02-01"), "b c");
    assert_eq!(listed(&desk, "sort=made&to=2026-02-01"), "a b");
    assert_eq!(listed(&desk, "sort=cost&to=4500"), "a c");
    assert_eq!(listed(&desk, "sort=published_at&from=2026-03-01T00:00:00Z"), "a b c");
    assert_eq!(listed(&desk, "sort=published_at&from=2026-03-01T00:00:01Z"), "");
    for (query, at) in [
        ("sort=made&from=yesterday", "from"),
        ("sort=cost&to=4.5%20EUR", "to"),
        ("sort=price&from=NaN", "from"),
        ("sort=published_at&to=2026-03-01", "to"),
    ] {
        assert_eq!(refused(&desk, query).0, at, "{query}");
    }
}

#[test]
fn ties_missing_values_and_long_or_foreign_texts_keep_one_order_over_all_pages() {
    let world = World::new();
    let desk = shop(&world);
    let titles =
        ["", "a", "Ab", "ab", "Éclair", "zebra", "港", "😀~1", "~", &"x".repeat(200), &"x".repeat(199)];
    for (n, title) in titles.iter().enumerate() {
        for twin in ["p", "q"] {
            let fields = match title.is_empty() {
                true => json!({"title": "-", "brand": "B"}),
                false => json!({"title": title, "price": n % 3, "brand": "B"}),
            };
            save(&desk, &format!("r{n}{twin}"), None, fields, n % 2 == 0);
        }
    }
    for sort in ["title", "price", "published_at"] {
        let whole = ids(&ask(&desk, &format!("sort={sort}&limit=200")));
        assert_eq!(whole.len(), 2 * titles.len(), "{sort}");
        let turned: Vec<String> = whole.iter().rev().cloned().collect();
        assert_eq!(ids(&ask(&desk, &format!("sort=-{sort}&limit=200"))), turned, "{sort}");
        for limit in [1, 2, 5, 7] {
            assert_eq!(walk(&desk, &format!("sort={sort}"), limit, &mut |_| {}), whole, "{sort} by {limit}");
            assert_eq!(
                walk(&desk, &format!("sort=-{sort}"), limit, &mut |_| {}),
                turned,
                "-{sort} by {limit}"
            );
        }
    }
    assert!(listed(&desk, "sort=price").ends_with("r0p r0q"), "without a price they come last");
    assert!(listed(&desk, "sort=title").starts_with("r0p r0q r1p r1q r2p r2q r3p r3q"), "in small letters");
}

#[test]
fn pages_stay_whole_and_without_twins_while_records_change() {
    let world = World::new();
    let desk = shop(&world);
    for n in 0..30 {
        save(
            &desk,
            &format!("r{n:02}"),
            None,
            json!({"title": format!("t{n:02}"), "price": 7, "sku": n.to_string()}),
            n % 2 == 0,
        );
    }
    let all = walk(&desk, "sort=price", 4, &mut |n| match n {
        // One that was seen changes without moving, one goes that was not seen, one comes behind, one before.
        0 => save(&desk, "r01", Some(1), json!({"title": "again", "price": 7}), true),
        1 => drop(desk.who.delete(&desk.path("/entities/r20")).must(204)),
        2 => save(&desk, "r99", None, json!({"title": "new", "price": 7}), false),
        3 => save(&desk, "r00a", None, json!({"title": "new", "price": 1}), true),
        4 => drop(desk.who.post(&desk.path("/entities/r28/unpublish"), json!({})).must(204)),
        _ => {}
    });
    let mut expected: Vec<String> = (0..30).filter(|n| *n != 20).map(|n| format!("r{n:02}")).collect();
    expected.push("r99".to_owned());
    assert_eq!(all, expected);
    // Taken back from the trash it is there again.
    desk.who.post(&desk.path("/entities/r20/restore"), json!({})).must(200);
    assert!(listed(&desk, "sort=price&status=draft").contains("r20"));
}

#[test]
fn no_list_reads_more_than_it_shows_in_order_to_sort() {
    let world = World::new();
    let desk = shop(&world);
    for query in ["sort=price", "sort=-price", "status=draft", ""] {
        world.statements.borrow_mut().clear();
        ask(&desk, query);
        let (db, statements) = (world.db.borrow(), world.statements.borrow());
        let list =
            statements.iter().find(|sql| sql.contains("ORDER BY") && sql.contains("entities")).unwrap();
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {list}")).unwrap();
        let steps: Vec<String> = plan.raw_query().mapped(|row| row.get(3)).map(Result::unwrap).collect();
        let ranges = steps.iter().filter(|step| step.contains("SEARCH") && step.contains("status=?"));
        assert_eq!(ranges.count(), list.matches("status = '").count(), "{steps:#?}");
        assert!(steps.iter().any(|step| step.starts_with("MERGE")), "{steps:#?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:#?}");
    }
}

#[test]
fn what_no_list_answers_is_refused_with_the_lists_that_there_are() {
    let world = World::new();
    let desk = shop(&world);
    let (at, why) = refused(&desk, "sort=sku");
    assert_eq!(at, "sort");
    let known = "product has no list for sort=sku; it has [sort=price, filter[brand]&sort=price, ";
    assert!(why.starts_with(known) && why.ends_with("or add it to `indexes` of the type"), "{why}");
    assert_eq!(refused(&desk, "filter[colour]=red").0, "filter[colour]");
    assert_eq!(refused(&desk, "filter[brand]=A&filter[tags]=b").0, "filter[brand]");
    assert_eq!(refused(&desk, "filter[brand]=A&sort=title").0, "sort");
    assert_eq!(refused(&desk, "sort=price&status=trashed").0, "status");
    assert_eq!(refused(&desk, "sort=price&locale=fr").0, "locale");
    assert_eq!(refused(&desk, "sort=price&after=x").0, "after");
    assert_eq!(refused(&desk, "filter=A").0, "filter");
    assert_eq!(refused(&desk, "to=3&locale=en").0, "to");
    assert_eq!(refused(&desk, "order[price]=A").0, "order[price]");
    let missing = desk.who.get(&desk.path("/entities?type=nothing&sort=title")).must(422).value();
    assert_eq!(missing["problems"][0]["path"], "type");
    desk.who.get(&desk.path("/pages?filter[title]=x")).must(422);
}

#[test]
fn a_site_of_several_languages_is_asked_for_one() {
    let world = World::new();
    let desk = shop(&world);
    world.run_sql("UPDATE sites SET locales = '[\"en\", \"ar\"]'");
    save(&desk, "a", None, json!({"title": "A", "price": 1}), true);
    let (at, why) = refused(&desk, "sort=price");
    assert_eq!((at.as_str(), why.contains("en, ar")), ("locale", true), "{why}");
    assert_eq!(listed(&desk, "sort=price&locale=en"), "a");
    assert_eq!(listed(&desk, "sort=price&locale=ar"), "");
}

/// All rows of lists.
fn lists(world: &World) -> Value {
    let all = |sql: &str| json!(world.ask(sql));
    json!([
        all("SELECT list, status, sort, entity_id FROM entity_draft_lists ORDER BY 1, 2, 3, 4"),
        all("SELECT list, sort, entity_id, slug, published_at, fields FROM entity_lists ORDER BY 1, 2, 3"),
    ])
}

/// Shown, waiting, hidden with a change, draft, in the trash.
fn every_state(desk: &Desk) {
    let fields = |price: u64| json!({"title": "T", "price": price, "brand": "B", "tags": ["a", "b"]});
    for (n, id) in ["shown", "waits", "hidden", "draft", "trash"].into_iter().enumerate() {
        save(desk, id, None, fields(n as u64), id != "draft");
    }
    for id in ["waits", "hidden", "draft"] {
        save(desk, id, Some(1), json!({"title": "Later", "price": 9, "brand": "C"}), false);
    }
    desk.who.post(&desk.path("/entities/hidden/unpublish"), json!({})).must(204);
    desk.who.delete(&desk.path("/entities/trash")).must(204);
}

#[test]
fn lists_that_are_made_anew_are_those_that_saving_makes() {
    let world = World::new();
    let desk = shop(&world);
    every_state(&desk);
    let before = lists(&world);
    world.run_sql(
        "DELETE FROM entity_draft_lists; DELETE FROM entity_lists; UPDATE entity_types SET lists_after = ''",
    );
    let refused = desk.who.get(&desk.path("/entities?type=product&sort=price")).must(409).value();
    assert!(refused["detail"].as_str().unwrap().contains("ask again in a minute"), "{refused}");
    futures::executor::block_on(crate::jobs::every_minute(&world));
    assert_eq!(lists(&world), before);
    assert_eq!(listed(&desk, "sort=price"), "shown draft hidden waits");
}

#[test]
fn a_change_of_lists_that_was_cut_off_anywhere_goes_on() {
    let definition = || {
        let world = World::new();
        let desk = shop(&world);
        let mut more = desk.who.get(&desk.path("/types/product")).value()["definition"].clone();
        more["indexes"]
            .as_array_mut()
            .unwrap()
            .push(json!({"name": "by-brand", "filter": ["brand"], "sort": "title"}));
        more["listed"] = json!(["title", "brand"]);
        more
    };
    let more = definition();
    let mut wanted = None;
    for step in 0..60 {
        for sent_again in [false, true] {
            let world = World::new();
            let desk = shop(&world);
            every_state(&desk);
            world.dies_in.set(Some(step));
            let first = desk.put("/types/product", Some(1), more.clone());
            world.dies_in.set(None);
            let revision = desk.who.get(&desk.path("/types/product")).value()["revision"].clone();
            if sent_again || revision == 1 {
                desk.put("/types/product", Some(1), more.clone()).must(200);
            } else {
                futures::executor::block_on(crate::jobs::every_minute(&world));
            }
            let made = lists(&world);
            assert!(made.to_string().contains("by-brand"), "{step}");
            assert_eq!(
                &made,
                wanted.get_or_insert_with(|| made.clone()),
                "cut off at {step}, sent again: {sent_again}"
            );
            if first.status == 200 {
                assert!(step > 5);
                return;
            }
        }
    }
    panic!("it was never done at once");
}

#[test]
fn what_somebody_saves_while_lists_are_made_is_not_lost() {
    let world = World::new();
    let desk = shop(&world);
    every_state(&desk);
    for change in [
        "UPDATE entities SET published_revision = 2, data = json_set(data, '$.price', 77) WHERE id = 'waits'",
        "UPDATE entities SET status = 'draft', seq = NULL, published_revision = NULL WHERE id = 'shown'",
        "UPDATE entity_types SET definition = json_remove(definition, '$.indexes[0]'), revision = revision + 1, lists_after = ''",
    ] {
        world.run_sql("UPDATE entity_types SET lists_after = ''");
        let guard =
            "INSERT INTO guards (rule) SELECT 'stale_record' WHERE NOT EXISTS ( SELECT 1 FROM entity_types";
        *world.before_batch.borrow_mut() = Some((guard, change.to_owned()));
        futures::executor::block_on(crate::jobs::every_minute(&world));
        assert!(world.before_batch.borrow().is_none());
        let made = lists(&world);
        world.run_sql("UPDATE entity_types SET lists_after = ''");
        futures::executor::block_on(crate::jobs::every_minute(&world));
        assert_eq!(lists(&world), made, "{change}");
    }
}

#[test]
fn records_and_pages_of_a_megabyte_are_read_few_at_a_time() {
    let world = World::new();
    let desk = shop(&world);
    let mut long = desk.who.get(&desk.path("/types/product")).value()["definition"].clone();
    long["fields"].as_array_mut().unwrap().push(json!({"name": "body", "kind": "long_text", "max": 990_000}));
    desk.put("/types/product", Some(1), long.clone()).must(200);
    for n in 0..20 {
        let body = "x".repeat(980_000);
        save(&desk, &format!("r{n:02}"), None, json!({"title": "T", "price": n, "body": body}), n % 2 == 0);
        if n % 4 == 0 {
            save(
                &desk,
                &format!("r{n:02}"),
                Some(1),
                json!({"title": "U", "price": 50, "body": body}),
                false,
            );
        }
    }
    world.largest.set(0);
    long["indexes"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "by-brand", "filter": ["brand"], "sort": "title"}));
    long["summary_field"] = json!("brand");
    desk.put("/types/product", Some(2), long.clone()).must(200);
    let text = long.to_string().replace("\"brand\"", "\"maker\"");
    let mut renamed: Value = serde_json::from_str(&text).unwrap();
    renamed["renamed"] = json!({"brand": "maker"});
    desk.put("/types/product", Some(3), renamed).must(200);
    let text =
        json!({"component": "rich-text", "props": {"html": format!("<p>{}</p>", "word ".repeat(19_000))}});
    for n in 0..12 {
        let mut page = page(&format!("/{n}"), "Long");
        page["sections"] = vec![text.clone(); 10].into();
        desk.put(&format!("/pages/p{n}"), None, page).must(200);
    }
    crate::tests::lives::exported(&desk.who, &desk.site);
    let copy = json!({"from": {"site": desk.site}, "host": "copy"});
    desk.who.post(&format!("/api/v1/tenants/{}/sites", desk.who.tenant), copy).must(201);
    futures::executor::block_on(crate::jobs::after_change(&world));
    assert_eq!(world.ask("SELECT count(*) AS n FROM entities")[0]["n"], 40);
    let largest = world.largest.get();
    assert!((1_000_000..8_500_000).contains(&largest), "{largest} bytes in one answer");
    assert_eq!(ids(&ask(&desk, "sort=price")).len(), 20);
}
