//! Values: what a field holds. One enum for all field types, because the store, the diff and the merge treat them
//! alike; what a text means for a field is `codec.rs`.

use super::kind::Tag;
use super::record::Id;
use serde::{Deserialize, Serialize};

/// A value. Variants are only ever added at the end: their order is part of the stored form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Line, text, choice (its id) and scale (the level's id, or a label that the scale does not know, as given).
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Decimal, percent (0..1), duration (hours). Never NaN or infinite.
    Num(f64),
    /// Minor units and ISO 4217 currency.
    Money(i64, [u8; 3]),
    /// Days since 1970-01-01.
    Date(i32),
    /// Milliseconds since 1970-01-01, UTC.
    Time(i64),
    /// A distribution; rare and large, so apart.
    Range(Box<Range>),
    /// Words, sorted, each once.
    Tags(Vec<String>),
    /// One link.
    Link(Id),
    /// Several links, sorted by id, each once.
    Links(Vec<Link>),
    /// Rows in the order of the person.
    Rows(Vec<Row>),
    /// A file by its hash; rare and large, so apart.
    File(Box<FileRef>),
}

/// One of several links, with its attributes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Where it leads.
    pub to: Id,
    /// Attributes by tag, ascending.
    pub attributes: Vec<(Tag, Value)>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its id within the field, never used again; merging goes by it.
    pub id: u32,
    /// Cells by tag, ascending.
    pub cells: Vec<(Tag, Value)>,
}

/// A file kept beside the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// What it was called.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Its size in bytes.
    pub size: u64,
}

/// A distribution given by a few numbers; units are the field's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Range {
    /// One number.
    Constant(f64),
    /// Smallest and largest.
    Uniform(f64, f64),
    /// Smallest, most likely, largest.
    Triangular(f64, f64, f64),
    /// Smallest, most likely, largest, with shape 4.
    Pert(f64, f64, f64),
    /// 5 % and 95 % quantile of a lognormal, both above 0.
    Lognormal(f64, f64),
    /// 5 % and 95 % quantile of a normal, cut at 0.
    Normal(f64, f64),
}

impl Value {
    /// The text of a text-like value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(s) => Some(s),
            _ => None,
        }
    }

    /// The days of a date.
    pub fn as_date(&self) -> Option<i32> {
        match self {
            Self::Date(d) => Some(*d),
            _ => None,
        }
    }

    /// The rows of rows.
    pub fn as_rows(&self) -> &[Row] {
        match self {
            Self::Rows(r) => r,
            _ => &[],
        }
    }

    /// The tags of tags.
    pub fn as_tags(&self) -> &[String] {
        match self {
            Self::Tags(t) => t,
            _ => &[],
        }
    }

    /// The ids of a link or links, and of link cells in rows.
    pub fn ids(&self) -> Box<dyn Iterator<Item = &Id> + '_> {
        match self {
            Self::Link(id) => Box::new(std::iter::once(id)),
            Self::Links(l) => Box::new(l.iter().map(|l| &l.to)),
            Self::Rows(rows) => Box::new(rows.iter().flat_map(|r| r.cells.iter()).flat_map(|(_, v)| v.ids())),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// The files in it, also those in the cells of rows and links.
    pub fn files(&self) -> Box<dyn Iterator<Item = &FileRef> + '_> {
        match self {
            Self::File(f) => Box::new(std::iter::once(f.as_ref())),
            Self::Rows(rows) => Box::new(rows.iter().flat_map(|r| r.cells.iter()).flat_map(|(_, v)| v.files())),
            Self::Links(links) => Box::new(
                links
                    .iter()
                    .flat_map(|l| l.attributes.iter())
                    .flat_map(|(_, v)| v.files()),
            ),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// Whether there is nothing in it: clearing and setting to this are the same.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(s) => s.is_empty(),
            Self::Tags(t) => t.is_empty(),
            Self::Links(l) => l.is_empty(),
            Self::Rows(r) => r.is_empty(),
            _ => false,
        }
    }
}
