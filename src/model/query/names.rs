//! Which field a word of a query means: its name, alias, label or an unambiguous beginning, the virtual names that
//! every kind has, or a kind (then any link to it).

use super::QueryError;
use crate::model::kind::{Catalogue, Kind, KindIx};

/// Names that every kind has.
pub(super) const VIRTUAL: [&str; 5] = ["id", "state", "changed", "created", "due"];

/// What the word in front of an operator means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// `is:`
    Flag,
    /// `kind:`
    Kind,
    /// A field, derived value or virtual name, by its own name.
    Field(String),
    /// Links to and from the records of a kind.
    Kin(KindIx),
}

fn fold(word: &str) -> String {
    word.trim().to_lowercase().replace([' ', '-'], "_")
}

/// The names of a kind, own and virtual.
pub(super) fn names_of(kind: &Kind) -> impl Iterator<Item = &str> {
    let own = kind.fields.iter().map(|f| f.name.as_str());
    let derived = kind.derived.iter().map(|d| d.name.as_str());
    let has = |v: &str| kind.field(v).is_some() || kind.derivation(v).is_some();
    own.chain(derived).chain(VIRTUAL.into_iter().filter(move |v| !has(v)))
}

/// Finds what a word means, in one kind or, without one, in all.
pub(super) fn find(c: &Catalogue, kind: Option<&Kind>, word: &str, at: usize) -> Result<Subject, QueryError> {
    let w = fold(word);
    match w.as_str() {
        "is" => return Ok(Subject::Flag),
        "kind" => return Ok(Subject::Kind),
        _ => {}
    }
    let kinds: Vec<&Kind> = kind.map_or_else(|| c.kinds.iter().collect(), |k| vec![k]);
    if kinds.iter().flat_map(|k| names_of(k)).any(|name| name == w) {
        return Ok(Subject::Field(w));
    }
    let of_kind = |k: &Kind| fold(&k.name) == w || fold(&k.plural) == w;
    if let Some(ix) = c.kinds.iter().position(of_kind) {
        return Ok(Subject::Kin(ix));
    }
    let labels = kinds.iter().flat_map(|k| {
        let fields = k.fields.iter();
        let own = fields.flat_map(|f| {
            let also = f.aliases.iter().map(String::as_str);
            also.chain([f.label.as_str()]).map(|a| (a, f.name.as_str()))
        });
        own.chain(k.derived.iter().map(|d| (d.label.as_str(), d.name.as_str())))
    });
    let labels: Vec<(String, &str)> = labels.map(|(a, n)| (fold(a), n)).collect();
    if let Some((_, name)) = labels.iter().find(|(a, _)| *a == w) {
        return Ok(Subject::Field((*name).to_string()));
    }
    let mut names: Vec<&str> = kinds.iter().flat_map(|k| names_of(k)).collect();
    names.sort_unstable();
    names.dedup();
    let starting: Vec<&str> = names.iter().copied().filter(|n| n.starts_with(&w)).collect();
    match starting.as_slice() {
        [one] => return Ok(Subject::Field((*one).to_string())),
        [] => {}
        several => {
            let some: Vec<&str> = several.iter().copied().take(6).collect();
            let message = format!("'{word}' could be {}: write more of it", some.join(", "));
            return Err(QueryError::new(at, message));
        }
    }
    let also = labels.iter().map(|(a, _)| a.as_str());
    let kin = c.kinds.iter().map(|k| k.name.as_str());
    let near = nearest(&w, names.iter().copied().chain(["is", "kind"]).chain(also).chain(kin));
    let hint = near.map_or_else(String::new, |n| format!("; did you mean {n}?"));
    Err(QueryError::new(at, format!("no field '{word}'{hint}")))
}

/// The candidate that a mistyped word is most likely meant to be; `None` if all are too far away.
pub(super) fn nearest<'a>(word: &str, all: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match word.chars().count() {
        0..=3 => 1,
        4..=5 => 2,
        _ => 3,
    };
    let found = all.map(|c| (distance(word, c), c)).min_by_key(|(d, _)| *d);
    found.filter(|(d, _)| *d <= limit).map(|(_, c)| c)
}

/// How many letters must be changed, added, left out or exchanged with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(40).collect(), b.chars().take(40).collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let swap = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = swap.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_apart() {
        for (a, b, d) in [
            ("owner", "onwer", 1),
            ("", "ab", 2),
            ("same", "same", 0),
            ("state", "stat", 1),
            ("abc", "xyz", 3),
        ] {
            assert_eq!(distance(a, b), d, "{a} {b}");
        }
        assert_eq!(nearest("onwer", ["title", "owner"].into_iter()), Some("owner"));
        assert_eq!(nearest("zzzzz", ["title", "owner"].into_iter()), None);
    }
}
