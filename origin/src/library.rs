//! The files of a site as documents name them, looked up in one go before compiling.

use crate::access::SiteAccess;
use crate::stores::{Fault, Stores};
use intake::draft;
use intake::files::Files;
use model::asset::{FontFace, Image};
use model::ids::ContentHash;
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Library {
    images: BTreeMap<String, Image<'static>>,
}

impl Library {
    /// Looks up what documents name.
    pub async fn of(_: &dyn Stores, _: &SiteAccess, _: &[String]) -> Result<Self, Fault> {
        Ok(Self::default())
    }
}

fn missing(file: &str) -> String {
    format!("there is no file {file:?} in the library: upload it, or name another")
}

impl Files for Library {
    fn picture(&self, file: &str) -> Result<Image<'static>, String> {
        self.images.get(file).cloned().ok_or_else(|| missing(file))
    }

    fn mark(&self, given: &draft::Picture) -> Result<Image<'static>, String> {
        let image = self.picture(&given.file)?;
        if image.ext != "svg" {
            return Err(format!("{}: a logo is an SVG picture", given.file));
        }
        Ok(Image { alt: given.alt.clone().into(), ..image })
    }

    fn holds(&self, hash: &ContentHash) -> bool {
        self.images.values().any(|image| image.asset == hash.as_str())
    }

    fn faces(&self, families: &[&str], languages: &[&str]) -> Result<Vec<FontFace>, String> {
        intake::fonts::wanted(families, languages).map(|_| vec![])
    }
}
