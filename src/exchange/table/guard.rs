//! Formulas defused: what a spreadsheet would run gets an apostrophe, and an import takes exactly that away again.

use std::borrow::Cow;

/// Whether a spreadsheet would take a line for a formula, now or after one leading apostrophe is taken away.
fn is_formula(line: &str, first: bool) -> bool {
    let rest = line.trim_start_matches([' ', '\u{a0}', '\'']);
    rest.starts_with(['=', '+', '-', '@', '\t']) || (first && rest.starts_with('\r'))
}

/// The lines of a text, each with its end.
fn lines(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.split_inclusive(['\n', '\r']).enumerate().map(|(i, l)| (i == 0, l))
}

/// Puts an apostrophe before each line that a spreadsheet would take for a formula. [`unguard`] is its exact inverse,
/// also for text that begins with an apostrophe by itself.
pub fn guard(text: &str) -> Cow<'_, str> {
    if !lines(text).any(|(first, line)| is_formula(line, first)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 1);
    for (first, line) in lines(text) {
        if is_formula(line, first) {
            out.push('\'');
        }
        out.push_str(line);
    }
    Cow::Owned(out)
}

/// Takes back what [`guard`], and the exports of other tools, put before formulas.
pub fn unguard(text: &str) -> Cow<'_, str> {
    let guarded = |(first, line): (bool, &str)| line.strip_prefix('\'').is_some_and(|rest| is_formula(rest, first));
    if !text.contains('\'') || !lines(text).any(guarded) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (first, line) in lines(text) {
        match line.strip_prefix('\'') {
            Some(rest) if is_formula(rest, first) => out.push_str(rest),
            _ => out.push_str(line),
        }
    }
    Cow::Owned(out)
}

/// Writes one row of comma separated cells, quoted where needed, ending in a line feed.
pub fn write_row<T: AsRef<str>>(out: &mut String, cells: impl IntoIterator<Item = T>) {
    for (i, cell) in cells.into_iter().enumerate() {
        let cell = cell.as_ref();
        if i > 0 {
            out.push(',');
        }
        let marked = |b: u8| matches!(b, b',' | b';' | b'\t' | b'|' | b'"' | b'\n' | b'\r');
        if cell.bytes().any(marked) || cell.starts_with(' ') || cell.ends_with(' ') {
            out.push('"');
            for (n, part) in cell.split('"').enumerate() {
                if n > 0 {
                    out.push_str("\"\"");
                }
                out.push_str(part);
            }
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push('\n');
}
