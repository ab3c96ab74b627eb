//! Parse, call, answer. What may be done was checked before: a handler gets the proof.

pub mod account;
pub mod asset_content;
pub mod asset_folders;
pub mod assets;
pub mod audit;
pub mod hosts;
pub mod page;
pub mod sites;
pub mod tokens;
