//! Pages drawn as visitors will see them, to find what only shows then: headings, anchors, sections that cannot be
//! drawn.

use crate::findings::{Found, SITE};
use crate::pages::Page;
use crate::records::Read;
use crate::release::StoredRecord;
use crate::routes::Stored;
use app::component::Out;
use app::{Answers, Cx, Framing, Images, Params};
use model::entity::SortKey;
use model::names::{Locale, PagePath};
use model::problem::Problem;
use model::query::Query;
use model::records::{PageRecord, SiteRecord};
use model::section::Section;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a page looks like.
#[derive(Default)]
pub struct Looks {
    /// A page of records is drawn only where there is a record.
    pub drawn: bool,
    pub anchors: BTreeSet<String>,
    /// Places of the sections that hold an `h1`, once for each.
    pub titles: Vec<usize>,
    /// Sections that cannot be drawn, or not all of it, and why.
    pub notes: Vec<(usize, String)>,
    /// Bytes of HTML, without the document around the sections.
    pub bytes: u64,
    /// Names of pictures by the digests in their addresses.
    pub pictures: BTreeMap<String, String>,
}

impl Looks {
    fn add(&mut self, section: usize, out: Out) {
        self.titles.extend(out.html.match_indices("<h1>").map(|_| section));
        self.notes.extend(out.notes.into_iter().map(|note| (section, note)));
        let ids = out.html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
        self.anchors.extend(ids.map(str::to_owned));
        self.bytes += out.html.len() as u64;
        for address in out.html.split("<img src=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let file = address.split_once("/-/file/").and_then(|(_, file)| file.split_once('/'));
            if let Some((digest, name)) = file {
                let digest = digest.split('-').next().unwrap_or_default();
                self.pictures.insert(digest.to_owned(), name.to_owned());
            }
        }
    }
}

/// Entries of a list that are drawn to see whether a component can read them.
const SAMPLE: usize = 12;

/// The records of a site, as the content store would answer.
struct Store<'a> {
    records: Vec<&'a StoredRecord>,
    lists: HashMap<&'a str, Vec<Value>>,
}

impl<'a> Store<'a> {
    fn of(records: impl Iterator<Item = &'a StoredRecord>) -> Self {
        let records: Vec<_> = records.collect();
        let mut lists: HashMap<&str, Vec<Value>> = HashMap::new();
        for stored in &records {
            let r = &stored.record;
            for entry in &stored.entries {
                let list = lists.entry(&entry.list).or_default();
                if list.len() < SAMPLE {
                    let sort: &SortKey = &entry.sort;
                    list.push(json!([r.id, r.slug, r.published_at, sort, stored.listed]));
                }
            }
        }
        Self { records, lists }
    }

    /// The first record that a page of records would show.
    fn first(&self, kind: &str, locale: &Locale) -> Option<&StoredRecord> {
        let fits = |s: &&&StoredRecord| s.record.kind.as_str() == kind && s.record.locale == *locale;
        self.records.iter().find(fits).copied()
    }

    fn answer(&self, query: &Query) -> String {
        let answer = match query {
            Query::List(list) => self.lists.get(list.key.as_str()).cloned().unwrap_or_default().into(),
            Query::Record { kind, locale, slug } => {
                let found = self.records.iter().find(|s| {
                    let r = &s.record;
                    r.kind.as_str() == kind && r.locale.as_str() == locale && r.slug == *slug
                });
                found.map_or(Value::Null, |s| {
                    let r = &s.record;
                    json!([r.id, r.slug, r.published_at, s.title, s.summary, r.fields, [[r.locale, r.slug]]])
                })
            }
            _ => json!([]),
        };
        answer.to_string()
    }
}

/// Draws every page and finds what only shows then. Without records, what asks for one is drawn as where the content
/// store fails.
pub fn look(
    site: &SiteRecord,
    host: &str,
    pages: &[Page],
    stored: &[Stored],
    records: Option<&[Read]>,
    found: &mut Found,
) -> BTreeMap<PagePath, Looks> {
    let store = records.map(|records| Store::of(records.iter().map(|read| &read.stored)));
    let (mut looks, mut frames) = (BTreeMap::new(), BTreeSet::new());
    for (page, stored) in pages.iter().zip(stored) {
        let look = look_at(site, host, &stored.text, &page.draft.path, store.as_ref());
        let place = |n: usize| page.places.get(n).map(|place| format!("sections[{place}]"));
        for (n, note) in &look.notes {
            let message = format!("{note}: until it is mended it is missing on the page");
            match place(*n) {
                Some(place) => found.problem(&page.file, Problem::new(place, message)),
                None if frames.insert((page.draft.locale.clone(), note.clone())) => {
                    found.problem(SITE, Problem::new(format!("frame.{}", page.draft.locale), message));
                }
                None => {}
            }
        }
        match look.titles.as_slice() {
            [] if look.drawn && page.is_whole() && look.notes.is_empty() => {
                let remedy = "give it one: a hero, or a text with \"level\": 1";
                found.warn(
                    &page.file,
                    Problem::new(
                        "sections",
                        format!("the page has no title of the first level (h1): {remedy}"),
                    ),
                );
            }
            [_, second, ..] => {
                let remedy = "let one section alone say what the page is about";
                let at = place(*second).unwrap_or_default();
                found.warn(
                    &page.file,
                    Problem::new(
                        at,
                        format!("the page has a second title of the first level (h1) here: {remedy}"),
                    ),
                );
            }
            _ => {}
        }
        looks.insert(page.draft.path.clone(), look);
    }
    looks
}

/// Draws the sections of a page, each by itself, and the frame around them.
fn look_at(site: &SiteRecord, host: &str, text: &str, path: &PagePath, store: Option<&Store>) -> Looks {
    let mut looks = Looks::default();
    let Ok(page) = PageRecord::parse(text) else { return looks };
    let record = page.entity.as_ref().map(|kind| store?.first(kind.as_str(), &page.locale));
    if matches!(record, Some(None)) {
        return looks;
    }
    let slug = record.flatten().map(|stored| stored.record.slug.as_str());
    looks.drawn = true;
    looks.anchors.insert("main".to_owned());
    let (params, none) = (Params::default(), Answers::default());
    let frame = Framing::of(site, &page.locale);
    let cx = Cx {
        site,
        host,
        page: &page,
        frame: &frame,
        locale: &page.locale,
        path,
        slug,
        params: &params,
        answers: &none,
        images: Images::Stored,
        preview: None,
    };
    let queries = app::render::asks(&cx);
    let answer = |query: Query| Some((query.clone(), store?.answer(&query)));
    let answers = Answers(queries.into_iter().filter_map(answer).collect());
    let cx = Cx { answers: &answers, ..cx };
    let _said_to_the_head = app::head::collect(|| {
        for (n, section) in page.sections.iter().enumerate() {
            looks.add(n, drawn(section, n, &cx));
        }
        for section in frame.before.iter().chain(&frame.after) {
            looks.add(usize::MAX, drawn(section, usize::MAX, &cx));
        }
    });
    looks
}

fn drawn(section: &Section, position: usize, cx: &Cx) -> Out {
    let mut out = Out::default();
    app::render::section(section, position, cx, &mut out);
    out
}
