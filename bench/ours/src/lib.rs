//! The renderer as a Worker without memory of finished pages. Headers are fewer than in `worker/src/bindings.rs`,
//! because the frameworks beside it send no more either.

use bench_page::Records;
use js_sys::{Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use worker as _;

#[wasm_bindgen]
extern "C" {
    type Response;
    /// A response copies the bytes that it is made of (<https://fetch.spec.whatwg.org/#concept-bodyinit-extract>), so
    /// they may lie in Wasm memory.
    #[wasm_bindgen(constructor)]
    fn new(body: &[u8], init: &JsValue) -> Response;
}

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

thread_local! {
    static RECORDS: RefCell<Records> = RefCell::default();
    static INIT: JsValue = init();
}

fn init() -> JsValue {
    let headers = Object::new();
    let _infallible = Reflect::set(&headers, &"content-type".into(), &"text/html; charset=utf-8".into());
    let init = Object::new();
    let _infallible = Reflect::set(&init, &"headers".into(), &headers);
    init.into()
}

/// Takes a record into memory, as the text that KV has.
#[wasm_bindgen]
pub fn hold(key: String, text: String) {
    RECORDS.with(|records| records.borrow_mut().insert(key, text));
}

#[wasm_bindgen]
pub fn render(url: String) -> JsValue {
    let (_, rest) = url.split_once("://").unwrap_or_default();
    let (authority, path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, "/"));
    RECORDS.with(|records| match bench_page::draw(&records.borrow(), authority, path) {
        Ok(drawn) => INIT.with(|init| Response::new(drawn.into_html().as_bytes(), init).into()),
        Err(why) => Response::new(why.as_bytes(), &JsValue::UNDEFINED).into(),
    })
}
