use rand_chacha::ChaCha8Rng;

use crate::number::Number;
use crate::parameters::{Parameter, Parameters};
use crate::tape::{Tape, Var};

/// A gated recurrent unit (Cho et al. 2014): see [`Tape::gru`] for its equations.
#[derive(Clone, Copy, Debug)]
pub struct GruCell {
    /// \[3 · hidden, inputs\], gates in the order r, z, n.
    pub of_input: Parameter,
    /// \[3 · hidden, hidden\].
    pub of_hidden: Parameter,
    /// \[1, 3 · hidden\].
    pub bias_of_input: Parameter,
    /// \[1, 3 · hidden\].
    pub bias_of_hidden: Parameter,
    hidden: usize,
}

impl GruCell {
    /// Weights of variance 1 / inputs and 1 / hidden, `name.of_input` and `name.of_hidden`, and biases of zeros.
    pub fn new<T: Number>(
        parameters: &mut Parameters<T>,
        name: &str,
        inputs: usize,
        hidden: usize,
        rng: &mut ChaCha8Rng,
    ) -> GruCell {
        let mut matrix = |part: &str, columns: usize| {
            parameters.matrix(format!("{name}.{part}"), 3 * hidden, columns, 1.0, rng)
        };
        let (of_input, of_hidden) = (matrix("of_input", inputs), matrix("of_hidden", hidden));
        let mut vector = |part: &str| parameters.vector(format!("{name}.{part}"), 3 * hidden, 0.0);
        GruCell {
            of_input,
            of_hidden,
            bias_of_input: vector("bias_of_input"),
            bias_of_hidden: vector("bias_of_hidden"),
            hidden,
        }
    }

    /// The hidden state before the first step, \[n, hidden\] zeros.
    pub fn start<T: Number>(&self, tape: &mut Tape<'_, T>, n: usize) -> Var {
        tape.input(n, self.hidden, vec![T::default(); n * self.hidden])
    }

    /// One step: x \[n, inputs\] and the hidden state before, \[n, hidden\]; that after it.
    pub fn forward<T: Number>(&self, tape: &mut Tape<'_, T>, x: Var, hidden: Var) -> Var {
        let of_input = tape.linear(x, self.of_input, Some(self.bias_of_input));
        self.after(tape, of_input, hidden)
    }

    /// All steps of sequences from zeros: x \[batch · length, inputs\]; the hidden state after each step, \[batch, hidden\].
    /// Inputs of all steps go through one product.
    pub fn steps<T: Number>(&self, tape: &mut Tape<'_, T>, x: Var, length: usize) -> Vec<Var> {
        let batch = tape.shape(x).0 / length;
        let projected = tape.linear(x, self.of_input, Some(self.bias_of_input));
        let mut hidden = self.start(tape, batch);
        let step = |t| {
            let own = tape.step(projected, t, length);
            hidden = self.after(tape, own, hidden);
            hidden
        };
        (0..length).map(step).collect()
    }

    fn after<T: Number>(&self, tape: &mut Tape<'_, T>, of_input: Var, hidden: Var) -> Var {
        let of_hidden = tape.linear(hidden, self.of_hidden, Some(self.bias_of_hidden));
        tape.gru(of_input, of_hidden, hidden)
    }
}
