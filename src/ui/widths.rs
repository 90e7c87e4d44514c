//! How wide the columns of a register would like to be: as wide as their headings and the widest of their values, up to
//! what is usual for their type. Measured once for all records, so that nothing moves while one filters and scrolls.

use super::picker::wide;
use super::place::MOST;
use super::{Model, cell, text};
use crate::model::kind::{Column, KindIx};
use crate::model::view;
use std::collections::HashMap;

/// A register of more records than these is not measured: its columns are as wide as is usual.
const MANY: usize = 500;

/// What was measured: by register and field, and at which commit and day.
#[derive(Debug, Default)]
pub(crate) struct Widths {
    stamp: (u64, i32),
    /// How wide, and whether any record has a value there.
    known: HashMap<(KindIx, String), (u16, bool)>,
}

impl Model {
    /// How wide a column of a register would like to be.
    pub(crate) fn width_of(&self, ix: KindIx, column: &Column) -> u16 {
        self.measured(ix, column).0
    }

    /// Whether any record has something to say in a column; of a large register it is not known, and so it may.
    pub(crate) fn is_filled(&self, ix: KindIx, column: &Column) -> bool {
        self.measured(ix, column).1
    }

    fn measured(&self, ix: KindIx, column: &Column) -> (u16, bool) {
        let w = self.world();
        let stamp = (w.state.seq, w.today);
        let key = (ix, column.field.clone());
        {
            let mut widths = self.widths.borrow_mut();
            if widths.stamp != stamp {
                *widths = Widths {
                    stamp,
                    known: HashMap::new(),
                };
            }
            if let Some(known) = widths.known.get(&key) {
                return *known;
            }
        }
        let found = self.measure(ix, column);
        self.widths.borrow_mut().known.insert(key, found);
        found
    }

    fn measure(&self, ix: KindIx, column: &Column) -> (u16, bool) {
        let w = self.world();
        let kind = w.kind_at(ix);
        let most = match column.grow {
            true => MOST,
            false => view::natural(w.catalogue, kind, &column.field).max(column.width),
        };
        // Where there is nothing yet, what comes first shall not move everything.
        let usual = w.state.live(ix).next().is_none() || w.state.live(ix).nth(MANY).is_some();
        if usual {
            return (most, true);
        }
        let cell = |r| cell::cell(&w, kind, r, &column.field, usize::from(most), self.theme.ascii);
        let cells = w.state.live(ix).map(|r| wide(&text::clean(&cell(r).text)));
        let heading = wide(self.heading_of(kind, &column.field));
        let widest = cells.max().unwrap_or_default();
        (widest.max(heading).min(most), widest > 0)
    }
}
