//! Host to site: from memory, from KV, and in KV's absence from the edge cache.

use crate::memory::{DOUBT, FRESH, Host, Memory, OLD, PARSED};
use crate::stores::{Fault, Stores};
use model::keys;
use model::moment::Version;
use model::names::Hostname;
use model::records::{HostRecord, Status, Unreadable};
use std::cell::RefCell;
use std::rc::Rc;

/// How long the edge cache keeps a host record for the day on which KV does not answer.
const SPARE: u64 = 7 * 86_400;

/// Cached reads of KV for host records: the least that it allows
/// (<https://developers.cloudflare.com/kv/api/read-key-value-pairs/#cachettl-parameter>).
const HOST_TTL: u64 = 30;

pub enum Found {
    Site(Rc<HostRecord>, Host),
    Unknown,
    /// Neither KV nor the edge cache answered.
    Unavailable,
}

/// The site of a host. A known one is answered at once and read again in the background when it is due.
pub async fn find<S: Stores>(
    stores: &Rc<S>,
    memory: &Rc<RefCell<Memory<S::Held>>>,
    host: &Hostname,
) -> Found {
    let now = stores.now();
    let known = memory.borrow_mut().hosts.get(host.as_str());
    // A host without a site is not served from memory when it is due: its site may be there by now.
    let mut known = known.filter(|known| known.record.is_some() || now < known.read_at + FRESH);
    if known.as_ref().is_some_and(|known| now >= known.read_at + OLD) {
        refresh(stores, memory, host).await;
        known = memory.borrow_mut().hosts.get(host.as_str());
    }
    let now = stores.now();
    if let Some(mut known) = known {
        if known.reach(now) {
            put(memory, host, known.clone());
        }
        if known.is_due(now) {
            put(memory, host, Host { refreshing: Some(now), ..known.clone() });
            let (stores_, memory_, host_) = (stores.clone(), memory.clone(), host.clone());
            stores.later(async move { refresh(&stores_, &memory_, &host_).await });
        }
        return found(known);
    }
    match read(&**stores, host).await {
        Ok(answer) => {
            let mut next = Host::new(None, 0, now);
            if let Some((text, record)) = answer {
                next.bytes = text.len();
                // One that leads to pages is spared with the first of them that is.
                next.spared = record.status != Status::Active || record.content.is_none();
                if next.spared {
                    write_spare(stores, host, text);
                }
                next.record = Some(Rc::new(record));
            }
            put(memory, host, next.clone());
            found(next)
        }
        Err(fault) => {
            stores.log(&format!("{host}: {fault}"));
            let spare = stores.cached_text(&spare_key(host)).await;
            let Some(text) = spare.ok().flatten() else { return Found::Unavailable };
            let Ok(record) = parse(&text, now) else { return Found::Unavailable };
            let next =
                Host { spared: true, from_spare: true, ..Host::new(Some(Rc::new(record)), text.len(), now) };
            put(memory, host, next.clone());
            found(next)
        }
    }
}

fn found(host: Host) -> Found {
    match host.record.clone() {
        Some(record) => Found::Site(record, host),
        None => Found::Unknown,
    }
}

fn put<H: Clone>(memory: &Rc<RefCell<Memory<H>>>, name: &Hostname, host: Host) {
    let bytes = host.bytes * PARSED;
    memory.borrow_mut().hosts.put(name.to_string(), host, bytes);
}

fn spare_key(host: &Hostname) -> String {
    keys::host(host)
}

/// Puts the record of a site into the edge cache, where it is not yet: a page of the site is going there.
pub fn spare<S: Stores>(stores: &Rc<S>, memory: &Rc<RefCell<Memory<S::Held>>>, record: &HostRecord) {
    let host = &record.primary;
    let Some(known) = memory.borrow_mut().hosts.get(host.as_str()) else { return };
    if known.spared {
        return;
    }
    put(memory, host, Host { spared: true, ..known });
    match serde_json::to_string(record) {
        Ok(text) => write_spare(stores, host, text),
        Err(e) => stores.log(&format!("{host}: {e}")),
    }
}

fn write_spare<S: Stores>(stores: &Rc<S>, host: &Hostname, text: String) {
    let (stores_, key) = (stores.clone(), spare_key(host));
    stores.later(async move {
        if let Err(fault) = stores_.keep_text(&key, &text, SPARE).await {
            stores_.log(&format!("{key}: {fault}"));
        }
    });
}

async fn read<S: Stores>(stores: &S, host: &Hostname) -> Result<Option<(String, HostRecord)>, Fault> {
    let Some(text) = stores.kv(&keys::host(host), HOST_TTL).await? else {
        return Ok(None);
    };
    let record = parse(&text, stores.now()).map_err(|e| Fault(format!("{}: {e}", keys::host(host))))?;
    Ok(Some((text, record)))
}

/// A record as it is now: its moments that have come by are part of it.
fn parse(text: &str, now: u64) -> Result<HostRecord, Unreadable> {
    let mut record = HostRecord::parse(text)?;
    if let Some(site) = &mut record.content {
        site.advance(now);
    }
    Ok(record)
}

fn version(record: Option<&HostRecord>) -> Option<Version> {
    record.and_then(|r| r.content.as_ref()).map(|c| c.version())
}

/// Whether the primary host of a site leads to another one of it now. That one may not know yet that it is the primary host,
/// and lead back: until it does, both show the site.
fn is_alias_now(known: Option<&HostRecord>, record: Option<&HostRecord>) -> bool {
    let (Some(known), Some(record)) = (known, record) else { return false };
    known.site == record.site
        && known.content.is_some()
        && record.content.is_none()
        && record.status == Status::Active
}

/// Reads a known host again. An answer that knows less than we do (nothing, an older release, another primary host) may be
/// KV's delay: it is believed only when it has been repeated for a minute. A failed read changes nothing.
async fn refresh<S: Stores>(stores: &Rc<S>, memory: &Rc<RefCell<Memory<S::Held>>>, host: &Hostname) {
    let answer = read(&**stores, host).await;
    let now = stores.now();
    let Some(known) = memory.borrow_mut().hosts.get(host.as_str()) else { return };
    let settled = Host { refreshing: None, read_at: now, ..known.clone() };
    let next = match answer {
        Err(fault) => {
            stores.log(&format!("{host}: {fault}"));
            settled
        }
        Ok(answer) => {
            let (text, record) =
                answer.map_or((None, None), |(text, record)| (Some(text), Some(Rc::new(record))));
            let bytes = text.as_ref().map_or(0, String::len);
            let (old, new) = (version(known.record.as_deref()), version(record.as_deref()));
            let knows_less = known.record.is_some()
                && (record.is_none()
                    || (new.is_some() && new < old)
                    || is_alias_now(known.record.as_deref(), record.as_deref()));
            let since = known.doubted_since.unwrap_or(now);
            if knows_less && now < since + DOUBT {
                Host { doubted_since: Some(since), ..settled }
            } else {
                let status = |record: Option<&HostRecord>| record.map(|r| r.status);
                let changed = old != new || status(known.record.as_deref()) != status(record.as_deref());
                let previous = if old == new { known.previous } else { old };
                let spared = record.is_some() && (changed || known.spared);
                if changed {
                    text.into_iter().for_each(|text| write_spare(stores, host, text));
                }
                Host { record, bytes, previous, spared, doubted_since: None, from_spare: false, ..settled }
            }
        }
    };
    put(memory, host, next);
}
