//! Which names can be somebody's own domain. What is refused here could never be proven, or must not be.

use crate::stores::Stores;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use model::Problem;
use model::names::Hostname;
use std::net::IpAddr;

/// Names that lead to no public host ([RFC 6761](https://www.rfc-editor.org/rfc/rfc6761), 6762, 7686, 8375, 9476), and
/// ICANN's `internal`.
const RESERVED: [&str; 10] =
    ["alt", "arpa", "example", "internal", "invalid", "lan", "local", "localhost", "onion", "test"];
const EXAMPLES: [&str; 3] = ["example.com", "example.net", "example.org"];

const ADDRESS: &str = "expected a name and not a network address";

/// A host that can be somebody's own domain: in lower case and without the root's dot, however it was typed.
pub fn claimable(stores: &dyn Stores, given: &str) -> Result<Hostname, Problem> {
    let problem = |message: String| Problem::new("host", message);
    let given = given.trim();
    if let Some(why) = mistaken(given) {
        return Err(problem(why));
    }
    let host = Hostname::parse(given).map_err(|e| problem(e.to_string()))?;
    let name = host.as_str();
    let below =
        |domain: &str| name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let Some((_, top)) = name.rsplit_once('.') else {
        return Err(problem("expected a name with a dot, such as \"www.bakery.example\"".to_owned()));
    };
    // Programs read 127.0.0.0x1 as an address too.
    if top.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(problem(ADDRESS.to_owned()));
    }
    if let Some(why) = malformed(name) {
        return Err(problem(why));
    }
    for variable in ["PLATFORM_HOST", "ADMIN_HOST", "CUSTOM_HOSTS_TARGET"] {
        if stores.variable(variable).is_some_and(|own| !own.is_empty() && below(&own)) {
            return Err(problem(
                "is the platform's own domain: `POST …/hosts` gives names below it".to_owned(),
            ));
        }
    }
    // Development has no public names; what it may use stands in its configuration.
    let allowed = stores.variable("RESERVED_DOMAINS_ALLOWED").unwrap_or_default();
    let allowed = allowed.split_whitespace().any(|other| other == top);
    if !allowed && (RESERVED.contains(&top) || EXAMPLES.into_iter().any(below)) {
        return Err(problem("is a reserved name that leads to no public host".to_owned()));
    }
    Ok(host)
}

/// What somebody wrote who knows what they mean, and how it is written.
fn mistaken(given: &str) -> Option<String> {
    let bare = given.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(given);
    if bare.parse::<IpAddr>().is_ok() {
        return Some(ADDRESS.to_owned());
    }
    if given.contains(['/', '?', '#', '@']) {
        return Some("expected the name alone, without https://, path or user".to_owned());
    }
    if let Some((name, port)) = given.rsplit_once(':')
        && !name.is_empty()
        && port.bytes().all(|b| b.is_ascii_digit())
    {
        return Some(format!("expected the name without a port: {name:?}"));
    }
    if given.starts_with("*.") {
        return Some("expected one name: claim each by itself".to_owned());
    }
    if given.contains('_') {
        return Some("a host name has no _: such names hold records, and lead to no website".to_owned());
    }
    if given.is_ascii() {
        return None;
    }
    let name = given.strip_suffix('.').unwrap_or(given);
    let ascii = Uts46::new()
        .to_ascii(name.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow, DnsLength::Verify)
        .ok()?;
    Some(format!("expected its form in ASCII, as it stands in DNS: {ascii:?}"))
}

/// What is wrong with the international labels of a name in ASCII ([RFC 5891](https://www.rfc-editor.org/rfc/rfc5891),
/// [UTS 46](https://www.unicode.org/reports/tr46/)): each has to be the one form of a text that may stand in a name.
fn malformed(name: &str) -> Option<String> {
    let is_sound = |text: &str| {
        let (unicode, read) = Uts46::new().to_unicode(text.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow);
        let back =
            Uts46::new().to_ascii(unicode.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow, DnsLength::Ignore);
        read.is_ok() && back.is_ok_and(|back| back == text)
    };
    let wrong = name.split('.').find(|label| label.starts_with("xn--") && !is_sound(label));
    if let Some(label) = wrong {
        return Some(format!(
            "{label:?} is no international label: what follows xn-- has to be Punycode of letters that names may have. Write the name as your DNS provider shows it"
        ));
    }
    // Between labels there are rules too, of scripts that are written from right to left.
    let is_whole = !name.contains("xn--") || is_sound(name);
    (!is_whole).then(|| format!("{name:?} mixes directions of writing in a way that names may not"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    fn said(name: &str) -> Result<String, String> {
        claimable(&World::new(), name).map(|host| host.to_string()).map_err(|problem| problem.message)
    }

    #[test]
    fn names_are_taken_as_they_stand_in_dns_however_they_are_typed() {
        for (name, host) in [
            ("www.Bakery.DE", "www.bakery.de"),
            ("bakery.de.", "bakery.de"),
            (" bakery.de ", "bakery.de"),
            ("XN--BCKEREI-5WA.de", "xn--bckerei-5wa.de"),
            ("xn--mgbr2e3b.de", "xn--mgbr2e3b.de"),
            ("shop.xn--p1ai", "shop.xn--p1ai"),
            ("xn--fiqs8s.xn--fiqs8s", "xn--fiqs8s.xn--fiqs8s"),
            ("a--b.de", "a--b.de"),
            ("r3---sn.video.de", "r3---sn.video.de"),
            ("4.example.de", "4.example.de"),
        ] {
            assert_eq!(said(name), Ok(host.to_owned()), "{name}");
        }
    }

    #[test]
    fn a_label_that_is_no_punycode_of_a_name_is_refused_by_its_name() {
        for label in [
            // Not Punycode; too large a number; nothing behind it; plain ASCII behind it.
            "xn--a9999999999",
            "xn--99999999",
            "xn--bcker-",
            "xn--bakery-",
            "xn--0",
            // Ä in upper case, a fullwidth y, a joiner alone, an accent at the start, ä in two parts.
            "xn--bckerei-upa",
            "xn--baker-lt33a",
            "xn--1ug",
            "xn--e-wbb",
            "xn--a-ccb",
        ] {
            for name in [format!("{label}.de"), format!("www.{label}.co.de"), format!("bakery.{label}")] {
                let why = said(&name).unwrap_err();
                assert!(why.contains(label), "{name}: {why}");
            }
        }
    }

    #[test]
    fn what_is_meant_is_said_where_it_can_be_told() {
        for (name, part) in [
            ("www.bakery.de:8080", "without a port: \"www.bakery.de\""),
            ("www.bakery.de:", "without a port"),
            ("https://www.bakery.de", "the name alone"),
            ("user@bakery.de", "the name alone"),
            ("*.bakery.de", "one name"),
            ("_manysite.bakery.de", "no _"),
            ("my_shop.bakery.de", "no _"),
            ("bäckerei.de", "\"xn--bckerei-5wa.de\""),
            ("مخبز.de", "in ASCII"),
            ("ＢＡＫＥＲＹ.de", "\"bakery.de\""),
            ("127.0.0.1", ADDRESS),
            ("127.0.0.0x1", ADDRESS),
            ("1.2.3.4.", ADDRESS),
            ("[::1]", ADDRESS),
            ("2001:db8::1", ADDRESS),
            ("[2001:db8::1]", ADDRESS),
            ("bakery", "with a dot"),
            ("4.xn--ngbln7e.de", "directions of writing"),
            ("bakery.test", "reserved"),
            ("", "1 to 253"),
        ] {
            let why = said(name).unwrap_err();
            assert!(why.contains(part), "{name}: {why}");
        }
    }
}
