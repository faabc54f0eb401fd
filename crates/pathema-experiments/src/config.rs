//! What a run is told to do: `config.toml`.

mod baselines;
mod check;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

pub use baselines::{BaselineConfig, ClassifierKind};

/// All settings that decide what a run computes. Unknown keys are refused, missing ones take their defaults.
///
/// ```
/// use pathema_experiments::config::Config;
/// let config = Config::from_toml("[train]\nepochs = 3\n")?;
/// assert_eq!(config.train.epochs, 3);
/// assert!(Config::from_toml("[train]\nepoch = 3\n").is_err());
/// # Ok::<(), anyhow::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Which recordings.
    pub data: DataConfig,
    /// How sessions are cut.
    pub windows: WindowConfig,
    /// How windows become control paths.
    pub path: PathConfig,
    /// How the paths are followed.
    pub solver: SolverConfig,
    /// Sizes of the recogniser.
    pub model: ModelConfig,
    /// How it is fitted.
    pub train: TrainConfig,
    /// Classifiers of features instead of the recogniser: `path`, `solver`, `model` and, but for the seed, `train` say nothing then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baselines: Option<BaselineConfig>,
}

/// Which recordings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DataConfig {
    /// The data set: a folder or a zip in WESAD's layout.
    pub path: String,
    /// Subjects to use; empty for all.
    pub subjects: Vec<String>,
    /// Whose sensors.
    pub placement: PlacementChoice,
    /// The modalities to fuse, one for a single-modality model.
    pub modalities: Vec<ModalityGroup>,
}

/// Whose sensors are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlacementChoice {
    /// The wrist if every subject has it, else the chest.
    Auto,
    /// RespiBAN on the chest.
    Chest,
    /// Empatica E4 on the wrist.
    Wrist,
}

/// A modality of the recogniser: the sensors that share a control path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModalityGroup {
    /// Beats of the ECG (chest) or the blood volume pulse (wrist): intervals and amplitudes.
    Heart,
    /// Skin conductance and skin temperature at 4 Hz.
    Eda,
    /// Acceleration: mean and log spread per 0.5 s.
    Acc,
}

impl ModalityGroup {
    /// The name in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            ModalityGroup::Heart => "heart",
            ModalityGroup::Eda => "eda",
            ModalityGroup::Acc => "acc",
        }
    }

    /// Observations a second where nothing is missing; of beats, those of a calm heart.
    pub fn nominal_rate(self) -> f64 {
        match self {
            ModalityGroup::Heart => 1.0,
            ModalityGroup::Eda => 4.0,
            ModalityGroup::Acc => 2.0,
        }
    }
}

/// How sessions are cut into windows; all in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WindowConfig {
    /// Length of a window.
    pub length: f64,
    /// From one window to the next for validation, test and prediction.
    pub shift: f64,
    /// From one window to the next for training.
    pub train_shift: f64,
}

/// How windows become control paths.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PathConfig {
    /// The spline through the observations.
    pub interpolation: Interpolation,
    /// Whether the cumulative counts of observations are channels of the path.
    pub intensity: bool,
    /// Whether the integrals of the data channels are channels too: they let the field see levels, not only
    /// changes.
    pub integrals: bool,
}

/// The spline through the observations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interpolation {
    /// Piecewise linear.
    Linear,
    /// Hermite cubic with backward differences: causal.
    Hermite,
    /// Natural cubic spline.
    Natural,
}

/// How the CDE is solved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SolverConfig {
    /// The method.
    pub method: SolverMethod,
    /// Seconds between the steps of a fixed method; 0 for the knots of the path.
    pub step: f64,
    /// Relative tolerance of an adaptive method.
    pub rtol: f64,
    /// Absolute tolerance of an adaptive method.
    pub atol: f64,
    /// What does the work.
    pub engine: SolverEngine,
}

/// What does the work of a solve; what is learnt is the same to rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SolverEngine {
    /// Native code for whole solves, where it can.
    Fused,
    /// libtorch's operations.
    General,
}

/// The Runge–Kutta method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SolverMethod {
    /// Fixed steps, order 1.
    Euler,
    /// Fixed steps, order 2.
    Midpoint,
    /// Fixed steps, order 4.
    Rk4,
    /// Adaptive steps, order 5.
    Dopri5,
}

/// Sizes of the recogniser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelConfig {
    /// Dimension of each modality's latent state.
    pub hidden: i64,
    /// Width of the field's hidden layers.
    pub width: i64,
    /// Affine layers of the field.
    pub layers: usize,
    /// Dimension in which the modalities attend to each other.
    pub d_model: i64,
    /// Attention heads.
    pub heads: i64,
    /// Width of the heads that name the state.
    pub head_width: i64,
    /// Seconds between the instants at which z(t) is sampled.
    pub sample_every: f64,
}

/// How the recogniser is fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainConfig {
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// Passes over the training windows.
    pub epochs: usize,
    /// Windows per step of the optimiser.
    pub batch: usize,
    /// Windows drawn per epoch, where there are fewer some of them again; 0 for each once.
    pub windows_per_epoch: usize,
    /// Training subjects of a fold kept aside to choose the epoch; 0 for one in seven, at least one.
    pub validation_subjects: usize,
    /// Highest learning rate of the one-cycle schedule.
    pub learning_rate: f64,
    /// AdamW's decoupled weight decay.
    pub weight_decay: f64,
    /// AdamW's decay of the first moment.
    pub beta1: f64,
    /// AdamW's decay of the second moment.
    pub beta2: f64,
    /// AdamW's ε.
    pub epsilon: f64,
    /// Largest norm of a gradient; 0 for no limit.
    pub clip: f64,
    /// Chance of dropping a unit before the heads.
    pub dropout: f64,
    /// Chance of hiding a modality from the fused head.
    pub modality_dropout: f64,
    /// Standard deviation of a constant offset added to each standardised channel of a training window, in gaps
    /// between the people fitted on, see [`TrainConfig::offset`]; 0 for none.
    pub offset_gaps: f64,
    /// Weight of each modality's own head in the loss.
    pub auxiliary: f64,
    /// Classes weigh as their inverse frequency to this power.
    pub class_weight_power: f64,
}

impl Default for DataConfig {
    fn default() -> Self {
        DataConfig {
            path: String::new(),
            subjects: Vec::new(),
            placement: PlacementChoice::Auto,
            modalities: vec![ModalityGroup::Heart, ModalityGroup::Eda, ModalityGroup::Acc],
        }
    }
}

impl Default for WindowConfig {
    fn default() -> Self {
        WindowConfig {
            length: 60.0,
            shift: 30.0,
            train_shift: 5.0,
        }
    }
}

impl Default for PathConfig {
    fn default() -> Self {
        PathConfig {
            interpolation: Interpolation::Linear,
            intensity: true,
            integrals: true,
        }
    }
}

impl Default for SolverConfig {
    fn default() -> Self {
        SolverConfig {
            method: SolverMethod::Midpoint,
            step: 0.5,
            rtol: 1e-4,
            atol: 1e-6,
            engine: SolverEngine::Fused,
        }
    }
}

impl Default for ModelConfig {
    fn default() -> Self {
        ModelConfig {
            hidden: 16,
            width: 24,
            layers: 3,
            d_model: 16,
            heads: 2,
            head_width: 32,
            sample_every: 0.5,
        }
    }
}

impl Default for TrainConfig {
    fn default() -> Self {
        TrainConfig {
            seed: 0,
            epochs: 8,
            batch: 48,
            windows_per_epoch: 1000,
            validation_subjects: 0,
            learning_rate: 4e-3,
            weight_decay: 0.01,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            clip: 1.0,
            dropout: 0.3,
            modality_dropout: 0.4,
            offset_gaps: 1.0,
            auxiliary: 0.5,
            class_weight_power: 0.5,
        }
    }
}

impl TrainConfig {
    /// How many of a fold's `training` subjects are kept aside to choose the epoch.
    ///
    /// ```
    /// use pathema_experiments::config::TrainConfig;
    /// let mut train = TrainConfig::default();
    /// assert_eq!([2, 4, 13, 14].map(|training| train.aside(training)), [1, 1, 1, 2]);
    /// train.validation_subjects = 3;
    /// assert_eq!(train.aside(14), 3);
    /// ```
    pub fn aside(&self, training: usize) -> usize {
        match self.validation_subjects {
            0 => (training / 7).max(1),
            fixed => fixed,
        }
    }

    /// Standard deviation of the offsets where `people` are fitted on, in standard deviations of a channel.
    ///
    /// Much of what a channel varies by is who wears the sensor, and someone new lies between those fitted on, or
    /// beside them. Levels of n people, uniform with standard deviation 1, lie √12 / (n + 1) apart on average:
    /// offsets of that size fill the gaps.
    ///
    /// ```
    /// use pathema_experiments::config::TrainConfig;
    /// let train = TrainConfig::default();
    /// assert!((train.offset(3) - 0.866).abs() < 1e-3);
    /// assert!((train.offset(12) - 0.266).abs() < 1e-3);
    /// ```
    pub fn offset(&self, people: usize) -> f64 {
        self.offset_gaps * 12.0_f64.sqrt() / (people as f64 + 1.0)
    }
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// Names the file and the key or value that is off.
    pub fn read(path: &Path) -> Result<Config> {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the config {}", path.display()))?;
        Config::from_toml(&text).with_context(|| format!("in the config {}", path.display()))
    }

    /// From TOML.
    ///
    /// # Errors
    /// Names the line and the unknown key, or the value that is off.
    pub fn from_toml(text: &str) -> Result<Config> {
        let config: Config = toml::from_str(text)?;
        config.check()?;
        Ok(config)
    }

    /// As TOML, every key written out.
    ///
    /// # Errors
    /// If a value has no TOML form; none of ours lacks one.
    pub fn to_toml(&self) -> Result<String> {
        Ok(toml::to_string_pretty(self)?)
    }
}
