use serde::{Deserialize, Serialize};

use super::is_zero;

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
            auxiliary: 0.5,
            class_weight_power: 0.5,
            validation: 0,
            gaps: 0.0,
            mixup: 0.0,
        }
    }
}
