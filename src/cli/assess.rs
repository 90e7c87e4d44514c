//! `isms assess`: every risk in numbers, and the totals.

use super::when::Seen;
use super::{Context, out, set};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::method::appraisal::asset;
use crate::method::appraisal::risk::{Appraisal, Nothing, View, appraise};
use crate::method::appraisal::spend::{Spend, prevention, prevention_target};
use crate::method::appraisal::{self, is_open, is_stale};
use crate::method::economics::LARGEST_SHARE;
use crate::method::treatment::Mechanism;
use crate::method::treatment::attribution::Parts;
use crate::model::calendar;
use crate::model::codec;
use crate::model::completeness::{self, Missing, Within};
use crate::model::record::Record;
use crate::model::world::World;
use clap::Args;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;
use std::io::Write;

/// On how many risks the advice on spending is printed, the most first.
const ADVICE: usize = 5;

/// Work out every risk in numbers: expected loss of a year without controls, now and as planned, and the totals.
///
/// Means are exact; isms simulate draws whole years. Status 1 if no risk has figures.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms assess\n  isms assess --json | jq '.totals'\n  isms assess --as-of 2026-06-30\n  isms assess --complete --scope SC-0002"
)]
pub struct Assess {
    /// For programs: an object with the totals and every risk, unrounded
    #[arg(long)]
    json: bool,
    /// How far the assessment has come, and what nobody has looked at; status 1 as long as something is missing
    #[arg(long)]
    complete: bool,
    /// Only what belongs to this scope and its parts
    #[arg(long, value_name = "ID", requires = "complete")]
    scope: Option<String>,
    /// As it was: a day, a time or a commit
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    as_of: Option<String>,
}

/// A risk in numbers, or why it has none.
type Worked<'a> = std::result::Result<Appraisal<'a>, Nothing>;

/// What is worked out of all risks.
struct All<'a> {
    risks: Vec<(&'a Record, Worked<'a>)>,
}

impl<'a> All<'a> {
    fn of(w: &World<'a>) -> Self {
        let open = w.live("risk").filter(|r| is_open(w, r));
        Self {
            risks: open.map(|r| (r.as_ref(), appraise(w, r))).collect(),
        }
    }

    fn worked(&self) -> impl Iterator<Item = (&'a Record, &Appraisal<'a>)> {
        self.risks.iter().filter_map(|(r, a)| Some((*r, a.as_ref().ok()?)))
    }

    fn total(&self, view: View) -> f64 {
        self.worked().map(|(_, a)| a.moments(view).mean).sum()
    }

    /// What each mechanism takes away from the expected loss of all risks.
    fn parts(&self) -> Parts {
        let mut all = Parts::default();
        self.worked().for_each(|(_, a)| all.add(&a.attribution(View::Current)));
        all
    }

    /// What is spent on each risk on which something is spent.
    fn spent(&self, w: &World<'a>) -> Vec<(&'a Record, &Appraisal<'a>, Spend<'a>)> {
        let each = self.worked().map(|(r, a)| (r, a, Spend::on(w, &r.id, a)));
        each.filter(|(_, _, s)| !s.parts.is_empty()).collect()
    }

    /// The share of the current expected loss that rests on stale assessments.
    fn staleness(&self) -> Option<f64> {
        let now = self.total(View::Current);
        let stale = self.worked().filter(|(r, _)| is_stale(r));
        (now > 0.0).then(|| stale.map(|(_, a)| a.moments(View::Current).mean).sum::<f64>() / now)
    }
}

impl Assess {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let session = context.open(Access::Read)?;
        let seen = Seen::of(&session, self.as_of.as_deref())?;
        let w = seen.world();
        if self.complete {
            let scope = self.scope.as_deref().map(|id| scope(&w, id)).transpose()?;
            return complete(&w, scope, self.json, context, out);
        }
        let all = All::of(&w);
        let nothing = all.worked().next().is_none();
        match self.json {
            true => out::json(out, &whole(&w, &all))?,
            false => print(context, out, &w, &all)?,
        }
        Ok(u8::from(nothing))
    }
}

/// The scope that a person names.
fn scope<'w>(w: &World<'w>, id: &str) -> Result<&'w Record> {
    let record = set::record(w, id)?;
    match w.kind(&record.id).is_some_and(|k| k.name == "scope") {
        true => Ok(record),
        false => Err(Error::failed(format!("{} is no scope", record.id)).hint("isms list scope")),
    }
}

/// What was looked at, and what is missing with what mends it.
fn complete(w: &World, scope: Option<&Record>, as_json: bool, context: &Context, out: &mut dyn Write) -> Result<u8> {
    let within = Within::of(w, scope.map(|s| &s.id));
    let done = asset::completeness(w, &within);
    let row = |m: &Missing| match m {
        Missing::Property(asset, property) => {
            let title = w.find(asset).map_or("", |r| r.title());
            let lacks = completeness::named(w, std::slice::from_ref(property));
            let mends = format!("isms add risk assets={asset} properties={property} title=...");
            [asset.to_string(), format!("{title}: no risk for {lacks}"), mends]
        }
        Missing::Place(place) => {
            let scopes = scope.map_or(String::new(), |s| format!(" scopes={}", s.id));
            let mends = match place.split_once(' ') {
                Some(("layer", rest)) => format!("layers={}", rest.split(' ').next().unwrap_or_default()),
                _ => place.replacen(' ', "=", 1),
            };
            let ours = scope.or_else(|| w.organisation().map(AsRef::as_ref));
            let ours = ours.map(|o| o.id.to_string()).unwrap_or_default();
            [
                ours,
                format!("no risk in {place}"),
                format!("isms add risk {mends}{scopes} title=..."),
            ]
        }
    };
    let rows: Vec<[String; 3]> = done.missing.iter().map(row).collect();
    if as_json {
        let missing: Vec<Value> = rows
            .iter()
            .map(|[id, what, _]| json!({ "id": id, "missing": what }))
            .collect();
        let all =
            json!({ "complete": done.share(), "looked_at": done.all - rows.len(), "of": done.all, "missing": missing });
        writeln!(out, "{all}")?;
    } else {
        if !rows.is_empty() {
            let rows: Vec<Vec<String>> = rows.iter().map(|r| r.to_vec()).collect();
            out::glossary(out, context.look, &["Record", "Missing", "What mends it"], &rows)?;
            writeln!(out)?;
        }
        // never said to be whole as long as something is missing
        let percent = (done.share() * 100.0).floor();
        writeln!(
            out,
            "{percent} % complete: {} of {} looked at",
            done.all - rows.len(),
            done.all
        )?;
    }
    Ok(u8::from(!rows.is_empty()))
}

fn print(context: &Context, out: &mut dyn Write, w: &World, all: &All) -> Result<()> {
    let money = |major| codec::figure(&appraisal::amount(major, w.currency()));
    let mut rows: Vec<(f64, Vec<String>)> = all
        .worked()
        .map(|(r, a)| {
            let losses = View::ALL.map(|v| a.moments(v).mean);
            let mut row = vec![r.id.to_string(), r.title().to_owned()];
            row.extend(losses.map(money));
            (losses[1], row)
        })
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();
    let mut sums = vec![String::new(), "All together".to_owned()];
    sums.extend(View::ALL.map(|v| money(all.total(v))));
    rows.push(sums);
    out::plain_table(
        out,
        context.look,
        &["ID", "Risk", "Inherent", "Now", "Target"],
        1,
        &rows,
    )?;
    let parts = all.parts();
    if let Some(ratio) = parts.prevention_ratio() {
        let each = Mechanism::ALL.map(|m| format!("{} {}", m.id(), money(parts.of(m))));
        writeln!(
            out,
            "\nControls avoid {} a year: {}",
            money(parts.total()),
            each.join(", ")
        )?;
        let aimed = prevention_target(w).map(|aimed| format!(", aimed at {}", share(aimed)));
        writeln!(out, "Prevention ratio {}{}", share(ratio), aimed.unwrap_or_default())?;
    }
    let emphasis = prevention(w);
    if let Some(ratio) = emphasis.spend_ratio {
        let cost = emphasis.spend.total();
        let net = parts.total() - cost;
        writeln!(
            out,
            "Controls in force cost {} a year, {} of it for prevention; net benefit {}",
            money(cost),
            share(ratio),
            money(net)
        )?;
    }
    let mut much = all.spent(w);
    much.retain(|(_, _, spend)| spend.share().is_some_and(|s| s > LARGEST_SHARE));
    much.sort_by(|a, b| b.2.share().partial_cmp(&a.2.share()).unwrap_or(Ordering::Equal));
    for (record, a, spend) in much.iter().take(ADVICE) {
        if let Some(advice) = spend.advice(&record.id, a) {
            writeln!(out, "Advice: {advice}")?;
        }
    }
    if let Some(more) = much.len().checked_sub(ADVICE).filter(|n| *n > 0) {
        writeln!(out, "and {more} more: isms list risk --query 'spend_share>36.8%'")?;
    }
    if let Some(staleness) = all.staleness().filter(|s| *s > 0.0) {
        writeln!(out, "Staleness index {}", share(staleness))?;
    }
    for (record, why) in all.risks.iter().filter_map(|(r, a)| Some((r, a.as_ref().err()?))) {
        if let Some(words) = words(why) {
            writeln!(out, "{}: {words}", record.id)?;
        }
    }
    let without = all
        .risks
        .iter()
        .filter(|(_, a)| matches!(a, Err(Nothing::NotGiven)))
        .count();
    if without > 0 {
        writeln!(out, "{without} open risks have no figures")?;
    }
    Ok(())
}

/// A share in percent.
fn share(v: f64) -> String {
    format!("{} %", codec::significant(v * 100.0, 3))
}

/// Why a risk has no figures, if somebody has given some of them.
fn words(why: &Nothing) -> Option<String> {
    match why {
        Nothing::Fault(fault) => Some(fault.to_string()),
        Nothing::NotGiven => None,
    }
}

fn whole(w: &World, all: &All) -> Value {
    let parts = all.parts();
    let by: Map<String, Value> = Mechanism::ALL
        .iter()
        .map(|m| (m.id().to_owned(), parts.of(*m).into()))
        .collect();
    let emphasis = prevention(w);
    let spend: Map<String, Value> = Mechanism::ALL
        .iter()
        .map(|m| (m.id().to_owned(), emphasis.spend.of(*m).into()))
        .collect();
    let totals: Map<String, Value> = View::ALL
        .iter()
        .map(|v| (v.word().to_owned(), all.total(*v).into()))
        .collect();
    json!({
        "as_of": calendar::show(w.today),
        "currency": String::from_utf8_lossy(&w.currency()),
        "totals": totals,
        "reduction": {"by_mechanism": by, "prevention_ratio": parts.prevention_ratio()},
        "spend": {
            "total": emphasis.spend.total(),
            "by_mechanism": spend,
            "prevention_ratio": emphasis.spend_ratio,
            "prevention_ratio_by_number": emphasis.count_ratio,
        },
        "staleness_index": all.staleness(),
        "risks": all.risks.iter().map(|(r, a)| risk(w, r, a)).collect::<Vec<_>>(),
    })
}

fn risk<'a>(w: &World<'a>, record: &Record, worked: &Worked<'a>) -> Value {
    let mut told = Map::new();
    told.insert("id".into(), record.id.as_str().into());
    told.insert("title".into(), record.title().into());
    told.insert("stale".into(), is_stale(record).into());
    match worked {
        Ok(a) => {
            for view in View::ALL {
                let (f, m) = (a.factors(view), a.moments(view));
                let figures = json!({
                    "ale": m.mean,
                    "sd": m.sd(),
                    "p_zero": a.in_view(view).p_zero(),
                    "lambda": m.events,
                    "primary_mean": m.primary,
                    "secondary_mean": m.secondary,
                    "frequency_factor": f.frequency,
                    "primary_factor": f.primary,
                });
                told.insert(view.word().into(), figures);
            }
            let parts = a.attribution(View::Current);
            let by: Map<String, Value> = Mechanism::ALL
                .iter()
                .map(|m| (m.id().to_owned(), parts.of(*m).into()))
                .collect();
            told.insert(
                "reduction".into(),
                json!({"by_mechanism": by, "prevention_ratio": parts.prevention_ratio()}),
            );
            let spend = Spend::on(w, &record.id, a);
            told.insert(
                "spend".into(),
                json!({
                    "total": spend.total(),
                    "share_of_loss": spend.share(),
                    "advice": spend.advice(&record.id, a),
                }),
            );
        }
        Err(why) => {
            told.insert("missing".into(), words(why).into());
        }
    }
    told.into()
}
