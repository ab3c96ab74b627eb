//! What the origin answers on the hosts of sites. Only the edge Worker comes here, through its service binding: what
//! a visitor needs that nobody has published. Nobody is signed in, whatever the request says.

use crate::call::Call;
use crate::handlers::previews;
use crate::http::{Answer, Request};
use crate::problem::Refusal;
use crate::routes::matches;
use crate::stores::Stores;
use futures::future::LocalBoxFuture;
use model::names::Hostname;

type Later<'a> = LocalBoxFuture<'a, Answer>;

pub struct Door {
    pub method: &'static str,
    pub path: &'static str,
    pub name: &'static str,
    pub handler: for<'a> fn(&'a Call<'a>, &'a Hostname) -> Later<'a>,
}

pub static DOORS: &[Door] = &[Door {
    method: "GET",
    path: "/-/now/preview/{token}",
    name: "open_preview",
    handler: |call, host| Box::pin(previews::open_preview(call, host)),
}];

pub async fn answer(stores: &dyn Stores, request: &Request, id: &str) -> Answer {
    let host = Hostname::parse_authority(request.authority()).map_err(|_| Refusal::NotFound)?;
    let mut allowed = vec![];
    for door in DOORS {
        let Some(params) = matches(door.path, request.path()) else { continue };
        if door.method == request.method {
            let call = Call { stores, request, id, action: door.name, params };
            return (door.handler)(&call, &host).await;
        }
        allowed.push(door.method);
    }
    Err(if allowed.is_empty() { Refusal::NotFound } else { Refusal::Method(allowed) })
}
