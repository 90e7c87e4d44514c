//! Judgement in levels: the band that holds a rate, the level to which controls bring a risk, sums of scores and ranks.
//! The matrices themselves are those of [`Method`](crate::model::kind::Method).

/// The ratio between the ends of a band that has only one: a decade.
const OPEN: f64 = 10.0;

/// What a level holds, from (inclusive) to (exclusive): rates a year, or money. Bands of a scale join.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Its lower end, at least 0.
    pub from: f64,
    /// Its upper end; none for the highest.
    pub to: Option<f64>,
}

impl Band {
    /// Bands that begin where the one before ends; the highest has no end.
    pub fn above(bounds: &[f64]) -> Vec<Self> {
        let to = |i: usize| bounds.get(i + 1).copied();
        let all = bounds.iter().enumerate();
        all.map(|(i, from)| Self { from: *from, to: to(i) }).collect()
    }

    /// Bands between bounds: one less than there are of these.
    pub fn between(bounds: &[f64]) -> Vec<Self> {
        let mut all = Self::above(bounds);
        all.pop();
        all
    }

    /// The value in its middle, by ratio: √(from × to). A band that begins at 0 or has no end is taken for a decade.
    pub fn midpoint(&self) -> f64 {
        match self.to {
            None => self.from * OPEN.sqrt(),
            Some(to) if self.from <= 0.0 => to / OPEN.sqrt(),
            Some(to) => (self.from * to).sqrt(),
        }
    }
}

/// The place of the level that holds a value: the highest that does not begin above it, or the lowest. None without
/// levels.
pub fn level_of(bands: &[Band], value: f64) -> Option<usize> {
    let below = bands.iter().rposition(|b| b.from <= value);
    below.or((!bands.is_empty()).then_some(0))
}

/// Where controls bring a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Residual {
    /// The middle of the band of the level without them.
    pub midpoint: f64,
    /// What their factor makes of it.
    pub value: f64,
    /// The place of the level that holds that.
    pub level: usize,
}

/// The level to which a factor of 0 to 1 brings a level, by the middle of its band. None without such a level.
pub fn residual(bands: &[Band], level: usize, factor: f64) -> Option<Residual> {
    let midpoint = bands.get(level)?.midpoint();
    let value = midpoint * factor;
    Some(Residual {
        midpoint,
        value,
        level: level_of(bands, value)?,
    })
}

/// The score of ISO/IEC 27005:2011, Annex E, as commonly cited: asset value 0 to 4, likelihood of the threat 0 to 2 and
/// ease of exploitation 0 to 2, summed. None off these scales.
pub fn score(asset: u8, threat: u8, ease: u8) -> Option<u8> {
    (asset <= 4 && threat <= 2 && ease <= 2).then(|| asset + threat + ease)
}

/// The places of measures, the highest first: what is equal shares a place, and the next comes right after.
pub fn ranks(measures: &[f64]) -> Vec<usize> {
    let mut order: Vec<f64> = measures.to_vec();
    order.sort_by(|a, b| b.total_cmp(a));
    order.dedup();
    let place = |m: &f64| 1 + order.partition_point(|o| o.total_cmp(m).is_gt());
    measures.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_without_an_end_is_a_decade() {
        let bands = Band::above(&[0.0, 0.1, 1.0]);
        let middle = |i: usize| bands[i].midpoint();
        assert!((middle(0) - 0.1 / 10f64.sqrt()).abs() < 1e-15);
        assert!((middle(1) - 0.1f64.sqrt()).abs() < 1e-15);
        assert!((middle(2) - 10f64.sqrt()).abs() < 1e-15);
        for (level, _) in bands.iter().enumerate() {
            assert_eq!(
                residual(&bands, level, 1.0).unwrap().level,
                level,
                "without an effect it stays"
            );
        }
        assert_eq!(residual(&bands, 3, 1.0), None);
        assert_eq!(level_of(&[], 1.0), None);
    }

    #[test]
    fn what_is_equal_shares_a_rank() {
        assert_eq!(ranks(&[10.0, 8.0, 15.0, 3.0, 4.0, 8.0]), [2, 3, 1, 5, 4, 3]);
        assert!(ranks(&[]).is_empty());
    }

    #[test]
    fn a_score_keeps_to_its_scales() {
        assert_eq!(score(4, 2, 2), Some(8));
        assert_eq!(score(5, 0, 0), None);
        assert_eq!(score(0, 3, 0), None);
    }
}
