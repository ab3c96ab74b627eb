//! Lists of records for those who edit: by the time of their change, or one of the lists that their type declares.

use crate::access::SiteAccess;
use crate::call::{Call, page_of};
use crate::handlers::entities::{Page, Summary, summary};
use crate::http::{Answer, Reply};
use crate::problem::Refusal;
use crate::repo::lists::{self, Part};
use crate::repo::{entities, pieces, sites, types};
use crate::stores::{Row, Rows, rows};
use model::Problem;
use model::entity::{EntityType, Index, SortKey, list_key};
use model::names::Locale;
use model::query::{Cursor, Order};
use model::schema::Kind;
use model::validate;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

pub async fn list_entities(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let limit = call.limit()?;
    let kind = call.query("type").unwrap_or_default();
    if kind.is_empty() {
        return Err(Problem::new("type", "missing; name the type of the records").into());
    }
    let status = call.query("status").unwrap_or_default();
    if !matches!(status.as_str(), "" | "draft" | "published" | "trashed") {
        return Err(Problem::new("status", "expected draft, published or trashed").into());
    }
    let with_documents = match call.query("include").as_deref() {
        None => false,
        Some("document") => true,
        Some(_) => return Err(Problem::new("include", "expected document").into()),
    };
    match Asked::of(call)? {
        Some(asked) => {
            let rows = asked.rows(call, access, &kind, &status, limit).await?;
            page(call, access, rows, limit, &place_in_list, with_documents).await
        }
        None => {
            let before = call.after()?.unwrap_or_else(|| ("9".to_owned(), String::new()));
            let rows = lists::by_change(call.stores, access, &kind, &status, before, limit).await?;
            let place = |row: &Row| format!("{}~{}", row.text("updated_at"), row.text("id"));
            page(call, access, rows, limit, &place, with_documents).await
        }
    }
}

fn place_in_list(row: &Row) -> String {
    let sort = match row.0.get("sort") {
        Some(Value::String(text)) => SortKey::Text(text.clone()),
        sort => SortKey::Number(sort.and_then(Value::as_f64).unwrap_or_default()),
    };
    Cursor { sort, id: row.text("id") }.to_text()
}

async fn page(
    call: &Call<'_>,
    access: &SiteAccess,
    rows: Rows,
    limit: usize,
    place: &dyn Fn(&Row) -> String,
    with_documents: bool,
) -> Answer {
    let (mut rows, mut next) = page_of(rows, limit, place);
    let mut documents = HashMap::new();
    if with_documents {
        let all = rows.len();
        documents = first_documents(call, access, &mut rows).await?;
        if rows.len() < all {
            next = rows.last().map(place);
        }
    }
    let shown = |row: &Row| {
        let document = documents.get(&row.text("id")).map(|row: &Row| row.json("document")).transpose()?;
        Ok(Summary { document, ..summary(row) })
    };
    let entities = rows.iter().map(shown).collect::<Result<_, Refusal>>()?;
    Ok(Reply::json(200, &Page { entities, next }))
}

/// Documents of the first rows of a page, as many as fit in it, one at least; the other rows go.
async fn first_documents(
    call: &Call<'_>,
    access: &SiteAccess,
    found: &mut Rows,
) -> Result<HashMap<String, Row>, Refusal> {
    let ids: Vec<String> = found.iter().map(|row| row.text("id")).collect();
    let sizes = entities::sizes(access, &json!(ids).to_string());
    let ids = pieces::fitting(&rows(call.stores, access.database(), sizes).await?);
    found.truncate(ids.len());
    let documents = entities::present(access, &json!(ids).to_string());
    let documents = rows(call.stores, access.database(), documents).await?;
    Ok(documents.into_iter().map(|row| (row.text("id"), row)).collect())
}

/// What a request says of the list that it asks for.
struct Asked {
    filter: BTreeMap<String, String>,
    sort: Option<String>,
    order: Order,
}

impl Asked {
    /// `None` where it asks for none.
    fn of(call: &Call) -> Result<Option<Self>, Problem> {
        let sort = call.sort();
        let filter: BTreeMap<String, String> = call
            .request
            .query()
            .into_iter()
            .rev()
            .filter_map(|(name, value)| {
                let field = name.strip_prefix("filter[")?.strip_suffix(']')?;
                Some((field.to_owned(), value))
            })
            .collect();
        if sort.is_none() && filter.is_empty() {
            let stray = ["from", "to", "locale"].into_iter().find(|name| call.query(name).is_some());
            return stray.map_or(Ok(None), |name| Err(Problem::new(name, "goes with `sort` or `filter[…]`")));
        }
        let order = sort.as_ref().map_or(Order::Ascending, |(_, order)| *order);
        Ok(Some(Self { filter, sort: sort.map(|(field, _)| field), order }))
    }

    async fn rows(
        &self,
        call: &Call<'_>,
        access: &SiteAccess,
        kind: &str,
        status: &str,
        limit: usize,
    ) -> Result<Rows, Refusal> {
        let row = types::get(call.stores, access, kind).await?;
        let no_type = || Problem::new("type", format!("there is no type {kind:?}: GET …/types lists them"));
        let row = row.ok_or_else(no_type)?;
        let definition: EntityType = row.json("definition")?;
        if status == "trashed" {
            let message = "the trash is listed by the time of change only: take `sort`, `filter`, `from`, `to` and `locale` out";
            return Err(Problem::new("status", message).into());
        }
        let index = self.index(&definition)?;
        let (mut above, mut below) = bounds(call, &definition, index)?;
        if let Some(after) = call.query("after") {
            let expected = || Problem::new("after", "expected the `next` of the page before");
            let after = Cursor::parse(&after).ok_or_else(expected)?;
            match self.order {
                Order::Ascending => above = later(above, after),
                Order::Descending => below = earlier(below, after),
            }
        }
        let locale = locale(call, access).await?;
        if row.maybe_text("lists_after").is_some() {
            let message = format!("The lists of {kind} are being made anew: ask again in a minute.");
            return Err(Refusal::State(message));
        }
        let values = index.filter.iter().filter_map(|field| self.filter.get(field)).map(String::as_str);
        let list = list_key(kind, locale.as_str(), index.name.as_str(), values);
        let part = Part { list: &list, status, above, below, order: self.order, limit };
        Ok(lists::part(call.stores, access, &part).await?)
    }

    /// The index that filters by just these fields and sorts by this one.
    fn index<'d>(&self, definition: &'d EntityType) -> Result<&'d Index, Problem> {
        let filters = |index: &&Index| {
            index.filter.len() == self.filter.len()
                && index.filter.iter().all(|f| self.filter.contains_key(f))
        };
        let sorts = |index: &&Index| self.sort.as_ref().is_none_or(|sort| index.sort == *sort);
        let mut indexes = definition.indexes.iter();
        indexes.find(|index| filters(index) && sorts(index)).ok_or_else(|| {
            let known = |field: &&String| definition.indexes.iter().any(|index| index.filter.contains(field));
            let stranger = self.filter.keys().find(|field| !known(field));
            let at = match (stranger, &self.sort, self.filter.keys().next()) {
                (Some(field), _, _) => format!("filter[{field}]"),
                (None, Some(_), _) => "sort".to_owned(),
                (None, None, Some(field)) => format!("filter[{field}]"),
                (None, None, None) => "sort".to_owned(),
            };
            Problem::new(at, no_list(definition, self))
        })
    }
}

/// Says which lists there are, as they are asked for.
fn no_list(definition: &EntityType, asked: &Asked) -> String {
    let said = |filter: &mut dyn Iterator<Item = &String>, sort: Option<&String>| {
        let filter = filter.map(|field| format!("filter[{field}]"));
        filter.chain(sort.map(|sort| format!("sort={sort}"))).collect::<Vec<_>>().join("&")
    };
    let known = definition.indexes.iter().map(|index| said(&mut index.filter.iter(), Some(&index.sort)));
    format!(
        "{} has no list for {}; it has [{}]: ask for one of these, or add it to `indexes` of the type",
        definition.id,
        said(&mut asked.filter.keys(), asked.sort.as_ref()),
        known.collect::<Vec<_>>().join(", ")
    )
}

/// The places that `from` and `to` stand for; without them, before and behind all records.
fn bounds(call: &Call, definition: &EntityType, index: &Index) -> Result<(Cursor, Cursor), Refusal> {
    let kind = definition.field(&index.sort).map(|field| &field.kind);
    let value = |name: &str| {
        let given = call.query(name).map(|text| sort_key(kind, &text).map_err(|e| Problem::new(name, e)));
        given.transpose()
    };
    let (from, to) = (value("from")?, value("to")?);
    // Who asks for values asks for no record without one.
    let below = match (to, &from) {
        (Some(to), _) => lists::behind(to),
        (None, Some(_)) => lists::before(SortKey::last()),
        (None, None) => lists::behind(SortKey::last()),
    };
    Ok((lists::before(from.unwrap_or_else(SortKey::first)), below))
}

/// The place of a value as it is written in a query.
fn sort_key(kind: Option<&Kind>, text: &str) -> Result<SortKey, &'static str> {
    match kind {
        Some(Kind::Number { .. } | Kind::Integer { .. } | Kind::Money) => {
            let number = text.parse().ok().filter(|n: &f64| n.is_finite());
            number.map(SortKey::Number).ok_or("expected a number such as 450; of an amount in minor units")
        }
        Some(Kind::Boolean) => match text {
            "true" => Ok(SortKey::Number(1.0)),
            "false" => Ok(SortKey::Number(0.0)),
            _ => Err("expected true or false"),
        },
        Some(Kind::Date) if !validate::is_date(text) => Err("expected a day such as 2026-03-14"),
        None | Some(Kind::DateTime) if !validate::is_datetime(text) => {
            Err("expected a time in UTC such as 2026-03-14T09:30:00Z")
        }
        None => Ok(SortKey::Text(text.to_owned())),
        Some(_) => Ok(SortKey::text(text)),
    }
}

fn later(one: Cursor, other: Cursor) -> Cursor {
    if (&other.sort, &other.id) > (&one.sort, &one.id) { other } else { one }
}

fn earlier(one: Cursor, other: Cursor) -> Cursor {
    if (&other.sort, &other.id) < (&one.sort, &one.id) { other } else { one }
}

/// The language of the list: the site's, where it has only one.
async fn locale(call: &Call<'_>, access: &SiteAccess) -> Result<Locale, Refusal> {
    let row = sites::get(call.stores, access).await?.ok_or(Refusal::NotFound)?;
    let known: Vec<Locale> = row.json("locales")?;
    let names = || known.iter().map(Locale::as_str).collect::<Vec<_>>().join(", ");
    match (call.query("locale"), &known[..]) {
        (None, [only]) => Ok(only.clone()),
        (None, _) => {
            let message = format!("missing: a list is in one language; name one of {}", names());
            Err(Problem::new("locale", message).into())
        }
        (Some(given), _) => known.iter().find(|locale| locale.as_str() == given).cloned().ok_or_else(|| {
            Problem::new("locale", format!("{given:?} is not among the site's: name one of {}", names()))
                .into()
        }),
    }
}
