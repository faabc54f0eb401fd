//! What a network of the study is told to be: the sizes and settings that an experiment's file may change.

use pathema_experiments::config::{Interpolation, ModalityGroup};
use pathema_signal::Placement;
use serde::{Deserialize, Serialize};

use crate::records::Normalisation;
use crate::signals::{ChannelOptions, channel_names};

/// A network, and how it is trained. The defaults are the neural CDE's recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetSpec {
    /// What follows each modality.
    pub encoder: Encoder,
    /// How the modalities come together.
    pub fusion: Fusion,
    /// Which modalities.
    pub modalities: Vec<ModalityGroup>,
    /// Whether skin temperature is among the channels of EDA.
    pub temperature: bool,
    /// Channels that are not seen, by their names ([`crate::signals::channel_names`]).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub omit: Vec<String>,
    /// What values are measured against.
    pub normalisation: Normalisation,
    /// The modalities whose values are measured against the wearer's own; `None` for all. The others against the training subjects only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centred: Option<Vec<ModalityGroup>>,
    /// The control path of neural CDEs.
    pub path: PathSpec,
    /// Seconds of a cell, for networks on a grid.
    pub cell: f64,
    /// Dimension of each modality's state.
    pub hidden: usize,
    /// Width of the field's hidden layers, and of the inner layers of other encoders.
    pub width: usize,
    /// Affine layers of the field; layers of other encoders.
    pub layers: usize,
    /// Seconds between the instants at which modalities attend to each other.
    pub latent_every: f64,
    /// Dimension of the attention.
    pub d_model: usize,
    /// Its heads.
    pub heads: usize,
    /// Width of the heads that name the state.
    pub head_width: usize,
    /// Which output is the network's answer.
    pub answer: Answer,
    /// How skin conductance is taken apart.
    pub skin: Skin,
    /// Networks trained from different seeds whose probabilities are averaged.
    pub members: usize,
    /// How it is trained.
    pub train: TrainSpec,
}

/// What follows a modality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoder {
    /// A neural CDE (Kidger et al. 2020).
    Cde,
    /// Long short-term memory (Hochreiter & Schmidhuber 1997) on a grid, gaps filled by the training mean.
    Lstm,
    /// Gated recurrent unit (Cho et al. 2014) on a grid, gaps filled by the training mean.
    Gru,
    /// Convolutions over a grid, gaps filled by the training mean.
    Cnn,
    /// Self-attention (Vaswani et al. 2017) over a grid, gaps filled by the training mean.
    Transformer,
    /// GRU-D (Che et al. 2018): inputs and state decay with the time since the last observation.
    GruD,
    /// ODE-RNN (Rubanova et al. 2019): a state that flows between observations and jumps at them.
    OdeRnn,
}

/// How the modalities come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fusion {
    /// Each attends to the others; then a head on all.
    Attention,
    /// A head on all, side by side.
    Concat,
}

/// Which output of a network is its answer; of one modality there is one only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The fused head's.
    Fused,
    /// The mean of the modalities' own logits: late averaging.
    Late,
    /// The mean of the two.
    Both,
}

/// How skin conductance is taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skin {
    /// Level, phasic part, slope and activity by causal filters.
    Derived,
    /// Tonic and phasic part by cvxEDA (Greco et al. 2016), window by window: nothing outside the window is seen.
    Cvxeda,
}

/// The control path of a neural CDE, and how its equation is solved.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PathSpec {
    /// The spline through each channel's own observations.
    pub interpolation: Interpolation,
    /// What drives a step.
    pub drive: Drive,
    /// Seconds of a step.
    pub step: f64,
    /// The Runge–Kutta method of a step.
    pub method: StepMethod,
    /// Whether the count of observations is a channel.
    pub intensity: bool,
    /// Whether the integrals of the data are channels.
    pub integrals: bool,
    /// How gradients are found.
    pub adjoint: Adjoint,
    /// Seconds of a grid that observations are resampled to before the path goes through them, gaps of more than 5 s left out; 0 for
    /// observations at their own times.
    #[serde(skip_serializing_if = "is_zero")]
    pub grid: f64,
}

/// What drives a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drive {
    /// The path's increment over the step: the log-ODE method of depth 1 (Morrill et al. 2021).
    Increments,
    /// Increment and areas: the log-ODE method of depth 2, of time, count and data; integrals, which tell levels, are left out of it, since
    /// every channel more makes a word with each other.
    Areas,
    /// The path's derivative at the method's nodes.
    Slopes,
}

/// The Runge–Kutta method of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepMethod {
    /// Order 1.
    Euler,
    /// Order 2.
    Midpoint,
    /// Order 4.
    Rk4,
}

/// How gradients of a solve are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adjoint {
    /// From a record of every evaluation.
    Direct,
    /// From states at a few points.
    Checkpointed,
    /// From the end of two coupled solutions, undone.
    Reversible,
}

/// How a network is trained.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainSpec {
    /// Passes.
    pub epochs: usize,
    /// Steps of the optimiser in a pass; 0 for every training window once.
    pub steps: usize,
    /// Windows of a step.
    pub batch: usize,
    /// Highest learning rate of the one-cycle schedule.
    pub learning_rate: f64,
    /// AdamW's decoupled decay.
    pub weight_decay: f64,
    /// Largest norm of a gradient; 0 for no limit.
    pub clip: f64,
    /// Chance of dropping a unit before and within the heads.
    pub dropout: f64,
    /// Chance of hiding what a modality says itself from the fused head; what others made of it by attention stays.
    pub modality_dropout: f64,
    /// Chance of hiding a channel of a window.
    pub channel_dropout: f64,
    /// Standard deviation of a constant offset of each channel of a window, in the channel's own.
    pub offset: f64,
    /// Standard deviation of the logarithm of a constant gain of each channel of a window.
    #[serde(skip_serializing_if = "is_zero")]
    pub gain: f64,
    /// Weight of each modality's own head in the loss.
    pub auxiliary: f64,
    /// Classes weigh as their inverse frequency to this power.
    pub class_weight_power: f64,
    /// Training subjects set aside, for the curves alone.
    pub validation: usize,
    /// Chance that a batch is seen through a degraded recording, where it is trained with gaps.
    pub gaps: f64,
    /// Mixup (Zhang et al. 2018): windows of a batch are blended with others of it, their shares drawn from Beta(mixup, mixup); 0 for none.
    #[serde(skip_serializing_if = "is_zero")]
    pub mixup: f64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over references"
)]
fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

impl Default for NetSpec {
    fn default() -> Self {
        NetSpec {
            encoder: Encoder::Cde,
            fusion: Fusion::Attention,
            modalities: vec![ModalityGroup::Heart, ModalityGroup::Eda, ModalityGroup::Acc],
            temperature: true,
            omit: Vec::new(),
            normalisation: Normalisation::Population,
            centred: None,
            path: PathSpec::default(),
            cell: 1.0,
            hidden: 16,
            width: 24,
            layers: 3,
            latent_every: 4.0,
            d_model: 16,
            heads: 1,
            head_width: 32,
            answer: Answer::Fused,
            skin: Skin::Derived,
            members: 1,
            train: TrainSpec::default(),
        }
    }
}

impl Default for PathSpec {
    fn default() -> Self {
        PathSpec {
            interpolation: Interpolation::Linear,
            drive: Drive::Increments,
            step: 2.0,
            method: StepMethod::Midpoint,
            intensity: true,
            integrals: true,
            adjoint: Adjoint::Direct,
            grid: 0.0,
        }
    }
}

impl Default for TrainSpec {
    fn default() -> Self {
        TrainSpec {
            epochs: 8,
            steps: 21,
            batch: 48,
            learning_rate: 4e-3,
            weight_decay: 0.01,
            clip: 1.0,
            dropout: 0.3,
            modality_dropout: 0.4,
            channel_dropout: 0.1,
            offset: 0.3,
            gain: 0.0,
            auxiliary: 0.5,
            class_weight_power: 0.5,
            validation: 0,
            gaps: 0.0,
            mixup: 0.0,
        }
    }
}

impl NetSpec {
    /// What values of a modality are measured against.
    pub fn normalisation_of(&self, group: ModalityGroup) -> Normalisation {
        match &self.centred {
            Some(centred) if !centred.contains(&group) => Normalisation::Population,
            _ => self.normalisation,
        }
    }

    /// # Errors
    /// Names the first value that cannot be used.
    pub fn check(&self) -> Result<(), String> {
        let (path, train) = (&self.path, &self.train);
        for (key, value) in [
            ("cell", self.cell),
            ("latent_every", self.latent_every),
            ("path.step", path.step),
            ("train.learning_rate", train.learning_rate),
        ] {
            if !(value.is_finite() && value > 0.0) {
                return Err(format!("{key} = {value}: must be finite and above zero"));
            }
        }
        for (key, value) in [
            ("path.grid", path.grid),
            ("train.weight_decay", train.weight_decay),
            ("train.clip", train.clip),
            ("train.offset", train.offset),
            ("train.gain", train.gain),
            ("train.auxiliary", train.auxiliary),
            ("train.class_weight_power", train.class_weight_power),
            ("train.mixup", train.mixup),
        ] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(format!("{key} = {value}: must be finite and not negative"));
            }
        }
        for (key, value) in [
            ("train.dropout", train.dropout),
            ("train.modality_dropout", train.modality_dropout),
            ("train.channel_dropout", train.channel_dropout),
        ] {
            if !(0.0..1.0).contains(&value) {
                return Err(format!("{key} = {value}: must lie in [0, 1)"));
            }
        }
        if !(0.0..=1.0).contains(&train.gaps) {
            return Err(format!("train.gaps = {}: must lie in [0, 1]", train.gaps));
        }
        for (key, value) in [
            ("hidden", self.hidden),
            ("width", self.width),
            ("layers", self.layers),
            ("d_model", self.d_model),
            ("heads", self.heads),
            ("head_width", self.head_width),
            ("members", self.members),
            ("train.epochs", train.epochs),
            ("train.batch", train.batch),
        ] {
            if !(1..=10_000).contains(&value) {
                return Err(format!("{key} = {value}: must lie in 1 to 10000"));
            }
        }
        for (key, value) in [("d_model", self.d_model), ("hidden", self.hidden)] {
            if !value.is_multiple_of(self.heads) {
                return Err(format!(
                    "{key} = {value} is not a multiple of heads = {}",
                    self.heads
                ));
            }
        }
        if self.modalities.is_empty() {
            return Err("modalities is empty: name at least one of heart, eda, acc".into());
        }
        self.check_omitted()?;
        if path.drive == Drive::Slopes && path.adjoint == Adjoint::Reversible {
            return Err(
                "path.drive = slopes does not keep what path.adjoint = reversible needs: take increments".into(),
            );
        }
        if path.drive == Drive::Areas && path.adjoint == Adjoint::Reversible {
            return Err("path.adjoint = reversible takes increments, not areas".into());
        }
        Ok(())
    }
    /// Every channel omitted is one of the modalities', and each keeps one.
    fn check_omitted(&self) -> Result<(), String> {
        let names = |group, placement| channel_names(group, placement, ChannelOptions::default());
        let known = |name: &String| {
            [ModalityGroup::Heart, ModalityGroup::Eda, ModalityGroup::Acc]
                .iter()
                .any(|&group| names(group, Placement::Wrist).contains(&name.as_str()))
        };
        if let Some(name) = self.omit.iter().find(|name| !known(name)) {
            let all: Vec<&str> = self
                .modalities
                .iter()
                .flat_map(|&group| names(group, Placement::Wrist).iter().copied())
                .collect();
            return Err(format!(
                "omit names {name:?}, which is no channel: there are {}",
                all.join(", ")
            ));
        }
        for &group in &self.modalities {
            let omitted = |name: &&str| self.omit.iter().any(|own| own == name);
            for placement in [Placement::Wrist, Placement::Chest] {
                if names(group, placement).iter().all(|name| omitted(&name)) {
                    return Err(format!("omit leaves no channel of {}", group.name()));
                }
            }
        }
        Ok(())
    }
}
