//! Many records at once, from CSV or JSON. Each row is taken or refused by itself; how far it is stands beside the rows
//! that were written, so an import that was cut off goes on where it was.

use crate::access::SiteAccess;
use crate::call::{Call, page_of};
use crate::handlers::entities::ats;
use crate::http::{Answer, Reply};
use crate::problem::{At, Refusal};
use crate::records::rows::{self, Line};
use crate::records::{self, Context, Outcome, Wanted};
use crate::repo::imports;
use crate::stores::lists;
use intake::draft;
use model::Problem;
use model::ids::EntityId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Longest body in bytes: what is read at once beside the other requests of an isolate with its 128 MB
/// (<https://developers.cloudflare.com/workers/platform/limits/>).
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Rows of a body.
const MAX_ROWS: usize = 10_000;
/// Rows that are written as one, and their bytes, one row at least: beside the body, each is in memory several times.
const GROUP: usize = 250;
const GROUP_BYTES: usize = 1024 * 1024;

#[derive(Debug, Default, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// Rows that were looked at.
    pub done: usize,
    pub created: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub refused: usize,
}

#[derive(Serialize, JsonSchema)]
pub struct Import {
    pub id: String,
    /// `running` or `done`.
    pub status: String,
    /// Rows of the body.
    pub rows: usize,
    #[serde(flatten)]
    pub progress: Progress,
    /// Rows that were refused, by line.
    pub problems: Vec<RefusedLine>,
    /// `after` of the next refused rows; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct RefusedLine {
    pub line: u64,
    pub problems: Vec<At>,
}

/// What makes two bodies the same import.
#[derive(Serialize, Deserialize, PartialEq)]
struct Payload {
    kind: String,
    publish: bool,
    rows: usize,
    digest: String,
}

async fn body(call: &Call<'_>) -> Result<Vec<u8>, Refusal> {
    let mut bytes = vec![];
    while let Some(piece) = call.request.file.next().await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > MAX_BYTES {
            return Err(Refusal::TooLarge(MAX_BYTES));
        }
    }
    Ok(bytes)
}

pub async fn import_entities(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let id = call.param("id");
    EntityId::parse(id).map_err(|_| {
        Problem::new(
            "id",
            "name an import with 1 to 64 of the characters a-z, 0-9, - and _, from a letter or digit on",
        )
    })?;
    let kind = call.query("type").unwrap_or_default();
    let publish = call.flag("publish")?;
    if publish {
        access.in_tenant().require(crate::access::Permission::Publish)?;
    }
    let context = Context::of(call.stores, access).await?;
    let definition = context.definition(&kind)?;
    let bytes = body(call).await?;
    let lines = rows::read(call.request.header("content-type"), &bytes, definition)?;
    if lines.len() > MAX_ROWS {
        let message = format!(
            "{} rows: send at most {MAX_ROWS} at once, and the others as further imports",
            lines.len()
        );
        return Err(Problem::new("", message).into());
    }
    let payload = Payload {
        kind: kind.clone(),
        publish,
        rows: lines.len(),
        digest: intake::digest::of(&bytes).to_string(),
    };
    drop(bytes);
    let text = json!(payload).to_string();
    let mut progress = Progress::default();
    if let Some(known) = imports::get(call.stores, access, id).await? {
        if known.json::<Payload>("payload")? != payload {
            return Err(Problem::new("id", "another import has this id: choose a new one for each").into());
        }
        progress = known.json("progress")?;
        if known.text("status") == "done" {
            return shown(call, access, id).await;
        }
    }
    let default = context.locales().first().cloned();
    let now = crate::clock::text(call.stores.now());
    loop {
        let group = group(lines.get(progress.done..).unwrap_or_default());
        let (mut wanted, mut at, mut refused) = (vec![], vec![], vec![]);
        for line in group {
            match one(line, &kind, publish, default.as_ref(), &now) {
                Ok(one) => {
                    at.push(line.number);
                    wanted.push(one);
                }
                Err(problems) => refused.push(json!([line.number, problems_json(&problems)])),
            }
        }
        let started = progress.clone();
        let next = |outcomes: &[Outcome]| {
            let mut next = started.clone();
            next.done += group.len();
            next.refused += group.len() - wanted.len();
            for outcome in outcomes {
                match outcome {
                    Outcome::Created(_) => next.created += 1,
                    Outcome::Changed(_) => next.changed += 1,
                    Outcome::Unchanged(_) => next.unchanged += 1,
                    Outcome::Refused(_) | Outcome::Stale(_) => next.refused += 1,
                }
            }
            next
        };
        let also = |outcomes: &[Outcome]| {
            let mut refused = refused.clone();
            for (line, outcome) in at.iter().zip(outcomes) {
                if let Outcome::Refused(problems) = outcome {
                    refused.push(json!([line, problems_json(problems)]));
                }
            }
            let next = next(outcomes);
            let done = next.done >= lines.len();
            let mut statements =
                vec![imports::reach(call.stores, access, id, &text, &json!(next).to_string(), done)];
            statements.extend(lists(refused).iter().map(|refused| imports::refuse(access, id, refused)));
            statements
        };
        let (outcomes, _) =
            records::write(call, access, &context, &wanted, "import", &also, |_| Reply::empty(204)).await?;
        progress = next(&outcomes);
        if progress.done >= lines.len() {
            return shown(call, access, id).await;
        }
    }
}

fn group(lines: &[Line]) -> &[Line] {
    let mut bytes = 0;
    let fits = |line: &&Line| {
        bytes += line.bytes;
        bytes <= GROUP_BYTES
    };
    let count = lines.iter().take(GROUP).take_while(fits).count().max(1);
    lines.get(..count).unwrap_or_default()
}

fn problems_json(problems: &[Problem]) -> serde_json::Value {
    json!(ats(problems))
}

fn one(
    line: &Line,
    kind: &str,
    publish: bool,
    locale: Option<&model::names::Locale>,
    now: &str,
) -> Result<Wanted, Vec<Problem>> {
    let given = line.record.clone().map_err(|problem| vec![problem])?;
    let Some(locale) = given.locale.or_else(|| locale.cloned()) else {
        return Err(vec![Problem::new("locale", "missing: name the language")]);
    };
    let publish = publish && given.publish.unwrap_or(true);
    let record = draft::Record {
        id: given.id,
        group: given.group,
        slug: given.slug,
        locale,
        published_at: given.published_at.unwrap_or_else(|| now.to_owned()),
        fields: given.fields,
        publish,
    };
    let document = records::document(kind, &record);
    Ok(Wanted { kind: kind.to_owned(), given: record, document, publish, base: None, again: false })
}

async fn shown(call: &Call<'_>, access: &SiteAccess, id: &str) -> Answer {
    let job = imports::get(call.stores, access, id).await?.ok_or(Refusal::NotFound)?;
    let payload: Payload = job.json("payload")?;
    let after = call.after_number()?.unwrap_or(0);
    let rows = imports::refused(call.stores, access, id, after, 100).await?;
    let (rows, next) = page_of(rows, 100, |row| row.number("line").to_string());
    let mut problems = vec![];
    for row in rows {
        problems.push(RefusedLine { line: row.number("line"), problems: row.json("problems")? });
    }
    let import = Import {
        id: id.to_owned(),
        status: job.text("status"),
        rows: payload.rows,
        progress: job.json("progress")?,
        problems,
        next,
    };
    Ok(Reply::json(200, &import))
}

pub async fn show_import(call: &Call<'_>, access: &SiteAccess) -> Answer {
    shown(call, access, call.param("id")).await
}
