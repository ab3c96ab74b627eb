//! Host to site: from memory, from KV, and in KV's absence from the edge cache.

use crate::memory::{DOUBT, FRESH, Host, Memory};
use crate::stores::{Stores, limit, within};
use model::keys;
use model::names::Hostname;
use model::records::HostRecord;
use std::cell::RefCell;
use std::rc::Rc;

/// How long the edge cache keeps a host record for the day on which KV does not answer.
const SPARE: u64 = 7 * 86_400;

/// Cached reads of KV for host records: the least that it allows
/// (<https://developers.cloudflare.com/kv/api/read-key-value-pairs/#cachettl-parameter>).
const HOST_TTL: u64 = 30;

pub enum Found {
    Site(Rc<HostRecord>, Option<(u64, u64)>),
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
    let known = known.filter(|known| known.record.is_some() || now < known.read_at + FRESH);
    if let Some(known) = known {
        if known.is_due(now) {
            put(memory, host, Host { refreshing: Some(now), ..known.clone() });
            let (stores_, memory_, host_) = (stores.clone(), memory.clone(), host.clone());
            stores.later(async move { refresh(&stores_, &memory_, &host_).await });
        }
        return found(&known);
    }
    match read(&**stores, host).await {
        Ok(answer) => {
            let (text, record) =
                answer.map_or((None, None), |(text, record)| (Some(text), Some(Rc::new(record))));
            let bytes = text.as_ref().map_or(0, String::len);
            let host_ =
                Host { record, read_at: now, refreshing: None, doubted_since: None, previous: None, bytes };
            put(memory, host, host_.clone());
            if let Some(text) = text {
                spare(stores, host, text);
            }
            found(&host_)
        }
        Err(fault) => {
            stores.log(&format!("{host}: {fault}"));
            let spare = within(&**stores, limit::CACHE, "cache", stores.cached_text(&spare_key(host))).await;
            let Some(text) = spare.ok().flatten() else { return Found::Unavailable };
            let Ok(record) = HostRecord::parse(&text) else { return Found::Unavailable };
            let host_ = Host {
                record: Some(Rc::new(record)),
                read_at: now,
                refreshing: None,
                doubted_since: None,
                previous: None,
                bytes: text.len(),
            };
            put(memory, host, host_.clone());
            found(&host_)
        }
    }
}

fn found(host: &Host) -> Found {
    host.record.as_ref().map_or(Found::Unknown, |record| Found::Site(record.clone(), host.previous))
}

fn put<H: Clone>(memory: &Rc<RefCell<Memory<H>>>, name: &Hostname, host: Host) {
    let bytes = host.bytes;
    memory.borrow_mut().hosts.put(name.to_string(), host, bytes);
}

fn spare_key(host: &Hostname) -> String {
    keys::host(host)
}

fn spare<S: Stores>(stores: &Rc<S>, host: &Hostname, text: String) {
    let (stores_, key) = (stores.clone(), spare_key(host));
    stores.later(async move {
        if let Err(fault) =
            within(&*stores_, limit::CACHE, "cache", stores_.keep_text(&key, &text, SPARE)).await
        {
            stores_.log(&format!("{key}: {fault}"));
        }
    });
}

async fn read<S: Stores>(
    stores: &S,
    host: &Hostname,
) -> Result<Option<(String, HostRecord)>, crate::stores::Fault> {
    let Some(text) = within(stores, limit::KV, "KV", stores.kv(&keys::host(host), HOST_TTL)).await? else {
        return Ok(None);
    };
    let record =
        HostRecord::parse(&text).map_err(|e| crate::stores::Fault(format!("{}: {e}", keys::host(host))))?;
    Ok(Some((text, record)))
}

fn version(record: Option<&HostRecord>) -> Option<(u64, u64)> {
    record.and_then(|r| r.content.as_ref()).map(|c| (c.release, c.epoch))
}

/// Reads a known host again. An answer that knows less than we do (nothing, or an older release) may be KV's
/// delay: it is believed only when it has been repeated for a minute. A failed read changes nothing.
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
            let knows_less = known.record.is_some() && (record.is_none() || (new.is_some() && new < old));
            let since = known.doubted_since.unwrap_or(now);
            if knows_less && now < since + DOUBT {
                Host { doubted_since: Some(since), ..settled }
            } else {
                let status = |record: Option<&HostRecord>| record.map(|r| r.status);
                if old != new || status(known.record.as_deref()) != status(record.as_deref()) {
                    text.into_iter().for_each(|text| spare(stores, host, text));
                }
                let previous = if old == new { known.previous } else { old };
                Host { record, bytes, previous, doubted_since: None, ..settled }
            }
        }
    };
    put(memory, host, next);
}
