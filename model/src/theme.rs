//! Design tokens: the few values from which a site's style sheet is made.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A colour, `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

impl Colour {
    pub fn parse(text: &str) -> Option<Self> {
        let hex =
            text.strip_prefix('#').filter(|h| h.len() == 6 && h.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let n = u32::from_str_radix(hex, 16).ok()?;
        Some(Self { red: (n >> 16) as u8, green: (n >> 8) as u8, blue: n as u8 })
    }

    /// Relative luminance, WCAG 2.2 (<https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// Contrast ratio of two colours, 1 to 21 (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>).
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

impl TryFrom<String> for Colour {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is not a colour: write it as #rrggbb"))
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> String {
        colour.to_string()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Palette {
    pub background: Colour,
    pub surface: Colour,
    pub text: Colour,
    pub muted: Colour,
    pub border: Colour,
    pub primary: Colour,
    pub on_primary: Colour,
    pub accent: Colour,
    pub on_accent: Colour,
    pub strong: Colour,
    pub on_strong: Colour,
}

impl Palette {
    pub fn named(&self) -> [(&'static str, Colour); 11] {
        [
            ("background", self.background),
            ("surface", self.surface),
            ("text", self.text),
            ("muted", self.muted),
            ("border", self.border),
            ("primary", self.primary),
            ("on-primary", self.on_primary),
            ("accent", self.accent),
            ("on-accent", self.on_accent),
            ("strong", self.strong),
            ("on-strong", self.on_strong),
        ]
    }

    /// Pairs that carry text must reach 4.5:1 (WCAG 2.2, 1.4.3).
    pub fn low_contrasts(&self) -> Vec<(&'static str, &'static str, f64)> {
        [
            ("text", self.text, "background", self.background),
            ("text", self.text, "surface", self.surface),
            ("muted", self.muted, "background", self.background),
            ("muted", self.muted, "surface", self.surface),
            ("primary", self.primary, "background", self.background),
            ("primary", self.primary, "surface", self.surface),
            ("on_primary", self.on_primary, "primary", self.primary),
            ("on_accent", self.on_accent, "accent", self.accent),
            ("on_strong", self.on_strong, "strong", self.strong),
        ]
        .into_iter()
        .map(|(a, x, b, y)| (a, b, x.contrast(y)))
        .filter(|(_, _, ratio)| *ratio < 4.5)
        .collect()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    pub light: Palette,
    pub dark: Palette,
    /// Corner radius in CSS pixels.
    pub radius: u8,
    /// Width of the text column in `rem`.
    pub width: u8,
    /// A family of `FONTS` or a system stack.
    pub font_body: String,
    pub font_heading: String,
    /// Weight of headings.
    pub heading_weight: u16,
}

/// Tokens that are numbers, with the least and the largest that the components are made for.
pub const RANGES: [(&str, u16, u16); 3] =
    [("radius", 0, 24), ("width", 56, 96), ("heading_weight", 300, 900)];

/// What a site's style sheet is made of: stored as `theme/<site>/<hash>` and read only by the style sheet's URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeRecord {
    pub v: u32,
    pub tokens: Tokens,
    pub fonts: Vec<crate::asset::FontFace>,
    /// The site's own CSS, parsed and limited when it was written.
    pub css: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        let (black, white) = (Colour::parse("#000000").unwrap(), Colour::parse("#ffffff").unwrap());
        assert!((black.contrast(white) - 21.0).abs() < 0.001);
        assert!((white.contrast(Colour::parse("#767676").unwrap()) - 4.54).abs() < 0.01);
    }

    #[test]
    fn only_six_digits_make_a_colour() {
        for bad in ["", "#fff", "red", "#12345g", "#1234567", "url(x)"] {
            assert!(Colour::parse(bad).is_none(), "{bad}");
        }
    }
}
