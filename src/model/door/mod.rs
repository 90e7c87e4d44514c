//! The one door for a change. A draft comes in with its actor; out comes what would change, or why it may not:
//! rights, separation of duties, states, values, links, rules, and the merge with what others did meanwhile.
//! Pure: the ledger seals what passes.

use super::change::{Actor, Changed, Conflict, Draft, Edit, Origin, Problem, Refusal};
use super::kind::{Ask, Field, Kind, KindIx, Moment, RETIRED, STATE, Tag, Transition, one};
use super::record::{Id, Record};
use super::rights::{self, Verb, may};
use super::value::Value;
use super::world::World;
use super::{codec, merge, rules};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub mod cause;
mod define;
mod fits;
mod judged;
mod links;
mod number;
mod stale;
#[cfg(test)]
mod tests;
mod writes;
#[cfg(test)]
mod written;

use fits::{fits, form};

/// Says what a draft would change.
///
/// # Errors
/// [`Refusal::Problems`] with all that stands in the way, [`Refusal::Conflicts`] if others changed the same fields
/// since the person looked, [`Refusal::Nothing`] if nothing would change.
pub fn admit(w: &World, actor: &Actor, draft: &Draft) -> Result<Vec<Changed>, Refusal> {
    let mut door = Door {
        w,
        actor,
        draft,
        problems: Vec::new(),
        conflicts: Vec::new(),
        ids: Vec::new(),
    };
    door.number();
    let mut now: BTreeMap<Id, Arc<Record>> = BTreeMap::new();
    let mut order: Vec<Id> = Vec::new();
    for (i, edit) in draft.edits.iter().enumerate() {
        let Some((id, kind)) = door.ids[i].clone() else {
            continue;
        };
        let current = now.get(&id).or_else(|| w.state.get(kind, &id)).cloned();
        if let Some(after) = door.edit(i, edit, &id, w.kind_at(kind), current.as_ref())
            && now.insert(id.clone(), Arc::new(after)).is_none()
        {
            order.push(id);
        }
    }
    door.definitions(&mut now);
    door.links(&now);
    for id in door.stale(&mut now) {
        if !order.contains(&id) {
            order.push(id);
        }
    }
    let mut changes = Vec::new();
    for id in &order {
        let (Some(after), Some(kind)) = (now.get(id), w.catalogue.kind_of(id)) else {
            continue;
        };
        let before = w.state.get(kind, id).cloned();
        if before
            .as_ref()
            .is_some_and(|b| b.values == after.values && b.unknown == after.unknown)
        {
            continue;
        }
        changes.push(Changed {
            id: id.clone(),
            before,
            after: Arc::clone(after),
        });
    }
    door.rules(&changes);
    if !door.conflicts.is_empty() {
        return Err(Refusal::Conflicts(door.conflicts));
    }
    if !door.problems.is_empty() {
        return Err(Refusal::Problems(door.problems));
    }
    if changes.is_empty() {
        Err(Refusal::Nothing)
    } else {
        Ok(changes)
    }
}

struct Door<'a> {
    w: &'a World<'a>,
    actor: &'a Actor,
    draft: &'a Draft,
    problems: Vec<Problem>,
    conflicts: Vec<Conflict>,
    /// The id and kind of each edit.
    ids: Vec<Option<(Id, KindIx)>>,
}

impl Door<'_> {
    fn refuse(&mut self, edit: usize, id: Option<&Id>, field: Option<Tag>, rule: &str, message: String) {
        let rule = rule.to_string();
        self.problems.push(Problem {
            edit,
            id: id.cloned(),
            field,
            rule,
            message,
        });
    }

    /// One edit: rights, values, transition. What the record would be.
    fn edit(&mut self, i: usize, edit: &Edit, id: &Id, kind: &Kind, current: Option<&Arc<Record>>) -> Option<Record> {
        if current.is_some() && matches!(self.draft.origin, Origin::Restore) {
            let message = format!("{id} is already there; what comes back changes nothing that is here");
            self.refuse(i, Some(id), None, "id", message);
            return None;
        }
        let mut after = match current {
            Some(r) => Record::clone(r),
            None => self.create(i, edit, id, kind)?,
        };
        if let Some(record) = current {
            if !edit.set.is_empty() && edit.transition.is_none() {
                self.may_edit(i, record);
            }
            let by_hand = matches!(self.draft.origin, Origin::Hand | Origin::Import(_));
            if record.is_retired() && by_hand && edit.transition.is_none() {
                self.refuse(
                    i,
                    Some(id),
                    None,
                    "retired",
                    format!("{id} is retired; restore it before you edit it"),
                );
            }
        }
        let transition = edit
            .transition
            .as_deref()
            .and_then(|name| self.transition(i, id, kind, &after, name));
        let asked = transition.map(|t| t.asks.as_slice()).unwrap_or_default();
        for (tag, value) in &edit.set {
            let Some(field) = kind.field_by_tag(*tag) else {
                self.refuse(
                    i,
                    Some(id),
                    Some(*tag),
                    "field",
                    format!("{} has no field {tag}", kind.title),
                );
                continue;
            };
            // What a transition asks for may be given by whoever may make it; the rest needs the right to edit.
            if let (Some(record), Some(_), false) = (current, transition, asked.contains(&field.name)) {
                self.may_edit(i, record);
            }
            self.set(i, edit, field, &mut after, value.clone());
        }
        self.series(edit, kind, &mut after);
        self.judged(i, edit, kind, &mut after);
        if let Some(t) = transition {
            self.fill(i, kind, &mut after, t);
            self.ask(i, id, kind, &after, t);
            if !t.stays() {
                after.set(STATE, Some(Value::Text(t.to.clone())));
            }
            self.write(i, kind, &mut after, t);
        }
        if current.is_none() {
            self.about_self(i, kind, &after);
        }
        Some(after)
    }

    fn may_edit(&mut self, i: usize, record: &Record) {
        let own_undo = matches!(self.draft.origin, Origin::Undo(_) | Origin::Redo(_))
            && record
                .meta
                .as_ref()
                .is_some_and(|m| m.changed.actor == self.actor.person);
        if matches!(self.draft.origin, Origin::Init) || own_undo {
            return;
        }
        let said = self.problems.iter().any(|p| p.edit == i && p.rule == "rights");
        if let (false, Err(message)) = (said, may(self.w, self.actor, Verb::Edit(record))) {
            self.refuse(i, Some(&record.id), None, "rights", message);
        }
    }

    /// A new record: may it be made, and its defaults.
    fn create(&mut self, i: usize, edit: &Edit, id: &Id, kind: &Kind) -> Option<Record> {
        let (_, ix) = self.ids[i].clone()?;
        let by_admin = matches!(self.draft.origin, Origin::Restore);
        // Into an empty store it comes with its own administrator.
        let empty = self.w.state.seq == 0;
        if by_admin && !empty && !rights::has(self.w, &self.actor.person, "admin") {
            let message = "only an administrator may bring an export back".to_string();
            self.refuse(i, Some(id), None, "rights", message);
        } else if !matches!(self.draft.origin, Origin::Init | Origin::Restore)
            && let Err(message) = may(self.w, self.actor, Verb::Create(ix))
        {
            self.refuse(i, None, None, "rights", message);
        }
        if kind.single && self.w.state.live(ix).next().is_some() {
            let message = format!("there is one {} only; edit it instead", kind.title.to_lowercase());
            self.refuse(i, None, None, "single", message);
        }
        if by_admin {
            let mut record = Record::new(id.clone());
            record.set(STATE, Some(Value::Text(kind.first_state().to_string())));
            record.unknown.clone_from(&edit.unknown);
            return Some(record);
        }
        let given = |tag: Tag| edit.set.iter().any(|(t, _)| *t == tag);
        Some(self.blank(kind, id.clone(), given))
    }

    /// A new record with the defaults of its kind, but for what is given.
    fn blank(&self, kind: &Kind, id: Id, given: impl Fn(Tag) -> bool) -> Record {
        let mut record = Record::new(id);
        record.set(STATE, Some(Value::Text(kind.first_state().to_string())));
        for f in &kind.fields {
            let Some(text) = f.default.as_deref().filter(|_| !given(f.tag)) else {
                continue;
            };
            if let Ok(value) = codec::parse(self.w, kind, Some(&record), f, text) {
                record.set(f.tag, value);
            }
        }
        record
    }

    /// One value: its type, who may write it, and the merge with what others wrote.
    fn set(&mut self, i: usize, edit: &Edit, field: &Field, after: &mut Record, value: Option<Value>) {
        let id = after.id.clone();
        let by_hand = matches!(self.draft.origin, Origin::Hand);
        if (field.readonly || field.tag == STATE) && by_hand {
            let how = if field.tag == STATE {
                "use a transition"
            } else {
                "the program writes it"
            };
            self.refuse(
                i,
                Some(&id),
                Some(field.tag),
                "readonly",
                format!("{} cannot be set: {how}", field.label),
            );
            return;
        }
        if field.tag == STATE {
            self.set_state(i, after, value);
            return;
        }
        let value = value.filter(|v| !v.is_empty()).map(|v| self.settle(v));
        if by_hand && !self.keeps_id(i, edit, field, after, value.as_ref()) {
            return;
        }
        // What was admitted once comes back, though bounds and choices may have changed since.
        let bounds = if matches!(self.draft.origin, Origin::Restore) {
            form
        } else {
            fits
        };
        if let Some(Err(message)) = value.as_ref().map(|v| bounds(field, v)) {
            self.refuse(i, Some(&id), Some(field.tag), "type", message);
            return;
        }
        let merged = match &edit.base {
            None => value,
            Some(base) => {
                let (base, theirs) = (base.get(field.tag), after.get(field.tag));
                match merge::merge(field, base, theirs, value.as_ref()) {
                    Ok(v) => v,
                    Err(_) => {
                        let (base, theirs) = (base.cloned(), theirs.cloned());
                        self.conflicts.push(Conflict {
                            id,
                            field: field.tag,
                            base,
                            theirs,
                            mine: value,
                        });
                        return;
                    }
                }
            }
        };
        after.set(field.tag, merged);
    }

    /// A state set directly: undo, redo, restore, init. A sign-off is not undone that way.
    fn set_state(&mut self, i: usize, after: &mut Record, value: Option<Value>) {
        let Some(kind) = self.w.kind(&after.id) else { return };
        let to = value.as_ref().and_then(Value::as_text).unwrap_or_default().to_string();
        if kind.state(&to).is_none() {
            let states: Vec<&str> = kind.states.iter().map(|s| s.id.as_str()).collect();
            let message = format!("'{to}' is no state of a {}; expected {}", kind.name, states.join(", "));
            self.refuse(i, Some(&after.id.clone()), Some(STATE), "state", message);
            return;
        }
        let undo = matches!(self.draft.origin, Origin::Undo(_) | Origin::Redo(_));
        let from = after.state().to_string();
        let signed = kind
            .transitions
            .iter()
            .find(|t| t.signoff && t.to == from && t.from.iter().any(|f| *f == to || f == "*"));
        if let (true, Some(t)) = (undo && from != to, signed) {
            let message = format!(
                "{} was signed off ('{}'): undo does not take that back; move it back with a reason",
                after.id,
                t.label.to_lowercase()
            );
            self.refuse(i, Some(&after.id.clone()), Some(STATE), "sign-off", message);
            return;
        }
        after.set(STATE, Some(Value::Text(to)));
    }

    /// The transition that an edit names: may it be made, from here, by this actor.
    fn transition<'k>(
        &mut self,
        i: usize,
        id: &Id,
        kind: &'k Kind,
        record: &Record,
        name: &str,
    ) -> Option<&'k Transition> {
        let Some(t) = kind.transitions.iter().find(|t| t.name == name) else {
            let all: Vec<&str> = kind.transitions.iter().map(|t| t.name.as_str()).collect();
            let message = format!(
                "{} has no transition '{name}'; it has {}",
                one(&kind.name),
                all.join(", ")
            );
            self.refuse(i, Some(id), None, "transition", message);
            return None;
        };
        let state = record.state();
        if !kind.moves_from(state).any(|m| m.name == t.name) {
            let can: Vec<&str> = kind.moves_from(state).map(|m| m.name.as_str()).collect();
            let can = if can.is_empty() {
                "nothing".to_string()
            } else {
                can.join(", ")
            };
            let message = format!(
                "{id} is {state}: '{}' starts from {}; possible now: {can}",
                t.label,
                t.from.join(" or ")
            );
            self.refuse(i, Some(id), Some(STATE), "state", message);
            return None;
        }
        let own_creation = matches!(self.draft.origin, Origin::Undo(_))
            && t.to == RETIRED
            && record
                .meta
                .as_ref()
                .is_some_and(|m| m.created.actor == self.actor.person);
        if !own_creation && let Err(message) = may(self.w, self.actor, Verb::Move(record, t)) {
            let own_work = rights::judged(self.w, kind, record, t, self.actor).is_some();
            self.refuse(i, Some(id), None, if own_work { "I2" } else { "rights" }, message);
            return None;
        }
        Some(t)
    }

    /// What a transition asks for: fields and a reason.
    fn ask(&mut self, i: usize, id: &Id, kind: &Kind, after: &Record, t: &Transition) {
        let act = &t.label;
        for name in &t.asks {
            if let Some(f) = kind.field(name).filter(|f| after.get(f.tag).is_none()) {
                let message = format!("{} is needed for '{act}' of {id}", f.label);
                self.refuse(i, Some(id), Some(f.tag), "asked", message);
            }
        }
        let given = self.draft.reason.as_deref().is_some_and(|r| !r.trim().is_empty());
        let own_work = rights::judged(self.w, kind, after, t, self.actor);
        if t.reason == Ask::Required && !given {
            let message = format!("a reason is needed for '{act}' of {id}");
            self.refuse(i, Some(id), None, "reason", message);
        } else if let (Some(why), false) = (own_work, given) {
            let name = rights::person_name(self.w, &self.actor.person);
            let message =
                format!("{name} {why}, and nobody else is here for '{act}': give a reason, it is listed as a gap");
            self.refuse(i, Some(id), None, "I2", message);
        }
    }

    /// The rules of the kind, for what would change.
    fn rules(&mut self, changes: &[Changed]) {
        if matches!(self.draft.origin, Origin::Restore) {
            return;
        }
        let mut edits: HashMap<Id, usize> = HashMap::new();
        for (n, found) in self.ids.iter().enumerate() {
            if let Some((id, _)) = found {
                edits.entry(id.clone()).or_insert(n);
            }
        }
        // several records that are changed at once may lead to each other in a circle
        let together = changes.len() > 1
            && changes
                .iter()
                .any(|c| self.w.kind(&c.id).is_some_and(rules::looks_around));
        let state = together.then(|| {
            let now = changes.iter().map(|c| (c.id.clone(), Arc::clone(&c.after)));
            self.state_after(&now.collect())
        });
        let around = World {
            state: state.as_ref().unwrap_or(self.w.state),
            ..*self.w
        };
        for c in changes {
            let Some(ix) = self.w.catalogue.kind_of(&c.id) else {
                continue;
            };
            // what the program alone marks breaks no rule
            let Some(edit) = edits.get(&c.id).copied() else {
                continue;
            };
            let transition = self.draft.edits.get(edit).and_then(|e| e.transition.as_deref());
            let w = if rules::looks_around(self.w.kind_at(ix)) {
                &around
            } else {
                self.w
            };
            let mut found = rules::check(w, ix, &c.after, Moment::Save, None, Some(self.actor));
            if let Some(name) = transition {
                found.extend(rules::check(
                    self.w,
                    ix,
                    &c.after,
                    Moment::Transition,
                    Some(name),
                    Some(self.actor),
                ));
            }
            for mut p in found {
                // A rule that was broken before and is not made worse here does not stop other work.
                p.edit = edit;
                if !self
                    .problems
                    .iter()
                    .any(|q| q.id == p.id && q.field == p.field && q.rule == p.rule)
                {
                    self.problems.push(p);
                }
            }
        }
    }
}
