//! Going from place to place: screens, registers, records, and the trail of where one has been.

use super::Model;
use super::instrument::Tab;
use super::job::{Effect, Job};
use super::line::Stop;
use super::list::{Cursor, Only};
use super::spot::{Layer, Of, Seen, Spot};
use super::tree;
use crate::model::kind::KindIx;
use crate::model::record::Id;

/// How many places the trail keeps.
const TRAIL: usize = 100;

pub(crate) fn always(_: &Model) -> Result<(), String> {
    Ok(())
}

pub(crate) fn has_past(m: &Model) -> Result<(), String> {
    if m.walked > 0 {
        Ok(())
    } else {
        Err("the trail begins here".into())
    }
}

pub(crate) fn has_future(m: &Model) -> Result<(), String> {
    if m.walked + 1 < m.trail.len() {
        Ok(())
    } else {
        Err("the trail ends here".into())
    }
}

pub(crate) fn can_open(m: &Model) -> Result<(), String> {
    let here = match m.spot.layers.last() {
        Some(_) => m.stop() != Stop::None || m.row().is_some(),
        None if m.spot.screen == 0 => super::today::leads(m),
        None => m.is_instrument() || m.current().is_some(),
    };
    if here {
        Ok(())
    } else {
        Err("there is nothing to open here".into())
    }
}

/// Shows a screen as it was left; the same screen again shows its list.
pub(crate) fn screen(m: &mut Model, n: u8) -> Vec<Effect> {
    m.go(Spot {
        screen: n,
        tabs: m.spot.tabs,
        ..Spot::default()
    })
}

/// Goes to a register; from an open record to its records of that kind.
pub(crate) fn register(m: &mut Model, ix: KindIx) -> Vec<Effect> {
    let from = match m.spot.layers.last() {
        Some(layer) => layer.about().cloned(),
        None => None,
    };
    let only = from.and_then(|id| {
        let w = m.world();
        let record = w.find(&id)?;
        let of_kind = |id: &&Id| m.catalogue.kind_of(id) == Some(ix);
        let mut ids: std::collections::BTreeSet<Id> =
            record.links().map(|(_, id)| id).filter(of_kind).cloned().collect();
        ids.extend(w.state.inbound(&id).map(|(id, _)| id).filter(of_kind).cloned());
        Some((id, ids))
    });
    if let Some((id, ids)) = &only
        && ids.is_empty()
    {
        m.refuse(format!(
            "{id} is linked with no {}",
            m.catalogue.kinds[ix].title.to_lowercase()
        ));
        return Vec::new();
    }
    m.lists[ix].only = only.map(|(id, ids)| Only {
        words: format!("linked with {id}"),
        ids: ids.into(),
    });
    m.find(ix);
    let spot = m.spot_of(ix);
    m.go(spot)
}

pub(crate) fn next_register(m: &mut Model) -> Vec<Effect> {
    turn(m, 1)
}

pub(crate) fn previous_register(m: &mut Model) -> Vec<Effect> {
    turn(m, -1)
}

/// The next register; in a record the next line that leads somewhere.
fn turn(m: &mut Model, by: isize) -> Vec<Effect> {
    if !m.spot.layers.is_empty() {
        m.next_stop(by);
        return Vec::new();
    }
    if m.spot.screen == 0 {
        m.next_stage(by);
        return Vec::new();
    }
    let n = m.tabs_of(m.spot.screen).len();
    if n < 2 && m.spot.within.is_none() {
        return Vec::new();
    }
    let screen = usize::from(m.spot.screen);
    let mut spot = m.spot.clone();
    let at = spot.tabs[screen].min(n - 1);
    spot.tabs[screen] = (at + n).saturating_add_signed(by) % n;
    spot.within = None;
    m.go(spot)
}

/// Opens what is under the cursor.
pub(crate) fn open(m: &mut Model) -> Vec<Effect> {
    let id = match m.spot.layers.last() {
        Some(_) => match m.stop() {
            Stop::Link(id) => id,
            Stop::Field(tag) => return m.open_change_of(tag),
            Stop::Register(ix) => {
                let spot = m.spot_of(ix);
                return m.go(spot);
            }
            Stop::None => return tree::turn(m),
        },
        None if m.spot.screen == 0 && m.current().is_none() => return super::today::open_row(m).unwrap_or_default(),
        None if m.is_instrument() => return super::heatmap::open(m),
        None => match m.current() {
            Some(r) => r.id.clone(),
            None => return Vec::new(),
        },
    };
    m.open_record(&id)
}

/// One step back: selection, filter, restriction, then what lies over the list.
pub(crate) fn back(m: &mut Model) -> Vec<Effect> {
    let Some(ix) = m.list().map(|l| l.kind) else {
        if let Some(Layer::Tree { query, .. }) = m.spot.layers.last_mut()
            && !std::mem::take(query).is_empty()
        {
            m.plant();
            return Vec::new();
        }
        if m.spot.layers.is_empty() && m.today_list.stage.take().is_some() {
            m.arrange();
            return Vec::new();
        }
        if m.is_instrument() && m.filtered().is_some_and(|l| !l.query.is_empty()) {
            m.filter_by(String::new());
            return Vec::new();
        }
        if m.spot.layers.is_empty() {
            m.say(super::Weight::Plain, format!("{} quits", m.key_of("session.quit")));
            return Vec::new();
        }
        let mut spot = m.spot.clone();
        spot.layers.pop();
        return m.go(spot);
    };
    let list = &mut m.lists[ix];
    if !list.marked.is_empty() {
        list.marked.clear();
    } else if !list.query.is_empty() {
        list.query.clear();
        // The columns of a view go with its filter.
        list.columns = None;
    } else if list.columns.take().is_some() {
    } else if m.triaging().is_some() {
        m.leave_triage();
        return Vec::new();
    } else if let Some(only) = m.lists[ix].only.take() {
        if let Some(spot) = m.back_to_heat(ix, &only) {
            m.find(ix);
            return m.go(spot);
        }
    } else if m.spot.within.is_some() {
        let spot = Spot {
            within: None,
            ..m.spot.clone()
        };
        return m.go(spot);
    } else {
        m.say(super::Weight::Plain, format!("{} quits", m.key_of("session.quit")));
        return Vec::new();
    }
    m.find(ix);
    Vec::new()
}

pub(crate) fn trail_back(m: &mut Model) -> Vec<Effect> {
    m.walk(m.walked.saturating_sub(1))
}

pub(crate) fn trail_on(m: &mut Model) -> Vec<Effect> {
    m.walk(m.walked + 1)
}

pub(crate) fn has_last(m: &Model) -> Result<(), String> {
    match m.left {
        Some(at) if at < m.trail.len() => Ok(()),
        _ => Err("there is no place before this one".into()),
    }
}

/// Goes where one was last, and with the next press back here.
pub(crate) fn last_place(m: &mut Model) -> Vec<Effect> {
    match m.left {
        Some(at) => m.walk(at),
        None => Vec::new(),
    }
}

pub(crate) fn history(m: &mut Model) -> Vec<Effect> {
    let Some(record) = m.current() else { return Vec::new() };
    let mut spot = m.spot.clone();
    spot.layers.push(Layer::History {
        id: record.id.clone(),
        cursor: Cursor::default(),
    });
    m.go(spot)
}

pub(crate) fn log(m: &mut Model) -> Vec<Effect> {
    let mut spot = m.spot.clone();
    spot.layers.push(Layer::Log {
        cursor: Cursor::default(),
    });
    m.go(spot)
}

impl Model {
    /// Goes somewhere and leaves a step on the trail.
    pub(crate) fn go(&mut self, spot: Spot) -> Vec<Effect> {
        self.remember_here();
        self.trail.truncate(self.walked + 1);
        self.trail.push(Spot { seen: None, ..spot });
        self.left = Some(self.walked);
        if self.trail.len() > TRAIL {
            self.trail.remove(0);
            self.left = self.walked.checked_sub(1);
        }
        self.walked = self.trail.len() - 1;
        self.arrive()
    }

    /// Walks to a step of the trail: the list is as it was there, the cursor on its record.
    fn walk(&mut self, to: usize) -> Vec<Effect> {
        self.remember_here();
        self.left = Some(self.walked);
        self.walked = to.min(self.trail.len().saturating_sub(1));
        let view = self.trail.get_mut(self.walked).and_then(|spot| spot.seen.take());
        if let Some(view) = view.filter(|v| v.kind < self.lists.len()) {
            self.see_again(view);
        }
        self.arrive()
    }

    fn see_again(&mut self, view: Seen) {
        let (ix, page) = (view.kind, self.page());
        let list = &mut self.lists[ix];
        let same = list.query == view.query && list.only == view.only && list.sort == view.sort;
        (list.query, list.only, list.sort) = (view.query, view.only, view.sort);
        if !same {
            self.find(ix);
        }
        if let Some(id) = view.at {
            self.lists[ix].go_to(&id, page);
        }
    }

    /// The trail remembers where on the place one was, and how its list was asked for.
    fn remember_here(&mut self) {
        let view = self.seen_here();
        if let Some(here) = self.trail.get_mut(self.walked) {
            *here = self.spot.clone();
            here.seen = view;
        }
    }

    /// The list below everything else, as it is asked for now.
    pub(crate) fn seen_here(&self) -> Option<Seen> {
        let list = self.lists.get(self.register()?)?;
        let triaged = self.triage.as_ref().is_some_and(|t| t.kind == list.kind);
        Some(Seen {
            kind: list.kind,
            query: list.query.clone(),
            only: list.only.clone().filter(|_| !triaged),
            sort: list.sort.clone(),
            at: list.current().map(|r| r.id.clone()),
        })
    }

    /// Leaves a step on the trail where a list was before it was filtered anew.
    pub(crate) fn leave_step(&mut self, before: Seen) {
        if self
            .seen_here()
            .is_none_or(|now| now.kind != before.kind || now.query == before.query)
        {
            return;
        }
        self.go(self.spot.clone());
        if let Some(step) = self.left.and_then(|at| self.trail.get_mut(at)) {
            step.seen = Some(before);
        }
    }

    /// Shows the place of the trail where one is now.
    fn arrive(&mut self) -> Vec<Effect> {
        if let Some(spot) = self.trail.get(self.walked) {
            self.spot = spot.clone();
        }
        self.fresh();
        match self.spot.layers.last() {
            Some(Layer::Record { id, .. } | Layer::History { id, .. }) => {
                let history = (!self.histories.contains_key(id)).then(|| Effect::Job(Job::History(id.clone())));
                history.into_iter().chain(self.look_for_files(id)).collect()
            }
            Some(Layer::Log { .. }) => self.more_log(),
            Some(Layer::Tree { of: Of::Since(_), .. }) => self.read_since(),
            _ => Vec::new(),
        }
    }

    /// The place where a register is shown.
    pub(crate) fn spot_of(&self, ix: KindIx) -> Spot {
        let screen = self.catalogue.kinds[ix].screen.min(6);
        let mut tabs = self.spot.tabs;
        // What grows within another register is shown in the place of that one.
        let home = self.home_of(ix);
        let place = self.tabs_of(screen).iter().position(|e| *e == Tab::Register(home));
        tabs[usize::from(screen)] = place.unwrap_or(0);
        Spot {
            screen,
            tabs,
            within: (home != ix).then_some(ix),
            layers: Vec::new(),
            seen: None,
        }
    }

    /// Opens a record over what is there.
    pub(crate) fn open_record(&mut self, id: &Id) -> Vec<Effect> {
        if self.world().find(id).is_none() {
            self.refuse(format!("there is no {id}"));
            return Vec::new();
        }
        let mut spot = self.spot.clone();
        spot.layers.push(Layer::Record {
            id: id.clone(),
            cursor: Cursor::default(),
            all: false,
        });
        let effects = self.go(spot);
        // The cursor begins on something that can be opened or changed.
        if self.stop() == Stop::None {
            let first = self.lines().iter().position(|l| l.stop != Stop::None);
            if let (Some(at), Some(Layer::Record { cursor, .. })) = (first, self.spot.layers.last_mut()) {
                cursor.at = at;
            }
        }
        effects
    }

    /// Whether this register is there.
    pub(crate) fn knows(&self, ix: KindIx) -> Result<(), String> {
        if ix < self.catalogue.kinds.len() {
            Ok(())
        } else {
            Err("there is no such register".into())
        }
    }

    /// What the line under the cursor leads to.
    pub(crate) fn stop(&self) -> Stop {
        let at = match self.spot.layers.last() {
            Some(layer) if layer.is_tree() => return self.row().map(|r| r.stop.clone()).unwrap_or_default(),
            Some(layer) => layer.cursor().at,
            None => return Stop::None,
        };
        self.lines().get(at).map(|l| l.stop.clone()).unwrap_or_default()
    }

    /// Moves to the next line, or the one before, that leads to a record.
    fn next_stop(&mut self, by: isize) {
        if self.spot.layers.last().is_some_and(Layer::is_tree) {
            return self.next_group(by);
        }
        let (lines, page) = (self.lines(), self.page());
        let Some(cursor) = self.spot.layers.last_mut().map(Layer::cursor_mut) else {
            return;
        };
        let n = lines.len() as isize;
        let mut at = cursor.at as isize;
        for _ in 0..n {
            at = (at + by + n) % n;
            if matches!(lines[at as usize].stop, Stop::Link(_)) {
                cursor.to(at as usize, lines.len(), page);
                return;
            }
        }
    }
}
