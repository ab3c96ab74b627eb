//! What feeds and sitemaps say of records.

use super::World;
use crate::sql::Argument;
use crate::testing::Name;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;

fn with_type(more: Value) -> World {
    let mut post = json!({"indexes": [{"name": "newest", "sort": "published_at"}], "schema_org": "Article", "paths": {"en": "/news/:slug"}});
    post.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    World::with_content("types", json!({"post": post}))
}

#[test]
fn entries_of_a_feed_have_the_fields_that_name_a_record() {
    let mark = super::site::mark("alpha", 1);
    for (named, title, summary) in [
        (json!({}), format!("Post {mark}"), mark.clone()),
        (json!({"title": "summary", "summary": "title"}), mark.clone(), format!("Post {mark}")),
        (json!({"title": "headline", "summary": "lead"}), "One".to_owned(), String::new()),
    ] {
        let feed = with_type(named).get("https://alpha.example/feed/post.xml").text;
        let entry = feed.split("<entry>").nth(1).unwrap();
        assert!(entry.contains(&format!("<title>{title}</title>")), "{entry}");
        assert!(entry.contains(&format!("<summary>{summary}</summary>")), "{entry}");
    }
}

#[test]
fn a_type_without_an_order_by_date_has_no_feed_and_no_page_names_one() {
    let link = "href=\"/feed/post.xml\"";
    let world = with_type(json!({}));
    assert!(world.get("https://alpha.example/about").text.contains(link));
    for index in [
        json!({"name": "newest", "sort": "title"}),
        json!({"name": "newest", "sort": "published_at", "filter": ["topic"]}),
    ] {
        let world = with_type(json!({"indexes": [index]}));
        assert_eq!(world.get("https://alpha.example/feed/post.xml").status, 404);
        assert!(!world.get("https://alpha.example/about").text.contains(link));
    }
}

#[test]
fn records_whose_page_is_kept_from_search_engines_are_in_no_sitemap() {
    for noindex in [false, true] {
        let route = json!({"page": "post1", "locale": "en", "group": "post", "noindex": noindex});
        let exact = json!({"/about": {"page": "about1", "locale": "en", "group": "about"}});
        let patterns = json!([{"prefix": "/news/", "kind": "post", "route": route}]);
        let world =
            World::with_content("routes", json!({"exact": exact, "shards": null, "patterns": patterns}));
        let index = world.get("https://alpha.example/sitemap.xml").text;
        assert_eq!(index.contains("/sitemap/post-1.xml"), !noindex);
        let part = world.get("https://alpha.example/sitemap/post-1.xml");
        assert_eq!(
            (part.status, part.text.contains("/news/one")),
            if noindex { (404, false) } else { (200, true) }
        );
    }
}

#[test]
fn a_record_in_a_sitemap_names_its_translations_wherever_they_stand() {
    let world = World::with_content("locales", json!(["en", "ar"]));
    let mut host: Value = serde_json::from_str(&world.stores.now.borrow().kv["host/alpha.example"]).unwrap();
    host["content"]["types"]["post"]["paths"]["ar"] = json!("/ar/akhbar/:slug");
    world.stores.now.borrow_mut().kv.insert("host/alpha.example".into(), host.to_string());
    world.stores.now.borrow_mut().d1 = Some(Rc::new(|statement| {
        assert!(statement.sql.contains("t.group_id = e.group_id"), "{}", statement.sql);
        json!([["one", "en", "", [["en", "one"], ["ar", "wahid"], ["fr", "un"]]], ["two", "en", "", []]])
            .to_string()
    }));
    let xml = world.get("https://alpha.example/sitemap/post-1.xml").text;
    let link = |locale: &str, path: &str| {
        format!("<xhtml:link rel=\"alternate\" hreflang=\"{locale}\" href=\"https://alpha.example{path}\"/>")
    };
    let one = format!("/news/one</loc>{}{}</url>", link("en", "/news/one"), link("ar", "/ar/akhbar/wahid"));
    assert!(xml.contains(&one) && xml.contains("/news/two</loc></url>"), "{xml}");
}

#[test]
fn a_part_without_records_is_a_404_and_d1_is_asked_once() {
    let world = World::with_site("alpha");
    world.stores.now.borrow_mut().d1 = Some(Rc::new(|_| "[]".to_owned()));
    for _ in 0..2 {
        assert_eq!(world.get("https://alpha.example/sitemap/post-9.xml").status, 404);
    }
    assert_eq!(world.stores.take_counts()[&Name::D1], 1);
    for part in ["0", "01", "+1", "1000001", "x", ""] {
        assert_eq!(
            world.get(&format!("https://alpha.example/sitemap/post-{part}.xml")).status,
            404,
            "{part}"
        );
    }
    assert_eq!(world.stores.take_counts().get(&Name::D1), None);
}

#[test]
fn a_search_asks_for_records_whose_page_visitors_may_find() {
    let asked: Rc<RefCell<Vec<Argument>>> = Rc::default();
    for noindex in [false, true] {
        let route = json!({"page": "post1", "locale": "en", "group": "post", "noindex": noindex});
        let search = json!({"page": "search1", "locale": "en", "group": "search", "params": ["q"]});
        let patterns = json!([{"prefix": "/news/", "kind": "post", "route": route}]);
        let world = World::with_content(
            "routes",
            json!({"exact": {"/search": search}, "shards": null, "patterns": patterns}),
        );
        let noted = asked.clone();
        world.stores.now.borrow_mut().d1 = Some(Rc::new(move |statement| {
            *noted.borrow_mut() = statement.arguments.clone();
            "[]".to_owned()
        }));
        world.get("https://alpha.example/search?q=rye");
        let place = "s616c706861x656e";
        let found = match noindex {
            true => format!("scope : (\"{place}\")"),
            false => format!("scope : (\"{place}\" OR \"{place}t706f7374\")"),
        };
        let [Argument::Text(titles), _, Argument::Text(texts), ..] = &asked.borrow()[..] else { panic!() };
        assert_eq!(*titles, format!("{found} AND title : (\"rye\"*)"));
        assert!(texts.starts_with(&format!("({found} AND ")), "{texts}");
    }
}

#[test]
fn whatever_the_database_holds_stays_text() {
    let world = World::with_site("alpha");
    let odd = "</updated><x>&";
    world.stores.now.borrow_mut().d1 =
        Some(Rc::new(move |statement| match statement.sql.contains("FROM entity_lists") {
            true => json!([[odd, odd, odd, odd, {"title": odd, "summary": odd}]]).to_string(),
            false => json!([[odd, "en", odd, [[odd, odd], ["en", odd]]]]).to_string(),
        }));
    for path in ["/feed/post.xml", "/sitemap/post-1.xml"] {
        let answer = world.get(&format!("https://alpha.example{path}"));
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text.contains("&lt;x&gt;&amp;") && !answer.text.contains("<x>"), "{}", answer.text);
    }
}
