//! What a handler gets: the request with its path's parts, and the stores.

use crate::http::Request;
use crate::problem::Refusal;
use crate::stores::Stores;
use model::Problem;
use model::query::Order;
use serde::de::DeserializeOwned;

pub struct Call<'a> {
    pub stores: &'a dyn Stores,
    pub request: &'a Request,
    /// Names this request in its answers and in the log.
    pub id: &'a str,
    /// The handler's name, as it stands in the audit log.
    pub action: &'static str,
    /// What the path says, by name.
    pub params: Vec<(&'static str, String)>,
}

/// Rows of a page of a list, unless `limit` says otherwise.
const PAGE: usize = 50;
pub const MAX_PAGE: usize = 200;

impl Call<'_> {
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value)
    }

    pub fn query(&self, name: &str) -> Option<String> {
        self.request.query().into_iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// Whether something is asked for.
    pub fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.query(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::new(name, "expected true or false").into()),
        }
    }

    /// The body, which is JSON and nothing else; a mistake is named with its path.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let text = std::str::from_utf8(&self.request.body)
            .map_err(|_| Refusal::Malformed("The body is not UTF-8.".to_owned()))?;
        let media = self.request.header("content-type").split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("application/json") {
            return Err(Refusal::MediaType);
        }
        if let Err(e) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
            return Err(Refusal::Malformed(format!("The body is not JSON: {e}.")));
        }
        // A list would be taken for an object's values in their order.
        if !text.trim_start().starts_with('{') {
            return Err(Problem::new("", "expected an object").into());
        }
        Ok(intake::parse::parse(text)?)
    }

    pub fn limit(&self) -> Result<usize, Refusal> {
        let Some(given) = self.query("limit") else { return Ok(PAGE) };
        given.parse().ok().filter(|n| (1..=MAX_PAGE).contains(n)).ok_or_else(|| {
            Problem::new("limit", format!("expected a whole number from 1 to {MAX_PAGE}")).into()
        })
    }

    /// What to sort by; from the end with a `-` before it.
    pub fn sort(&self) -> Option<(String, Order)> {
        let given = self.query("sort")?;
        Some(match given.strip_prefix('-') {
            Some(turned) => (turned.to_owned(), Order::Descending),
            None => (given, Order::Ascending),
        })
    }

    /// The number of the last row of the page before, in lists by number.
    pub fn after_number(&self) -> Result<Option<u64>, Refusal> {
        let Some(cursor) = self.query("after") else { return Ok(None) };
        let number = cursor.parse().map(Some);
        number.map_err(|_| Problem::new("after", "expected the `next` of the page before").into())
    }

    /// The place behind the last row of the page before: its sort value and its id.
    pub fn after(&self) -> Result<Option<(String, String)>, Refusal> {
        let Some(cursor) = self.query("after") else { return Ok(None) };
        match cursor.split_once('~') {
            Some((sort, id)) => Ok(Some((sort.to_owned(), id.to_owned()))),
            None => Err(Problem::new("after", "expected the `next` of the page before").into()),
        }
    }
}

/// Cuts the row that was asked for beyond the page; with it there is a next page behind the last row.
pub fn page_of<T>(mut rows: Vec<T>, limit: usize, place: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(place);
    (rows, next)
}
