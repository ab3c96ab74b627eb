//! Pages for people: the documentation, and the mailbox of development.

use crate::call::Call;
use crate::http::Reply;
use crate::problem::{Answer, Refusal};
use crate::routes::{API, ROUTES};
use crate::{mail, openapi};
use serde_json::{Value, json};
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn html(title: &str, body: &str) -> Reply {
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    );
    Reply::text(200, "text/html; charset=utf-8", page).with(
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    )
}

pub async fn show_start(_: &Call<'_>) -> Answer {
    Ok(Reply::empty(302).with("location", API))
}

pub async fn show_openapi(_: &Call<'_>) -> Answer {
    Ok(Reply::json(200, &openapi::document()))
}

pub async fn show_documentation(_: &Call<'_>) -> Answer {
    let mut generator = openapi::generator();
    let mut body = "<p>Everything that changes a site. The same as <a href=\"/api/v1/openapi.json\">OpenAPI 3.1</a>.</p>".to_owned();
    for route in ROUTES.iter().filter(|r| r.path.starts_with(API)) {
        let _infallible = write!(
            body,
            "<article id=\"{}\"><h2><b>{}</b> <code>{}</code></h2><p>{}</p><p class=\"who\">For <i>{}</i></p>",
            route.name,
            route.method,
            escape(route.path).replace('/', "/<wbr>"),
            escape(route.summary),
            openapi::audience(route)
        );
        if route.file {
            body.push_str("<p>The body is the file itself.</p>");
        }
        let parts = [("Body".to_owned(), route.body), (format!("Answer {}", route.status), route.answer)];
        for (title, describe) in parts {
            let Some(describe) = describe.filter(|_| route.name != "show_openapi") else { continue };
            let schema = json!(describe(&mut generator));
            let name = schema.get("$ref").and_then(Value::as_str).and_then(|at| at.rsplit('/').next());
            let named = name.and_then(|name| generator.definitions().get(name));
            push_schema(&mut body, &title, named.unwrap_or(&schema));
        }
        body.push_str("</article>");
    }
    body.push_str("<h2>Schemas</h2>");
    for (name, schema) in generator.take_definitions(true) {
        push_schema(&mut body, &escape(&name), &schema);
    }
    Ok(html("Manysite API", &body))
}

fn push_schema(body: &mut String, title: &str, schema: &Value) {
    let text = escape(&serde_json::to_string_pretty(schema).unwrap_or_default());
    let _infallible =
        write!(body, "<details><summary>{title}</summary><pre tabindex=\"0\">{text}</pre></details>");
}

/// Mails are not sent in development; here they can be read.
pub async fn show_mailbox(call: &Call<'_>) -> Answer {
    if call.stores.variable("ENVIRONMENT").as_deref() != Some("development") {
        return Err(Refusal::NotFound);
    }
    let mut body = String::new();
    for mail in mail::newest(call.stores).await? {
        let payload: Value = mail.json("payload")?;
        let text = |name: &str| escape(payload.get(name).and_then(Value::as_str).unwrap_or_default());
        let _infallible = write!(
            body,
            "<article><h2>{}</h2><p class=\"who\">To {} at {}</p><pre tabindex=\"0\">{}</pre></article>",
            text("subject"),
            escape(&mail.text("recipient")),
            mail.text("created_at"),
            text("text")
        );
    }
    if body.is_empty() {
        body.push_str("<p>No mail yet.</p>");
    }
    Ok(html("Mailbox", &body))
}
