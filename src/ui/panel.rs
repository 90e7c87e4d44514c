//! What may follow a key that begins several: shown at once, with the reason beside what cannot be done. The menu of a
//! record (`space`) is such a panel too.

use super::action::Run;
use super::key::{Code, Key};
use super::keymap::{EVERYWHERE, Found, words};
use super::look::{Look, put};
use super::mouse::Does;
use super::picker::{frame, wide};
use super::{Model, text};
use crate::model::codec;
use crate::model::kind::{Ask, Kind, Transition};
use crate::model::sets;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Keys that were pressed and wait for more, and the entry under the cursor if one walks through the panel.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pending {
    pub keys: Vec<Key>,
    pub at: Option<usize>,
}

/// One line of the panel.
pub(crate) struct Entry {
    /// The keys still to press.
    pub keys: String,
    pub brief: String,
    /// What it asks for, or why it cannot be done.
    pub note: String,
    pub able: bool,
    pub action: usize,
}

impl Model {
    /// The action of a key that is for the terminal and the shell, whatever is open.
    pub(crate) fn outer(&self, key: Key) -> Option<usize> {
        let found = self.keymap.find(&[EVERYWHERE], &[key]);
        let outer = |n: &usize| ["session.suspend", "session.redraw"].contains(&self.actions.rows[*n].name.as_str());
        match found {
            Found::Action(n) if key.ctrl => Some(n).filter(outer),
            _ => None,
        }
    }

    /// Takes in a key that belongs to no question, and returns the action that it completes.
    pub(crate) fn resolve(&mut self, key: Key) -> Option<usize> {
        let key = self.keymap.meant(key);
        let waiting = !self.pending.keys.is_empty();
        if waiting {
            let entries = self.entries();
            match key.code {
                Code::Esc => {
                    self.pending = Pending::default();
                    return None;
                }
                Code::Down | Code::Up | Code::Enter if !self.is_bound(key) => {
                    let last = entries.len().saturating_sub(1);
                    self.pending.at = match (key.code, self.pending.at) {
                        (Code::Enter, Some(at)) => {
                            self.pending = Pending::default();
                            return entries.get(at).map(|e| e.action);
                        }
                        (Code::Enter, None) => None,
                        (Code::Up, at) => Some(at.map_or(last, |a| a.saturating_sub(1))),
                        (_, at) => Some(at.map_or(0, |a| (a + 1).min(last))),
                    };
                    return None;
                }
                _ => {}
            }
        }
        self.pending.keys.push(key);
        self.pending.at = None;
        match self.keymap.find(&self.contexts(), &self.pending.keys) {
            Found::Action(action) => {
                self.pending = Pending::default();
                Some(action)
            }
            Found::Prefix => {
                // A menu of what is all refused for one reason is that reason.
                let barred = super::able::can_write(self).err().filter(|_| !self.is_loading());
                if let Some(why) = barred.filter(|_| self.entries().iter().all(|e| !e.able)) {
                    self.pending = Pending::default();
                    self.refuse(why);
                }
                None
            }
            Found::None => {
                let keys = words(&self.pending.keys);
                self.pending = Pending::default();
                let help = self.key_of("help.open");
                self.refuse(format!("{keys} does nothing here; {help} shows what does"));
                None
            }
        }
    }

    fn is_bound(&self, key: Key) -> bool {
        let mut keys = self.pending.keys.clone();
        keys.push(key);
        self.keymap.find(&self.contexts(), &keys) != Found::None
    }

    /// What may follow the keys that wait.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let begun = &self.pending.keys;
        let contexts = self.contexts();
        let mut out: Vec<Entry> = Vec::new();
        for b in self.keymap.following(&contexts, begun) {
            let Some(action) = self.actions.rows.get(b.action) else {
                continue;
            };
            // The heading names the record and its state.
            let enabled = match action.run {
                Run::Move(ix, n) => self.movable(ix, n).map_err(|barred| barred.brief),
                _ => self.enabled(action),
            };
            let (able, note) = match enabled {
                Ok(()) => (true, self.asks(&action.run)),
                Err(why) => (false, why),
            };
            // Two keys for one thing are one line.
            if out.iter().any(|e| e.action == b.action) {
                continue;
            }
            out.push(Entry {
                keys: words(&b.keys[begun.len()..]),
                brief: action.brief.clone(),
                note,
                able,
                action: b.action,
            });
        }
        // What can be done now comes first.
        out.sort_by_key(|e| !e.able);
        // What bars all that cannot be done is said once.
        let mut barred = out.iter_mut().filter(|e| !e.able);
        if let Some(first) = barred.next() {
            let mut others: Vec<&mut Entry> = barred.collect();
            if others.iter().all(|e| e.note == first.note) {
                others.iter_mut().for_each(|e| e.note.clear());
            }
        }
        out
    }

    /// What a transition asks for, and where it leads.
    fn asks(&self, run: &Run) -> String {
        if let Run::Duty(ix, n) = run {
            return self.owed_words(*ix, *n);
        }
        let Run::Move(ix, n) = run else { return String::new() };
        let kind = &self.catalogue.kinds[*ix];
        let t = &kind.transitions[*n];
        let mut parts: Vec<String> = t.asks.iter().map(|f| kind.label(f).to_lowercase()).collect();
        match t.reason {
            Ask::Required => parts.push("a reason".into()),
            Ask::Optional => parts.push("a reason if you like".into()),
            Ask::No => {}
        }
        let to = match t.stays() {
            true if let Some(taken) = self.taken(kind, t) => format!("takes {taken}"),
            true => {
                let sets: Vec<String> = t.sets.keys().map(|f| kind.label(f).to_lowercase()).collect();
                format!("sets {}", sets.join(", "))
            }
            false => format!("{} {}", self.glyph("→", "->"), t.to),
        };
        match (parts.is_empty(), t.stays() && t.sets.is_empty()) {
            (true, _) => to,
            (false, true) => format!("asks for {}", parts.join(", ")),
            (false, false) => format!("{to}; asks for {}", parts.join(", ")),
        }
    }

    /// The figures that a move of one record takes, in words.
    fn taken(&self, kind: &Kind, t: &Transition) -> Option<String> {
        let w = self.world();
        let targets = self.some_targets();
        let [one] = targets.as_slice() else { return None };
        let all = sets::taken(&w, kind, one, &t.sets)?;
        let said = all.iter().map(|(field, value)| {
            let value = codec::show(&w, kind, Some(one), &field.name, value);
            format!("{} {value}", field.label.to_lowercase())
        });
        Some(said.collect::<Vec<_>>().join(", "))
    }

    fn glyph(&self, fine: &'static str, plain: &'static str) -> &'static str {
        self.theme.glyph(fine, plain)
    }

    /// Draws the panel above the footer.
    pub(crate) fn draw_panel(&self, buffer: &mut Buffer) {
        if self.pending.keys.is_empty() {
            return;
        }
        let entries = self.entries();
        let look = &self.theme;
        let full = buffer.area;
        let keys = entries.iter().map(|e| wide(&e.keys)).max().unwrap_or(1);
        let briefs = entries.iter().map(|e| wide(&e.brief)).max().unwrap_or(1);
        let noted = entries.iter().any(|e| !e.note.is_empty());
        // With notes one entry a line; without, as many columns as there is room for.
        let cell = keys + briefs + 5;
        let columns = if noted {
            1
        } else {
            (full.width.saturating_sub(4) / cell).clamp(1, entries.len().max(1) as u16)
        };
        let rows = (entries.len() as u16).div_ceil(columns);
        let height = (rows + 2).min(full.height.saturating_sub(2));
        let area = Rect::new(0, full.height.saturating_sub(height + 1), full.width, height);
        let mut heading = format!("{} {}", words(&self.pending.keys), look.glyph("…", "..."));
        // What one record or all that are selected will get is worth knowing before.
        let changes = |e: &Entry| {
            let run = self.actions.rows.get(e.action).map(|a| a.run);
            matches!(run, Some(Run::Move(..) | Run::Duty(..) | Run::Change(_)))
        };
        if entries.iter().any(changes) {
            let marked = self.list().map_or(0, |l| l.marked.len());
            heading = match self.some_targets().as_slice() {
                [] => heading,
                [one] => {
                    let state = match one.state() {
                        "" => String::new(),
                        state => format!(" {} {state}", look.glyph("·", "-")),
                    };
                    let room = full.width.saturating_sub(wide(&heading) + wide(&state) + 8);
                    let title = format!("{} {}", one.id, text::clean(one.title()));
                    let title = text::fit(&title, usize::from(room), look.glyph("…", "~"));
                    format!("{heading}  {title}{state}")
                }
                _ => format!("{heading}  {marked} selected records"),
            };
        }
        let inside = frame(area, buffer, look, &heading);
        let rows = usize::from(inside.height.max(1));
        let first = self
            .pending
            .at
            .map_or(0, |at| (at + 1).saturating_sub(rows * usize::from(columns)));
        for (i, e) in entries.iter().enumerate().skip(first) {
            let place = i - first;
            let (column, row) = ((place / rows) as u16, (place % rows) as u16);
            if column >= columns {
                break;
            }
            let rest = inside.width.saturating_sub(column * cell);
            let at = Rect::new(
                inside.x + column * cell,
                inside.y + row,
                if columns > 1 { rest.min(cell) } else { rest },
                1,
            );
            if self.pending.at == Some(i) {
                put(buffer, at, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            self.clickable(at.y, at.x, at.right(), Does::Keys(e.keys.clone()));
            let at = super::look::from_column(at, 1);
            put(
                buffer,
                Rect {
                    width: keys.min(at.width),
                    ..at
                },
                &e.keys,
                look.style(if e.able { "key" } else { "muted" }),
                "",
            );
            let at = super::look::from_column(at, keys + 1);
            let role = match (self.pending.at == Some(i), e.able) {
                (_, false) => "muted",
                (true, _) => "selected",
                _ => "text",
            };
            put(
                buffer,
                Rect {
                    width: briefs.min(at.width),
                    ..at
                },
                &e.brief,
                look.style(role),
                look.glyph("…", "~"),
            );
            if noted {
                put(
                    buffer,
                    super::look::from_column(at, briefs + 2),
                    &e.note,
                    look.style("muted"),
                    look.glyph("…", "~"),
                );
            }
        }
    }
}
