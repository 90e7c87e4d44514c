//! Bytes to rows and cells: encoding and delimiter find themselves, every cell knows its line in the file, and limits
//! come before anything else. Knows nothing of kinds or records.
//!
//! A table keeps the text of the file and where its rows begin; a row is cut when it is looked at, so that a million
//! rows take little more than the file itself.

mod cut;
mod guard;
mod text;

use super::Error;
use super::limits::{CELL, COLUMNS, ROWS};
use cut::{Cut, Rows};
use std::borrow::Cow;

pub use guard::{guard, unguard, write_row};

/// A cell: its text, and the line of the file on which it begins, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell<'t> {
    /// What stands in it, with the escaping of formulas taken back.
    pub text: Cow<'t, str>,
    /// Line of the file, or row of the sheet.
    pub line: usize,
}

/// A row of cells.
pub type Row<'t> = Vec<Cell<'t>>;

/// A table with a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The name of the file, for messages.
    pub file: String,
    /// The heads of the columns.
    pub header: Vec<String>,
    text: String,
    delimiter: u8,
    rows: Vec<Start>,
    /// The lines of the text are those of the file; else a row is one line of something else.
    lines: bool,
}

/// Where a row begins: byte of the text, and line of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Start {
    at: u32,
    line: u32,
}

impl Table {
    /// Reads a file of text.
    ///
    /// # Errors
    /// Names the file, and where there is one the line and the column: too large, no text, no header, a quote that
    /// is never closed.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, Error> {
        let (text, begins) = text::decode(file, bytes)?;
        Self::cut(file, text, begins)
    }

    /// Cuts text into rows.
    fn cut(file: &str, text: String, begins: text::Begins) -> Result<Self, Error> {
        let delimiter = begins.delimiter.unwrap_or_else(|| sniff(&text[begins.at..]));
        let mut rows = Rows::new(&text, delimiter, begins.at, begins.line);
        let mut starts = Vec::new();
        let mut header: Option<(usize, Vec<String>)> = None;
        for row in rows.by_ref() {
            let row = row.map_err(|bad| bad.error(file, header.as_ref().map_or(&[], |(_, h)| h)))?;
            match &header {
                None => {
                    too_large(file, &[], &text, delimiter, &row)?;
                    let heads = cells(&text, delimiter, &row).map(|c| c.trim().to_string());
                    header = Some((row.line, heads.collect()));
                }
                Some(_) if starts.len() == ROWS => {
                    return Err(Error::file(
                        file,
                        format!("the file holds more than {ROWS} rows, the limit"),
                    ));
                }
                Some((_, header)) => {
                    too_large(file, header, &text, delimiter, &row)?;
                    starts.push(Start {
                        at: u32::try_from(row.at).unwrap_or(u32::MAX),
                        line: u32::try_from(row.line).unwrap_or(u32::MAX),
                    });
                }
            }
        }
        let Some((line, header)) = header else {
            return Err(Error::file(file, "the file is empty; expected a header and rows"));
        };
        if header.iter().all(String::is_empty) {
            let what = "there is no header; expected the names of the columns";
            return Err(Error::at(file, line, what));
        }
        Ok(Self {
            file: file.to_string(),
            header,
            text,
            delimiter,
            rows: starts,
            lines: true,
        })
    }

    /// The place of a column, by its exact name without regard to case.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| h.eq_ignore_ascii_case(name))
    }

    /// How many rows there are below the header, none of them empty.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is a header only.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether it was text, not a sheet or JSON.
    pub fn is_text(&self) -> bool {
        self.lines
    }

    /// What parts the cells.
    pub fn delimiter(&self) -> char {
        char::from(self.delimiter)
    }

    /// The rows below the header.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|start| self.row(*start))
    }

    fn row(&self, start: Start) -> Row<'_> {
        let mut out = Vec::with_capacity(self.header.len());
        let (mut cut, mut line) = (
            Cut::new(&self.text, self.delimiter, start.at as usize),
            start.line as usize,
        );
        while let Some(piece) = cut.next() {
            out.push(Cell {
                text: cut::cell(&self.text, &piece),
                line,
            });
            line += usize::from(self.lines) * piece.breaks;
        }
        out
    }
}

/// The cells of a row.
fn cells<'t>(text: &'t str, delimiter: u8, row: &cut::Found) -> impl Iterator<Item = Cow<'t, str>> {
    let mut cut = Cut::new(text, delimiter, row.at);
    std::iter::from_fn(move || cut.next().map(|p| cut::cell(text, &p)))
}

/// Names the cell that is too large, if with its quotes taken off one is.
fn too_large(file: &str, header: &[String], text: &str, delimiter: u8, row: &cut::Found) -> Result<(), Error> {
    if row.longest <= CELL {
        return Ok(());
    }
    let mut cut = Cut::new(text, delimiter, row.at);
    let (mut line, mut i) = (row.line, 0);
    while let Some(piece) = cut.next() {
        let len = cut::cell(text, &piece).len();
        if len > CELL {
            let column = header.get(i).map_or("", String::as_str);
            let what = format!("column '{column}' holds {len} bytes; the limit is {CELL}");
            return Err(Error::at(file, line, what));
        }
        (line, i) = (line + piece.breaks, i + 1);
    }
    Ok(())
}

/// The delimiter that cuts the first rows into the same number of cells, and into most of them.
fn sniff(text: &str) -> u8 {
    let mut best = (b',', 0, 0);
    for d in *b",;\t|" {
        let rows: Result<Vec<usize>, _> = Rows::new(text, d, 0, 1).take(50).map(|r| r.map(|r| r.cells)).collect();
        let Ok(rows) = rows else { continue };
        let Some(n) = rows.first().copied().filter(|n| *n > 1) else {
            continue;
        };
        let same = rows.iter().filter(|r| **r == n).count() * 100 / rows.len();
        if (same, n) > (best.1, best.2) {
            best = (d, same, n);
        }
    }
    best.0
}

/// A table that another format is written into, row by row: what is no text goes the same way as text.
pub struct Builder {
    file: String,
    limit: usize,
    header: Vec<String>,
    text: String,
    rows: Vec<Start>,
}

impl Builder {
    /// With the heads of its columns; `limit` is how many bytes its text may hold.
    ///
    /// # Errors
    /// There are none, or too many.
    pub fn new(file: &str, header: Vec<String>, limit: usize) -> Result<Self, Error> {
        if header.iter().all(String::is_empty) {
            let what = "there is no header; expected the names of the columns";
            return Err(Error::file(file, what));
        }
        if header.len() > COLUMNS {
            let what = format!("there are {} columns; the limit is {COLUMNS}", header.len());
            return Err(Error::file(file, what));
        }
        Ok(Self {
            file: file.to_string(),
            limit,
            header,
            text: String::new(),
            rows: Vec::new(),
        })
    }

    /// Takes up a row that stands on this line of the file; one of nothing but empty cells is left out. The cells are
    /// as [`guard`] makes them.
    ///
    /// # Errors
    /// There are too many of them, or a cell or all of them together are too large.
    pub fn row<'a>(&mut self, line: usize, cells: &[Cow<'a, str>]) -> Result<(), Error> {
        if cells.iter().all(|c| c.is_empty()) {
            return Ok(());
        }
        if self.rows.len() == ROWS {
            return Err(Error::file(
                &self.file,
                format!("it holds more than {ROWS} rows, the limit"),
            ));
        }
        if let Some((i, c)) = cells
            .iter()
            .enumerate()
            .find(|(_, c)| c.len() > CELL && unguard(c).len() > CELL)
        {
            let column = self.header.get(i).map_or("", String::as_str);
            let what = format!(
                "column '{column}' holds {} bytes; the limit is {CELL}",
                unguard(c).len()
            );
            return Err(Error::at(&self.file, line, what));
        }
        self.rows.push(Start {
            at: u32::try_from(self.text.len()).unwrap_or(u32::MAX),
            line: u32::try_from(line).unwrap_or(u32::MAX),
        });
        write_row(&mut self.text, cells.iter().map(AsRef::as_ref));
        if self.text.len() > self.limit {
            let what = format!("its text is larger than the limit of {} MiB", self.limit >> 20);
            return Err(Error::at(&self.file, line, what));
        }
        Ok(())
    }

    /// The table.
    pub fn done(self) -> Table {
        Table {
            file: self.file,
            header: self.header,
            text: self.text,
            delimiter: b',',
            rows: self.rows,
            lines: false,
        }
    }
}

#[cfg(test)]
mod tests;
