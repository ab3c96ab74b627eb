//! Stores in memory that obey orders, and a clock that moves only when everybody waits.

use crate::reply::Reply;
use crate::sql::Statement;
use crate::stores::{ByteRange, Facts, Fault, File, Kept, Said, Stores, limit};
use futures::future::LocalBoxFuture;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// What a store does from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    Work,
    Fail,
    Hang,
    /// Answers after this many milliseconds.
    Slow(u64),
    /// Answers with what it held when the order was given.
    Stale,
    /// Answers that there is nothing.
    Empty,
    /// Answers with something unreadable.
    Garbage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    Kv,
    D1,
    R2,
    Cache,
    Origin,
}

/// What D1 answers to a statement.
type Answer = Rc<dyn Fn(&Statement) -> String>;

/// What the origin answers to an address.
type Says = Rc<dyn Fn(&str) -> (u16, String)>;

/// What the stores hold. Cloned where a store is ordered to be stale.
#[derive(Default, Clone)]
pub struct Held {
    pub kv: BTreeMap<String, String>,
    pub d1: Option<Answer>,
    pub origin: Option<Says>,
    pub files: BTreeMap<String, Vec<u8>>,
    pub cache: BTreeMap<String, Reply>,
    pub cache_texts: BTreeMap<String, String>,
}

#[derive(Default)]
pub struct Fake {
    pub now: RefCell<Held>,
    /// What each stale store held when it was ordered to be stale.
    old: RefCell<BTreeMap<Name, Held>>,
    pub variables: RefCell<BTreeMap<String, String>>,
    orders: RefCell<BTreeMap<Name, Order>>,
    /// Calls by store since the last `take_counts`.
    counts: RefCell<BTreeMap<Name, usize>>,
    pub log: RefCell<Vec<String>>,
    /// How pages were kept below a prefix; the rewriting itself is the platform's.
    pub kept: RefCell<Vec<Kept>>,
    /// Answers that may be given again without asking, until when, and whether the visitor's languages count.
    pub repeated: RefCell<Vec<(Reply, u64, bool)>>,
    clock: Rc<Cell<u64>>,
    timers: Rc<RefCell<Vec<(u64, Waker)>>>,
    later: RefCell<Vec<LocalBoxFuture<'static, ()>>>,
    /// Where it is not 0, every call takes a time of 0 to 3 ms that follows from this number.
    pub jitter: Cell<u64>,
}

/// The next number of a fixed series (Knuth's MMIX generator); its upper bits are the random ones.
pub fn random(state: &Cell<u64>) -> u64 {
    state.set(state.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    state.get() >> 33
}

impl Fake {
    pub fn order(&self, name: Name, order: Order) {
        if order == Order::Stale {
            self.old.borrow_mut().insert(name, self.now.borrow().clone());
        }
        self.orders.borrow_mut().insert(name, order);
    }

    pub fn take_counts(&self) -> BTreeMap<Name, usize> {
        self.counts.take()
    }

    pub fn advance(&self, milliseconds: u64) {
        self.clock.set(self.clock.get() + milliseconds);
    }

    /// Forgets the work that goes on behind an answer, as the platform may.
    pub fn drop_later(&self) {
        self.later.take();
    }

    /// Runs what goes on behind the answers to its end.
    pub fn settle(&self) {
        self.drive(std::future::ready(()), true);
    }

    /// Runs until the answer is there, and says after how many milliseconds it was; what goes on behind it is
    /// left for `settle`.
    pub fn timed<T>(&self, work: impl Future<Output = T>) -> (T, u64) {
        let started = self.clock.get();
        let answer = self.drive(work, false);
        (answer, self.clock.get() - started)
    }

    /// The clock jumps to whatever is waited for. Fails the test where something waits for ever.
    fn drive<T>(&self, work: impl Future<Output = T>, to_the_end: bool) -> T {
        let mut work = Box::pin(work);
        let mut answer = None;
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if answer.is_none()
                && let Poll::Ready(value) = work.as_mut().poll(&mut context)
            {
                answer = Some(value);
            }
            let mut behind = self.later.take();
            behind.retain_mut(|work| work.as_mut().poll(&mut context).is_pending());
            self.later.borrow_mut().append(&mut behind);
            let done = !to_the_end || self.later.borrow().is_empty();
            if let Some(answer) = answer.take_if(|_| done) {
                return answer;
            }
            let mut timers = self.timers.borrow_mut();
            timers.retain(|(at, _)| *at > self.clock.get());
            let next = timers.iter().map(|(at, _)| *at).min();
            self.clock.set(next.expect("waits for something that never comes"));
        }
    }

    fn look<T>(&self, name: Name, at: impl FnOnce(&Held) -> T) -> T {
        let stale = self.orders.borrow().get(&name) == Some(&Order::Stale);
        if stale { at(&self.old.borrow()[&name]) } else { at(&self.now.borrow()) }
    }

    async fn sleep(&self, milliseconds: u64) {
        Sleep {
            until: self.clock.get() + milliseconds,
            clock: self.clock.clone(),
            timers: self.timers.clone(),
        }
        .await;
    }

    /// As the platform's stores do, each call ends within its limit.
    async fn obey<T>(&self, name: Name, work: impl FnOnce() -> T, empty: T, garbage: T) -> Result<T, Fault> {
        let milliseconds = match name {
            Name::Kv => limit::KV,
            Name::D1 => limit::D1,
            Name::R2 => limit::R2,
            Name::Cache => limit::CACHE,
            Name::Origin => limit::ORIGIN,
        };
        let work = std::pin::pin!(self.unlimited(name, work, empty, garbage));
        match futures::future::select(work, std::pin::pin!(self.sleep(milliseconds))).await {
            futures::future::Either::Left((answer, _)) => answer,
            futures::future::Either::Right(_) => Err(Fault(format!("{name:?}: no answer in time"))),
        }
    }

    async fn unlimited<T>(
        &self,
        name: Name,
        work: impl FnOnce() -> T,
        empty: T,
        garbage: T,
    ) -> Result<T, Fault> {
        *self.counts.borrow_mut().entry(name).or_default() += 1;
        if self.jitter.get() != 0 {
            self.sleep(random(&self.jitter) % 4).await;
        }
        let order = self.orders.borrow().get(&name).copied().unwrap_or_default();
        match order {
            Order::Work | Order::Stale => Ok(work()),
            Order::Fail => Err(Fault(format!("{name:?} fails as ordered"))),
            Order::Hang => std::future::pending().await,
            Order::Slow(milliseconds) => {
                self.sleep(milliseconds).await;
                Ok(work())
            }
            Order::Empty => Ok(empty),
            Order::Garbage => Ok(garbage),
        }
    }
}

struct Sleep {
    until: u64,
    clock: Rc<Cell<u64>>,
    timers: Rc<RefCell<Vec<(u64, Waker)>>>,
}

impl Future for Sleep {
    type Output = ();
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.clock.get() >= self.until {
            return Poll::Ready(());
        }
        self.timers.borrow_mut().push((self.until, context.waker().clone()));
        Poll::Pending
    }
}

impl Stores for Fake {
    type Stream = Vec<u8>;
    type Held = Reply;

    fn now(&self) -> u64 {
        self.clock.get()
    }

    fn log(&self, line: &str) {
        self.log.borrow_mut().push(line.to_owned());
    }

    fn request_number(&self) -> u64 {
        7
    }

    fn later(&self, work: impl Future<Output = ()> + 'static) {
        self.later.borrow_mut().push(Box::pin(work));
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.borrow().get(name).cloned()
    }

    async fn kv(&self, key: &str, _ttl: u64) -> Result<Option<String>, Fault> {
        let read = || self.look(Name::Kv, |held| held.kv.get(key).cloned());
        self.obey(Name::Kv, read, None, Some("{\"v\":".to_owned())).await
    }

    async fn kv_all(&self, keys: Vec<String>, _ttl: u64) -> Result<Vec<Option<String>>, Fault> {
        let read = || self.look(Name::Kv, |held| keys.iter().map(|key| held.kv.get(key).cloned()).collect());
        let all = |text: Option<&str>| keys.iter().map(|_| text.map(str::to_owned)).collect();
        self.obey(Name::Kv, read, all(None), all(Some("{\"v\":"))).await
    }

    async fn query(&self, _database: &str, statements: &[Statement]) -> Result<Vec<String>, Fault> {
        let read = || {
            let d1 = self.look(Name::D1, |held| held.d1.clone());
            statements.iter().map(|s| d1.as_ref().map_or_else(|| nothing(s), |answer| answer(s))).collect()
        };
        let garbage = statements.iter().map(|_| "{[".to_owned()).collect();
        self.obey(Name::D1, read, statements.iter().map(nothing).collect(), garbage).await
    }

    async fn file(&self, name: &str, range: Option<ByteRange>) -> Result<Option<File<Vec<u8>>>, Fault> {
        let read = || {
            let bytes = self.look(Name::R2, |held| held.files.get(name).cloned())?;
            let size = bytes.len() as u64;
            let span = range.and_then(|range| crate::files::span(range, size));
            let stream =
                span.map_or(bytes.clone(), |(first, last)| bytes[first as usize..=last as usize].to_vec());
            Some(File { stream, size })
        };
        self.obey(Name::R2, read, None, Some(File { stream: b"garbage".to_vec(), size: 7 })).await
    }

    async fn has_file(&self, name: &str) -> Result<bool, Fault> {
        let read = || self.look(Name::R2, |held| held.files.get(name).cloned()).is_some();
        self.obey(Name::R2, read, false, true).await
    }

    async fn origin(&self, url: &str) -> Result<Said, Fault> {
        let said = |(status, text)| Said { status, text };
        let read = || said(self.look(Name::Origin, |held| held.origin.clone()).expect("an origin")(url));
        let garbage = (200, "{\"host\":".to_owned());
        self.obey(Name::Origin, read, said((200, String::new())), said(garbage)).await
    }

    async fn cached(&self, key: &str) -> Result<Option<Reply>, Fault> {
        let garbage = Reply { status: 200, headers: vec![], body: ["garbage".to_owned(), String::new()] };
        let read = || self.look(Name::Cache, |held| held.cache.get(whole(key)).cloned());
        self.obey(Name::Cache, read, None, Some(garbage)).await
    }

    async fn keep(&self, key: &str, held: &Reply, _seconds: u64) -> Result<(), Fault> {
        let write = || drop(self.now.borrow_mut().cache.insert(whole(key).to_owned(), held.clone()));
        self.obey(Name::Cache, write, (), ()).await
    }

    async fn cached_text(&self, key: &str) -> Result<Option<String>, Fault> {
        let read = || self.look(Name::Cache, |held| held.cache_texts.get(key).cloned());
        self.obey(Name::Cache, read, None, Some("garbage".to_owned())).await
    }

    async fn keep_text(&self, key: &str, text: &str, _seconds: u64) -> Result<(), Fault> {
        let write = || drop(self.now.borrow_mut().cache_texts.insert(key.to_owned(), text.to_owned()));
        self.obey(Name::Cache, write, (), ()).await
    }

    fn kept(&self, reply: &Reply, kept: &Kept) -> Vec<u8> {
        self.kept.borrow_mut().push(kept.clone());
        reply.body.concat().into_bytes()
    }

    fn hold(&self, reply: &Reply) -> Reply {
        reply.clone()
    }

    fn facts(&self, held: &Reply) -> Option<Facts> {
        let tag = held.headers.iter().find(|(name, _)| *name == "etag").map(|(_, tag)| tag.to_string());
        Some(Facts { tag, size: held.size() })
    }

    fn with_headers(&self, held: &Reply, headers: &[(&'static str, String)]) -> Reply {
        headers.iter().fold(held.clone(), |held, (name, value)| held.with(name, value.clone()))
    }

    fn repeat(&self, held: &Reply, until: u64, languages: bool) {
        assert!(self.now() < until);
        self.repeated.borrow_mut().push((held.clone(), until, languages));
    }
}

/// What D1 answers from empty tables: an aggregate has a row all the same.
fn nothing(statement: &Statement) -> String {
    let sql = &statement.sql;
    if sql.contains("coalesce(max") {
        "0".to_owned()
    } else if sql.starts_with("SELECT json_array(") {
        "null".to_owned()
    } else {
        "[]".to_owned()
    }
}

/// The part of a key that the Cache API looks at: a URL without its fragment.
fn whole(key: &str) -> &str {
    key.split('#').next().unwrap_or(key)
}
