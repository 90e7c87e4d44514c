//! Every case through the function of its kind, and what came of it.

use super::Compute;
use super::cases::Cases;
use super::compare::{self, Tolerance};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// How many cases of a kind there were.
#[derive(Debug, Default)]
struct Count {
    compared: usize,
    /// Worked out, with nothing to compare with.
    open: usize,
    /// Taken as good input, which is all that can be said of them.
    checked: usize,
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
    /// Works every case out. A kind is that of a function, one of `not_yet`, or wrong. What is `only_checked` has its
    /// answer as its input, so that comparing the two would say nothing.
    pub fn of(
        cases: &Cases,
        subject: impl Fn(&str) -> Option<Compute>,
        only_checked: impl Fn(&Value) -> bool,
        not_yet: &[&str],
    ) -> Self {
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
            if only_checked(&at.case) {
                count.checked += 1;
                if let Err(why) = compute(&at.case, cases) {
                    report.failures.push(format!("{name}: {why}"));
                }
                continue;
            }
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
        let row = |f: &mut fmt::Formatter<'_>, kind: &str, n: &Count| {
            let Count {
                compared,
                open,
                checked,
                not_yet,
            } = n;
            write!(f, "{kind:<32}{compared:>10}{open:>16}{checked:>16}{not_yet:>10}")
        };
        writeln!(
            f,
            "{:<32}{:>10}{:>16}{:>16}{:>10}",
            "kind", "compared", "without answer", "only validated", "not yet"
        )?;
        let mut all = Count::default();
        for (kind, n) in &self.counts {
            row(f, kind, n)?;
            writeln!(f)?;
            all.compared += n.compared;
            all.open += n.open;
            all.checked += n.checked;
            all.not_yet += n.not_yet;
        }
        row(f, "all", &all)
    }
}
