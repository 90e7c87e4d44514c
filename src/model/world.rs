//! The records seen from somewhere: with the kinds, on a day, by a person. What codecs, queries, rules and screens
//! are given to work with.

use super::derive;
use super::kind::{Catalogue, Derivation, Derived, Field, FieldType, Kind, KindIx, Method, STATE, Scale};
use super::record::{Id, Record};
use super::state::State;
use super::value::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// The method that counts where neither the record nor the organisation names one.
pub const DEFAULT_METHOD: &str = "iso27005-5x5";

/// The records, the kinds, the day and the person.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The kinds.
    pub catalogue: &'a Catalogue,
    /// The records.
    pub state: &'a State,
    /// Today, where the person is: days since 1970.
    pub today: i32,
    /// Now: milliseconds since 1970, UTC.
    pub now: i64,
    /// Who looks: `me` in queries.
    pub me: &'a Id,
}

impl<'a> World<'a> {
    /// The record with this id.
    pub fn find(&self, id: &Id) -> Option<&'a Arc<Record>> {
        self.state.find(self.catalogue, id)
    }

    /// The kind of a record.
    pub fn kind(&self, id: &Id) -> Option<&'a Kind> {
        Some(&self.catalogue.kinds[self.catalogue.kind_of(id)?])
    }

    /// The records of a kind, by its name, that are not retired.
    pub fn live(&self, kind: &str) -> impl Iterator<Item = &'a Arc<Record>> + use<'a> {
        let state = self.state;
        self.catalogue
            .index_of(kind)
            .into_iter()
            .flat_map(move |k| state.live(k))
    }

    /// The organisation.
    pub fn organisation(&self) -> Option<&'a Arc<Record>> {
        self.live("organisation").next()
    }

    /// A text of the organisation, by field name.
    fn of_organisation(&self, field: &str) -> Option<&'a str> {
        let kind = self.catalogue.kind("organisation")?;
        let tag = kind.field(field)?.tag;
        let text = self.organisation()?.text(tag);
        (!text.is_empty()).then_some(text)
    }

    /// The organisation's currency, ISO 4217; EUR where none is named.
    pub fn currency(&self) -> [u8; 3] {
        let text = self.of_organisation("currency").unwrap_or("EUR");
        text.as_bytes().try_into().unwrap_or(*b"EUR")
    }

    /// The method by which a record is assessed: its own, else that of the criteria in force for it, else the one that
    /// the organisation names, else the default.
    pub fn method(&self, kind: &Kind, record: Option<&Record>) -> Option<&'a Method> {
        let own = kind
            .field("method")
            .and_then(|f| record.map(|r| r.text(f.tag)))
            .filter(|m| !m.is_empty());
        let of_criteria = || {
            let criteria = self.criteria(kind, record)?;
            let model = self.kind(&criteria.id)?.field("model")?.tag;
            Some(criteria.text(model)).filter(|m| !m.is_empty())
        };
        let id = own.or_else(of_criteria).or_else(|| self.of_organisation("method"));
        self.catalogue
            .method(id.unwrap_or(DEFAULT_METHOD))
            .or_else(|| self.catalogue.method(DEFAULT_METHOD))
    }

    /// The scale of a field or derived value of a record.
    pub fn scale(&self, kind: &Kind, record: Option<&Record>, name: &str) -> Option<&'a Scale> {
        if let Some(f) = kind.field(name) {
            return self.field_scale(kind, record, f);
        }
        let derived = kind.derivation(name)?;
        if let Some(shape) = &derived.shape {
            return self.field_scale(kind, record, shape);
        }
        match &derived.from {
            Derivation::Matrix { .. } => self.method(kind, record)?.scale("level"),
            Derivation::Max { of } => self.scale(kind, record, of.first()?),
            Derivation::Latest { .. } | Derivation::Of { .. } => {
                let (other, name) = derive::origin(self.catalogue, kind, name)?;
                self.scale(other, None, name)
            }
            _ => None,
        }
    }

    /// The scale of a scale field: the method's, if the method has one of that name, else the plain one.
    pub fn field_scale(&self, kind: &Kind, record: Option<&Record>, field: &Field) -> Option<&'a Scale> {
        if field.kind != FieldType::Scale {
            return None;
        }
        let id = field.scale.as_deref()?;
        match self.method(kind, record).and_then(|m| m.scale(id)) {
            Some(s) => Some(s),
            None => self.catalogue.scale(id),
        }
    }

    /// Whether a field is asked for: a scale that the method of the record does not have is not.
    pub fn is_asked(&self, kind: &Kind, record: Option<&Record>, field: &Field) -> bool {
        field.kind != FieldType::Scale || self.field_scale(kind, record, field).is_some()
    }

    /// The value of a record under a name: a field, a derived value, or `id`, `state`, `changed`, `created`.
    pub fn value<'r>(&self, kind: &Kind, record: &'r Record, name: &str) -> Option<Cow<'r, Value>> {
        match name {
            "id" => return Some(Cow::Owned(Value::Text(record.id.to_string()))),
            "state" => return record.get(STATE).map(Cow::Borrowed),
            "changed" => return record.meta.as_ref().map(|m| Cow::Owned(Value::Time(m.changed.time))),
            "created" => return record.meta.as_ref().map(|m| Cow::Owned(Value::Time(m.created.time))),
            _ => {}
        }
        if let Some(f) = kind.field(name) {
            return record.get(f.tag).map(Cow::Borrowed);
        }
        derive::derive(self, kind, record, kind.derivation(name)?).map(Cow::Owned)
    }

    /// What a derived value of a kind comes to for a record.
    pub fn derived(&self, kind: &Kind, record: &Record, derived: &Derived) -> Option<Value> {
        derive::derive(self, kind, record, derived)
    }

    /// What is due first on a record that is not closed.
    pub fn due(&self, kind: &'a Kind, record: &Record) -> Option<Due<'a>>
    where
        Self: 'a,
    {
        due_of(self, kind, record)
    }

    /// Whether something still has to be done: the class of the record's state is open.
    pub fn is_open(&self, kind: &Kind, record: &Record) -> bool {
        kind.state(record.state())
            .is_none_or(|s| s.class == super::kind::Class::Open)
    }

    /// The kind at a place.
    pub fn kind_at(&self, ix: KindIx) -> &'a Kind {
        &self.catalogue.kinds[ix]
    }

    /// Whether a person is meant by an owner: the person, or a post that the person holds or deputises and that is not
    /// retired.
    pub fn is_person(&self, owner: &Id, person: &Id) -> bool {
        if owner == person {
            return true;
        }
        let Some(post) = self.find(owner).filter(|p| !p.is_retired()) else {
            return false;
        };
        let Some(kind) = self.kind(owner).filter(|k| k.name == "role") else {
            return false;
        };
        ["holders", "deputy"]
            .iter()
            .filter_map(|f| kind.field(f))
            .filter_map(|f| post.get(f.tag))
            .any(|v| v.ids().any(|id| id == person))
    }
}

/// Something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due<'k> {
    /// The day, days since 1970.
    pub day: i32,
    /// The moment, milliseconds since 1970, UTC, where it is due to the hour: a legal clock.
    pub time: Option<i64>,
    /// What is to be done, in a word or two.
    pub word: &'k str,
}

impl Due<'_> {
    /// Whether its moment has passed or, where it has none, its day.
    pub fn is_late(&self, w: &World) -> bool {
        self.time.map_or(self.day < w.today, |time| time < w.now)
    }
}

/// The earliest of a record's dates that its kind marks as due, of the dates of its open rows, of the days on which
/// something that others show lapses, and of those by which people owe it something.
pub fn due_of<'k>(w: &World, kind: &'k Kind, record: &Record) -> Option<Due<'k>> {
    if kind
        .state(record.state())
        .is_some_and(|s| s.class == super::kind::Class::Closed)
    {
        return None;
    }
    let mut first: Option<Due<'k>> = None;
    let mut see = |due: Due<'k>| {
        let moment = |d: &Due| (d.day, d.time.unwrap_or(i64::MAX));
        if first.is_none_or(|d| moment(&due) < moment(&d)) {
            first = Some(due);
        }
    };
    let on = |day, word| Due { day, time: None, word };
    // a record has few values and its kind many fields: go by the values
    for (tag, value) in &record.values {
        if !matches!(value, Value::Date(_) | Value::Rows(_)) {
            continue;
        }
        let counts = |f: &&Field| f.due_in.is_empty() || f.due_in.iter().any(|s| s == record.state());
        let Some(f) = kind.field_by_tag(*tag).filter(counts) else {
            continue;
        };
        if let (Some(word), Some(day)) = (&f.due, value.as_date()) {
            see(on(day, word));
        }
        due_rows(f, value).for_each(&mut see);
    }
    for d in &kind.derived {
        if let Some(word) = &d.due
            && let Some(day) = derive::lapse(w, kind, record, &d.from)
        {
            see(on(day, word));
        }
    }
    if let Some((day, word)) = (w.catalogue.owed)(w, kind, record) {
        see(on(day, word));
    }
    first
}

/// What is due in the open rows of a field.
pub fn due_rows<'k>(f: &'k Field, value: &Value) -> impl Iterator<Item = Due<'k>> {
    let done = f.fields.iter().find(|c| c.name == "done").map(|c| c.tag);
    // the day of a clock may be left to its moment
    let moment = f.fields.iter().find(|c| c.kind == FieldType::Time && c.due.is_none());
    value.as_rows().iter().flat_map(move |row| {
        let cell = move |tag| row.cells.iter().find(|(t, _)| *t == tag).map(|(_, v)| v);
        let open = done.and_then(cell) != Some(&Value::Bool(true));
        let moment = moment.and_then(|c| match cell(c.tag) {
            Some(Value::Time(ms)) => Some((super::calendar::day_of_time(*ms), *ms)),
            _ => None,
        });
        f.fields.iter().filter(move |_| open).filter_map(move |c| {
            let day = cell(c.tag).and_then(Value::as_date).or(moment.map(|(day, _)| day))?;
            Some(Due {
                day,
                time: moment.filter(|(on, _)| *on == day).map(|(_, ms)| ms),
                word: c.due.as_deref()?,
            })
        })
    })
}
