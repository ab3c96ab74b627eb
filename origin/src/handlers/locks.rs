//! Who is editing a document.

use crate::access::SiteAccess;
use crate::call::Call;
use crate::http::{Answer, Reply};
use crate::problem::Refusal;
use crate::repo::{documents, locks};
use crate::stores::Row;
use crate::subject::Subject;
use schemars::JsonSchema;
use serde::Serialize;

/// How long one holds it without asking again.
const HELD: u64 = 90_000;

#[derive(Serialize, JsonSchema)]
pub struct Lock {
    /// Whether it is one's own.
    pub mine: bool,
    /// `null` where nobody edits.
    pub user: Option<String>,
    /// The person's name, or the address where there is none.
    pub name: Option<String>,
    pub expires_at: Option<String>,
}

async fn named<'c>(call: &'c Call<'_>, access: &SiteAccess) -> Result<(Subject, &'c str), Refusal> {
    let subject = Subject::of_name(call.param("subject")).ok_or(Refusal::NotFound)?;
    let id = call.param("id");
    documents::get(call.stores, access, subject, id).await?.ok_or(Refusal::NotFound)?;
    Ok((subject, id))
}

async fn answer(call: &Call<'_>, access: &SiteAccess, holder: Option<Row>) -> Answer {
    let user = holder.as_ref().map(|row| row.text("user_id"));
    let person = match &user {
        Some(user) => locks::name(call.stores, access, user).await?,
        None => None,
    };
    let name =
        person.map(|row| if row.text("name").is_empty() { row.text("email") } else { row.text("name") });
    let lock = Lock {
        mine: user.as_ref() == Some(&access.person().user),
        user,
        name,
        expires_at: holder.map(|row| row.text("expires_at")),
    };
    Ok(Reply::json(200, &lock))
}

pub async fn show_lock(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (subject, id) = named(call, access).await?;
    let asked = vec![locks::holder(call.stores, access, subject, id)];
    let found = call.stores.batch(access.database(), asked).await?.pop().unwrap_or_default();
    answer(call, access, found.into_iter().next()).await
}

/// Takes it where it is free, for a minute and a half; the answer says whose it is.
pub async fn take_lock(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (subject, id) = named(call, access).await?;
    let asked = vec![
        locks::take(call.stores, access, subject, id, HELD),
        locks::holder(call.stores, access, subject, id),
    ];
    let found = call.stores.batch(access.database(), asked).await?.pop().unwrap_or_default();
    answer(call, access, found.into_iter().next()).await
}

pub async fn release_lock(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let (subject, id) = named(call, access).await?;
    call.stores.batch(access.database(), vec![locks::release(access, subject, id)]).await?;
    Ok(Reply::empty(204))
}
