//! One post in full: the record of the page's path.

use crate::component::{Component, Drawn, Out, Placed};
use crate::components::blog_list::{self, reading_time, words};
use crate::content::{self, Post, Record, Related};
use crate::cx::Cx;
use crate::listing::{self, RelatedList, ValueLabel};
use crate::messages::Messages;
use crate::parts::{self, Loading};
use crate::value::related_link;
use crate::write::{Text, each, maybe, push_json_ld, text, when, write};
use leptos::prelude::*;
use leptos_meta::Meta;
use model::schema::Field;
use serde::Deserialize;
use serde_json::{Value, json};

pub const COMPONENT: Component = Component {
    name: "blog-post",
    element: "article",
    css: include_str!("blog_post.css"),
    asks: |placed, cx, queries| {
        let related = placed.props::<Props>().ok().and_then(|props| props.related);
        queries.extend(related.and_then(|related| related.query(cx)));
        queries.extend(listing::relations_query(cx));
    },
    speaks: true,
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![RelatedList::schema(), ValueLabel::schema(60)]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    related: Option<RelatedList<'a>>,
    #[serde(borrow, default)]
    labels: Vec<ValueLabel<'a>>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    listing::use_style(&blog_list::COMPONENT, out);
    let props: Props = placed.props()?;
    let labels: Vec<&ValueLabel> = props.labels.iter().collect();
    let record = content::required(cx)?;
    let post: Post = record.fields()?;
    let mut others = listing::relations(cx);
    // The author may be a record of its own: then the field holds its id, and the others are what is left.
    let author = post.author.as_ref().and_then(|id| others.iter().position(|o| o.id == id.as_str()));
    let author = author.map(|at| others.remove(at));
    let image = post.image.as_ref();
    let sizes = "(min-width: 72rem) 68rem, 100vw";
    let published = record.published_at.to_string();
    let view = view! {
        <Meta property="article:published_time" content=published/>
        {header(cx, &record, &post, author.as_ref(), &labels)}
        {maybe(image, |image| view! {
            <div class="post-image">{parts::picture(cx, image, sizes, Loading::Eager)}</div>
        })}
        {maybe(post.body.as_ref(), |body| parts::prose(body.0.as_str()))}
        {footer(cx, &post, &others, &labels)}
    };
    write(view, &mut out.html);
    if let Some(list) = &props.related {
        related(list, cx, &labels, out);
    }
    push_json_ld(&mut out.html, &data(cx, &record, &post, author.as_ref()));
    Ok(())
}

fn header<'a>(
    cx: &'a Cx<'a>,
    record: &'a Record<'a>,
    post: &'a Post<'a>,
    author: Option<&'a Related<'a>>,
    labels: &'a [&'a ValueLabel<'a>],
) -> impl RenderHtml + 'a {
    let messages = Messages::of(cx.locale);
    view! {
        <header class="post-head">
            {maybe(post.topic.as_ref(), |topic| view! { <p class="eyebrow">{words(labels, topic)}</p> })}
            <h1>{text(post.title.as_str())}</h1>
            {maybe(post.summary.as_ref(), |summary| view! { <p class="lead">{text(summary.as_str())}</p> })}
            <p class="meta">
                {maybe(post.author.as_ref(), move |name| view! {
                    <span>
                        {text(messages.by)}{text(" ")}
                        {when(author.is_none(), || text(name.as_str()))}
                        {maybe(author, |author| related_link(cx, author))}
                    </span>
                })}
                {parts::day(cx, &record.published_at)}
                {maybe(post.reading_minutes, move |minutes| reading_time(minutes, messages))}
            </p>
        </header>
    }
}

/// The post's topics, and the records that it refers to.
fn footer<'a>(
    cx: &'a Cx<'a>,
    post: &'a Post<'a>,
    others: &'a [Related<'a>],
    labels: &'a [&'a ValueLabel<'a>],
) -> impl RenderHtml + 'a {
    when(!post.topics.is_empty() || !others.is_empty(), move || {
        view! {
            <footer class="post-foot">
                {when(!post.topics.is_empty(), move || view! {
                    <ul class="topics">
                        {each(&post.topics, |topic| view! { <li>{words(labels, topic)}</li> })}
                    </ul>
                })}
                {when(!others.is_empty(), move || view! {
                    <h2>{text(Messages::of(cx.locale).see_also)}</h2>
                    <ul>{each(others, |other| view! { <li>{related_link(cx, other)}</li> })}</ul>
                })}
            </footer>
        }
    })
}

fn related(list: &RelatedList, cx: &Cx, labels: &[&ValueLabel], out: &mut Out) {
    let entries = list.entries(cx, &mut out.notes);
    if entries.is_empty() {
        return;
    }
    out.html.push_str("<div class=\"related\">");
    write(view! { <h2>{text(list.title(cx))}</h2> }, &mut out.html);
    blog_list::related(cx, &entries, |slug| list.href(cx, None, slug), labels, out);
    out.html.push_str("</div>");
}

/// <https://schema.org/Article>
fn data(cx: &Cx, record: &Record, post: &Post, author: Option<&Related>) -> Value {
    let url = cx.absolute(&cx.path.to_url());
    let author = author.map(|a| (a.title.as_str(), a.href(cx).map(|href| cx.absolute(&href))));
    let author = author.or(post.author.as_ref().map(|name| (name.as_str(), None)));
    let logo = cx.site.theme.logo.as_ref().map(|logo| cx.absolute(&cx.image_url(logo, None)));
    content::without_nulls(json!({
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": post.title.as_str(),
        "description": post.summary.as_ref().map(Text::as_str),
        "datePublished": record.published_at,
        "author": author.map(|(name, url)| json!({"@type": "Person", "name": name, "url": url})),
        "image": post.image.as_ref().map(|image| cx.absolute(&cx.image_url(image, None))),
        "publisher": {
            "@type": "Organization",
            "name": cx.site_name(),
            "logo": logo.map(|url| json!({"@type": "ImageObject", "url": url})),
        },
        "mainEntityOfPage": url,
    }))
}

#[cfg(test)]
mod tests {
    use crate::testing::Page;
    use model::query::Query;
    use serde_json::json;

    fn page() -> Page {
        Page {
            page: json!({"entity": "post"}),
            path: "/news/tide",
            slug: Some("tide"),
            answer: |query| match query {
                Query::Record { .. } => Some(
                    json!(["a", "tide", "2026-03-14T08:00:00Z", "Tide", "Low.", {
                        "title": "Tide </script>", "author": "ada", "topic": "sea", "body": "<p>Out.</p>",
                        "topics": ["sea-life"], "reading_minutes": 4
                    }, []])
                    .to_string(),
                ),
                Query::Relations { .. } => {
                    Some(r#"[["ada","person","ada","Ada <B>"],["b","post","boat","Boats"]]"#.to_owned())
                }
                Query::Related { .. } => {
                    Some(r#"[["c","moon","2026-03-01T08:00:00Z","x",{"title":"Moon"}]]"#.to_owned())
                }
                _ => None,
            },
            ..Page::default()
        }
    }

    #[test]
    fn a_post_is_an_article_with_header_body_and_what_it_refers_to() {
        let html = page().draw("blog-post", json!({}));
        let (shown, data) = html.split_once("<script type=\"application/ld+json\">").unwrap();
        assert_eq!(
            shown,
            "<article class=\"blog-post\"><header class=\"post-head\"><p class=\"eyebrow\">Sea</p>\
             <h1>Tide &lt;/script&gt;</h1><p class=\"meta\"><span>By Ada &lt;B&gt;</span>\
             <time datetime=\"2026-03-14T08:00:00Z\">14 March 2026</time><span>4 min read</span></p></header>\
             <div class=\"prose\"><p>Out.</p></div><footer class=\"post-foot\"><ul class=\"topics\">\
             <li>Sea life</li></ul>\
             <h2>See also</h2><ul><li><a href=\"/news/boat\">Boats</a></li></ul></footer>"
        );
        let data: serde_json::Value =
            serde_json::from_str(data.strip_suffix("</script></article>").unwrap()).unwrap();
        assert_eq!(data["headline"], "Tide </script>");
        assert_eq!(data["author"], json!({"@type": "Person", "name": "Ada <B>"}));
        assert_eq!(data["publisher"], json!({"@type": "Organization", "name": "Test site"}));
    }

    #[test]
    fn the_head_names_the_day_of_publication() {
        let page = page().render(&json!([{"component": "blog-post"}]));
        assert!(
            page.head.contains("<meta property=\"article:published_time\" content=\"2026-03-14T08:00:00Z\">"),
            "{}",
            page.head
        );
    }

    #[test]
    fn related_posts_use_the_look_of_the_list() {
        let related = json!({"related": {"index": "by-topic", "filter_field": "topic", "limit": 3}});
        let page = page().render(&json!([{"component": "blog-post", "props": related}]));
        assert!(
            page.body.contains("<div class=\"related\"><h2>You may also like</h2><ul class=\"posts\">"),
            "{}",
            page.body
        );
        assert!(page.body.contains("<h3><a href=\"/news/moon\">Moon</a></h3>"), "{}", page.body);
    }

    #[test]
    fn a_page_without_a_record_leaves_the_section_out() {
        let page = Page::default().render(&json!([{"component": "blog-post"}]));
        assert!(page.body.contains("<!-- section not drawn -->") && page.notes.len() == 1);
    }
}
