//! What the study writes down: a [`Cell`] for each model fitted and judged, a [`Row`] for each line of a table.

use std::collections::BTreeMap;

use pathema_experiments::run::records::{BINARY_CLASSES, CLASSES, Prediction, Scores};
use serde::{Deserialize, Serialize};

/// Who is held out together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// Each subject by itself.
    Loso,
    /// Those who were stressed first, then those who were amused first: two folds, between which the protocol's clock differs.
    CrossOrder,
    /// A tenth of the windows, whoever's they are: shown only to measure how much it flatters.
    RandomSplit,
}

/// What a window's values are measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalisation {
    /// Mean and standard deviation of the training subjects.
    Population,
    /// As [`Population`](Self::Population), after the mean of the subject's own past from a random earlier start is taken off: as a
    /// device put on at any time.
    Causal,
    /// As [`Causal`](Self::Causal), the past taken from the session's start: confounded, since sessions start with the baseline.
    CausalFromStart,
    /// The subject's whole session, what comes after the window too: confounded, and not to be had by a device.
    Transductive,
}

impl Normalisation {
    /// Its name in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Normalisation::Population => "population",
            Normalisation::Causal => "causal",
            Normalisation::CausalFromStart => "causal-from-start",
            Normalisation::Transductive => "transductive",
        }
    }

    /// Whether a figure under it owes something to the protocol's clock or to the future, and is to be marked so.
    pub fn is_confounded(self) -> bool {
        matches!(
            self,
            Normalisation::CausalFromStart | Normalisation::Transductive
        )
    }
}

/// What the classes of a data set are called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassNames {
    /// By their number. The second is what the binary task seeks; of two, the three-class task says no more than the binary one.
    pub classes: Vec<String>,
    /// All but the second, in the binary task.
    pub rest: String,
}

impl ClassNames {
    /// From names of two or three classes, and of all but the second.
    pub fn new(classes: &[&str], rest: &str) -> ClassNames {
        ClassNames {
            classes: classes.iter().map(ToString::to_string).collect(),
            rest: rest.to_owned(),
        }
    }

    /// Names of the binary task's classes.
    pub fn binary(&self) -> [&str; 2] {
        let sought = self.classes.get(1).map_or("", String::as_str);
        [&self.rest, sought]
    }
}

impl Default for ClassNames {
    /// Those of WESAD.
    fn default() -> Self {
        ClassNames::new(&CLASSES, BINARY_CLASSES[0])
    }
}

/// What tells one cell from all others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The experiment's name, as its file is called.
    pub experiment: String,
    /// The model's name: `cde`, `lstm`, `forest`, `clock`, …
    pub model: String,
    /// What differs from the model's defaults, such as `hidden=8`; empty if nothing.
    pub variant: String,
    /// Modalities seen, such as `heart+eda+acc`.
    pub modalities: String,
    /// Who is held out together.
    pub protocol: Protocol,
    /// What values are measured against.
    pub normalisation: Normalisation,
    /// What it was trained on: `clean`, or `gaps` where samples were taken away.
    pub trained: String,
    /// What it was tested on: `clean`, `random-50`, `burst-70`, `heart-half`, `heart-gone`, …
    pub tested: String,
    /// Seed of everything drawn.
    pub seed: u64,
}

/// A model fitted in every fold of a protocol, and judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Which.
    pub key: Key,
    /// How it came about.
    pub info: Info,
    /// Of every test window of every subject, whoever was held out with whom.
    pub predictions: Vec<Prediction>,
    /// Of windows of meditation, which nothing was trained on; their `truth` is baseline's, since nothing else is right about them.
    pub meditation: Vec<Prediction>,
}

/// How a cell came about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Info {
    /// Whether the recordings were simulated.
    pub simulated: bool,
    /// Trainable numbers of a fold's model, of the largest where folds chose differently.
    pub parameters: u64,
    /// Seconds of all its folds' training added up, as folds ran side by side; choices left out.
    pub train_seconds: f64,
    /// `nested`: settings chosen on inner subjects; `post-hoc`: a recipe found by looking at these very subjects; `fixed`: none chosen.
    pub selection: String,
    /// Where chosen, the settings of each subject's fold.
    pub chosen: BTreeMap<String, String>,
    /// How it did while it learnt, in each epoch, mean over folds.
    pub curves: Vec<Epoch>,
    /// How it did once it had learnt, mean over folds; `None` where nobody was set aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Ends>,
}

/// What was learnt, on the windows it was learnt from and on those of inner subjects set aside.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ends {
    /// Stress against the rest, and 3 classes, of the windows learnt from.
    pub training: [Scored; 2],
    /// The same of subjects set aside, never of the one tested.
    pub validation: [Scored; 2],
}

/// Scores of windows pooled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Mean negative log-likelihood, nats.
    pub cross_entropy: f64,
    /// Share named right.
    pub accuracy: f64,
    /// Mean of the F1 of the classes.
    pub macro_f1: f64,
    /// Area under the ROC curve; of 3 classes the mean of one against the rest.
    pub roc_auc: Option<f64>,
}

impl Scored {
    /// What is undefined of no windows is NaN.
    pub fn of(scores: &Scores) -> Scored {
        Scored {
            cross_entropy: scores.cross_entropy.unwrap_or(f64::NAN),
            accuracy: scores.accuracy.unwrap_or(f64::NAN),
            macro_f1: scores.macro_f1.unwrap_or(f64::NAN),
            roc_auc: scores.roc_auc,
        }
    }

    fn mean(all: &[Scored]) -> Scored {
        let mean = |of: fn(&Scored) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
        let areas: Vec<f64> = all.iter().filter_map(|scored| scored.roc_auc).collect();
        Scored {
            cross_entropy: mean(|scored| scored.cross_entropy),
            accuracy: mean(|scored| scored.accuracy),
            macro_f1: mean(|scored| scored.macro_f1),
            roc_auc: (!areas.is_empty()).then(|| areas.iter().sum::<f64>() / areas.len() as f64),
        }
    }
}

impl Ends {
    /// Mean of folds or seeds; `None` of none.
    pub fn mean(all: &[Ends]) -> Option<Ends> {
        let of = |part: fn(&Ends) -> [Scored; 2]| {
            [0, 1].map(|task| {
                let own: Vec<Scored> = all.iter().map(|ends| part(ends)[task]).collect();
                Scored::mean(&own)
            })
        };
        (!all.is_empty()).then(|| Ends {
            training: of(|ends| ends.training),
            validation: of(|ends| ends.validation),
        })
    }
}

/// A point of a training curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// Cross-entropy of the 3 classes of the windows trained on, as they were called while it learnt; mean over folds.
    pub loss: f64,
    /// Share of training windows named right, stress against the rest.
    pub binary: f64,
    /// Share of training windows named right, 3 classes.
    pub three_class: f64,
    /// Cross-entropy of the 3 classes of validation windows; `None` where nobody was set aside.
    pub validation_loss: Option<f64>,
    /// Share of validation windows named right, stress against the rest.
    pub validation_binary: Option<f64>,
    /// Share of validation windows named right, 3 classes.
    pub validation_three_class: Option<f64>,
}

impl Epoch {
    /// Mean of folds or seeds that came to one epoch, of validation over those that have it; `None` of none.
    pub fn mean(all: &[Epoch]) -> Option<Epoch> {
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        let always = |value: fn(&Epoch) -> f64| mean(all.iter().map(value).collect());
        let sometimes = |value: fn(&Epoch) -> Option<f64>| {
            let found: Vec<f64> = all.iter().filter_map(value).collect();
            (!found.is_empty()).then(|| mean(found))
        };
        all.first().map(|first| Epoch {
            epoch: first.epoch,
            loss: always(|epoch| epoch.loss),
            binary: always(|epoch| epoch.binary),
            three_class: always(|epoch| epoch.three_class),
            validation_loss: sometimes(|epoch| epoch.validation_loss),
            validation_binary: sometimes(|epoch| epoch.validation_binary),
            validation_three_class: sometimes(|epoch| epoch.validation_three_class),
        })
    }
}

/// A figure, and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Mean over seeds.
    pub mean: f64,
    /// Sample standard deviation over seeds; 0 of one.
    pub over_seeds: f64,
    /// Bootstrap interval over subjects, 95 %, of the mean over seeds.
    pub interval: (f64, f64),
}

/// How a model did in one task, over the seeds of its cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskSummary {
    /// Mean over subjects.
    pub accuracy: Estimate,
    /// Mean over subjects of the mean F1 of the classes that a subject has, or that were named.
    pub macro_f1: Estimate,
    /// All windows pooled.
    pub pooled_accuracy: f64,
    /// All windows pooled.
    pub pooled_macro_f1: f64,
    /// Pooled; in 3 classes the mean of one against the rest.
    pub roc_auc: Option<f64>,
    /// Mean negative log-likelihood, nats, pooled.
    pub cross_entropy: f64,
    /// Expected calibration error, 15 bins of equal width, pooled.
    pub ece: f64,
    /// Accuracy and macro F1, means over subjects, of the seeds' mean probabilities.
    pub together: (f64, f64),
    /// Each subject's mean over seeds: name, accuracy, macro F1.
    pub subjects: Vec<(String, f64, f64)>,
    /// Of each subject, in the order of `subjects`, the share of each class's windows named right, mean over seeds; `None` of a
    /// class that the subject has no windows of.
    pub recalls: Vec<Vec<Option<f64>>>,
    /// Windows of truth (row) named prediction (column), mean over seeds.
    pub confusion: Vec<Vec<f64>>,
}

/// What was said of windows of meditation, which nothing was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meditation {
    /// Share called stress by the binary task's output, mean over subjects.
    pub called_stress: Estimate,
    /// Windows, all subjects together.
    pub windows: usize,
    /// Subjects who have such windows.
    pub subjects: usize,
}

/// The cells that differ by seed only, summed up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Of the cells, with the seed 0.
    pub key: Key,
    /// Seeds.
    pub seeds: usize,
    /// Test windows.
    pub windows: usize,
    /// How they came about; seconds and curves are means over seeds.
    pub info: Info,
    /// Stress against the rest.
    pub binary: TaskSummary,
    /// Baseline, stress, amusement.
    pub three_class: TaskSummary,
    /// What was said of meditation; `None` without such windows.
    pub meditation: Option<Meditation>,
}
