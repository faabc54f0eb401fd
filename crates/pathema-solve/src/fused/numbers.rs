use pathema_autograd::numbers;
use pathema_kernel::{Engine, Layer, Mlp, Real};
use tch::kind::Element;

use crate::error::Cause;
use crate::field::MlpFieldConfig;
use crate::flow::Standard;

/// Numbers that both tensors and the engine hold.
pub(super) trait Number: Real + Element {}

impl Number for f32 {}
impl Number for f64 {}

/// What a solve starts from.
pub(super) struct Start<T> {
    pub(super) weights: Weights<T>,
    /// The initial state, [batch, hidden].
    pub(super) z0: Vec<T>,
}

/// A field's numbers.
pub(super) struct Weights<T> {
    config: MlpFieldConfig,
    /// Of each layer, weights, row by row for each output, and biases.
    layers: Vec<(Vec<T>, Vec<T>)>,
}

impl<T: Number> Weights<T> {
    pub(super) fn of(standard: &Standard<'_>) -> Result<Weights<T>, Cause> {
        let layers = standard.field.layers().iter();
        let layers: Result<_, Cause> = layers
            .map(|(weight, bias)| Ok((numbers(&weight.tr())?, numbers(bias)?)))
            .collect();
        Ok(Weights {
            config: *standard.field.config(),
            layers: layers?,
        })
    }

    pub(super) fn field(&self) -> Mlp<'_, T> {
        Mlp {
            hidden: self.config.hidden as usize,
            channels: self.config.channels as usize,
            layers: self
                .layers
                .iter()
                .map(|(weight, bias)| Layer { weight, bias })
                .collect(),
            activation: self.config.activation,
            final_tanh: self.config.final_tanh,
        }
    }
}

/// On as many threads as libtorch has.
pub(super) fn kernel() -> Engine {
    Engine {
        threads: tch::get_num_threads().max(1) as usize,
        ..Engine::new()
    }
}
