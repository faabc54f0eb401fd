//! What a report is made of: plain data, gathered elsewhere.

use pathema_experiments::metrics;
use serde::{Deserialize, Serialize};

use crate::records::{Key, Normalisation, Protocol, Row, TaskSummary};

/// All that [`write`](super::write) shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Material {
    /// Over the page and the index.
    pub title: String,
    /// Whether all recordings were simulated. Rows whose [`Info`](crate::records::Info) says so are marked even where this is `false`.
    pub simulated: bool,
    /// Name of the recordings.
    pub data: String,
    /// When, ready to be shown.
    pub created: String,
    /// Commit of the code.
    pub commit: String,
    /// `quick` or `full`.
    pub profile: String,
    /// Processor, cores and system.
    pub machine: String,
    /// Wall time of all of it, seconds.
    pub wall_seconds: f64,
    /// Name of the model that the study is about: shown first, and compared with all others.
    pub headline: String,
    /// What was to be reached.
    pub aims: Vec<Aim>,
    /// Every line of every table.
    pub rows: Vec<Row>,
    /// Paired tests.
    pub comparisons: Vec<NamedComparison>,
    /// Reliability curves.
    pub reliability: Vec<Reliability>,
    /// ROC curves.
    pub roc: Vec<Roc>,
    /// What each model costs.
    pub costs: Vec<Cost>,
    /// What goes on in a model.
    pub inside: Option<Inside>,
    /// What the experiments are, in the order of the report. Rows of an experiment that is not here are shown all the same, last.
    pub experiments: Vec<ExperimentText>,
}

/// The two tasks of every row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Two classes: stress against the rest, unless the experiment's text says otherwise.
    Binary,
    /// Three classes: baseline, stress, amusement, unless the experiment's text says otherwise.
    ThreeClass,
}

impl Task {
    /// Both, in order.
    pub const ALL: [Task; 2] = [Task::Binary, Task::ThreeClass];

    /// As metrics name it.
    pub fn metric(self) -> metrics::Task {
        match self {
            Task::Binary => metrics::Task::Binary,
            Task::ThreeClass => metrics::Task::ThreeClass,
        }
    }

    /// A row's summary of it.
    pub fn of(self, row: &Row) -> &TaskSummary {
        match self {
            Task::Binary => &row.binary,
            Task::ThreeClass => &row.three_class,
        }
    }
}

/// What an experiment is for, and how its rows are laid out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExperimentText {
    /// As in [`Key::experiment`]; also the name of its files: letters, digits, `-` and `_`.
    pub name: String,
    /// Its heading.
    pub title: String,
    /// What it asks, in a sentence or two.
    pub purpose: String,
    /// Which tables and figures.
    pub layout: Layout,
    /// What the first task is.
    pub binary: TaskText,
    /// What the second task is.
    pub three_class: TaskText,
}

impl ExperimentText {
    /// An experiment on WESAD's two usual tasks.
    pub fn new(name: &str, title: &str, purpose: &str, layout: Layout) -> ExperimentText {
        let text = |name: &str, classes: &[&str]| TaskText {
            name: name.into(),
            classes: classes.iter().map(|&class| class.into()).collect(),
        };
        ExperimentText {
            name: name.into(),
            title: title.into(),
            purpose: purpose.into(),
            layout,
            binary: text("stress against the rest", &["rest", "stress"]),
            three_class: text("3 classes", &["baseline", "stress", "amusement"]),
        }
    }

    /// What a task is.
    pub fn task(&self, task: Task) -> &TaskText {
        match task {
            Task::Binary => &self.binary,
            Task::ThreeClass => &self.three_class,
        }
    }
}

/// A task's name, and its classes in the order of the confusion matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskText {
    /// Such as `stress against the rest`.
    pub name: String,
    /// Such as `rest` and `stress`.
    pub classes: Vec<String>,
}

/// Which tables and figures an experiment's rows become. Every layout shows every row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// A table and a chart for each protocol and normalisation.
    #[default]
    Generic,
    /// As [`Generic`](Self::Generic), with the figures of the method beside each modality, bars, and training curves.
    Method,
    /// As [`Generic`](Self::Generic), with bars of accuracy and F1, each subject, and confusion matrices.
    Comparison,
    /// Accuracy against the share of samples missing.
    Missing,
    /// As [`Generic`](Self::Generic), with what a protocol, a normalisation or a modality changes, and false alarms.
    Honesty,
    /// As [`Generic`](Self::Generic), each variant beside the default.
    Ablation,
}

/// What was to be reached, by the row of the headline model that fits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aim {
    /// What it is called in the table.
    pub title: String,
    /// Whose rows; `None` for the headline model's.
    #[serde(default)]
    pub model: Option<String>,
    /// Modalities of the row; `None`: those that the headline model was run with most often.
    pub modalities: Option<String>,
    /// Protocol of the row.
    pub protocol: Protocol,
    /// Normalisation of the row.
    pub normalisation: Normalisation,
    /// What the row was tested on.
    pub tested: String,
    /// Least accuracy and macro F1 of the binary task.
    pub binary: (f64, Option<f64>),
    /// Least accuracy and macro F1 of the 3-class task.
    pub three_class: (f64, Option<f64>),
}

impl Aim {
    /// The six aims of the study on WESAD's wrist recordings, as they were set before it was run.
    pub fn of_the_study() -> Vec<Aim> {
        use Normalisation::{Causal, Population};
        use Protocol::{CrossOrder, Loso};
        let aim =
            |title: &str, protocol, normalisation, binary: (f64, f64), three: (f64, f64)| Aim {
                title: title.into(),
                model: None,
                modalities: None,
                protocol,
                normalisation,
                tested: "clean".into(),
                binary: (binary.0, Some(binary.1)),
                three_class: (three.0, Some(three.1)),
            };
        vec![
            aim(
                "LOSO, population",
                Loso,
                Population,
                (0.955, 0.945),
                (0.83, 0.75),
            ),
            aim("LOSO, causal", Loso, Causal, (0.955, 0.945), (0.87, 0.79)),
            aim(
                "cross-order, population",
                CrossOrder,
                Population,
                (0.945, 0.935),
                (0.80, 0.70),
            ),
            aim(
                "cross-order, causal",
                CrossOrder,
                Causal,
                (0.945, 0.935),
                (0.85, 0.76),
            ),
            Aim {
                title: "EDA alone, LOSO, population".into(),
                model: None,
                modalities: Some("eda".into()),
                protocol: Loso,
                normalisation: Population,
                tested: "clean".into(),
                binary: (0.90, None),
                three_class: (0.78, None),
            },
            Aim {
                title: "70 % gone in bursts, LOSO, population".into(),
                model: None,
                modalities: None,
                protocol: Loso,
                normalisation: Population,
                tested: "burst-70".into(),
                binary: (0.92, None),
                three_class: (0.80, None),
            },
        ]
    }

    /// The same for whole recordings, asked of another model.
    pub fn of_model(&self, model: &str, told: &str) -> Aim {
        Aim {
            title: format!("{}, {told}", self.title),
            model: Some(model.into()),
            ..self.clone()
        }
    }

    /// Least accuracy and macro F1 of a task.
    pub fn least(&self, task: Task) -> (f64, Option<f64>) {
        match task {
            Task::Binary => self.binary,
            Task::ThreeClass => self.three_class,
        }
    }
}

/// A paired test of one row against another. Keys are matched without their seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedComparison {
    /// The row compared.
    pub key: Key,
    /// What it is compared with, the headline model's as a rule.
    pub against: Key,
    /// In which task.
    pub task: Task,
    /// Accuracy of `key` minus accuracy of `against`, mean over subjects.
    pub difference: f64,
    /// Bootstrap interval over subjects, 95 %.
    pub interval: (f64, f64),
    /// The smallest difference that the test would find in four studies of five, of subjects who differ as these do; `None` of too few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable: Option<f64>,
    /// Of the paired test, before correction.
    pub p: f64,
    /// After Holm's correction over the tests of its family.
    pub p_holm: f64,
    /// Name of the test, such as `sign-flip permutation`.
    pub test: String,
}

/// How often what is said with some confidence is right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Of which row.
    pub key: Key,
    /// In which task.
    pub task: Task,
    /// As the model says it.
    pub before: Vec<Bin>,
    /// After recalibration on training subjects only; empty if none was done.
    pub after: Vec<Bin>,
    /// Expected calibration error of `before`.
    pub ece_before: f64,
    /// Expected calibration error of `after`.
    pub ece_after: Option<f64>,
}

/// A bin of a reliability curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Mean probability given to the class named.
    pub confidence: f64,
    /// Share named right.
    pub accuracy: f64,
    /// Windows in it, mean over seeds.
    pub windows: f64,
}

/// ROC curve of the binary task, windows pooled, mean over seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Roc {
    /// Of which row.
    pub key: Key,
    /// False positive rate and true positive rate, from (0, 0) to (1, 1).
    pub points: Vec<(f64, f64)>,
}

/// What a model costs, per second of signal on one core unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cost {
    /// As in [`Key::model`].
    pub model: String,
    /// Trainable numbers.
    pub parameters: u64,
    /// Multiplications followed by an addition.
    pub multiply_adds_per_second: f64,
    /// Evaluations of the vector field, or steps of a recurrent model; 0 where there is nothing of the kind.
    pub field_evaluations_per_second: f64,
    /// Of the weights as stored.
    pub weight_bytes: u64,
    /// Kept from one sample to the next while running.
    pub state_bytes: u64,
    /// Largest resident size of a process that does nothing else.
    pub peak_bytes: Option<u64>,
    /// Wall time.
    pub nanoseconds_per_second: f64,
    /// Counted by callgrind.
    pub instructions_per_second: Option<f64>,
    /// Of one LOSO, all folds, processor time.
    pub train_seconds: f64,
}

/// What goes on in a model while a held-out subject's session goes by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inside {
    /// As in [`Key::model`].
    pub model: String,
    /// Who was held out.
    pub subject: String,
    /// How the model and the subject were come by, in whole sentences.
    pub told: String,
    /// Which modality asks which.
    pub attention: Option<Attention>,
    /// Latent states, projected to the plane of their two largest principal components.
    pub trajectory: Vec<LatentPoint>,
    /// Predictions over the session.
    pub timeline: Option<Timeline>,
}

/// Cross-modal attention over a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// Names, in the order of `weights`.
    pub modalities: Vec<String>,
    /// Start of each window, seconds.
    pub starts: Vec<f64>,
    /// Share of attention, `[asks][is asked][window]`, mean over heads and instants.
    pub weights: Vec<Vec<Vec<f64>>>,
}

/// A latent state.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatentPoint {
    /// Which window's trajectory; points of one trajectory follow each other.
    pub window: usize,
    /// Seconds since the window's start.
    pub time: f64,
    /// First principal component.
    pub x: f64,
    /// Second principal component.
    pub y: f64,
    /// Index of the window's class.
    pub class: usize,
}

/// A held-out subject's session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// In order of time.
    pub windows: Vec<TimelineWindow>,
    /// Signals of the session. Drawn only where [`Material::simulated`] holds: nobody's recording is shown.
    pub signals: Vec<TimelineSignal>,
}

/// What was said of a window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelineWindow {
    /// Seconds since the session's start.
    pub start: f64,
    /// Seconds.
    pub length: f64,
    /// Index of the class; `None` outside the three states.
    pub truth: Option<usize>,
    /// Probabilities of baseline, stress and amusement.
    pub three_class: [f64; 3],
    /// Probability of stress, by the binary task's own output.
    pub stress: f64,
}

/// A simulated signal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimelineSignal {
    /// Such as `EDA`.
    pub name: String,
    /// Such as `µS`.
    pub unit: String,
    /// Seconds and value, in order of time.
    pub samples: Vec<(f64, f64)>,
}
