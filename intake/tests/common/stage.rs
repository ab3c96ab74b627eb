//! Draws the pages of a release as the Worker does, with an answer to every question that a page asks.

use app::{Answers, Cx, Framing, Images, Params, Rendered};
use intake::site::Published;
use intake::{Release, StoredFile};
use model::entity::SortKey;
use model::names::PagePath;
use model::query::{Cursor, Order, Query, Start, search_text};
use model::records::{HostRecord, PageRecord, Route, SiteRecord};
use model::{SiteScope, keys};
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::collections::BTreeMap;

pub struct Stage {
    pub site: SiteRecord,
    pub host: String,
    scope: SiteScope,
    kv: BTreeMap<String, String>,
    release: Release,
}

/// A page as KV holds it and how it is asked for.
pub struct Visit<'a> {
    pub json: &'a str,
    pub path: PagePath,
    pub slug: Option<String>,
    pub params: Params,
    pub preview: bool,
}

impl Stage {
    pub fn of(published: Published) -> Self {
        let mut release = published.release;
        let kv: BTreeMap<String, String> = std::mem::take(&mut release.kv).into_iter().collect();
        let host = published.hosts.first().unwrap().clone();
        let record = HostRecord::parse(&kv[&format!("host/{host}")]).unwrap();
        let scope = record.scope();
        Self { site: *record.content.unwrap(), host, scope, kv, release }
    }

    /// The same release with another site record and no page of its own.
    pub fn with_site(&self, site: SiteRecord) -> Self {
        let (kv, release) = (BTreeMap::new(), Release::default());
        Self { site, host: self.host.clone(), scope: self.scope.clone(), kv, release }
    }

    pub fn files(&self) -> &[StoredFile] {
        &self.release.files
    }

    /// The paths of all pages; `:slug` stands for the first record's.
    pub fn paths(&self) -> Vec<String> {
        let exact = self.site.routes.exact.keys().map(ToString::to_string);
        let patterns = self.site.routes.patterns.iter().filter_map(|pattern| {
            let record = self
                .release
                .records
                .iter()
                .find(|r| r.record.kind == pattern.kind && r.record.locale == pattern.route.locale)?;
            Some(format!("{}{}", pattern.prefix, record.record.slug))
        });
        exact.chain(patterns).collect()
    }

    fn route(&self, path: &PagePath) -> Option<(&Route, Option<String>)> {
        let routes = &self.site.routes;
        routes.exact.get(path).map(|route| (route, None)).or_else(|| {
            routes.patterns.iter().find_map(|pattern| {
                let slug = path.as_str().strip_prefix(&pattern.prefix)?;
                Some((&pattern.route, Some(slug.to_owned())))
            })
        })
    }

    pub fn visit(&self, path: &str, params: &[(&str, &str)]) -> Visit<'_> {
        let path = PagePath::parse(path).unwrap();
        let (route, slug) = self.route(&path).unwrap_or_else(|| panic!("{path} is no page"));
        let known = params.iter().filter(|(name, _)| route.params.iter().any(|p| p == name));
        let params = Params::new(known.map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect());
        Visit { json: &self.kv[&keys::page(&self.scope, &route.page)], path, slug, params, preview: false }
    }

    pub fn render(&self, visit: &Visit) -> Rendered {
        let answers = self.answers(visit, &|query| self.answer(query));
        self.render_with(visit, &answers)
    }

    pub fn answers(&self, visit: &Visit, answer: &dyn Fn(&Query) -> Option<String>) -> Answers {
        let none = Answers::default();
        let queries = self.with(visit, &none, app::render::asks);
        Answers(queries.into_iter().filter_map(|query| Some((query.clone(), answer(&query)?))).collect())
    }

    pub fn render_with(&self, visit: &Visit, answers: &Answers) -> Rendered {
        self.with(visit, answers, app::render)
    }

    fn with<T>(&self, visit: &Visit, answers: &Answers, work: impl FnOnce(&Cx) -> T) -> T {
        let page = PageRecord::parse(visit.json).unwrap();
        work(&Cx {
            site: &self.site,
            host: &self.host,
            page: &page,
            frame: &Framing::of(&self.site, &page.locale),
            locale: &page.locale,
            path: &visit.path,
            slug: visit.slug.as_deref(),
            params: &visit.params,
            answers,
            images: Images::Stored,
            preview: visit.preview.then_some(app::Preview { until: "2026-03-14T09:30:00Z", problems: &[] }),
        })
    }

    /// What the content store would answer, out of the release.
    pub fn answer(&self, query: &Query) -> Option<String> {
        let records = || self.release.records.iter();
        let find = |kind: &str, locale: &str, slug: &str| {
            records().find(|r| {
                let r = &r.record;
                r.kind.as_str() == kind && r.locale.as_str() == locale && r.slug == slug
            })
        };
        Some(match query {
            Query::List(list) => self.list(list).to_string(),
            Query::Record { kind, locale, slug } => find(kind, locale, slug)
                .map_or(Value::Null, |found| {
                    let r = &found.record;
                    let same = records().filter(|other| other.record.group == r.group);
                    let alternates: Vec<_> = same.map(|o| json!([o.record.locale, o.record.slug])).collect();
                    json!([r.id, r.slug, r.published_at, found.title, found.summary, r.fields, alternates])
                })
                .to_string(),
            Query::Relations { kind, locale, slug } => {
                let ids = find(kind, locale, slug).map_or(&[][..], |r| &r.relations);
                let others = records().filter(|r| ids.contains(&r.record.id));
                let rows = others.map(|r| json!([r.record.id, r.record.kind, r.record.slug, r.title]));
                Value::Array(rows.collect()).to_string()
            }
            Query::Related { kind, locale, slug, field, list, limit } => {
                let value = find(kind, locale, slug).and_then(|r| r.record.fields.get(field)?.as_str());
                let key = format!("{list}\u{1f}{}", value.unwrap_or_default());
                let (order, start) = (Order::Descending, Start::Beginning);
                self.list(&model::query::List { key, order, start, limit: *limit }).to_string()
            }
            Query::Search { locale, text, limit, .. } => {
                let scope = keys::search_scope(&self.scope, locale);
                let word = search_text(&text.to_lowercase());
                let hits = self.release.documents.iter().enumerate().filter(|(_, d)| {
                    d.scope.starts_with(&scope)
                        && format!("{} {}", d.title, d.body).to_lowercase().contains(&word)
                });
                let rows = hits.take(limit + 1).map(|(n, d)| json!([d.path, d.title, d.summary, 1, n]));
                Value::Array(rows.collect()).to_string()
            }
            Query::Addresses { .. } => return None,
        })
    }

    fn list(&self, asked: &model::query::List) -> Value {
        let entries = self.release.records.iter().flat_map(|stored| {
            let of_list = stored.entries.iter().filter(|entry| entry.list == asked.key);
            of_list
                .map(move |entry| (Cursor { sort: entry.sort.clone(), id: stored.record.id.clone() }, stored))
        });
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by(|(a, _), (b, _)| compare(a, b));
        if asked.order == Order::Descending {
            entries.reverse();
        }
        if let Start::After(cursor) = &asked.start {
            let beyond = if asked.order == Order::Ascending { Ordering::Greater } else { Ordering::Less };
            entries.retain(|(place, _)| compare(place, cursor) == beyond);
        }
        let rows = entries.into_iter().take(asked.limit + 1).map(|(place, stored)| {
            json!([place.id, stored.record.slug, stored.record.published_at, place.sort, stored.listed])
        });
        Value::Array(rows.collect())
    }
}

fn compare(a: &Cursor, b: &Cursor) -> Ordering {
    let sorts = match (&a.sort, &b.sort) {
        (SortKey::Number(a), SortKey::Number(b)) => a.total_cmp(b),
        (SortKey::Text(a), SortKey::Text(b)) => a.cmp(b),
        (SortKey::Number(_), SortKey::Text(_)) => Ordering::Less,
        (SortKey::Text(_), SortKey::Number(_)) => Ordering::Greater,
    };
    sorts.then_with(|| a.id.cmp(&b.id))
}

/// A page record as one value: the props of its sections, which have lines of their own, in their places.
pub fn whole_page(text: &str) -> Value {
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut page = lines.next().unwrap();
    let lines: Vec<Value> = lines.collect();
    for section in page["sections"].as_array_mut().into_iter().flatten() {
        if let Some(line) = section["props"].as_u64() {
            section["props"] = lines[line as usize].clone();
        }
    }
    page
}
