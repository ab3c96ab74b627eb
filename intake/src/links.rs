//! The links of a site, collected while its values are read.

use crate::known::{Known, Mention};
use model::names::PagePath;

/// The links of a file, a record or a page.
pub struct From {
    pub file: String,
    pub line: Option<usize>,
    /// The page that they stand on, where it is one.
    pub page: Option<PagePath>,
    pub mentions: Vec<Mention>,
}

#[derive(Default)]
pub struct Links(pub Vec<From>);

impl Links {
    /// Takes the links over that `known` has collected.
    pub fn take(&mut self, file: &str, line: Option<usize>, page: Option<&PagePath>, known: &Known) {
        let mentions = known.links.take();
        if !mentions.is_empty() {
            self.0.push(From { file: file.to_owned(), line, page: page.cloned(), mentions });
        }
    }

    /// Everything that is linked to.
    pub fn hrefs(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|from| &from.mentions).map(|mention| mention.href.as_str())
    }
}
