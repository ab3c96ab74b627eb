//! Looks whether somebody has put the token of a claim where only the owner of a host can.

use crate::stores::{Outgoing, Stores};
use model::names::Hostname;
use serde::Deserialize;

/// The name of the TXT record below the host.
pub const RECORD: &str = "_manysite";
/// The path of the file on the host.
pub const FILE: &str = "/.well-known/manysite";

/// Of an answer no more is read; a DNS answer with many other records has a tenth of it.
const MAX_BYTES: usize = 16 * 1024;
const MAX_MILLISECONDS: u64 = 5_000;

fn get(url: String, accept: &str) -> Outgoing {
    Outgoing {
        method: "GET",
        url,
        headers: vec![("accept", accept.to_owned())],
        body: String::new(),
        max_bytes: MAX_BYTES,
        milliseconds: MAX_MILLISECONDS,
    }
}

/// DNS over HTTPS in its JSON form.
#[derive(Deserialize)]
struct Resolved {
    #[serde(rename = "Status")]
    status: u32,
    #[serde(rename = "Answer", default)]
    answer: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    r#type: u32,
    data: String,
}

const TXT: u32 = 16;
const NO_SUCH_NAME: u32 = 3;

/// A TXT record is one text in pieces, each in quotes.
fn joined(data: &str) -> String {
    let mut text = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in data.chars() {
        match c {
            _ if escaped => {
                text.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ' ' if !quoted => {}
            _ => text.push(c),
        }
    }
    text
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// Why there is no proof, in words for the person who has to mend it.
pub async fn by_dns(stores: &dyn Stores, host: &Hostname, token: &str) -> Result<(), String> {
    let name = format!("{RECORD}.{host}");
    let resolver = stores.variable("RESOLVER_URL").unwrap_or_default();
    let asked = get(format!("{resolver}?name={name}&type=TXT"), "application/dns-json");
    let again = |why: &str| format!("The name could not be looked up ({why}). Check again in a minute.");
    let answer = stores.ask(asked).await.map_err(|fault| {
        stores.log(&format!("resolver: {fault}"));
        again("no answer")
    })?;
    if answer.status != 200 {
        return Err(again(&format!("the resolver answered {}", answer.status)));
    }
    let resolved: Resolved =
        serde_json::from_slice(&answer.body).map_err(|_| again("the resolver's answer cannot be read"))?;
    if !matches!(resolved.status, 0 | NO_SUCH_NAME) {
        return Err(format!(
            "The domain's name servers fail (DNS code {}). Ask your DNS provider.",
            resolved.status
        ));
    }
    let texts: Vec<String> =
        resolved.answer.iter().filter(|r| r.r#type == TXT).map(|r| joined(&r.data)).collect();
    if texts.iter().any(|text| text == token) {
        return Ok(());
    }
    Err(match texts.first() {
        None => format!("There is no TXT record at {name} yet. New records may take an hour to be seen."),
        Some(other) => format!("The TXT record at {name} has {:?} and not the token.", shown(other)),
    })
}

pub async fn by_http(stores: &dyn Stores, host: &Hostname, token: &str) -> Result<(), String> {
    let url = format!("http://{host}{FILE}");
    let answer = stores.ask(get(url.clone(), "text/plain")).await;
    let answer = answer.map_err(|_| format!("{url} did not answer within 5 seconds."))?;
    match answer.status {
        200 if String::from_utf8_lossy(&answer.body).trim() == token => Ok(()),
        200 => {
            let found = shown(String::from_utf8_lossy(&answer.body).trim());
            Err(format!("{url} has {found:?} and not the token."))
        }
        300..=399 => Err(format!("{url} redirects. Serve the file at this very address.")),
        status => Err(format!("{url} answered {status}.")),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_pieces_of_a_text_record_are_one_text() {
        for (data, text) in [
            ("\"abc\"", "abc"),
            ("\"ab\" \"c d\"", "abc d"),
            ("abc", "abc"),
            ("\"a\\\"b\\\\c\"", "a\"b\\c"),
            ("\"a", "a"),
            ("", ""),
        ] {
            assert_eq!(super::joined(data), text);
        }
    }
}
