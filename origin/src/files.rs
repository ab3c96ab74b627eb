//! The bytes of files: the bucket that the edge reads, and bodies of requests that are too long to be held.

use crate::stores::Fault;
use futures::StreamExt;
use futures::future::LocalBoxFuture;
use futures::stream::LocalBoxStream;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// A bucket of R2. An object is there with all its bytes or not at all.
pub trait Bucket {
    fn put<'a>(
        &'a self,
        object: &'a str,
        content_type: &'static str,
        bytes: Vec<u8>,
    ) -> LocalBoxFuture<'a, Result<(), Fault>>;
    /// Begins an object that is put together from parts; the answer names this upload. R2 drops the parts of one that
    /// is not ended after 7 days (<https://developers.cloudflare.com/r2/buckets/object-lifecycles/>).
    fn begin<'a>(&'a self, object: &'a str) -> LocalBoxFuture<'a, Result<String, Fault>>;
    /// Stores a part, from number 1; the answer is its tag. All have the same length but the last one.
    fn part<'a>(
        &'a self,
        object: &'a str,
        upload: &'a str,
        number: u16,
        bytes: Vec<u8>,
    ) -> LocalBoxFuture<'a, Result<String, Fault>>;
    /// Puts the parts together, by their tags in order.
    fn join<'a>(
        &'a self,
        object: &'a str,
        upload: &'a str,
        tags: Vec<String>,
    ) -> LocalBoxFuture<'a, Result<(), Fault>>;
    /// Drops the parts of an upload.
    fn abort<'a>(&'a self, object: &'a str, upload: &'a str) -> LocalBoxFuture<'a, Result<(), Fault>>;
    /// Copies an object without its bytes coming here.
    fn copy<'a>(
        &'a self,
        from: &'a str,
        to: &'a str,
        content_type: &'static str,
    ) -> LocalBoxFuture<'a, Result<(), Fault>>;
    fn read<'a>(&'a self, object: &'a str) -> LocalBoxFuture<'a, Result<Option<Vec<u8>>, Fault>>;
    /// Reads an object piece by piece.
    fn open<'a>(&'a self, object: &'a str) -> LocalBoxFuture<'a, Result<Option<Pieces>, Fault>>;
    fn remove<'a>(&'a self, object: &'a str) -> LocalBoxFuture<'a, Result<(), Fault>>;
    /// Takes away some of the objects whose names begin so; `false` where there are none left.
    fn remove_some<'a>(&'a self, prefix: &'a str) -> LocalBoxFuture<'a, Result<bool, Fault>>;
}

pub type Pieces = LocalBoxStream<'static, Result<Vec<u8>, Fault>>;

/// A body that is read piece by piece, once. Empty for requests whose body is read whole.
#[derive(Clone, Default)]
pub struct Incoming(Rc<RefCell<Option<Pieces>>>);

impl Incoming {
    pub fn new(pieces: Pieces) -> Self {
        Self(Rc::new(RefCell::new(Some(pieces))))
    }

    /// The next piece; `None` behind the last one.
    pub async fn next(&self) -> Result<Option<Vec<u8>>, Fault> {
        // Taken out while it is waited for: a borrow may not be held over an await.
        let Some(mut pieces) = self.0.borrow_mut().take() else { return Ok(None) };
        let piece = pieces.next().await.transpose();
        *self.0.borrow_mut() = Some(pieces);
        piece
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Incoming")
    }
}
