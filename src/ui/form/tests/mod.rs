//! A form over a kind that has a field of every type: keys in, edits and pictures out.

mod edits;
mod files;
mod pictures;
mod random;
mod real;
mod refusals;

use super::*;
use crate::model::builtin;
use crate::model::change::Edit;
use crate::model::codec;
use crate::model::kind::{Catalogue, STATE};
use crate::model::record::{Meta, Stamp};
use crate::model::state::State;
use crate::ui::look::plain::{Plain, text};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Sunday, 22 November 2026.
const TODAY: i32 = 20_779;

/// A few records to link to, and a specimen.
struct House {
    catalogue: Catalogue,
    state: State,
    me: Id,
}

impl House {
    fn new() -> Self {
        let mut registers = builtin::REGISTERS.to_vec();
        registers.push(("specimen.toml", include_str!("specimen.toml")));
        let catalogue = Catalogue::read(&registers, builtin::METHODS).unwrap();
        let state = State::empty(&catalogue);
        let mut house = Self {
            catalogue,
            state,
            me: Id::from("P-0001"),
        };
        house.put("P-0001", 1, &[("title", "Ada Lovelace"), ("permissions", "admin")]);
        house.put("P-0002", 1, &[("title", "Bo Berg")]);
        house.put("RO-0001", 1, &[("title", "Head of payments")]);
        house.put("A-0003", 1, &[("title", "Web shop")]);
        house.put("A-0007", 1, &[("title", "Warehouse scanner")]);
        house.put("A-0012", 1, &[("title", "Card database 漢字")]);
        house.put("R-0001", 1, &[("title", "Payment outage")]);
        house.put("R-0002", 1, &[("title", "Stolen laptop")]);
        house.put(
            "SP-0001",
            2,
            &[("title", "First"), ("assets", "A-0003|A-0007"), ("words", "pci old")],
        );
        house.put(
            "SP-0002",
            3,
            &[
                ("title", "Second"),
                ("assets", "A-0007|A-0012"),
                ("words", "pci"),
                ("choice", "share"),
            ],
        );
        house
    }

    fn world(&self) -> World<'_> {
        World {
            catalogue: &self.catalogue,
            state: &self.state,
            today: TODAY,
            now: i64::from(TODAY) * 86_400_000,
            me: &self.me,
        }
    }

    /// Puts a record there, or sets some of its fields, as commit `seq`.
    fn put(&mut self, id: &str, seq: u64, fields: &[(&str, &str)]) {
        let id = Id::from(id);
        let ix = self.catalogue.kind_of(&id).unwrap_or_else(|| panic!("{id}"));
        let mut record = self
            .state
            .get(ix, &id)
            .map_or_else(|| Record::new(id), |r| Record::clone(r));
        let kind = &self.catalogue.kinds[ix];
        if record.state().is_empty() {
            record.set(STATE, Some(Value::Text(kind.first_state().into())));
        }
        for (name, text) in fields {
            let field = kind.field(name).unwrap();
            let value = codec::parse(&self.world(), kind, Some(&record), field, text).unwrap();
            record.set(field.tag, value);
        }
        let stamp = Stamp {
            seq,
            time: 0,
            actor: self.me.clone(),
            by: self.me.clone(),
        };
        let meta = Meta {
            created: stamp.clone(),
            changed: stamp,
            entered: vec![],
            versions: 1,
        };
        record.meta = Some(Arc::new(meta));
        self.state.put(ix, Arc::new(record));
    }

    fn get(&self, id: &str) -> Arc<Record> {
        Arc::clone(self.world().find(&Id::from(id)).unwrap())
    }

    fn kind(&self) -> &Kind {
        self.catalogue.kind("specimen").unwrap()
    }

    fn blank(&self) -> Form {
        Form::new(&self.world(), self.catalogue.index_of("specimen").unwrap(), &[])
    }

    /// A form with the focus on a field.
    fn on(&self, field: &str) -> Form {
        let mut form = self.blank();
        let to = form.sheet.cells.iter().position(|c| c.name == field).unwrap();
        form.sheet.go(to);
        form
    }

    fn shot(&self, form: &Form, (width, height): (u16, u16), ascii: bool) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let cursor = form.view(buffer.area, &mut buffer, &self.world(), &Plain { ascii });
        text(&buffer, cursor)
    }

    /// The edits in words: `new specimen: title=First, assets=A-0003|new:0`.
    fn words(&self, edits: &[Edit]) -> Vec<String> {
        use crate::model::change::Target;
        let w = self.world();
        let all = edits.iter().map(|e| {
            let (kind, head) = match &e.target {
                Target::Old(id) => (w.kind(id).unwrap(), id.to_string()),
                Target::New(k) | Target::NewWithId(k, _) => (w.kind_at(*k), format!("new {}", w.kind_at(*k).name)),
            };
            let sets = e.set.iter().map(|(tag, value)| {
                let field = kind.field_by_tag(*tag).unwrap();
                let text = value.as_ref().map(|v| codec::edit_text(&w, kind, None, field, v));
                format!("{}={}", field.name, text.unwrap_or_else(|| "nothing".into()))
            });
            let sets: Vec<String> = sets.collect();
            let moved = e.transition.as_ref().map_or(String::new(), |t| format!(" -> {t}"));
            format!("{head}: {}{moved}", sets.join(", "))
        });
        all.collect()
    }
}

/// Presses keys, written as for the keymap; a word in quotes is typed letter by letter, `~` for a blank.
fn press(form: &mut Form, w: &World, keys: &str) -> Outcome {
    let mut last = Outcome::Still;
    for word in keys.split_whitespace() {
        match word.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
            Some(typed) => {
                for c in typed.chars() {
                    last = form.update(Key::char(if c == '~' { ' ' } else { c }), w);
                }
            }
            None => last = form.update(word.parse().unwrap(), w),
        }
    }
    last
}
