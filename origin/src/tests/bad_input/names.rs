//! Hosts and domains that a site asks for.

use super::{Case, Scene, add};
use serde_json::json;

pub fn cases(scene: &Scene, cases: &mut Vec<Case>) {
    let long = format!("{}.example.com", ["a".repeat(60).as_str(); 4].join("."));
    let label = format!("{}.example", "a".repeat(64));
    for host in [
        "",
        " ",
        ".",
        "bakery",
        "localhost",
        "bakery.localhost",
        "admin.localhost",
        "x.admin.localhost",
        "bakery.test",
        "bakery.invalid",
        "bakery.local",
        "bakery.onion",
        "bakery.internal",
        "1.168.192.in-addr.arpa",
        "www.example.com",
        "example.org",
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "2130706433",
        "0x7f.0.0.1",
        "[::1]",
        "::1",
        "www.bakery.example:8080",
        "https://www.bakery.example",
        "www.bakery.example/menu",
        "user@bakery.example",
        "www.bakery.example?x",
        "*.bakery.example",
        "_manysite.bakery.example",
        "-bakery.example",
        "bakery-.example",
        "bakery..example",
        ".bakery.example",
        "bakery.example..",
        "bak ery.example",
        "bakery\n.example",
        "bakery\0.example",
        "bäckerei.example",
        "bаkery.example",
        "bakery。example",
        "xn--.example",
        "xn--a9999999999.example",
        "www.XN--BCKEREI-UPA.example",
        "xn--bakery-.example",
        "xn--1ug.example",
        "127.0.0.0x1",
        "my_shop.bakery.example",
        "ＢＡＫＥＲＹ.example",
        "مخبز.example",
        &label,
        &long,
    ] {
        let shown: String = host.chars().take(40).collect();
        let body = json!({"host": host, "method": "dns"});
        add(
            cases,
            "domain",
            format!("{shown:?}, {} bytes", host.len()),
            scene.request("POST", "~/domains").json(body),
        );
    }
    for method in [json!("DNS"), json!("tls"), json!(1), json!(null)] {
        let body = json!({"host": "www.bakery.example", "method": method});
        add(cases, "domain", format!("proven by {method}"), scene.request("POST", "~/domains").json(body));
    }
    for path in [
        "~/domains/www.none.example/check",
        "~/domains/../check",
        "~/domains/%00/check",
        "~/hosts/none.localhost/primary",
        "~/hosts/other.localhost/primary",
    ] {
        add(cases, "domain", format!("POST {path}"), scene.request("POST", path));
    }
    for path in ["~/hosts/other.localhost", "~/hosts/bakery.localhost", "~/domains/bakery.localhost"] {
        add(cases, "domain", format!("DELETE {path}"), scene.request("DELETE", path));
    }
    for name in [
        "",
        "a.b",
        "Bakery",
        "-a",
        "a-",
        "a_b",
        "a b",
        "ä",
        "admin",
        "www",
        "xn--bcker-gra",
        "bakery",
        "other",
        "a\0",
        "..",
        "a:1",
        "*",
        "аdmin",
        &"a".repeat(64),
        &"a".repeat(10_000),
    ] {
        let shown: String = name.chars().take(40).collect();
        add(
            cases,
            "host",
            format!("a name: {shown:?}, {} bytes", name.len()),
            scene.request("POST", "~/hosts").json(json!({"name": name})),
        );
    }
}
