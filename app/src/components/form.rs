//! A form that visitors fill in. It is sent to the site's own host, by its name.

use crate::component::{Component, Drawn, Out, Placed};
use crate::cx::Cx;
use crate::messages::Messages;
use crate::parts;
use crate::write::{Html, Text, draw as drawing, each, html, maybe, text, when, write};
use leptos::prelude::*;
use model::content_url;
use model::schema::{Field, Kind};
use serde::Deserialize;
use std::borrow::Cow;

pub const COMPONENT: Component = Component {
    name: "form",
    variants: &["default", "card"],
    css: include_str!("form.css"),
    draw,
    ..Component::BASE
};

pub fn schema() -> Vec<Field> {
    let kinds = ["text", "email", "tel", "textarea", "select", "checkbox", "date", "number"];
    vec![
        Field::text("title", 160),
        Field::long_text("intro", 600),
        Field::new("name", Kind::Name).required(),
        Field::items(
            "fields",
            30,
            vec![
                Field::choice("kind", &kinds).required(),
                Field::new("name", Kind::Name).required(),
                Field::text("label", 160).required(),
                Field::boolean("required").default(false),
                Field::text("placeholder", 120),
                Field::text("help", 240),
                Field::list("options", Kind::Text { max: 120 }, 60),
            ],
        )
        .required(),
        Field::text("submit", 60).required(),
        Field::rich("privacy"),
    ]
}

/// A field that people do not see. Its name cannot be a field's own, because a name never starts with `_`.
pub const TRAP: &str = "_website";

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(borrow, default)]
    intro: Option<Text<'a>>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    fields: Vec<Entry<'a>>,
    #[serde(borrow)]
    submit: Text<'a>,
    #[serde(borrow, default)]
    privacy: Option<Html<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    kind: EntryKind,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    label: Text<'a>,
    #[serde(default)]
    required: bool,
    #[serde(borrow, default)]
    placeholder: Option<Text<'a>>,
    #[serde(borrow, default)]
    help: Option<Text<'a>>,
    #[serde(borrow, default)]
    options: Vec<Text<'a>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum EntryKind {
    Text,
    Email,
    Tel,
    Textarea,
    Select,
    Checkbox,
    Date,
    Number,
}

impl EntryKind {
    fn input_type(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Tel => "tel",
            Self::Date => "date",
            Self::Number => "number",
            Self::Text | Self::Textarea | Self::Select | Self::Checkbox => "text",
        }
    }
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let words = Messages::of(cx.locale);
    let id = parts::fresh_id(&out.html, &props.name);
    let mut action = "/-/form/".to_owned();
    content_url::push_component(&mut action, &props.name);
    let fields = drawing(|out| {
        for (n, entry) in props.fields.iter().enumerate() {
            field(&format!("{id}.{}", n + 1), entry, words, out);
        }
    });
    let view = view! {
        {parts::heading(props.title.as_ref(), props.intro.as_ref())}
        <form id=id.as_str() method="post" action=action>
            {fields}
            <p class="hidden" aria-hidden="true">
                <label>
                    {text(words.leave_empty)}
                    <input type="text" name=TRAP tabindex="-1" autocomplete="off"/>
                </label>
            </p>
            {maybe(props.privacy.as_ref(), |note| view! {
                <div class="prose privacy">{html(note.0.as_str())}</div>
            })}
            <p><button class="button" type="submit">{text(props.submit.as_str())}</button></p>
        </form>
    };
    write(view, &mut out.html);
    Ok(())
}

fn field(id: &str, entry: &Entry, words: &'static Messages, out: &mut String) {
    let label = || {
        view! {
            <label for=id>
                {text(entry.label.as_str())}
                {when(entry.required, || view! {
                    {text(" ")}<span class="mark">{text("(")}{text(words.required)}{text(")")}</span>
                })}
            </label>
        }
    };
    let help = maybe(entry.help.as_ref(), |help| {
        view! { <p class="help" id=format!("{id}.help")>{text(help.as_str())}</p> }
    });
    if entry.kind == EntryKind::Checkbox {
        write(
            view! { <div class="field check">{control(id, entry, words)}<div>{label()}{help}</div></div> },
            out,
        );
    } else {
        write(view! { <div class="field">{label()}{help}{control(id, entry, words)}</div> }, out);
    }
}

fn control<'a>(id: &'a str, entry: &'a Entry<'a>, words: &'static Messages) -> impl RenderHtml + 'a {
    let name = &entry.name;
    let required = entry.required;
    let placeholder = entry.placeholder.as_ref();
    let completes = autocomplete(entry.kind, name.as_str());
    let described = entry.help.is_some().then(|| format!("{id}.help"));
    drawing(move |out| match entry.kind {
        EntryKind::Textarea => write(
            view! {
                <textarea id=id name=name rows="6" placeholder=placeholder required=required
                    aria-describedby=described></textarea>
            },
            out,
        ),
        EntryKind::Select => {
            let options = each(&entry.options, |option| {
                when(!option.is_empty(), || view! { <option>{text(option.as_str())}</option> })
            });
            let first = placeholder.map(Text::as_str).filter(|p| !p.is_empty()).unwrap_or(words.choose);
            let view = view! {
                <select id=id name=name autocomplete=completes required=required aria-describedby=described>
                    <option value="">{text(first)}</option>
                    {options}
                </select>
            };
            write(view, out);
        }
        EntryKind::Checkbox => write(
            view! {
                <input type="checkbox" id=id name=name value="yes" required=required
                    aria-describedby=described/>
            },
            out,
        ),
        kind => write(
            view! {
                <input type=kind.input_type() id=id name=name autocomplete=completes
                    placeholder=placeholder.filter(|_| kind != EntryKind::Date)
                    step=(kind == EntryKind::Number).then_some("any") required=required
                    aria-describedby=described/>
            },
            out,
        ),
    })
}

/// What the browser may fill in, told from the field's name (HTML, "autofill detail tokens").
fn autocomplete(kind: EntryKind, name: &str) -> Option<&'static str> {
    use EntryKind::{Date, Email, Select, Tel, Text};
    Some(match (kind, name.replace('_', "-").as_str()) {
        (Text, "name" | "full-name" | "your-name") => "name",
        (Text, "first-name" | "given-name") => "given-name",
        (Text, "last-name" | "family-name" | "surname") => "family-name",
        (Text | Email, "email" | "e-mail" | "mail") => "email",
        (Text | Tel, "tel" | "phone" | "telephone" | "mobile") => "tel",
        (Text, "company" | "organisation" | "organization") => "organization",
        (Text, "street" | "address") => "address-line1",
        (Text, "city" | "town") => "address-level2",
        (Text, "postcode" | "postal-code" | "zip") => "postal-code",
        (Text | Select, "country") => "country-name",
        (Date, "birthday" | "birth-date" | "date-of-birth") => "bday",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, draw};
    use serde_json::json;

    fn form() -> serde_json::Value {
        json!({"name": "contact", "submit": "Send", "privacy": "<p>We <b>delete</b> it.</p>", "fields": [
            {"kind": "email", "name": "email", "label": "E-mail", "required": true, "help": "To answer."},
            {"kind": "select", "name": "topic", "label": "Topic", "options": ["Bread & rolls"]}
        ]})
    }

    const TRAP: &str = "<p aria-hidden=\"true\" class=\"hidden\"><label>Leave this field empty\
        <input type=\"text\" name=\"_website\" tabindex=\"-1\" autocomplete=\"off\"></label></p>";

    #[test]
    fn every_field_has_a_label_and_its_help() {
        assert_eq!(
            draw("form", form()),
            format!(
                "<section class=\"form\"><form id=\"contact_1\" method=\"post\" action=\"/-/form/contact\">\
                 <div class=\"field\"><label for=\"contact_1.1\">E-mail <span class=\"mark\">(required)\
                 </span></label>\
                 <p id=\"contact_1.1.help\" class=\"help\">To answer.</p>\
                 <input type=\"email\" id=\"contact_1.1\" name=\"email\" autocomplete=\"email\" required \
                 aria-describedby=\"contact_1.1.help\"></div>\
                 <div class=\"field\"><label for=\"contact_1.2\">Topic</label>\
                 <select id=\"contact_1.2\" name=\"topic\"><option value=\"\">Please choose</option>\
                 <option>Bread &amp; rolls</option></select></div>{TRAP}\
                 <div class=\"prose privacy\"><p>We <b>delete</b> it.</p></div>\
                 <p><button type=\"submit\" class=\"button\">Send</button></p></form></section>"
            )
        );
    }

    #[test]
    fn each_kind_is_the_control_that_belongs_to_it() {
        let fields = ["text", "tel", "textarea", "checkbox", "date", "number"]
            .map(|kind| json!({"kind": kind, "name": kind, "label": kind, "placeholder": "\""}));
        let html = draw("form:card", json!({"name": "all", "submit": "Send", "fields": fields}));
        for control in [
            "<input type=\"text\" id=\"all_1.1\" name=\"text\" placeholder=\"&quot;\">",
            "<input type=\"tel\" id=\"all_1.2\" name=\"tel\" autocomplete=\"tel\" placeholder=\"&quot;\">",
            "<textarea id=\"all_1.3\" name=\"textarea\" rows=\"6\" placeholder=\"&quot;\"></textarea>",
            "<input type=\"checkbox\" id=\"all_1.4\" name=\"checkbox\" value=\"yes\">",
            "<input type=\"date\" id=\"all_1.5\" name=\"date\">",
            "<input type=\"number\" id=\"all_1.6\" name=\"number\" placeholder=\"&quot;\" step=\"any\">",
        ] {
            assert!(html.contains(control), "{control} in {html}");
        }
    }

    #[test]
    fn the_same_form_twice_shares_no_ids() {
        let section = json!({"component": "form", "props": form()});
        let body = Page::default().render(&json!([section, section])).body;
        for id in ["contact_1", "contact_1.1", "contact_2", "contact_2.1", "contact_2.1.help"] {
            assert_eq!(body.matches(&format!(" id=\"{id}\"")).count(), 1, "{id} in {body}");
        }
    }

    #[test]
    fn a_forged_name_stays_inside_the_path_of_forms() {
        let html = draw("form", json!({"name": "../../\"><x", "submit": "Send", "fields": []}));
        assert!(html.contains("action=\"/-/form/..%2F..%2F%22%3E%3Cx\""), "{html}");
    }
}
