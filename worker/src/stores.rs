//! Everything outside of a request, behind one trait: the stores, the clock, the log, and work that goes on after
//! the answer. Tests have one that obeys orders.

use crate::reply::Reply;
use crate::sql::Statement;
use std::fmt;
use std::future::Future;

/// Why a store did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(pub String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Bytes wanted of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    From { first: u64, last: Option<u64> },
    Last(u64),
}

/// What the origin said.
pub struct Said {
    pub status: u16,
    pub text: String,
}

/// How a page is kept below a prefix of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Without a slash at its end.
    pub prefix: String,
    /// Scheme and host of the site's own links.
    pub origin: String,
    /// Whether files are below it as well.
    pub files: bool,
}

pub struct File<S> {
    pub stream: S,
    /// Size of the whole file in bytes.
    pub size: u64,
}

/// What tells an answer of ours from something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub tag: Option<String>,
    /// Bytes of its body.
    pub size: usize,
}

pub trait Stores: 'static {
    /// A body that is passed on without being read.
    type Stream;
    /// A finished answer in the place from which it is sent.
    type Held: Clone;

    /// Milliseconds since 1970.
    fn now(&self) -> u64;
    fn log(&self, line: &str);
    /// A number that tells this request's log lines from others'.
    fn request_number(&self) -> u64;
    /// Work that goes on after the answer was sent.
    fn later(&self, work: impl Future<Output = ()> + 'static);
    /// A configuration variable.
    fn variable(&self, name: &str) -> Option<String>;

    /// `ttl`: seconds for which the platform may answer from its own cache.
    async fn kv(&self, key: &str, ttl: u64) -> Result<Option<String>, Fault>;
    /// Several keys in one call; the values come in their order.
    async fn kv_all(&self, keys: Vec<String>, ttl: u64) -> Result<Vec<Option<String>>, Fault>;
    /// Runs the statements in one batch; each answers with one text.
    async fn query(&self, database: &str, statements: &[Statement]) -> Result<Vec<String>, Fault>;
    async fn file(&self, name: &str, range: Option<ByteRange>) -> Result<Option<File<Self::Stream>>, Fault>;
    async fn has_file(&self, name: &str) -> Result<bool, Fault>;

    /// What the origin answers to a GET on a host of a site.
    async fn origin(&self, url: &str) -> Result<Said, Fault>;

    async fn cached(&self, key: &str) -> Result<Option<Self::Held>, Fault>;
    async fn keep(&self, key: &str, held: &Self::Held, seconds: u64) -> Result<(), Fault>;
    async fn cached_text(&self, key: &str) -> Result<Option<String>, Fault>;
    async fn keep_text(&self, key: &str, text: &str, seconds: u64) -> Result<(), Fault>;

    /// The body of a page whose links lead on below a prefix.
    fn kept(&self, reply: &Reply, kept: &Kept) -> Self::Stream;

    fn hold(&self, reply: &Reply) -> Self::Held;
    /// What can be told about an answer that came out of the edge cache; `None` where nothing can.
    fn facts(&self, held: &Self::Held) -> Option<Facts>;
    /// The same answer with these headers besides.
    fn with_headers(&self, held: &Self::Held, headers: &[(&'static str, String)]) -> Self::Held;
    /// Allows the platform's side to give this answer again by itself until then, to who asks for the same URL and,
    /// with `languages`, for the same languages.
    fn repeat(&self, held: &Self::Held, until: u64, languages: bool);
}

/// Longest wait for each store, in milliseconds: every read of `Stores` ends within its own. A visitor waits for
/// several of them in the worst case.
pub mod limit {
    pub const CACHE: u64 = 250;
    pub const KV: u64 = 2_000;
    pub const D1: u64 = 3_000;
    pub const R2: u64 = 5_000;
    /// It reads and compiles drafts.
    pub const ORIGIN: u64 = 15_000;
}
