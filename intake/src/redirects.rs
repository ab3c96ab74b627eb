//! Redirects: they come before pages, so one that is wrong hides a page or sends visitors in a circle.

use crate::draft;
use crate::findings::{Found, SITE};
use crate::known::Known;
use crate::pages::reserved;
use model::names::PagePath;
use model::problem::Problem;
use model::records::Redirect;
use model::safe::is_safe_url;
use std::collections::BTreeMap;

/// The redirects that can be used. `taken` says which page or record has a path; where a redirect ends is looked up
/// with the other links.
pub fn read(
    given: &[draft::Redirect],
    taken: &dyn Fn(&PagePath) -> Option<String>,
    known: &Known,
    found: &mut Found,
) -> BTreeMap<PagePath, Redirect> {
    let mut used: BTreeMap<PagePath, Redirect> = BTreeMap::new();
    for (n, redirect) in given.iter().enumerate() {
        let mut problem = |at: &str, message: String| {
            found.problem(SITE, Problem::new(format!("redirects[{n}].{at}"), message));
        };
        let from = &redirect.from;
        if !leads_somewhere(&redirect.to) {
            problem("to", "expected a path or an https: address".to_owned());
        } else if ![301, 302, 307, 308].contains(&redirect.status) {
            problem("status", "expected 301, 302, 307 or 308".to_owned());
        } else if let Some(why) = reserved(from.as_str()) {
            problem("from", why.to_owned());
        } else if let Some(page) = taken(from) {
            problem(
                "from",
                format!("{from} is the path of {page}, which it would hide: take one of them away"),
            );
        } else if used.contains_key(from) {
            problem("from", format!("{from} is redirected above already: take one of them away"));
        } else {
            used.insert(from.clone(), Redirect { to: redirect.to.clone(), status: redirect.status });
        }
    }
    let loops: Vec<PagePath> = used.keys().filter(|from| follow(&used, from).is_none()).cloned().collect();
    for (n, redirect) in given.iter().enumerate() {
        if used.get(&redirect.from).is_none_or(|used| used.to != redirect.to) {
            continue;
        }
        let at = format!("redirects[{n}].to");
        if loops.contains(&redirect.from) {
            let message = format!("{} leads in a circle: name a page, or take it away", redirect.to);
            found.problem(SITE, Problem::new(at, message));
        } else if let Some(last) = follow(&used, &redirect.from)
            && last != redirect.to
        {
            let message = format!("{} is redirected again: name {last}, where it ends", redirect.to);
            found.warn(SITE, Problem::new(at, message));
        } else {
            known.mention(&at, &redirect.to);
        }
    }
    used.retain(|from, _| !loops.contains(from));
    used
}

/// What is relative to the path itself leads back to it, and no browser follows a redirect to a mail address.
fn leads_somewhere(to: &str) -> bool {
    let starts =
        |scheme: &str| to.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    is_safe_url(to) && (to.starts_with('/') || starts("https://") || starts("http://"))
}

/// Where a path ends; `None` where it never does.
fn follow<'r>(redirects: &'r BTreeMap<PagePath, Redirect>, from: &PagePath) -> Option<&'r str> {
    let mut to = redirects.get(from)?.to.as_str();
    for _ in 0..=redirects.len() {
        match own_path(to).and_then(|path| redirects.get(&path)) {
            Some(next) => to = &next.to,
            None => return Some(to),
        }
    }
    None
}

fn own_path(to: &str) -> Option<PagePath> {
    PagePath::of_request(to.split(['?', '#']).next().filter(|path| path.starts_with('/'))?)
}
