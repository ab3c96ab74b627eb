//! Parse, call, answer. What may be done was checked before: a handler gets the proof.

pub mod account;
pub mod asset_folders;
pub mod assets;
pub mod audit;
pub mod documents;
pub mod hosts;
pub mod page;
pub mod releases;
pub mod sites;
pub mod tokens;
