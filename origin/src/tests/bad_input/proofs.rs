//! Who asks: tokens, sessions, passwords, codes, passkeys and their signatures.

use super::{Case, ENTER, NEW, Scene, TOKEN, add};
use crate::http::Request;
use crate::testing::{PASSWORD, request};
use crate::tests::passkeys::{Authenticator, LIES};
use serde_json::{Value, json};

pub fn cases(scene: &Scene, cases: &mut Vec<Case>) {
    tokens(scene, cases);
    sessions(scene, cases);
    passwords(scene, cases);
    codes(scene, cases);
    passkeys(scene, cases);
}

fn tokens(scene: &Scene, cases: &mut Vec<Case>) {
    let site = format!("/api/v1/sites/{}", scene.site);
    let mut with = |what: &str, value: &str, method: &str, path: &str| {
        add(cases, "token", what, request(method, path).with("authorization", value));
    };
    for (what, value) in [
        ("an empty one", "Bearer ".to_owned()),
        ("only the word", "Bearer".to_owned()),
        ("another scheme", format!("Basic {TOKEN}")),
        ("the scheme in lower case and a wrong token", "bearer x".to_owned()),
        ("no scheme", TOKEN.to_owned()),
        ("one of another product", "Bearer ghp_0123456789".to_owned()),
        ("only its mark", "Bearer manysite_".to_owned()),
        ("unknown", format!("Bearer manysite_{}", "0".repeat(64))),
        ("its end is missing", format!("Bearer {}", &TOKEN[..TOKEN.len() - 1])),
        ("a letter more", format!("Bearer {TOKEN}0")),
        ("in upper case", format!("Bearer {}", TOKEN.to_uppercase())),
        ("its digest", format!("Bearer manysite_{}", crate::secret::digest(TOKEN))),
        ("two", format!("Bearer {TOKEN}, Bearer {TOKEN}")),
        ("expired", "Bearer manysite_expired".to_owned()),
        ("revoked", "Bearer manysite_revoked".to_owned()),
        ("100,000 characters", format!("Bearer manysite_{}", "a".repeat(100_000))),
        ("SQL", "Bearer manysite_' OR 1=1 --".to_owned()),
        ("NUL", "Bearer manysite_\0".to_owned()),
    ] {
        with(what, &value, "GET", &site);
    }
    let good = format!("Bearer {TOKEN}");
    with("good, another tenant's site", &good, "GET", &format!("/api/v1/sites/{}", scene.other));
    with("good, without the scope", &good, "DELETE", &format!("{site}/pages/about"));
    with("good, where only people may act", &good, "POST", "/api/v1/sign-out");
    with("good, of no use on the platform", &good, "GET", "/api/v1/platform/tenants");
    let both = scene.request("POST", "~/republish").with("authorization", "Bearer manysite_0");
    add(cases, "token", "a bad one beside a good session", both);
}

fn sessions(scene: &Scene, cases: &mut Vec<Case>) {
    let (name, token) = scene.cookie.split_once('=').unwrap();
    for (what, cookie) in [
        ("none", String::new()),
        ("empty", "session=".to_owned()),
        ("unknown", format!("session={}", "0".repeat(64))),
        ("its end is missing", format!("{name}={}", &token[..token.len() - 1])),
        ("in upper case", format!("{name}={}", token.to_uppercase())),
        ("its digest", format!("{name}={}", crate::secret::digest(token))),
        ("quoted", format!("{name}=\"{token}\"")),
        ("another name", format!("Session={token}")),
        ("a name that ends like it", format!("my{name}={token}")),
        ("the name of https", format!("__Host-session={token}")),
        ("a wrong one before the good one", format!("{name}=x; {name}={token}")),
        ("commas in place of semicolons", format!("a=b, {name}={token}")),
        ("100,000 characters", format!("{name}={}", "a".repeat(100_000))),
        ("SQL", format!("{name}=' OR 1=1 --")),
    ] {
        add(cases, "session", what, request("GET", "/api/v1/me").with("cookie", cookie));
    }
    let viewer = |method: &str, path: &str| scene.request(method, path).with("cookie", "session=vera-viewer");
    add(
        cases,
        "session",
        "a viewer publishes",
        viewer("POST", "~/releases").json(json!({"everything": true})),
    );
    add(
        cases,
        "session",
        "a viewer imports",
        viewer("PUT", "~/imports/x?type=product").file(b"id,slug\n").with("content-type", "text/csv"),
    );
    add(
        cases,
        "session",
        "another tenant's site",
        Request {
            url: scene.request("GET", "~").url.replace(&scene.site, &scene.other),
            ..scene.request("GET", "~")
        },
    );
    add(cases, "session", "another device's session", scene.request("DELETE", "/sessions/vera"));
    add(cases, "session", "another person's token", scene.request("DELETE", "^/tokens/none"));
}

fn passwords(scene: &Scene, cases: &mut Vec<Case>) {
    let mut sign_in = |what: &str, email: Value, password: Value| {
        let body = json!({"email": email, "password": password});
        add(cases, "sign-in", what, request("POST", "/api/v1/sign-in").json(body));
    };
    let mira = || json!("mira@example.org");
    sign_in("a wrong password", mira(), json!("seven grey ferries at night"));
    sign_in("the password with a space behind it", mira(), json!(format!("{PASSWORD} ")));
    sign_in("the password in upper case", mira(), json!(PASSWORD.to_uppercase()));
    sign_in("an empty password", mira(), json!(""));
    sign_in("an address that has no account", json!("nobody@example.org"), json!(PASSWORD));
    sign_in("an address that is none", json!("mira"), json!(PASSWORD));
    sign_in("an empty address", json!(""), json!(PASSWORD));
    sign_in("SQL", json!("' OR 1=1 --"), json!("' OR 1=1 --"));
    sign_in("a password of 500,000 characters", mira(), json!("x".repeat(500_000)));
    sign_in("an address of 500,000 characters", json!("x".repeat(500_000)), json!(PASSWORD));
    sign_in("a number for a password", mira(), json!(12345678));
    sign_in("a list of addresses", json!(["mira@example.org"]), json!(PASSWORD));
    sign_in("null for a password", mira(), Value::Null);
    for password in [
        "1234567",
        "password",
        "12345678901234567890",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "new@example.org",
        "A company",
        "qwertyuiop",
    ] {
        let body = json!({"email": "new@example.org", "password": password, "tenant": "A company"});
        add(
            cases,
            "sign-up",
            format!("the password {password:?}"),
            request("POST", "/api/v1/sign-up").json(body),
        );
    }
    let long = json!({"email": "new@example.org", "password": "x y".repeat(43), "tenant": "A company"});
    add(cases, "sign-up", "a password of 129 characters", request("POST", "/api/v1/sign-up").json(long));
    for email in [
        "",
        "mira",
        "@example.org",
        "mira@",
        "mira@@example.org",
        "mira@exa mple.org",
        "mira@example.org\nBcc: x@evil.example",
        "mira @example.org",
        "mira@-example.org",
        "mira@exämple.org",
        "mira@[127.0.0.1]",
        "\"mira\"@",
        "mira@example.org, noor@example.org",
        "mira\0@example.org",
        "<mira@example.org>",
    ] {
        let body = json!({"email": email, "password": PASSWORD, "tenant": "A company"});
        add(
            cases,
            "sign-up",
            format!("the address {email:?}"),
            request("POST", "/api/v1/sign-up").json(body),
        );
    }
    let email = format!("{}@example.org", "m".repeat(250));
    add(
        cases,
        "sign-up",
        "an address of 262 characters",
        request("POST", "/api/v1/sign-up").json(json!({"email": email, "password": PASSWORD, "tenant": "A"})),
    );
    for (what, tenant) in [
        ("nameless", json!(" ")),
        ("on two lines", json!("A\nB")),
        ("of 121 letters", json!("a".repeat(121))),
        ("a number", json!(1)),
    ] {
        let body = json!({"email": "new@example.org", "password": PASSWORD, "tenant": tenant});
        add(cases, "sign-up", format!("a company {what}"), request("POST", "/api/v1/sign-up").json(body));
    }
    let proof = |body: Value| scene.request("POST", "/me/proof").json(body);
    add(cases, "proof", "nothing", proof(json!({})));
    add(cases, "proof", "a wrong password", proof(json!({"password": "x"})));
    add(
        cases,
        "proof",
        "a password and a passkey",
        proof(json!({"password": PASSWORD, "passkey": Authenticator::new(7).assertion(ENTER, &scene.user)})),
    );
    add(
        cases,
        "proof",
        "a new password that is guessed at once",
        scene.request("POST", "/me/password").json(json!({"password": "password1"})),
    );
}

fn codes(scene: &Scene, cases: &mut Vec<Case>) {
    let good = "0".repeat(64);
    for (path, more) in [
        ("/sign-up/confirm", json!({"password": PASSWORD})),
        ("/password-reset/confirm", json!({"password": "eleven quiet lamps by the quay"})),
        ("/invitations/join", json!({"name": "Mira", "password": "eleven quiet lamps by the quay"})),
        ("/me/email/confirm", json!({})),
        ("/invitations/accept", json!({})),
    ] {
        let mut send = |what: &str, code: Value| {
            let mut body = more.clone();
            body["code"] = code;
            add(cases, "code", format!("{what} for {path}"), scene.request("POST", path).json(body));
        };
        send("an unknown one", json!(good));
        send("an empty one", json!(""));
        send("a number", json!(1));
    }
    // A challenge is no code, though it stands in the same table.
    add(
        cases,
        "code",
        "a challenge",
        request("POST", "/api/v1/sign-up/confirm").json(json!({"code": NEW, "password": PASSWORD})),
    );
    add(
        cases,
        "code",
        "a very long one",
        request("POST", "/api/v1/sign-up/confirm")
            .json(json!({"code": "0".repeat(500_000), "password": PASSWORD})),
    );
}

fn passkeys(scene: &Scene, cases: &mut Vec<Case>) {
    let keep = |credential: Value| {
        scene.request("POST", "/passkeys").json(json!({"name": "Tablet", "credential": credential}))
    };
    let enter = |credential: Value| {
        request("POST", "/api/v1/sign-in/passkey").json(json!({"credential": credential}))
    };
    for (what, lie) in LIES {
        let mut tablet = Authenticator::new(8);
        lie(&mut tablet);
        add(cases, "passkey", format!("new: {what}"), keep(tablet.registration(NEW)));
        let mut phone = Authenticator::new(7);
        lie(&mut phone);
        add(cases, "passkey", format!("sign-in: {what}"), enter(phone.assertion(ENTER, &scene.user)));
    }
    let changed = |mut credential: Value, path: &str, value: Value| {
        *credential.pointer_mut(path).unwrap() = value;
        credential
    };
    let new = || Authenticator::new(8).registration(NEW);
    let old = || Authenticator::new(7).assertion(ENTER, &scene.user);
    for part in ["clientDataJSON", "attestationObject"] {
        for (what, value) in [
            ("is empty", json!("")),
            ("is other bytes", json!("AAAA")),
            ("is not Base64", json!("***")),
            ("is a number", json!(7)),
        ] {
            add(
                cases,
                "passkey",
                format!("new: {part} {what}"),
                keep(changed(new(), &format!("/response/{part}"), value)),
            );
        }
    }
    for part in ["clientDataJSON", "authenticatorData", "signature"] {
        for (what, value) in [
            ("is empty", json!("")),
            ("is other bytes", json!("AAAA")),
            ("is not Base64", json!("***")),
            ("is a number", json!(7)),
        ] {
            add(
                cases,
                "passkey",
                format!("sign-in: {part} {what}"),
                enter(changed(old(), &format!("/response/{part}"), value)),
            );
        }
    }
    let mut bit = old();
    let signature = bit["response"]["signature"].as_str().unwrap().to_owned();
    let last = if signature.ends_with('A') { "B" } else { "A" };
    bit["response"]["signature"] = json!(format!("{}{last}", &signature[..signature.len() - 1]));
    add(cases, "passkey", "sign-in: the last letter of the signature is another", enter(bit));
    add(cases, "passkey", "sign-in: the signature of another key", {
        let mut other = Authenticator::new(9);
        let theirs = other.assertion(ENTER, &scene.user);
        enter(changed(old(), "/response/signature", theirs["response"]["signature"].clone()))
    });
    add(
        cases,
        "passkey",
        "sign-in: an unknown passkey",
        enter(Authenticator::new(9).assertion(ENTER, &scene.user)),
    );
    add(
        cases,
        "passkey",
        "sign-in: another person's handle",
        enter(Authenticator::new(7).assertion(ENTER, "vera")),
    );
    add(
        cases,
        "passkey",
        "sign-in: a challenge of one's own",
        enter(Authenticator::new(7).assertion("mine", &scene.user)),
    );
    add(
        cases,
        "passkey",
        "sign-in: a challenge for a new one",
        enter(Authenticator::new(7).assertion(NEW, &scene.user)),
    );
    add(cases, "passkey", "sign-in: a registration", enter(new()));
    add(cases, "passkey", "new: a sign-in", keep(old()));
    add(cases, "passkey", "new: a challenge of one's own", keep(Authenticator::new(8).registration("mine")));
    add(cases, "passkey", "new: a challenge to sign in", keep(Authenticator::new(8).registration(ENTER)));
    add(cases, "passkey", "new: one that is there", keep(Authenticator::new(7).registration(NEW)));
    add(cases, "passkey", "new: another id", keep(changed(new(), "/id", json!("AAAA"))));
    add(
        cases,
        "passkey",
        "new: without a name",
        scene.request("POST", "/passkeys").json(json!({"name": " ", "credential": new()})),
    );
    add(
        cases,
        "passkey",
        "sign-in: no credential",
        request("POST", "/api/v1/sign-in/passkey").json(json!({})),
    );
    add(
        cases,
        "passkey",
        "sign-in: null",
        request("POST", "/api/v1/sign-in/passkey").json(json!({"credential": null})),
    );
}
