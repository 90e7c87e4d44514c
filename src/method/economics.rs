//! What a control costs and what it brings, a year. Amounts are in one currency, rates and shares plain numbers (0.08
//! for 8 %). A ratio to nothing is none, shown as "n/a", never infinite.

use std::f64::consts::E;

/// The single loss expectancy: what one event takes of a value, with an exposure factor of 0 to 1.
pub fn single_loss(value: f64, exposure: f64) -> f64 {
    value * exposure
}

/// The annual loss expectancy of events that cost the same, so many times a year.
pub fn annual_loss(single: f64, times_a_year: f64) -> f64 {
    single * times_a_year
}

/// The capital recovery factor r (1 + r)ⁿ / ((1 + r)ⁿ − 1), and 1 / n without interest: the part of a price that falls
/// on each year of a life of n years. None where the life is not above 0.
pub fn capital_recovery(rate: f64, years: f64) -> Option<f64> {
    if years.is_nan() || years <= 0.0 {
        return None;
    }
    // the same with less rounding where the rate is small
    let factor = match rate == 0.0 {
        true => 1.0 / years,
        false => rate / -(-years * rate.ln_1p()).exp_m1(),
    };
    factor.is_finite().then_some(factor)
}

/// What something costs a year: its price spread over its life, and what it costs to run. None where it has a price and
/// no life.
pub fn annual_cost(capex: f64, opex: f64, rate: f64, years: f64) -> Option<f64> {
    match capex == 0.0 {
        true => Some(opex),
        false => Some(capex * capital_recovery(rate, years)? + opex),
    }
}

/// What something costs: its price, once, and what it takes to run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlay {
    /// The price.
    pub capex: f64,
    /// What it costs to run, a year.
    pub opex: f64,
    /// The years over which the price is spread, above 0.
    pub life: f64,
}

impl Outlay {
    /// What it costs a year, its price spread over its life.
    pub fn yearly(&self, rate: f64) -> Option<f64> {
        annual_cost(self.capex, self.opex, rate, self.life)
    }
}

/// What a control brings against what it costs, both a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Return {
    /// By how much it lowers the expected loss.
    pub reduction: f64,
    /// What it costs.
    pub cost: f64,
}

impl Return {
    /// The reduction less the cost.
    pub fn net_benefit(&self) -> f64 {
        self.reduction - self.cost
    }

    /// Return on security investment: the net benefit by the cost; 1.4 is 140 %.
    pub fn rosi(&self) -> Option<f64> {
        (self.cost > 0.0).then(|| self.net_benefit() / self.cost)
    }

    /// The reduction by the cost.
    pub fn benefit_cost(&self) -> Option<f64> {
        (self.cost > 0.0).then(|| self.reduction / self.cost)
    }
}

/// Money put into controls once, and what comes of it each year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Investment {
    /// The price.
    pub capex: f64,
    /// What it costs to run, a year.
    pub opex: f64,
    /// What it brings, a year.
    pub benefit: f64,
}

impl Investment {
    /// In several things together, as if each were bought again at its price whenever its life is over, so that those
    /// with a short life compare with those that live for all the years. None where the years are not above 0.
    pub fn together(all: &[Outlay], benefit: f64, rate: f64, years: f64) -> Option<Self> {
        let price = |o: &Outlay| match o.capex == 0.0 {
            true => Some(0.0),
            false => Some(o.capex * (capital_recovery(rate, o.life)? / capital_recovery(rate, years)?)),
        };
        Some(Self {
            capex: all.iter().map(price).sum::<Option<f64>>()?,
            opex: all.iter().map(|o| o.opex).sum(),
            benefit,
        })
    }

    /// The net present value of its years, each year's money at its end. None where the years are not above 0.
    pub fn net_present_value(&self, rate: f64, years: f64) -> Option<f64> {
        Some((self.benefit - self.opex) / capital_recovery(rate, years)? - self.capex)
    }

    /// The years after which the price has come back, without interest. None where it never does.
    pub fn payback_years(&self) -> Option<f64> {
        let yearly = self.benefit - self.opex;
        match (self.capex, yearly) {
            (0.0, y) if y >= 0.0 => Some(0.0),
            (capex, y) if y > 0.0 => Some(capex / y),
            _ => None,
        }
    }
}

/// How the probability of a breach falls with money z spent, from v without any (Gordon and Loeb, 2002). α is the
/// productivity of money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Breach {
    /// Class I: S(z) = v / (α z + 1)^β.
    First {
        /// Productivity of money, above 0.
        alpha: f64,
        /// Its exponent, at least 1.
        beta: f64,
    },
    /// Class II: S(z) = v^(α z + 1).
    Second {
        /// Productivity of money, above 0.
        alpha: f64,
    },
}

/// The most that it is worth to spend, as the model of Gordon and Loeb has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Optimum {
    /// The best sum z*, 0 where nothing pays.
    pub spend: f64,
    /// The probability of a breach with it.
    pub breach: f64,
    /// The expected net benefit of it: what the expected loss falls by, less the sum.
    pub net_benefit: f64,
    /// The expected loss v L without it.
    pub expected_loss: f64,
}

/// The part of the expected loss above which no sum is best: 1 / e.
pub const LARGEST_SHARE: f64 = 1.0 / E;

impl Breach {
    /// The probability of a breach when a sum is spent, from the probability without.
    pub fn probability(&self, vulnerability: f64, spend: f64) -> f64 {
        match self {
            Self::First { alpha, beta } => vulnerability / (alpha * spend + 1.0).powf(*beta),
            Self::Second { alpha } => vulnerability.powf(alpha * spend + 1.0),
        }
    }

    /// Whether nothing pays because almost every attempt succeeds, although it would pay at the same loss if fewer did:
    /// by class II money changes little there, so that the most vulnerable need not get the most of it.
    pub fn is_beyond_help(&self, vulnerability: f64, loss: f64) -> bool {
        // v ln v is largest at 1 / e
        vulnerability > LARGEST_SHARE
            && self.optimum(vulnerability, loss).spend == 0.0
            && self.optimum(LARGEST_SHARE, loss).spend > 0.0
    }

    /// The best sum to spend where a breach has a probability of 0 to 1 and costs a loss.
    pub fn optimum(&self, vulnerability: f64, loss: f64) -> Optimum {
        let (v, expected_loss) = (vulnerability, vulnerability * loss);
        let best = match self {
            Self::First { alpha, beta } => ((expected_loss * beta * alpha).powf(1.0 / (beta + 1.0)) - 1.0) / alpha,
            Self::Second { alpha } => (-1.0 / (alpha * expected_loss * v.ln())).ln() / (alpha * v.ln()),
        };
        // class II has no sum at 0 and 1: what cannot happen, and what money does not change
        let spend = if best.is_finite() { best.max(0.0) } else { 0.0 };
        let breach = self.probability(v, spend);
        Optimum {
            spend,
            breach,
            net_benefit: (v - breach) * loss - spend,
            expected_loss,
        }
    }
}

impl Optimum {
    /// The bound v L / e, above which no best sum lies.
    pub fn bound(&self) -> f64 {
        self.expected_loss * LARGEST_SHARE
    }

    /// The best sum as a part of the expected loss; none without a loss.
    pub fn share(&self) -> Option<f64> {
        share_of_loss(self.spend, self.expected_loss)
    }

    /// Whether it keeps to the bound, but for rounding.
    pub fn is_within_bound(&self) -> bool {
        self.spend <= self.bound() * (1.0 + 1e-12)
    }
}

/// What is spent as a part of the expected loss; none without a loss.
pub fn share_of_loss(spend: f64, expected_loss: f64) -> Option<f64> {
    (expected_loss > 0.0).then(|| spend / expected_loss)
}

/// What the bound says of money spent on something, as advice in words; none without a loss to compare with.
pub fn advice(on: &str, spend: f64, expected_loss: f64) -> Option<String> {
    let share = share_of_loss(spend, expected_loss)?;
    let percent = |x: f64| {
        let text = format!("{:.1}", x * 100.0);
        format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
    };
    let (share_said, most) = (percent(share), percent(LARGEST_SHARE));
    Some(match share > LARGEST_SHARE {
        true => format!(
            "spend on {on} is {share_said} of its expected loss; above {most} needs a reason (law, tail, reputation)"
        ),
        false => format!("spend on {on} is {share_said} of its expected loss, within {most}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_interest_comes_to_none() {
        let small = capital_recovery(1e-12, 5.0).unwrap();
        assert!((small - 0.2).abs() < 1e-11, "{small}");
        assert_eq!(capital_recovery(0.0, 0.0), None);
        assert_eq!(annual_cost(0.0, 7.0, 0.1, 0.0), Some(7.0));
        assert_eq!(annual_cost(1.0, 7.0, 0.1, 0.0), None);
    }

    #[test]
    fn what_never_comes_back_has_no_payback() {
        let of = |capex, opex, benefit| Investment { capex, opex, benefit }.payback_years();
        assert_eq!(of(100.0, 20.0, 20.0), None);
        assert_eq!(of(0.0, 20.0, 10.0), None);
        assert_eq!(of(0.0, 0.0, 10.0), Some(0.0));
    }

    #[test]
    fn the_most_vulnerable_need_not_get_the_most() {
        let second = Breach::Second { alpha: 1e-5 };
        let spend = |v| second.optimum(v, 1e6).spend;
        assert!(spend(0.65) > spend(0.99));
        assert_eq!((spend(1.0), spend(0.0)), (0.0, 0.0));
        let never = Breach::First { alpha: 1e-5, beta: 1.0 }.optimum(0.0, 1e6);
        assert_eq!((never.spend, never.share()), (0.0, None));
    }

    #[test]
    fn what_is_bought_again_costs_the_same_a_year() {
        let (short, long) = (
            Outlay {
                capex: 300.0,
                opex: 10.0,
                life: 3.0,
            },
            Outlay {
                capex: 800.0,
                opex: 5.0,
                life: 6.0,
            },
        );
        let one = Investment::together(&[long], 500.0, 0.08, 6.0).unwrap();
        assert_eq!(
            one,
            Investment {
                capex: 800.0,
                opex: 5.0,
                benefit: 500.0
            }
        );
        // by hand: what is left each year after both, over six years
        let left = 500.0 - short.yearly(0.08).unwrap() - long.yearly(0.08).unwrap();
        let want: f64 = (1..=6).map(|year| left / 1.08_f64.powi(year)).sum();
        let both = Investment::together(&[short, long], 500.0, 0.08, 6.0).unwrap();
        assert!((both.net_present_value(0.08, 6.0).unwrap() - want).abs() < 1e-9);
        assert_eq!(Investment::together(&[long], 1.0, 0.08, 0.0), None);
    }

    #[test]
    fn nothing_pays_where_almost_every_attempt_succeeds_or_little_is_at_stake() {
        let second = Breach::Second { alpha: 1e-5 };
        assert!(second.is_beyond_help(0.99, 1e6) && second.is_beyond_help(1.0, 1e6));
        assert!(!second.is_beyond_help(0.65, 1e6), "money pays");
        assert!(
            !second.is_beyond_help(0.05, 4e5) && !second.is_beyond_help(0.99, 1e5),
            "little is at stake"
        );
        assert!(!Breach::First { alpha: 1e-5, beta: 1.0 }.is_beyond_help(1.0, 1e6));
    }

    #[test]
    fn advice_is_a_line_and_never_a_block() {
        assert_eq!(
            advice("R-0004", 52.0, 100.0).unwrap(),
            "spend on R-0004 is 52 % of its expected loss; above 36.8 % needs a reason (law, tail, reputation)"
        );
        assert_eq!(
            advice("R-0004", 36.7, 100.0).unwrap(),
            "spend on R-0004 is 36.7 % of its expected loss, within 36.8 %"
        );
        assert_eq!(advice("R-0004", 52.0, 0.0), None);
    }
}
