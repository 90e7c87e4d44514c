//! How large a file may be that somebody hands us. Limits come before anything else is done with it: whoever sends a
//! file must not be able to fill the memory or to keep the program busy.

/// The largest file that is read, in bytes.
pub const FILE: usize = 256 << 20;
/// The longest line of text, in bytes.
pub const LINE: usize = 1 << 20;
/// The largest cell, in bytes.
pub const CELL: usize = 64 << 10;
/// The most rows.
pub const ROWS: usize = 1_000_000;
/// The most columns.
pub const COLUMNS: usize = 1_000;
/// The deepest nesting of JSON and of XML.
pub const DEPTH: usize = 64;
/// The most attributes of an XML element.
pub const ATTRIBUTES: usize = 256;
/// The most parts of a spreadsheet or another archive.
pub const PARTS: usize = 2_000;
/// The largest part of an archive once it is unpacked, in bytes.
pub const PART: u64 = 32 << 20;
/// An archive once it is unpacked, in bytes.
pub const UNPACKED: u64 = 64 << 20;
/// How many times larger than its packed bytes a part may be; small parts are let off.
pub const RATIO: u64 = 200;
/// The most cells of a sheet.
pub const CELLS: usize = 1_000_000;
