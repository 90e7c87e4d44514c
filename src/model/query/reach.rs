//! What an order or a term looked at besides the record itself, so that a commit elsewhere is known to leave it alone.

use crate::model::change::Changed;
use crate::model::kind::{Catalogue, KindIx};
use crate::model::trace::{self, Read};
use std::collections::BTreeSet;

/// The kinds of records that were looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct Reach {
    kinds: BTreeSet<KindIx>,
    /// Whether it asked who links to a record, which any record may do.
    anywhere: bool,
}

impl Reach {
    /// Does something and notes what it looks at.
    pub fn note<T>(&mut self, c: &Catalogue, work: impl FnOnce() -> T) -> T {
        if self.anywhere {
            return work();
        }
        let (done, reads) = trace::reads(work);
        let mut last = None;
        for read in reads {
            let kind = match &read {
                Read::Record(id) if last.as_deref() == Some(id.prefix()) => continue,
                Read::Record(id) => {
                    last = Some(id.prefix().to_owned());
                    c.kind_of(id)
                }
                Read::Kind(ix) => Some(*ix),
                Read::Inbound(_) | Read::Vacancy(_) => {
                    self.anywhere = true;
                    None
                }
            };
            self.kinds.extend(kind);
        }
        done
    }

    /// Whether changes are within it.
    pub fn holds(&self, c: &Catalogue, changes: &[Changed]) -> bool {
        self.anywhere
            || changes
                .iter()
                .any(|change| c.kind_of(&change.id).is_none_or(|k| self.kinds.contains(&k)))
    }
}
