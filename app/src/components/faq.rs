//! Questions and answers that open without script.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::listing::Heading;
use crate::parts;
use crate::write::{Html, Text, each, push_json_ld, when, write};
use leptos::prelude::*;
use model::schema::Field;
use serde::Deserialize;
use serde_json::json;

pub const COMPONENT: Component = Component {
    name: "faq",
    variants: &["default", "columns"],
    css: include_str!("faq.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("title", 160),
        Field::long_text("intro", 600),
        Field::items(
            "items",
            60,
            vec![Field::text("question", 200).required(), Field::rich("answer").required()],
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
    items: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    question: Text<'a>,
    #[serde(borrow)]
    answer: Html<'a>,
}

fn draw(placed: &Placed, _cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let level = Heading::of_items(props.title.as_ref(), &out.html);
    let list = when(!props.items.is_empty(), || {
        view! {
            <div class="faq-list">
                {each(&props.items, |item| view! {
                    <details>
                        <summary>{level.of(item.question.as_str())}</summary>
                        {parts::prose(item.answer.0.as_str())}
                    </details>
                })}
            </div>
        }
    });
    write(view! { {parts::heading(props.title.as_ref(), props.intro.as_ref())}{list} }, &mut out.html);
    if !props.items.is_empty() {
        push_json_ld(&mut out.html, &data(&props.items));
    }
    Ok(())
}

fn data(items: &[Item]) -> serde_json::Value {
    let questions = items.iter().map(|item| {
        let answer = plain_text(item.answer.0.as_str());
        json!({
            "@type": "Question", "name": item.question.as_str(),
            "acceptedAnswer": {"@type": "Answer", "text": answer}
        })
    });
    json!({"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": questions.collect::<Vec<_>>()})
}

/// Sanitised HTML without its tags; only tags inside a line leave no space.
fn plain_text(html: &str) -> String {
    const INSIDE_A_LINE: [&str; 16] = [
        "a", "abbr", "b", "code", "del", "em", "i", "ins", "kbd", "mark", "s", "small", "span", "strong",
        "sub", "sup",
    ];
    let mut plain = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let mut quoted = false;
        let end = after.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let (tag, next) = after.split_at_checked(end.unwrap_or(after.len())).unwrap_or((after, ""));
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if !INSIDE_A_LINE.contains(&name) {
            plain.push(' ');
        }
        rest = next.strip_prefix('>').unwrap_or(next);
    }
    plain.push_str(rest);
    for (reference, character) in
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
    {
        if plain.contains(reference) {
            plain = plain.replace(reference, character);
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::plain_text;
    use crate::testing::draw;
    use serde_json::json;

    #[test]
    fn a_question_opens_its_answer_and_both_are_told_to_machines() {
        assert_eq!(
            draw(
                "faq",
                json!({"items": [{"question": "Is it <fresh>?", "answer": "<p>Yes, <em>very</em>.</p>"}]})
            ),
            "<section class=\"faq\"><div class=\"faq-list\"><details><summary><h3>Is it &lt;fresh&gt;?</h3>\
             </summary>\
             <div class=\"prose\"><p>Yes, <em>very</em>.</p></div></details></div>\
             <script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@type\":\"FAQPage\",\
             \"mainEntity\":[{\"@type\":\"Question\",\
             \"acceptedAnswer\":{\"@type\":\"Answer\",\"text\":\"Yes, very.\"},\
             \"name\":\"Is it \\u003cfresh\\u003e?\"}]}</script></section>"
        );
    }

    #[test]
    fn no_answer_can_end_the_script() {
        let html = draw(
            "faq",
            json!({"items": [{"question": "</script>", "answer": "<p>&lt;/script&gt;&lt;!-- &amp;lt;</p>"}]}),
        );
        assert_eq!(html.matches("</script>").count(), 1, "{html}");
        assert!(html.contains("\\u003c/script\\u003e\\u003c!-- \\u0026lt;"), "{html}");
    }

    #[test]
    fn plain_text_has_a_space_between_blocks_and_none_inside_words() {
        for (html, plain) in [
            ("<p>One</p><p>two<br>three</p>", "One two three"),
            ("<ul><li>a</li><li><strong>b</strong>c</li></ul>", "a bc"),
            ("<p>see <a href=\"/x\" title=\"a>b\">here</a>.</p>", "see here."),
            ("1 &lt; 2 &amp;amp; 3&nbsp;€", "1 < 2 &amp; 3 €"),
            ("cut <a href=\"", "cut"),
            ("", ""),
        ] {
            assert_eq!(plain_text(html), plain);
        }
    }

    #[test]
    fn a_list_without_questions_has_no_data() {
        assert_eq!(draw("faq", json!({"items": []})), "<section class=\"faq\"></section>");
    }
}
