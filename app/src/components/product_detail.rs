//! All about one product: the record of the page's path.

use crate::component::{Component, Drawn, Out, Placed};
use crate::components::product_card::price;
use crate::components::product_list;
use crate::content::{self, Product, Record, Spec};
use crate::cx::Cx;
use crate::icons::icon;
use crate::listing::RelatedList;
use crate::messages::Messages;
use crate::parts::{self, Loading};
use crate::write::{Text, draw as drawn, each, maybe, push_json_ld, text, when, write};
use leptos::prelude::*;
use model::asset::Image;
use model::locale::Conventions;
use model::schema::{Field, Kind};
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;

pub const COMPONENT: Component = Component {
    name: "product-detail",
    css: include_str!("product_detail.css"),
    asks: |placed, cx, queries| {
        let related = placed.props::<Props>().ok().and_then(|props| props.related);
        queries.extend(related.and_then(|related| related.query(cx)));
    },
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![Field::new("link", Kind::Path), RelatedList::schema()]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    link: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    related: Option<RelatedList<'a>>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let record = content::required(cx)?;
    let product: Product = record.fields()?;
    let pictures = pictures(&product);
    let description = product.description.as_ref();
    let view = view! {
        <div class="product-main">
            {when(!pictures.is_empty(), || gallery(cx, &pictures))}
            <div class="product-facts">{facts(cx, &product)}</div>
        </div>
        {when(description.is_some() || !product.specs.is_empty() || product.sku.is_some(), || view! {
            <div class="product-more">
                {maybe(description, |html_of| parts::prose(html_of.0.as_str()))}
                {specifications(cx, &product)}
            </div>
        })}
    };
    write(view, &mut out.html);
    if let Some(list) = &props.related {
        related(&props, list, cx, out);
    }
    push_json_ld(&mut out.html, &data(cx, &record, &product, &pictures));
    Ok(())
}

/// Every picture once, the main one first.
fn pictures<'a, 'p>(product: &'p Product<'a>) -> Vec<&'p Image<'a>> {
    let mut all: Vec<&Image> = vec![];
    for image in product.image.iter().chain(&product.images) {
        if !all.iter().any(|other| other.asset == image.asset) {
            all.push(image);
        }
    }
    all
}

fn gallery<'a>(cx: &'a Cx<'a>, pictures: &'a [&'a Image<'a>]) -> impl RenderHtml + 'a {
    let images = drawn(move |out| {
        for (n, image) in pictures.iter().enumerate() {
            let sizes =
                if n == 0 { "(min-width: 56rem) 45vw, 100vw" } else { "(min-width: 56rem) 22vw, 50vw" };
            write(parts::picture(cx, image, sizes, Loading::of(n == 0)), out);
        }
    });
    view! { <div class="product-pictures">{images}</div> }
}

fn facts<'a>(cx: &'a Cx<'a>, product: &'a Product<'a>) -> impl RenderHtml + 'a {
    let words = Messages::of(cx.locale);
    let rating = product.rating.map(|rating| {
        let decimal = Conventions::of(cx.locale).map_or('.', |c| c.decimal);
        format!("{rating:.1} / 5").replace('.', decimal.encode_utf8(&mut [0; 4]))
    });
    view! {
        {maybe(product.brand.as_ref(), |brand| view! { <p class="brand">{text(brand.as_str())}</p> })}
        <h1>{text(product.title.as_str())}</h1>
        {maybe(rating, move |rating| view! {
            <p class="rating">
                {icon("star")}<span class="hidden">{text(words.rating)}{text(" ")}</span>
                {drawn(move |out| out.push_str(&rating))}
            </p>
        })}
        {maybe(product.summary.as_ref(), |summary| view! { <p class="lead">{text(summary.as_str())}</p> })}
        {price(cx, product.price.as_ref(), product.was.as_ref())}
        {maybe(product.stock, move |stock| {
            let (class, name, word) =
                match stock {
                    1.. => ("stock", "check", words.in_stock),
                    _ => ("stock none", "clock", words.sold_out),
                };
            view! { <p class=class>{icon(name)}{text(word)}</p> }
        })}
    }
}

fn specifications<'a>(cx: &'a Cx<'a>, product: &'a Product<'a>) -> impl RenderHtml + 'a {
    let row = |label: &'a str, value: &'a Text<'a>| {
        view! { <div><dt>{text(label)}</dt><dd>{text(value.as_str())}</dd></div> }
    };
    when(!product.specs.is_empty() || product.sku.is_some(), move || {
        view! {
            <div class="specs">
                <h2>{text(Messages::of(cx.locale).specifications)}</h2>
                <dl>
                    {each(&product.specs, move |spec: &Spec| row(spec.label.as_str(), &spec.value))}
                    {maybe(product.sku.as_ref(), move |sku| row("SKU", sku))}
                </dl>
            </div>
        }
    })
}

fn related(props: &Props, list: &RelatedList, cx: &Cx, out: &mut Out) {
    let entries = list.entries(cx, &mut out.notes);
    if entries.is_empty() {
        return;
    }
    out.html.push_str("<div class=\"related\">");
    write(view! { <h2>{text(list.title(cx))}</h2> }, &mut out.html);
    product_list::related(cx, &entries, |slug| list.href(cx, props.link.as_deref(), slug), out);
    out.html.push_str("</div>");
}

/// <https://schema.org/Product>
fn data(cx: &Cx, record: &Record, product: &Product, pictures: &[&Image]) -> Value {
    let url = cx.absolute(&cx.path.to_url());
    let images: Vec<String> = pictures.iter().map(|image| cx.absolute(&cx.image_url(image, None))).collect();
    let availability = |stock: i64| {
        if stock > 0 { "https://schema.org/InStock" } else { "https://schema.org/OutOfStock" }
    };
    content::without_nulls(json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.title.as_str(),
        "description": Some(&record.summary).filter(|summary| !summary.is_empty()),
        "sku": product.sku.as_ref().map(Text::as_str),
        "brand": product.brand.as_ref().map(|brand| json!({"@type": "Brand", "name": brand.as_str()})),
        "image": Some(images).filter(|images| !images.is_empty()),
        "url": url,
        "offers": product.price.map(|price| json!({
            "@type": "Offer",
            "price": price.decimal(),
            "priceCurrency": price.currency,
            "availability": product.stock.map(availability),
            "url": url,
        })),
    }))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, image};
    use model::query::Query;
    use serde_json::json;

    fn page() -> Page {
        Page {
            page: json!({"entity": "product"}),
            path: "/products/lamp",
            slug: Some("lamp"),
            answer: |query| match query {
                Query::Record { .. } => Some(
                    json!(["p1", "lamp", "2026-01-02T00:00:00Z", "Lamp", "A </script> lamp", {
                        "title": "Lamp", "brand": "Lux", "price": {"amount": 129900, "currency": "EUR"},
                        "stock": 3, "sku": "LX-1", "rating": 4.5, "description": "<p>Bright.</p>",
                        "specs": [{"label": "Weight", "value": "1 < 2 kg"}]
                    }, []])
                    .to_string(),
                ),
                Query::Related { .. } => Some(
                    json!([
                        ["p1", "lamp", "2026-01-02T00:00:00Z", "a", {"title": "Lamp"}],
                        ["p2", "bulb", "2026-01-02T00:00:00Z", "a", {"title": "Bulb"}]
                    ])
                    .to_string(),
                ),
                _ => None,
            },
            ..Page::default()
        }
    }

    #[test]
    fn a_product_is_shown_with_its_facts_its_description_and_its_data() {
        let html = page().draw("product-detail", json!({}));
        let (shown, data) = html.split_once("<script type=\"application/ld+json\">").unwrap();
        assert_eq!(
            shown,
            "<section class=\"product-detail\"><div class=\"product-main\"><div class=\"product-facts\">\
             <p class=\"brand\">Lux</p><h1>Lamp</h1><p class=\"rating\">\
             <svg class=\"icon\" viewBox=\"0 0 24 24\" \
             aria-hidden=\"true\" focusable=\"false\"><path d=\"m12 4 2.500 5.300 5.700.8-4.100 4 1 \
             5.700-5.100-2.700-5.100 2.700 1-5.700-4.100-4 5.700-.8z\"/></svg>\
             <span class=\"hidden\">Rating </span>4.5 / 5</p>\
             <p class=\"price\">€1,299.00</p><p class=\"stock\"><svg class=\"icon\" viewBox=\"0 0 24 24\" \
             aria-hidden=\"true\" focusable=\"false\"><path d=\"m5 12.5 4.5 4.5L19 7\"/></svg>In stock</p>\
             </div></div>\
             <div class=\"product-more\"><div class=\"prose\"><p>Bright.</p></div><div class=\"specs\">\
             <h2>Specifications</h2>\
             <dl><div><dt>Weight</dt><dd>1 &lt; 2 kg</dd></div><div><dt>SKU</dt><dd>LX-1</dd></div></dl>\
             </div></div>"
        );
        assert!(data.contains(r"A \u003c/script\u003e lamp"), "{data}");
        let data: serde_json::Value =
            serde_json::from_str(data.strip_suffix("</script></section>").unwrap()).unwrap();
        assert_eq!(
            data["offers"],
            json!({"@type": "Offer", "price": "1299.00", "priceCurrency": "EUR",
                "availability": "https://schema.org/InStock", "url": "https://test.example/products/lamp"})
        );
        assert!(data.get("image").is_none());
    }

    #[test]
    fn related_products_are_the_others_with_the_same_value() {
        let html = page().draw(
            "product-detail",
            json!({"related": {"title": "More", "index": "by-category-newest", "filter_field": "category",
                "limit": 4}}),
        );
        assert!(
            html.contains(
                "<div class=\"related\"><h2>More</h2><ul class=\"products\"><li class=\"product\"><h3>\
                 <a href=\"/products/bulb\">Bulb</a></h3></li></ul></div>"
            ),
            "{html}"
        );
    }

    #[test]
    fn every_picture_is_shown_once() {
        let product = json!({"title": "Lamp", "image": image("a"), "images": [image("b")]}).to_string();
        let product = serde_json::from_str(&product).unwrap();
        assert_eq!(super::pictures(&product).len(), 1);
    }
}
