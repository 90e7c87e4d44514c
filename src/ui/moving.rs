//! Moving the cursor, wherever it is: a list, Today, or lines of text.

use super::Model;
use super::job::Effect;
use super::list::Cursor;
use super::spot::Layer;
use ratatui::layout::Rect;

/// From so many columns on the preview stands beside the list.
const BESIDE: u16 = 180;

/// The cursor, how many rows there are, and how many of them show.
fn place(m: &Model) -> Option<(Cursor, usize, usize)> {
    let page = m.page();
    if let Some(glance) = m.hung() {
        return Some((glance.cursor, glance.len, page));
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
    with(m, |c, len, page| c.to(0, len, page))
}
pub(crate) fn last(m: &mut Model) -> Vec<Effect> {
    with(m, |c, len, page| c.to(len, len, page))
}

impl Model {
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
            (body / 3).clamp(5, 14)
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
            Some(Layer::Record { id, all, .. }) => self.record_lines(id, *all, self.size.0),
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
