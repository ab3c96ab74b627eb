//! What a tenant hands in, checked and turned into the records of a release. The heavy checks are here
//! (sanitising HTML, parsing CSS, drawing pictures), so that the edge carries only escapers. Used by whoever
//! writes: the seed, and later the origin and the command line.

pub mod content;
pub mod digest;
pub mod draft;
pub mod fonts;
pub mod html;
pub mod picture;
pub mod release;
pub mod sections;
pub mod site;
pub mod style;

pub use release::{Release, StoredFile};
pub use site::publish;

use model::Problem;

/// A problem and the file or record it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub source: String,
    pub problem: Problem,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.source, self.problem)
    }
}
