//! The body of a request that is a file: cut into parts, and looked at while it passes.

use crate::assets::format::Format;
use crate::assets::look;
use crate::assets::walk::Walk;
use crate::call::Call;
use crate::problem::Refusal;
use crate::stores::Fault;
use model::Problem;
use model::ids::ContentHash;
use sha2::{Digest, Sha256};

/// Length of a part; R2 takes none shorter, but the last
/// (<https://developers.cloudflare.com/r2/objects/multipart-objects/>).
pub const PART: usize = 5 * 1024 * 1024;

/// The body, cut into parts, and what is found out while it passes.
pub struct Body<'a> {
    pub call: &'a Call<'a>,
    pub length: u64,
    pub passed: u64,
    rest: Vec<u8>,
    digest: Sha256,
    tail: Vec<u8>,
    walk: Option<Walk>,
}

impl<'a> Body<'a> {
    pub fn new(call: &'a Call<'a>, length: u64) -> Self {
        let (rest, tail, digest) = (vec![], vec![], Sha256::new());
        Self { call, length, passed: 0, rest, digest, tail, walk: None }
    }
}

impl Body<'_> {
    /// The next part; shorter than `PART` only at the end of the file.
    pub async fn part(&mut self) -> Result<Vec<u8>, Refusal> {
        let mut part = std::mem::take(&mut self.rest);
        let due = (self.length - self.passed).min(PART as u64) as usize;
        part.reserve_exact(due.saturating_sub(part.len()));
        while part.len() < due {
            let piece = self.call.request.file.next().await;
            let ended = |at: u64| {
                Refusal::Malformed(format!(
                    "The file ended after {at} of {} bytes. Send it again.",
                    self.length
                ))
            };
            let at = self.passed + part.len() as u64;
            match piece {
                Ok(Some(piece)) => part.extend_from_slice(&piece),
                Ok(None) | Err(Fault::Constraint(_)) => return Err(ended(at)),
                Err(Fault::Unavailable(why)) => {
                    self.call.stores.log(&format!("request {}: its body: {why}", self.call.id));
                    return Err(ended(at));
                }
            }
        }
        self.rest = part.split_off(due);
        self.passed += due as u64;
        Ok(part)
    }

    /// Looks from now on whether it is a whole file of this format.
    pub fn expect(&mut self, format: Format) {
        self.walk = Walk::of(format);
    }

    pub fn pass(&mut self, part: &[u8]) {
        self.digest.update(part);
        if let Some(walk) = &mut self.walk {
            walk.pass(part);
        }
        if part.len() >= look::TAIL {
            self.tail.clear();
        }
        self.tail.extend_from_slice(part);
        let before = self.tail.len().saturating_sub(look::TAIL);
        self.tail.drain(..before);
    }

    pub fn hash(&self) -> Result<ContentHash, Refusal> {
        hash(self.digest.clone())
    }

    /// What only the end of the file shows.
    pub fn end(&self, format: Format, head: &[u8]) -> Result<(), Refusal> {
        look::end(format, head, &self.tail, self.length).map_err(bad)?;
        let Some(walk) = &self.walk else { return Ok(()) };
        // Without one of these there is nothing to show.
        let needs: &[&[u8; 4]] = match format {
            Format::Png => &[b"IDAT"],
            Format::Webp => &[b"VP8 ", b"VP8L", b"ANMF"],
            Format::Mp4 => &[b"moov"],
            _ => &[b"meta"],
        };
        if walk.is_whole() && needs.iter().any(|name| walk.has(name)) {
            return Ok(());
        }
        Err(bad(format!(
            "a {} that is cut off, or has something else behind it: save it anew",
            format.name()
        )))
    }
}

/// The first 96 bits of SHA-256, as for everything that is stored under its digest.
pub fn hash(digest: Sha256) -> Result<ContentHash, Refusal> {
    let text: String = digest.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    ContentHash::parse(&text).map_err(|e| Refusal::Unavailable(e.to_string()))
}

/// Refuses the file.
pub fn bad(why: impl Into<String>) -> Refusal {
    Problem::new("file", why).into()
}
