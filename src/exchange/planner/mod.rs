//! From what a file says to one draft: rows find their records, links find theirs by name, and every field is merged
//! three ways against what was imported last, so that a second import changes nothing and none reverts what was edited
//! here since. Pure: what was imported last comes in through [`Past`].

mod find;
mod three;
mod values;

use super::notes;
use super::past::{self, Past};
use super::plan::{Clash, Item, Plan, Refused, shown};
use crate::model::change::{Actor, Draft, Edit, Origin, Problem, Refusal, Target};
use crate::model::kind::{KindIx, RETIRED, STATE, TITLE, Tag};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;
use crate::model::{codec, door};
use find::{Index, Place};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use three::{decide, renumber, same};
pub use three::{fold, tags};

/// Builds the plan.
pub struct Planner<'a, 'p, 't> {
    w: &'a World<'a>,
    past: &'p mut dyn Past,
    index: BTreeMap<KindIx, Index>,
    items: Vec<Item<'t>>,
    places: Vec<Place>,
    /// New items by kind and folded title or foreign id, for links within the file.
    fresh: HashMap<(KindIx, String), usize>,
    taken: HashSet<Id>,
    /// What is said once for many lines.
    said: Vec<(String, Vec<usize>)>,
    said_at: HashMap<String, usize>,
    plan: Plan,
}

impl<'a, 'p, 't> Planner<'a, 'p, 't> {
    /// For what a file says; `format` and `file` are named in the commit.
    pub fn new(w: &'a World<'a>, past: &'p mut dyn Past, format: &str, file: &str) -> Self {
        let mut draft = Draft::new("import");
        draft.origin = Origin::Import(format!("{format} {file}"));
        let plan = Plan {
            draft,
            created: Vec::new(),
            updated: 0,
            unchanged: 0,
            unused: Vec::new(),
            refused: Vec::new(),
            left_out: 0,
            clashes: Vec::new(),
            notes: Vec::new(),
        };
        Self {
            w,
            past,
            index: BTreeMap::new(),
            items: Vec::new(),
            places: Vec::new(),
            fresh: HashMap::new(),
            taken: HashSet::new(),
            said: Vec::new(),
            said_at: HashMap::new(),
            plan,
        }
    }

    /// Leaves a row out.
    pub fn refuse(&mut self, line: usize, column: &str, value: &str, why: &str) {
        self.plan.left_out += 1;
        self.fault(line, column, value, why);
    }

    /// Names what does not fit in a row that is left out.
    fn fault(&mut self, line: usize, column: &str, value: &str, why: &str) {
        let (column, value, why) = (column.to_string(), shown(value), why.to_string());
        self.plan.refused.push(Refused {
            line,
            column,
            value,
            why,
        });
    }

    /// Names a column of which nothing is used.
    pub fn unused(&mut self, column: &str) {
        self.plan.unused.push(column.to_string());
    }

    /// Tells the person something about the file.
    pub fn tell(&mut self, text: String) {
        self.plan.notes.push(text);
    }

    /// Tells the person something about a line; the same about many lines is told once.
    pub fn note(&mut self, line: usize, mut text: String) {
        if let Some((at, _)) = text.char_indices().nth(240) {
            text.replace_range(at.., "…");
        }
        let said = &mut self.said;
        let at = *self.said_at.entry(text.clone()).or_insert_with(|| {
            said.push((text, Vec::new()));
            said.len() - 1
        });
        self.said[at].1.push(line);
    }

    /// Takes up what a row says.
    pub fn add(&mut self, item: Item<'t>) {
        self.items.push(item);
    }

    /// Makes the plan, and asks the door whether it would let it through: what it refuses is taken out and named.
    pub fn finish(mut self, actor: &Actor) -> Plan {
        let items = std::mem::take(&mut self.items);
        self.place(&items);
        let mut edits: Vec<(usize, Edit)> = Vec::new();
        for new in [true, false] {
            for (i, item) in items.iter().enumerate() {
                let edit = match self.places[i].clone() {
                    Place::New if new => self.create(item),
                    Place::Old(record) if !new => self.update(i, item, &record),
                    _ => None,
                };
                edits.extend(edit.map(|e| (i, e)));
            }
        }
        self.settle(&items, edits, actor);
        for (i, item) in items.iter().enumerate() {
            if matches!(self.places[i], Place::Old(_)) && !item.named {
                self.plan.unchanged += 1;
            }
        }
        self.plan.unchanged = self.plan.unchanged.saturating_sub(self.plan.updated);
        self.plan.refused.sort_by_key(|r| r.line);
        // Of a row that is left out nothing is kept.
        let out: HashSet<usize> = self.plan.refused.iter().map(|r| r.line).collect();
        let said = self.said.into_iter().filter_map(|(text, mut lines)| {
            lines.retain(|line| !out.contains(line));
            (!lines.is_empty()).then(|| format!("{text} ({})", count(&lines)))
        });
        self.plan.notes.extend(said);
        self.plan
    }

    fn create(&mut self, item: &Item<'_>) -> Option<Edit> {
        let kind = self.w.kind_at(item.kind);
        let mut edit = Edit::new(item.kind);
        let mut kept = item.kept.clone();
        for (n, v) in self.values(item, None, &mut kept)? {
            if v.is_some() {
                edit.set.push((item.cells[n].tag, v));
            }
        }
        if !item.title.is_empty() && !edit.set.iter().any(|(t, _)| *t == TITLE) {
            edit.set.push((TITLE, Some(Value::Text(item.title.to_string()))));
        }
        if let Some(keys) = kind.field("aliases").filter(|_| !item.keys.is_empty()) {
            edit.set.push((keys.tag, Some(tags(item.keys.iter().cloned()))));
        }
        if let Some(state) = item.state.as_deref().filter(|s| *s != kind.first_state()) {
            let signed = kind.transitions.iter().any(|t| t.signoff && t.to == state);
            if kind.state(state).is_some() && !signed && state != RETIRED {
                edit.set.push((STATE, Some(Value::Text(state.to_string()))));
            } else {
                kept.push(("state".to_string(), state.to_string()));
                let why = if signed {
                    "takes a decision here"
                } else {
                    "is no state in which a record begins"
                };
                self.note(item.line, format!("the state '{state}' {why}; kept in the notes"));
            }
        }
        if let Some(notes) = kind.field("notes").filter(|_| !kept.is_empty()) {
            let text = |(tag, v): &(Tag, Option<Value>)| match v {
                Some(Value::Text(t)) if *tag == notes.tag => Some(t.clone()),
                _ => None,
            };
            let before = edit.set.iter().find_map(text).unwrap_or_default();
            edit.set.retain(|(t, _)| *t != notes.tag);
            edit.set
                .push((notes.tag, Some(Value::Text(notes::merge(&before, None, &kept)))));
        }
        Some(edit)
    }

    fn update(&mut self, i: usize, item: &Item<'_>, record: &Arc<Record>) -> Option<Edit> {
        let kind = self.w.kind_at(item.kind);
        let mut kept = item.kept.clone();
        let values = self.values(item, Some(record), &mut kept);
        let Some(mut wants) = values else {
            self.places[i] = Place::None;
            return None;
        };
        let notes = kind.field("notes").map(|f| f.tag);
        let mut state = item.state.clone().filter(|s| s != record.state());
        if let Some(kept_as) = state.as_deref().map(|s| ("state".to_string(), s.to_string()))
            && notes.is_some_and(|t| notes::holds(record.text(t), &kept_as))
        {
            kept.push(kept_as);
            state = None;
        }
        // A file with notes of its own says in one text what a new record would hold there.
        if let Some((_, v)) = wants.iter_mut().find(|(n, _)| Some(item.cells[*n].tag) == notes) {
            let own = v.as_ref().and_then(Value::as_text).unwrap_or_default();
            let all = notes::merge(own, None, &kept);
            *v = (!all.is_empty()).then_some(Value::Text(all));
            kept.clear();
        }
        let differs = |(n, v): &(usize, Option<Value>)| !same(v.as_ref(), record.get(item.cells[*n].tag));
        let keys = kind.field("aliases").map(|f| f.tag);
        let known = keys.and_then(|t| record.get(t)).map(Value::as_tags).unwrap_or_default();
        let more: Vec<&String> = item.keys.iter().filter(|k| !known.contains(k)).collect();
        let lacks = notes.is_some_and(|t| notes::merge(record.text(t), None, &kept) != record.text(t));
        if !wants.iter().any(differs) && state.is_none() && more.is_empty() && !lacks {
            return None;
        }
        let base = past::base(&self.past.history(&record.id), item.changed);
        let mut edit = Edit::of(record);
        for (n, file) in wants.into_iter().filter(differs) {
            let tag = item.cells[n].tag;
            let Some(field) = kind.field_by_tag(tag) else { continue };
            match decide(field, base.as_ref(), record.get(tag), file.as_ref()) {
                Ok(Some(v)) if !same(v.as_ref(), record.get(tag)) => edit.set.push((tag, v)),
                Ok(_) => {}
                Err(()) => self.plan.clashes.push(Clash {
                    line: item.cells[n].line,
                    id: record.id.clone(),
                    field: field.label.clone(),
                    file: shown(&item.cells[n].text),
                    here: shown(&codec::cell(self.w, kind, record, &field.name)),
                }),
            }
        }
        if let (Some(tag), false) = (keys, more.is_empty()) {
            let all = known.iter().cloned().chain(more.into_iter().cloned());
            edit.set.push((tag, Some(tags(all))));
        }
        if let Some(tag) = notes.filter(|_| lacks) {
            let now = edit.set.iter().find_map(|(t, v)| (*t == tag).then(|| v.clone()));
            let now = now.map_or(record.text(tag).to_string(), |v| {
                v.as_ref().and_then(Value::as_text).unwrap_or("").into()
            });
            let merged = notes::merge(&now, base.as_ref().map(|b| b.text(tag)), &kept);
            if merged != record.text(tag) {
                edit.set.retain(|(t, _)| *t != tag);
                edit.set.push((tag, Some(Value::Text(merged))));
            }
        }
        if let Some(to) = state {
            self.moving(item, record, base.as_ref(), &to, &mut edit);
        }
        (!edit.set.is_empty() || edit.transition.is_some()).then_some(edit)
    }

    /// A state that changed in the file: the one transition that leads there, if there is one.
    fn moving(&mut self, item: &Item<'_>, record: &Record, base: Option<&Record>, to: &str, edit: &mut Edit) {
        let kind = self.w.kind_at(item.kind);
        if base.is_some_and(|b| b.state() == to) {
            return;
        }
        if base.is_some_and(|b| b.state() != record.state()) {
            self.plan.clashes.push(Clash {
                line: item.line,
                id: record.id.clone(),
                field: kind.label("state").to_string(),
                file: to.to_string(),
                here: record.state().to_string(),
            });
            return;
        }
        let signs = |state: &str| state == RETIRED || kind.transitions.iter().any(|t| t.signoff && t.to == state);
        if item.foreign && base.is_some() && !signs(to) && !signs(record.state()) {
            edit.set.push((STATE, Some(Value::Text(to.to_string()))));
            return;
        }
        match kind.moves_from(record.state()).find(|t| t.to == to) {
            Some(t) => edit.transition = Some(t.name.clone()),
            None => {
                let (id, is) = (&record.id, record.state());
                self.note(
                    item.line,
                    format!("{id} is {is}, the file says '{to}'; no single step leads there, so it stays"),
                );
            }
        }
    }

    /// Asks the door; takes out what it refuses, and asks again, until the rest passes.
    fn settle(&mut self, items: &[Item<'_>], edits: Vec<(usize, Edit)>, actor: &Actor) {
        let (mut from, mut edits): (Vec<usize>, Vec<Edit>) = edits.into_iter().unzip();
        // Links within the file name items first, then the edits of the draft as it stands.
        let mut at: HashMap<usize, usize> = from.iter().enumerate().map(|(n, i)| (*i, n)).collect();
        loop {
            for edit in &mut edits {
                renumber(edit, &at);
            }
            self.plan.draft.edits = std::mem::take(&mut edits);
            if self.plan.draft.edits.is_empty() {
                break;
            }
            let Err(Refusal::Problems(problems)) = door::admit(self.w, actor, &self.plan.draft) else {
                break;
            };
            edits = std::mem::take(&mut self.plan.draft.edits);
            let mut out: BTreeMap<usize, Problem> = BTreeMap::new();
            for p in problems.into_iter().filter(|p| p.edit < edits.len()) {
                out.entry(p.edit).or_insert(p);
            }
            if out.is_empty() {
                self.plan.draft.edits = edits;
                break;
            }
            let mut gone = HashSet::new();
            for (n, p) in &out {
                let (i, edit) = (from[*n], &mut edits[*n]);
                self.refused_by_door(&items[i], edit, p);
                // Without the move the rest of the row may still pass.
                if edit.transition.take().is_none() || edit.set.is_empty() {
                    self.places[i] = Place::None;
                    gone.insert(*n);
                }
            }
            let stay: Vec<usize> = (0..edits.len()).filter(|n| !gone.contains(n)).collect();
            at = stay.iter().enumerate().map(|(new, old)| (*old, new)).collect();
            from = stay.iter().map(|n| from[*n]).collect();
            let mut n = 0;
            edits.retain(|_| {
                n += 1;
                !gone.contains(&(n - 1))
            });
        }
        let mut created: BTreeMap<KindIx, usize> = BTreeMap::new();
        for e in &self.plan.draft.edits {
            match e.target {
                Target::New(kind) | Target::NewWithId(kind, _) => *created.entry(kind).or_default() += 1,
                Target::Old(_) => self.plan.updated += 1,
            }
        }
        self.plan.created = created.into_iter().collect();
    }

    fn refused_by_door(&mut self, item: &Item<'_>, edit: &Edit, p: &Problem) {
        let cell = p.field.and_then(|tag| item.cells.iter().find(|c| c.tag == tag));
        let (line, column, value) = match (cell, &edit.transition, &item.state) {
            (_, Some(_), Some(state)) => (item.line, "state", state.as_str()),
            (Some(c), ..) => (c.line, c.column, c.text.as_ref()),
            _ => (item.line, "", item.title.as_ref()),
        };
        let why = match &edit.target {
            Target::Old(id) if !p.message.contains(id.as_str()) => format!("{id}: {}", p.message),
            _ => p.message.clone(),
        };
        self.refuse(line, column, value, &why);
    }
}

/// Lines as a person reads them: the first three, and how many more.
fn count(lines: &[usize]) -> String {
    let first: Vec<String> = lines.iter().take(3).map(ToString::to_string).collect();
    let word = if lines.len() == 1 { "line" } else { "lines" };
    match lines.len().saturating_sub(3) {
        0 => format!("{word} {}", first.join(", ")),
        n => format!("{word} {} and {n} more", first.join(", ")),
    }
}
