//! What a site looks like. Pure and synchronous: a resolved page goes in, bytes come out. No I/O, no clock; user
//! content makes notes in the output, never an error of the page and never a panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod component;
pub mod components;
pub mod composition;
pub mod content;
pub mod cx;
pub mod document;
pub mod head;
pub mod icons;
pub mod listing;
pub mod messages;
pub mod parts;
pub mod preview;
pub mod registry;
pub mod render;
pub mod schemas;
pub mod suggestion;
#[cfg(test)]
pub mod testing;
pub mod theme;
pub mod value;
pub mod write;

pub use cx::{Answers, Cx, Framing, Images, Params, Preview};
pub use render::{Rendered, render, style_sheet, suggesting};
