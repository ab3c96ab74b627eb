//! The files of a site that others name: pictures, logos, style sheets. Each is looked up once.

use crate::files::Files;
use crate::folder::Folder;
use crate::names::composed;
use crate::release::StoredFile;
use crate::{digest, draft, font_files, fonts, picture};
use model::asset::{self, FontFace, Image};
use model::ids::ContentHash;
use model::problem::Problem;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// A picture that has to be drawn in its widths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    pub source: PathBuf,
    pub ext: String,
    pub hash: ContentHash,
    pub widths: Vec<u32>,
}

/// A picture and how pages refer to it, or why it cannot be used.
type Looked = Result<(Drawing, Image<'static>), String>;

pub struct Library {
    folder: PathBuf,
    /// The folder of installed npm packages, where fonts are wanted.
    packages: Option<PathBuf>,
    /// Marks and fonts, as they are stored.
    stored: RefCell<Vec<StoredFile>>,
    known: RefCell<BTreeMap<String, Looked>>,
    used: RefCell<BTreeSet<String>>,
    /// What was taken out of vector pictures, by file.
    cleaned: RefCell<BTreeMap<String, Vec<String>>>,
}

impl Library {
    pub fn new(folder: PathBuf, packages: Option<PathBuf>) -> Self {
        Self {
            folder,
            packages,
            stored: RefCell::default(),
            known: RefCell::default(),
            used: RefCell::default(),
            cleaned: RefCell::default(),
        }
    }

    /// Puts the text of a file in the place of its name.
    pub fn replace_by_text(&self, name: &mut String) -> Result<(), String> {
        *name = String::from_utf8_lossy(&self.bytes(name)?).into_owned();
        Ok(())
    }

    /// Files that are stored as they are.
    pub fn stored(&self) -> Vec<StoredFile> {
        self.stored.take()
    }

    fn path(&self, file: &str) -> Result<PathBuf, String> {
        let plain = !file.is_empty()
            && file.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
            && !file.contains('\\');
        if !plain {
            return Err(format!("{file:?} is not the name of a file in files/"));
        }
        Ok(self.folder.join(file))
    }

    fn bytes(&self, file: &str) -> Result<Vec<u8>, String> {
        self.used.borrow_mut().insert(format!("files/{}", composed(file)));
        std::fs::read(self.path(file)?)
            .map_err(|e| format!("files/{file} cannot be read ({e}): add it, or name another file"))
    }

    fn read(&self, file: &str, ext: &str) -> Result<(Vec<u8>, picture::Picture), String> {
        let bytes = self.bytes(file)?;
        let picture = picture::read(ext, &bytes).map_err(|e| format!("files/{file}: {e}"))?;
        if ext == "svg" {
            let removed = picture::harmful(&bytes);
            if !removed.is_empty() {
                self.cleaned.borrow_mut().insert(format!("files/{file}"), removed);
            }
        }
        Ok((bytes, picture))
    }

    fn look(&self, file: &str) -> Looked {
        let (stem, ext) = file.rsplit_once('.').ok_or_else(|| format!("files/{file} has no ending"))?;
        let (bytes, picture) = self.read(file, ext)?;
        let hash = digest::of(&bytes);
        let widths = asset::widths(picture.width);
        let name = stem.rsplit('/').next().unwrap_or(stem).to_owned();
        let image = Image {
            asset: hash.to_string().into(),
            name: name.into(),
            ext: "webp".into(),
            width: picture.width,
            height: picture.height,
            widths: widths.clone(),
            alt: "".into(),
        };
        Ok((Drawing { source: self.path(file)?, ext: ext.to_owned(), hash, widths }, image))
    }

    pub fn drawings(&self) -> Vec<Drawing> {
        self.known.borrow().values().flatten().map(|(drawing, _)| drawing.clone()).collect()
    }

    /// Warns of files that nothing names, and of what was taken out of vector pictures.
    pub fn check(&self, folder: &mut Folder) {
        let used = self.used.borrow();
        for file in folder.all_files("files").into_iter().filter(|file| !used.contains(file)) {
            folder.found.warn(&file, Problem::new("", "nothing names it: use it, or take it away"));
        }
        for (file, removed) in &*self.cleaned.borrow() {
            let message =
                format!("{} was left out of the picture: take it out of the file", removed.join(", "));
            folder.found.warn(file, Problem::new("", message));
        }
    }
}

impl Files for Library {
    /// With its widths stored as WebP.
    fn picture(&self, file: &str) -> Result<Image<'static>, String> {
        let found = self.known.borrow_mut().entry(file.to_owned()).or_insert_with(|| self.look(file)).clone();
        found.map(|(_, image)| image)
    }

    fn mark(&self, given: &draft::Picture) -> Result<Image<'static>, String> {
        let (_, picture) = self.read(&given.file, "svg")?;
        let svg = picture.to_svg().ok_or("a logo is an svg file")?.into_bytes();
        let hash = digest::of(&svg);
        let name = given.file.trim_end_matches(".svg").replace('/', "-");
        let image = Image {
            asset: hash.to_string().into(),
            name: name.into(),
            ext: "svg".into(),
            width: picture.width,
            height: picture.height,
            widths: vec![],
            alt: given.alt.clone().into(),
        };
        self.stored.borrow_mut().push(StoredFile {
            hash,
            width: None,
            content_type: "image/svg+xml",
            bytes: svg,
        });
        Ok(image)
    }

    fn holds(&self, hash: &ContentHash) -> bool {
        self.stored.borrow().iter().any(|file| file.hash == *hash)
            || self.known.borrow().values().flatten().any(|(drawing, _)| drawing.hash == *hash)
    }

    fn faces(&self, families: &[&str], languages: &[&str]) -> Result<Vec<FontFace>, String> {
        let Some(packages) = &self.packages else {
            return fonts::wanted(families, languages).map(|_| vec![]);
        };
        let (faces, files) = font_files::read(packages, families, languages)?;
        self.stored.borrow_mut().extend(files);
        Ok(faces)
    }
}
