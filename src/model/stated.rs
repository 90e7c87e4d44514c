//! What an export said of a record's making when it came back: when, in whose name, by whose hand. It is kept with the
//! record and shown as stated. Proved is only what the ledger of this store saw itself.

use super::calendar;
use super::codec;
use super::record::{Id, Record, Stamp};
use super::world::World;
use serde_json::{Map, Value as Json, json};

/// The name under which it stands beside a record's fields; no field may have it.
pub const NAME: &str = "stated";

/// One deed, as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Milliseconds since 1970, UTC.
    pub time: i64,
    /// The person in whose name it was done.
    pub actor: Id,
    /// The person who sat at the keyboard.
    pub by: Id,
}

/// What is told of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Its making.
    pub created: Deed,
    /// Its last change.
    pub changed: Deed,
}

/// What came with a record when it was brought back.
pub fn of(record: &Record) -> Option<Stated> {
    let (_, text) = record.unknown.iter().find(|(name, _)| name == NAME)?;
    let json: Json = serde_json::from_str(text).ok()?;
    Some(Stated {
        created: Deed::read(json.get("created")?)?,
        changed: Deed::read(json.get("changed")?)?,
    })
}

/// What an export tells of a record: what was stated to this store, and what this store saw since. `None` if nobody
/// knows.
pub fn told(record: &Record) -> Option<Stated> {
    let meta = record.meta.as_deref();
    let Some(came) = of(record) else {
        return meta.map(|m| Stated {
            created: Deed::of(&m.created),
            changed: Deed::of(&m.changed),
        });
    };
    let since = meta.filter(|m| m.changed.seq != m.created.seq);
    Some(Stated {
        changed: since.map_or(came.changed, |m| Deed::of(&m.changed)),
        created: came.created,
    })
}

impl Stated {
    /// The sentence for people: it is not proved.
    pub fn words(&self, w: &World) -> String {
        format!(
            "stated, not proved: created {}, last changed {}",
            self.created.words(w),
            self.changed.words(w)
        )
    }

    /// As it stands in an export.
    pub fn json(&self) -> Json {
        json!({"created": self.created.json(), "changed": self.changed.json()})
    }
}

impl Deed {
    fn words(&self, w: &World) -> String {
        let mut text = format!(
            "{} by {}",
            calendar::show_moment(self.time),
            codec::name(w, &self.actor)
        );
        if self.by != self.actor {
            text.push_str(&format!(" (at the keyboard: {})", codec::name(w, &self.by)));
        }
        text
    }

    fn of(stamp: &Stamp) -> Self {
        Self {
            time: stamp.time,
            actor: stamp.actor.clone(),
            by: stamp.by.clone(),
        }
    }

    fn json(&self) -> Json {
        let mut map = Map::new();
        map.insert("time".into(), json!(calendar::show_time(self.time)));
        map.insert("actor".into(), json!(self.actor.as_str()));
        if self.by != self.actor {
            map.insert("by".into(), json!(self.by.as_str()));
        }
        Json::Object(map)
    }

    fn read(json: &Json) -> Option<Self> {
        let word = |name: &str| json.get(name)?.as_str();
        let actor = Id::from(word("actor")?);
        Some(Self {
            time: word("time")?.parse::<jiff::Timestamp>().ok()?.as_millisecond(),
            by: word("by").map_or_else(|| actor.clone(), Id::from),
            actor,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Meta;
    use std::sync::Arc;

    fn stamp(seq: u64, actor: &str, by: &str) -> Stamp {
        let time = 1_700_000_000_123 + i64::try_from(seq).unwrap();
        let (actor, by) = (Id::from(actor), Id::from(by));
        Stamp { seq, time, actor, by }
    }

    fn known(record: &mut Record, created: Stamp, changed: Stamp) {
        let entered = Vec::new();
        record.meta = Some(Arc::new(Meta {
            created,
            changed,
            entered,
            versions: 1,
        }));
    }

    #[test]
    fn what_was_stated_stays_until_this_store_saw_more() {
        let mut first = Record::new(Id::from("R-0001"));
        assert_eq!(told(&first), None);
        known(&mut first, stamp(1, "P-0001", "P-0001"), stamp(5, "P-0002", "P-0003"));
        let out = told(&first).unwrap();
        assert_eq!(
            (out.created.actor.as_str(), out.changed.by.as_str()),
            ("P-0001", "P-0003")
        );

        let mut back = Record::new(Id::from("R-0001"));
        back.unknown.push((NAME.into(), out.json().to_string()));
        known(&mut back, stamp(1, "P-0009", "P-0009"), stamp(1, "P-0009", "P-0009"));
        assert_eq!(told(&back).as_ref(), Some(&out), "nothing was seen here but its coming");
        known(&mut back, stamp(1, "P-0009", "P-0009"), stamp(7, "P-0004", "P-0004"));
        let later = told(&back).unwrap();
        assert_eq!((&later.created, later.changed.actor.as_str()), (&out.created, "P-0004"));

        back.unknown[0].1 = "\"yesterday\"".into();
        assert_eq!(of(&back), None, "what cannot be read states nothing");
    }
}
