//! Folders of files. A folder is there without files, and every folder above a file is.

use crate::access::SiteAccess;
use crate::assets::names::ancestors;
use crate::clock;
use crate::sql;
use crate::stores::{Fault, Row, Rows, Statement, Stores, row, rows};
use serde_json::json;

pub async fn list(
    stores: &dyn Stores,
    access: &SiteAccess,
    after: &str,
    limit: usize,
) -> Result<Rows, Fault> {
    rows(
        stores,
        access.database(),
        sql!(
            "SELECT folder FROM asset_folders WHERE site_id = ?1 AND folder > ?2 ORDER BY folder LIMIT ?3",
            access.site().as_str(),
            after,
            limit as u64 + 1
        ),
    )
    .await
}

/// Makes a folder and those above it, as far as they are missing.
pub fn create(access: &SiteAccess, folder: &str) -> Statement {
    sql!(
        "INSERT INTO asset_folders (site_id, folder) SELECT ?1, value FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING",
        access.site().as_str(),
        json!(ancestors(folder)).to_string()
    )
}

/// Whether a folder is there (`found`), and whether something is in it (`files`, `folders`).
pub async fn state(stores: &dyn Stores, access: &SiteAccess, folder: &str) -> Result<Row, Fault> {
    let (first, last) = below(folder);
    let state = sql!(
        "SELECT EXISTS (SELECT 1 FROM asset_folders WHERE site_id = ?1 AND folder = ?2) AS found, \
           EXISTS (SELECT 1 FROM assets INDEXED BY assets_by_folder \
             WHERE site_id = ?1 AND status IN ('active', 'trashed') AND folder = ?2) AS files, \
           EXISTS (SELECT 1 FROM asset_folders WHERE site_id = ?1 AND folder >= ?3 AND folder < ?4) AS folders",
        access.site().as_str(),
        folder,
        first,
        last
    );
    Ok(row(stores, access.database(), state).await?.unwrap_or_default())
}

/// The range of the folders in a folder: `/` and the character behind it.
fn below(folder: &str) -> (String, String) {
    (format!("{folder}/"), format!("{folder}0"))
}

/// Gives a folder, and what is in it, another place. Old paths of its files lead to them.
pub fn rename(stores: &dyn Stores, access: &SiteAccess, from: &str, to: &str) -> Vec<Statement> {
    let (site, (first, last)) = (access.site().as_str(), below(from));
    vec![
        sql!(
            "INSERT INTO asset_paths (site_id, folder, name, ext, asset_id) \
             SELECT site_id, folder, name, ext, id FROM assets INDEXED BY assets_by_folder \
             WHERE site_id = ?1 AND status = 'active' AND (folder = ?2 OR folder >= ?3 AND folder < ?4) \
             ON CONFLICT DO UPDATE SET asset_id = excluded.asset_id",
            site,
            from,
            &first,
            &last
        ),
        sql!(
            "UPDATE assets INDEXED BY assets_by_folder \
             SET folder = ?5 || substr(folder, length(?2) + 1), revision = revision + 1, updated_at = ?6 \
             WHERE site_id = ?1 AND status IN ('active', 'trashed') AND (folder = ?2 OR folder >= ?3 AND folder < ?4)",
            site,
            from,
            &first,
            &last,
            to,
            clock::text(stores.now())
        ),
        sql!(
            "UPDATE asset_folders SET folder = ?5 || substr(folder, length(?2) + 1) \
             WHERE site_id = ?1 AND (folder = ?2 OR folder >= ?3 AND folder < ?4)",
            site,
            from,
            first,
            last,
            to
        ),
        create(access, to),
    ]
}

/// Takes a folder away in which nothing is.
pub fn delete(access: &SiteAccess, folder: &str) -> Statement {
    let (first, last) = below(folder);
    sql!(
        "DELETE FROM asset_folders WHERE site_id = ?1 AND folder = ?2 \
         AND NOT EXISTS (SELECT 1 FROM asset_folders WHERE site_id = ?1 AND folder >= ?3 AND folder < ?4) \
         AND NOT EXISTS (SELECT 1 FROM assets INDEXED BY assets_by_folder \
           WHERE site_id = ?1 AND status IN ('active', 'trashed') AND folder = ?2)",
        access.site().as_str(),
        folder,
        first,
        last
    )
}
