//! Pages for people: the documentation, and the mailbox of development.

use crate::call::Call;
use crate::http::{Answer, Reply};
use crate::problem::Refusal;
use crate::routes::{API, ROUTES, Route};
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

/// The routes by what they are about, in the order of the table.
fn areas() -> Vec<(String, Vec<&'static Route>)> {
    let mut areas: Vec<(String, Vec<&Route>)> = vec![];
    for route in ROUTES.iter().filter(|r| r.path.starts_with(API)) {
        let area = area(route.path);
        match areas.iter_mut().find(|(name, _)| *name == area) {
            Some((_, routes)) => routes.push(route),
            None => areas.push((area, vec![route])),
        }
    }
    areas
}

/// `Site: pages` for `/api/v1/sites/{site}/pages/{id}`.
fn area(path: &str) -> String {
    let mut parts = path.strip_prefix(API).unwrap_or(path).split('/').filter(|part| !part.is_empty());
    match (parts.next(), parts.next(), parts.next()) {
        (Some("sites"), Some(_), Some(what)) => format!("Site: {what}"),
        (Some("tenants"), Some(_), Some(what)) => format!("Tenant: {what}"),
        (Some("sites"), ..) => "Site".to_owned(),
        (Some("tenants"), ..) => "Tenant".to_owned(),
        (Some("platform"), ..) => "Platform".to_owned(),
        (None, ..) | (Some("openapi.json"), ..) => "Documentation".to_owned(),
        _ => "Account".to_owned(),
    }
}

fn anchor(area: &str) -> String {
    area.to_lowercase().replace(": ", "-")
}

pub async fn show_documentation(_: &Call<'_>) -> Answer {
    let mut generator = openapi::generator();
    let mut body = "<p>Everything that changes a site. The same as <a href=\"/api/v1/openapi.json\">OpenAPI 3.1</a>.</p>".to_owned();
    let areas = areas();
    body.push_str("<nav aria-label=\"Areas\"><ul>");
    for (area, routes) in &areas {
        let _infallible = write!(body, "<li><a href=\"#{}\">{area}</a> {}</li>", anchor(area), routes.len());
    }
    body.push_str("</ul></nav>");
    let mut last = "";
    for (area, route) in areas.iter().flat_map(|(area, routes)| routes.iter().map(move |route| (area, route)))
    {
        if last != area {
            let _infallible = write!(body, "<h2 id=\"{}\">{area}</h2>", anchor(area));
            last = area;
        }
        let _infallible = write!(
            body,
            "<article id=\"{}\"><h3><b>{}</b> <code>{}</code></h3><p>{}</p><p class=\"who\">For <i>{}</i></p>",
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
    body.push_str("<h2 id=\"schemas\">Schemas</h2>");
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
            "<article><h3>{}</h3><p class=\"who\">To {} at {}</p><pre tabindex=\"0\">{}</pre></article>",
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
