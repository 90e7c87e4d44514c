//! Rows that unfold, wherever they come from: the links of a record, the records of a kind along their own link, the
//! clauses of a framework, gaps by stage, changes by register. One widget draws them, folds them and filters them; who
//! knows what stands in them makes the rows.

use super::line::{Stop, wrap};
use super::look::{Look, from_column, put, row};
use super::picker::wide;
use super::spot::{Layer, Of};
use super::{Model, text};
use crate::model::record::Id;
use crate::ui::job::Effect;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// How many rows unfold at once at most.
const MANY: usize = 2_000;
/// So many levels unfold at once, and so many while something is looked for among all rows.
const DEEP: usize = 12;
const FEW: usize = 3;
/// Rows are not wider, however wide the window is: what stands at their ends belongs to what stands before.
const MEASURE: u16 = 150;
/// The columns by which a level stands further in.
const INDENT: u16 = 2;

/// Whether rows stand below a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Fold {
    /// None.
    #[default]
    Leaf,
    /// They show.
    Open,
    /// They are hidden.
    Shut,
    /// They stand further up already: it is a circle.
    Again,
}

/// What stands in the two lines above a tree: texts with their roles.
pub(crate) type Head = (Vec<(String, &'static str)>, Vec<(String, &'static str)>);

/// One row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// Where it stands: what leads to it, parted by `/`.
    pub path: String,
    pub depth: u16,
    pub fold: Fold,
    /// Texts with their roles, one blank between them; the last one is cut where there is no room.
    pub words: Vec<(Cow<'static, str>, &'static str)>,
    /// Texts in columns of these widths at the right end.
    pub end: Vec<(u16, Cow<'static, str>, &'static str)>,
    /// What is said below the rows while the cursor is on it.
    pub note: String,
    pub stop: Stop,
    /// The action that does what the row asks for.
    pub action: Option<usize>,
    /// What of it is put into words only where it shows.
    pub later: Later,
}

/// What of a row is put into words only where it shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Later {
    /// Nothing.
    #[default]
    Nothing,
    /// A gap, by its place among those of its record.
    Gap(usize),
    /// The figures of a record in the tree of its kind.
    Figures,
}

impl Row {
    /// The record that it is about.
    pub fn record(&self) -> Option<&Id> {
        match &self.stop {
            Stop::Link(id) => Some(id),
            _ => None,
        }
    }

    /// With another text.
    #[must_use]
    pub fn and(mut self, words: impl Into<Cow<'static, str>>, role: &'static str) -> Self {
        self.words.push((words.into(), role));
        self
    }

    /// With a column at the end.
    #[must_use]
    pub fn end(mut self, width: u16, words: impl Into<Cow<'static, str>>, role: &'static str) -> Self {
        self.end.push((width, words.into(), role));
        self
    }

    /// Leading somewhere.
    #[must_use]
    pub fn to(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// How many cells it takes; nothing if no columns stand at its end.
    fn wide(&self) -> Option<u16> {
        let words: u16 = self.words.iter().map(|(words, _)| wide(words) + 1).sum();
        let ends: u16 = self.end.iter().map(|(width, ..)| width + 1).sum();
        (ends > 0).then(|| self.depth.min(20) * INDENT + 5 + words + ends)
    }
}

/// Rows as they are made: it knows what is unfolded.
pub(crate) struct Grow<'a> {
    open: &'a BTreeSet<String>,
    /// So many levels unfold by themselves, as far as it is worth it: something is looked for.
    deep: usize,
    pub rows: Vec<Row>,
    above: Vec<String>,
}

impl<'a> Grow<'a> {
    fn new(open: &'a BTreeSet<String>, deep: usize) -> Self {
        Self {
            open,
            deep,
            rows: Vec::new(),
            above: Vec::new(),
        }
    }

    /// How deep the next row stands.
    pub fn depth(&self) -> usize {
        self.above.len()
    }

    /// Adds a row under a name that is its own among its neighbours; if anything may stand below it and it is
    /// unfolded, `below` adds that.
    pub fn add(&mut self, name: &str, mut made: Row, fold: Fold, below: impl FnOnce(&mut Self)) {
        let path = match self.above.last() {
            Some(above) => format!("{above}/{name}"),
            None => name.to_owned(),
        };
        let itself = self.depth() < self.deep && self.rows.len() < MANY;
        let open = fold == Fold::Shut && (itself || self.open.contains(&path));
        made.depth = self.depth() as u16;
        made.fold = if open { Fold::Open } else { fold };
        made.path.clone_from(&path);
        self.rows.push(made);
        if open {
            self.above.push(path);
            below(self);
            self.above.pop();
        }
    }

    /// Adds a row below which nothing stands.
    pub fn leaf(&mut self, name: &str, made: Row) {
        self.add(name, made, Fold::Leaf, |_| ());
    }
}

impl Model {
    /// How wide the rows of a tree are.
    pub(crate) fn tree_width(&self) -> u16 {
        self.size.0.min(MEASURE)
    }

    /// The row of the tree under the cursor.
    pub(crate) fn row(&self) -> Option<&Row> {
        let layer = self.spot.layers.last().filter(|l| l.is_tree())?;
        self.rows.get(layer.cursor().at)
    }

    /// Makes the rows of the tree that is shown anew, and keeps the cursor on its row.
    pub(crate) fn plant(&mut self) {
        let Some(Layer::Tree {
            of,
            cursor,
            open,
            query,
        }) = self.spot.layers.last()
        else {
            return;
        };
        let kept = self.rows.get(cursor.at).map(|r| r.path.clone());
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        // Where only what leads to something grows, it may be deep.
        let mut grow = match (words.is_empty(), of) {
            (true, _) => Grow::new(open, 0),
            (false, Of::Kind(_)) => Grow::new(open, DEEP),
            (false, _) => Grow::new(open, FEW),
        };
        match of {
            Of::Links(id) => self.grow_links(id, &mut grow),
            Of::Since(day) => self.grow_since(*day, &mut grow),
            Of::Kind(along) => self.grow_kind(along, query, &mut grow),
            Of::Gaps(stage) => self.grow_gaps(*stage, &mut grow),
            Of::Framework(id) => self.grow_framework(id, &mut grow),
            Of::Explain(id) => self.grow_explain(id, &mut grow),
        }
        let mut rows = grow.rows;
        if !words.is_empty() && !matches!(of, Of::Kind(_)) {
            self.sift(&mut rows, &words);
        }
        let at = kept.and_then(|path| rows.iter().position(|r| r.path == path));
        self.rows = rows;
        let (len, page) = (self.rows.len(), self.page());
        if let Some(cursor) = self.spot.layers.last_mut().map(Layer::cursor_mut) {
            cursor.to(at.unwrap_or(cursor.at), len, page);
        }
    }

    /// Opens a tree over what is there; it unfolds by itself as long as all of it can be seen.
    pub(crate) fn open_tree(&mut self, of: Of) -> Vec<Effect> {
        let mut spot = self.spot.clone();
        spot.layers.push(Layer::tree(of));
        self.rows.clear();
        let effects = self.go(spot);
        let many = matches!(
            self.spot.layers.last(),
            Some(Layer::Tree {
                of: Of::Since(_) | Of::Gaps(None),
                ..
            })
        );
        self.unfold(1, if many { self.page() } else { usize::MAX });
        self.unfold(2, self.page().saturating_sub(2));
        self.fold_long();
        self.unfold_first();
        // The cursor begins on the first thing of the first group that can be opened, and at the top if none can.
        let (len, page) = (self.rows.len(), self.page());
        let group = self.rows.iter().enumerate().take(page);
        let mut group = group.take_while(|(i, r)| *i == 0 || r.depth > 0);
        let first = group.find(|(_, r)| r.stop != Stop::None).map(|(i, _)| i);
        if let (Some(at), Some(cursor)) = (first, self.spot.layers.last_mut().map(Layer::cursor_mut)) {
            cursor.to(at, len, page);
        }
        effects
    }

    /// Unfolds the first row where all are folded and there is room for what stands below it.
    fn unfold_first(&mut self) {
        let first = self.rows.iter().find(|r| r.fold != Fold::Leaf).map(|r| r.path.clone());
        if self.rows.iter().any(|r| r.depth > 0) {
            return;
        }
        let Some(path) = first else { return };
        self.set_open(|open| {
            open.insert(path.clone());
        });
        if self.rows.len() > self.page() {
            self.set_open(|open| {
                open.remove(&path);
            });
        }
    }

    /// Folds what takes more than half of the window, where something else stands below it.
    fn fold_long(&mut self) {
        let most = (self.page() / 2).max(8);
        let tops: Vec<usize> = (0..self.rows.len()).filter(|i| self.rows[*i].depth == 0).collect();
        let ends = tops.iter().skip(1).copied().chain([self.rows.len()]);
        let long = tops.iter().zip(ends).filter(|(from, to)| to - *from > most);
        let paths: Vec<String> = long.map(|(from, _)| self.rows[*from].path.clone()).collect();
        if !paths.is_empty() && self.rows.len() > self.page() && tops.len() > 1 {
            self.set_open(|open| open.retain(|p| !paths.contains(p)));
        }
    }

    /// Unfolds all rows above a depth, unless there would be more than so many.
    pub(crate) fn unfold(&mut self, depth: u16, most: usize) {
        let before = match self.spot.layers.last() {
            Some(Layer::Tree { open, .. }) => open.clone(),
            _ => return,
        };
        loop {
            let shut = |r: &&Row| r.fold == Fold::Shut && r.depth < depth;
            let paths: Vec<String> = self.rows.iter().filter(shut).map(|r| r.path.clone()).collect();
            if paths.is_empty() || self.rows.len() > MANY {
                break;
            }
            self.set_open(|open| open.extend(paths));
        }
        if self.rows.len() > most {
            self.set_open(|open| *open = before);
        }
    }

    /// Moves to the next row of the first level, or the one before.
    pub(crate) fn next_group(&mut self, by: isize) {
        let (len, page) = (self.rows.len(), self.page());
        let Some(cursor) = self.spot.layers.last_mut().map(Layer::cursor_mut) else {
            return;
        };
        let mut at = cursor.at;
        for _ in 0..len {
            at = (at + len).saturating_add_signed(by) % len;
            if self.rows.get(at).is_some_and(|r| r.depth == 0) {
                return cursor.to(at, len, page);
            }
        }
    }

    fn set_open(&mut self, change: impl FnOnce(&mut BTreeSet<String>)) {
        if let Some(Layer::Tree { open, .. }) = self.spot.layers.last_mut() {
            change(open);
        }
        self.plant();
    }

    /// What stands above a tree: what it is of, and more about it.
    pub(crate) fn tree_head(&self, of: &Of) -> Head {
        match of {
            Of::Links(id) => self.links_head(id),
            Of::Since(day) => self.since_head(*day),
            Of::Kind(along) => self.kind_head(along),
            Of::Gaps(stage) => self.gaps_head(*stage),
            Of::Framework(id) => self.framework_head(id),
            Of::Explain(id) => self.explain_head(id),
        }
    }

    /// The headings of the columns at the end of the rows, if they have some.
    pub(crate) fn tree_columns(&self, of: &Of) -> Vec<(u16, String)> {
        match of {
            Of::Kind(along) => self.kind_columns(along),
            Of::Links(_) | Of::Since(_) | Of::Gaps(_) | Of::Framework(_) | Of::Explain(_) => Vec::new(),
        }
    }

    /// How many lines below the rows say more about the one under the cursor, the border included.
    pub(crate) fn note_height(&self) -> u16 {
        match self.spot.layers.last() {
            Some(Layer::Tree {
                of: Of::Gaps(_) | Of::Explain(_),
                ..
            }) => 4,
            Some(Layer::Tree {
                of: Of::Kind(along), ..
            }) if self.flow(along.kind).is_some() => 4,
            _ => 0,
        }
    }

    /// Draws the rows of a tree.
    pub(crate) fn draw_tree(&self, body: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let Some(Layer::Tree { of, cursor, query, .. }) = self.spot.layers.last() else {
            return;
        };
        if self.rows.is_empty() {
            let words = if query.is_empty() {
                self.nothing(of)
            } else {
                format!("Nothing fits. {} clears the filter.", self.key_of("go.back"))
            };
            for (y, line) in wrap(&words, usize::from(body.width.saturating_sub(4)))
                .iter()
                .enumerate()
            {
                let at = from_column(row(body, 1 + y as u16), 2);
                put(buffer, at, line, look.style("muted"), "");
            }
            return;
        }
        let below = self.note_height().min(body.height / 2);
        // What stands at the end of links is not far from the longest of them.
        let longest = match of {
            Of::Links(_) => self.rows.iter().filter_map(Row::wide).max().unwrap_or(MEASURE),
            _ => MEASURE,
        };
        let area = Rect {
            height: body.height - below,
            width: body.width.min(longest).min(MEASURE),
            ..body
        };
        let shown = self.rows.iter().enumerate().skip(cursor.top);
        for (y, (n, r)) in shown.take(usize::from(area.height)).enumerate() {
            self.draw_row(&self.worded(r), n == cursor.at, row(area, y as u16), buffer);
        }
        if let Some(r) = self.rows.get(cursor.at).filter(|_| below > 0).map(|r| self.worded(r)) {
            let note = Rect {
                y: area.bottom(),
                height: below,
                ..body
            };
            super::draw::rule(row(note, 0), buffer, look);
            let lines = wrap(&r.note, usize::from(area.width.saturating_sub(4)));
            for (y, line) in lines.iter().take(usize::from(below - 1)).enumerate() {
                let at = from_column(row(note, 1 + y as u16), 2);
                put(buffer, at, line, look.style("text"), "");
            }
        }
    }

    /// A row with all its words.
    pub(crate) fn worded<'a>(&self, r: &'a Row) -> Cow<'a, Row> {
        match (r.later, r.record()) {
            (Later::Gap(place), Some(id)) => Cow::Owned(self.gap_row(r, id, place)),
            (Later::Figures, Some(id)) => Cow::Owned(self.figures_row(r, id)),
            _ => Cow::Borrowed(r),
        }
    }

    fn draw_row(&self, r: &Row, here: bool, line: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let more = look.glyph("…", "~");
        if here {
            put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
        }
        let mark = match r.fold {
            Fold::Leaf => " ",
            Fold::Open => look.glyph("▾", "-"),
            Fold::Shut => look.glyph("▸", "+"),
            Fold::Again => look.glyph("↺", "="),
        };
        let ends: u16 = r.end.iter().map(|(width, ..)| width + 1).sum();
        let end = line.width.saturating_sub(ends + 1);
        let x = 2 + r.depth.min(20) * INDENT;
        put(buffer, from_column(line, x), mark, look.style("muted"), "");
        let room = Rect { width: end, ..line };
        let mut x = line.x + x + 2;
        for (i, (words, role)) in r.words.iter().enumerate() {
            let plain = *role == "id" || (i == 0 && ["text", "heading", "muted"].contains(role));
            let role = if here && plain { "selected" } else { role };
            x = put(buffer, from_column(room, x - line.x), words, look.style(role), more) + 1;
        }
        let mut x = end + 1;
        for (width, words, role) in &r.end {
            let at = Rect {
                width: *width,
                ..from_column(line, x)
            };
            put(buffer, at.intersection(line), words, look.style(role), more);
            x += width + 1;
        }
    }

    /// What is said of a tree without rows.
    fn nothing(&self, of: &Of) -> String {
        match of {
            Of::Links(id) => format!("{id} leads nowhere, and nothing leads to it."),
            Of::Kind(along) => {
                let kind = &self.catalogue.kinds[along.kind];
                format!("No {} yet.", kind.titles.to_lowercase())
            }
            Of::Since(_) if self.log.asked => "Reading.".to_owned(),
            Of::Since(_) => "Nothing was changed.".to_owned(),
            Of::Gaps(_) => Self::no_gaps(of),
            Of::Framework(_) => String::new(),
            Of::Explain(id) => format!("Nothing is worked out of {id}."),
        }
    }

    /// Leaves the rows that hold all words, and what stands above them.
    fn sift(&self, rows: &mut Vec<Row>, words: &[String]) {
        let fits = |r: &&Row| {
            let r = self.worded(r);
            let ends = r.end.iter().map(|(_, t, _)| t.as_ref());
            let all: Vec<&str> = r.words.iter().map(|(t, _)| t.as_ref()).chain(ends).collect();
            let all = format!("{} {}", all.join(" "), r.note).to_lowercase();
            words.iter().all(|w| all.contains(w))
        };
        let mut keep: BTreeSet<String> = BTreeSet::new();
        for r in rows.iter().filter(fits) {
            let mut path = r.path.as_str();
            keep.insert(path.to_owned());
            while let Some((above, _)) = path.rsplit_once('/') {
                keep.insert(above.to_owned());
                path = above;
            }
        }
        rows.retain(|r| keep.contains(&r.path));
    }
}

pub(crate) fn in_tree(m: &Model) -> Result<(), String> {
    match m.row() {
        Some(_) => Ok(()),
        None => Err("this works on rows that unfold".into()),
    }
}

/// Unfolds the row under the cursor, or goes to the first one below it.
pub(crate) fn unfold(m: &mut Model) -> Vec<Effect> {
    let Some((fold, path)) = m.row().map(|r| (r.fold, r.path.clone())) else {
        return Vec::new();
    };
    match fold {
        Fold::Shut => m.set_open(|open| {
            open.insert(path);
        }),
        Fold::Open => return super::moving::down(m),
        Fold::Leaf | Fold::Again => {}
    }
    Vec::new()
}

/// Folds the row under the cursor, or goes to the one above it.
pub(crate) fn fold(m: &mut Model) -> Vec<Effect> {
    let Some((fold, path)) = m.row().map(|r| (r.fold, r.path.clone())) else {
        return Vec::new();
    };
    if fold == Fold::Open {
        m.set_open(|open| {
            open.remove(&path);
        });
        return Vec::new();
    }
    let above = path.rsplit_once('/').map(|(above, _)| above);
    let at = above.and_then(|above| m.rows.iter().position(|r| r.path == above));
    let (len, page) = (m.rows.len(), m.page());
    if let (Some(at), Some(cursor)) = (at, m.spot.layers.last_mut().map(Layer::cursor_mut)) {
        cursor.to(at, len, page);
    }
    Vec::new()
}

pub(crate) fn fold_all(m: &mut Model) -> Vec<Effect> {
    m.set_open(BTreeSet::clear);
    Vec::new()
}

pub(crate) fn unfold_all(m: &mut Model) -> Vec<Effect> {
    let deepest = m.rows.iter().map(|r| r.depth).max().unwrap_or(0);
    // Links go on for ever: one level at a time.
    let links = matches!(m.spot.layers.last(), Some(Layer::Tree { of: Of::Links(_), .. }));
    m.unfold(if links { deepest + 1 } else { DEEP as u16 }, usize::MAX);
    Vec::new()
}

/// Folds or unfolds the row under the cursor.
pub(crate) fn turn(m: &mut Model) -> Vec<Effect> {
    match m.row().map(|r| r.fold) {
        Some(Fold::Open) => fold(m),
        Some(Fold::Shut) => unfold(m),
        _ => Vec::new(),
    }
}

/// The words of a record in a row: id and title.
pub(crate) fn record_words(id: &Id, title: &str) -> Row {
    Row::default()
        .and(id.to_string(), "id")
        .and(text::clean(title).into_owned(), "text")
        .to(Stop::Link(id.clone()))
}
