//! Confidence against accuracy (Guo, Pleiss, Sun and Weinberger 2017, *On calibration of modern neural networks*).

use pathema_experiments::metrics::{STRESS, Task, named};
use pathema_experiments::run::records::Prediction;
use serde::{Deserialize, Serialize};

/// Bins of a reliability curve, of equal width.
pub const BINS: usize = 15;

/// The reliability curve: windows by how sure the model was of the class it named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// [`BINS`] of them, from 0 to 1.
    pub bins: Vec<Bin>,
}

/// Windows whose largest probability is above `lower` and not above `upper`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// How many windows.
    pub windows: u64,
    /// Their mean largest probability; `None` without windows.
    pub confidence: Option<f64>,
    /// Share of them named right; `None` without windows.
    pub accuracy: Option<f64>,
}

impl Reliability {
    /// Of `K` classes: one truth and one row of probabilities per window.
    ///
    /// # Panics
    /// If the lengths differ.
    ///
    /// ```
    /// use pathema_study::statistics::calibration::Reliability;
    /// let curve = Reliability::new(&[0, 0, 1], &[[0.9, 0.1], [0.1, 0.9], [0.1, 0.9]]);
    /// // As sure as .9 three times, and right twice.
    /// assert_eq!(curve.bins[13].windows, 3);
    /// assert!((curve.expected_error().unwrap() - (0.9 - 2.0 / 3.0)).abs() < 1e-12);
    /// ```
    pub fn new<const K: usize>(truth: &[usize], probabilities: &[[f64; K]]) -> Self {
        assert_eq!(truth.len(), probabilities.len(), "one row per window");
        let mut sums = [(0u64, 0.0, 0u64); BINS];
        for (&class, p) in truth.iter().zip(probabilities) {
            let name = named(p);
            let (windows, confidence, right) = &mut sums[bin_of(p[name])];
            *windows += 1;
            *confidence += p[name];
            *right += u64::from(name == class);
        }
        let width = 1.0 / BINS as f64;
        let bins = sums
            .iter()
            .enumerate()
            .map(|(bin, &(windows, sum, right))| {
                let share = |of: f64| (windows > 0).then(|| of / windows as f64);
                Bin {
                    lower: bin as f64 * width,
                    upper: (bin + 1) as f64 * width,
                    windows,
                    confidence: share(sum),
                    accuracy: share(right as f64),
                }
            });
        Self {
            bins: bins.collect(),
        }
    }

    /// Of one task of a model's predictions.
    pub fn of_task(predictions: &[Prediction], task: Task) -> Self {
        match task {
            Task::Binary => {
                let (truth, p): (Vec<_>, Vec<_>) = predictions
                    .iter()
                    .map(|p| (usize::from(p.truth == STRESS), p.binary()))
                    .unzip();
                Self::new(&truth, &p)
            }
            Task::ThreeClass => {
                let (truth, p): (Vec<_>, Vec<_>) = predictions
                    .iter()
                    .map(|p| (p.truth, p.three_class()))
                    .unzip();
                Self::new(&truth, &p)
            }
        }
    }

    /// Expected calibration error: the mean over windows of how far their bin's confidence lies from its accuracy.
    /// `None` without windows.
    pub fn expected_error(&self) -> Option<f64> {
        let windows: u64 = self.bins.iter().map(|bin| bin.windows).sum();
        let weighted = self
            .bins
            .iter()
            .filter_map(|bin| Some(bin.windows as f64 * bin.gap()?));
        (windows > 0).then(|| weighted.sum::<f64>() / windows as f64)
    }

    /// Maximum calibration error: how far confidence lies from accuracy in the worst bin. `None` without windows.
    pub fn maximum_error(&self) -> Option<f64> {
        self.bins.iter().filter_map(Bin::gap).reduce(f64::max)
    }
}

impl Bin {
    /// How far confidence lies from accuracy.
    fn gap(&self) -> Option<f64> {
        Some((self.confidence? - self.accuracy?).abs())
    }
}

fn bin_of(confidence: f64) -> usize {
    // A window on a border belongs below it; a cast of what is not a number gives 0.
    ((confidence * BINS as f64).ceil() as usize).clamp(1, BINS) - 1
}

/// Brier score: mean squared distance of the probabilities from the truth's 0 and 1 (Brier 1950), lower is better.
///
/// Summed over classes; of two classes that of the second alone, which is half the sum and what the field reports.
/// `None` without windows.
///
/// # Panics
/// If the lengths differ.
pub fn brier<const K: usize>(truth: &[usize], probabilities: &[[f64; K]]) -> Option<f64> {
    assert_eq!(truth.len(), probabilities.len(), "one row per window");
    let first = usize::from(K == 2);
    let mut sum = 0.0;
    for (&class, p) in truth.iter().zip(probabilities) {
        for (k, p) in p.iter().enumerate().skip(first) {
            sum += (p - f64::from(u8::from(k == class))).powi(2);
        }
    }
    (!truth.is_empty()).then(|| sum / truth.len() as f64)
}
