//! Text cut into rows and cells. Quotes as in RFC 4180; a quote inside an unquoted cell is a plain character.

use super::super::Error;
use super::super::limits::COLUMNS;
use super::guard::unguard;
use std::borrow::Cow;

/// A cell as it stands in the text, its quotes included.
pub(super) struct Piece {
    from: usize,
    to: usize,
    quoted: bool,
    /// How many line breaks are in it.
    pub breaks: usize,
    /// Nothing follows that would close its quote.
    open: bool,
}

/// The cells of one row.
pub(super) struct Cut<'t> {
    bytes: &'t [u8],
    delimiter: u8,
    /// Where the next cell begins; after the last one, where the next row does.
    pub at: usize,
    over: bool,
}

impl<'t> Cut<'t> {
    pub fn new(text: &'t str, delimiter: u8, at: usize) -> Self {
        Self {
            bytes: text.as_bytes(),
            delimiter,
            at,
            over: false,
        }
    }

    /// The next cell; none after the last one of the row.
    pub fn next(&mut self) -> Option<Piece> {
        if self.over {
            return None;
        }
        let (bytes, from) = (self.bytes, self.at);
        let mut piece = Piece {
            from,
            to: from,
            quoted: bytes.get(from) == Some(&b'"'),
            breaks: 0,
            open: false,
        };
        let mut i = from;
        if piece.quoted {
            i = self.quote(&mut piece);
        }
        let ends = |b: &u8| *b == self.delimiter || matches!(b, b'\n' | b'\r');
        i = bytes[i..].iter().position(ends).map_or(bytes.len(), |n| i + n);
        piece.to = i;
        match bytes.get(i) {
            Some(b) if *b == self.delimiter => self.at = i + 1,
            Some(b'\r') if bytes.get(i + 1) == Some(&b'\n') => (self.at, self.over) = (i + 2, true),
            Some(_) => (self.at, self.over) = (i + 1, true),
            None => (self.at, self.over) = (i, true),
        }
        Some(piece)
    }

    /// Where a quoted part ends.
    fn quote(&self, piece: &mut Piece) -> usize {
        let bytes = self.bytes;
        let mut i = piece.from + 1;
        while let Some(b) = bytes.get(i) {
            match b {
                b'"' if bytes.get(i + 1) == Some(&b'"') => i += 1,
                b'"' => return i + 1,
                b'\n' => piece.breaks += 1,
                _ => {}
            }
            i += 1;
        }
        piece.open = true;
        i
    }

    /// How many lines a row takes that was cut to its end.
    fn broke(&self) -> usize {
        usize::from(self.at > 0 && self.bytes.get(self.at - 1) == Some(&b'\n'))
    }
}

/// What a cell says.
pub(super) fn cell<'t>(text: &'t str, piece: &Piece) -> Cow<'t, str> {
    let raw = &text[piece.from..piece.to];
    if !piece.quoted {
        return unguard(raw);
    }
    let inner = &raw[1..];
    match inner.find('"') {
        Some(at) if at + 1 == inner.len() => unguard(&inner[..at]),
        _ => Cow::Owned(unguard(&unquoted(inner)).into_owned()),
    }
}

/// The text of a cell after its first quote.
fn unquoted(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('"') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                out.push('"');
                rest = after;
            }
            None => break,
        }
    }
    out.push_str(rest);
    out
}

/// A row that was found.
pub(super) struct Found {
    /// Where it begins.
    pub at: usize,
    pub line: usize,
    /// How many cells it has.
    pub cells: usize,
    /// Bytes of its largest cell, its quotes included.
    pub longest: usize,
}

/// Why the text cannot be cut.
pub(super) enum Bad {
    /// A quote that is never closed: its line and its column, counted from 0.
    Open(usize, usize),
    /// More columns than the limit, on this line.
    Wide(usize),
}

impl Bad {
    pub fn error(&self, file: &str, header: &[String]) -> Error {
        match *self {
            Self::Open(line, column) => {
                let name = header.get(column).map(|h| format!(" '{h}'"));
                let column = name.unwrap_or_else(|| format!(" {}", column + 1));
                Error::at(
                    file,
                    line,
                    format!("the quote that opens column{column} is never closed"),
                )
            }
            Self::Wide(line) => Error::at(file, line, format!("there are more than {COLUMNS} columns, the limit")),
        }
    }
}

/// The rows of a text that hold anything: spreadsheets write rows of nothing but delimiters below the last one.
pub(super) struct Rows<'t> {
    text: &'t str,
    delimiter: u8,
    at: usize,
    line: usize,
}

impl<'t> Rows<'t> {
    pub fn new(text: &'t str, delimiter: u8, at: usize, line: usize) -> Self {
        Self {
            text,
            delimiter,
            at,
            line,
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Found, Bad>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.text.len() {
            let mut found = Found {
                at: self.at,
                line: self.line,
                cells: 0,
                longest: 0,
            };
            let mut any = false;
            let mut cut = Cut::new(self.text, self.delimiter, self.at);
            while let Some(piece) = cut.next() {
                let size = piece.to - piece.from;
                // What is never closed swallows the rest; what was meant is the quote.
                if piece.open {
                    self.at = self.text.len();
                    return Some(Err(Bad::Open(self.line, found.cells)));
                }
                found.cells += 1;
                found.longest = found.longest.max(size);
                any |= if piece.quoted { size > 2 } else { size > 0 };
                self.line += piece.breaks;
                if found.cells > COLUMNS {
                    self.at = self.text.len();
                    return Some(Err(Bad::Wide(self.line)));
                }
            }
            self.at = cut.at;
            self.line += cut.broke();
            if any {
                return Some(Ok(found));
            }
        }
        None
    }
}
