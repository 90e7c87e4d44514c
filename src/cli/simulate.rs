//! `isms simulate`: what whole years may cost, drawn.

use super::when::Seen;
use super::{Context, out, set};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::method::appraisal;
use crate::method::appraisal::annual::{Drawn, Outcome, Plan, SEED, Transformed};
use crate::method::appraisal::risk::View;
use crate::method::quant::figures::LEVELS;
use crate::model::calendar;
use crate::model::codec;
use crate::model::world::World;
use crate::parallel;
use crate::simulation;
use crate::ui::text::clean;
use clap::Args;
use serde_json::{Map, Value, json};
use std::io::{IsTerminal, Write};

/// How many of the risks that make the worst years are listed.
const TAIL: usize = 10;
/// At how many amounts the exceedance curve is told to programs.
const POINTS: usize = 40;

/// Draw years of losses: how likely which loss of a year is, of one risk or of all together.
///
/// Every year is the sum of its losses. The same seed gives the same figures, whatever the number of threads and
/// whatever else is in the register. Status 1 if what is tolerated is exceeded with the controls in force.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms simulate\n  isms simulate R-0007 --years 1000000\n  \
                        isms simulate --json | jq '.current.var'"
)]
pub struct Simulate {
    /// The risk; without one all open risks together
    id: Option<String>,
    /// How many years [default: as the method says]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    years: Option<u32>,
    /// With another seed come other random numbers
    #[arg(long, value_name = "S", default_value_t = SEED)]
    seed: u64,
    /// On how many threads [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Also without drawing, by Fourier transform; for one risk this is always done
    #[arg(long)]
    exact: bool,
    /// For programs: an object with all figures, unrounded
    #[arg(long)]
    json: bool,
    /// As it was: a day, a time or a commit
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    as_of: Option<String>,
}

impl Simulate {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let session = context.open(Access::Read)?;
        let seen = Seen::of(&session, self.as_of.as_deref())?;
        let w = seen.world();
        let record = self.id.as_deref().map(|id| set::record(&w, id)).transpose()?;
        let mut plan = Plan::of(&w, record.map(AsRef::as_ref), self.years.map(|y| y as usize), self.seed)
            .map_err(|why| Error::nothing(why).hint("isms assess lists which risks have figures"))?;
        plan.transformed |= self.exact;
        let threads = self.threads.map_or_else(parallel::threads, usize::from);
        let watched = std::io::stderr().is_terminal() && !self.json;
        let told = simulation::run(&plan, threads, &|done| {
            if watched {
                eprint!("\rdrawing {:.0} % ", done * 100.0);
            }
            true
        });
        if watched {
            eprint!("\r{:16}\r", "");
        }
        let told = told.map_err(|e| Error::failed(e.to_string()))?;
        let Some(outcome) = told else { return Ok(1) };
        match self.json {
            true => out::json(out, &whole(&w, &outcome))?,
            false => print(context, out, &w, &outcome)?,
        }
        Ok(u8::from(outcome.view(View::Current).breach.is_some()))
    }
}

fn print(context: &Context, out: &mut dyn Write, w: &World, o: &Outcome) -> Result<()> {
    let money = |major| codec::figure(&appraisal::amount(major, w.currency()));
    let title = match (&o.plan.of, o.plan.parts.as_slice()) {
        (Some(id), [part]) => format!("{id}  {}", clean(&part.title)),
        (_, all) => format!("All together, {} risks with figures", all.len()),
    };
    writeln!(out, "{}", context.look.strong(&title))?;
    writeln!(
        out,
        "{} years, seed {}\n",
        codec::group(&o.plan.run.years.to_string()),
        o.plan.run.seed
    )?;
    let row = |label: &str, of: &dyn Fn(&Drawn) -> String| {
        let mut row = vec![label.to_owned()];
        row.extend(o.views.iter().map(of));
        row
    };
    let at = |p: f64| {
        move |d: &Drawn| match d.curve.interval(p) {
            Some((low, high)) => format!("{} ({} to {})", money(d.curve.quantile(p)), money(low), money(high)),
            None => format!("needs {:.0} years", (10.0 / (1.0 - p)).round()),
        }
    };
    let mut rows = vec![
        row("Expected, exact", &|d| money(d.exact)),
        row("Expected, drawn", &|d| {
            format!("{} ± {}", money(d.figures.mean), money(d.figures.standard_error()))
        }),
        row("Year without loss", &|d| share(d.figures.p_zero)),
        row("Median", &|d| money(d.curve.quantile(0.5))),
    ];
    for p in LEVELS {
        rows.push(row(&format!("VaR {:.0} %", p * 100.0), &at(p)));
    }
    for p in LEVELS {
        rows.push(row(&format!("TVaR {:.0} %", p * 100.0), &|d| {
            money(d.curve.tail_mean(p))
        }));
    }
    rows.extend(transformed(o, &money));
    out::plain_table(out, context.look, &["A year", "Inherent", "Now", "Target"], 0, &rows)?;
    let now = o.view(View::Current);
    if now.exact > now.curve.quantile(0.9) {
        writeln!(
            out,
            "\nThe expected loss lies above the 90 % quantile: it comes from rare, large years."
        )?;
    }
    match (&o.plan.tolerance, &now.breach) {
        (None, _) => writeln!(out, "\nThe method names no tolerance curve.")?,
        (Some(_), None) => writeln!(out, "\nWithin what is tolerated.")?,
        (Some(_), Some(b)) => writeln!(
            out,
            "\nMore than {} comes with {}, tolerated are {}.",
            money(b.amount),
            share(b.chance),
            share(b.tolerated)
        )?,
    }
    if !o.plan.levers.is_empty() {
        writeln!(
            out,
            "\nWhat it hangs on, expected loss now from the 10 % to the 90 % quantile of"
        )?;
        for l in &o.plan.levers {
            writeln!(
                out,
                "  {:24} {} to {}",
                l.label,
                money(l.swing.low),
                money(l.swing.high)
            )?;
        }
    }
    if o.plan.of.is_none() {
        let line = |all: [f64; 3]| all.map(money).join(", ");
        writeln!(out, "\nVaR 90, 95 and 99 % of all together, now")?;
        writeln!(out, "  every risk by itself     {}", line(now.figures.var))?;
        if let Some(together) = &o.together {
            writeln!(out, "  with what drives them    {}", line(together.var))?;
        }
        writeln!(out, "  all at their worst       {}", line(o.comonotone))?;
        writeln!(out, "\nWhat the worst 5 % of years consist of")?;
        for (id, title, adds) in o.tail.iter().take(TAIL) {
            writeln!(out, "  {id}  {:44.44}  {}", clean(title), money(*adds))?;
        }
    }
    Ok(())
}

/// The rows of the years that were not drawn.
fn transformed(o: &Outcome, money: &dyn Fn(f64) -> String) -> Vec<Vec<String>> {
    let all: Option<Vec<&Transformed>> = o.views.iter().map(|d| d.transformed.as_ref()).collect();
    let Some(all) = all else { return Vec::new() };
    let row = |label: String, of: &dyn Fn(&Transformed) -> String| {
        let cells = all.iter().map(|t| of(t));
        std::iter::once(label).chain(cells).collect::<Vec<String>>()
    };
    let mut rows = vec![
        row("Exact: year without loss".into(), &|t| share(t.p_zero)),
        row("Exact: median".into(), &|t| money(t.median)),
    ];
    for (i, p) in LEVELS.iter().enumerate() {
        rows.push(row(format!("Exact: VaR {:.0} %", p * 100.0), &|t| money(t.var[i])));
    }
    for (i, p) in LEVELS.iter().enumerate() {
        rows.push(row(format!("Exact: TVaR {:.0} %", p * 100.0), &|t| money(t.tvar[i])));
    }
    rows
}

/// A share in percent.
fn share(v: f64) -> String {
    format!("{} %", codec::significant(v * 100.0, 3))
}

fn whole(w: &World, o: &Outcome) -> Value {
    let mut told = Map::new();
    told.insert("of".into(), o.plan.of.as_ref().map(|id| id.as_str()).into());
    told.insert("as_of".into(), calendar::show(w.today).into());
    told.insert("currency".into(), String::from_utf8_lossy(&w.currency()).into());
    told.insert("years".into(), o.plan.run.years.into());
    told.insert("seed".into(), o.plan.run.seed.into());
    for view in View::ALL {
        told.insert(view.word().into(), drawn(o.view(view)));
    }
    let levers = o.plan.levers.iter();
    let levers: Vec<Value> = levers
        .map(|l| json!({"factor": l.label, "low": l.swing.low, "high": l.swing.high}))
        .collect();
    told.insert("sensitivity".into(), levers.into());
    if o.plan.of.is_none() {
        let at = |var: [f64; 3]| by_level(&var);
        let together = o
            .together
            .as_ref()
            .map(|f| json!({"mean": f.mean, "sd": f.sd, "var": at(f.var)}));
        told.insert("with_shared_drivers".into(), together.into());
        told.insert("comonotone_var".into(), at(o.comonotone));
        let tail: Vec<Value> = o
            .tail
            .iter()
            .map(|(id, _, adds)| json!({"id": id.as_str(), "adds": adds}))
            .collect();
        told.insert("tail_95".into(), tail.into());
    }
    told.into()
}

fn by_level(values: &[f64; 3]) -> Value {
    let named = LEVELS.iter().zip(values).map(|(p, v)| (p.to_string(), Value::from(*v)));
    named.collect::<Map<String, Value>>().into()
}

fn drawn(d: &Drawn) -> Value {
    let intervals = LEVELS.map(|p| (p.to_string(), d.curve.interval(p).map(|(l, h)| json!([l, h])).into()));
    let (low, high) = (d.curve.smallest().unwrap_or(0.0), d.curve.largest());
    let steps = (POINTS - 1) as f64;
    let amounts = (0..POINTS).map(|i| low * (high / low).powf(i as f64 / steps));
    let curve: Vec<Value> = match low > 0.0 {
        true => amounts.map(|x| json!([x, d.curve.exceed(x)])).collect(),
        false => Vec::new(),
    };
    json!({
        "ale_exact": d.exact,
        "mean": d.figures.mean,
        "standard_error": d.figures.standard_error(),
        "sd": d.figures.sd,
        "p_zero": d.figures.p_zero,
        "median": d.curve.quantile(0.5),
        "var": by_level(&d.figures.var),
        "var_interval": Map::from_iter(intervals),
        "tvar": by_level(&d.figures.tvar),
        "exceedance": curve,
        "transformed": d.transformed.as_ref().map(|t| json!({
            "p_zero": t.p_zero,
            "median": t.median,
            "var": by_level(&t.var),
            "tvar": by_level(&t.tvar),
        })),
        "breach": d.breach.map(|b| json!({"amount": b.amount, "chance": b.chance, "tolerated": b.tolerated})),
    })
}
