//! What follows from all records at one commit, kept until the next: whoever asks for it again does not wait again.

use super::trace;
use super::world::World;
use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What was worked out, by its type and the day for which it holds.
type Kept = (TypeId, i32, Arc<dyn Any + Send + Sync>);

/// What was worked out of one state. A copy of a state is about to become another, and begins with nothing.
#[derive(Default)]
pub struct Memo(Mutex<Vec<Kept>>);

impl Memo {
    /// Forgets everything: the records have changed.
    pub(super) fn clear(&mut self) {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Clone for Memo {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memo")
    }
}

impl World<'_> {
    /// What `work` makes of the records and the day, worked out once for each type. It must depend on nothing else: not
    /// on who looks, nor on the hour.
    pub fn once<T: Any + Send + Sync>(&self, work: impl FnOnce(&Self) -> T) -> Arc<T> {
        // Whoever listens is told all looks.
        if trace::is_heard() {
            return Arc::new(work(self));
        }
        let key = (TypeId::of::<T>(), self.today);
        let kept = || self.state.memo.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept()
            .iter()
            .find(|(of, day, _)| (*of, *day) == key)
            .map(|k| Arc::clone(&k.2));
        if let Some(known) = found.and_then(|k| k.downcast::<T>().ok()) {
            return known;
        }
        // Not under the lock: it may ask for something else that is kept.
        let made = Arc::new(work(self));
        kept().push((key.0, key.1, Arc::clone(&made) as Arc<dyn Any + Send + Sync>));
        made
    }
}

#[cfg(test)]
mod tests {
    use crate::model::record::Id;
    use crate::model::sample::Sample;
    use crate::model::world::World;
    use std::cell::Cell;
    use std::sync::Arc;

    struct Titles(usize);

    #[test]
    fn it_is_worked_out_once_a_commit_and_day() {
        let mut s = Sample::new();
        let worked = Cell::new(0);
        let count = |w: &World| {
            w.once(|w| {
                worked.set(worked.get() + 1);
                Titles(w.live("risk").count())
            })
            .0
        };
        let all = count(&s.world());
        assert_eq!((count(&s.world()), worked.get()), (all, 1));
        let today = s.world().today;
        let tomorrow = World {
            today: today + 1,
            ..s.world()
        };
        assert_eq!((count(&tomorrow), worked.get()), (all, 2));
        assert_eq!((count(&s.world()), worked.get()), (all, 2));

        let ix = s.catalogue.index_of("risk").unwrap();
        let mut more = s.state.get(ix, &Id::from("R-0001")).unwrap().as_ref().clone();
        more.id = Id::from("R-0099");
        s.state.put(ix, Arc::new(more));
        assert_eq!((count(&s.world()), worked.get()), (all + 1, 3));
        let copy = s.state.clone();
        let w = World {
            state: &copy,
            ..s.world()
        };
        assert_eq!((count(&w), worked.get()), (all + 1, 4), "a copy becomes another");

        let (_, reads) = crate::model::trace::reads(|| count(&s.world()));
        assert!(!reads.is_empty(), "whoever listens hears what was looked at");
    }
}
