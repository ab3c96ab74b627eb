//! Small files of each format, as far as the origin looks at them.

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&(data.len() as u32).to_be_bytes(), &name[..], data, &[0; 4]].concat()
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let end = [&0u32.to_be_bytes()[..], b"IEND", &[0xae, 0x42, 0x60, 0x82]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head), chunk(b"IDAT", b"pixels"), end].concat()
}

/// A PNG of a length, which its pixels fill.
pub fn long_png(length: usize) -> Vec<u8> {
    let mut seed = 7u64;
    let noise: Vec<u8> = (0..length - png(1, 1).len() - 12)
        .map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as u8
        })
        .collect();
    let short = png(640, 480);
    let (start, end) = short.split_at(short.len() - 12);
    [start, &chunk(b"IDAT", &noise), end].concat()
}

/// With an Exif orientation.
pub fn jpeg(width: u16, height: u16, orientation: u8) -> Vec<u8> {
    let tiff =
        [b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", &[orientation, 0, 0, 0, 0, 0, 0][..]].concat();
    let exif = [b"Exif\0\0".to_vec(), tiff].concat();
    let app = [&[0xff, 0xe1], &(exif.len() as u16 + 2).to_be_bytes()[..], &exif].concat();
    let sides = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let frame = [&[0xff, 0xc0, 0, 11, 8], &sides[..], &[1, 1, 0x11, 0]].concat();
    [&[0xff, 0xd8], &app[..], &frame, &[0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0], b"pixels", &[0xff, 0xd9]]
        .concat()
}

fn riff(chunks: &[u8]) -> Vec<u8> {
    [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", chunks].concat()
}

pub fn webp(width: u32, height: u32) -> Vec<u8> {
    let sides = [(width - 1).to_le_bytes(), (height - 1).to_le_bytes()].map(|n| n[..3].to_vec()).concat();
    let head = [b"VP8X", &10u32.to_le_bytes()[..], &[0; 4], &sides].concat();
    riff(&[&head[..], b"VP8 ", &6u32.to_le_bytes(), b"pixels"].concat())
}

pub fn gif(width: u16, height: u16) -> Vec<u8> {
    let screen = [width.to_le_bytes(), height.to_le_bytes()].concat();
    let image = [b"\x2c\0\0\0\0", &screen[..], &[0, 2, 2, 0x44, 1, 0]].concat();
    [b"GIF89a", &screen[..], &[0x80, 0, 0], &[0; 6], b"\x21\xfe\x02hi\0", &image, &[0x3b]].concat()
}

fn r#box(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&(data.len() as u32 + 8).to_be_bytes(), &name[..], data].concat()
}

pub fn mp4() -> Vec<u8> {
    [r#box(b"ftyp", b"isom\0\0\x02\0isommp42"), r#box(b"moov", b"tracks"), r#box(b"mdat", b"frames")].concat()
}

pub fn avif(width: u32, height: u32) -> Vec<u8> {
    let ispe = r#box(b"ispe", &[&[0; 4], &width.to_be_bytes()[..], &height.to_be_bytes()].concat());
    let iprp = r#box(b"iprp", &r#box(b"ipco", &ispe));
    let meta = r#box(b"meta", &[&[0; 4], &iprp[..]].concat());
    [r#box(b"ftyp", b"avif\0\0\0\0avifmif1"), meta, r#box(b"mdat", b"pixels")].concat()
}

pub fn webm() -> Vec<u8> {
    let head = b"\x42\x82\x84webm";
    [b"\x1a\x45\xdf\xa3", &[0x80 | head.len() as u8][..], head, b"\x18\x53\x80\x67\x86frames"].concat()
}

pub fn pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n".to_vec()
}

pub fn woff2() -> Vec<u8> {
    let mut font = b"wOF2\0\x01\0\0".to_vec();
    font.extend_from_slice(&60u32.to_be_bytes());
    font.extend_from_slice(&[0, 1]);
    font.resize(60, 0);
    font
}

pub const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20"></rect></svg>"##;

/// An archive without files, as it stands at the end of every other.
pub const ZIP_END: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
