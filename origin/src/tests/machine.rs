//! Edits, publishes and roll backs in any order, by two people, each cut off after any step, with readers in between that
//! see host records as they were some time ago. No page is torn, no publish that was answered is lost, and once nothing
//! fails any more KV says what the database says.

use crate::http::{Reply, Request};
use crate::serve::serve;
use crate::testing::World;
use crate::tests::publish::{Desk, page};
use futures::executor::block_on;
use futures::future::LocalBoxFuture;
use model::names::PagePath;
use model::records::{HostRecord, PageRecord};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

const HOST: &str = "bakery.localhost";
const PAGES: [(&str, &str); 3] = [("home", "/"), ("rolls", "/rolls"), ("cakes", "/cakes")];

#[derive(Debug, Clone)]
enum Step {
    Edit(usize),
    Move(usize, bool),
    Publish(Option<usize>),
    Unpublish(usize),
    RollBack(u64),
    /// A host comes or goes, or the site is archived for a while.
    Archive(bool),
    /// The platform's own round, some milliseconds later.
    Round(u64),
    Read,
    /// Two at the same time; the numbers say who goes on at each of their steps.
    Both(Box<Step>, Box<Step>, Vec<bool>),
}

fn step() -> impl Strategy<Value = (Step, Option<u32>)> {
    let step = prop_oneof![
        4 => (0..3_usize).prop_map(Step::Edit),
        1 => (1..3_usize, any::<bool>()).prop_map(|(page, away)| Step::Move(page, away)),
        4 => prop_oneof![Just(None), (0..3_usize).prop_map(Some)].prop_map(Step::Publish),
        1 => (1..3_usize).prop_map(Step::Unpublish),
        2 => (1..6_u64).prop_map(Step::RollBack),
        1 => any::<bool>().prop_map(Step::Archive),
        2 => prop_oneof![Just(0_u64), Just(40_000)].prop_map(Step::Round),
        2 => Just(Step::Read),
    ]
    .boxed();
    let turns = prop::collection::vec(any::<bool>(), 40);
    let both =
        (step.clone(), step.clone(), turns).prop_map(|(a, b, turns)| Step::Both(a.into(), b.into(), turns));
    let step = prop_oneof![3 => step, 1 => both];
    // Half of them are cut off after so many batches and writes.
    (step, prop_oneof![Just(None), (0..14_u32).prop_map(Some)])
}

/// A person's requests.
struct Requests {
    cookie: String,
    site: String,
}

impl Requests {
    fn path(&self, rest: &str) -> String {
        format!("/api/v1/sites/{}{rest}", self.site)
    }

    fn request(&self, method: &str, path: &str) -> Request {
        crate::testing::request(method, path)
            .with("cookie", self.cookie.clone())
            .with("origin", crate::testing::HOST)
            .with("sec-fetch-site", "same-origin")
    }
}

/// Runs two pieces of work step by step.
fn interleaved(work: [LocalBoxFuture<'static, Option<Reply>>; 2], turns: &[bool]) -> Vec<Option<Reply>> {
    let mut work: Vec<_> = work.into_iter().map(Some).collect();
    let mut answers = vec![];
    let mut context = Context::from_waker(Waker::noop());
    let mut turns = turns.iter().cycle();
    while work.iter().any(Option::is_some) {
        let first = usize::from(*turns.next().unwrap());
        let n = if work[first].is_some() { first } else { 1 - first };
        if let Some(Poll::Ready(answer)) = work[n].as_mut().map(|work| work.as_mut().poll(&mut context)) {
            work[n] = None;
            answers.push(answer);
        }
    }
    answers
}

struct Machine {
    world: Rc<World>,
    desk: Requests,
    edits: u64,
    /// The newest release that somebody was told of.
    told: u64,
    /// Host records as they have been.
    past: Vec<String>,
}

impl Machine {
    fn take(&mut self, step: &Step, dies: Option<u32>) {
        self.world.dies_in.set(dies);
        match step {
            Step::Both(one, other, turns) => {
                let work = [self.work(one), self.work(other)];
                self.world.gives_way.set(true);
                let answers = interleaved(work, turns);
                self.world.gives_way.set(false);
                self.world.dies_in.set(None);
                answers.into_iter().for_each(|answer| self.answered(step, answer));
            }
            _ => {
                let answer = block_on(self.work(step));
                self.world.dies_in.set(None);
                self.answered(step, answer);
            }
        }
        self.read();
    }

    fn answered(&mut self, step: &Step, answer: Option<Reply>) {
        let Some(answer) = answer else { return };
        assert!([200, 201, 404, 409, 422, 428, 503].contains(&answer.status), "{step:?}: {}", answer.body);
        if answer.status == 201 {
            self.told = self.told.max(answer.value()["number"].as_u64().unwrap());
        }
    }

    fn work(&mut self, step: &Step) -> LocalBoxFuture<'static, Option<Reply>> {
        let post = |path: &str, body: Value| self.desk.request("POST", &self.desk.path(path)).json(body);
        let request = match step {
            Step::Edit(n) => self.edit(*n, PAGES[*n].1),
            Step::Move(n, away) => self.edit(*n, if *away { "/elsewhere" } else { PAGES[*n].1 }),
            Step::Publish(None) => post("/releases", json!({"everything": true})),
            Step::Publish(Some(n)) => post("/releases", json!({"pages": [PAGES[*n].0]})),
            Step::Unpublish(n) => post("/releases", json!({"unpublish": [PAGES[*n].0]})),
            Step::RollBack(to) => post(&format!("/releases/{to}/roll-back"), json!({})),
            Step::Archive(away) => {
                let status = if *away { "archived" } else { "active" };
                self.desk.request("PATCH", &self.desk.path("")).json(json!({"status": status}))
            }
            Step::Round(later) => {
                self.world.pass(*later);
                let world = self.world.clone();
                return Box::pin(async move {
                    crate::jobs::every_minute(&*world).await;
                    None
                });
            }
            Step::Read | Step::Both(..) => return Box::pin(std::future::ready(None)),
        };
        let world = self.world.clone();
        Box::pin(async move { Some(serve(&*world, &request).await) })
    }

    fn edit(&mut self, n: usize, path: &str) -> Request {
        self.edits += 1;
        let (id, _) = PAGES[n];
        let revision = self.world.ask(&format!("SELECT revision FROM pages WHERE id = '{id}'"));
        let body = page(path, &format!("{id} {}", self.edits));
        let request = self.desk.request("PUT", &self.desk.path(&format!("/pages/{id}"))).json(body);
        match revision.first().and_then(|row| row["revision"].as_u64()) {
            Some(base) => request.with("if-match", format!("\"{base}\"")),
            None => request,
        }
    }

    /// Every page of every host record that a visitor may still hold is whole.
    fn read(&mut self) {
        let kv = self.world.kv.borrow();
        if let Some(now) = kv.get(&format!("host/{HOST}")).filter(|now| self.past.last() != Some(now)) {
            self.past.push(now.clone());
        }
        for text in self.past.iter().rev().take(4) {
            let record = HostRecord::parse(text).unwrap();
            let routes = record.content.as_ref().map(|c| &c.routes.exact);
            for (path, route) in routes.into_iter().flatten() {
                let key = format!("page/{}/{}", record.site, route.page);
                let text = kv.get(&key).unwrap_or_else(|| panic!("torn: {path} {key}"));
                PageRecord::parse(text).unwrap();
            }
        }
        let releases: Vec<u64> = self
            .past
            .iter()
            .filter_map(|text| Some(HostRecord::parse(text).unwrap().content?.release))
            .collect();
        assert!(releases.is_sorted(), "an older release came back by itself: {releases:?}");
    }

    /// Titles by path as the newest release shows them, from the database alone.
    fn meant(&self) -> BTreeMap<String, String> {
        let Some(newest) =
            self.world.ask("SELECT number, contents FROM releases ORDER BY number DESC LIMIT 1").pop()
        else {
            return BTreeMap::new();
        };
        assert!(newest["number"].as_u64().unwrap() >= self.told, "a publish was lost: {newest}");
        let contents: Value = serde_json::from_str(newest["contents"].as_str().unwrap()).unwrap();
        let pages = contents["pages"].as_object().unwrap();
        pages
            .iter()
            .map(|(id, at)| {
                let found = self.world.ask(&format!(
                    "SELECT document FROM revisions WHERE subject = 'page' AND subject_id = '{id}' AND number = {}",
                    at["revision"]
                ));
                let document: Value = serde_json::from_str(found[0]["document"].as_str().unwrap()).unwrap();
                (document["path"].as_str().unwrap().to_owned(), document["title"].as_str().unwrap().to_owned())
            })
            .collect()
    }

    fn shown(&self) -> BTreeMap<String, String> {
        let kv = self.world.kv.borrow();
        let Some(text) = kv.get(&format!("host/{HOST}")) else { return BTreeMap::new() };
        let record = HostRecord::parse(text).unwrap();
        let Some(content) = record.content else { return BTreeMap::new() };
        let title = |page: &str| PageRecord::parse(&kv[page]).unwrap().title.into_owned();
        let exact = content.routes.exact;
        let at = |path: &PagePath| title(&format!("page/{}/{}", record.site, exact[path].page));
        exact.keys().map(|path| (path.to_string(), at(path))).collect()
    }
}

fn run(first: &World, site: &str, cookie: &str, steps: &[(Step, Option<u32>)]) {
    let world = Rc::new(first.copy());
    let desk = Requests { cookie: cookie.to_owned(), site: site.to_owned() };
    let mut machine = Machine { world: world.clone(), desk, edits: 0, told: 0, past: vec![] };
    for (step, dies) in steps {
        machine.take(step, *dies);
    }
    // Nothing fails any more: whatever was left behind is done by itself.
    for _ in 0..3 {
        world.pass(60_000);
        block_on(crate::jobs::every_minute(&*world));
    }
    if world.ask("SELECT status FROM sites")[0]["status"] == "archived" {
        assert_eq!(machine.shown(), BTreeMap::new());
        machine.take(&Step::Archive(false), None);
        world.pass(60_000);
        block_on(crate::jobs::every_minute(&*world));
    }
    assert_eq!(machine.shown(), machine.meant());
    assert_eq!(world.ask("SELECT count(*) AS n FROM kv_writes WHERE written < wanted")[0]["n"], 0);
    assert!(world.kv_distance.get() >= 1000, "{}", world.kv_distance.get());
}

#[test]
fn nothing_is_torn_or_lost_however_publishing_is_cut_off() {
    let world = World::new();
    let desk = Desk::new(&world);
    let (site, cookie) = (desk.site.clone(), desk.who.cookie.clone());
    let runs = std::env::var("PUBLISH_RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(150);
    let config = ProptestConfig { cases: runs, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in prop::collection::vec(step(), 1..16))| run(&world, &site, &cookie, &steps));
    println!(
        "soak: | {runs} | up to 15 steps, each cut off or beside another | nothing torn, nothing lost |"
    );
}
