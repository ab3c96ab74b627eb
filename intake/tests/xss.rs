//! Whatever is written into a site, its pages are made of the same elements and attributes as with harmless words.
//!
//! Every payload goes two ways into every place for a text: through `intake`, as people hand things in, and straight
//! into the stored records, as if the store lied. `MANYSITE_PAYLOADS=all` takes every payload to every variant of
//! every component (`MANYSITE_PAYLOAD_COUNT` takes only so many); without it each payload visits a fifth of the components, another fifth each time.

mod common;

use app::Params;
use common::dom::{dangers, skeleton, texts};
use common::folder::{self, Folder, PICTURE};
use common::payloads::{all, twin};
use common::sample::{self, Size, Slot};
use common::stage::{Stage, Visit};
use model::names::PagePath;
use model::problem::Problem;
use model::query::Query;
use model::schema::Kind;
use model::validate::{self, Context};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Payloads of a run with one after the other.
const FEW: usize = 1_100;
/// Of how many parts of the components each payload of such a run visits one.
const PARTS: usize = 5;

/// A payload's number, and how the page is made of it.
#[derive(Clone, Copy)]
struct Attack<'a> {
    payload: &'a str,
    number: usize,
    everywhere: bool,
    /// Harmless words stand in the payload's place.
    harmless: bool,
}

impl Attack<'_> {
    fn text(&self) -> String {
        if self.harmless { twin(self.payload) } else { self.payload.to_owned() }
    }

    /// As much of it as fits.
    fn cut(&self, max: usize) -> String {
        let payload: String = self.payload.chars().take(max).collect();
        if self.harmless { twin(&payload) } else { payload }
    }

    /// Without what JSON escapes: some values are read only as they stand.
    fn unescaped(&self) -> String {
        let plain = |c: &char| !c.is_control() && !matches!(c, '"' | '\\');
        let payload: String = self.payload.chars().filter(plain).collect();
        if self.harmless { twin(&payload) } else { payload }
    }

    /// The components that it visits, each with its variant.
    fn components(&self) -> Vec<(&'static str, String)> {
        let mut chosen = vec![];
        for (n, component) in app::registry::COMPONENTS.iter().enumerate() {
            let name = |variant: &str| format!("{}:{variant}", component.name);
            if self.everywhere {
                chosen.extend(component.variants.iter().map(|v| (component.name, name(v))));
            } else if n % PARTS == self.number % PARTS {
                let variant = component.variants[self.number / PARTS % component.variants.len()];
                chosen.push((component.name, name(variant)));
            }
        }
        chosen
    }
}

/// The page of a site that was handed in with the payload wherever `intake` lets it pass.
fn handed_in(attack: Attack) -> String {
    let folder = Folder::empty();
    folder.write("files/pic.svg", PICTURE);
    let leaf = |slot: &Slot| accepted(&attack, slot);
    let section = |(name, full): (&str, String)| json!({"component": full, "props": sample::props(name, Size::Two, &mut { leaf })});
    let mut sections: Vec<Value> = attack.components().into_iter().map(section).collect();
    let own = Slot { path: "title".to_owned(), kind: &Kind::Text { max: 200 }, number: 0 };
    sections.push(json!({"component": "hero:own", "props": {"title": accepted(&attack, &own)}}));
    let mut site = folder::site();
    site["name"] = json!({"en": attack.text()});
    site["organisation"] = organisation(&attack);
    site["theme"]["logo"] = json!({"file": "pic.svg", "alt": attack.text()});
    site["components"] = json!({"hero:own": {
        "parameters": {"title": {"kind": "text", "max": 200}},
        "sections": [{"component": "hero", "props": {"title": {"$param": "title"}}}]
    }});
    folder.json("site.json", &site);
    let kind = folder::post_type();
    folder.json("types/post.json", &kind);
    let kind: model::entity::EntityType = serde_json::from_value(kind).unwrap();
    let records = ["one", "two"].map(|slug| {
        let mut record = folder::record(slug);
        record["fields"] = sample::object(&kind.fields, Size::Two, "", &mut 0, &mut { leaf });
        record["fields"]["topic"] = "sea".into();
        record.to_string()
    });
    folder.write("entities/post.jsonl", records.join("\n"));
    let mut page = folder::page("detail", "en", "/posts/:slug");
    page["entity"] = "post".into();
    page["title"] = format!("{{title}} {}", attack.cut(100)).into();
    page["description"] = format!("{{summary}} {}", attack.cut(300)).into();
    page["image"] = json!({"file": "pic.svg", "alt": attack.text()});
    page["sections"] = sections.into();
    folder.json("pages/detail.json", &page);
    let mut published = folder.publish().unwrap_or_else(|findings| panic!("{findings:?}"));
    let findings = std::mem::take(&mut published.findings);
    assert!(findings.is_empty(), "{:?}: {findings:?}", attack.text());
    let stage = Stage::of(published);
    let text = attack.text();
    let visit =
        stage.visit("/posts/one", &[("q", &text), ("after", &text), ("sort", &text), ("topic", &text)]);
    let drawn = stage.render(&visit);
    assert_eq!(drawn.notes, Vec::<String>::new(), "{text:?}");
    drawn.html()
}

/// The payload where it passes the check of its place, else a good value.
fn accepted(attack: &Attack, slot: &Slot) -> Value {
    let max = match slot.kind {
        Kind::Text { max } | Kind::LongText { max } | Kind::Rich { max } | Kind::Html { max } => *max,
        _ => 200,
    };
    if matches!(slot.kind, Kind::Image) {
        return json!({"file": "pic.svg", "alt": attack.text()});
    }
    let passes = |mut value: Value| {
        let mut problems: Vec<Problem> = vec![];
        validate::one(&mut value, slot.kind, &Context::default(), "", &mut problems, &mut |_, _, _, _| {});
        problems.is_empty()
    };
    let payload: String = attack.payload.chars().take(max).collect();
    if passes(payload.into()) { attack.cut(max).into() } else { sample::good(slot, false) }
}

fn organisation(attack: &Attack) -> Value {
    let text = attack.text();
    json!({
        "type": text, "name": text, "phone": text, "email": text, "same_as": [text, text],
        "address": {"street": text, "city": text, "postcode": text, "country": text}
    })
}

/// Pages of a site whose stored records hold the payload in every plain text: one of everything that can still be
/// drawn, and one, in preview, of what cannot.
fn lying_store(attack: Attack, stage: &Stage) -> [String; 2] {
    let text = attack.text();
    let image = json!({
        "asset": "cafe", "name": attack.unescaped(), "ext": "webp", "width": 4, "height": 3, "widths": [320, 640], "alt": text
    });
    let leaf = |component: &str, slot: &Slot| match slot.kind {
        Kind::Text { .. } if component == "video" && slot.path == "video" => "dQw4w9WgXcQ".into(),
        Kind::Name if slot.path == "type" => "post".into(),
        Kind::Name if slot.path == "index" => "newest".into(),
        Kind::Text { .. } | Kind::LongText { .. } | Kind::Url | Kind::Path | Kind::Name => {
            text.clone().into()
        }
        Kind::Map => json!({"topic": text}),
        Kind::Image => image.clone(),
        _ => sample::good(slot, false),
    };
    let (mut soft, mut hard) = (vec![], vec![]);
    for (name, full) in attack.components() {
        let props = sample::unfitted(name, Size::Two, &mut |slot| leaf(name, slot));
        soft.push(json!({"component": full, "anchor": text, "props": props}));
        hard.extend(unreadable(&attack, name, &full, &image));
    }
    hard.push(json!({"component": text, "props": {}}));
    hard.push(json!({"component": format!("hero:{text}"), "props": {"title": text}}));
    hard.push(json!({"component": "hero", "props": text}));
    let mut site = json!(stage.site);
    site["name"] = json!({"en": text});
    site["organisation"] = organisation(&attack);
    site["theme"]["background_light"] = text.clone().into();
    site["theme"]["background_dark"] = text.clone().into();
    site["theme"]["icon"] = image.clone();
    site["theme"]["logo"] = if attack.number.is_multiple_of(2) { image.clone() } else { Value::Null };
    let frame = json!({"links": [{"label": text, "href": text, "links": [{"label": text, "href": text}]}], "brand": text, "home": text});
    site["frame"] = json!({"en": {
        "before": [{"component": "header", "props": frame}], "after": [{"component": "footer", "props": {"copyright": text}}]
    }});
    let stage = stage.with_site(serde_json::from_value(site).unwrap());
    [(soft, false), (hard, true)].map(|(sections, preview)| {
        let page = json!({
            "v": 1, "id": "x", "locale": "en", "entity": "post", "title": format!("T {text}"), "description": text,
            "image": image, "sections": sections
        });
        let path = PagePath::of_request(&format!("/{}", attack.payload));
        let path = path.map_or("/x".to_owned(), |_| format!("/{text}"));
        let params = ["q", "after", "before", "sort", "topic"].map(|name| (name.to_owned(), text.clone()));
        let visit = Visit {
            json: &page.to_string(),
            path: PagePath::of_request(&path).unwrap(),
            slug: Some(text.clone()),
            params: Params::new(params.to_vec()),
            preview,
        };
        let answers = stage.answers(&visit, &|query| Some(lie(&attack, &image, query)));
        stage.render_with(&visit, &answers).html()
    })
}

/// Sections each with one value that is not among those that its component can read.
fn unreadable(attack: &Attack, name: &str, full: &str, image: &Value) -> Vec<Value> {
    let is_hard = |slot: &Slot| {
        matches!(slot.kind, Kind::Choice { .. } | Kind::Icon)
            || (matches!(slot.kind, Kind::Name) && matches!(&*slot.path, "type" | "index"))
            || (name == "video" && slot.path == "video")
    };
    let mut places = vec![];
    let mut note = |slot: &Slot| {
        if is_hard(slot) {
            places.push(slot.path.clone());
        }
        Value::Null
    };
    sample::unfitted(name, Size::Two, &mut note);
    let section = |place: String| {
        let mut leaf = |slot: &Slot| match slot.kind {
            _ if slot.path == place => attack.unescaped().into(),
            Kind::Image => image.clone(),
            Kind::Name if slot.path == "type" => "post".into(),
            Kind::Name if slot.path == "index" => "newest".into(),
            _ => sample::good(slot, false),
        };
        json!({"component": full, "props": sample::unfitted(name, Size::Two, &mut leaf)})
    };
    places.into_iter().map(section).collect()
}

/// An answer of the content store that holds the payload in every plain text.
fn lie(attack: &Attack, image: &Value, query: &Query) -> String {
    let text = attack.text();
    let money = json!({"amount": 5, "currency": attack.unescaped()});
    let formatted = "<p>plain</p>";
    let fields = json!({
        "title": text, "name": text, "summary": text, "brand": text, "author": text, "topic": text, "sku": text,
        "topics": [text, text], "specs": [{"label": text, "value": text}], "image": image, "images": [image],
        "price": money, "was": {"amount": 9, "currency": attack.unescaped()}, "stock": 0, "rating": 4.5,
        "body": formatted, "description": formatted, "website": text, "more": {"label": text, "href": text},
        "nested": {"a": [{"b": text}, text]}, text.clone(): text
    });
    // A translation's slug makes a path: the twin must be one exactly where the payload is.
    let is_path = PagePath::parse(&format!("/{}", attack.payload)).is_ok();
    let slug = if is_path { text.clone() } else { "x".to_owned() };
    match query {
        Query::Record { .. } => {
            json!([text, text, text, text, text, fields, [["en", slug], ["ar", slug], [text, text]]])
        }
        Query::List(_) | Query::Related { .. } => {
            json!([[text, text, text, text, fields], [text, "b", text, 5, fields]])
        }
        Query::Relations { .. } => json!([[text, text, text, text], ["b", "post", text, text]]),
        Query::Search { .. } => json!([[text, text, text, 1, 5], [text, text, text, 0, 3]]),
        Query::Addresses { .. } => json!([]),
    }
    .to_string()
}

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
