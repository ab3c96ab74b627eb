//! What a page asks of the content store. A section states its question as data; all questions of a page are
//! answered together, in one batch.

use crate::entity::SortKey;

#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// Entries of one list, in its order.
    List(List),
    /// One record by its slug, with all its fields.
    Record { kind: String, locale: String, slug: String },
    /// Titles and slugs of the records that a record refers to.
    Relations { kind: String, locale: String, slug: String },
    /// Entries of the list that a record's field selects: other records with the same value.
    Related { kind: String, locale: String, slug: String, field: String, list: String, limit: usize },
    /// Full-text search over the records and pages of one locale.
    Search { locale: String, text: String, after: Option<SearchCursor>, limit: usize },
    /// Addresses of the records of a type, by the order in which they were stored, for sitemaps.
    Addresses { kind: String, from: i64, limit: usize },
}

#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// From `entity::list_key`.
    pub key: String,
    pub order: Order,
    pub start: Start,
    /// Rows wanted; one more is read to know whether there is a next page.
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

impl Order {
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// Where a page of a list begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    Beginning,
    After(Cursor),
    /// The page that ends before this entry.
    Before(Cursor),
}

/// Bytes of a cursor that is read. What it is made from is shorter: a text to sort by has 200 characters, an id 64.
const MAX_CURSOR: usize = 4_096;

/// The place of an entry in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    pub sort: SortKey,
    pub id: String,
}

/// The place of a hit in the results: hits in titles come first, then hits in texts, each from new to old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchCursor {
    pub in_title: bool,
    pub row: i64,
}

impl SearchCursor {
    pub fn to_text(self) -> String {
        format!("{}{}", if self.in_title { 't' } else { 'b' }, self.row)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let in_title = text.starts_with('t');
        let row = text.strip_prefix(['t', 'b'])?.parse().ok().filter(|row| *row >= 0)?;
        Some(Self { in_title, row })
    }
}

impl Cursor {
    /// A cursor as it stands in a URL: `n450~id` or `t<text>~id`. It is only ever compared with, so a made-up one
    /// can do no more than start a list somewhere else.
    pub fn to_text(&self) -> String {
        match &self.sort {
            SortKey::Number(n) => format!("n{n}~{}", self.id),
            SortKey::Text(text) => format!("t{text}~{}", self.id),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (sort, id) = text.rsplit_once('~')?;
        if text.len() > MAX_CURSOR || id.is_empty() {
            return None;
        }
        let sort = match sort.strip_prefix('t') {
            Some(text) => SortKey::Text(text.to_owned()),
            None => SortKey::Number(sort.strip_prefix('n')?.parse().ok().filter(|n: &f64| n.is_finite())?),
        };
        Some(Self { sort, id: id.to_owned() })
    }
}

/// Stands between the characters of what is written without spaces. No text has it, and no tokeniser makes it part of a word.
const BETWEEN: char = '\u{1f}';

/// Chinese characters, kana, and Thai, Lao, Burmese and Khmer letters with their marks: no spaces stand between words there.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' | '\u{e81}'..='\u{ece}' | '\u{edc}'..='\u{edf}'
        | '\u{1000}'..='\u{103f}' | '\u{1050}'..='\u{108f}' | '\u{1780}'..='\u{17d3}'
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{312f}'
        | '\u{31a0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// A text as the search reads it: where no spaces stand between words, each character is a word, and what a visitor types
/// is a phrase of such words. FTS5's tokeniser would take a whole sentence for one.
pub fn search_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut unspaced = false;
    for c in text.chars() {
        let before = std::mem::replace(&mut unspaced, is_unspaced(c));
        if (before || unspaced) && !out.is_empty() {
            out.push(BETWEEN);
        }
        out.push(c);
    }
    out
}

/// The search expression for what a visitor typed: every word must occur, the last one as a beginning. `None`
/// where no word is left. Words are quoted, so nothing that a visitor types is an operator of FTS5
/// (<https://sqlite.org/fts5.html#full_text_query_syntax>).
pub fn search_expression(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && !is_unspaced(c))
        .filter(|w| !w.is_empty())
        .take(8)
        .map(|w| w.chars().take(40).collect::<String>())
        .collect();
    let (last, rest) = words.split_last()?;
    let mut expression: String = rest.iter().map(|w| format!("\"{}\" ", search_text(w))).collect();
    expression.push_str(&format!("\"{}\"", search_text(last)));
    if last.chars().count() > 2 && !last.ends_with(is_unspaced) {
        expression.push('*');
    }
    Some(expression)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_the_way_through_a_url() {
        for cursor in [
            Cursor { sort: SortKey::Number(450.5), id: "p-1".into() },
            Cursor { sort: SortKey::Text("a~b".into()), id: "p-1".into() },
            Cursor { sort: SortKey::Text("港".repeat(300)), id: "p-1".into() },
        ] {
            assert_eq!(Cursor::parse(&cursor.to_text()), Some(cursor));
        }
        for bad in ["", "x", "n1", "nNaN~a", "ninf~a", "1~a", "t~"] {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn nothing_that_a_visitor_types_is_a_search_operator() {
        assert_eq!(search_expression("rye \"bread").as_deref(), Some("\"rye\" \"bread\"*"));
        assert_eq!(
            search_expression("a* OR NEAR(b) site:x").as_deref(),
            Some("\"a\" \"OR\" \"NEAR\" \"b\" \"site\" \"x\"")
        );
        assert_eq!(search_expression(" \"'()*:^ "), None);
    }

    #[test]
    fn characters_without_spaces_between_words_are_words_by_themselves() {
        for (text, read) in [
            ("Rye bread", "Rye bread"),
            ("東京2025年", "東|京|2025|年"),
            ("a港 b", "a|港| b"),
            ("ไทยก่อน", "ไ|ท|ย|ก|่|อ|น"),
            ("서울에서 ١٢", "서울에서 ١٢"),
            ("", ""),
        ] {
            assert_eq!(search_text(text).replace(BETWEEN, "|"), read, "{text}");
        }
        for (typed, asked) in
            [("大学 rye", "\"大|学\" \"rye\"*"), ("ก่อน", "\"ก|่|อ|น\""), ("iphone港区", "\"iphone|港|区\"")]
        {
            let expression = search_expression(typed).unwrap();
            assert_eq!(expression.replace(BETWEEN, "|"), asked, "{typed}");
        }
    }
}
