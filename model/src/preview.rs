//! What the origin tells the edge about an address in a preview: the part of a release that nobody has published.

use crate::json;
use crate::records::{HostRecord, Unreadable, VERSION};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Preview {
    /// What KV would say of the host after the publish. Without content where only a file was asked for.
    pub host: HostRecord,
    /// Whether visitors see a release of the site, so that the host serves its files.
    pub published: bool,
    /// When the link ends, RFC 3339.
    pub until: String,
    /// What keeps the drafts from being published.
    pub problems: Vec<String>,
    /// The records that this address needs, by their keys in KV.
    pub records: BTreeMap<String, String>,
}

impl Preview {
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let preview: Self = json::from_str(text).map_err(|e| Unreadable(format!("preview: {e}")))?;
        if preview.host.v > VERSION {
            let version = preview.host.v;
            return Err(Unreadable(format!(
                "preview: version {version} is newer than {VERSION}; deploy the Worker first"
            )));
        }
        Ok(preview)
    }
}
