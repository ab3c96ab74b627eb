//! Documents of a site: settings, pages, blocks, components, entity types. Each is saved on the revision it was
//! changed from, and not at all where nothing would change.

use crate::api::Sent;
use crate::context::Site;
use crate::failure::{At, Failure};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub struct Stored {
    #[serde(default)]
    pub status: String,
    pub revision: u64,
    /// Of a type, its definition.
    #[serde(alias = "definition")]
    pub document: Value,
}

/// What became of a document.
pub struct Saved {
    pub revision: u64,
    pub changed: bool,
    pub warnings: Vec<At>,
}

#[derive(Deserialize)]
struct Answer {
    revision: u64,
    #[serde(default)]
    warnings: Vec<At>,
}

/// Which revision a document was changed from.
pub enum Base {
    /// It is new.
    None,
    Revision(u64),
    /// Whatever is there: the newest is replaced.
    Newest,
}

/// The path of a document; names of components have a colon in them.
pub fn path(kind: &str, id: &str) -> String {
    format!("/{kind}/{}", crate::api::encoded(id).replace("%3A", ":"))
}

pub fn find(site: &Site, kind: &str, id: &str) -> Result<Option<Stored>, Failure> {
    let found = site.api.find(&site.path(&path(kind, id)))?;
    found.map(|value| serde_json::from_value(value).map_err(unclear)).transpose()
}

pub fn get(site: &Site, kind: &str, id: &str) -> Result<Stored, Failure> {
    site.api.get(&site.path(&path(kind, id)))
}

fn unclear(e: serde_json::Error) -> Failure {
    Failure::server(format!("Its answer cannot be understood ({e})."))
}

pub fn save(site: &Site, kind: &str, id: &str, document: &Value, base: Base) -> Result<Saved, Failure> {
    let newest = match base {
        Base::Newest => find(site, kind, id)?,
        _ => None,
    };
    if let Some(stored) = newest.as_ref().filter(|stored| is_same(stored, document)) {
        return Ok(Saved { revision: stored.revision, changed: false, warnings: vec![] });
    }
    let base = match base {
        Base::Revision(revision) => Some(revision),
        _ => newest.map(|stored| stored.revision),
    };
    let headers: Vec<_> = base.map(|revision| ("if-match", format!("\"{revision}\""))).into_iter().collect();
    let sent = Sent::Json(document.clone());
    match site.api.ask("PUT", &site.path(&path(kind, id)), &sent, &headers) {
        Ok(answer) => {
            let Answer { revision, warnings } = answer.json()?;
            Ok(Saved { revision, changed: true, warnings })
        }
        // It is there already: so it is when the answer to the first try was lost.
        Err(failure) if failure.status == Some(428) => match find(site, kind, id)? {
            Some(stored) if is_same(&stored, document) => {
                Ok(Saved { revision: stored.revision, changed: false, warnings: vec![] })
            }
            Some(stored) => Err(Failure {
                detail: format!(
                    "{kind}/{id} is there already, at revision {}: say that yours is based on it, or choose another id.",
                    stored.revision
                ),
                ..failure
            }),
            None => Err(failure),
        },
        Err(failure) => Err(failure),
    }
}

fn is_same(stored: &Stored, document: &Value) -> bool {
    let gone = matches!(stored.status.as_str(), "archived" | "trashed" | "retired");
    !gone && has(stored, document)
}

/// Whether the server has a document as it is here, of whatever status.
pub fn has(stored: &Stored, document: &Value) -> bool {
    let mut document = document.clone();
    // The API writes the id into pages.
    if let (Some(fields), Some(id)) = (document.as_object_mut(), stored.document.get("id")) {
        fields.insert("id".to_owned(), id.clone());
    }
    without_defaults(&stored.document) == without_defaults(&document)
}

/// Without what says no more than leaving it out: the API writes it into types.
fn without_defaults(document: &Value) -> Value {
    let is_default = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    match document {
        Value::Object(fields) => {
            let told = fields.iter().filter(|(_, value)| !is_default(value));
            Value::Object(told.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        other => other.clone(),
    }
}
