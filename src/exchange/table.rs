//! Bytes to rows and cells, and back: encoding and delimiter find themselves, every cell knows its line in the file,
//! and limits come before anything else. Knows nothing of kinds or records.

use super::Error;

/// The largest file that is read, in bytes.
pub const FILE: usize = 64 << 20;
/// The longest line, in bytes.
pub const LINE: usize = 1 << 20;
/// The largest cell, in bytes.
pub const CELL: usize = 64 << 10;
/// The most rows.
pub const ROWS: usize = 1_000_000;

/// A cell: its text, and the line of the file on which it begins, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What stands in it, with the escaping of formulas taken back.
    pub text: String,
    /// Line of the file.
    pub line: usize,
}

/// A row of cells.
pub type Row = Vec<Cell>;

/// A table with a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The name of the file, for messages.
    pub file: String,
    /// What parts the cells.
    pub delimiter: char,
    /// The heads of the columns.
    pub header: Vec<String>,
    /// The rows below, none of them empty.
    pub rows: Vec<Row>,
}

impl Table {
    /// Reads a file.
    ///
    /// # Errors
    /// Names the file, and where there is one the line and the column: too large, no text, no header, a quote that
    /// is never closed.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, Error> {
        let text = decode(file, bytes)?;
        let mut body = text.as_str();
        let mut line = 1;
        let mut delimiter = None;
        // Spreadsheets write the delimiter into a first line of its own.
        let first = body.lines().next().unwrap_or_default();
        if let Some(d) = first.strip_prefix("sep=").filter(|d| d.chars().count() == 1) {
            delimiter = d.chars().next();
            body = body.split_once('\n').map_or("", |(_, rest)| rest);
            line = 2;
        }
        for (i, l) in body.split('\n').enumerate() {
            if l.len() > LINE {
                let what = format!("the line holds {} bytes; the limit is {LINE}", l.len());
                return Err(Error::at(file, line + i, what));
            }
        }
        let delimiter = delimiter.unwrap_or_else(|| sniff(body));
        let mut rows = split(body, delimiter, line, usize::MAX).map_err(|bad| bad.error(file, &[]))?;
        if rows.is_empty() {
            return Err(Error::file(file, "the file is empty; expected a header and rows"));
        }
        let header: Vec<String> = rows.remove(0).into_iter().map(|c| c.text.trim().to_string()).collect();
        if header.iter().all(String::is_empty) {
            return Err(Error::at(
                file,
                line,
                "there is no header; expected the names of the columns",
            ));
        }
        if rows.len() > ROWS {
            let what = format!("the file holds {} rows; the limit is {ROWS}", rows.len());
            return Err(Error::file(file, what));
        }
        for row in &rows {
            for (i, cell) in row.iter().enumerate() {
                if cell.text.len() > CELL {
                    let column = header.get(i).map_or("", String::as_str);
                    let what = format!("column '{column}' holds {} bytes; the limit is {CELL}", cell.text.len());
                    return Err(Error::at(file, cell.line, what));
                }
            }
        }
        Ok(Self {
            file: file.to_string(),
            delimiter,
            header,
            rows,
        })
    }

    /// The place of a column, by its exact name without regard to case.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| h.eq_ignore_ascii_case(name))
    }
}

/// Bytes to text: a byte order mark decides, else UTF-8 if it is that, else Windows-1252.
fn decode(file: &str, bytes: &[u8]) -> Result<String, Error> {
    if bytes.len() > FILE {
        let what = format!("the file holds {} bytes; the limit is {FILE}", bytes.len());
        return Err(Error::file(file, what));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Error::file(
            file,
            "this is a spreadsheet or an archive, not text; save it as CSV first",
        ));
    }
    let text = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, skip)) => {
            let (text, bad) = encoding.decode_without_bom_handling(&bytes[skip..]);
            if bad {
                let what = format!("the file says that it is {}, but it is not", encoding.name());
                return Err(Error::file(file, what));
            }
            text.into_owned()
        }
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_string(),
            Err(_) => encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
                .into_owned(),
        },
    };
    if let Some(at) = text.find('\0') {
        let line = 1 + text[..at].matches('\n').count();
        return Err(Error::at(file, line, "there is a zero byte; this is not a text file"));
    }
    Ok(text)
}

/// The delimiter that cuts the first rows into the same number of cells, and into most of them.
fn sniff(text: &str) -> char {
    let mut best = (',', 0, 0);
    for d in [',', ';', '\t', '|'] {
        let Ok(rows) = split(text, d, 1, 50) else { continue };
        let Some(n) = rows.first().map(Vec::len).filter(|n| *n > 1) else {
            continue;
        };
        let same = rows.iter().filter(|r| r.len() == n).count() * 100 / rows.len();
        if (same, n) > (best.1, best.2) {
            best = (d, same, n);
        }
    }
    best.0
}

/// A quote that is never closed: its line and its column, counted from 0.
struct Open {
    line: usize,
    column: usize,
}

impl Open {
    fn error(&self, file: &str, header: &[String]) -> Error {
        let column = header
            .get(self.column)
            .cloned()
            .unwrap_or_else(|| (self.column + 1).to_string());
        Error::at(
            file,
            self.line,
            format!("the quote that opens column {column} is never closed"),
        )
    }
}

/// Cuts text into at most `most` rows. Quotes as in RFC 4180; a quote inside an unquoted cell is a plain character.
fn split(text: &str, delimiter: char, first: usize, most: usize) -> Result<Vec<Row>, Open> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Row::new(), String::new());
    let (mut line, mut began) = (first, first);
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if quoted {
            match c {
                '"' if chars.peek() == Some(&'"') => {
                    cell.push('"');
                    chars.next();
                }
                '"' => quoted = false,
                _ => {
                    line += usize::from(c == '\n');
                    cell.push(c);
                }
            }
            continue;
        }
        match c {
            '"' if cell.is_empty() => quoted = true,
            c if c == delimiter => {
                row.push(Cell {
                    text: unguard(&std::mem::take(&mut cell)),
                    line: began,
                });
                began = line;
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                line += usize::from(c == '\n');
                row.push(Cell {
                    text: unguard(&std::mem::take(&mut cell)),
                    line: began,
                });
                began = line;
                // Spreadsheets write rows of nothing but delimiters below the last one.
                if row.iter().any(|c| !c.text.is_empty()) {
                    rows.push(std::mem::take(&mut row));
                    if rows.len() == most {
                        return Ok(rows);
                    }
                } else {
                    row.clear();
                }
            }
            _ => cell.push(c),
        }
    }
    if quoted {
        return Err(Open {
            line: began,
            column: row.len(),
        });
    }
    row.push(Cell {
        text: unguard(&cell),
        line: began,
    });
    if row.iter().any(|c| !c.text.is_empty()) {
        rows.push(row);
    }
    Ok(rows)
}

/// Whether a spreadsheet would take a line for a formula, now or after one leading apostrophe is taken away.
fn is_formula(line: &str, first: bool) -> bool {
    let rest = line.trim_start_matches([' ', '\u{a0}', '\'']);
    rest.starts_with(['=', '+', '-', '@', '\t']) || (first && rest.starts_with('\r'))
}

/// Puts an apostrophe before each line that a spreadsheet would take for a formula. [`unguard`] is its exact inverse,
/// also for text that begins with an apostrophe by itself.
pub fn guard(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    for (i, line) in text.split_inclusive(['\n', '\r']).enumerate() {
        if is_formula(line, i == 0) {
            out.push('\'');
        }
        out.push_str(line);
    }
    out
}

/// Takes back what [`guard`], and the exports of other tools, put before formulas.
pub fn unguard(text: &str) -> String {
    if !text.contains('\'') {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len());
    for (i, line) in text.split_inclusive(['\n', '\r']).enumerate() {
        match line.strip_prefix('\'') {
            Some(rest) if is_formula(rest, i == 0) => out.push_str(rest),
            _ => out.push_str(line),
        }
    }
    out
}

/// Writes one row of comma separated cells, quoted where needed, ending in a line feed.
pub fn write_row<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (i, cell) in cells.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        if cell.contains([',', ';', '\t', '|', '"', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Table {
        Table::read("t.csv", bytes).unwrap()
    }

    fn texts(row: &Row) -> Vec<&str> {
        row.iter().map(|c| c.text.as_str()).collect()
    }

    #[test]
    fn the_delimiter_finds_itself() {
        for d in [',', ';', '\t', '|'] {
            let text = format!("a{d}b{d}c\n1{d}\"2, 3; 4\"{d}5\n");
            let t = read(text.as_bytes());
            assert_eq!((t.delimiter, t.header.len()), (d, 3), "{d:?}");
            assert_eq!(texts(&t.rows[0]), ["1", "2, 3; 4", "5"]);
        }
        assert_eq!(read(b"sep=;\na;b\n1;2\n").header, ["a", "b"]);
        assert_eq!(
            texts(&read(b"title\nA, B\n").rows[0]).len(),
            2,
            "one head: a comma still parts"
        );
    }

    #[test]
    fn the_encoding_finds_itself() {
        let text = "name;x\nCôte d’Azur;1\n";
        let utf16 = |le: bool| -> Vec<u8> {
            let order = |u: u16| if le { u.to_le_bytes() } else { u.to_be_bytes() };
            std::iter::once(0xfeff)
                .chain(text.encode_utf16())
                .flat_map(order)
                .collect()
        };
        let mut bom = vec![0xef, 0xbb, 0xbf];
        bom.extend_from_slice(text.as_bytes());
        let latin = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        for bytes in [text.as_bytes().to_vec(), bom, utf16(true), utf16(false), latin] {
            let t = read(&bytes);
            assert_eq!(
                (t.header[0].as_str(), t.rows[0][0].text.as_str()),
                ("name", "Côte d’Azur")
            );
        }
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let t = read(b"a,b,c\r\n1,\"x\ny\",3\n\n4,5,6\r\n,,\r\n7,8,9");
        assert_eq!(t.rows.len(), 3);
        let lines: Vec<Vec<usize>> = t.rows.iter().map(|r| r.iter().map(|c| c.line).collect()).collect();
        assert_eq!(lines, [vec![2, 2, 3], vec![5, 5, 5], vec![7, 7, 7]]);
        assert_eq!(t.rows[0][1].text, "x\ny");
    }

    #[test]
    fn what_is_no_table_is_refused_by_name() {
        let says = |bytes: &[u8]| Table::read("t.csv", bytes).unwrap_err().to_string();
        assert!(says(b"").contains("empty"));
        assert!(says(b"PK\x03\x04xxx").contains("CSV"));
        assert!(says(b"a,b\n1,\0\n").contains("line 2"));
        let open = says(b"a,b\n1,2\n3,\"x\ny\n");
        assert!(
            open.contains("t.csv, line 3") && open.contains("never closed"),
            "{open}"
        );
        let mut long = b"a,b\n1,".to_vec();
        long.extend(vec![b'x'; CELL]);
        assert!(Table::read("t.csv", &long).is_ok(), "at the limit");
        long.push(b'x');
        assert!(says(&long).contains("column 'b'"), "above it");
        long.extend(vec![b'x'; LINE]);
        assert!(says(&long).contains("line 2"));
    }

    #[test]
    fn formulas_are_guarded_and_come_back() {
        assert_eq!(guard("=1+1"), "'=1+1");
        assert_eq!(guard("  @x\nplain\n-y"), "'  @x\nplain\n'-y");
        assert_eq!(unguard("'=HYPERLINK(\"x\")"), "=HYPERLINK(\"x\")");
        assert_eq!(unguard("'--"), "--");
        assert_eq!(unguard("'tis so"), "'tis so");
    }

    proptest! {
        #[test]
        fn unguard_is_the_inverse_of_guard(text in "[ '=+@a\t\r\n\u{a0}-]{0,12}") {
            prop_assert_eq!(unguard(&guard(&text)), text);
        }

        #[test]
        fn a_written_row_is_read_again(cells in proptest::collection::vec("[ a'=,;|\"\n\r\té-]{0,6}x", 2..5)) {
            let mut out = String::new();
            write_row(&mut out, cells.iter().map(|_| "head"));
            let guarded: Vec<String> = cells.iter().map(|c| guard(c)).collect();
            write_row(&mut out, guarded.iter().map(String::as_str));
            let rows = split(&out, ',', 1, usize::MAX).unwrap_or_default();
            prop_assert_eq!(texts(&rows[1]), cells);
        }
    }
}
