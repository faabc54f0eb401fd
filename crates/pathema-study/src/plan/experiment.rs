use std::fmt;
use std::path::{Path, PathBuf};

use pathema_experiments::config::ModalityGroup;
use serde::{Deserialize, Serialize};

use crate::records::{Normalisation, Protocol};
use crate::report::material::Layout;

/// How much is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Within an hour on two cores: fewer seeds, the same windows and folds.
    Quick,
    /// Everything, for results to be kept.
    Full,
}

/// An experiment: a file of `experiments/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// Its name, as the file is called.
    pub name: String,
    /// What stands above its tables.
    pub title: String,
    /// What it is to find out, in a few sentences.
    pub purpose: String,
    /// Whose recordings.
    #[serde(default)]
    pub data: DataSet,
    /// Which tables and figures.
    #[serde(default)]
    pub layout: Layout,
    /// What is to be told apart.
    #[serde(default)]
    pub question: Question,
    /// Seconds of a window, and from one to the next.
    #[serde(default)]
    pub windows: Windows,
    /// Seeds of each cell.
    pub seeds: Seeds,
    /// What is fitted and judged.
    #[serde(rename = "run")]
    pub runs: Vec<Run>,
}

/// Whose recordings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataSet {
    /// WESAD, or recordings in its layout.
    #[default]
    Wesad,
    /// AffectiveROAD: stress of drivers as an observer rated it, folds by driver.
    AffectiveRoad,
}

/// What is to be told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Stress against the rest; baseline, stress and amusement.
    #[default]
    Stress,
    /// Baseline against the rest, by what was said of the three classes.
    Baseline,
}

/// How sessions are cut; all in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Windows {
    /// Length of a window.
    pub length: f64,
    /// From one window to the next where models are judged.
    pub shift: f64,
    /// From one window to the next where they learn.
    pub train_shift: f64,
}

impl Default for Windows {
    fn default() -> Self {
        Windows {
            length: 60.0,
            shift: 30.0,
            train_shift: 5.0,
        }
    }
}

/// Seeds by profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seeds {
    /// Of the quick profile; 0 leaves the experiment or run out.
    pub quick: u64,
    /// Of the full one.
    pub full: u64,
}

impl Seeds {
    /// How many of a profile.
    pub fn of(self, profile: Profile) -> u64 {
        match profile {
            Profile::Quick => self.quick,
            Profile::Full => self.full,
        }
    }
}

/// Models under protocols and normalisations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Recipes, by their names.
    pub models: Vec<String>,
    /// Subjects; empty for all.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// Who is held out together.
    #[serde(default = "loso")]
    pub protocols: Vec<Protocol>,
    /// What values are measured against.
    #[serde(default = "population")]
    pub normalisations: Vec<Normalisation>,
    /// Modalities; empty for the recipe's.
    #[serde(default)]
    pub modalities: Vec<ModalityGroup>,
    /// How settings are chosen.
    #[serde(default)]
    pub selection: Selection,
    /// Other outputs of a network that are judged beside the fused one: `late`, `both`, `modalities`.
    #[serde(default)]
    pub outputs: Vec<String>,
    /// Settings that differ from the recipe's, one cell each; none for the recipe as it is.
    #[serde(default, rename = "variant")]
    pub variants: Vec<Variant>,
    /// Recordings learnt from.
    #[serde(default = "clean")]
    pub trained: Vec<Trained>,
    /// Recordings judged on.
    #[serde(default = "as_recorded")]
    pub tested: Vec<Tested>,
    /// Seeds, where they are not the experiment's.
    #[serde(default)]
    pub seeds: Option<Seeds>,
}

fn loso() -> Vec<Protocol> {
    vec![Protocol::Loso]
}

fn population() -> Vec<Normalisation> {
    vec![Normalisation::Population]
}

fn clean() -> Vec<Trained> {
    vec![Trained::Clean]
}

fn as_recorded() -> Vec<Tested> {
    vec![Tested::Recording("clean".into())]
}

/// How settings are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Selection {
    /// By none: the recipe's are taken. A recipe that was found by looking at the scores of all subjects is post hoc.
    #[default]
    Recipe,
    /// On inner subjects only, among the recipe's candidates.
    Nested,
}

/// Settings that differ from a recipe's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// How tables call it.
    pub name: String,
    /// The settings.
    pub set: toml::Table,
}

/// Recordings learnt from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trained {
    /// As they were recorded.
    Clean,
    /// Three batches of five through recordings with samples taken away.
    Gaps,
}

impl Trained {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Trained::Clean => "clean",
            Trained::Gaps => "gaps",
        }
    }
}

/// What is judged on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Tested {
    /// A recording: `clean`, or one with samples taken away, by its name (`random-50`, `burst-70`).
    Recording(String),
    /// A modality that fails in every window, after a share of it.
    Lost {
        /// Which.
        lost: ModalityGroup,
        /// After which share of the window; 0 for all of it.
        after: f64,
    },
}

impl fmt::Display for Tested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tested::Recording(name) => f.write_str(name),
            Tested::Lost { lost, after } if *after == 0.0 => write!(f, "{}-gone", lost.name()),
            Tested::Lost { lost, after } if *after == 0.5 => write!(f, "{}-half", lost.name()),
            Tested::Lost { lost, after } => write!(f, "{}-after-{after}", lost.name()),
        }
    }
}

/// Why an experiment's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// It cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not what an experiment looks like.
    #[error("{}: {source}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A setting is none of a recipe's.
    #[error("recipe {recipe}, {what}: {source}")]
    Setting {
        /// Which.
        recipe: String,
        /// The candidate or variant.
        what: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A value cannot be used.
    #[error("recipe {recipe}, {what}: {problem}")]
    Value {
        /// Which.
        recipe: String,
        /// The candidate or variant.
        what: String,
        /// What is off.
        problem: String,
    },
    /// Nobody knows the recipe.
    #[error("no recipe is called {name}: there are {}", known.join(", "))]
    UnknownRecipe {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
}

impl Experiment {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ExperimentError`] names the file and the key.
    pub fn read(path: &Path) -> Result<Experiment, ExperimentError> {
        let text = std::fs::read_to_string(path).map_err(|source| ExperimentError::Read {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|source| ExperimentError::Toml {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }
}
