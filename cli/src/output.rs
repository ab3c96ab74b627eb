//! What a command says: one JSON value for scripts, a text for people.

use crate::failure::Exit;
use comfy_table::{ContentArrangement, Table, presets};
use console::{Term, style};
use serde_json::Value;

/// What a command found or did.
#[derive(Debug)]
pub struct Outcome {
    pub exit: Exit,
    pub value: Value,
    pub text: String,
}

impl Outcome {
    pub fn new(value: impl Into<Value>, text: impl Into<String>) -> Self {
        Self { exit: Exit::Good, value: value.into(), text: text.into() }
    }
}

/// Columns that a line may take; 80 where nobody looks.
pub fn width() -> u16 {
    let terminal = Term::stdout();
    if terminal.is_term() { terminal.size().1.max(40) } else { 80 }
}

/// Aligned columns below their names. Cells that are too long for the line break.
pub fn table(names: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    table_within(width(), names, rows)
}

/// A text without what a terminal would obey.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn table_within(width: u16, names: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(names);
    table.add_rows(rows.into_iter().map(|row| row.iter().map(|cell| plain(cell)).collect::<Vec<_>>()));
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let text = table.to_string();
    let mut lines = text.lines().map(str::trim_end);
    let head = lines.next().map(|head| style(head).bold().to_string());
    head.into_iter().chain(lines.map(str::to_owned)).map(|line| line + "\n").collect()
}

/// A line that says what was done.
pub fn done(what: &str) -> String {
    format!("{} {what}\n", style("✓").green())
}

/// Warnings below what was done.
pub fn warnings(found: &[crate::failure::At]) -> String {
    let mark = style("!").yellow().to_string();
    found.iter().map(|at| format!("{mark} {}\n  {}\n", at.path, at.message)).collect()
}

/// A text field of a JSON object, `-` where there is none.
pub fn field(value: &Value, name: &str) -> String {
    match value.get(name) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

pub fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_are_aligned_and_fit_the_line() {
        let long = "a title that goes on and on ".repeat(5);
        let rows = vec![vec!["home".to_owned(), long], vec!["a-longer-id".to_owned(), "Short".to_owned()]];
        let text = console::strip_ansi_codes(&table_within(80, &["ID", "TITLE"], rows)).into_owned();
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let columns: Vec<Option<usize>> = text
            .lines()
            .map(|line| line.find("TITLE").or(line.find("a title")).or(line.find("Short")))
            .collect();
        assert_eq!(columns.first(), Some(&Some(13)), "{text}");
        assert_eq!(columns.get(1), Some(&Some(13)), "{text}");
        assert_eq!(columns.last(), Some(&Some(13)), "{text}");
    }

    #[test]
    fn a_cell_gives_the_terminal_no_commands() {
        let text = table_within(80, &["TITLE"], vec![vec!["A\u{1b}[2J\u{9b}1mB\nC".to_owned()]]);
        let text = text.lines().last().unwrap_or_default().to_owned();
        assert_eq!(text, "A [2J 1mB C");
    }

    #[test]
    fn what_is_not_there_is_a_dash() {
        let value = json!({"a": "text", "b": 3, "c": null});
        assert_eq!(["a", "b", "c", "d"].map(|name| field(&value, name)), ["text", "3", "-", "-"]);
    }
}
