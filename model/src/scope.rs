//! The proof of which site a piece of work is for. Every key and every query takes one.

use crate::ids::SiteId;

/// One site's data. It is made from a record that was found under a host name (visitors), from a site whose files
/// are being published (seed), or from a membership (origin); there is no way to make one from a header, a cookie,
/// a path or a body.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SiteScope(SiteId);

impl SiteScope {
    pub(crate) fn of(site: &SiteId) -> Self {
        Self(site.clone())
    }

    /// Of a site in which a person has a role. Only the origin's access check calls it, and a test sees to that.
    pub fn of_member(site: &SiteId) -> Self {
        Self::of(site)
    }

    pub fn site(&self) -> &SiteId {
        &self.0
    }
}
