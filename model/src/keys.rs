//! Every key under which anything is stored or cached, as a function of typed ids. The site stands in each of
//! them, and it comes from a scope.

use crate::ids::ContentHash;
use crate::moment::Version;
use crate::names::Hostname;
use crate::scope::SiteScope;

/// KV: what a host name leads to. The only key that is read before the site is known.
pub fn host(host: &Hostname) -> String {
    format!("host/{host}")
}

/// KV: a published page.
pub fn page(scope: &SiteScope, hash: &ContentHash) -> String {
    format!("page/{}/{hash}", scope.site())
}

/// KV: a part of the route table of a large site.
pub fn routes(scope: &SiteScope, hash: &ContentHash, shard: u32) -> String {
    format!("routes/{}/{hash}/{shard}", scope.site())
}

/// KV: what the site's style sheet is made of.
pub fn theme(scope: &SiteScope, hash: &ContentHash) -> String {
    format!("theme/{}/{hash}", scope.site())
}

/// R2: a file, or its variant of a given width.
pub fn file(scope: &SiteScope, hash: &ContentHash, width: Option<u32>) -> String {
    match width {
        None => format!("site/{}/{hash}", scope.site()),
        Some(width) => format!("site/{}/{hash}-{width}", scope.site()),
    }
}

/// R2: a file whose digest is not known yet.
pub fn upload(scope: &SiteScope, id: &str) -> String {
    format!("upload/{}/{id}", scope.site())
}

/// R2: what the names of all files of a site begin with, and of all that are being uploaded.
pub fn all_files(scope: &SiteScope) -> [String; 2] {
    [format!("site/{}/", scope.site()), format!("upload/{}/", scope.site())]
}

/// Edge caches: a finished answer. The version stands in the key, so nothing is ever purged.
pub fn answer(scope: &SiteScope, version: Version, path_and_query: &str) -> String {
    let Version { release, moment, epoch } = version;
    match moment {
        0 => format!("{}/{release}/{epoch}{path_and_query}", scope.site()),
        moment => format!("{}/{release}@{moment}/{epoch}{path_and_query}", scope.site()),
    }
}

/// The token that keeps a full-text search within one site and locale: that of its pages. One word to FTS5's tokeniser.
pub fn search_scope(scope: &SiteScope, locale: &str) -> String {
    format!("s{}x{}", hex(scope.site().as_str()), hex(locale))
}

/// Stands in its place at the records of a type, which are found as long as the page that shows them may be.
pub fn search_kind(place: &str, kind: &str) -> String {
    format!("{place}t{}", hex(kind))
}

fn hex(text: &str) -> String {
    text.bytes().map(|b| format!("{b:02x}")).collect()
}

/// Stands in the place of the token above until a moment has come.
pub fn search_from(place: &str, moment: u64) -> String {
    format!("{place}a{moment}")
}

/// Stands beside the token of what is not to be found any more once a moment has come.
pub fn search_until(place: &str, moment: u64) -> String {
    format!("{place}z{moment}")
}
