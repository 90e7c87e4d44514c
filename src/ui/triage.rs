//! Triage: the records of a register that wait for a decision, one after the other. One key decides, the record leaves
//! the queue, the next one is there. Which records wait and what the keys decide stands in the register's file.

use super::form::{Form, Outcome};
use super::job::Effect;
use super::list::Only;
use super::look::{Look, from_column, put};
use super::{Model, Weight, able};
use crate::model::change::{Changed, Draft, Edit, Refusal};
use crate::model::door;
use crate::model::kind::{Decision, Kind, KindIx, Transition};
use crate::model::record::{Id, Record};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The place whose keys hold in the triage of every register.
pub(crate) const PLACE: &str = "triage";
/// From so many columns on the footer says decisions at length.
const ROOMY: u16 = 110;

/// A triage that was begun.
#[derive(Debug, Clone)]
pub(crate) struct Triage {
    pub kind: KindIx,
    /// The place whose keys hold in it.
    pub place: String,
    /// When it was begun, milliseconds since 1970, UTC.
    begun: i64,
    /// Everything that waited since then.
    seen: BTreeSet<Id>,
    /// How many wait now.
    waiting: usize,
    /// Whether the preview showed before.
    pub preview: bool,
}

impl Triage {
    /// How many rows it has had.
    pub(crate) fn length(&self) -> u16 {
        u16::try_from(self.seen.len()).unwrap_or(u16::MAX)
    }

    /// How many were decided, of how many.
    fn done(&self) -> (usize, usize) {
        (self.seen.len() - self.waiting.min(self.seen.len()), self.seen.len())
    }
}

/// The place of the keys that decide records of a kind.
pub(crate) fn place_of(kind: &Kind) -> String {
    format!("{PLACE}.{}", kind.name)
}

pub(crate) fn can_start(m: &Model) -> Result<(), String> {
    able::on_list(m)?;
    let ix = m.list().map_or(usize::MAX, |l| l.kind);
    match m.catalogue.kinds.get(ix) {
        Some(kind) if kind.triage.is_some() => Ok(()),
        Some(kind) => Err(format!("{} are not triaged", kind.titles.to_lowercase())),
        None => Err("there is no register here".into()),
    }
}

/// Begins the triage of the register that is shown, with the record under the cursor in view below.
pub(crate) fn start(m: &mut Model) -> Vec<Effect> {
    let Some(ix) = m.list().map(|l| l.kind) else {
        return Vec::new();
    };
    m.begin_triage(ix);
    m.find(ix);
    if m.lists[ix].rows.is_empty() {
        let titles = m.catalogue.kinds[ix].titles.to_lowercase();
        m.leave_triage();
        m.say(Weight::Plain, format!("no {titles} wait for a decision"));
    }
    Vec::new()
}

impl Model {
    /// The triage, where it is what one looks at.
    pub(crate) fn triaging(&self) -> Option<&Triage> {
        let list = self.list()?.kind;
        self.triage.as_ref().filter(|t| t.kind == list)
    }

    /// Begins the triage of a register; its list is still to be found.
    pub(crate) fn begin_triage(&mut self, ix: KindIx) {
        self.triage = Some(Triage {
            kind: ix,
            place: place_of(&self.catalogue.kinds[ix]),
            begun: self.now,
            seen: BTreeSet::new(),
            waiting: 0,
            preview: self.preview,
        });
        self.preview = true;
    }

    /// Restricts a list to what waits, if it is being triaged.
    pub(crate) fn queue(&mut self, ix: KindIx) {
        let Some(mut triage) = self.triage.take_if(|t| t.kind == ix) else {
            return;
        };
        let w = self.world();
        let kind = w.kind_at(ix);
        let waits = kind.triage.as_ref().map(|t| &t.queue);
        let ids: BTreeSet<Id> = w
            .state
            .live(ix)
            .filter(|r| waits.is_some_and(|f| f.holds(&w, kind, r)))
            .map(|r| r.id.clone())
            .collect();
        triage.seen.extend(ids.iter().cloned());
        triage.waiting = ids.len();
        self.lists[ix].only = Some(Only {
            words: "waiting for a decision".to_owned(),
            ids: Arc::new(ids),
        });
        self.triage = Some(triage);
    }

    /// What comes up when everything that a commit changes leaves the queue, asked before its list follows: the next
    /// below the cursor, or the last above it.
    pub(crate) fn comes_up(&self, changes: &[Changed]) -> Option<Id> {
        let list = self.lists.get(self.triage.as_ref()?.kind)?;
        let changed: BTreeSet<&Id> = changes.iter().map(|c| &c.id).collect();
        let waits = |r: &&Arc<Record>| !changed.contains(&r.id);
        let (at, len) = (list.cursor.at, list.rows.len());
        let below = list.rows.range(at, len.saturating_sub(at)).find(waits);
        let next = below.or_else(|| list.rows.range(0, at).filter(waits).last());
        next.map(|r| r.id.clone())
    }

    /// Lets the queue follow a commit, after its list has; if what was under the cursor has left it, `next` comes up.
    pub(crate) fn queue_after(&mut self, changes: &[Changed], next: Option<&Id>) {
        let Some(mut triage) = self.triage.take() else { return };
        let (w, ix) = (self.world(), triage.kind);
        let kind = w.kind_at(ix);
        let waits = kind.triage.as_ref().map(|t| &t.queue);
        let Some(mut ids) = self.lists[ix].only.as_ref().map(|o| Arc::clone(&o.ids)) else {
            return;
        };
        let all = Arc::make_mut(&mut ids);
        for c in changes.iter().filter(|c| w.catalogue.kind_of(&c.id) == Some(ix)) {
            let there = !c.after.is_retired() && waits.is_some_and(|f| f.holds(&w, kind, &c.after));
            if there {
                all.insert(c.id.clone());
                triage.seen.insert(c.id.clone());
            } else {
                all.remove(&c.id);
            }
        }
        triage.waiting = all.len();
        self.triage = Some(triage);
        if let Some(only) = &mut self.lists[ix].only {
            only.ids = ids;
        }
        let page = self.page();
        let mut list = std::mem::take(&mut self.lists[ix]);
        let left = list.current().map(|r| r.id.clone());
        list.find(&self.world(), page);
        if let (Some(next), true) = (next, list.current().map(|r| &r.id) != left.as_ref()) {
            list.go_to(next, page);
        }
        self.lists[ix] = list;
    }

    /// Ends the triage and says how far it went.
    pub(crate) fn leave_triage(&mut self) {
        let Some(triage) = self.triage.take() else { return };
        self.preview = triage.preview;
        self.lists[triage.kind].only = None;
        self.find(triage.kind);
        let (done, all) = triage.done();
        if done > 0 {
            self.say(
                Weight::Plain,
                format!("{done} of {all} decided; {} still wait", triage.waiting),
            );
        }
    }

    /// Whether a decision can be made here, for what is selected.
    pub(crate) fn may_decide(&self, ix: KindIx, n: usize) -> Result<(), String> {
        if self.triaging().is_none_or(|t| t.kind != ix) {
            let kind = &self.catalogue.kinds[ix];
            let key = self.key_of("list.triage");
            return Err(format!(
                "this works in the triage of {}: {key}",
                kind.titles.to_lowercase()
            ));
        }
        let mut why = Err("there is no record here".to_owned());
        for (t, _) in self.moves_of(ix, n) {
            let may = self.may_move(ix, t);
            if may.is_ok() {
                return may;
            }
            // What one would do first is what one wants to hear of.
            why = why.and(may.clone()).or(may);
        }
        why
    }

    fn decision(&self, ix: KindIx, n: usize) -> Option<&Decision> {
        self.catalogue.kinds.get(ix)?.triage.as_ref()?.decisions.get(n)
    }

    /// The transitions that come to a decision, by their place.
    fn moves_of(&self, ix: KindIx, n: usize) -> Vec<(usize, &Transition)> {
        let all = &self.catalogue.kinds[ix].transitions;
        let moves = self.decision(ix, n).map(|d| d.moves.as_slice()).unwrap_or_default();
        let place = |name: &String| all.iter().position(|t| t.name == *name).map(|i| (i, &all[i]));
        moves.iter().filter_map(place).collect()
    }

    /// Makes the first transition of a decision that the door would let pass; what it asks for is asked.
    pub(crate) fn decide(&mut self, ix: KindIx, n: usize) -> Vec<Effect> {
        let possible: Vec<(usize, &Transition)> = self
            .moves_of(ix, n)
            .into_iter()
            .filter(|(t, _)| self.may_move(ix, *t).is_ok())
            .collect();
        let best = possible
            .iter()
            .find(|(_, t)| self.would_pass(ix, t))
            .or(possible.first());
        let Some((t, name)) = best.map(|(t, found)| (*t, found.name.clone())) else {
            return Vec::new();
        };
        // What is known already is not asked again: one key decides.
        let w = self.world();
        let form = Form::moving(&w, &self.targets(), &name).filter(Form::is_answered);
        match form.map(|mut form| form.save(&w)) {
            Some(Outcome::Save(draft)) => self.commit(draft, false),
            _ => self.open_move(ix, t),
        }
    }

    /// Whether the door would let a transition pass once what it asks for is given.
    fn would_pass(&self, ix: KindIx, t: &Transition) -> bool {
        let kind = &self.catalogue.kinds[ix];
        let mut draft = Draft::new(&format!("{}.{}", kind.name, t.name));
        draft.reason = Some("?".to_owned());
        draft.edits = self.targets().iter().map(|r| Edit::of(r).moving(&t.name)).collect();
        let given = |name: &str| t.asks.iter().chain(t.fills.keys()).any(|f| f == name);
        match door::admit(&self.world(), &self.actor, &draft) {
            Ok(_) => true,
            Err(Refusal::Problems(all)) => all.iter().all(|p| {
                let field = p.field.and_then(|tag| kind.field_by_tag(tag));
                field.is_some_and(|f| given(&f.name))
            }),
            Err(_) => false,
        }
    }

    /// The decisions as keys and words, for the footer.
    pub(crate) fn decisions(&self) -> Vec<(String, String)> {
        let Some(kind) = self.triaging().map(|t| &self.catalogue.kinds[t.kind]) else {
            return Vec::new();
        };
        let all = kind.triage.iter().flat_map(|t| &t.decisions);
        let words = |d: &Decision| {
            d.long
                .clone()
                .filter(|_| self.size.0 >= ROOMY)
                .unwrap_or_else(|| d.label.clone())
        };
        all.map(|d| (self.key_of(&action_name(kind, d)), words(d))).collect()
    }

    /// How far it is and how fast it goes, in the line of the registers.
    pub(crate) fn draw_triage(&self, line: Rect, buffer: &mut Buffer) {
        let Some(t) = self.triaging() else { return };
        let look = &self.theme;
        let (done, all) = t.done();
        let kind = &self.catalogue.kinds[t.kind];
        let heading = match kind.triage.as_ref().map(|t| t.heading.as_str()) {
            None | Some("") => format!("Triage of {}", kind.titles.to_lowercase()),
            Some(heading) => heading.to_owned(),
        };
        let more = look.glyph("…", "~");
        put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
        let x = put(buffer, from_column(line, 1), &heading, look.style("selected"), more) - line.x;
        let x = put(
            buffer,
            from_column(line, x + 2),
            &format!("{done} of {all}"),
            look.style("title"),
            more,
        ) - line.x;
        let pace = pace(done, t.waiting, self.now - t.begun);
        if !pace.is_empty() {
            put(buffer, from_column(line, x + 2), &pace, look.style("muted"), more);
        }
    }
}

/// The name of the action of a decision.
pub(crate) fn action_name(kind: &Kind, d: &Decision) -> String {
    format!("{}.decide-{}", kind.name, d.name)
}

/// How fast it goes, and how long the rest takes at that pace.
fn pace(done: usize, waiting: usize, took: i64) -> String {
    let minutes = took as f64 / 60_000.0;
    if done < 2 || minutes < 0.05 {
        return String::new();
    }
    let each = done as f64 / minutes;
    let left = (waiting as f64 / each).ceil();
    let left = match waiting {
        0 => "all decided".to_owned(),
        _ if left < 90.0 => format!("{left:.0} min left"),
        _ => format!("{:.0} h left", left / 60.0),
    };
    match each {
        each if each >= 1.5 => format!("{each:.0} a minute, {left}"),
        _ => format!("{:.0} an hour, {left}", each * 60.0),
    }
}

/// The actions that decide, by kind and place.
pub(crate) fn all(kinds: &[Kind]) -> impl Iterator<Item = (KindIx, usize, &Kind, &Decision)> {
    kinds.iter().enumerate().flat_map(|(ix, kind)| {
        let all = kind.triage.iter().flat_map(|t| t.decisions.iter().enumerate());
        all.map(move |(n, d)| (ix, n, kind, d))
    })
}

#[cfg(test)]
mod tests {
    use super::pace;

    #[test]
    fn the_pace_is_told_once_there_is_one() {
        assert_eq!(pace(1, 511, 4_000), "");
        assert_eq!(pace(12, 500, 60_000), "12 a minute, 42 min left");
        assert_eq!(pace(4, 20, 600_000), "24 an hour, 50 min left");
        assert_eq!(pace(4, 2_000, 600_000), "24 an hour, 83 h left");
        assert_eq!(pace(12, 0, 60_000), "12 a minute, all decided");
    }
}
