use rand_chacha::ChaCha8Rng;

use crate::layers::Linear;
use crate::number::Number;
use crate::parameters::Parameters;
use crate::tape::{Tape, Var};

/// A multilayer perceptron: SiLU between its layers, nothing after the last.
#[derive(Clone, Debug)]
pub struct Mlp {
    /// From the first to the last.
    pub layers: Vec<Linear>,
}

impl Mlp {
    /// Layers `name.0`, `name.1`, …, from `inputs` to each of `widths`.
    pub fn new<T: Number>(
        parameters: &mut Parameters<T>,
        name: &str,
        inputs: usize,
        widths: &[usize],
        rng: &mut ChaCha8Rng,
    ) -> Mlp {
        let mut inputs = inputs;
        let layer = |(k, &outputs): (usize, &usize)| {
            let layer = Linear::new(parameters, &format!("{name}.{k}"), inputs, outputs, rng);
            inputs = outputs;
            layer
        };
        Mlp {
            layers: widths.iter().enumerate().map(layer).collect(),
        }
    }

    /// \[n, inputs\] to \[n, last width\].
    pub fn forward<T: Number>(&self, tape: &mut Tape<'_, T>, x: Var) -> Var {
        let mut x = x;
        for (k, layer) in self.layers.iter().enumerate() {
            if k > 0 {
                x = tape.silu(x);
            }
            x = layer.forward(tape, x);
        }
        x
    }
}
