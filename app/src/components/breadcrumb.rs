//! The way from the start of the site to the page.

use crate::component::{Component, Drawn, Out, Placed};
use crate::content::{self, readable};
use crate::cx::Cx;
use crate::messages::Messages;
use crate::parts::Link;
use crate::write::{draw as drawn, push_json_ld, text, write};
use leptos::prelude::*;
use model::names::PagePath;
use model::schema::Field;
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;

pub const COMPONENT: Component = Component {
    name: "breadcrumb",
    element: "nav",
    css: include_str!("breadcrumb.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![Field::links("items", 8)]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    items: Vec<Link<'a>>,
}

struct Step<'a> {
    label: Cow<'a, str>,
    href: Cow<'a, str>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let here = cx.path.to_url();
    let mut steps = if props.items.is_empty() { from_path(cx) } else { given(&props.items) };
    // Where the given items lead to the page already, its name is theirs.
    if steps.last().is_none_or(|step| step.href != here) {
        steps.push(Step { label: page_title(cx).into(), href: Cow::Borrowed(&here) });
    }
    let last = steps.len() - 1;
    let items = drawn(|out| {
        for (n, Step { label, href }) in steps.iter().enumerate() {
            if n == last {
                write(view! { <li aria-current="page">{text(label)}</li> }, out);
            } else {
                write(view! { <li><a href=&**href>{text(label)}</a></li> }, out);
            }
        }
    });
    write(view! { <ol aria-label=Messages::of(cx.locale).breadcrumb>{items}</ol> }, &mut out.html);
    push_json_ld(&mut out.html, &data(cx, &steps));
    Ok(())
}

fn given<'a>(items: &'a [Link<'a>]) -> Vec<Step<'a>> {
    let step = |item: &'a Link<'a>| Step {
        label: Cow::Borrowed(item.label.as_str()),
        href: Cow::Borrowed(item.href.as_str()),
    };
    items.iter().map(step).collect()
}

/// The start and every part of the path that is a page. On a site whose routes are not at hand, the start
/// only.
fn from_path<'a>(cx: &Cx<'a>) -> Vec<Step<'a>> {
    let home = cx.home();
    let path = cx.path.as_str();
    let mut steps = vec![Step { label: Messages::of(cx.locale).home.into(), href: home.clone() }];
    for (at, _) in path.match_indices('/').skip(1) {
        let Some(prefix) = path.get(..at).filter(|prefix| *prefix != home) else { continue };
        let Ok(page) = PagePath::parse(prefix) else { continue };
        if cx.site.routes.exact.contains_key(&page) {
            let name = prefix.rsplit('/').next().unwrap_or(prefix);
            steps.push(Step { label: readable(name), href: page.to_url().into() });
        }
    }
    steps
}

/// The title of the record or of the page, without the site's name behind it.
fn page_title(cx: &Cx) -> String {
    if let Some(record) = content::current(cx) {
        return record.title.into_owned();
    }
    let title = cx.page.title.strip_suffix(cx.site_name()).and_then(|rest| {
        let rest = rest.trim_end();
        rest.strip_suffix(['–', '—', '|', '·', '-']).map(str::trim_end).filter(|rest| !rest.is_empty())
    });
    title.unwrap_or(&cx.page.title).to_owned()
}

/// <https://schema.org/BreadcrumbList>
fn data(cx: &Cx, steps: &[Step]) -> Value {
    let item = |(n, step): (usize, &Step)| {
        let url = if step.href.starts_with('/') { cx.absolute(&step.href) } else { step.href.to_string() };
        json!({"@type": "ListItem", "position": n + 1, "name": step.label, "item": url})
    };
    let items: Vec<Value> = steps.iter().enumerate().map(item).collect();
    json!({"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items})
}

#[cfg(test)]
mod tests {
    use crate::testing::Page;
    use model::query::Query;
    use serde_json::{Value, json};

    fn page() -> Page {
        let mut page = Page { path: "/big-catalogue/hidden/lamp", ..Page::default() };
        page.site["routes"]["exact"] =
            json!({"/big-catalogue": {"page": "ab", "locale": "en", "group": "c"}});
        page.page = json!({"title": "Lamps & <more> – Test site"});
        page
    }

    fn parts(html: &str) -> (&str, Value) {
        let (shown, data) = html.split_once("<script type=\"application/ld+json\">").unwrap();
        (shown, serde_json::from_str(data.strip_suffix("</script></nav>").unwrap()).unwrap())
    }

    #[test]
    fn the_way_is_the_pages_along_the_path() {
        let html = page().draw("breadcrumb", json!({}));
        let (shown, data) = parts(&html);
        assert_eq!(
            shown,
            "<nav class=\"breadcrumb\"><ol aria-label=\"You are here\"><li><a href=\"/\">Home</a></li>\
             <li><a href=\"/big-catalogue\">Big catalogue</a></li>\
             <li aria-current=\"page\">Lamps &amp; &lt;more&gt;</li></ol>"
        );
        assert_eq!(
            data["itemListElement"][1],
            json!({"@type": "ListItem", "position": 2, "name": "Big catalogue",
                "item": "https://test.example/big-catalogue"})
        );
        assert!(html.contains(r"Lamps \u0026 \u003cmore\u003e"), "{html}");
    }

    #[test]
    fn a_record_ends_the_way_with_its_title() {
        let mut page = page();
        page.page = json!({"entity": "post", "title": "{title} – Test site"});
        page.slug = Some("lamp");
        page.answer = |query| {
            matches!(query, Query::Record { .. })
                .then(|| r#"["a","lamp","2026-01-01T00:00:00Z","Lamp","",{},[]]"#.to_owned())
        };
        assert!(page.draw("breadcrumb", json!({})).contains("<li aria-current=\"page\">Lamp</li>"));
    }

    #[test]
    fn given_items_are_the_way_and_may_name_the_page_itself() {
        let items = json!({"items": [{"label": "Start", "href": "/"},
            {"label": "Bad", "href": "javascript:x"},
            {"label": "This", "href": "/big-catalogue/hidden/lamp"}]});
        let html = page().draw("breadcrumb", items);
        assert!(
            parts(&html).0.ends_with(
                "<li><a href=\"/\">Start</a></li><li><a href=\"#\">Bad</a></li>\
                 <li aria-current=\"page\">This</li></ol>"
            ),
            "{html}"
        );
    }
}
