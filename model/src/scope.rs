//! The proof of which site a piece of work is for. Every key and every query takes one.

use crate::ids::SiteId;

/// One site's data. It is made from a record that was found under a host name (visitors) or from a site whose
/// files are being published (seed); there is no way to make one from a header, a cookie, a path or a body.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SiteScope(SiteId);

impl SiteScope {
    pub(crate) fn of(site: &SiteId) -> Self {
        Self(site.clone())
    }

    pub fn site(&self) -> &SiteId {
        &self.0
    }
}
