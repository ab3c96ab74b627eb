//! One product in a few words. Lists of products draw the same card.

use crate::component::{Component, Drawn, Out, Placed, Undrawable};
use crate::content::{self, Money, Record};
use crate::cx::Cx;
use crate::listing::Heading;
use crate::messages::Messages;
use crate::parts::{self, Loading};
use crate::write::{Text, classed, draw as drawn, maybe, push_text, text, when, write};
use leptos::prelude::*;
use model::asset::Image;
use model::query::Query;
use model::schema::{Field, Kind};
use serde::Deserialize;
use std::borrow::Cow;

pub const COMPONENT: Component = Component {
    name: "product-card",
    css: include_str!("product_card.css"),
    asks: |placed, cx, queries| queries.extend(placed.props::<Props>().map(|props| props.query(cx))),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![
        Field::new("slug", Kind::Text { max: 200 }).required(),
        Field::new("type", Kind::Name).default("product"),
        Field::new("link", Kind::Path).required(),
        Field::text("label", 60),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow)]
    slug: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    link: Cow<'a, str>,
    #[serde(borrow, default)]
    label: Option<Text<'a>>,
}

impl Props<'_> {
    fn query(&self, cx: &Cx) -> Query {
        Query::Record {
            kind: self.kind.to_string(),
            locale: cx.locale.to_string(),
            slug: self.slug.to_string(),
        }
    }
}

/// What a card shows of a product's fields.
#[derive(Deserialize)]
pub struct Card<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow, default)]
    brand: Option<Text<'a>>,
    #[serde(borrow, default)]
    image: Option<Image<'a>>,
    #[serde(borrow, default)]
    price: Option<Money<'a>>,
    #[serde(borrow, default)]
    was: Option<Money<'a>>,
    #[serde(default)]
    stock: Option<i64>,
}

/// The card without the element around it, which has the class `product`. Its link covers all of it.
pub fn card<'a>(
    cx: &'a Cx<'a>,
    card: &'a Card<'a>,
    heading: Heading,
    href: String,
    sizes: &'static str,
    loading: Loading,
) -> impl RenderHtml + 'a {
    let image = card.image.as_ref();
    view! {
        {maybe(image, move |image| parts::picture(cx, image, sizes, loading))}
        {facts(cx, card, heading, href)}
    }
}

fn facts<'a>(cx: &'a Cx<'a>, card: &'a Card<'a>, heading: Heading, href: String) -> impl RenderHtml + 'a {
    let words = Messages::of(cx.locale);
    let sold_out = card.stock.is_some_and(|stock| stock <= 0);
    view! {
        {maybe(card.brand.as_ref(), |brand| classed!("p", "brand", text(brand.as_str())))}
        {heading.link(href, card.title.as_str())}
        {price(cx, card.price.as_ref(), card.was.as_ref())}
        {when(sold_out, || classed!("p", "sold-out", text(words.sold_out)))}
    }
}

/// The price, and the one before where it was higher.
pub fn price<'a>(
    cx: &'a Cx<'a>,
    now: Option<&'a Money<'a>>,
    was: Option<&'a Money<'a>>,
) -> impl RenderHtml + 'a {
    let money = move |money: &'a Money<'a>| drawn(move |out| push_text(out, &money.text(cx)));
    maybe(now, move |now| {
        let before = was.filter(|was| was.amount > now.amount);
        let before = maybe(before, move |was| {
            view! {
                {text(" ")}
                <del>
                    <span class="hidden">{text(Messages::of(cx.locale).was)}{text(" ")}</span>{money(was)}
                </del>
            }
        });
        classed!("p", "price", view! { {money(now)}{before} })
    })
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let words = Messages::of(cx.locale);
    let Some(json) = cx.answers.get(&props.query(cx)) else {
        write(view! { <p class="notice">{text(words.not_available)}</p> }, &mut out.html);
        return Ok(());
    };
    let record = Record::parse(json)
        .ok_or_else(|| Undrawable(format!("there is no {} with the slug {:?}", props.kind, props.slug)))?;
    let card: Card = record.fields()?;
    let image = card.image.as_ref();
    let summary = Some(&*record.summary).filter(|summary| !summary.is_empty());
    let sizes = "(min-width: 48rem) 30rem, 100vw";
    let href = content::entry_address(&props.link, &record.slug);
    let level = Heading::of_items(None, &out.html);
    let view = view! {
        <div class="product">
            {maybe(image, |image| parts::picture(cx, image, sizes, Loading::of(placed.is_first())))}
            <div class="product-text">
                {maybe(props.label.as_ref(), |label| view! { <p class="eyebrow">{text(label.as_str())}</p> })}
                {facts(cx, &card, level, href)}
                {maybe(summary, |summary| view! { <p class="summary">{text(summary)}</p> })}
            </div>
        </div>
    };
    write(view, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Page;
    use serde_json::json;

    fn lamp() -> Page {
        Page {
            answer: |_| {
                Some(
                    r#"["p1","lamp","2026-01-02T00:00:00Z","Lamp","Lights a <desk>.",
                    {"title":"Lamp & shade","brand":"Lux","price":{"amount":4900,"currency":"EUR"},
                     "was":{"amount":5900,"currency":"EUR"},"stock":0},[]]"#
                        .to_owned(),
                )
            },
            ..Page::default()
        }
    }

    #[test]
    fn a_card_shows_brand_price_the_price_before_and_that_it_is_sold_out() {
        assert_eq!(
            lamp().draw(
                "product-card",
                json!({"slug": "lamp", "type": "product", "link": "/products/:slug", "label": "Offer"})
            ),
            "<section class=\"product-card\"><div class=\"product\"><div class=\"product-text\">\
             <p class=\"eyebrow\">Offer</p><p class=\"brand\">Lux</p>\
             <h3><a href=\"/products/lamp\">Lamp &amp; shade</a></h3>\
             <p class=\"price\">€49.00 <del><span class=\"hidden\">Before </span>€59.00</del></p>\
             <p class=\"sold-out\">Sold out</p><p class=\"summary\">Lights a &lt;desk&gt;.</p></div></div>\
             </section>"
        );
    }

    #[test]
    fn a_link_that_leaves_the_site_is_dead() {
        let html = lamp().draw(
            "product-card",
            json!({"slug": "lamp", "type": "product", "link": "javascript:alert(1)/:slug"}),
        );
        assert!(html.contains("<a href=\"#\">"), "{html}");
    }

    #[test]
    fn a_product_that_is_gone_is_not_drawn_and_one_that_could_not_be_read_says_so() {
        let section = json!([{"component": "product-card",
            "props": {"slug": "gone", "type": "product", "link": "/products/:slug"}}]);
        let gone = Page { answer: |_| Some("null".to_owned()), ..Page::default() }.render(&section);
        assert_eq!(gone.notes, ["product-card: there is no product with the slug \"gone\""]);
        assert!(Page::default().render(&section).body.contains("not available at the moment"));
    }
}
