//! Which columns a register shows, in which order and how wide: what is drawn, and the choice of it with the list in view.

use super::job::Effect;
use super::key::{Code, Key};
use super::list::List;
use super::look::{Look, from_column, put, row};
use super::modal::Modal;
use super::picker::{frame, wide};
use super::place::{self, Placed, place};
use super::{Model, Weight};
use crate::model::kind::{Column, FieldType, Kind, KindIx};
use crate::model::record::Id;
use crate::model::view::{self, Shown, WIDTHS};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The keys of the choice, and what they do.
const KEYS: [(&str, &str); 7] = [
    ("x", "show"),
    ("J K", "move"),
    ("+ -", "width"),
    ("=", "by itself"),
    ("r", "reset"),
    ("Enter", "keep"),
    ("Esc", "back"),
];

/// The choice of columns of one register.
#[derive(Debug)]
pub(crate) struct Columns {
    kind: KindIx,
    /// Every column that there can be, and whether it shows; those that do come first.
    rows: Vec<(Shown, bool)>,
    at: usize,
    /// What the list showed before.
    before: Option<Vec<Shown>>,
}

/// The columns of a list: those that show in any case, those that a wide window adds, and whether somebody chose them.
pub(crate) struct Wanted {
    pub columns: Vec<Column>,
    pub more: Vec<Column>,
    pub chosen: bool,
}

impl Model {
    /// The columns that a person has asked for here, by a view or for the register.
    pub(crate) fn asked_columns<'a>(&'a self, list: &'a List) -> Option<&'a [Shown]> {
        let kind = &self.catalogue.kinds[list.kind];
        let chosen = self.views.columns_of(&self.shipped, kind);
        list.columns.as_deref().or(chosen)
    }

    /// The columns of a list.
    pub(crate) fn columns_of(&self, list: &List) -> Wanted {
        let kind = &self.catalogue.kinds[list.kind];
        let asked = self
            .asked_columns(list)
            .map(|shown| view::columns(&self.catalogue, kind, shown));
        let mut wanted = match asked.filter(|columns| !columns.is_empty()) {
            Some(columns) => Wanted {
                columns,
                more: Vec::new(),
                chosen: true,
            },
            None => Wanted {
                columns: kind.columns.clone(),
                more: self.more_columns(kind),
                chosen: false,
            },
        };
        wanted.more.retain(|c| self.is_filled(list.kind, c));
        if !wanted.chosen {
            wanted.columns.retain(|c| c.rank == 0 || self.is_filled(list.kind, c));
        }
        // An id is not cut, however many records there are, unless somebody wants it so.
        let last = Id::numbered(
            &kind.prefix,
            self.world().state.next_number(list.kind).saturating_sub(1),
        );
        let longest = u16::try_from(last.as_str().len()).unwrap_or(u16::MAX);
        let cut = |c: &&mut Column| c.field == "id" && !self.is_fixed(list, c);
        for id in wanted.columns.iter_mut().filter(cut) {
            id.width = id.width.max(longest);
        }
        wanted
    }

    /// Whether a person has said how wide a column is.
    fn is_fixed(&self, list: &List, column: &Column) -> bool {
        let asked = self.asked_columns(list).unwrap_or_default();
        asked.iter().any(|s| s.field == column.field && s.width.is_some())
    }

    /// What a wide window shows besides: the fields that one changes on the spot, then when it was changed.
    fn more_columns(&self, kind: &Kind) -> Vec<Column> {
        use FieldType as T;
        let long = |t: T| matches!(t, T::Text | T::Rows | T::File | T::Range);
        let has = |name: &str| kind.columns.iter().any(|c| c.field == name);
        // The only day that falls due is the earliest of them.
        let due: Vec<&str> = kind
            .fields
            .iter()
            .filter(|f| f.due.is_some())
            .map(|f| f.name.as_str())
            .collect();
        let new = |name: &str| !(has(name) || has("due") && due == [name]);
        let mut names: Vec<&str> = Vec::new();
        for own in [true, false] {
            let fields = kind.fields.iter().filter(|f| (f.tag > 31) == own && f.key.is_some());
            names.extend(
                fields
                    .filter(|f| !long(f.kind) && new(&f.name))
                    .map(|f| f.name.as_str()),
            );
        }
        names.extend(Some("changed").filter(|n| new(n)));
        let shown: Vec<Shown> = names.into_iter().map(Shown::new).collect();
        view::columns(&self.catalogue, kind, &shown)
    }

    /// The columns of a list with their places, from column `x` on.
    pub(crate) fn place_columns<'a>(&self, list: &List, wanted: &'a Wanted, x: u16, width: u16) -> Vec<Placed<'a>> {
        let full = |c: &Column| match wanted.chosen && self.is_fixed(list, c) {
            true => (c.width, c.width),
            false => self.width_of(list.kind, c),
        };
        // Decided is by what a row is about: there owner and due, which come of the decision, make room for it.
        let comfort = if self.triage.is_some() {
            place::TOLD
        } else {
            place::comfort(width)
        };
        let manner = (wanted.chosen, comfort);
        place(&wanted.columns, &wanted.more, full, manner, (x, width))
    }

    /// Asks which columns show.
    pub(crate) fn choose_columns(&mut self) -> Vec<Effect> {
        let Some(list) = self.list() else { return Vec::new() };
        let kind = &self.catalogue.kinds[list.kind];
        let shown: Vec<Shown> = match self.asked_columns(list) {
            Some(shown) => shown.to_vec(),
            None => kind.columns.iter().map(|c| Shown::new(&c.field)).collect(),
        };
        let rest = view::possible(kind)
            .into_iter()
            .filter(|n| !shown.iter().any(|s| s.field == **n));
        let rest: Vec<(Shown, bool)> = rest.map(|n| (Shown::new(n), false)).collect();
        let rows = shown.into_iter().map(|s| (s, true)).chain(rest).collect();
        let columns = Columns {
            kind: list.kind,
            rows,
            at: 0,
            before: list.columns.clone(),
        };
        self.modals.push(Modal::Columns(Box::new(columns)));
        Vec::new()
    }

    /// Takes in a key of the choice; nothing to do with it any more: `None`.
    pub(crate) fn columns_key(&mut self, c: &mut Columns, key: Key) -> Option<Vec<Effect>> {
        let last = c.rows.len().saturating_sub(1);
        let kind = &self.catalogue.kinds[c.kind];
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('q'), false) | (Code::Char('c' | 'g'), true) => {
                self.lists[c.kind].columns = c.before.take();
                return Some(Vec::new());
            }
            (Code::Enter, _) => return Some(self.keep_columns(c)),
            (Code::Char('j'), false) | (Code::Down, _) | (Code::Char('n'), true) => c.at = (c.at + 1).min(last),
            (Code::Char('k'), false) | (Code::Up, _) | (Code::Char('p'), true) => c.at = c.at.saturating_sub(1),
            (Code::PageDown, _) => c.at = (c.at + 10).min(last),
            (Code::PageUp, _) => c.at = c.at.saturating_sub(10),
            (Code::Char('g'), false) | (Code::Home, _) => c.at = 0,
            (Code::Char('G'), false) | (Code::End, _) => c.at = last,
            (Code::Char('x' | ' '), false) => {
                let shown = c.rows.iter().filter(|r| r.1).count();
                let r = &mut c.rows[c.at];
                // One at least has to stay.
                r.1 = !r.1 || shown == 1;
            }
            (Code::Char('J'), false) if c.at < last => {
                c.rows.swap(c.at, c.at + 1);
                c.at += 1;
            }
            (Code::Char('K'), false) if c.at > 0 => {
                c.rows.swap(c.at, c.at - 1);
                c.at -= 1;
            }
            (Code::Char('+' | '-' | '<' | '>') | Code::Right | Code::Left, false) => {
                let more = matches!(key.code, Code::Char('+' | '>') | Code::Right);
                let shown = &mut c.rows[c.at].0;
                let now = shown
                    .width
                    .unwrap_or_else(|| view::natural(&self.catalogue, kind, &shown.field));
                let next = if more {
                    now.saturating_add(1)
                } else {
                    now.saturating_sub(1)
                };
                shown.width = Some(next.clamp(WIDTHS.0, WIDTHS.1));
            }
            (Code::Char('='), false) => c.rows[c.at].0.width = None,
            (Code::Char('r'), false) => {
                self.lists[c.kind].columns = None;
                self.views.columns.remove(&kind.name);
                let words = format!("{} show their own columns again", kind.titles.to_lowercase());
                self.say(Weight::Plain, words);
                return Some(vec![self.keep_views()]);
            }
            _ => {}
        }
        self.lists[c.kind].columns = Some(c.shown());
        None
    }

    /// Keeps the choice for the register.
    fn keep_columns(&mut self, c: &Columns) -> Vec<Effect> {
        let kind = &self.catalogue.kinds[c.kind];
        let shown = c.shown();
        let own = kind.columns.iter().map(|c| Shown::new(&c.field));
        if own.eq(shown.iter().cloned()) {
            self.views.columns.remove(&kind.name);
        } else {
            self.views.columns.insert(kind.name.clone(), shown);
        }
        let words = format!("{} show these columns from now on", kind.titles.to_lowercase());
        self.lists[c.kind].columns = None;
        self.say(Weight::Good, words);
        vec![self.keep_views()]
    }

    /// Has the views and columns kept.
    pub(crate) fn keep_views(&self) -> Effect {
        Effect::Views(self.views.text())
    }

    pub(crate) fn draw_columns(&self, c: &Columns, buffer: &mut Buffer) {
        let look = &self.theme;
        let full = buffer.area;
        let kind = &self.catalogue.kinds[c.kind];
        let rows = u16::try_from(c.rows.len()).unwrap_or(u16::MAX);
        let height = rows.saturating_add(2).min((full.height / 2).max(8));
        let area = Rect::new(0, full.height.saturating_sub(height + 1), full.width, height);
        let inside = frame(
            area,
            buffer,
            look,
            &format!("Columns of {}", kind.titles.to_lowercase()),
        );
        let top = (c.at + 1).saturating_sub(usize::from(inside.height));
        let more = look.glyph("…", "~");
        let names = c.rows.iter().map(|(s, _)| wide(self.heading_of(kind, &s.field)));
        // Name, then cells if somebody has said how many, then what it is about.
        let names = names.max().unwrap_or(0).min(24);
        let fixed = if c.rows.iter().any(|(s, _)| s.width.is_some()) {
            4
        } else {
            0
        };
        let list = &self.lists[c.kind];
        let wanted = self.columns_of(list);
        let room = full.width.saturating_sub(self.side() + self.preview_width() + 3);
        let placed = self.place_columns(list, &wanted, 2, room);
        let hidden = |name: &str| match wanted.columns.iter().any(|c| c.field == name) {
            true => (!placed.iter().any(|p| p.column.field == name)).then_some("no room"),
            false => Some("empty"),
        };
        for (y, (n, (shown, on))) in c
            .rows
            .iter()
            .enumerate()
            .skip(top)
            .take(usize::from(inside.height))
            .enumerate()
        {
            let line = row(inside, y as u16);
            let here = n == c.at;
            if here {
                put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            if *on {
                put(
                    buffer,
                    from_column(line, 2),
                    look.glyph("✓", "x"),
                    look.style("marked"),
                    "",
                );
            }
            let role = match (here, on) {
                (true, _) => "selected",
                (_, true) => "text",
                _ => "muted",
            };
            let name = Rect {
                width: names.min(line.width.saturating_sub(4)),
                ..from_column(line, 4)
            };
            put(
                buffer,
                name,
                self.heading_of(kind, &shown.field),
                look.style(role),
                more,
            );
            let cells = match shown.width {
                Some(w) => w.to_string(),
                None => String::new(),
            };
            let at = (4 + names + fixed).saturating_sub(wide(&cells));
            put(buffer, from_column(line, at), &cells, look.style("key"), "");
            let help = match (kind.field(&shown.field), kind.derivation(&shown.field)) {
                (Some(f), _) => f.help.as_str(),
                (_, Some(d)) => d.help.as_str(),
                _ => "",
            };
            let mut at = from_column(line, 6 + names + fixed);
            // What is ticked and does not show says why.
            if let Some(why) = hidden(&shown.field).filter(|_| *on) {
                let end = put(buffer, at, why, look.style("warn"), more);
                at = from_column(line, end + 2 - line.x);
            }
            put(buffer, at, help, look.style("muted"), more);
        }
        let foot = row(full, full.height.saturating_sub(1));
        super::draw::blank(buffer, foot);
        let hints = KEYS.iter().map(|(k, d)| ((*k).to_owned(), (*d).to_owned()));
        self.draw_hints(from_column(foot, 1), hints, buffer);
    }
}

impl Columns {
    /// Those that show.
    fn shown(&self) -> Vec<Shown> {
        self.rows.iter().filter(|r| r.1).map(|r| r.0.clone()).collect()
    }
}
