//! Whether an archive may be read at all: how many parts it has, how large they are once unpacked (as they say, and as
//! they are), and whether what they hold is plain XML of a bearable shape. Nothing is kept of what is unpacked here.

use super::super::Error;
use super::super::limits::{ATTRIBUTES, CELLS, DEPTH, PART, PARTS, RATIO, UNPACKED};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufRead, BufReader, Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// Parts so small may be packed as tightly as they like.
const SMALL: u64 = 1 << 20;
/// Most elements of an archive that are not those of cells and texts: styles, names, relations.
const MARKS: usize = 250_000;

/// Measures an archive.
///
/// # Errors
/// Names the file, the part and the limit.
pub(super) fn check(file: &str, bytes: &[u8]) -> Result<(), Error> {
    let wrong = |what: String| Error::file(file, what);
    if bytes.len() as u64 > UNPACKED {
        return Err(wrong(format!(
            "it holds more than {} MiB, the limit of a spreadsheet",
            UNPACKED >> 20
        )));
    }
    // The list of parts is read as a whole: it must not be long.
    let listed = bytes.windows(4).filter(|w| *w == b"PK\x01\x02").count();
    if listed > PARTS {
        return Err(wrong(format!("it has {listed} parts; the limit is {PARTS}")));
    }
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| wrong(damaged(&e)))?;
    if zip.len() > PARTS {
        return Err(wrong(format!("it has {} parts; the limit is {PARTS}", zip.len())));
    }
    let mut shape = Shape::default();
    let mut total = 0;
    for i in 0..zip.len() {
        let part = zip.by_index(i).map_err(|e| wrong(damaged(&e)))?;
        let name = part.name().map_err(|e| wrong(damaged(&e)))?.into_owned();
        let at = |what: String| Error::file(file, format!("part '{name}' {what}"));
        let (says, packed) = (part.size(), part.compressed_size());
        if says > PART {
            return Err(at(format!("holds {says} bytes once unpacked; the limit is {PART}")));
        }
        let mut counted = Counted {
            inner: part,
            left: PART + 1,
            count: 0,
        };
        let bound = (packed.max(1).saturating_mul(RATIO)).max(SMALL);
        let read = shape.part(&name, &mut BufReader::new(&mut counted), bound);
        let count = counted.count;
        total += count;
        if count > PART {
            return Err(at(format!("holds more than {PART} bytes once unpacked, the limit")));
        }
        if total > UNPACKED {
            return Err(wrong(format!(
                "it holds more than {} MiB once unpacked, the limit",
                UNPACKED >> 20
            )));
        }
        if count > bound {
            return Err(at(format!("unpacks to more than {RATIO} times its size, the limit")));
        }
        read.map_err(at)?;
    }
    Ok(())
}

/// Why an archive cannot be read.
fn damaged(e: &ZipError) -> String {
    match e {
        ZipError::UnsupportedArchive(why) if why.contains("assword") => {
            "it is locked with a password; save it without one".to_string()
        }
        e => format!("this is no spreadsheet, or it is damaged: {e}"),
    }
}

/// Counts what is unpacked, and stops where it is too much.
struct Counted<R> {
    inner: R,
    left: u64,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buf.len());
        let n = self.inner.read(&mut buf[..most])?;
        self.left -= n as u64;
        self.count += n as u64;
        Ok(n)
    }
}

/// What was counted over all parts.
#[derive(Default)]
struct Shape {
    cells: usize,
    marks: usize,
}

impl Shape {
    /// Reads a part to its end, but not much further than `bound`: as XML if it is that.
    fn part(&mut self, name: &str, from: &mut impl BufRead, bound: u64) -> Result<(), String> {
        let unread = |e: std::io::Error| format!("cannot be unpacked: {e}");
        let mut from = from.take(bound + 1);
        let begin = from.fill_buf().map_err(unread)?;
        let first = begin
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(begin)
            .trim_ascii_start()
            .first();
        let named = name.ends_with(".xml") || name.ends_with(".rels");
        if begin.starts_with(b"\xff\xfe") || begin.starts_with(b"\xfe\xff") {
            if named {
                return Err("is not UTF-8".to_string());
            }
        } else if named || first == Some(&b'<') {
            self.xml(Reader::from_reader(&mut from))?;
        }
        std::io::copy(&mut from, &mut std::io::sink()).map_err(unread)?;
        Ok(())
    }

    fn xml(&mut self, mut xml: Reader<impl BufRead>) -> Result<(), String> {
        let (mut buf, mut depth) = (Vec::new(), 0_usize);
        loop {
            buf.clear();
            match xml.read_event_into(&mut buf) {
                Ok(Event::Start(e)) => {
                    depth += 1;
                    if depth > DEPTH {
                        return Err(format!("is nested deeper than {DEPTH} levels, the limit"));
                    }
                    self.element(&e)?;
                }
                Ok(Event::Empty(e)) => self.element(&e)?,
                Ok(Event::End(_)) => depth = depth.saturating_sub(1),
                Ok(Event::DocType(_)) => {
                    return Err("declares a document type, which no spreadsheet needs; it is refused".to_string());
                }
                Ok(Event::Eof) => return Ok(()),
                Ok(_) => {}
                Err(e) => return Err(format!("is damaged at byte {}: {e}", xml.error_position())),
            }
        }
    }

    fn element(&mut self, e: &BytesStart) -> Result<(), String> {
        let mut attributes = 0;
        for attribute in e.attributes().with_checks(false) {
            attributes += 1;
            if attributes > ATTRIBUTES {
                return Err(format!(
                    "has an element with more than {ATTRIBUTES} attributes, the limit"
                ));
            }
            let attribute = attribute.map_err(|e| format!("has an attribute that cannot be read: {e}"))?;
            // Readers make room for as many as are announced.
            let announced = attribute.key.as_ref() == "uniqueCount";
            if announced && attribute.value.trim().parse::<u64>().is_ok_and(|n| n > CELLS as u64) {
                return Err(format!("announces more than {CELLS} texts, the limit"));
            }
        }
        match e.local_name().as_ref() {
            "c" | "si" => self.cells += 1,
            "v" | "row" | "t" | "f" | "is" | "r" => {}
            _ => self.marks += 1,
        }
        if self.cells > 2 * CELLS {
            return Err(format!("brings it to more than {CELLS} cells, the limit"));
        }
        if self.marks > MARKS {
            return Err(format!(
                "brings it to more than {MARKS} elements besides cells and texts, the limit"
            ));
        }
        Ok(())
    }
}
