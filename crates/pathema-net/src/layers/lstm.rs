use rand_chacha::ChaCha8Rng;

use crate::number::Number;
use crate::parameters::{Parameter, Parameters};
use crate::tape::{Tape, Var};

/// A long short-term memory (Hochreiter & Schmidhuber 1997): see [`Tape::lstm`] for its equations.
#[derive(Clone, Copy, Debug)]
pub struct LstmCell {
    /// \[4 · hidden, inputs\], gates in the order i, f, g, o.
    pub of_input: Parameter,
    /// \[4 · hidden, hidden\].
    pub of_hidden: Parameter,
    /// \[1, 4 · hidden\].
    pub bias: Parameter,
    hidden: usize,
}

impl LstmCell {
    /// Weights of variance 1 / inputs and 1 / hidden, `name.of_input` and `name.of_hidden`; `name.bias` is one for the
    /// forget gate, so that cells remember from the start (Jozefowicz et al. 2015), and zero elsewhere.
    pub fn new<T: Number>(
        parameters: &mut Parameters<T>,
        name: &str,
        inputs: usize,
        hidden: usize,
        rng: &mut ChaCha8Rng,
    ) -> LstmCell {
        let mut matrix = |part: &str, columns: usize| {
            parameters.matrix(format!("{name}.{part}"), 4 * hidden, columns, 1.0, rng)
        };
        let (of_input, of_hidden) = (matrix("of_input", inputs), matrix("of_hidden", hidden));
        let bias = parameters.vector(format!("{name}.bias"), 4 * hidden, 0.0);
        parameters.values_mut(bias)[hidden..2 * hidden].fill(T::of(1.0));
        LstmCell {
            of_input,
            of_hidden,
            bias,
            hidden,
        }
    }

    /// Hidden state and cell before the first step, \[n, hidden\] zeros each.
    pub fn start<T: Number>(&self, tape: &mut Tape<'_, T>, n: usize) -> (Var, Var) {
        let mut zeros = || tape.input(n, self.hidden, vec![T::default(); n * self.hidden]);
        (zeros(), zeros())
    }

    /// One step: x \[n, inputs\]; hidden state and cell after it, \[n, hidden\] each.
    pub fn forward<T: Number>(
        &self,
        tape: &mut Tape<'_, T>,
        x: Var,
        (hidden, cell): (Var, Var),
    ) -> (Var, Var) {
        let projected = tape.linear(x, self.of_input, Some(self.bias));
        let gates = tape.linear_plus(hidden, self.of_hidden, projected);
        tape.lstm(gates, cell)
    }

    /// All steps of sequences from zeros: x \[batch · length, inputs\]; the hidden state after each step, \[batch, hidden\].
    /// Inputs of all steps go through one product.
    pub fn steps<T: Number>(&self, tape: &mut Tape<'_, T>, x: Var, length: usize) -> Vec<Var> {
        let batch = tape.shape(x).0 / length;
        let projected = tape.linear(x, self.of_input, Some(self.bias));
        let (mut hidden, mut cell) = self.start(tape, batch);
        let step = |t| {
            let own = tape.step(projected, t, length);
            let gates = tape.linear_plus(hidden, self.of_hidden, own);
            (hidden, cell) = tape.lstm(gates, cell);
            hidden
        };
        (0..length).map(step).collect()
    }
}
