//! Records on their way to the server and back: CSV, JSON, JSON Lines.

use crate::api::{self, Sent, encoded};
use crate::context::Site;
use crate::failure::{At, Failure};
use crate::output::field;
use indicatif::{ProgressBar, ProgressStyle};
use intake::table::{self, Place};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::path::Path;

/// Rows and bytes that are sent at once: what the server takes, and a step of the progress.
const ROWS: usize = 2000;
const BYTES: usize = 8 << 20;

/// Columns of CSV that are no fields.
const OWN: [&str; 5] = ["id", "slug", "locale", "published_at", "group"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
    Lines,
}

/// Some rows as they are sent.
#[derive(Debug, PartialEq)]
pub struct Piece {
    media: &'static str,
    text: String,
    rows: usize,
    /// What has to be added to a line's number for its number in the whole file.
    before: u64,
}

#[derive(Default, Serialize, Deserialize)]
pub struct Imported {
    pub rows: usize,
    pub created: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub refused: usize,
    pub problems: Vec<Refused>,
}

#[derive(Serialize, Deserialize)]
pub struct Refused {
    pub line: u64,
    pub problems: Vec<At>,
}

impl Format {
    pub fn of(file: &Path) -> Result<Self, Failure> {
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            Some("jsonl") => Ok(Self::Lines),
            _ => Err(Failure::usage(format!("{} ends in none of .csv, .json and .jsonl.", file.display()))),
        }
    }

    pub fn pieces(self, text: &str) -> Result<Vec<Piece>, Failure> {
        match self {
            Self::Csv => csv_pieces(text),
            Self::Lines => {
                let lines = text.lines().map(|line| format!("{line}\n"));
                Ok(pieces("application/jsonl", "", (0..).zip(lines)))
            }
            Self::Json => {
                let list: Vec<Value> = intake::parse::parse(text)
                    .map_err(|e| Failure::content(format!("The file is no list: {e}")))?;
                let lines = list.iter().map(|record| format!("{record}\n"));
                Ok(pieces("application/jsonl", "", (0..).zip(lines)))
            }
        }
    }
}

/// Rows with the ends of their lines as pieces. Each comes with the number of lines before it, and `head` stands before the
/// rows of every piece.
fn pieces(media: &'static str, head: &str, rows: impl Iterator<Item = (u64, String)>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = vec![];
    let heads = head.lines().count() as u64;
    for (before, row) in rows {
        let full = |piece: &Piece| piece.rows >= ROWS || piece.text.len() + row.len() > BYTES;
        if pieces.last().is_none_or(full) {
            let before = before.saturating_sub(heads);
            pieces.push(Piece { media, text: head.to_owned(), rows: 0, before });
        }
        if let Some(piece) = pieces.last_mut() {
            piece.rows += usize::from(!row.trim().is_empty());
            piece.text += &row;
        }
    }
    pieces
}

fn csv_pieces(text: &str) -> Result<Vec<Piece>, Failure> {
    let text = text.trim_start_matches('\u{feff}');
    let bad = |e: csv::Error| Failure::content(format!("The file is no CSV: {e}."));
    let separator = table::separator(text);
    let mut reader = csv::ReaderBuilder::new();
    reader.flexible(true).has_headers(false).delimiter(separator as u8);
    let mut reader = reader.from_reader(text.as_bytes());
    let (mut rows, mut row) = (vec![], csv::StringRecord::new());
    let mut place = Place::new(text);
    while reader.read_record(&mut row).map_err(bad)? {
        rows.extend(row.position().map(|at| place.of(at.byte())));
    }
    if let Some((line, _)) = rows.last().filter(|(_, row)| table::is_open(row, separator)) {
        let detail =
            format!("The file is no CSV: a quote that opens in the row of line {line} is never closed.");
        return Err(Failure::content(detail));
    }
    let ends = rows.iter().skip(1).map(|(_, rest)| rest.len()).chain([0]).collect::<Vec<_>>();
    // Empty lines behind a row are a part of it.
    let mut rows = rows.iter().zip(ends).map(|((line, rest), left)| {
        (line.saturating_sub(1), rest.get(..rest.len() - left).unwrap_or_default().to_owned())
    });
    let Some((_, mut head)) = rows.next() else { return Ok(vec![]) };
    head.truncate(head.trim_end_matches(['\r', '\n']).len());
    head.push('\n');
    Ok(pieces("text/csv", &head, rows))
}

/// Sends rows, and tells how many were taken and which not.
pub fn import(site: &Site, kind: &str, pieces: &[Piece], publish: bool) -> Result<Imported, Failure> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(flatten)]
        counts: Imported,
        next: Option<String>,
    }
    let style = ProgressStyle::with_template("  {bar:30} {pos}/{len} rows {eta}").ok();
    let bar = ProgressBar::new(pieces.iter().map(|piece| piece.rows as u64).sum());
    let bar = style.into_iter().fold(bar, ProgressBar::with_style);
    let mut all = Imported::default();
    for piece in pieces {
        let path = site.path(&format!("/imports/{}", api::key()?));
        let query = format!("{path}?type={}&publish={publish}", encoded(kind));
        let media = [("content-type", piece.media.to_owned())];
        let mut answer: Answer =
            site.api.ask("PUT", &query, &Sent::Bytes(piece.text.as_bytes()), &media)?.json()?;
        let counts = &answer.counts;
        all.rows += counts.rows;
        all.created += counts.created;
        all.changed += counts.changed;
        all.unchanged += counts.unchanged;
        all.refused += counts.refused;
        loop {
            let refused = answer.counts.problems.into_iter();
            all.problems.extend(refused.map(|row| Refused { line: row.line + piece.before, ..row }));
            let Some(next) = answer.next.take() else { break };
            answer = site.api.get(&format!("{path}?after={}", encoded(&next)))?;
        }
        bar.inc(piece.rows as u64);
    }
    bar.finish_and_clear();
    Ok(all)
}

/// The records of a type as they were saved last, but those in the trash or the archive.
pub fn all(site: &Site, kind: &str) -> Result<Vec<Value>, Failure> {
    let mut found = vec![];
    for status in ["draft", "published"] {
        let list = format!("/entities?type={}&status={status}&include=document", encoded(kind));
        for entity in site.api.all(&site.path(&list), "entities")? {
            let id = field(&entity, "id");
            let Some(Value::Object(mut document)) = entity.get("document").cloned() else { continue };
            document.remove("type");
            document.insert("id".to_owned(), json!(id));
            found.push(Value::Object(document));
        }
    }
    found.sort_by_key(|record| (field(record, "published_at"), field(record, "id")));
    Ok(found)
}

pub fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// A column for each field of the type; what is no text, number or yes and no stands as JSON.
pub fn csv(records: &[Value], definition: &Value) -> Result<String, Failure> {
    let fields = definition.get("fields").and_then(Value::as_array).into_iter().flatten();
    let fields: Vec<String> = fields.map(|definition| field(definition, "name")).collect();
    let mut writer = csv::Writer::from_writer(vec![]);
    let bad = |e: csv::Error| Failure::usage(format!("The records make no CSV ({e})."));
    let names = OWN.into_iter().chain(fields.iter().map(String::as_str));
    writer.write_record(names).map_err(bad)?;
    let none = Map::new();
    for record in records {
        let values = record.get("fields").and_then(Value::as_object).unwrap_or(&none);
        let own = OWN.iter().map(|name| cell(record.get(*name)));
        writer.write_record(own.chain(fields.iter().map(|name| cell(values.get(name))))).map_err(bad)?;
    }
    let bytes = writer.into_inner().map_err(|e| Failure::usage(format!("The records make no CSV ({e}).")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sent_in_pieces_that_know_their_lines() {
        let rows: String = (0..4001).map(|n| format!("{{\"id\": \"r{n}\"}}\n")).collect();
        let pieces = Format::Lines.pieces(&rows).unwrap();
        let sizes: Vec<(usize, u64)> = pieces.iter().map(|piece| (piece.rows, piece.before)).collect();
        assert_eq!(sizes, [(2000, 0), (2000, 2000), (1, 4000)]);
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), rows);
    }

    #[test]
    fn every_piece_of_csv_has_the_names_and_cells_may_hold_lines() {
        let mut text = "\u{feff}id,slug,text\r\n".to_owned();
        for n in 0..2001 {
            text += &format!("r{n},s{n},\"two\nlines\"\n");
        }
        let pieces = Format::Csv.pieces(&text).unwrap();
        assert_eq!(pieces.iter().map(|piece| piece.rows).collect::<Vec<_>>(), [2000, 1]);
        let last = pieces.last().unwrap();
        assert_eq!(last.text, "id,slug,text\nr2000,s2000,\"two\nlines\"\n");
        // It stands in line 2 of its piece and in line 4002 of the file.
        assert_eq!(last.before, 4000);
        assert!(Format::Csv.pieces("").unwrap().is_empty());
    }

    #[test]
    fn lines_of_a_spreadsheet_are_those_of_the_file() {
        let mut text = "id;slug;text\r\n\r\n".to_owned();
        for n in 0..2001 {
            text += &format!("r{n};s{n};\"two, or\r\nmore;\"\r\n");
        }
        let pieces = Format::Csv.pieces(&text).unwrap();
        let sizes: Vec<(usize, u64)> = pieces.iter().map(|piece| (piece.rows, piece.before)).collect();
        // The first row stands in line 3 of the file, and the last in line 4003: in line 2 of their pieces.
        assert_eq!(sizes, [(2000, 1), (1, 4001)]);
        let last = pieces.last().unwrap();
        assert_eq!(last.text, "id;slug;text\nr2000;s2000;\"two, or\r\nmore;\"\r\n");
        let open = Format::Csv.pieces("id,text\na,b\nc,\"d\ne,f\n").unwrap_err();
        assert!(open.detail.contains("line 3 is never closed"), "{open}");
    }

    #[test]
    fn a_list_of_json_is_a_row_each_and_what_is_no_list_is_refused() {
        let pieces = Format::Json.pieces("[{\"id\": \"a\"}, {\"id\": \"b\"}]").unwrap();
        assert_eq!(pieces.first().map(|piece| piece.text.as_str()), Some("{\"id\":\"a\"}\n{\"id\":\"b\"}\n"));
        assert!(Format::Json.pieces("{}").is_err());
        assert!(Format::of(Path::new("a.xlsx")).is_err());
    }

    #[test]
    fn csv_has_a_column_for_each_field() {
        let definition = json!({"fields": [{"name": "title"}, {"name": "price"}, {"name": "new"}]});
        let record = json!({"id": "a", "slug": "a", "locale": "en", "published_at": "2026-01-01T00:00:00Z", "group": null,
            "fields": {"title": "A, b", "price": {"amount": 1, "currency": "EUR"}}});
        let text = csv(&[record], &definition).unwrap();
        assert_eq!(
            text,
            "id,slug,locale,published_at,group,title,price,new\na,a,en,2026-01-01T00:00:00Z,,\"A, b\",\"{\"\"amount\"\":1,\"\"currency\"\":\"\"EUR\"\"}\",\n"
        );
    }
}
