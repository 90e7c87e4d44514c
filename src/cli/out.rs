//! How output looks: tables for people, cleaned; JSON and CSV for programs, raw.

use super::{Flags, var};
use crate::config::{self, Config};
use crate::error::Result;
use crate::model::kind::Column;
use crate::ui::text::{clean, fit, width};
use std::io::{IsTerminal, Write};

/// How output looks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// Colours and bold on standard output.
    pub colour: bool,
    /// Cells in a line, if a person looks at it.
    pub width: Option<usize>,
    /// ASCII only.
    pub ascii: bool,
}

impl Look {
    /// From the flags, the environment, the settings and what standard output is.
    pub fn of(flags: &Flags, config: &Config) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let size = || {
            rustix::termios::tcgetwinsize(std::io::stdout())
                .ok()
                .map(|s| usize::from(s.ws_col))
        };
        Self {
            colour: config::colour(flags.color, config.color, terminal, var),
            width: terminal.then(size).flatten().filter(|w| *w >= 20),
            ascii: flags.ascii || config.ascii.unwrap_or_else(|| config::ascii_locale(var)),
        }
    }

    /// The mark of a cut.
    pub fn cut(self) -> &'static str {
        if self.ascii { "~" } else { "…" }
    }

    /// What stands between two values of a change.
    pub fn arrow(self) -> &'static str {
        if self.ascii { "->" } else { "→" }
    }

    /// A heading.
    pub fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Something that steps back.
    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// The lines of a text behind an indent: as they fit a person's terminal, elsewhere one.
    pub fn prose(self, text: &str, indent: usize) -> Vec<String> {
        wrap(
            text,
            self.width
                .map_or(usize::MAX, |room| room.saturating_sub(indent).max(20)),
        )
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self.colour && !text.is_empty() {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_string(),
        }
    }
}

/// Prints rows under headings, of which one grows and those behind it fold away.
pub fn plain_table(out: &mut dyn Write, look: Look, heads: &[&str], grow: usize, rows: &[Vec<String>]) -> Result<()> {
    let column = |i: usize| Column {
        field: String::new(),
        label: None,
        width: if i == grow { 24 } else { 6 },
        grow: i == grow,
        rank: u8::from(i > grow),
    };
    let columns: Vec<Column> = (0..heads.len()).map(column).collect();
    let heads: Vec<String> = heads.iter().map(|h| (*h).to_string()).collect();
    table(out, look, &columns, &heads, rows)
}

/// Prints rows under headings, columns aligned. For a person at a terminal, columns with a high rank fold away and the
/// growing one is cut until a row fits its line; elsewhere everything is printed.
pub fn table(
    out: &mut dyn Write,
    look: Look,
    columns: &[Column],
    heads: &[String],
    rows: &[Vec<String>],
) -> Result<()> {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|r| r.iter().map(|c| clean(c).into_owned()).collect())
        .collect();
    let wide = |i: usize| {
        rows.iter()
            .map(|r| width(&r[i]))
            .chain([width(&heads[i])])
            .max()
            .unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..heads.len()).map(wide).collect();
    let mut shown: Vec<usize> = (0..heads.len()).collect();
    if let Some(room) = look.width {
        let total =
            |shown: &[usize], widths: &[usize]| shown.iter().map(|i| widths[*i] + 2).sum::<usize>().saturating_sub(2);
        let grow = columns.iter().position(|c| c.grow);
        let least = |i: usize| usize::from(columns[i].width).min(widths[i]);
        // What can be cut at most, before columns have to go.
        let spare = |shown: &[usize]| grow.filter(|g| shown.contains(g)).map_or(0, |g| widths[g] - least(g));
        while total(&shown, &widths) > room + spare(&shown) {
            let Some(last) = shown
                .iter()
                .copied()
                .filter(|i| columns[*i].rank > 0)
                .max_by_key(|i| (columns[*i].rank, *i))
            else {
                break;
            };
            shown.retain(|i| *i != last);
        }
        if let Some(g) = grow.filter(|g| shown.contains(g)) {
            let over = total(&shown, &widths).saturating_sub(room);
            let least = least(g);
            widths[g] = widths[g].saturating_sub(over).max(least);
        }
    }
    let line = |cells: &[String]| {
        let mut text = String::new();
        for (n, i) in shown.iter().enumerate() {
            let cell = fit(&cells[*i], widths[*i], look.cut());
            text.push_str(&cell);
            if n + 1 < shown.len() {
                text.push_str(&" ".repeat(widths[*i].saturating_sub(width(&cell)) + 2));
            }
        }
        text.truncate(text.trim_end().len());
        text
    };
    writeln!(out, "{}", look.strong(&line(heads)))?;
    for row in &rows {
        writeln!(out, "{}", line(row))?;
    }
    Ok(())
}

/// Prints rows whose last column is prose. For a person at a terminal it is wrapped within its column.
pub fn glossary(out: &mut dyn Write, look: Look, heads: &[&str], rows: &[Vec<String>]) -> Result<()> {
    let last = heads.len().saturating_sub(1);
    let wide = |i: usize| rows.iter().map(|r| width(&r[i])).chain([width(heads[i])]).max();
    let widths: Vec<usize> = (0..last).map(|i| wide(i).unwrap_or(0) + 2).collect();
    let indent: usize = widths.iter().sum();
    // Where there is hardly room beside the other columns, the prose stands below them.
    let beside = look.width.is_none_or(|room| room >= indent + 24);
    let indent = if beside { indent } else { 4 };
    let print = |out: &mut dyn Write, cells: &[String], strong: bool| -> Result<()> {
        let mut front = String::new();
        for (cell, wide) in cells.iter().zip(&widths) {
            front.push_str(cell);
            front.push_str(&" ".repeat(wide.saturating_sub(width(cell))));
        }
        let prose = look.prose(&cells[last], indent);
        if !beside {
            writeln!(out, "{}", front.trim_end())?;
            for part in &prose {
                writeln!(out, "{:indent$}{part}", "")?;
            }
            return Ok(());
        }
        for (n, part) in prose.iter().enumerate() {
            let front = if n == 0 { front.as_str() } else { "" };
            let gap = " ".repeat(indent.saturating_sub(width(front)));
            let line = format!("{front}{gap}{part}");
            writeln!(
                out,
                "{}",
                if strong {
                    look.strong(line.trim_end())
                } else {
                    line.trim_end().to_string()
                }
            )?;
        }
        Ok(())
    };
    print(out, &heads.iter().map(|h| (*h).to_string()).collect::<Vec<_>>(), true)?;
    for row in rows {
        let row: Vec<String> = row.iter().map(|c| clean(c).into_owned()).collect();
        print(out, &row, false)?;
    }
    Ok(())
}

/// A text in lines of at most `cells` cells, parted at blanks; at least one line.
fn wrap(text: &str, cells: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let wide = width(word);
        match lines.last_mut() {
            Some(line) if used == 0 || used + 1 + wide <= cells => {
                if used > 0 {
                    line.push(' ');
                    used += 1;
                }
                line.push_str(word);
                used += wide;
            }
            _ => {
                lines.push(word.to_string());
                used = wide;
            }
        }
    }
    lines
}

/// Prints a JSON value on lines of its own, indented.
pub fn json(out: &mut dyn Write, value: &serde_json::Value) -> Result<()> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(std::io::Error::from)?;
    Ok(writeln!(out)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(field: &str, width: u16, grow: bool, rank: u8) -> Column {
        Column {
            field: field.into(),
            label: None,
            width,
            grow,
            rank,
        }
    }

    fn print(look: Look) -> String {
        let columns = [
            column("id", 6, false, 0),
            column("title", 8, true, 0),
            column("owner", 6, false, 2),
        ];
        let heads = ["ID", "Title", "Owner"].map(String::from);
        let rows = [
            ["R-0001", "Card data \x1b[31mexposed", "P-0001"]
                .map(String::from)
                .to_vec(),
            ["R-0002", "支付中断", ""].map(String::from).to_vec(),
        ];
        let mut out = Vec::new();
        table(&mut out, look, &columns, &heads, &rows).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_aligned_and_nothing_is_obeyed() {
        assert_eq!(
            print(Look::default()),
            "ID      Title                   Owner\n\
             R-0001  Card data ␛[31mexposed  P-0001\n\
             R-0002  支付中断\n"
        );
    }

    #[test]
    fn prose_is_wrapped_within_its_column() {
        let rows = [["due", "The earliest day on which something is to be done."]
            .map(String::from)
            .to_vec()];
        let print = |room| {
            let (mut out, look) = (
                Vec::new(),
                Look {
                    width: room,
                    ..Look::default()
                },
            );
            glossary(&mut out, look, &["Field", "Help"], &rows).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            print(None),
            "Field  Help\ndue    The earliest day on which something is to be done.\n"
        );
        assert_eq!(
            print(Some(40)),
            "Field  Help\ndue    The earliest day on which\n       something is to be done.\n"
        );
        assert!(print(Some(25)).contains("\ndue\n    The earliest day on\n"));
    }

    #[test]
    fn on_a_terminal_a_row_fits_its_line() {
        let at = |w| Look {
            width: Some(w),
            ..Look::default()
        };
        assert_eq!(
            print(at(30)),
            "ID      Title           Owner\n\
             R-0001  Card data ␛[3…  P-0001\n\
             R-0002  支付中断\n"
        );
        assert_eq!(print(at(20)), "ID      Title\nR-0001  Card data ␛…\nR-0002  支付中断\n");
    }
}
