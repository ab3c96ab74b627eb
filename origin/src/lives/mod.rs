//! How sites come and go: made from something else, sent as one file, erased; and how tenants end.

pub mod archive;
pub mod content;
pub mod end;
pub mod erase;
pub mod fill;
