//! The heat map: how many of the risks that the list shows stand in each cell of the matrix, inherent, current or
//! target, before and after beside each other, and which they are.

use super::draw::blank;
use super::instrument::{Draws, Tab};
use super::job::Effect;
use super::list::Only;
use super::look::{Look, from_column, put, row};
use super::matrix::Matrix;
use super::spot::Spot;
use super::{Model, Weight, text};
use crate::method::heat::{self, Heat, View};
use crate::model::kind::{Kind, KindIx, Level, Method};
use crate::model::record::Id;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::cell::RefCell;
use std::sync::Arc;

/// From so many columns on the records of the cell stand beside the matrix: their titles have room there.
const BESIDE: u16 = 132;
/// So many columns they have at least.
const LIST: u16 = 48;
/// Lines below the matrix: the axes, the levels, the cell, the first of its records.
const BELOW: u16 = 6;

/// How it is looked at.
#[derive(Debug, Default)]
pub(crate) struct Gaze {
    /// The cell under the cursor, likelihood and impact from the lowest; until one is chosen, the worst that is not empty.
    at: Option<(usize, usize)>,
    /// Which of the levels of the register, by its place; by default the current one.
    view: Option<usize>,
    /// Before and after beside each other.
    both: bool,
    /// The method whose matrix shows; by default the one by which most are judged.
    method: Option<String>,
    /// What was counted last, and of what.
    counted: RefCell<Option<(Stamp, Arc<Counted>)>>,
    /// Where one goes back to from the records of a cell: the register, the words of its restriction, and the place.
    from: Option<(KindIx, String, Spot)>,
}

/// Of what a count was made.
type Stamp = (u64, i32, String, usize, Option<String>, usize, bool, String);

/// The cells of one view, and of the one after it.
#[derive(Debug)]
struct Counted {
    heat: Heat,
    after: Option<Heat>,
}

/// What is looked at.
struct Sight<'a> {
    ix: KindIx,
    kind: &'a Kind,
    method: &'a Method,
    views: Vec<(&'a str, View)>,
    view: usize,
    /// The view beside it, if two show.
    after: Option<usize>,
    counted: Arc<Counted>,
}

impl Sight<'_> {
    /// The heat that the cursor means.
    fn heat(&self) -> &Heat {
        &self.counted.heat
    }

    fn label(&self, view: usize) -> &str {
        self.views.get(view).map_or("", |(name, _)| self.kind.label(name))
    }
}

pub(crate) fn in_map(m: &Model) -> Result<(), String> {
    match m.instrument().map(|i| i.draws) {
        Some(Draws::HeatMap) => Ok(()),
        None => Err("this works in the heat map".into()),
    }
}

pub(crate) fn up(m: &mut Model) -> Vec<Effect> {
    step(m, (1, 0))
}
pub(crate) fn down(m: &mut Model) -> Vec<Effect> {
    step(m, (-1, 0))
}
pub(crate) fn left(m: &mut Model) -> Vec<Effect> {
    step(m, (0, -1))
}
pub(crate) fn right(m: &mut Model) -> Vec<Effect> {
    step(m, (0, 1))
}

fn step(m: &mut Model, (rows, columns): (isize, isize)) -> Vec<Effect> {
    let Some(s) = m.sight() else { return Vec::new() };
    let (y, x) = m.heat_cursor(&s);
    let last = |scale| s.method.levels(scale).len().saturating_sub(1);
    let to = (
        y.saturating_add_signed(rows).min(last("likelihood")),
        x.saturating_add_signed(columns).min(last("impact")),
    );
    m.heat.at = Some(to);
    Vec::new()
}

/// Shows the next of inherent, suggested, current and target.
pub(crate) fn view(m: &mut Model) -> Vec<Effect> {
    if let Some((view, count)) = m.sight().map(|s| (s.view, s.views.len())) {
        m.heat.view = Some((view + 1) % count.max(1));
    }
    Vec::new()
}

/// Shows one, or before and after beside each other.
pub(crate) fn both(m: &mut Model) -> Vec<Effect> {
    m.heat.both = !m.heat.both;
    Vec::new()
}

pub(crate) fn has_methods(m: &Model) -> Result<(), String> {
    in_map(m)?;
    match m.sight().is_some_and(|s| !s.heat().others.is_empty()) {
        true => Ok(()),
        false => Err("all that show are judged by one method".into()),
    }
}

/// Shows the matrix of another method by which records of the list are judged.
pub(crate) fn method(m: &mut Model) -> Vec<Effect> {
    let Some(s) = m.sight() else { return Vec::new() };
    let others: Vec<String> = s.heat().others.keys().cloned().collect();
    let next = others.iter().find(|id| **id > s.method.id).or(others.first()).cloned();
    m.heat.method = next.or_else(|| m.heat.method.take());
    m.heat.at = None;
    Vec::new()
}

/// Opens the list of the records in the cell; back from there leads here.
pub(crate) fn open(m: &mut Model) -> Vec<Effect> {
    let Some(s) = m.sight() else { return Vec::new() };
    let at = m.heat_cursor(&s);
    let ids = s.heat().cell(at.0, at.1);
    let name = |scale: &str, n: usize| {
        s.method
            .levels(scale)
            .get(n)
            .map_or(String::new(), |l| l.name.to_lowercase())
    };
    let words = format!(
        "{}: {} by {}",
        s.label(s.view).to_lowercase(),
        name("likelihood", at.0),
        name("impact", at.1)
    );
    if ids.is_empty() {
        let why = format!("no {} stands there", s.kind.title.to_lowercase());
        m.say(Weight::Plain, why);
        return Vec::new();
    }
    let (ix, ids) = (s.ix, ids.iter().cloned().collect());
    m.heat.from = Some((ix, words.clone(), m.spot.clone()));
    m.lists[ix].only = Some(Only {
        words,
        ids: Arc::new(ids),
    });
    m.find(ix);
    let spot = m.spot_of(ix);
    m.go(spot)
}

impl Model {
    /// The place to which one goes back when the restriction of a list is taken off that was made in the heat map.
    pub(crate) fn back_to_heat(&mut self, ix: KindIx, only: &Only) -> Option<Spot> {
        let (_, _, spot) = self
            .heat
            .from
            .take_if(|(kind, words, _)| *kind == ix && *words == only.words)?;
        Some(Spot { seen: None, ..spot })
    }

    fn sight(&self) -> Option<Sight<'_>> {
        let ix = self.followed_register()?;
        let w = self.world();
        let (kind, list) = (w.kind_at(ix), self.lists.get(ix)?);
        let views = View::all(kind);
        let current = views.iter().position(|(name, _)| name.starts_with("current"));
        let view = self.heat.view.or(current).unwrap_or(0).min(views.len().checked_sub(1)?);
        let known = heat::methods(&w, kind, list.rows.iter());
        let chosen = self.heat.method.clone().filter(|id| known.contains_key(id));
        let most = known.iter().max_by_key(|(_, n)| **n).map(|(id, _)| id.clone());
        let method = match chosen.or(most).and_then(|id| w.catalogue.method(&id)) {
            Some(m) => m,
            None => w.method(kind, None)?,
        };
        let after = self.heat.both.then_some((view + 1).min(views.len() - 1));
        // the last one is looked at beside the one before it
        let (view, after) = match after {
            Some(a) if a == view => (view.checked_sub(1).unwrap_or(view), Some(a)),
            other => (view, other),
        };
        let stamp: Stamp = (
            w.state.seq,
            w.today,
            format!("{} {} {}", list.query, list.retired, list.rows.is_done()),
            list.rows.len(),
            list.only.as_ref().map(|o| o.words.clone()),
            view,
            after.is_some(),
            method.id.clone(),
        );
        let mut kept = self.heat.counted.borrow_mut();
        let counted = match kept.as_ref().filter(|(s, _)| *s == stamp) {
            Some((_, counted)) => Arc::clone(counted),
            None => {
                let of = |view: usize| Heat::of(&w, kind, method, &views[view].1, list.rows.iter());
                let counted = Arc::new(Counted {
                    heat: of(view),
                    after: after.map(of),
                });
                *kept = Some((stamp, Arc::clone(&counted)));
                counted
            }
        };
        drop(kept);
        Some(Sight {
            ix,
            kind,
            method,
            views,
            view,
            after,
            counted,
        })
    }

    /// The cell under the cursor: the chosen one, else the worst in which something stands.
    fn heat_cursor(&self, s: &Sight) -> (usize, usize) {
        let (rows, columns) = (s.method.levels("likelihood").len(), s.method.levels("impact").len());
        if let Some((y, x)) = self.heat.at.filter(|(y, x)| *y < rows && *x < columns) {
            return (y, x);
        }
        let cells = (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x)));
        let taken = cells.filter(|(y, x)| !s.heat().cell(*y, *x).is_empty());
        taken
            .max_by_key(|(y, x)| (s.method.at(*y, *x), y + x))
            .unwrap_or((0, 0))
    }

    pub(crate) fn draw_heat(&self, body: Rect, buffer: &mut Buffer) {
        let full = buffer.area;
        let look = &self.theme;
        let Some(entry) = self.tab() else { return };
        let Some(s) = self.sight() else { return };
        let side = self.side();
        match side {
            0 => self.draw_strip(row(full, 1), buffer, entry),
            width => self.draw_side(Rect { width, ..body }, buffer, entry),
        }
        let body = from_column(body, side + 2);
        self.draw_parts(
            self.heat_head(&s),
            look.glyph(" · ", " - "),
            from_column(row(full, 2), side),
            buffer,
        );
        if look.plain {
            return self.draw_heat_sentences(&s, body, buffer);
        }
        let at = self.heat_cursor(&s);
        let beside = s.after.is_none() && body.width >= BESIDE;
        let room = Rect {
            height: body.height.saturating_sub(BELOW),
            ..body
        };
        let matrix = self.matrix_of(&s);
        let width = match (&s.counted.after, beside) {
            (Some(_), _) => (room.width / 2).saturating_sub(1),
            (None, true) => (body.width * 3 / 5).max(matrix.named_width()).min(body.width - LIST),
            (None, false) => body.width,
        };
        let area = Rect { width, ..room };
        let used = match &s.counted.after {
            Some(after) => self.draw_two(&s, after, room, buffer),
            None => self.draw_one(&s, s.heat(), area, buffer),
        };
        let below = Rect {
            y: body.y + used.1,
            height: body.height.saturating_sub(used.1),
            ..body
        };
        self.draw_axes(&s, matrix.names(area), below, buffer);
        self.draw_levels(&s, row(below, 2), buffer);
        let list = match beside {
            true => Rect {
                height: body.height.saturating_sub(1),
                ..from_column(body, used.0 + 4)
            },
            false => Rect {
                y: below.y + 4,
                height: below.height.saturating_sub(5),
                ..below
            },
        };
        self.draw_cell_words(&s, at, list, buffer);
    }

    fn heat_head(&self, s: &Sight) -> Vec<(String, &'static str)> {
        let list = &self.lists[s.ix];
        let mut views = s.label(s.view).to_owned();
        if let Some(after) = s.after {
            views = format!(
                "{views} {} {}",
                self.theme.glyph("→", "->"),
                s.label(after).to_lowercase()
            );
        }
        let total = list.rows.len();
        let mut parts = vec![(views, "heading"), (s.method.title(), "text")];
        parts.push((
            match total == list.total {
                true => counted_words(total, s.kind),
                false => format!("{total} of {}", counted_words(list.total, s.kind)),
            },
            "text",
        ));
        if !list.query.is_empty() {
            parts.push((format!("/{}", text::clean(&list.query)), "action"));
        }
        if let Some(only) = &list.only {
            parts.push((only.words.clone(), "action"));
        }
        let nowhere = s.heat().nowhere;
        let then = s.counted.after.as_ref().map_or(nowhere, |after| after.nowhere);
        if nowhere > 0 || then > 0 {
            let counts = match then == nowhere {
                true => nowhere.to_string(),
                false => format!("{nowhere}{}{then}", self.theme.glyph("→", "->")),
            };
            parts.push((format!("{counts} not assessed"), "warn"));
        }
        let stale: usize = s.heat().stale.iter().flatten().sum();
        if stale > 0 {
            parts.push((format!("!{stale} stale"), "warn"));
        }
        for (id, n) in &s.heat().others {
            let name = self.catalogue.method(id).map_or(id.clone(), Method::title);
            parts.push((format!("{n} by {name}"), "warn"));
        }
        parts
    }

    fn matrix_of<'a>(&'a self, s: &'a Sight) -> Matrix<'a> {
        Matrix {
            appetite: self.world().bound(s.kind, None, "appetite"),
            cursor: Some(self.heat_cursor(s)),
            ..Matrix::of(&self.theme, s.method)
        }
    }

    fn draw_one(&self, s: &Sight, heat: &Heat, area: Rect, buffer: &mut Buffer) -> (u16, u16) {
        let matrix = self.matrix_of(s);
        matrix.draw(area, buffer, &|y, x| count(heat, y, x));
        matrix.size(area)
    }

    /// Before and after, each under its name.
    fn draw_two(&self, s: &Sight, after: &Heat, room: Rect, buffer: &mut Buffer) -> (u16, u16) {
        let half = room.width / 2;
        let views = [(s.view, s.heat()), (s.after.unwrap_or(s.view), after)];
        let mut used = (0, 0);
        for (n, (view, heat)) in views.into_iter().enumerate() {
            let area = Rect {
                width: half.saturating_sub(1),
                ..from_column(room, half * n as u16)
            };
            put(buffer, row(area, 0), s.label(view), self.theme.style("heading"), "");
            let below = Rect {
                y: area.y + 1,
                height: area.height.saturating_sub(1),
                ..area
            };
            let size = self.draw_one(s, heat, below, buffer);
            used = (room.width, size.1 + 1);
        }
        used
    }

    /// What runs upwards and what to the right; with the names of the levels where only their letters are at the matrix.
    fn draw_axes(&self, s: &Sight, named: (bool, bool), area: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let axis = |arrow: &str, scale: &str, named: bool| {
            let called = s.method.scale(scale).map_or("", |s| s.name.as_str());
            let told = |l: &Level| format!("{} {}", l.letters(), l.name);
            let all = s.method.levels(scale).iter().map(told).collect::<Vec<_>>().join(", ");
            let full = format!("{arrow} {called}: {all}");
            match named {
                true => format!("{arrow} {called}"),
                false if text::width(&full) <= usize::from(area.width) => full,
                false => format!("{arrow} {all}"),
            }
        };
        let up = axis(look.glyph("↑", "^"), "likelihood", named.0);
        let right = axis(look.glyph("→", "->"), "impact", named.1);
        let lines = match named {
            (true, _) => vec![format!("{up}  {right}")],
            (false, _) => vec![up, right],
        };
        for (y, line) in lines.iter().enumerate() {
            let more = look.glyph("…", "~");
            put(buffer, row(area, y as u16), line, look.style("muted"), more);
        }
    }

    /// The cell under the cursor in words, and its records below.
    fn draw_cell_words(&self, s: &Sight, at: (usize, usize), area: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let more = look.glyph("…", "~");
        let (words, role) = cell_words(s.method, at);
        let ids = s.heat().cell(at.0, at.1);
        let n = ids.len();
        let mut x = put(buffer, row(area, 0), &words, look.style(role), more) - area.x;
        let mut counted = counted_words(n, s.kind);
        if let Some(after) = &s.counted.after {
            let then = after.cell(at.0, at.1).len();
            counted = format!("{n} {} {}", look.glyph("→", "->"), counted_words(then, s.kind));
        }
        put(
            buffer,
            from_column(row(area, 0), x),
            look.glyph(" · ", " - "),
            look.style("muted"),
            "",
        );
        x += 3;
        put(buffer, from_column(row(area, 0), x), &counted, look.style("text"), more);
        let below = Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(1),
            ..area
        };
        self.draw_cell_list(ids, below, buffer);
    }

    /// How many stand at each level, the worst first, and how many are above the appetite.
    fn draw_levels(&self, s: &Sight, line: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let levels = s.method.levels("level");
        // where not all names fit, the letters say it
        let counts = if s.counted.after.is_some() { 10 } else { 6 };
        let long: usize = levels.iter().map(|l| text::width(&l.name) + counts).sum();
        let short = long + 24 > usize::from(line.width);
        let mut x = 0;
        for (n, level) in levels.iter().enumerate().rev() {
            let name = if short { level.letters() } else { level.name.as_str() };
            let role = level.role.as_deref().unwrap_or("text");
            x = put(buffer, from_column(line, x), name, look.style(role), "") - line.x + 1;
            let counts = match &s.counted.after {
                Some(after) => format!("{}{}{}", s.heat().levels[n], look.glyph("→", "->"), after.levels[n]),
                None => s.heat().levels[n].to_string(),
            };
            x = put(buffer, from_column(line, x), &counts, look.style("text"), "") - line.x + 3;
        }
        if let Some(appetite) = self.world().bound(s.kind, None, "appetite") {
            let name = levels.get(appetite).map_or("", |l| l.name.as_str());
            let before = s.heat().above(appetite);
            let (counts, last) = match s.counted.after.as_ref().map(|after| after.above(appetite)) {
                Some(then) => (format!("{before}{}{then}", look.glyph("→", "->")), then),
                None => (before.to_string(), before),
            };
            let words = format!("{counts} above {}", name.to_lowercase());
            let role = if last > 0 { "warn" } else { "ok" };
            put(
                buffer,
                from_column(line, x),
                &words,
                look.style(role),
                look.glyph("…", "~"),
            );
        }
    }

    /// The records of the cell, one a line; where there is but one line, on it.
    fn draw_cell_list(&self, ids: &[Id], area: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let w = self.world();
        let title = |id: &Id| w.find(id).map(|r| text::clean(r.title()).into_owned());
        let room = usize::from(area.height);
        if room == 1 && ids.len() > 1 {
            let named = ids
                .iter()
                .take(4)
                .map(|id| format!("{id} {}", title(id).unwrap_or_default()));
            let line = named.collect::<Vec<_>>().join(look.glyph(" · ", " - "));
            put(buffer, area, &line, look.style("muted"), look.glyph("…", "~"));
            return;
        }
        let shown = if ids.len() > room {
            room.saturating_sub(1)
        } else {
            ids.len()
        };
        for (y, id) in ids.iter().take(shown).enumerate() {
            let line = row(area, y as u16);
            let x = put(buffer, line, id.as_str(), look.style("id"), "") - line.x;
            put(
                buffer,
                from_column(line, x + 2),
                &title(id).unwrap_or_default(),
                look.style("text"),
                look.glyph("…", "~"),
            );
        }
        if shown < ids.len() {
            let words = format!("and {} more", ids.len() - shown);
            put(buffer, row(area, shown as u16), &words, look.style("muted"), "");
        }
    }

    /// The map for ears: the cell under the cursor, the levels, and every cell in which something stands.
    fn draw_heat_sentences(&self, s: &Sight, body: Rect, buffer: &mut Buffer) {
        blank(buffer, body);
        let look = &self.theme;
        let said = |at: (usize, usize)| {
            let n = s.heat().cell(at.0, at.1).len();
            format!("{}: {}", cell_words(s.method, at).0, counted_words(n, s.kind))
        };
        put(
            buffer,
            row(body, 0),
            &said(self.heat_cursor(s)),
            look.style("selected"),
            "",
        );
        self.draw_levels(s, row(body, 1), buffer);
        let rows = (0..s.method.levels("likelihood").len()).rev();
        let cells = rows.flat_map(|y| (0..s.method.levels("impact").len()).map(move |x| (y, x)));
        let taken = cells.filter(|(y, x)| !s.heat().cell(*y, *x).is_empty());
        for (n, at) in taken.enumerate() {
            put(buffer, row(body, 3 + n as u16), &said(at), look.style("text"), "");
        }
    }

    /// The place of an instrument's entry on its strip, for the footer.
    pub(crate) fn is_instrument(&self) -> bool {
        matches!(self.tab(), Some(Tab::Instrument(_))) && self.spot.layers.is_empty() && self.spot.screen > 0
    }
}

fn count(heat: &Heat, y: usize, x: usize) -> String {
    match (heat.cell(y, x).len(), heat.stale_in(y, x)) {
        (0, _) => String::new(),
        (n, 0) => n.to_string(),
        (n, stale) => format!("{n} !{stale}"),
    }
}

fn counted_words(n: usize, kind: &Kind) -> String {
    let name = if n == 1 { &kind.title } else { &kind.titles };
    format!("{n} {}", name.to_lowercase())
}

/// A cell in words: its axes, its level and what is decided there; and the look of the level.
pub(crate) fn cell_words(m: &Method, (y, x): (usize, usize)) -> (String, &'static str) {
    let name = |scale: &str, n: usize| m.levels(scale).get(n).map_or("", |l| l.name.as_str());
    let Some(level) = m.at(y, x).and_then(|n| m.levels("level").get(n)) else {
        return (String::new(), "text");
    };
    let decided = level.decision.map_or(String::new(), |d| format!(", {}", d.word()));
    let words = format!(
        "{} by {}: {}{decided}",
        name("likelihood", y),
        name("impact", x),
        level.name
    );
    (words, super::cell::role_of(level))
}
