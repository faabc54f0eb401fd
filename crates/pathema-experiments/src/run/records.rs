//! What a run writes down: the records in `results.json`, `metrics.jsonl` and `predictions.csv`.
//!
//! `docs/run-folder.md` describes them for readers of the files.

use serde::{Deserialize, Serialize};

/// The classes of the 3-class task, in the order of every probability vector and confusion matrix.
pub const CLASSES: [&str; 3] = ["baseline", "stress", "amusement"];

/// The classes of the binary task.
pub const BINARY_CLASSES: [&str; 2] = ["not stress", "stress"];

/// What was recognised in one window of one held-out subject: a row of `predictions.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Which model: `neural-cde`, `majority`, `clock`.
    pub model: String,
    /// The held-out subject.
    pub subject: String,
    /// Start of the window, seconds since the start of the recording.
    pub start: f64,
    /// Seconds.
    pub length: f64,
    /// Index into [`CLASSES`].
    pub truth: usize,
    /// Probability of baseline in the 3-class task.
    pub p_baseline: f64,
    /// Probability of stress in the 3-class task.
    pub p_stress: f64,
    /// Probability of amusement in the 3-class task.
    pub p_amusement: f64,
    /// Probability of stress in the binary task (stress against the rest), by the model's own output for it.
    pub p_stress_binary: f64,
}

impl Prediction {
    /// Probabilities of [`CLASSES`].
    pub fn three_class(&self) -> [f64; 3] {
        [self.p_baseline, self.p_stress, self.p_amusement]
    }

    /// Probabilities of [`BINARY_CLASSES`].
    pub fn binary(&self) -> [f64; 2] {
        [1.0 - self.p_stress_binary, self.p_stress_binary]
    }
}

/// One epoch of one fold: a line of `metrics.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// The held-out subject that names the fold.
    pub fold: String,
    /// From 1.
    pub epoch: usize,
    /// Mean training loss over the epoch's batches (both tasks, with the auxiliary terms).
    pub train_loss: f64,
    /// Scores on the windows trained on, gathered while training: with dropout and noise.
    pub train: TaskPair,
    /// Scores on the inner validation subjects, by which the epoch is chosen.
    pub validation: TaskPair,
    /// Learning rate at the end of the epoch.
    pub learning_rate: f64,
    /// Seconds that the epoch took.
    pub seconds: f64,
}

/// Scores of both tasks during training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskPair {
    /// Stress against the rest.
    pub binary: EpochScores,
    /// Baseline, stress, amusement.
    pub three_class: EpochScores,
}

/// Scores of one task during training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochScores {
    /// Mean negative log-likelihood of the truth, in nats, without class weights.
    pub cross_entropy: f64,
    /// Share of windows named right.
    pub accuracy: f64,
}

/// `results.json`: what the run found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Version of this schema.
    pub schema: u32,
    /// Whether the recordings were simulated; then so are all numbers here.
    pub simulated: bool,
    /// All subjects, each held out once.
    pub subjects: Vec<String>,
    /// Seed of the run.
    pub seed: u64,
    /// The recogniser or the classifiers first, then what they are measured against.
    pub models: Vec<ModelResults>,
    /// Of each fold: which epoch was chosen, on whom.
    pub folds: Vec<FoldSummary>,
    /// Trainable parameters of the recogniser.
    pub parameters: usize,
    /// Seconds from the start of training to the last prediction; of the last session, where the run was resumed.
    pub seconds: f64,
}

/// How one model did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelResults {
    /// `neural-cde`, `majority`, `clock`, or a classifier of features (`lda`, `logistic`, `tree`, `forest`, `adaboost`, `knn`).
    pub model: String,
    /// Stress against baseline and amusement.
    pub binary: TaskResults,
    /// Baseline, stress, amusement.
    pub three_class: TaskResults,
}

/// How one model did in one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskResults {
    /// Mean over subjects of each score; a subject for whom a score is undefined is left out of its mean.
    pub mean: Scores,
    /// Sample standard deviation over subjects of each score.
    pub std: Scores,
    /// All windows of all subjects together.
    pub pooled: Scores,
    /// Each held-out subject.
    pub per_subject: Vec<SubjectScores>,
    /// Windows of truth (row) named prediction (column), all subjects.
    pub confusion: Vec<Vec<u64>>,
    /// Pooled ROC curve of stress against the rest: (false positive rate, true positive rate), from (0, 0) to (1, 1).
    pub roc: Vec<(f64, f64)>,
}

/// One held-out subject's scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubjectScores {
    /// Who.
    pub subject: String,
    /// How well.
    #[serde(flatten)]
    pub scores: Scores,
}

/// Scores of one task on some windows. A score that is not defined on them (the ROC-AUC where only one class
/// occurs, say) is `null`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// How many windows.
    pub windows: u64,
    /// Share named right.
    pub accuracy: Option<f64>,
    /// Mean of the F1 of the classes that occur in truth or prediction.
    pub macro_f1: Option<f64>,
    /// F1 of stress.
    pub stress_f1: Option<f64>,
    /// Mean of the recalls of the classes that occur.
    pub balanced_accuracy: Option<f64>,
    /// Area under the ROC curve; in the 3-class task the mean over classes of one against the rest.
    pub roc_auc: Option<f64>,
    /// Mean negative log-likelihood of the truth, in nats.
    pub cross_entropy: Option<f64>,
}

/// How a fold was trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoldSummary {
    /// The subject held out.
    pub held_out: String,
    /// Subjects trained on.
    pub fitted_on: Vec<String>,
    /// Subjects by whom the epoch was chosen.
    pub validated_on: Vec<String>,
    /// The epoch chosen, from 1.
    pub chosen_epoch: usize,
    /// Epochs trained.
    pub epochs: usize,
}
