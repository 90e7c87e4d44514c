//! Help: first what can be done in this place, then everything; what one types searches it and Enter does it.

use super::Model;
use super::action::Group;
use super::input::{Input, Typed};
use super::key::{Code, Key};
use super::line;
use super::look::{Look, from_column, put, row};
use super::picker::{frame, wide};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// In a narrower window what an action does is said in full below.
const NARROW: u16 = 130;
/// In so many lines.
const TOLD: usize = 2;
/// In a window as narrow as this the names of actions stand below too: the line is for what they do.
const NAMELESS: u16 = 100;
/// What Today is.
const TODAY: &str = "Today: what is late, what is due, what waits for your decision and what is missing, the worst first. \
                     The key at the end of a row does what it says.";

/// What an action does, and why it cannot be done now.
fn said(doc: &str, why: Option<&str>) -> String {
    match why {
        Some(why) => format!("{doc} Not now: {why}."),
        None => doc.to_owned(),
    }
}

/// One line.
#[derive(Debug, Clone)]
enum Item {
    Heading(String),
    Text(String),
    Action {
        place: usize,
        keys: String,
        name: String,
        doc: String,
        why: Option<String>,
    },
}

/// What came of a key.
pub(crate) enum Done {
    Open,
    Back,
    Run(usize),
}

/// Help as it was when it was opened.
#[derive(Debug, Default)]
pub(crate) struct Help {
    input: Input,
    all: Vec<Item>,
    shown: Vec<usize>,
    at: usize,
    top: std::cell::Cell<usize>,
}

impl Help {
    /// Help for where the model is.
    pub fn new(m: &Model) -> Self {
        let contexts = m.contexts();
        let mut here = vec![Item::Heading("Here".into())];
        let wrapped = |text: &str| {
            let lines = line::wrap(text, usize::from(m.size.0.saturating_sub(6)));
            lines.into_iter().map(Item::Text)
        };
        if super::able::in_today(m).is_ok() {
            here.extend(wrapped(TODAY));
        } else if let Some(ix) = m.current_kind().or_else(|| m.register()) {
            let kind = &m.catalogue.kinds[ix];
            let clause = if kind.clause.is_empty() {
                String::new()
            } else {
                format!(" (ISO/IEC 27001: {})", kind.clause)
            };
            here.extend(wrapped(&format!("{}: {}{clause}", kind.titles, kind.help)));
        }
        let mut rest = Vec::new();
        // What belongs to the place comes first, moving about last: everybody tries the arrows anyway.
        let mut groups = Group::ALL;
        groups.sort_by_key(|g| match g {
            Group::List | Group::Record => 0,
            Group::Transition | Group::Change => 1,
            Group::Time => 2,
            Group::Go => 3,
            Group::Move | Group::Program => 4,
        });
        for group in groups {
            let mut other = vec![Item::Heading(group.title().into())];
            for (place, a) in m.actions.rows.iter().enumerate().filter(|(_, a)| a.group == group) {
                let local = m.keymap.keys_of(&contexts, place);
                let why = m.enabled(a).err();
                let keys = local
                    .clone()
                    .or_else(|| m.keymap.all_keys_of(place).first().cloned())
                    .unwrap_or_default();
                let item = Item::Action {
                    place,
                    keys,
                    name: a.name.clone(),
                    doc: a.doc.clone(),
                    why: why.clone(),
                };
                if local.is_some() && why.is_none() {
                    here.push(item);
                } else {
                    other.push(item);
                }
            }
            if other.len() > 1 {
                rest.extend(other);
            }
        }
        let mut help = Self {
            all: here,
            ..Self::default()
        };
        help.all.extend(rest);
        help.find();
        help
    }

    pub fn paste(&mut self, text: &str) {
        self.input.paste(text);
        self.find();
    }

    /// What the line under the cursor does, in full, where the window is narrow: an empty line for the border first.
    fn told(&self, inside: Rect) -> Vec<String> {
        if inside.width >= NARROW || inside.height < 14 {
            return Vec::new();
        }
        let words = match self.shown.get(self.at).map(|&i| &self.all[i]) {
            Some(Item::Action { doc, why, .. }) => said(doc, why.as_deref()),
            _ => String::new(),
        };
        let mut lines = vec![String::new()];
        lines.extend(line::wrap(&words, usize::from(inside.width.saturating_sub(4))));
        // Always as many, so that nothing moves.
        lines.resize(1 + TOLD, String::new());
        lines
    }

    fn find(&mut self) {
        let words: Vec<String> = self
            .input
            .text()
            .to_lowercase()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let fits = |item: &Item| match item {
            Item::Action { keys, name, doc, .. } => {
                let all = format!("{name} {doc}").to_lowercase();
                words.iter().all(|w| all.contains(w) || keys.to_lowercase() == *w)
            }
            _ => words.is_empty(),
        };
        self.shown = (0..self.all.len()).filter(|&i| fits(&self.all[i])).collect();
        self.at = self
            .shown
            .iter()
            .position(|&i| matches!(self.all[i], Item::Action { .. }))
            .unwrap_or(0);
    }

    pub fn update(&mut self, key: Key, size: (u16, u16)) -> Done {
        let last = self.shown.len().saturating_sub(1);
        let page = usize::from(size.1.saturating_sub(5));
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => return Done::Back,
            (Code::Char('q' | '?'), false) if self.input.is_empty() => return Done::Back,
            (Code::Down | Code::Tab, _) | (Code::Char('n'), true) => self.at = (self.at + 1).min(last),
            (Code::Up | Code::BackTab, _) | (Code::Char('p'), true) => self.at = self.at.saturating_sub(1),
            (Code::PageDown, _) => self.at = (self.at + page).min(last),
            (Code::PageUp, _) => self.at = self.at.saturating_sub(page),
            (Code::Enter, _) => {
                return match self.shown.get(self.at).map(|&i| &self.all[i]) {
                    Some(Item::Action { place, .. }) => Done::Run(*place),
                    _ => Done::Open,
                };
            }
            _ => {
                if self.input.update(key) == Typed::Changed {
                    self.find();
                }
            }
        }
        Done::Open
    }
}

impl Model {
    pub(crate) fn draw_help(&self, h: &Help, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = &self.theme;
        let full = buffer.area;
        let inside = frame(full, buffer, look, "Help");
        if inside.height < 3 {
            return None;
        }
        let x = put(buffer, row(inside, 0), "/ ", look.style("key"), "");
        let hint = "type to search   Enter does it   Esc back";
        let at = inside.width.saturating_sub(hint.len() as u16);
        put(buffer, from_column(row(inside, 0), at), hint, look.style("muted"), "");
        let cursor = h
            .input
            .view(Rect::new(x, inside.y, at.saturating_sub(4), 1), buffer, look);
        let told = h.told(inside);
        let rows = usize::from((inside.height - 1).saturating_sub(u16::try_from(told.len()).unwrap_or(0)));
        let top = h
            .top
            .get()
            .min(h.at)
            .max((h.at + 1).saturating_sub(rows))
            .min(h.shown.len().saturating_sub(rows));
        // The heading above the first action is worth seeing.
        let top = if h.at < rows { 0 } else { top };
        h.top.set(top);
        let more = look.glyph("…", "~");
        for (y, (n, i)) in h.shown.iter().enumerate().skip(top).take(rows).enumerate() {
            let line = row(inside, 1 + y as u16);
            if n == h.at {
                put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            match &h.all[*i] {
                Item::Heading(text) => drop(put(buffer, from_column(line, 1), text, look.style("heading"), more)),
                Item::Text(text) => drop(put(buffer, from_column(line, 2), text, look.style("muted"), more)),
                Item::Action {
                    keys, name, doc, why, ..
                } => {
                    let body = from_column(line, 2);
                    put(
                        buffer,
                        Rect {
                            width: 9.min(body.width),
                            ..body
                        },
                        keys,
                        look.style("key"),
                        "",
                    );
                    let role = match (why.is_some(), n == h.at) {
                        (true, _) => "muted",
                        (_, true) => "selected",
                        _ => "text",
                    };
                    let text = said(doc, why.as_deref());
                    let names = match full.width {
                        ..NAMELESS => {
                            put(buffer, from_column(body, 10), &text, look.style(role), more);
                            continue;
                        }
                        NAMELESS..140 => 26,
                        _ => 28,
                    };
                    let room = Rect {
                        width: names.min(body.width.saturating_sub(10)),
                        ..from_column(body, 10)
                    };
                    put(buffer, room, name, look.style(role), more);
                    put(buffer, from_column(body, 11 + names), &text, look.style("muted"), more);
                }
            }
        }
        // What is cut above is said in full below.
        let below = inside.height - u16::try_from(told.len()).unwrap_or(0).min(inside.height);
        for (y, text) in told.iter().enumerate() {
            put(
                buffer,
                from_column(row(inside, below + y as u16), 2),
                text,
                look.style("text"),
                more,
            );
        }
        if !told.is_empty() {
            let line = row(inside, below);
            super::draw::rule(line, buffer, look);
            let name = match h.shown.get(h.at).map(|&i| &h.all[i]) {
                Some(Item::Action { name, .. }) if full.width < NAMELESS => format!(" {name} "),
                _ => String::new(),
            };
            let at = line.width.saturating_sub(wide(&name) + 2);
            put(buffer, from_column(line, at), &name, look.style("muted"), "");
        }
        Some(cursor)
    }
}
