//! The font families on offer and where their files lie: packages of the Fontsource project, all under the SIL
//! Open Font License, installed with the other npm packages.

use crate::release::StoredFile;
use model::asset::FontFace;
use std::collections::BTreeMap;
use std::path::Path;

struct Family {
    name: &'static str,
    package: &'static str,
    subsets: &'static [&'static str],
}

const LATIN: &[&str] = &["latin", "latin-ext"];

const FAMILIES: [Family; 8] = [
    Family { name: "Bricolage Grotesque", package: "bricolage-grotesque", subsets: LATIN },
    Family { name: "Fraunces", package: "fraunces", subsets: LATIN },
    Family { name: "Inter", package: "inter", subsets: LATIN },
    Family { name: "Newsreader", package: "newsreader", subsets: LATIN },
    Family { name: "Nunito", package: "nunito", subsets: LATIN },
    Family { name: "Source Sans 3", package: "source-sans-3", subsets: LATIN },
    Family { name: "Source Serif 4", package: "source-serif-4", subsets: LATIN },
    Family { name: "Space Grotesk", package: "space-grotesk", subsets: LATIN },
];

/// Families for languages that the families above do not cover.
const SCRIPTS: [(&str, Family); 1] =
    [("ar", Family { name: "Cairo", package: "cairo", subsets: &["arabic"] })];

const SYSTEM: [&str; 4] = ["system", "serif", "rounded", "mono"];

pub fn names() -> Vec<&'static str> {
    SYSTEM.into_iter().chain(FAMILIES.iter().map(|f| f.name)).collect()
}

/// The faces of the given families, and of those that the languages need, with their files.
pub fn faces(
    packages: &Path,
    families: &[&str],
    languages: &[&str],
) -> Result<(Vec<FontFace>, Vec<StoredFile>), String> {
    let mut wanted: Vec<(&Family, bool)> = vec![];
    for name in families {
        if SYSTEM.contains(name) || wanted.iter().any(|(f, _)| f.name == *name) {
            continue;
        }
        let family = FAMILIES.iter().find(|f| f.name == *name);
        wanted.push((
            family.ok_or_else(|| {
                format!("there is no font family {name:?}; on offer are {}", names().join(", "))
            })?,
            true,
        ));
    }
    if !wanted.is_empty() {
        wanted
            .extend(SCRIPTS.iter().filter(|(l, _)| languages.contains(l)).map(|(_, family)| (family, false)));
    }
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
