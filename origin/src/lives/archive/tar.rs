//! Entries of a tar archive, written and read piece by piece.

use crate::files::{Incoming, Pieces};
use crate::problem::Refusal;
use crate::stores::Fault;
use futures::stream;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use tar::{Builder, EntryType, Header, PaxExtensions};

/// What stands in an archive is padded to blocks of this length.
const BLOCK: usize = 512;
/// Longest name that is read, in bytes.
const MAX_NAME: u64 = 4096;

/// What stands before the bytes of an entry; of a folder the path ends in `/`.
pub fn head(path: &str, size: u64) -> Result<Vec<u8>, Fault> {
    let fault = |e: std::io::Error| Fault::Unavailable(format!("{path}: {e}"));
    let mut header = Header::new_ustar();
    header.set_entry_type(if path.ends_with('/') { EntryType::Directory } else { EntryType::Regular });
    header.set_mode(if path.ends_with('/') { 0o755 } else { 0o644 });
    header.set_mtime(0);
    header.set_size(size);
    let mut before = vec![];
    if header.set_path(path).is_err() {
        let mut builder = Builder::new(vec![]);
        builder.append_pax_extensions([("path", path.as_bytes())]).map_err(fault)?;
        before.extend_from_slice(builder.get_ref());
        header.set_path("long-name").map_err(fault)?;
    }
    header.set_cksum();
    before.extend_from_slice(header.as_bytes());
    Ok(before)
}

/// What stands behind so many bytes of an entry.
pub fn padding(size: u64) -> Vec<u8> {
    vec![0; (BLOCK - (size % BLOCK as u64) as usize) % BLOCK]
}

/// What ends an archive.
pub fn end() -> Vec<u8> {
    vec![0; 2 * BLOCK]
}

/// An entry: its path from the top, without `./`; of a folder it ends in `/`.
pub struct Entry {
    pub path: String,
    pub size: u64,
}

/// An archive as it comes in.
pub struct Archive {
    incoming: Incoming,
    rest: RefCell<Vec<u8>>,
    /// Bytes of the entry that have not been read.
    left: Cell<u64>,
    padding: Cell<u64>,
    at: Cell<u64>,
}

fn bad(why: impl Into<String>) -> Refusal {
    model::Problem::new("file", why).into()
}

impl Archive {
    pub fn new(incoming: Incoming) -> Rc<Self> {
        let (rest, left, padding, at) = (RefCell::default(), Cell::new(0), Cell::new(0), Cell::new(0));
        Rc::new(Self { incoming, rest, left, padding, at })
    }

    /// At most so many of the next bytes.
    async fn piece(&self, most: u64) -> Result<Option<Vec<u8>>, Fault> {
        let mut piece = self.rest.take();
        if piece.is_empty() {
            match self.incoming.next().await? {
                Some(next) => piece = next,
                None => return Ok(None),
            }
        }
        let rest = piece.split_off(piece.len().min(usize::try_from(most).unwrap_or(usize::MAX)));
        self.rest.replace(rest);
        self.at.set(self.at.get() + piece.len() as u64);
        Ok(Some(piece))
    }

    fn ended(&self) -> Refusal {
        bad(format!("it ends after {} bytes, in the middle: send the whole file", self.at.get()))
    }

    async fn exactly(&self, size: u64) -> Result<Vec<u8>, Refusal> {
        let mut bytes = vec![];
        while (bytes.len() as u64) < size {
            match self.piece(size - bytes.len() as u64).await {
                Ok(Some(piece)) => bytes.extend_from_slice(&piece),
                _ => return Err(self.ended()),
            }
        }
        Ok(bytes)
    }

    async fn skip(&self, mut size: u64) -> Result<(), Refusal> {
        while size > 0 {
            match self.piece(size).await {
                Ok(Some(piece)) => size -= piece.len() as u64,
                _ => return Err(self.ended()),
            }
        }
        Ok(())
    }

    /// The next file or folder; what was not read of the one before is passed over. `None` at the end.
    pub async fn next(&self) -> Result<Option<Entry>, Refusal> {
        let mut long = None;
        loop {
            self.skip(self.left.take().saturating_add(self.padding.take())).await?;
            let block = self.exactly(BLOCK as u64).await?;
            if block.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            let header = checked(&block).ok_or_else(|| {
                bad("is no tar archive, or a spoilt one: pack the folder with `tar -cf` and send it as it is")
            })?;
            let size = header.entry_size().map_err(|e| bad(e.to_string()))?;
            self.left.set(size);
            self.padding.set(padding(size).len() as u64);
            let kind = header.entry_type();
            match kind {
                EntryType::XGlobalHeader => {}
                EntryType::XHeader | EntryType::GNULongName => {
                    if size > MAX_NAME {
                        return Err(bad(format!("a name has more than {MAX_NAME} bytes: make it shorter")));
                    }
                    let bytes = self.exactly(self.left.take()).await?;
                    long = if kind == EntryType::XHeader { pax_path(&bytes).or(long) } else { Some(bytes) };
                }
                EntryType::Regular | EntryType::Continuous | EntryType::Directory => {
                    let bytes = long.take().unwrap_or_else(|| header.path_bytes().into_owned());
                    let text = String::from_utf8(bytes).map_err(|_| bad("a name is not UTF-8: rename it"))?;
                    let text = text.trim_end_matches('\0');
                    let mut path = text.strip_prefix("./").unwrap_or(text).to_owned();
                    if kind == EntryType::Directory && !path.ends_with('/') {
                        path.push('/');
                    }
                    if path.starts_with('/') || path.split('/').any(|part| part == "..") {
                        return Err(bad(format!("{path:?} leads out of the folder: take it out")));
                    }
                    return Ok(Some(Entry { path, size }));
                }
                _ => {
                    let name = String::from_utf8_lossy(&header.path_bytes()).into_owned();
                    return Err(bad(format!("{name:?} is neither a file nor a folder: take it out")));
                }
            }
        }
    }

    /// The bytes of the entry.
    pub async fn bytes(&self) -> Result<Vec<u8>, Refusal> {
        self.exactly(self.left.take()).await
    }

    /// The bytes of the entry, piece by piece.
    pub fn pieces(self: &Rc<Self>) -> Incoming {
        let pieces: Pieces = Box::pin(stream::unfold(self.clone(), |archive| async move {
            let left = archive.left.get();
            if left == 0 {
                return None;
            }
            let piece = match archive.piece(left).await {
                Ok(Some(piece)) => {
                    archive.left.set(left - piece.len() as u64);
                    Ok(piece)
                }
                Ok(None) => Err(Fault::Unavailable("the archive ended".to_owned())),
                Err(fault) => Err(fault),
            };
            Some((piece, archive))
        }));
        Incoming::new(pieces)
    }
}

/// A header whose sum is right.
fn checked(block: &[u8]) -> Option<&Header> {
    let header = Header::from_byte_slice(block);
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(n, byte)| if (148..156).contains(&n) { 32 } else { u32::from(*byte) })
        .sum();
    (header.cksum().ok()? == sum).then_some(header)
}

fn pax_path(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut found = PaxExtensions::new(bytes).flatten();
    found.find(|extension| extension.key_bytes() == b"path").map(|extension| extension.value_bytes().to_vec())
}
