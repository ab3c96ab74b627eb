//! What feeds and sitemaps say of records.

use super::World;
use serde_json::{Value, json};
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
fn whatever_the_database_holds_stays_text() {
    let world = World::with_site("alpha");
    let odd = "</updated><x>&";
    world.stores.now.borrow_mut().d1 =
        Some(Rc::new(move |statement| match statement.sql.contains("FROM entity_lists") {
            true => json!([[odd, odd, odd, odd, {"title": odd, "summary": odd}]]).to_string(),
            false => json!([[odd, "en", odd, odd, odd, odd, odd]]).to_string(),
        }));
    for path in ["/feed/post.xml", "/sitemap/post-1.xml"] {
        let answer = world.get(&format!("https://alpha.example{path}"));
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text.contains("&lt;x&gt;&amp;") && !answer.text.contains("<x>"), "{}", answer.text);
    }
}
