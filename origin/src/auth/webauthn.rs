//! What an authenticator sends, and whether it is right: [WebAuthn](https://www.w3.org/TR/webauthn-3/), 7.1 and 7.2. No I/O:
//! challenges and counters are kept by the caller. Attestation is not asked for and not looked at: which make of
//! authenticator somebody has is nobody's business here.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use coset::cbor::{self, Value};
use coset::iana::{self, EnumI64};
use coset::{Algorithm, CborSerializable, CoseKey, KeyType, Label};
use p256::ecdsa::signature::Verifier;
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Why it is not right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong(pub &'static str);

/// What `PublicKeyCredential.toJSON()` gives after a registration; of the rest nothing is read.
#[derive(Deserialize, JsonSchema)]
pub struct Registration {
    pub id: String,
    pub response: Attested,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attested {
    #[serde(rename = "clientDataJSON")]
    pub client_data: String,
    pub attestation_object: String,
    #[serde(default)]
    pub transports: Vec<String>,
}

/// What `PublicKeyCredential.toJSON()` gives at a sign-in; of the rest nothing is read.
#[derive(Deserialize, JsonSchema)]
pub struct Assertion {
    pub id: String,
    pub response: Asserted,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Asserted {
    #[serde(rename = "clientDataJSON")]
    pub client_data: String,
    pub authenticator_data: String,
    pub signature: String,
    #[serde(default)]
    pub user_handle: Option<String>,
}

/// The page that asks: `http(s)://` and authority, and the host to which passkeys belong.
pub struct Party<'a> {
    pub origin: &'a str,
    pub host: &'a str,
}

pub struct NewKey {
    /// COSE, in base 64.
    pub public_key: String,
    pub state: State,
}

/// What an authenticator says of itself each time.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    pub count: u32,
    pub backed_up: bool,
}

fn decode(text: &str, what: &'static str) -> Result<Vec<u8>, Wrong> {
    BASE64.decode(text.trim_end_matches('=')).map_err(|_| Wrong(what))
}

pub fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

fn client_data(text: &str) -> Result<(Vec<u8>, ClientData), Wrong> {
    let bytes = decode(text, "clientDataJSON is not base 64")?;
    let data = serde_json::from_slice(&bytes).map_err(|_| Wrong("clientDataJSON cannot be read"))?;
    Ok((bytes, data))
}

/// The challenge that was answered, so that it can be taken away before anything else is looked at.
pub fn challenge(client_data_json: &str) -> Result<String, Wrong> {
    client_data(client_data_json).map(|(_, data)| data.challenge)
}

fn check(data: &ClientData, r#type: &str, party: &Party) -> Result<(), Wrong> {
    if data.r#type != r#type {
        return Err(Wrong("this is an answer to another question"));
    }
    if data.origin != party.origin || data.cross_origin {
        return Err(Wrong("this comes from another website"));
    }
    Ok(())
}

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const MAY_BE_BACKED_UP: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const HAS_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

fn take<'d>(data: &mut &'d [u8], length: usize) -> Result<&'d [u8], Wrong> {
    let (head, rest) = data.split_at_checked(length).ok_or(Wrong("authenticatorData is too short"))?;
    *data = rest;
    Ok(head)
}

/// The fixed part of what the authenticator has signed; `data` is left at what follows.
fn authenticator(data: &mut &[u8], party: &Party) -> Result<(u8, State), Wrong> {
    if take(data, 32)? != Sha256::digest(party.host.as_bytes()).as_slice() {
        return Err(Wrong("this passkey belongs to another website"));
    }
    let flags = take(data, 1)?.first().copied().unwrap_or_default();
    let count = take(data, 4)?.iter().fold(0, |n, byte| n << 8 | u32::from(*byte));
    if flags & PRESENT == 0 || flags & VERIFIED == 0 {
        return Err(Wrong("the authenticator did not make sure who uses it"));
    }
    let backed_up = flags & BACKED_UP != 0;
    if backed_up && flags & MAY_BE_BACKED_UP == 0 {
        return Err(Wrong("the authenticator contradicts itself"));
    }
    Ok((flags, State { count, backed_up }))
}

/// Extensions, which nobody asked for, are the last that there may be.
fn end(flags: u8, data: &mut &[u8]) -> Result<(), Wrong> {
    if flags & HAS_EXTENSIONS != 0 {
        let extensions: Value =
            cbor::from_reader(&mut *data).map_err(|_| Wrong("extensions cannot be read"))?;
        if !extensions.is_map() {
            return Err(Wrong("extensions cannot be read"));
        }
    }
    if data.is_empty() { Ok(()) } else { Err(Wrong("authenticatorData is too long")) }
}

/// Longest name of a credential, WebAuthn 4.
const MAX_ID: usize = 1023;

/// A new credential with its key, after the challenge was found to be ours.
pub fn register(given: &Registration, party: &Party) -> Result<NewKey, Wrong> {
    let (_, data) = client_data(&given.response.client_data)?;
    check(&data, "webauthn.create", party)?;
    let object = decode(&given.response.attestation_object, "attestationObject is not base 64")?;
    let object: Value =
        cbor::from_reader(object.as_slice()).map_err(|_| Wrong("attestationObject cannot be read"))?;
    let parts = object.as_map().map(Vec::as_slice).unwrap_or_default();
    let found = parts.iter().find(|(name, _)| name.as_text() == Some("authData"));
    let mut data =
        found.and_then(|(_, value)| value.as_bytes()).ok_or(Wrong("authData is missing"))?.as_slice();
    let (flags, state) = authenticator(&mut data, party)?;
    if flags & HAS_CREDENTIAL == 0 {
        return Err(Wrong("there is no credential"));
    }
    take(&mut data, 16)?;
    let length = take(&mut data, 2)?.iter().fold(0, |n, byte| n << 8 | usize::from(*byte));
    let id = take(&mut data, length)?;
    if id.is_empty() || length > MAX_ID || encode(id) != given.id {
        return Err(Wrong("id is not that of the credential"));
    }
    let before = data;
    let _key: Value = cbor::from_reader(&mut data).map_err(|_| Wrong("the key cannot be read"))?;
    let (bytes, _) = before.split_at_checked(before.len() - data.len()).unwrap_or_default();
    Key::read(bytes)?;
    end(flags, &mut data)?;
    Ok(NewKey { public_key: encode(bytes), state })
}

/// A signature with a known key, after the challenge was found to be ours.
pub fn assert(given: &Assertion, public_key: &str, party: &Party) -> Result<State, Wrong> {
    let (json, data) = client_data(&given.response.client_data)?;
    check(&data, "webauthn.get", party)?;
    let mut signed = decode(&given.response.authenticator_data, "authenticatorData is not base 64")?;
    let mut data = signed.as_slice();
    let (flags, state) = authenticator(&mut data, party)?;
    end(flags, &mut data)?;
    let signature = decode(&given.response.signature, "signature is not base 64")?;
    signed.extend_from_slice(&Sha256::digest(&json));
    Key::read(&decode(public_key, "the stored key is not base 64")?)?.verify(&signed, &signature)?;
    Ok(state)
}

/// The algorithms that are asked for, best first.
pub const ALGORITHMS: [iana::Algorithm; 3] =
    [iana::Algorithm::EdDSA, iana::Algorithm::ES256, iana::Algorithm::RS256];

enum Key {
    Es256(p256::ecdsa::VerifyingKey),
    EdDsa(ed25519_dalek::VerifyingKey),
    Rs256(Box<rsa::pkcs1v15::VerifyingKey<rsa::sha2::Sha256>>),
}

impl Key {
    fn read(bytes: &[u8]) -> Result<Self, Wrong> {
        const BAD: Wrong = Wrong("the key is not of a kind that was asked for");
        let key = CoseKey::from_slice(bytes).map_err(|_| BAD)?;
        let part =
            |label: i64| key.params.iter().find(|(name, _)| *name == Label::Int(label)).map(|(_, v)| v);
        let octets = |label: i64| part(label).and_then(Value::as_bytes).map(Vec::as_slice).ok_or(BAD);
        let is_curve = |label: i64, curve: iana::EllipticCurve| {
            part(label).and_then(Value::as_integer) == Some(curve.to_i64().into())
        };
        let Some(Algorithm::Assigned(algorithm)) = &key.alg else { return Err(BAD) };
        let KeyType::Assigned(kind) = key.kty else { return Err(BAD) };
        match (algorithm, kind) {
            (iana::Algorithm::ES256, iana::KeyType::EC2)
                if is_curve(iana::Ec2KeyParameter::Crv.to_i64(), iana::EllipticCurve::P_256) =>
            {
                let point = key.to_sec1_octet_string().map_err(|_| BAD)?;
                p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).map(Self::Es256).map_err(|_| BAD)
            }
            (iana::Algorithm::EdDSA, iana::KeyType::OKP)
                if is_curve(iana::OkpKeyParameter::Crv.to_i64(), iana::EllipticCurve::Ed25519) =>
            {
                let point = octets(iana::OkpKeyParameter::X.to_i64())?.try_into().map_err(|_| BAD)?;
                ed25519_dalek::VerifyingKey::from_bytes(point).map(Self::EdDsa).map_err(|_| BAD)
            }
            (iana::Algorithm::RS256, iana::KeyType::RSA) => {
                let number = |octets: &[u8]| rsa::BoxedUint::from_be_slice(octets, MAX_RSA).map_err(|_| BAD);
                let n = number(octets(iana::RsaKeyParameter::N.to_i64())?)?;
                let e = number(octets(iana::RsaKeyParameter::E.to_i64())?)?;
                let limits = MIN_RSA..=MAX_RSA as usize;
                let key = rsa::PublicKey::new_with_size_limits(n, e, limits).map_err(|_| BAD)?;
                Ok(Self::Rs256(Box::new(rsa::pkcs1v15::VerifyingKey::new(key))))
            }
            _ => Err(BAD),
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Wrong> {
        const BAD: Wrong = Wrong("the signature is not that of this passkey");
        match self {
            Self::Es256(key) => {
                let signature = p256::ecdsa::Signature::from_der(signature).map_err(|_| BAD)?;
                key.verify(message, &signature).map_err(|_| BAD)
            }
            Self::EdDsa(key) => {
                let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| BAD)?;
                key.verify_strict(message, &signature).map_err(|_| BAD)
            }
            Self::Rs256(key) => {
                let signature = rsa::pkcs1v15::Signature::try_from(signature).map_err(|_| BAD)?;
                key.verify(message, &signature).map_err(|_| BAD)
            }
        }
    }
}

/// Bits of an RSA modulus: fewer are too few, more cost too much.
const MIN_RSA: usize = 2048;
const MAX_RSA: u32 = 4096;
