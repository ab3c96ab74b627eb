//! How heavy pages are: their HTML and their pictures, each picture once and in its largest form. Not counted: pictures of
//! records in lists, which the compiler does not know, fonts and style sheets, which pages share, and videos, which wait to
//! be played.

use crate::drawn::Looks;
use crate::files::Files;
use crate::findings::Found;
use crate::pages::Page;
use model::names::PagePath;
use model::problem::Problem;
use std::collections::BTreeMap;

/// KiB above which a page is warned about: what Lighthouse advises to stay below
/// (<https://developer.chrome.com/docs/lighthouse/performance/total-byte-weight>).
pub const LIMIT: u64 = 1600;

/// Pictures that a warning names.
const NAMED: usize = 3;

pub fn check(pages: &[Page], looks: &BTreeMap<PagePath, Looks>, files: &dyn Files, found: &mut Found) {
    for page in pages {
        if let Some(message) = looks.get(&page.draft.path).and_then(|looks| heavy(looks, files)) {
            found.warn(&page.file, Problem::new("sections", message));
        }
    }
}

fn heavy(looks: &Looks, files: &dyn Files) -> Option<String> {
    let weighed = looks.pictures.iter().filter_map(|(digest, name)| Some((files.weight(digest)?, name)));
    let mut pictures: Vec<(u64, &String)> = weighed.collect();
    let all = looks.bytes + pictures.iter().map(|(bytes, _)| bytes).sum::<u64>();
    if all <= LIMIT * 1024 {
        return None;
    }
    pictures.sort_by_key(|(bytes, name)| (std::cmp::Reverse(*bytes), *name));
    let kib = |bytes: u64| bytes.div_ceil(1024);
    let named = pictures.iter().take(NAMED).map(|(bytes, name)| format!("{name} {} KiB", kib(*bytes)));
    let heaviest = match pictures.len() {
        0 => String::new(),
        1 => format!(", and the picture {}", named.collect::<String>()),
        n => format!(", and {n} pictures, the heaviest {}", named.collect::<Vec<_>>().join(", ")),
    };
    Some(format!(
        "the page weighs {} KiB: {} KiB of HTML{heaviest}; above {LIMIT} KiB it is slow on phones: use fewer or lighter pictures, or divide it",
        kib(all),
        kib(looks.bytes)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft;
    use model::asset::{FontFace, Image};
    use model::ids::ContentHash;

    struct Weights;

    impl Files for Weights {
        fn picture(&self, _: &str) -> Result<Image<'static>, String> {
            Err(String::new())
        }

        fn mark(&self, _: &draft::Picture) -> Result<Image<'static>, String> {
            Err(String::new())
        }

        fn holds(&self, _: &ContentHash) -> bool {
            false
        }

        fn faces(&self, _: &[&str], _: &[&str]) -> Result<Vec<FontFace>, String> {
            Ok(vec![])
        }

        fn weight(&self, digest: &str) -> Option<u64> {
            digest.parse::<u64>().ok().map(|kib| kib * 1024)
        }
    }

    fn looks(html_kib: u64, pictures: &[&str]) -> Looks {
        let pictures = pictures.iter().map(|kib| ((*kib).to_owned(), format!("p{kib}.webp")));
        Looks { bytes: html_kib * 1024, pictures: pictures.collect(), ..Looks::default() }
    }

    #[test]
    fn a_page_above_the_limit_says_what_is_heavy() {
        assert_eq!(heavy(&looks(100, &["1000", "500", "unknown"]), &Weights), None);
        let said = heavy(&looks(101, &["1000", "400", "100", "50"]), &Weights).unwrap();
        assert!(said.starts_with("the page weighs 1651 KiB: 101 KiB of HTML, and 4 pictures, the heaviest p1000.webp 1000 KiB, p400.webp 400 KiB, p100.webp 100 KiB; above 1600 KiB"), "{said}");
        assert!(heavy(&looks(1601, &[]), &Weights).unwrap().contains("1601 KiB of HTML; above"));
    }
}
