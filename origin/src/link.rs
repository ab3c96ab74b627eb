//! Signed links: who has one may see one thing for a while, without an account.
//!
//! A token is `<site>.<id>.<end in seconds>.<signature>`, so that one which is forged, of another site or over is known
//! without asking a store.

use crate::problem::Refusal;
use crate::stores::Stores;
use hmac::{Hmac, KeyInit, Mac};
use model::ids::SiteId;
use sha2::Sha256;

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub site: SiteId,
    pub id: String,
    /// Seconds since 1970.
    pub until: u64,
}

/// Shorter ones can be tried out.
const MIN_SECRET: usize = 32;

/// Bytes of a signature: half of the digest (<https://www.rfc-editor.org/rfc/rfc2104#section-5>).
const SIGNATURE: usize = 16;

fn mac(stores: &dyn Stores, signed: &str) -> Result<Hmac<Sha256>, Refusal> {
    let secret = stores.variable("LINK_SECRET").filter(|secret| secret.len() >= MIN_SECRET);
    let secret = secret.ok_or_else(|| {
        let how = "set it with `wrangler secret put LINK_SECRET --config origin/wrangler.toml`";
        Refusal::Unavailable(format!("LINK_SECRET is missing or shorter than {MIN_SECRET} bytes: {how}"))
    })?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map_err(|e| Refusal::Unavailable(format!("LINK_SECRET: {e}")))?;
    // What else will be signed with this secret has a name of its own.
    mac.update(b"preview\n");
    mac.update(signed.as_bytes());
    Ok(mac)
}

impl Link {
    pub fn token(&self, stores: &dyn Stores) -> Result<String, Refusal> {
        let signed = format!("{}.{}.{}", self.site, self.id, self.until);
        let digest = mac(stores, &signed)?.finalize().into_bytes();
        let signature: String = digest.iter().take(SIGNATURE).map(|b| format!("{b:02x}")).collect();
        Ok(format!("{signed}.{signature}"))
    }

    /// The link of a token that we have signed; what is over is told from what never was.
    pub fn of(stores: &dyn Stores, token: &str) -> Result<Self, Refusal> {
        let (signed, signature) = token.rsplit_once('.').ok_or(Refusal::NotFound)?;
        let signature = unhex(signature).filter(|s| s.len() == SIGNATURE).ok_or(Refusal::NotFound)?;
        mac(stores, signed)?.verify_truncated_left(&signature).map_err(|_| Refusal::NotFound)?;
        let mut parts = signed.split('.');
        let (Some(site), Some(id), Some(until), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refusal::NotFound);
        };
        let (Ok(site), Ok(until)) = (SiteId::parse(site), until.parse()) else {
            return Err(Refusal::NotFound);
        };
        let link = Self { site, id: id.to_owned(), until };
        if link.until <= stores.now() / 1000 { Err(Refusal::Over) } else { Ok(link) }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: &u8| (*c as char).to_digit(16).filter(|_| !c.is_ascii_uppercase());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some((digit(high)? * 16 + digit(low)?) as u8),
            _ => None,
        })
        .collect()
}
