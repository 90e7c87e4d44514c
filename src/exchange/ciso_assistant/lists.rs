//! Lists of names in one cell, which the risk assessment export joins with commas and does not escape: its CSV with a
//! comma, its spreadsheet with a comma and a blank.

use crate::exchange::planner::fold;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Names that are known, folded.
#[derive(Default)]
pub struct Known {
    names: HashSet<String>,
    /// Bytes of the longest one.
    longest: usize,
}

impl Known {
    /// Of these names.
    pub fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let names: HashSet<String> = names.map(fold).collect();
        let longest = names.iter().map(String::len).max().unwrap_or(0);
        Self { names, longest }
    }
}

/// The names in a cell of the all-scenarios, controls and assets exports: parted by bars.
pub fn by_bars(text: &str) -> Vec<String> {
    once(text.split(['|', '\n']).map(str::trim))
}

/// What parts the names of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parted {
    /// A bar or a line break.
    Bars,
    /// A comma that no blank follows.
    Commas,
    /// A comma and a blank.
    Blanks,
}

/// The names in a cell of the risk assessment export: a name that is known is taken whole, whatever is in it. Newer
/// exports use bars here too.
pub fn by_commas(text: &str, parted: Parted, known: &Known) -> Vec<String> {
    if text.contains('|') {
        return by_bars(text);
    }
    let blanks = parted == Parted::Blanks;
    let mut names = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        while !rest.is_empty() {
            let parts = |(i, _): &(usize, &str)| rest[i + 1..].starts_with([' ', '\u{a0}']) == blanks;
            let mut ends = rest
                .match_indices(',')
                .filter(parts)
                .map(|(i, _)| i)
                .chain([rest.len()]);
            let first = ends.next().unwrap_or(rest.len());
            // Folding may change the length a little.
            let fits = ends
                .take_while(|i| *i <= known.longest + 8)
                .filter(|i| known.names.contains(&fold(&rest[..*i])))
                .last();
            let end = fits.unwrap_or(first);
            names.push(rest[..end].trim());
            rest = rest.get(end + 1..).unwrap_or_default();
        }
    }
    once(names.into_iter())
}

/// Names with a comma and a blank in them, out of lists that are parted by just that: what goes on in small letters, and
/// never but after the same words, is the rest of a name.
pub fn with_commas<'c>(cells: impl Iterator<Item = &'c str> + Clone) -> Vec<String> {
    let parts = |cell: &'c str| cell.lines().flat_map(|l| l.split(", ").chain([""])).map(str::trim);
    let mut before: HashMap<&str, Option<&str>> = HashMap::new();
    let goes_on = |word: &str| word.starts_with(char::is_lowercase);
    for cell in cells.clone() {
        let mut last = "";
        for part in parts(cell) {
            if goes_on(part) {
                let same = before.entry(part).or_insert(Some(last));
                *same = same.filter(|word| *word == last && !word.is_empty());
            }
            last = part;
        }
    }
    let mut names = BTreeSet::new();
    for cell in cells {
        let (mut name, mut last, mut whole) = (String::new(), "", true);
        for part in parts(cell) {
            if goes_on(part) && before.get(part).is_some_and(|word| *word == Some(last)) {
                (name, whole) = (format!("{name}, {part}"), false);
            } else {
                if !whole {
                    names.insert(std::mem::take(&mut name));
                }
                (name, whole) = (part.to_string(), true);
            }
            last = part;
        }
    }
    names.into_iter().collect()
}

/// Each name once, in the order of the file; no empty ones.
fn once<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = HashSet::new();
    names
        .filter(|n| !n.is_empty() && seen.insert(fold(n)))
        .map(str::to_string)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_followed_by_a_blank_does_not_part() {
        let none = Known::default();
        let cell = "Storage array, site A,Imaging archive (PACS)";
        assert_eq!(
            by_commas(cell, Parted::Commas, &none),
            ["Storage array, site A", "Imaging archive (PACS)"]
        );
        let cell = "Control 0000, backup and restore,Control 0014, backup and restore";
        assert_eq!(by_commas(cell, Parted::Commas, &none).len(), 2);
        assert_eq!(by_commas("A,B,A\nC", Parted::Commas, &none), ["A", "B", "C"]);
        assert!(by_commas("", Parted::Commas, &none).is_empty());
    }

    #[test]
    fn known_names_come_before_commas() {
        let known = Known::new(["Backup,Restore", "backup", "Été"].into_iter());
        assert_eq!(
            by_commas("Backup,Restore,Été,Other", Parted::Commas, &known),
            ["Backup,Restore", "Été", "Other"]
        );
        assert_eq!(
            by_commas("Backup, Restore", Parted::Commas, &known),
            ["Backup, Restore"]
        );
        assert_eq!(by_commas("A, b|C", Parted::Commas, &known), ["A, b", "C"]);
    }

    #[test]
    fn names_with_commas_are_told_from_lists() {
        let cells = [
            "Vault, Array, site A",
            "Array, site A",
            "Vault, Mail",
            "tills, shop",
            "shop",
            "Mail, Vault",
        ];
        let names = with_commas(cells.iter().copied());
        assert_eq!(names, ["Array, site A"]);
        let known = Known::new(names.iter().map(String::as_str));
        let list = |cell| by_commas(cell, Parted::Blanks, &known);
        assert_eq!(list("Vault, Array, site A"), ["Vault", "Array, site A"]);
        assert_eq!(list("tills, shop,old"), ["tills", "shop,old"]);
    }
}
