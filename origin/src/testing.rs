//! The outside world of the tests: SQLite with the real migrations as D1, a clock that is set, and steps that can be told
//! to fail.

use crate::http::{Reply, Request};
use crate::serve::serve;
use crate::stores::{Answered, Argument, FIRST, Fault, Outgoing, Row, Rows, Statement, Stores};
use crate::tests::bucket::Objects;
use futures::future::{LocalBoxFuture, ready};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_content.sql"),
    include_str!("../../migrations/0002_tenants.sql"),
    include_str!("../../migrations/0003_sites.sql"),
    include_str!("../../migrations/0004_assets.sql"),
    include_str!("../../migrations/0005_plugins.sql"),
    include_str!("../../migrations/0006_operations.sql"),
    include_str!("../../migrations/0007_origin.sql"),
    include_str!("../../migrations/0008_publish.sql"),
    include_str!("../../migrations/0009_assets.sql"),
    include_str!("../../migrations/0010_people.sql"),
    include_str!("../../migrations/0011_previews.sql"),
    include_str!("../../migrations/0012_schedules.sql"),
    include_str!("../../migrations/0013_site_lives.sql"),
    include_str!("../../migrations/0014_storage.sql"),
    include_str!("../../migrations/0015_tenant_ends.sql"),
    include_str!("../../migrations/0016_release_documents.sql"),
    include_str!("../../migrations/0017_draft_lists.sql"),
    include_str!("../../migrations/0018_search_words.sql"),
];

pub const HOST: &str = "http://admin.localhost:8787";

pub struct World {
    pub db: RefCell<Connection>,
    /// The database of sites that have one of their own.
    pub own: RefCell<Connection>,
    pub objects: RefCell<Objects>,
    pub clock: Cell<u64>,
    chance: Cell<u64>,
    pub variables: RefCell<BTreeMap<String, String>>,
    pub logged: RefCell<Vec<String>>,
    pub posted: RefCell<Vec<(String, String)>>,
    pub post_status: Cell<u16>,
    /// The edge's KV.
    pub kv: RefCell<BTreeMap<String, String>>,
    /// When each key was written last, and the shortest time between two writes to one of a host.
    pub kv_written: RefCell<BTreeMap<String, u64>>,
    pub kv_distance: Cell<u64>,
    /// Keys that were written.
    pub kv_writes: Cell<u32>,
    /// What strangers' servers answer, by method and URL; others answer 404.
    pub answers: RefCell<BTreeMap<String, (u16, String)>>,
    pub asked: RefCell<Vec<Outgoing>>,
    /// Whether each batch and each write to KV lets others go first.
    pub gives_way: Cell<bool>,
    /// Batches, writes to KV and calls of the bucket until the process dies; each later one fails.
    pub dies_in: Cell<Option<u32>>,
    /// Batches that were run.
    pub batches: Cell<u32>,
    /// Bytes of the longest answer to a batch.
    pub largest: Cell<usize>,
    /// How often another writer takes the next number of the audit log at the last moment.
    pub races: Cell<u32>,
    /// What somebody else does at the last moment before the batch with a statement that starts like this.
    pub before_batch: RefCell<Option<(&'static str, String)>>,
    /// Every statement that was run, in order.
    pub statements: RefCell<Vec<&'static str>>,
}

impl World {
    pub fn new() -> Self {
        let [db, own] = [(); 2].map(|()| {
            let db = Connection::open_in_memory().unwrap();
            db.execute_batch("PRAGMA foreign_keys = ON").unwrap();
            for migration in MIGRATIONS {
                db.execute_batch(migration).unwrap();
            }
            db
        });
        Self::over(db, own)
    }

    fn over(db: Connection, own: Connection) -> Self {
        let variables = [
            ("ADMIN_HOST", "admin.localhost"),
            ("SIGN_UP", "open"),
            ("LINK_SECRET", "a secret of the tests that is long enough"),
            ("PLATFORM_HOST", "localhost"),
            ("RESOLVER_URL", "https://resolver.example/dns-query"),
            ("RESERVED_DOMAINS_ALLOWED", "example"),
        ];
        Self {
            db: RefCell::new(db),
            own: RefCell::new(own),
            objects: RefCell::default(),
            clock: Cell::new(1_773_480_600_000),
            chance: Cell::new(1),
            variables: RefCell::new(variables.map(|(a, b)| (a.to_owned(), b.to_owned())).into()),
            logged: RefCell::default(),
            posted: RefCell::default(),
            post_status: Cell::new(200),
            kv: RefCell::default(),
            kv_written: RefCell::default(),
            kv_distance: Cell::new(u64::MAX),
            kv_writes: Cell::new(0),
            answers: RefCell::default(),
            asked: RefCell::default(),
            gives_way: Cell::new(false),
            dies_in: Cell::new(None),
            batches: Cell::new(0),
            largest: Cell::new(0),
            races: Cell::new(0),
            before_batch: RefCell::default(),
            statements: RefCell::default(),
        }
    }

    /// Another world that is like this one now.
    pub fn copy(&self) -> Self {
        let [db, own] = [&self.db, &self.own].map(|from| {
            let mut db = Connection::open_in_memory().unwrap();
            let bytes = from.borrow_mut().serialize("main").unwrap().to_vec();
            db.deserialize_read_exact("main", bytes.as_slice(), bytes.len(), false).unwrap();
            db.execute_batch("PRAGMA foreign_keys = ON").unwrap();
            db
        });
        Self {
            clock: self.clock.clone(),
            chance: self.chance.clone(),
            variables: self.variables.clone(),
            objects: self.objects.clone(),
            answers: self.answers.clone(),
            kv: self.kv.clone(),
            kv_written: self.kv_written.clone(),
            ..Self::over(db, own)
        }
    }

    pub fn set(&self, name: &str, value: &str) {
        self.variables.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    pub fn pass(&self, milliseconds: u64) {
        self.clock.set(self.clock.get() + milliseconds);
    }

    pub fn step(&self) -> Result<(), Fault> {
        match self.dies_in.get() {
            Some(0) => Err(Fault::Unavailable("the process died".to_owned())),
            Some(n) => {
                self.dies_in.set(Some(n - 1));
                Ok(())
            }
            None => Ok(()),
        }
    }

    async fn give_way(&self) {
        let mut first = self.gives_way.get();
        futures::future::poll_fn(|_| match std::mem::take(&mut first) {
            true => std::task::Poll::Pending,
            false => std::task::Poll::Ready(()),
        })
        .await;
    }

    fn race(&self, statements: &[Statement]) {
        let audit = statements.iter().find(|s| s.sql.starts_with("INSERT INTO audit"));
        if let (Some(audit), true) = (audit, self.races.get() > 0) {
            self.races.set(self.races.get() - 1);
            self.run(std::slice::from_ref(audit)).unwrap();
        }
    }

    fn meanwhile(&self, statements: &[Statement]) {
        let mut waiting = self.before_batch.borrow_mut();
        let now = |(start, _): &mut (&str, String)| statements.iter().any(|s| s.sql.starts_with(*start));
        if let Some((_, sql)) = waiting.take_if(now) {
            self.run_sql(&sql);
        }
    }

    pub fn run(&self, statements: &[Statement]) -> Result<Vec<Rows>, Fault> {
        self.run_in(FIRST, statements)
    }

    fn run_in(&self, database: &str, statements: &[Statement]) -> Result<Vec<Rows>, Fault> {
        let mut db = if database == FIRST { &self.db } else { &self.own }.borrow_mut();
        let transaction = db.transaction().unwrap();
        let mut answers = vec![];
        for statement in statements {
            self.statements.borrow_mut().push(statement.sql);
            answers.push(one(&transaction, statement)?);
        }
        transaction.commit().map_err(fault)?;
        Ok(answers)
    }

    /// Rows of a statement that a test makes up.
    pub fn ask(&self, sql: &str) -> Vec<Value> {
        let db = self.db.borrow();
        let statement = Statement { sql: "", arguments: vec![] };
        rows_of(&mut db.prepare(sql).unwrap(), &statement)
            .unwrap()
            .into_iter()
            .map(|row| Value::Object(row.0))
            .collect()
    }

    pub fn run_sql(&self, sql: &str) {
        self.db.borrow().execute_batch(sql).unwrap();
    }

    pub fn send(&self, request: &Request) -> Reply {
        futures::executor::block_on(serve(self, request))
    }

    /// The text of the newest mail to an address.
    pub fn mail(&self, to: &str) -> Option<Value> {
        let found = self
            .ask(&format!("SELECT payload FROM outbox WHERE recipient = '{to}' ORDER BY rowid DESC LIMIT 1"));
        Some(serde_json::from_str(found.first()?["payload"].as_str()?).unwrap())
    }

    /// The code in the newest mail to an address.
    pub fn code(&self, to: &str) -> Option<String> {
        let text = self.mail(to)?["text"].as_str()?.to_owned();
        text.lines().find(|line| line.len() == 64).map(str::to_owned)
    }
}

fn fault(e: rusqlite::Error) -> Fault {
    let text = e.to_string();
    if text.contains("constraint failed") { Fault::Constraint(text) } else { Fault::Unavailable(text) }
}

/// Longest text in bytes: <https://developers.cloudflare.com/d1/platform/limits/>.
const D1_TEXT: usize = 2_000_000;

fn one(db: &Connection, statement: &Statement) -> Result<Rows, Fault> {
    let is_long = |argument: &Argument| matches!(argument, Argument::Text(text) if text.len() > D1_TEXT);
    if statement.arguments.iter().any(is_long) {
        return Err(Fault::Unavailable(format!("SQLITE_TOOBIG: {}", statement.sql)));
    }
    let mut prepared = db.prepare_cached(statement.sql).map_err(fault)?;
    rows_of(&mut prepared, statement)
}

fn rows_of(prepared: &mut rusqlite::Statement, statement: &Statement) -> Result<Rows, Fault> {
    let arguments = statement.arguments.iter().map(|argument| match argument {
        Argument::Null => rusqlite::types::Value::Null,
        Argument::Text(text) => rusqlite::types::Value::Text(text.clone()),
        Argument::Number(n) => rusqlite::types::Value::Real(*n),
    });
    let columns: Vec<String> = prepared.column_names().map(str::to_owned).collect();
    let mut found = prepared.query(params_from_iter(arguments)).map_err(fault)?;
    let mut rows = vec![];
    while let Some(row) = found.next().map_err(fault)? {
        let value = |n: usize| match row.get_ref_unwrap(n) {
            ValueRef::Integer(n) => json!(n),
            ValueRef::Real(n) => json!(n),
            ValueRef::Text(text) => json!(String::from_utf8_lossy(text)),
            ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        };
        rows.push(Row(columns.iter().enumerate().map(|(n, name)| (name.clone(), value(n))).collect()));
    }
    Ok(rows)
}

impl Stores for World {
    fn now(&self) -> u64 {
        self.clock.get()
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Fault> {
        for byte in bytes {
            // SplitMix64: no two of a test are equal, and each run has the same.
            let n = self.chance.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
            self.chance.set(n);
            let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = (n >> 32) as u8;
        }
        Ok(())
    }

    fn log(&self, line: &str) {
        self.logged.borrow_mut().push(line.to_owned());
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.borrow().get(name).cloned()
    }

    fn sleep(&self, milliseconds: u64) -> LocalBoxFuture<'_, ()> {
        self.pass(milliseconds);
        Box::pin(ready(()))
    }

    fn batch<'a>(
        &'a self,
        database: &'a str,
        statements: Vec<Statement>,
    ) -> LocalBoxFuture<'a, Result<Vec<Rows>, Fault>> {
        Box::pin(async move {
            self.give_way().await;
            self.step()?;
            self.batches.set(self.batches.get() + 1);
            self.race(&statements);
            self.meanwhile(&statements);
            let answers = self.run_in(database, &statements)?;
            let texts = answers.iter().flatten().flat_map(|row| row.0.values().filter_map(Value::as_str));
            self.largest.set(self.largest.get().max(texts.map(str::len).sum()));
            Ok(answers)
        })
    }

    fn kv_put<'a>(&'a self, key: &'a str, value: Option<String>) -> LocalBoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            self.give_way().await;
            self.step()?;
            self.kv_writes.set(self.kv_writes.get() + 1);
            let now = self.clock.get();
            // An immutable record is written again only after a crash, and with the same bytes.
            let host = key.starts_with("host/");
            if let Some(before) = self.kv_written.borrow_mut().insert(key.to_owned(), now).filter(|_| host) {
                self.kv_distance.set(self.kv_distance.get().min(now - before));
            }
            let mut kv = self.kv.borrow_mut();
            match value {
                Some(value) => drop(kv.insert(key.to_owned(), value)),
                None => drop(kv.remove(key)),
            }
            Ok(())
        })
    }

    fn ask(&self, request: Outgoing) -> LocalBoxFuture<'_, Result<Answered, Fault>> {
        let answer = self.answers.borrow().get(&format!("{} {}", request.method, request.url)).cloned();
        let (status, mut body) = answer.unwrap_or((404, String::new()));
        body.truncate(request.max_bytes);
        self.asked.borrow_mut().push(request);
        Box::pin(ready(match status {
            0 => Err(Fault::Unavailable("no answer".to_owned())),
            status => Ok(Answered { status, body: body.into_bytes() }),
        }))
    }

    fn post<'a>(&'a self, url: &'a str, _: &'a str, body: String) -> LocalBoxFuture<'a, Result<u16, Fault>> {
        self.posted.borrow_mut().push((url.to_owned(), body));
        Box::pin(ready(Ok(self.post_status.get())))
    }
}

/// A request that a test puts together.
pub fn request(method: &str, path: &str) -> Request {
    let headers = BTreeMap::from([("user-agent", "Test".to_owned())]);
    Request { method: method.to_owned(), url: format!("{HOST}{path}"), headers, ..Request::default() }
}

impl Request {
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.insert(name, value.into());
        self
    }

    pub fn json(mut self, body: Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.with("content-type", "application/json")
    }
}

impl Reply {
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.body))
    }

    /// The body that is made while it is sent.
    pub fn sent_later(self, world: &World) -> Vec<u8> {
        let stream = crate::serve::made_later(world, self.later.unwrap());
        let pieces = futures::executor::block_on(futures::StreamExt::collect::<Vec<_>>(stream));
        pieces.into_iter().flat_map(Result::unwrap).collect()
    }

    #[track_caller]
    pub fn must(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }
}

/// A person with a session in a browser.
#[derive(Clone)]
pub struct Browser<'w> {
    pub world: &'w World,
    pub cookie: String,
    pub user: String,
    pub tenant: String,
}

pub const PASSWORD: &str = "seven grey ferries at noon";

impl World {
    /// Signs a tenant up and confirms it.
    pub fn sign_up(&self, email: &str) -> Browser<'_> {
        let body = json!({"email": email, "password": PASSWORD, "tenant": "A company"});
        self.send(&request("POST", "/api/v1/sign-up").json(body)).must(202);
        let code = self.code(email).unwrap();
        let body = json!({"code": code, "password": PASSWORD});
        let reply = self.send(&request("POST", "/api/v1/sign-up/confirm").json(body)).must(201);
        let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let text = |name: &str| reply.value()[name].as_str().unwrap().to_owned();
        Browser { world: self, cookie, user: text("user"), tenant: text("tenant") }
    }

    /// A session of a new member of a tenant, with a role on a site, or `""` for all.
    pub fn member(&self, tenant: &str, name: &str, site: &str, role: &str) -> Browser<'_> {
        let now = crate::clock::text(self.clock.get());
        let token = format!("{name}-{role}");
        let hash = crate::secret::digest(&token);
        self.run_sql(&format!(
            "INSERT INTO users (id, email, created_at, updated_at) VALUES ('{name}', '{name}@members.example', '{now}', '{now}');
             INSERT INTO members (tenant_id, user_id, status, created_at) VALUES ('{tenant}', '{name}', 'active', '{now}');
             INSERT INTO sessions (token_hash, id, user_id, created_at, last_seen_at, proven_at, expires_at)
               VALUES ('{hash}', '{name}', '{name}', '{now}', '{now}', '{now}', '2100-01-01T00:00:00Z');"
        ));
        if !role.is_empty() {
            self.run_sql(&format!("INSERT INTO member_roles (tenant_id, user_id, site_id, role) VALUES ('{tenant}', '{name}', '{site}', '{role}')"));
        }
        Browser {
            world: self,
            cookie: format!("session={token}"),
            user: name.to_owned(),
            tenant: tenant.to_owned(),
        }
    }
}

impl Browser<'_> {
    pub fn request(&self, method: &str, path: &str) -> Request {
        request(method, path)
            .with("cookie", self.cookie.clone())
            .with("origin", HOST)
            .with("sec-fetch-site", "same-origin")
    }

    pub fn get(&self, path: &str) -> Reply {
        self.world.send(&self.request("GET", path))
    }

    pub fn post(&self, path: &str, body: Value) -> Reply {
        self.world.send(&self.request("POST", path).json(body))
    }

    pub fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        self.world.send(&self.request(method, path).json(body))
    }

    pub fn delete(&self, path: &str) -> Reply {
        self.world.send(&self.request("DELETE", path))
    }
}
