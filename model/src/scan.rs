//! Finding bytes in text, sixteen at a time. Most of what a page is made of is text that needs no change, so how
//! fast its end is found decides how fast a page is drawn.

pub use wide::u8x16;

/// Where the first byte at or behind `from` is that `marks` marks, with all bits of its place set.
#[inline]
pub fn find(bytes: &[u8], from: usize, marks: impl Fn(u8x16) -> u8x16) -> Option<usize> {
    let mut at = from;
    let mut rest = bytes.get(from..)?;
    while let Some((block, after)) = rest.split_first_chunk::<16>() {
        let found = marks(u8x16::new(*block)).to_bitmask();
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += 16;
        rest = after;
    }
    // The bytes before the last few have been looked at, or else they are few altogether.
    if let Some(block) = bytes.last_chunk::<16>() {
        let found = marks(u8x16::new(*block)).to_bitmask() >> (16 - rest.len());
        return (found != 0).then(|| at + found.trailing_zeros() as usize);
    }
    few(rest, marks).map(|place| at + place)
}

/// The same for fewer than sixteen bytes: the first and the last eight or four of them (or all of three), which may overlap.
#[inline]
fn few(bytes: &[u8], marks: impl Fn(u8x16) -> u8x16) -> Option<usize> {
    let ends = |first: u64, last: u64, length: usize| {
        let block = u128::from(first) | u128::from(last) << 64;
        let found = marks(u8x16::new(block.to_le_bytes())).to_bitmask();
        let first = found & !(u32::MAX << length);
        let last = (found >> 8) & !(u32::MAX << length);
        match (first, last) {
            (0, 0) => None,
            (0, _) => Some(bytes.len() - length + last.trailing_zeros() as usize),
            _ => Some(first.trailing_zeros() as usize),
        }
    };
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return ends(u64::from_le_bytes(*first), u64::from_le_bytes(*last), 8);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return ends(u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into(), 4);
    }
    let block = bytes.iter().rev().fold(0, |block, byte| block << 8 | u64::from(*byte));
    ends(block, block, bytes.len())
}

/// Where the next `byte` is at or behind `from`.
#[inline]
pub fn find_byte(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    find(bytes, from, |block| block.simd_eq(u8x16::splat(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_is_found_wherever_it_stands() {
        for length in 0..70 {
            for place in 0..length {
                for from in 0..length {
                    let mut bytes = vec![b'a'; length];
                    bytes[place] = b'x';
                    bytes.extend(b"x");
                    let expected = if from <= place { place } else { length };
                    assert_eq!(find_byte(&bytes, from, b'x'), Some(expected), "{length} {place} {from}");
                }
            }
            let bytes = vec![b'a'; length];
            assert_eq!(find_byte(&bytes, 0, b'x'), None);
            assert_eq!(find_byte(&bytes, 0, 0), None, "what fills the last block is not part of the text");
            assert_eq!(find_byte(&bytes, length + 1, b'a'), None);
        }
    }
}
