//! What the list components share: which list is shown, the visitor's choice of filter and order, the way to
//! the next page. How an entry looks is the component's own.

use crate::component::{Component, Drawn, Out, Placed, Undrawable};
use crate::content::{self, Entry, Related};
use crate::cx::Cx;
use crate::messages::Messages;
use crate::write::{Text, each, enclosed, html, text, write};
use crate::{parts, registry};
use leptos::prelude::*;
use model::entity::{TypeSummary, list_key};
use model::ids::TypeName;
use model::json;
use model::query::{self, Cursor, Order, Query, Start};
use model::schema::{Choice, Field, Kind};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
pub struct List<'a> {
    #[serde(borrow, default)]
    pub title: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub intro: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    #[serde(borrow)]
    pub index: Cow<'a, str>,
    #[serde(borrow, default)]
    pub filter: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    #[serde(borrow, default)]
    pub order: Cow<'a, str>,
    pub limit: usize,
    #[serde(default)]
    pub paginate: bool,
    /// Path pattern of an entry's page, `/products/:slug`.
    #[serde(borrow)]
    pub link: Cow<'a, str>,
    #[serde(borrow, default)]
    pub more: Option<parts::Link<'a>>,
    #[serde(borrow, default)]
    pub empty: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub filters: Vec<Filter<'a>>,
    #[serde(borrow, default)]
    pub sorts: Vec<Sort<'a>>,
    /// The fields that an entity list shows.
    #[serde(borrow, default)]
    pub fields: Vec<ShownField<'a>>,
    /// What the values of choices are called in the language of the page.
    #[serde(borrow, default)]
    pub labels: Vec<ValueLabel<'a>>,
}

#[derive(Debug, Deserialize)]
pub struct ShownField<'a> {
    #[serde(borrow)]
    pub field: Cow<'a, str>,
    #[serde(borrow, default)]
    pub label: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
pub struct Filter<'a> {
    #[serde(borrow)]
    pub field: Cow<'a, str>,
    #[serde(borrow)]
    pub label: Text<'a>,
    #[serde(borrow)]
    pub options: Vec<ValueLabel<'a>>,
}

#[derive(Debug, Deserialize)]
pub struct ValueLabel<'a> {
    #[serde(borrow)]
    pub value: Text<'a>,
    #[serde(borrow)]
    pub label: Text<'a>,
}

impl ValueLabel<'_> {
    pub fn schema(max: usize) -> Field {
        Field::items("labels", max, Self::fields())
    }

    fn fields() -> Vec<Field> {
        vec![Field::text("value", 120).required(), Field::text("label", 120).required()]
    }
}

/// What a choice's value is called: its label, or else the value as words.
pub fn label<'a>(labels: &[&'a ValueLabel<'_>], value: &'a str) -> Cow<'a, str> {
    let label = labels.iter().find(|l| l.value.as_str() == value);
    label.map_or_else(|| content::readable(value), |l| Cow::Borrowed(l.label.as_str()))
}

/// A record's value with the labels of choices in the place of their values.
pub fn labelled<'v>(labels: &[&ValueLabel], value: &'v Value) -> Cow<'v, Value> {
    match value {
        Value::String(text) => match labels.iter().find(|l| l.value.as_str() == text) {
            Some(label) => Cow::Owned(Value::String(label.label.as_str().to_owned())),
            None => Cow::Borrowed(value),
        },
        Value::Array(items) if !labels.is_empty() => {
            Cow::Owned(items.iter().map(|item| labelled(labels, item).into_owned()).collect())
        }
        _ => Cow::Borrowed(value),
    }
}

#[derive(Debug, Deserialize)]
pub struct Sort<'a> {
    #[serde(borrow)]
    pub index: Cow<'a, str>,
    #[serde(borrow)]
    pub order: Cow<'a, str>,
    #[serde(borrow)]
    pub label: Text<'a>,
}

impl Sort<'_> {
    fn value(&self) -> String {
        format!("{}.{}", self.index, self.order)
    }
}

/// The largest page of a list.
pub const MAX_LIMIT: usize = 60;

/// The props that every list component has.
pub fn schema() -> Vec<Field> {
    let order = Kind::Choice {
        choices: ["asc", "desc"].map(|v| Choice { value: v.to_owned(), label: v.to_owned() }).into(),
    };
    vec![
        Field::text("title", 160),
        Field::long_text("intro", 600),
        Field::new("type", Kind::Name).required(),
        Field::new("index", Kind::Name).required(),
        Field::new("filter", Kind::Map),
        Field::new("order", order.clone()).default("asc"),
        Field::integer("limit", 1, MAX_LIMIT as i64).default(12),
        Field::boolean("paginate").default(false),
        Field::new("link", Kind::Path).required(),
        Field::link("more"),
        Field::text("empty", 200),
        Field::items(
            "filters",
            6,
            vec![
                Field::new("field", Kind::Name).required(),
                Field::text("label", 60).required(),
                Field::items("options", 60, ValueLabel::fields()).required(),
            ],
        ),
        Field::items(
            "sorts",
            8,
            vec![
                Field::new("index", Kind::Name).required(),
                Field::new("order", order).required(),
                Field::text("label", 60).required(),
            ],
        ),
        ValueLabel::schema(60),
    ]
}

/// Names of the query parameters that change a list with these props.
pub fn params(list: &List) -> Vec<String> {
    let mut names: Vec<String> = list.filters.iter().map(|f| f.field.to_string()).collect();
    if !list.sorts.is_empty() {
        names.push("sort".to_owned());
    }
    if list.paginate {
        names.extend(["after".to_owned(), "before".to_owned()]);
    }
    names
}

impl<'a> List<'a> {
    fn summary<'s>(&self, cx: &Cx<'s>) -> Option<&'s TypeSummary> {
        cx.site.types.get(&TypeName::parse(&self.kind).ok()?)
    }

    /// The sort that the visitor chose, where the list offers it.
    fn chosen_sort(&self, cx: &Cx) -> Option<&Sort<'a>> {
        let wanted = cx.params.get("sort")?;
        self.sorts.iter().find(|s| s.value() == wanted)
    }

    /// The value that the visitor chose for a filter, where the list offers it.
    fn chosen_value<'f>(&'f self, filter: &'f Filter<'a>, cx: &Cx) -> Option<&'f str> {
        let wanted = cx.params.get(&filter.field)?;
        filter.options.iter().map(|o| o.value.as_str()).find(|v| *v == wanted)
    }

    /// The query for the entries that are shown. Fails where no index of the type has this filter and order.
    pub fn query(&self, cx: &Cx) -> Result<Query, Undrawable> {
        let summary =
            self.summary(cx).ok_or_else(|| Undrawable(format!("there is no entity type {:?}", self.kind)))?;
        let sort = self.chosen_sort(cx);
        let (named, order) = sort.map_or((&self.index, &self.order), |s| (&s.index, &s.order));
        let mut values: BTreeMap<&str, &str> = self.filter.iter().map(|(k, v)| (&**k, &**v)).collect();
        for filter in &self.filters {
            if let Some(value) = self.chosen_value(filter, cx) {
                values.insert(&filter.field, value);
            }
        }
        let fields: Vec<&str> = values.keys().copied().collect();
        let index = summary.index_for(named, &fields).ok_or_else(|| {
            Undrawable(format!(
                "type {:?} has no index that sorts like {named:?} and filters by [{}]",
                self.kind,
                fields.join(", ")
            ))
        })?;
        let chosen = index.filter.iter().filter_map(|f| values.get(f.as_str()).copied());
        let key = list_key(&self.kind, cx.locale.as_str(), index.name.as_str(), chosen);
        let cursor = |name: &str| cx.params.get(name).filter(|_| self.paginate).and_then(Cursor::parse);
        let start = match (cursor("after"), cursor("before")) {
            (Some(after), _) => Start::After(after),
            (None, Some(before)) => Start::Before(before),
            (None, None) => Start::Beginning,
        };
        let order = if order == "desc" { Order::Descending } else { Order::Ascending };
        Ok(Query::List(query::List { key, order, start, limit: self.limit.clamp(1, MAX_LIMIT) }))
    }

    /// The slug of the page's own record, which a list beside it need not name.
    fn own<'c>(&self, cx: &Cx<'c>) -> Option<&'c str> {
        cx.slug.filter(|_| {
            !self.paginate && cx.page.entity.as_ref().is_some_and(|kind| kind.as_str() == self.kind)
        })
    }

    /// The labels that this list gives to the values of a field.
    pub fn labels_of(&self, field: &str) -> Vec<&ValueLabel<'a>> {
        let options = self.filters.iter().filter(|f| f.field == field).flat_map(|f| &f.options);
        self.labels.iter().chain(options).collect()
    }

    /// The address of an entry.
    pub fn href(&self, slug: &str) -> String {
        content::entry_address(&self.link, slug)
    }

    /// The heading that an entry's title is: one level below the list's own title.
    pub fn entry_heading(&self) -> Heading {
        if self.title.is_some() { Heading::Third } else { Heading::Second }
    }
}

/// The level of the title of an entry or item: no level is left out on the way down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    Second,
    Third,
}

impl Heading {
    /// Of the items of a section: one level below its title, or else below the last heading before it.
    pub fn of_items(title: Option<&Text>, before: &str) -> Self {
        let follows_h1 =
            || before.rfind("<h1").is_some_and(|one| before.rfind("<h2").is_none_or(|two| two < one));
        if title.is_none() && follows_h1() { Self::Second } else { Self::Third }
    }

    pub fn of<'a>(self, title: &'a str) -> impl RenderHtml + 'a {
        let (open, close) = self.tags();
        enclosed(open, text(title), close)
    }

    fn tags(self) -> (&'static str, &'static str) {
        match self {
            Self::Second => ("<h2>", "</h2>"),
            Self::Third => ("<h3>", "</h3>"),
        }
    }

    /// The entry's title as a link to its page.
    pub fn link<'a>(self, href: String, title: &'a str) -> impl RenderHtml + 'a {
        let (open, close) = self.tags();
        view! { {html(open)}<a href=href>{text(title)}</a>{html(close)} }
    }
}

/// The `asks` of a list component.
pub fn asks(placed: &Placed, cx: &Cx, queries: &mut Vec<Query>) {
    queries.extend(placed.props::<List>().and_then(|list| list.query(cx)));
}

/// Draws a list: heading, choices, the entries through `entries`, and the way to the next page.
pub fn draw<'a, F: Deserialize<'a>>(
    placed: &Placed<'a>,
    cx: &Cx<'a>,
    out: &mut Out,
    entries: impl FnOnce(&List<'a>, &[Entry<'a, F>], &mut Out),
) -> Drawn {
    let list: List = placed.props()?;
    let query = list.query(cx)?;
    let words = Messages::of(cx.locale);
    write(parts::heading(list.title.as_ref(), list.intro.as_ref()), &mut out.html);
    controls(&list, cx, &mut out.html);
    let (Some(json), Query::List(asked)) = (cx.answers.get(&query), &query) else {
        write(view! { <p class="notice">{text(words.not_available)}</p> }, &mut out.html);
        return Ok(());
    };
    let page: Page<F> = Page::read(json, asked, list.own(cx), &mut out.notes)?;
    if page.entries.is_empty() {
        let empty = list.empty.as_ref().map_or(words.nothing_here, Text::as_str);
        write(view! { <p class="notice">{text(empty)}</p> }, &mut out.html);
    } else {
        entries(&list, &page.entries, out);
    }
    if list.paginate {
        let path = cx.path.to_url();
        let previous = page.before.map(|c| (c.to_text(), String::new()));
        let next = page.after.map(|c| (String::new(), c.to_text()));
        let href = |(before, after): (String, String)| {
            format!("{path}{}", cx.params.with(&[("before", &before), ("after", &after)]))
        };
        write(parts::pager(cx, previous.map(href).as_deref(), next.map(href).as_deref()), &mut out.html);
    }
    if let Some(more) = &list.more {
        write(view! { <p class="more">{parts::link(more, "more-link")}</p> }, &mut out.html);
    }
    Ok(())
}

/// A page of a list, and the places where its neighbours begin.
struct Page<'a, F> {
    entries: Vec<Entry<'a, F>>,
    before: Option<Cursor>,
    after: Option<Cursor>,
}

impl<'a, F: Deserialize<'a>> Page<'a, F> {
    fn read(
        json: &'a str,
        asked: &query::List,
        own: Option<&str>,
        notes: &mut Vec<String>,
    ) -> Result<Self, Undrawable> {
        if let Ok(rows) = json::from_str(json) {
            return Ok(Self::of(rows, asked, own));
        }
        let rows = json::from_str(json).map_err(|e| Undrawable(format!("list: {e}")))?;
        let Page { entries, before, after } = Page::<&RawValue>::of(rows, asked, own);
        let entries = entries.into_iter().filter_map(|entry| entry.read(notes)).collect();
        Ok(Self { entries, before, after })
    }
}

impl<'a, F> Page<'a, F> {
    /// Takes the one row too many off, which says that there is more; it stands in for one's own.
    fn of(mut entries: Vec<Entry<'a, F>>, asked: &query::List, own: Option<&str>) -> Self {
        entries.retain(|entry| own != Some(&*entry.slug));
        let more = entries.len() > asked.limit;
        let (previous, next) = match asked.start {
            Start::Beginning => (false, more),
            Start::After(_) => (true, more),
            Start::Before(_) => (more, true),
        };
        entries.truncate(asked.limit);
        // The page before an entry is read backwards from it: turning it round here reads no row twice.
        if matches!(asked.start, Start::Before(_)) {
            entries.reverse();
        }
        let before = entries.first().filter(|_| previous).and_then(Entry::cursor);
        let after = entries.last().filter(|_| next).and_then(Entry::cursor);
        Self { entries, before, after }
    }
}

/// Takes the style sheet of a component along whose views another one uses.
pub fn use_style(component: &Component, out: &mut Out) {
    if let Some((place, _)) = registry::find(component.name) {
        out.used |= 1 << place;
    }
}

/// Links for the offered filters and orders. Choosing one starts the list anew.
fn controls(list: &List, cx: &Cx, out: &mut String) {
    if list.filters.is_empty() && list.sorts.is_empty() {
        return;
    }
    let words = Messages::of(cx.locale);
    let path = cx.path.to_url();
    let address = |name: &str, value: &str| {
        format!("{path}{}", cx.params.with(&[(name, value), ("after", ""), ("before", "")]))
    };
    out.push_str("<div class=\"controls\">");
    for filter in &list.filters {
        let chosen = list.chosen_value(filter, cx);
        let all = choice(address(&filter.field, ""), words.all, chosen.is_none());
        let options = each(&filter.options, |o| {
            choice(
                address(&filter.field, o.value.as_str()),
                o.label.as_str(),
                chosen == Some(o.value.as_str()),
            )
        });
        write(choices(filter.label.as_str(), view! { {all}{options} }), out);
    }
    if !list.sorts.is_empty() {
        let current =
            list.chosen_sort(cx).map_or_else(|| format!("{}.{}", list.index, list.order), Sort::value);
        let options = each(&list.sorts, |s| {
            choice(address("sort", &s.value()), s.label.as_str(), s.value() == current)
        });
        write(choices(words.sort, options), out);
    }
    out.push_str("</div>");
}

fn choices<'a>(label: &'a str, options: impl RenderHtml + 'a) -> impl RenderHtml + 'a {
    view! { <nav aria-label=label><span>{text(label)}</span><ul>{options}</ul></nav> }
}

fn choice<'a>(href: String, label: &'a str, current: bool) -> impl RenderHtml + 'a {
    view! { <li><a href=href rel="nofollow" aria-current=current.then_some("true")>{text(label)}</a></li> }
}

/// Entries of the list that shares a field's value with the page's record.
#[derive(Debug, Deserialize)]
pub struct RelatedList<'a> {
    #[serde(borrow, default)]
    pub title: Option<Text<'a>>,
    #[serde(borrow)]
    pub index: Cow<'a, str>,
    #[serde(borrow)]
    pub filter_field: Cow<'a, str>,
    pub limit: usize,
    #[serde(borrow, default)]
    pub link: Option<Cow<'a, str>>,
}

impl RelatedList<'_> {
    pub fn schema() -> Field {
        Field::object(
            "related",
            vec![
                Field::text("title", 120),
                Field::new("index", Kind::Name).required(),
                Field::new("filter_field", Kind::Name).required(),
                Field::integer("limit", 1, 12).default(4),
                Field::new("link", Kind::Path),
            ],
        )
    }

    pub fn query(&self, cx: &Cx) -> Option<Query> {
        let kind = cx.page.entity.as_ref()?.to_string();
        Some(Query::Related {
            list: list_key(&kind, cx.locale.as_str(), &self.index, []),
            kind,
            locale: cx.locale.to_string(),
            slug: cx.slug?.to_owned(),
            field: self.filter_field.to_string(),
            limit: self.limit.clamp(1, 12),
        })
    }

    /// The entries that were found, without the page's own record.
    pub fn entries<'c, F: Deserialize<'c>>(&self, cx: &Cx<'c>, notes: &mut Vec<String>) -> Vec<Entry<'c, F>> {
        let json = self.query(cx).and_then(|query| cx.answers.get(&query)).unwrap_or("[]");
        let rows: Vec<Entry> = json::from_str(json).unwrap_or_default();
        let others = rows.into_iter().filter(|entry| Some(&*entry.slug) != cx.slug).take(self.limit);
        others.filter_map(|entry| entry.read(notes)).collect()
    }

    pub fn title(&self, cx: &Cx) -> &str {
        self.title.as_ref().map_or(Messages::of(cx.locale).related, Text::as_str)
    }

    /// The address of an entry: by the pattern given here, by the other one, or by the type's own.
    pub fn href(&self, cx: &Cx, other: Option<&str>, slug: &str) -> String {
        let own = || content::detail_path(cx, cx.page.entity.as_ref()?.as_str());
        match self.link.as_deref().or(other).or_else(own) {
            Some(pattern) => content::entry_address(pattern, slug),
            None => "#".to_owned(),
        }
    }
}

/// The query for the records that the page's record refers to.
pub fn relations_query(cx: &Cx) -> Option<Query> {
    let kind = cx.page.entity.as_ref()?.to_string();
    Some(Query::Relations { kind, locale: cx.locale.to_string(), slug: cx.slug?.to_owned() })
}

/// The records that the page's record refers to.
pub fn relations<'a>(cx: &Cx<'a>) -> Vec<Related<'a>> {
    let json = relations_query(cx).and_then(|query| cx.answers.get(&query)).unwrap_or("[]");
    json::from_str(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::testing::Page;
    use serde_json::{Value, json};

    /// The levels of the headings in their order.
    fn levels(sections: Value) -> Vec<u32> {
        let page = Page {
            answer: |_| {
                let fields = json!({"title": "Lamp"});
                Some(json!(["p1", "lamp", "2026-03-14T09:30:00Z", "Lamp", "", fields, []]).to_string())
            },
            ..Page::default()
        };
        let rendered = page.render(&sections);
        assert_eq!(rendered.notes, Vec::<String>::new());
        let after = |part: &str| part.chars().next().and_then(|c| c.to_digit(10));
        rendered.body.split("<h").skip(1).filter_map(after).collect()
    }

    #[test]
    fn headings_of_items_leave_no_level_out() {
        let card = json!({"slug": "lamp", "link": "/products/:slug", "type": "product"});
        for (component, props) in [
            ("features", json!({"items": [{"title": "A", "text": "B"}]})),
            ("steps", json!({"items": [{"title": "A", "text": "B"}]})),
            ("team", json!({"people": [{"name": "A", "role": "B"}]})),
            ("pricing", json!({"plans": [{"name": "A", "price": "B", "features": []}]})),
            ("faq", json!({"items": [{"question": "A", "answer": "<p>B</p>"}]})),
            ("tabs", json!({"tabs": [{"label": "A", "html": "<p>B</p>"}]})),
            ("contact", json!({"address": ["A"], "hours": [{"days": "A", "time": "B"}]})),
            ("product-card", card),
        ] {
            let hero = json!({"component": "hero", "props": {"title": "T"}});
            let text = json!({"component": "text", "props": {"title": "T", "text": "B", "level": 2}});
            let section = |props: &Value| json!({"component": component, "props": props});
            assert_eq!(levels(json!([hero, section(&props)])), [1, 2], "{component} below an h1");
            assert_eq!(levels(json!([hero, text, section(&props)])), [1, 2, 3], "{component} below an h2");
            if component != "product-card" {
                let mut titled = props.clone();
                titled["title"] = json!("T");
                assert_eq!(levels(json!([hero, section(&titled)])), [1, 2, 3], "{component} with a title");
            }
        }
    }
}
