//! `manysite logout`: ends the token that `login` made, and forgets it.

use crate::account;
use crate::api::Api;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::{Outcome, done};
use serde_json::json;

pub fn run(_: &Context) -> Result<Outcome, Failure> {
    let Some(account) = account::read()? else {
        return Ok(Outcome::new(json!({"url": null}), done("Nobody was signed in")));
    };
    if let Some(id) = &account.token_id {
        let api = Api::new(&account.url).with_token(&account.token);
        match api.delete(&format!("/api/v1/tenants/{}/tokens/{id}", account.tenant)) {
            // It has ended already.
            Err(failure) if matches!(failure.exit, Exit::Denied | Exit::Usage) => {}
            other => other?,
        }
    }
    account::forget()?;
    Ok(Outcome::new(json!({"url": account.url}), done(&format!("Signed out of {}", account.url))))
}
