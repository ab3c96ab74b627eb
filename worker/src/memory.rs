//! What an isolate remembers: which site a host leads to, and finished answers. Bounded by bytes, because an
//! isolate has 128 MB and Wasm memory never shrinks
//! (<https://developers.cloudflare.com/workers/platform/limits/#memory>).

use model::moment::Version;
use model::records::{HostRecord, Route};
use std::collections::HashMap;
use std::rc::Rc;

/// Bytes of finished answers. They lie on the JavaScript side.
const ANSWER_BYTES: usize = 24 << 20;
/// Bytes of parsed host records.
const HOST_BYTES: usize = 16 << 20;
/// Bytes that a parsed host record is taken to need for each byte of its JSON: its routes are trees of owned texts.
pub const PARSED: usize = 4;
/// Bytes of the records of 404 pages.
const LOST_BYTES: usize = 1 << 20;
/// Bytes of routes of large sites.
const ROUTE_BYTES: usize = 2 << 20;

/// A map that forgets what was not asked for lately: two generations, the older one is dropped whole when the
/// younger one is full.
pub struct Bounded<V> {
    young: HashMap<String, (V, usize)>,
    old: HashMap<String, (V, usize)>,
    young_bytes: usize,
    limit: usize,
}

/// What an entry costs besides its value and its key: its place in the map and, of an answer, its headers.
const OVERHEAD: usize = 1_024;

impl<V: Clone> Bounded<V> {
    pub fn new(limit: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), young_bytes: 0, limit }
    }

    pub fn get(&mut self, key: &str) -> Option<V> {
        if let Some((value, _)) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, (value, bytes)) = self.old.remove_entry(key)?;
        self.insert(key, value.clone(), bytes);
        Some(value)
    }

    pub fn put(&mut self, key: String, value: V, bytes: usize) {
        let bytes = bytes + key.len() + OVERHEAD;
        if bytes > self.limit / 4 {
            // What stands there is out of date.
            self.remove(&key);
            return;
        }
        self.insert(key, value, bytes);
    }

    fn remove(&mut self, key: &str) {
        if let Some((_, bytes)) = self.young.remove(key) {
            self.young_bytes -= bytes;
        }
        self.old.remove(key);
    }

    fn insert(&mut self, key: String, value: V, bytes: usize) {
        if self.young_bytes + bytes > self.limit / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes += bytes;
        if let Some((_, replaced)) = self.young.insert(key, (value, bytes)) {
            self.young_bytes -= replaced;
        }
    }

    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        self.young.values().chain(self.old.values()).map(|(_, bytes)| bytes).sum()
    }
}

/// What is known of a host.
#[derive(Clone)]
pub struct Host {
    /// `None`: no site has this host.
    pub record: Option<Rc<HostRecord>>,
    pub read_at: u64,
    /// Since when someone is reading it anew.
    pub refreshing: Option<u64>,
    /// Since when KV has answered with nothing, or with less than is known.
    pub doubted_since: Option<u64>,
    /// What was served before, should the new one's page not be readable yet.
    pub previous: Option<Version>,
    /// Whether the edge cache has this record for the day on which KV does not answer.
    pub spared: bool,
    /// Whether it is known from there only.
    pub from_spare: bool,
    /// Bytes of its JSON.
    pub bytes: usize,
}

impl Host {
    /// What KV says now.
    pub fn new(record: Option<Rc<HostRecord>>, bytes: usize, now: u64) -> Self {
        Self {
            record,
            read_at: now,
            refreshing: None,
            doubted_since: None,
            previous: None,
            spared: false,
            from_spare: false,
            bytes,
        }
    }

    /// Until when its answers may be repeated without asking again; 0 for not at all.
    pub fn stands_until(&self, now: u64) -> u64 {
        let site = self.record.as_ref().and_then(|record| record.content.as_ref());
        let next = site.and_then(|site| site.next_moment()).unwrap_or(u64::MAX);
        let until = next.min(self.read_at + FRESH);
        if now < until { until } else { 0 }
    }

    /// Becomes what it is now; whether that is something else.
    pub fn reach(&mut self, now: u64) -> bool {
        let Some(site) = self.record.as_ref().and_then(|record| record.content.as_ref()) else {
            return false;
        };
        if !site.is_due(now) {
            return false;
        }
        self.previous = Some(site.version());
        // Once for each moment and isolate.
        if let Some(site) = self.record.as_mut().and_then(|record| Rc::make_mut(record).content.as_mut()) {
            site.advance(now);
        }
        true
    }

    /// Whether it is time to read it again, and nobody does.
    pub fn is_due(&self, now: u64) -> bool {
        let refreshing = self.refreshing.is_some_and(|since| now < since + ABANDONED);
        now >= self.read_at + FRESH && !refreshing
    }
}

/// The platform may end work behind an answer before it is done; after this time somebody else does it.
const ABANDONED: u64 = 10_000;

/// A host is read again after this time; until the answer is there, the known one serves.
pub const FRESH: u64 = 5_000;
/// What is known for longer than this, because nobody has asked for the host, is read again before it is served: else
/// a moment that was set meanwhile would be missed once.
pub const OLD: u64 = 600_000;
/// KV may answer with an old value, or with none, for about a minute after a write
/// (<https://developers.cloudflare.com/kv/concepts/how-kv-works/#consistency>). For so long what is known is
/// believed rather than the answer.
pub const DOUBT: u64 = 60_000;

/// A finished answer.
#[derive(Clone)]
pub struct Answer<H> {
    pub held: H,
    /// Whether the edge cache has it, or never will.
    pub kept: bool,
}

pub struct Memory<H> {
    pub hosts: Bounded<Host>,
    pub answers: Bounded<Answer<H>>,
    /// The records of sites' 404 pages, which are read before it is known whether they are needed.
    pub lost: Bounded<Rc<str>>,
    /// What a route table in shards says about a path, nothing included. The key names the version of the table.
    pub routes: Bounded<Option<Route>>,
}

impl<H: Clone> Default for Memory<H> {
    fn default() -> Self {
        Self {
            hosts: Bounded::new(HOST_BYTES),
            answers: Bounded::new(ANSWER_BYTES),
            lost: Bounded::new(LOST_BYTES),
            routes: Bounded::new(ROUTE_BYTES),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounded_map_never_holds_more_than_its_limit() {
        let mut map = Bounded::new(10_000);
        for n in 0..1_000 {
            map.put(format!("{n}"), n, 500);
            assert!(map.bytes() <= 10_000 && map.young.len() + map.old.len() <= 6);
        }
        assert_eq!(map.get("999"), Some(999));
        assert_eq!(map.get("0"), None);
    }

    #[test]
    fn what_is_asked_for_stays() {
        let mut map = Bounded::new(10_000);
        map.put("kept".into(), 0, 500);
        for n in 0..100 {
            map.put(format!("{n}"), n, 500);
            assert_eq!(map.get("kept"), Some(0));
        }
    }

    #[test]
    fn an_entry_that_would_crowd_out_the_others_is_not_taken() {
        let mut map = Bounded::new(10_000);
        map.put("big".into(), 1, 500);
        map.put("big".into(), 2, 5_000);
        assert_eq!(map.get("big"), None);
    }
}
