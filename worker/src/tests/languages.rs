//! What a visitor's languages change: a line that suggests a translation, and nothing else.

use super::site::Site;
use super::{Answer, World, get};
use crate::request::Request;

const ABOUT: &str = "https://alpha.example/about";
const ARABIC: &str = "href=\"/ar/about\" hreflang=\"ar\">";

fn translated() -> World {
    let world = World::new();
    world.publish(Site { translated: true, ..Site::new("alpha") });
    world
}

fn asking(world: &World, url: &str, languages: &str) -> Answer {
    world.ask(Request { accept_language: Some(languages.to_owned()), ..get(url) })
}

#[test]
fn a_page_suggests_the_language_that_its_visitor_prefers_where_it_exists_in_it() {
    let world = translated();
    let plain = world.get(ABOUT);
    assert_eq!(
        (plain.header("vary"), plain.text.contains("class=\"suggestion\"")),
        ("accept-language", false)
    );
    for (languages, suggests) in [
        ("ar", true),
        ("ar-EG,en;q=0.5", true),
        ("en,ar;q=0.9", false),
        ("de", false),
        ("", false),
        ("*", false),
    ] {
        for _ in 0..2 {
            let answer = asking(&world, ABOUT, languages);
            assert_eq!((answer.status, answer.header("vary")), (200, "accept-language"), "{languages}");
            assert_eq!(answer.text.contains(ARABIC), suggests, "{languages}");
            assert_eq!(answer.header("etag") == plain.header("etag"), !suggests, "{languages}");
            assert_eq!(answer.text == plain.text, !suggests, "{languages}");
        }
    }
    assert!(
        asking(&world, "https://alpha.example/ar/about", "en")
            .text
            .contains("href=\"/about\" hreflang=\"en\">")
    );
    assert!(
        !asking(&world, "https://alpha.example/", "ar").text.contains("class=\"suggestion\""),
        "it has no translation"
    );
    assert_eq!(asking(&world, "https://alpha.example/", "ar").header("vary"), "");
}

#[test]
fn both_ways_of_a_page_are_held_and_neither_is_given_for_the_other() {
    let world = translated();
    for _ in 0..2 {
        world.get(ABOUT);
        asking(&world, ABOUT, "ar");
    }
    world.stores.take_counts();
    assert!(!world.get(ABOUT).text.contains(ARABIC) && asking(&world, ABOUT, "ar").text.contains(ARABIC));
    assert!(world.stores.take_counts().is_empty());
    assert!(world.stores.repeated.take().iter().all(|(_, _, languages)| *languages));
    assert!(
        ["alpha/1/1/about", "alpha/1/1/about//ar"].iter().all(|key| world
            .stores
            .now
            .borrow()
            .cache
            .contains_key(*key))
    );
}

#[test]
fn a_site_of_one_language_takes_no_notice_of_what_visitors_prefer() {
    let world = World::with_site("alpha");
    let plain = world.get(ABOUT);
    world.stores.take_counts();
    let answer = asking(&world, ABOUT, "ar,de");
    assert_eq!((answer.text, answer.headers), (plain.text, plain.headers));
    assert!(world.stores.repeated.take().iter().all(|(_, _, languages)| !languages));
}
