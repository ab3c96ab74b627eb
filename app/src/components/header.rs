//! The top of every page: the site's name, its menu, its languages, the way to the search.
//!
//! A `details` without content is a switch here: CSS hides the list behind it while it is closed. So one
//! markup is a folded menu on a small screen and a row of links on a wide one.

use crate::component::{Component, Drawn, Out, Placed};
use crate::content;
use crate::cx::Cx;
use crate::document;
use crate::icons::icon;
use crate::messages::{Messages, name_among};
use crate::parts;
use crate::write::{Text, draw as drawn, each, maybe, push_attribute, push_text, text, when, write};
use leptos::prelude::*;
use model::asset::Image;
use model::names::{Locale, PagePath};
use model::safe::SafeUrl;
use model::schema::{Field, Kind};
use model::section::Tone;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "header",
    variants: &["default", "centered"],
    element: "header",
    css: include_str!("header.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    let entry = vec![
        Field::text("label", 60).required(),
        Field::new("href", Kind::Url).required(),
        Field::links("links", 12),
    ];
    vec![
        Field::text("brand", 80).required(),
        Field::new("home", Kind::Path).required(),
        Field::items("links", 12, entry),
        Field::link("action"),
        Field::new("search", Kind::Path),
        Field::boolean("languages").default(false),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow)]
    brand: Text<'a>,
    #[serde(borrow)]
    home: SafeUrl<'a>,
    #[serde(borrow, default)]
    links: Vec<Entry<'a>>,
    #[serde(borrow, default)]
    action: Option<parts::Link<'a>>,
    #[serde(borrow, default)]
    search: Option<SafeUrl<'a>>,
    #[serde(default)]
    languages: bool,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    label: Text<'a>,
    #[serde(borrow)]
    href: SafeUrl<'a>,
    #[serde(borrow, default)]
    links: Vec<parts::Link<'a>>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let languages = if props.languages { languages(cx) } else { vec![] };
    let words = Messages::of(cx.locale);
    let is_strong = placed.section.tone == Tone::Strong;
    let folds =
        !props.links.is_empty() || !languages.is_empty() || props.search.is_some() || props.action.is_some();
    let menu = when(!props.links.is_empty(), || {
        view! {
            <nav class="menu" aria-label=words.menu>
                <ul>{each(&props.links, |e| entry(e, cx, words))}</ul>
            </nav>
        }
    });
    let search = maybe(props.search.as_ref(), |href| {
        view! {
            <a class="to-search" href=href.as_str() aria-current=current(href, cx)>
                {icon("search")}
                <span>{text(words.search)}</span>
            </a>
        }
    });
    let view = view! {
        <a class="brand" href=props.home.as_str()>{brand(cx, &props.brand, is_strong)}</a>
        {when(folds, || view! {
            <details class="fold"><summary>{text(words.menu)}</summary></details>
            <div class="folded">
                {menu}
                {search}
                {language_switch(cx, &languages, words)}
                {maybe(props.action.as_ref(), |action| parts::link(action, "button"))}
            </div>
        })}
    };
    write(view, &mut out.html);
    Ok(())
}

/// The logo, in its dark version where the background is dark; the name where there is no logo.
fn brand<'a>(cx: &Cx<'a>, name: &'a Text<'a>, is_strong: bool) -> impl RenderHtml + 'a {
    let cx = *cx;
    drawn(move |out| {
        let (logo, dark) = (&cx.site.theme.logo, &cx.site.theme.logo_dark);
        match (logo, dark) {
            (Some(_), Some(dark)) if is_strong => logo_image(&cx, dark, name, out),
            (Some(logo), Some(dark)) => {
                out.push_str("<picture><source media=\"(prefers-color-scheme:dark)\"");
                push_attribute(out, "srcset", &logo_url(&cx, dark));
                out.push('>');
                logo_image(&cx, logo, name, out);
                out.push_str("</picture>");
            }
            (Some(logo), None) => logo_image(&cx, logo, name, out),
            (None, _) => write(view! { <span>{text(name.as_str())}</span> }, out),
        }
    })
}

fn logo_image(cx: &Cx, logo: &Image, name: &Text, out: &mut String) {
    let alt = if logo.alt.is_empty() { name.as_str() } else { &logo.alt };
    let (width, height) = (logo.width.to_string(), logo.height.to_string());
    write(view! { <img src=logo_url(cx, logo) width=width height=height alt=alt.to_owned()/> }, out);
}

/// A logo is shown at most 15 rem wide: twice that is enough for a fine screen.
fn logo_url(cx: &Cx, logo: &Image) -> String {
    cx.image_url(logo, logo.widths.iter().copied().find(|w| *w >= 480).or(logo.widths.last().copied()))
}

fn entry<'a>(entry: &'a Entry<'a>, cx: &Cx<'a>, words: &'static Messages) -> impl RenderHtml + 'a {
    let cx = *cx;
    let submenu = when(!entry.links.is_empty(), move || {
        view! {
            <details class="unfold" name="header-menu">
                <summary>
                    <span class="hidden">{text(words.submenu)}": "{text(entry.label.as_str())}</span>
                </summary>
            </details>
            <ul>
                {each(&entry.links, move |link| view! { <li>{menu_link(&link.href, &link.label, cx)}</li> })}
            </ul>
        }
    });
    view! { <li>{menu_link(&entry.href, &entry.label, cx)}{submenu}</li> }
}

fn menu_link<'a>(href: &'a SafeUrl<'a>, label: &'a Text<'a>, cx: Cx<'a>) -> impl RenderHtml + 'a {
    view! { <a href=href.as_str() aria-current=current(href, &cx)>{text(label.as_str())}</a> }
}

/// The value of `aria-current` for a link: `page` on the page that it leads to, `true` on the pages below.
fn current(href: &SafeUrl, cx: &Cx) -> Option<&'static str> {
    let path = PagePath::of_request(href.as_str())?;
    if path == *cx.path {
        return Some("page");
    }
    let below = cx.path.as_str().strip_prefix(path.as_str())?;
    (below.starts_with('/') && path.as_str() != cx.home()).then_some("true")
}

/// The other languages of the site and the page's address in each: the start page where it has no
/// translation.
fn languages<'a>(cx: &Cx<'a>) -> Vec<(&'a Locale, String)> {
    let translations = document::translations(cx, content::current(cx).as_ref());
    let address = |locale: &Locale| match translations.iter().find(|(l, _)| l == locale) {
        Some((_, path)) => path.to_url(),
        None if cx.site.locales.first() == Some(locale) => "/".to_owned(),
        None => format!("/{locale}"),
    };
    cx.site.locales.iter().filter(|l| *l != cx.locale).map(|l| (l, address(l))).collect()
}

/// More languages than this unfold from a list.
const MAX_LANGUAGES_IN_A_ROW: usize = 2;

fn language_switch<'a>(
    cx: &Cx<'a>,
    languages: &'a [(&'a Locale, String)],
    words: &'static Messages,
) -> impl RenderHtml + 'a {
    let (site, here) = (cx.site, cx.locale);
    let name = move |locale: &'a Locale| drawn(move |out| push_text(out, &name_among(locale, &site.locales)));
    when(!languages.is_empty(), move || {
        view! {
            <nav class="languages" aria-label=words.languages>
                {when(languages.len() > MAX_LANGUAGES_IN_A_ROW, move || view! {
                    <details class="unfold" name="header-menu">
                        <summary>{icon("globe")}<span>{name(here)}</span></summary>
                    </details>
                })}
                <ul>
                    {each(languages, move |(locale, href)| view! {
                        <li>
                            <a href=href.as_str() lang=locale.as_str() hreflang=locale.as_str()>
                                {name(locale)}
                            </a>
                        </li>
                    })}
                </ul>
            </nav>
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, draw, site};
    use serde_json::{Value, json};

    fn on(path: &'static str, page: Value, props: Value) -> String {
        Page { path, page, ..Page::default() }.draw("header", props)
    }

    #[test]
    fn without_a_logo_the_name_leads_home() {
        assert_eq!(
            draw("header", json!({"brand": "Crumb & Co.", "home": "/", "links": []})),
            "<header class=\"header\"><a href=\"/\" class=\"brand\"><span>Crumb &amp; Co.</span></a></header>"
        );
    }

    #[test]
    fn a_submenu_follows_its_entry_and_the_current_page_is_named() {
        let links = json!([
            {"label": "Projects", "href": "/projects", "links": [{"label": "Cases", "href": "/projects/cases"}]},
            {"label": "Bad", "href": "javascript:alert(1)"}
        ]);
        assert_eq!(
            on("/projects/cases", json!({}), json!({"brand": "N", "home": "/", "links": links})),
            "<header class=\"header\"><a href=\"/\" class=\"brand\"><span>N</span></a>\
             <details class=\"fold\"><summary>Menu</summary></details><div class=\"folded\">\
             <nav aria-label=\"Menu\" class=\"menu\"><ul>\
             <li><a href=\"/projects\" aria-current=\"true\">Projects</a>\
             <details name=\"header-menu\" class=\"unfold\">\
             <summary><span class=\"hidden\">Submenu: Projects</span></summary></details>\
             <ul><li><a href=\"/projects/cases\" aria-current=\"page\">Cases</a></li></ul></li>\
             <li><a href=\"#\">Bad</a></li></ul></nav></div></header>"
        );
    }

    #[test]
    fn the_language_switch_leads_to_the_translation_or_to_the_start_page() {
        let props = json!({"brand": "N", "home": "/", "languages": true});
        let translated = json!({"alternates": [["en", "/about"], ["ar", "/ar/من-نحن"]]});
        let html = on("/about", translated, props.clone());
        assert!(html.contains("href=\"/ar/%D9%85%D9%86-%D9%86%D8%AD%D9%86\""), "{html}");
        let html = on("/about", json!({}), props);
        assert!(html.contains("<a href=\"/ar\" lang=\"ar\" hreflang=\"ar\">العربية</a>"), "{html}");
    }

    #[test]
    fn two_locales_of_one_language_are_told_apart() {
        let mut site = site();
        site["locales"] = json!(["en", "pt-br", "pt", "ja"]);
        let html = Page { site, ..Page::default() }
            .draw("header", json!({"brand": "N", "home": "/", "languages": true}));
        for name in ["<span>English</span>", ">Português (pt-br)</a>", ">Português (pt)</a>", ">日本語</a>"]
        {
            assert!(html.contains(name), "{name} in {html}");
        }
    }

    #[test]
    fn the_logo_has_a_dark_version_and_a_text() {
        let mut site = site();
        let logo =
            |name: &str| json!({"asset": "cafe", "name": name, "ext": "svg", "width": 160, "height": 40});
        site["theme"]["logo"] = logo("logo");
        site["theme"]["logo_dark"] = logo("logo-dark");
        let html = Page { site, ..Page::default() }.draw("header", json!({"brand": "N", "home": "/"}));
        assert_eq!(
            html,
            "<header class=\"header\"><a href=\"/\" class=\"brand\"><picture>\
             <source media=\"(prefers-color-scheme:dark)\" srcset=\"/-/file/cafe/logo-dark.svg\">\
             <img src=\"/-/file/cafe/logo.svg\" width=\"160\" height=\"40\" alt=\"N\"></picture></a></header>"
        );
    }
}
