//! Files of a site by name: listed, named, moved, thrown away. What gives them bytes: `asset_content`.

use crate::access::SiteAccess;
use crate::assets::names;
use crate::call::{Call, page_of};
use crate::change::{Event, Lost, make};
use crate::http::{Answer, Reply};
use crate::problem::{Refusal, unless_good};
use crate::repo::assets::{self, Filter};
use crate::repo::{asset_folders, objects, sites};
use crate::stores::{Fault, Row};
use intake::names::composed;
use model::{Problem, content_url};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// With or without its ending, which stays.
    #[serde(default)]
    #[schemars(length(min = 1, max = 120))]
    pub name: Option<String>,
    /// Names joined by `/`; `""` is the top. It is made where it is missing.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub folder: Option<String>,
    /// Alternative texts by locale, all of them; `""` says that it is decoration.
    #[serde(default)]
    pub alt: Option<BTreeMap<String, String>>,
}

#[derive(Serialize, JsonSchema)]
pub struct Asset {
    pub id: String,
    /// What pages call it: `team/Portrait.jpg`.
    pub path: String,
    pub folder: String,
    pub name: String,
    /// `image`, `video`, `font`, `document` or `style`.
    pub kind: String,
    pub bytes: u64,
    /// Pixels, of pictures.
    pub width: Option<u64>,
    pub height: Option<u64>,
    /// Alternative texts by locale.
    pub alt: BTreeMap<String, String>,
    /// `active` or `trashed`.
    pub status: String,
    /// Counts its changes; in quotes it is the ETag.
    pub revision: u64,
    /// Digest of the bytes: the first 96 bits of SHA-256.
    pub hash: String,
    /// Where it is on the site's own hosts.
    pub url: String,
    /// Widths that are stored.
    pub widths: Vec<u32>,
    /// Widths that are wanted and not stored.
    pub missing_widths: Vec<u32>,
    pub created_at: String,
    pub updated_at: String,
    /// What was left out of a vector picture when it was taken in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Page {
    pub assets: Vec<Asset>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Use {
    /// `page`, `entity`, `block`, `component` or `settings`.
    pub subject: String,
    pub id: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Uses {
    pub uses: Vec<Use>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

pub fn asset(row: &Row) -> Result<Asset, Fault> {
    let (folder, name, ext) = (row.text("folder"), row.text("name"), row.text("ext"));
    let full = format!("{name}.{ext}");
    let widths: Vec<u32> = row.json("widths")?;
    let wanted = match row.text("kind").as_str() {
        "image" => assets::widths(&ext, row.number("width") as u32),
        _ => vec![],
    };
    Ok(Asset {
        id: row.text("id"),
        path: if folder.is_empty() { full.clone() } else { format!("{folder}/{full}") },
        folder,
        url: content_url::file(&row.text("hash"), None, &names::in_url(&name), &ext),
        name: full,
        kind: row.text("kind"),
        bytes: row.number("bytes"),
        width: row.maybe_number("width"),
        height: row.maybe_number("height"),
        alt: row.json("alt")?,
        status: row.text("status"),
        revision: row.number("revision"),
        hash: row.text("hash"),
        missing_widths: wanted.into_iter().filter(|w| !widths.contains(w)).collect(),
        widths,
        created_at: row.text("created_at"),
        updated_at: row.text("updated_at"),
        removed: vec![],
    })
}

pub fn etag(revision: u64) -> String {
    format!("\"{revision}\"")
}

/// The answer with an asset as it is in the database.
pub fn reply(status: u16, asset: &Asset) -> Reply {
    Reply::json(status, asset).with("etag", etag(asset.revision))
}

/// The asset that the path names, in the revision that the client wants to change.
pub async fn wanted(call: &Call<'_>, access: &SiteAccess) -> Result<Row, Refusal> {
    let row = assets::get(call.stores, access, call.param("asset")).await?.ok_or(Refusal::NotFound)?;
    let (given, now) = (call.request.header("if-match"), etag(row.number("revision")));
    let fits = given.split(',').any(|tag| matches!(tag.trim(), "" | "*") || tag.trim() == now);
    if fits { Ok(row) } else { Err(Refusal::Changed(now)) }
}

/// Why a change of an asset was not made.
pub async fn lost(call: &Call<'_>, access: &SiteAccess, lost: Lost, taken: Refusal) -> Refusal {
    match lost {
        Lost::Constraint(text) if text.contains("assets.revision") => {
            match assets::get(call.stores, access, call.param("asset")).await {
                Ok(Some(row)) => Refusal::Changed(etag(row.number("revision"))),
                Ok(None) => Refusal::NotFound,
                Err(fault) => fault.into(),
            }
        }
        other => other.when("assets.name", || taken),
    }
}

pub fn taken(path: &str) -> Refusal {
    Problem::new(path, "another file of this folder has this name: choose another").into()
}

/// Texts for some of the site's locales.
pub async fn check_alt(
    call: &Call<'_>,
    access: &SiteAccess,
    alt: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    if alt.is_empty() {
        return Ok(());
    }
    let locales: Vec<String> = sites::get(call.stores, access).await?.unwrap_or_default().json("locales")?;
    let mut problems = vec![];
    for (locale, text) in alt {
        let at = format!("alt.{locale}");
        if !locales.contains(locale) {
            problems.push(Problem::new(at, "not among the site's locales: add it there, or take it out"));
        } else if text.chars().count() > 1000 || text.chars().any(char::is_control) {
            problems.push(Problem::new(at, "expected at most 1000 characters on one line"));
        }
    }
    unless_good(problems)
}

/// What the audit log says of an asset.
pub fn told(asset: &Asset) -> Value {
    json!({"path": asset.path, "alt": asset.alt, "hash": asset.hash, "bytes": asset.bytes, "status": asset.status})
}

pub async fn list_assets(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (limit, after) = (call.limit()?, call.after()?);
    let spelled = |name: &str| call.query(name).map(|given| composed(&given));
    let (folder, search) = (spelled("folder"), spelled("search").unwrap_or_default());
    let status = call.query("status").unwrap_or_else(|| "active".to_owned());
    if !matches!(status.as_str(), "active" | "trashed") {
        return Err(Problem::new("status", "expected active or trashed").into());
    }
    let filter = Filter { status: &status, folder: folder.as_deref(), search: &search };
    let rows = assets::list(call.stores, access, &filter, after, limit).await?;
    let (rows, next) = page_of(rows, limit, |row| format!("{}~{}", row.text("created_at"), row.text("id")));
    let assets = rows.iter().map(asset).collect::<Result<_, _>>()?;
    Ok(Reply::json(200, &Page { assets, next }))
}

pub async fn show_asset(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = assets::get(call.stores, access, call.param("asset")).await?.ok_or(Refusal::NotFound)?;
    Ok(reply(200, &asset(&row)?))
}

pub async fn list_asset_uses(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (limit, after) = (call.limit()?, call.after()?);
    let id = call.param("asset");
    assets::get(call.stores, access, id).await?.ok_or(Refusal::NotFound)?;
    let rows = assets::uses(call.stores, access, id, after, limit).await?;
    let (rows, next) =
        page_of(rows, limit, |row| format!("{}~{}", row.text("subject"), row.text("subject_id")));
    let uses = rows.iter().map(|row| Use { subject: row.text("subject"), id: row.text("subject_id") });
    Ok(Reply::json(200, &Uses { uses: uses.collect(), next }))
}

/// Makes a change of names, texts or status, and answers with the asset after it.
async fn changed(
    call: &Call<'_>,
    access: &SiteAccess,
    row: &Row,
    change: assets::Change<'_>,
    taken: Refusal,
) -> Answer {
    let before = asset(row)?;
    let mut after = row.clone();
    let columns = [
        ("name", json!(change.name)),
        ("folder", json!(change.folder)),
        ("alt", json!(change.alt)),
        ("status", json!(change.status)),
        ("revision", json!(change.revision + 1)),
        ("updated_at", json!(crate::clock::text(call.stores.now()))),
    ];
    after.0.extend(columns.map(|(name, value)| (name.to_owned(), value)));
    let after = asset(&after)?;
    let mut statements = vec![];
    if before.path != after.path {
        statements.push(assets::keep_path(access, change.id));
    }
    statements.push(assets::change(call.stores, access, &change));
    statements.push(asset_folders::create(access, change.folder));
    let event = Event {
        subject: "asset",
        id: change.id.to_owned(),
        before: Some(told(&before)),
        after: Some(told(&after)),
    };
    match make(call, access, statements, event, reply(200, &after)).await {
        Ok(reply) => Ok(reply),
        Err(why) => Err(lost(call, access, why, taken).await),
    }
}

pub async fn change_asset(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Change = call.body()?;
    let row = wanted(call, access).await?;
    let name = match &given.name {
        Some(name) => names::renamed(name, &row.text("ext"))?,
        None => row.text("name"),
    };
    let folder = names::folder(&given.folder.unwrap_or_else(|| row.text("folder")), "folder")?;
    let alt = match given.alt {
        Some(alt) => {
            check_alt(call, access, &alt).await?;
            json!(alt).to_string()
        }
        None => row.text("alt"),
    };
    let (id, status) = (row.text("id"), row.text("status"));
    let change = assets::Change {
        id: &id,
        revision: row.number("revision"),
        name: &name,
        folder: &folder,
        alt,
        status: &status,
    };
    changed(call, access, &row, change, taken("name")).await
}

async fn with_status(call: &Call<'_>, access: &SiteAccess, status: &str) -> Answer {
    let row = wanted(call, access).await?;
    if row.text("status") == status {
        return Ok(reply(200, &asset(&row)?));
    }
    let (id, name, folder) = (row.text("id"), row.text("name"), row.text("folder"));
    let change = assets::Change {
        id: &id,
        revision: row.number("revision"),
        name: &name,
        folder: &folder,
        alt: row.text("alt"),
        status,
    };
    let taken = Refusal::State("Another file has this name now. Rename one of the two first.".to_owned());
    changed(call, access, &row, change, taken).await
}

/// Pages that show it go on to; they cannot be published again with it until it is restored.
pub async fn trash_asset(call: &Call<'_>, access: &SiteAccess) -> Answer {
    with_status(call, access, "trashed").await
}

pub async fn restore_asset(call: &Call<'_>, access: &SiteAccess) -> Answer {
    with_status(call, access, "active").await
}

/// The bytes go when nothing that is published, or can be published again, names them.
pub async fn delete_asset(call: &Call<'_>, access: &SiteAccess) -> Answer {
    const NAMED: usize = 10;
    let row = wanted(call, access).await?;
    let before = asset(&row)?;
    if before.status != "trashed" {
        return Err(Refusal::State("This file is in use or may be. Move it to the trash first.".to_owned()));
    }
    let uses = assets::uses(call.stores, access, &before.id, None, NAMED).await?;
    if !uses.is_empty() {
        let more = if uses.len() > NAMED { " and others" } else { "" };
        let users: Vec<_> = uses
            .iter()
            .take(NAMED)
            .map(|row| format!("{} {}", row.text("subject"), row.text("subject_id")))
            .collect();
        return Err(Refusal::State(format!(
            "It is used by {}{more}. Take it out there, or restore it.",
            users.join(", ")
        )));
    }
    let mut statements = assets::delete(access, &before.id);
    statements.extend(objects::let_go(call.stores, access, &before.hash).await?);
    let event = Event { subject: "asset", id: before.id.clone(), before: Some(told(&before)), after: None };
    match make(call, access, statements, event, Reply::empty(204)).await {
        Ok(reply) => Ok(reply),
        Err(why) => Err(lost(call, access, why, Refusal::NotFound).await),
    }
}
