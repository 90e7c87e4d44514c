//! Random numbers that stay: our own generator, so that no update of a library ever changes a figure. SplitMix64
//! (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): a counter through a mixing
//! function, 2^64 numbers long, so that every scenario, block and year can begin where it likes.

/// The odd constant by which the counter goes on.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Scrambles 64 bits one to one (variant 13 of Stafford's mixers).
#[inline]
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// 64 bits for a name (FNV-1a, then mixed).
pub fn hash(name: &str) -> u64 {
    let fold = |h: u64, b: &u8| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
    mix(name.as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, fold))
}

/// A stream of random numbers.
#[derive(Debug, Clone, Copy)]
pub struct Stream(u64);

impl Stream {
    /// The stream of a scenario (its key) in a run (its seed).
    pub fn new(seed: u64, key: u64) -> Self {
        Self(mix(mix(seed) ^ key))
    }

    /// The part of this stream for the block or year of a number: independent of all others.
    #[must_use]
    pub fn part(&self, number: u64) -> Self {
        Self(mix(self.0 ^ mix(number.wrapping_add(STEP))))
    }

    /// The next 64 bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// Leaves out that many numbers.
    #[inline]
    pub fn skip(&mut self, many: u64) {
        self.0 = self.0.wrapping_add(STEP.wrapping_mul(many));
    }

    /// The next number within 0..1, both ends excluded.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_published_ones() {
        // the first outputs of SplitMix64 from 0, as in Vigna's reference implementation
        let mut s = Stream(0);
        assert_eq!(
            [s.bits(), s.bits(), s.bits()],
            [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]
        );
    }

    #[test]
    fn streams_differ_by_seed_key_and_part_and_never_change() {
        let first = |s: Stream| s.clone().bits();
        let a = Stream::new(1, hash("R-0001"));
        let all = [
            first(a),
            first(Stream::new(2, hash("R-0001"))),
            first(Stream::new(1, hash("R-0002"))),
            first(a.part(0)),
            first(a.part(1)),
        ];
        for (i, x) in all.iter().enumerate() {
            assert!(all[i + 1..].iter().all(|y| x != y));
        }
        assert_eq!(all[0], 18_080_348_681_983_854_703);
    }

    #[test]
    fn what_is_skipped_is_as_if_drawn() {
        let (mut a, mut b) = (Stream(9), Stream(9));
        a.skip(3);
        let drawn = [b.bits(), b.bits(), b.bits(), b.bits()];
        assert_eq!(a.bits(), drawn[3]);
    }

    #[test]
    fn units_are_even_and_never_0_or_1() {
        let mut s = Stream::new(7, 7);
        let units: Vec<f64> = (0..20_000).map(|_| s.unit()).collect();
        assert!(units.iter().all(|u| *u > 0.0 && *u < 1.0));
        let mean = units.iter().sum::<f64>() / 20_000.0;
        assert!((mean - 0.5).abs() < 4.0 * 0.289 / 20_000f64.sqrt(), "{mean}");
    }
}
