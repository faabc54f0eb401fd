//! Whether probabilities mean what they say, and how to mend them.
//!
//! [`Reliability`] compares how sure a model was with how often it was right. [`Recalibration`] mends a fold's
//! probabilities by what was seen on its *inner* subjects: the validation windows of its training subjects, predicted by a
//! model that was not trained on them. It knows who is held out, refuses to learn from them, and refuses to be used on
//! anybody else, so that the calibrated figures of a table owe nothing to the subjects they are about.
//!
//! ```
//! use pathema_experiments::run::records::Prediction;
//! use pathema_study::statistics::calibration::Recalibration;
//!
//! let window = |subject: &str, start, truth, p_stress| Prediction {
//!     model: "neural-cde".into(),
//!     subject: subject.into(),
//!     start,
//!     length: 60.0,
//!     truth,
//!     p_baseline: 1.0 - p_stress,
//!     p_stress,
//!     p_amusement: 0.0,
//!     p_stress_binary: p_stress,
//! };
//! // On inner subjects the model says .99 and is right in 3 of 4 windows.
//! let inner = [(1, 0.99), (1, 0.99), (0, 0.99), (0, 0.01)];
//! let inner: Vec<Prediction> = (0u8..4)
//!     .zip(inner)
//!     .map(|(place, (truth, p))| window("S3", 60.0 * f64::from(place), truth, p))
//!     .collect();
//! let recalibration = Recalibration::fit(["S2"], &inner)?;
//! // So .99 of the held-out subject becomes .75.
//! let held_out = recalibration.apply(&[window("S2", 0.0, 1, 0.99)])?;
//! assert!((held_out[0].p_stress_binary - 0.75).abs() < 1e-9);
//! assert!(Recalibration::fit(["S3"], &inner).is_err());
//! # Ok::<(), pathema_study::statistics::StatisticsError>(())
//! ```

mod platt;
mod recalibration;
mod reliability;
mod temperature;

pub use platt::Platt;
pub use recalibration::Recalibration;
pub use reliability::{BINS, Bin, Reliability, brier};
pub use temperature::{HOTTEST, Temperature};

/// Probabilities are raised to this before the logarithm, as where the cross-entropy is scored.
const SMALLEST_PROBABILITY: f64 = 1e-15;

/// Its logarithm, of what is at least [`SMALLEST_PROBABILITY`].
fn log(probability: f64) -> f64 {
    probability.max(SMALLEST_PROBABILITY).ln()
}
