//! Stores in memory that obey orders, and a clock that moves only when everybody waits.

use crate::reply::Reply;
use crate::sql::Statement;
use crate::stores::{ByteRange, Fault, File, Stores};
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
}

#[derive(Default)]
pub struct Fake {
    pub kv: RefCell<BTreeMap<String, String>>,
    /// KV as it was when it was ordered to be stale.
    old_kv: RefCell<BTreeMap<String, String>>,
    /// What D1 answers to a statement.
    pub d1: RefCell<Option<Box<dyn Fn(&Statement) -> String>>>,
    pub files: RefCell<BTreeMap<String, Vec<u8>>>,
    cache: RefCell<BTreeMap<String, Reply>>,
    cache_texts: RefCell<BTreeMap<String, String>>,
    pub variables: RefCell<BTreeMap<String, String>>,
    orders: RefCell<BTreeMap<Name, Order>>,
    /// Calls by store since the last `take_counts`.
    counts: RefCell<BTreeMap<Name, usize>>,
    pub log: RefCell<Vec<String>>,
    clock: Rc<Cell<u64>>,
    timers: Rc<RefCell<Vec<(u64, Waker)>>>,
    later: RefCell<Vec<LocalBoxFuture<'static, ()>>>,
}

impl Fake {
    pub fn order(&self, name: Name, order: Order) {
        if order == Order::Stale {
            self.old_kv.replace(self.kv.borrow().clone());
        }
        self.orders.borrow_mut().insert(name, order);
    }

    pub fn take_counts(&self) -> BTreeMap<Name, usize> {
        self.counts.take()
    }

    pub fn advance(&self, milliseconds: u64) {
        self.clock.set(self.clock.get() + milliseconds);
    }

    /// Runs until the answer is there and nothing goes on behind it; the clock jumps to whatever is waited for.
    /// Fails the test where something waits for ever.
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
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
            if answer.is_some() && self.later.borrow().is_empty() {
                self.timers.take();
                break;
            }
            let next =
                self.timers.borrow().iter().map(|(at, _)| *at).filter(|at| *at > self.clock.get()).min();
            self.clock.set(next.expect("waits for something that never comes"));
        }
        answer.expect("the loop ends with an answer")
    }

    async fn obey<T>(&self, name: Name, work: impl FnOnce() -> T, empty: T, garbage: T) -> Result<T, Fault> {
        *self.counts.borrow_mut().entry(name).or_default() += 1;
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

    async fn sleep(&self, milliseconds: u64) {
        Sleep {
            until: self.clock.get() + milliseconds,
            clock: self.clock.clone(),
            timers: self.timers.clone(),
        }
        .await;
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
        let stale = self.orders.borrow().get(&Name::Kv) == Some(&Order::Stale);
        let from = if stale { &self.old_kv } else { &self.kv };
        self.obey(Name::Kv, || from.borrow().get(key).cloned(), None, Some("{\"v\":".to_owned())).await
    }

    async fn query(&self, _database: &str, statements: &[Statement]) -> Result<Vec<String>, Fault> {
        let answer = || {
            let d1 = self.d1.borrow();
            statements.iter().map(|s| d1.as_ref().map_or("[]".to_owned(), |answer| answer(s))).collect()
        };
        let all = |text: &str| statements.iter().map(|_| text.to_owned()).collect();
        self.obey(Name::D1, answer, all("null"), all("{[")).await
    }

    async fn file(&self, name: &str, range: Option<ByteRange>) -> Result<Option<File<Vec<u8>>>, Fault> {
        let read = || {
            let bytes = self.files.borrow().get(name)?.clone();
            let size = bytes.len() as u64;
            let span = range.and_then(|range| crate::files::span(range, size));
            let stream =
                span.map_or(bytes.clone(), |(first, last)| bytes[first as usize..=last as usize].to_vec());
            Some(File { stream, size })
        };
        self.obey(Name::R2, read, None, Some(File { stream: b"garbage".to_vec(), size: 7 })).await
    }

    async fn cached(&self, key: &str) -> Result<Option<Reply>, Fault> {
        let garbage = Reply { status: 200, headers: vec![], body: vec!["garbage".to_owned()] };
        self.obey(Name::Cache, || self.cache.borrow().get(key).cloned(), None, Some(garbage)).await
    }

    async fn keep(&self, key: &str, held: &Reply, _seconds: u64) -> Result<(), Fault> {
        self.obey(Name::Cache, || drop(self.cache.borrow_mut().insert(key.to_owned(), held.clone())), (), ())
            .await
    }

    async fn cached_text(&self, key: &str) -> Result<Option<String>, Fault> {
        self.obey(
            Name::Cache,
            || self.cache_texts.borrow().get(key).cloned(),
            None,
            Some("garbage".to_owned()),
        )
        .await
    }

    async fn keep_text(&self, key: &str, text: &str, _seconds: u64) -> Result<(), Fault> {
        self.obey(
            Name::Cache,
            || drop(self.cache_texts.borrow_mut().insert(key.to_owned(), text.to_owned())),
            (),
            (),
        )
        .await
    }

    fn hold(&self, reply: Reply) -> Reply {
        reply
    }

    fn with_headers(&self, held: &Reply, headers: &[(&'static str, String)]) -> Reply {
        headers.iter().fold(held.clone(), |held, (name, value)| held.with(name, value.clone()))
    }
}
