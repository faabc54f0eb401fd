//! The mean ROC curve over subjects, with a band.

use pathema_experiments::metrics::{STRESS, Task, roc_curve};
use pathema_experiments::run::records::Prediction;
use serde::{Deserialize, Serialize};

use super::bootstrap::Bootstrap;
use super::windows::Seeds;
use super::{StatisticsError, mean};
use crate::records::Cell;

/// Points of the mean curve: every hundredth of false alarms.
const POINTS: usize = 101;

/// Vertical average of the subjects' ROC curves of stress against the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanRoc {
    /// Subjects who have both stress and other windows; the others have no curve.
    pub subjects: usize,
    /// From no false alarms to all; empty without subjects.
    pub points: Vec<MeanRocPoint>,
}

/// Where the mean curve is at a share of false alarms.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanRocPoint {
    /// Share of other windows called stress.
    pub false_positive_rate: f64,
    /// Share of stress windows called stress, mean over subjects of the mean over seeds.
    pub true_positive_rate: f64,
    /// Bootstrap interval over subjects, 95 %, of this point by itself; of one subject 0–1.
    pub interval: (f64, f64),
}

/// Averages the curves of cells that differ by seed only (Fawcett 2006, *An introduction to ROC analysis*, section 8.1).
///
/// Of the probability of stress that the task's output gives. Unlike the pooled curve, the mean one does not ask that one
/// threshold suits all subjects.
///
/// # Errors
/// As [`summarise`](super::summarise).
pub fn mean_roc<'a>(
    cells: impl IntoIterator<Item = &'a Cell>,
    task: Task,
) -> Result<MeanRoc, StatisticsError> {
    let seeds = Seeds::of(cells)?;
    let mut names: Vec<&str> = Vec::new();
    for prediction in &seeds.predictions[0] {
        if !names.contains(&prediction.subject.as_str()) {
            names.push(&prediction.subject);
        }
    }
    // Of each subject with a curve, the mean over seeds at each point: whether there is one hangs on the truth alone.
    let curves: Vec<Vec<f64>> = names
        .iter()
        .filter_map(|name| {
            let of_seeds: Option<Vec<Vec<f64>>> = seeds
                .predictions
                .iter()
                .map(|windows| sampled(windows.iter().filter(|p| p.subject == *name), task))
                .collect();
            let of_seeds = of_seeds?;
            Some(
                (0..POINTS)
                    .map(|at| mean(of_seeds.iter().map(|curve| curve[at])))
                    .collect(),
            )
        })
        .collect();
    let bootstrap = Bootstrap::new(curves.len());
    let point = |at: usize| {
        let rates: Vec<f64> = curves.iter().map(|curve| curve[at]).collect();
        MeanRocPoint {
            false_positive_rate: rate(at),
            true_positive_rate: mean(rates.iter().copied()),
            interval: bootstrap.mean_interval(&rates).unwrap_or((0.0, 1.0)),
        }
    };
    let points = if curves.is_empty() { 0 } else { POINTS };
    Ok(MeanRoc {
        subjects: curves.len(),
        points: (0..points).map(point).collect(),
    })
}

/// False alarms at a point of the mean curve.
fn rate(point: usize) -> f64 {
    point as f64 / (POINTS - 1) as f64
}

/// One subject's curve at every point; `None` where truth is all stress or has none.
fn sampled<'a>(windows: impl Iterator<Item = &'a Prediction>, task: Task) -> Option<Vec<f64>> {
    let (positive, score): (Vec<bool>, Vec<f64>) = windows
        .map(|p| match task {
            Task::Binary => (p.truth == STRESS, p.p_stress_binary),
            Task::ThreeClass => (p.truth == STRESS, p.p_stress),
        })
        .unzip();
    let curve = roc_curve(&positive, &score);
    (!curve.is_empty()).then(|| (0..POINTS).map(|at| height(&curve, rate(at))).collect())
}

/// Vertical average of [`roc_curve`]s, such as those of several seeds: at every hundredth of false alarms the mean of their true
/// positive rates. One curve stays as it is; of none there is none.
///
/// ```
/// use pathema_study::statistics::roc::vertical_mean;
/// let sure = vec![(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
/// let chance = vec![(0.0, 0.0), (1.0, 1.0)];
/// let mean = vertical_mean(&[sure, chance]);
/// assert_eq!((mean[0], mean[1]), ((0.0, 0.0), (0.0, 0.5)));
/// assert_eq!(mean.last(), Some(&(1.0, 1.0)));
/// ```
pub fn vertical_mean(curves: &[Vec<(f64, f64)>]) -> Vec<(f64, f64)> {
    if let [one] = curves {
        return one.clone();
    }
    if curves.iter().any(Vec::is_empty) || curves.is_empty() {
        return Vec::new();
    }
    let at = |x: f64| (x, mean(curves.iter().map(|curve| height(curve, x))));
    std::iter::once((0.0, 0.0))
        .chain((0..POINTS).map(rate).map(at))
        .collect()
}

/// The true positive rate of a [`roc_curve`] at a false positive rate in 0–1: on a rise the upper end, between points linear
/// (Fawcett 2006, algorithm 3). NaN without a curve.
///
/// ```
/// use pathema_study::statistics::roc::height;
/// let curve = [(0.0, 0.0), (0.0, 0.5), (0.5, 1.0), (1.0, 1.0)];
/// assert_eq!([0.0, 0.25, 0.5, 1.0].map(|x| height(&curve, x)), [0.5, 0.75, 1.0, 1.0]);
/// ```
pub fn height(curve: &[(f64, f64)], x: f64) -> f64 {
    let beyond = curve.partition_point(|point| point.0 <= x);
    // A curve starts at 0, so that every x has a point before it.
    let Some(before) = beyond.checked_sub(1).map(|last| curve[last]) else {
        return f64::NAN;
    };
    match curve.get(beyond) {
        Some(after) => before.1 + (x - before.0) / (after.0 - before.0) * (after.1 - before.1),
        None => before.1,
    }
}
