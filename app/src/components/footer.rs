//! The bottom of every page: what the site is, where else to go, who answers for it.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::parts;
use crate::write::{Html, Text, each, maybe, text, when, write};
use leptos::prelude::*;
use model::safe::SafeUrl;
use model::schema::{Field, Kind};
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "footer",
    variants: &["default", "compact"],
    element: "footer",
    css: include_str!("footer.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![
        Field::rich("text"),
        Field::items("columns", 6, vec![Field::text("title", 60).required(), Field::links("links", 16)]),
        Field::links("legal", 8),
        Field::items(
            "social",
            10,
            vec![Field::text("network", 40).required(), Field::new("href", Kind::Url).required()],
        ),
        Field::text("copyright", 200).required(),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    text: Option<Html<'a>>,
    #[serde(borrow, default)]
    columns: Vec<Column<'a>>,
    #[serde(borrow, default)]
    legal: Vec<parts::Link<'a>>,
    #[serde(borrow, default)]
    social: Vec<Account<'a>>,
    #[serde(borrow)]
    copyright: Text<'a>,
}

#[derive(Deserialize)]
struct Column<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow, default)]
    links: Vec<parts::Link<'a>>,
}

#[derive(Deserialize)]
struct Account<'a> {
    #[serde(borrow)]
    network: Text<'a>,
    #[serde(borrow)]
    href: SafeUrl<'a>,
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let about = when(props.text.is_some() || !props.social.is_empty(), || {
        view! {
            <div class="about">
                {maybe(props.text.as_ref(), |about| view! {
                    {parts::prose(about.0.as_str())}
                })}
                {when(!props.social.is_empty(), || view! {
                    <ul class="social">
                        {each(&props.social, |account| view! {
                            <li>
                                <a href=account.href.as_str() rel="me noopener">
                                    {text(account.network.as_str())}
                                </a>
                            </li>
                        })}
                    </ul>
                })}
            </div>
        }
    });
    let columns = when(!props.columns.is_empty(), || {
        view! {
            <div class="link-columns">
                {each(&props.columns, |column| view! {
                    <div><h2>{text(column.title.as_str())}</h2>{links(&column.links)}</div>
                })}
            </div>
        }
    });
    let view = view! {
        {about}
        {columns}
        <div class="legal"><p>{text(props.copyright.as_str())}</p>{links(&props.legal)}</div>
    };
    write(view, &mut out.html);
    Ok(())
}

fn links<'a>(links: &'a [parts::Link<'a>]) -> impl RenderHtml + 'a {
    when(!links.is_empty(), move || {
        view! {
            <ul>
                {each(links, |link| {
                    let external = link.href.is_external().then_some("noopener");
                    view! { <li><a href=link.href.as_str() rel=external>{text(link.label.as_str())}</a></li> }
                })}
            </ul>
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn a_footer_with_only_a_line_of_copyright_is_that_line() {
        assert_eq!(
            draw("footer", json!({"columns": [], "copyright": "© 2026 Crumb & Co."})),
            "<footer class=\"footer\"><div class=\"legal\"><p>© 2026 Crumb &amp; Co.</p></div></footer>"
        );
    }

    #[test]
    fn links_stand_under_their_headings_and_unsafe_ones_are_dead() {
        let html = draw(
            "footer:compact",
            json!({
                "text": "<p>Bread.</p>",
                "columns": [{"title": "Shop", "links": [{"label": "Visit", "href": "/visit"}]}],
                "legal": [{"label": "Imprint", "href": "javascript:x"}],
                "social": [{"network": "Pixelhaus", "href": "https://pixelhaus.example/crumb"}],
                "copyright": "© 2026"
            }),
        );
        assert_eq!(
            html,
            "<footer class=\"footer v-compact\"><div class=\"about\"><div class=\"prose\"><p>Bread.</p></div>\
             <ul class=\"social\"><li><a href=\"https://pixelhaus.example/crumb\" rel=\"me noopener\">\
             Pixelhaus</a></li></ul></div>\
             <div class=\"link-columns\"><div><h2>Shop</h2><ul><li><a href=\"/visit\">Visit</a></li></ul>\
             </div></div>\
             <div class=\"legal\"><p>© 2026</p><ul><li><a href=\"#\">Imprint</a></li></ul></div></footer>"
        );
    }
}
