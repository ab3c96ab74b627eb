//! A section that cannot be drawn spoils itself and no other.

use super::World;
use super::site::Site;
use serde_json::{Value, json};

const BROKEN: &str = "https://alpha.example/broken";

fn text(words: &str) -> Value {
    json!({"component": "text", "props": {"text": words}})
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(text("at the bottom"), |inner, _| {
        json!({"component": "container", "props": {"width": "normal"}, "slots": [{"name": "content", "sections": [inner]}]})
    })
}

/// The page with a section between two good ones, and what is in the log of its first drawing.
fn drawn(section: Value, components: Value) -> (World, String, Vec<String>) {
    let world = World::new();
    let broken = json!([text("stands before"), section, text("stands after")]);
    world.publish(Site { broken, components, ..Site::new("alpha") });
    let answer = world.get(BROKEN);
    assert_eq!(answer.status, 200, "{:?}", world.stores.log.borrow());
    let log = world.stores.log.take();
    (world, answer.text, log)
}

fn is_whole(html: &str) -> bool {
    html.contains("<p>stands before</p>") && html.contains("<p>stands after</p>") && html.ends_with("</html>")
}

#[test]
fn a_section_that_cannot_be_drawn_never_breaks_its_page_and_is_logged() {
    let section = |component: &str, props: Value| json!({"component": component, "props": props});
    let list = |kind: &str, index: &str| {
        section("blog-list", json!({"type": kind, "index": index, "limit": 5, "link": "/news/:slug"}))
    };
    for broken in [
        section("nothing-like-this", json!({})),
        section("", json!({})),
        section(":", json!({})),
        section("<script>alert(1)</script>", json!({})),
        section("hero\u{0}", json!({})),
        section("text", json!({})),
        section("text", json!(null)),
        section("text", json!([])),
        section("text", json!("text")),
        section("text", json!({"text": 5})),
        section("text", json!({"text": {"text": "x"}})),
        section("text", json!({"text": "x", "level": -1})),
        section("text", json!({"text": "x", "level": 1e300})),
        section("features", json!({"items": "x"})),
        section("features", json!({"items": [{"title": "good", "text": "x"}, null]})),
        section("image", json!({"image": {"asset": 5}})),
        section("container", json!({"width": "enormous"})),
        list("nothing", "newest"),
        list("post", "nothing"),
        list("Not A Name", "newest"),
        section("product-detail", json!({})),
        section("entity-detail", json!({"fields": []})),
        json!({"component": "text"}),
        nested(9),
        nested(25),
    ] {
        let (_, html, log) = drawn(broken.clone(), json!({}));
        assert!(is_whole(&html), "{broken}\n{html}");
        assert!(!html.contains("<script>alert"), "{html}");
        assert_eq!(log.len(), 1, "{broken}: {log:?}");
        assert!(log[0].starts_with("alpha/1/1/broken: "), "the line names the site and the page: {log:?}");
    }
}

#[test]
fn a_composition_that_cannot_be_read_or_never_ends_is_not_drawn() {
    let own = json!({"component": "own", "props": {"title": "x"}});
    let twice = json!({"sections": [own, own]});
    for definition in [
        json!([]),
        json!("x"),
        json!(5),
        json!(null),
        json!({}),
        json!({"sections": 5}),
        json!({"sections": [5]}),
        json!({"sections": [{"component": 5}]}),
        json!({"sections": [], "defaults": []}),
        json!({"sections": [own]}),
        twice,
        json!({"sections": [{"component": "text", "props": {"text": {"$param": "missing"}}}]}),
        json!({"sections": [{"component": "container", "props": {"width": "normal"}, "slots": [{"name": "content", "sections": [own]}]}]}),
    ] {
        let (_, html, log) = drawn(own.clone(), json!({"own": definition}));
        assert!(is_whole(&html), "{definition}\n{html}");
        assert!(!log.is_empty(), "{definition}");
    }
}

#[test]
fn a_broken_frame_leaves_the_page_alone() {
    let world = World::with_site("alpha");
    for frame in [json!(5), json!([5]), json!([{"component": "nothing"}]), json!({"before": []}), json!(null)]
    {
        let key = "host/alpha.example";
        let mut record: Value = serde_json::from_str(&world.stores.now.borrow().kv[key]).unwrap();
        record["content"]["frame"]["en"]["before"] = frame.clone();
        world.stores.now.borrow_mut().kv.insert(key.to_owned(), record.to_string());
        world.stores.now.borrow_mut().cache.clear();
        world.new_isolate();
        let answer = world.get("https://alpha.example/about");
        assert_eq!(answer.status, 200, "{frame}");
        assert!(answer.text.contains("About alpha-edition-1-end"), "{frame}");
        assert!(world.stores.log.take().iter().any(|line| line.contains("alpha/1/1/about: ")), "{frame}");
    }
}

#[test]
fn a_page_with_a_broken_section_is_kept_like_any_other() {
    let (world, _, log) = drawn(json!({"component": "nothing-like-this"}), json!({}));
    world.get(BROKEN);
    world.stores.take_counts();
    world.get(BROKEN);
    assert!(world.stores.take_counts().is_empty() && log.len() == 1);
    assert!(world.stores.log.borrow().is_empty(), "it is logged once, not at every visit");
}
