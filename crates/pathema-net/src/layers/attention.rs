use rand_chacha::ChaCha8Rng;

use crate::layers::Linear;
use crate::number::Number;
use crate::parameters::Parameters;
use crate::tape::{Tape, Var};

/// Attention of several heads from one sequence to another, or to itself (Vaswani et al. 2017, *Attention is all you
/// need*).
#[derive(Clone, Copy, Debug)]
pub struct MultiHeadAttention {
    /// Of what asks.
    pub query: Linear,
    /// Of what is asked.
    pub key: Linear,
    /// Of what is asked.
    pub value: Linear,
    /// Of the heads side by side.
    pub output: Linear,
    heads: usize,
}

impl MultiHeadAttention {
    /// Four layers from `model` columns to as many, `name.query`, `name.key`, `name.value` and `name.output`.
    ///
    /// # Panics
    /// If heads do not divide the columns.
    pub fn new<T: Number>(
        parameters: &mut Parameters<T>,
        name: &str,
        model: usize,
        heads: usize,
        rng: &mut ChaCha8Rng,
    ) -> MultiHeadAttention {
        let whole = heads > 0 && model.is_multiple_of(heads);
        assert!(whole, "{heads} heads of {model} columns");
        let mut layer =
            |part: &str| Linear::new(parameters, &format!("{name}.{part}"), model, model, rng);
        MultiHeadAttention {
            query: layer("query"),
            key: layer("key"),
            value: layer("value"),
            output: layer("output"),
            heads,
        }
    }

    /// \[batch · queries, model\] asks \[batch · keys, model\]; \[batch · queries, model\].
    pub fn forward<T: Number>(
        &self,
        tape: &mut Tape<'_, T>,
        asking: Var,
        asked: Var,
        batch: usize,
    ) -> Var {
        let q = self.query.forward(tape, asking);
        let k = self.key.forward(tape, asked);
        let v = self.value.forward(tape, asked);
        let attended = tape.attend(q, k, v, self.heads, batch);
        self.output.forward(tape, attended)
    }

    /// The weights that it attends by, \[batch, heads, queries, keys\], to look at.
    pub fn weights<T: Number>(
        &self,
        tape: &mut Tape<'_, T>,
        asking: Var,
        asked: Var,
        batch: usize,
    ) -> Vec<T> {
        let q = self.query.forward(tape, asking);
        let k = self.key.forward(tape, asked);
        tape.attention_weights(q, k, self.heads, batch)
    }
}
