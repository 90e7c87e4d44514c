//! The editor of matrices: a grid in which arrow keys move and a digit sets the level of a cell. What falls is named and
//! not saved; what is saved is a version of the organisation's own, through the one door.

use super::editing::Waiting;
use super::heatmap::cell_words;
use super::job::Effect;
use super::key::{Code, Key};
use super::look::{Look, from_column, put, row};
use super::matrix::Matrix;
use super::modal::{Modal, bottom};
use super::{Model, able};
use crate::model::change::{Draft, Edit};
use crate::model::kind::own::{self, DEFINITION};
use crate::model::kind::{GridFault, Level, Method, Offer, TITLE, check_grid};
use crate::model::record::Id;
use crate::model::value::Value;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The keys that it knows, beside a digit for each level.
const KEYS: [(&str, &str); 5] = [
    ("h j k l", "move"),
    ("+ -", "higher, lower"),
    ("s", "first step"),
    ("Enter", "save"),
    ("Esc", "back"),
];

/// A matrix that is being edited.
pub(crate) struct Grid {
    /// As it was.
    before: Method,
    /// As it is now.
    method: Method,
    at: (usize, usize),
    /// The first matrix of a method with two shows.
    step: bool,
    /// What was refused last.
    wrong: Option<String>,
}

pub(crate) fn can(m: &Model) -> Result<(), String> {
    able::can_adopt(m)?;
    m.meant_method()
        .map(|_| ())
        .ok_or_else(|| "there is no method here".into())
}

/// Opens the matrix of the criteria under the cursor, else of the method in force.
pub(crate) fn open(m: &mut Model) -> Vec<Effect> {
    let Some(method) = m.meant_method().cloned() else {
        return Vec::new();
    };
    let grid = Grid {
        before: method.clone(),
        method,
        at: (0, 0),
        step: false,
        wrong: None,
    };
    m.modals.push(Modal::Grid(Box::new(grid)));
    Vec::new()
}

impl Grid {
    fn cells(&self) -> &[Vec<usize>] {
        match &self.method.overall {
            Some(overall) if self.step => overall,
            _ => &self.method.grid,
        }
    }

    /// The levels that a cell may have.
    fn levels(&self) -> &[Level] {
        self.method.levels(if self.step { "likelihood" } else { "level" })
    }

    fn set(&mut self, level: usize) {
        if level >= self.levels().len() {
            self.wrong = Some(format!("there are {} levels, 1 is the lowest", self.levels().len()));
            return;
        }
        let (y, x) = self.at;
        let cells = match &mut self.method.overall {
            Some(overall) if self.step => overall,
            _ => &mut self.method.grid,
        };
        if let Some(cell) = cells.get_mut(y).and_then(|row| row.get_mut(x)) {
            *cell = level;
        }
    }

    /// A cell by the names of its row and its column, counted from 1: "Unlikely by Critical (row 1, column 4)".
    fn named(&self, row: usize, column: usize) -> String {
        let (rows, columns) = match self.step {
            true => ("initiation", "adverse"),
            false => ("likelihood", "impact"),
        };
        let name = |scale: &str, n: usize| {
            let level = n.checked_sub(1).and_then(|n| self.method.levels(scale).get(n));
            level.map_or_else(String::new, |l| l.name.clone())
        };
        let names = format!("{} by {}", name(rows, row), name(columns, column));
        format!("{names} (row {row}, column {column})")
    }

    /// What is wrong with the matrix that shows, with the cell, or with the other one.
    fn fault(&self) -> Option<String> {
        let said = |fault: GridFault| match fault {
            GridFault::Falls { row, column } => format!(
                "falls at {}: a higher likelihood or impact must not lower the level",
                self.named(row, column)
            ),
            other => other.to_string(),
        };
        let of = |grid: &[Vec<usize>]| check_grid(grid).err();
        let other = || of(&self.method.grid).or_else(|| self.method.overall.as_deref().and_then(of));
        let here = of(self.cells()).map(said);
        here.or_else(|| Some(format!("the other matrix: {}", other()?)))
    }
}

impl Model {
    /// The method that the record here names, or else the one in force.
    fn meant_method(&self) -> Option<&Method> {
        let w = self.world();
        let named = self.current().and_then(|r| {
            let kind = w.kind(&r.id)?;
            let field = kind.fields.iter().find(|f| f.offers == Some(Offer::Methods))?;
            self.catalogue.method(r.text(field.tag))
        });
        let risk = || self.catalogue.kinds.iter().find(|k| k.field("method").is_some());
        named.or_else(|| w.method(risk()?, None).and_then(|m| self.catalogue.method(&m.id)))
    }

    /// Takes in a key; nothing to do with it any more: `None`.
    pub(crate) fn grid_key(&mut self, g: &mut Grid, key: Key) -> Option<Vec<Effect>> {
        g.wrong = None;
        let (rows, columns) = (g.cells().len(), g.cells().first().map_or(0, Vec::len));
        let here = g.cells().get(g.at.0).and_then(|r| r.get(g.at.1)).copied().unwrap_or(0);
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('q'), false) | (Code::Char('c' | 'g'), true) => return Some(Vec::new()),
            (Code::Enter, _) => match self.keep_grid(g) {
                Ok(effects) => return Some(effects),
                Err(why) => g.wrong = Some(why),
            },
            (Code::Up | Code::Char('k'), false) => g.at.0 = (g.at.0 + 1).min(rows.saturating_sub(1)),
            (Code::Down | Code::Char('j'), false) => g.at.0 = g.at.0.saturating_sub(1),
            (Code::Left | Code::Char('h'), false) => g.at.1 = g.at.1.saturating_sub(1),
            (Code::Right | Code::Char('l'), false) => g.at.1 = (g.at.1 + 1).min(columns.saturating_sub(1)),
            (Code::Delete | Code::Backspace, _) => {
                let cell = g.named(g.at.0 + 1, g.at.1 + 1);
                let many = g.levels().len();
                g.wrong = Some(format!("{cell} may not be empty: 1 to {many} sets its level"));
            }
            (Code::Char('+'), false) => g.set((here + 1).min(g.levels().len().saturating_sub(1))),
            (Code::Char('-'), false) => g.set(here.saturating_sub(1)),
            (Code::Char('s'), false) if g.method.overall.is_some() => {
                g.step = !g.step;
                g.at = (0, 0);
            }
            (Code::Char(c), false) => {
                if let Some(n) = c.to_digit(10).and_then(|n| (n as usize).checked_sub(1)) {
                    g.set(n);
                }
            }
            _ => {}
        }
        None
    }

    /// Saves the matrix: into the definition if nobody judged by it yet, else as the next version.
    fn keep_grid(&mut self, g: &Grid) -> Result<Vec<Effect>, String> {
        if let Some(fault) = g.fault() {
            return Err(fault);
        }
        if g.method == g.before {
            return Err("it is as it was: nothing to save".to_owned());
        }
        let w = self.world();
        let ix = w
            .catalogue
            .index_of(DEFINITION)
            .ok_or("this program knows no definitions")?;
        let kind = w.kind_at(ix);
        let text = kind.field("text").ok_or("this program knows no definitions")?.tag;
        let own = g
            .before
            .definition
            .as_ref()
            .and_then(|id| w.find(&Id::from(id.as_str())));
        let (method, mut edit) = match own.filter(|_| own::user_of(&w, &g.before.id).is_none()) {
            Some(record) => (g.method.clone(), Edit::of(record)),
            None => {
                let next = g.method.next(|id| w.catalogue.method(id).is_some());
                let mut edit = Edit::new(ix);
                edit.set.push((TITLE, Some(Value::Text(next.title()))));
                (next, edit)
            }
        };
        edit.set.push((text, Some(Value::Text(method.text()))));
        let mut draft = Draft::new("definition.adopt");
        draft.reason = Some(format!("matrix of {}", g.before.title()));
        draft.edits.push(edit);
        let here = self.current().map(|r| r.id.clone());
        let waiting = Waiting {
            matrix: (method.id != g.before.id).then(|| (g.before.id.clone(), method.id, here)),
            ..Waiting::default()
        };
        Ok(self.send(draft, waiting))
    }

    pub(crate) fn draw_grid(&self, g: &Grid, buffer: &mut Buffer) {
        let look = &self.theme;
        let full = buffer.area;
        let more = look.glyph("…", "~");
        let heading = format!("Matrix of {}", g.method.title());
        let inside = bottom(buffer, look, &heading, full.height.saturating_sub(4).min(26));
        let inside = from_column(inside, 1);
        // The levels stand apart from the cells where there is room.
        let head = 1 + u16::from(inside.height > 2 * g.cells().len() as u16 + 6);
        let area = Rect {
            y: inside.y + head,
            height: inside.height.saturating_sub(head + 4),
            ..inside
        };
        let changed = |y: usize, x: usize| {
            let before = match &g.before.overall {
                Some(overall) if g.step => overall,
                _ => &g.before.grid,
            };
            let is = |grid: &[Vec<usize>]| grid.get(y).and_then(|r| r.get(x)).copied();
            if is(before) == is(g.cells()) {
                String::new()
            } else {
                "*".to_owned()
            }
        };
        let shown = Matrix::first_step(look, &g.method).filter(|_| g.step);
        let matrix = Matrix {
            cursor: Some(g.at),
            ..shown.unwrap_or_else(|| Matrix::of(look, &g.method))
        };
        matrix.draw(area, buffer, &changed);
        let levels = g.levels();
        let mut x = 0;
        for (n, level) in levels.iter().enumerate() {
            let at = from_column(row(inside, 0), x);
            x = put(buffer, at, &(n + 1).to_string(), look.style("key"), "") - inside.x + 1;
            let style = look.style(super::cell::role_of(level));
            x = put(buffer, from_column(row(inside, 0), x), &level.name, style, more) - inside.x + 2;
        }
        let y = head + matrix.size(area).1 + 1;
        let (words, role) = match g.step {
            true => (String::new(), "text"),
            false => cell_words(&g.method, g.at),
        };
        put(buffer, row(inside, y), &words, look.style(role), more);
        let (note, role) = match g.wrong.clone().or_else(|| g.fault()) {
            Some(wrong) => (wrong, "error"),
            None if own::user_of(&self.world(), &g.before.id).is_none() && g.before.definition.is_some() => (
                "Nobody has judged by it yet: Enter saves it as it stands here.".to_owned(),
                "muted",
            ),
            None => {
                let next = g.before.next(|id| self.catalogue.method(id).is_some());
                (
                    format!(
                        "Enter saves it as {}; then you are asked whether to choose it.",
                        next.title()
                    ),
                    "muted",
                )
            }
        };
        for (n, line) in super::line::wrap(&note, usize::from(inside.width))
            .iter()
            .take(2)
            .enumerate()
        {
            put(buffer, row(inside, y + 1 + n as u16), line, look.style(role), more);
        }
        let foot = row(full, full.height.saturating_sub(1));
        super::draw::blank(buffer, foot);
        let known = KEYS.iter().filter(|(k, _)| *k != "s" || g.method.overall.is_some());
        let mut hints: Vec<(String, String)> = known.map(|(k, d)| ((*k).to_owned(), (*d).to_owned())).collect();
        let digits: Vec<String> = (1..=levels.len().min(9)).map(|n| n.to_string()).collect();
        hints.insert(1, (digits.join(" "), "set the level".to_owned()));
        self.draw_hints(from_column(foot, 1), hints.into_iter(), buffer);
    }
}
