//! What flows along the links of a tree, on its rows: levels that are handed on, the money of an outage, what is key; and
//! in words why. Only the rows that show are asked.

use super::look::Look;
use super::spot::Along;
use super::tree::Row;
use super::{Model, hierarchy, text};
use crate::method::appraisal::flow::{Flow, money};
use crate::model::kind::KindIx;
use crate::model::record::Id;
use std::sync::Arc;

/// From so many columns on a row says from whom it inherits.
const REASONS: u16 = 110;
/// The columns of an amount and of a reason.
const AMOUNT: u16 = 9;
const REASON: u16 = 34;

/// What was worked out of a register for its tree, and of which state of it.
#[derive(Debug)]
pub(crate) struct Grown {
    seq: u64,
    kind: KindIx,
    flow: Option<Arc<Flow>>,
    /// With which records the tree begins, downwards and upwards.
    tops: [Option<Arc<Vec<Id>>>; 2],
}

impl Model {
    /// Asks what was worked out of a register, which is done once for a state of it.
    fn grown<T>(&self, kind: KindIx, ask: impl FnOnce(&mut Grown) -> T) -> T {
        let w = self.world();
        let mut kept = self.grown.borrow_mut();
        let known = kept.take().filter(|g| g.seq == w.state.seq && g.kind == kind);
        ask(kept.insert(known.unwrap_or_else(|| Grown {
            seq: w.state.seq,
            kind,
            flow: Flow::of(&w, w.kind_at(kind)).map(Arc::new),
            tops: [None, None],
        })))
    }

    /// What flows along the links of a register.
    pub(crate) fn flow(&self, kind: KindIx) -> Option<Arc<Flow>> {
        self.grown(kind, |g| g.flow.clone())
    }

    /// The records with which the tree of a register begins.
    pub(crate) fn tops(&self, along: &Along, find: impl FnOnce() -> Vec<Id>) -> Arc<Vec<Id>> {
        self.grown(along.kind, |g| {
            let tops = &mut g.tops[usize::from(along.up)];
            Arc::clone(tops.get_or_insert_with(|| Arc::new(find())))
        })
    }

    /// The headings of what stands at the end of the rows.
    pub(crate) fn flow_columns(&self, ix: KindIx) -> Vec<(u16, String)> {
        let kind = &self.catalogue.kinds[ix];
        let first = |name: &str| (2, kind.label(name).chars().take(1).collect());
        let mut columns: Vec<(u16, String)> = PROPERTIES.iter().map(|p| first(p)).collect();
        columns.push((3, "Key".to_owned()));
        columns.push((AMOUNT, right("An hour")));
        columns.push((AMOUNT, right("This way")));
        if self.tree_width() >= REASONS {
            columns.push((REASON, format!("{} inherited from", self.theme.glyph("←", "<"))));
        }
        columns
    }

    /// A row with the figures of its record.
    pub(crate) fn figures_row(&self, bare: &Row, id: &Id) -> Row {
        let (w, look) = (self.world(), &self.theme);
        let along = hierarchy::along_here(self);
        let flow = along.and_then(|a| Some((a, self.flow(a.kind)?)));
        let scale = w.catalogue.scale("cia");
        let (Some((along, flow)), Some(scale)) = (flow, scale) else {
            return bare.clone();
        };
        let Some(levels) = flow.levels(id) else {
            return bare.clone();
        };
        let mut made = bare.clone();
        for (level, inherited) in levels {
            let level = scale.levels.get(usize::from(level)).map_or("", |l| l.letters());
            let mark = if inherited { look.glyph("←", "<") } else { "" };
            made = made.end(2, format!("{level}{mark}"), if inherited { "text" } else { "selected" });
        }
        let outage = flow.outage(id);
        let key = flow.is_key(id, outage);
        made = made.end(3, if key { "yes" } else { "" }, "selected");
        let amount = |major: f64| match money(&w, major) {
            _ if major <= 0.0 => String::new(),
            // what currency it is stands in the words below
            told => told.rsplit_once(' ').map_or(told.clone(), |(n, _)| n.to_owned()),
        };
        made = made.end(AMOUNT, right(&amount(outage)), "text");
        let (way, up) = way_of(&bare.path, along.around.as_ref(), along.up);
        let part = flow.along(&way, up);
        let (told, role) = match part {
            Some(p) if p.counts => (amount(p.cost), "text"),
            Some(p) => (format!("({})", amount(p.cost)).replace("()", ""), "muted"),
            None => (String::new(), "text"),
        };
        made = made.end(AMOUNT, right(&told), role);
        if self.tree_width() >= REASONS {
            made = made.end(REASON, flow.inherits(id), "muted");
        }
        let mut note = vec![format!("{}.", flow.why(w.kind_at(along.kind), scale, id))];
        let mut hour = format!("An hour without it: {}", money(&w, outage));
        if let (Some(p), Some(first)) = (part.filter(|p| p.cost > 0.0), way.first()) {
            let (share, cost) = ((p.share * 100.0).round(), money(&w, p.cost));
            let counts = if p.counts {
                ""
            } else {
                ", not counted: another way is stronger"
            };
            match up {
                true => note.push(format!(
                    "{share} % of it stands still without {first} this way: {cost} an hour{counts}."
                )),
                false => hour.push_str(&format!(", this way {cost} ({share} % of {first}{counts})")),
            }
        }
        if outage > 0.0 {
            note.push(format!("{hour}."));
        }
        note.push(flow.why_key(&w, scale, id, outage));
        made.note = note.join(" ");
        made
    }
}

/// The properties whose levels are handed on.
const PROPERTIES: [&str; 3] = ["confidentiality", "integrity", "availability"];

/// The records that lead to a row, itself the last, and whether they are walked upwards.
fn way_of(path: &str, around: Option<&Id>, up: bool) -> (Vec<Id>, bool) {
    let steps = || path.split('/').map(Id::from);
    match around {
        None => (steps().collect(), up),
        Some(around) => {
            let way = std::iter::once(around.clone()).chain(steps().skip(1));
            (way.collect(), path.starts_with("up"))
        }
    }
}

fn right(words: &str) -> String {
    let room = usize::from(AMOUNT).saturating_sub(text::width(words));
    format!("{}{words}", " ".repeat(room))
}
