//! The links of a record as a graph: what it leads to and what leads to it, in the words of the links, and on from
//! there as far as one unfolds.

use super::line::Stop;
use super::look::Look;
use super::spot::Of;
use super::tree::{Fold, Grow, Head, Row, record_words};
use super::{Model, cell, text};
use crate::method::agenda;
use crate::model::record::{Id, Record};
use crate::model::world::World;
use crate::ui::job::Effect;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One link as seen from one of its ends.
struct Edge {
    /// Whether it leads away.
    out: bool,
    /// What the link is called from here.
    words: String,
    to: Id,
}

pub(crate) fn show(m: &mut Model) -> Vec<Effect> {
    let Some(record) = m.current() else { return Vec::new() };
    m.open_tree(Of::Links(record.id.clone()))
}

/// The links of a record both ways, what it leads to first, in the order of its fields; retired ends are left out.
fn edges(w: &World, r: &Record) -> Vec<Edge> {
    let Some(kind) = w.kind(&r.id) else { return Vec::new() };
    let live = |id: &Id| w.find(id).is_some_and(|r| !r.is_retired());
    let mut out = Vec::new();
    for f in &kind.fields {
        let Some(value) = r.get(f.tag).filter(|_| f.is_link()) else {
            continue;
        };
        out.extend(value.ids().filter(|id| live(id)).map(|id| Edge {
            out: true,
            words: f.label.clone(),
            to: id.clone(),
        }));
    }
    let mut inbound: Vec<(usize, u16, Edge)> = Vec::new();
    for (from, tag) in w.state.inbound(&r.id).filter(|(id, _)| live(id)) {
        let (Some(ix), Some(kind)) = (w.catalogue.kind_of(from), w.kind(from)) else {
            continue;
        };
        let inverse = kind.field_by_tag(tag).and_then(|f| f.inverse.clone());
        let edge = Edge {
            out: false,
            words: inverse.unwrap_or_else(|| kind.titles.clone()),
            to: from.clone(),
        };
        inbound.push((ix, tag, edge));
    }
    inbound.sort_by(|a, b| (a.0, a.1, &a.2.to).cmp(&(b.0, b.1, &b.2.to)));
    out.extend(inbound.into_iter().map(|(.., edge)| edge));
    out
}

impl Model {
    /// The rows of the graph around a record.
    pub(crate) fn grow_links(&self, id: &Id, grow: &mut Grow) {
        let w = self.world();
        let Some(r) = w.find(id) else { return };
        let all = edges(&w, r);
        let mut groups: Vec<(bool, &str)> = all.iter().map(|e| (e.out, e.words.as_str())).collect();
        groups.dedup();
        let seen = vec![id.clone()];
        for (out, words) in groups {
            let of: Vec<&Edge> = all.iter().filter(|e| e.out == out && e.words == words).collect();
            let head = Row::default()
                .and(self.direction(out), "muted")
                .and(text::clean(words).into_owned(), "heading")
                .and(of.len().to_string(), "muted");
            grow.add(&format!("{out} {words}"), head, Fold::Shut, |grow| {
                for e in of {
                    self.grow_edge(&w, e, false, &seen, grow);
                }
            });
        }
    }

    pub(crate) fn direction(&self, out: bool) -> &'static str {
        match out {
            true => self.theme.glyph("→", "->"),
            false => self.theme.glyph("←", "<-"),
        }
    }

    /// A record at the end of a link, and below it where it leads.
    fn grow_edge(&self, w: &World, e: &Edge, worded: bool, seen: &[Id], grow: &mut Grow) {
        let Some(r) = w.find(&e.to) else { return };
        let next: Vec<Edge> = edges(w, r).into_iter().filter(|e| Some(&e.to) != seen.last()).collect();
        let fold = if seen.contains(&e.to) {
            Fold::Again
        } else if next.is_empty() {
            Fold::Leaf
        } else {
            Fold::Shut
        };
        let mut made = Row::default();
        if worded {
            made = made
                .and(self.direction(e.out), "muted")
                .and(text::clean(&e.words).to_lowercase(), "muted");
        }
        let record = record_words(&e.to, r.title());
        made.words.extend(record.words);
        made = made.to(Stop::Link(e.to.clone()));
        let made = self.with_state(w, r, made);
        let name = format!("{} {} {}", e.out, e.words, e.to);
        let mut seen = seen.to_vec();
        seen.push(e.to.clone());
        grow.add(&name, made, fold, |grow| {
            for e in &next {
                self.grow_edge(w, e, true, &seen, grow);
            }
        });
    }

    /// A row with the record's state at its end.
    pub(crate) fn with_state(&self, w: &World, r: &Arc<Record>, made: Row) -> Row {
        let Some(kind) = w.kind(&r.id) else { return made };
        let state = cell::state(kind, r);
        let role = if state.role == "text" { "muted" } else { state.role };
        made.end(13, state.text, role)
    }

    /// How a record reaches a risk, or why it does not.
    fn reach(&self, w: &World, r: &Record) -> Option<(String, &'static str)> {
        let kind = w.kind(&r.id)?;
        if !kind.apart.is_empty() {
            return Some((format!("apart from risks: {}", kind.apart), "muted"));
        }
        match agenda::way(w, r).as_deref() {
            Some([]) => None,
            Some([risk]) => Some((format!("reaches {risk}"), "ok")),
            Some([by, risk, ..]) => Some((format!("reaches {risk} by way of {by}"), "ok")),
            None => {
                let orphan = self.known()?.gaps_of(&r.id).find(|g| g.rule == "orphan")?;
                Some((format!("orphan: {}", orphan.message), "warn"))
            }
        }
    }

    /// What stands above the graph.
    pub(crate) fn links_head(&self, id: &Id) -> Head {
        let w = self.world();
        let title = w
            .find(id)
            .map(|r| text::clean(r.title()).into_owned())
            .unwrap_or_default();
        let first = vec![(id.to_string(), "id"), (title, "heading")];
        let count = |out: bool| {
            let all = w.find(id).map(|r| edges(&w, r)).unwrap_or_default();
            all.into_iter()
                .filter(|e| e.out == out)
                .map(|e| e.to)
                .collect::<BTreeSet<_>>()
                .len()
        };
        let (to, from) = (count(true), count(false));
        let mut second = vec![
            ("Links".to_owned(), "action"),
            (format!("leads to {to}"), "text"),
            (format!("{from} lead to it"), "text"),
        ];
        second.extend(w.find(id).and_then(|r| self.reach(&w, r)));
        (first, second)
    }
}
