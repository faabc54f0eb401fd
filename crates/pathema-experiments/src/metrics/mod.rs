//! How well windows were recognised.
//!
//! [`task_results`] scores one model's predictions: each held-out subject, their mean and spread, and all windows
//! pooled. [`scores`] scores any set of windows. A score that is not defined on the windows given is `None`, never a
//! number that merely looks like one.

mod roc;
mod scores;

#[cfg(test)]
#[expect(clippy::approx_constant, reason = "a score may happen to be one")]
mod golden;
#[cfg(test)]
mod tests;

pub use roc::{roc_auc, roc_curve};
pub use scores::{accuracy, confusion, cross_entropy, named, scores};

use crate::run::records::{
    BINARY_CLASSES, CLASSES, Prediction, Scores, SubjectScores, TaskResults,
};

/// Where stress stands in [`CLASSES`] and in [`BINARY_CLASSES`].
pub const STRESS: usize = 1;

/// What is to be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Stress against baseline and amusement.
    Binary,
    /// Baseline, stress, amusement.
    ThreeClass,
}

impl Task {
    /// The classes, in the order of probabilities and confusion matrices.
    pub fn classes(self) -> &'static [&'static str] {
        match self {
            Task::Binary => &BINARY_CLASSES,
            Task::ThreeClass => &CLASSES,
        }
    }
}

/// Why a prediction cannot be scored.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PredictionError {
    /// The truth is not a class.
    #[error(
        "prediction {index} (subject {subject:?}): truth is {truth}; expected 0, 1 or 2: baseline, stress, amusement"
    )]
    Truth {
        /// Which prediction, from 0.
        index: usize,
        /// Of whom.
        subject: String,
        /// What was found.
        truth: usize,
    },
    /// A probability is not in 0–1.
    #[error(
        "prediction {index} (subject {subject:?}): {column} is {value}; expected a probability, from 0 to 1"
    )]
    Probability {
        /// Which prediction, from 0.
        index: usize,
        /// Of whom.
        subject: String,
        /// The column of `predictions.csv`.
        column: &'static str,
        /// What was found.
        value: f64,
    },
}

/// Checks that predictions read from a file can be scored by [`task_results`].
///
/// # Errors
/// The first prediction whose truth is no class, or that has a probability outside 0–1.
pub fn validate(predictions: &[Prediction]) -> Result<(), PredictionError> {
    for (index, prediction) in predictions.iter().enumerate() {
        if prediction.truth >= CLASSES.len() {
            return Err(PredictionError::Truth {
                index,
                subject: prediction.subject.clone(),
                truth: prediction.truth,
            });
        }
        for (column, value) in [
            ("p_baseline", prediction.p_baseline),
            ("p_stress", prediction.p_stress),
            ("p_amusement", prediction.p_amusement),
            ("p_stress_binary", prediction.p_stress_binary),
        ] {
            if !(0.0..=1.0).contains(&value) {
                return Err(PredictionError::Probability {
                    index,
                    subject: prediction.subject.clone(),
                    column,
                    value,
                });
            }
        }
    }
    Ok(())
}

/// Scores the predictions of one model for all held-out subjects.
///
/// Subjects stand in the order in which they first occur. The spread is the sample standard deviation (n − 1) over
/// subjects, `None` where fewer than two of them have the score. `mean.windows` and `std.windows` are rounded to whole
/// windows. The ROC curve is that of the probability of stress, without the points that lie on a straight line between
/// their neighbours; it is empty where truth is all stress or has none.
///
/// # Panics
/// If the truth of a prediction is not an index into [`CLASSES`]: [`validate`] what was read from a file.
///
/// ```
/// use pathema_experiments::metrics::{Task, task_results};
/// use pathema_experiments::run::records::Prediction;
///
/// let window = |subject: &str, truth, p_stress| Prediction {
///     model: "neural-cde".into(),
///     subject: subject.into(),
///     start: 0.0,
///     length: 60.0,
///     truth,
///     p_baseline: 1.0 - p_stress,
///     p_stress,
///     p_amusement: 0.0,
///     p_stress_binary: p_stress,
/// };
/// let predictions = [
///     window("S2", 0, 0.1), window("S2", 1, 0.9),
///     window("S3", 0, 0.7), window("S3", 1, 0.8),
/// ];
/// let results = task_results(&predictions, Task::Binary);
/// assert_eq!(results.mean.accuracy, Some(0.75));
/// assert_eq!(results.pooled.roc_auc, Some(1.0));
/// assert_eq!(results.confusion, [[1, 1], [0, 2]]);
/// ```
pub fn task_results(predictions: &[Prediction], task: Task) -> TaskResults {
    match task {
        Task::Binary => summarise(predictions, |prediction| {
            (usize::from(prediction.truth == STRESS), prediction.binary())
        }),
        Task::ThreeClass => summarise(predictions, |prediction| {
            (prediction.truth, prediction.three_class())
        }),
    }
}

/// The windows of one subject.
struct Subject<'a, const K: usize> {
    name: &'a str,
    truth: Vec<usize>,
    probabilities: Vec<[f64; K]>,
}

fn summarise<const K: usize>(
    predictions: &[Prediction],
    view: impl Fn(&Prediction) -> (usize, [f64; K]),
) -> TaskResults {
    let mut subjects: Vec<Subject<K>> = Vec::new();
    let mut truth = Vec::with_capacity(predictions.len());
    let mut probabilities = Vec::with_capacity(predictions.len());
    for prediction in predictions {
        let (class, p) = view(prediction);
        truth.push(class);
        probabilities.push(p);
        let known = subjects
            .iter()
            .position(|subject| subject.name == prediction.subject);
        let index = known.unwrap_or_else(|| {
            subjects.push(Subject {
                name: &prediction.subject,
                truth: Vec::new(),
                probabilities: Vec::new(),
            });
            subjects.len() - 1
        });
        subjects[index].truth.push(class);
        subjects[index].probabilities.push(p);
    }
    let per_subject: Vec<SubjectScores> = subjects
        .iter()
        .map(|subject| SubjectScores {
            subject: subject.name.to_owned(),
            scores: scores(&subject.truth, &subject.probabilities),
        })
        .collect();
    let stressed: Vec<bool> = truth.iter().map(|&class| class == STRESS).collect();
    let p_stress: Vec<f64> = probabilities.iter().map(|p| p[STRESS]).collect();
    TaskResults {
        mean: over_subjects(&per_subject, mean),
        std: over_subjects(&per_subject, sample_deviation),
        pooled: scores(&truth, &probabilities),
        confusion: confusion(&truth, &probabilities).map(Vec::from).to_vec(),
        roc: roc::corners(&roc_curve(&stressed, &p_stress)),
        per_subject,
    }
}

/// One statistic of every score over subjects, each over those for whom it is defined.
fn over_subjects(subjects: &[SubjectScores], statistic: fn(&[f64]) -> Option<f64>) -> Scores {
    let of = |score: fn(&Scores) -> Option<f64>| {
        let defined: Vec<f64> = subjects
            .iter()
            .filter_map(|subject| score(&subject.scores))
            .collect();
        statistic(&defined)
    };
    Scores {
        windows: of(|s| Some(s.windows as f64)).unwrap_or(0.0).round() as u64,
        accuracy: of(|s| s.accuracy),
        macro_f1: of(|s| s.macro_f1),
        stress_f1: of(|s| s.stress_f1),
        balanced_accuracy: of(|s| s.balanced_accuracy),
        roc_auc: of(|s| s.roc_auc),
        cross_entropy: of(|s| s.cross_entropy),
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn sample_deviation(values: &[f64]) -> Option<f64> {
    let centre = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
}
