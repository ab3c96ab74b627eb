//! What links can lead to: whatever a site's own links lead to must be there.

use crate::content::at_line;
use crate::drawn::Looks;
use crate::files::Files;
use crate::findings::Found;
use crate::links::Links;
use crate::pages::reserved;
use model::content_url;
use model::ids::TypeName;
use model::names::{Hostname, Locale, PagePath};
use model::problem::Problem;
use model::records::Redirect;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub enum Led {
    There,
    Oddly(String),
    Nowhere(String),
}

/// Everything on the site that a link can lead to.
pub struct Targets<'a> {
    pub hosts: &'a [Hostname],
    pub locales: &'a [Locale],
    /// What the pages look like, by their paths; those of records by their patterns.
    pub looks: &'a BTreeMap<&'a PagePath, &'a Looks>,
    /// Paths of the records' detail pages, and the pattern that each comes from.
    pub records: &'a HashMap<String, PagePath>,
    pub redirects: &'a BTreeMap<PagePath, Redirect>,
    /// Types that have a feed.
    pub feeds: BTreeSet<&'a TypeName>,
    pub files: &'a dyn Files,
    pub has_icon: bool,
}

impl Targets<'_> {
    /// Looks up what all links lead to.
    pub fn check(&self, links: &Links, found: &mut Found) {
        for from in &links.0 {
            for mention in &from.mentions {
                let problem = |message: String| {
                    let problem = Problem::new(&mention.path, message);
                    from.line.map_or(problem.clone(), |line| at_line(line, problem))
                };
                match self.look_up(&mention.href, from.page.as_ref()) {
                    Led::There => {}
                    Led::Oddly(message) => found.warn(&from.file, problem(message)),
                    Led::Nowhere(message) => found.problem(&from.file, problem(message)),
                }
            }
        }
    }

    /// Looks a link up that stands on a page, or on every page.
    pub fn look_up(&self, href: &str, page: Option<&PagePath>) -> Led {
        if let Some(anchor) = href.strip_prefix('#') {
            return page.map_or(Led::There, |page| self.anchor(page, anchor));
        }
        let own = self.hosts.iter().find_map(|host| {
            let rest = href.strip_prefix("https://").or_else(|| href.strip_prefix("http://"))?;
            rest.strip_prefix(host.as_str()).filter(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let href = match own {
            Some("") => "/",
            Some(rest) => rest,
            None => href,
        };
        if href.starts_with("//") || href.starts_with('?') || has_scheme(href) {
            return Led::There;
        }
        if !href.starts_with('/') {
            return Led::Nowhere(format!(
                "{href:?} depends on the page it stands on: write it from the start, as /{href}"
            ));
        }
        let (path, fragment) = href.split_once('#').unwrap_or((href, ""));
        let path = path.split('?').next().unwrap_or_default();
        if let Some(led) = self.made_by_the_product(path) {
            return led;
        }
        let Some(target) = PagePath::of_request(path) else {
            return Led::Nowhere(format!("no page can have the path {path}: mend it"));
        };
        if let Some(redirect) = self.redirects.get(&target) {
            return Led::Oddly(format!("{target} redirects to {}: link to that", redirect.to));
        }
        let shown = self.records.get(target.as_str()).unwrap_or(&target);
        if !self.looks.contains_key(shown) || shown.as_str().ends_with("/:slug") && *shown == target {
            return Led::Nowhere(format!("there is no page {target}{}", self.nearest(target.as_str())));
        }
        let written = path == target.to_url() || path == target.as_str();
        if !written {
            return Led::Oddly(format!("{path} redirects to {target}: write it so"));
        }
        if fragment.is_empty() { Led::There } else { self.anchor(shown, fragment) }
    }

    fn anchor(&self, page: &PagePath, anchor: &str) -> Led {
        let look = self.looks.get(page).filter(|look| look.drawn);
        if anchor.is_empty() || look.is_none_or(|look| look.anchors.contains(anchor)) {
            return Led::There;
        }
        Led::Oddly(format!(
            "{page} has no anchor {anchor:?}: give the section \"anchor\": {anchor:?}, or mend the link"
        ))
    }

    fn made_by_the_product(&self, path: &str) -> Option<Led> {
        let there = if let Some(file) = path.strip_prefix("/-/file/") {
            content_url::FileName::parse(file).is_some_and(|name| self.files.holds(&name.hash))
        } else if let Some((before, kind)) = path.strip_suffix(".xml").and_then(|p| p.split_once("/feed/")) {
            let mut others = self.locales.iter().skip(1);
            let locale = before.is_empty() || others.any(|l| before.strip_prefix('/') == Some(l.as_str()));
            locale && self.feeds.iter().any(|feed| feed.as_str() == kind)
        } else if path == "/favicon.ico" {
            self.has_icon
        } else {
            reserved(path)?;
            return Some(Led::There);
        };
        Some(if there { Led::There } else { Led::Nowhere(format!("there is no {path}: mend the link")) })
    }

    /// The page whose path is most like the given one, as a remedy.
    fn nearest(&self, path: &str) -> String {
        let known = self.looks.keys().map(|path| path.as_str()).filter(|known| !known.ends_with(":slug"));
        let known = known.chain(self.records.keys().map(String::as_str));
        let near =
            known.map(|known| (distance(path, known), known)).min().filter(|(d, _)| *d <= 1 + path.len() / 5);
        match near {
            Some((_, known)) => format!(": did you mean {known}?"),
            None => ": add it, or link to another".to_owned(),
        }
    }
}

fn has_scheme(href: &str) -> bool {
    href.split_once(':').is_some_and(|(scheme, _)| scheme.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// How many letters have to be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > 8 {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (n, x) in a.chars().enumerate() {
        let mut diagonal = n;
        let mut left = n + 1;
        for (y, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let here = (diagonal + usize::from(x != *y)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, here);
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = n + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_letters() {
        for (a, b, d) in
            [("", "", 0), ("abc", "abc", 0), ("/abuot", "/about", 2), ("/abot", "/about", 1), ("", "ab", 2)]
        {
            assert_eq!(distance(a, b), d, "{a} {b}");
        }
    }
}
