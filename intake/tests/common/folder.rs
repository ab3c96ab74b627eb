//! A site's folder, made by a test and gone after it.

use intake::Finding;
use intake::compile::Options;
use intake::site::Published;
use intake::sites::{Sites, publish_all};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

pub const PICTURE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"30\"><rect width=\"40\" height=\"30\" fill=\"#336699\"/></svg>";

pub struct Folder {
    base: PathBuf,
    path: PathBuf,
}

impl Folder {
    /// An empty folder. Findings name its files as `sites/demo/…`.
    pub fn empty() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let base = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let path = base.join("sites/demo");
        std::fs::create_dir_all(&path).unwrap();
        Self { base, path }
    }

    /// A small site without a fault: pages in two languages, a type with a detail page, two records, a picture.
    pub fn small() -> Self {
        let folder = Self::empty();
        let mut site = site();
        site["search"] = json!({"en": "/search", "ar": "/ar/search"});
        site["not_found"] = json!({"en": "lost", "ar": "lost"});
        folder.json("site.json", &site);
        for (id, locale, path) in [
            ("search", "en", "/search"),
            ("search", "ar", "/ar/search"),
            ("lost", "en", "/lost"),
            ("lost", "ar", "/ar/lost"),
        ] {
            folder.json(&format!("pages/{id}.{locale}.json"), &page(id, locale, path));
        }
        let mut detail = page("post", "en", "/posts/:slug");
        detail["entity"] = json!("post");
        detail["sections"] = json!([{"component": "blog-post"}]);
        folder.json("pages/post.json", &detail);
        folder.json("pages/home.json", &page("home", "en", "/"));
        folder.json("pages/about.json", &page("about", "en", "/about"));
        folder.json("pages/home.ar.json", &page("home", "ar", "/ar"));
        folder.json("types/post.json", &post_type());
        folder.write("entities/post.jsonl", format!("{}\n{}\n", record("one"), record("two")));
        folder.write("files/pic.svg", PICTURE);
        folder.patch("pages/home.json", "/image", json!({"file": "pic.svg", "alt": "A blue square"}));
        folder
    }

    pub fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn json(&self, file: &str, value: &Value) {
        self.write(file, value.to_string());
    }

    /// Changes one value of a JSON file; `Null` takes it out.
    pub fn patch(&self, file: &str, pointer: &str, value: Value) {
        let text = std::fs::read_to_string(self.path.join(file)).unwrap();
        let mut json: Value = serde_json::from_str(&text).unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match json.pointer_mut(parent).unwrap_or_else(|| panic!("{file} has no {parent}")) {
            Value::Object(fields) if value.is_null() => drop(fields.remove(name)),
            Value::Object(fields) => drop(fields.insert(name.to_owned(), value)),
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
            other => panic!("{parent} is {other}"),
        }
        self.json(file, &json);
    }

    pub fn remove(&self, file: &str) {
        std::fs::remove_file(self.path.join(file)).unwrap();
    }

    /// Publishes this site and those beside it, which are written as `../name/…`.
    pub fn publish_all(&self) -> Sites {
        let packages = root().join("node_modules");
        let options = Options { scheme: "https", database: "DB", release: 7 };
        publish_all(&self.base.join("sites"), Some(&packages), &options).unwrap()
    }

    pub fn publish(&self) -> Result<Published, Vec<Finding>> {
        publish(&self.path)
    }
}

/// What is left out of a release. The samples' links lead nowhere and most of their pages have no title, which leaves
/// nothing out.
pub fn left_out(published: &mut Published) -> Vec<Finding> {
    let mut findings = std::mem::take(&mut published.findings);
    findings.retain(|f| {
        let says = |what: &str| f.problem.message.contains(what);
        f.is_problem()
            && !f.source.ends_with("site.json")
            && ![
                "there is no page",
                "there is no /-/",
                "no page can have",
                "depends on the page",
                "there is no record",
            ]
            .into_iter()
            .any(says)
    });
    findings
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_dir_all(&self.base);
    }
}

/// The root of the checkout.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

pub fn publish(folder: &std::path::Path) -> Result<Published, Vec<Finding>> {
    let packages = root().join("node_modules");
    intake::publish(folder, Some(&packages), &Options { scheme: "https", database: "DB", release: 7 })
}

pub fn site() -> Value {
    json!({
        "id": "demo", "tenant": {"id": "owner", "name": "Owner", "plan": "studio", "status": "active"},
        "name": {"en": "Demo", "ar": "عرض"}, "status": "active", "hosts": ["demo.example", "www.demo.example"],
        "locales": ["en", "ar"], "currency": "EUR", "timezone": "Europe/Berlin", "theme": {"base": "plain"},
        "search": {"en": "/search"}
    })
}

pub fn page(id: &str, locale: &str, path: &str) -> Value {
    json!({
        "id": id, "locale": locale, "path": path, "title": format!("Title of {id}"), "description": format!("About {id}"),
        "sections": [{"component": "hero", "props": {"title": format!("Welcome to {id}")}}]
    })
}

/// A type that has a field of every kind, and what posts and products are made of.
pub fn post_type() -> Value {
    let pair = json!([{"name": "label", "kind": "text"}, {"name": "value", "kind": "text"}]);
    json!({
        "id": "post", "name": "Post", "title_field": "title", "summary_field": "summary", "image_field": "image",
        "schema_org": "Article", "listed": ["title", "summary", "image", "price", "topic", "brand", "specs"],
        "fields": [
            {"name": "title", "kind": "text", "required": true, "max": 120, "searchable": true},
            {"name": "summary", "kind": "long_text", "max": 600, "searchable": true},
            {"name": "brand", "kind": "text"}, {"name": "author", "kind": "text"}, {"name": "sku", "kind": "text"},
            {"name": "body", "kind": "rich", "searchable": true}, {"name": "description", "kind": "rich"},
            {"name": "embed", "kind": "html"}, {"name": "topic", "kind": "text"},
            {"name": "topics", "kind": "list", "of": {"kind": "text"}},
            {"name": "image", "kind": "image"}, {"name": "images", "kind": "list", "of": {"kind": "image"}},
            {"name": "price", "kind": "money"}, {"name": "was", "kind": "money"},
            {"name": "stock", "kind": "integer", "min": 0, "max": 9999}, {"name": "rating", "kind": "number", "min": 0.0, "max": 5.0},
            {"name": "reading_minutes", "kind": "integer", "min": 1, "max": 99},
            {"name": "specs", "kind": "list", "of": {"kind": "object", "fields": pair}},
            {"name": "website", "kind": "url"}, {"name": "more", "kind": "link"}, {"name": "day", "kind": "date"},
            {"name": "at", "kind": "datetime"}, {"name": "sign", "kind": "icon"}, {"name": "open", "kind": "boolean"},
            {"name": "level", "kind": "choice", "choices": [{"value": "easy", "label": "Easy"}, {"value": "hard", "label": "Hard"}]},
            {"name": "other", "kind": "relation", "to": "post"}
        ],
        "indexes": [
            {"name": "newest", "sort": "published_at"}, {"name": "price", "sort": "price"},
            {"name": "by-topic", "filter": ["topic"], "sort": "published_at"},
            {"name": "by-topic-brand", "filter": ["topic", "brand"], "sort": "published_at"}
        ]
    })
}

pub fn record(slug: &str) -> Value {
    json!({"id": format!("p-{slug}"), "slug": slug, "locale": "en", "published_at": "2026-05-02T08:00:00Z",
        "fields": {"title": format!("Post {slug}"), "summary": "A summary", "topic": "sea", "price": {"amount": 1200, "currency": "EUR"}}})
}
