//! Parse, call, answer. What may be done was checked before: a handler gets the proof.

pub mod account;
pub mod audit;
pub mod domains;
pub mod hosts;
pub mod invitations;
pub mod me;
pub mod members;
pub mod page;
pub mod passkeys;
pub mod plan;
pub mod roles;
pub mod sites;
pub mod tokens;
