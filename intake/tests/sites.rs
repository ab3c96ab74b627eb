//! Many sites of one folder, and sites that nobody had in mind: what is wrong with one leaves the others alone.

mod common;

use common::folder::{Folder, page, post_type, record, site};
use intake::report::Report;
use intake::sites::Sites;
use serde_json::{Value, json};

/// A second site beside the small one.
fn beside(folder: &Folder, name: &str, change: impl FnOnce(&mut Value)) {
    let mut site = site();
    site["id"] = name.into();
    site["hosts"] = json!([format!("{name}.example")]);
    site["locales"] = json!(["en"]);
    site["name"] = json!({"en": name});
    site["search"] = json!({});
    change(&mut site);
    folder.json(&format!("../{name}/site.json"), &site);
    folder.json(&format!("../{name}/pages/home.json"), &page("home", "en", "/"));
}

fn problems(sites: &Sites) -> Vec<String> {
    sites.findings.iter().filter(|f| f.is_problem()).map(ToString::to_string).collect()
}

fn hosts(sites: &Sites) -> Vec<&str> {
    let keys = sites.published.iter().flat_map(|site| &site.release.kv).map(|(key, _)| key.as_str());
    let mut hosts: Vec<&str> = keys.filter_map(|key| key.strip_prefix("host/")).collect();
    hosts.sort_unstable();
    hosts
}

#[test]
fn sites_that_share_nothing_are_all_published() {
    let folder = Folder::small();
    beside(&folder, "other", |_| {});
    let sites = folder.publish_all();
    assert_eq!((problems(&sites), sites.count), (vec![], 2));
    assert_eq!(hosts(&sites), ["demo.example", "other.example", "www.demo.example"]);
}

#[test]
fn a_host_leads_to_the_first_site_that_names_it() {
    let folder = Folder::small();
    beside(&folder, "one", |site| site["hosts"] = json!(["one.example", "www.demo.example"]));
    beside(&folder, "two", |site| site["hosts"] = json!(["demo.example", "two.example"]));
    let sites = folder.publish_all();
    assert_eq!(
        problems(&sites),
        [
            "sites/one/site.json: hosts[1]: www.demo.example leads to demo: choose another. Until then it leads there",
            "sites/two/site.json: hosts[0]: demo.example leads to demo: choose another. The site is left out"
        ]
    );
    assert_eq!(hosts(&sites), ["demo.example", "one.example", "www.demo.example"]);
    let demo = sites.published.first().unwrap();
    assert!(
        demo.release.kv.iter().any(|(key, text)| key == "host/demo.example" && text.contains("\"content\""))
    );
}

#[test]
fn an_id_is_the_first_sites_that_has_it() {
    let folder = Folder::small();
    beside(&folder, "other", |site| site["id"] = "demo".into());
    let sites = folder.publish_all();
    let all = problems(&sites);
    assert_eq!(
        all,
        ["sites/other/site.json: id: \"demo\" is the id of demo: choose another. The site is left out"]
    );
    assert_eq!(sites.published.len(), 1);
}

#[test]
fn a_tenant_is_the_same_for_all_its_sites() {
    let folder = Folder::small();
    beside(&folder, "other", |site| site["tenant"]["plan"] = "press".into());
    beside(&folder, "third", |site| site["tenant"]["status"] = "suspended".into());
    assert_eq!(
        problems(&folder.publish_all()),
        [
            "sites/other/site.json: tenant.plan: \"press\" here, \"studio\" in demo: a tenant is the same for all its sites",
            "sites/third/site.json: tenant.status: \"suspended\" here, \"active\" in demo: a tenant is the same for all its sites"
        ]
    );
}

#[test]
fn a_site_that_cannot_be_read_leaves_the_others_alone() {
    let folder = Folder::small();
    folder.write("../broken/site.json", "{\"id\":");
    folder.write("../empty/pages/home.json", "{}");
    let sites = folder.publish_all();
    let all = problems(&sites);
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(
        all.iter().any(|p| p.starts_with("sites/broken/site.json: id: EOF") && p.ends_with("mend it")),
        "{all:?}"
    );
    assert!(all.iter().any(|p| p.starts_with("sites/empty/site.json: cannot be read")), "{all:?}");
    assert_eq!(hosts(&sites), ["demo.example", "www.demo.example"]);
    let report = Report { findings: &sites.findings, sites: sites.count, width: 80, colour: false };
    assert!(report.to_string().ends_with("\n3 sites: 2 problems\n"), "{report}");
}

#[test]
fn a_thousand_pages_and_links_are_looked_up() {
    let folder = Folder::small();
    for n in 0..1000 {
        let mut page = page(&format!("p{n}"), "en", &format!("/part-{}/p{n}", n % 7));
        page["sections"][0]["props"]["actions"] =
            json!([{"label": "Next", "href": format!("/part-{}/p{}", (n + 1) % 7, n + 1)}]);
        folder.json(&format!("pages/p{n}.json"), &page);
    }
    assert_eq!(
        problems(&folder.publish_all()),
        [
            "sites/demo/pages/p999.json: sections[0].props.actions[0].href: there is no page /part-6/p1000: did you mean /part-2/p100?"
        ]
    );
}

#[test]
fn paths_of_any_script_are_led_to_however_they_are_written() {
    let folder = Folder::small();
    folder.json("pages/a.json", &page("a", "en", "/grüße"));
    folder.json("pages/b.json", &page("b", "en", "/日本語/頁"));
    let mut links = page("links", "en", "/links");
    let html =
        "<p><a href='/gr%C3%BC%C3%9Fe'>a</a><a href='/grüße'>b</a><a href='/日本語/頁?x=1#main'>c</a></p>";
    links["sections"] = json!([links["sections"][0], {"component": "rich-text", "props": {"html": html}}]);
    folder.json("pages/links.json", &links);
    assert_eq!(folder.publish_all().findings, vec![]);
}

#[test]
fn no_shape_of_json_is_more_than_a_finding() {
    let shapes = [
        json!(null),
        json!(true),
        json!(5),
        json!("x"),
        json!([]),
        json!({}),
        json!([[[[]]]]),
        json!({"component": 5}),
        json!({"component": {"$param": "x"}}),
        json!({"component": "hero", "props": null}),
        json!({"component": "hero", "props": []}),
        json!({"component": "hero", "slots": 1}),
        json!({"component": "columns", "slots": {"first": null}}),
        json!({"component": "own", "props": 1}),
        json!({"component": "blog-list", "props": {"type": {}, "index": [], "filters": [1, {"field": 2}]}}),
        json!({"component": "blog-list", "props": {"type": "post", "index": "newest", "link": "/posts/:slug", "sorts": [0]}}),
    ];
    let folder = Folder::small();
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    folder.write("pages/deep.json", &deep);
    folder.write("types/deep.json", &deep);
    folder.write("entities/post-9.jsonl", &deep);
    for (n, shape) in shapes.iter().enumerate() {
        let mut page = page(&format!("s{n}"), "en", &format!("/s{n}"));
        page["sections"] = json!([shape]);
        folder.json(&format!("pages/s{n}.json"), &page);
        folder.json(&format!("pages/t{n}.json"), shape);
        folder.json(&format!("types/t{n}.json"), shape);
        folder.json(&format!("../site-{n}/site.json"), shape);
        let records = shape.to_string() + "\n" + &record_with(shape).to_string();
        folder.write(&format!("entities/post-t{n}.jsonl"), records);
        let mut kind = post_type();
        kind["id"] = format!("t{n}").into();
        kind["fields"][0]["default"] = shape.clone();
        folder.json(&format!("types/d{n}.json"), &kind);
        beside(&folder, &format!("odd-{n}"), |site| {
            site["components"] = json!({"own": {"parameters": {"a": {"kind": "rich", "default": shape}}, "sections": [shape]}});
            site["frame"] = json!({"en": {"before": [shape]}});
            site["organisation"] = shape.clone();
            site["theme"]["tokens"] =
                json!({"radius": shape, "primary": shape, "dark": shape, "font_body": shape});
        });
    }
    let sites = folder.publish_all();
    assert_eq!(sites.published.len(), 1 + shapes.len());
    assert!(problems(&sites).len() > 5 * shapes.len());
}

fn record_with(shape: &Value) -> Value {
    let mut value = record("odd");
    let fields = value["fields"].as_object_mut().unwrap();
    for name in ["body", "topics", "image", "price", "rating", "specs", "more", "open", "level", "other"] {
        fields.insert(name.to_owned(), shape.clone());
    }
    value
}

#[test]
fn a_block_is_a_file_of_its_own_and_stands_on_every_page_that_names_it() {
    let folder = Folder::small();
    let hero = |prop: &str| json!({"component": "hero", "props": {prop: "Open at nine"}});
    folder.json("blocks/hours.json", &json!({"name": "Hours", "sections": [hero("title")]}));
    folder.patch("pages/about.json", "/sections/0", json!({"component": "block:hours"}));
    let site = folder.publish().unwrap();
    assert_eq!(site.findings, vec![]);
    let host = site.release.kv.iter().find(|(key, _)| key.starts_with("host/")).unwrap();
    assert!(host.1.contains("block:hours") && host.1.contains("Open at nine"), "{}", host.1);

    folder.json("blocks/hours.json", &json!({"sections": [hero("titel")]}));
    let findings = folder.publish().unwrap().findings;
    let place =
        findings.iter().find(|f| f.is_problem()).map(|f| (f.source.as_str(), f.problem.path.as_str()));
    assert_eq!(place, Some(("sites/demo/blocks/hours.json", "sections[0].props.titel")), "{findings:?}");
}
