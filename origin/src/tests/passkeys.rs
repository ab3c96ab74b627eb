//! Passkeys, with an authenticator in software that can be told to lie.

use crate::clock::MINUTE;
use crate::http::Reply;
use crate::testing::{Browser, HOST, World, request};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use coset::cbor::{self, Value as Cbor};
use p256::ecdsa::signature::Signer;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub struct Authenticator {
    id: Vec<u8>,
    es256: p256::ecdsa::SigningKey,
    ed25519: Option<ed25519_dalek::SigningKey>,
    count: u32,
    flags: u8,
    origin: &'static str,
    host: &'static str,
    cross_origin: bool,
    extensions: bool,
    tail: Vec<u8>,
}

impl Authenticator {
    pub fn new(seed: u8) -> Self {
        Self {
            id: vec![seed; 16],
            es256: p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap(),
            ed25519: None,
            count: 0,
            flags: 0b101,
            origin: HOST,
            host: "admin.localhost",
            cross_origin: false,
            extensions: false,
            tail: vec![],
        }
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin, "more": 1})
            .to_string()
            .into_bytes()
    }

    fn data(&self, more: &[u8]) -> Vec<u8> {
        let mut data = Sha256::digest(self.host.as_bytes()).to_vec();
        let flags =
            self.flags | if more.is_empty() { 0 } else { 1 << 6 } | if self.extensions { 1 << 7 } else { 0 };
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data.extend(more);
        if self.extensions {
            data.extend(bytes(&Cbor::Map(vec![(Cbor::Text("credProps".to_owned()), Cbor::Bool(true))])));
        }
        data.extend(&self.tail);
        data
    }

    fn key(&self) -> Cbor {
        let int = |n: i64| Cbor::Integer(n.into());
        match &self.ed25519 {
            Some(key) => Cbor::Map(vec![
                (int(1), int(1)),
                (int(3), int(-8)),
                (int(-1), int(6)),
                (int(-2), Cbor::Bytes(key.verifying_key().to_bytes().to_vec())),
            ]),
            None => {
                let point = self.es256.verifying_key().to_sec1_point(false);
                let part = |range: std::ops::Range<usize>| Cbor::Bytes(point.as_bytes()[range].to_vec());
                Cbor::Map(vec![
                    (int(1), int(2)),
                    (int(3), int(-7)),
                    (int(-1), int(1)),
                    (int(-2), part(1..33)),
                    (int(-3), part(33..65)),
                ])
            }
        }
    }

    pub fn registration(&self, challenge: &str) -> Value {
        let mut more = vec![0; 16];
        more.extend((self.id.len() as u16).to_be_bytes());
        more.extend(&self.id);
        more.extend(bytes(&self.key()));
        let text = |text: &str| Cbor::Text(text.to_owned());
        let object = bytes(&Cbor::Map(vec![
            (text("fmt"), text("none")),
            (text("attStmt"), Cbor::Map(vec![])),
            (text("authData"), Cbor::Bytes(self.data(&more))),
        ]));
        json!({"id": BASE64.encode(&self.id), "type": "public-key", "response": {
            "clientDataJSON": BASE64.encode(self.client_data("webauthn.create", challenge)),
            "attestationObject": BASE64.encode(object),
            "transports": ["internal", "telepathy"],
        }})
    }

    /// Counts up and signs.
    pub fn assertion(&mut self, challenge: &str, user: &str) -> Value {
        self.count += 1;
        self.signed(challenge, user)
    }

    fn signed(&self, challenge: &str, user: &str) -> Value {
        let (json, data) = (self.client_data("webauthn.get", challenge), self.data(&[]));
        let signed = [data.as_slice(), &Sha256::digest(&json)].concat();
        let signature = match &self.ed25519 {
            Some(key) => key.sign(&signed).to_bytes().to_vec(),
            None => {
                let signature: p256::ecdsa::Signature = self.es256.sign(&signed);
                signature.to_der().as_bytes().to_vec()
            }
        };
        json!({"id": BASE64.encode(&self.id), "type": "public-key", "response": {
            "clientDataJSON": BASE64.encode(json),
            "authenticatorData": BASE64.encode(data),
            "signature": BASE64.encode(signature),
            "userHandle": BASE64.encode(user),
        }})
    }
}

fn bytes(value: &Cbor) -> Vec<u8> {
    let mut bytes = vec![];
    cbor::into_writer(value, &mut bytes).unwrap();
    bytes
}

fn begin(browser: &Browser) -> String {
    let options = browser.post("/api/v1/passkeys/options", json!({})).must(200).value();
    options["challenge"].as_str().unwrap().to_owned()
}

fn keep(browser: &Browser, credential: Value) -> Reply {
    browser.post("/api/v1/passkeys", json!({"name": "Phone", "credential": credential}))
}

fn register(browser: &Browser, authenticator: &Authenticator) {
    keep(browser, authenticator.registration(&begin(browser))).must(201);
}

fn challenge(world: &World) -> String {
    let options = world.send(&request("POST", "/api/v1/sign-in/passkey/options")).must(200).value();
    options["challenge"].as_str().unwrap().to_owned()
}

fn sign_in(world: &World, credential: Value) -> Reply {
    world.send(&request("POST", "/api/v1/sign-in/passkey").json(json!({"credential": credential})))
}

#[test]
fn a_passkey_signs_its_person_in_without_a_name() {
    for (ed25519, extensions) in [(false, false), (true, false), (false, true)] {
        let world = World::new();
        let mira = world.sign_up("mira@example.org");
        let mut phone = Authenticator::new(7);
        phone.ed25519 = ed25519.then(|| ed25519_dalek::SigningKey::from_bytes(&[9; 32]));
        phone.extensions = extensions;
        register(&mira, &phone);
        let reply = sign_in(&world, phone.assertion(&challenge(&world), &mira.user)).must(200);
        assert_eq!(reply.value()["user"], mira.user);
        let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap();
        world.send(&request("GET", "/api/v1/me").with("cookie", cookie)).must(200);
    }
}

#[test]
fn the_browser_is_asked_for_a_discoverable_passkey_of_the_admin_host_that_knows_its_user() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    register(&mira, &Authenticator::new(7));
    let options = mira.post("/api/v1/passkeys/options", json!({})).must(200).value();
    assert_eq!(options["rp"]["id"], "admin.localhost");
    assert_eq!(options["user"]["id"], BASE64.encode(&mira.user));
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(
        options["pubKeyCredParams"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["alg"].as_i64().unwrap())
            .collect::<Vec<_>>(),
        [-8, -7, -257]
    );
    assert_eq!(
        options["excludeCredentials"],
        json!([{"type": "public-key", "id": BASE64.encode([7; 16]), "transports": ["internal"]}])
    );
    let options = world.send(&request("POST", "/api/v1/sign-in/passkey/options")).must(200).value();
    assert_eq!(
        (&options["rpId"], &options["userVerification"]),
        (&json!("admin.localhost"), &json!("required"))
    );
    assert_eq!(options["allowCredentials"], json!([]), "who has which passkey is not told");
}

#[test]
fn a_challenge_is_good_once_for_its_person_and_for_five_minutes() {
    let world = World::new();
    let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
    let mut phone = Authenticator::new(7);
    let first = begin(&mira);
    keep(&noor, phone.registration(&first)).must(422);
    keep(&mira, phone.registration(&first)).must(422);
    let second = begin(&mira);
    keep(&mira, phone.registration(&second)).must(201);
    keep(&mira, Authenticator::new(8).registration(&second)).must(422);
    keep(&mira, Authenticator::new(8).registration(&challenge(&world))).must(422);
    let late = begin(&mira);
    world.pass(5 * MINUTE + 1000);
    keep(&mira, Authenticator::new(8).registration(&late)).must(422);

    let asked = challenge(&world);
    let answer = phone.assertion(&asked, &mira.user);
    sign_in(&world, answer.clone()).must(200);
    sign_in(&world, answer).must(401);
    sign_in(&world, phone.assertion("made up", &mira.user)).must(401);
    let for_a_new_one = begin(&mira);
    sign_in(&world, phone.assertion(&for_a_new_one, &mira.user)).must(401);
    let asked = challenge(&world);
    world.pass(5 * MINUTE + 1000);
    sign_in(&world, phone.assertion(&asked, &mira.user)).must(401);
}

pub type Lie = fn(&mut Authenticator);

pub const LIES: [(&str, Lie); 8] = [
    ("another website", |a| a.origin = "http://evil.localhost:8787"),
    ("another port", |a| a.origin = "http://admin.localhost:8788"),
    ("inside a frame", |a| a.cross_origin = true),
    ("another relying party", |a| a.host = "localhost"),
    ("nobody present", |a| a.flags = 0b100),
    ("not verified", |a| a.flags = 0b001),
    ("more than there should be", |a| a.tail = vec![0]),
    ("copied and not copyable", |a| a.flags = 0b1_0101),
];

#[test]
fn a_registration_that_lies_is_refused_with_the_reason() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    for (what, lie) in LIES {
        let mut phone = Authenticator::new(7);
        lie(&mut phone);
        let reply = keep(&mira, phone.registration(&begin(&mira))).must(422).value();
        assert_eq!(reply["problems"][0]["path"], "credential", "{what}");
    }
    let phone = Authenticator::new(7);
    let mut other_id = phone.registration(&begin(&mira));
    other_id["id"] = json!("AAAA");
    keep(&mira, other_id).must(422);
    let mut no_object = phone.registration(&begin(&mira));
    no_object["response"]["attestationObject"] = json!("oA");
    keep(&mira, no_object).must(422);
    let mut get = phone.registration(&begin(&mira));
    let question = begin(&mira);
    get["response"]["clientDataJSON"] = json!(BASE64.encode(phone.client_data("webauthn.get", &question)));
    keep(&mira, get).must(422);
    assert!(world.ask("SELECT 1 FROM passkeys").is_empty());
    register(&mira, &phone);
}

#[test]
fn a_sign_in_that_lies_is_refused_without_the_reason() {
    let world = World::new();
    let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
    let honest = Authenticator::new(7);
    register(&mira, &honest);
    let refused = |credential: Value| {
        let reply = sign_in(&world, credential).must(401).value();
        world.pass(MINUTE);
        assert_eq!(reply["detail"], "This passkey was not accepted. Try once more, or sign in another way.");
    };
    for (_, lie) in LIES {
        let mut phone = Authenticator::new(7);
        lie(&mut phone);
        refused(phone.assertion(&challenge(&world), &mira.user));
    }
    let mut other_key = Authenticator::new(8);
    other_key.id = honest.id.clone();
    refused(other_key.assertion(&challenge(&world), &mira.user));
    let mut phone = Authenticator::new(7);
    refused(phone.assertion(&challenge(&world), &noor.user));
    refused(Authenticator::new(9).assertion(&challenge(&world), &mira.user));
    for part in ["signature", "authenticatorData", "clientDataJSON"] {
        for bad in ["", "AAAA", "*"] {
            let mut credential = phone.assertion(&challenge(&world), &mira.user);
            credential["response"][part] = json!(bad);
            refused(credential);
        }
    }
    world.run_sql("UPDATE users SET status = 'blocked' WHERE email = 'mira@example.org'");
    refused(phone.assertion(&challenge(&world), &mira.user));
}

#[test]
fn a_counter_that_does_not_go_up_is_a_copied_authenticator() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let mut phone = Authenticator::new(7);
    register(&mira, &phone);
    phone.count = 10;
    sign_in(&world, phone.assertion(&challenge(&world), &mira.user)).must(200);
    for stale in [3, 10] {
        let mut copy = Authenticator::new(7);
        copy.count = stale;
        sign_in(&world, copy.assertion(&challenge(&world), &mira.user)).must(401);
    }
    assert!(world.logged.borrow().iter().any(|line| line.contains("its counter went back")));
    sign_in(&world, phone.assertion(&challenge(&world), &mira.user)).must(200);
    // Those that do not count say 0 each time.
    let tablet = Authenticator::new(8);
    register(&mira, &tablet);
    for _ in 0..2 {
        sign_in(&world, tablet.signed(&challenge(&world), &mira.user)).must(200);
    }
}

#[test]
fn passkeys_are_listed_renamed_and_removed_by_their_person_only() {
    let world = World::new();
    let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
    let mut phone = Authenticator::new(7);
    register(&mira, &phone);
    keep(&mira, phone.registration(&begin(&mira))).must(409);
    keep(&noor, phone.registration(&begin(&noor))).must(409);
    assert_eq!(world.mail("mira@example.org").unwrap()["subject"], "A passkey was added");
    let list = |who: &Browser| who.get("/api/v1/passkeys").must(200).value();
    let id = list(&mira)[0]["id"].as_str().unwrap().to_owned();
    let at = format!("/api/v1/passkeys/{id}");
    assert_eq!(list(&noor), json!([]));
    noor.send("PATCH", &at, json!({"name": "Mine"})).must(404);
    noor.delete(&at).must(404);
    mira.send("PATCH", &at, json!({"name": " "})).must(422);
    mira.send("PATCH", &at, json!({"name": "Old phone"})).must(204);
    assert_eq!((&list(&mira)[0]["name"], &list(&mira)[0]["backed_up"]), (&json!("Old phone"), &json!(false)));
    world.pass(16 * MINUTE);
    mira.delete(&at).must(403);
    mira.post("/api/v1/passkeys/options", json!({})).must(403);
    // The passkey itself is a fresh proof.
    mira.post("/api/v1/me/proof", json!({})).must(422);
    let proof = phone.assertion(&challenge(&world), &mira.user);
    noor.post("/api/v1/me/proof", json!({"passkey": proof})).must(401);
    let proof = phone.assertion(&challenge(&world), &mira.user);
    mira.post("/api/v1/me/proof", json!({"passkey": proof})).must(204);
    mira.delete(&at).must(204);
    assert_eq!(world.mail("mira@example.org").unwrap()["subject"], "A passkey was removed");
    sign_in(&world, phone.assertion(&challenge(&world), &mira.user)).must(401);
}

/// Made with OpenSSL: `openssl dgst -sha256 -sign`.
#[test]
fn a_recorded_signature_of_rsa_is_verified_and_small_keys_are_not_taken() {
    let recorded: Value = serde_json::from_str(include_str!("passkey-rs256.json")).unwrap();
    let party = crate::auth::webauthn::Party { origin: HOST, host: "admin.localhost" };
    let text = |name: &str| recorded[name].as_str().unwrap().to_owned();
    let check = |signature: &str, key: &str| {
        let response = json!({"clientDataJSON": text("clientDataJSON"), "authenticatorData": text("authenticatorData"), "signature": signature});
        let given = serde_json::from_value(json!({"id": "x", "response": response})).unwrap();
        crate::auth::webauthn::assert(&given, key, &party)
    };
    assert_eq!(check(&text("signature"), &text("publicKey")).unwrap().count, 5);
    assert!(check(&text("smallSignature"), &text("smallKey")).is_err());
    assert!(check(&text("smallSignature"), &text("publicKey")).is_err());
}
