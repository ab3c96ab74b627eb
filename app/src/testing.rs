//! A site to draw components on, for tests.

use crate::cx::{Answers, Cx, Framing, Images, Params, Preview};
use crate::render::{self, Rendered};
use model::names::{Locale, PagePath};
use model::query::Query;
use model::records::{PageRecord, SiteRecord};
use serde_json::{Value, json};

/// What a test may say about the page around the component.
pub struct Page {
    pub site: Value,
    pub page: Value,
    pub path: &'static str,
    pub slug: Option<&'static str>,
    pub params: Vec<(String, String)>,
    /// Answers every query that the page asks.
    pub answer: fn(&Query) -> Option<String>,
    pub preview: bool,
    pub problems: Vec<String>,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            site: site(),
            page: json!({}),
            path: "/",
            slug: None,
            params: vec![],
            answer: |_| None,
            preview: false,
            problems: vec![],
        }
    }
}

pub fn site() -> Value {
    json!({
        "release": 1, "epoch": 1, "scheme": "https", "database": "DB", "locales": ["en", "ar"],
        "name": {"en": "Test site", "ar": "موقع"},
        "theme": {"hash": "feed", "background_light": "#ffffff", "background_dark": "#000000", "logo": null, "logo_dark": null, "icon": null, "preload": []},
        "organisation": null, "frame": {}, "components": {},
        "types": {
            "product": {"indexes": [{"name": "newest", "sort": "published_at"}, {"name": "price", "sort": "price"},
                {"name": "by-category-newest", "filter": ["category"], "sort": "published_at"}, {"name": "by-category-price", "filter": ["category"], "sort": "price"}],
                "schema_org": "Product", "paths": {"en": "/products/:slug"}},
            "post": {"indexes": [{"name": "newest", "sort": "published_at"}, {"name": "by-topic", "filter": ["topic"], "sort": "published_at"}],
                "schema_org": "Article", "paths": {"en": "/news/:slug", "ar": "/ar/news/:slug"}}
        },
        "routes": {"exact": {}, "shards": null, "patterns": []}, "redirects": {}, "not_found": {}, "search": {"en": "/search"}
    })
}

impl Page {
    /// Draws a page of these sections.
    pub fn render(&self, sections: &Value) -> Rendered {
        self.suggesting(sections, &[])
    }

    /// The same for a visitor who prefers these languages.
    pub fn suggesting(&self, sections: &Value, wanted: &[&Locale]) -> Rendered {
        let site: SiteRecord = serde_json::from_value(self.site.clone()).unwrap();
        let mut page =
            json!({"v": 1, "id": "test", "locale": "en", "title": "Title", "description": "Description"});
        page.as_object_mut().unwrap().extend(self.page.as_object().unwrap().clone());
        page["sections"] = sections.clone();
        let json = page.to_string();
        let page = PageRecord::parse(&json).unwrap();
        let params = Params::new(self.params.clone());
        let mut answers = Answers::default();
        let path = PagePath::parse(self.path).unwrap();
        let locale = page.locale.clone();
        let frame = Framing::of(&site, &locale);
        let cx = |answers| Cx {
            site: &site,
            host: "test.example",
            page: &page,
            frame: &frame,
            locale: &locale,
            path: &path,
            slug: self.slug,
            params: &params,
            answers,
            images: Images::Stored,
            preview: self
                .preview
                .then_some(Preview { until: "2026-03-14T09:30:00Z", problems: &self.problems }),
        };
        let none = Answers::default();
        for query in render::asks(&cx(&none)) {
            if let Some(json) = (self.answer)(&query) {
                answers.0.push((query, json));
            }
        }
        render::suggesting(&cx(&answers), wanted)
    }

    /// The HTML of one component with these props; fails the test where it could not be drawn.
    pub fn draw(&self, component: &str, props: Value) -> String {
        let rendered = self.render(&json!([{"component": component, "props": props}]));
        assert_eq!(rendered.notes, Vec::<String>::new());
        let (_, rest) = rendered.body.split_once("tabindex=\"-1\">").unwrap();
        rest.split_once("</main>").unwrap().0.to_owned()
    }
}

/// The HTML of one component with these props, on a page that says nothing else.
pub fn draw(component: &str, props: Value) -> String {
    Page::default().draw(component, props)
}

/// A stored picture.
pub fn image(alt: &str) -> Value {
    json!({"asset": "cafe", "name": "pic", "ext": "webp", "width": 1600, "height": 1000, "widths": [480, 960, 1600], "alt": alt})
}
