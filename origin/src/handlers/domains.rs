//! Own domains. A claim gives a token; whoever can put it into the domain's DNS or on its web server may have the host.

use crate::access::SiteAccess;
use crate::call::Call;
use crate::change::{Event, Lost, make};
use crate::clock::{self, DAY};
use crate::domain;
use crate::handlers::hosts;
use crate::http::{Answer, Reply};
use crate::limits::{self, PROOF};
use crate::plan::{self, CUSTOM_DOMAINS, Metric};
use crate::problem::Refusal;
use crate::proof;
use crate::repo::{domains, kv};
use crate::secret;
use crate::stores::Row;
use model::names::Hostname;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

const LIFE: u64 = 7 * DAY;
/// Claims of one site at a time.
const MAX: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A TXT record.
    Dns,
    /// A file on the web server that the domain leads to now.
    Http,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Such as `www.bakery.example`, international names in their `xn--` form.
    #[schemars(length(min = 3, max = 253))]
    pub host: String,
    pub method: Method,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for the proof.
    Claimed,
    /// The proof did not come in time.
    Expired,
    /// Proven; waits for its certificate.
    Pending,
    Active,
    /// Proven; the certificate could not be had.
    Failed,
}

#[derive(Serialize, JsonSchema)]
pub struct Proof {
    pub method: Method,
    /// The name of the TXT record, or the address of the file.
    pub at: String,
    /// What has to stand there.
    pub token: String,
    pub expires_at: String,
    pub checked_at: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Domain {
    pub host: String,
    pub state: State,
    /// What was wrong at the last look.
    pub problem: Option<String>,
    /// What a person has to do; `null`: nothing.
    pub next: Option<String>,
    /// Until it is proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

fn claimed(call: &Call, row: &Row) -> Domain {
    let (host, token, expires_at) = (row.text("host"), row.text("token"), row.text("expires_at"));
    let method = if row.text("method") == "dns" { Method::Dns } else { Method::Http };
    let (at, next) = match method {
        Method::Dns => {
            let at = format!("{}.{host}", proof::RECORD);
            let next = format!(
                "At your DNS provider, add a TXT record named {at} with the value {token}. Then check."
            );
            (at, next)
        }
        Method::Http => {
            let at = format!("http://{host}{}", proof::FILE);
            let next = format!("Have your web server answer {at} with {token} and nothing else. Then check.");
            (at, next)
        }
    };
    let expired = expires_at <= clock::text(call.stores.now());
    let again = || "This claim has expired. Claim the domain again: there will be a new token.".to_owned();
    Domain {
        state: if expired { State::Expired } else { State::Claimed },
        problem: row.maybe_text("problem"),
        next: Some(if expired { again() } else { next }),
        proof: Some(Proof { method, at, token, expires_at, checked_at: row.maybe_text("checked_at") }),
        host,
    }
}

fn proven(call: &Call, row: &Row) -> Domain {
    let host = row.text("host");
    let target =
        call.stores.variable("CUSTOM_HOSTS_TARGET").or_else(|| call.stores.variable("PLATFORM_HOST"));
    let target = target.unwrap_or_default();
    let point = format!(
        "At your DNS provider, point {host} to {target} by a CNAME record (at the root of a domain: ALIAS or ANAME)."
    );
    let (state, next) = match row.text("status").as_str() {
        "active" => (State::Active, None),
        "failed" => {
            (State::Failed, Some(format!("{point} Then check: the certificate is asked for once more.")))
        }
        _ => (
            State::Pending,
            Some(format!("{point} The certificate follows by itself, mostly within minutes.")),
        ),
    };
    Domain { host, state, problem: row.maybe_text("problem"), next, proof: None }
}

pub async fn list_domains(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (rows, claims) =
        (domains::proven(call.stores, access).await?, domains::claims(call.stores, access).await?);
    let mut found: Vec<_> = rows.iter().map(|row| proven(call, row)).collect();
    found.extend(claims.iter().map(|row| claimed(call, row)));
    Ok(Reply::json(200, &found))
}

fn taken(host: &Hostname) -> Refusal {
    Refusal::State(format!("{host} leads to a site already. Give it back there first."))
}

pub async fn claim_domain(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Given = call.body()?;
    plan::require(call.stores, access, CUSTOM_DOMAINS).await?;
    let host = domain::claimable(call.stores, &given.host)?;
    if domains::is_taken(call.stores, host.as_str()).await? {
        return Err(taken(&host));
    }
    let claims = domains::claims(call.stores, access).await?;
    if claims.len() >= MAX && !claims.iter().any(|claim| claim.text("host") == host.as_str()) {
        return Err(Refusal::State(format!("There are {MAX} claims already. Withdraw one first.")));
    }
    let token = format!("manysite-{}", secret::token(call.stores)?);
    let expires_at = clock::text(call.stores.now() + LIFE);
    let method = if given.method == Method::Dns { "dns" } else { "http" };
    let statement = domains::create(call.stores, access, host.as_str(), method, &token, &expires_at);
    let after = json!({"method": given.method, "expires_at": expires_at});
    let event = Event { subject: "domain", id: host.to_string(), before: None, after: Some(after) };
    let row = json!({"host": host, "method": method, "token": token, "expires_at": expires_at});
    let made = claimed(call, &Row(row.as_object().cloned().unwrap_or_default()));
    Ok(make(call, access, vec![statement], event, Reply::json(201, &made)).await?)
}

/// Looks for the proof of a claim; for a host that is proven, has the provider look again.
pub async fn check_domain(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let host = Hostname::parse(call.param("domain")).map_err(|_| Refusal::NotFound)?;
    limits::within(call.stores, PROOF, access.site().as_str()).await?;
    let Some(claim) = domains::claim(call.stores, access, host.as_str()).await? else {
        return check_proven(call, access, &host).await;
    };
    let before = claimed(call, &claim);
    if before.state == State::Expired {
        return Ok(Reply::json(200, &before));
    }
    let token = claim.text("token");
    let looked = match claim.text("method").as_str() {
        "dns" => proof::by_dns(call.stores, &host, &token).await,
        _ => proof::by_http(call.stores, &host, &token).await,
    };
    if let Err(problem) = looked {
        let checked_at = Some(clock::text(call.stores.now()));
        let statement = domains::unproven(call.stores, access, host.as_str(), &token, &problem);
        let after = Some(json!({"problem": problem}));
        let event = Event { subject: "domain", id: host.to_string(), before: None, after };
        let mut found = Domain { problem: Some(problem), ..before };
        if let Some(proof) = &mut found.proof {
            proof.checked_at = checked_at;
        }
        return Ok(make(call, access, vec![statement], event, Reply::json(200, &found)).await?);
    }
    let mut statements = Vec::from_iter(plan::room_for(call.stores, access.in_tenant(), Metric::Domains, 1));
    statements.extend(domains::prove(call.stores, access, host.as_str(), &token));
    statements.push(kv::host(access, host.as_str()));
    let row = json!({"host": host, "status": "pending"});
    let made = proven(call, &Row(row.as_object().cloned().unwrap_or_default()));
    let after = Some(json!({"state": made.state}));
    let event = Event { subject: "domain", id: host.to_string(), before: None, after };
    match make(call, access, statements, event, Reply::json(200, &made)).await {
        Ok(reply) => Ok(reply),
        Err(lost) => {
            let lost = plan::refused(call.stores, access.in_tenant(), Metric::Domains, lost).await;
            Err(match lost {
                Lost::Constraint(text) if text.contains("host_quarantine") => hosts::quarantined(&host),
                Lost::Constraint(text) if text.contains("hosts.") => taken(&host),
                lost => lost.when("claim_gone", || {
                    Refusal::State("This claim was renewed, withdrawn or used meanwhile.".to_owned())
                }),
            })
        }
    }
}

async fn check_proven(call: &Call<'_>, access: &SiteAccess, host: &Hostname) -> Answer {
    let rows = domains::proven(call.stores, access).await?;
    let row = rows.iter().find(|row| row.text("host") == host.as_str()).ok_or(Refusal::NotFound)?;
    let found = proven(call, row);
    if found.state == State::Active {
        return Ok(Reply::json(200, &found));
    }
    let statement = domains::tell_provider(call.stores, access, host.as_str(), "present");
    let event = Event {
        subject: "domain",
        id: host.to_string(),
        before: None,
        after: Some(json!({"state": found.state, "problem": found.problem})),
    };
    Ok(make(call, access, vec![statement], event, Reply::json(200, &found)).await?)
}

pub async fn withdraw_domain(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let host = call.param("domain");
    if domains::claim(call.stores, access, host).await?.is_none() {
        let rows = domains::proven(call.stores, access).await?;
        return Err(match rows.iter().any(|row| row.text("host") == host) {
            true => {
                Refusal::State("This domain is proven: `DELETE …/hosts/{host}` gives it back.".to_owned())
            }
            false => Refusal::NotFound,
        });
    }
    let event = Event {
        subject: "domain",
        id: host.to_owned(),
        before: Some(json!({"state": State::Claimed})),
        after: None,
    };
    let statement = domains::withdraw(access, host);
    Ok(make(call, access, vec![statement], event, Reply::empty(204)).await?)
}
