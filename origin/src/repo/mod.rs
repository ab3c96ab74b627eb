//! The statements, one file for each group of tables. A function that touches a tenant's or a site's rows takes the
//! proof of access first and binds what it proves.

pub mod accounts;
pub mod asset_folders;
pub mod assets;
pub mod audit;
pub mod documents;
pub mod domains;
pub mod entities;
pub mod fills;
pub mod imports;
pub mod invitations;
pub mod kv;
pub mod lists;
pub mod locks;
pub mod members;
pub mod objects;
pub mod passkeys;
pub mod people;
pub mod pieces;
pub mod platform;
pub mod previews;
pub mod redirects;
pub mod releases;
pub mod renames;
pub mod roles;
pub mod schedules;
pub mod sites;
pub mod storage;
pub mod templates;
pub mod tenants;
pub mod tokens;
pub mod types;
