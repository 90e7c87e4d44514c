//! A record: an id, a state and tagged values; and what is known of its making.

use super::kind::{RETIRED, STATE, TITLE, Tag};
use super::value::Value;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// The id of a record: the prefix of its kind and a number of at least four digits, `R-0001`, or for a few kinds a
/// word. Ids sort by prefix, then by number, and are never used again. A clone shares the text.
#[derive(Clone)]
pub struct Id(Arc<Parts>);

/// An id taken apart, because ids are compared far more often than made.
struct Parts {
    text: Text,
    /// The number behind the prefix; 0 if there is none.
    number: u64,
    is_numbered: bool,
    /// Where the prefix ends.
    cut: u32,
}

/// The most bytes of a short text.
const SHORT: usize = 22;

/// The text of an id: nearly every one is short, and then needs no room of its own.
enum Text {
    /// Its length, and its bytes in front.
    Short(u8, [u8; SHORT]),
    Long(Box<str>),
}

impl Text {
    fn of(text: &str) -> Self {
        let mut short = [0; SHORT];
        match (short.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(room), Ok(len)) => {
                room.copy_from_slice(text.as_bytes());
                Self::Short(len, short)
            }
            _ => Self::Long(text.into()),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Short(len, bytes) => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Self::Long(text) => text.as_bytes(),
        }
    }
}

impl Id {
    fn of(text: &str, cut: usize, number: Option<u64>) -> Self {
        Self(Arc::new(Parts {
            text: Text::of(text),
            number: number.unwrap_or(0),
            is_numbered: number.is_some(),
            cut: u32::try_from(cut).unwrap_or(u32::MAX),
        }))
    }

    /// The id of the `n`-th record of a kind.
    pub fn numbered(prefix: &str, n: u64) -> Self {
        Self::of(&format!("{prefix}-{n:04}"), prefix.len(), Some(n))
    }

    /// Stands for the `n`-th record that the same draft creates; the door replaces it by the real id.
    pub fn local(n: usize) -> Self {
        Self::from(format!("new:{n}"))
    }

    /// The number of a local id.
    pub fn as_local(&self) -> Option<usize> {
        self.as_str().strip_prefix("new:")?.parse().ok()
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        match &self.0.text {
            // They were copied from text.
            short @ Text::Short(..) => std::str::from_utf8(short.bytes()).unwrap_or_default(),
            Text::Long(text) => text,
        }
    }

    /// What stands before the first hyphen.
    pub fn prefix(&self) -> &str {
        let text = self.as_str();
        text.get(..self.0.cut as usize).unwrap_or(text)
    }

    /// The number behind the prefix, if there is one.
    pub fn number(&self) -> Option<u64> {
        self.0.is_numbered.then_some(self.0.number)
    }

    /// Reads an id as a person types it: `r-7`, `R7` and `R-0007` are the same. `None` if it has not the form of one.
    pub fn typed(text: &str) -> Option<Self> {
        let t = text.trim().to_uppercase();
        let cut = t.find(|c: char| c == '-' || c.is_ascii_digit())?;
        let (prefix, rest) = t.split_at(cut);
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        if prefix.is_empty() || rest.is_empty() || !prefix.chars().all(|c| c.is_ascii_alphabetic()) {
            return None;
        }
        match rest.parse::<u64>() {
            Ok(n) if rest.chars().all(|c| c.is_ascii_digit()) => Some(Self::numbered(prefix, n)),
            _ if t.contains('-') && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) => {
                Some(Self::from(format!("{prefix}-{rest}")))
            }
            _ => None,
        }
    }
}

impl From<&str> for Id {
    fn from(s: &str) -> Self {
        let number = s.split_once('-').and_then(|(_, n)| n.parse().ok());
        Self::of(s, s.find('-').unwrap_or(s.len()), number)
    }
}
impl From<String> for Id {
    fn from(s: String) -> Self {
        Self::from(s.as_str())
    }
}
impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.as_str().to_string()
    }
}
impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.as_str())
    }
}
impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id")
            }
            fn visit_str<E>(self, text: &str) -> Result<Id, E> {
                Ok(Id::from(text))
            }
        }
        deserializer.deserialize_str(Text)
    }
}
impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&*self.0, &*other.0);
        std::ptr::eq(a, b) || (a.number == b.number && a.text.bytes() == b.text.bytes())
    }
}
impl Eq for Id {}
impl std::hash::Hash for Id {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.text.bytes().hash(state);
    }
}
impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (&*self.0, &*other.0);
        let (x, y) = (a.text.bytes(), b.text.bytes());
        let prefix = |text: &'_ [u8], cut: u32| text.len().min(cut as usize);
        x[..prefix(x, a.cut)]
            .cmp(&y[..prefix(y, b.cut)])
            .then_with(|| match (self.number(), other.number()) {
                (Some(a), Some(b)) => a.cmp(&b),
                (None, None) => natural(x, y),
                (a, b) => a.cmp(&b),
            })
            .then_with(|| x.cmp(y))
    }
}

/// The order of two texts in which digits that stand together count as a number: `A.5.2` before `A.5.10`.
fn natural(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        let digits = |t: &[u8]| t.iter().take_while(|c| c.is_ascii_digit()).count();
        match (digits(a), digits(b)) {
            (n, m) if n > 0 && m > 0 => {
                let (x, y) = (&a[..n], &b[..m]);
                let zeros = |t: &[u8]| t.iter().take_while(|c| **c == b'0').count();
                let (x, y) = (&x[zeros(x)..], &y[zeros(y)..]);
                let order = x.len().cmp(&y.len()).then_with(|| x.cmp(y));
                if order.is_ne() {
                    return order;
                }
                (a, b) = (&a[n..], &b[m..]);
            }
            _ => match (a.split_first(), b.split_first()) {
                (Some((x, rest)), Some((y, other))) if x == y => (a, b) = (rest, other),
                (x, y) => return x.map(|x| x.0).cmp(&y.map(|y| y.0)),
            },
        }
    }
}
impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// When something was done, by whom, in which commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The commit.
    pub seq: u64,
    /// Milliseconds since 1970, UTC.
    pub time: i64,
    /// The person in whose name it was done.
    pub actor: Id,
    /// The person who sat at the keyboard; the same unless somebody acted as another.
    pub by: Id,
}

/// What the ledger knows of a record besides its content. Follows from the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// When it was created.
    pub created: Stamp,
    /// When it was last changed.
    pub changed: Stamp,
    /// Who last moved it into each state in which it has been.
    pub entered: Vec<(String, Stamp)>,
    /// How many versions of its content there are.
    pub versions: u32,
}

/// A record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its id.
    pub id: Id,
    /// Its values by tag, ascending; the state is among them.
    pub values: Vec<(Tag, Value)>,
    /// Values under names that this program does not know, kept and written back: name and JSON text.
    pub unknown: Vec<(String, String)>,
    /// When and by whom; a record that was never committed has none.
    pub meta: Option<Arc<Meta>>,
}

impl Record {
    /// An empty record.
    pub fn new(id: Id) -> Self {
        Self {
            id,
            values: Vec::new(),
            unknown: Vec::new(),
            meta: None,
        }
    }

    /// The value under a tag.
    pub fn get(&self, tag: Tag) -> Option<&Value> {
        self.values
            .binary_search_by_key(&tag, |v| v.0)
            .ok()
            .map(|i| &self.values[i].1)
    }

    /// Sets or, with `None`, clears the value under a tag.
    pub fn set(&mut self, tag: Tag, value: Option<Value>) {
        match (self.values.binary_search_by_key(&tag, |v| v.0), value) {
            (Ok(i), Some(v)) => self.values[i].1 = v,
            (Ok(i), None) => {
                self.values.remove(i);
            }
            (Err(i), Some(v)) => self.values.insert(i, (tag, v)),
            (Err(_), None) => {}
        }
    }

    /// The text under a tag, or nothing.
    pub fn text(&self, tag: Tag) -> &str {
        self.get(tag).and_then(Value::as_text).unwrap_or("")
    }

    /// The title.
    pub fn title(&self) -> &str {
        self.text(TITLE)
    }

    /// The state.
    pub fn state(&self) -> &str {
        self.text(STATE)
    }

    /// Whether it was put away.
    pub fn is_retired(&self) -> bool {
        self.state() == RETIRED
    }

    /// The records that it links to, with the tag of the link.
    pub fn links(&self) -> impl Iterator<Item = (Tag, &Id)> {
        self.values
            .iter()
            .flat_map(|(tag, v)| v.ids().map(move |id| (*tag, id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At 100,000 records every word here is 0.8 MB.
    #[test]
    fn records_are_small() {
        assert_eq!(size_of::<Id>(), 8);
        assert_eq!(size_of::<Parts>(), 40);
        assert_eq!(size_of::<Record>(), 64);
        assert!(size_of::<(Tag, Value)>() <= 40);
    }

    #[test]
    fn ids_with_long_prefixes_stand_in_the_order_of_their_prefixes() {
        let mut ids = [
            "ABCDEFGHIJ-1",
            "ABCDEFGH-2",
            "ABCDEFGHIA-3",
            "ABCDEFG-4",
            "A\0-5",
            "A-6",
            "-7",
            "",
        ]
        .map(Id::from);
        ids.sort();
        let sorted: Vec<&str> = ids.iter().map(Id::as_str).collect();
        let want = [
            "",
            "-7",
            "A-6",
            "A\0-5",
            "ABCDEFG-4",
            "ABCDEFGH-2",
            "ABCDEFGHIA-3",
            "ABCDEFGHIJ-1",
        ];
        assert_eq!(sorted, want);
        let long = Id::from("ABCDEFGHIJ-KLMNOPQRSTUVWXYZ-ä");
        assert_eq!(
            (long.as_str(), long.prefix()),
            ("ABCDEFGHIJ-KLMNOPQRSTUVWXYZ-ä", "ABCDEFGHIJ")
        );
    }

    #[test]
    fn ids_stand_as_a_person_counts() {
        let mut ids: Vec<Id> = [
            "SA-27001-A.5.10",
            "SA-27001-A.5.2",
            "SA-27001-A.10.1",
            "SA-27001-A.5.2.1",
            "SA-1-B",
        ]
        .map(Id::from)
        .to_vec();
        ids.extend([Id::numbered("R", 10_000), Id::numbered("R", 9_999)]);
        ids.sort();
        let sorted: Vec<&str> = ids.iter().map(Id::as_str).collect();
        let want = [
            "R-9999",
            "R-10000",
            "SA-1-B",
            "SA-27001-A.5.2",
            "SA-27001-A.5.2.1",
            "SA-27001-A.5.10",
            "SA-27001-A.10.1",
        ];
        assert_eq!(sorted, want);
        assert_eq!(natural(b"a007", b"a7"), Ordering::Equal);
        assert!(Id::from("X-a007") < Id::from("X-a7"));
        assert_eq!(Id::typed("sa-27001-a.5.2"), Some(Id::from("SA-27001-A.5.2")));
        assert_eq!(Id::typed(" sa27001-a.5.2"), Some(Id::from("SA-27001-A.5.2")));
    }
}
