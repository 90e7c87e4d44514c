//! How wide the columns of a register would like to be: as wide as their headings and the widest of their values, as a
//! rule up to what is usual for their type. Measured once for all records, so that nothing moves while one filters and scrolls.

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
    known: HashMap<(KindIx, String), Width>,
}

/// How wide a column would like to be.
#[derive(Debug, Clone, Copy)]
struct Width {
    /// As a rule, and so that no value is cut.
    cells: (u16, u16),
    /// Whether any record has a value there.
    filled: bool,
}

impl Model {
    /// How wide a column of a register would like to be: as a rule, and so that no value is cut.
    pub(crate) fn width_of(&self, ix: KindIx, column: &Column) -> (u16, u16) {
        self.measured(ix, column).cells
    }

    /// Whether any record has something to say in a column; of a large register it is not known, and so it may.
    pub(crate) fn is_filled(&self, ix: KindIx, column: &Column) -> bool {
        self.measured(ix, column).filled
    }

    fn measured(&self, ix: KindIx, column: &Column) -> Width {
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

    fn measure(&self, ix: KindIx, column: &Column) -> Width {
        let w = self.world();
        let kind = w.kind_at(ix);
        let most = match column.grow {
            true => MOST,
            false => view::natural(w.catalogue, kind, &column.field).max(column.width),
        };
        // Where there is nothing yet, what comes first shall not move everything.
        let usual = w.state.live(ix).next().is_none() || w.state.live(ix).nth(MANY).is_some();
        if usual {
            return Width {
                cells: (most, most),
                filled: true,
            };
        }
        let cell = |r| cell::cell(&w, kind, r, &column.field, usize::from(most), self.theme.ascii);
        let cells = w.state.live(ix).map(|r| wide(&text::clean(&cell(r).text)));
        let heading = wide(self.heading_of(kind, &column.field));
        let widest = cells.max().unwrap_or_default();
        let whole = widest.max(heading).min(MOST);
        Width {
            cells: (whole.min(most), whole),
            filled: widest > 0,
        }
    }
}
