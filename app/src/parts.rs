//! Small pieces that several components are made of.

use crate::cx::Cx;
use crate::messages::Messages;
use crate::write::{Text, draw, maybe, push_attribute, text, when};
use leptos::prelude::*;
use model::asset::Image;
use model::safe::SafeUrl;
use serde::Deserialize;
use std::fmt::Write as _;

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
        view! {
            <div class="section-head">
                {maybe(title, |title| view! { <h2>{text(title.as_str())}</h2> })}
                {maybe(intro, |intro| paragraphs(intro.as_str()))}
            </div>
        }
    })
}

/// Plain text as paragraphs: an empty line separates them.
pub fn paragraphs(plain: &str) -> impl RenderHtml + '_ {
    draw(move |out| {
        for paragraph in plain.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
            out.push_str("<p>");
            crate::write::push_text(out, paragraph);
            out.push_str("</p>");
        }
    })
}

pub fn link<'a>(link: &'a Link<'a>, class: &'static str) -> impl RenderHtml + 'a {
    let external = link.href.is_external().then_some("noopener");
    view! { <a class=class href=link.href.as_str() rel=external>{text(link.label.as_str())}</a> }
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
    let cx = *cx;
    draw(move |out| {
        out.push_str("<img");
        push_attribute(out, "src", &cx.image_url(image, fallback_width(image)));
        if !image.widths.is_empty() {
            push_attribute(out, "srcset", &source_set(&cx, image));
            push_attribute(out, "sizes", sizes);
        }
        let _infallible = write!(out, " width=\"{}\" height=\"{}\"", image.width, image.height);
        push_attribute(out, "alt", &image.alt);
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

pub fn source_set(cx: &Cx, image: &Image) -> String {
    let mut set = String::new();
    for width in &image.widths {
        if !set.is_empty() {
            set.push_str(", ");
        }
        let _infallible = write!(set, "{} {width}w", cx.image_url(image, Some(*width)));
    }
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
