//! The stores of the platform: KV, D1, R2 and the Cache API behind `Stores`. The only file that touches them.

use crate::reply::{Outcome, Reply, matches};
use crate::sql::{Argument, Statement};
use crate::stores::{ByteRange, Facts, Fault, File, Stores};
use js_sys::Uint8Array;
use std::future::Future;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use worker::Env;
use worker::worker_sys::{Context, web_sys};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;

    type Response;
    #[wasm_bindgen(constructor)]
    fn new(body: &JsValue, init: &JsValue) -> Response;
}

pub fn now() -> u64 {
    date_now() as u64
}

fn fault(e: impl std::fmt::Display) -> Fault {
    Fault(e.to_string())
}

fn js_fault(e: JsValue) -> Fault {
    let message = js_sys::Reflect::get(&e, &"message".into()).ok().and_then(|m| m.as_string());
    Fault(message.unwrap_or_else(|| format!("{e:?}")))
}

/// The host of the cache's keys. It is ours alone: nothing is ever fetched from it.
const CACHE_ORIGIN: &str = "https://cache.manysite.internal/";

/// A finished answer: its bytes and headers as JavaScript has them, ready to be sent any number of times.
#[derive(Clone)]
pub struct Held {
    body: JsValue,
    init: JsValue,
    headers: web_sys::Headers,
    status: u16,
    not_modified: JsValue,
    tag: Option<String>,
}

impl Held {
    fn new(status: u16, headers: web_sys::Headers, body: JsValue) -> Self {
        let tag = headers.get("etag").ok().flatten();
        Self { body, init: init(status, &headers), not_modified: init(304, &headers), status, headers, tag }
    }

    pub fn to_response(&self, if_none_match: Option<&str>) -> JsValue {
        match (if_none_match, &self.tag) {
            (Some(given), Some(tag)) if matches(given, tag) => {
                Response::new(&JsValue::NULL, &self.not_modified).into()
            }
            _ => Response::new(&self.body, &self.init).into(),
        }
    }
}

fn init(status: u16, headers: &web_sys::Headers) -> JsValue {
    let init = js_sys::Object::new();
    let _infallible = js_sys::Reflect::set(&init, &"status".into(), &status.into());
    let _infallible = js_sys::Reflect::set(&init, &"headers".into(), headers);
    init.into()
}

fn headers_of(reply: &Reply) -> web_sys::Headers {
    let headers = web_sys::Headers::new().unwrap_or_else(|_| JsValue::NULL.unchecked_into());
    for (name, value) in &reply.headers {
        // A value that is no header value is left out rather than breaking the answer.
        let _refused = headers.set(name, value);
    }
    headers
}

/// The pieces behind each other in one buffer on the JavaScript side.
fn bytes_of(reply: &Reply) -> Uint8Array {
    let bytes = Uint8Array::new_with_length(reply.size() as u32);
    let mut at = 0;
    for piece in &reply.body {
        let end = at + piece.len() as u32;
        bytes.subarray(at, end).copy_from(piece.as_bytes());
        at = end;
    }
    bytes
}

impl Outcome<Held, JsValue> {
    pub fn into_response(self, if_none_match: Option<&str>) -> JsValue {
        match self {
            Self::Held(held) => held.to_response(if_none_match),
            Self::Fresh(reply) => {
                let headers = headers_of(&reply);
                let empty = reply.status == 304 || reply.body.is_empty();
                let body = if empty { JsValue::NULL } else { bytes_of(&reply).into() };
                Held::new(reply.status, headers, body).to_response(if_none_match)
            }
            Self::Stream(reply, stream) => {
                Response::new(&stream, &init(reply.status, &headers_of(&reply))).into()
            }
        }
    }
}

pub struct Bindings {
    env: Env,
    context: Context,
}

impl Bindings {
    pub fn new(env: Env, context: Context) -> Self {
        Self { env, context }
    }
}

impl Stores for Bindings {
    type Stream = JsValue;
    type Held = Held;

    fn now(&self) -> u64 {
        now()
    }

    async fn sleep(&self, milliseconds: u64) {
        worker::Delay::from(Duration::from_millis(milliseconds)).await;
    }

    fn log(&self, line: &str) {
        worker::console_error!("{line}");
    }

    fn request_number(&self) -> u64 {
        getrandom::u64().unwrap_or_default()
    }

    fn later(&self, work: impl Future<Output = ()> + 'static) {
        let promise = wasm_bindgen_futures::future_to_promise(async move {
            work.await;
            Ok(JsValue::UNDEFINED)
        });
        let _after_the_event = self.context.wait_until(&promise);
    }

    fn variable(&self, name: &str) -> Option<String> {
        js_sys::Reflect::get(&self.env, &name.into()).ok()?.as_string()
    }

    async fn kv(&self, key: &str, ttl: u64) -> Result<Option<String>, Fault> {
        self.env.kv("KV").map_err(fault)?.get(key).cache_ttl(ttl).text().await.map_err(fault)
    }

    async fn query(&self, database: &str, statements: &[Statement]) -> Result<Vec<String>, Fault> {
        let session = self.env.d1(database).map_err(fault)?.with_session(None).map_err(fault)?;
        let mut prepared = Vec::with_capacity(statements.len());
        for statement in statements {
            let arguments: Vec<JsValue> = statement
                .arguments
                .iter()
                .map(|argument| match argument {
                    Argument::Text(text) => text.into(),
                    Argument::Number(n) => (*n).into(),
                })
                .collect();
            prepared.push(session.prepare(&statement.sql).bind(&arguments).map_err(fault)?);
        }
        let results = session.batch(prepared).await.map_err(fault)?;
        let mut texts = Vec::with_capacity(results.len());
        for result in results {
            if let Some(error) = result.error() {
                return Err(Fault(error));
            }
            let rows: Vec<serde_json::Map<String, serde_json::Value>> = result.results().map_err(fault)?;
            let answer = rows.into_iter().next().and_then(|mut row| row.remove("answer"));
            texts.push(match answer {
                None | Some(serde_json::Value::Null) => "null".to_owned(),
                Some(serde_json::Value::String(text)) => text,
                Some(other) => other.to_string(),
            });
        }
        Ok(texts)
    }

    async fn file(&self, name: &str, range: Option<ByteRange>) -> Result<Option<File<JsValue>>, Fault> {
        let bucket = self.env.bucket("FILES").map_err(fault)?;
        let get = bucket.get(name);
        let get = match range {
            None => get,
            Some(ByteRange::From { first, last: None }) => {
                get.range(worker::Range::OffsetToEnd { offset: first })
            }
            Some(ByteRange::From { first, last: Some(last) }) => {
                get.range(worker::Range::OffsetWithLength { offset: first, length: last - first + 1 })
            }
            Some(ByteRange::Last(suffix)) => get.range(worker::Range::Suffix { suffix }),
        };
        let object = match get.execute().await {
            Ok(object) => object,
            // A range outside the file is an error to R2; its size is in the head.
            Err(_) if range.is_some() => {
                let head = bucket.head(name).await.map_err(fault)?;
                return Ok(head.map(|head| File { stream: JsValue::NULL, size: head.size() }));
            }
            Err(e) => return Err(fault(e)),
        };
        let Some(object) = object else { return Ok(None) };
        let size = object.size();
        let Some(body) = object.body() else { return Ok(Some(File { stream: JsValue::NULL, size })) };
        match body.response_body().map_err(fault)? {
            worker::ResponseBody::Stream(stream) => Ok(Some(File { stream: stream.into(), size })),
            worker::ResponseBody::Body(bytes) => {
                Ok(Some(File { stream: Uint8Array::from(bytes.as_slice()).into(), size }))
            }
            worker::ResponseBody::Empty => Ok(Some(File { stream: JsValue::NULL, size })),
        }
    }

    async fn cached(&self, key: &str) -> Result<Option<Held>, Fault> {
        let Some(response) = cache_match(key).await? else { return Ok(None) };
        let body = response.array_buffer().map_err(js_fault)?;
        let body = wasm_bindgen_futures::JsFuture::from(body).await.map_err(js_fault)?;
        let headers = web_sys::Headers::new_with_headers(&response.headers()).map_err(js_fault)?;
        // Inside the cache `cache-control` says how long the cache may keep it; the visitor's stands beside it.
        if let Ok(Some(own)) = headers.get("x-cache-control") {
            let _infallible = headers.set("cache-control", &own);
            let _infallible = headers.delete("x-cache-control");
        }
        let _infallible = headers.delete("cf-cache-status");
        Ok(Some(Held::new(response.status(), headers, Uint8Array::new(&body).into())))
    }

    async fn keep(&self, key: &str, held: &Held, seconds: u64) -> Result<(), Fault> {
        let response: web_sys::Response = held.to_response(None).unchecked_into();
        let headers = response.headers();
        if let Ok(Some(own)) = headers.get("cache-control") {
            headers.set("x-cache-control", &own).map_err(js_fault)?;
        }
        headers.set("cache-control", &format!("public, max-age={seconds}")).map_err(js_fault)?;
        cache_put(key, &response).await
    }

    async fn cached_text(&self, key: &str) -> Result<Option<String>, Fault> {
        let Some(response) = cache_match(key).await? else { return Ok(None) };
        let text = wasm_bindgen_futures::JsFuture::from(response.text().map_err(js_fault)?)
            .await
            .map_err(js_fault)?;
        Ok(text.as_string())
    }

    async fn keep_text(&self, key: &str, text: &str, seconds: u64) -> Result<(), Fault> {
        let headers = web_sys::Headers::new().map_err(js_fault)?;
        headers.set("cache-control", &format!("public, max-age={seconds}")).map_err(js_fault)?;
        let response: web_sys::Response =
            JsValue::from(Response::new(&text.into(), &init(200, &headers))).unchecked_into();
        cache_put(key, &response).await
    }

    fn hold(&self, reply: Reply) -> Held {
        let body = bytes_of(&reply);
        Held::new(reply.status, headers_of(&reply), body.into())
    }

    fn facts(&self, held: &Held) -> Option<Facts> {
        let size = held.body.dyn_ref::<Uint8Array>()?.length() as usize;
        Some(Facts { tag: held.tag.clone(), size })
    }

    fn with_headers(&self, held: &Held, more: &[(&'static str, String)]) -> Held {
        let Ok(headers) = web_sys::Headers::new_with_headers(&held.headers) else { return held.clone() };
        for (name, value) in more {
            let _refused = headers.set(name, value);
        }
        Held::new(held.status, headers, held.body.clone())
    }
}

/// The data centre's cache. `worker::Cache` copies bodies through Wasm; here they stay where they are.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = caches, js_name = default)]
    static CACHE: Cache;

    type Cache;
    #[wasm_bindgen(method, catch, js_name = "match")]
    fn lookup(this: &Cache, url: &str) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn put(this: &Cache, url: &str, response: &web_sys::Response) -> Result<js_sys::Promise, JsValue>;
}

fn cache_url(key: &str) -> String {
    format!("{CACHE_ORIGIN}{key}")
}

async fn cache_match(key: &str) -> Result<Option<web_sys::Response>, Fault> {
    let promise = CACHE.with(|cache| cache.lookup(&cache_url(key))).map_err(js_fault)?;
    let found = wasm_bindgen_futures::JsFuture::from(promise).await.map_err(js_fault)?;
    Ok((!found.is_undefined()).then(|| found.unchecked_into()))
}

async fn cache_put(key: &str, response: &web_sys::Response) -> Result<(), Fault> {
    let promise = CACHE.with(|cache| cache.put(&cache_url(key), response)).map_err(js_fault)?;
    wasm_bindgen_futures::JsFuture::from(promise).await.map(drop).map_err(js_fault)
}
