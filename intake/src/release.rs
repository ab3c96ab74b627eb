//! The result of publishing a site: everything that has to be stored for it, by store.

use model::entity::{ListEntry, Record};
use model::ids::ContentHash;
use model::{SiteScope, keys};
use serde_json::Value;
use serde_json::value::RawValue;

#[derive(Debug, Default)]
pub struct Release {
    /// KV: key and value. The host records come last: they make the rest visible.
    pub kv: Vec<(String, String)>,
    pub records: Vec<StoredRecord>,
    /// D1: definitions of the entity types.
    pub types: Vec<(String, Value)>,
    /// D1: documents of the full-text search, from old to new.
    pub documents: Vec<Document>,
    pub files: Vec<StoredFile>,
}

/// An immutable record of a release in KV, under the digest of what it is part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Immutable {
    pub kind: Kind,
    pub hash: ContentHash,
    /// Number of the shard of a route table, else 0.
    pub part: u32,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Page,
    Routes,
    Theme,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Page, Self::Routes, Self::Theme];

    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Routes => "routes",
            Self::Theme => "theme",
        }
    }

    pub fn key(self, scope: &SiteScope, hash: &ContentHash, part: u32) -> String {
        match self {
            Self::Page => keys::page(scope, hash),
            Self::Routes => keys::routes(scope, hash, part),
            Self::Theme => keys::theme(scope, hash),
        }
    }
}

impl Immutable {
    pub fn key(&self, scope: &SiteScope) -> String {
        self.kind.key(scope, &self.hash, self.part)
    }
}

#[derive(Debug)]
pub struct StoredRecord {
    pub record: Record,
    pub title: String,
    pub summary: String,
    pub relations: Vec<String>,
    pub listed: Value,
    pub entries: Vec<ListEntry>,
    /// Dense number within the type, for sitemaps.
    pub seq: usize,
}

#[derive(Debug, serde::Serialize)]
pub struct Document {
    pub kind: &'static str,
    pub id: String,
    pub scope: String,
    pub title: String,
    pub body: String,
    pub path: String,
    pub summary: String,
    pub at: String,
}

/// R2: a file under the digest of its original.
#[derive(Debug)]
pub struct StoredFile {
    pub hash: ContentHash,
    pub width: Option<u32>,
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
}

pub fn json_text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("records are made of texts, numbers and lists")
}

pub(crate) fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).expect("a value is JSON")
}
