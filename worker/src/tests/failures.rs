//! Every store, failing in every way, in every state of what an isolate knows: what a visitor gets.

use super::World;
use super::site::Site;
use crate::memory::{DOUBT, FRESH};
use crate::stores::limit;
use crate::testing::{Name, Order};

const HOST: &str = "https://alpha.example";

/// What an isolate knows when the request comes.
///
/// - seen: this page was served by this isolate
/// - host: another page of the site was
/// - spare: the isolate is new, but a neighbour was asked twice for it and for the home page, and has filled the edge
///   cache
/// - nothing: the isolate is new and the edge cache is empty
const STATES: [&str; 4] = ["seen", "host", "spare", "nothing"];

/// What is asked for: a page without records, one with a list of them, one that shows a record, a file.
const ASKED: [(&str, &str); 4] =
    [("page", "/about"), ("list", "/news"), ("record", "/news/one"), ("file", "file")];

/// Longer than no limit, so a slow store is waited for.
const SLOW: u64 = 200;

const ORDERS: [(&str, Order); 7] = [
    ("works", Order::Work),
    ("fails", Order::Fail),
    ("hangs", Order::Hang),
    ("is slow", Order::Slow(SLOW)),
    ("is stale", Order::Stale),
    ("is empty", Order::Empty),
    ("lies", Order::Garbage),
];

/// Every cell: what is answered, and after how many milliseconds where the visitor has to wait.
///
/// - `page 1`: the whole page of edition 1, status 200; `page 2, records 1` where its records are of another edition
/// - `notice 1`: the page, saying in the place of its list that it is not available; not kept by anyone
/// - `empty 1`: the page with an empty list, because D1 says so
/// - `sorry`: 503 with `Retry-After` and an incident number that is also in the log
/// - `no page`: 404, the site's own page; `no page (plain)`: 404, the platform's, as the site's own cannot be read
/// - `no site`: 404, the platform's page for hosts without a site
/// - `file`: 200; `lie`: what the store sent, which is passed on as it comes
const TABLE: &str = include_str!("failures.table.txt");

/// Where the store's word is taken although it is wrong: what it answers looks like any other answer. The next
/// epoch of the site puts it right.
const BELIEVED: [(Name, Order); 2] = [(Name::D1, Order::Stale), (Name::D1, Order::Empty)];

fn stores_and_what_they_serve() -> [(Name, &'static [usize]); 4] {
    [(Name::Kv, &[0, 1, 2, 3]), (Name::D1, &[0, 1, 2]), (Name::Cache, &[0, 1, 2]), (Name::R2, &[3])]
}

fn address(asked: &str) -> String {
    match asked {
        "file" => format!("{HOST}/-/file/{}/picture.svg", Site::new("alpha").file()),
        path => format!("{HOST}{path}"),
    }
}

fn world_in(state: &str, url: &str) -> World {
    let world = World::with_site("alpha");
    match state {
        "seen" => drop(world.get(url)),
        "host" => drop(world.get(&address("/"))),
        "spare" => {
            for asked in [url, url, &address("/"), &address("/")] {
                world.get(asked);
            }
            world.new_isolate();
        }
        _ => {}
    }
    // What is known of the host is due to be read again.
    world.stores.advance(FRESH);
    world.stores.take_counts();
    world
}

/// The answer in the words of the table.
fn outcome(world: &World, url: &str) -> String {
    world.stores.log.take();
    let answer = world.get(url);
    let text = answer.text.as_str();
    let edition = |before: &str| {
        let (_, after) = text.split_once(&format!("{before}alpha-edition-"))?;
        after.split_once("-end").map(|(edition, _)| edition.to_owned())
    };
    let page = edition("name=\"description\" content=\"").unwrap_or_default();
    let records = edition("one\">Post ").or(edition("<h1>Post "));
    let what = match answer.status {
        200 if url.contains("/-/file/") && text.starts_with("<svg>alpha") => "file".to_owned(),
        200 if !text.ends_with("</html>") => "lie".to_owned(),
        200 if text.contains("This part is not available at the moment") => {
            assert_eq!(answer.header("cache-control"), "no-store");
            format!("notice {page}")
        }
        200 if text.contains("Nothing here yet") || text.contains("class=\"notice\"") => {
            format!("empty {page}")
        }
        200 => match records.filter(|records| *records != page) {
            Some(records) => format!("page {page}, records {records}"),
            None => format!("page {page}"),
        },
        503 => {
            assert_eq!(answer.header("retry-after"), "10");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(text.contains("Incident 0000000000000007"), "{text}");
            assert!(world.stores.log.borrow().iter().any(|line| line.contains("0000000000000007")));
            "sorry".to_owned()
        }
        404 if text.contains("There is no website here yet") => "no site".to_owned(),
        404 if text.contains("Nothing here alpha-edition-") => "no page".to_owned(),
        404 => "no page (plain)".to_owned(),
        other => format!("{other}"),
    };
    if answer.waited == 0 { what } else { format!("{what}, {} ms", answer.waited) }
}

fn cell(store: Name, order: Order, path: &str, state: &str) -> String {
    let url = address(path);
    let world = world_in(state, &url);
    world.stores.order(store, order);
    if order == Order::Stale {
        world.publish_edition("alpha", 2);
        world.get_settled(&url);
        world.stores.advance(FRESH);
    }
    let outcome = outcome(&world, &url);
    ends_well(&world, (store, order), &url, &format!("{store:?} {order:?}, {path}, {state}"));
    outcome
}

/// When the outage is over, the answers are fresh again and nothing wrong has been kept.
fn ends_well(world: &World, trouble: (Name, Order), url: &str, what: &str) {
    world.stores.order(trouble.0, Order::Work);
    let sound = |edition: u64| match url.contains("/-/file/") {
        true => "file".to_owned(),
        false => format!("page {edition}"),
    };
    if !BELIEVED.contains(&trouble) {
        let published = if trouble.1 == Order::Stale { 2 } else { 1 };
        world.stores.advance(DOUBT + FRESH);
        world.get(url);
        assert_eq!(outcome(world, url), sound(published), "after {what}");
    }
    world.publish_edition("alpha", 3);
    world.get_settled(url);
    assert_eq!(outcome(world, url), sound(3), "after {what} and a release");
}

#[test]
fn every_store_may_fail_in_every_way_and_every_outcome_is_stated() {
    let mut lines =
        vec![["store", "", "asked for"].into_iter().chain(STATES).map(str::to_owned).collect::<Vec<_>>()];
    for (store, serves) in stores_and_what_they_serve() {
        for (does, order) in ORDERS {
            for (asked, path) in serves.iter().map(|n| ASKED[*n]) {
                let cells = STATES.map(|state| cell(store, order, path, state));
                lines.push(
                    [format!("{store:?}"), does.to_owned(), asked.to_owned()]
                        .into_iter()
                        .chain(cells)
                        .collect(),
                );
            }
        }
    }
    let widths: Vec<usize> = (0..7).map(|n| lines.iter().map(|line| line[n].len()).max().unwrap()).collect();
    let text: String = lines
        .iter()
        .map(|line| {
            let line: String =
                line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$} | ")).collect();
            format!("{}\n", line.trim_end_matches([' ', '|']))
        })
        .collect();
    let changed: Vec<_> = text.lines().zip(TABLE.lines()).filter(|(is, was)| is != was).collect();
    assert!(text == TABLE, "{} outcomes changed; the table is now\n{text}", changed.len());
}

#[test]
fn a_page_whose_bytes_are_held_is_never_an_error() {
    for line in TABLE.lines().filter(|line| !line.contains("file")) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        assert!(!cells[3].starts_with("sorry") && !cells[3].starts_with("no "), "{line}");
        // The edge cache holds them too, as long as it works itself.
        assert!(cells[0] == "Cache" || !cells[5].starts_with("sorry"), "{line}");
    }
}

#[test]
fn no_outcome_takes_longer_than_the_limits_of_the_reads_in_it() {
    let host_page_and_records = limit::KV + limit::CACHE + limit::CACHE + limit::KV + limit::D1;
    let longest = TABLE.split_whitespace().collect::<Vec<_>>();
    let waits = longest.windows(2).filter(|pair| pair[1] == "ms").map(|pair| pair[0].parse::<u64>().unwrap());
    assert!(waits.max().unwrap() <= host_page_and_records.max(limit::R2));
}
