//! Posts of a list.

use crate::component::{Component, Drawn, Out, Placed};
use crate::content::Entry;
use crate::cx::Cx;
use crate::listing::{self, Heading, ValueLabel};
use crate::messages::Messages;
use crate::parts::{self, Loading};
use crate::write::{Text, classed, draw as drawn, maybe, push_text, text, write};
use leptos::prelude::*;
use model::asset::Image;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "blog-list",
    variants: &["default", "list", "featured"],
    css: include_str!("blog_list.css"),
    asks: listing::asks,
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    listing::schema()
}

/// What a list shows of a post's fields.
#[derive(Deserialize)]
pub struct Card<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow, default)]
    summary: Option<Text<'a>>,
    #[serde(borrow, default)]
    image: Option<Image<'a>>,
    #[serde(borrow, default)]
    author: Option<Text<'a>>,
    #[serde(borrow, default)]
    topic: Option<Text<'a>>,
    #[serde(default)]
    reading_minutes: Option<i64>,
}

const THIRD: &str = "(min-width: 60rem) 26rem, (min-width: 40rem) 45vw, 100vw";

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let (first, others) = match placed.variant {
        "list" => ("(min-width: 40rem) 16rem, 100vw", "(min-width: 40rem) 16rem, 100vw"),
        "featured" => ("(min-width: 60rem) 50rem, 100vw", THIRD),
        _ => (THIRD, THIRD),
    };
    listing::draw(placed, cx, out, |list, entries, out| {
        let href = |slug: &str| list.href(slug);
        let labels = list.labels_of("topic");
        posts(cx, entries, list.entry_heading(), href, &labels, (first, others), placed.is_first(), out);
    })
}

/// Posts that go with another one.
pub fn related(
    cx: &Cx,
    entries: &[Entry<Card>],
    href: impl Fn(&str) -> String + Sync,
    labels: &[&ValueLabel],
    out: &mut Out,
) {
    listing::use_style(&COMPONENT, out);
    posts(cx, entries, Heading::Third, href, labels, (THIRD, THIRD), false, out);
}

#[expect(clippy::too_many_arguments, reason = "each one differs between the two callers")]
fn posts(
    cx: &Cx,
    entries: &[Entry<Card>],
    heading: Heading,
    href: impl Fn(&str) -> String + Sync,
    labels: &[&ValueLabel],
    (first, others): (&'static str, &'static str),
    at_top: bool,
    out: &mut Out,
) {
    let items = drawn(|out| {
        for (n, entry) in entries.iter().enumerate() {
            let sizes = if n == 0 { first } else { others };
            let loading = Loading::of(at_top && n == 0);
            let post = &entry.fields;
            let view = view! {
                {maybe(post.image.as_ref(), |image| parts::picture(cx, image, sizes, loading))}
                <div>
                        {maybe(post.topic.as_ref(), |topic| classed!("p", "eyebrow", words(labels, topic)))}
                        {heading.link(href(&entry.slug), post.title.as_str())}
                        {maybe(post.summary.as_ref(), |summary| view! { <p>{text(summary.as_str())}</p> })}
                        {meta(cx, &entry.published_at, post)}
                </div>
            };
            write(classed!("li", "post", view), out);
        }
    });
    write(view! { <ul class="posts">{items}</ul> }, &mut out.html);
}

/// A topic as words.
pub fn words<'a>(labels: &'a [&'a ValueLabel<'a>], topic: &'a Text<'a>) -> impl RenderHtml + 'a {
    drawn(move |out| push_text(out, &listing::label(labels, topic.as_str())))
}

/// Day, author and reading time.
fn meta<'a>(cx: &'a Cx<'a>, day: &'a str, post: &'a Card<'a>) -> impl RenderHtml + 'a {
    let facts = view! {
        {parts::day(cx, day)}
        {maybe(post.author.as_ref(), |author| view! { <span>{text(author.as_str())}</span> })}
        {maybe(post.reading_minutes, |minutes| reading_time(minutes, Messages::of(cx.locale)))}
    };
    classed!("p", "meta", facts)
}

pub fn reading_time(minutes: i64, words: &'static Messages) -> impl RenderHtml {
    view! { <span>{drawn(move |out| push_text(out, &format!("{minutes} {}", words.minutes)))}</span> }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, image};
    use serde_json::{Value, json};

    fn props() -> Value {
        json!({"title": "News", "type": "post", "index": "newest", "order": "desc", "limit": 3,
            "link": "/news/:slug"})
    }

    #[test]
    fn a_post_is_shown_with_topic_summary_and_meta() {
        let page = Page {
            answer: |_| {
                Some(
                    r#"[["a","tide","2026-03-14T08:00:00Z","x",{"title":"Tide & time","summary":"Low.",
                    "author":"Ada",                    "topic":"sea-life","reading_minutes":4}]]"#
                        .to_owned(),
                )
            },
            ..Page::default()
        };
        assert_eq!(
            page.draw("blog-list:list", props()),
            "<section class=\"blog-list v-list\"><div class=\"section-head\"><h2>News</h2></div>\
             <ul class=\"posts\">\
             <li class=\"post\"><div><p class=\"eyebrow\">Sea life</p><h3>\
             <a href=\"/news/tide\">Tide &amp; time</a></h3>\
             <p>Low.</p><p class=\"meta\"><time datetime=\"2026-03-14T08:00:00Z\">14 March 2026</time>\
             <span>Ada</span><span>4 min read</span></p></div></li></ul></section>"
        );
    }

    #[test]
    fn a_list_beside_a_post_does_not_name_that_post_and_is_as_long_all_the_same() {
        let page = |entity: &str, slug| Page {
            page: json!({"entity": entity}),
            slug,
            answer: |_| {
                let post = |id: &str| json!([id, id, "2026-03-14T08:00:00Z", "x", {"title": id}]);
                Some(json!([post("a"), post("b"), post("c"), post("d")]).to_string())
            },
            ..Page::default()
        };
        let shown = |page: Page, more: Value| {
            let mut props = props();
            props.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let html = page.draw("blog-list", props);
            ["a", "b", "c", "d"].map(|slug| html.contains(&format!("\"/news/{slug}\"")))
        };
        assert_eq!(shown(page("post", Some("b")), json!({})), [true, false, true, true]);
        assert_eq!(shown(page("event", Some("b")), json!({})), [true, true, true, false]);
        assert_eq!(shown(page("post", Some("b")), json!({"paginate": true})), [true, true, true, false]);
    }

    #[test]
    fn only_the_first_picture_of_the_first_section_is_not_lazy() {
        let page = Page {
            answer: |_| {
                let post =
                    json!(["a", "a", "2026-03-14T08:00:00Z", "x", {"title": "A", "image": image("Sea")}]);
                Some(json!([post, post]).to_string())
            },
            ..Page::default()
        };
        let html = page.draw("blog-list:featured", props());
        assert_eq!(html.matches("fetchpriority=\"high\"").count(), 1, "{html}");
        assert_eq!(html.matches("loading=\"lazy\"").count(), 1, "{html}");
    }
}
