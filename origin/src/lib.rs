//! The origin Worker: how anything changes. `serve` is one request as a function over the `Stores` trait; this file
//! connects it to the platform.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod access;
mod assets;
mod audit;
mod auth;
mod bindings;
mod call;
mod change;
mod clock;
mod diff;
mod domain;
mod files;
mod handlers;
mod http;
mod jobs;
mod kv;
mod library;
mod limits;
mod link;
mod lives;
mod mail;
mod openapi;
mod plan;
mod problem;
mod proof;
mod provider;
mod publish;
mod records;
mod repo;
mod routes;
mod secret;
mod serve;
mod source;
mod stores;
mod subject;
mod trial;
mod visitors;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use bindings::Bindings;
use std::rc::Rc;
use worker::{Context, Env, ScheduleContext, ScheduledEvent, event};

#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

#[event(fetch)]
async fn fetch(request: worker::Request, env: Env, context: Context) -> worker::Result<worker::Response> {
    let stores = Rc::new(Bindings::new(env));
    let request = bindings::request(request).await?;
    let mut reply = serve::serve(&*stores, &request).await;
    let body = reply.later.take().map(|later| serve::made_later(stores.clone(), later));
    // Mail goes out behind the answer, so that its time tells nothing about the address.
    if request.is_unsafe() {
        context.wait_until(async move { jobs::after_change(&*stores).await });
    }
    bindings::response(reply, body)
}

/// Every minute: what a crash, a provider or a short wait left behind.
#[event(scheduled)]
async fn scheduled(_: ScheduledEvent, env: Env, _: ScheduleContext) {
    jobs::every_minute(&Bindings::new(env)).await;
}
