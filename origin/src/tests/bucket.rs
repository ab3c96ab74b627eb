//! R2 in memory. Each call is a step at which the process may die, and objects are whole or not there.

use crate::files::{Bucket, Incoming, Pieces};
use crate::http::Request;
use crate::stores::Fault;
use crate::testing::World;
use futures::future::{LocalBoxFuture, ready};
use std::collections::BTreeMap;

#[derive(Default, Clone)]
pub struct Objects {
    /// Media type and bytes by name.
    pub whole: BTreeMap<String, (String, Vec<u8>)>,
    /// Parts by upload.
    pub parts: BTreeMap<String, Vec<Vec<u8>>>,
    /// The longest text of bytes that was handed over at once.
    pub longest: usize,
    uploads: u32,
}

fn gone(what: &str) -> Fault {
    Fault::Unavailable(format!("{what} is not there"))
}

type Done<'a, T> = LocalBoxFuture<'a, Result<T, Fault>>;

impl World {
    fn object<'a, T: 'a>(&'a self, work: impl FnOnce(&mut Objects) -> Result<T, Fault>) -> Done<'a, T> {
        let done = self.step().and_then(|()| work(&mut self.objects.borrow_mut()));
        Box::pin(ready(done))
    }

    /// The names of all objects.
    pub fn stored(&self) -> Vec<String> {
        self.objects.borrow().whole.keys().cloned().collect()
    }
}

impl Bucket for World {
    fn put<'a>(&'a self, object: &'a str, content_type: &'static str, bytes: Vec<u8>) -> Done<'a, ()> {
        self.object(|objects| {
            objects.longest = objects.longest.max(bytes.len());
            objects.whole.insert(object.to_owned(), (content_type.to_owned(), bytes));
            Ok(())
        })
    }

    fn begin<'a>(&'a self, _: &'a str) -> Done<'a, String> {
        self.object(|objects| {
            objects.uploads += 1;
            let upload = format!("upload-{}", objects.uploads);
            objects.parts.insert(upload.clone(), vec![]);
            Ok(upload)
        })
    }

    fn part<'a>(&'a self, _: &'a str, upload: &'a str, number: u16, bytes: Vec<u8>) -> Done<'a, String> {
        self.object(|objects| {
            objects.longest = objects.longest.max(bytes.len());
            let parts = objects.parts.get_mut(upload).ok_or_else(|| gone(upload))?;
            assert_eq!(parts.len() + 1, usize::from(number));
            parts.push(bytes);
            Ok(format!("tag-{number}"))
        })
    }

    fn join<'a>(&'a self, object: &'a str, upload: &'a str, tags: Vec<String>) -> Done<'a, ()> {
        self.object(|objects| {
            let parts = objects.parts.remove(upload).ok_or_else(|| gone(upload))?;
            assert_eq!(tags, (1..=parts.len()).map(|n| format!("tag-{n}")).collect::<Vec<_>>());
            let (last, others) = parts.split_last().unwrap();
            // The rules of R2.
            assert!(others.iter().all(|part| part.len() == others[0].len() && part.len() >= 5 << 20));
            assert!(others.is_empty() || last.len() <= others[0].len());
            objects.whole.insert(object.to_owned(), (String::new(), parts.concat()));
            Ok(())
        })
    }

    fn abort<'a>(&'a self, _: &'a str, upload: &'a str) -> Done<'a, ()> {
        self.object(|objects| objects.parts.remove(upload).map(drop).ok_or_else(|| gone(upload)))
    }

    fn copy<'a>(&'a self, from: &'a str, to: &'a str, content_type: &'static str) -> Done<'a, ()> {
        self.object(|objects| {
            let (_, bytes) = objects.whole.get(from).cloned().ok_or_else(|| gone(from))?;
            objects.whole.insert(to.to_owned(), (content_type.to_owned(), bytes));
            Ok(())
        })
    }

    fn read<'a>(&'a self, object: &'a str) -> Done<'a, Option<Vec<u8>>> {
        self.object(|objects| Ok(objects.whole.get(object).map(|(_, bytes)| bytes.clone())))
    }

    fn open<'a>(&'a self, object: &'a str) -> Done<'a, Option<Pieces>> {
        self.object(|objects| {
            let pieces =
                |bytes: &Vec<u8>| bytes.chunks(50_000).map(|piece| Ok(piece.to_vec())).collect::<Vec<_>>();
            let found = objects.whole.get(object).map(|(_, bytes)| pieces(bytes));
            Ok(found.map(|pieces| Box::pin(futures::stream::iter(pieces)) as Pieces))
        })
    }

    fn remove<'a>(&'a self, object: &'a str) -> Done<'a, ()> {
        self.object(|objects| {
            objects.whole.remove(object);
            Ok(())
        })
    }

    fn remove_some<'a>(&'a self, prefix: &'a str) -> Done<'a, bool> {
        self.object(|objects| {
            let mine = |name: &&String| name.starts_with(prefix);
            let some: Vec<String> = objects.whole.keys().filter(mine).take(2).cloned().collect();
            some.iter().for_each(|name| drop(objects.whole.remove(name)));
            Ok(!some.is_empty())
        })
    }
}

impl Request {
    /// A file as the body, in pieces as they come from a network.
    pub fn file(self, bytes: &[u8]) -> Self {
        self.pieces(bytes.len(), bytes.chunks(60_000).map(|piece| Ok(piece.to_vec())).collect())
    }

    pub fn pieces(mut self, length: usize, pieces: Vec<Result<Vec<u8>, Fault>>) -> Self {
        self.file = Incoming::new(Box::pin(futures::stream::iter(pieces)));
        self.with("content-length", length.to_string())
    }
}
