use rand_chacha::ChaCha8Rng;

use crate::number::Number;
use crate::parameters::{Parameter, Parameters};
use crate::tape::{Tape, Var};

/// x Wᵀ + b.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    /// W, \[outputs, inputs\].
    pub weight: Parameter,
    /// b, \[1, outputs\].
    pub bias: Parameter,
}

impl Linear {
    /// Weights of variance 1 / inputs, named `name.weight`, and a bias of zeros, `name.bias`.
    pub fn new<T: Number>(
        parameters: &mut Parameters<T>,
        name: &str,
        inputs: usize,
        outputs: usize,
        rng: &mut ChaCha8Rng,
    ) -> Linear {
        Linear {
            weight: parameters.matrix(format!("{name}.weight"), outputs, inputs, 1.0, rng),
            bias: parameters.vector(format!("{name}.bias"), outputs, 0.0),
        }
    }

    /// \[n, inputs\] to \[n, outputs\].
    pub fn forward<T: Number>(&self, tape: &mut Tape<'_, T>, x: Var) -> Var {
        tape.linear(x, self.weight, Some(self.bias))
    }
}

/// [`Tape::layer_norm`] with its parameters.
#[derive(Clone, Copy, Debug)]
pub struct LayerNorm {
    /// \[1, columns\].
    pub gain: Parameter,
    /// \[1, columns\].
    pub bias: Parameter,
}

impl LayerNorm {
    /// A gain of ones, named `name.gain`, and a bias of zeros, `name.bias`.
    pub fn new<T: Number>(parameters: &mut Parameters<T>, name: &str, columns: usize) -> LayerNorm {
        LayerNorm {
            gain: parameters.vector(format!("{name}.gain"), columns, 1.0),
            bias: parameters.vector(format!("{name}.bias"), columns, 0.0),
        }
    }

    /// \[n, columns\] to the same.
    pub fn forward<T: Number>(&self, tape: &mut Tape<'_, T>, x: Var) -> Var {
        tape.layer_norm(x, self.gain, self.bias)
    }
}
