//! Pictures: their size, their stored widths, and vector graphics made harmless.

use resvg::tiny_skia;

/// Largest side of a picture in pixels. One of that size takes 256 MiB while it is drawn.
const MAX_SIDE: u32 = 8192;

/// WebP quality: no visible loss on the demo sites' pictures at half the bytes of 90.
const QUALITY: f32 = 80.0;

/// A picture that was read and can be drawn at any width.
pub struct Picture {
    source: Source,
    pub width: u32,
    pub height: u32,
}

enum Source {
    Vector(Box<usvg::Tree>),
    Raster(image::DynamicImage),
}

/// Reads a picture by the ending of its file: `svg`, `png`, `jpg`, `webp`.
pub fn read(ext: &str, bytes: &[u8]) -> Result<Picture, String> {
    let (source, width, height) = match ext {
        "svg" => read_svg(bytes)?,
        "png" | "jpg" | "jpeg" | "webp" => {
            let picture =
                image::load_from_memory(bytes).map_err(|e| format!("this picture cannot be read: {e}"))?;
            let (width, height) = (picture.width(), picture.height());
            (Source::Raster(picture), width, height)
        }
        other => return Err(format!("a picture is an svg, png, jpg or webp file, not {other:?}")),
    };
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(format!("at most {MAX_SIDE} pixels a side, found {width} by {height}: scale it down"));
    }
    Ok(Picture { source, width, height })
}

/// The parser knows shapes, paints and filters only: scripts, links, foreign content and references to anything
/// outside are gone after it.
fn read_svg(svg: &[u8]) -> Result<(Source, u32, u32), String> {
    let options = usvg::Options {
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    };
    let tree =
        usvg::Tree::from_data(svg, &options).map_err(|e| format!("this is not an SVG picture: {e}"))?;
    if svg.windows(5).any(|w| w == b"<text") {
        return Err("it holds <text>, which looks different on every machine: convert it to paths".to_owned());
    }
    let (width, height) = (tree.size().width().round() as u32, tree.size().height().round() as u32);
    Ok((Source::Vector(Box::new(tree)), width, height))
}

/// What of an SVG file runs, leads or loads, by the names of its elements and attributes: none of it is in the
/// picture that is stored.
pub fn harmful(svg: &[u8]) -> Vec<String> {
    use usvg::roxmltree::{Document, ParsingOptions};
    const ELEMENTS: [&str; 11] = [
        "a",
        "animate",
        "animateMotion",
        "animateTransform",
        "audio",
        "foreignObject",
        "iframe",
        "image",
        "script",
        "set",
        "video",
    ];
    let text = String::from_utf8_lossy(svg);
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let Ok(document) = Document::parse_with_options(&text, options) else { return vec![] };
    let mut found = vec![];
    for node in document.descendants().filter(|node| node.is_element()) {
        let name = node.tag_name().name();
        if ELEMENTS.contains(&name) {
            found.push(format!("<{name}>"));
            continue;
        }
        for attribute in node.attributes() {
            let runs = attribute.name().starts_with("on");
            let loads = attribute.name() == "href" && !attribute.value().starts_with('#');
            if runs || loads {
                found.push(format!("{} of <{name}>", attribute.name()));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

impl Picture {
    /// A vector picture as SVG, written anew from what was understood.
    pub fn to_svg(&self) -> Option<String> {
        let options = usvg::WriteOptions { indent: usvg::Indent::None, ..usvg::WriteOptions::default() };
        match &self.source {
            Source::Vector(tree) => Some(tree.to_string(&options)),
            Source::Raster(_) => None,
        }
    }

    /// The picture as WebP at a width.
    pub fn to_webp(&self, width: u32) -> Result<Vec<u8>, String> {
        match &self.source {
            Source::Vector(tree) => vector_to_webp(tree, width),
            Source::Raster(picture) => {
                let height = (f64::from(self.height) * f64::from(width) / f64::from(self.width))
                    .round()
                    .max(1.0) as u32;
                let scaled = picture.resize_exact(width, height, image::imageops::FilterType::Lanczos3);
                if scaled.color().has_alpha() {
                    Ok(encode(&scaled.to_rgba8(), width, height, true))
                } else {
                    Ok(encode(&scaled.to_rgb8(), width, height, false))
                }
            }
        }
    }
}

fn vector_to_webp(tree: &usvg::Tree, width: u32) -> Result<Vec<u8>, String> {
    let scale = width as f32 / tree.size().width();
    let height = (tree.size().height() * scale).round().max(1.0) as u32;
    let mut pixels = tiny_skia::Pixmap::new(width, height).ok_or("the picture has no area")?;
    resvg::render(tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let alpha = pixels.pixels().iter().any(|p| p.alpha() != 255);
    let straight: Vec<u8> = if alpha {
        pixels
            .pixels()
            .iter()
            .map(|p| p.demultiply())
            .flat_map(|p| [p.red(), p.green(), p.blue(), p.alpha()])
            .collect()
    } else {
        pixels.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect()
    };
    Ok(encode(&straight, width, height, alpha))
}

fn encode(pixels: &[u8], width: u32, height: u32, alpha: bool) -> Vec<u8> {
    let encoder = if alpha {
        webp::Encoder::from_rgba(pixels, width, height)
    } else {
        webp::Encoder::from_rgb(pixels, width, height)
    };
    encoder.encode(QUALITY).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="700" height="350" onload="alert(1)"><script>alert(1)</script><a href="javascript:alert(1)"><rect width="700" height="350" fill="#336699"/></a><image href="https://x.example/a.png" width="10" height="10"/><foreignObject><p>x</p></foreignObject></svg>"##;

    #[test]
    fn a_vector_picture_keeps_its_shapes_and_nothing_that_runs_or_loads() {
        let svg = read("svg", PICTURE.as_bytes()).unwrap().to_svg().unwrap();
        assert!(svg.contains("#336699"), "{svg}");
        for gone in ["script", "onload", "javascript", "x.example", "foreignObject", "href=\"h"] {
            assert!(!svg.contains(gone), "{gone}: {svg}");
        }
    }

    #[test]
    fn what_a_vector_picture_loses_is_named() {
        assert_eq!(
            harmful(PICTURE.as_bytes()),
            ["<a>", "<foreignObject>", "<image>", "<script>", "onload of <svg>"]
        );
        assert_eq!(harmful(b"<svg><use href='#a'/><use href='b.svg#a'/></svg>"), ["href of <use>"]);
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        assert!(read("svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='9000' height='9'/>").is_err());
        assert!(read("svg", b"<html/>").is_err());
    }

    #[test]
    fn pictures_are_encoded_as_webp() {
        let bytes = read("svg", PICTURE.as_bytes()).unwrap().to_webp(64).unwrap();
        assert_eq!((bytes.get(..4), bytes.get(8..12)), (Some(&b"RIFF"[..]), Some(&b"WEBP"[..])));
    }
}
