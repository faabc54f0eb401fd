//! Intervals of a mean over subjects by resampling them (Efron 1987, *Better bootstrap confidence intervals*, Journal of
//! the American Statistical Association 82; Efron and Tibshirani 1993, chapter 14).
//!
//! ```
//! use pathema_study::statistics::bootstrap::Bootstrap;
//! let accuracies = [0.95, 0.80, 1.0, 0.90, 0.85, 0.97, 0.60, 0.92];
//! let (low, high) = Bootstrap::new(8).mean_interval(&accuracies).unwrap();
//! // One subject is far below the others, so the interval reaches further down than up from the mean, .874.
//! assert!((0.75..0.80).contains(&low) && (0.92..0.95).contains(&high));
//! ```

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{SAME, SEED, mean, normal};

/// How often subjects are drawn.
pub const DRAWS: usize = 10_000;

/// Share below each end of an interval: it covers 95 %.
pub const TAILS: [f64; 2] = [0.025, 0.975];

/// Draws of as many subjects as there are, with replacement; made once for all scores of these subjects.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    subjects: usize,
    /// How often each draw has each subject: a row per draw.
    counts: Vec<u32>,
}

impl Bootstrap {
    /// Draws [`DRAWS`] times out of so many subjects.
    ///
    /// # Panics
    /// With more than 2³² subjects.
    pub fn new(subjects: usize) -> Self {
        let bound = u32::try_from(subjects).expect("fewer than 2³² subjects");
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let mut counts = vec![0; DRAWS * subjects];
        for draw in counts.chunks_mut(subjects.max(1)) {
            for _ in 0..subjects {
                draw[rng.random_range(0..bound) as usize] += 1;
            }
        }
        Self { subjects, counts }
    }

    /// 95 % interval of the mean: [`bca`]. `None` of fewer than two subjects, or where a value is not a number.
    ///
    /// The order of values does not matter, not even to the last bit. Where all values are the same the interval has no
    /// width: what is resampled knows of nothing else.
    ///
    /// # Panics
    /// If there are not as many values as subjects.
    pub fn mean_interval(&self, values: &[f64]) -> Option<(f64, f64)> {
        assert_eq!(values.len(), self.subjects, "one value per subject");
        if values.len() < 2 || values.iter().any(|value| value.is_nan()) {
            return None;
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        if sorted[0] == sorted[sorted.len() - 1] {
            return Some((sorted[0], sorted[0]));
        }
        let count = sorted.len() as f64;
        let draws: Vec<f64> = self
            .counts
            .chunks(self.subjects)
            .map(|draw| {
                let weighted = draw.iter().zip(&sorted);
                weighted
                    .map(|(&n, value)| f64::from(n) * value)
                    .sum::<f64>()
                    / count
            })
            .collect();
        let sum: f64 = sorted.iter().sum();
        let left_out: Vec<f64> = sorted
            .iter()
            .map(|value| (sum - value) / (count - 1.0))
            .collect();
        Some(bca(&draws, sum / count, &left_out))
    }
}

/// The bias-corrected and accelerated interval (Efron and Tibshirani 1993, equations 14.9, 14.14 and 14.15), 95 %.
///
/// `draws` are the statistic's values of the resampled data, `estimate` that of the data, `left_out` those of the data
/// without one subject each (the jackknife). Where it is undefined — all draws on one side of the estimate, or nothing
/// varies — it is the plain interval between percentiles. Percentiles are interpolated linearly.
///
/// # Panics
/// Without draws.
pub fn bca(draws: &[f64], estimate: f64, left_out: &[f64]) -> (f64, f64) {
    let mut sorted = draws.to_vec();
    sorted.sort_by(f64::total_cmp);
    let tails = corrected_tails(&sorted, estimate, left_out).unwrap_or(TAILS);
    let [low, high] = tails.map(|tail| percentile(&sorted, tail));
    (low, high)
}

fn corrected_tails(sorted: &[f64], estimate: f64, left_out: &[f64]) -> Option<[f64; 2]> {
    // Draws with the estimate's own value count half to each side; the order of summing must not move them.
    let slack = SAME * (1.0 + estimate.abs());
    let below = sorted.partition_point(|&draw| draw < estimate - slack);
    let not_above = sorted.partition_point(|&draw| draw <= estimate + slack);
    let bias = normal::quantile((below + not_above) as f64 / 2.0 / sorted.len() as f64);
    if bias.is_infinite() {
        return None;
    }
    let centre = mean(left_out.iter().copied());
    let moment = |power| -> f64 { left_out.iter().map(|v| (centre - v).powi(power)).sum() };
    let acceleration = moment(3) / (6.0 * moment(2).powf(1.5));

    let [low, high] = TAILS.map(|tail| {
        let z = bias + normal::quantile(tail);
        let stretch = 1.0 - acceleration * z;
        (stretch > 0.0).then(|| normal::cdf(bias + z / stretch))
    });
    Some([low?, high?]).filter(|tails| tails.iter().all(|tail| tail.is_finite()))
}

/// Linear between the order statistics, as NumPy's default.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    sorted[low] + (place - place.floor()) * (sorted[high] - sorted[low])
}
