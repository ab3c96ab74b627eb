//! Files that people hand in: what they are by their bytes, what they may be called, and how they are taken in.

pub mod body;
pub mod format;
pub mod image;
pub mod look;
pub mod names;
pub mod svg;
pub mod upload;
pub mod walk;
