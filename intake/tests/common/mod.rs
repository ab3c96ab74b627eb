//! What the tests of whole sites share: folders to publish, samples made from schemas, pages drawn from a release,
//! a look at HTML as a browser reads it.
#![allow(dead_code, reason = "each test uses a part of it")]

pub mod attack;
pub mod dom;
pub mod folder;
pub mod lies;
pub mod payloads;
pub mod sample;
pub mod stage;
