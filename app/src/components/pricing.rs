//! Plans and what they cost, beside each other.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::listing::Heading;
use crate::messages::Messages;
use crate::parts;
use crate::write::{Text, each, maybe, text, when, write};
use leptos::prelude::*;
use model::schema::{Field, Kind};
use serde::Deserialize;

pub const COMPONENT: Component =
    Component { name: "pricing", css: include_str!("pricing.css"), draw, ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("title", 160),
        Field::long_text("intro", 600),
        Field::items(
            "plans",
            6,
            vec![
                Field::text("name", 80).required(),
                Field::text("price", 40).required(),
                Field::text("period", 60),
                Field::long_text("text", 400),
                Field::list("features", Kind::Text { max: 160 }, 20).required(),
                Field::link("action"),
                Field::boolean("highlight").default(false),
                Field::text("badge", 40),
            ],
        )
        .required(),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(borrow, default)]
    intro: Option<Text<'a>>,
    #[serde(borrow)]
    plans: Vec<Plan<'a>>,
}

#[derive(Deserialize)]
struct Plan<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    price: Text<'a>,
    #[serde(borrow, default)]
    period: Option<Text<'a>>,
    #[serde(borrow, default)]
    text: Option<Text<'a>>,
    #[serde(borrow, default)]
    features: Vec<Text<'a>>,
    #[serde(borrow, default)]
    action: Option<parts::Link<'a>>,
    #[serde(default)]
    highlight: bool,
    #[serde(borrow, default)]
    badge: Option<Text<'a>>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let level = Heading::of_items(props.title.as_ref(), &out.html);
    let words = Messages::of(cx.locale);
    let view = view! {
        {parts::heading(props.title.as_ref(), props.intro.as_ref())}
        <ul class="plans">{each(&props.plans, |plan| draw_plan(plan, level, words))}</ul>
    };
    write(view, &mut out.html);
    Ok(())
}

fn draw_plan<'a>(plan: &'a Plan<'a>, level: Heading, words: &'static Messages) -> impl RenderHtml + 'a {
    let (class, button) =
        if plan.highlight { ("plan card best", "button") } else { ("plan card", "button quiet") };
    // The colour of the highlighted plan says nothing that the badge does not say.
    let badge = plan.badge.as_ref().map(Text::as_str).or(plan.highlight.then_some(words.recommended));
    let features = when(!plan.features.is_empty(), || {
        view! {
            <ul class="plan-features">
                {each(&plan.features, |feature| view! { <li>{text(feature.as_str())}</li> })}
            </ul>
        }
    });
    view! {
        <li class=class>
            {level.of(plan.name.as_str())}
            {maybe(badge, |badge| view! { <p class="badge">{text(badge)}</p> })}
            <p class="price">
                <strong>{text(plan.price.as_str())}</strong>
                {maybe(plan.period.as_ref(), |period| view! {
                    {text(" ")}<span>{text(period.as_str())}</span>
                })}
            </p>
            {maybe(plan.text.as_ref(), |about| parts::paragraphs(about.as_str()))}
            {features}
            {maybe(plan.action.as_ref(), |action| view! {
                <p class="actions">{parts::link(action, button)}</p>
            })}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn a_plan_is_a_list_item_with_its_features() {
        assert_eq!(
            draw(
                "pricing",
                json!({"plans": [{"name": "Solo", "price": "€9", "period": "per month", "features": ["A & B"],
                    "action": {"label": "Take Solo", "href": "/solo"}}]})
            ),
            "<section class=\"pricing\"><ul class=\"plans\"><li class=\"plan card\"><h3>Solo</h3>\
             <p class=\"price\"><strong>€9</strong> <span>per month</span></p>\
             <ul class=\"plan-features\"><li>A &amp; B</li></ul>\
             <p class=\"actions\"><a href=\"/solo\" class=\"button quiet\">Take Solo</a></p></li></ul>\
             </section>"
        );
    }

    #[test]
    fn a_highlighted_plan_says_so_in_words() {
        let plan = |badge| {
            json!({"plans": [
                {"name": "Team", "price": "€29", "features": ["All"], "highlight": true, "badge": badge}
            ]})
        };
        let html = draw("pricing", plan(json!(null)));
        assert!(html.contains("<li class=\"plan card best\">"), "{html}");
        assert!(html.contains("<p class=\"badge\">Recommended</p>"), "{html}");
        assert!(draw("pricing", plan(json!("Most chosen"))).contains("<p class=\"badge\">Most chosen</p>"));
    }
}
