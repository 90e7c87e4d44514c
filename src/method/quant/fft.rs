//! The fast Fourier transform of Cooley and Tukey for lengths that are powers of two, in place.

use std::f64::consts::TAU;

/// A complex number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Complex {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

impl Complex {
    /// A real number.
    pub fn real(re: f64) -> Self {
        Self { re, im: 0.0 }
    }

    /// e to the power of it.
    #[must_use]
    pub fn exp(self) -> Self {
        let size = self.re.exp();
        let (sin, cos) = self.im.sin_cos();
        Self {
            re: size * cos,
            im: size * sin,
        }
    }

    /// Multiplied by a real number.
    #[must_use]
    pub fn times(self, by: f64) -> Self {
        Self {
            re: self.re * by,
            im: self.im * by,
        }
    }

    /// To the power of a whole number.
    #[must_use]
    pub fn power(self, mut n: u32) -> Self {
        let (mut out, mut square) = (Self::real(1.0), self);
        while n > 0 {
            if n & 1 == 1 {
                out = out * square;
            }
            square = square * square;
            n >>= 1;
        }
        out
    }
}

impl std::ops::Add for Complex {
    type Output = Self;

    #[inline]
    fn add(self, o: Self) -> Self {
        Self {
            re: self.re + o.re,
            im: self.im + o.im,
        }
    }
}

impl std::ops::Sub for Complex {
    type Output = Self;

    #[inline]
    fn sub(self, o: Self) -> Self {
        Self {
            re: self.re - o.re,
            im: self.im - o.im,
        }
    }
}

impl std::ops::Mul for Complex {
    type Output = Self;

    #[inline]
    fn mul(self, o: Self) -> Self {
        Self {
            re: self.re * o.re - self.im * o.im,
            im: self.re * o.im + self.im * o.re,
        }
    }
}

/// Transforms of one length.
#[derive(Debug, Clone)]
pub struct Fft {
    /// The roots of unity of the upper half circle.
    roots: Vec<Complex>,
}

impl Fft {
    /// Transforms of 2 to the power of `bits` numbers.
    pub fn new(bits: u32) -> Self {
        let half = (1usize << bits) / 2;
        let root = |k: usize| {
            let (sin, cos) = (-TAU * k as f64 / (2 * half) as f64).sin_cos();
            Complex { re: cos, im: sin }
        };
        Self {
            roots: (0..half).map(root).collect(),
        }
    }

    /// The spectrum of real numbers, as many as the length or fewer: its lower half and the middle, as the rest
    /// mirrors them.
    pub fn spectrum(&self, numbers: &[f64]) -> Vec<Complex> {
        let n = self.roots.len() * 2;
        let mut all: Vec<Complex> = numbers.iter().map(|x| Complex::real(*x)).collect();
        all.resize(n, Complex::default());
        self.forward(&mut all);
        all.truncate(n / 2 + 1);
        all
    }

    /// The real numbers of a spectrum given by its lower half and the middle.
    pub fn numbers(&self, spectrum: &[Complex]) -> Vec<f64> {
        let n = self.roots.len() * 2;
        // the inverse transform is the forward one of the mirrored spectrum
        let conjugate = |c: &Complex| Complex { re: c.re, im: -c.im };
        let mut all: Vec<Complex> = spectrum.iter().map(conjugate).collect();
        all.extend(spectrum[1..n / 2].iter().rev());
        self.forward(&mut all);
        all.iter().map(|c| c.re / n as f64).collect()
    }

    fn forward(&self, all: &mut [Complex]) {
        let n = all.len();
        let bits = n.trailing_zeros();
        for i in 0..n {
            let j = i.reverse_bits() >> (usize::BITS - bits);
            if i < j {
                all.swap(i, j);
            }
        }
        let mut half = 1;
        while half < n {
            let stride = self.roots.len() / half;
            for group in all.chunks_exact_mut(2 * half) {
                let (low, high) = group.split_at_mut(half);
                for ((a, b), root) in low.iter_mut().zip(high).zip(self.roots.iter().step_by(stride)) {
                    let turned = *b * *root;
                    (*a, *b) = (*a + turned, *a - turned);
                }
            }
            half *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spectrum_leads_back_and_convolves() {
        let fft = Fft::new(4);
        let (a, b) = ([0.1, 0.5, 0.0, 0.4], [0.25, 0.0, 0.75]);
        let there = fft.spectrum(&a);
        assert_eq!(there.len(), 9);
        let back = fft.numbers(&there);
        assert!(back.iter().zip(a).all(|(x, y)| (x - y).abs() < 1e-15));
        let product: Vec<Complex> = there.iter().zip(fft.spectrum(&b)).map(|(x, y)| *x * y).collect();
        let want = [0.025, 0.125, 0.075, 0.475, 0.0, 0.3, 0.0];
        assert!(
            fft.numbers(&product)
                .iter()
                .zip(want)
                .all(|(x, y)| (x - y).abs() < 1e-15)
        );
    }

    #[test]
    fn powers() {
        let z = Complex { re: 0.6, im: -0.8 };
        let slow = z * z * z * z * z;
        let fast = z.power(5);
        assert!((slow.re - fast.re).abs() < 1e-15 && (slow.im - fast.im).abs() < 1e-15);
        assert_eq!(z.power(0), Complex::real(1.0));
    }
}
