//! Where files get their bytes: uploads, replacements, and the widths of pictures that clients make.

use crate::access::SiteAccess;
use crate::assets::body::PART;
use crate::assets::format::Format;
use crate::assets::names;
use crate::assets::upload::{MAX_FILE, Received, Wanted, receive};
use crate::call::Call;
use crate::change::{Event, make};
use crate::handlers::assets::{asset, check_alt, lost, reply, taken, told, wanted};
use crate::http::{Answer, Reply};
use crate::problem::Refusal;
use crate::repo::assets::{self, Content, NewAsset};
use crate::repo::{asset_folders, objects};
use crate::secret;
use crate::stores::Row;
use model::Problem;
use model::ids::ContentHash;
use serde_json::json;
use std::collections::BTreeMap;

pub fn content<'a>(received: &'a Received, ext: &str) -> Content<'a> {
    Content {
        hash: received.hash.as_str(),
        kind: received.format.kind(ext),
        bytes: received.bytes,
        size: received.size,
    }
}

pub async fn upload_asset(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given = call.query("name").unwrap_or_default();
    let folder = names::folder(&call.query("folder").unwrap_or_default(), "folder")?;
    let alt: BTreeMap<String, String> = match call.query("alt") {
        None => BTreeMap::new(),
        Some(text) => serde_json::from_str(&text).map_err(|_| {
            Problem::new("alt", "expected JSON, texts by locale, such as {\"en\": \"A loaf\"}")
        })?,
    };
    check_alt(call, access, &alt).await?;
    // Found out before the body is read, where the name has its ending already.
    let claimed = names::split(&given).map(|(_, name, ext)| names::FileName { name, ext });
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
    if received.hash.as_str() == before.hash {
        // Nothing changes; what was reserved for the bytes is given back.
        call.stores.batch(access.database(), received.kept(call, access)).await?;
        return Ok(reply(200, &before));
    }
    let content = content(&received, &ext);
    let revision = before.revision;
    let mut statements = vec![assets::replace(call.stores, access, &before.id, revision, &content)];
    statements.extend(received.kept(call, access));
    statements.extend(objects::let_go(call.stores, access, &before.hash).await?);
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
    after.0.insert("widths".to_owned(), json!("[]"));
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
    let width: u32 = call.param("width").parse().unwrap_or_default();
    let received = receive_variant(call, access, &row, width).await?;
    let event = Event {
        subject: "asset",
        id: row.text("id"),
        before: None,
        after: Some(json!({"width": width, "bytes": received.bytes})),
    };
    Ok(make(call, access, received.kept(call, access), event, Reply::empty(204)).await?)
}

pub async fn receive_variant(
    call: &Call<'_>,
    access: &SiteAccess,
    row: &Row,
    width: u32,
) -> Result<Received, Refusal> {
    let original = ContentHash::parse(&row.text("hash")).map_err(|e| Refusal::Unavailable(e.to_string()))?;
    let (natural, high) = (row.number("width"), row.number("height"));
    let wanted = match row.text("kind").as_str() {
        "image" => assets::widths(&row.text("ext"), natural as u32),
        _ => vec![],
    };
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
    let variant = Some((&original, width));
    receive(call, access, &Wanted { limit: PART, ending: &ending, variant }).await
}
