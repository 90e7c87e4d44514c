//! A sheet as a table: its first row that holds anything has the heads, and a cell says what a CSV of it would say.

use super::super::Error;
use super::super::limits::{CELL, CELLS, COLUMNS, UNPACKED};
use super::super::table::{Builder, Table};
use super::check::check;
use crate::store::guard::caught;
use calamine::{DataRef, ExcelDateTime, Reader, SheetType, Xlsx};
use std::borrow::Cow;
use std::io::Cursor;

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Opens a file that was measured.
fn open<'b>(file: &str, bytes: &'b [u8]) -> Result<Book<'b>, Error> {
    check(file, bytes)?;
    let book = whole(file, || Xlsx::new(Cursor::new(bytes)).map_err(|e| damaged(file, &e)))??;
    Ok(book)
}

/// A file of others must not end the program, whatever its reader makes of it.
fn whole<T>(file: &str, read: impl FnOnce() -> T) -> Result<T, Error> {
    caught(read).map_err(|_| Error::file(file, "this spreadsheet is damaged"))
}

fn damaged(file: &str, e: &calamine::XlsxError) -> Error {
    Error::file(file, format!("this is no spreadsheet, or it is damaged: {e}"))
}

/// The names of the sheets with cells.
///
/// # Errors
/// As [`read`].
pub fn sheets(file: &str, bytes: &[u8]) -> Result<Vec<String>, Error> {
    Ok(names(&open(file, bytes)?))
}

fn names(book: &Book) -> Vec<String> {
    let all = book.sheets_metadata().iter();
    all.filter(|s| s.typ == SheetType::WorkSheet)
        .map(|s| s.name.clone())
        .collect()
}

/// Reads a sheet, the first one if none is named.
///
/// # Errors
/// Names the file, and the sheet and the cell where there are: it is too large, damaged or locked, or has no such
/// sheet.
pub fn read(file: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Table, Error> {
    let mut book = open(file, bytes)?;
    let names = names(&book);
    let found = match sheet {
        Some(word) => names
            .iter()
            .find(|n| *n == word || n.to_lowercase() == word.to_lowercase()),
        None => names.first(),
    };
    let Some(name) = found else {
        let what = match sheet {
            Some(word) => format!("there is no sheet '{word}'; there are '{}'", names.join("', '")),
            None => "there is no sheet with cells in it".to_string(),
        };
        return Err(Error::file(file, what));
    };
    whole(file, || rows(file, &mut book, name))?
}

fn rows(file: &str, book: &mut Book, sheet: &str) -> Result<Table, Error> {
    let place = format!("{file}, sheet '{sheet}'");
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| damaged(file, &e))?;
    let mut into = Into {
        file,
        place: &place,
        table: None,
        row: Vec::new(),
        at: 0,
        width: 0,
    };
    let mut count = 0;
    while let Some(cell) = cells.next_cell().map_err(|e| damaged(file, &e))? {
        let (row, column) = cell.get_position();
        count += 1;
        if count > CELLS {
            return Err(Error::file(
                &place,
                format!("there are more than {CELLS} cells, the limit"),
            ));
        }
        if row != into.at {
            into.end()?;
            into.at = row;
        }
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let column = column as usize;
        if column >= COLUMNS {
            let what = format!(
                "cell {}: there are more than {COLUMNS} columns, the limit",
                name(row, column)
            );
            return Err(Error::file(&place, what));
        }
        if text.len() > CELL {
            let what = format!(
                "cell {} holds {} bytes; the limit is {CELL}",
                name(row, column),
                text.len()
            );
            return Err(Error::file(&place, what));
        }
        if into.row.len() <= column {
            into.row.resize(column + 1, Cow::Borrowed(""));
        }
        into.row[column] = text;
    }
    into.end()?;
    match into.table {
        Some(table) => Ok(table.done()),
        None => Err(Error::file(&place, "the sheet is empty; expected a header and rows")),
    }
}

/// The rows as they go into the table.
struct Into<'f, 'c> {
    file: &'f str,
    place: &'f str,
    table: Option<Builder>,
    /// The cells of the row that is read, and which row it is, from 0.
    row: Vec<Cow<'c, str>>,
    at: u32,
    width: usize,
}

impl Into<'_, '_> {
    /// The row is read.
    fn end(&mut self) -> Result<(), Error> {
        if self.row.iter().all(|c| c.is_empty()) {
            self.row.clear();
            return Ok(());
        }
        let line = self.at as usize + 1;
        match &mut self.table {
            Some(table) => {
                if self.row.len() < self.width {
                    self.row.resize(self.width, Cow::Borrowed(""));
                }
                table.row(line, &self.row)?;
            }
            None => {
                let heads: Vec<String> = self.row.iter().map(|c| c.trim().to_string()).collect();
                self.width = heads.len();
                let limit = usize::try_from(UNPACKED).unwrap_or(usize::MAX);
                let table = Builder::new(self.file, heads, limit);
                self.table = Some(table.map_err(|e| Error::file(self.place, e.what))?);
            }
        }
        self.row.clear();
        Ok(())
    }
}

/// What a cell says in a CSV.
fn text<'c>(value: &DataRef<'c>) -> Cow<'c, str> {
    match value {
        DataRef::SharedString(t) => Cow::Borrowed(t),
        DataRef::String(t) | DataRef::DateTimeIso(t) | DataRef::DurationIso(t) => Cow::Owned(t.clone()),
        DataRef::Int(n) => Cow::Owned(n.to_string()),
        DataRef::Float(n) => Cow::Owned(number(*n)),
        DataRef::Bool(true) => Cow::Borrowed("yes"),
        DataRef::Bool(false) => Cow::Borrowed("no"),
        DataRef::DateTime(t) => Cow::Owned(moment(t)),
        DataRef::Error(e) => Cow::Owned(e.to_string()),
        DataRef::Empty => Cow::Borrowed(""),
    }
}

fn number(n: f64) -> String {
    match n.fract() == 0.0 && n.abs() < 1e15 {
        true => format!("{n:.0}"),
        false => n.to_string(),
    }
}

/// A day, a day with a time, a time alone or a span.
fn moment(t: &ExcelDateTime) -> String {
    let days = t.as_f64();
    if !days.is_finite() || !(0.0..2_958_466.0).contains(&days) {
        return number(days);
    }
    if t.is_duration() {
        let seconds = (days * 86_400.0).round();
        let (hours, minutes) = ((seconds / 3600.0).floor(), (seconds % 3600.0 / 60.0).round());
        return format!("{hours:.0}h {minutes:.0}m");
    }
    let (year, month, day, hour, minute, second, milli) = t.to_ymd_hms_milli();
    let (date, time) = (
        format!("{year:04}-{month:02}-{day:02}"),
        format!("{hour:02}:{minute:02}"),
    );
    match (days < 1.0, hour, minute, second, milli) {
        (true, _, _, 0, 0) => time,
        (true, ..) => format!("{time}:{second:02}"),
        (false, 0, 0, 0, 0) => date,
        (false, _, _, _, 0) => format!("{date} {time}:{second:02}"),
        (false, ..) => format!("{date} {time}:{second:02}.{milli:03}"),
    }
}

/// The name of a cell: `B5`.
fn name(row: u32, column: usize) -> String {
    let (mut letters, mut n) = (String::new(), column + 1);
    while n > 0 {
        let place = u8::try_from((n - 1) % 26).unwrap_or(0);
        letters.insert(0, char::from(b'A' + place));
        n = (n - 1) / 26;
    }
    format!("{letters}{}", u64::from(row) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_names() {
        let names: Vec<String> = [0, 25, 26, 701, 702].iter().map(|c| name(4, *c)).collect();
        assert_eq!(names, ["A5", "Z5", "AA5", "ZZ5", "AAA5"]);
        assert_eq!(
            (number(3.0), number(0.1), number(-2.5)),
            ("3".into(), "0.1".into(), "-2.5".into())
        );
    }
}
