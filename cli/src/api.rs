//! The origin's API: one request after the other. What may pass is tried again; a POST carries an Idempotency-Key, so
//! that nothing is done twice.

use crate::failure::{Exit, Failure};
use crate::resolver::Resolver;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use ureq::http::{self, Response};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, AsSendBody, Body, SendBody};

/// Tries of one request that fails. Being asked to go slower is no failure.
const TRIES: u32 = 5;
/// Waiting between the tries of one request, all in all: longer is up to whoever calls us.
const PATIENCE: Duration = Duration::from_secs(120);
/// Largest answer that is read.
const MAX_ANSWER: u64 = 256 << 20;

pub enum Sent<'a> {
    Nothing,
    Json(Value),
    Bytes(&'a [u8]),
    File(&'a Path),
}

pub struct Answer {
    pub cookie: Option<String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|e| {
            Failure::server(format!("Its answer cannot be understood ({e}): check the address."))
        })
    }
}

pub struct Api {
    agent: Agent,
    url: String,
    /// What proves who asks: `authorization` or `cookie`, and its value.
    proof: Option<(&'static str, String)>,
}

/// Headers of a change that is based on a revision.
pub type Headers<'h> = &'h [(&'static str, String)];

impl Api {
    pub fn new(url: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(120)))
            .user_agent(concat!("manysite/", env!("CARGO_PKG_VERSION")))
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), Resolver::default());
        Self { agent, url: url.to_owned(), proof: None }
    }

    pub fn with_token(mut self, token: &str) -> Self {
        self.proof = Some(("authorization", format!("Bearer {token}")));
        self
    }

    pub fn with_cookie(mut self, cookie: &str) -> Self {
        self.proof = Some(("cookie", cookie.to_owned()));
        self
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.ask("GET", path, &Sent::Nothing, &[])?.json()
    }

    /// `None` where there is no such thing.
    pub fn find(&self, path: &str) -> Result<Option<Value>, Failure> {
        match self.get(path) {
            Err(failure) if failure.status == Some(404) && failure.exit == Exit::Usage => Ok(None),
            other => other.map(Some),
        }
    }

    pub fn post(&self, path: &str, body: Value) -> Result<Value, Failure> {
        let answer = self.ask("POST", path, &Sent::Json(body), &[])?;
        if answer.body.is_empty() { Ok(Value::Null) } else { answer.json() }
    }

    pub fn delete(&self, path: &str) -> Result<(), Failure> {
        self.ask("DELETE", path, &Sent::Nothing, &[]).map(drop)
    }

    /// Every item of a list, which the API gives in pages.
    pub fn all(&self, path: &str, list: &str) -> Result<Vec<Value>, Failure> {
        let (mut items, mut after) = (vec![], String::new());
        let sign = if path.contains('?') { '&' } else { '?' };
        loop {
            let mut page: Value = self.get(&format!("{path}{sign}limit=200{after}"))?;
            if let Some(Value::Array(found)) = page.get_mut(list).map(Value::take) {
                items.extend(found);
            }
            match page.get("next").and_then(Value::as_str) {
                Some(next) => after = format!("&after={}", encoded(next)),
                None => return Ok(items),
            }
        }
    }

    /// Sends a request until there is an answer that will not get better by waiting.
    pub fn ask(&self, method: &str, path: &str, sent: &Sent, headers: Headers) -> Result<Answer, Failure> {
        let key = key()?;
        let (mut waited, mut failed) = (Duration::ZERO, 0);
        loop {
            let (failure, wait) = match self.once(method, path, sent, headers, &key)? {
                Tried::Answered(answer) => return Ok(answer),
                Tried::Failed(failure, wait) => (failure, wait),
            };
            let wait = wait.unwrap_or(Duration::from_millis(200 << failed));
            failed += u32::from(failure.status != Some(429));
            if failed >= TRIES || waited + wait > PATIENCE {
                return Err(failure);
            }
            std::thread::sleep(wait);
            // A server that names no time to wait must not keep us busy for ever.
            waited += wait.max(Duration::from_millis(20));
        }
    }

    /// An answer that is read while it comes. It is asked for once: what has been read cannot be taken back.
    pub fn open(&self, path: &str) -> Result<impl std::io::Read, Failure> {
        let mut request = http::Request::builder().uri(format!("{}{path}", self.url));
        if let Some((name, value)) = &self.proof {
            request = request.header(*name, value);
        }
        let bad = |e: http::Error| Failure::usage(format!("{}{path} is no address ({e}).", self.url));
        let away = |e| Failure::server(format!("{} cannot be reached ({e}). Is it running?", self.url));
        let answer = self.run(request.body(()).map_err(bad)?).map_err(away)?;
        let status = answer.status().as_u16();
        let mut body = answer.into_body();
        match status {
            200 => Ok(body.into_reader()),
            _ => Err(Failure::of_answer(status, &body.read_to_string().unwrap_or_default())),
        }
    }

    fn once(
        &self,
        method: &str,
        path: &str,
        sent: &Sent,
        headers: Headers,
        key: &str,
    ) -> Result<Tried, Failure> {
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some((name, value)) = &self.proof {
            request = request.header(*name, value);
        }
        if method != "GET" {
            // A change with a cookie must come from the admin host's own pages.
            request = request.header("origin", &self.url);
        }
        if method == "POST" {
            request = request.header("idempotency-key", key);
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let bad = |e: http::Error| Failure::usage(format!("{}{path} is no address ({e}).", self.url));
        let unreadable = |e: std::io::Error| Failure::usage(format!("The file cannot be read ({e})."));
        let answer = match sent {
            Sent::Nothing => self.run(request.body(()).map_err(bad)?),
            Sent::Json(value) => {
                let request = request.header("content-type", "application/json");
                self.run(request.body(value.to_string()).map_err(bad)?)
            }
            Sent::Bytes(bytes) => self.run(request.body(*bytes).map_err(bad)?),
            Sent::File(path) => {
                let mut file = std::fs::File::open(path).map_err(unreadable)?;
                let length = file.metadata().map_err(unreadable)?.len();
                let request = request.header("content-length", length.to_string());
                self.run(request.body(SendBody::from_reader(&mut file)).map_err(bad)?)
            }
        };
        let mut answer = match answer {
            Ok(answer) => answer,
            Err(e @ ureq::Error::BadUri(_)) => return Err(Failure::usage(format!("{}: {e}.", self.url))),
            Err(e) => {
                let detail = format!("{} cannot be reached ({e}). Is it running?", self.url);
                return Ok(Tried::Failed(Failure::server(detail), None));
            }
        };
        let header = |name: &str| answer.headers().get(name)?.to_str().ok().map(str::to_owned);
        let status = answer.status().as_u16();
        let cookie = header("set-cookie").and_then(|text| Some(text.split(';').next()?.to_owned()));
        let wait = header("retry-after").and_then(|text| text.parse().ok()).map(Duration::from_secs);
        let body = match answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec() {
            Ok(body) => body,
            Err(e) => {
                let detail = format!("Its answer broke off ({e}). Try again.");
                return Ok(Tried::Failed(Failure::server(detail), None));
            }
        };
        Ok(match status {
            200..=299 => Tried::Answered(Answer { cookie, body }),
            429 | 502 | 503 | 504 => {
                Tried::Failed(Failure::of_answer(status, &String::from_utf8_lossy(&body)), wait)
            }
            _ => {
                let failure = Failure::of_answer(status, &String::from_utf8_lossy(&body));
                let what = path.split('?').next().unwrap_or_default();
                return Err(if failure.exit == Exit::Usage { failure.about(what) } else { failure });
            }
        })
    }

    fn run(&self, request: http::Request<impl AsSendBody>) -> Result<Response<Body>, ureq::Error> {
        // GET and DELETE have no body, and ureq would refuse one.
        self.agent.run(request)
    }
}

enum Tried {
    Answered(Answer),
    /// May pass: the failure, and how long the server wants us to wait.
    Failed(Failure, Option<Duration>),
}

/// A key that no other request has.
pub fn key() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|e| Failure::usage(format!("This machine has no random numbers ({e}).")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A text as a part of a path or a value of a query.
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    model::content_url::push_component(&mut out, text);
    out
}

/// The address of a server as people write it: `https` unless it is this machine.
pub fn address(given: &str) -> Result<String, Failure> {
    let given = given.trim().trim_end_matches('/').trim_end_matches("/api/v1");
    let host = given.split("://").last().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let local = name == "localhost" || name.ends_with(".localhost") || name == "127.0.0.1";
    if name.is_empty() || host.contains(['/', ' ', '@']) {
        return Err(Failure::usage(format!(
            "{given:?} is no address: name one such as https://admin.example."
        )));
    }
    match given.split_once("://") {
        None if local => Ok(format!("http://{given}")),
        None => Ok(format!("https://{given}")),
        Some(("https", _)) => Ok(given.to_owned()),
        Some(("http", _)) if local => Ok(given.to_owned()),
        _ => Err(Failure::usage(format!("{given}: a password or token goes over https only."))),
    }
}

/// A body for requests whose fields are not all given.
pub fn fields<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    let given = pairs.into_iter().filter(|(_, value)| !value.is_null());
    json!(given.collect::<std::collections::BTreeMap<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_get_their_scheme_and_secrets_never_go_in_the_clear() {
        for (given, want) in [
            ("admin.example", Some("https://admin.example")),
            ("https://admin.example/", Some("https://admin.example")),
            ("admin.localhost:8787", Some("http://admin.localhost:8787")),
            ("http://127.0.0.1:9/api/v1", Some("http://127.0.0.1:9")),
            ("http://admin.example", None),
            ("ftp://admin.example", None),
            ("https://me@admin.example", None),
            ("", None),
        ] {
            assert_eq!(address(given).ok().as_deref(), want, "{given}");
        }
    }

    #[test]
    fn a_body_has_the_fields_that_are_given() {
        assert_eq!(fields([("a", json!(1)), ("b", Value::Null)]), json!({"a": 1}));
    }
}
