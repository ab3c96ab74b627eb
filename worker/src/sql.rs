//! Every statement that the edge runs. The site is bound in each of them, and each answers with one JSON text, so
//! that one value a query crosses from JavaScript.

use model::entity::SortKey;
use model::ids::TypeName;
use model::query::{Cursor, Order, Query, Start, search_expression};
use model::records::SiteRecord;
use model::{SiteScope, keys};

#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub sql: String,
    pub arguments: Vec<Argument>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    Text(String),
    Number(f64),
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<usize> for Argument {
    fn from(n: usize) -> Self {
        Self::Number(n as f64)
    }
}

impl From<&SortKey> for Argument {
    fn from(sort: &SortKey) -> Self {
        match sort {
            SortKey::Number(n) => Self::Number(*n),
            SortKey::Text(text) => Self::Text(text.clone()),
        }
    }
}

const ENTRY: &str = "json_array(entity_id, slug, published_at, sort, json(fields))";

/// Locales and slugs of a record `e` and its translations.
const TRANSLATIONS: &str = "SELECT json_group_array(json_array(t.locale, t.slug)) FROM entities t \
    WHERE t.site_id = ?1 AND t.group_id = e.group_id AND t.status = 'published'";

fn statement(sql: String, arguments: Vec<Argument>) -> Statement {
    Statement { sql, arguments }
}

/// The statement for a query of a site.
pub fn of(scope: &SiteScope, record: &SiteRecord, query: &Query) -> Statement {
    let site = || Argument::from(scope.site().as_str());
    match query {
        Query::List(list) => self::list(scope, &list.key, list.order, &list.start, list.limit),
        Query::Record { kind, locale, slug } => statement(
            format!(
                "SELECT json_array(e.id, e.slug, e.published_at, e.title, e.summary, json(e.data), \
               ({TRANSLATIONS})) AS answer \
             FROM entities e WHERE e.site_id = ?1 AND e.kind = ?2 AND e.locale = ?3 AND e.slug = ?4 AND e.status = 'published'"
            ),
            vec![site(), kind.as_str().into(), locale.as_str().into(), slug.as_str().into()],
        ),
        Query::Relations { kind, locale, slug } => statement(
            "SELECT json_group_array(json_array(r.id, r.kind, r.slug, r.title)) AS answer \
             FROM entities e CROSS JOIN json_each(e.relations) j CROSS JOIN entities r \
             WHERE e.site_id = ?1 AND e.kind = ?2 AND e.locale = ?3 AND e.slug = ?4 \
               AND r.site_id = ?1 AND r.id = j.value AND r.status = 'published'"
                .to_owned(),
            vec![site(), kind.as_str().into(), locale.as_str().into(), slug.as_str().into()],
        ),
        Query::Related { kind, locale, slug, field, list, limit } => statement(
            format!(
                "SELECT json_group_array({ENTRY}) AS answer FROM ( \
                   SELECT entity_id, slug, published_at, sort, fields FROM entity_lists WHERE site_id = ?1 AND list = ?5 || char(31) || \
                     (SELECT CASE ?6 WHEN 'id' THEN id WHEN 'title' THEN title ELSE json_extract(data, '$.\"' || ?6 || '\"') END FROM entities \
                      WHERE site_id = ?1 AND kind = ?2 AND locale = ?3 AND slug = ?4) \
                   ORDER BY sort DESC, entity_id DESC LIMIT ?7)"
            ),
            vec![
                site(),
                kind.as_str().into(),
                locale.as_str().into(),
                slug.as_str().into(),
                list.as_str().into(),
                field.as_str().into(),
                (*limit + 1).into(),
            ],
        ),
        Query::Search { locale, text, after, limit } => {
            search(&place(scope, locale, record), text, *after, *limit)
        }
        Query::Addresses { kind, from, limit } => statement(
            format!(
                "SELECT json_group_array(json_array(slug, locale, updated_at, json(translations))) AS answer FROM ( \
                   SELECT slug, locale, updated_at, {} AS translations FROM entities e \
                   WHERE site_id = ?1 AND kind = ?2 AND status = 'published' AND seq >= ?3 ORDER BY seq LIMIT ?4)",
                match record.locales.len() {
                    ..=1 => "'[]'".to_owned(),
                    _ => format!("({TRANSLATIONS})"),
                }
            ),
            vec![site(), kind.as_str().into(), Argument::Number(*from as f64), (*limit).into()],
        ),
    }
}

/// How many records a type has, from the highest number given out.
pub fn count(scope: &SiteScope, kind: &str) -> Statement {
    statement(
        "SELECT coalesce(max(seq) + 1, 0) AS answer FROM entities WHERE site_id = ?1 AND kind = ?2 AND status = 'published'".to_owned(),
        vec![scope.site().as_str().into(), kind.into()],
    )
}

fn list(scope: &SiteScope, key: &str, order: Order, start: &Start, limit: usize) -> Statement {
    let mut arguments = vec![Argument::from(scope.site().as_str()), key.into()];
    let mut from = |cursor: &Cursor, order: Order| {
        arguments.push((&cursor.sort).into());
        arguments.push(cursor.id.as_str().into());
        match order {
            Order::Ascending => "AND (sort, entity_id) > (?3, ?4)",
            Order::Descending => "AND (sort, entity_id) < (?3, ?4)",
        }
    };
    // The page before an entry comes in the order in which it is read, backwards.
    let (condition, read) = match start {
        Start::Beginning => ("", order),
        Start::After(cursor) => (from(cursor, order), order),
        Start::Before(cursor) => (from(cursor, order.reversed()), order.reversed()),
    };
    let read = if read == Order::Ascending { "ASC" } else { "DESC" };
    arguments.push((limit + 1).into());
    let rows = format!(
        "SELECT entity_id, slug, published_at, sort, fields FROM entity_lists WHERE site_id = ?1 AND list = ?2 {condition} \
         ORDER BY sort {read}, entity_id {read} LIMIT ?{}",
        arguments.len()
    );
    statement(format!("SELECT json_group_array({ENTRY}) AS answer FROM ({rows})"), arguments)
}

/// What is to be found in a locale now: pages, and records whose page is not kept from search engines. Documents of
/// pages that come or go by themselves say from or until when.
fn place(scope: &SiteScope, locale: &str, record: &SiteRecord) -> String {
    let place = keys::search_scope(scope, locale);
    let shown = |kind: &&TypeName| record.shown_paths(kind).any(|(at, _)| at.as_str() == locale);
    let kinds = record.types.keys().filter(shown).map(|kind| keys::search_kind(&place, kind.as_str()));
    let of =
        |token: fn(&str, u64) -> String| record.reached.iter().map(|moment| token(&place, *moment)).collect();
    let (come, gone): (Vec<_>, Vec<_>) = (of(keys::search_from), of(keys::search_until));
    let any = |tokens: Vec<String>| format!("scope : (\"{}\")", tokens.join("\" OR \""));
    let found = any(std::iter::once(place.clone()).chain(kinds).chain(come).collect());
    if gone.is_empty() { found } else { format!("({found} NOT {})", any(gone)) }
}

/// Hits in titles, then hits in texts, each from new to old. Both parts are read lazily, so that the rows read
/// are the rows shown. D1 binds every number as a real, and FTS5 seeks by integers only: hence the casts.
fn search(place: &str, text: &str, after: Option<model::query::SearchCursor>, limit: usize) -> Statement {
    let Some(words) = search_expression(text) else {
        return statement("SELECT '[]' AS answer WHERE ?1 = ?1".to_owned(), vec![place.into()]);
    };
    let in_title = format!("{place} AND title : ({words})");
    let in_body = format!("({place} AND {{title body}} : ({words})) NOT title : ({words})");
    let below = |row: Option<i64>| Argument::Number(row.map_or(9e15, |row| row as f64));
    let (title_row, body_row) = match after {
        None => (None, None),
        Some(cursor) if cursor.in_title => (Some(cursor.row), None),
        Some(cursor) => (Some(-1), Some(cursor.row)),
    };
    statement(
        "SELECT json_group_array(json_array(path, replace(title, char(31), ''), summary, in_title, row)) AS answer FROM ( \
           SELECT * FROM (SELECT path, title, summary, 1 AS in_title, rowid AS row FROM search WHERE search MATCH ?1 AND rowid < CAST(?2 AS INTEGER) ORDER BY rowid DESC) \
           UNION ALL \
           SELECT * FROM (SELECT path, title, summary, 0 AS in_title, rowid AS row FROM search WHERE search MATCH ?3 AND rowid < CAST(?4 AS INTEGER) ORDER BY rowid DESC) \
           LIMIT ?5)"
            .to_owned(),
        vec![Argument::Text(in_title), below(title_row), Argument::Text(in_body), below(body_row), (limit + 1).into()],
    )
}
