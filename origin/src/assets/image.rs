//! The size of a picture from its head. Nothing is decoded here, so a small file with many pixels costs nothing;
//! what would cost the visitor's device too much is refused by the size that it says.

use crate::assets::format::Format;

/// Largest side in pixels, the same as for pictures that are drawn from files: 64 million pixels take 256 MiB when a
/// browser shows them.
pub const MAX_SIDE: u32 = 8192;

/// Width and height as they are shown.
pub fn size(format: Format, head: &[u8]) -> Result<(u32, u32), String> {
    let found = imagesize::blob_size(head)
        .map_err(|_| "its size in pixels cannot be read: the file is damaged; save it anew".to_owned())?;
    let side = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (width, height) = (side(found.width), side(found.height));
    within(width, height)?;
    if format == Format::Jpeg && is_turned(head) { Ok((height, width)) } else { Ok((width, height)) }
}

pub fn within(width: u32, height: u32) -> Result<(), String> {
    if width == 0 || height == 0 {
        return Err("it says that it is 0 pixels wide or high: save it anew".to_owned());
    }
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(format!("at most {MAX_SIDE} pixels a side, found {width} by {height}: scale it down"));
    }
    Ok(())
}

/// Whether a camera wrote that its picture is to be shown turned by a quarter (Exif orientation 5 to 8).
fn is_turned(jpeg: &[u8]) -> bool {
    let mut rest = jpeg.get(2..).unwrap_or_default();
    while let [0xff, marker, high, low, after @ ..] = rest {
        let length = usize::from(*high) << 8 | usize::from(*low);
        let data = after.get(..length.saturating_sub(2)).unwrap_or_default();
        if *marker == 0xe1 && data.starts_with(b"Exif\0\0") {
            return orientation(data.get(6..).unwrap_or_default()).is_some_and(|n| (5..=8).contains(&n));
        }
        if *marker == 0xda {
            return false;
        }
        rest = after.get(length.saturating_sub(2)..).unwrap_or_default();
    }
    false
}

/// The tag 0x0112 of the first directory of a TIFF.
fn orientation(tiff: &[u8]) -> Option<u16> {
    let little = tiff.starts_with(b"II");
    let short = |at: usize| {
        let bytes: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |at: usize| {
        let bytes: [u8; 4] = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let directory = long(4)? as usize;
    for n in 0..usize::from(short(directory)?) {
        let entry = directory.checked_add(2 + 12 * n)?;
        if short(entry)? == 0x0112 {
            return short(entry.checked_add(8)?);
        }
    }
    None
}
