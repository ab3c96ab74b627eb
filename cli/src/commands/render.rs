//! `manysite render`: a page of a site's folder as HTML, drawn by the renderer of the edge.

use crate::commands::check;
use crate::failure::Failure;
use crate::output::Outcome;
use app::cx::Framing;
use app::{Answers, Cx, Images, Params};
use intake::site::Published;
use intake::{Finding, StoredRecord};
use model::entity::SortKey;
use model::keys;
use model::names::{Hostname, PagePath};
use model::query::{Cursor, List, Order, Query, Start};
use model::records::{HostRecord, PageRecord, Route, RouteShard, SiteRecord, shard_of};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    /// The site's folder
    folder: PathBuf,
    /// The page's path, with or without a query such as ?category=loaf
    path: String,
}

pub fn run(args: Args) -> Result<Outcome, Failure> {
    let broken = |found: Vec<Finding>| {
        let said: Vec<String> = found.iter().filter(|f| f.is_problem()).map(ToString::to_string).collect();
        Failure::content(said.join("\n  "))
    };
    if !args.folder.join("site.json").exists() {
        return Err(Failure::usage(format!("{} holds no site.json.", args.folder.display())));
    }
    let folder = args.folder.canonicalize().unwrap_or(args.folder);
    let published = check::site(&folder).map_err(broken)?;
    let html = draw(&published, &args.path)?;
    Ok(Outcome::new(json!({"path": args.path, "html": html}), html))
}

/// A published site, read as the edge reads it.
struct Drawn<'p> {
    published: &'p Published,
    host: String,
    site: Box<SiteRecord>,
}

fn draw(published: &Published, asked: &str) -> Result<String, Failure> {
    let host = published.hosts.first().cloned().unwrap_or_default();
    let record = Hostname::parse(&host).ok().and_then(|name| text_of(published, &keys::host(&name)));
    let record = record.and_then(|text| model::json::from_str::<HostRecord>(text).ok());
    let Some(site) = record.and_then(|record| record.content) else {
        return Err(Failure::content(
            "The site is not served: see its status and its tenant's in site.json.",
        ));
    };
    let site = Drawn { published, host, site };
    let (path, query) = asked.split_once('?').unwrap_or((asked, ""));
    let nowhere = || Failure::usage(format!("There is no page at {path}."));
    let path = PagePath::of_request(path).ok_or_else(nowhere)?;
    let (route, slug) = site.route(&path).ok_or_else(nowhere)?;
    let text = text_of(published, &keys::page(&published.scope, &route.page)).ok_or_else(nowhere)?;
    let page = PageRecord::parse(text).map_err(|e| Failure::content(e.to_string()))?;
    let mut params = model::content_url::parse_query(query);
    params.retain(|(name, _)| route.params.contains(name));
    let params = Params::new(params);
    let mut answers = Answers::default();
    let frame = Framing::of(&site.site, &page.locale);
    let cx = Cx {
        site: &site.site,
        frame: &frame,
        host: &site.host,
        page: &page,
        locale: &page.locale,
        path: &path,
        slug: slug.as_deref(),
        params: &params,
        answers: &Answers::default(),
        images: Images::Stored,
        preview: None,
    };
    for query in app::render::asks(&cx) {
        if let Some(answer) = site.answer(&query) {
            answers.0.push((query, answer.to_string()));
        }
    }
    let cx = Cx { answers: &answers, ..cx };
    if cx.record_query().is_some() && app::content::current(&cx).is_none() {
        return Err(nowhere());
    }
    Ok(app::render::render(&cx).into_html())
}

fn text_of<'p>(published: &'p Published, key: &str) -> Option<&'p str> {
    published.release.kv.iter().find(|(known, _)| known == key).map(|(_, text)| text.as_str())
}

impl Drawn<'_> {
    fn route(&self, path: &PagePath) -> Option<(Route, Option<String>)> {
        let routes = &self.site.routes;
        if let Some(route) = routes.exact.get(path) {
            return Some((route.clone(), None));
        }
        if let Some(shards) = &routes.shards {
            let key = keys::routes(&self.published.scope, &shards.hash, shard_of(path, shards.count));
            let shard =
                text_of(self.published, &key).and_then(|text| model::json::from_str::<RouteShard>(text).ok());
            if let Some(route) = shard.and_then(|shard| shard.get(path).cloned()) {
                return Some((route, None));
            }
        }
        routes.patterns.iter().find_map(|pattern| {
            let slug = path.as_str().strip_prefix(&pattern.prefix).filter(|slug| !slug.contains('/'))?;
            Some((pattern.route.clone(), Some(slug.to_owned())))
        })
    }

    fn record(&self, kind: &str, locale: &str, slug: &str) -> Option<&StoredRecord> {
        self.published.release.records.iter().find(|stored| {
            let record = &stored.record;
            record.kind.as_str() == kind && record.locale.as_str() == locale && record.slug == slug
        })
    }

    /// What the content store would answer. A search is not answered: its section says so.
    fn answer(&self, query: &Query) -> Option<Value> {
        match query {
            Query::List(list) => Some(self.list(list)),
            Query::Record { kind, locale, slug } => {
                let stored = self.record(kind, locale, slug)?;
                let record = &stored.record;
                let others = self.published.release.records.iter().map(|other| &other.record);
                let others = others.filter(|other| other.group == record.group);
                let others: Vec<Value> = others.map(|other| json!([other.locale, other.slug])).collect();
                let times = [&record.id, &record.slug, &record.published_at, &stored.title, &stored.summary];
                Some(json!([times[0], times[1], times[2], times[3], times[4], record.fields, others]))
            }
            Query::Relations { kind, locale, slug } => {
                let stored = self.record(kind, locale, slug)?;
                let related = stored.relations.iter().filter_map(|id| {
                    let other = self.published.release.records.iter().find(|other| other.record.id == *id)?;
                    Some(json!([other.record.id, other.record.kind, other.record.slug, other.title]))
                });
                Some(related.collect())
            }
            Query::Related { kind, locale, slug, field, list, limit } => {
                let record = &self.record(kind, locale, slug)?.record;
                let value = record.fields.get(field)?;
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let key = format!("{list}\u{1f}{value}");
                let (order, start) = (Order::Descending, Start::Beginning);
                Some(self.list(&List { key, order, start, limit: *limit }))
            }
            Query::Search { .. } | Query::Addresses { .. } => None,
        }
    }

    fn list(&self, list: &List) -> Value {
        let mut rows: Vec<(&SortKey, &StoredRecord)> = vec![];
        for stored in &self.published.release.records {
            let mine = stored.entries.iter().filter(|entry| entry.list == list.key);
            rows.extend(mine.map(|entry| (&entry.sort, stored)));
        }
        let compare = |a: (&SortKey, &str), b: (&SortKey, &str)| {
            let sorts = a.0.partial_cmp(b.0).unwrap_or(std::cmp::Ordering::Equal);
            sorts.then_with(|| a.1.cmp(b.1))
        };
        rows.sort_by(|a, b| compare((a.0, &a.1.record.id), (b.0, &b.1.record.id)));
        let is_after = |row: &(&SortKey, &StoredRecord), cursor: &Cursor| {
            compare((row.0, &row.1.record.id), (&cursor.sort, &cursor.id))
        };
        let ascending = list.order == Order::Ascending;
        let (backwards, cursor) = match &list.start {
            Start::Beginning => (false, None),
            Start::After(cursor) => (false, Some(cursor)),
            Start::Before(cursor) => (true, Some(cursor)),
        };
        if ascending == backwards {
            rows.reverse();
        }
        if let Some(cursor) = cursor {
            let wanted =
                if ascending != backwards { std::cmp::Ordering::Greater } else { std::cmp::Ordering::Less };
            rows.retain(|row| is_after(row, cursor) == wanted);
        }
        let row = |(sort, stored): &(&SortKey, &StoredRecord)| {
            json!([stored.record.id, stored.record.slug, stored.record.published_at, sort, stored.listed])
        };
        rows.iter().take(list.limit + 1).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn shop(path: &str) -> Result<String, Failure> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../kv-seed/shop");
        draw(&check::site(&folder).unwrap(), path)
    }

    /// Addresses of the products on a page, in its order.
    fn products(html: &str) -> Vec<&str> {
        let links = html.split("href=\"/products/").skip(1).filter_map(|rest| rest.split('"').next());
        let mut links: Vec<&str> = links.collect();
        links.dedup();
        links
    }

    #[test]
    fn lists_are_drawn_with_their_records_filtered_and_page_by_page() {
        let first = shop("/products").unwrap();
        let next = first.split("href=\"").find(|rest| rest.starts_with("/products?after")).unwrap();
        let next = next.split('"').next().unwrap().replace("&amp;", "&");
        let second = shop(&next).unwrap();
        assert_eq!((products(&first).len(), products(&second).len()), (24, 24));
        assert!(products(&second).iter().all(|slug| !products(&first).contains(slug)));
        let phones = shop("/products?category=phones&unknown=1").unwrap();
        assert!(!products(&phones).is_empty() && products(&phones) != products(&first));
    }

    #[test]
    fn a_record_has_its_page_and_what_is_not_there_has_none() {
        let list = shop("/products").unwrap();
        let slug = products(&list).first().map(|slug| format!("/products/{slug}")).unwrap();
        assert!(shop(&slug).unwrap().contains("application/ld+json"));
        for nowhere in ["/products/no-such-thing", "/nowhere", "not-a-path"] {
            assert_eq!(shop(nowhere).unwrap_err().exit, crate::failure::Exit::Usage, "{nowhere}");
        }
    }
}
