//! One request, from the host to the answer.

use crate::access;
use crate::audit::{self, Log};
use crate::call::Call;
use crate::change::{self, Place};
use crate::http::{Answer, Later, Reply, Request};
use crate::limits::{self, ACCOUNT, ADDRESS};
use crate::lives::archive;
use crate::problem::Refusal;
use crate::routes::{FILTER, Handler, ROUTES, Route, matches};
use crate::stores::{Fault, Stores};
use crate::{auth, secret, subject, visitors};
use futures::stream::LocalBoxStream;
use model::Problem;
use model::names::Hostname;
use std::ops::Deref;

/// Longest body in bytes. A page of two hundred sections has a tenth of it.
pub const MAX_BODY: usize = 1024 * 1024;

pub async fn serve(stores: &dyn Stores, request: &Request) -> Reply {
    let id = match secret::id(stores) {
        Ok(id) => id,
        Err(fault) => return refuse(stores, request, "", &Refusal::Unavailable(fault.to_string())),
    };
    let reply = match answer(stores, request, &id).await {
        Ok(reply) => reply,
        Err(refusal) => refuse(stores, request, &id, &refusal),
    };
    finish(request, &id, reply)
}

/// The pieces of a body that is made while it is sent.
pub fn made_later<'s, S, T>(stores: S, later: Later) -> LocalBoxStream<'s, Result<Vec<u8>, Fault>>
where
    S: Deref<Target = T> + 's,
    T: Stores + 's,
{
    match later {
        Later::Site(site) => archive::export(stores, *site),
        Later::TenantAudit(tenant, after) => audit::export(stores, Log::from(&*tenant).after(after)),
        Later::SiteAudit(site, after) => audit::export(stores, Log::from(&*site).after(after)),
    }
}

fn refuse(stores: &dyn Stores, request: &Request, id: &str, refusal: &Refusal) -> Reply {
    if let Refusal::Unavailable(cause) = refusal {
        // A path on another host may hold a token that opens something.
        let path = if is_admin_host(stores, request) { request.path() } else { request.authority() };
        stores.log(&format!("request {id}: {} {path}: {cause}", request.method));
    }
    Reply::refused(refusal, id)
}

fn finish(request: &Request, id: &str, mut reply: Reply) -> Reply {
    if request.method == "HEAD" {
        reply.body.clear();
        reply.later = None;
    }
    if reply.header("content-security-policy").is_none() {
        reply = reply.with("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    }
    if request.origin().starts_with("https://") {
        reply = reply.with("strict-transport-security", "max-age=31536000");
    }
    reply
        .with("cache-control", "no-store")
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "no-referrer")
        .with("x-request-id", id)
}

fn is_admin_host(stores: &dyn Stores, request: &Request) -> bool {
    let host = Hostname::parse_authority(request.authority());
    let admin = stores.variable("ADMIN_HOST").unwrap_or_default();
    host.is_ok_and(|host| host.as_str() == admin)
}

async fn answer(stores: &dyn Stores, request: &Request, id: &str) -> Answer {
    if !is_admin_host(stores, request) {
        return visitors::answer(stores, request, id).await;
    }
    let (route, params) = find(request)?;
    if request.body.len() > MAX_BODY {
        return Err(Refusal::TooLarge(MAX_BODY));
    }
    limits::within(stores, ADDRESS, &limits::network(request.header("cf-connecting-ip"))).await?;
    let call = Call { stores, request, id, action: route.name, params };
    known_query(route, request)?;
    if let Handler::Open(handler) = route.handler {
        // A browser says where a request comes from; signing a person in from another site is refused as well.
        if !request.header("origin").is_empty() || !request.header("sec-fetch-site").is_empty() {
            auth::same_origin(request)?;
        }
        return handler(&call).await;
    }
    let person = auth::person(stores, request).await?.ok_or(Refusal::SignedOut)?;
    limits::within(stores, ACCOUNT, &person.user).await?;
    match route.handler {
        Handler::Open(handler) => handler(&call).await,
        Handler::Person(handler) => handler(&call, &person).await,
        Handler::Session(handler) => {
            auth::by_session(&person)?;
            handler(&call, &person).await
        }
        Handler::Platform(handler) => {
            auth::by_session(&person)?;
            handler(&call, &access::platform(stores, &person).await?).await
        }
        Handler::Tenant(permission, handler) => {
            let access =
                access::tenant(stores, &person, call.param("tenant"), permission, request.is_unsafe())
                    .await?;
            if !route.tokens {
                auth::by_session(&person)?;
            }
            match change::replay(&call, &Place::from(&access)).await? {
                Some(reply) => Ok(reply),
                None => {
                    if request.is_unsafe() && !route.also_closed {
                        access.unless_closed()?;
                    }
                    change::or_replay(&call, &Place::from(&access), handler(&call, &access).await).await
                }
            }
        }
        Handler::Site(permission, handler) => {
            let permission =
                if route.by_subject { subject::permission(call.param("subject")) } else { permission };
            let access =
                access::site(stores, &person, call.param("site"), permission, request.is_unsafe()).await?;
            if !route.tokens {
                auth::by_session(&person)?;
            }
            match change::replay(&call, &Place::from(&access)).await? {
                Some(reply) => Ok(reply),
                None => {
                    if request.is_unsafe() {
                        access.in_tenant().unless_closed()?;
                        if !route.also_closed {
                            access.unless_closed()?;
                        }
                    }
                    change::or_replay(&call, &Place::from(&access), handler(&call, &access).await).await
                }
            }
        }
    }
}

/// Refuses what would be passed over: with `dryrun=true` a change would be made.
fn known_query(route: &Route, request: &Request) -> Result<(), Refusal> {
    let query = if matches!(route.handler, Handler::Open(_)) { vec![] } else { request.query() };
    let is_filter = |name: &str| name.strip_prefix("filter[").is_some_and(|rest| rest.ends_with(']'));
    let known = |name: &str| route.query.contains(if is_filter(name) { &FILTER } else { &name });
    let unknown = query.into_iter().find(|(name, _)| !known(name));
    unknown.map_or(Ok(()), |(name, _)| {
        let known = if route.query.is_empty() { "none".to_owned() } else { route.query.join(", ") };
        Err(Problem::new(name, format!("unknown in the query; known are {known}")).into())
    })
}

type Params = Vec<(&'static str, String)>;

fn find(request: &Request) -> Result<(&'static Route, Params), Refusal> {
    let method = if request.method == "HEAD" { "GET" } else { request.method.as_str() };
    let mut allowed = vec![];
    for route in ROUTES {
        let Some(params) = matches(route.path, request.path()) else { continue };
        if route.method == method {
            return Ok((route, params));
        }
        allowed.push(route.method);
    }
    Err(if allowed.is_empty() { Refusal::NotFound } else { Refusal::Method(allowed) })
}
