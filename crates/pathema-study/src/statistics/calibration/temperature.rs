//! Temperature scaling (Guo et al. 2017, section 4.2): one number that makes a model less sure, or surer, of everything.

use super::log;

/// Temperatures stay within one over this and this: of windows that are all named right a model could not be sure enough.
pub const HOTTEST: f64 = 100.0;

/// What logits are divided by: above 1 a model becomes less sure. The class it names stays the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temperature(f64);

impl Temperature {
    /// The temperature at which these windows have the least cross-entropy; `None` without windows or where a probability
    /// is not a number.
    ///
    /// Give it windows of subjects that the model was not trained on, and that it will not be judged on:
    /// [`Recalibration`](super::Recalibration) sees to both.
    ///
    /// The cross-entropy is convex in β = 1/T, so that halving finds where its slope
    ///
    /// ```text
    /// d/dβ −Σ ln softmax(β l)[y] = Σ (E_softmax(β l)[l] − l[y]),   l = ln p
    /// ```
    ///
    /// changes sign, as far as rounding shows it.
    ///
    /// # Panics
    /// If the lengths differ or a truth is not below `K`.
    ///
    /// ```
    /// use pathema_study::statistics::calibration::Temperature;
    /// // Says .9, is right in half of the windows.
    /// let found = Temperature::fit(&[[0.9, 0.1], [0.9, 0.1]], &[0, 1]).unwrap();
    /// assert_eq!(found.apply([0.9, 0.1]).map(|p| (p * 10.0).round()), [5.0, 5.0]);
    /// ```
    pub fn fit<const K: usize>(probabilities: &[[f64; K]], truth: &[usize]) -> Option<Self> {
        assert_eq!(truth.len(), probabilities.len(), "one row per window");
        if truth.is_empty() || probabilities.iter().flatten().any(|p| p.is_nan()) {
            return None;
        }
        let logits: Vec<[f64; K]> = probabilities.iter().map(|p| p.map(log)).collect();
        let slope = |beta: f64| -> f64 {
            let windows = logits.iter().zip(truth);
            windows
                .map(|(l, &class)| {
                    let expected: f64 = softmax(l, beta).iter().zip(l).map(|(p, l)| p * l).sum();
                    expected - l[class]
                })
                .sum()
        };
        // Nothing to gain, as where all classes are equally likely throughout.
        if slope(1.0).abs() <= 1e-12 * truth.len() as f64 {
            return Some(Self(1.0));
        }
        // ln β: the slope is negative while a surer model would do better.
        let (mut low, mut high) = (-HOTTEST.ln(), HOTTEST.ln());
        loop {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                return Some(Self((-middle).exp()));
            }
            if slope(middle.exp()) < 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
    }

    /// Of this temperature, as from a file; `None` unless within one over [`HOTTEST`] and [`HOTTEST`].
    pub fn new(temperature: f64) -> Option<Self> {
        (1.0 / HOTTEST..=HOTTEST)
            .contains(&temperature)
            .then_some(Self(temperature))
    }

    /// The number itself.
    pub fn get(self) -> f64 {
        self.0
    }

    /// Probabilities at this temperature: p^(1/T), scaled to the sum 1.
    pub fn apply<const K: usize>(self, probabilities: [f64; K]) -> [f64; K] {
        softmax(&probabilities.map(log), 1.0 / self.0)
    }
}

/// exp(β l), scaled to the sum 1.
fn softmax<const K: usize>(logits: &[f64; K], beta: f64) -> [f64; K] {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights = logits.map(|l| (beta * (l - largest)).exp());
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}
