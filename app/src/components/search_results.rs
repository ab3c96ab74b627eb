//! What the site has for the words that a visitor searched for.

use crate::component::{Component, Drawn, Out, Placed, Undrawable};
use crate::content::{Hit, page_address};
use crate::cx::Cx;
use crate::messages::Messages;
use crate::parts;
use crate::write::{Text, classed, each, html, text, when, write};
use leptos::prelude::*;
use model::query::{Query, SearchCursor, search_expression};
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "search-results",
    css: include_str!("search_results.css"),
    asks: |placed, cx, queries| queries.extend(placed.props::<Props>().ok().and_then(|p| p.query(cx))),
    draw,
    ..Component::BASE
};

/// Names of the query parameters that change it.
pub const PARAMS: [&str; 2] = ["q", "after"];

const MAX_LIMIT: usize = 50;

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("title", 160),
        Field::integer("level", 1, 2).default(2),
        Field::integer("limit", 1, MAX_LIMIT as i64).default(20),
        Field::text("empty", 200),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    level: u8,
    limit: usize,
    #[serde(borrow, default)]
    empty: Option<Text<'a>>,
}

impl Props<'_> {
    fn limit(&self) -> usize {
        self.limit.clamp(1, MAX_LIMIT)
    }

    /// `None` while there is nothing to search for.
    fn query(&self, cx: &Cx) -> Option<Query> {
        let wanted = cx.params.get("q").filter(|q| search_expression(q).is_some())?;
        Some(Query::Search {
            locale: cx.locale.to_string(),
            text: wanted.to_owned(),
            after: cx.params.get("after").and_then(SearchCursor::parse),
            limit: self.limit(),
        })
    }
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let words = Messages::of(cx.locale);
    let wanted = cx.params.get("q").map(str::trim).filter(|q| !q.is_empty());
    heading(&props, wanted, words, &mut out.html);
    let notice = |message: &str, out: &mut Out| {
        write(view! { <p class="notice">{text(message)}</p> }, &mut out.html);
    };
    let empty = props.empty.as_ref().map_or(words.no_results, Text::as_str);
    let Some(query) = props.query(cx) else {
        if wanted.is_some() {
            notice(empty, out);
        }
        return Ok(());
    };
    let Some(json) = cx.answers.get(&query) else {
        notice(words.not_available, out);
        return Ok(());
    };
    let mut hits: Vec<Hit> = model::json::from_str(json).map_err(|e| Undrawable(format!("search: {e}")))?;
    let more = hits.len() > props.limit();
    hits.truncate(props.limit());
    if hits.is_empty() {
        notice(empty, out);
        return Ok(());
    }
    let (open, close) = if props.level == 1 { ("<h2>", "</h2>") } else { ("<h3>", "</h3>") };
    let items = each(&hits, |hit| {
        let href = page_address(&hit.path);
        view! {
            <li>
                {html(open)}<a href=href>{text(hit.title.as_str())}</a>{html(close)}
                {when(!hit.summary.is_empty(), || view! { <p>{text(hit.summary.as_str())}</p> })}
                {classed!("p", "path", text(&hit.path))}
            </li>
        }
    });
    write(view! { <ol class="hits">{items}</ol> }, &mut out.html);
    let last = hits.last().filter(|_| more);
    let next = last.map(|hit| {
        let after = SearchCursor { in_title: hit.in_title != 0, row: hit.row }.to_text();
        format!("{}{}", cx.path.to_url(), cx.params.with(&[("after", &after)]))
    });
    write(parts::pager(cx, None, next.as_deref()), &mut out.html);
    Ok(())
}

/// The section's own title, or what was searched for, or the word for a search: there is always a heading,
/// because it may be the page's only one.
fn heading(props: &Props, wanted: Option<&str>, words: &'static Messages, out: &mut String) {
    let results = |wanted| view! { {text(words.results_for)}{text(" ")}<q>{text(wanted)}</q> };
    let (open, close) = if props.level == 1 { ("<h1>", "</h1>") } else { ("<h2>", "</h2>") };
    out.push_str(open);
    match (&props.title, wanted) {
        (Some(title), _) => write(text(title.as_str()), out),
        (None, Some(wanted)) => write(results(wanted), out),
        (None, None) => out.push_str(words.search),
    }
    out.push_str(close);
    if let (Some(_), Some(wanted)) = (&props.title, wanted) {
        write(view! { <p class="wanted">{results(wanted)}</p> }, out);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, draw};
    use model::query::{Query, SearchCursor};
    use serde_json::json;

    fn searched(q: &str, after: &str) -> Page {
        Page {
            path: "/search",
            params: vec![("q".into(), q.into()), ("after".into(), after.into())],
            answer: |query| match query {
                Query::Search { text, after: None, limit: 1, .. } if text == "rye <b>" => Some(
                    r#"[["/bread/rye","Rye & more","Dark <loaf>",1,7],["/about","About","",0,3]]"#.to_owned(),
                ),
                Query::Search { after: Some(SearchCursor { in_title: true, row: 7 }), .. } => {
                    Some(r#"[["//evil.example","About","",0,3]]"#.to_owned())
                }
                Query::Search { .. } => Some("[]".to_owned()),
                _ => None,
            },
            ..Page::default()
        }
    }

    #[test]
    fn hits_lead_to_their_pages_and_to_more_of_them() {
        assert_eq!(
            searched("rye <b>", "").draw("search-results", json!({"level": 1, "limit": 1})),
            "<section class=\"search-results\"><h1>Results for <q>rye &lt;b&gt;</q></h1><ol class=\"hits\">\
             <li>\
             <h2><a href=\"/bread/rye\">Rye &amp; more</a></h2><p>Dark &lt;loaf&gt;</p>\
             <p class=\"path\">/bread/rye</p></li></ol>\
             <nav aria-label=\"Pages\" class=\"pager\">\
             <a href=\"/search?after=t7&amp;q=rye%20%3Cb%3E\" rel=\"next\">Next</a></nav></section>"
        );
    }

    #[test]
    fn the_last_page_leads_nowhere_and_a_bad_path_is_dead() {
        let html = searched("rye", "t7").draw("search-results", json!({"level": 2, "limit": 1}));
        assert!(
            html.contains("<h3><a href=\"#\">About</a></h3>") && !html.contains("rel=\"next\""),
            "{html}"
        );
    }

    #[test]
    fn nothing_found_nothing_asked_and_no_words_are_told_apart() {
        let props = json!({"title": "Search", "level": 1, "limit": 5, "empty": "Nothing."});
        assert_eq!(
            searched("xyz", "").draw("search-results", props.clone()),
            "<section class=\"search-results\"><h1>Search</h1><p class=\"wanted\">Results for <q>xyz</q></p>\
             <p class=\"notice\">Nothing.</p></section>"
        );
        assert!(searched("*\"", "").draw("search-results", props.clone()).contains("Nothing."));
        assert_eq!(
            draw("search-results", props),
            "<section class=\"search-results\"><h1>Search</h1></section>"
        );
    }
}
