//! The records of a kind as the tree that its own link makes of them: scopes in scopes, assets below what leans on
//! them, or the other way round; or what hangs together with one record, both ways. What stands below several shows
//! below each; a circle is said once and not walked again.

use super::look::Look;
use super::place::GAP;
use super::spot::{Along, Layer, Of};
use super::tree::{Fold, Grow, Head, Later, Row, record_words};
use super::{Model, cell};
use crate::model::kind::{Column, Kind, KindIx, Tag};
use crate::model::query::Query;
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;
use crate::ui::job::Effect;
use std::collections::HashSet;
use std::sync::Arc;

/// How much of a row its columns may take.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ends {
    Half,
    Less,
}

/// A way through the records of a kind: along which of its links, in which direction, and to what alone.
struct Way {
    kind: KindIx,
    tag: Tag,
    up: bool,
    /// What a filter leaves: the records that fit, and those that lead to them.
    sought: Option<HashSet<Id>>,
}

impl Way {
    fn of(w: &World, (kind, tag): (KindIx, Tag), up: bool, query: &str) -> Self {
        let fits = || {
            let (query, _) = Query::typed(query, w.catalogue, Some(w.kind_at(kind)));
            let mut next = query.find(w, kind);
            let mut found = HashSet::new();
            while let Some(r) = next.pop() {
                if found.insert(r.id.clone()) {
                    next.extend(below(w, kind, tag, r, !up));
                }
            }
            found
        };
        let sought = (!query.trim().is_empty()).then(fits);
        Self { kind, tag, up, sought }
    }

    fn leads_to(&self, r: &Record) -> bool {
        self.sought.as_ref().is_none_or(|ids| ids.contains(&r.id))
    }

    /// The records right below one that this way leads to.
    fn below<'a>(&self, w: &World<'a>, r: &Record) -> Vec<&'a Arc<Record>> {
        let mut next = below(w, self.kind, self.tag, r, self.up);
        next.retain(|r| self.leads_to(r));
        next
    }
}

/// The kind whose tree is meant here: of the list, or of the record.
fn kind_here(m: &Model) -> Option<KindIx> {
    let ix = m.current_kind()?;
    m.catalogue.kinds[ix].tree.as_ref().map(|_| ix)
}

pub(crate) fn able(m: &Model) -> Result<(), String> {
    let Some(ix) = m.current_kind() else {
        return Err("there is no register here".into());
    };
    kind_here(m).map(|_| ()).ok_or_else(|| {
        let kind = &m.catalogue.kinds[ix];
        format!("{} make no tree", kind.titles.to_lowercase())
    })
}

/// Shows the list as a tree, or goes back to the list; of an open record what hangs together with it, both ways.
pub(crate) fn show(m: &mut Model) -> Vec<Effect> {
    let Some(kind) = kind_here(m) else { return Vec::new() };
    if along_here(m).is_some_and(|a| a.kind == kind) {
        return super::going::back(m);
    }
    let around = match m.spot.layers.last() {
        Some(Layer::Record { id, .. } | Layer::History { id, .. }) => Some(id.clone()),
        _ => None,
    };
    let id = m.current().map(|r| r.id.clone());
    let along = Along {
        around,
        ..Along::of(kind, false)
    };
    open(m, along, id.as_ref())
}

/// Opens a tree; the cursor stands on the record one came from, where it shows.
fn open(m: &mut Model, along: Along, id: Option<&Id>) -> Vec<Effect> {
    let effects = m.open_tree(Of::Kind(along));
    let at = m.rows.iter().position(|r| id.is_some() && r.record() == id);
    let (len, page) = (m.rows.len(), m.page());
    if let (Some(at), Some(cursor)) = (at, m.spot.layers.last_mut().map(Layer::cursor_mut)) {
        cursor.to(at, len, page);
    }
    effects
}

/// The tree of a kind that shows.
pub(crate) fn along_here(m: &Model) -> Option<&Along> {
    match m.spot.layers.last() {
        Some(Layer::Tree {
            of: Of::Kind(along), ..
        }) => Some(along),
        _ => None,
    }
}

pub(crate) fn turns(m: &Model) -> Result<(), String> {
    match along_here(m) {
        Some(along) if along.around.is_none() => Ok(()),
        Some(_) => Err("both ways show already".into()),
        None => Err("this works in the tree of a register".into()),
    }
}

/// Turns the tree of a register round: what names a record stands below it, or what it names.
pub(crate) fn turn(m: &mut Model) -> Vec<Effect> {
    let Some(along) = along_here(m).cloned() else {
        return Vec::new();
    };
    let id = m.current().map(|r| r.id.clone());
    let query = match m.spot.layers.pop() {
        Some(Layer::Tree { query, .. }) => query,
        _ => String::new(),
    };
    let up = !along.up;
    let effects = open(m, Along { up, ..along }, id.as_ref());
    if !query.is_empty() {
        m.filter_by(query);
    }
    effects
}

/// The records right below one, by their titles: those that name it, or upwards those that it names.
fn below<'a>(w: &World<'a>, ix: KindIx, tag: Tag, r: &Record, up: bool) -> Vec<&'a Arc<Record>> {
    let is_next = |id: &&Id| w.catalogue.kind_of(id) == Some(ix) && **id != r.id;
    let mut out: Vec<&Arc<Record>> = match up {
        true => r
            .get(tag)
            .into_iter()
            .flat_map(Value::ids)
            .filter(is_next)
            .filter_map(|id| w.find(id))
            .collect(),
        false => {
            let named = w.state.inbound(&r.id).filter(|(_, t)| *t == tag).map(|(from, _)| from);
            named.filter(is_next).filter_map(|id| w.find(id)).collect()
        }
    };
    out.retain(|r| !r.is_retired());
    out.sort_by_key(|r| r.title());
    out
}

/// The records with which a tree begins: below none, and of each circle that hangs below none, one.
fn tops<'a>(w: &World<'a>, ix: KindIx, tag: Tag, up: bool) -> Vec<&'a Arc<Record>> {
    let mut tops: Vec<&Arc<Record>> = w
        .state
        .live(ix)
        .filter(|r| below(w, ix, tag, r, !up).is_empty())
        .collect();
    tops.sort_by_key(|r| r.title());
    let mut seen: HashSet<&Id> = HashSet::new();
    let walk = |from: &'a Arc<Record>, seen: &mut HashSet<&'a Id>| {
        let mut next = vec![from];
        while let Some(r) = next.pop() {
            if seen.insert(&r.id) {
                next.extend(below(w, ix, tag, r, up));
            }
        }
    };
    for r in &tops {
        walk(r, &mut seen);
    }
    for r in w.state.live(ix) {
        if !seen.contains(&r.id) {
            walk(r, &mut seen);
            tops.push(r);
        }
    }
    tops
}

impl Model {
    /// At which character the filter of the tree is wrong, and why.
    pub(crate) fn tree_wrong(&self) -> Option<(usize, String)> {
        let Some(Layer::Tree { query, .. }) = self.spot.layers.last() else {
            return None;
        };
        let kind = &self.catalogue.kinds[along_here(self)?.kind];
        let (_, wrong) = Query::typed(query, &self.catalogue, Some(kind));
        wrong.map(|e| (e.at, e.message))
    }

    pub(crate) fn grow_kind(&self, along: &Along, query: &str, grow: &mut Grow) {
        let w = self.world();
        let kind = w.kind_at(along.kind);
        let Some(tag) = kind.tree.as_deref().and_then(|f| kind.field(f)).map(|f| f.tag) else {
            return;
        };
        let Some(around) = &along.around else {
            let ids = || {
                tops(&w, along.kind, tag, along.up)
                    .into_iter()
                    .map(|r| r.id.clone())
                    .collect()
            };
            let way = Way::of(&w, (along.kind, tag), along.up, query);
            let tops = self.tops(along, ids);
            for r in tops.iter().filter_map(|id| w.find(id)).filter(|r| way.leads_to(r)) {
                self.grow_below(&w, &way, r, &[], grow);
            }
            return;
        };
        let Some(r) = w.find(around) else { return };
        grow.leaf("self", self.kind_row(&w, along.kind, r, record_words(&r.id, r.title())));
        for up in [true, false] {
            let way = Way::of(&w, (along.kind, tag), up, query);
            let next = way.below(&w, r);
            let head = Row::default()
                .and(self.direction(up), "muted")
                .and(way_words(kind, up), "heading")
                .and(next.len().to_string(), "muted");
            let fold = if next.is_empty() { Fold::Leaf } else { Fold::Shut };
            grow.add(if up { "up" } else { "down" }, head, fold, |grow| {
                for n in next {
                    self.grow_below(&w, &way, n, std::slice::from_ref(around), grow);
                }
            });
        }
    }

    fn grow_below(&self, w: &World, way: &Way, r: &Arc<Record>, above: &[Id], grow: &mut Grow) {
        let next = way.below(w, r);
        let fold = if above.contains(&r.id) {
            Fold::Again
        } else if next.is_empty() {
            Fold::Leaf
        } else {
            Fold::Shut
        };
        let made = record_words(&r.id, r.title());
        let made = match fold {
            Fold::Again => made.and("(circle)", "warn"),
            Fold::Leaf => made,
            _ => made.and(format!("({})", next.len()), "muted"),
        };
        let made = self.kind_row(w, way.kind, r, made);
        let mut above = above.to_vec();
        above.push(r.id.clone());
        grow.add(r.id.as_str(), made, fold, |grow| {
            for n in next {
                self.grow_below(w, way, n, &above, grow);
            }
        });
    }

    /// A row of the tree with what stands at its end: what flows along the links, where something does, else the columns
    /// of the list.
    fn kind_row(&self, w: &World, ix: KindIx, r: &Arc<Record>, mut made: Row) -> Row {
        if self.flow(ix).is_some() {
            made.later = Later::Figures;
            return made;
        }
        self.with_columns(w, ix, r, Ends::Half, made)
    }

    /// The columns of the list that stand at the end of a row too, as many as there is room for, and then as wide as their
    /// values.
    fn end_columns(&self, ix: KindIx, ends: Ends) -> Vec<Column> {
        let kind = &self.catalogue.kinds[ix];
        let room = match ends {
            Ends::Half => (self.tree_width() / 2).saturating_sub(6),
            Ends::Less => (self.tree_width() * 2 / 5).saturating_sub(4),
        };
        let own = |c: &&Column| c.field != "id" && c.field != "title" && kind.tree.as_ref() != Some(&c.field);
        let mut ranked: Vec<Column> = kind.columns.iter().filter(own).cloned().collect();
        ranked.sort_by_key(|c| c.rank);
        let mut used = 0;
        ranked.retain(|c| {
            let fits = used + c.width < room;
            used += if fits { c.width + GAP } else { 0 };
            fits
        });
        for c in &mut ranked {
            let wide = self
                .width_of(ix, c)
                .0
                .max(c.width)
                .min(c.width + room.saturating_sub(used));
            used += wide - c.width;
            c.width = wide;
        }
        // As in the list, from left to right.
        ranked.sort_by_key(|c| kind.columns.iter().position(|k| k.field == c.field));
        ranked
    }

    pub(crate) fn kind_columns(&self, along: &Along) -> Vec<(u16, String)> {
        let ix = along.kind;
        if self.flow(ix).is_some() {
            return self.flow_columns(ix);
        }
        let kind = &self.catalogue.kinds[ix];
        let label = |c: &Column| {
            let words = self.heading_of(kind, &c.field);
            (c.width + GAP - 1, self.aligned(ix, c, words))
        };
        self.end_columns(ix, Ends::Half).iter().map(label).collect()
    }

    /// A row with those columns.
    pub(crate) fn with_columns(&self, w: &World, ix: KindIx, r: &Arc<Record>, ends: Ends, mut made: Row) -> Row {
        for c in self.end_columns(ix, ends) {
            let cell = cell::cell(w, w.kind_at(ix), r, &c.field, usize::from(c.width), self.theme.ascii);
            let words = self.aligned(ix, &c, &super::text::clean(&cell.text));
            // Words are cut within their column, and a blank parts it from the next.
            let words = super::text::fit(&words, usize::from(c.width), self.theme.glyph("…", "~")).into_owned();
            made = made.end(c.width + GAP - 1, words, cell.role);
        }
        made
    }

    /// A text as it stands in a column: numbers end on the right.
    fn aligned(&self, ix: KindIx, c: &Column, words: &str) -> String {
        let room = usize::from(c.width).saturating_sub(super::text::width(words));
        match cell::is_number(&self.catalogue, &self.catalogue.kinds[ix], &c.field) {
            true => format!("{}{words}", " ".repeat(room)),
            false => words.to_owned(),
        }
    }

    pub(crate) fn kind_head(&self, along: &Along) -> Head {
        let kind = &self.catalogue.kinds[along.kind];
        let action = ("Tree".to_owned(), "action");
        if let Some(record) = along.around.as_ref().and_then(|id| self.world().find(id)) {
            let title = super::text::clean(record.title()).into_owned();
            return (
                vec![(record.id.to_string(), "id"), (title, "heading")],
                vec![action, ("both ways".to_owned(), "muted")],
            );
        }
        let words = format!("below each: {}", way_words(kind, along.up).to_lowercase());
        (
            vec![
                (kind.titles.clone(), "heading"),
                (self.counts[along.kind].live.to_string(), "muted"),
            ],
            vec![action, (words, "muted")],
        )
    }
}

/// What the way from a record to what stands below it is called.
fn way_words(kind: &Kind, up: bool) -> String {
    let field = kind.tree.as_deref().and_then(|f| kind.field(f));
    let Some(field) = field else { return String::new() };
    match field.inverse.as_deref().filter(|_| !up) {
        Some(inverse) => inverse.to_owned(),
        None if up => field.label.clone(),
        None => format!("those that name it as {}", field.label.to_lowercase()),
    }
}
