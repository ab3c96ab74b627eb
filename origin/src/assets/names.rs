//! What files and folders may be called.

use crate::assets::format::{Format, WANTED};
use intake::names::{composed, ending};
use model::Problem;

/// The name of a file without its ending, and its ending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    pub name: String,
    pub ext: String,
}

const MAX_NAME: usize = 120;
const MAX_FOLDER: usize = 200;

/// What changes how a name looks and stands nowhere in it: marks of direction, by which `gpj.exe` looks like another file,
/// and breaks or joints without width. Joiners stay, which some scripts need.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

fn check(name: &str) -> Result<(), String> {
    const SPECIAL: [char; 11] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|', '#', '%'];
    let count = name.chars().count();
    if !(1..=MAX_NAME).contains(&count) {
        return Err(format!("expected 1 to {MAX_NAME} characters, found {count}"));
    }
    if name.starts_with('.') || name.trim() != name {
        return Err("begins with a dot or a space, or ends with a space: take it away".to_owned());
    }
    match name.chars().find(|c| c.is_control() || is_unseen(*c) || SPECIAL.contains(c)) {
        Some(c) => Err(format!("may not hold {c:?}: take it out")),
        None => Ok(()),
    }
}

/// A name such as `Bread.jpg`. Without an ending it gets that of the format; another format's is refused, so that a
/// name never says what the bytes are not.
pub fn file(given: &str, format: Format) -> Result<FileName, Problem> {
    let given = composed(given);
    let (name, ext) = ending(&given).unwrap_or_else(|| {
        (given.as_str(), format.endings().first().copied().unwrap_or_default().to_owned())
    });
    check(name).map_err(|why| Problem::new("name", why))?;
    if !format.endings().contains(&ext.as_str()) {
        return Err(Problem::new(
            "name",
            format!(
                "ends in .{ext}, but the file is a {}: name it .{}, or send one of {WANTED}",
                format.name(),
                format.endings().join(" or .")
            ),
        ));
    }
    Ok(FileName { name: name.to_owned(), ext })
}

/// A new name for a file whose ending stays.
pub fn renamed(given: &str, ext: &str) -> Result<String, Problem> {
    let given = composed(given);
    let name = given.strip_suffix(&format!(".{ext}")).unwrap_or(&given);
    check(name).map_err(|why| Problem::new("name", why))?;
    Ok(name.to_owned())
}

/// A folder such as `team/2026` as it is stored; `""` is the top.
pub fn folder(given: &str, path: &str) -> Result<String, Problem> {
    let given = composed(given);
    if given.is_empty() {
        return Ok(given);
    }
    let parts: Vec<&str> = given.split('/').collect();
    if given.len() > MAX_FOLDER || parts.len() > 8 {
        return Err(Problem::new(path, format!("at most {MAX_FOLDER} bytes and 8 levels")));
    }
    for part in parts {
        check(part).map_err(|why| Problem::new(path, format!("{part:?}: {why}")))?;
    }
    Ok(given)
}

/// A folder and those above it.
pub fn ancestors(folder: &str) -> Vec<&str> {
    let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
    ends.filter_map(|end| folder.get(..end)).filter(|part| !part.is_empty()).collect()
}

/// The path of a file.
pub fn path(folder: &str, name: &str, ext: &str) -> String {
    if folder.is_empty() { format!("{name}.{ext}") } else { format!("{folder}/{name}.{ext}") }
}

/// `team/Portrait.jpg` as folder, name and ending, as they are stored.
pub fn split(path: &str) -> Option<(String, String, String)> {
    let path = intake::names::path(path);
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", &path));
    let (name, ext) = file.rsplit_once('.')?;
    Some((folder.to_owned(), name.to_owned(), ext.to_owned()))
}

/// The name as it stands in addresses, where most characters would have to be escaped.
pub fn in_url(name: &str) -> String {
    let mut url = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => url.push(c),
            _ if url.ends_with('-') || url.is_empty() => {}
            _ => url.push('-'),
        }
    }
    let url = url.trim_end_matches('-');
    if url.is_empty() { "file".to_owned() } else { url.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_the_bytes_are() {
        let good = |given: &str, format| file(given, format).map(|f| (f.name, f.ext));
        let pair = |name: &str, ext: &str| Ok((name.to_owned(), ext.to_owned()));
        assert_eq!(good("Käse & Brot.JPG", Format::Jpeg), pair("Käse & Brot", "jpg"));
        assert_eq!(good("v1.2.txt", Format::Text), pair("v1.2", "txt"));
        assert_eq!(good("bread", Format::Webp), pair("bread", "webp"));
        assert_eq!(good("Ka\u{308}se.jpg", Format::Jpeg), good("K\u{e4}se.jpg", Format::Jpeg));
        assert_eq!(good("نان\u{200c}ها.jpg", Format::Jpeg), pair("نان\u{200c}ها", "jpg"));
        for bad in [
            "",
            ".jpg",
            "a/b.jpg",
            "a\\b.jpg",
            "a\0.jpg",
            "..jpg",
            " a.jpg",
            "a?.jpg",
            "v1.2",
            "Bread\u{202e}gpj.jpg",
            "Br\u{200b}ead.jpg",
            "Bread\u{2028}.jpg",
            &"x".repeat(121),
        ] {
            assert!(file(bad, Format::Jpeg).is_err(), "{bad}");
        }
        assert!(file("a.png", Format::Jpeg).is_err());
    }

    #[test]
    fn folders_have_plain_names_and_their_ancestors() {
        for good in ["", "a", "Team/2026", "ä/b c"] {
            assert!(folder(good, "folder").is_ok(), "{good}");
        }
        for bad in ["/", "/a", "a/", "a//b", "../a", ".a", "a/b/c/d/e/f/g/h/i", &"x".repeat(201)] {
            assert!(folder(bad, "folder").is_err(), "{bad}");
        }
        assert_eq!(ancestors("a/b/c"), ["a", "a/b", "a/b/c"]);
        assert!(ancestors("").is_empty());
    }

    #[test]
    fn addresses_hold_plain_characters() {
        assert_eq!(in_url("Käse & Brot"), "K-se-Brot");
        assert_eq!(in_url("(Brot!)"), "Brot");
        assert_eq!(in_url("日本"), "file");
        assert_eq!(in_url("a.b"), "a-b");
    }
}
