//! Which column of a table is which field: proposed from the heads, changed by the person, and the kind that the heads
//! speak of.

use crate::model::kind::{Field, FieldType, Kind, KindIx, STATE, TITLE};
use crate::model::world::World;

/// What a column of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// The id of the record.
    Id,
    /// Its state.
    State,
    /// When it was last changed, in own exports.
    Changed,
    /// The n-th field of the kind; `guess`: the head is only an alias of it, and what does not fit goes to the notes.
    Field {
        /// The place in the fields of the kind.
        nth: usize,
        /// Nobody said so.
        guess: bool,
    },
    /// Of an own export, and worked out anew here.
    Derived,
    /// Nothing is read from it.
    Unused,
}

impl Column {
    /// The name of what it holds: a field, `id`, `state` or `changed`; none if nothing is read from it.
    pub fn name<'k>(&self, kind: &'k Kind) -> Option<&'k str> {
        match self {
            Self::Id => Some("id"),
            Self::State => Some("state"),
            Self::Changed => Some("changed"),
            Self::Field { nth, .. } => kind.fields.get(*nth).map(|f| f.name.as_str()),
            Self::Derived | Self::Unused => None,
        }
    }

    /// The column that a person means by such a name; none: nothing is read from it.
    pub fn named(kind: &Kind, name: Option<&str>) -> Self {
        match name {
            Some("id") => Self::Id,
            Some("state") => Self::State,
            Some("changed") => Self::Changed,
            Some(name) => match kind.fields.iter().position(|f| f.name == name && f.tag != STATE) {
                Some(nth) => Self::Field { nth, guess: false },
                None => Self::Unused,
            },
            None => Self::Unused,
        }
    }
}

/// Which column is what: one for each head, in their order.
pub type Mapping = Vec<Column>;

/// A head without regard to case, blanks, underlines and signs.
pub(super) fn head(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What each column is by its head. A name wins over a label, a label over an alias, a left column over a right one.
pub fn propose(kind: &Kind, header: &[String]) -> Mapping {
    let mut out = vec![Column::Unused; header.len()];
    let heads: Vec<String> = header.iter().map(|h| head(h)).collect();
    let own = heads.iter().any(|h| h == "id");
    let by: [fn(&Field) -> Vec<&str>; 3] = [
        |f| vec![&f.name],
        |f| vec![&f.label],
        |f| f.aliases.iter().map(String::as_str).collect(),
    ];
    let mut filled = vec![false; kind.fields.len()];
    for (rank, names) in by.iter().enumerate() {
        let words: Vec<Vec<String>> = kind
            .fields
            .iter()
            .map(|f| names(f).into_iter().map(head).collect())
            .collect();
        for (i, h) in heads.iter().enumerate().filter(|(_, h)| !h.is_empty()) {
            if out[i] != Column::Unused {
                continue;
            }
            out[i] = match h.as_str() {
                "id" => Column::Id,
                "changed" if own => Column::Changed,
                h if own && (h == "created" || kind.derived.iter().any(|d| head(&d.name) == h)) => Column::Derived,
                h => match words.iter().position(|words| words.iter().any(|word| word == h)) {
                    Some(n) if filled[n] && kind.fields[n].kind != FieldType::Tags => Column::Unused,
                    Some(nth) => {
                        filled[nth] = true;
                        match kind.fields[nth].tag {
                            STATE => Column::State,
                            tag => Column::Field {
                                nth,
                                guess: rank == 2 && tag != TITLE,
                            },
                        }
                    }
                    None => Column::Unused,
                },
            };
        }
    }
    out
}

/// The kind that the heads speak of: the one that knows most of them, the first of several. None if fewer than two
/// are known, or one that is all there is.
pub fn guess(w: &World, header: &[String]) -> Option<KindIx> {
    let known = |ix: KindIx| {
        let columns = propose(w.kind_at(ix), header);
        columns.iter().filter(|c| **c != Column::Unused).count()
    };
    let least = header.len().min(2);
    let kinds = (0..w.catalogue.kinds.len()).filter(|ix| !w.kind_at(*ix).single);
    let best = kinds.map(|ix| (known(ix), ix)).rev().max_by_key(|(n, _)| *n)?;
    (best.0 >= least).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builtin;

    fn heads(words: &str) -> Vec<String> {
        words.split(',').map(str::to_string).collect()
    }

    #[test]
    fn heads_name_their_fields_and_a_person_may_say_otherwise() {
        let catalogue = builtin::catalogue().unwrap();
        let kind = catalogue.kind("risk").unwrap();
        let header = heads("ID,Scenario,Risk owner,colour,Treatment");
        let names = |m: &Mapping| m.iter().map(|c| c.name(kind).map(str::to_string)).collect::<Vec<_>>();
        let proposed = propose(kind, &header);
        let expected = ["id", "title", "owner", "", "treatment"];
        let text: Vec<String> = names(&proposed).into_iter().map(Option::unwrap_or_default).collect();
        assert_eq!(text, expected);
        for c in &proposed {
            let again = Column::named(kind, c.name(kind));
            assert_eq!(again.name(kind), c.name(kind));
        }
        assert_eq!(Column::named(kind, Some("nothing")), Column::Unused);
    }

    #[test]
    fn the_kind_is_told_by_its_heads() {
        let catalogue = builtin::catalogue().unwrap();
        let state = crate::model::state::State::empty(&catalogue);
        let me = crate::model::record::Id::from("P-0001");
        let w = World {
            catalogue: &catalogue,
            state: &state,
            today: 0,
            now: 0,
            me: &me,
        };
        let kind = |words: &str| guess(&w, &heads(words)).map(|ix| catalogue.kinds[ix].name.as_str());
        assert_eq!(kind("title,threat,current_likelihood,current_impact"), Some("risk"));
        assert_eq!(kind("title,login,permissions"), Some("person"));
        assert_eq!(kind("colour,shape"), None);
    }
}
