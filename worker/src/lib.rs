//! The edge Worker: how a visitor gets a page. It reads KV, D1, R2 and the edge caches, and never writes to a
//! store. `serve` is one request as a function over the `Stores` trait; this file connects it to the platform.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod bindings;
mod feeds;
mod files;
mod language;
mod memory;
mod pages;
mod preview;
mod reply;
mod request;
mod serve;
mod site;
mod sql;
mod stores;
mod timing;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use bindings::{Bindings, Door, Held};
use futures::task::AtomicWaker;
use memory::Memory;
use reply::Outcome;
use request::Request;
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use stores::Stores;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

thread_local! {
    /// What this isolate holds. Shared by all its requests: finished answers and parsed records only.
    static MEMORY: Rc<RefCell<Memory<Held>>> = Rc::default();
}

#[wasm_bindgen(start)]
fn start() {
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        console_error_panic_hook::hook(info);
        previous(info);
    }));
}

/// Any request: a `Response` where memory has the answer, else the promise of one.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments, reason = "plain values cross the border for less than an object does")]
pub fn serve(
    door: Door,
    env: worker::Env,
    method: String,
    url: String,
    if_none_match: Option<String>,
    range: Option<String>,
    if_range: Option<String>,
    debug_token: Option<String>,
    accept_language: Option<String>,
) -> JsValue {
    let memory = MEMORY.with(Rc::clone);
    let mut work = Box::pin(async move {
        let stores = Rc::new(Bindings::new(door, env));
        let conditional = if_none_match.clone();
        let request = Request { method, url, if_none_match, range, if_range, debug_token, accept_language };
        let answer = serve::serve(&stores, &memory, request).await;
        stores.response(answer, conditional.as_deref())
    });
    let relay = Arc::new(Relay::default());
    let waker = Waker::from(relay.clone());
    match work.as_mut().poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(response) => response,
        Poll::Pending => future_to_promise(poll_fn(move |context| {
            relay.0.register(context.waker());
            work.as_mut().poll(&mut Context::from_waker(&waker)).map(Ok)
        }))
        .into(),
    }
}

/// Wakes whoever polls now: a timer keeps the first waker that it was given, which is that of the poll above.
#[derive(Default)]
struct Relay(AtomicWaker);

impl Wake for Relay {
    fn wake(self: Arc<Self>) {
        self.0.wake();
    }
}

/// What a visitor gets whose request ended with its Wasm instance. It is called in the next instance.
#[wasm_bindgen]
pub fn apology(door: Door, env: worker::Env) -> JsValue {
    let stores = Bindings::new(door, env);
    let number = stores.request_number();
    stores.log(&format!("request {number:016x}: ended by a trap in Wasm"));
    let page = pages::notice(500, pages::Notice::Broken, number).with("retry-after", "10");
    stores.response(Outcome::Fresh(page), None)
}
