//! Whatever is written into a site, its pages are made of the same elements and attributes as with harmless words.
//!
//! Every payload goes two ways into every place for a text: through `intake`, as people hand things in, and straight
//! into the stored records, as if the store lied. `MANYSITE_PAYLOADS=all` takes every payload to every variant of
//! every component (`MANYSITE_PAYLOAD_COUNT` takes only so many); without it each payload visits a fifth of the
//! components, another fifth each time.

mod common;

use common::attack::{Attack, handed_in};
use common::dom::{dangers, skeleton, texts};
use common::folder::Folder;
use common::lies::lying_store;
use common::payloads::{all, twin};
use common::stage::Stage;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Payloads of a run with one after the other.
const FEW: usize = 1_100;

/// Where two texts differ.
fn difference(a: &str, b: &str) -> String {
    let at = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let part = |text: &str| {
        let chars =
            |range: std::ops::Range<usize>| String::from_utf8_lossy(&text.as_bytes()[range]).into_owned();
        chars(at.saturating_sub(160).min(text.len())..(at + 160).min(text.len()))
    };
    format!("with harmless words …{}…\n  with the payload …{}…", part(a), part(b))
}

/// What is wrong with the pages of one payload.
fn check(attack: Attack, stage: &Stage) -> Vec<String> {
    let mut wrong = vec![];
    let harmless = Attack { harmless: true, ..attack };
    let lenient = attack.payload.trim_start().starts_with('<');
    let lies = lying_store(attack, stage);
    let calm = lying_store(harmless, stage);
    let compare = [
        ("handed in", &handed_in(harmless), &handed_in(attack), true),
        ("lying store", &calm[0], &lies[0], lenient),
        ("lying store, unreadable", &calm[1], &lies[1], lenient),
    ];
    for (way, plain, attacked, lenient) in compare {
        let (a, b) = (skeleton(plain, lenient), skeleton(attacked, lenient));
        if a != b {
            wrong.push(format!("{way}: {:?}\n  {}", attack.payload, difference(&a, &b)));
        }
        for odd in ["unexpected ", "not JSON"] {
            let found = b.find(odd).and_then(|at| b.get(at..(at + 80).min(b.len())));
            wrong.extend(found.map(|found| format!("{way}: {:?}\n  {found}", attack.payload)));
        }
        wrong.extend(dangers(attacked).into_iter().map(|d| format!("{way}: {:?}\n  {d}", attack.payload)));
    }
    // A payload that never arrives would prove nothing.
    if attack.payload.chars().all(|c| !c.is_control()) && !texts(&lies[0]).contains(attack.payload) {
        wrong.push(format!("{:?} is nowhere on the page", attack.payload));
    }
    wrong
}

#[test]
fn no_text_becomes_an_element_an_attribute_or_a_script() {
    let everywhere = std::env::var("MANYSITE_PAYLOADS").is_ok_and(|which| which == "all");
    let payloads = all();
    assert!(payloads.len() > 10_000, "{}", payloads.len());
    let limit = std::env::var("MANYSITE_PAYLOAD_COUNT").ok().and_then(|n| n.parse().ok());
    let limit = limit.unwrap_or(if everywhere { payloads.len() } else { FEW });
    let payloads = &payloads[..limit.min(payloads.len())];
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(vec![]));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                let stage = Stage::of(Folder::small().publish().unwrap_or_else(|f| panic!("{f:?}")));
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(payload) = payloads.get(number) else { break };
                    let found = check(Attack { payload, number, everywhere, harmless: false }, &stage);
                    let mut wrong = wrong.lock().unwrap();
                    wrong.extend(found);
                    if wrong.len() > 20 {
                        break;
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} findings\n{}",
        wrong.len(),
        wrong.iter().take(6).cloned().collect::<Vec<_>>().join("\n")
    );
    let reach = if everywhere { "every variant of every component" } else { "a part of the components each" };
    println!("soak: | {} payloads | {reach} | no finding |", payloads.len());
}

#[test]
fn an_unescaped_payload_would_be_seen() {
    let html = |text: &str| format!("<!doctype html><main><p title=\"a\">{text}</p></main>");
    let opens = |p: &&String| p.starts_with('<') && p[1..].starts_with(|c: char| c.is_ascii_alphabetic());
    for payload in all().iter().filter(opens) {
        let (plain, attacked) = (html(&twin(payload)), html(payload));
        assert_ne!(skeleton(&plain, false), skeleton(&attacked, false), "{payload:?}");
    }
    for url in [
        "javascript:alert(1)",
        " JaVa\tScript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/\\evil.example",
    ] {
        assert_eq!(dangers(&format!("<a href=\"{url}\">x</a>")).len(), 1, "{url}");
    }
    assert_eq!(dangers("<p onclick=x style=y>x</p><script>x</script>").len(), 3);
}

#[test]
fn custom_css_is_refused_or_loads_nothing_from_elsewhere() {
    let mut taken = 0;
    for payload in all().iter().take(FEW) {
        for css in [
            payload.clone(),
            format!("a{{content:\"{payload}\"}}"),
            format!("a{{background:{payload}}}"),
            format!("{payload}{{color:red}}"),
            format!("/*{payload}*/a{{color:red}}"),
            format!("@media print{{a{{color:red}}}}{payload}"),
            format!("a{{background:url({payload})}}"),
            format!("a{{background:image-set(\"{payload}\" 1x)}}"),
        ] {
            let Ok(stored) = intake::style::parse(&css) else { continue };
            taken += 1;
            let outside = without_strings(&stored.to_lowercase());
            for (at, _) in outside.match_indices("url(") {
                let target = outside[at + 4..].trim_start_matches(['"', '\'']);
                assert!(target.starts_with("/-/file/"), "{css:?} was stored as {stored:?}");
            }
            for loads in ["@import", "@font-face", "image-set(\"", "src(\""] {
                assert!(!outside.contains(loads), "{css:?} was stored as {stored:?}");
            }
            assert_eq!(
                intake::style::parse(&stored).as_ref(),
                Ok(&stored),
                "{css:?} changes when it is read again"
            );
        }
    }
    assert!(taken > 100, "{taken}: almost nothing was taken, so almost nothing was tested");
}

/// CSS whose strings are empty, apart from those that are URLs.
fn without_strings(css: &str) -> String {
    let (mut out, mut quote, mut escaped, mut keep) = (String::new(), None, false, false);
    for c in css.chars() {
        match quote {
            None => {
                keep = out.ends_with("url(");
                quote = matches!(c, '"' | '\'').then_some(c);
                out.push(c);
            }
            Some(end) => {
                if c == end && !escaped {
                    quote = None;
                    out.push(c);
                } else if keep {
                    out.push(c);
                }
                escaped = c == '\\' && !escaped;
            }
        }
    }
    out
}
