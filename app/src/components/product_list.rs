//! Products of a list as cards.

use crate::component::{Component, Drawn, Out, Placed};
use crate::components::product_card::{self, Card, card};
use crate::content::Entry;
use crate::cx::Cx;
use crate::listing::{self, Heading};
use crate::parts::Loading;
use crate::write::{classed, draw as drawn, write};
use leptos::prelude::*;
use model::schema::Field;

pub const COMPONENT: Component = Component {
    name: "product-list",
    variants: &["default", "compact"],
    css: include_str!("product_list.css"),
    asks: listing::asks,
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    listing::schema()
}

const GRID: &str = "(min-width: 64rem) 20rem, (min-width: 44rem) 30vw, 45vw";

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    listing::use_style(&product_card::COMPONENT, out);
    let sizes = if placed.variant == "compact" { "6rem" } else { GRID };
    listing::draw(placed, cx, out, |list, entries, out| {
        let href = |slug: &str| list.href(slug);
        cards(cx, entries, list.entry_heading(), href, sizes, placed.is_first(), out);
    })
}

/// Cards of the products that go with another one.
pub fn related(cx: &Cx, entries: &[Entry<Card>], href: impl Fn(&str) -> String + Sync, out: &mut Out) {
    listing::use_style(&product_card::COMPONENT, out);
    listing::use_style(&COMPONENT, out);
    cards(cx, entries, Heading::Third, href, GRID, false, out);
}

fn cards(
    cx: &Cx,
    entries: &[Entry<Card>],
    heading: Heading,
    href: impl Fn(&str) -> String + Sync,
    sizes: &'static str,
    first: bool,
    out: &mut Out,
) {
    let products = drawn(|out| {
        for (n, entry) in entries.iter().enumerate() {
            let loading = Loading::of(first && n == 0);
            let card = card(cx, &entry.fields, heading, href(&entry.slug), sizes, loading);
            write(classed!("li", "product", card), out);
        }
    });
    write(view! { <ul class="products">{products}</ul> }, &mut out.html);
}

#[cfg(test)]
mod tests {
    use crate::testing::Page;
    use model::query::{Order, Query, Start};
    use serde_json::{Value, json};

    fn props(more: Value) -> Value {
        let mut props = json!({"type": "product", "index": "newest", "order": "desc", "limit": 2,
            "paginate": true, "link": "/products/:slug"});
        props.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        props
    }

    fn three() -> Option<String> {
        let entry = |id: &str, title: &str| {
            json!([id, id, "2026-01-02T00:00:00Z", id,
                {"title": title, "price": {"amount": 500, "currency": "EUR"}, "stock": 3}])
        };
        Some(json!([entry("a", "One <1>"), entry("b", "Two"), entry("c", "Three")]).to_string())
    }

    #[test]
    fn a_page_of_a_list_shows_its_entries_and_leads_to_the_next() {
        assert_eq!(
            Page { answer: |_| three(), path: "/shop", ..Page::default() }
                .draw("product-list", props(json!({"title": "New"}))),
            "<section class=\"product-list\"><div class=\"section-head\"><h2>New</h2></div>\
             <ul class=\"products\">\
             <li class=\"product\"><h3><a href=\"/products/a\">One &lt;1&gt;</a></h3>\
             <p class=\"price\">€5.00</p></li>\
             <li class=\"product\"><h3><a href=\"/products/b\">Two</a></h3><p class=\"price\">€5.00</p></li>\
             </ul>\
             <nav aria-label=\"Pages\" class=\"pager\"><a href=\"/shop?after=tb~b\" rel=\"next\">Next</a>\
             </nav></section>"
        );
    }

    #[test]
    fn the_page_before_keeps_its_last_entries_and_leads_both_ways() {
        let page = Page {
            answer: |query| match query {
                // Read from the cursor backwards.
                Query::List(list) if matches!(list.start, Start::Before(_)) => three().map(|json| {
                    let mut rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
                    rows.reverse();
                    serde_json::Value::from(rows).to_string()
                }),
                _ => None,
            },
            params: vec![("before".into(), "td~d".into())],
            ..Page::default()
        };
        let html = page.draw("product-list", props(json!({})));
        assert!(!html.contains("One") && html.contains("<h2><a href=\"/products/b\">"), "{html}");
        assert!(html.contains("href=\"/?before=tb~b\" rel=\"prev\""), "{html}");
        assert!(html.contains("href=\"/?after=tc~c\" rel=\"next\""), "{html}");
    }

    #[test]
    fn a_record_that_cannot_be_read_is_left_out_and_noted() {
        let page = Page {
            answer: |_| Some(r#"[["a","a","",1,{"title":7}],["b","b","",2,{"title":"B"}]]"#.to_owned()),
            ..Page::default()
        };
        let drawn = page.render(&json!([{"component": "product-list:compact", "props": props(json!({}))}]));
        assert!(drawn.body.contains("/products/b") && !drawn.body.contains("/products/a"), "{}", drawn.body);
        assert_eq!(drawn.notes.len(), 1, "{:?}", drawn.notes);
    }

    #[test]
    fn choices_that_the_list_offers_change_what_is_asked_and_are_marked() {
        let props = props(json!({
            "filters": [{"field": "category", "label": "Category",
                "options": [{"value": "phones", "label": "Phones"}]}],
            "sorts": [{"index": "newest", "order": "desc", "label": "Newest"},
                {"index": "price", "order": "asc", "label": "Price"}]
        }));
        let page = Page {
            answer: |query| match query {
                Query::List(list)
                    if list.order == Order::Ascending
                        && list.key == "product\u{1f}en\u{1f}by-category-price\u{1f}phones" =>
                {
                    Some("[]".to_owned())
                }
                _ => None,
            },
            params: vec![("category".into(), "phones".into()), ("sort".into(), "price.asc".into())],
            ..Page::default()
        };
        let html = page.draw("product-list", props);
        assert!(html.contains("There is nothing here yet."), "{html}");
        assert!(html.contains("<a href=\"/?sort=price.asc\" rel=\"nofollow\">All</a>"), "{html}");
        assert!(
            html.contains(
                "href=\"/?category=phones&amp;sort=price.asc\" rel=\"nofollow\" aria-current=\"true\">Phones"
            ),
            "{html}"
        );
    }
}
