//! Likelihood and impact chosen together on the matrix: inherent, current and target, of one record or of all that are
//! selected, in one commit.

use super::form::Form;
use super::heatmap::cell_words;
use super::job::Effect;
use super::key::{Code, Key};
use super::look::{Look, from_column, put, row};
use super::matrix::Matrix;
use super::modal::{Modal, bottom};
use super::{Model, able, text};
use crate::model::change::{Draft, Edit};
use crate::model::derive::Axes;
use crate::model::kind::{Kind, Method, Tag};
use crate::model::record::{Id, Record};
use crate::model::rights::{self, Verb};
use crate::model::value::Value;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;

/// A cell by row and column, from the lowest.
type Cell = (usize, usize);

/// The keys that it knows.
const KEYS: [(&str, &str); 5] = [
    ("h j k l", "choose"),
    ("Tab", "next of the three"),
    ("s", "first step"),
    ("Enter", "save"),
    ("Esc", "back"),
];

/// One of the levels of a record, as it is judged here.
#[derive(Debug, Clone)]
struct View {
    name: String,
    axes: Axes,
    /// Where all of the records stand; nothing if they differ or are not judged.
    now: Option<Cell>,
    /// Where the cursor is.
    at: Cell,
    /// Whether somebody moved it.
    moved: bool,
    /// The cell of the first step by which the likelihood was chosen.
    first: Option<Cell>,
}

/// What is being judged.
pub(crate) struct Judge {
    ids: Vec<Id>,
    kind: String,
    method: String,
    views: Vec<View>,
    view: usize,
    /// The first matrix of a method with two shows.
    step: bool,
    /// What is chosen goes into the form below.
    form: Option<String>,
}

pub(crate) fn can(m: &Model) -> Result<(), String> {
    able::can_write(m)?;
    let records = m.some_targets();
    let first = records.first().ok_or("there is no record here")?;
    let w = m.world();
    let kind = w.kind(&first.id).ok_or("there is no record here")?;
    if Axes::all(kind).is_empty() {
        return Err(format!("{} are not judged by a matrix", kind.titles.to_lowercase()));
    }
    rights::may(&w, &m.actor, Verb::Edit(first))
}

/// Opens the matrix on what is selected.
pub(crate) fn open(m: &mut Model) -> Vec<Effect> {
    let records = m.targets();
    match m.judge_of(&records) {
        Ok(judge) => m.modals.push(Modal::Judge(Box::new(judge))),
        Err(why) => m.refuse(why),
    }
    Vec::new()
}

impl Judge {
    fn kind<'a>(&self, m: &'a Model) -> Option<&'a Kind> {
        m.catalogue.kind(&self.kind)
    }

    fn method<'a>(&self, m: &'a Model) -> Option<&'a Method> {
        m.catalogue.method(&self.method)
    }

    /// Moves the cursor of the matrix that shows.
    fn step(&mut self, method: &Method, (rows, columns): (isize, isize)) {
        let last = |scale: &str| method.levels(scale).len().saturating_sub(1);
        let step = self.step;
        let Some(v) = self.views.get_mut(self.view) else { return };
        let by = |at: Cell, high: usize, wide: usize| {
            let (y, x) = (at.0.saturating_add_signed(rows), at.1.saturating_add_signed(columns));
            (y.min(high), x.min(wide))
        };
        v.moved = true;
        if step {
            let at = by(v.first.unwrap_or((0, 0)), last("initiation"), last("adverse"));
            v.first = Some(at);
            if let Some(likelihood) = overall(method, at) {
                v.at.0 = likelihood;
            }
            return;
        }
        v.at = by(v.at, last("likelihood"), last("impact"));
        // A likelihood that is chosen by itself does not follow from a first step.
        if rows != 0 {
            v.first = None;
        }
    }

    /// What is to be written of a view.
    fn sets(&self, method: &Method, v: &View) -> Vec<(u16, Option<Value>)> {
        let id = |scale: &str, n: usize| method.levels(scale).get(n).map(|l| Value::Text(l.id.clone()));
        let mut sets = vec![(v.axes.impact, id("impact", v.at.1))];
        match (v.axes.step, v.first) {
            (Some((initiation, adverse)), Some(at)) => {
                sets.push((initiation, id("initiation", at.0)));
                sets.push((adverse, id("adverse", at.1)));
            }
            _ => sets.push((v.axes.likelihood, id("likelihood", v.at.0))),
        }
        sets
    }
}

/// The likelihood to which a cell of the first step leads.
fn overall(method: &Method, (y, x): Cell) -> Option<usize> {
    method.overall.as_ref()?.get(y)?.get(x).copied()
}

/// A cell of the first step in words.
fn step_words(method: &Method, at: Cell) -> String {
    let named = |scale: &str, n: usize| {
        let (axis, level) = (
            method.scale(scale).map(|s| &s.name),
            method.levels(scale).get(n).map(|l| &l.name),
        );
        axis.zip(level).map_or(String::new(), |(a, l)| format!("{a}: {l}"))
    };
    let all = overall(method, at).and_then(|n| method.levels("likelihood").get(n));
    let all = all.map_or("", |l| l.name.as_str());
    format!(
        "{}, {}, in all {all}",
        named("initiation", at.0),
        named("adverse", at.1)
    )
}

/// Where several records stand alike.
fn common(method: &Method, axes: &Axes, records: &[Arc<Record>]) -> Option<Cell> {
    let mut cells = records.iter().map(|r| axes.cell(method, r));
    let first = cells.next()??;
    cells.all(|c| c == Some(first)).then_some(first)
}

impl Model {
    fn judge_of(&self, records: &[Arc<Record>]) -> Result<Judge, String> {
        let w = self.world();
        let first = records.first().ok_or("there is no record here")?;
        let kind = w.kind(&first.id).ok_or("there is no record here")?;
        self.judge_as(kind, first, records)
    }

    /// The matrix over a form, as what is typed there stands; it begins on the axes of a field.
    pub(crate) fn judge_in_form(&self, form: &Form, tag: Tag) -> Option<Modal> {
        let w = self.world();
        let (kind, record) = (form.kind_of(&w)?, Arc::new(form.scratch(&w)));
        let mut judge = self.judge_as(kind, &record, std::slice::from_ref(&record)).ok()?;
        let of_field = |v: &View| v.axes.likelihood == tag || v.axes.impact == tag;
        judge.view = judge.views.iter().position(of_field)?;
        judge.form = Some(form.title(&w));
        Some(Modal::Judge(Box::new(judge)))
    }

    fn judge_as(&self, kind: &Kind, first: &Arc<Record>, records: &[Arc<Record>]) -> Result<Judge, String> {
        let w = self.world();
        let method = w.method(kind, Some(first)).ok_or("there is no method")?;
        let other = |r: &&Arc<Record>| w.method(kind, Some(r)).is_none_or(|m| m.id != method.id);
        if let Some(r) = records.iter().find(other) {
            return Err(format!(
                "{} is not judged by {} as {} is: select those of one method",
                r.id,
                method.title(),
                first.id
            ));
        }
        let mut near = (0, 0);
        let mut views = Vec::new();
        for (name, axes) in Axes::all(kind) {
            let now = common(method, &axes, records);
            // Where nothing is judged yet one begins beside what is.
            near = now.or_else(|| axes.cell(method, first)).unwrap_or(near);
            let step = axes.step.and_then(|(i, a)| {
                let place = |scale: &str, tag| method.scale(scale)?.position(first.text(tag));
                Some((place("initiation", i)?, place("adverse", a)?))
            });
            views.push(View {
                name: name.to_owned(),
                axes,
                now,
                at: near,
                moved: false,
                first: step.filter(|_| records.len() == 1),
            });
        }
        let current = views.iter().position(|v| v.name.starts_with("current"));
        Ok(Judge {
            ids: records.iter().map(|r| r.id.clone()).collect(),
            kind: kind.name.clone(),
            method: method.id.clone(),
            view: current.unwrap_or(0),
            views,
            step: false,
            form: None,
        })
    }

    /// Takes in a key; nothing to do with it any more: `None`.
    pub(crate) fn judge_key(&mut self, j: &mut Judge, key: Key) -> Option<Vec<Effect>> {
        let Some(method) = j.method(self).cloned() else {
            return Some(Vec::new());
        };
        let n = j.views.len().max(1);
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('q'), false) | (Code::Char('c' | 'g'), true) => return Some(Vec::new()),
            (Code::Enter, _) => return Some(self.judged(j, &method)),
            (Code::Up | Code::Char('k'), false) => j.step(&method, (1, 0)),
            (Code::Down | Code::Char('j'), false) => j.step(&method, (-1, 0)),
            (Code::Left | Code::Char('h'), false) => j.step(&method, (0, -1)),
            (Code::Right | Code::Char('l'), false) => j.step(&method, (0, 1)),
            (Code::Tab, _) => j.view = (j.view + 1) % n,
            (Code::BackTab, _) => j.view = (j.view + n - 1) % n,
            (Code::Char('s'), false) if method.overall.is_some() => j.step = !j.step,
            _ => {}
        }
        None
    }

    /// Sends what was chosen to the door: the cell that shows, and all that were moved.
    fn judged(&mut self, j: &Judge, method: &Method) -> Vec<Effect> {
        let chosen = |(n, v): &(usize, &View)| (v.moved || *n == j.view) && v.now != Some(v.at);
        let steps = |v: &View| v.moved && v.first.is_some();
        let views = j.views.iter().enumerate().filter(|c| chosen(c) || steps(c.1));
        let sets: Vec<_> = views.flat_map(|(_, v)| j.sets(method, v)).collect();
        if j.form.is_some() {
            return self.with_form(|form, w| form.put(&sets, w));
        }
        if sets.is_empty() {
            self.say(super::Weight::Plain, "it stands there already: nothing was changed");
            return Vec::new();
        }
        let w = self.world();
        let mut draft = Draft::new(&format!("{}.judge", j.kind));
        for r in j.ids.iter().filter_map(|id| w.find(id)) {
            let mut edit = Edit::of(r);
            edit.set.clone_from(&sets);
            draft.edits.push(edit);
        }
        self.commit(draft, false)
    }

    pub(crate) fn draw_judge(&self, j: &Judge, buffer: &mut Buffer) {
        let look = &self.theme;
        let full = buffer.area;
        let more = look.glyph("…", "~");
        let (Some(kind), Some(method)) = (j.kind(self), j.method(self)) else {
            return;
        };
        let what = match j.ids.as_slice() {
            _ if j.form.is_some() => j.form.clone().unwrap_or_default(),
            [one] => {
                let title = self.world().find(one).map(|r| text::clean(r.title()).into_owned());
                format!("{one} {}", title.unwrap_or_default())
            }
            many => format!("{} {}", many.len(), kind.titles.to_lowercase()),
        };
        let inside = bottom(buffer, look, &what, full.height.saturating_sub(4).min(27));
        let inside = from_column(inside, 1);
        // The levels beside each other, the one that is chosen marked.
        let mut x = 0;
        for (n, v) in j.views.iter().enumerate() {
            let here = n == j.view;
            let mark = if here { look.glyph("▌", ">") } else { " " };
            put(buffer, from_column(inside, x), mark, look.style("cursor"), "");
            let label = kind.label(&v.name);
            let role = if here { "selected" } else { "text" };
            x = put(
                buffer,
                from_column(row(inside, 0), x + 1),
                label,
                look.style(role),
                more,
            ) - inside.x
                + 1;
            let level = |at: Cell| method.at(at.0, at.1).and_then(|n| method.levels("level").get(n));
            if let Some(was) = v.now.and_then(level) {
                let style = look.style(super::cell::role_of(was));
                x = put(buffer, from_column(row(inside, 0), x), was.letters(), style, "") - inside.x + 1;
            }
            if let Some(is) = level(v.at).filter(|_| v.now != Some(v.at) && (here || v.moved)) {
                let arrow = look.glyph("→", "->");
                x = put(buffer, from_column(row(inside, 0), x), arrow, look.style("muted"), "") - inside.x + 1;
                let style = look.style(super::cell::role_of(is));
                x = put(buffer, from_column(row(inside, 0), x), is.letters(), style, "") - inside.x + 1;
            }
            x += 2;
        }
        put(
            buffer,
            from_column(row(inside, 0), x),
            &method.title(),
            look.style("muted"),
            more,
        );
        let Some(v) = j.views.get(j.view) else { return };
        let area = Rect {
            y: inside.y + 2,
            height: inside.height.saturating_sub(5),
            ..inside
        };
        let matrix = match Matrix::first_step(look, method).filter(|_| j.step) {
            Some(first) => Matrix {
                cursor: v.first.or(Some((0, 0))),
                ..first
            },
            None => Matrix {
                cursor: Some(v.at),
                marked: v.now,
                appetite: self.world().bound(kind, None, "appetite"),
                ..Matrix::of(look, method)
            },
        };
        matrix.draw(area, buffer, &|_, _| String::new());
        let y = 2 + matrix.size(area).1 + 1;
        let (words, role) = match j.step {
            true => (step_words(method, v.first.unwrap_or((0, 0))), "text"),
            false => cell_words(method, v.at),
        };
        put(buffer, row(inside, y), &words, look.style(role), more);
        let level = method.at(v.at.0, v.at.1).and_then(|n| method.levels("level").get(n));
        let help = level.map_or("", |l| l.help.as_str());
        put(buffer, row(inside, y + 1), help, look.style("muted"), more);
        let foot = row(full, full.height.saturating_sub(1));
        super::draw::blank(buffer, foot);
        let hints = KEYS.iter().filter(|(k, _)| *k != "s" || method.overall.is_some());
        let hints = hints.map(|(k, d)| match (*k, &j.form) {
            ("Enter", Some(_)) => ((*k).to_owned(), "take".to_owned()),
            _ => ((*k).to_owned(), (*d).to_owned()),
        });
        self.draw_hints(from_column(foot, 1), hints, buffer);
    }
}
