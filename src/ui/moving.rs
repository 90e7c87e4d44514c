//! Moving the cursor, wherever it is: a list, Today, or lines of text.

use super::Model;
use super::job::Effect;
use super::list::Cursor;
use super::spot::Layer;
use crate::model::codec;
use ratatui::layout::Rect;

/// From so many columns on the preview stands beside the list.
const BESIDE: u16 = 180;

/// The cursor, how many rows there are, and how many of them show.
fn place(m: &Model) -> Option<(Cursor, usize, usize)> {
    let page = m.page();
    if let Some(glance) = m.hung() {
        return Some((glance.cursor, glance.still.len, page));
    }
    Some(match m.spot.layers.last() {
        Some(layer) => (layer.cursor(), m.length(), page),
        None if m.spot.screen == 0 => (m.today_list.cursor, m.today_list.rows.len(), page),
        None => {
            let list = m.list()?;
            (list.cursor, list.rows.len(), page)
        }
    })
}

fn set(m: &mut Model, to: Cursor) {
    if m.hung().is_some() {
        m.glance.iter_mut().for_each(|g| g.cursor = to);
        return;
    }
    match m.spot.layers.last_mut() {
        Some(layer) => *layer.cursor_mut() = to,
        None if m.spot.screen == 0 => m.today_list.cursor = to,
        None => {
            if let Some(list) = m.list_mut() {
                list.cursor = to;
            }
        }
    }
}

fn with(m: &mut Model, f: impl FnOnce(&mut Cursor, usize, usize)) -> Vec<Effect> {
    // Before anything is there the cursor stays where it is to stand.
    let nothing = m.is_loading() && m.hung().is_none() && m.spot.layers.is_empty();
    if let Some((mut cursor, len, page)) = place(m).filter(|_| !nothing) {
        f(&mut cursor, len, page);
        set(m, cursor);
    }
    m.read_on()
}

fn signed(n: usize) -> isize {
    isize::try_from(n).unwrap_or(isize::MAX)
}

pub(crate) fn can(m: &Model) -> Result<(), String> {
    place(m)
        .map(|_| ())
        .ok_or_else(|| "there is nothing to move in here".to_owned())
}
pub(crate) fn down(m: &mut Model) -> Vec<Effect> {
    with(m, |c, len, page| c.by(1, len, page))
}
pub(crate) fn up(m: &mut Model) -> Vec<Effect> {
    with(m, |c, len, page| c.by(-1, len, page))
}
pub(crate) fn half_down(m: &mut Model) -> Vec<Effect> {
    with(m, |c, len, page| c.page(signed(page / 2), len, page))
}
pub(crate) fn half_up(m: &mut Model) -> Vec<Effect> {
    with(m, |c, len, page| c.page(-signed(page / 2), len, page))
}
pub(crate) fn page_down(m: &mut Model) -> Vec<Effect> {
    with(m, |c, len, page| c.page(signed(page), len, page))
}
pub(crate) fn page_up(m: &mut Model) -> Vec<Effect> {
    with(m, |c, len, page| c.page(-signed(page), len, page))
}
pub(crate) fn first(m: &mut Model) -> Vec<Effect> {
    // Today begins with a heading, under which nothing can be done.
    let to = usize::from(m.spot.screen == 0 && m.spot.layers.is_empty());
    with(m, |c, len, page| c.to(to, len, page))
}
pub(crate) fn last(m: &mut Model) -> Vec<Effect> {
    with(m, |c, len, page| c.to(len, len, page))
}

pub(crate) fn next_section(m: &mut Model) -> Vec<Effect> {
    section(m, true)
}
pub(crate) fn previous_section(m: &mut Model) -> Vec<Effect> {
    section(m, false)
}

/// Moves to where the next section begins, or this one or the one before: to the end where there is none.
fn section(m: &mut Model, on: bool) -> Vec<Effect> {
    let Some((cursor, len, _)) = place(m).filter(|_| m.hung().is_none()) else {
        return Vec::new();
    };
    let begins = m.sections();
    let found = match on {
        true => (cursor.at + 1..len).find(|i| begins(*i)),
        false => (0..cursor.at).rev().find(|i| begins(*i)),
    };
    drop(begins);
    let end = if on { len } else { 0 };
    with(m, |c, len, page| c.to(found.unwrap_or(end), len, page))
}

impl Model {
    /// Says of each row or line whether a section begins there: under a heading, at a commit, at a row of the first
    /// level; in a list, where the column by which it is sorted has another value.
    fn sections(&self) -> Box<dyn Fn(usize) -> bool + '_> {
        match self.spot.layers.last() {
            Some(layer) if layer.is_tree() => Box::new(|i| self.rows.get(i).is_some_and(|r| r.depth == 0)),
            Some(_) => {
                let lines = self.lines();
                Box::new(move |i| lines.get(i).is_some_and(super::line::Line::begins_section))
            }
            None if self.spot.screen == 0 => Box::new(|i| i > 0 && self.today_list.is_heading(i - 1)),
            None => {
                let Some(list) = self.list() else {
                    return Box::new(|_| false);
                };
                let w = self.world();
                let kind = w.kind_at(list.kind);
                let by = self.order_of(list).0;
                let value = move |i: usize| list.rows.get(i).map(|r| codec::cell(&w, kind, r, &by));
                Box::new(move |i| i == 0 || value(i) != value(i - 1))
            }
        }
    }

    /// How many rows or lines show at once.
    pub(crate) fn page(&self) -> usize {
        if let Some(glance) = self.hung() {
            return glance.page();
        }
        let body = usize::from(self.size.1.saturating_sub(4)).max(1);
        if let Some(Layer::Years { .. }) = self.spot.layers.last() {
            let body = Rect::new(0, 0, self.size.0, self.size.1.saturating_sub(4));
            return usize::from(self.years_split(body).0.height).max(1);
        }
        if !self.spot.layers.is_empty() {
            let below = self.note_height().min(self.size.1.saturating_sub(4) / 2);
            return body.saturating_sub(usize::from(below)).max(1);
        }
        if self.spot.screen == 0 {
            return body.saturating_sub(usize::from(self.today_top()) - 3).max(1);
        }
        if self.spot.screen > 0 {
            return body.saturating_sub(usize::from(self.preview_height())).max(1);
        }
        body
    }

    /// The line in which rows begin.
    pub(crate) fn body_top(&self) -> u16 {
        match self.spot.layers.last() {
            _ if self.hung().is_some() => self.hung().map_or(3, |g| g.top()),
            None if self.spot.screen == 0 => self.today_top(),
            _ => 3,
        }
    }

    /// How many rows the preview takes, its border included.
    pub(crate) fn preview_height(&self) -> u16 {
        let body = self.size.1.saturating_sub(4);
        let only = |l: &super::list::List| l.rows.len() == 1 && self.catalogue.kinds[l.kind].single;
        if body >= 12 && self.list().is_some_and(only) {
            // A register of one record is that record.
            body - 2
        } else if self.preview && body >= 12 && self.preview_width() == 0 {
            // Who decides reads: the record takes what a short queue leaves free.
            let queue = self.triaging().map_or(body, |t| t.length().saturating_add(1).min(body));
            (body / 3).clamp(5, 14).max(body - queue)
        } else {
            0
        }
    }

    /// How many columns the preview takes beside the list; none where the window is too narrow for both.
    pub(crate) fn preview_width(&self) -> u16 {
        match self.preview && self.size.0 >= BESIDE && self.list().is_some_and(|l| !self.catalogue.kinds[l.kind].single)
        {
            true => self.size.0 * 7 / 20,
            false => 0,
        }
    }

    /// The lines of what lies over the list.
    pub(crate) fn lines(&self) -> Vec<super::line::Line> {
        match self.spot.layers.last() {
            Some(Layer::Record { id, all, .. }) => self.record_lines(id, *all, self.beside().unwrap_or(self.size.0)),
            Some(Layer::History { id, .. }) => self.history_lines(id),
            Some(Layer::Log { .. }) => self.log_lines(),
            Some(Layer::Years { .. }) => self.years_lines(),
            Some(Layer::Tree { .. }) | None => Vec::new(),
        }
    }

    /// How many lines or rows lie over the list.
    pub(crate) fn length(&self) -> usize {
        match self.spot.layers.last() {
            Some(layer) if layer.is_tree() => self.rows.len(),
            _ => self.lines().len(),
        }
    }

    /// Asks for more of the log when its end comes near.
    fn read_on(&mut self) -> Vec<Effect> {
        let Some(Layer::Log { cursor }) = self.spot.layers.last() else {
            return Vec::new();
        };
        let near = cursor.at + self.page() * 2 > self.log_lines().len();
        if near { self.more_log() } else { Vec::new() }
    }
}
