//! How sure the study's figures are.
//!
//! The way: [`summarise`] makes one [`Row`] of the cells that differ by seed only ([`group`] of all
//! cells of a study), with [`bootstrap`] intervals over subjects; [`compare`] tests models against each other, paired by
//! subject; [`gap`] measures how much a protocol flatters; [`calibration`] says whether probabilities mean what they say,
//! and mends them without a look at the held-out subject; [`roc`] averages curves; [`power`] says which differences so
//! few subjects can show at all.
//!
//! The subject is the unit everywhere: windows of one person resemble each other, so an interval or test over windows
//! would be far too sure. Seeds are averaged before anything is resampled, since running one more costs nothing but
//! time and adds no person.
//!
//! All functions are pure, and the same input gives the same bits: what is drawn comes from ChaCha8 with a fixed seed,
//! and values are sorted before they are resampled, so that the order of subjects does not matter.
//!
//! ```
//! use pathema_experiments::metrics::Task;
//! use pathema_experiments::run::records::Prediction;
//! use pathema_study::records::{Cell, Info, Key, Normalisation, Protocol};
//! use pathema_study::statistics::{Score, compare::compare_all, group};
//!
//! // Eight subjects, a window of stress and one of baseline each; one model is always right, the other never sees stress.
//! let cell = |model: &str, p_stress: f64| Cell {
//!     key: Key {
//!         experiment: "example".into(),
//!         model: model.into(),
//!         variant: String::new(),
//!         modalities: "eda".into(),
//!         protocol: Protocol::Loso,
//!         normalisation: Normalisation::Population,
//!         trained: "clean".into(),
//!         tested: "clean".into(),
//!         seed: 1,
//!     },
//!     info: Info::default(),
//!     predictions: (0..8)
//!         .flat_map(|subject| [(subject, 0), (subject, 1)])
//!         .map(|(subject, truth)| {
//!             let p = if truth == 1 { p_stress } else { 0.1 };
//!             Prediction {
//!                 model: model.into(),
//!                 subject: format!("S{subject}"),
//!                 start: 60.0 * truth as f64,
//!                 length: 60.0,
//!                 truth,
//!                 p_baseline: 1.0 - p,
//!                 p_stress: p,
//!                 p_amusement: 0.0,
//!                 p_stress_binary: p,
//!             }
//!         })
//!         .collect(),
//!     meditation: Vec::new(),
//! };
//! let rows = group(&[cell("blind", 0.2), cell("seeing", 0.9)])?;
//! let (blind, seeing) = (&rows[0], &rows[1]);
//! assert_eq!(blind.binary.accuracy.mean, 0.5);
//! let comparison = &compare_all(seeing, &[blind], Task::Binary, Score::Accuracy)?[0];
//! assert_eq!(comparison.difference, 0.5);
//! // All 8 differences point one way, as in 2 of 2⁸ assignments of signs.
//! assert_eq!(comparison.sign_flip.p, 2.0 / 256.0);
//! # Ok::<(), pathema_study::statistics::StatisticsError>(())
//! ```

pub mod bootstrap;
pub mod calibration;
pub mod compare;
mod error;
pub mod gap;
pub mod normal;
pub mod power;
pub mod roc;
mod summary;
mod windows;

use pathema_experiments::metrics::Task;
use serde::{Deserialize, Serialize};

pub use error::StatisticsError;
pub use summary::{group, summarise};

use crate::records::{Row, TaskSummary};

/// Seed of everything drawn here: the same for all rows, so that their intervals differ by their scores alone.
pub const SEED: u64 = 15;

/// Below this two scores are the same: they are ratios of counts of windows, so that real differences are far larger,
/// and rounding far smaller.
const SAME: f64 = 1e-12;

/// A score that every subject has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Score {
    /// Share of windows named right.
    Accuracy,
    /// Mean F1 of the classes that a subject has, or that were named.
    MacroF1,
}

/// A row's summary of a task.
fn of_task(row: &Row, task: Task) -> &TaskSummary {
    match task {
        Task::Binary => &row.binary,
        Task::ThreeClass => &row.three_class,
    }
}

/// Mean; NaN of nothing.
fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (count, sum) = values
        .into_iter()
        .fold((0u32, 0.0), |(count, sum), value| (count + 1, sum + value));
    sum / f64::from(count)
}

/// Sample standard deviation (n − 1); `None` of fewer than two.
fn deviation(values: &[f64]) -> Option<f64> {
    let centre = mean(values.iter().copied());
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
}
