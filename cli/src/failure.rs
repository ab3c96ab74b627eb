//! Why a command did not do what was asked, and the exit code that says so to scripts.

use crate::differences;
use console::style;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::process::ExitCode;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Exit {
    #[default]
    Good = 0,
    /// The content has problems.
    Content = 1,
    /// The command was used wrongly, or names what is not there.
    Usage = 2,
    /// Not signed in, or not allowed.
    Denied = 3,
    /// The server cannot be reached, or failed.
    Server = 4,
    /// It has changed meanwhile, or is not in the state for this.
    Conflict = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The body of an answer of the API that is not a success (RFC 9457), or a failure of our own in the same form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    #[serde(skip)]
    pub exit: Exit,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<Box<str>>,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What to do about it.
    #[serde(default)]
    pub detail: String,
    /// Names the request in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Box<str>>,
    #[serde(default)]
    pub problems: Vec<At>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Box<Conflict>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct At {
    pub path: String,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    pub revision: u64,
    pub updated_at: String,
    pub updated_by: String,
    pub current: Value,
    pub yours: Value,
}

impl Failure {
    fn new(exit: Exit, title: &str, detail: impl Into<String>) -> Self {
        Self { exit, title: title.to_owned(), detail: detail.into(), ..Self::default() }
    }

    pub fn content(detail: impl Into<String>) -> Self {
        Self::new(Exit::Content, "The content has problems", detail)
    }

    pub fn usage(detail: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "This cannot be done so", detail)
    }

    pub fn signed_out(detail: impl Into<String>) -> Self {
        Self::new(Exit::Denied, "Not signed in", detail)
    }

    pub fn server(detail: impl Into<String>) -> Self {
        Self::new(Exit::Server, "The server did not do it", detail)
    }

    /// From an answer; one that is not of the API is some other server's, or a proxy's.
    pub fn of_answer(status: u16, body: &str) -> Self {
        let exit = match status {
            401 | 403 => Exit::Denied,
            404 => Exit::Usage,
            409 | 412 | 428 => Exit::Conflict,
            413 | 415 | 422 => Exit::Content,
            _ => Exit::Server,
        };
        match serde_json::from_str::<Self>(body) {
            Ok(failure) => Self { exit, status: Some(status), ..failure },
            Err(_) => {
                let detail = format!("It answered {status}, and not as the API does: check the address.");
                Self { status: Some(status), ..Self::server(detail) }
            }
        }
    }

    /// The same with what it is about.
    pub fn about(mut self, what: &str) -> Self {
        for at in &mut self.problems {
            at.path = match at.path.as_str() {
                "" => what.to_owned(),
                path => format!("{what}: {path}"),
            };
        }
        if self.problems.is_empty() {
            self.detail = format!("{what}: {}", self.detail);
        }
        self
    }
}

fn shown(value: Option<&Value>) -> String {
    let text = value.map_or_else(|| "nothing".to_owned(), Value::to_string);
    console::truncate_str(&text, 66, "…").into_owned()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", style("✗").red().for_stderr(), style(&self.title).bold().for_stderr())?;
        writeln!(f, "  {}", self.detail)?;
        for at in &self.problems {
            match at.path.as_str() {
                "" => writeln!(f, "\n  {}", at.message)?,
                path => writeln!(f, "\n  {}\n    {}", style(path).bold().for_stderr(), at.message)?,
            }
        }
        if let Some(conflict) = &self.conflict {
            let Conflict { revision, updated_at, updated_by, current, yours } = &**conflict;
            writeln!(f, "\n  Theirs is revision {revision}, saved by {updated_by} at {updated_at}.")?;
            for difference in differences::between(current, yours) {
                writeln!(f, "\n  {}", style(&difference.path).bold().for_stderr())?;
                writeln!(f, "    theirs  {}", shown(difference.before.as_ref()))?;
                writeln!(f, "    yours   {}", shown(difference.after.as_ref()))?;
            }
        }
        if let Some(request) = self.request.as_ref().filter(|_| self.exit == Exit::Server) {
            writeln!(f, "\n  The server's log has more beside request {request}.")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_problem_of_an_answer_is_shown_with_its_path_and_message() {
        let body = json!({"type": "/problems/invalid", "title": "The content has problems", "status": 422, "detail": "Mend it.",
            "request": "r1", "problems": [{"path": "sections[0].props.title", "message": "missing"}, {"path": "", "message": "too long"}]});
        let failure = Failure::of_answer(422, &body.to_string());
        assert_eq!(failure.exit, Exit::Content);
        let text = console::strip_ansi_codes(&failure.to_string()).into_owned();
        assert_eq!(
            text,
            "✗ The content has problems\n  Mend it.\n\n  sections[0].props.title\n    missing\n\n  too long\n"
        );
    }

    #[test]
    fn a_conflict_shows_what_differs_between_theirs_and_yours() {
        let body = json!({"title": "Somebody else has saved in between", "detail": "Merge.", "conflict": {"revision": 4, "updated_at": "2026-01-02T03:04:05Z",
            "updated_by": "u1", "current": {"title": "Bread", "path": "/"}, "yours": {"title": "Loaf", "path": "/"}}});
        let failure = Failure::of_answer(409, &body.to_string());
        assert_eq!(failure.exit, Exit::Conflict);
        let text = console::strip_ansi_codes(&failure.to_string()).into_owned();
        assert!(text.contains("revision 4, saved by u1 at 2026-01-02T03:04:05Z"), "{text}");
        assert!(text.contains("  title\n    theirs  \"Bread\"\n    yours   \"Loaf\"\n"), "{text}");
        assert!(!text.contains("path"), "{text}");
    }

    #[test]
    fn statuses_have_their_exit_codes() {
        let exits = [(401, Exit::Denied), (403, Exit::Denied), (404, Exit::Usage), (409, Exit::Conflict)];
        let more = [(428, Exit::Conflict), (422, Exit::Content), (503, Exit::Server), (405, Exit::Server)];
        for (status, exit) in exits.into_iter().chain(more) {
            let body = json!({"title": "t", "detail": "d"}).to_string();
            assert_eq!(Failure::of_answer(status, &body).exit, exit, "{status}");
        }
        assert_eq!(Failure::of_answer(404, "<html>").exit, Exit::Server);
    }
}
