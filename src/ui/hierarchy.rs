//! The records of a kind as the tree that its own link makes of them: scopes in scopes, assets below what leans on
//! them. What stands below several shows below each; a circle is said once and not walked again.

use super::spot::{Layer, Of};
use super::tree::{Fold, Grow, Head, Row, record_words};
use super::{Model, cell};
use crate::model::kind::{Column, KindIx, Tag};
use crate::model::record::{Id, Record};
use crate::model::world::World;
use crate::ui::job::Effect;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How much of a row its columns may take.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ends {
    Half,
    Less,
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

/// Shows the list as a tree, or goes back to the list.
pub(crate) fn show(m: &mut Model) -> Vec<Effect> {
    let Some(ix) = kind_here(m) else { return Vec::new() };
    if matches!(m.spot.layers.last(), Some(Layer::Tree { of: Of::Kind(k), .. }) if *k == ix) {
        return super::going::back(m);
    }
    let id = m.current().map(|r| r.id.clone());
    let effects = m.open_tree(Of::Kind(ix));
    // The cursor stands on the record one came from, where it shows.
    let at = m.rows.iter().position(|r| id.is_some() && r.record() == id.as_ref());
    let (len, page) = (m.rows.len(), m.page());
    if let (Some(at), Some(cursor)) = (at, m.spot.layers.last_mut().map(Layer::cursor_mut)) {
        cursor.to(at, len, page);
    }
    effects
}

/// The records right below one, by their titles.
fn below<'a>(w: &World<'a>, ix: KindIx, tag: Tag, id: &Id) -> Vec<&'a Arc<Record>> {
    let mut out: Vec<&Arc<Record>> = w
        .state
        .inbound(id)
        .filter(|(from, t)| *t == tag && w.catalogue.kind_of(from) == Some(ix) && *from != id)
        .filter_map(|(from, _)| w.find(from))
        .filter(|r| !r.is_retired())
        .collect();
    out.sort_by_key(|r| r.title());
    out
}

impl Model {
    pub(crate) fn grow_kind(&self, ix: KindIx, grow: &mut Grow) {
        let w = self.world();
        let kind = w.kind_at(ix);
        let Some(tag) = kind.tree.as_deref().and_then(|f| kind.field(f)).map(|f| f.tag) else {
            return;
        };
        let is_live = |id: &Id| w.find(id).is_some_and(|r| !r.is_retired());
        let is_top = |r: &Record| !r.get(tag).is_some_and(|v| v.ids().any(|id| *id != r.id && is_live(id)));
        let mut tops: Vec<&Arc<Record>> = w.state.live(ix).filter(|r| is_top(r)).collect();
        tops.sort_by_key(|r| r.title());
        // What hangs below no top stands in a circle: one of it stands for all.
        let mut seen: BTreeSet<Id> = BTreeSet::new();
        let walk = |from: &Id, seen: &mut BTreeSet<Id>| {
            let mut next = vec![from.clone()];
            while let Some(id) = next.pop() {
                if seen.insert(id.clone()) {
                    next.extend(below(&w, ix, tag, &id).into_iter().map(|r| r.id.clone()));
                }
            }
        };
        for r in &tops {
            walk(&r.id, &mut seen);
        }
        for r in w.state.live(ix) {
            if !seen.contains(&r.id) {
                walk(&r.id, &mut seen);
                tops.push(r);
            }
        }
        for r in tops {
            self.grow_below(&w, ix, tag, r, &[], grow);
        }
    }

    fn grow_below(&self, w: &World, ix: KindIx, tag: Tag, r: &Arc<Record>, above: &[Id], grow: &mut Grow) {
        let children = below(w, ix, tag, &r.id);
        let fold = if above.contains(&r.id) {
            Fold::Again
        } else if children.is_empty() {
            Fold::Leaf
        } else {
            Fold::Shut
        };
        let mut made = record_words(&r.id, r.title());
        if !children.is_empty() {
            made = made.and(format!("({})", children.len()), "muted");
        }
        let made = self.with_columns(w, ix, r, Ends::Half, made);
        let mut above = above.to_vec();
        above.push(r.id.clone());
        grow.add(r.id.as_str(), made, fold, |grow| {
            for child in children {
                self.grow_below(w, ix, tag, child, &above, grow);
            }
        });
    }

    /// The columns of the list that stand at the end of a row too, as many as there is room for.
    fn end_columns(&self, ix: KindIx, ends: Ends) -> Vec<&Column> {
        let kind = &self.catalogue.kinds[ix];
        let room = match ends {
            Ends::Half => (self.tree_width() / 2).saturating_sub(6),
            Ends::Less => (self.tree_width() * 2 / 5).saturating_sub(4),
        };
        let own = |c: &&Column| c.field != "id" && c.field != "title" && kind.tree.as_ref() != Some(&c.field);
        let mut ranked: Vec<&Column> = kind.columns.iter().filter(own).collect();
        ranked.sort_by_key(|c| c.rank);
        let mut used = 0;
        ranked.retain(|c| {
            let fits = used + c.width < room;
            used += if fits { c.width + 1 } else { 0 };
            fits
        });
        // As in the list, from left to right.
        let kept = |c: &&Column| ranked.iter().any(|k| k.field == c.field);
        kind.columns.iter().filter(kept).collect()
    }

    pub(crate) fn kind_columns(&self, ix: KindIx) -> Vec<(u16, String)> {
        let kind = &self.catalogue.kinds[ix];
        let label = |c: &&Column| {
            let words = self.heading_of(kind, &c.field);
            (c.width, self.aligned(ix, c, words))
        };
        self.end_columns(ix, Ends::Half).iter().map(label).collect()
    }

    /// A row with those columns.
    pub(crate) fn with_columns(&self, w: &World, ix: KindIx, r: &Arc<Record>, ends: Ends, mut made: Row) -> Row {
        for c in self.end_columns(ix, ends) {
            let cell = cell::cell(w, w.kind_at(ix), r, &c.field, usize::from(c.width), self.theme.ascii);
            let words = self.aligned(ix, c, &super::text::clean(&cell.text));
            made = made.end(c.width, words, cell.role);
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

    pub(crate) fn kind_head(&self, ix: KindIx) -> Head {
        let kind = &self.catalogue.kinds[ix];
        let field = kind.tree.as_deref().and_then(|f| kind.field(f));
        let inverse = field.and_then(|f| f.inverse.clone()).unwrap_or_default();
        let label = field.map(|f| f.label.to_lowercase()).unwrap_or_default();
        let words = if inverse.is_empty() {
            format!("below each: those that name it as {label}")
        } else {
            format!("below each: {}", inverse.to_lowercase())
        };
        (
            vec![
                (kind.titles.clone(), "heading"),
                (self.counts[ix].live.to_string(), "muted"),
            ],
            vec![("Tree".to_owned(), "action"), (words, "muted")],
        )
    }
}
