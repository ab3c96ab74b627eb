//! How the names of files are spelled where they are stored.

use icu_normalizer::ComposingNormalizerBorrowed;

/// The same letters in one spelling ([NFC](https://www.unicode.org/reports/tr15/)): systems write an `ä` as one character or
/// as two, and a file would be missing under the other one.
pub fn composed(name: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(name).into_owned()
}

/// Longest ending in characters.
const MAX_ENDING: usize = 10;

/// A name without its ending, and the ending in small letters; none where what is behind the last dot is no ending.
pub fn ending(name: &str) -> Option<(&str, String)> {
    let (stem, ext) = name.rsplit_once('.')?;
    let good = (1..=MAX_ENDING).contains(&ext.len()) && ext.bytes().all(|b| b.is_ascii_alphanumeric());
    good.then(|| (stem, ext.to_ascii_lowercase()))
}

/// The path of a file as it is stored: `team/Portrait.JPG` is `team/Portrait.jpg`.
pub fn path(given: &str) -> String {
    let path = composed(given);
    match ending(&path) {
        Some((stem, ext)) => format!("{stem}.{ext}"),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_spelling() {
        assert_eq!(path("Ka\u{308}se/Bro\u{302}t.JPG"), "K\u{e4}se/Br\u{f4}t.jpg");
        assert_eq!(path("K\u{e4}se.jpg"), "K\u{e4}se.jpg");
        for same in ["bread", "a.b/c", "v1.a-b", ""] {
            assert_eq!(path(same), same);
        }
    }
}
