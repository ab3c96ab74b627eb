//! Stored records outlive the code that wrote them: a fixture of each version loads for ever. And the same folder
//! makes the same bytes, because the name of a record is the digest of its bytes.

mod common;

use app::Params;
use common::folder::{Folder, PICTURE, page, publish, root, site};
use common::sample::{self, Size};
use common::stage::{Stage, Visit};
use model::names::PagePath;
use model::records::{HOST_VERSION, HostRecord, PageRecord, RouteShard, Status, VERSION};
use model::theme::ThemeRecord;
use serde_json::{Value, json};
use std::path::PathBuf;

fn fixtures(version: u32) -> PathBuf {
    root().join(format!("intake/tests/fixtures/v{version}"))
}

fn fixture(version: u32, name: &str) -> String {
    let path = fixtures(version).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| {
        panic!("{}: {e}; for a new version run the ignored test in this file once", path.display())
    })
}

#[test]
fn records_of_every_version_load_and_are_drawn() {
    for version in 1..=VERSION {
        let host = HostRecord::parse(&fixture(version, "host.json")).unwrap();
        assert_eq!(
            (host.site.as_str(), host.status, host.primary.as_str()),
            ("demo", Status::Active, "demo.example")
        );
        let site = host.content.as_ref().unwrap();
        assert_eq!(site.name.len(), 2);
        assert_eq!(site.theme.logo.as_ref().map(|logo| &*logo.ext), Some("svg"));
        assert!(site.routes.exact.contains_key(&PagePath::parse("/about").unwrap()));
        assert_eq!(site.routes.patterns.first().map(|p| p.prefix.as_str()), Some("/posts/"));
        assert_eq!(site.redirects.len(), 1);
        assert!(site.types.values().all(|t| !t.indexes.is_empty()));

        let alias = HostRecord::parse(&fixture(version, "alias.json")).unwrap();
        assert!(alias.content.is_none());
        assert_eq!(alias.primary.as_str(), "demo.example");

        let theme: ThemeRecord = serde_json::from_str(&fixture(version, "theme.json")).unwrap();
        assert!(app::style_sheet(&theme, u64::MAX).contains("--primary:#1d5fc4"));

        let shard: RouteShard = serde_json::from_str(&fixture(version, "routes.json")).unwrap();
        assert!(!shard.is_empty());

        let text = fixture(version, "page.jsonl");
        let page = PageRecord::parse(text.trim_end()).unwrap();
        assert_eq!(page.sections.len(), app::registry::COMPONENTS.len());
        let stage = Stage::of(Folder::small().publish().unwrap_or_else(|f| panic!("{f:?}")));
        let stage = stage.with_site(site.as_ref().clone());
        let visit = Visit {
            json: text.trim_end(),
            path: PagePath::parse("/posts/one").unwrap(),
            slug: Some("one".to_owned()),
            params: Params::default(),
            preview: false,
        };
        let answers = stage.answers(&visit, &|query| {
            match query {
            model::query::Query::Record { .. } => Some(
                json!(["p-one", "one", "2026-05-02T08:00:00Z", "One", "S", {"title": "One"}, [["en", "one"]]])
                    .to_string(),
            ),
            _ => Some("[]".to_owned()),
        }
        });
        let drawn = stage.render_with(&visit, &answers);
        assert_eq!(drawn.notes, Vec::<String>::new(), "version {version}");
    }
}

#[test]
fn a_host_record_with_moments_loads_and_becomes_what_they_say() {
    let host = HostRecord::parse(&fixture(2, "host.json")).unwrap();
    let at = |now| {
        let mut site = host.content.as_ref().unwrap().as_ref().clone();
        site.advance(now);
        let paths: Vec<_> = site.routes.exact.keys().map(ToString::to_string).collect();
        let from: Vec<_> = site.redirects.keys().map(ToString::to_string).collect();
        let rest = (site.not_found.len(), site.routes.patterns.len(), site.types.len());
        (paths.join(" "), from.join(" "), rest, site.version().moment)
    };
    let first = ("/ /about /ar".to_owned(), "/old".to_owned(), (1, 1, 1), 0);
    assert_eq!((at(0), at(1_789_999_999_999)), (first.clone(), first));
    assert_eq!(at(1_790_000_000_000), ("/ /ar /team".into(), "/about".into(), (1, 1, 1), 1_790_000_000_000));
    assert_eq!(at(1_790_000_060_000), ("/ /ar".into(), "/about".into(), (0, 0, 0), 1_790_000_060_000));
}

#[test]
fn a_record_without_moments_has_not_grown_by_them() {
    let text = fixture(VERSION, "host.json");
    let host = HostRecord::parse(&text).unwrap();
    assert_eq!(HostRecord::version_of(host.content.as_deref()), VERSION);
    assert_eq!(serde_json::to_string(&host).unwrap().len(), text.trim_end().len());
}

#[test]
fn a_record_of_a_version_to_come_is_refused_with_a_remedy() {
    let mut host: Value = serde_json::from_str(&fixture(VERSION, "host.json")).unwrap();
    host["v"] = (HOST_VERSION + 1).into();
    let message = HostRecord::parse(&host.to_string()).unwrap_err().to_string();
    assert!(message.contains("deploy the Worker first"), "{message}");
}

/// A site that has everything a record can hold.
fn full() -> Folder {
    let folder = Folder::small();
    let mut site = site();
    site["theme"]["logo"] = json!({"file": "pic.svg", "alt": "Demo"});
    site["theme"]["logo_dark"] = json!({"file": "pic.svg", "alt": "Demo"});
    site["theme"]["icon"] = json!({"file": "pic.svg"});
    site["theme"]["css"] = "site.css".into();
    site["organisation"] = json!({"type": "Bakery", "name": "Demo", "address": {"street": "1 Quay"}, "same_as": ["https://a.example/"]});
    site["redirects"] = json!([{"from": "/old", "to": "/about", "status": 308}]);
    site["not_found"] = json!({"en": "about"});
    site["frame"] = json!({"en": {"before": [{"component": "header", "props": {"brand": "Demo", "home": "/"}}],
        "after": [{"component": "footer", "props": {"copyright": "© Demo"}}]}});
    site["components"] = json!({"hero:own": {"parameters": {"title": {"kind": "text", "required": true}, "text": {"kind": "text", "default": "Hi"}},
        "sections": [{"component": "hero", "props": {"title": {"$param": "title"}, "text": {"$param": "text"}}}]}});
    folder.json("site.json", &site);
    folder.write("files/site.css", ".hero h1{letter-spacing:0}");
    folder.write("files/pic.svg", PICTURE);
    let mut home = page("home", "ar", "/ar");
    home["group"] = "start".into();
    folder.json("pages/home.ar.json", &home);
    folder.patch("pages/home.json", "/group", "start".into());
    let sections: Vec<Value> = app::registry::COMPONENTS
        .iter()
        .map(|component| {
            let props = sample::props(component.name, Size::Two, &mut |slot| sample::good(slot, false));
            let mut section = json!({"component": component.name, "props": props, "tone": "soft", "anchor": component.name});
            for slot in component.slots.iter().take(1) {
                section["slots"] = json!({*slot: [{"component": "divider:space"}]});
            }
            section
        })
        .collect();
    let mut detail = page("detail", "en", "/posts/:slug");
    detail["entity"] = "post".into();
    detail["image"] = json!({"file": "pic.svg", "alt": "A picture"});
    detail["sections"] = sections.into();
    folder.json("pages/detail.json", &detail);
    folder
}

#[test]
fn the_same_folder_makes_the_same_bytes() {
    let folder = full();
    let bakery = root().join("kv-seed/bakery");
    let both = [[folder.publish(), folder.publish()], [publish(&bakery), publish(&bakery)]];
    for releases in both {
        let [first, second] = releases.map(|r| r.unwrap_or_else(|f| panic!("{f:?}")));
        assert_eq!(first.release.kv, second.release.kv);
        assert_eq!(first.release.types, second.release.types);
        assert_eq!(first.drawings, second.drawings);
        assert_eq!(format!("{:?}", first.release.records), format!("{:?}", second.release.records));
        assert_eq!(format!("{:?}", first.release.documents), format!("{:?}", second.release.documents));
        let files = |release: &intake::Release| {
            release.files.iter().map(|f| (f.hash.clone(), f.width, f.bytes.clone())).collect::<Vec<_>>()
        };
        assert_eq!(files(&first.release), files(&second.release));
    }
}

#[test]
fn the_order_of_names_in_a_file_does_not_matter() {
    let one = Folder::small();
    let two = Folder::small();
    two.write("pages/about.json", r#"{"title": "Title of about", "sections": [{"props": {"title": "Welcome to about"}, "component": "hero"}], "path": "/about", "locale": "en", "id": "about", "description": "About about"}"#);
    let kv = |folder: &Folder| folder.publish().unwrap_or_else(|f| panic!("{f:?}")).release.kv;
    assert_eq!(kv(&one), kv(&two));
}

#[test]
fn a_change_of_one_page_changes_its_record_and_the_host_record_only() {
    let folder = full();
    let kv = || folder.publish().unwrap_or_else(|f| panic!("{f:?}")).release.kv;
    let before = kv();
    folder.patch("pages/about.json", "/title", "Another title".into());
    let changed: Vec<String> =
        kv().into_iter().filter(|entry| !before.contains(entry)).map(|(key, _)| key).collect();
    assert_eq!(changed.len(), 2, "{changed:?}");
    assert!(changed[0].starts_with("page/demo/") && changed[1] == "host/demo.example", "{changed:?}");
}

/// A large site, whose routes stand in records of their own.
fn large() -> Folder {
    let folder = Folder::small();
    for n in 0..=model::records::MAX_INLINE_ROUTES {
        folder.json(&format!("pages/p{n}.json"), &page(&format!("p{n}"), "en", &format!("/p{n}")));
    }
    folder
}

#[test]
fn every_route_of_a_large_site_is_in_its_shard() {
    let release = large().publish().unwrap_or_else(|f| panic!("{f:?}")).release;
    let text =
        |key: &str| release.kv.iter().find(|(k, _)| k.starts_with(key)).map(|(_, v)| v.as_str()).unwrap();
    let host = HostRecord::parse(text("host/demo.example")).unwrap();
    let routes = &host.content.as_ref().unwrap().routes;
    assert!(routes.exact.is_empty());
    let shards = routes.shards.as_ref().unwrap();
    for n in 0..=model::records::MAX_INLINE_ROUTES {
        let path = PagePath::parse(&format!("/p{n}")).unwrap();
        let number = model::records::shard_of(&path, shards.count);
        let key = model::keys::routes(&host.scope(), &shards.hash, number);
        let shard: RouteShard = serde_json::from_str(text(&key)).unwrap();
        assert!(shard.contains_key(&path), "{path}");
    }
}

/// Writes what is missing among the fixtures of the version that this code writes, and changes none.
#[test]
#[ignore = "once for each new version of the records"]
fn write_the_fixtures_of_this_version() {
    let release = full().publish().unwrap_or_else(|f| panic!("{f:?}")).release;
    let sharded = large().publish().unwrap_or_else(|f| panic!("{f:?}")).release;
    let longest = |key: &str, kv: &[(String, String)]| {
        kv.iter().filter(|(k, _)| k.starts_with(key)).map(|(_, v)| v.clone()).max_by_key(String::len).unwrap()
    };
    std::fs::create_dir_all(fixtures(VERSION)).unwrap();
    for (name, text) in [
        ("host.json", longest("host/demo.example", &release.kv)),
        ("alias.json", longest("host/www.demo.example", &release.kv)),
        ("page.jsonl", longest("page/", &release.kv)),
        ("theme.json", longest("theme/", &release.kv)),
        ("routes.json", longest("routes/", &sharded.kv)),
    ] {
        let path = fixtures(VERSION).join(name);
        if !path.exists() {
            std::fs::write(path, text + "\n").unwrap();
        }
    }
}

#[test]
fn a_draft_of_a_record_is_checked_and_left_out_and_the_others_are_numbered_without_gaps() {
    let folder = Folder::small();
    let record = |id: &str, more: Value| {
        let mut record: Value = common::folder::record(id);
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        record.to_string()
    };
    let draft =
        |more: Value| [record("one", json!({})), record("two", more), record("three", json!({}))].join("\n");
    folder.write("entities/post.jsonl", draft(json!({"publish": false})));
    let published = folder.publish().unwrap_or_else(|found| panic!("{found:?}"));
    let shown: Vec<_> = published.release.records.iter().map(|r| (r.record.id.as_str(), r.seq)).collect();
    assert_eq!(shown, [("p-one", 0), ("p-three", 1)]);
    folder.write("entities/post.jsonl", draft(json!({"publish": false, "fields": {}})));
    let found = folder.publish().map(|published| published.findings).unwrap_or_else(|found| found);
    assert!(found.iter().any(|f| f.to_string().contains("line 2")), "{found:?}");
}
