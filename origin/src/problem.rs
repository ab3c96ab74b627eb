//! What can go wrong, in two tiers: what the client is told (`application/problem+json`, RFC 9457) and what only the
//! log says.

use crate::stores::Fault;
use model::Problem;
use schemars::JsonSchema;
use serde::Serialize;

/// Why a request was not done. Every kind has one status and one `type`.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// The request itself is malformed.
    Malformed(String),
    SignedOut,
    BadCredentials,
    /// Whatever was wrong with it: what exactly helps only who tries keys of others.
    BadPasskey,
    /// The person may see the thing, and not do this to it.
    Forbidden(String),
    /// Not there, or another tenant's: the answers do not differ.
    NotFound,
    /// It was there and is over.
    Over,
    Method(Vec<&'static str>),
    /// It was changed since the client read it; its `ETag` now.
    Changed(String),
    /// It cannot be done in the state that something is in; what to do about it.
    State(String),
    /// Somebody else has saved in between: both versions.
    Conflict(Box<Conflict>),
    /// A change that does not say what it is based on.
    NoBase,
    /// The plan has no room for more.
    PlanLimit {
        metric: &'static str,
        limit: u64,
        used: u64,
    },
    /// A feature that is off for this site.
    FeatureOff(&'static str),
    /// The last proof of identity is too long ago for this.
    StaleProof,
    TooLarge(usize),
    MediaType,
    /// The content has problems, each with its path.
    Invalid(Vec<Problem>),
    /// Seconds until the next try.
    TooMany(u64),
    /// A store did not answer. The text is for the log.
    Unavailable(String),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Unavailable(fault.to_string())
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Invalid(vec![problem])
    }
}

/// Refuses content with problems.
pub fn unless_good(problems: Vec<Problem>) -> Result<(), Refusal> {
    if problems.is_empty() { Ok(()) } else { Err(Refusal::Invalid(problems)) }
}

/// The body of every answer that is not a success.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProblemBody {
    /// Names the kind of problem; it does not change.
    pub r#type: String,
    pub title: String,
    pub status: u16,
    /// What to do about it.
    pub detail: String,
    /// Stands in the log beside the cause.
    pub request: String,
    /// What is wrong with the content, by path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<At>,
    /// What stands there now, and what was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Conflict>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Conflict {
    pub revision: u64,
    pub updated_at: String,
    pub updated_by: String,
    pub current: serde_json::Value,
    pub yours: serde_json::Value,
}

#[derive(Debug, Clone, Serialize, serde::Deserialize, JsonSchema)]
pub struct At {
    pub path: String,
    pub message: String,
}

/// What an answer says at most: what was sent does not come back at length.
const MAX_PROBLEMS: usize = 100;
const MAX_TEXT: usize = 1000;

impl From<&Problem> for At {
    fn from(problem: &Problem) -> Self {
        let cut = |text: &str| match text.char_indices().nth(MAX_TEXT) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text.to_owned(),
        };
        Self { path: cut(&problem.path), message: cut(&problem.message) }
    }
}

impl Refusal {
    fn parts(&self) -> (u16, &'static str, &'static str, String) {
        match self {
            Self::Malformed(why) => (400, "malformed", "The request cannot be read", why.clone()),
            Self::SignedOut => (
                401,
                "signed-out",
                "Not signed in",
                "Sign in, or send an API token as `Authorization: Bearer …`.".to_owned(),
            ),
            Self::BadCredentials => {
                (401, "bad-credentials", "Not signed in", "The address or the password is wrong.".to_owned())
            }
            Self::BadPasskey => (
                401,
                "bad-credentials",
                "Not signed in",
                "This passkey was not accepted. Try once more, or sign in another way.".to_owned(),
            ),
            Self::Forbidden(why) => (403, "forbidden", "Not allowed", why.clone()),
            Self::NotFound => (
                404,
                "not-found",
                "Not found",
                "There is nothing here for you. Check the address.".to_owned(),
            ),
            Self::Over => (410, "over", "Over", "This has ended. Ask for a new one.".to_owned()),
            Self::Method(allowed) => {
                (405, "method", "Not this method", format!("Use {}.", allowed.join(" or ")))
            }
            Self::Changed(now) => (
                412,
                "changed",
                "Changed meanwhile",
                format!("Its ETag is {now} now. Read it again, and send the change with that as If-Match."),
            ),
            Self::State(why) => (409, "state", "Not now", why.clone()),
            Self::Conflict(_) => (
                409,
                "conflict",
                "Somebody else has saved in between",
                "Merge yours into the current version, and send it with its revision in If-Match.".to_owned(),
            ),
            Self::NoBase => (
                428,
                "no-base",
                "Based on what?",
                "Send the ETag of the version that you changed as If-Match.".to_owned(),
            ),
            Self::PlanLimit { metric, limit, used } => {
                let (unit, remedy) = match *metric {
                    "storage" => (" bytes", "Delete files for good"),
                    _ => ("", "Remove some"),
                };
                (
                    409,
                    "plan-limit",
                    "The plan has no room",
                    format!("Limit of {metric}: {limit}{unit}; in use: {used}{unit}. {remedy}, or ask the owner of the platform for a larger plan."),
                )
            }
            Self::FeatureOff(name) => (
                403,
                "feature-off",
                "This feature is off",
                format!("The feature `{name}` is off here. Ask the owner of the platform to turn it on."),
            ),
            Self::StaleProof => (
                403,
                "stale-proof",
                "Prove again that it is you",
                "This needs a proof of identity from the last 15 minutes: send the password or a passkey to `POST /api/v1/me/proof`, then repeat this.".to_owned(),
            ),
            Self::TooLarge(max) => {
                (413, "too-large", "The body is too large", format!("Send at most {max} bytes."))
            }
            Self::MediaType => (
                415,
                "media-type",
                "Not this format",
                "Send JSON, with `Content-Type: application/json`.".to_owned(),
            ),
            Self::Invalid(_) => (
                422,
                "invalid",
                "The content has problems",
                "Mend what `problems` lists and send it again.".to_owned(),
            ),
            Self::TooMany(seconds) => {
                (429, "too-many", "Too many requests", format!("Wait {seconds} seconds and try again."))
            }
            Self::Unavailable(_) => (
                503,
                "unavailable",
                "A store did not answer",
                "Try again; with the same Idempotency-Key nothing is done twice.".to_owned(),
            ),
        }
    }

    pub fn body(&self, request: &str) -> ProblemBody {
        let (status, name, title, detail) = self.parts();
        let problems = match self {
            Self::Invalid(problems) => problems.iter().take(MAX_PROBLEMS).map(At::from).collect(),
            _ => vec![],
        };
        let conflict = match self {
            Self::Conflict(conflict) => Some((**conflict).clone()),
            _ => None,
        };
        ProblemBody {
            r#type: format!("/problems/{name}"),
            title: title.to_owned(),
            status,
            detail,
            request: request.to_owned(),
            problems,
            conflict,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_store_said_is_not_told_to_the_client() {
        let body = Refusal::Unavailable("D1_ERROR: no such table: users".to_owned()).body("r1");
        assert_eq!((body.status, body.request.as_str()), (503, "r1"));
        assert!(!json!(body).to_string().contains("users"));
    }

    #[test]
    fn problems_of_the_content_name_their_paths() {
        let body = Refusal::from(Problem::new("sections[0].props.title", "missing")).body("r1");
        assert_eq!(body.status, 422);
        assert_eq!(json!(body)["problems"][0]["path"], "sections[0].props.title");
    }
}
