//! What a tenant, site, page and record are. Pure: no I/O, no clock, no randomness, no HTML; ids and times
//! come in as arguments. Every other room depends on this one and it depends on none.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod asset;
pub mod content_url;
pub mod entity;
pub mod ids;
pub mod json;
pub mod keys;
pub mod locale;
pub mod moment;
pub mod names;
pub mod preview;
pub mod problem;
pub mod query;
pub mod records;
pub mod safe;
pub mod scan;
pub mod schema;
pub mod scope;
pub mod section;
pub mod theme;
pub mod validate;

pub use problem::Problem;
pub use scope::SiteScope;
