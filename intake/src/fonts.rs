//! The font families on offer: packages of the Fontsource project, all under the SIL
//! Open Font License, installed with the other npm packages.

pub struct Family {
    pub name: &'static str,
    pub package: &'static str,
    pub subsets: &'static [&'static str],
}

const LATIN: &[&str] = &["latin", "latin-ext"];

static FAMILIES: [Family; 8] = [
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
static SCRIPTS: [(&str, Family); 1] =
    [("ar", Family { name: "Cairo", package: "cairo", subsets: &["arabic"] })];

const SYSTEM: [&str; 4] = ["system", "serif", "rounded", "mono"];

pub fn names() -> Vec<&'static str> {
    SYSTEM.into_iter().chain(FAMILIES.iter().map(|f| f.name)).collect()
}

/// Every family. With each, whether it is for texts in Latin letters.
#[cfg(feature = "folder")]
pub fn all() -> Vec<(&'static Family, bool)> {
    let scripts = SCRIPTS.iter().map(|(_, family)| (family, false));
    FAMILIES.iter().map(|family| (family, true)).chain(scripts).collect()
}

/// The given families, and those that the languages need. With each, whether it is for texts in Latin letters.
pub fn wanted(families: &[&str], languages: &[&str]) -> Result<Vec<(&'static Family, bool)>, String> {
    let mut wanted: Vec<(&'static Family, bool)> = vec![];
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
    Ok(wanted)
}
