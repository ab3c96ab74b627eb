//! Which site and which address a request means.

use super::site::{SAME_FILE, Site};
use super::{World, get};
use crate::memory::FRESH;
use crate::request::Request;
use crate::testing::{Name, Order};
use serde_json::json;

#[test]
fn a_malformed_host_is_refused_before_any_read() {
    let world = World::with_site("alpha");
    for warm in [false, true] {
        let long = "a".repeat(64);
        let longer = "a.".repeat(128);
        for host in [
            "",
            ":80",
            "a..b",
            ".alpha.example",
            "alpha..example",
            "-a.example",
            "a-.example",
            "a b",
            "a%20b",
            "a_b.example",
            "alpha.example:123456",
            "alpha.example:x",
            "alpha.example:80:80",
            "alpha.example:-1",
            "[::1]",
            "[::1]:80",
            "user@alpha.example",
            "alpha.example@evil.example",
            "ä.example",
            "a\0b",
            "alpha.example\r\nx",
            "alpha.example\\x",
            "*",
            "alpha.example,beta.example",
            &long,
            &longer,
        ] {
            let answer = world.get(&format!("https://{host}/about"));
            assert_eq!(answer.status, 400, "{host:?}, warm: {warm}");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(!answer.text.contains("edition"), "{host:?}");
        }
        assert!(world.get("no address").status == 400);
        assert!(world.stores.take_counts().is_empty(), "warm: {warm}");
        world.get("https://alpha.example/about");
        world.stores.take_counts();
    }
}

#[test]
fn a_host_is_the_same_in_any_case_with_its_root_dot_and_with_a_port() {
    let world = World::with_site("alpha");
    for host in ["alpha.example", "ALPHA.Example", "alpha.example.", "alpha.example:443"] {
        assert_eq!(world.get(&format!("https://{host}/about")).status, 200, "{host}");
    }
}

#[test]
fn an_alias_leads_to_the_primary_host_with_path_and_query() {
    let world = World::with_site("alpha");
    for (from, to) in [
        ("/", "/"),
        ("/news?after=x&utm=1", "/news?after=x&utm=1"),
        ("/About/", "/About/"),
        ("/a%20b?c=%26", "/a%20b?c=%26"),
        ("//evil.example/x", "//evil.example/x"),
        ("/-/file/77/a.svg", "/-/file/77/a.svg"),
    ] {
        let answer = world.get(&format!("https://www.alpha.example{from}"));
        assert_eq!(
            (answer.status, answer.header("location")),
            (301, format!("https://alpha.example{to}").as_str())
        );
    }
    let challenge = world.get("https://www.alpha.example/.well-known/acme-challenge/x");
    assert_eq!(challenge.status, 404, "certificates are issued for this very host");
}

#[test]
fn a_site_that_is_not_on_the_web_says_so_by_itself() {
    for (status, code, words) in
        [("suspended", 503, "This website is paused"), ("archived", 410, "This website has been closed")]
    {
        let world = World::new();
        world.publish(Site { status, ..Site::new("alpha") });
        for path in ["/", "/about", "/robots.txt", "/-/file/5a5a5a/a.svg", "/nowhere"] {
            let answer = world.get(&format!("https://alpha.example{path}"));
            assert_eq!(answer.status, code, "{status} {path}");
            assert!(answer.text.contains(words) && !answer.text.contains("edition"));
            assert_eq!(
                (answer.header("cache-control"), answer.header("x-robots-tag")),
                ("no-store", "noindex")
            );
        }
    }
    let world = World::with_site("alpha");
    let answer = world.get("https://nobody.example/about");
    assert_eq!(answer.status, 404);
    assert!(answer.text.contains("There is no website here yet"));
}

#[test]
fn every_path_has_one_spelling() {
    let world = World::with_site("alpha");
    for (from, to) in [
        ("/about/", "/about"),
        ("/ABOUT", "/about"),
        ("/%61bout", "/about"),
        ("/about//?x=1", "/about?x=1"),
        ("//", "/"),
        ("/News/One/?x=1", "/news/one?x=1"),
        ("/Search/?q=Rye%20Bread", "/search?q=Rye%20Bread"),
    ] {
        let answer = world.get(&format!("https://alpha.example{from}"));
        assert_eq!((answer.status, answer.header("location")), (308, to), "{from}");
    }
    for path in [
        "//evil.example",
        "//evil.example/about",
        "/\\evil.example",
        "/%5cevil.example/",
        "/%2f%2fevil.example",
        "/..",
        "/about/../x",
        "/%00",
        "/a%2",
    ] {
        let answer = world.get(&format!("https://alpha.example{path}"));
        assert_eq!((answer.status, answer.header("location")), (404, ""), "{path}");
    }
}

#[test]
fn unknown_query_parameters_do_not_split_the_cache() {
    let world = World::with_site("alpha");
    let plain = world.get("https://alpha.example/news").text;
    world.get("https://alpha.example/news?after=t1~a");
    world.stores.take_counts();
    let before = world.memory.borrow().borrow().answers.bytes();
    for query in ["utm_source=x", "fbclid=1&gclid=2", "q=rye", "AFTER=t1~a", "after=", "&&=&x", "after"] {
        assert_eq!(world.get(&format!("https://alpha.example/news?{query}")).text, plain, "{query}");
    }
    for query in ["after=t1~a&utm=1", "x=1&after=t1~a", "before=&after=t1~a", "after=t1%7Ea", "%61fter=t1~a"]
    {
        world.get(&format!("https://alpha.example/news?{query}"));
    }
    assert!(world.stores.take_counts().is_empty());
    assert_eq!(world.memory.borrow().borrow().answers.bytes(), before);
}

#[test]
fn only_reading_is_allowed() {
    let world = World::with_site("alpha");
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", ""] {
        let answer = world.ask(Request { method: method.to_owned(), ..get("https://alpha.example/") });
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{method}");
    }
    assert!(world.stores.take_counts().is_empty());
    let head = world.ask(Request { method: "HEAD".to_owned(), ..get("https://alpha.example/about") });
    let whole = world.get("https://alpha.example/about");
    assert_eq!((head.status, &head.headers), (200, &whole.headers));
}

#[test]
fn a_page_keeps_its_entity_tag_until_the_next_release() {
    let world = World::with_site("alpha");
    world.publish(Site::new("beta"));
    let tag = |url: &str| world.get(url).header("etag").to_owned();
    let first = tag("https://alpha.example/about");
    assert!(first.starts_with('"') && first.ends_with('"') && first.len() > 8);
    world.new_isolate();
    assert_eq!(tag("https://alpha.example/about"), first, "in another isolate");
    assert_ne!(tag("https://beta.example/about"), first);
    assert_ne!(tag("https://alpha.example/"), first);
    assert_ne!(tag("https://alpha.example/news?after=t1~a"), tag("https://alpha.example/news"));
    assert_eq!(tag("https://alpha.example/nowhere"), "");
    world.publish_edition("alpha", 2);
    world.get_settled("https://alpha.example/about");
    assert_ne!(tag("https://alpha.example/about"), first);
}

#[test]
fn files_answer_conditional_and_range_requests() {
    let world = World::with_site("alpha");
    let url = format!("https://alpha.example/-/file/{SAME_FILE}/a.svg");
    let whole = world.get(&url);
    let tag = whole.header("etag").to_owned();
    let ask = |if_none_match: Option<&str>, range: Option<&str>, if_range: Option<&str>| {
        let text = |given: Option<&str>| given.map(str::to_owned);
        world.ask(Request {
            if_none_match: text(if_none_match),
            range: text(range),
            if_range: text(if_range),
            ..get(&url)
        })
    };
    world.stores.take_counts();
    assert_eq!(ask(Some(&tag), None, None).status, 304);
    assert_eq!(ask(Some("*"), Some("bytes=0-4"), Some(&tag)).status, 304);
    assert_eq!(ask(Some("\"other\""), None, None).status, 200);
    let part = ask(None, Some("bytes=0-4"), None);
    assert_eq!((part.status, part.text.as_str()), (206, "<svg>"));
    assert_eq!(part.header("content-range"), format!("bytes 0-4/{}", whole.text.len()));
    assert_eq!(ask(None, Some("bytes=0-4"), Some(&tag)).status, 206);
    assert_eq!(ask(None, Some("bytes=0-4"), Some("\"other\"")).text, whole.text);
    let outside = ask(None, Some("bytes=9999-"), None);
    assert_eq!(
        (outside.status, outside.header("content-range")),
        (416, format!("bytes */{}", whole.text.len()).as_str())
    );
    assert_eq!(ask(None, Some("bytes=0-1,3-4"), None).text, whole.text);
    world.stores.order(Name::R2, Order::Fail);
    assert_eq!(
        ask(Some(&tag), None, None).status,
        304,
        "who has the file may use it while R2 does not answer"
    );
    world.stores.order(Name::R2, Order::Work);
    world.stores.now.borrow_mut().files.clear();
    for given in [tag.as_str(), "*"] {
        assert_eq!(ask(Some(given), None, None).status, 404, "{given}");
    }
}

#[test]
fn no_browser_keeps_a_redirect_that_may_lead_back() {
    let world = World::with_content("redirects", json!({"/old": {"to": "/about", "status": 301}}));
    for url in ["https://www.alpha.example/about", "https://alpha.example/old", "https://alpha.example/About"]
    {
        let answer = world.get(url);
        assert!(matches!(answer.status, 301 | 308), "{url}");
        assert_eq!(answer.header("cache-control"), "public, max-age=0, must-revalidate", "{url}");
    }
}

#[test]
fn memory_is_bounded_whatever_is_asked_for() {
    let world = World::with_site("alpha");
    for n in 0..6_000 {
        let host =
            if n % 3 == 0 { format!("h{n}.{}.example", "a".repeat(60)) } else { "alpha.example".to_owned() };
        world.get(&format!("https://{host}/search?q={n}{}", "x".repeat(n)));
        // The edge cache is not what is looked at here.
        world.stores.now.borrow_mut().cache.clear();
        world.stores.advance(FRESH / 1_000);
    }
    let memory = world.memory.borrow();
    let memory = memory.borrow();
    assert!(memory.answers.bytes() <= 40 << 20, "{}", memory.answers.bytes());
    assert!(memory.answers.bytes() > 10 << 20, "{}: enough was asked for to fill it", memory.answers.bytes());
    assert!(memory.hosts.bytes() <= 8 << 20 && memory.routes.bytes() <= 2 << 20);
    assert!(world.stores.take_counts()[&Name::D1] > 0);
}

#[test]
fn a_redirect_takes_the_query_along_and_is_written_in_ascii() {
    for (to, query, location) in [
        ("/about", "", "/about"),
        ("/about", "?sort=price&utm=%C3%A9", "/about?sort=price&utm=%C3%A9"),
        ("/about#team", "?a=b", "/about?a=b#team"),
        ("/search?q=a", "?q=b", "/search?q=a"),
        ("/über?q=ü#ä", "", "/%C3%BCber?q=%C3%BC#%C3%A4"),
        (
            "https://مثال.example/é?x=🎉",
            "?a=b",
            "https://%D9%85%D8%AB%D8%A7%D9%84.example/%C3%A9?x=%F0%9F%8E%89",
        ),
    ] {
        let world = World::with_content("redirects", json!({"/old": {"to": to, "status": 301}}));
        let answer = world.get(&format!("https://alpha.example/old{query}"));
        assert_eq!((answer.status, answer.header("location")), (301, location), "{to}");
    }
}

#[test]
fn a_stored_status_that_is_none_of_a_redirect_is_not_sent() {
    for status in [0, 99, 101, 200, 204, 304, 399, 600, 65_535] {
        let world = World::with_content("redirects", json!({"/old": {"to": "/about", "status": status}}));
        let answer = world.get("https://alpha.example/old");
        assert_eq!((answer.status, answer.header("location")), (302, "/about"), "{status}");
    }
}

#[test]
fn a_primary_host_without_its_site_is_not_sent_to_itself() {
    let world = World::with_site("alpha");
    let half =
        json!({"v": 1, "tenant": "t", "site": "alpha", "status": "active", "primary": "alpha.example"});
    world.stores.now.borrow_mut().kv.insert("host/alpha.example".into(), half.to_string());
    let answer = world.get("https://alpha.example/about?a=b");
    assert_eq!((answer.status, answer.header("location")), (503, ""));
}
