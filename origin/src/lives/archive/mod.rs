//! A site as one file: its folder (docs/add-a-site.md) as a tar archive.

mod export;
mod import;
mod tar;

pub use export::export;
pub use import::import;

/// Before the files of a site, and before the widths that pictures are stored in.
const FILES: &str = "files/";
const WIDTHS: &str = "widths/";
