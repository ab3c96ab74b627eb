//! How long the parts of a request took, for who may know. Nothing is measured for anybody else.

use crate::stores::Stores;
use std::cell::Cell;
use std::fmt::Write as _;
use std::future::Future;

#[derive(Debug, Clone, Copy)]
pub enum Phase {
    Host,
    Cache,
    Kv,
    D1,
    Render,
}

const NAMES: [&str; 5] = ["host", "cache", "kv", "d1", "render"];

pub struct Timing {
    /// When the request began, where somebody wants to know.
    began: Option<u64>,
    /// Milliseconds by phase; `None` for one that did not happen.
    spent: [Cell<Option<u64>>; 5],
}

impl Timing {
    pub fn new(began: Option<u64>) -> Self {
        Self { began, spent: Default::default() }
    }

    /// Waits for a phase.
    pub async fn of<S: Stores, T>(&self, phase: Phase, stores: &S, work: impl Future<Output = T>) -> T {
        let from = self.began.map(|_| stores.now());
        let result = work.await;
        self.add(phase, from, stores);
        result
    }

    /// Computes in a phase.
    pub fn during<S: Stores, T>(&self, phase: Phase, stores: &S, work: impl FnOnce() -> T) -> T {
        let from = self.began.map(|_| stores.now());
        let result = work();
        self.add(phase, from, stores);
        result
    }

    fn add<S: Stores>(&self, phase: Phase, from: Option<u64>, stores: &S) {
        if let (Some(from), Some(spent)) = (from, self.spent.get(phase as usize)) {
            spent.set(Some(spent.get().unwrap_or(0) + stores.now().saturating_sub(from)));
        }
    }

    /// The value of `Server-Timing` (<https://www.w3.org/TR/server-timing/>).
    pub fn header(&self, now: u64) -> String {
        let mut header = String::new();
        for (name, spent) in NAMES.iter().zip(&self.spent) {
            if let Some(spent) = spent.get() {
                let _infallible = write!(header, "{name};dur={spent}, ");
            }
        }
        let total = self.began.map_or(0, |began| now.saturating_sub(began));
        let _infallible = write!(header, "total;dur={total}");
        header
    }
}
