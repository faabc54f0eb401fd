//! Scores of one set of windows.

use super::{STRESS, roc::roc_auc};
use crate::run::records::Scores;

/// Probabilities are raised to this before the logarithm, so that a model that was wholly sure and wrong pays 34.5 nats
/// for it and not infinitely many.
const SMALLEST_PROBABILITY: f64 = 1e-15;

/// All scores of `K` classes on some windows.
///
/// `truth` has one class per window, `probabilities` one row per window; class 1 is stress ([`STRESS`]). A window is
/// given the class of the largest probability; among equal ones the first.
///
/// - accuracy: share of windows named right;
/// - macro F1: unweighted mean of F1 over the classes that occur in truth or among the names given, as scikit-learn's
///   `f1_score(average="macro")` has it;
/// - F1 of stress: 2 TP / (2 TP + FP + FN); undefined where stress neither occurs nor is named;
/// - balanced accuracy: mean recall over the classes that occur in truth;
/// - ROC-AUC: with two classes that of the probability of stress; with more the mean over classes of one against the
///   rest; undefined unless every class occurs;
/// - cross-entropy: see [`cross_entropy`].
///
/// # Panics
/// If the lengths differ or a truth is not below `K`, or if `K` is less than 2.
///
/// ```
/// use pathema_experiments::metrics::scores;
/// let found = scores(&[0, 0, 1], &[[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]]);
/// assert_eq!(found.accuracy, Some(2.0 / 3.0));
/// assert_eq!(found.balanced_accuracy, Some(0.75));
/// assert_eq!(found.roc_auc, Some(1.0));
/// ```
pub fn scores<const K: usize>(truth: &[usize], probabilities: &[[f64; K]]) -> Scores {
    const { assert!(K >= 2, "a task has at least two classes") };
    let counts = confusion(truth, probabilities);
    let f1 = |class: usize| {
        let hits = counts[class][class];
        let named: u64 = (0..K).map(|row| counts[row][class]).sum();
        let true_ones: u64 = counts[class].iter().sum();
        (named + true_ones > 0).then(|| 2.0 * hits as f64 / (named + true_ones) as f64)
    };
    let recall = |class: usize| {
        let true_ones: u64 = counts[class].iter().sum();
        (true_ones > 0).then(|| counts[class][class] as f64 / true_ones as f64)
    };
    let one_against_rest = |class: usize| {
        let positive: Vec<bool> = truth.iter().map(|&t| t == class).collect();
        let score: Vec<f64> = probabilities.iter().map(|p| p[class]).collect();
        roc_auc(&positive, &score)
    };
    Scores {
        windows: truth.len() as u64,
        accuracy: accuracy(truth, probabilities),
        macro_f1: mean_of_defined((0..K).map(f1)),
        stress_f1: f1(STRESS),
        balanced_accuracy: mean_of_defined((0..K).map(recall)),
        roc_auc: if K == 2 {
            one_against_rest(STRESS)
        } else {
            let areas: Option<Vec<f64>> = (0..K).map(one_against_rest).collect();
            areas.map(|areas| areas.iter().sum::<f64>() / K as f64)
        },
        cross_entropy: cross_entropy(truth, probabilities),
    }
}

/// Share of windows named right; `None` without windows.
///
/// # Panics
/// If the lengths differ.
pub fn accuracy<const K: usize>(truth: &[usize], probabilities: &[[f64; K]]) -> Option<f64> {
    assert_eq!(truth.len(), probabilities.len(), "one row per window");
    let right = truth
        .iter()
        .zip(probabilities)
        .filter(|&(&class, p)| named(p) == class)
        .count();
    (!truth.is_empty()).then(|| right as f64 / truth.len() as f64)
}

/// Mean negative log-likelihood of the truth, in nats: −(1/n) Σ ln max(p, 10⁻¹⁵).
///
/// `None` without windows, or where the probability of a truth is not a number.
///
/// # Panics
/// If the lengths differ or a truth is not below `K`.
pub fn cross_entropy<const K: usize>(truth: &[usize], probabilities: &[[f64; K]]) -> Option<f64> {
    assert_eq!(truth.len(), probabilities.len(), "one row per window");
    if truth.is_empty() {
        return None;
    }
    let mut nats = 0.0;
    for (&class, p) in truth.iter().zip(probabilities) {
        // f64::max would turn a NaN into the bound.
        if p[class].is_nan() {
            return None;
        }
        nats -= p[class].max(SMALLEST_PROBABILITY).ln();
    }
    Some(nats / truth.len() as f64)
}

/// Counts windows of truth (row) named class (column).
///
/// # Panics
/// If the lengths differ or a truth is not below `K`.
pub fn confusion<const K: usize>(truth: &[usize], probabilities: &[[f64; K]]) -> [[u64; K]; K] {
    assert_eq!(truth.len(), probabilities.len(), "one row per window");
    let mut counts = [[0; K]; K];
    for (&class, p) in truth.iter().zip(probabilities) {
        counts[class][named(p)] += 1;
    }
    counts
}

/// The class that probabilities name: that of the largest, among equal ones the first.
pub fn named(probabilities: &[f64]) -> usize {
    let mut best = 0;
    for (class, p) in probabilities.iter().enumerate() {
        if *p > probabilities[best] {
            best = class;
        }
    }
    best
}

fn mean_of_defined(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let (count, sum) = values
        .flatten()
        .fold((0u32, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum / f64::from(count))
}
