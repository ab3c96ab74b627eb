//! Requests from host to answer, over stores that obey orders.

mod failures;
mod feeds;
mod hosts;
mod isolation;
mod keeping;
mod languages;
mod moments;
mod outages;
mod previews;
mod reads;
mod sections;
mod site;
mod sitemaps;

use crate::memory::Memory;
use crate::reply::{Outcome, Reply};
use crate::request::Request;
use crate::serve::serve;
use crate::testing::Fake;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The stores and one isolate before them.
struct World {
    stores: Rc<Fake>,
    memory: RefCell<Rc<RefCell<Memory<Reply>>>>,
    sites: RefCell<BTreeMap<&'static str, site::Site>>,
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    text: String,
    /// Milliseconds until it was there.
    waited: u64,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }
}

fn get(url: &str) -> Request {
    Request { method: "GET".to_owned(), url: url.to_owned(), ..Request::default() }
}

impl World {
    fn new() -> Self {
        let world = Self { stores: Rc::default(), memory: RefCell::default(), sites: RefCell::default() };
        // Virtual time starts at some moment of 2026, not at zero.
        world.stores.advance(1_790_000_000_000);
        world
    }

    /// A world with one site, its first edition published.
    fn with_site(name: &'static str) -> Self {
        let world = Self::new();
        world.publish(site::Site::new(name));
        world
    }

    /// A world whose site has this in the content of its host record.
    fn with_content(key: &str, value: Value) -> Self {
        let world = Self::with_site("alpha");
        {
            let mut now = world.stores.now.borrow_mut();
            let mut host: Value = serde_json::from_str(&now.kv["host/alpha.example"]).unwrap();
            host["content"][key] = value;
            now.kv.insert("host/alpha.example".into(), host.to_string());
        }
        world
    }

    /// Puts a site, or its next edition, into the stores.
    fn publish(&self, site: site::Site) {
        self.sites.borrow_mut().insert(site.name, site);
        let sites = self.sites.borrow().clone();
        let mut now = self.stores.now.borrow_mut();
        for site in sites.values() {
            now.kv.extend(site.kv());
            now.files.extend(site.files());
        }
        now.d1 = Some(Rc::new(move |statement| site::d1(&sites, statement)));
    }

    fn publish_edition(&self, name: &'static str, edition: u64) {
        let site = self.sites.borrow()[name].clone();
        self.publish(site::Site { edition, ..site });
    }

    fn new_isolate(&self) {
        self.memory.take();
    }

    /// One request, always to Wasm: what `entry.js` repeats by itself is looked at where it is said to.
    async fn answer(&self, request: Request) -> Answer {
        let memory = self.memory.borrow().clone();
        let (reply, stream) = match serve(&self.stores, &memory, request).await {
            Outcome::Held(reply) | Outcome::Fresh(reply) => (reply, None),
            Outcome::Stream(reply, stream) => (reply, Some(stream)),
        };
        let text = match stream {
            Some(stream) => String::from_utf8_lossy(&stream).into_owned(),
            None => reply.body.concat(),
        };
        let headers = reply.headers.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        Answer { status: reply.status, headers: headers.collect(), text, waited: 0 }
    }

    fn ask(&self, request: Request) -> Answer {
        let (answer, waited) = self.stores.timed(self.answer(request));
        self.stores.settle();
        Answer { waited, ..answer }
    }

    fn get(&self, url: &str) -> Answer {
        self.ask(get(url))
    }

    /// Asks until what is known of the host is up to date: the first request after a while only starts reading it.
    fn get_settled(&self, url: &str) -> Answer {
        self.stores.advance(crate::memory::FRESH);
        self.get(url);
        self.get(url)
    }
}

/// A series of numbers that is the same in every run.
struct Random(Cell<u64>);

impl Random {
    fn below(&self, limit: usize) -> usize {
        crate::testing::random(&self.0) as usize % limit
    }
}
