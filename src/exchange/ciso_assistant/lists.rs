//! Lists of names in one cell, which the risk assessment export joins with commas and does not escape.

use crate::exchange::planner::fold;
use std::collections::HashSet;

/// The names in a cell of the all-scenarios, controls and assets exports: parted by bars.
pub fn by_bars(text: &str) -> Vec<String> {
    once(text.split(['|', '\n']).map(str::trim))
}

/// The names in a cell of the risk assessment export: parted by commas, but a comma followed by a blank does not part,
/// and a name that is known (folded, in `known`) is taken whole. Newer exports use bars here too.
pub fn by_commas(text: &str, known: &HashSet<String>) -> Vec<String> {
    if text.contains('|') {
        return by_bars(text);
    }
    let longest = known.iter().map(String::len).max().unwrap_or(0);
    let mut names = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        while !rest.is_empty() {
            let parts = |(i, _): &(usize, &str)| !rest[i + 1..].starts_with([' ', '\u{a0}']);
            let mut ends = rest
                .match_indices(',')
                .filter(parts)
                .map(|(i, _)| i)
                .chain([rest.len()]);
            let first = ends.next().unwrap_or(rest.len());
            // Folding may change the length a little.
            let fits = ends
                .take_while(|i| *i <= longest + 8)
                .filter(|i| known.contains(&fold(&rest[..*i])))
                .last();
            let end = fits.unwrap_or(first);
            names.push(rest[..end].trim());
            rest = rest.get(end + 1..).unwrap_or_default();
        }
    }
    once(names.into_iter())
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
        let none = HashSet::new();
        let cell = "Storage array, site A,Imaging archive (PACS)";
        assert_eq!(
            by_commas(cell, &none),
            ["Storage array, site A", "Imaging archive (PACS)"]
        );
        let cell = "Control 0000, backup and restore,Control 0014, backup and restore";
        assert_eq!(by_commas(cell, &none).len(), 2);
        assert_eq!(by_commas("A,B,A\nC", &none), ["A", "B", "C"]);
        assert!(by_commas("", &none).is_empty());
    }

    #[test]
    fn known_names_come_before_commas() {
        let known = HashSet::from(["backup,restore".to_string(), "backup".to_string(), "été".to_string()]);
        assert_eq!(
            by_commas("Backup,Restore,Été,Other", &known),
            ["Backup,Restore", "Été", "Other"]
        );
        assert_eq!(by_commas("Backup, Restore", &known), ["Backup, Restore"]);
        assert_eq!(by_commas("A, b|C", &known), ["A, b", "C"]);
    }
}
