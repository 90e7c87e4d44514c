//! Bytes to text: which encoding, and whether it is text at all.

use super::super::Error;
use super::super::limits::{FILE, LINE};
use std::borrow::Cow;

/// Where the table begins in a text.
pub(super) struct Begins {
    pub at: usize,
    /// Its line.
    pub line: usize,
    /// What parts the cells, if the file says so.
    pub delimiter: Option<u8>,
}

/// Bytes to text: a byte order mark decides, else UTF-8 if it is that, else Windows-1252.
///
/// # Errors
/// It is too large, not the encoding that it says, or no text.
pub(super) fn decode(file: &str, bytes: &[u8]) -> Result<(String, Begins), Error> {
    if bytes.len() > FILE {
        let what = format!("the file holds {} bytes; the limit is {FILE}", bytes.len());
        return Err(Error::file(file, what));
    }
    let text = text(file, bytes)?.into_owned();
    if text.len() > FILE {
        let what = format!("the file holds {} bytes as UTF-8; the limit is {FILE}", text.len());
        return Err(Error::file(file, what));
    }
    let mut begins = Begins {
        at: 0,
        line: 1,
        delimiter: None,
    };
    // Spreadsheets write the delimiter into a first line of its own.
    let first = text.lines().next().unwrap_or_default();
    if let Some([d]) = first.strip_prefix("sep=").map(str::as_bytes)
        && !matches!(d, b'"')
    {
        begins = Begins {
            at: text.find('\n').map_or(text.len(), |at| at + 1),
            line: 2,
            delimiter: Some(*d),
        };
    }
    for (i, line) in text.split('\n').enumerate() {
        if line.len() > LINE {
            let what = format!("the line holds {} bytes; the limit is {LINE}", line.len());
            return Err(Error::at(file, i + 1, what));
        }
        if line.contains('\0') {
            return Err(Error::at(file, i + 1, "there is a zero byte; this is not a text file"));
        }
    }
    Ok((text, begins))
}

/// The text of a file, whatever its encoding.
///
/// # Errors
/// It is not what its byte order mark says.
pub(in crate::exchange) fn text<'b>(file: &str, bytes: &'b [u8]) -> Result<Cow<'b, str>, Error> {
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, skip)) => {
            let (text, bad) = encoding.decode_without_bom_handling(&bytes[skip..]);
            if bad {
                let what = format!("the file says that it is {}, but it is not", encoding.name());
                return Err(Error::file(file, what));
            }
            Ok(text)
        }
        None => Ok(match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
        }),
    }
}
