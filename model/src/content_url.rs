//! Addresses below the reserved prefix `/-/`, where no page can be: files and style sheets. They carry a digest
//! of what they lead to and are cached for ever.

use crate::asset::Image;
use crate::ids::ContentHash;

/// Paths below it belong to the product and not to the site.
pub const PREFIX: &str = "/-/";

/// Paths below it are the origin's: what is not published but answered at this moment, such as previews.
pub const NOW: &str = "/-/now/";

pub const FILES: &str = "/-/file/";
pub const STYLES: &str = "/-/style/";

/// `/-/now/preview/<token>`; the paths of the site's pages follow.
pub fn preview(token: &str) -> String {
    format!("{NOW}preview/{token}")
}

/// `/-/file/<hash>/<name>.<ext>`, or `/-/file/<hash>-<width>/<name>.<ext>` for a variant.
pub fn file(hash: &str, width: Option<u32>, name: &str, ext: &str) -> String {
    let mut url = String::with_capacity(96);
    push_file(&mut url, hash, width, name, ext);
    url
}

fn push_file(url: &mut String, hash: &str, width: Option<u32>, name: &str, ext: &str) {
    url.push_str(FILES);
    url.push_str(hash);
    if let Some(width) = width {
        url.push('-');
        push_number(url, width);
    }
    for part in ["/", name, ".", ext] {
        url.push_str(part);
    }
}

/// Decimal digits, without the formatting machinery: pictures are the most frequent addresses of a page.
pub fn push_number(out: &mut String, number: u32) {
    if number >= 10 {
        push_number(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

fn push_hex(out: &mut String, number: u64) {
    if number >= 16 {
        push_hex(out, number / 16);
    }
    out.extend(char::from_digit((number % 16) as u32, 16));
}

/// Writes the address of a picture at a width. With `resize` the width is made on demand by Cloudflare's image
/// resizing (<https://developers.cloudflare.com/images/transform-images/transform-via-url/>).
pub fn push_image(url: &mut String, image: &Image, width: Option<u32>, resize: bool) {
    match width {
        Some(width) if resize => {
            url.push_str("/cdn-cgi/image/width=");
            push_number(url, width);
            url.push_str(",format=auto");
            push_file(url, &image.asset, None, &image.name, &image.ext);
        }
        // What is stored at a width is WebP, whatever the original is.
        Some(_) => push_file(url, &image.asset, width, &image.name, "webp"),
        None => push_file(url, &image.asset, None, &image.name, &image.ext),
    }
}

/// The address of a picture at a width.
pub fn image(image: &Image, width: Option<u32>, resize: bool) -> String {
    let mut url = String::with_capacity(128);
    push_image(&mut url, image, width, resize);
    url
}

/// What a file's address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    pub hash: ContentHash,
    pub width: Option<u32>,
    pub ext: String,
}

impl FileName {
    /// From the part behind `/-/file/`.
    pub fn parse(rest: &str) -> Option<Self> {
        let (id, name) = rest.split_once('/')?;
        let (_, ext) = name.rsplit_once('.')?;
        let (hash, width) = match id.split_once('-') {
            None => (id, None),
            Some((hash, width)) => (hash, Some(width.parse().ok().filter(|w| (1..=8192).contains(w))?)),
        };
        if name.contains('/') || ext.is_empty() || !ext.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        Some(Self { hash: ContentHash::parse(hash).ok()?, width, ext: ext.to_ascii_lowercase() })
    }
}

/// The style sheet for a theme and a set of components.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleName {
    pub theme: ContentHash,
    /// Digest of the compiled-in style sheets, so that a deployment changes the address.
    pub build: u64,
    /// One bit for each component, by its place in the registry.
    pub components: u64,
}

impl StyleName {
    pub fn url(&self) -> String {
        let mut url = String::with_capacity(96);
        for part in [STYLES, self.theme.as_str(), "/"] {
            url.push_str(part);
        }
        push_hex(&mut url, self.build);
        url.push('-');
        push_hex(&mut url, self.components);
        url.push_str(".css");
        url
    }

    /// From the part behind `/-/style/`.
    pub fn parse(rest: &str) -> Option<Self> {
        let (theme, rest) = rest.split_once('/')?;
        let (build, components) = rest.strip_suffix(".css")?.split_once('-')?;
        let hex = |text: &str| u64::from_str_radix(text, 16).ok();
        Some(Self {
            theme: ContentHash::parse(theme).ok()?,
            build: hex(build)?,
            components: hex(components)?,
        })
    }
}

/// Percent-encodes a name or value of a query string.
pub fn push_component(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Decodes `application/x-www-form-urlencoded` pairs; undecodable bytes become U+FFFD.
pub fn parse_query(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|p| !p.is_empty()).take(32);
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escape = after
            .get(..2)
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        rest = after;
        match (byte, escape) {
            (b'+', _) => bytes.push(b' '),
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_written() {
        let style = StyleName { theme: ContentHash::parse("ab12").unwrap(), build: 0xfe, components: 5 };
        assert_eq!(StyleName::parse(style.url().strip_prefix("/-/style/").unwrap()), Some(style));
        let url = file("ab12", Some(480), "shop", "webp");
        assert_eq!(
            FileName::parse(url.strip_prefix("/-/file/").unwrap()),
            Some(FileName {
                hash: ContentHash::parse("ab12").unwrap(),
                width: Some(480),
                ext: "webp".into()
            })
        );
        for bad in ["", "x", "../a/b.css", "ab/..", "ab-0/x.webp", "ab-x/x.webp", "AB/x.webp", "ab/x/y.webp"]
        {
            assert_eq!(FileName::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_stored_at_a_width_is_webp_whatever_the_original_is() {
        let photo: Image =
            serde_json::from_str(r#"{"asset":"ab","name":"a","ext":"jpg","width":9,"height":9}"#).unwrap();
        assert_eq!(image(&photo, None, false), "/-/file/ab/a.jpg");
        assert_eq!(image(&photo, Some(320), false), "/-/file/ab-320/a.webp");
        let resized = "/cdn-cgi/image/width=320,format=auto/-/file/ab/a.jpg";
        assert_eq!(image(&photo, Some(320), true), resized);
    }

    #[test]
    fn query_strings_are_decoded_as_forms_encode_them() {
        assert_eq!(
            parse_query("q=rye+bread&a=%C3%A9&b&c=%zz&=x"),
            [("q", "rye bread"), ("a", "é"), ("b", ""), ("c", "%zz"), ("", "x")]
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
    }
}
