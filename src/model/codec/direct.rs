//! A record straight out of the text of its content, without a tree of JSON in between: that tree is most of the work of
//! reading a store, and nearly every record says only what fits its fields. What is otherwise is an error here and left
//! to [`record_from_json`](super::record_from_json), which tells apart what does not fit.

use super::json::{from_json, id, knows, tagged, worded};
use super::many;
use crate::model::kind::{Field, FieldType, Kind, STATE};
use crate::model::record::{Id, Record};
use crate::model::value::{Link, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use std::fmt;

/// Reads the content of a record of a kind. What it makes is what `record_from_json` makes of the same text; it makes
/// nothing of a text in which a value is null, does not fit its field or says what is not known inside a row or a link,
/// or in which an unknown name stands twice.
pub struct Content<'k> {
    /// The record's kind.
    pub kind: &'k Kind,
    /// The record's id.
    pub id: Id,
}

impl<'de> DeserializeSeed<'de> for Content<'_> {
    type Value = Record;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Record, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Content<'_> {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the content of a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let fields = &self.kind.fields;
        let mut record = Record::new(self.id);
        let mut next = 0;
        while let Some(name) = map.next_key_seed(Said(|name: &str| Some(Name::of(name, fields, next))))? {
            match name {
                Name::State => {
                    let state = map.next_value_seed(Said(|t: &str| Some(Value::Text(t.to_owned()))))?;
                    record.set(STATE, Some(state));
                }
                Name::Field(at) => {
                    next = at + 1;
                    let field = &fields[at];
                    let value = value(field, &mut map)?;
                    record.set(field.tag, (!value.is_empty()).then_some(value));
                }
                Name::Unknown(name) => {
                    let json: Json = map.next_value()?;
                    if json.is_null() || record.unknown.iter().any(|(n, _)| *n == name) {
                        return Err(misfit());
                    }
                    record.unknown.push((name, json.to_string()));
                }
            }
        }
        Ok(record)
    }
}

/// What a name of the content stands for.
enum Name {
    State,
    /// The field at this place.
    Field(usize),
    Unknown(String),
}

impl Name {
    /// Names stand in the order of the fields: the one sought is mostly the `next` one, or one soon behind it.
    fn of(name: &str, fields: &[Field], next: usize) -> Self {
        if name == "state" {
            return Self::State;
        }
        let (before, behind) = fields.split_at(next.min(fields.len()));
        let find = |fields: &[Field]| fields.iter().position(|f| f.name == name);
        match find(behind).map(|at| before.len() + at).or_else(|| find(before)) {
            Some(at) if fields[at].tag != STATE => Self::Field(at),
            _ => Self::Unknown(name.to_owned()),
        }
    }
}

fn value<'de, A: MapAccess<'de>>(field: &Field, map: &mut A) -> Result<Value, A::Error> {
    use FieldType as T;
    match field.kind {
        T::Line | T::Text | T::Choice | T::Scale | T::Money | T::Date | T::Time | T::Link => {
            map.next_value_seed(Said(|text: &str| worded(field.kind, text).ok()))
        }
        T::Bool => map.next_value().map(Value::Bool),
        T::Integer => map.next_value().map(Value::Int),
        T::Decimal | T::Percent | T::Duration => {
            let n: f64 = map.next_value()?;
            n.is_finite().then_some(Value::Num(n)).ok_or_else(misfit)
        }
        T::Tags => map.next_value_seed(All(|tag: &str| Some(tag.to_owned()))).map(tagged),
        T::Links if field.fields.is_empty() => {
            let link = |to: &str| {
                let (to, attributes) = (id(to)?, Vec::new());
                Some(Link { to, attributes })
            };
            let links = map.next_value_seed(All(link))?;
            Ok(Value::Links(many::sorted(links)))
        }
        T::Range | T::Links | T::Rows | T::File => {
            let json: Json = map.next_value()?;
            let value = knows(field, &json).then(|| from_json(field, &json).ok());
            value.flatten().ok_or_else(misfit)
        }
    }
}

fn misfit<E: Error>() -> E {
    E::custom("this needs a closer look")
}

/// What is made of a text; `None` is an error.
pub struct Said<F>(pub F);

impl<'de, R, F: FnOnce(&str) -> Option<R>> DeserializeSeed<'de> for Said<F> {
    type Value = R;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<R, D::Error> {
        from.deserialize_str(self)
    }
}

impl<R, F: FnOnce(&str) -> Option<R>> Visitor<'_> for Said<F> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<R, E> {
        (self.0)(text).ok_or_else(misfit)
    }
}

/// What is made of each of several texts.
struct All<F>(F);

impl<'de, R, F: Fn(&str) -> Option<R>> DeserializeSeed<'de> for All<F> {
    type Value = Vec<R>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<R>, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, R, F: Fn(&str) -> Option<R>> Visitor<'de> for All<F> {
    type Value = Vec<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("texts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<R>, A::Error> {
        let mut all = Vec::new();
        while let Some(made) = seq.next_element_seed(Said(&self.0))? {
            all.push(made);
        }
        Ok(all)
    }
}
