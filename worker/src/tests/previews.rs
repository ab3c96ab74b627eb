//! Drafts for whoever has a link.

use super::site::{SAME_FILE, Site, mark};
use super::{Answer, World, get};
use crate::stores::{Kept, limit};
use crate::testing::{Name, Order};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;

const HOST: &str = "https://alpha.example";
const PREFIX: &str = "/-/now/preview/t.1.2.abc";

/// The origin's answer about a site at an edition: all of its records, as a publish would bring them.
fn preview(site: &Site, published: bool) -> Value {
    let mut records: BTreeMap<String, String> = site.kv().into_iter().collect();
    let host: Value = serde_json::from_str(&records[&format!("host/{}.example", site.name)]).unwrap();
    records.retain(|key, _| !key.starts_with("host/"));
    json!({"host": host, "published": published, "until": "2026-03-14T09:30:00Z", "problems": [], "records": records})
}

impl World {
    /// A published site, and an origin that shows its next edition to who has the link.
    fn with_preview(published: bool) -> Self {
        let world = if published { Self::with_site("alpha") } else { Self::new() };
        if !published {
            let files = Site::new("alpha").files();
            world.stores.now.borrow_mut().files.extend(files);
        }
        let next = Site { edition: 2, broken: json!([{"component": "nothing"}]), ..Site::new("alpha") };
        world.origin_says(200, preview(&next, published));
        world
    }

    fn origin_says(&self, status: u16, said: Value) {
        self.stores.now.borrow_mut().origin = Some(Rc::new(move |_| (status, said.to_string())));
    }

    fn preview(&self, path: &str) -> Answer {
        self.get(&format!("{HOST}{PREFIX}{path}"))
    }

    fn assert_nothing_is_kept(&self) {
        let now = self.stores.now.borrow();
        assert!(now.cache.is_empty() && now.cache_texts.is_empty(), "the edge cache holds something");
        assert!(self.stores.repeated.borrow().is_empty(), "something is repeated");
        let memory = self.memory.borrow().clone();
        assert!(memory.borrow_mut().hosts.get("alpha.example").is_none(), "memory holds the host");
    }
}

fn is_private(answer: &Answer, what: &str) {
    let header = |name| answer.header(name).to_owned();
    let private = (header("cache-control"), header("x-robots-tag"), header("etag"));
    assert_eq!(private, ("private, no-store".to_owned(), "noindex".to_owned(), String::new()), "{what}");
}

const PATHS: [&str; 7] = ["/", "/about", "/news", "/news/one", "/search?q=rye", "/broken", "/nowhere"];

#[test]
fn drafts_are_drawn_like_any_page_and_nothing_of_them_is_kept() {
    let world = World::with_preview(true);
    for path in PATHS {
        for _ in 0..3 {
            let answer = world.preview(path);
            assert_eq!(answer.status, if path == "/nowhere" { 404 } else { 200 }, "{path}");
            assert!(answer.text.contains(&mark("alpha", 2)), "{path}: {}", answer.text);
            assert!(answer.text.contains("Preview until 14 March 2026, 09:30 UTC"), "{path}");
            assert!(answer.text.contains("<meta name=\"robots\" content=\"noindex\">"), "{path}");
            is_private(&answer, path);
        }
    }
    world.assert_nothing_is_kept();
    let counts = world.stores.take_counts();
    assert_eq!(counts.get(&Name::Kv), None, "all of it came with the preview");
    assert_eq!(counts.get(&Name::Cache), None);
    let answer = world.get(&format!("{HOST}/about"));
    assert!(answer.text.contains(&mark("alpha", 1)) && !answer.text.contains("Preview until"));
}

#[test]
fn a_section_that_cannot_be_drawn_says_so() {
    let world = World::with_preview(true);
    let text = world.preview("/broken").text;
    assert!(text.contains("class=\"undrawn\" role=\"alert\">nothing: there is no component"), "{text}");
}

#[test]
fn a_preview_needs_no_kv_and_without_its_records_it_is_a_503() {
    let world = World::with_preview(true);
    for name in [Name::Kv, Name::Cache] {
        world.stores.order(name, Order::Fail);
    }
    assert!(world.preview("/about").text.contains(&mark("alpha", 2)));
    let mut said = preview(&Site::new("alpha"), true);
    said["records"] = json!({});
    world.origin_says(200, said);
    let answer = world.preview("/about");
    assert_eq!((answer.status, answer.header("retry-after")), (503, "10"));
    is_private(&answer, "503");
}

#[test]
fn ways_inside_stay_inside() {
    let world = World::with_preview(true);
    let to = |path: &str| {
        let answer = world.preview(path);
        is_private(&answer, path);
        (answer.status, answer.header("location").to_owned())
    };
    assert_eq!(to(""), (308, format!("{PREFIX}/")));
    assert_eq!(to("?a=b"), (308, format!("{PREFIX}/?a=b")));
    assert_eq!(to("/old"), (301, format!("{PREFIX}/about")));
    assert_eq!(to("/About/?q=1"), (308, format!("{PREFIX}/about?q=1")));
    world.preview("/about");
    let kept = Kept { prefix: PREFIX.to_owned(), origin: HOST.to_owned(), files: false };
    assert_eq!(*world.stores.kept.borrow(), [kept]);
}

#[test]
fn a_site_without_a_release_has_its_files_and_styles_below_the_prefix_as_well() {
    let world = World::with_preview(false);
    assert_eq!(world.get(&format!("{HOST}/about")).status, 404, "nothing is published");
    let page = world.preview("/about");
    assert_eq!((page.status, world.stores.kept.borrow()[0].files), (200, true));
    let file = world.preview(&format!("/-/file/{SAME_FILE}/a.svg"));
    assert_eq!((file.status, file.text.contains("alpha-edition-1")), (200, true));
    is_private(&file, "file");
    assert_eq!(world.preview("/-/file/abcdef/a.svg").status, 404);
    let url = page.text.split("/-/style/").nth(1).unwrap().split('"').next().unwrap();
    let style = world.preview(&format!("/-/style/{url}"));
    assert!(style.status == 200 && style.text.contains(&mark("alpha", 2)), "{}", style.text);
    assert!(style.text.contains(".preview{"), "the bar has its style");
    is_private(&style, "style");
}

#[test]
fn there_are_no_feeds_and_sitemaps_of_drafts() {
    let world = World::with_preview(true);
    for path in ["/sitemap.xml", "/sitemap/post-1.xml", "/feed/post.xml", "/robots.txt"] {
        let answer = world.preview(path);
        assert_eq!(answer.status, 404, "{path}");
        is_private(&answer, path);
    }
}

#[test]
fn a_link_that_is_no_good_says_nothing_of_the_site() {
    for (status, expected, words) in [
        (404, 404, "This link does not work"),
        (410, 410, "This preview has ended"),
        (422, 422, "This draft cannot be shown yet"),
        (429, 503, "This page is taking a break"),
        (503, 503, "This page is taking a break"),
    ] {
        let world = World::with_site("alpha");
        world.origin_says(status, json!({"detail": "alpha-edition-9"}));
        let answer = world.preview("/about");
        assert_eq!(answer.status, expected, "{status}");
        assert!(answer.text.contains(words) && !answer.text.contains("alpha"), "{}", answer.text);
        is_private(&answer, words);
    }
}

#[test]
fn a_site_that_is_paused_or_closed_has_no_previews() {
    for (status, expected) in [("suspended", 503), ("archived", 410)] {
        let world = World::with_site("alpha");
        let mut said = preview(&Site::new("alpha"), true);
        said["host"]["status"] = json!(status);
        said["host"]["content"] = Value::Null;
        world.origin_says(200, said);
        for path in ["/about", &format!("/-/file/{SAME_FILE}/a.svg")] {
            let answer = world.preview(path);
            assert_eq!((answer.status, answer.text.contains(&mark("alpha", 1))), (expected, false), "{path}");
        }
    }
}

#[test]
fn an_origin_that_fails_is_a_503_within_its_time() {
    for order in [Order::Fail, Order::Hang, Order::Garbage, Order::Empty] {
        let world = World::with_preview(true);
        world.stores.order(Name::Origin, order);
        let answer = world.preview("/about");
        assert_eq!((answer.status, answer.header("retry-after")), (503, "10"), "{order:?}");
        assert!(answer.waited <= limit::ORIGIN, "{order:?}: {}", answer.waited);
        assert!(world.stores.log.borrow().iter().any(|line| line.starts_with("preview on alpha.example")));
        is_private(&answer, "503");
    }
}

#[test]
fn a_content_store_that_fails_leaves_a_notice_in_the_place_of_a_list() {
    let world = World::with_preview(true);
    world.stores.order(Name::D1, Order::Fail);
    assert!(world.preview("/news").text.contains("not available at the moment"));
    assert_eq!(world.preview("/news/one").status, 503);
}

#[test]
fn the_origin_is_asked_for_the_path_and_of_nothing_else() {
    let world = World::with_site("alpha");
    let asked: Rc<std::cell::RefCell<Vec<String>>> = Rc::default();
    let (heard, said) = (asked.clone(), preview(&Site::new("alpha"), true).to_string());
    world.stores.now.borrow_mut().origin = Some(Rc::new(move |url| {
        heard.borrow_mut().push(url.to_owned());
        (200, said.clone())
    }));
    world.preview("/a%20b/c&d?x=y");
    assert_eq!(asked.take(), [format!("{HOST}{PREFIX}?path=%2Fa%2520b%2Fc%26d")]);
    for path in ["/-/now/", "/-/now/cart", "/-/now", "/-/now/previews/x/"] {
        assert_eq!(world.get(&format!("{HOST}{path}")).status, 404, "{path}");
    }
    let post = crate::request::Request { method: "POST".to_owned(), ..get(&format!("{HOST}{PREFIX}/")) };
    assert_eq!(world.ask(post).status, 405);
    world.get(&format!("{HOST}/about"));
    assert!(asked.borrow().is_empty(), "the published site does not need the origin");
}
