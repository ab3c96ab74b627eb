//! What a tenant hands in, checked and turned into the records of a release. The heavy checks are here
//! (sanitising HTML, parsing CSS, drawing pictures), so that the edge carries only escapers. Used by whoever
//! writes: the origin, the command line and the seed.

pub mod compile;
pub mod content;
pub mod digest;
pub mod draft;
pub mod files;
pub mod fonts;
pub mod names;
pub mod parse;
pub mod parts;
pub mod records;
pub mod renames;
pub mod routes;
pub mod sections;
pub mod starts;
pub mod style;
pub mod table;
pub mod types;

mod drawn;
mod findings;
mod html;
mod known;
mod languages;
mod links;
mod lists;
mod own;
mod pages;
mod redirects;
mod release;
mod targets;
mod theme;
mod weight;

// Folders and pictures: for programs with a file system.
#[cfg(feature = "folder")]
mod folder;
#[cfg(feature = "folder")]
pub mod font_files;
#[cfg(feature = "folder")]
mod library;
#[cfg(feature = "folder")]
pub mod picture;
#[cfg(feature = "folder")]
pub mod report;
#[cfg(feature = "folder")]
pub mod site;
#[cfg(feature = "folder")]
pub mod sites;
#[cfg(feature = "folder")]
pub mod walk;

pub use findings::{Finding, Found, Severity};
#[cfg(feature = "folder")]
pub use library::Drawing;
pub use own::is_component_name;
pub use release::{Document, Immutable, Kind, Release, StoredFile, StoredRecord};
#[cfg(feature = "folder")]
pub use site::publish;
