//! Files of records as spreadsheets write them, and records that are many or long.

use crate::http::Reply;
use crate::testing::World;
use crate::tests::entities::{product, record};
use crate::tests::publish::{Desk, page};
use serde_json::{Value, json};

fn shop(world: &World) -> Desk<'_> {
    let desk = Desk::new(world);
    let mut product = product();
    let more = [
        json!({"name": "weight", "kind": "number"}),
        json!({"name": "new", "kind": "boolean"}),
        json!({"name": "text", "kind": "long_text", "max": 2_000_000, "searchable": true}),
    ];
    product["fields"].as_array_mut().unwrap().extend(more);
    desk.put("/types/product", None, product).must(200);
    desk
}

fn import(desk: &Desk, id: &str, media: &str, body: &str) -> Reply {
    let request = desk.who.request("PUT", &desk.path(&format!("/imports/{id}?type=product&publish=true")));
    desk.who.world.send(&request.file(body.as_bytes()).with("content-type", media))
}

/// The lines that were refused.
fn refused(report: &Value) -> Vec<u64> {
    report["problems"].as_array().unwrap().iter().map(|p| p["line"].as_u64().unwrap()).collect()
}

#[test]
fn a_refused_row_is_named_by_its_line_however_lines_end() {
    let rows = ["id,slug,title", "a,a,\"A\"", "", "b,b,", "c,c,C", "", "", "d,d,", "e,e,\"\""];
    for (n, end) in ["\n", "\r\n", "\r"].into_iter().enumerate() {
        let world = World::new();
        let desk = shop(&world);
        let report = import(&desk, &format!("i{n}"), "text/csv", &rows.join(end)).must(200).value();
        assert_eq!(refused(&report), [4, 8, 9], "{end:?}: {report}");
        assert_eq!(report["created"], 2);
    }
    let world = World::new();
    let desk = shop(&world);
    let rows = "id,slug,title,text\r\na,a,A,\"one\r\ntwo\r\n\"\r\nb,b,,\r\n";
    assert_eq!(refused(&import(&desk, "cells", "text/csv", rows).must(200).value()), [5]);
}

#[test]
fn a_quote_that_is_never_closed_swallows_no_rows() {
    let world = World::new();
    let desk = shop(&world);
    let rows = "id,slug,title,text\na,a,A,x\nb,b,B,\"never\nc,c,C,z\n";
    let reply = import(&desk, "open", "text/csv", rows).must(400).value();
    assert!(reply["detail"].as_str().unwrap().contains("line 3 is never closed"), "{reply}");
    assert!(world.ask("SELECT 1 FROM entities").is_empty());
    let good = "id,slug,title,text\na,a,A,5\" wide\nb,b,B,\"a \"\"b\"\"\"\nc,c,C,\"\"\n";
    assert_eq!(import(&desk, "good", "text/csv", good).must(200).value()["created"], 3);
}

#[test]
fn columns_stand_between_semicolons_and_tabs_as_well() {
    for separator in [";", "\t"] {
        let world = World::new();
        let desk = shop(&world);
        let rows = "\u{feff}id|slug|title|price\na|a|One, two|5\n".replace('|', separator);
        let report = import(&desk, "one", "text/csv", &rows).must(200).value();
        assert_eq!(report["created"], 1, "{report}");
        assert_eq!(world.ask("SELECT title FROM entities"), [json!({"title": "One, two"})]);
    }
}

#[test]
fn cells_keep_what_they_say_or_are_refused() {
    let world = World::new();
    let desk = shop(&world);
    let rows = "id,slug,title,weight,new\na,a,A,1.5,TRUE\nb,b,B,NaN,\nc,c,C,1e999,\nd,d,D,-inf,No\n";
    assert_eq!(refused(&import(&desk, "one", "text/csv", rows).must(200).value()), [3, 4, 5]);
    let a = desk.who.get(&desk.path("/entities/a")).value();
    assert_eq!(
        (&a["document"]["fields"]["weight"], &a["document"]["fields"]["new"]),
        (&json!(1.5), &json!(true))
    );
    let twice = r#"[{"id": "e", "slug": "e", "fields": {"title": "E", "title": "F"}}]"#;
    let refused = import(&desk, "two", "application/json", twice).must(422).value();
    assert!(
        refused["problems"][0]["message"].as_str().unwrap().contains("title stands here twice"),
        "{refused}"
    );
}

#[test]
fn many_long_records_are_imported_and_changed_in_parts() {
    let world = World::new();
    let desk = shop(&world);
    let row = |n: usize, bytes: usize| json!({"id": format!("r{n}"), "slug": format!("r{n}"), "fields": {"title": "R", "text": "\"x".repeat(bytes / 2)}});
    let rows: Vec<Value> = (0..60).map(|n| row(n, 100_000)).collect();
    let report = import(&desk, "long", "application/json", &json!(rows).to_string()).must(200).value();
    assert_eq!(report["created"], 60, "{report}");
    let bulk = |count: usize| {
        let ids: Vec<String> = (0..count).map(|n| format!("r{n}")).collect();
        desk.who.post(&desk.path("/entities/bulk"), json!({"ids": ids, "set": {"brand": "B"}}))
    };
    assert_eq!(bulk(40).must(200).value()["changed"], 40);
    assert_eq!(bulk(60).must(422).value()["problems"][0]["path"], "ids");
    let report = import(&desk, "longer", "application/json", &json!([row(99, 1_200_000)]).to_string());
    let report = report.must(200).value();
    assert_eq!((report["refused"].as_u64(), refused(&report)), (Some(1), vec![1]), "{report}");
}

#[test]
fn a_large_site_is_published_at_once_and_found() {
    let world = World::new();
    let desk = shop(&world);
    for n in 0..100 {
        let mut long = page(&if n == 0 { "/".to_owned() } else { format!("/p{n}") }, &format!("Page {n}"));
        let text = |k: usize| json!({"component": "rich-text", "props": {"html": format!("<p>{}</p>", format!("word{n}x{k} ").repeat(2_400))}});
        long["sections"].as_array_mut().unwrap().extend([text(0), text(1)]);
        desk.put(&format!("/pages/p{n}"), None, long).must(200);
    }
    desk.publish(json!({"everything": true})).must(201);
    let found = world.ask("SELECT count(*) AS n FROM search_documents WHERE kind = 'page'");
    assert_eq!(found[0]["n"], 100);
    assert!(world.ask("SELECT 1 FROM release_documents").is_empty(), "it is live");
    desk.put("/entities/a", None, record("a", json!({"title": "A"}))).must(200);
}

#[test]
fn who_may_not_publish_changes_nothing_that_visitors_see() {
    let world = World::new();
    let desk = shop(&world);
    desk.put("/entities/a", None, record("a", json!({"title": "Seen"}))).must(200);
    let author = world.member(&desk.who.tenant, "noor", "", "author");
    let bulk = json!({"ids": ["a"], "set": {"title": "Written"}});
    assert_eq!(author.post(&desk.path("/entities/bulk"), bulk).must(200).value()["changed"], 1);
    author.delete(&desk.path("/entities/a")).must(403);
    let seen = || world.ask("SELECT title, status, revision, published_revision FROM entities")[0].clone();
    let as_before = json!({"title": "Seen", "status": "published", "revision": 2, "published_revision": 1});
    assert_eq!(seen(), as_before);
    // What waits there is not shown by the way, either.
    let refused = desk.who.post(&desk.path("/entities/bulk"), json!({"ids": ["a"], "set": {"price": 1}}));
    let refused = refused.must(200).value();
    assert_eq!((refused["changed"].as_u64(), refused["refused"][0]["id"].as_str()), (Some(0), Some("a")));
    assert_eq!(seen(), as_before);
    let mut draft = record("b", json!({"title": "B"}));
    draft["publish"] = json!(false);
    author.send("PUT", &desk.path("/entities/b"), draft).must(200);
    author.delete(&desk.path("/entities/b")).must(204);
    desk.who.delete(&desk.path("/entities/a")).must(204);
}

#[test]
fn a_path_may_have_its_ids_percent_encoded() {
    let world = World::new();
    let desk = shop(&world);
    let own = json!({"parameters": {}, "sections": []});
    desk.put("/components/hero%3Awinter", None, own).must(200);
    assert_eq!(desk.who.get(&desk.path("/components/hero:winter")).must(200).value()["id"], "hero:winter");
    desk.who.get(&desk.path("/components/hero%3awinter")).must(200);
    desk.who.get(&desk.path("/components/hero%3")).must(404);
}

#[test]
fn records_of_a_time_far_ahead_have_rows_of_their_own_in_the_search() {
    let world = World::new();
    let desk = shop(&world);
    let mut detail = page("/products/:slug", "{title}");
    detail["entity"] = json!("product");
    desk.put("/pages/product", None, detail).must(200);
    for (n, time) in
        ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "2242-03-16T12:56:32Z"].into_iter().enumerate()
    {
        let mut far = record(&format!("r{n}"), json!({"title": "R"}));
        far["published_at"] = json!(time);
        desk.put(&format!("/entities/r{n}"), None, far).must(200);
    }
    let rows = world.ask("SELECT row FROM search_documents ORDER BY row");
    let rows: Vec<u64> = rows.iter().map(|row| row["row"].as_u64().unwrap()).collect();
    let first = ((1 << 33) - 1) << 20;
    assert_eq!(rows, [first, first + 1, first + 2]);
}
