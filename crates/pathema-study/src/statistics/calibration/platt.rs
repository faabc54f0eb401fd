//! Platt scaling (Platt 1999, *Probabilistic outputs for support vector machines*; fitted as Lin, Lin and Weng 2007).

use super::log;

/// Steps of Newton's method; about ten are taken.
const STEPS: usize = 100;

/// A straight line through the logit of a binary probability: as a [`Temperature`](super::Temperature), with a shift, for a
/// model that calls stress too often or too seldom. It may change the class named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Platt {
    /// What the logit is multiplied by.
    pub slope: f64,
    /// What is added then.
    pub intercept: f64,
}

impl Platt {
    /// The line of least cross-entropy; `None` without windows or where a probability is not a number.
    ///
    /// `positive` is the truth. It counts as (n₊ + 1)/(n₊ + 2) and 1/(n₋ + 2) instead of 1 and 0 (Platt 1999), so that
    /// there is a line where the two kinds are parted without error.
    ///
    /// # Panics
    /// If the lengths differ.
    ///
    /// ```
    /// use pathema_study::statistics::calibration::Platt;
    /// // Too high throughout: the windows above .8 are stress, the others are not.
    /// let p = [0.6, 0.7, 0.75, 0.85, 0.9, 0.95];
    /// let line = Platt::fit(&p, &[false, false, false, true, true, true]).unwrap();
    /// assert!(line.apply(0.7) < 0.5 && line.apply(0.9) > 0.5);
    /// ```
    pub fn fit(probabilities: &[f64], positive: &[bool]) -> Option<Self> {
        assert_eq!(probabilities.len(), positive.len(), "one truth per window");
        if positive.is_empty() || probabilities.iter().any(|p| p.is_nan()) {
            return None;
        }
        let positives = positive.iter().filter(|&&is| is).count() as f64;
        let negatives = positive.len() as f64 - positives;
        let windows: Vec<(f64, f64)> = probabilities
            .iter()
            .zip(positive)
            .map(|(&p, &is)| {
                let target = if is {
                    (positives + 1.0) / (positives + 2.0)
                } else {
                    1.0 / (negatives + 2.0)
                };
                (logit(p), target)
            })
            .collect();

        let mut line = Self {
            slope: 0.0,
            intercept: ((positives + 1.0) / (negatives + 1.0)).ln(),
        };
        let mut loss = line.loss(&windows);
        for _ in 0..STEPS {
            let [slope, intercept] = line.newton_step(&windows);
            // Halved until it helps; where none does, rounding is all that is left.
            let better = (0..50)
                .map(|halvings| 0.5f64.powi(halvings))
                .find_map(|share| {
                    let next = Self {
                        slope: line.slope + share * slope,
                        intercept: line.intercept + share * intercept,
                    };
                    let next_loss = next.loss(&windows);
                    (next_loss < loss).then_some((next, next_loss))
                });
            let Some(better) = better else { break };
            (line, loss) = better;
        }
        Some(line)
    }

    /// The probability that the line makes of one.
    pub fn apply(self, probability: f64) -> f64 {
        sigmoid(self.slope * logit(probability) + self.intercept)
    }

    /// Cross-entropy of logits and targets, summed.
    fn loss(self, windows: &[(f64, f64)]) -> f64 {
        let of = |&(x, target): &(f64, f64)| {
            let z = self.slope * x + self.intercept;
            // ln(1 + e^z) − t z, where e^z may be too large.
            z.max(0.0) + (-z.abs()).exp().ln_1p() - target * z
        };
        windows.iter().map(of).sum()
    }

    /// What to add to slope and intercept.
    fn newton_step(self, windows: &[(f64, f64)]) -> [f64; 2] {
        // A little on the diagonal, for logits that are all the same.
        let (mut h11, mut h12, mut h22) = (1e-12, 0.0, 1e-12);
        let (mut g1, mut g2) = (0.0, 0.0);
        for &(x, target) in windows {
            let p = sigmoid(self.slope * x + self.intercept);
            let weight = p * (1.0 - p);
            h11 += weight * x * x;
            h12 += weight * x;
            h22 += weight;
            g1 += (p - target) * x;
            g2 += p - target;
        }
        let determinant = h11 * h22 - h12 * h12;
        [
            (h12 * g2 - h22 * g1) / determinant,
            (h12 * g1 - h11 * g2) / determinant,
        ]
    }
}

fn logit(p: f64) -> f64 {
    log(p) - log(1.0 - p)
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}
