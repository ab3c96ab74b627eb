//! A field to search the site with.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::icons::icon;
use crate::messages::Messages;
use crate::write::{Text, text, write};
use leptos::prelude::*;
use model::safe::SafeUrl;
use model::schema::{Field, Kind};
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "search-box",
    // Without a heading it is no section; the form is the landmark.
    element: "div",
    css: include_str!("search_box.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("label", 120),
        Field::text("placeholder", 120),
        Field::new("action", Kind::Path).required(),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    label: Option<Text<'a>>,
    #[serde(borrow, default)]
    placeholder: Option<Text<'a>>,
    #[serde(borrow)]
    action: SafeUrl<'a>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let words = Messages::of(cx.locale);
    let (class, label) = match &props.label {
        Some(label) => ("label", label.as_str()),
        None => ("hidden", words.search),
    };
    let placeholder = props.placeholder.as_ref().map_or(words.search_hint, Text::as_str);
    // The label stands around the field, because a page may have several boxes and ids must be unique.
    let view = view! {
        <form method="get" action=props.action.as_str() role="search">
            <label>
                <span class=class>{text(label)}</span>
                <input
                    type="search" name="q" value=cx.params.get("q") placeholder=placeholder
                    maxlength="200" enterkeyhint="search"
                />
            </label>
            <button class="button">{icon("search")}<span>{text(words.search)}</span></button>
        </form>
    };
    write(view, &mut out.html);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, draw};
    use serde_json::json;

    #[test]
    fn the_field_holds_what_was_searched_for_and_has_a_label() {
        let page = Page { params: vec![("q".into(), "rye \"<b>\" & co".into())], ..Page::default() };
        let html = page.draw("search-box", json!({"action": "/search"}));
        assert!(
            html.starts_with(
                "<div class=\"search-box\"><form method=\"get\" action=\"/search\" role=\"search\">\
                 <label>\
                 <span class=\"hidden\">Search</span><input type=\"search\" name=\"q\" "
            ),
            "{html}"
        );
        assert!(html.contains("value=\"rye &quot;&lt;b&gt;&quot; &amp; co\""), "{html}");
    }

    #[test]
    fn a_given_label_is_visible_and_a_bad_action_is_dead() {
        let html = draw("search-box", json!({"label": "Find bread", "action": "javascript:alert(1)"}));
        assert!(html.contains("<span class=\"label\">Find bread</span>"), "{html}");
        assert!(html.contains("action=\"#\"") && !html.contains(" value="), "{html}");
    }
}
