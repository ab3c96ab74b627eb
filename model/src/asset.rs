//! Files of a site: pictures, fonts, documents. Stored in R2 under the digest of their bytes.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A picture as a stored record refers to it: enough to draw it without reading anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image<'a> {
    /// Digest of the original's bytes.
    #[serde(borrow)]
    pub asset: Cow<'a, str>,
    /// File name without its ending: it makes the URL readable.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// Ending of the original: `webp`, `svg`, `png`, `jpg`. Variants are WebP.
    #[serde(borrow)]
    pub ext: Cow<'a, str>,
    /// Natural size in CSS pixels.
    pub width: u32,
    pub height: u32,
    /// Widths in pixels at which a variant is stored, ascending; empty for a vector picture.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub widths: Vec<u32>,
    /// Alternative text; empty for a picture that is decoration.
    #[serde(borrow, default)]
    pub alt: Cow<'a, str>,
}

/// Widths in pixels at which variants are stored, as far as the picture is that wide.
pub const WIDTHS: [u32; 5] = [320, 640, 800, 1080, 1600];

/// The widths for a picture of a natural width, ascending; the largest is its own, up to the last of `WIDTHS`.
pub fn widths(natural: u32) -> Vec<u32> {
    let mut widths: Vec<u32> = WIDTHS.into_iter().filter(|w| *w < natural).collect();
    if widths.len() < WIDTHS.len() {
        widths.push(natural);
    }
    widths
}

impl Image<'_> {
    pub fn into_owned(self) -> Image<'static> {
        Image {
            asset: Cow::Owned(self.asset.into_owned()),
            name: Cow::Owned(self.name.into_owned()),
            ext: Cow::Owned(self.ext.into_owned()),
            alt: Cow::Owned(self.alt.into_owned()),
            width: self.width,
            height: self.height,
            widths: self.widths,
        }
    }
}

/// Reads a picture that outlives the text it is read from.
pub fn owned<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Image<'static>>, D::Error> {
    Ok(Option::<Image>::deserialize(from)?.map(Image::into_owned))
}

/// A font file and what it covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FontFace {
    pub family: String,
    pub asset: String,
    pub name: String,
    /// A CSS `font-weight` range such as `100 900`.
    pub weight: String,
    pub style: String,
    /// CSS `unicode-range`.
    pub unicode_range: String,
    /// Whether the first screen needs it, so that the document preloads it.
    pub preload: bool,
}

/// Types that are served as they are; anything else is offered as a download.
pub fn content_type(ext: &str) -> Option<&'static str> {
    Some(match ext {
        "avif" => "image/avif",
        "css" => "text/css; charset=utf-8",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "mp4" => "video/mp4",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "webm" => "video/webm",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_go_up_to_the_picture_s_own_or_the_last_of_the_list() {
        assert_eq!(widths(300), [300]);
        assert_eq!(widths(320), [320]);
        assert_eq!(widths(900), [320, 640, 800, 900]);
        assert_eq!(widths(1600), [320, 640, 800, 1080, 1600]);
        assert_eq!(widths(5000), [320, 640, 800, 1080, 1600]);
    }
}
