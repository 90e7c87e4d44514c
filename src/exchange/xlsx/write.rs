//! A register as a spreadsheet: one sheet with a frozen header, one that says where it comes from. Texts are always
//! texts, never formulas; what an import reads back is what a CSV would say.

use super::super::csv::{Column, columns};
use super::super::table::guard;
use super::super::{About, Error};
use super::{EPOCH, FIRST};
use crate::model::codec;
use crate::model::kind::{FieldType, Kind, KindIx};
use crate::model::record::Record;
use crate::model::value::Value;
use crate::model::world::World;
use rust_xlsxwriter::{Color, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The longest text that a cell of a spreadsheet holds, in characters.
const LONGEST: usize = 32_767;
/// The most records: a sheet has 1,048,576 rows.
const MOST: usize = 1_048_575;
/// Whole numbers up to here are exact in a spreadsheet.
const EXACT: i64 = 1 << 53;

/// Records as a spreadsheet.
///
/// # Errors
/// A sheet has not that many rows, or a cell cannot hold a text that long; or there is no room for it.
pub fn export(w: &World, kind: KindIx, records: &[Arc<Record>], about: &About) -> Result<Vec<u8>, Error> {
    let k = w.kind_at(kind);
    if records.len() > MOST {
        let what = format!(
            "a sheet holds at most {MOST} records, these are {}; CSV and JSON take more",
            records.len()
        );
        return Err(Error::file("the spreadsheet", what));
    }
    let mut book = Workbook::new();
    let failed = |e: XlsxError| Error::file("the spreadsheet", format!("cannot be written: {e}"));
    let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
    let columns: Vec<Column> = columns(k).collect();
    head(sheet, k, &columns).map_err(failed)?;
    let mut formats = Formats::default();
    for (n, record) in records.iter().enumerate() {
        let row = u32::try_from(n + 1).unwrap_or(u32::MAX);
        for (i, column) in columns.iter().enumerate() {
            let at = (row, u16::try_from(i).unwrap_or(u16::MAX));
            match value(w, k, record, column) {
                Given::Nothing => {}
                Given::Text(text) if text.chars().count() > LONGEST => {
                    let what = format!(
                        "{} of {} is longer than {LONGEST} characters, the most that a cell holds; CSV and JSON hold it",
                        column.head(),
                        record.id
                    );
                    return Err(Error::file("the spreadsheet", what));
                }
                Given::Text(text) => drop(sheet.write_string(at.0, at.1, text).map_err(failed)?),
                Given::Bool(yes) => drop(sheet.write_boolean(at.0, at.1, yes).map_err(failed)?),
                Given::Number(n, style) => {
                    let format = formats.of(style);
                    sheet.write_number_with_format(at.0, at.1, n, format).map_err(failed)?;
                }
            }
        }
    }
    notes(&mut book, k, records.len(), about).map_err(failed)?;
    book.save_to_buffer().map_err(failed)
}

/// The sheet's name, header and widths.
fn head(sheet: &mut Worksheet, kind: &Kind, columns: &[Column]) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(&kind.titles))?;
    let bold = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x00DC_E6F1))
        .set_align(FormatAlign::Top);
    for (i, column) in columns.iter().enumerate() {
        let at = u16::try_from(i).unwrap_or(u16::MAX);
        let kind = match column {
            Column::Field(f) => Some(f.kind),
            _ => None,
        };
        let width = match (column.head(), kind) {
            ("id", _) => 10.0,
            ("title", _) => 48.0,
            ("changed", _) | (_, Some(FieldType::Time)) => 20.0,
            (_, Some(FieldType::Text)) => 40.0,
            (_, Some(FieldType::Line | FieldType::Links | FieldType::Rows | FieldType::Range)) => 24.0,
            (_, Some(FieldType::Date | FieldType::Bool | FieldType::Integer | FieldType::Percent)) => 12.0,
            _ => 16.0,
        };
        sheet.set_column_width(at, width)?;
        sheet.write_string_with_format(0, at, column.head(), &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// A name that a sheet may have: at most 31 characters, and none of those that mean something in formulas.
fn sheet_name(text: &str) -> String {
    let plain = text.chars().map(|c| {
        if "[]:*?/\\'".contains(c) || c.is_control() {
            ' '
        } else {
            c
        }
    });
    let name: String = plain.take(31).collect();
    match name.trim() {
        "" => "Register".to_string(),
        // A name that spreadsheets keep for themselves, and the one of the notes.
        name if ["history", NOTES].iter().any(|taken| name.eq_ignore_ascii_case(taken)) => format!("{name} 1"),
        name => name.to_string(),
    }
}

const NOTES: &str = "About";

/// Where the sheet comes from.
fn notes(book: &mut Workbook, kind: &Kind, records: usize, about: &About) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(NOTES)?;
    let bold = Format::new().set_bold();
    sheet.set_column_width(0, 16.0)?;
    sheet.set_column_width(1, 80.0)?;
    let lines = [
        ("Register", format!("{} ({records})", kind.titles)),
        ("Organisation", about.organisation.clone()),
        ("Query", about.query.clone()),
        ("Written", about.written.clone()),
        ("Commit", about.commit.clone()),
        ("Program", format!("isms {}", env!("CARGO_PKG_VERSION"))),
        ("To bring it back", format!("isms import {} FILE", kind.name)),
        (
            "Texts",
            "A line that a spreadsheet would take for a formula has an apostrophe before it; an import takes it away."
                .to_string(),
        ),
    ];
    let shown = lines.iter().filter(|(_, text)| !text.is_empty());
    for (row, (label, text)) in (0_u32..).zip(shown) {
        sheet.write_string_with_format(row, 0, *label, &bold)?;
        sheet.write_string(row, 1, guard(text).chars().take(LONGEST).collect::<String>())?;
    }
    Ok(())
}

/// What stands in a cell.
enum Given<'r> {
    Nothing,
    Text(Cow<'r, str>),
    Bool(bool),
    Number(f64, Style),
}

/// How a number is shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Style {
    Whole,
    Plain,
    Percent,
    Day,
    Time,
    Money([u8; 3]),
}

/// Each format once: spreadsheets have room for a few thousand.
#[derive(Default)]
struct Formats(BTreeMap<Style, Format>);

impl Formats {
    fn of(&mut self, style: Style) -> &Format {
        self.0.entry(style).or_insert_with(|| {
            let text = match style {
                Style::Whole => "0".to_string(),
                Style::Plain => "General".to_string(),
                Style::Percent => "0.##%".to_string(),
                Style::Day => "yyyy-mm-dd".to_string(),
                Style::Time => "yyyy-mm-dd hh:mm:ss.000".to_string(),
                Style::Money(currency) => {
                    let digits = codec::minor_digits(currency) as usize;
                    let point = if digits > 0 { "." } else { "" };
                    format!(
                        "#,##0{point}{} \"{}\"",
                        "0".repeat(digits),
                        String::from_utf8_lossy(&currency)
                    )
                }
            };
            Format::new().set_num_format(text)
        })
    }
}

/// What stands in a cell: a number where it reads back as exactly this value, else the text that a CSV has.
fn value<'r>(w: &World, kind: &Kind, r: &'r Record, column: &Column) -> Given<'r> {
    let own = match column {
        Column::Field(f) => r.get(f.tag),
        _ => None,
    };
    let v = match column {
        Column::Field(_) => own.map(Cow::Borrowed),
        Column::Derived(d) => w.derived(kind, r, d).map(Cow::Owned),
        Column::Changed => r.meta.as_ref().map(|m| Cow::Owned(Value::Time(m.changed.time))),
        Column::Id | Column::State => None,
    };
    let field = match column {
        Column::Field(f) => Some(f.kind),
        _ => None,
    };
    let whole = |n: i64| n.abs() < EXACT;
    let day = |d: i32| d.checked_add(EPOCH).is_some_and(|n| (FIRST..2_958_466).contains(&n));
    match (v.as_deref(), field) {
        (Some(Value::Bool(yes)), _) => return Given::Bool(*yes),
        (Some(Value::Int(n)), _) if whole(*n) => return Given::Number(*n as f64, Style::Whole),
        (Some(Value::Date(d)), _) if day(*d) => return Given::Number(f64::from(d + EPOCH), Style::Day),
        (Some(Value::Time(ms)), _) if i32::try_from(ms.div_euclid(86_400_000)).is_ok_and(day) => {
            return Given::Number(*ms as f64 / 86_400_000.0 + f64::from(EPOCH), Style::Time);
        }
        (Some(Value::Num(n)), Some(FieldType::Percent)) => return Given::Number(*n, Style::Percent),
        (Some(Value::Num(n)), Some(_)) => return Given::Number(*n, Style::Plain),
        // An amount without its currency is read as one of the organisation's.
        (Some(Value::Money(minor, currency)), _) if *currency == w.currency() && whole(*minor) => {
            let unit = 10_f64.powi(i32::try_from(codec::minor_digits(*currency)).unwrap_or(0));
            return Given::Number(*minor as f64 / unit, Style::Money(*currency));
        }
        _ => {}
    }
    match column.cell(w, kind, r, own) {
        text if text.is_empty() => Given::Nothing,
        text => Given::Text(text),
    }
}
