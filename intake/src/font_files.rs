//! The files of the font families, from their npm packages.

use crate::fonts::{self, Family};
use crate::release::StoredFile;
use model::asset::FontFace;
use std::collections::BTreeMap;
use std::path::Path;

/// All faces on offer with their files.
pub fn all(packages: &Path) -> Result<(Vec<FontFace>, Vec<StoredFile>), String> {
    faces(packages, fonts::all())
}

/// The faces of the given families, and of those that the languages need, with their files.
pub fn read(
    packages: &Path,
    families: &[&str],
    languages: &[&str],
) -> Result<(Vec<FontFace>, Vec<StoredFile>), String> {
    faces(packages, fonts::wanted(families, languages)?)
}

fn faces(
    packages: &Path,
    wanted: Vec<(&'static Family, bool)>,
) -> Result<(Vec<FontFace>, Vec<StoredFile>), String> {
    let (mut faces, mut files) = (vec![], vec![]);
    for (family, latin) in wanted {
        let folder = packages.join("@fontsource-variable").join(family.package);
        let missing = |e: &dyn std::fmt::Display| format!("font {}: {e}; run `npm install`", family.name);
        let ranges = std::fs::read(folder.join("unicode.json")).map_err(|e| missing(&e))?;
        let ranges: BTreeMap<String, String> = serde_json::from_slice(&ranges).map_err(|e| missing(&e))?;
        for subset in family.subsets {
            let name = format!("{}-{subset}", family.package);
            let bytes = std::fs::read(folder.join(format!("files/{name}-wght-normal.woff2")))
                .map_err(|e| missing(&e))?;
            let hash = crate::digest::of(&bytes);
            faces.push(FontFace {
                family: family.name.to_owned(),
                asset: hash.to_string(),
                name: name.clone(),
                weight: "200 900".to_owned(),
                style: "normal".to_owned(),
                unicode_range: ranges.get(*subset).cloned().unwrap_or_else(|| "U+0-10FFFF".to_owned()),
                preload: latin && *subset == "latin",
            });
            files.push(StoredFile { hash, width: None, content_type: "font/woff2", bytes });
        }
    }
    Ok((faces, files))
}
