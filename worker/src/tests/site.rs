//! A small site with one page of every kind. Its name and its edition stand in every text of it.

use crate::sql::{Argument, Statement};
use model::names::PagePath;
use model::records::shard_of;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub struct Site {
    pub name: &'static str,
    /// Number of the release; every page, the theme and the records say it.
    pub edition: u64,
    pub status: &'static str,
    /// Whether the route table stands in shards.
    pub sharded: bool,
    /// Whether there is a second language, Arabic, with `/ar/about` as its only page.
    pub translated: bool,
    /// Sections of the page `/broken`.
    pub broken: Value,
    /// The site's own components.
    pub components: Value,
}

pub const SHARDS: u32 = 4;

/// The name of a file that each site has, with other bytes in each.
pub const SAME_FILE: &str = "5a5a5a";

impl Site {
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            edition: 1,
            status: "active",
            sharded: false,
            translated: false,
            broken: json!([]),
            components: json!({}),
        }
    }

    /// What every text of the site says.
    pub fn mark(&self) -> String {
        mark(self.name, self.edition)
    }

    pub fn file(&self) -> String {
        format!("f11e{}", hex(self.name))
    }

    fn alternates(&self) -> Value {
        if self.translated {
            json!({"alternates": [["en", "/about"], ["ar", "/ar/about"]]})
        } else {
            json!({})
        }
    }

    fn page(&self, id: &str, more: Value, sections: Value) -> (String, String) {
        let mut page = json!({"v": 1, "id": id, "locale": "en", "title": format!("{id} {}", self.mark()), "description": self.mark(), "sections": sections});
        page.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        (format!("page/{}/{}", self.name, self.hash(id)), page.to_string())
    }

    /// Both sites of a test use the same hashes, which is worse than digests can be.
    fn hash(&self, id: &str) -> String {
        format!("{id}{}", self.edition)
    }

    pub fn kv(&self) -> Vec<(String, String)> {
        let mark = self.mark();
        let text = |title: &str| json!({"component": "text", "props": {"title": format!("{title} {mark}"), "text": mark, "level": 1}});
        let list = json!({"component": "blog-list", "props": {"type": "post", "index": "newest", "order": "desc", "limit": 2, "paginate": true, "link": "/news/:slug"}});
        let mut kv = vec![
            self.page("home", json!({}), json!([text("Home")])),
            self.page("about", self.alternates(), json!([text("About")])),
            self.page("broken", json!({}), self.broken.clone()),
            self.page("news", json!({}), json!([text("News"), list])),
            self.page("post", json!({"entity": "post", "title": format!("{{title}} {mark}")}), json!([{"component": "blog-post", "props": {}}])),
            self.page("search", json!({"noindex": true}), json!([text("Search"), {"component": "search-results", "props": {"title": mark, "level": 2, "limit": 5}}])),
            self.page("lost", json!({"noindex": true}), json!([text("Nothing here")])),
        ];
        if self.translated {
            let mut more = self.alternates();
            more["locale"] = json!("ar");
            kv.push(self.page("about-ar", more, json!([text("About in Arabic")])));
        }
        let route = |page: &str, params: &[&str]| json!({"page": self.hash(page), "locale": "en", "group": page, "params": params});
        let mut exact = BTreeMap::from([
            ("/", route("home", &[])),
            ("/about", route("about", &[])),
            ("/broken", route("broken", &[])),
            ("/news", route("news", &["after", "before"])),
            ("/search", route("search", &["q", "after"])),
        ]);
        if self.translated {
            let arabic = json!({"page": self.hash("about-ar"), "locale": "ar", "group": "about"});
            exact.insert("/ar/about", arabic);
        }
        let mut shards = Value::Null;
        if self.sharded {
            let hash = self.hash("shards");
            for shard in 0..SHARDS {
                let part: BTreeMap<_, _> = exact
                    .iter()
                    .filter(|(path, _)| shard_of(&PagePath::parse(path).unwrap(), SHARDS) == shard)
                    .collect();
                kv.push((format!("routes/{}/{hash}/{shard}", self.name), json!(part).to_string()));
            }
            shards = json!({"hash": hash, "count": SHARDS});
        }
        let file = self.file();
        let content = json!({
            "release": self.edition, "epoch": 1, "scheme": "https", "database": "DB", "locales": if self.translated { json!(["en", "ar"]) } else { json!(["en"]) }, "name": {"en": mark},
            "theme": {"hash": self.hash("theme"), "background_light": "#ffffff", "background_dark": "#000000", "logo": null, "logo_dark": null,
                "icon": {"asset": file, "name": "icon", "ext": "svg", "width": 32, "height": 32, "alt": ""}, "preload": []},
            "organisation": {"name": mark},
            "frame": {"en": {"before": [{"component": "banner", "props": {"text": mark}}], "after": []}},
            "components": self.components,
            "types": {"post": {"indexes": [{"name": "newest", "sort": "published_at"}], "schema_org": "Article", "paths": {"en": "/news/:slug"}}},
            "routes": {"exact": if self.sharded { json!({}) } else { json!(exact) }, "shards": shards,
                "patterns": [{"prefix": "/news/", "kind": "post", "route": route("post", &[])}]},
            "redirects": {"/old": {"to": "/about", "status": 301}}, "not_found": {"en": self.hash("lost")}, "search": {"en": "/search"}
        });
        let host = |content: Value| {
            json!({"v": 1, "tenant": self.name, "site": self.name, "status": self.status, "primary": format!("{}.example", self.name), "content": content}).to_string()
        };
        kv.push((format!("host/{}.example", self.name), host(content)));
        kv.push((format!("host/www.{}.example", self.name), host(Value::Null)));
        kv.push((format!("theme/{}/{}", self.name, self.hash("theme")), self.theme()));
        kv
    }

    fn theme(&self) -> String {
        let tokens: Value = serde_json::from_str(app::theme::ready("plain").unwrap()).unwrap();
        json!({"v": 1, "tokens": tokens, "fonts": [], "css": format!(".x{{content:\"{}\"}}", self.mark())})
            .to_string()
    }

    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let bytes = format!("<svg>{}</svg>", self.mark()).into_bytes();
        [self.file(), SAME_FILE.to_owned()]
            .map(|file| (format!("site/{}/{file}", self.name), bytes.clone()))
            .into()
    }
}

pub fn mark(name: &str, edition: u64) -> String {
    format!("{name}-edition-{edition}-end")
}

fn hex(text: &str) -> String {
    text.bytes().map(|b| format!("{b:02x}")).collect()
}

/// What a database with these sites answers. It trusts the statement alone to name the site.
pub fn d1(sites: &BTreeMap<&'static str, Site>, statement: &Statement) -> String {
    let texts: Vec<&str> = statement
        .arguments
        .iter()
        .map(|argument| match argument {
            Argument::Text(text) => text.as_str(),
            Argument::Number(_) => "",
        })
        .collect();
    let sql = statement.sql.as_str();
    let search = sql.contains("FROM search");
    let named = sites.values().find(|site| {
        texts.first().is_some_and(|first| match search {
            true => first.contains(&format!("\"s{}x", hex(site.name))),
            false => *first == site.name,
        })
    });
    let Some(site) = named else { return "[]".to_owned() };
    let mark = site.mark();
    let post = json!({"title": format!("Post {mark}"), "summary": mark, "body": format!("<p>{mark}</p>")});
    let entry = |slug: &str| json!([slug, slug, "2026-05-02T08:00:00Z", "2026-05-02T08:00:00Z", post]);
    if search {
        json!([["/about", format!("About {mark}"), mark, 1, 7]]).to_string()
    } else if sql.contains("coalesce(max") {
        "2".to_owned()
    } else if sql.starts_with("SELECT json_array(e.id") {
        let known = matches!(texts[3], "one" | "two" | "three");
        let record = json!([
            texts[3],
            texts[3],
            "2026-05-02T08:00:00Z",
            format!("Post {mark}"),
            mark,
            post,
            [["en", texts[3]]]
        ]);
        if known { record.to_string() } else { "null".to_owned() }
    } else if sql.contains("FROM entity_lists") {
        json!([entry("one"), entry("two"), entry("three")]).to_string()
    } else if sql.contains("seq >= ?3") {
        json!([["one", "en", mark, []]]).to_string()
    } else {
        "[]".to_owned()
    }
}
