//! The kinds in force at a commit: those of the program, and over them the definitions that the journal holds. Found on
//! the same walk that checks the journal, before any record is decoded.

use super::chain::{Chain, Group};
use super::content;
use super::folder::JOURNAL;
use crate::model::change::{Changed, Draft, Edit, Origin, Target};
use crate::model::kind::Catalogue;
use crate::model::kind::own::{self, DEFINITION};
use crate::model::record::{Id, Record};
use crate::model::state::State;
use crate::store::disk::Real;
use crate::store::journal::Journal;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The kinds in force while a journal is walked through, group by group.
pub struct Defined {
    base: Arc<Catalogue>,
    /// What the ids of definitions begin with; `None` if the program knows no definitions.
    prefix: Option<String>,
    lines: BTreeMap<Id, Vec<u8>>,
    now: Kinds,
}

/// The kinds in force, and what could not be read of the definitions.
#[derive(Clone)]
pub struct Kinds {
    /// The kinds.
    pub catalogue: Arc<Catalogue>,
    /// For the person: each definition that this program cannot read.
    pub notes: Vec<String>,
}

impl Defined {
    /// Nothing yet: the kinds of the program.
    pub fn over(catalogue: &Arc<Catalogue>) -> Self {
        // A catalogue without definitions stays the one that it is.
        let base = match catalogue.adopted() {
            [] => Arc::clone(catalogue),
            _ => catalogue.base(),
        };
        Self {
            prefix: base.kind(DEFINITION).map(|k| format!("{}-", k.prefix)),
            lines: BTreeMap::new(),
            now: Kinds {
                catalogue: Arc::clone(&base),
                notes: Vec::new(),
            },
            base,
        }
    }

    /// Takes the definitions out of the next group: they hold from it on.
    pub fn see(&mut self, group: &Group<'_>) {
        let Some(prefix) = &self.prefix else { return };
        let mut touched = false;
        for line in group.lines.iter().filter(|l| l.entry.id.starts_with(prefix)) {
            self.lines.insert(line.id.clone(), line.bytes.to_vec());
            touched = true;
        }
        if touched {
            self.now = self.read();
        }
    }

    /// The kinds in force now.
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.now.catalogue
    }

    /// The same, with what could not be read.
    pub fn kinds(&self) -> Kinds {
        self.now.clone()
    }

    fn read(&self) -> Kinds {
        let records = self.lines.iter();
        let read = records.filter_map(|(id, line)| content::read_record(&self.base, id, line).ok()?);
        let all: Vec<_> = read
            .filter_map(|r| own::definition(self.base.kind(DEFINITION)?, &r))
            .filter(|d| !d.text.is_empty())
            .collect();
        let (catalogue, wrong) = self.base.with_what_fits(&all);
        let said = |e| format!("the definition {e}; what was kept with it stays as it is, and is not shown");
        Kinds {
            catalogue: Arc::new(catalogue),
            notes: wrong.iter().map(said).collect(),
        }
    }
}

/// The kinds after a commit; `None` if it touches no definition.
pub fn after(catalogue: &Catalogue, changes: &[Changed]) -> Option<Arc<Catalogue>> {
    let ix = catalogue.index_of(DEFINITION)?;
    let touched = changes.iter().filter(|c| catalogue.kind_of(&c.id) == Some(ix));
    let kind = &catalogue.kinds[ix];
    let more: Vec<_> = touched.filter_map(|c| own::definition(kind, &c.after)).collect();
    (!more.is_empty()).then(|| Arc::new(catalogue.and(more).0))
}

/// The kinds by which a draft is judged: those in force, and for an export that comes back those of the definitions
/// that it brings along.
pub fn ahead(catalogue: &Arc<Catalogue>, draft: &Draft) -> Arc<Catalogue> {
    let same = || Arc::clone(catalogue);
    let Some(ix) = catalogue
        .index_of(DEFINITION)
        .filter(|_| draft.origin == Origin::Restore)
    else {
        return same();
    };
    let read = |edit: &Edit| {
        let Target::NewWithId(k, id) = &edit.target else {
            return None;
        };
        let mut record = Record::new(id.clone());
        for (tag, value) in &edit.set {
            record.set(*tag, value.clone());
        }
        (*k == ix).then(|| own::definition(&catalogue.kinds[ix], &record))?
    };
    let more: Vec<_> = draft.edits.iter().filter_map(read).collect();
    if more.is_empty() {
        same()
    } else {
        Arc::new(catalogue.and(more).0)
    }
}

/// The records under other kinds: what was kept under a name that has become known is a value now.
pub fn moved(state: &State, old: &Catalogue, new: &Catalogue) -> State {
    let mut moved = State::empty(new);
    for (ix, was) in old.kinds.iter().enumerate() {
        for record in state.all(ix) {
            let Some(to) = new.kind_of(&record.id) else { continue };
            let record = match record.unknown.is_empty() {
                true => Arc::clone(record),
                false => Arc::new(content::anew(new, was, record)),
            };
            moved.put(to, record);
        }
    }
    (moved.seq, moved.time) = (state.seq, state.time);
    moved
}

/// The kinds in force in a store, found without opening it; `None` if there is none or it cannot be read.
pub fn kinds_of(folder: &Path, base: &Arc<Catalogue>) -> Option<Arc<Catalogue>> {
    let log = Journal::open(Arc::new(Real), &folder.join(JOURNAL), false).ok()?;
    let mut defined = Defined::over(base);
    Chain::default().walk(&log, &mut |_, group| defined.see(&group));
    Some(defined.kinds().catalogue)
}
