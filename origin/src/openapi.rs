//! The OpenAPI 3.1 document and its readable form, made from the route table.

use crate::call::MAX_PAGE;
use crate::problem::ProblemBody;
use crate::routes::{API, FILTER, Handler, ROUTES, Route};
use crate::subject::{self, RECORD, Subject};
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

fn parameters(route: &Route) -> Vec<Value> {
    let parts = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = parts
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}))
        .collect();
    for name in route.query {
        let (name, schema) = match *name {
            "limit" => {
                ("limit", json!({"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 50}))
            }
            FILTER => ("filter", json!({"type": "object", "additionalProperties": {"type": "string"}})),
            name => (name, json!({"type": "string"})),
        };
        let style = if name == "filter" { "deepObject" } else { "form" };
        parameters
            .push(json!({"name": name, "in": "query", "required": false, "schema": schema, "style": style}));
    }
    if route.method == "POST" && matches!(route.handler, Handler::Tenant(..) | Handler::Site(..)) {
        parameters.push(json!({"name": "Idempotency-Key", "in": "header", "required": false, "schema": {"type": "string", "maxLength": 200},
            "description": "The same key with the same request gets the first answer, for a day."}));
    }
    let based = route.method == "PUT" && route.path.ends_with("/{id}") && route.body.is_some();
    if based || route.name == "restore_revision" {
        parameters.push(json!({"name": "If-Match", "in": "header", "required": false, "schema": {"type": "string", "maxLength": 40},
            "description": "The ETag of the version that the change is based on; absent for what is new."}));
    }
    parameters
}

/// Who may, in words.
pub fn audience(route: &Route) -> String {
    match route.handler {
        Handler::Open(_) => "everybody".to_owned(),
        Handler::Person(_) => "whoever is signed in".to_owned(),
        Handler::Session(_) => "whoever is signed in, without a token".to_owned(),
        Handler::Platform(_) => "the owner of the platform".to_owned(),
        Handler::Site(..) if route.by_subject => {
            let names = Subject::ALL.map(Subject::name).into_iter().chain([RECORD]);
            let said = names.map(|name| format!("{name}: {}", subject::permission(name).name()));
            said.collect::<Vec<_>>().join(", ")
        }
        Handler::Tenant(permission, _) | Handler::Site(permission, _) if route.tokens => permission.name(),
        Handler::Tenant(permission, _) | Handler::Site(permission, _) => {
            format!("{}, without a token", permission.name())
        }
    }
}

pub fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .with(|s| s.definitions_path = "/components/schemas".into())
        .into_generator()
}

fn operation(route: &Route, generator: &mut SchemaGenerator, problem: &Value) -> Value {
    let content = |schema: Schema| json!({"application/json": {"schema": schema}});
    let content = match (route.name, route.answer) {
        ("show_documentation", _) => Some(json!({"text/html": {}})),
        (_, describe) => describe.map(|describe| content(describe(generator))),
    };
    let mut success = Map::from_iter([("description".to_owned(), json!(route.summary))]);
    success.extend(content.map(|content| ("content".to_owned(), content)));
    let mut operation = Map::from_iter([
        ("operationId".to_owned(), json!(route.name)),
        ("summary".to_owned(), json!(route.summary)),
        ("description".to_owned(), json!(format!("For: {}.", audience(route)))),
        ("parameters".to_owned(), json!(parameters(route))),
        (
            "responses".to_owned(),
            json!({
                (route.status.to_string()): success,
                "default": {"description": "A problem", "content": {"application/problem+json": {"schema": problem}}},
            }),
        ),
    ]);
    if let Some(describe) = route.body {
        let content = json!({"application/json": {"schema": describe(generator)}});
        operation.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
    }
    if route.file {
        let content = json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}});
        operation.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
    }
    if matches!(route.handler, Handler::Open(_)) {
        operation.insert("security".to_owned(), json!([]));
    } else if !route.tokens {
        operation.insert("security".to_owned(), json!([{"session": []}]));
    }
    Value::Object(operation)
}

pub fn document() -> Value {
    let mut generator = generator();
    let problem = json!(generator.subschema_for::<ProblemBody>());
    let mut paths: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
    for route in ROUTES.iter().filter(|r| r.path.starts_with(API)) {
        let operation = operation(route, &mut generator, &problem);
        paths.entry(route.path).or_default().insert(route.method.to_lowercase(), operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Manysite", "version": "1", "description": "Everything that changes a site. Conventions: docs/api.md."},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
        "security": [{"session": []}, {"token": []}],
    })
}
