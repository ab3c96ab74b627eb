//! The request itself: host, method, path, headers, query, the form of a body.

use super::{Case, Scene, add};
use crate::http::Request;
use crate::serve::MAX_BODY;
use crate::testing::request;
use serde_json::json;

pub fn cases(scene: &Scene, cases: &mut Vec<Case>) {
    hosts(cases);
    paths(scene, cases);
    headers(scene, cases);
    queries(scene, cases);
    forms(scene, cases);
}

/// Whatever the Host header says that is not the admin host.
fn hosts(cases: &mut Vec<Case>) {
    let long = format!("{}.example", "a".repeat(300));
    for host in [
        "bakery.localhost:8787",
        "localhost:8787",
        "admin.localhost.evil.example",
        "evil.example#admin.localhost",
        "admin.localhost@evil.example",
        "mira@admin.localhost:8787",
        "evil.example\\admin.localhost",
        "admin.localhost:port",
        "admin.localhost:123456",
        "admin.localhost..",
        ".admin.localhost",
        "аdmin.localhost",
        "xn--dmin-7cd.localhost",
        "admin。localhost",
        "admin%2elocalhost",
        "127.0.0.1:8787",
        "[::1]:8787",
        "2130706433",
        "",
        "-admin.localhost",
        "admin_.localhost",
        "admin.localhost\0",
        &long,
    ] {
        let mut asked = request("GET", "/");
        asked.url = format!("http://{host}/api/v1");
        let shown: String = host.chars().take(40).collect();
        add(cases, "host", format!("{shown:?}"), asked);
    }
}

fn paths(scene: &Scene, cases: &mut Vec<Case>) {
    let mut plain = |method: &str, path: &str| {
        let shown: String = path.chars().take(60).collect();
        add(cases, "path", format!("{method} {shown}"), request(method, path));
    };
    for path in [
        "/api/v1/",
        "/api/v2/me",
        "/api/v1/me/",
        "/api/v1//me",
        "/api/v1/../api/v1/me",
        "/API/V1/ME",
        "/api/v1/%6de",
        "/api/v1/me%00",
        "/.env",
    ] {
        plain("GET", path);
    }
    plain("GET", &format!("/api/v1/{}", "x".repeat(20_000)));
    for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "BREW", ""] {
        plain(method, "/api/v1/me");
    }
    for (method, path) in [
        ("GET", "~/pages/../../other"),
        ("GET", "~/pages/%2e%2e"),
        ("GET", "~/pages/home%00"),
        ("GET", "~/pages/' OR 1=1 --"),
        ("GET", "~/entities/loaf';"),
        ("GET", "~/releases/-1"),
        ("GET", "~/releases/1e3"),
        ("GET", "~/releases/99999999999999999999"),
        ("GET", "~/releases/9007199254740993"),
        ("POST", "~/releases/0/roll-back"),
        ("GET", "~/revisions/page/home/0"),
        ("GET", "~/revisions/page/home/1.0"),
        ("GET", "~/revisions/pages/home"),
        ("GET", "~/revisions/users/1"),
        ("GET", "~/revisions/page/home/1/differences"),
        ("GET", "~/locks/release/1"),
        ("GET", "~/locks/page/.."),
        ("PUT", "~/assets/file/variants/0"),
        ("PUT", "~/assets/file/variants/wide"),
    ] {
        add(cases, "path", format!("{method} {path}"), scene.request(method, path));
    }
}

fn headers(scene: &Scene, cases: &mut Vec<Case>) {
    let page = || scene.request("PUT", "~/pages/home").json(super::page("/", "Other"));
    for tag in
        ["*", "1", "\"one\"", "\"-1\"", "\"1\", \"2\"", "W/\"\"", "\"18446744073709551616\"", "'1'", "\"7\""]
    {
        // A number without quotes is understood.
        if tag != "1" {
            add(cases, "header", format!("If-Match: {tag}"), page().with("if-match", tag));
        }
    }
    add(cases, "header", "no If-Match on a page that is there", page());
    add(
        cases,
        "header",
        "If-Match on a page that is not there",
        scene.request("PUT", "~/pages/new").json(super::page("/new", "New")).with("if-match", "\"1\""),
    );
    let key = scene
        .request("POST", "~/releases")
        .json(json!({"everything": true}))
        .with("idempotency-key", "k".repeat(201));
    add(cases, "header", "Idempotency-Key of 201 characters", key);
    for (what, name, value) in [
        ("Origin: another website", "origin", "https://evil.example"),
        ("Origin: null", "origin", "null"),
        ("Origin: another port", "origin", "http://admin.localhost:1"),
        ("Origin: https for http", "origin", "https://admin.localhost:8787"),
        ("no Origin", "origin", ""),
        ("Sec-Fetch-Site: cross-site", "sec-fetch-site", "cross-site"),
        ("Sec-Fetch-Site: same-site", "sec-fetch-site", "same-site"),
    ] {
        let asked = scene.request("POST", "~/republish").with(name, value);
        add(cases, "header", what, asked);
    }
    let door = |name: &'static str, value: &str| {
        request("POST", "/api/v1/password-reset").json(json!({"email": "mira@example.org"})).with(name, value)
    };
    add(cases, "header", "another website asks for a reset", door("origin", "https://evil.example"));
    add(
        cases,
        "header",
        "another website asks for a reset without its name",
        door("sec-fetch-site", "cross-site"),
    );
    for media in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json, text/html",
        "json",
    ] {
        let asked = scene.request("POST", "~/releases").json(json!({})).with("content-type", media);
        add(cases, "header", format!("Content-Type: {media}"), asked);
    }
}

fn queries(scene: &Scene, cases: &mut Vec<Case>) {
    let long = format!("^/members?limit={}", "9".repeat(10_000));
    for path in [
        "^/members?limit=0",
        "^/members?limit=201",
        "^/members?limit=-1",
        "^/members?limit=1.5",
        "^/members?limit=all",
        "^/members?limit=",
        "^/members?limit=%00",
        "^/members?limit=5&limit=0&limit",
        &long,
        "^/audit?after=x",
        "^/audit?after=-1",
        "^/audit?after=1e9",
        "^/sites?after=",
        "^/sites?after=2026-03-14T09:30:00Z",
        "^/invitations?after=%ff",
        "~/pages?after=1",
        "~/pages?sort=title",
        "~/entities?type=product&filter[price]=1",
        "^/roles?limit=1",
        "~/pages?status=Draft",
        "~/pages?status=trashed",
        "~/releases?after=one",
        "~/releases?after=99999999999999999999",
        "~/entities",
        "~/entities?type=product&status=gone",
        "~/entities?type=product&after=loaf",
        "~/entities?type=product&sort=sku",
        "~/entities?type=product&sort=price&from=much",
        "~/entities?type=product&sort=price&after=loaf",
        "~/entities?type=product&sort=price&locale=xx",
        "~/entities?type=product&sort=price&status=trashed",
        "~/entities?type=nothing&sort=price",
        "~/entities?type=product&filter=price",
        "~/entities?type=product&limit=1000",
        "~/assets?status=gone",
        "~/assets?after=1",
        "~/assets?limit=x",
        "~/revisions/page/home?after=first",
        "~/revisions/page/home/1/differences?to=0",
        "~/imports/none?after=x",
    ] {
        let shown: String = path.chars().take(60).collect();
        // Only the last of several counts where a name stands twice: the first one.
        if path != "^/members?limit=5&limit=0&limit" {
            add(cases, "query", shown, scene.request("GET", path));
        }
    }
    for path in ["~/types/product?dryrun=true", "~/types/product?dry_run=1"] {
        let asked = scene.request("PUT", path).json(crate::tests::entities::product());
        add(cases, "query", format!("PUT {path}"), asked.with("if-match", "\"1\""));
    }
    let import =
        scene.request("PUT", "~/imports/new?type=product&publish=yes").file(b"id,slug,title\na,a,A\n");
    add(cases, "query", "PUT ~/imports/new?publish=yes", import.with("content-type", "text/csv"));
    add(cases, "query", "DELETE ~/asset-folders", scene.request("DELETE", "~/asset-folders"));
    add(
        cases,
        "query",
        "DELETE ~/asset-folders?folder=..",
        scene.request("DELETE", "~/asset-folders?folder=.."),
    );
}

/// Bodies that are no JSON, or none of a reasonable form.
fn forms(scene: &Scene, cases: &mut Vec<Case>) {
    let mut raw = |what: &str, bytes: Vec<u8>| {
        let asked = Request { body: bytes, ..scene.request("PUT", "~/settings/general") };
        add(cases, "form", what, asked.with("content-type", "application/json"));
    };
    raw("nothing", vec![]);
    raw("a space", b" ".to_vec());
    raw("cut off in an object", b"{\"name\": {\"en\": ".to_vec());
    raw("cut off in a text", b"{\"name".to_vec());
    raw("two values", b"{} {}".to_vec());
    raw("something behind it", b"{};".to_vec());
    raw("a comma too many", b"{\"name\": {},}".to_vec());
    raw("single quotes", b"{'name': {}}".to_vec());
    raw("names without quotes", b"{name: {}}".to_vec());
    raw("a comment", b"{/* x */}".to_vec());
    raw("NaN", b"{\"name\": NaN}".to_vec());
    raw("a number with a plus", b"{\"name\": +1}".to_vec());
    raw("a number beyond all bounds", b"{\"name\": 1e999}".to_vec());
    raw("a control character in a text", b"{\"name\": \"a\x01b\"}".to_vec());
    raw("a bad escape", b"{\"name\": \"\\x41\"}".to_vec());
    raw("half a surrogate pair", b"{\"name\": \"\\ud800\"}".to_vec());
    raw("Latin-1", b"{\"name\": \"caf\xe9\"}".to_vec());
    raw("UTF-16", b"\xff\xfe{\0}\0".to_vec());
    raw("a byte order mark", b"\xef\xbb\xbf{}".to_vec());
    raw("overlong UTF-8", b"{\"name\": \"\xc0\xaf\"}".to_vec());
    raw("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec());
    raw("XML", b"<name>Bakery</name>".to_vec());
    raw("a form", b"name=Bakery&locales=en".to_vec());
    raw("a list", b"[]".to_vec());
    raw("a text", b"\"general\"".to_vec());
    raw("null", b"null".to_vec());
    raw(
        "a name twice",
        b"{\"name\": {\"en\": \"A\"}, \"locales\": [\"en\"], \"locales\": [\"de\"]}".to_vec(),
    );
    raw(
        "1,000 lists in each other",
        [b"{\"name\": ".to_vec(), vec![b'['; 1000], vec![b']'; 1000], b"}".to_vec()].concat(),
    );
    raw("100,000 lists that do not end", vec![b'['; 100_000]);
    raw(
        "127 objects in each other",
        ["{\"name\":".repeat(127), "1".to_owned(), "}".repeat(127)].concat().into_bytes(),
    );
    raw("one byte more than may be", vec![b' '; MAX_BODY + 1]);
    raw(
        "100,000 names",
        format!("{{{}}}", (0..50_000).map(|n| format!("\"n{n}\": 1")).collect::<Vec<_>>().join(","))
            .into_bytes(),
    );
}
