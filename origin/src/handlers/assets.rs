//! Files of a site: taken in, named, moved, replaced, thrown away.

use crate::access::SiteAccess;
use crate::assets::format::Format;
use crate::assets::names;
use crate::assets::upload::{MAX_FILE, PART, Received, Wanted, receive};
use crate::call::{Call, page_of};
use crate::change::{Event, Lost, make};
use crate::http::Reply;
use crate::problem::{Answer, Refusal, unless_good};
use crate::repo::assets::{self, Content, Filter, NewAsset};
use crate::repo::{asset_folders, objects, sites};
use crate::secret;
use crate::stores::{Fault, Row};
use model::ids::ContentHash;
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
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

fn asset(row: &Row) -> Result<Asset, Fault> {
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

fn etag(revision: u64) -> String {
    format!("\"{revision}\"")
}

/// The answer with an asset as it is in the database.
fn reply(status: u16, asset: &Asset) -> Reply {
    Reply::json(status, asset).with("etag", etag(asset.revision))
}

/// The asset that the path names, in the revision that the client wants to change.
async fn wanted(call: &Call<'_>, access: &SiteAccess) -> Result<Row, Refusal> {
    let row = assets::get(call.stores, access, call.param("asset")).await?.ok_or(Refusal::NotFound)?;
    let (given, now) = (call.request.header("if-match"), etag(row.number("revision")));
    let fits = given.split(',').any(|tag| matches!(tag.trim(), "" | "*") || tag.trim() == now);
    if fits { Ok(row) } else { Err(Refusal::Changed(now)) }
}

/// Why a change of an asset was not made.
async fn lost(call: &Call<'_>, access: &SiteAccess, lost: Lost, taken: Refusal) -> Refusal {
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

fn taken(path: &str) -> Refusal {
    Problem::new(path, "another file of this folder has this name: choose another").into()
}

/// Texts for some of the site's locales.
async fn check_alt(
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

fn content<'a>(received: &'a Received, ext: &str) -> Content<'a> {
    Content {
        hash: received.hash.as_str(),
        kind: received.format.kind(ext),
        bytes: received.bytes,
        size: received.size,
    }
}

/// What the audit log says of an asset.
fn told(asset: &Asset) -> Value {
    json!({"path": asset.path, "alt": asset.alt, "hash": asset.hash, "bytes": asset.bytes, "status": asset.status})
}

pub async fn upload_asset(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (given, folder) = (call.query("name").unwrap_or_default(), call.query("folder").unwrap_or_default());
    names::folder(&folder, "folder")?;
    let alt: BTreeMap<String, String> = match call.query("alt") {
        None => BTreeMap::new(),
        Some(text) => serde_json::from_str(&text).map_err(|_| {
            Problem::new("alt", "expected JSON, texts by locale, such as {\"en\": \"A loaf\"}")
        })?,
    };
    check_alt(call, access, &alt).await?;
    // Found out before the body is read, where the name has its ending already.
    let claimed = given
        .rsplit_once('.')
        .map(|(name, ext)| names::FileName { name: name.to_owned(), ext: ext.to_ascii_lowercase() });
    if let Some(file) = &claimed
        && assets::is_taken(call.stores, access, &folder, file).await?
    {
        return Err(taken("name"));
    }
    let ending = |format: Format, _| Ok(names::file(&given, format)?.ext);
    let received = receive(call, access, &Wanted { limit: MAX_FILE, ending: &ending, variant: None }).await?;
    let file = names::file(&given, received.format)?;
    let id = secret::id(call.stores)?;
    let new = NewAsset {
        id: &id,
        folder: &folder,
        file: &file,
        alt: json!(alt).to_string(),
        content: content(&received, &file.ext),
    };
    let mut statements = vec![assets::create(call.stores, access, &new)];
    statements.extend(received.kept(call, access));
    statements.push(asset_folders::create(access, &folder));
    let now = crate::clock::text(call.stores.now());
    let mut created = asset(&Row(serde_json::Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("folder".to_owned(), json!(folder)),
        ("name".to_owned(), json!(file.name)),
        ("ext".to_owned(), json!(file.ext)),
        ("kind".to_owned(), json!(new.content.kind)),
        ("bytes".to_owned(), json!(received.bytes)),
        ("width".to_owned(), json!(received.size.map(|s| s.0))),
        ("height".to_owned(), json!(received.size.map(|s| s.1))),
        ("alt".to_owned(), json!(new.alt)),
        ("status".to_owned(), json!("active")),
        ("revision".to_owned(), json!(1)),
        ("hash".to_owned(), json!(received.hash)),
        ("widths".to_owned(), json!("[]")),
        ("created_at".to_owned(), json!(now)),
        ("updated_at".to_owned(), json!(now)),
    ])))?;
    created.removed = received.removed.clone();
    let event = Event { subject: "asset", id: id.clone(), before: None, after: Some(told(&created)) };
    let location = format!("/api/v1/sites/{}/assets/{id}", access.site());
    let made = make(call, access, statements, event, reply(201, &created).with("location", location)).await;
    made.map_err(|lost| lost.when("assets.name", || taken("name")))
}

pub async fn list_assets(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (limit, after) = (call.limit()?, call.after()?);
    let (folder, search) = (call.query("folder"), call.query("search").unwrap_or_default());
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
    let folder = given.folder.unwrap_or_else(|| row.text("folder"));
    names::folder(&folder, "folder")?;
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
    statements.extend(objects::let_go(call.stores, access, &before.hash));
    let event = Event { subject: "asset", id: before.id.clone(), before: Some(told(&before)), after: None };
    match make(call, access, statements, event, Reply::empty(204)).await {
        Ok(reply) => Ok(reply),
        Err(why) => Err(lost(call, access, why, Refusal::NotFound).await),
    }
}

/// Other bytes of the same format under the same name. Pages show them once they are published again.
pub async fn replace_asset(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = wanted(call, access).await?;
    let before = asset(&row)?;
    let ext = row.text("ext");
    let ending = |format: Format, _| {
        if format.endings().contains(&ext.as_str()) {
            return Ok(ext.clone());
        }
        let why = format!("a {}, but this file is {}: send it as a new file", format.name(), before.name);
        Err(Problem::new("file", why).into())
    };
    let received = receive(call, access, &Wanted { limit: MAX_FILE, ending: &ending, variant: None }).await?;
    let content = content(&received, &ext);
    let revision = before.revision;
    let mut statements = vec![assets::replace(call.stores, access, &before.id, revision, &content)];
    statements.extend(received.kept(call, access));
    statements.extend(objects::let_go(call.stores, access, &before.hash));
    let mut after = row.clone();
    let columns = [
        ("hash", json!(received.hash)),
        ("bytes", json!(received.bytes)),
        ("width", json!(received.size.map(|s| s.0))),
        ("height", json!(received.size.map(|s| s.1))),
        ("revision", json!(revision + 1)),
        ("updated_at", json!(crate::clock::text(call.stores.now()))),
    ];
    after.0.extend(columns.map(|(name, value)| (name.to_owned(), value)));
    if received.hash.as_str() != before.hash {
        after.0.insert("widths".to_owned(), json!("[]"));
    }
    let mut after = asset(&after)?;
    after.removed = received.removed.clone();
    let event = Event {
        subject: "asset",
        id: before.id.clone(),
        before: Some(told(&before)),
        after: Some(told(&after)),
    };
    match make(call, access, statements, event, reply(200, &after)).await {
        Ok(reply) => Ok(reply),
        Err(why) => Err(lost(call, access, why, Refusal::NotFound).await),
    }
}

/// A width of a picture, made by the client. Once stored it does not change: its address is kept for ever.
pub async fn put_variant(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let row = wanted(call, access).await?;
    let before = asset(&row)?;
    let original = ContentHash::parse(&before.hash).map_err(|e| Refusal::Unavailable(e.to_string()))?;
    let (natural, high) = (row.number("width"), row.number("height"));
    let wanted = match before.kind.as_str() {
        "image" => assets::widths(&row.text("ext"), natural as u32),
        _ => vec![],
    };
    let width: u32 = call.param("width").parse().unwrap_or_default();
    if !wanted.contains(&width) {
        let why = match wanted.as_slice() {
            [] => "this file is stored in one size only".to_owned(),
            _ => format!("expected one of {wanted:?}"),
        };
        return Err(Problem::new("width", why).into());
    }
    let height = ((high * u64::from(width)) as f64 / natural as f64).round().max(1.0) as u32;
    let ending = |format: Format, size: Option<(u32, u32)>| match size {
        Some((w, h)) if format == Format::Webp && w == width && h.abs_diff(height) <= 1 => {
            Ok("webp".to_owned())
        }
        Some((w, h)) if format == Format::Webp => {
            let why = format!("{w} by {h} pixels: expected {width} by {height}");
            Err(Problem::new("file", why).into())
        }
        _ => Err(Problem::new("file", format!("a {}: expected a WebP picture", format.name())).into()),
    };
    let limit = PART;
    let variant = Some((&original, width));
    let received = receive(call, access, &Wanted { limit, ending: &ending, variant }).await?;
    let event = Event {
        subject: "asset",
        id: before.id.clone(),
        before: None,
        after: Some(json!({"width": width, "bytes": received.bytes})),
    };
    Ok(make(call, access, received.kept(call, access), event, Reply::empty(204)).await?)
}
