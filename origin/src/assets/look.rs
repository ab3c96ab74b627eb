//! What a file is, by its bytes. Neither its name nor what the sender says of it is believed.

use crate::assets::body::PART;
use crate::assets::format::{Format, WANTED};

/// As much of the end of a file is looked at: a ZIP archive's directory ends with at most 64 KiB of comment
/// (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>, 4.3.16).
pub const TAIL: usize = 65_535 + 22;

/// Files that people try and that are refused, by their first bytes.
const REFUSED: [(&[u8], &str); 26] = [
    (
        b"PK\x03\x04",
        "a ZIP archive or an office document: send the files in it one by one, a document as PDF",
    ),
    (b"PK\x05\x06", "an empty ZIP archive: send the files one by one"),
    (b"\x1f\x8b", "a gzip archive: send the files in it one by one"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: send the files in it one by one"),
    (b"Rar!\x1a\x07", "a RAR archive: send the files in it one by one"),
    (b"BZh", "a bzip2 archive: send the files in it one by one"),
    (b"\xfd7zXZ\0", "an xz archive: send the files in it one by one"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive: send the files in it one by one"),
    (b"MZ", "a program: programs are not taken"),
    (b"\x7fELF", "a program: programs are not taken"),
    (b"\xca\xfe\xba\xbe", "a program: programs are not taken"),
    (b"\xcf\xfa\xed\xfe", "a program: programs are not taken"),
    (b"\0asm", "a program: programs are not taken"),
    (b"\xd0\xcf\x11\xe0", "an office document: send it as PDF"),
    (b"{\\rtf", "a rich text document: send it as PDF"),
    (b"II*\0", "a TIFF picture: save it as JPEG, PNG or WebP"),
    (b"MM\0*", "a TIFF picture: save it as JPEG, PNG or WebP"),
    (b"8BPS", "a Photoshop picture: save it as JPEG, PNG or WebP"),
    (b"\0\0\x01\0", "an ICO picture: save it as PNG or SVG"),
    (b"wOFF", "a WOFF font: convert it to WOFF2"),
    (b"OTTO", "an OpenType font: convert it to WOFF2"),
    (b"\0\x01\0\0", "a TrueType font: convert it to WOFF2"),
    (b"ttcf", "a font collection: convert its fonts to WOFF2"),
    (b"ID3", "a sound: send a video, or a link to where it can be heard"),
    (b"OggS", "an Ogg file: save it as WebM or MP4"),
    (b"\xff\xfe", "text in UTF-16: save it as UTF-8"),
];

/// The format of a file that begins like this.
pub fn format(head: &[u8]) -> Result<Format, String> {
    let at = |from: usize, what: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(what));
    let found = if at(0, b"\x89PNG\r\n\x1a\n") {
        Format::Png
    } else if at(0, b"\xff\xd8\xff") {
        Format::Jpeg
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        Format::Gif
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Format::Webp
    } else if at(4, b"ftyp") {
        boxed(head)?
    } else if at(0, b"\x1a\x45\xdf\xa3") {
        matroska(head)?
    } else if at(0, b"%PDF-") {
        Format::Pdf
    } else if at(0, b"wOF2") {
        Format::Woff2
    } else {
        text(head)?
    };
    // Readers of PDF look for it in the first kilobyte of whatever they are given.
    let start = head.get(..1024).unwrap_or(head);
    if found != Format::Pdf && start.windows(5).any(|w| w == b"%PDF-") {
        return Err(format!(
            "a {} that is a PDF document as well: save it anew as one of the two",
            found.name()
        ));
    }
    Ok(found)
}

/// ISO media files say in their first box what they are.
fn boxed(head: &[u8]) -> Result<Format, String> {
    let length = head.get(..4).and_then(|n| n.try_into().ok()).map_or(0, u32::from_be_bytes) as usize;
    let brands = head.get(8..length.min(head.len()).min(256)).unwrap_or_default();
    let is = |names: &[&[u8]]| brands.chunks(4).any(|brand| names.contains(&brand));
    if is(&[b"avif", b"avis"]) {
        Ok(Format::Avif)
    } else if is(&[b"heic", b"heix", b"hevc", b"heim", b"heis"]) {
        Err("a HEIC picture: save it as JPEG, WebP or AVIF".to_owned())
    } else if is(&[b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"])
    {
        Ok(Format::Mp4)
    } else if is(&[b"qt  "]) {
        Err("a QuickTime video: save it as MP4 or WebM".to_owned())
    } else if is(&[b"M4A "]) {
        Err("a sound: send a video, or a link to where it can be heard".to_owned())
    } else {
        Err(format!("a media file of a kind that is not known here: send {WANTED}"))
    }
}

fn matroska(head: &[u8]) -> Result<Format, String> {
    let start = head.get(..64).unwrap_or(head);
    let says = |name: &[u8]| start.windows(name.len()).any(|w| w == name);
    let segment = head.get(..256).unwrap_or(head).windows(4).any(|w| w == b"\x18\x53\x80\x67");
    match (says(b"webm"), says(b"matroska")) {
        (true, _) if segment => Ok(Format::Webm),
        (true, _) => Err("a WebM video without its content: save it anew".to_owned()),
        (_, true) => Err("a Matroska video: save it as WebM or MP4".to_owned()),
        _ => Err("a damaged WebM video: save it anew".to_owned()),
    }
}

fn text(head: &[u8]) -> Result<Format, String> {
    if head.is_empty() {
        return Err("an empty file: send one with content".to_owned());
    }
    for (start, what) in REFUSED {
        if head.starts_with(start) {
            return Err(what.to_owned());
        }
    }
    if head.get(257..262) == Some(b"ustar") {
        return Err("a tar archive: send the files in it one by one".to_owned());
    }
    let readable = match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        // The head of a long file may end within a character.
        Err(e) if e.error_len().is_none() && head.len() >= PART => {
            head.get(..e.valid_up_to()).and_then(|good| std::str::from_utf8(good).ok())
        }
        Err(_) => None,
    };
    let is_control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    let Some(text) = readable.filter(|text| !text.contains(is_control)) else {
        return Err(format!(
            "a file of a kind that is not known here, or text that is not UTF-8: send {WANTED}"
        ));
    };
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("#!") {
        return Err("a script: scripts are not taken".to_owned());
    }
    if !text.starts_with('<') {
        return Ok(Format::Text);
    }
    let root = root(text);
    match root.rsplit(':').next().unwrap_or(root) {
        "svg" => Ok(Format::Svg),
        _ if text.starts_with("<?php") || text.starts_with("<?=") || text.starts_with("<%") => {
            Err("a script: scripts are not taken".to_owned())
        }
        _ => Err("HTML or XML: make a page of it, or send it as PDF".to_owned()),
    }
}

/// The name of the first element.
fn root(text: &str) -> &str {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            // With definitions, which hold other marks.
            _ if rest.starts_with("<!") && rest.split('>').next().is_some_and(|d| d.contains('[')) => "]>",
            _ if rest.starts_with("<!") => ">",
            _ => break,
        };
        rest = rest.split_once(end).map_or("", |(_, after)| after);
    }
    let name = rest.strip_prefix('<').unwrap_or_default();
    name.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default()
}

/// What the end of a file must be, given its format, its head, its last bytes and its length.
pub fn end(format: Format, head: &[u8], tail: &[u8], length: u64) -> Result<(), String> {
    // A directory of an archive with the numbers of its disks, which are 0.
    if tail.windows(8).any(|w| w == b"PK\x05\x06\0\0\0\0") {
        return Err(format!("a {} with an archive behind it: save it anew", format.name()));
    }
    let number = |from: usize, bytes: usize| -> &[u8] { head.get(from..from + bytes).unwrap_or_default() };
    let little = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    let big = |bytes: &[u8]| bytes.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    let whole = match format {
        Format::Webp => little(number(4, 4)) + 8 == length,
        Format::Woff2 => big(number(8, 4)) == length && big(number(12, 2)) > 0,
        Format::Jpeg => tail.windows(2).any(|w| w == b"\xff\xd9"),
        Format::Pdf => {
            let version = matches!(number(5, 2), b"1." | b"2.");
            version
                && tail
                    .get(tail.len().saturating_sub(1024)..)
                    .unwrap_or(tail)
                    .windows(5)
                    .any(|w| w == b"%%EOF")
        }
        Format::Gif => gif(head) == Some(length as usize),
        _ => true,
    };
    if whole {
        return Ok(());
    }
    Err(format!("a {} that is cut off, or has something else behind it: save it anew", format.name()))
}

/// Where a GIF that is held as a whole ends.
fn gif(bytes: &[u8]) -> Option<usize> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3usize << ((flags & 7) + 1) };
    let mut at = 13 + table(*bytes.get(10)?);
    loop {
        let blocks = match *bytes.get(at)? {
            0x3b => return Some(at + 1),
            0x21 => at + 2,
            0x2c => at + 11 + table(*bytes.get(at + 9)?),
            _ => return None,
        };
        at = blocks;
        // Blocks with their lengths; one of length 0 ends them.
        while *bytes.get(at)? != 0 {
            at += 1 + usize::from(*bytes.get(at)?);
        }
        at += 1;
    }
}
