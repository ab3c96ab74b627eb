//! The people of an organisation.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::listing::Heading;
use crate::parts::{self, Loading};
use crate::write::{Text, classed, each, maybe, text, when, write};
use leptos::prelude::*;
use model::asset::Image;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "team",
    variants: &["default", "list"],
    css: include_str!("team.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("title", 160),
        Field::long_text("intro", 600),
        Field::items(
            "people",
            48,
            vec![
                Field::text("name", 120).required(),
                Field::text("role", 120).required(),
                Field::long_text("text", 1_000),
                Field::image("image"),
                Field::links("links", 4),
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
    people: Vec<Person<'a>>,
}

#[derive(Deserialize)]
struct Person<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    role: Text<'a>,
    #[serde(borrow, default)]
    text: Option<Text<'a>>,
    #[serde(borrow, default)]
    image: Option<Image<'a>>,
    #[serde(borrow, default)]
    links: Vec<parts::Link<'a>>,
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let level = Heading::of_items(props.title.as_ref(), &out.html);
    let sizes = if placed.variant == "list" { "7rem" } else { "(min-width: 40rem) 20rem, 100vw" };
    let view = view! {
        {parts::heading(props.title.as_ref(), props.intro.as_ref())}
        <ul class="people">{each(&props.people, |person| draw_person(cx, person, level, sizes))}</ul>
    };
    write(view, &mut out.html);
    Ok(())
}

fn draw_person<'a>(
    cx: &'a Cx<'a>,
    person: &'a Person<'a>,
    level: Heading,
    sizes: &'static str,
) -> impl RenderHtml + 'a {
    let portrait = maybe(person.image.as_ref(), move |image| parts::picture(cx, image, sizes, Loading::Lazy));
    let stand_in = when(person.image.is_none(), || {
        let initials = initials(person.name.as_str());
        view! { <span class="initials" aria-hidden="true">{initials}</span> }
    });
    let links = when(!person.links.is_empty(), || {
        view! {
            <ul class="person-links">
                {each(&person.links, |link| view! { <li>{parts::link(link, "person-link")}</li> })}
            </ul>
        }
    });
    view! {
        <li>
            {portrait}
            {stand_in}
            <div>
                {level.of(person.name.as_str())}
                {classed!("p", "role", text(person.role.as_str()))}
                {maybe(person.text.as_ref(), |about| parts::paragraphs(about.as_str()))}
                {links}
            </div>
        </li>
    }
}

/// The first letters of the first and the last name, in the place of a missing portrait.
fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphabetic()));
    let first = letters.next();
    first.into_iter().chain(letters.next_back()).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;
    use crate::testing::{draw, image};
    use serde_json::json;

    #[test]
    fn a_person_is_a_list_item_with_a_heading() {
        assert_eq!(
            draw(
                "team",
                json!({"title": "Us", "people": [{"name": "Ada King", "role": "Baker", "text": "Rye.",
                    "links": [{"label": "Write to Ada", "href": "mailto:ada@crumb.example"}]}]})
            ),
            "<section class=\"team\"><div class=\"section-head\"><h2>Us</h2></div><ul class=\"people\"><li>\
             <span aria-hidden=\"true\" class=\"initials\">AK</span><div><h3>Ada King</h3>\
             <p class=\"role\">Baker</p><p>Rye.</p><ul class=\"person-links\"><li>\
             <a href=\"mailto:ada@crumb.example\" class=\"person-link\">Write to Ada</a></li></ul></div>\
             </li></ul>\
             </section>"
        );
    }

    #[test]
    fn a_portrait_takes_the_place_of_the_initials() {
        let html =
            draw("team:list", json!({"people": [{"name": "Ada", "role": "Baker", "image": image("Ada")}]}));
        assert!(html.contains("sizes=\"auto, 7rem\""), "{html}");
        assert!(!html.contains("initials"), "{html}");
    }

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        for (name, letters) in [
            ("Ada King", "AK"),
            ("Ada", "A"),
            ("Jean-Luc (J) de la Tour", "JT"),
            ("ليلى حداد", "لح"),
            ("", ""),
        ] {
            assert_eq!(initials(name), letters);
        }
    }
}
