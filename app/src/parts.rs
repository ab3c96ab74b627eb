//! Small pieces that several components are made of.

use crate::cx::{Cx, Images};
use crate::messages::Messages;
use crate::write::{Text, classed, draw, maybe, push_paragraph, push_text, text, when};
use leptos::prelude::*;
use model::asset::Image;
use model::content_url;
use model::safe::SafeUrl;
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
pub struct Link<'a> {
    #[serde(borrow)]
    pub label: Text<'a>,
    #[serde(borrow)]
    pub href: SafeUrl<'a>,
}

/// The title and introduction of a section.
pub fn heading<'a>(title: Option<&'a Text<'a>>, intro: Option<&'a Text<'a>>) -> impl RenderHtml + 'a {
    when(title.is_some() || intro.is_some(), move || {
        let head = view! {
            {maybe(title, |title| view! { <h2>{text(title.as_str())}</h2> })}
            {maybe(intro, |intro| paragraphs(intro.as_str()))}
        };
        classed!("div", "section-head", head)
    })
}

/// Formatted text. A table in it may be wider than the screen, and whoever has no mouse scrolls what has the focus.
pub fn prose(clean: &str) -> impl RenderHtml + '_ {
    draw(move |out| {
        let scrolls = clean.contains("<table");
        out.push_str(if scrolls { "<div class=\"prose\" tabindex=\"0\">" } else { "<div class=\"prose\">" });
        out.push_str(clean);
        out.push_str("</div>");
    })
}

/// Plain text as paragraphs: an empty line separates them.
pub fn paragraphs(plain: &str) -> impl RenderHtml + '_ {
    draw(move |out| {
        let mut rest = plain.trim();
        while !rest.is_empty() {
            out.push_str("<p>");
            rest = push_paragraph(out, rest).trim_start();
            out.push_str("</p>");
        }
    })
}

/// A link. Written by hand: there are hundreds on a page.
pub fn link<'a>(link: &'a Link<'a>, class: &'static str) -> impl RenderHtml + 'a {
    draw(move |out| {
        out.push_str("<a href=\"");
        push_text(out, link.href.as_str());
        out.push_str(if link.href.is_external() { "\" rel=\"noopener\" class=\"" } else { "\" class=\"" });
        out.push_str(class);
        out.push_str("\">");
        push_text(out, link.label.as_str());
        out.push_str("</a>");
    })
}

/// Calls to action: the first is the most important one.
pub fn actions<'a>(links: &'a [Link<'a>]) -> impl RenderHtml + 'a {
    when(!links.is_empty(), move || {
        view! {
            <p class="actions">
                {draw(move |out| {
                    for (n, action) in links.iter().enumerate() {
                        crate::write::write(link(action, if n == 0 { "button" } else { "button quiet" }), out);
                    }
                })}
            </p>
        }
    })
}

/// How soon the browser needs a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loading {
    Lazy,
    /// Part of the first screen: the largest picture there decides how fast the page feels.
    Eager,
}

impl Loading {
    pub fn of(first: bool) -> Self {
        if first { Self::Eager } else { Self::Lazy }
    }
}

/// A picture in the widths that are stored; `sizes` says how wide it is shown (CSS `sizes`). Its natural size
/// is always given, so that nothing moves when it arrives.
pub fn picture<'a>(
    cx: &Cx<'a>,
    image: &'a Image<'a>,
    sizes: &'static str,
    loading: Loading,
) -> impl RenderHtml + 'a {
    let resize = cx.images == Images::Cloudflare;
    draw(move |out| {
        out.push_str("<img src=\"");
        let mut url = String::with_capacity(512);
        content_url::push_image(&mut url, image, fallback_width(image), resize);
        push_text(out, &url);
        if !image.widths.is_empty() {
            url.clear();
            push_source_set(&mut url, image, resize);
            out.push_str("\" srcset=\"");
            push_text(out, &url);
            // Of a lazy picture the browser knows the width when it loads; others than Chromium read on.
            out.push_str(match loading {
                Loading::Lazy => "\" sizes=\"auto, ",
                Loading::Eager => "\" sizes=\"",
            });
            push_text(out, sizes);
        }
        out.push_str("\" width=\"");
        content_url::push_number(out, image.width);
        out.push_str("\" height=\"");
        content_url::push_number(out, image.height);
        out.push_str("\" alt=\"");
        push_text(out, &image.alt);
        out.push('"');
        out.push_str(match loading {
            Loading::Lazy => " loading=\"lazy\" decoding=\"async\">",
            Loading::Eager => " fetchpriority=\"high\">",
        });
    })
}

/// The width for browsers that read no `srcset`.
fn fallback_width(image: &Image) -> Option<u32> {
    image.widths.iter().copied().find(|w| *w >= 960).or(image.widths.last().copied())
}

fn push_source_set(set: &mut String, image: &Image, resize: bool) {
    for (n, width) in image.widths.iter().enumerate() {
        if n > 0 {
            set.push_str(", ");
        }
        content_url::push_image(set, image, Some(*width), resize);
        set.push(' ');
        content_url::push_number(set, *width);
        set.push('w');
    }
}

pub fn source_set(cx: &Cx, image: &Image) -> String {
    let mut set = String::new();
    push_source_set(&mut set, image, cx.images == Images::Cloudflare);
    set
}

/// A day as the locale writes it, readable by machines.
pub fn day<'a>(cx: &Cx, at: &'a str) -> impl RenderHtml + 'a {
    let written = model::locale::date(cx.locale, at);
    view! { <time datetime=at>{draw(move |out| crate::write::push_text(out, &written))}</time> }
}

/// The way to the previous and the next page of something.
pub fn pager<'a>(cx: &Cx, previous: Option<&'a str>, next: Option<&'a str>) -> impl RenderHtml + 'a {
    let words = Messages::of(cx.locale);
    when(previous.is_some() || next.is_some(), move || {
        view! {
            <nav class="pager" aria-label=words.pages>
                {maybe(previous, |href| view! { <a href=href rel="prev">{text(words.previous)}</a> })}
                {maybe(next, |href| view! { <a href=href rel="next">{text(words.next)}</a> })}
            </nav>
        }
    })
}

/// An id or group name that is not on the page yet: `base_1`, `base_2`, … (an anchor never holds `_`).
pub fn fresh_id(html: &str, base: &str) -> String {
    let mut number = 1;
    let mut id = format!("{base}_{number}");
    while html.contains(&format!("=\"{id}\"")) {
        number += 1;
        id = format!("{base}_{number}");
    }
    id
}
