mod accounts;
pub mod bucket;
mod changes;
mod doors;
pub mod files;
mod isolation;
mod sites;
mod statements;
