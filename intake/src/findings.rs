//! What is wrong with what was handed in, and where.

use model::Problem;
use std::collections::HashMap;
use std::fmt;

/// The file of a site's settings.
pub const SITE: &str = "site.json";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Wrong for visitors: it has to be mended. What cannot be used is left out, and the rest is published.
    Problem,
    /// Published as it is, and worth a look.
    Warning,
}

/// A problem and the document it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub severity: Severity,
    /// Name of the site's folder, or its id.
    pub site: String,
    /// The document: a file, as seen from the folder that holds all sites' folders, or `pages/home`.
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

/// Collects what is found in a site's documents.
#[derive(Default)]
pub struct Found {
    /// The site's name in findings.
    pub site: String,
    /// Stands before the names of documents.
    pub prefix: String,
    pub findings: Vec<Finding>,
}

impl Found {
    pub fn problem(&mut self, source: &str, problem: Problem) {
        self.find(Severity::Problem, source, problem);
    }

    pub fn problems(&mut self, source: &str, problems: Vec<Problem>) {
        problems.into_iter().for_each(|problem| self.problem(source, problem));
    }

    pub fn warn(&mut self, source: &str, problem: Problem) {
        self.find(Severity::Warning, source, problem);
    }

    fn find(&mut self, severity: Severity, source: &str, problem: Problem) {
        let source = format!("{}{source}", self.prefix);
        self.findings.push(Finding { severity, site: self.site.clone(), source, problem });
    }
}

/// Every value that must not occur twice, with the place it was found in first.
#[derive(Default)]
pub struct Unique(HashMap<String, String>);

impl Unique {
    /// Notes a value; a problem where it is taken.
    pub fn claim(&mut self, what: &str, key: String, place: &str, path: &str, problems: &mut Vec<Problem>) {
        match self.0.get(&key) {
            Some(first) => {
                problems.push(Problem::new(path, format!("this {what} is taken by {first}: choose another")))
            }
            None => drop(self.0.insert(key, place.to_owned())),
        }
    }
}
