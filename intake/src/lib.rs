//! What a tenant hands in, checked and turned into the records of a release. The heavy checks are here
//! (sanitising HTML, parsing CSS, drawing pictures), so that the edge carries only escapers. Used by whoever
//! writes: the seed, and later the origin and the command line.

pub mod digest;
pub mod draft;
pub mod picture;
pub mod report;
pub mod site;
pub mod sites;
pub mod style;

mod content;
mod drawn;
mod findings;
mod folder;
mod fonts;
mod html;
mod languages;
mod library;
mod links;
mod lists;
mod own;
mod pages;
mod records;
mod redirects;
mod release;
mod routes;
mod sections;
mod theme;

pub use findings::{Finding, Severity};
pub use library::Drawing;
pub use release::{Release, StoredFile};
pub use site::publish;
