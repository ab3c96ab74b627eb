//! Findings as text for a person at a terminal: by site and file, each with its place, and the counts at the end.

use crate::findings::{Finding, Severity};
use std::collections::HashMap;
use std::fmt;

pub struct Report<'a> {
    pub findings: &'a [Finding],
    /// Sites that were looked at.
    pub sites: usize,
    /// Width of the terminal in columns.
    pub width: usize,
    pub colour: bool,
}

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";

/// Longest line of a message: longer ones are hard to read.
const MAX_LINE: usize = 110;

impl Report<'_> {
    pub fn problems(&self) -> usize {
        self.findings.iter().filter(|f| f.is_problem()).count()
    }

    fn paint(&self, style: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn counts(&self, findings: &[&Finding]) -> String {
        let problems = findings.iter().filter(|f| f.is_problem()).count();
        let counted = |n: usize, what: &str, style: &str| {
            let text = format!("{n} {what}{}", if n == 1 { "" } else { "s" });
            (n > 0).then(|| self.paint(style, &text))
        };
        let parts =
            [counted(problems, "problem", RED), counted(findings.len() - problems, "warning", YELLOW)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// A message with its first place; `more` is the number of further places in the file.
    fn finding(&self, f: &mut fmt::Formatter<'_>, finding: &Finding, more: usize) -> fmt::Result {
        let (mark, style) = match finding.severity {
            Severity::Problem => ("\u{2717}", RED),
            Severity::Warning => ("!", YELLOW),
        };
        let mark = self.paint(style, mark);
        let width = self.width.min(MAX_LINE).saturating_sub(6).max(40);
        let message = wrapped(&finding.problem.message, width).join("\n      ");
        let more = match more {
            0 => String::new(),
            n => self.paint(DIM, &format!("  and {n} more place{}", if n == 1 { "" } else { "s" })),
        };
        match finding.problem.path.trim_end_matches([':', ' ']) {
            "" => writeln!(f, "    {mark} {message}{more}"),
            path => {
                writeln!(f, "    {mark} {}{more}", self.paint(BOLD, &shortened(path, width)))?;
                writeln!(f, "      {message}")
            }
        }
    }

    /// The findings of a file: a message that stands at many places stands once.
    fn file(&self, f: &mut fmt::Formatter<'_>, findings: &[&Finding]) -> fmt::Result {
        let mut said: Vec<(&Finding, usize)> = vec![];
        let mut places: HashMap<(Severity, &str), usize> = HashMap::new();
        for finding in findings {
            let place = *places.entry((finding.severity, &finding.problem.message)).or_insert(said.len());
            match said.get_mut(place) {
                Some((_, more)) => *more += 1,
                None => said.push((finding, 0)),
            }
        }
        said.into_iter().try_for_each(|(finding, more)| self.finding(f, finding, more))
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut findings: Vec<&Finding> = self.findings.iter().collect();
        // Sorting keeps the order of what a file's findings were found in.
        findings.sort_by(|a, b| (&a.site, &a.source, a.severity).cmp(&(&b.site, &b.source, b.severity)));
        for site in findings.chunk_by(|a, b| a.site == b.site) {
            let name = site.first().map_or("", |finding| finding.site.as_str());
            writeln!(f, "\n{}  {}", self.paint(BOLD, name), self.counts(site))?;
            for file in site.chunk_by(|a, b| a.source == b.source) {
                let source = file.first().map_or("", |finding| finding.source.as_str());
                writeln!(f, "\n  {}", self.paint(DIM, source))?;
                self.file(f, file)?;
            }
        }
        let sites = format!("{} site{}", self.sites, if self.sites == 1 { "" } else { "s" });
        match self.counts(&findings) {
            counts if counts.is_empty() => {
                writeln!(f, "{} {sites}, no problems, no warnings", self.paint(GREEN, "\u{2713}"))
            }
            counts => writeln!(f, "\n{sites}: {counts}"),
        }
    }
}

/// A path whose middle is left out where it is too long for a line.
fn shortened(path: &str, width: usize) -> String {
    let length = path.chars().count();
    if length <= width {
        return path.to_owned();
    }
    let half = width / 2 - 1;
    let (start, end): (String, String) =
        (path.chars().take(half).collect(), path.chars().skip(length - half).collect());
    format!("{start}\u{2026}{end}")
}

/// Breaks a text into lines between its words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Problem;

    fn finding(severity: Severity, file: &str, path: &str, message: &str) -> Finding {
        let problem = Problem::new(path, message);
        Finding { severity, site: "hello".to_owned(), source: format!("kv-seed/hello/{file}"), problem }
    }

    #[test]
    fn findings_stand_under_their_site_and_file_with_counts() {
        let findings = [
            finding(Severity::Warning, "site.json", "search.en", "none: name one"),
            finding(Severity::Problem, "pages/home.json", "", "cannot be read: add it"),
            finding(Severity::Problem, "site.json", "hosts[1]", "twice: take it out"),
        ];
        let report = Report { findings: &findings, sites: 2, width: 80, colour: false };
        assert_eq!(
            report.to_string(),
            "\nhello  2 problems, 1 warning\n\n  kv-seed/hello/pages/home.json\n    \u{2717} cannot be read: add it\n\n  \
             kv-seed/hello/site.json\n    \u{2717} hosts[1]\n      twice: take it out\n    ! search.en\n      none: name one\n\n\
             2 sites: 2 problems, 1 warning\n"
        );
        assert_eq!(report.problems(), 2);
    }

    #[test]
    fn a_message_of_many_places_stands_once_and_long_paths_lose_their_middle() {
        let findings = ["line 1: slug", "line 2: slug", "line 9: slug"]
            .map(|path| finding(Severity::Problem, "entities/a.jsonl", path, "taken: choose another"));
        let report = Report { findings: &findings, sites: 1, width: 80, colour: false }.to_string();
        assert!(
            report.contains("\u{2717} line 1: slug  and 2 more places\n      taken: choose another\n"),
            "{report}"
        );
        assert_eq!(report.matches("taken").count(), 1, "{report}");
        assert_eq!(shortened("sections[0].slots.content[0].props", 12), "secti\u{2026}props");
    }

    #[test]
    fn without_findings_one_line_says_so() {
        let report = Report { findings: &[], sites: 1, width: 80, colour: false };
        assert_eq!(report.to_string(), "\u{2713} 1 site, no problems, no warnings\n");
    }

    #[test]
    fn long_messages_break_between_words_and_long_words_stay_whole() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("a longerthanthat b", 4), ["a", "longerthanthat", "b"]);
    }
}
