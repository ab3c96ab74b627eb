//! The stores of the platform: KV, D1, R2 and the Cache API behind `Stores`. The only file that touches them,
//! together with its JavaScript half, the class `Door` in `worker/entry.js`.

use crate::reply::{Outcome, Reply, matches};
use crate::sql::{Argument, Statement};
use crate::stores::{ByteRange, Facts, Fault, File, Kept, Said, Stores, limit};
use js_sys::{Promise, Uint8Array};
use std::future::Future;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use worker::Env;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;

    /// A finished answer as JavaScript has it.
    #[derive(Clone)]
    pub type Held;
    #[wasm_bindgen(method, getter)]
    fn size(this: &Held) -> u32;
    #[wasm_bindgen(method, getter)]
    fn tag(this: &Held) -> Option<String>;
    #[wasm_bindgen(method)]
    fn response(this: &Held) -> JsValue;
    #[wasm_bindgen(method, js_name = notModified)]
    fn not_modified(this: &Held) -> JsValue;

    /// One request's surroundings. Headers are given to it as lines, names and values by turns.
    pub type Door;
    #[wasm_bindgen(method)]
    fn variable(this: &Door, name: &str) -> Option<String>;
    #[wasm_bindgen(method, catch)]
    fn later(this: &Door, work: Promise) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn kv(this: &Door, key: &str, ttl: f64, limit: f64) -> Result<Option<Promise>, JsValue>;
    #[wasm_bindgen(method, catch, js_name = kvAll)]
    fn kv_all(this: &Door, keys: Vec<String>, ttl: f64, limit: f64) -> Result<Option<Promise>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn origin(this: &Door, url: &str, limit: f64) -> Result<Option<Promise>, JsValue>;
    #[wasm_bindgen(method)]
    fn kept(this: &Door, held: &Held, prefix: &str, origin: &str, files: bool) -> JsValue;
    #[wasm_bindgen(method)]
    fn hold(this: &Door, status: u16, headers: &str, first: &[u8], rest: &[u8]) -> Held;
    #[wasm_bindgen(method)]
    fn stream(this: &Door, status: u16, headers: &str, body: JsValue) -> JsValue;
    #[wasm_bindgen(method)]
    fn noted(this: &Door, held: &Held, headers: &str) -> Held;
    /// This answer may be given again for the same URL until then; `languages`: to visitors who ask for the same ones.
    #[wasm_bindgen(method)]
    fn shelve(this: &Door, held: &Held, until: f64, languages: bool);
    #[wasm_bindgen(method, catch)]
    fn cached(this: &Door, key: &str, limit: f64) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn keep(this: &Door, key: &str, held: &Held, seconds: f64, limit: f64) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = cachedText)]
    fn cached_text(this: &Door, key: &str, limit: f64) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = keepText)]
    fn keep_text(this: &Door, key: &str, text: &str, seconds: f64, limit: f64) -> Result<Promise, JsValue>;
}

fn fault(e: impl std::fmt::Display) -> Fault {
    Fault(e.to_string())
}

fn js_fault(e: JsValue) -> Fault {
    let message = js_sys::Reflect::get(&e, &"message".into()).ok().and_then(|m| m.as_string());
    Fault(message.unwrap_or_else(|| format!("{e:?}")))
}

/// What a binding that nobody has configured is answered with; `table` is its part of `wrangler.toml`.
fn missing(name: &str, table: &str) -> Fault {
    Fault(format!(
        "the Worker has no binding {name}: add [[{table}]] with binding = \"{name}\" to wrangler.toml and deploy again"
    ))
}

/// A promise that the door has given a limit of time.
async fn awaited(promise: Result<Promise, JsValue>) -> Result<JsValue, Fault> {
    JsFuture::from(promise.map_err(js_fault)?).await.map_err(js_fault)
}

/// A read that is given up after its time.
async fn within<T>(
    milliseconds: u64,
    what: &str,
    read: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let read = std::pin::pin!(read);
    let limit = std::pin::pin!(worker::Delay::from(Duration::from_millis(milliseconds)));
    match futures::future::select(read, limit).await {
        futures::future::Either::Left((answer, _)) => answer,
        futures::future::Either::Right(_) => {
            Err(Fault(format!("{what}: no answer within {milliseconds} ms")))
        }
    }
}

/// A value with a line break would be read as another header: it is left out.
fn lines(headers: &[(&'static str, impl AsRef<str>)]) -> String {
    let mut lines = String::with_capacity(1024);
    for (name, value) in headers {
        let value = value.as_ref();
        if !value.contains(['\r', '\n', '\0']) {
            lines.push_str(name);
            lines.push('\n');
            lines.push_str(value);
            lines.push('\n');
        }
    }
    lines
}

pub struct Bindings {
    door: Door,
    env: Env,
}

impl Bindings {
    pub fn new(door: Door, env: Env) -> Self {
        Self { door, env }
    }

    pub fn response(&self, answer: Outcome<Held, JsValue>, if_none_match: Option<&str>) -> JsValue {
        let held = match answer {
            Outcome::Held(held) => held,
            Outcome::Fresh(reply) => self.hold(&reply),
            Outcome::Stream(reply, stream) => {
                return self.door.stream(reply.status, &lines(&reply.headers), stream);
            }
        };
        match if_none_match.and_then(|given| Some((given, held.tag()?))) {
            Some((given, tag)) if matches(given, &tag) => held.not_modified(),
            _ => held.response(),
        }
    }
}

impl Stores for Bindings {
    type Stream = JsValue;
    type Held = Held;

    fn now(&self) -> u64 {
        date_now() as u64
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
        let _after_the_event = self.door.later(promise);
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.door.variable(name)
    }

    async fn kv(&self, key: &str, ttl: u64) -> Result<Option<String>, Fault> {
        let read = self.door.kv(key, ttl as f64, limit::KV as f64).map_err(js_fault)?;
        let bytes = awaited(Ok(read.ok_or_else(|| missing("KV", "kv_namespaces"))?)).await?;
        if bytes.is_null() {
            return Ok(None);
        }
        String::from_utf8(Uint8Array::new(&bytes).to_vec()).map(Some).map_err(fault)
    }

    async fn kv_all(&self, keys: Vec<String>, ttl: u64) -> Result<Vec<Option<String>>, Fault> {
        let read = self.door.kv_all(keys, ttl as f64, limit::KV as f64).map_err(js_fault)?;
        let texts = awaited(Ok(read.ok_or_else(|| missing("KV", "kv_namespaces"))?)).await?;
        Ok(js_sys::Array::from(&texts).iter().map(|text| text.as_string()).collect())
    }

    async fn query(&self, database: &str, statements: &[Statement]) -> Result<Vec<String>, Fault> {
        let bound = self.env.d1(database).map_err(|_| missing(database, "d1_databases"))?;
        let session = bound.with_session(None).map_err(fault)?;
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
        let batch = async { session.batch(prepared).await.map_err(fault) };
        let results = within(limit::D1, "D1", batch).await?;
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
        let bucket = self.env.bucket("FILES").map_err(|_| missing("FILES", "r2_buckets"))?;
        within(limit::R2, "R2", file(&bucket, name, range)).await
    }

    async fn has_file(&self, name: &str) -> Result<bool, Fault> {
        let bucket = self.env.bucket("FILES").map_err(|_| missing("FILES", "r2_buckets"))?;
        let head = async { bucket.head(name).await.map_err(fault) };
        Ok(within(limit::R2, "R2", head).await?.is_some())
    }

    async fn origin(&self, url: &str) -> Result<Said, Fault> {
        let asked = self.door.origin(url, limit::ORIGIN as f64).map_err(js_fault)?;
        let said = awaited(Ok(asked.ok_or_else(|| missing("ORIGIN", "services"))?)).await?;
        let said = js_sys::Array::from(&said);
        let status = said.get(0).as_f64().unwrap_or_default() as u16;
        Ok(Said { status, text: said.get(1).as_string().unwrap_or_default() })
    }

    async fn cached(&self, key: &str) -> Result<Option<Held>, Fault> {
        let found = awaited(self.door.cached(key, limit::CACHE as f64)).await?;
        Ok((!found.is_undefined()).then(|| found.unchecked_into()))
    }

    async fn keep(&self, key: &str, held: &Held, seconds: u64) -> Result<(), Fault> {
        awaited(self.door.keep(key, held, seconds as f64, limit::CACHE as f64)).await.map(drop)
    }

    async fn cached_text(&self, key: &str) -> Result<Option<String>, Fault> {
        Ok(awaited(self.door.cached_text(key, limit::CACHE as f64)).await?.as_string())
    }

    async fn keep_text(&self, key: &str, text: &str, seconds: u64) -> Result<(), Fault> {
        awaited(self.door.keep_text(key, text, seconds as f64, limit::CACHE as f64)).await.map(drop)
    }

    fn kept(&self, reply: &Reply, kept: &Kept) -> JsValue {
        self.door.kept(&self.hold(reply), &kept.prefix, &kept.origin, kept.files)
    }

    fn hold(&self, reply: &Reply) -> Held {
        let headers = lines(&reply.headers);
        let [first, rest] = &reply.body;
        self.door.hold(reply.status, &headers, first.as_bytes(), rest.as_bytes())
    }

    fn facts(&self, held: &Held) -> Option<Facts> {
        Some(Facts { tag: held.tag(), size: held.size() as usize })
    }

    fn with_headers(&self, held: &Held, more: &[(&'static str, String)]) -> Held {
        self.door.noted(held, &lines(more))
    }

    fn repeat(&self, held: &Held, until: u64, languages: bool) {
        self.door.shelve(held, until as f64, languages);
    }
}

async fn file(
    bucket: &worker::Bucket,
    name: &str,
    range: Option<ByteRange>,
) -> Result<Option<File<JsValue>>, Fault> {
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
