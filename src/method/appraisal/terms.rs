//! What figures are worked out with besides the records that they are about: the numbers of the method in force, and of
//! the organisation.

use super::fields::{criteria, organisation, tolerated};
use super::read;
use crate::method::quant::dist::PERT_SHAPE;
use crate::method::quant::tolerance::Tolerance;
use crate::method::treatment::combination::Policy;
use crate::model::codec;
use crate::model::kind::{Method, Quantities, Tag};
use crate::model::record::Record;
use crate::model::value::{Row, Value};
use crate::model::world::World;

/// The numbers with which a risk is worked out.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The method by which it is assessed.
    pub method: Option<&'a Method>,
}

impl<'a> Terms<'a> {
    /// Those of a risk.
    pub fn of(w: &World<'a>, risk: &Record) -> Self {
        let method = w.kind(&risk.id).and_then(|kind| w.method(kind, Some(risk)));
        Self { method }
    }

    /// How sharply PERT ranges peak at a strength of knowledge (`low`, `medium`, `high`; anything else: as usual).
    pub fn shape(&self, knowledge: &str) -> f64 {
        let shape = self.method.map(|m| m.quantities.shape);
        match (knowledge, shape) {
            ("low", Some(s)) => s.low,
            ("high", Some(s)) => s.high,
            (_, Some(s)) => s.medium,
            (_, None) => PERT_SHAPE,
        }
    }

    /// How much what drives risks together varies from year to year: a coefficient of variation.
    pub fn driver_cv(&self) -> f64 {
        self.method
            .map_or(Quantities::default().driver_cv, |m| m.quantities.driver_cv)
    }

    /// How controls are put together.
    pub fn policy(&self) -> Policy {
        self.method.map_or_else(Policy::default, |m| Policy {
            overlap: m.quantities.overlap,
            floor: m.quantities.floor,
        })
    }
}

/// The tolerance curve for a risk, or for all together: that of the criteria in force, else that of the method.
pub fn tolerance(w: &World, risk: Option<&Record>) -> Option<Tolerance> {
    let kind = w.catalogue.kind("risk")?;
    let rows = w
        .criteria(kind, risk)
        .and_then(|c| c.get(criteria::TOLERATED))
        .map(Value::as_rows);
    let of_row = |row: &Row| {
        let cell = |tag| read::attribute(&row.cells, tag);
        match (cell(tolerated::LOSS)?, cell(tolerated::PROBABILITY)?) {
            (Value::Money(minor, currency), Value::Num(p)) => Some((codec::major(*minor, *currency), *p)),
            _ => None,
        }
    };
    let points: Vec<(f64, f64)> = match rows {
        Some(rows) => rows.iter().filter_map(of_row).collect(),
        None => {
            let all = &w.method(kind, risk)?.quantities.tolerance;
            all.iter().map(|t| (t.loss, t.probability)).collect()
        }
    };
    Tolerance::new(points).ok()
}

/// What money and work cost the organisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prices {
    /// The yearly rate at which the price of building is spread, 0 to 1.
    pub interest: f64,
    /// What a day of work costs, in the currency's major unit.
    pub day: f64,
}

impl Prices {
    /// Those of the organisation; without interest money costs nothing, without a price neither does a day.
    pub fn of(w: &World) -> Self {
        let o = w.organisation();
        Self {
            interest: o
                .and_then(|o| read::number(o.get(organisation::INTEREST)))
                .unwrap_or(0.0),
            day: o.and_then(|o| read::money(o, organisation::PEOPLE_DAY)).unwrap_or(0.0),
        }
    }
    /// Money and days of work of a record as one amount; none if neither is given.
    pub fn money_and_days(&self, record: &Record, money: Tag, days: Tag) -> Option<f64> {
        let work = read::number(record.get(days)).map(|d| d * self.day);
        match (read::money(record, money), work) {
            (None, None) => None,
            (money, work) => Some(money.unwrap_or(0.0) + work.unwrap_or(0.0)),
        }
    }
}
