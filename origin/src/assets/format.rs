//! The kinds of files that a site can have.

use model::asset::content_type;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Png,
    Jpeg,
    Webp,
    Avif,
    Gif,
    Svg,
    Mp4,
    Webm,
    Pdf,
    Woff2,
    Text,
}

use Format::*;

/// The kinds in words, for refusals.
pub const WANTED: &str =
    "PNG, JPEG, WebP, AVIF, GIF, SVG, MP4, WebM, PDF, WOFF2 or plain text (txt, css, csv, md)";

impl Format {
    pub fn name(self) -> &'static str {
        match self {
            Png => "PNG picture",
            Jpeg => "JPEG picture",
            Webp => "WebP picture",
            Avif => "AVIF picture",
            Gif => "GIF picture",
            Svg => "SVG picture",
            Mp4 => "MP4 video",
            Webm => "WebM video",
            Pdf => "PDF document",
            Woff2 => "WOFF2 font",
            Text => "text file",
        }
    }

    /// Endings that a file of this format may have; the first is given to one that has none.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Png => &["png"],
            Jpeg => &["jpg", "jpeg"],
            Webp => &["webp"],
            Avif => &["avif"],
            Gif => &["gif"],
            Svg => &["svg"],
            Mp4 => &["mp4"],
            Webm => &["webm"],
            Pdf => &["pdf"],
            Woff2 => &["woff2"],
            Text => &["txt", "css", "csv", "md"],
        }
    }

    /// As it stands in the column `kind`.
    pub fn kind(self, ext: &str) -> &'static str {
        match self {
            Png | Jpeg | Webp | Avif | Gif | Svg => "image",
            Mp4 | Webm => "video",
            Woff2 => "font",
            Text if ext == "css" => "style",
            Pdf | Text => "document",
        }
    }

    /// What has to be looked at as a whole may be no longer than what is held in memory.
    pub fn is_held(self) -> bool {
        matches!(self, Svg | Gif | Text)
    }
}

/// The media type with which a file is stored. What is none of the web's own is offered as a download.
pub fn media(ext: &str) -> &'static str {
    content_type(ext).unwrap_or("application/octet-stream")
}
