//! Where the content of a new site comes from: a starting point, another site of the tenant, or a file that was sent.

use crate::access::{self, Permission, Person, SiteAccess};
use crate::handlers::entities::again;
use crate::problem::Refusal;
use crate::records::{self, Wanted};
use crate::repo::objects::{self, Loose};
use crate::repo::pieces::{self, Of};
use crate::repo::{documents, entities};
use crate::source::Documents;
use crate::stores::{Fault, Row, Stores};
use crate::subject::Subject;
use intake::parts::Parts;
use intake::{draft, parse, starts};
use model::keys;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Documents or records that are read at once.
pub const ROWS: usize = 100;

/// What a new site begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// A starting point: `blank`, `business`, `shop` or `blog`.
    Template(String),
    /// Another site of the tenant.
    Site(String),
    /// A file, which `PUT …/content` sends.
    File,
}

/// Where the content comes from.
pub enum Content {
    Site(Box<SiteAccess>),
    Parts(Box<Parts>),
}

pub type Texts = Vec<(String, String)>;

impl Content {
    pub async fn of(
        stores: &dyn Stores,
        person: &Person,
        site: &SiteAccess,
        row: &Row,
        from: &From,
    ) -> Result<Self, Refusal> {
        Ok(match from {
            From::Site(id) => {
                Self::Site(source_site(stores, person, site.tenant().as_str(), id).await?.into())
            }
            From::Template(name) => {
                let (names, locales): (HashMap<String, String>, Vec<String>) =
                    (row.json("name")?, row.json("locales")?);
                let locale = locales.first().cloned().unwrap_or_default();
                let called = names.get(&locale).cloned().unwrap_or_default();
                let parts = starts::site(name, &called, &locale).ok_or(Refusal::NotFound)?;
                Self::Parts(parts.into())
            }
            From::File => Self::Parts(sent(stores, site).await?.into()),
        })
    }

    pub async fn current(
        &self,
        stores: &dyn Stores,
    ) -> Result<(Texts, Vec<(Subject, String, String)>), Refusal> {
        let mut all = vec![];
        let types = match self {
            Self::Site(site) => {
                let mut current = Documents::current(stores, site).await?;
                for subject in [Subject::Setting, Subject::Component, Subject::Block] {
                    let documents = std::mem::take(current.of(subject));
                    all.extend(documents.into_iter().map(|(id, text)| (subject, id, text)));
                }
                current.types.into_iter().map(|(id, (_, text))| (id, text)).collect()
            }
            Self::Parts(parts) => {
                for (subject, documents) in [
                    (Subject::Setting, &parts.settings),
                    (Subject::Component, &parts.components),
                    (Subject::Block, &parts.blocks),
                ] {
                    all.extend(documents.iter().map(|(id, one)| (subject, id.clone(), one.to_string())));
                }
                let text = |one: &Value| {
                    let mut definition = one.clone();
                    types_defaults(&mut definition);
                    definition.to_string()
                };
                parts.types.iter().map(|(id, one)| (id.clone(), text(one))).collect()
            }
        };
        Ok((types, all))
    }

    /// Pages behind one, with their ids.
    pub async fn pages(&self, stores: &dyn Stores, after: &str) -> Result<Texts, Fault> {
        Ok(match self {
            Self::Site(site) => {
                let rows = documents::pages_after(stores, site, after, ROWS).await?;
                rows.iter().map(|row| (row.text("id"), row.text("document"))).collect()
            }
            Self::Parts(parts) => {
                let mut pages: Vec<_> = parts.pages.iter().filter(|(id, _)| id.as_str() > after).collect();
                pages.sort_by(|a, b| a.0.cmp(&b.0));
                pages.iter().take(ROWS).map(|(id, page)| (id.clone(), page.to_string())).collect()
            }
        })
    }

    /// Records behind one.
    pub async fn records(&self, stores: &dyn Stores, after: &str) -> Result<Vec<Coming>, Refusal> {
        match self {
            Self::Site(site) => {
                let of = Of { kind: "", trash: false };
                let rows = pieces::records(stores, site.scope(), site.database(), of, after).await?;
                rows.iter().map(Coming::of).collect()
            }
            Self::Parts(parts) => {
                let from: usize = after.parse().unwrap_or_default();
                let lines = lines(parts).enumerate().skip(from).take(ROWS);
                let coming = |(n, (kind, line)): (usize, (&str, &str))| {
                    Ok(Coming { place: (n + 1).to_string(), wanted: record(kind, line)?, shown: None })
                };
                lines.map(coming).collect()
            }
        }
    }

    /// The types of records that come, by id: of those among `ids`.
    pub async fn kinds(
        &self,
        stores: &dyn Stores,
        ids: Vec<String>,
    ) -> Result<HashMap<String, String>, Fault> {
        match self {
            Self::Site(site) => {
                let rows = entities::kinds(stores, site, &json!(ids).to_string()).await?;
                Ok(rows.iter().map(|row| (row.text("id"), row.text("kind"))).collect())
            }
            Self::Parts(parts) => {
                let id = |line: &str| {
                    let record: Value = serde_json::from_str(line).ok()?;
                    Some(record.get("id")?.as_str()?.to_owned())
                };
                Ok(lines(parts).filter_map(|(kind, line)| Some((id(line)?, kind.to_owned()))).collect())
            }
        }
    }
}

/// A record that is taken over.
pub struct Coming {
    /// Of the next one.
    pub place: String,
    pub wanted: Wanted,
    /// What visitors see while the change in `wanted` waits.
    pub shown: Option<Wanted>,
}

impl Coming {
    fn of(row: &Row) -> Result<Self, Refusal> {
        let wanted = |row: &Row, publish| Ok::<_, Refusal>(Wanted { base: None, ..again(row, publish)? });
        let is_shown = row.text("status") == "published";
        let shown = match row.maybe_text("shown").filter(|_| is_shown) {
            Some(document) => {
                let mut shown = row.clone();
                shown.0.insert("document".to_owned(), document.into());
                Some(wanted(&shown, true)?)
            }
            None => None,
        };
        Ok(Self { place: row.text("id"), wanted: wanted(row, is_shown && shown.is_none())?, shown })
    }
}

/// The records of parts, with their types.
fn lines(parts: &Parts) -> impl Iterator<Item = (&str, &str)> {
    let files = parts.records.iter();
    files.flat_map(|(kind, text)| {
        text.lines().filter(|line| !line.trim().is_empty()).map(move |line| (kind.as_str(), line))
    })
}

pub fn record(kind: &str, line: &str) -> Result<Wanted, Refusal> {
    let given: draft::Record = parse::parse(line)?;
    let document = records::document(kind, &given);
    let publish = given.publish;
    Ok(Wanted { kind: kind.to_owned(), given, document, publish, base: None, again: false })
}

/// How many documents, records and files parts have.
pub fn count(parts: &Parts) -> u64 {
    let documents = parts.settings.len() + parts.components.len() + parts.blocks.len() + parts.types.len();
    (documents + parts.pages.len() + lines(parts).count()) as u64
}

/// Writes into a type what the API writes into it.
pub fn types_defaults(definition: &mut Value) {
    let Some(fields) = definition.as_object_mut() else { return };
    for name in ["summary_field", "image_field", "schema_org"] {
        fields.entry(name).or_insert(Value::Null);
    }
    for name in ["listed", "indexes"] {
        fields.entry(name).or_insert(json!([]));
    }
}

/// A site of the tenant that a person may read; others are not there.
pub async fn source_site(
    stores: &dyn Stores,
    person: &Person,
    tenant: &str,
    site: &str,
) -> Result<SiteAccess, Refusal> {
    let found = access::site(stores, person, site, Permission::ReadSite, false).await?;
    if found.tenant().as_str() == tenant { Ok(found) } else { Err(Refusal::NotFound) }
}

/// The name of the object that keeps what a file says, while its site is being filled.
pub fn kept(site: &SiteAccess) -> String {
    keys::upload(site.scope(), "content")
}

async fn sent(stores: &dyn Stores, site: &SiteAccess) -> Result<Parts, Refusal> {
    let object = kept(site);
    let loose = Loose { object: &object, hash: "", bytes: 0 };
    objects::announced(stores, site, &loose, 0).await?;
    let bytes = stores.read(&object).await?;
    let bytes = bytes.ok_or_else(|| Refusal::State("The file is gone: send it again.".to_owned()))?;
    serde_json::from_slice(&bytes).map_err(|e| Refusal::Unavailable(format!("{object}: {e}")))
}
