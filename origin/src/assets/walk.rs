//! Walks over files that say how long each of their pieces is, while they stream by: PNG, WebP and the boxes of ISO media
//! (MP4, AVIF). Bytes that belong to no piece are what a second file would hide in.

use crate::assets::format::Format;

enum Rule {
    /// Length of the data, name; the data and four bytes of checksum follow.
    Png,
    /// Length of the whole box, name; a length of 1 is followed by one of 64 bits.
    Boxes,
    /// Name, length of the data; the data follow, filled up to an even length.
    Riff,
}

pub struct Walk {
    rule: Rule,
    /// Bytes until the next piece's head.
    skip: u64,
    head: Vec<u8>,
    /// The last piece that may come was seen: nothing may follow.
    ended: bool,
    /// A box without a length takes all that follows.
    open: bool,
    names: Vec<[u8; 4]>,
    broken: bool,
}

/// So many different pieces are noted by name; more are walked over.
const NOTED: usize = 64;

impl Walk {
    /// A walk over files of this format, if they have such a form.
    pub fn of(format: Format) -> Option<Self> {
        let (rule, skip) = match format {
            Format::Png => (Rule::Png, 8),
            Format::Mp4 | Format::Avif => (Rule::Boxes, 0),
            Format::Webp => (Rule::Riff, 12),
            _ => return None,
        };
        Some(Self { rule, skip, head: vec![], ended: false, open: false, names: vec![], broken: false })
    }

    pub fn pass(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.broken && !self.open {
            if self.skip > 0 {
                let passed = self.skip.min(bytes.len() as u64);
                self.skip -= passed;
                bytes = bytes.get(passed as usize..).unwrap_or_default();
                continue;
            }
            if self.ended {
                self.broken = true;
                return;
            }
            let (first, rest) =
                bytes.split_at(self.wanted().saturating_sub(self.head.len()).min(bytes.len()));
            self.head.extend_from_slice(first);
            bytes = rest;
            if self.head.len() == self.wanted() {
                self.piece();
            }
        }
    }

    /// Bytes of the head of a piece, as far as is known.
    fn wanted(&self) -> usize {
        if matches!(self.rule, Rule::Boxes) && self.head.get(..4) == Some(&[0, 0, 0, 1]) { 16 } else { 8 }
    }

    fn piece(&mut self) {
        let number = |from: usize, to: usize| {
            let bytes = self.head.get(from..to).unwrap_or_default();
            bytes.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte))
        };
        let at = if matches!(self.rule, Rule::Riff) { 0 } else { 4 };
        let name: [u8; 4] = self.head.get(at..at + 4).and_then(|n| n.try_into().ok()).unwrap_or_default();
        match self.rule {
            Rule::Png => {
                self.skip = number(0, 4) + 4;
                self.ended = name == *b"IEND";
                // The format's own limit.
                self.broken = number(0, 4) > i32::MAX as u64;
            }
            Rule::Riff => {
                let length = (number(4, 8) as u32).swap_bytes();
                self.skip = u64::from(length) + u64::from(length % 2);
            }
            Rule::Boxes => {
                let length = if self.head.len() == 16 { number(8, 16) } else { number(0, 4) };
                self.open = length == 0;
                self.broken = length != 0 && length < self.head.len() as u64;
                self.skip = length.saturating_sub(self.head.len() as u64);
            }
        }
        if self.names.len() < NOTED && !self.names.contains(&name) {
            self.names.push(name);
        }
        self.head.clear();
    }

    /// Whether the file ended where its last piece does.
    pub fn is_whole(&self) -> bool {
        let ended = self.ended || !matches!(self.rule, Rule::Png);
        !self.broken && ended && self.skip == 0 && self.head.is_empty()
    }

    pub fn has(&self, name: &[u8; 4]) -> bool {
        self.names.contains(name)
    }
}
