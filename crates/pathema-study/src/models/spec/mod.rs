//! What a network of the study is told to be: the sizes and settings that an experiment's file may change.

mod check;
mod path;
mod train;

use pathema_experiments::config::ModalityGroup;
use serde::{Deserialize, Serialize};

pub use path::{Adjoint, Drive, PathSpec, StepMethod};
pub use train::TrainSpec;

use crate::records::Normalisation;

/// A network, and how it is trained. The defaults are the first prototype's settings; recipes change them.
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

impl NetSpec {
    /// What values of a modality are measured against.
    pub fn normalisation_of(&self, group: ModalityGroup) -> Normalisation {
        match &self.centred {
            Some(centred) if !centred.contains(&group) => Normalisation::Population,
            _ => self.normalisation,
        }
    }
}

/// Numbers that are 0 are left out of a job's name.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over references"
)]
pub(crate) fn is_zero(number: &f64) -> bool {
    *number == 0.0
}
