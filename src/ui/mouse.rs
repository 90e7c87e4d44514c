//! The mouse, for whoever has switched it on. Nothing needs it: a click does what a key does.

use super::app::{Deed, Mouse};
use super::instrument::Tab;
use super::job::Effect;
use super::key::{Code, Key};
use super::{Model, Msg};

/// Cells of a line, and what a click on them does.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    y: u16,
    from: u16,
    to: u16,
    does: Does,
}

/// What a click does.
#[derive(Debug, Clone)]
pub(crate) enum Does {
    /// What these keys do.
    Keys(String),
    /// Shows a register or an instrument of this screen.
    Go(Tab),
}

impl Model {
    /// Notes what a click on cells of a line does, while it is drawn.
    pub(crate) fn clickable(&self, y: u16, from: u16, to: u16, does: Does) {
        if self.mouse {
            self.clicks.borrow_mut().push(Spot { y, from, to, does });
        }
    }

    /// A click chooses a row, a second one on it opens it; the wheel moves.
    pub(crate) fn click(&mut self, m: Mouse) -> Vec<Effect> {
        if !self.modals.is_empty() {
            // In what lies over everything the wheel goes through the choices.
            return match m.deed {
                Deed::WheelDown => self.modal_key(Key::new(Code::Down)),
                Deed::WheelUp => self.modal_key(Key::new(Code::Up)),
                Deed::Press => Vec::new(),
            };
        }
        self.message = None;
        let hit = |s: &&Spot| s.y == m.y && (s.from..s.to).contains(&m.x);
        let spot = self.clicks.borrow().iter().find(hit).map(|s| s.does.clone());
        match (spot.filter(|_| m.deed == Deed::Press), self.pending.keys.is_empty()) {
            (Some(Does::Keys(words)), _) => {
                let keys = Key::sequence(&words).unwrap_or_default();
                return keys.into_iter().flat_map(|key| self.update(Msg::Key(key))).collect();
            }
            (Some(Does::Go(entry)), _) => {
                let spot = match entry {
                    Tab::Register(ix) => self.spot_of(ix),
                    Tab::Instrument(_) => self.spot_of_tab(self.spot.screen, entry),
                };
                return self.go(spot);
            }
            // A click beside the panel puts it away.
            (None, false) => {
                self.pending = super::panel::Pending::default();
                return Vec::new();
            }
            (None, true) => {}
        }
        match m.deed {
            Deed::WheelDown => (0..3).flat_map(|_| super::moving::down(self)).collect(),
            Deed::WheelUp => (0..3).flat_map(|_| super::moving::up(self)).collect(),
            Deed::Press if m.y >= self.body_top() && usize::from(m.y - self.body_top()) < self.page() => {
                let row = usize::from(m.y - self.body_top());
                let (cursor, len) = match self.spot.layers.last_mut() {
                    Some(layer) => (layer.cursor_mut(), usize::MAX),
                    None if self.spot.screen == 0 => (&mut self.today_list.cursor, self.today_list.rows.len()),
                    None => match self.list_mut() {
                        Some(list) => (&mut list.cursor, list.rows.len()),
                        None => return Vec::new(),
                    },
                };
                let at = cursor.top + row;
                if at >= len {
                    return Vec::new();
                }
                if cursor.at == at {
                    return self.run_named("go.open");
                }
                cursor.at = at;
                self.settle();
                Vec::new()
            }
            Deed::Press if m.y == 0 => {
                let n = self.screen_at(m.x);
                n.map(|n| super::going::screen(self, n)).unwrap_or_default()
            }
            Deed::Press => Vec::new(),
        }
    }
}
