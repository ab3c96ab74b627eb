//! Files by name: what they are called and mean. Where their bytes are: `objects`.

use crate::access::SiteAccess;
use crate::assets::names::{self, FileName};
use crate::clock;
use crate::sql;
use crate::stores::{Fault, Row, Rows, Statement, Stores, row, rows};
use model::asset::{self, Image};
use serde_json::json;
use std::collections::BTreeMap;

/// Which files a list is of.
pub struct Filter<'a> {
    pub status: &'a str,
    /// `None`: all folders.
    pub folder: Option<&'a str>,
    /// A part of the name; `""`: any.
    pub search: &'a str,
}

/// Files, newest first.
pub async fn list(
    stores: &dyn Stores,
    access: &SiteAccess,
    filter: &Filter<'_>,
    after: Option<(String, String)>,
    limit: usize,
) -> Result<Rows, Fault> {
    // Behind every time and every id.
    let (time, id) = after.unwrap_or_else(|| ("~".to_owned(), String::new()));
    let (site, limit) = (access.site().as_str(), limit as u64 + 1);
    let statement = match filter.folder {
        Some(folder) => sql!(
            "SELECT a.*, (SELECT json_group_array(o.width) FROM asset_objects o \
               WHERE o.site_id = a.site_id AND o.hash = a.hash AND o.width > 0) AS widths \
             FROM assets a INDEXED BY assets_by_folder \
             WHERE a.site_id = ?1 AND a.status = ?2 AND (a.created_at, a.id) < (?3, ?4) \
               AND instr(lower(a.name || '.' || a.ext), lower(?5)) > 0 AND a.folder = ?7 \
             ORDER BY a.created_at DESC, a.id DESC LIMIT ?6",
            site,
            filter.status,
            time,
            id,
            filter.search,
            limit,
            folder
        ),
        None => sql!(
            "SELECT a.*, (SELECT json_group_array(o.width) FROM asset_objects o \
               WHERE o.site_id = a.site_id AND o.hash = a.hash AND o.width > 0) AS widths \
             FROM assets a INDEXED BY assets_by_creation \
             WHERE a.site_id = ?1 AND a.status = ?2 AND (a.created_at, a.id) < (?3, ?4) \
               AND instr(lower(a.name || '.' || a.ext), lower(?5)) > 0 \
             ORDER BY a.created_at DESC, a.id DESC LIMIT ?6",
            site,
            filter.status,
            time,
            id,
            filter.search,
            limit
        ),
    };
    rows(stores, access.database(), statement).await
}

pub async fn get(stores: &dyn Stores, access: &SiteAccess, id: &str) -> Result<Option<Row>, Fault> {
    row(
        stores,
        access.database(),
        sql!(
            "SELECT a.*, (SELECT json_group_array(o.width) FROM asset_objects o \
               WHERE o.site_id = a.site_id AND o.hash = a.hash AND o.width > 0) AS widths \
             FROM assets a WHERE a.site_id = ?1 AND a.id = ?2",
            access.site().as_str(),
            id
        ),
    )
    .await
}

/// Whether an active file stands at a path.
pub async fn is_taken(
    stores: &dyn Stores,
    access: &SiteAccess,
    folder: &str,
    file: &FileName,
) -> Result<bool, Fault> {
    let found = sql!(
        "SELECT id FROM assets INDEXED BY assets_by_path \
         WHERE site_id = ?1 AND folder = ?2 AND name = ?3 AND ext = ?4 AND status = 'active'",
        access.site().as_str(),
        folder,
        &file.name,
        &file.ext
    );
    Ok(row(stores, access.database(), found).await?.is_some())
}

/// What an asset says of its bytes.
pub struct Content<'a> {
    pub hash: &'a str,
    pub kind: &'static str,
    pub bytes: u64,
    pub size: Option<(u32, u32)>,
}

impl Content<'_> {
    fn sides(&self) -> (Option<u64>, Option<u64>) {
        (self.size.map(|s| u64::from(s.0)), self.size.map(|s| u64::from(s.1)))
    }
}

pub struct NewAsset<'a> {
    pub id: &'a str,
    pub folder: &'a str,
    pub file: &'a FileName,
    /// JSON by locale.
    pub alt: String,
    pub content: Content<'a>,
}

pub fn create(stores: &dyn Stores, access: &SiteAccess, asset: &NewAsset) -> Statement {
    let (width, height) = asset.content.sides();
    sql!(
        "INSERT INTO assets (site_id, id, hash, folder, name, ext, kind, bytes, width, height, alt, status, \
           created_at, updated_at, created_by) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'active', ?12, ?12, ?13)",
        access.site().as_str(),
        asset.id,
        asset.content.hash,
        asset.folder,
        &asset.file.name,
        &asset.file.ext,
        asset.content.kind,
        asset.content.bytes,
        width,
        height,
        &asset.alt,
        clock::text(stores.now()),
        &access.person().user
    )
}

/// Files in the order of their ids, none of the trash: each with its objects and the paths that it had before.
pub async fn all_after(
    stores: &dyn Stores,
    access: &SiteAccess,
    after: &str,
    limit: usize,
) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT a.id, a.hash, a.folder, a.name, a.ext, a.kind, a.bytes, a.width, a.height, a.alt, \
               (SELECT json_group_array(json_array(o.width, o.bytes)) FROM asset_objects o \
                WHERE o.site_id = ?1 AND o.hash = a.hash) AS objects, \
               (SELECT json_group_array(json_array(p.folder, p.name, p.ext)) FROM asset_paths p \
                INDEXED BY asset_paths_by_asset WHERE p.site_id = ?1 AND p.asset_id = a.id) AS was \
             FROM assets a WHERE a.site_id = ?1 AND a.id > ?2 AND a.status = 'active' ORDER BY a.id LIMIT ?3",
            access.site().as_str(),
            after,
            limit as u64
        ),
    )
    .await
}

/// A file of another site, as this one's: all but its objects.
pub fn copy(stores: &dyn Stores, access: &SiteAccess, file: &Row) -> Vec<Statement> {
    let (site, id) = (access.site().as_str(), file.text("id"));
    vec![
        sql!(
            "INSERT INTO assets (site_id, id, hash, folder, name, ext, kind, bytes, width, height, alt, status, \
               created_at, updated_at, created_by) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'active', ?12, ?12, ?13)",
            site,
            &id,
            file.text("hash"),
            file.text("folder"),
            file.text("name"),
            file.text("ext"),
            file.text("kind"),
            file.number("bytes"),
            file.maybe_number("width"),
            file.maybe_number("height"),
            file.text("alt"),
            clock::text(stores.now()),
            &access.person().user
        ),
        had(access, &id, &file.text("was")),
    ]
}

/// Paths that a file had before, `[folder, name, ending]`.
pub fn had(access: &SiteAccess, id: &str, paths: &str) -> Statement {
    sql!(
        "INSERT INTO asset_paths (site_id, folder, name, ext, asset_id) \
         SELECT ?1, value->>0, value->>1, value->>2, ?2 FROM json_each(?3) WHERE true ON CONFLICT DO NOTHING",
        access.site().as_str(),
        id,
        paths
    )
}

/// The file at a path, with its size.
pub async fn at(stores: &dyn Stores, access: &SiteAccess, path: &str) -> Result<Option<Row>, Fault> {
    let Some((folder, name, ext)) = names::split(path) else { return Ok(None) };
    row(
        stores,
        access.database(),
        sql!(
            "SELECT id, hash, kind, ext, width, height FROM assets INDEXED BY assets_by_path \
             WHERE site_id = ?1 AND folder = ?2 AND name = ?3 AND ext = ?4 AND status = 'active'",
            access.site().as_str(),
            folder,
            name,
            ext
        ),
    )
    .await
}

/// Alternative texts of files, `[folder, name, ending, texts]`.
pub fn tell(access: &SiteAccess, texts: &str) -> Statement {
    sql!(
        "UPDATE assets SET alt = w.value->>3 FROM json_each(?2) w WHERE assets.site_id = ?1 AND assets.status = 'active' \
           AND assets.folder = w.value->>0 AND assets.name = w.value->>1 AND assets.ext = w.value->>2",
        access.site().as_str(),
        texts
    )
}

/// The old path of a file leads to it from now on; before the statement that changes the path.
pub fn keep_path(access: &SiteAccess, id: &str) -> Statement {
    sql!(
        "INSERT INTO asset_paths (site_id, folder, name, ext, asset_id) \
         SELECT site_id, folder, name, ext, id FROM assets WHERE site_id = ?1 AND id = ?2 \
         ON CONFLICT DO UPDATE SET asset_id = excluded.asset_id",
        access.site().as_str(),
        id
    )
}

/// Changes name, folder, texts or status. The revision must still be the one that was read: another makes the batch
/// fail (`assets.revision`).
pub struct Change<'a> {
    pub id: &'a str,
    pub revision: u64,
    pub name: &'a str,
    pub folder: &'a str,
    pub alt: String,
    pub status: &'a str,
}

pub fn change(stores: &dyn Stores, access: &SiteAccess, change: &Change) -> Statement {
    sql!(
        "UPDATE assets SET name = ?3, folder = ?4, alt = ?5, status = ?6, updated_at = ?7, \
           revision = iif(revision = ?8, revision + 1, NULL) \
         WHERE site_id = ?1 AND id = ?2",
        access.site().as_str(),
        change.id,
        change.name,
        change.folder,
        &change.alt,
        change.status,
        clock::text(stores.now()),
        change.revision
    )
}

/// Gives an asset other bytes; the revision as in `change`.
pub fn replace(
    stores: &dyn Stores,
    access: &SiteAccess,
    id: &str,
    revision: u64,
    content: &Content,
) -> Statement {
    let (width, height) = content.sides();
    sql!(
        "UPDATE assets SET hash = ?3, bytes = ?4, width = ?5, height = ?6, updated_at = ?7, \
           revision = iif(revision = ?8, revision + 1, NULL) \
         WHERE site_id = ?1 AND id = ?2",
        access.site().as_str(),
        id,
        content.hash,
        content.bytes,
        width,
        height,
        clock::text(stores.now()),
        revision
    )
}

/// Takes a trashed file that nothing uses away for good, and its old paths.
pub fn delete(access: &SiteAccess, id: &str) -> Vec<Statement> {
    vec![
        sql!(
            "DELETE FROM assets WHERE site_id = ?1 AND id = ?2 AND status = 'trashed' AND NOT EXISTS ( \
               SELECT 1 FROM uses WHERE site_id = ?1 AND target = 'asset' AND target_id = ?2)",
            access.site().as_str(),
            id
        ),
        // One that something uses by now is still there: the batch fails.
        sql!("UPDATE assets SET revision = NULL WHERE site_id = ?1 AND id = ?2", access.site().as_str(), id),
        sql!(
            "DELETE FROM asset_paths INDEXED BY asset_paths_by_asset WHERE site_id = ?1 AND asset_id = ?2 AND NOT EXISTS ( \
               SELECT 1 FROM assets WHERE site_id = ?1 AND id = ?2)",
            access.site().as_str(),
            id
        ),
    ]
}

/// What uses a file, in the order of its key.
pub async fn uses(
    stores: &dyn Stores,
    access: &SiteAccess,
    id: &str,
    after: Option<(String, String)>,
    limit: usize,
) -> Result<Rows, Fault> {
    let (subject, subject_id) = after.unwrap_or_default();
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT subject, subject_id FROM uses \
             WHERE site_id = ?1 AND target = 'asset' AND target_id = ?2 AND (subject, subject_id) > (?3, ?4) \
             ORDER BY subject, subject_id LIMIT ?5",
            access.site().as_str(),
            id,
            subject,
            subject_id,
            limit as u64 + 1
        ),
    )
    .await
}

/// A file as a page refers to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub id: String,
    pub hash: String,
    /// As it stands in addresses.
    pub name: String,
    pub ext: String,
    pub kind: String,
    /// Texts by locale, for a page that says none of its own.
    pub alt: BTreeMap<String, String>,
    /// `None` for what is no picture. Its `alt` is empty.
    pub image: Option<Image<'static>>,
    /// Bytes of the largest form of a picture that pages link to, where it is stored.
    pub weight: Option<u64>,
}

/// The files at some paths such as `team/Portrait.jpg`. An old path leads to the file that had it, until another takes
/// it. Paths at which there is no file are absent.
pub async fn images(
    stores: &dyn Stores,
    access: &SiteAccess,
    paths: &[String],
) -> Result<BTreeMap<String, Found>, Fault> {
    let split = |path: &String| {
        let (folder, name, ext) = names::split(path)?;
        Some(json!({"path": path, "folder": folder, "name": name, "ext": ext}))
    };
    let wanted: Vec<_> = paths.iter().filter_map(split).collect();
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = sql!(
        "SELECT p.value ->> 'path' AS path, 1 AS current, a.id, a.hash, a.name, a.ext, a.kind, a.width, a.height, a.alt, \
           (SELECT json_group_array(json_array(o.width, o.bytes)) FROM asset_objects o \
            WHERE o.site_id = a.site_id AND o.hash = a.hash) AS objects \
         FROM json_each(?2) p CROSS JOIN assets a INDEXED BY assets_by_path \
           ON a.site_id = ?1 AND a.folder = p.value ->> 'folder' AND a.name = p.value ->> 'name' \
           AND a.ext = p.value ->> 'ext' AND a.status = 'active' \
         UNION ALL \
         SELECT p.value ->> 'path', 0, a.id, a.hash, a.name, a.ext, a.kind, a.width, a.height, a.alt, \
           (SELECT json_group_array(json_array(o.width, o.bytes)) FROM asset_objects o \
            WHERE o.site_id = a.site_id AND o.hash = a.hash) \
         FROM json_each(?2) p CROSS JOIN asset_paths q \
           ON q.site_id = ?1 AND q.folder = p.value ->> 'folder' AND q.name = p.value ->> 'name' \
           AND q.ext = p.value ->> 'ext' \
         CROSS JOIN assets a ON a.site_id = ?1 AND a.id = q.asset_id AND a.status = 'active'",
        access.site().as_str(),
        json!(wanted).to_string()
    );
    let mut files = BTreeMap::new();
    let mut rows = rows(stores, access.database(), found).await?;
    // The file that stands at a path comes behind the one that stood there, and stays.
    rows.sort_by_key(|row| row.number("current"));
    for row in rows {
        files.insert(row.text("path"), of(stores, &row)?);
    }
    Ok(files)
}

fn of(stores: &dyn Stores, row: &Row) -> Result<Found, Fault> {
    let (name, ext) = (names::in_url(&row.text("name")), row.text("ext"));
    let side = |column: &str| row.maybe_number(column).and_then(|n| u32::try_from(n).ok());
    // The original has width 0.
    let objects: Vec<(u32, u64)> = row.json("objects")?;
    let stored = objects.iter().map(|(width, _)| *width).filter(|width| *width > 0).collect();
    let image = match (row.text("kind").as_str(), side("width"), side("height")) {
        ("image", Some(width), Some(height)) => Some(Image {
            asset: row.text("hash").into(),
            name: name.clone().into(),
            ext: ext.clone().into(),
            width,
            height,
            widths: linked(stores, &ext, width, stored),
            alt: "".into(),
        }),
        _ => None,
    };
    let shown = image.as_ref().map(|image| image.widths.last().copied().unwrap_or(0));
    Ok(Found {
        weight: shown
            .and_then(|shown| objects.iter().find(|(width, _)| *width == shown).map(|(_, bytes)| *bytes)),
        id: row.text("id"),
        hash: row.text("hash"),
        name,
        ext,
        kind: row.text("kind"),
        alt: row.json("alt")?,
        image,
    })
}

/// The widths to which pages may link. Where Cloudflare makes them, all of them; where they are stored, those that
/// are there, as soon as the largest is: before, a page would show less than the original.
pub fn linked(stores: &dyn Stores, ext: &str, width: u32, stored: Vec<u32>) -> Vec<u32> {
    let wanted = widths(ext, width);
    if stores.variable("IMAGES").as_deref() == Some("cloudflare") {
        return wanted;
    }
    let mut stored: Vec<u32> = stored.into_iter().filter(|w| wanted.contains(w)).collect();
    stored.sort_unstable();
    if stored.last() == wanted.last() { stored } else { vec![] }
}

/// The widths that a picture is wanted in; none for one that has no pixels or that moves.
pub fn widths(ext: &str, width: u32) -> Vec<u32> {
    if matches!(ext, "svg" | "gif") { vec![] } else { asset::widths(width) }
}
