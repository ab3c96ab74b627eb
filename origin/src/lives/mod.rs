//! How sites come and go: made from something else, sent as one file, erased.

pub mod archive;
pub mod erase;
pub mod fill;
