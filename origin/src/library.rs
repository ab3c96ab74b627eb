//! The files of a site as documents name them, looked up in one go before compiling.

use crate::access::SiteAccess;
use crate::repo::assets::{self, Found};
use crate::stores::{Fault, Stores};
use intake::draft;
use intake::files::Files;
use intake::fonts;
use model::asset::{FontFace, Image};
use model::ids::ContentHash;
use model::keys;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Object with the faces of the fonts on offer, by family. Seed and deployment put it beside the font files.
pub const FONTS: &str = "platform/fonts.json";

#[derive(Default)]
pub struct Library {
    files: BTreeMap<String, Found>,
    faces: Vec<FontFace>,
    /// Digests of the fonts that were asked for.
    fonts: RefCell<BTreeSet<String>>,
}

impl Library {
    /// Looks up the files at some paths.
    pub async fn of(stores: &dyn Stores, access: &SiteAccess, paths: &[String]) -> Result<Self, Fault> {
        Ok(Self { files: assets::images(stores, access, paths).await?, ..Self::default() })
    }

    /// Reads which fonts there are, for a theme.
    pub async fn with_fonts(mut self, stores: &dyn Stores) -> Result<Self, Fault> {
        if let Some(bytes) = stores.read(FONTS).await? {
            self.faces =
                serde_json::from_slice(&bytes).map_err(|e| Fault::Unavailable(format!("{FONTS}: {e}")))?;
        }
        Ok(self)
    }

    /// Ids of the files that were found.
    pub fn ids(&self) -> BTreeMap<&str, &str> {
        self.files.iter().map(|(path, found)| (path.as_str(), found.id.as_str())).collect()
    }

    /// Puts the fonts that a theme asked for beside the site's files.
    pub async fn copy_fonts(&self, stores: &dyn Stores, access: &SiteAccess) -> Result<(), Fault> {
        let wanted = self.fonts.take();
        for hash in wanted {
            let Ok(hash) = ContentHash::parse(&hash) else { continue };
            let to = keys::file(access.scope(), &hash, None);
            stores.copy(&format!("platform/font/{hash}"), &to, "font/woff2").await?;
        }
        Ok(())
    }
}

fn missing(file: &str) -> String {
    format!("there is no file {file:?} in the library: upload it, or name another")
}

impl Files for Library {
    fn picture(&self, file: &str) -> Result<Image<'static>, String> {
        let found = self.files.get(file).ok_or_else(|| missing(file))?;
        found.image.clone().ok_or_else(|| format!("{file:?} is no picture"))
    }

    fn mark(&self, given: &draft::Picture) -> Result<Image<'static>, String> {
        let image = self.picture(&given.file)?;
        if image.ext != "svg" {
            return Err(format!("{}: a logo is an SVG picture", given.file));
        }
        Ok(Image { alt: given.alt.clone().into(), ..image })
    }

    fn weight(&self, digest: &str) -> Option<u64> {
        self.files.values().find(|file| file.hash == digest)?.weight
    }

    fn holds(&self, hash: &ContentHash) -> bool {
        self.files.values().any(|file| file.hash == hash.as_str())
    }

    /// Of a family that is not stored, texts are drawn in the family behind it.
    fn faces(&self, families: &[&str], languages: &[&str]) -> Result<Vec<FontFace>, String> {
        let mut faces = vec![];
        for (family, latin) in fonts::wanted(families, languages)? {
            let mine = self.faces.iter().filter(|face| face.family == family.name);
            faces.extend(mine.map(|face| FontFace { preload: latin && face.preload, ..face.clone() }));
        }
        self.fonts.borrow_mut().extend(faces.iter().map(|face| face.asset.clone()));
        Ok(faces)
    }
}
