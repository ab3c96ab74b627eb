//! The stores of the platform: D1, KV and outgoing requests behind `Stores`. The only file that touches them.

use crate::files::{Bucket, Incoming, Pieces};
use crate::http::{HEADERS, Reply, Request};
use crate::routes;
use crate::serve::MAX_BODY;
use crate::stores::{Answered, Argument, Fault, Outgoing, Row, Rows, Statement, Stores};
use futures::StreamExt;
use futures::future::{Either, LocalBoxFuture, select};
use std::pin::pin;
use std::time::Duration;
use wasm_bindgen::JsValue;
use worker::Env;

fn fault(e: impl std::fmt::Display) -> Fault {
    let text = e.to_string();
    if text.contains("constraint failed") { Fault::Constraint(text) } else { Fault::Unavailable(text) }
}

pub struct Bindings {
    env: Env,
}

impl Bindings {
    pub fn new(env: Env) -> Self {
        Self { env }
    }

    async fn run(&self, database: &str, statements: Vec<Statement>) -> Result<Vec<Rows>, Fault> {
        let database = self.env.d1(database).map_err(fault)?;
        let mut prepared = Vec::with_capacity(statements.len());
        for statement in &statements {
            let arguments: Vec<JsValue> = statement
                .arguments
                .iter()
                .map(|argument| match argument {
                    Argument::Null => JsValue::NULL,
                    Argument::Text(text) => text.into(),
                    Argument::Number(n) => (*n).into(),
                })
                .collect();
            prepared.push(database.prepare(statement.sql).bind(&arguments).map_err(fault)?);
        }
        let mut answers = Vec::with_capacity(statements.len());
        for result in database.batch(prepared).await.map_err(fault)? {
            if let Some(error) = result.error() {
                return Err(fault(error));
            }
            let rows: Vec<serde_json::Map<String, serde_json::Value>> = result.results().map_err(fault)?;
            answers.push(rows.into_iter().map(Row).collect());
        }
        Ok(answers)
    }

    fn files(&self) -> Result<worker::Bucket, Fault> {
        self.env.bucket("FILES").map_err(fault)
    }

    async fn send(&self, url: &str, token: &str, body: String) -> Result<u16, Fault> {
        let headers = worker::Headers::new();
        headers.set("content-type", "application/json").map_err(fault)?;
        headers.set("authorization", &format!("Bearer {token}")).map_err(fault)?;
        let mut init = worker::RequestInit::new();
        init.with_method(worker::Method::Post).with_headers(headers).with_body(Some(body.into()));
        let request = worker::Request::new_with_init(url, &init).map_err(fault)?;
        Ok(worker::Fetch::Request(request).send().await.map_err(fault)?.status_code())
    }
}

async fn ask(request: &Outgoing, signal: &worker::AbortSignal) -> Result<Answered, Fault> {
    let headers = worker::Headers::new();
    for (name, value) in &request.headers {
        headers.set(name, value).map_err(fault)?;
    }
    let mut init = worker::RequestInit::new();
    init.with_method(request.method.to_owned().into())
        .with_headers(headers)
        .with_redirect(worker::RequestRedirect::Manual);
    if !request.body.is_empty() {
        init.with_body(Some(request.body.as_str().into()));
    }
    let asked = worker::Request::new_with_init(&request.url, &init).map_err(fault)?;
    let mut answer = worker::Fetch::Request(asked).send_with_signal(signal).await.map_err(fault)?;
    let mut body = vec![];
    if let Ok(mut stream) = answer.stream() {
        while let Some(chunk) = stream.next().await {
            body.extend_from_slice(&chunk.map_err(fault)?);
            if body.len() >= request.max_bytes {
                body.truncate(request.max_bytes);
                break;
            }
        }
    }
    Ok(Answered { status: answer.status_code(), body })
}

impl Stores for Bindings {
    fn now(&self) -> u64 {
        worker::Date::now().as_millis()
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Fault> {
        getrandom::fill(bytes).map_err(fault)
    }

    fn log(&self, line: &str) {
        worker::console_error!("{line}");
    }

    fn variable(&self, name: &str) -> Option<String> {
        js_sys::Reflect::get(&self.env, &name.into()).ok()?.as_string()
    }

    fn sleep(&self, milliseconds: u64) -> LocalBoxFuture<'_, ()> {
        Box::pin(worker::Delay::from(Duration::from_millis(milliseconds)))
    }

    fn batch<'a>(
        &'a self,
        database: &'a str,
        statements: Vec<Statement>,
    ) -> LocalBoxFuture<'a, Result<Vec<Rows>, Fault>> {
        Box::pin(self.run(database, statements))
    }

    fn kv_put<'a>(&'a self, key: &'a str, value: Option<String>) -> LocalBoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let kv = self.env.kv("KV").map_err(fault)?;
            match value {
                Some(value) => kv.put(key, value).map_err(fault)?.execute().await.map_err(fault),
                None => kv.delete(key).await.map_err(fault),
            }
        })
    }

    fn ask(&self, request: Outgoing) -> LocalBoxFuture<'_, Result<Answered, Fault>> {
        Box::pin(async move {
            let controller = worker::AbortController::default();
            let signal = controller.signal();
            let late = worker::Delay::from(Duration::from_millis(request.milliseconds));
            let (answer, late) = (pin!(ask(&request, &signal)), pin!(late));
            let outcome = select(answer, late).await;
            // What goes on beyond its bytes or its time ends here.
            controller.abort();
            match outcome {
                Either::Left((answer, _)) => answer,
                Either::Right(_) => {
                    Err(Fault::Unavailable(format!("no answer within {} ms", request.milliseconds)))
                }
            }
        })
    }

    fn post<'a>(
        &'a self,
        url: &'a str,
        token: &'a str,
        body: String,
    ) -> LocalBoxFuture<'a, Result<u16, Fault>> {
        Box::pin(self.send(url, token, body))
    }
}

fn of_type(content_type: &str) -> worker::HttpMetadata {
    worker::HttpMetadata { content_type: Some(content_type.to_owned()), ..worker::HttpMetadata::default() }
}

impl Bucket for Bindings {
    fn put<'a>(
        &'a self,
        object: &'a str,
        content_type: &'static str,
        bytes: Vec<u8>,
    ) -> LocalBoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let bucket = self.files()?;
            let put = bucket.put(object, bytes).http_metadata(of_type(content_type));
            put.execute().await.map(drop).map_err(fault)
        })
    }

    fn begin<'a>(&'a self, object: &'a str) -> LocalBoxFuture<'a, Result<String, Fault>> {
        Box::pin(async move {
            let upload = self.files()?.create_multipart_upload(object).execute().await.map_err(fault)?;
            Ok(upload.upload_id().await)
        })
    }

    fn part<'a>(
        &'a self,
        object: &'a str,
        upload: &'a str,
        number: u16,
        bytes: Vec<u8>,
    ) -> LocalBoxFuture<'a, Result<String, Fault>> {
        Box::pin(async move {
            let upload = self.files()?.resume_multipart_upload(object, upload).map_err(fault)?;
            Ok(upload.upload_part(number, bytes).await.map_err(fault)?.etag())
        })
    }

    fn join<'a>(
        &'a self,
        object: &'a str,
        upload: &'a str,
        tags: Vec<String>,
    ) -> LocalBoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let upload = self.files()?.resume_multipart_upload(object, upload).map_err(fault)?;
            let parts = (1..).zip(tags).map(|(number, tag)| worker::UploadedPart::new(number, tag));
            upload.complete(parts).await.map(drop).map_err(fault)
        })
    }

    fn abort<'a>(&'a self, object: &'a str, upload: &'a str) -> LocalBoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let upload = self.files()?.resume_multipart_upload(object, upload).map_err(fault)?;
            upload.abort().await.map_err(fault)
        })
    }

    fn copy<'a>(
        &'a self,
        from: &'a str,
        to: &'a str,
        content_type: &'static str,
    ) -> LocalBoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let bucket = self.files()?;
            let found = bucket.get(from).execute().await.map_err(fault)?;
            let found = found.ok_or_else(|| Fault::Unavailable(format!("{from} is gone")))?;
            let body = found.body().ok_or_else(|| Fault::Unavailable(format!("{from} has no body")))?;
            let worker::ResponseBody::Stream(stream) = body.response_body().map_err(fault)? else {
                return Err(Fault::Unavailable(format!("{from} is no stream")));
            };
            let put = bucket.put(to, stream).http_metadata(of_type(content_type));
            put.execute().await.map(drop).map_err(fault)
        })
    }

    fn read<'a>(&'a self, object: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<u8>>, Fault>> {
        Box::pin(async move {
            let found = self.files()?.get(object).execute().await.map_err(fault)?;
            match found.as_ref().and_then(worker::Object::body) {
                Some(body) => body.bytes().await.map(Some).map_err(fault),
                None => Ok(None),
            }
        })
    }

    fn open<'a>(&'a self, object: &'a str) -> LocalBoxFuture<'a, Result<Option<Pieces>, Fault>> {
        Box::pin(async move {
            let found = self.files()?.get(object).execute().await.map_err(fault)?;
            let Some(body) = found.as_ref().and_then(worker::Object::body) else { return Ok(None) };
            let pieces = body.stream().map_err(fault)?.map(|piece| piece.map_err(fault));
            Ok(Some(Box::pin(pieces) as Pieces))
        })
    }

    fn remove<'a>(&'a self, object: &'a str) -> LocalBoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move { self.files()?.delete(object).await.map_err(fault) })
    }

    fn remove_some<'a>(&'a self, prefix: &'a str) -> LocalBoxFuture<'a, Result<bool, Fault>> {
        Box::pin(async move {
            let bucket = self.files()?;
            let found = bucket.list().prefix(prefix).execute().await.map_err(fault)?;
            let names: Vec<String> = found.objects().iter().map(worker::Object::key).collect();
            if names.is_empty() {
                return Ok(false);
            }
            bucket.delete_multiple(names).await.map_err(fault)?;
            Ok(true)
        })
    }
}

/// A request as the origin looks at it. A file is read by the route that takes it; of another body that is too long
/// only so much is read that it shows.
pub async fn request(mut request: worker::Request) -> worker::Result<Request> {
    let url = request.url()?.to_string();
    let mut headers = std::collections::BTreeMap::new();
    for name in HEADERS {
        headers.extend(request.headers().get(name)?.map(|value| (name, value)));
    }
    let mut body = vec![];
    let mut file = Incoming::default();
    // Of a method that it does not know, `worker` says that it is GET.
    let method = request.inner().method();
    let path = request.path();
    if routes::takes_file(&method, &path) {
        if let Ok(stream) = request.stream() {
            file = Incoming::new(Box::pin(stream.map(|piece| piece.map_err(fault))));
        }
    } else if !matches!(method.as_str(), "GET" | "HEAD")
        && let Ok(mut stream) = request.stream()
    {
        while let Some(chunk) = stream.next().await {
            body.extend_from_slice(&chunk?);
            if body.len() > MAX_BODY {
                break;
            }
        }
    }
    Ok(Request { method, url, headers, body, file })
}

/// `body` comes in the place of the reply's own.
pub fn response(reply: Reply, body: Option<Pieces>) -> worker::Result<worker::Response> {
    let headers = worker::Headers::new();
    for (name, value) in &reply.headers {
        headers.append(name, value)?;
    }
    let response = match (body, reply.body.is_empty()) {
        (Some(pieces), _) => {
            worker::Response::from_stream(pieces.map(|piece| piece.map_err(|fault| fault.to_string())))?
        }
        (None, true) => worker::Response::from_body(worker::ResponseBody::Empty)?,
        (None, false) => worker::Response::from_body(worker::ResponseBody::Body(reply.body.into_bytes()))?,
    };
    Ok(response.with_headers(headers).with_status(reply.status))
}
