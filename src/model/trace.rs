//! What a piece of arithmetic looked at, so that it is done again when that changes and not before.
//!
//! Rules, derived values and queries look wherever they like: at the post that owns a record, at whoever links to it,
//! at the organisation. Nobody declares that beforehand, and a new rule cannot forget to. [`State`](super::state::State)
//! notes each look while somebody listens; while nobody does, noting costs one comparison. The note is kept for the
//! running thread alone, since what is worked out is worked out in one go on one thread.

use super::kind::KindIx;
use super::record::Id;
use std::cell::RefCell;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Read {
    /// A record, or that there is none under this id.
    Record(Id),
    /// Who links to a record.
    Inbound(Id),
    /// All records of a kind.
    Kind(KindIx),
    /// Whether an owner is there to answer: worked out on its own, because thousands of records share an owner.
    Vacancy(Id),
}

thread_local! {
    static SEEN: RefCell<Option<Vec<Read>>> = const { RefCell::new(None) };
}

/// Does something and says what it looked at, in order, with repetitions. What an outer call listens for is not told
/// what an inner one hears.
pub fn reads<T>(work: impl FnOnce() -> T) -> (T, Vec<Read>) {
    let outer = SEEN.replace(Some(Vec::new()));
    let done = work();
    let seen = SEEN.replace(outer).unwrap_or_default();
    (done, seen)
}

/// Does something that is remembered as one look: what it looks at itself is not noted.
pub fn as_one<T>(read: impl FnOnce() -> Read, work: impl FnOnce() -> T) -> T {
    note(read);
    let outer = SEEN.replace(None);
    let done = work();
    SEEN.set(outer);
    done
}

/// Whether somebody listens to this thread: then what others do in its stead would not be noted.
pub fn is_heard() -> bool {
    SEEN.with_borrow(Option::is_some)
}

/// Notes a look, if somebody listens.
pub fn note(read: impl FnOnce() -> Read) {
    SEEN.with_borrow_mut(|seen| {
        if let Some(seen) = seen {
            seen.push(read());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_noted_while_somebody_listens() {
        let (a, b) = (Id::from("A-0001"), Id::from("A-0002"));
        note(|| Read::Kind(7));
        let ((), seen) = reads(|| {
            note(|| Read::Record(a.clone()));
            let ((), inner) = reads(|| note(|| Read::Kind(1)));
            assert_eq!(inner, [Read::Kind(1)]);
            as_one(|| Read::Vacancy(b.clone()), || note(|| Read::Record(b.clone())));
            note(|| Read::Inbound(a.clone()));
        });
        assert_eq!(seen, [Read::Record(a.clone()), Read::Vacancy(b), Read::Inbound(a)]);
    }
}
