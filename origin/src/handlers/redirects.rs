//! Redirects that people write. They are published with the next release.

use crate::access::SiteAccess;
use crate::call::Call;
use crate::change::{Event, make};
use crate::http::{Answer, Reply};
use crate::problem::unless_good;
use crate::publish;
use crate::repo::redirects;
use model::Problem;
use model::names::PagePath;
use model::safe::is_safe_url;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// A path of the site.
    pub from: String,
    /// A path or an https: address.
    pub to: String,
    /// 301, 302, 307 or 308.
    #[serde(default = "moved")]
    pub status: u16,
    /// Made when a page moved; it ends when a page takes the path again.
    #[serde(default)]
    pub automatic: bool,
}

fn moved() -> u16 {
    301
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redirects {
    /// Of those that people wrote 1,000 at most.
    pub redirects: Vec<Redirect>,
}

/// Each stands in the record that every cold page reads.
const MAX: usize = 1000;

pub async fn list_redirects(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let rows = redirects::list(call.stores, access).await?;
    let redirect = |row: &crate::stores::Row| Redirect {
        from: row.text("from_path"),
        to: row.text("to_url"),
        status: row.number("status") as u16,
        automatic: row.number("automatic") == 1,
    };
    Ok(Reply::json(200, &Redirects { redirects: rows.iter().map(redirect).collect() }))
}

/// Takes a list in the place of what people wrote before. Automatic ones stay; those of the list that are not there come
/// back, unless a page has their path.
pub async fn save_redirects(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Redirects = call.body()?;
    let (mut problems, mut seen, mut list) = (vec![], BTreeSet::new(), vec![]);
    if given.redirects.iter().filter(|redirect| !redirect.automatic).count() > MAX {
        problems.push(Problem::new("redirects", format!("expected at most {MAX}")));
    }
    for (n, redirect) in given.redirects.iter().enumerate() {
        let mut problem =
            |at: &str, message: String| problems.push(Problem::new(format!("redirects[{n}].{at}"), message));
        match PagePath::parse(&redirect.from) {
            Err(e) => problem("from", e.to_string()),
            Ok(_) if !seen.insert(redirect.from.clone()) => {
                problem("from", "stands here already: take it out".to_owned())
            }
            Ok(_) => {}
        }
        if redirect.from == redirect.to {
            problem("to", "leads to itself: name another address".to_owned());
        } else if !is_safe_url(&redirect.to) {
            problem("to", "expected a path or an https: address".to_owned());
        }
        if ![301, 302, 307, 308].contains(&redirect.status) {
            problem("status", "expected 301, 302, 307 or 308".to_owned());
        }
        if !redirect.automatic {
            list.push(json!([redirect.from, redirect.to, redirect.status]));
        }
    }
    unless_good(problems)?;
    let known = redirects::list(call.stores, access).await?;
    let is_new =
        |one: &&Redirect| one.automatic && !known.iter().any(|row| row.text("from_path") == one.from);
    let mut back: Vec<&Redirect> = given.redirects.iter().filter(is_new).collect();
    if !back.is_empty() {
        let taken = publish::paths(call.stores, access).await?;
        back.retain(|one| !taken.contains(&one.from));
    }
    list.extend(back.iter().map(|one| json!([one.from, one.to, one.status, 1])));
    let written = known.iter().filter(|row| row.number("automatic") == 0);
    let before: Vec<Value> =
        written.map(|row| json!([row.text("from_path"), row.text("to_url"), row.number("status")])).collect();
    // What stays is left out, so that the longest lists fit into a row.
    let without = |list: &[Value], other: &[Value]| -> Vec<Value> {
        let other: BTreeSet<String> = other.iter().map(Value::to_string).collect();
        list.iter().filter(|one| !other.contains(&one.to_string())).cloned().collect()
    };
    let statements = redirects::replace(call.stores, access, &json!(list).to_string());
    let event = Event {
        subject: "redirects",
        id: access.site().to_string(),
        before: Some(json!({"redirects": without(&before, &list)})),
        after: Some(json!({"redirects": without(&list, &before)})),
    };
    Ok(make(call, access, statements, event, Reply::empty(204)).await?)
}
