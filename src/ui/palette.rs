//! The palette: every action, register and record, found by a few letters; an id goes straight there.

use super::Model;
use super::action::{Action, Group, Run};
use super::dig::Dig;
use super::draw::blank;
use super::input::{Input, Typed};
use super::job::Effect;
use super::key::{Code, Key};
use super::look::{Look, from_column, put, row};
use super::picker::{frame, wide};
use super::text;
use super::ways::{self, Ways};
use crate::model::kind::KindIx;
use crate::model::record::Id;
use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// So many of the actions that cannot be done here are listed.
const REFUSED: usize = 3;
/// What is said of an action and holds all words fits as well as letters that lie a little apart.
const TOLD: i64 = 100;
/// In a window as narrow as this an action's line says what it does, and not its inner name.
const NAMELESS: u16 = 100;
/// It is no wider, however wide the window is.
const WIDTH: u16 = 140;

/// What can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// An action, by its place in the table.
    Action(usize),
    /// A record.
    Record(Id),
    /// A register with this filter.
    Filter(KindIx, String),
    /// A view of a register, by its name.
    View(KindIx, String),
}

/// What came of a key.
pub(crate) enum Done {
    Open,
    Back,
    Take(Item),
}

/// What is typed, what was found, and the line under the cursor.
#[derive(Debug, Default)]
pub(crate) struct Palette {
    pub input: Input,
    pub found: Vec<Item>,
    pub at: usize,
    /// What is found at once: what is meant by its name, and the others by how well they fit.
    named: Vec<Item>,
    fitting: Vec<(i64, Item)>,
    pub dig: Dig,
    /// The ways to go on with a filter.
    ways: Option<Ways>,
    /// How many of the earlier entries were called back.
    pub back: usize,
}

impl Palette {
    /// What is meant by its name.
    pub fn named(&self) -> &[Item] {
        &self.named
    }

    pub fn update(&mut self, key: Key) -> Done {
        let last = self.found.len().saturating_sub(1);
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => return Done::Back,
            (Code::Backspace, _) if self.input.is_empty() => return Done::Back,
            (Code::Down, _) | (Code::Char('n'), true) => self.at = (self.at + 1).min(last),
            (Code::Up | Code::BackTab, _) | (Code::Char('p'), true) => self.at = self.at.saturating_sub(1),
            (Code::PageDown, _) => self.at = (self.at + 10).min(last),
            (Code::PageUp, _) => self.at = self.at.saturating_sub(10),
            (Code::Enter, _) => {
                return match self.found.get(self.at) {
                    Some(item) => Done::Take(item.clone()),
                    None => Done::Open,
                };
            }
            _ => {
                if self.input.update(key) == Typed::Changed {
                    (self.at, self.back) = (0, 0);
                }
            }
        }
        Done::Open
    }
}

impl Model {
    /// Takes in a key; what is chosen is chosen among all that fits.
    pub(crate) fn palette_key(&mut self, p: &mut Palette, key: Key) -> Done {
        let mut ways = p.ways.take();
        let find = |text: &str, at: usize| self.goes_on(p, text, at);
        let mut input = p.input.clone();
        let meant = ways::turn(&mut ways, &mut input, key, find);
        (p.ways, p.input) = (ways, input);
        if meant {
            (p.at, p.back) = (0, 0);
            return Done::Open;
        }
        match (key.code, key.ctrl) {
            (Code::Up, _) | (Code::Char('p'), true) if p.at == 0 && self.call_back(p) => return Done::Open,
            (Code::Enter, _) => {
                while p.dig.is_pending() {
                    self.dig(p);
                }
            }
            _ => {}
        }
        let done = p.update(key);
        if matches!(done, Done::Take(_)) {
            self.keep_said(p.input.text());
        }
        done
    }

    /// Finds what fits to what is typed: an id or number first, then what is called just so, then actions and records,
    /// best first.
    pub(crate) fn search(&mut self, p: &mut Palette) {
        let typed = p.input.text().trim().to_lowercase();
        let w = self.world();
        p.named.clear();
        if let Some(ix) = self.current_kind().or_else(|| self.register()) {
            // A number alone means a record of the register one is in.
            let id = typed
                .parse::<u64>()
                .ok()
                .map(|n| Id::numbered(&self.catalogue.kinds[ix].prefix, n));
            let id = id.or_else(|| Id::typed(&typed)).filter(|id| w.find(id).is_some());
            p.named.extend(id.map(Item::Record));
        } else if let Some(id) = Id::typed(&typed).filter(|id| w.find(id).is_some()) {
            p.named.push(Item::Record(id));
        }
        p.named.extend(self.called(&typed));
        if !p.named.iter().any(|item| matches!(item, Item::Action(_))) {
            p.named.extend(self.asked_for(p.input.text().trim()));
        }
        let matcher = SkimMatcherV2::default().smart_case();
        let fits = |text: &str| -> Option<i64> {
            typed
                .split_whitespace()
                .try_fold(0, |sum, word| Some(sum + matcher.fuzzy_match(text, word)?))
        };
        // What is said about an action counts where it holds the words as they are.
        let tells = |text: &str| {
            let text = text.to_lowercase();
            typed.len() > 2 && typed.split_whitespace().all(|word| text.contains(word))
        };
        let mut actions: Vec<(i64, Item)> = Vec::new();
        for (n, a) in self.actions.rows.iter().enumerate() {
            // Brief words and the name count, the doc helps a little.
            let near = fits(&format!("{} {}", a.brief, a.name)).map(|s| s + 20);
            // What no record here has is of no use.
            if matches!(a.run, Run::Change(n) if !self.has_field(n)) {
                continue;
            }
            if let Some(score) = near.or_else(|| tells(&a.doc).then_some(TOLD)) {
                // What can be done here comes before what cannot.
                let score = if self.enabled(a).is_ok() { score } else { score - 40 };
                actions.push((score, Item::Action(n)));
            }
        }
        if typed.is_empty() {
            // Nobody comes here for the keys under the fingers, nor for what cannot be done.
            let last = |a: &Action| (self.enabled(a).is_err(), a.group == Group::Move);
            let row = |item: &Item| match item {
                Item::Action(n) => self.actions.rows.get(*n).map(last),
                _ => None,
            };
            actions.sort_by_key(|(_, item)| row(item));
        }
        // The views of the register one is in, and all of one's own.
        let here = self.list().map(|l| l.kind);
        for ix in 0..self.catalogue.kinds.len() {
            let kind = &self.catalogue.kinds[ix];
            let own = |name: &str| self.views.all.iter().any(|v| v.kind == kind.name && v.name == name);
            if here != Some(ix) && !self.views.all.iter().any(|v| v.kind == kind.name) {
                continue;
            }
            for view in self.views_of(ix) {
                if (here == Some(ix) || own(&view.name))
                    && !typed.is_empty()
                    && let Some(score) = fits(&format!("{} {}", kind.titles, view.name))
                {
                    actions.push((score + 10, Item::View(ix, view.name.clone())));
                }
            }
        }
        p.fitting = actions;
        self.ask_records(p);
        self.gather(p);
    }

    /// Whether the record here, or those of this register, have the field of a change.
    fn has_field(&self, change: usize) -> bool {
        let kind = self.current_kind().or_else(|| self.register());
        let name = self.actions.changes.get(change);
        kind.zip(name)
            .is_some_and(|(ix, name)| self.catalogue.kinds[ix].field(name).is_some())
    }

    /// Puts together what was found so far.
    pub(crate) fn gather(&self, p: &mut Palette) {
        let asks = !p.input.text().trim().is_empty();
        let mut all: Vec<(i64, Item)> = p.fitting.clone();
        if asks {
            let records = p.dig.best.iter();
            all.extend(records.map(|(score, id)| (*score, Item::Record(id.clone()))));
            all.sort_by_key(|(score, _)| -score);
            // of what cannot be done here a few say why, below all that can
            let able = |item: &Item| match item {
                Item::Action(n) => self.actions.rows.get(*n).is_some_and(|a| self.enabled(a).is_ok()),
                _ => true,
            };
            let (can, cannot): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, item)| able(item));
            all = can;
            all.extend(cannot.into_iter().take(REFUSED));
        }
        p.found.clone_from(&p.named);
        for (_, item) in all {
            if !p.named.contains(&item) {
                p.found.push(item);
            }
        }
        p.at = p.at.min(p.found.len().saturating_sub(1));
    }

    /// Does what was taken.
    pub(crate) fn take(&mut self, item: Item) -> Vec<Effect> {
        match item {
            Item::Action(n) => self.run(n),
            Item::Record(id) => self.open_record(&id),
            Item::View(ix, name) => self.show_view(ix, &name),
            Item::Filter(ix, text) => {
                self.lists[ix].query = text;
                self.lists[ix].only = None;
                self.find(ix);
                let spot = self.spot_of(ix);
                self.go(spot)
            }
        }
    }

    pub(crate) fn draw_palette(&self, p: &Palette, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = &self.theme;
        let full = buffer.area;
        let height = (full.height * 2 / 3).max(8).min(full.height.saturating_sub(2));
        let width = full.width.min(WIDTH);
        let area = Rect::new((full.width - width) / 2, 1, width, height);
        // words cut by its sides would be read with what stands in it
        let beside = Rect {
            x: 0,
            width: full.width,
            ..area
        };
        blank(buffer, beside);
        let inside = frame(area, buffer, look, "Go to, or do");
        if inside.height < 2 {
            return None;
        }
        let x = put(buffer, row(inside, 0), ": ", look.style("key"), "");
        let cursor = p.input.view(
            Rect::new(x, inside.y, inside.right().saturating_sub(x), 1),
            buffer,
            look,
        );
        let rows = usize::from(inside.height - 1);
        let top = (p.at + 1).saturating_sub(rows);
        let w = self.world();
        let contexts = self.contexts();
        let more = look.glyph("…", "~");
        if let Some(ways) = &p.ways {
            let area = Rect {
                y: inside.y + 1,
                height: inside.height - 1,
                ..inside
            };
            ways.draw(area, buffer, look);
            return Some(cursor);
        }
        if p.found.is_empty() {
            put(buffer, row(inside, 1), "  nothing matches", look.style("muted"), "");
        }
        for (y, (n, item)) in p.found.iter().enumerate().skip(top).take(rows).enumerate() {
            let line = row(inside, 1 + y as u16);
            if n == p.at {
                put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            let role = |able: bool| match (able, n == p.at) {
                (false, _) => "muted",
                (_, true) => "selected",
                _ => "text",
            };
            let body = from_column(line, 2);
            match item {
                Item::Record(id) => {
                    // An id that is made of fields is longer than the others.
                    let head = wide(id.as_str()).clamp(9, body.width / 2);
                    let place = Rect { width: head, ..body };
                    put(buffer, place, id.as_str(), look.style("id"), more);
                    let kind = w.kind(id).map(|k| k.title.as_str()).unwrap_or_default();
                    let title = w
                        .find(id)
                        .map(|r| text::clean(r.title()).into_owned())
                        .unwrap_or_default();
                    let note = wide(kind) + 2;
                    let room = Rect {
                        width: body.width.saturating_sub(head + 1 + note),
                        ..from_column(body, head + 1)
                    };
                    put(buffer, room, &title, look.style(role(true)), more);
                    let at = from_column(body, body.width.saturating_sub(note - 1));
                    put(buffer, at, kind, look.style("muted"), "");
                }
                Item::Filter(ix, text) => {
                    let (note, look_of) = self.promise(*ix, text, &p.dig);
                    let words = format!("{} /{}", w.kind_at(*ix).titles, text::clean(text));
                    let x = put(buffer, from_column(body, 10), &words, look.style(role(true)), more);
                    let rest = Rect::new(x + 2, body.y, body.right().saturating_sub(x + 2), 1);
                    put(buffer, rest, &note, look.style(look_of), more);
                }
                Item::View(ix, name) => {
                    let place = Rect {
                        width: body.width.saturating_sub(15),
                        ..from_column(body, 10)
                    };
                    let label = format!("{}: {}", w.kind_at(*ix).titles, text::clean(name));
                    put(buffer, place, &label, look.style(role(true)), more);
                    let at = from_column(body, body.width.saturating_sub(5));
                    put(buffer, at, "View", look.style("muted"), "");
                }
                Item::Action(a) => {
                    let Some(action) = self.actions.rows.get(*a) else {
                        continue;
                    };
                    let able = self.enabled(action);
                    let keys = self.keymap.keys_of(&contexts, *a).unwrap_or_default();
                    put(
                        buffer,
                        Rect {
                            width: 9.min(body.width),
                            ..body
                        },
                        &keys,
                        look.style("key"),
                        "",
                    );
                    let style = look.style(role(able.is_ok()));
                    if full.width < NAMELESS {
                        let said = able.err().map(|why| format!("{}: {why}", action.brief));
                        let said = said.as_ref().unwrap_or(&action.doc);
                        put(buffer, from_column(body, 10), said, style, more);
                        continue;
                    }
                    let name = Rect {
                        width: 24.min(body.width.saturating_sub(10)),
                        ..from_column(body, 10)
                    };
                    put(buffer, name, &action.name, style, more);
                    let note = able.err().unwrap_or_else(|| action.doc.clone());
                    put(buffer, from_column(body, 35), &note, look.style("muted"), more);
                }
            }
        }
        Some(cursor)
    }
}
