//! The files that a site's documents name: in a folder, or uploaded.

use crate::draft;
use model::asset::{FontFace, Image};
use model::ids::ContentHash;

/// Looks files up by the names that documents have for them. What cannot be used comes back as a message that says
/// what to do.
pub trait Files {
    /// A picture as pages refer to it, drawn in several widths; its text is empty.
    fn picture(&self, file: &str) -> Result<Image<'static>, String>;
    /// A mark such as a logo, which stays a vector picture.
    fn mark(&self, given: &draft::Picture) -> Result<Image<'static>, String>;
    /// Bytes of the largest form in which pages link to a picture; `None` where that is not known.
    fn weight(&self, _: &str) -> Option<u64> {
        None
    }
    /// Whether there is a file with these bytes.
    fn holds(&self, hash: &ContentHash) -> bool;
    /// The faces of font families on offer, and of those that the languages need.
    fn faces(&self, families: &[&str], languages: &[&str]) -> Result<Vec<FontFace>, String>;
}
