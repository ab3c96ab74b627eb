//! Whether a site speaks all its languages: what one locale has, the others should have as well.

use crate::draft;
use crate::findings::{Found, SITE};
use crate::records::Read;
use model::entity::TypeSummary;
use model::ids::TypeName;
use model::names::{Locale, PagePath};
use model::problem::Problem;
use model::records::Route;
use std::collections::{BTreeMap, BTreeSet};

/// `pages` are all of the site's, where they are known.
pub fn check(
    site: &draft::Site,
    pages: Option<&BTreeMap<PagePath, Route>>,
    records: &[Read],
    summaries: &BTreeMap<TypeName, TypeSummary>,
    found: &mut Found,
) {
    let named = [
        ("name", site.name.keys().collect::<BTreeSet<_>>()),
        ("frame", site.frame.keys().collect()),
        ("not_found", site.not_found.keys().collect()),
        ("search", site.search.keys().collect()),
    ];
    for (name, locales) in &named {
        for locale in locales.iter().filter(|l| !site.locales.contains(l)) {
            let message = format!("{locale} is not among the site's locales: add it there, or take this out");
            found.problem(SITE, Problem::new(format!("{name}.{locale}"), message));
        }
    }
    for (n, locale) in site.locales.iter().enumerate() {
        let home = if n == 0 { "/".to_owned() } else { format!("/{locale}") };
        if pages.is_some_and(|pages| !pages.keys().any(|path| path.as_str() == home)) {
            let message = format!("there is no start page in {locale}: add a page with the path {home}");
            found.problem(SITE, Problem::new(format!("locales[{n}]"), message));
        }
        let remedies = [
            ("name", "the site has no name in this language: add one"),
            ("not_found", "what is not there gets the platform's plain page: name a page of the site"),
            ("search", "the site cannot be searched in this language: name the path of a search page"),
        ];
        for (name, remedy) in remedies {
            if named.iter().any(|(n, locales)| *n == name && !locales.contains(locale)) {
                found.warn(SITE, Problem::new(format!("{name}.{locale}"), remedy));
            }
        }
        if !site.frame.is_empty() && !site.frame.contains_key(locale) {
            let message = "pages in this language have no frame, those in others have: add one";
            found.warn(SITE, Problem::new(format!("frame.{locale}"), message));
        }
    }
    for (locale, path) in &site.search {
        if pages.is_some_and(|pages| pages.get(path).is_none_or(|route| route.locale != *locale)) {
            let message = format!("there is no page {path} in {locale}: add it, or name another");
            found.problem(SITE, Problem::new(format!("search.{locale}"), message));
        }
    }
    for (kind, summary) in summaries.iter().filter(|(_, summary)| !summary.paths.is_empty()) {
        let spoken: BTreeSet<&Locale> =
            records.iter().map(|r| &r.stored.record).filter(|r| r.kind == *kind).map(|r| &r.locale).collect();
        for locale in spoken.into_iter().filter(|locale| !summary.paths.contains_key(locale)) {
            let message = format!(
                "records of {kind} in {locale} have no page, those in other languages have: add one with \"entity\": \"{kind}\""
            );
            found.warn(&format!("types/{kind}.json"), Problem::new("", message));
        }
    }
}
