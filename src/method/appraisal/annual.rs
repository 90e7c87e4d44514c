//! What whole years may cost: the scenarios of one risk or of all that can still happen, in the three views, made ready to
//! be drawn; and what came of it. The drawing itself is a matter of whoever has threads.

use super::indicator::Moves;
use super::risk::{Appraisal, View, appraise};
use super::terms::{Terms, tolerance};
use super::{fields, is_open};
use crate::method::quant::curve::Curve;
use crate::method::quant::exact;
use crate::method::quant::figures::{Figures, LEVELS};
use crate::method::quant::portfolio::{self, Member, Spread};
use crate::method::quant::scenario::Scenario;
use crate::method::quant::sensitivity::{Swing, swings};
use crate::method::quant::simulate::{Driver, Run, YEARS};
use crate::method::quant::tolerance::{Breach, Tolerance};
use crate::model::codec;
use crate::model::kind::Tag;
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;

/// The seed if nobody names one: the same register gives the same figures everywhere.
pub const SEED: u64 = 1;

/// A risk in a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The risk.
    pub id: Id,
    /// Its title.
    pub title: String,
    /// Its scenario in each of [`View::ALL`].
    pub views: [Scenario; 3],
    /// What drives it together with others.
    pub drivers: Vec<Driver>,
}

impl Part {
    fn of(record: &Record, a: &Appraisal) -> Self {
        let words = record
            .get(fields::risk::DRIVERS)
            .map(Value::as_tags)
            .unwrap_or_default();
        let driver = |word: &String| Driver {
            key: Scenario::key_of(word),
            cv: a.terms.driver_cv(),
        };
        Self {
            id: record.id.clone(),
            title: record.title().to_owned(),
            views: View::ALL.map(|v| a.in_view(v)),
            drivers: words.iter().map(driver).collect(),
        }
    }

    /// It in a view; `together` with what drives it and others.
    pub fn member(&self, view: View, together: bool) -> Member {
        Member {
            scenario: self.views[view as usize].clone(),
            drivers: if together { self.drivers.clone() } else { Vec::new() },
        }
    }
}

/// How far a field moves the expected loss of a risk as it is now, from its 10 % to its 90 % quantile.
#[derive(Debug, Clone, PartialEq)]
pub struct Lever {
    /// The field.
    pub field: Tag,
    /// How it is called.
    pub label: String,
    /// The expected loss at both.
    pub swing: Swing,
}

/// What is to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The one risk; none for all together.
    pub of: Option<Id>,
    /// Years, seed and currency.
    pub run: Run,
    /// The risks.
    pub parts: Vec<Part>,
    /// What is tolerated.
    pub tolerance: Option<Tolerance>,
    /// What the result hangs on, the widest first; for one risk.
    pub levers: Vec<Lever>,
    /// Whether the year is also worked out without drawing.
    pub transformed: bool,
}

impl Plan {
    /// The plan for one risk, or for all that can still happen.
    ///
    /// # Errors
    /// In words why there is nothing to draw.
    pub fn of(w: &World, of: Option<&Record>, years: Option<usize>, seed: u64) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut levers = Vec::new();
        match of {
            Some(record) => {
                let a = appraise(w, record).map_err(|why| format!("{}: {why}", record.id))?;
                parts.push(Part::of(record, &a));
                levers = levers_of(w, record, &a);
            }
            None => {
                for record in w.live("risk").filter(|r| is_open(w, r)) {
                    parts.extend(appraise(w, record).ok().map(|a| Part::of(record, &a)));
                }
                if parts.is_empty() {
                    return Err("no risk has figures: give one how often it happens and what it costs".into());
                }
            }
        }
        let method = match of {
            Some(record) => Terms::of(w, record).method,
            None => w.catalogue.kind("risk").and_then(|k| w.method(k, None)),
        };
        let run = Run {
            years: years.or(method.map(|m| m.quantities.years as usize)).unwrap_or(YEARS),
            seed,
            minor: 10f64.powi(i32::try_from(codec::minor_digits(w.currency())).unwrap_or(2)),
        };
        Ok(Self {
            of: of.map(|r| r.id.clone()),
            run,
            parts,
            tolerance: tolerance(w, of),
            levers,
            // it takes a moment for each risk
            transformed: of.is_some(),
        })
    }

    /// The expected loss of a year by closed formulas.
    pub fn exact(&self, view: View) -> f64 {
        self.parts.iter().map(|p| p.views[view as usize].moments().mean).sum()
    }

    /// The year of a view without drawing, every risk by itself; none if the plan does not ask for it.
    pub fn transform(&self, view: View) -> Option<Transformed> {
        let scenarios = self.parts.iter().map(|p| p.views[view as usize].clone());
        self.transformed
            .then(|| Transformed::of(&scenarios.collect::<Vec<_>>()))
    }

    /// The spread of all together by closed formulas.
    pub fn spread(&self, view: View) -> Spread {
        let members: Vec<Member> = self.parts.iter().map(|p| p.member(view, true)).collect();
        portfolio::spread(&members)
    }
}

fn levers_of(w: &World, record: &Record, a: &Appraisal) -> Vec<Lever> {
    let f = a.factors(View::Current);
    let (frequency, loss) = (a.moved(Moves::Frequency), a.moved(Moves::Loss));
    let all = swings(&a.tree, f.frequency * frequency, f.primary * loss).unwrap_or_default();
    let kind = w.kind(&record.id);
    let lever = |swing: Swing| {
        // an outage is the first part of the own loss where there is one
        let field = a.field(swing.factor);
        let label = kind.and_then(|k| k.field_by_tag(field)).map(|f| f.label.clone());
        Lever {
            field,
            label: label.unwrap_or_default(),
            swing,
        }
    };
    all.into_iter().map(lever).collect()
}

/// What a year costs without drawing: by Fourier transform on a grid ([`exact`]). What was drawn should lie beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Transformed {
    /// The chance of a year without loss.
    pub p_zero: f64,
    /// The loss that half of the years exceed.
    pub median: f64,
    /// The values at risk at [`LEVELS`].
    pub var: [f64; 3],
    /// The means of the years beyond them.
    pub tvar: [f64; 3],
}

impl Transformed {
    fn of(scenarios: &[Scenario]) -> Self {
        let year = exact::annual(scenarios);
        Self {
            p_zero: year.p_zero(),
            median: year.quantile(0.5),
            var: LEVELS.map(|p| year.quantile(p)),
            tvar: LEVELS.map(|p| year.tail_mean(p)),
        }
    }
}

/// One view of what was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The expected loss by closed formulas.
    pub exact: f64,
    /// What the years say.
    pub figures: Figures,
    /// The years in the order of their loss.
    pub curve: Curve,
    /// Where it lies furthest above what is tolerated.
    pub breach: Option<Breach>,
    /// The same year without drawing, if the plan asks for it.
    pub transformed: Option<Transformed>,
}

/// What came of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The plan.
    pub plan: Plan,
    /// Each view, every risk by itself.
    pub views: [Drawn; 3],
    /// As it is now, with what drives risks together.
    pub together: Option<Figures>,
    /// As it is now, if the worst years of all fell together: the sums of their values at risk.
    pub comonotone: [f64; 3],
    /// What each risk adds to the worst 5 % of years as it is now, the most first; for all together.
    pub tail: Vec<(Id, String, f64)>,
}

impl Outcome {
    /// One view.
    pub fn view(&self, view: View) -> &Drawn {
        &self.views[view as usize]
    }
}
