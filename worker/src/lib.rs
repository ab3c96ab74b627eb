//! The edge Worker: how a visitor gets a page. It reads KV, D1, R2 and the edge caches, and never writes to a
//! store. `serve` is one request as a function over the `Stores` trait; this file connects it to the platform.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod bindings;
mod feeds;
mod files;
mod memory;
mod pages;
mod reply;
mod request;
mod serve;
mod site;
mod sql;
mod stores;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use bindings::{Bindings, Held};
use memory::Memory;
use request::Request;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use worker::worker_sys::{Context, web_sys};

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

/// An answer that this isolate holds, without waiting for anything: `undefined` where there is none, or where
/// its site is due to be looked at again.
#[wasm_bindgen]
pub fn warm(url: String, if_none_match: Option<String>) -> JsValue {
    MEMORY.with(|memory| {
        let held = memory
            .try_borrow_mut()
            .ok()
            .and_then(|mut memory| serve::warm(&mut memory, bindings::now(), &url));
        held.map_or(JsValue::UNDEFINED, |held| held.to_response(if_none_match.as_deref()))
    })
}

/// Any request.
#[wasm_bindgen]
pub async fn serve(request: web_sys::Request, env: worker::Env, context: Context) -> JsValue {
    let memory = MEMORY.with(Rc::clone);
    let stores = Rc::new(Bindings::new(env, context));
    let headers = request.headers();
    let header = |name: &str| headers.get(name).ok().flatten();
    let url = request.url();
    let request = Request {
        method: request.method(),
        if_none_match: header("if-none-match"),
        range: header("range"),
        if_range: header("if-range"),
        debug_token: header("x-debug-token"),
        url,
    };
    let conditional = request.if_none_match.clone();
    serve::serve(&stores, &memory, request).await.into_response(conditional.as_deref())
}
