//! What is wrong with what was handed in, and where.

use model::Problem;
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Wrong for visitors: it has to be mended. What cannot be used is left out, and the rest is published.
    Problem,
    /// Published as it is, and worth a look.
    Warning,
}

/// A problem and the file or record it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub severity: Severity,
    /// Name of the site's folder.
    pub site: String,
    /// The file, as seen from the folder that holds all sites' folder.
    pub source: String,
    pub problem: Problem,
}

impl Finding {
    pub fn is_problem(&self) -> bool {
        self.severity == Severity::Problem
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.problem)
    }
}
