//! What stands where in CSV, beyond what a reader of cells says.

/// What stands between cells. Spreadsheets write semicolons where a comma is part of numbers, and tabs.
pub fn separator(text: &str) -> char {
    let first = text.split(['\r', '\n']).next().unwrap_or_default();
    let count = |c: char| first.matches(c).count();
    [';', '\t'].into_iter().find(|c| count(*c) > count(',')).unwrap_or(',')
}

/// Counts lines as editors do, whichever way they end.
pub struct Place<'t> {
    text: &'t str,
    byte: usize,
    line: u64,
}

impl<'t> Place<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, byte: 0, line: 1 }
    }

    /// On to the row that begins at a byte, or behind the ends of lines that stand there: its line, and the text from it
    /// on.
    pub fn of(&mut self, byte: u64) -> (u64, &'t str) {
        let rest = usize::try_from(byte).ok().and_then(|byte| self.text.get(byte..)).unwrap_or_default();
        let rest = rest.trim_start_matches(['\r', '\n']);
        let start = self.text.len() - rest.len();
        let passed = self.text.get(self.byte..start).unwrap_or_default();
        self.line += (passed.matches(['\r', '\n']).count() - passed.matches("\r\n").count()) as u64;
        self.byte = start;
        (self.line, rest)
    }
}

/// Whether a quote that opens in the last row is never closed. Everything behind it is one cell then.
pub fn is_open(row: &str, separator: char) -> bool {
    let (mut is_quoted, mut begins) = (false, true);
    let mut chars = row.chars().peekable();
    while let Some(c) = chars.next() {
        match (is_quoted, c) {
            (true, '"') => is_quoted = chars.next_if_eq(&'"').is_some(),
            (false, '"') => is_quoted = begins,
            _ => {}
        }
        begins = !is_quoted && (c == separator || matches!(c, '\r' | '\n'));
    }
    is_quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_says_what_stands_between_cells() {
        for (text, separator) in
            [("id,slug\na;b;c", ','), ("id;slug", ';'), ("id\tslug\ttitle\r\n", '\t'), ("id", ','), ("", ',')]
        {
            assert_eq!(super::separator(text), separator, "{text}");
        }
    }

    #[test]
    fn rows_stand_in_the_line_in_which_they_begin() {
        let text = "a\r\nb\r\r\nc\n\nd";
        let mut place = Place::new(text);
        // Readers of cells give the byte behind a row's \r.
        for (byte, found) in
            [(0, (1, text)), (2, (2, "b\r\r\nc\n\nd")), (5, (4, "c\n\nd")), (8, (6, "d")), (99, (6, ""))]
        {
            assert_eq!(place.of(byte), found, "{byte}");
        }
    }

    #[test]
    fn only_a_quote_at_the_start_of_a_cell_opens() {
        for (row, open) in [
            ("a,\"b", true),
            ("\"a\"\"", true),
            ("a,\"b\"", false),
            ("a,5\" wide", false),
            ("a,\"b\"\"\"", false),
            ("\"\"", false),
            ("\"a\"b\",c", false),
        ] {
            assert_eq!(is_open(row, ','), open, "{row}");
        }
    }
}
