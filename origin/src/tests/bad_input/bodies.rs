//! Bodies of the tenant, its people and its sites.

use super::{Case, Scene, add};
use crate::tests::isolation::body;
use serde_json::{Value, json};

pub fn cases(scene: &Scene, cases: &mut Vec<Case>) {
    let mut send = |method: &str, path: &str, what: &str, body: Value| {
        add(cases, "body", format!("{method} {path}: {what}"), scene.request(method, path).json(body));
    };
    let site = |name: Value, locales: Value| json!({"name": name, "locales": locales, "host": "brand-new"});
    for (what, body) in [
        ("nothing", json!({})),
        ("a name that is no list of names", site(json!("Bakery"), json!(["en"]))),
        ("no name", site(json!({}), json!(["en"]))),
        ("an empty name", site(json!({"en": "  "}), json!(["en"]))),
        ("a name on two lines", site(json!({"en": "A\nB"}), json!(["en"]))),
        ("a name of 121 letters", site(json!({"en": "a".repeat(121)}), json!(["en"]))),
        ("a name in a language that it has not", site(json!({"de": "A"}), json!(["en"]))),
        ("no language", site(json!({"en": "A"}), json!([]))),
        ("a language twice", site(json!({"en": "A"}), json!(["en", "en"]))),
        (
            "languages that are none",
            site(json!({"en": "A"}), json!(["EN", "english", "e", "en-", "en_GB", "../x", ""])),
        ),
        (
            "51 languages",
            site(
                json!({"aa": "A"}),
                json!((0..51).map(|n| format!("a{}", char::from(b'a' + (n % 26) as u8))).collect::<Vec<_>>()),
            ),
        ),
        ("a list of numbers", site(json!({"en": "A"}), json!([1]))),
        (
            "one name too many",
            json!({"name": {"en": "A"}, "locales": ["en"], "host": "x", "tenant": "other"}),
        ),
        ("a host that is taken", json!({"name": {"en": "A"}, "locales": ["en"], "host": "bakery"})),
    ] {
        send("POST", "^/sites", what, body);
    }
    send("PATCH", "~", "an unknown status", json!({"status": "gone"}));
    send("PATCH", "~", "suspended is not the tenant's to say", json!({"status": "suspended"}));
    send("PATCH", "~", "no name at all", json!({"name": {}}));
    send("PATCH", "~", "another id", json!({"id": "x"}));
    let token = |scopes: Value, days: Value| json!({"name": "Import", "scopes": scopes, "days": days});
    for (what, body) in [
        ("no name", json!({"name": "", "scopes": ["site.read"], "days": 1})),
        ("no scopes", token(json!([]), json!(1))),
        ("an unknown scope", token(json!(["everything"]), json!(1))),
        ("0 days", token(json!(["site.read"]), json!(0))),
        ("367 days", token(json!(["site.read"]), json!(367))),
        ("-1 days", token(json!(["site.read"]), json!(-1))),
        ("a text of 100,000 letters for days", token(json!(["site.read"]), json!("x".repeat(100_000)))),
        ("half a day", token(json!(["site.read"]), json!(0.5))),
        ("2^64 days", token(json!(["site.read"]), json!(18_446_744_073_709_551_615u64))),
        ("a site that is none", json!({"name": "x", "scopes": ["site.read"], "days": 1, "site": "../x"})),
    ] {
        send("POST", "^/tokens", what, body);
    }
    let role = |name: &str, permissions: Value| json!({"name": name, "permissions": permissions});
    send("POST", "^/roles", "no name", role(" ", json!(["site.read"])));
    send("POST", "^/roles", "no permissions", role("Reader", json!([])));
    send("POST", "^/roles", "an unknown permission", role("Reader", json!(["site.*"])));
    send("POST", "^/roles", "a text for a list", role("Reader", json!("site.read")));
    send("PUT", "^/roles/none", "a role that is not there", role("Reader", json!(["site.read"])));
    send("PUT", "^/roles/viewer", "a role that is built in", role("Reader", json!(["site.read"])));
    send("POST", "^/invitations", "no address", json!({"email": "", "role": "viewer"}));
    send("POST", "^/invitations", "an unknown role", json!({"email": "new@example.org", "role": "king"}));
    send(
        "POST",
        "^/invitations",
        "another tenant's site",
        json!({"email": "new@example.org", "role": "viewer", "site": scene.other}),
    );
    send(
        "POST",
        "^/invitations",
        "a member already",
        json!({"email": "vera@members.example", "role": "viewer"}),
    );
    send(
        "POST",
        "^/invitations",
        "an address with a line break",
        json!({"email": "a@b.example\r\nBcc: c@d.example", "role": "viewer"}),
    );
    send("PATCH", "^/members/vera", "an unknown role", json!({"roles": [{"role": "king"}]}));
    send(
        "PATCH",
        "^/members/vera",
        "a role twice",
        json!({"roles": [{"role": "viewer"}, {"role": "viewer"}]}),
    );
    send(
        "PATCH",
        "^/members/vera",
        "another tenant's site",
        json!({"roles": [{"role": "viewer", "site": scene.other}]}),
    );
    send("PATCH", "^/members/vera", "201 roles", json!({"roles": vec![json!({"role": "viewer"}); 201]}));
    send("PATCH", "^/members/vera", "an unknown status", json!({"status": "gone"}));
    send("PATCH", "^/members/none", "nobody", json!({"status": "active"}));
    send(
        "PATCH",
        &format!("^/members/{}", scene.user),
        "the last administrator becomes a viewer",
        json!({"roles": [{"role": "viewer"}]}),
    );
    send("PATCH", "/me", "a name of 121 letters", json!({"name": "a".repeat(121)}));
    send("PATCH", "/me", "a name on two lines", json!({"name": "a\nb"}));
    send("PATCH", "/me", "an address as well", json!({"name": "a", "email": "x@example.org"}));
    send("POST", "/me/email", "no address", json!({"email": "x"}));
    send("PATCH", "/passkeys/none", "a passkey that is not there", json!({"name": "x"}));
    for (what, redirects) in [
        ("no list", json!({"from": "/a", "to": "/b"})),
        ("a path that is none", json!([{"from": "a", "to": "/b"}])),
        ("a path with a query", json!([{"from": "/a?x=1", "to": "/b"}])),
        ("a path in upper case", json!([{"from": "/A", "to": "/b"}])),
        ("a path with ..", json!([{"from": "/a/../b", "to": "/b"}])),
        ("to itself", json!([{"from": "/a", "to": "/a"}])),
        ("to a script", json!([{"from": "/a", "to": "javascript:alert(1)"}])),
        ("to data", json!([{"from": "/a", "to": "data:text/html,x"}])),
        ("to another website without a scheme", json!([{"from": "/a", "to": "//evil.example"}])),
        ("to another website by backslashes", json!([{"from": "/a", "to": "/\\evil.example"}])),
        ("with a line break", json!([{"from": "/a", "to": "/b\r\nset-cookie: x=y"}])),
        ("a path twice", json!([{"from": "/a", "to": "/b"}, {"from": "/a", "to": "/c"}])),
        ("status 200", json!([{"from": "/a", "to": "/b", "status": 200}])),
        ("status 99999", json!([{"from": "/a", "to": "/b", "status": 99999}])),
        ("1,001", json!((0..1001).map(|n| json!({"from": format!("/{n}"), "to": "/"})).collect::<Vec<_>>())),
    ] {
        send("PUT", "~/redirects", what, json!({"redirects": redirects}));
    }
    for (what, body) in [
        ("a page that is not there", json!({"pages": ["none"]})),
        ("a page whose id has 100,000 letters", json!({"pages": ["a".repeat(100_000)]})),
        (
            "500 pages that are not there",
            json!({"pages": (0..500).map(|n| n.to_string()).collect::<Vec<_>>()}),
        ),
        ("a block that is not there", json!({"blocks": ["none"]})),
        ("a setting that is not there", json!({"settings": ["none"]})),
        ("a page that is taken away and is not there", json!({"unpublish": ["none"]})),
        ("a language that is none", json!({"locale": "English"})),
        ("a language that it has not", json!({"locale": "de"})),
        ("501 pages", json!({"pages": vec!["home"; 501]})),
        ("a note of 501 letters", json!({"everything": true, "note": "a".repeat(501)})),
        ("a text for true", json!({"everything": "yes"})),
        ("an unknown name", json!({"all": true})),
    ] {
        send("POST", "~/releases", what, body);
    }
    send("POST", "~/releases/99/roll-back", "a release that is not there", json!({}));
    let asset = |what: &str, body: Value| ("PATCH", "~/assets/none", what.to_owned(), body);
    let (method, path, what, body_) = asset("a file that is not there", body("change_asset"));
    send(method, path, &what, body_);
    for folder in ["", "/", "..", "a/../b", "a//b", "a\u{0}", "a/b/c/d/e/f/g/h/i", &"a".repeat(121)] {
        let shown: String = folder.chars().take(30).collect();
        send("POST", "~/asset-folders", &format!("the folder {shown:?}"), json!({"folder": folder}));
    }
    send("PATCH", "~/asset-folders", "a folder that is not there", json!({"folder": "none", "to": "b"}));
    send("PATCH", "~/asset-folders", "into itself", json!({"folder": "a", "to": "a/b"}));
}
