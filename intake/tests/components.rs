//! A component's schema and its props are two lists of the same fields. These tests keep them one: what the schema
//! allows is stored, read and shown.

mod common;

use app::Params;
use app::component::Component;
use common::folder::{Folder, PICTURE, left_out, page, post_type, record, site};
use common::sample::{self, Size, Slot, word};
use common::stage::{Stage, Visit, whole_page};
use model::names::PagePath;
use model::query::Query;
use model::schema::Kind;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Fields whose text is not on the page in every place where the schema allows one, and why.
const NOT_ALWAYS_SHOWN: [(&str, &str, &str); 7] = [
    ("form", "fields[].placeholder", "days and check boxes have none"),
    ("form", "fields[].options[]", "only a choice has options"),
    ("entity-list", "fields[].label", "a summary and a price say themselves what they are"),
    ("product-detail", "link", "the link of the related list goes before it"),
    ("*", "empty", "only where there is nothing"),
    ("*", "labels[].value", "shown by its label"),
    ("*", "labels[].label", "only where a record has the value"),
];

fn variants() -> impl Iterator<Item = (&'static Component, &'static str, String)> {
    app::registry::COMPONENTS.iter().flat_map(|component| {
        component.variants.iter().map(|v| (*component, *v, format!("{}:{v}", component.name)))
    })
}

/// A site with a page for every variant of every component, in three sizes.
fn gallery() -> (Stage, Vec<(String, &'static str, Size, String)>) {
    let folder = Folder::empty();
    folder.json("site.json", &site());
    folder.json("types/post.json", &post_type());
    folder.write("files/pic.svg", PICTURE);
    let records = ["one", "two"].map(|slug| {
        let mut record = record(slug);
        record["fields"]["specs"] = json!([{"label": "Weight", "value": "1 kg"}]);
        record["fields"]["brand"] = "Brand".into();
        record.to_string()
    });
    folder.write("entities/post.jsonl", records.join("\n"));
    let mut pages = vec![];
    for (component, variant, full) in variants() {
        for size in [Size::Minimal, Size::Defaults, Size::Maximal] {
            let id = format!("{}-{variant}-{size:?}", component.name).to_lowercase();
            let props =
                sample::props(component.name, size, &mut |slot| sample::good(slot, size == Size::Maximal));
            let mut page = page(&id, "en", &format!("/{id}/:slug"));
            page["entity"] = "post".into();
            page["sections"] = json!([{"component": full, "props": props}]);
            folder.json(&format!("pages/{id}.json"), &page);
            pages.push((format!("/{id}/one"), component.name, size, full.clone()));
        }
    }
    let mut detail = page("post", "en", "/posts/:slug");
    detail["entity"] = "post".into();
    folder.json("pages/a-post.json", &detail);
    let mut published = folder.publish().unwrap_or_else(|findings| panic!("{findings:?}"));
    assert_eq!(left_out(&mut published), vec![]);
    (Stage::of(published), pages)
}

#[test]
fn whatever_a_schema_allows_is_completed_stored_read_and_shown() {
    let (stage, pages) = gallery();
    let mut missing = BTreeSet::new();
    for (path, component, size, full) in pages {
        let visit = stage.visit(&path, &[]);
        let drawn = stage.render(&visit);
        assert_eq!(drawn.notes, Vec::<String>::new(), "{full}, {size:?}");
        let html = drawn.into_html();
        let props = &whole_page(visit.json)["sections"][0]["props"];
        for field in app::schemas::of(component).unwrap() {
            // The site of the samples has no type of the default's name.
            if let Some(default) =
                field.default.filter(|_| size != Size::Maximal && component != "product-card")
            {
                assert_eq!(props[&field.name], default, "{full}: {}", field.name);
            }
        }
        for (place, text) in texts(props) {
            let excused =
                NOT_ALWAYS_SHOWN.iter().any(|(c, p, _)| [component, "*"].contains(c) && *p == place);
            if !excused && !html.contains(&text) {
                missing.insert(format!("{full}, {size:?}: {place}"));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "given but not shown:\n{}",
        missing.into_iter().collect::<Vec<_>>().join("\n")
    );
}

/// The words that mark the texts of props, with their places.
fn texts(props: &Value) -> Vec<(String, String)> {
    let mut found = vec![];
    marks(props, "", &mut found);
    found
}

fn marks(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                marks(value, &at, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| marks(item, &format!("{path}[]"), found)),
        Value::String(text) => {
            let word: String = text
                .trim_start_matches("<p>")
                .trim_start_matches('/')
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric())
                .collect();
            let digits = word.strip_prefix('w').and_then(|w| w.strip_suffix('w'));
            if digits.is_some_and(|d| d.parse::<usize>().is_ok()) {
                found.push((path.to_owned(), word));
            }
        }
        _ => {}
    }
}

/// Fields that change nothing on the page, and why.
const UNSEEN: [(&str, &str, &str); 3] = [
    ("product-detail", "link", "the link of the related list goes before it"),
    ("product-list", "labels[].value", "the props of all lists; product cards show no choices"),
    ("product-list", "labels[].label", "the same"),
];

#[test]
fn every_field_of_a_schema_changes_the_page() {
    let stage = Stage::of(Folder::small().publish().unwrap_or_else(|f| panic!("{f:?}")));
    let mut changes: BTreeMap<(&str, String), bool> = BTreeMap::new();
    for (component, _, full) in variants() {
        let mut places = vec![];
        let mut note = |slot: &Slot| {
            places.push((slot.number, slot.pattern()));
            stored(slot)
        };
        let usual = show(&stage, &full, sample::props(component.name, Size::Two, &mut note));
        for (number, pattern) in places {
            let mut leaf = |slot: &Slot| if slot.number == number { other(slot) } else { stored(slot) };
            let mut props = sample::props(component.name, Size::Two, &mut leaf);
            refit(component.name, &pattern, &mut props);
            let changed = show(&stage, &full, props) != usual;
            *changes.entry((component.name, pattern)).or_default() |= changed;
        }
    }
    let dead = changes.iter().filter(|(_, changed)| !**changed).map(|(place, _)| place);
    let dead = dead.filter(|(c, p)| !UNSEEN.iter().any(|(component, place, _)| component == c && place == p));
    let dead: Vec<String> = dead.map(|(component, place)| format!("{component}: {place}")).collect();
    assert!(dead.is_empty(), "in the schema, but nothing on the page depends on it:\n{}", dead.join("\n"));
}

fn stored(slot: &Slot) -> Value {
    match slot.kind {
        Kind::Image => picture(&word(slot.number)),
        _ => sample::good(slot, false),
    }
}

fn picture(alt: &str) -> Value {
    json!({"asset": "cafe", "name": "pic", "ext": "webp", "width": 40, "height": 30, "widths": [40], "alt": alt})
}

/// Another good value.
fn other(slot: &Slot) -> Value {
    match slot.kind {
        Kind::Boolean => false.into(),
        Kind::Integer { min, .. } => min.unwrap_or(0).into(),
        Kind::Choice { choices } => choices[(slot.number + 1) % choices.len()].value.clone().into(),
        Kind::Icon => "sun".into(),
        Kind::Image => picture("another"),
        Kind::Map => json!({"topic": "another"}),
        Kind::Url | Kind::Path => "/another".into(),
        Kind::Rich { .. } | Kind::Html { .. } => "<p>another</p>".into(),
        _ => "another".into(),
    }
}

/// Values that `sample` has set over ours, changed to others that are good in their place.
fn refit(component: &str, pattern: &str, props: &mut Value) {
    let lists = ["entity-list", "product-list", "blog-list"].contains(&component);
    match (component, pattern) {
        ("video", "video") => props["video"] = "another".into(),
        ("product-card", "slug" | "type") => props[pattern] = "another".into(),
        ("product-card", "link") => props["link"] = "/another/:slug".into(),
        (_, "link") if lists => props["link"] = "/another/:slug".into(),
        (_, "type") if lists => props["type"] = "other".into(),
        (_, "index") if lists => props["index"] = "price".into(),
        (_, "filter") if lists => props["filter"] = json!({"topic": "another"}),
        (_, "filters[].field") if lists => props["filters"][0]["field"] = "author".into(),
        (_, "sorts[].index") if lists => props["sorts"][0]["index"] = "price".into(),
        (_, "fields[]") if lists => props["fields"][0] = "brand".into(),
        (_, "labels[].value") => props["labels"][0]["value"] = "another".into(),
        (_, "fields[].field") => props["fields"][0]["field"] = "brand".into(),
        (_, "related.index" | "related.filter_field") => {
            props["related"][&pattern["related.".len()..]] = "another".into();
        }
        ("columns", "widths") => props["widths"] = "1-2".into(),
        _ => {}
    }
}

/// A page with one section; the store answers with what it was asked.
fn show(stage: &Stage, full: &str, props: Value) -> String {
    let page = json!({
        "v": 1, "id": "x", "locale": "en", "entity": "post", "title": "T", "description": "D",
        "sections": [{"component": full, "props": props}]
    });
    let mut site = json!(stage.site);
    // Another type, and another order for the lists of one topic.
    site["types"]["post"]["indexes"][1]["filter"] = json!(["topic"]);
    site["types"]["other"] = site["types"]["post"].clone();
    let stage = stage.with_site(serde_json::from_value(site).unwrap());
    let visit = Visit {
        json: &page.to_string(),
        path: PagePath::parse("/posts/one").unwrap(),
        slug: Some("one".to_owned()),
        params: Params::new(vec![("q".to_owned(), "word".to_owned())]),
        preview: false,
    };
    let draw = |empty: bool| {
        let answers = stage.answers(&visit, &|query| Some(echo(query, empty)));
        let drawn = stage.render_with(&visit, &answers);
        assert_eq!(drawn.notes, Vec::<String>::new(), "{full}: {page}");
        drawn.into_html()
    };
    draw(false) + &draw(true)
}

fn echo(query: &Query, empty: bool) -> String {
    let asked = format!("{query:?}");
    let at = "2026-03-14T09:30:00Z";
    let fields = json!({
        "title": asked, "summary": "Summary", "brand": "Brand", "topic": "sea", "price": {"amount": 5, "currency": "EUR"},
        "specs": [{"label": "Weight", "value": "1 kg"}]
    });
    match query {
        Query::Record { .. } => json!(["p1", "one", at, asked, "Summary", fields, [["en", "one"]]]),
        Query::List(_) | Query::Search { .. } if empty => json!([]),
        Query::List(model::query::List { limit, .. }) | Query::Related { limit, .. } => {
            let entry = |n: usize| json!([format!("p{n}"), format!("s{n}"), at, n, fields]);
            (0..=*limit).map(entry).collect()
        }
        Query::Relations { .. } => json!([]),
        Query::Search { .. } => (0..3).map(|n| json!([format!("/p{n}"), asked, "S", 1, n])).collect(),
        Query::Addresses { .. } => json!([]),
    }
    .to_string()
}
