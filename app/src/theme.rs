//! Design tokens become a style sheet. The six ready themes are data beside this file.

use crate::{registry, suggestion};
use model::content_url;
use model::theme::{Palette, ThemeRecord, Tokens};
use std::fmt::Write as _;

/// What every page needs: type, links, buttons, bands, print, reduced motion.
pub const BASE_CSS: &str = include_str!("base.css");

/// Name and tokens of the themes that a site can start from.
const READY: [(&str, &str); 6] = [
    ("studio", include_str!("themes/studio.json")),
    ("volt", include_str!("themes/volt.json")),
    ("meadow", include_str!("themes/meadow.json")),
    ("crust", include_str!("themes/crust.json")),
    ("press", include_str!("themes/press.json")),
    ("plain", include_str!("themes/plain.json")),
];

pub fn ready_names() -> Vec<&'static str> {
    READY.iter().map(|(name, _)| *name).collect()
}

/// A ready theme as JSON, to be overridden token by token before it is read as `Tokens`.
pub fn ready(name: &str) -> Option<&'static str> {
    READY.iter().find(|(n, _)| *n == name).map(|(_, json)| *json)
}

/// Digest of all compiled-in style sheets: part of every style sheet's address.
pub fn build_digest() -> u64 {
    const fn mix(mut hash: u64, text: &str) -> u64 {
        let bytes = text.as_bytes();
        let mut rest = bytes;
        while let [byte, after @ ..] = rest {
            hash = (hash ^ *byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
            rest = after;
        }
        hash
    }
    const BASE: u64 = mix(mix(0xcbf2_9ce4_8422_2325, BASE_CSS), suggestion::CSS);
    static DIGEST: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    *DIGEST.get_or_init(|| registry::COMPONENTS.iter().fold(BASE, |hash, c| mix(hash, c.css)) & 0xffff_ffff)
}

/// Generic families that need no file.
fn stack(family: &str) -> String {
    match family {
        "system" => "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",sans-serif".to_owned(),
        "serif" => "Georgia,\"Times New Roman\",\"Noto Serif\",serif".to_owned(),
        "rounded" => "ui-rounded,\"Hiragino Maru Gothic ProN\",Quicksand,system-ui,sans-serif".to_owned(),
        "mono" => "ui-monospace,Menlo,Consolas,\"Noto Sans Mono\",monospace".to_owned(),
        family => format!("\"{family}\""),
    }
}

/// Font faces and custom properties. Families and ranges were checked when the theme was written.
pub fn push_tokens(theme: &ThemeRecord, css: &mut String) {
    let Tokens { light, dark, radius, width, font_body, font_heading, heading_weight } = &theme.tokens;
    for font in &theme.fonts {
        let url = content_url::file(&font.asset, None, &font.name, "woff2");
        // `optional`: a font that comes late is used from the next page on, and nothing on this one moves.
        let _infallible = write!(
            css,
            "@font-face{{font-family:\"{}\";src:url({url}) format(\"woff2\");font-weight:{};font-style:{};font-display:optional;unicode-range:{}}}",
            font.family, font.weight, font.style, font.unicode_range
        );
    }
    // Families for other scripts stand behind the theme's own in every stack.
    let mut others = String::new();
    for font in &theme.fonts {
        let quoted = format!(",\"{}\"", font.family);
        if font.family != *font_body && font.family != *font_heading && !others.contains(&quoted) {
            others.push_str(&quoted);
        }
    }
    let fallback = |family: &str| {
        if matches!(family, "system" | "serif" | "rounded" | "mono") { "" } else { ",system-ui,sans-serif" }
    };
    let _infallible = write!(
        css,
        ":root{{color-scheme:light dark;--radius:{radius}px;--width:{width}rem;--heading-weight:{heading_weight};--font-body:{}{others}{};--font-heading:{}{others}{};",
        stack(font_body),
        fallback(font_body),
        stack(font_heading),
        fallback(font_heading)
    );
    palette(light, css);
    css.push_str("}@media(prefers-color-scheme:dark){:root{");
    palette(dark, css);
    css.push_str("}}");
}

fn palette(palette: &Palette, css: &mut String) {
    for (name, colour) in palette.named() {
        let _infallible = write!(css, "--{name}:{colour};");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ready_theme_is_legible_in_light_and_dark() {
        for name in ready_names() {
            let tokens: Tokens =
                serde_json::from_str(ready(name).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(tokens.light.low_contrasts(), vec![], "{name}, light");
            assert_eq!(tokens.dark.low_contrasts(), vec![], "{name}, dark");
        }
    }
}
