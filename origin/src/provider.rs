//! Certificates and routing of custom hosts: the custom-hostname API of Cloudflare for SaaS. Without `CUSTOM_HOSTS_URL`
//! there is nobody to ask, and each host is ready at once: so it is in development.

use crate::clock::{self, HOUR, MINUTE};
use crate::sql;
use crate::stores::{FIRST, Fault, Outgoing, Row, Statement, Stores, rows};
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    Active,
    Failed,
}

struct Certificate {
    reference: String,
    state: State,
    /// What a person has to do, in the provider's words.
    problem: Option<String>,
}

fn unclear(what: &str) -> Fault {
    Fault::Unavailable(format!("custom hosts: {what}"))
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// One request to the provider; its `result`, or `None` where there is no such thing.
async fn ask(
    stores: &dyn Stores,
    method: &'static str,
    path: &str,
    body: Value,
) -> Result<Option<Value>, Fault> {
    let url = stores.variable("CUSTOM_HOSTS_URL").unwrap_or_default();
    let token = stores.variable("CUSTOM_HOSTS_TOKEN").unwrap_or_default();
    let answer = stores
        .ask(Outgoing {
            method,
            url: format!("{url}{path}"),
            headers: vec![
                ("authorization", format!("Bearer {token}")),
                ("content-type", "application/json".to_owned()),
            ],
            body: if body.is_null() { String::new() } else { body.to_string() },
            max_bytes: 256 * 1024,
            milliseconds: 10_000,
        })
        .await?;
    let value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match answer.status {
        200..=299 => Ok(Some(value.pointer("/result").cloned().unwrap_or_default())),
        404 => Ok(None),
        status => Err(unclear(&format!("{method} answered {status}: {}", text(&value, "/errors/0/message")))),
    }
}

fn certificate(found: &Value) -> Result<Certificate, Fault> {
    let (id, host, ssl) = (text(found, "/id"), text(found, "/status"), text(found, "/ssl/status"));
    if id.is_empty() || host.is_empty() {
        return Err(unclear("the answer has neither id nor status"));
    }
    let state = match (host, ssl) {
        ("active", "active") => State::Active,
        ("blocked" | "moved" | "deleted", _) => State::Failed,
        (_, ssl) if ssl.ends_with("_timed_out") || matches!(ssl, "expired" | "deleted") => State::Failed,
        _ => State::Pending,
    };
    let said = [text(found, "/ssl/validation_errors/0/message"), text(found, "/verification_errors/0")];
    let problem = said.into_iter().find(|said| !said.is_empty() && state != State::Active);
    let problem = problem.map(|said| said.chars().filter(|c| !c.is_control()).take(300).collect());
    Ok(Certificate { reference: id.to_owned(), state, problem })
}

async fn find(stores: &dyn Stores, host: &str) -> Result<Option<Value>, Fault> {
    let found = ask(stores, "GET", &format!("?hostname={host}"), Value::Null).await?.unwrap_or_default();
    let all = found.as_array().into_iter().flatten();
    Ok(all.into_iter().find(|one| text(one, "/hostname") == host).cloned())
}

/// Has the provider serve a host. It may be said again: `anew` begins a validation that has failed once more.
async fn present(stores: &dyn Stores, host: &str, reference: &str, anew: bool) -> Result<Certificate, Fault> {
    if stores.variable("CUSTOM_HOSTS_URL").is_none() {
        return Ok(Certificate { reference: String::new(), state: State::Active, problem: None });
    }
    let ssl = json!({"method": "http", "type": "dv"});
    let at = format!("/{reference}");
    let known = match (reference.is_empty(), anew) {
        (true, _) => find(stores, host).await?,
        (false, true) => ask(stores, "PATCH", &at, json!({"ssl": ssl})).await?,
        (false, false) => ask(stores, "GET", &at, Value::Null).await?,
    };
    let found = match known {
        Some(found) => Some(found),
        None => ask(stores, "POST", "", json!({"hostname": host, "ssl": ssl})).await?,
    };
    certificate(&found.unwrap_or_default())
}

/// Has the provider forget a host, which it may have done before.
async fn absent(stores: &dyn Stores, host: &str, reference: &str) -> Result<(), Fault> {
    if stores.variable("CUSTOM_HOSTS_URL").is_none() {
        return Ok(());
    }
    let reference = match reference {
        "" => find(stores, host).await?.map(|found| text(&found, "/id").to_owned()).unwrap_or_default(),
        known => known.to_owned(),
    };
    if !reference.is_empty() {
        ask(stores, "DELETE", &format!("/{reference}"), Value::Null).await?;
    }
    Ok(())
}

fn noted(host: &str, certificate: &Certificate, now: &str, next: Option<String>) -> Vec<Statement> {
    let status = match certificate.state {
        State::Pending => "pending",
        State::Active => "active",
        State::Failed => "failed",
    };
    vec![
        sql!(
            "UPDATE hosts SET status = ?2, provider_ref = ?3, problem = ?4, updated_at = ?5 WHERE host = ?1 AND kind = 'custom'",
            host,
            status,
            &certificate.reference,
            certificate.problem.clone(),
            now
        ),
        // Not where the host was given back meanwhile.
        sql!(
            "UPDATE provider_hosts SET provider_ref = ?2, next_attempt_at = ?3 WHERE host = ?1 AND wanted = 'present'",
            host,
            &certificate.reference,
            next
        ),
    ]
}

async fn settle(stores: &dyn Stores, due: &Row) -> Result<(), Fault> {
    let (host, reference, attempts) = (due.text("host"), due.text("provider_ref"), due.number("attempts"));
    let now = stores.now();
    let statements = if due.text("wanted") == "present" {
        let certificate = present(stores, &host, &reference, attempts == 1).await?;
        // Whoever has to do something says when it is done, by a check.
        let later = certificate.state == State::Pending;
        let next = later.then(|| clock::text(now + (MINUTE << attempts.min(6)).min(HOUR)));
        noted(&host, &certificate, &clock::text(now), next)
    } else {
        absent(stores, &host, &reference).await?;
        vec![sql!("DELETE FROM provider_hosts WHERE host = ?1 AND wanted = 'absent'", &host)]
    };
    stores.batch(FIRST, statements).await.map(drop)
}

/// Asks the provider for what is due. Each is taken before it is asked for, so that two drains ask once, and put off by
/// then, so that a crash asks again.
pub async fn settle_due(stores: &dyn Stores) -> Result<(), Fault> {
    let now = stores.now();
    let due = sql!(
        "UPDATE provider_hosts SET attempts = attempts + 1, next_attempt_at = ?2 \
         WHERE host IN (SELECT host FROM provider_hosts INDEXED BY provider_hosts_due \
           WHERE next_attempt_at <= ?1 ORDER BY next_attempt_at LIMIT 20) \
         RETURNING host, wanted, provider_ref, attempts",
        clock::text(now),
        clock::text(now + 2 * MINUTE)
    );
    for due in rows(stores, FIRST, due).await? {
        if let Err(fault) = settle(stores, &due).await {
            stores.log(&format!("host {}: {fault}", due.text("host")));
            let later = clock::text(now + (MINUTE << due.number("attempts").min(6)).min(HOUR));
            let put_off = sql!(
                "UPDATE provider_hosts SET next_attempt_at = ?3 WHERE host = ?1 AND wanted = ?2",
                due.text("host"),
                due.text("wanted"),
                later
            );
            stores.batch(FIRST, vec![put_off]).await?;
        }
    }
    Ok(())
}
