//! Parse, call, answer. What may be done was checked before: a handler gets the proof.

pub mod account;
pub mod asset_content;
pub mod asset_folders;
pub mod assets;
pub mod audit;
pub mod documents;
pub mod domains;
pub mod entities;
pub mod hosts;
pub mod imports;
pub mod invitations;
pub mod locks;
pub mod me;
pub mod members;
pub mod page;
pub mod passkeys;
pub mod plan;
pub mod previews;
pub mod redirects;
pub mod releases;
pub mod roles;
pub mod sites;
pub mod templates;
pub mod tenants;
pub mod tokens;
pub mod types;
