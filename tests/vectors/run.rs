//! Every case through the function of its kind, and what came of it.

use super::Compute;
use super::cases::Cases;
use super::compare::{self, Tolerance};
use std::collections::BTreeMap;
use std::fmt;

/// How many cases of a kind there were.
#[derive(Debug, Default)]
struct Count {
    compared: usize,
    /// Worked out, with nothing to compare with.
    open: usize,
    not_yet: usize,
}

/// What came of the cases.
#[derive(Debug)]
pub struct Report {
    counts: BTreeMap<String, Count>,
    /// What was worked out where nothing is expected.
    computed: Vec<String>,
    /// What is wrong, a line each.
    pub failures: Vec<String>,
}

impl Report {
    /// Works every case out. A kind is that of a function, one of `not_yet`, or wrong.
    pub fn of(cases: &Cases, subject: impl Fn(&str) -> Option<Compute>, not_yet: &[&str]) -> Self {
        let mut report = Self {
            counts: BTreeMap::new(),
            computed: Vec::new(),
            failures: Vec::new(),
        };
        for at in &cases.all {
            let word = |key: &str| at.case[key].as_str().unwrap_or_default();
            let (kind, name) = (word("kind"), format!("{} {}", at.file, word("id")));
            let count = report.counts.entry(kind.to_string()).or_default();
            let Some(compute) = subject(kind) else {
                match not_yet.contains(&kind) {
                    true => count.not_yet += 1,
                    false => report.failures.push(format!("{name}: no function for kind '{kind}'")),
                }
                continue;
            };
            let expect = &at.case["expect"];
            let open = compare::is_open(expect);
            match open {
                true => count.open += 1,
                false => count.compared += 1,
            }
            match compute(&at.case, cases) {
                Ok(got) => {
                    let found = compare::differences(&got, expect, &Tolerance::of(&at.case), open);
                    report
                        .failures
                        .extend(found.into_iter().map(|d| format!("{name}: {d}")));
                    if open {
                        compare::leaves(&format!("{name} expect"), &got, &mut report.computed);
                    }
                }
                Err(why) => report.failures.push(format!("{name}: {why}")),
            }
        }
        report
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.computed {
            writeln!(f, "{line}")?;
        }
        writeln!(
            f,
            "{:<32}{:>10}{:>16}{:>10}",
            "kind", "compared", "without answer", "not yet"
        )?;
        let mut all = Count::default();
        for (kind, n) in &self.counts {
            writeln!(f, "{kind:<34}{:>9}{:>14}{:>9}", n.compared, n.open, n.not_yet)?;
            all.compared += n.compared;
            all.open += n.open;
            all.not_yet += n.not_yet;
        }
        write!(
            f,
            "{:<32}{:>10}{:>16}{:>10}",
            "all", all.compared, all.open, all.not_yet
        )
    }
}
