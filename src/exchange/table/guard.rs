//! Formulas defused: what a spreadsheet would run gets an apostrophe, and an import takes exactly that away again.

use memchr::memchr2;
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
    let several = memchr2(b'\n', b'\r', text.as_bytes()).is_some();
    let any = match several {
        true => lines(text).any(|(first, line)| is_formula(line, first)),
        false => is_formula(text, true),
    };
    if !any {
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

/// Which bytes in a cell ask for quotes.
static MARKED: [bool; 256] = {
    let (mut marked, mut i) = ([false; 256], 0);
    while i < MARKS.len() {
        marked[MARKS[i] as usize] = true;
        i += 1;
    }
    marked
};
const MARKS: &[u8] = b",;\t|\"\n\r";

/// Writes one row of comma separated cells, quoted where needed, ending in a line feed.
pub fn write_row<T: AsRef<str>>(out: &mut String, cells: impl IntoIterator<Item = T>) {
    for (i, cell) in cells.into_iter().enumerate() {
        let cell = cell.as_ref();
        if i > 0 {
            out.push(',');
        }
        if cell.bytes().any(|b| MARKED[usize::from(b)]) || cell.starts_with(' ') || cell.ends_with(' ') {
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
