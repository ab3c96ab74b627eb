//! Everything outside of a request, behind one trait: the stores, the clock, chance, the log. Tests have one over
//! SQLite with the real migrations.

use crate::files::Bucket;
use futures::future::LocalBoxFuture;
use serde_json::Value;
use std::fmt;

/// Why a store did not do as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A rule of the schema was broken, such as `UNIQUE constraint failed: audit.tenant_id, …`. Nothing of the
    /// batch was done.
    Constraint(String),
    /// It did not answer, or refused. Whether a write was done is not known.
    Unavailable(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constraint(text) | Self::Unavailable(text) => f.write_str(text),
        }
    }
}

/// A statement with its arguments, `?1` first.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub sql: &'static str,
    pub arguments: Vec<Argument>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    Null,
    Text(String),
    /// D1 has no 64-bit integers in its arguments; those up to 2^53 pass as they are.
    Number(f64),
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Argument {
    fn from(n: u64) -> Self {
        Self::Number(n as f64)
    }
}

impl From<f64> for Argument {
    fn from(n: f64) -> Self {
        Self::Number(n)
    }
}

impl<T: Into<Argument>> From<Option<T>> for Argument {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// `sql!("SELECT …", a, b)`: a statement and what is bound in it.
#[macro_export]
macro_rules! sql {
    ($sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::stores::Statement { sql: $sql, arguments: vec![$($crate::stores::Argument::from($argument)),*] }
    };
}

/// Bytes of a list that a statement is bound to: D1 takes texts of 2 MB
/// (<https://developers.cloudflare.com/d1/platform/limits/>).
const LIST: usize = 500_000;

/// A list as JSON texts, one for each statement. Only an item that is longer by itself makes a longer one.
pub fn lists(items: impl IntoIterator<Item = Value>) -> Vec<String> {
    let mut texts: Vec<String> = vec![];
    for item in items {
        let item = item.to_string();
        match texts.last_mut().filter(|text| text.len() + item.len() < LIST) {
            Some(text) => {
                text.push(',');
                text.push_str(&item);
            }
            None => texts.push(format!("[{item}")),
        }
    }
    texts.iter_mut().for_each(|text| text.push(']'));
    texts
}

/// A row by column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row(pub serde_json::Map<String, Value>);

impl Row {
    pub fn text(&self, column: &str) -> String {
        self.maybe_text(column).unwrap_or_default()
    }

    pub fn maybe_text(&self, column: &str) -> Option<String> {
        self.0.get(column).and_then(Value::as_str).map(str::to_owned)
    }

    pub fn number(&self, column: &str) -> u64 {
        self.maybe_number(column).unwrap_or_default()
    }

    pub fn maybe_number(&self, column: &str) -> Option<u64> {
        self.0.get(column).and_then(Value::as_f64).map(|n| n as u64)
    }

    /// A column that holds JSON as text.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, Fault> {
        let text = self.0.get(column).and_then(Value::as_str).unwrap_or("null");
        serde_json::from_str(text).map_err(|e| Fault::Unavailable(format!("column {column}: {e}")))
    }
}

pub type Rows = Vec<Row>;

/// A request to a stranger's server. Redirects are not followed.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    /// Of the answer no more is read.
    pub max_bytes: usize,
    /// Until the last byte of the answer.
    pub milliseconds: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    pub status: u16,
    pub body: Vec<u8>,
}

pub trait Stores: Bucket {
    /// Milliseconds since 1970.
    fn now(&self) -> u64;
    fn random(&self, bytes: &mut [u8]) -> Result<(), Fault>;
    fn log(&self, line: &str);
    /// A configuration variable.
    fn variable(&self, name: &str) -> Option<String>;
    fn sleep(&self, milliseconds: u64) -> LocalBoxFuture<'_, ()>;
    /// Runs the statements as one transaction; each answers with its rows.
    fn batch<'a>(
        &'a self,
        database: &'a str,
        statements: Vec<Statement>,
    ) -> LocalBoxFuture<'a, Result<Vec<Rows>, Fault>>;
    /// Writes a key of the edge's KV, or takes it away.
    fn kv_put<'a>(&'a self, key: &'a str, value: Option<String>) -> LocalBoxFuture<'a, Result<(), Fault>>;
    /// Asks a stranger's server.
    fn ask(&self, request: Outgoing) -> LocalBoxFuture<'_, Result<Answered, Fault>>;
    /// Sends a JSON text by POST; the answer is its status.
    fn post<'a>(
        &'a self,
        url: &'a str,
        token: &'a str,
        body: String,
    ) -> LocalBoxFuture<'a, Result<u16, Fault>>;
}

/// The database of accounts, and of all sites that have none of their own.
pub const FIRST: &str = "DB";

/// The rows of one statement.
pub async fn rows(stores: &dyn Stores, database: &str, statement: Statement) -> Result<Rows, Fault> {
    Ok(stores.batch(database, vec![statement]).await?.pop().unwrap_or_default())
}

/// The first row of one statement.
pub async fn row(stores: &dyn Stores, database: &str, statement: Statement) -> Result<Option<Row>, Fault> {
    Ok(rows(stores, database, statement).await?.into_iter().next())
}
