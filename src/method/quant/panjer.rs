//! The recursion of Panjer (1981): the loss of a year from losses in whole steps, exact to rounding. Beside the Fourier
//! transform it is a second opinion; alone it serves where losses are few and whole.

/// A family of counts with p_n = (a + b/n) p_(n-1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Class {
    a: f64,
    b: f64,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Poisson(f64),
    /// Shape and scale of the gamma distribution of the rate.
    Mixed(f64, f64),
    /// Occasions and the chance of each.
    Binomial(f64, f64),
}

impl Class {
    /// Poisson with a certain rate.
    pub fn poisson(rate: f64) -> Self {
        Self {
            a: 0.0,
            b: rate,
            kind: Kind::Poisson(rate),
        }
    }

    /// Poisson whose rate follows a gamma distribution of this shape and mean: negative binomial.
    pub fn mixed_poisson(shape: f64, mean: f64) -> Self {
        let scale = mean / shape;
        Self {
            a: scale / (1.0 + scale),
            b: (shape - 1.0) * scale / (1.0 + scale),
            kind: Kind::Mixed(shape, scale),
        }
    }

    /// A number of occasions, each an event with a chance below 1.
    pub fn binomial(count: u32, chance: f64) -> Self {
        let odds = chance / (1.0 - chance);
        Self {
            a: -odds,
            b: (f64::from(count) + 1.0) * odds,
            kind: Kind::Binomial(f64::from(count), chance),
        }
    }

    /// The chance of no loss, if an event costs nothing with the chance `free`.
    fn none(&self, free: f64) -> f64 {
        match self.kind {
            Kind::Poisson(rate) => (-rate * (1.0 - free)).exp(),
            Kind::Mixed(shape, scale) => (1.0 + scale * (1.0 - free)).powf(-shape),
            Kind::Binomial(count, chance) => (1.0 - chance * (1.0 - free)).powf(count),
        }
    }
}

/// The chances of a year's loss of 0, 1, ... steps, `many` of them; `event` holds the chances of the loss of one event.
/// `None` if the chance of no loss is too small to begin from: the Fourier transform has no such limit.
pub fn aggregate(class: Class, event: &[f64], many: usize) -> Option<Vec<f64>> {
    let free = event.first().copied().unwrap_or(1.0);
    let none = class.none(free);
    if none < f64::MIN_POSITIVE {
        return None;
    }
    let mut out = Vec::with_capacity(many);
    out.push(none);
    for k in 1..many {
        let terms = event.iter().enumerate().take(k + 1).skip(1);
        let term = |(j, f): (usize, &f64)| (class.a + class.b * j as f64 / k as f64) * f * out[k - j];
        let sum: f64 = terms.map(term).sum();
        out.push(sum / (1.0 - class.a * free));
    }
    out.truncate(many);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: [f64; 6] = [0.0, 0.5, 0.3, 0.0, 0.0, 0.2];

    #[test]
    fn compound_poisson_to_twelve_digits() {
        let got = aggregate(Class::poisson(0.5), &EVENT, 6).unwrap();
        let want = [
            0.606_530_659_712_633_4,
            0.151_632_664_928_158_36,
            0.109_933_682_072_914_8,
            0.024_324_406_665_558_736,
            0.009_765_301_572_066_032,
            0.062_600_795_449_800_17,
        ];
        assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-14), "{got:?}");
    }

    #[test]
    fn every_class_has_its_mean_and_adds_up_to_one() {
        let event = [0.1, 0.4, 0.3, 0.2];
        for (class, events) in [
            (Class::poisson(3.0), 3.0),
            (Class::mixed_poisson(2.0, 1.5), 1.5),
            (Class::binomial(5, 0.3), 1.5),
        ] {
            let g = aggregate(class, &event, 200).unwrap();
            let mean: f64 = g.iter().enumerate().map(|(k, p)| k as f64 * p).sum();
            assert!((g.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{class:?}");
            assert!((mean - events * 1.6).abs() < 1e-10, "{class:?}: {mean}");
        }
    }

    #[test]
    fn too_many_events_are_left_to_the_transform() {
        assert_eq!(aggregate(Class::poisson(800.0), &EVENT, 4), None);
        assert_eq!(aggregate(Class::poisson(0.0), &EVENT, 2), Some(vec![1.0, 0.0]));
    }
}
