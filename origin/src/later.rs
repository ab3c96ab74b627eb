//! Bodies of answers that are made while they are sent.

use crate::access::SiteAccess;
use crate::audit::{self, Log};
use crate::lives::archive;
use crate::stores::{Fault, Stores};
use futures::stream::LocalBoxStream;
use std::ops::Deref;

#[derive(Debug, Clone)]
pub enum Later {
    /// The site as a file.
    Site(Box<SiteAccess>),
    Audit(Box<Log>),
}

impl Later {
    pub fn stream<'s, S, T>(self, stores: S) -> LocalBoxStream<'s, Result<Vec<u8>, Fault>>
    where
        S: Deref<Target = T> + 's,
        T: Stores + 's,
    {
        match self {
            Self::Site(site) => archive::export(stores, *site),
            Self::Audit(log) => audit::export(stores, *log),
        }
    }
}
