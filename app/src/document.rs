//! The document around a page's sections: everything up to `<body>`, and what closes it.

use crate::cx::{Cx, Params};
use crate::messages::Messages;
use crate::write::{push_attribute, push_json_ld, push_text};
use crate::{content, theme};
use model::content_url::{self, StyleName};
use model::json;
use model::names::PagePath;
use model::query::{Cursor, SearchCursor};
use serde_json::{Value, json};

/// From the doctype to the end of the head.
pub fn head(cx: &Cx, components: u64, extra: &str) -> String {
    let mut out = String::with_capacity(4 * 1024);
    out.push_str("<!doctype html><html");
    push_attribute(&mut out, "lang", cx.locale.as_str());
    push_attribute(&mut out, "dir", if cx.locale.is_rtl() { "rtl" } else { "ltr" });
    out.push_str("><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    let record = content::current(cx);
    let facts = Facts::of(cx, record.as_ref());
    out.push_str("<title>");
    push_text(&mut out, &facts.title);
    out.push_str("</title>");
    meta(&mut out, "name", "description", &facts.description);
    addresses(cx, record.as_ref(), &facts, &mut out);
    style(cx, components, &mut out);
    open_graph(cx, &facts, &mut out);
    out.push_str(extra);
    if let Some(organisation) = cx.site.organisation.as_ref().and_then(|raw| json::from_str(raw.get()).ok()) {
        push_json_ld(&mut out, &organisation_data(cx, &organisation));
    }
    out.push_str("</head>");
    out
}

pub fn open_body(cx: &Cx, out: &mut String) {
    out.push_str("<body><a class=\"skip\" href=\"#main\">");
    out.push_str(Messages::of(cx.locale).skip_to_content);
    out.push_str("</a>");
}

pub fn close_body(out: &mut String) {
    out.push_str("</body></html>");
}

/// What the head says about the page, from the page itself or from the record that it shows.
struct Facts {
    title: String,
    description: String,
    image: Option<String>,
    kind: &'static str,
}

impl Facts {
    fn of(cx: &Cx, record: Option<&content::Record>) -> Self {
        let page = cx.page;
        let image = page.image.as_ref().map(|image| cx.absolute(&cx.image_url(image, None)));
        let Some(record) = record else {
            return Self {
                title: page.title.to_string(),
                description: page.description.to_string(),
                image,
                kind: "website",
            };
        };
        let fill = |text: &str| text.replace("{title}", &record.title).replace("{summary}", &record.summary);
        Self {
            title: fill(&page.title),
            description: fill(&page.description),
            image: record.image().map(|image| cx.absolute(&cx.image_url(&image, None))).or(image),
            kind: if cx
                .page
                .entity
                .as_ref()
                .and_then(|k| cx.site.types.get(k))
                .and_then(|t| t.schema_org.as_deref())
                == Some("Article")
            {
                "article"
            } else {
                "website"
            },
        }
    }
}

fn meta(out: &mut String, attribute: &str, name: &str, content: &str) {
    if content.is_empty() {
        return;
    }
    out.push_str("<meta");
    push_attribute(out, attribute, name);
    push_attribute(out, "content", content);
    out.push('>');
}

fn link(out: &mut String, rel: &str, href: &str, more: &[(&str, &str)]) {
    out.push_str("<link");
    push_attribute(out, "rel", rel);
    push_attribute(out, "href", href);
    for (name, value) in more {
        push_attribute(out, name, value);
    }
    out.push('>');
}

/// Canonical address, translations, neighbours in search engines.
fn addresses(cx: &Cx, record: Option<&content::Record>, facts: &Facts, out: &mut String) {
    let canonical = cx.absolute(&cx.path.to_url());
    if cx.page.noindex || cx.preview.is_some() {
        meta(out, "name", "robots", "noindex");
    } else {
        // A page of a list is an address of its own; a search or a filtered list is the list's.
        let page = cx
            .params
            .get("after")
            .filter(|after| Cursor::parse(after).is_some() || SearchCursor::parse(after).is_some())
            .map(|after| Params::default().with(&[("after", after)]))
            .unwrap_or_default();
        link(out, "canonical", &[canonical.as_str(), &page].concat(), &[]);
    }
    meta(out, "property", "og:url", &canonical);
    meta(out, "property", "og:title", &facts.title);
    for (locale, path) in translations(cx, record) {
        link(out, "alternate", &cx.absolute(&path.to_url()), &[("hreflang", locale.as_str())]);
        if cx.site.locales.first() == Some(&locale) {
            link(out, "alternate", &cx.absolute(&path.to_url()), &[("hreflang", "x-default")]);
        }
    }
}

/// The page in every language that it exists in, itself included; empty where there is no other.
pub fn translations(cx: &Cx, record: Option<&content::Record>) -> Vec<(model::names::Locale, PagePath)> {
    let Some(record) = record else { return cx.page.alternates.clone() };
    let Some(kind) = cx.page.entity.as_ref().and_then(|kind| cx.site.types.get(kind)) else { return vec![] };
    if record.alternates.len() < 2 {
        return vec![];
    }
    // In the order of the site's languages: the database knows none.
    let paths = cx.site.locales.iter().filter_map(|locale| {
        let (_, slug) = record.alternates.iter().find(|(known, _)| known == locale.as_str())?;
        let path = PagePath::parse(&kind.paths.get(locale)?.replace(":slug", slug)).ok()?;
        Some((locale.clone(), path))
    });
    paths.collect()
}

fn style(cx: &Cx, components: u64, out: &mut String) {
    let theme = &cx.site.theme;
    for font in &theme.preload {
        let href = content_url::file(&font.asset, None, &font.name, "woff2");
        link(out, "preload", &href, &[("as", "font"), ("type", "font/woff2"), ("crossorigin", "anonymous")]);
    }
    let name = StyleName { theme: theme.hash.clone(), build: theme::build_digest(), components };
    link(out, "stylesheet", &name.url(), &[]);
    out.push_str("<meta name=\"color-scheme\" content=\"light dark\">");
    out.push_str("<meta name=\"theme-color\" media=\"(prefers-color-scheme: light)\"");
    push_attribute(out, "content", &theme.background_light);
    out.push_str("><meta name=\"theme-color\" media=\"(prefers-color-scheme: dark)\"");
    push_attribute(out, "content", &theme.background_dark);
    out.push('>');
    if let Some(icon) = &theme.icon {
        let kind = model::asset::content_type(&icon.ext).unwrap_or("image/png");
        link(out, "icon", &cx.image_url(icon, None), &[("type", kind)]);
    }
    for (kind, summary) in &cx.site.types {
        let has_feed = summary.by_date().is_some() && summary.paths.contains_key(cx.locale);
        if summary.schema_org.as_deref() == Some("Article") && has_feed {
            let href = format!(
                "{}/feed/{kind}.xml",
                if cx.is_default_locale() { String::new() } else { format!("/{}", cx.locale) }
            );
            link(out, "alternate", &href, &[("type", "application/atom+xml"), ("title", cx.site_name())]);
        }
    }
}

fn open_graph(cx: &Cx, facts: &Facts, out: &mut String) {
    meta(out, "property", "og:type", facts.kind);
    meta(out, "property", "og:site_name", cx.site_name());
    meta(out, "property", "og:description", &facts.description);
    // `pt_BR`, as Open Graph writes it (<https://ogp.me/#optional>).
    let (language, region) = cx.locale.as_str().split_once('-').unwrap_or((cx.locale.as_str(), ""));
    let region = if region.is_empty() { String::new() } else { format!("_{}", region.to_ascii_uppercase()) };
    meta(out, "property", "og:locale", &format!("{language}{region}"));
    if let Some(image) = &facts.image {
        meta(out, "property", "og:image", image);
        meta(out, "name", "twitter:card", "summary_large_image");
    }
}

/// schema.org data of the organisation behind the site (<https://schema.org/Organization>).
fn organisation_data(cx: &Cx, given: &Value) -> Value {
    let text = |name: &str| given.get(name).and_then(Value::as_str);
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": text("type").unwrap_or("Organization"),
        "name": text("name").unwrap_or(cx.site_name()),
        "url": cx.absolute("/"),
    });
    let mut set = |name: &str, value: Option<Value>| {
        if let (Some(object), Some(value)) = (data.as_object_mut(), value) {
            object.insert(name.to_owned(), value);
        }
    };
    set("telephone", text("phone").map(Value::from));
    set("email", text("email").map(Value::from));
    set("sameAs", given.get("same_as").filter(|v| v.is_array()).cloned());
    set("logo", cx.site.theme.logo.as_ref().map(|logo| cx.absolute(&cx.image_url(logo, None)).into()));
    set(
        "address",
        given.get("address").filter(|a| a.is_object()).map(|a| {
            json!({
                "@type": "PostalAddress",
                "streetAddress": a.get("street"), "addressLocality": a.get("city"),
                "postalCode": a.get("postcode"), "addressCountry": a.get("country"),
            })
        }),
    );
    data
}
