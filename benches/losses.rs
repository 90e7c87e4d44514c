//! What the losses of a portfolio cost to work out: tables, simulation, figures, one edited risk, the exact year.
//! `measure KIND FILE YEARS` simulates the risks of a file (frequency, 5 % and 95 % quantile of a loss a line) and prints
//! CPU seconds and figures as JSON; `tests/perf/losses.py` puts numpy beside it.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a bench stops where it fails"
)]

use divan::Bencher;
use isms::method::quant::dist::Dist;
use isms::method::quant::exact::annual;
use isms::method::quant::portfolio::{Member, Portfolio};
use isms::method::quant::rate::Rate;
use isms::method::quant::scenario::{Frequency, Scenario, Secondary};
use isms::method::quant::simulate::{Run, Sampler};
use serde_json::json;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    match &words[..] {
        [_, measure, kind, file, years] if measure == "measure" => {
            let text = std::fs::read_to_string(file).expect("a file of risks");
            println!("{}", measured(kind, &text, years.parse().expect("a number of years")));
        }
        _ => divan::main(),
    }
}

/// CPU seconds of this process, as Linux counts them.
fn cpu() -> f64 {
    let counted = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let nanoseconds = counted.split(' ').next().expect("three numbers");
    nanoseconds.parse::<f64>().expect("nanoseconds") * 1e-9
}

/// A risk: `lognormal` and `pert` name the distribution of its loss; `tree` has an uncertain rate and a secondary loss.
fn member(kind: &str, name: &str, rate: f64, low: f64, high: f64) -> Member {
    let loss = match kind {
        "pert" => Dist::pert(low, high.min(2.0 * low), high, 4.0),
        _ => Dist::lognormal(low, high),
    };
    let loss = loss.expect("a sound loss");
    let tree = kind == "tree";
    let uncertain = || {
        vec![
            Dist::pert(0.3, 1.0, 1.7, 4.0).expect("contacts"),
            Dist::pert(0.5, 1.0, 1.5, 4.0).expect("vulnerability"),
        ]
    };
    Member {
        scenario: Scenario {
            key: Scenario::key_of(name),
            frequency: Frequency::Poisson(Rate {
                factors: if tree { uncertain() } else { vec![] },
                scale: rate,
            }),
            primary: vec![loss],
            secondary: tree.then(|| Secondary {
                chance: Dist::Constant(0.2),
                loss: vec![loss],
            }),
        },
        drivers: vec![],
    }
}

/// So many risks are edited.
const EDITS: usize = 100;

fn measured(kind: &str, text: &str, years: usize) -> serde_json::Value {
    let numbers = |line: &str| -> Vec<f64> { line.split(',').map(|n| n.parse().expect("a number")).collect() };
    let rows: Vec<Vec<f64>> = text.lines().map(numbers).collect();
    let name = |i: usize| format!("R-{i:04}");
    let of = |(i, r): (usize, &Vec<f64>)| member(kind, &name(i), r[0], r[1], r[2]);
    let members: Vec<Member> = rows.iter().enumerate().map(of).collect();
    let run = Run { years, ..Run::new(1) };
    let start = cpu();
    let mut all = Portfolio::new(run);
    for m in &members {
        all.add(m).expect("a risk that can be drawn");
    }
    let figures = all.figures();
    let full = cpu() - start;
    // One edited risk, until the curve of all stands anew. The clock of a process goes on by ticks, so that many are
    // measured together.
    let some = members.iter().step_by(members.len().div_ceil(EDITS));
    let (start, count) = (cpu(), some.len());
    for m in some {
        let edited = Member {
            scenario: m.scenario.scaled(0.5, 0.7),
            ..m.clone()
        };
        all.replace(m, &edited).expect("a risk that can be drawn");
        divan::black_box(all.curve());
    }
    let edit = (cpu() - start) / count as f64;
    let events: f64 = members.iter().map(|m| m.scenario.frequency.mean()).sum::<f64>() * years as f64;
    json!({
        "cpu": full,
        "edit": edit,
        "events": events,
        "mean": figures.mean,
        "var": figures.var,
    })
}

const KINDS: [&str; 3] = ["lognormal", "pert", "tree"];

/// The tables of one risk.
#[divan::bench(args = KINDS)]
fn tables(bencher: Bencher, kind: &str) {
    let m = member(kind, "R-0001", 0.6, 2e4, 3e5);
    bencher.bench_local(|| Sampler::new(&m.scenario, &Run::new(1), &[]));
}

/// 100,000 years of one risk with its figures, added to a total.
#[divan::bench(args = KINDS, sample_count = 20)]
fn years(bencher: Bencher, kind: &str) {
    let m = member(kind, "R-0001", 0.6, 2e4, 3e5);
    let mut all = Portfolio::new(Run::new(1));
    bencher.bench_local(|| all.add(&m));
}

/// The exact year of one risk.
#[divan::bench(args = KINDS, sample_count = 10, sample_size = 1)]
fn exact(bencher: Bencher, kind: &str) {
    let m = member(kind, "R-0001", 0.6, 2e4, 3e5);
    bencher.bench_local(|| annual(std::slice::from_ref(&m.scenario)));
}
