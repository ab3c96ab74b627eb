//! `manysite republish`: writes everything that is published into KV again.

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Outcome, done, field};
use serde_json::json;

pub fn run(context: &Context) -> Result<Outcome, Failure> {
    let site = context.site()?;
    let answer = site.api.post(&site.path("/republish"), json!({}))?;
    let text = done(&format!("{} records were written again", field(&answer, "records")));
    Ok(Outcome::new(answer, text))
}
