//! Takes a file in: reads it piece by piece, finds out what it is, and stores it under the digest of its bytes.
//!
//! A file of one part is held, so its digest is known before anything is stored. A longer one goes to R2 in parts as
//! it comes, under a name of its own, and is copied to its digest's name at the end: R2 cannot rename, and to read the
//! body twice the client would have to send it twice. The copy runs in the platform, without its bytes coming here.
//! So at most two parts are in memory, whatever the length.

use crate::access::SiteAccess;
use crate::assets::body::{Body, PART, bad, hash};
use crate::assets::format::{Format, WANTED, media};
use crate::assets::{image, look, svg};
use crate::call::Call;
use crate::plan::{self, Metric};
use crate::problem::Refusal;
use crate::repo::objects::{self, Loose, Stored};
use crate::secret;
use crate::stores::{Fault, Statement};
use model::ids::ContentHash;
use model::keys;
use sha2::{Digest, Sha256};

/// Longest file: what a request's body may have on every plan of the platform
/// (<https://developers.cloudflare.com/workers/platform/limits/#request-limits>).
pub const MAX_FILE: usize = 100_000_000;

/// What is found out about a file that was stored.
#[derive(Debug)]
pub struct Received {
    pub hash: ContentHash,
    pub format: Format,
    pub ext: String,
    pub bytes: u64,
    /// Width and height of a picture.
    pub size: Option<(u32, u32)>,
    /// What was left out of a vector picture.
    pub removed: Vec<String>,
    width: u32,
    object: String,
    /// Objects whose rows go with the change that needs the file.
    settled: Vec<String>,
}

impl Received {
    /// Statements behind the one that makes an asset have these bytes.
    pub fn kept(&self, call: &Call, access: &SiteAccess) -> Vec<Statement> {
        let stored = Stored {
            hash: self.hash.as_str(),
            width: self.width,
            object: &self.object,
            content_type: media(&self.ext),
            bytes: self.bytes,
        };
        vec![objects::vouch(call.stores, access, &stored), objects::settled(access, &self.settled)]
    }
}

type Size = Option<(u32, u32)>;

/// What a request wants to do with its file.
pub struct Wanted<'a> {
    /// Bytes.
    pub limit: usize,
    /// The ending for a file of this format and size, or why it does not fit here.
    pub ending: &'a dyn Fn(Format, Size) -> Result<String, Refusal>,
    /// It is a variant of an original with this digest, at this width.
    pub variant: Option<(&'a ContentHash, u32)>,
}

/// What the request says that its body is long; it is compared with what comes.
fn length(call: &Call, limit: usize) -> Result<u64, Refusal> {
    let given = call.request.header("content-length");
    let length = given.parse::<u64>().map_err(|_| {
        Refusal::Malformed(
            "Send the file as the body, with its length in bytes as Content-Length.".to_owned(),
        )
    })?;
    match length {
        0 => Err(bad("an empty file: send one with content")),
        n if n > limit as u64 => Err(Refusal::TooLarge(limit)),
        n => Ok(n),
    }
}

pub async fn receive(call: &Call<'_>, access: &SiteAccess, wanted: &Wanted<'_>) -> Result<Received, Refusal> {
    let length = length(call, wanted.limit)?;
    plan::expect_room(call.stores, access.in_tenant(), Metric::Storage, length).await?;
    let mut body = Body::new(call, length);
    let first = body.part().await?;
    let format = look::format(&first).map_err(bad)?;
    if format.is_held() && length > PART as u64 {
        return Err(bad(format!(
            "a {} has at most {PART} bytes here: make it smaller, or send one of {WANTED}",
            format.name()
        )));
    }
    body.expect(format);
    let size = match format {
        Format::Png | Format::Jpeg | Format::Webp | Format::Avif | Format::Gif => {
            Some(image::size(format, &first).map_err(bad)?)
        }
        _ => None,
    };
    body.pass(&first);
    if length <= PART as u64 {
        held(access, wanted, body, Begun { format, size }, first).await
    } else {
        let ext = (wanted.ending)(format, size)?;
        streamed(access, body, Begun { format, size }, &ext, first).await
    }
}

/// The object's name, the digest that it is counted under and its width.
fn place(access: &SiteAccess, wanted: &Wanted, hash: ContentHash) -> (String, ContentHash, u32) {
    match wanted.variant {
        Some((original, width)) => {
            (keys::file(access.scope(), original, Some(width)), original.clone(), width)
        }
        None => (keys::file(access.scope(), &hash, None), hash, 0),
    }
}

async fn held(
    access: &SiteAccess,
    wanted: &Wanted<'_>,
    body: Body<'_>,
    begun: Begun,
    mut bytes: Vec<u8>,
) -> Result<Received, Refusal> {
    let Begun { format, mut size } = begun;
    body.end(format, &bytes)?;
    let (mut digest, mut removed) = (body.hash()?, vec![]);
    if format == Format::Svg {
        let clean = svg::clean(&bytes).map_err(bad)?;
        (size, removed, bytes) = (Some((clean.width, clean.height)), clean.removed, clean.svg.into_bytes());
        digest = hash(Sha256::new_with_prefix(&bytes))?;
    }
    let ext = (wanted.ending)(format, size)?;
    let (object, hash, width) = place(access, wanted, digest);
    let length = bytes.len() as u64;
    let loose = Loose { object: &object, hash: hash.as_str(), bytes: length };
    let stores = body.call.stores;
    if !objects::announced(stores, access, &loose, width).await? {
        stores.put(&object, media(&ext), bytes).await?;
    }
    let settled = vec![object.clone()];
    Ok(Received { hash, format, ext, bytes: length, size, removed, width, object, settled })
}

/// What is known of a file from its first part.
struct Begun {
    format: Format,
    size: Size,
}

async fn streamed(
    access: &SiteAccess,
    mut body: Body<'_>,
    begun: Begun,
    ext: &str,
    first: Vec<u8>,
) -> Result<Received, Refusal> {
    let (call, stores, length) = (body.call, body.call.stores, body.length);
    let upload = keys::upload(access.scope(), &secret::id(stores)?);
    let loose = Loose { object: &upload, hash: "", bytes: length };
    objects::announced(stores, access, &loose, 0).await?;
    let stored = match stores.begin(&upload).await {
        Ok(parts) => match all_parts(&upload, &parts, &mut body, begun.format, first).await {
            Ok(hash) => Ok(hash),
            Err(refusal) => {
                dropped(call, stores.abort(&upload, &parts).await);
                Err(refusal)
            }
        },
        Err(fault) => Err(fault.into()),
    };
    let copied = match stored {
        Ok(hash) => copied(access, &body, &upload, hash, ext).await,
        Err(refusal) => Err(refusal),
    };
    // What cannot be taken away now is loose, and is taken away later.
    let removed = stores.remove(&upload).await;
    let gone = removed.is_ok();
    dropped(call, removed);
    match copied {
        Ok((hash, object)) => {
            let mut settled = vec![object.clone()];
            settled.extend(gone.then_some(upload));
            let Begun { format, size } = begun;
            Ok(Received {
                hash,
                format,
                ext: ext.to_owned(),
                bytes: length,
                size,
                removed: vec![],
                width: 0,
                object,
                settled,
            })
        }
        Err(refusal) => {
            if gone {
                dropped(
                    call,
                    stores.batch(access.database(), vec![objects::settled(access, &[upload])]).await,
                );
            }
            Err(refusal)
        }
    }
}

/// Notes a clean-up that failed; it is made up for when the object is due.
fn dropped<T>(call: &Call, done: Result<T, Fault>) {
    if let Err(fault) = done {
        call.stores.log(&format!("request {}: clean-up: {fault}", call.id));
    }
}

async fn all_parts(
    object: &str,
    upload: &str,
    body: &mut Body<'_>,
    format: Format,
    first: Vec<u8>,
) -> Result<ContentHash, Refusal> {
    // The head decides about the end as well: where a format says its length, for one.
    let head = first.get(..64).unwrap_or(&first).to_vec();
    let stores = body.call.stores;
    let mut tags = vec![stores.part(object, upload, 1, first).await?];
    while body.passed < body.length {
        let part = body.part().await?;
        body.pass(&part);
        if body.passed == body.length {
            body.end(format, &head)?;
        }
        tags.push(stores.part(object, upload, tags.len() as u16 + 1, part).await?);
    }
    stores.join(object, upload, tags).await?;
    body.hash()
}

/// Copies a whole upload to its digest's name.
async fn copied(
    access: &SiteAccess,
    body: &Body<'_>,
    upload: &str,
    hash: ContentHash,
    ext: &str,
) -> Result<(ContentHash, String), Refusal> {
    let stores = body.call.stores;
    let object = keys::file(access.scope(), &hash, None);
    // The upload's own row counts its bytes.
    let loose = Loose { object: &object, hash: hash.as_str(), bytes: 0 };
    if !objects::announced(stores, access, &loose, 0).await? {
        stores.copy(upload, &object, media(ext)).await?;
    }
    Ok((hash, object))
}
