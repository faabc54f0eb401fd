use pathema_kernel::Attention;

use super::{Tape, Var};
use crate::error::NetError;
use crate::number::Number;

impl<T: Number> Tape<'_, T> {
    /// softmax(Q Kᵀ / √d) V of every sample and head (Vaswani et al. 2017, *Attention is all you need*): q \[batch ·
    /// queries, heads · d\], k and v \[batch · keys, heads · d\]; \[batch · queries, heads · d\].
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn attend(&mut self, q: Var, k: Var, v: Var, heads: usize, batch: usize) -> Var {
        let sizes = self.sizes(q, k, heads, batch);
        self.common(k, v);
        let of = (self.values(q), self.values(k), self.values(v));
        let attended = self.engine.attend(sizes, of.0, of.1, of.2);
        let mut attended =
            attended.expect("sizes that were looked at, instructions of this machine");
        self.add_to_cost(2 * batch * heads * sizes.queries * sizes.keys * sizes.width);
        let shape = self.shape(q);
        let output = self.next();
        let moves = self.moves(&[q, k, v]);
        // What is kept for the way back holds the output too, but a node must own its own.
        let values = if moves {
            attended.output.clone()
        } else {
            std::mem::take(&mut attended.output)
        };
        debug_assert_eq!(output, self.next());
        self.record(&[q, k, v], shape, values, move |way, of_output| {
            let of = (way.values(q), way.values(k), way.values(v));
            let back = way
                .engine()
                .attend_back(&attended, of.0, of.1, of.2, &of_output);
            let mut back = back.map_err(NetError::from)?;
            way.give(q, std::mem::take(&mut back.query));
            way.give(k, std::mem::take(&mut back.key));
            way.give(v, std::mem::take(&mut back.value));
            Ok(())
        })
    }

    /// The weights softmax(Q Kᵀ / √d) that [`attend`](Self::attend) attends by, \[batch, heads, queries, keys\], to look
    /// at: nothing is recorded.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn attention_weights(&self, q: Var, k: Var, heads: usize, batch: usize) -> Vec<T> {
        let sizes = self.sizes(q, k, heads, batch);
        let Attention {
            queries,
            keys,
            width,
            ..
        } = sizes;
        let (row, scale) = (heads * width, 1.0 / (width as f64).sqrt());
        let (q, k) = (self.values(q), self.values(k));
        let mut weights = Vec::with_capacity(batch * heads * queries * keys);
        for (sample, head) in (0..batch).flat_map(|s| (0..heads).map(move |h| (s, h))) {
            for query in 0..queries {
                let query = &q[(sample * queries + query) * row + head * width..][..width];
                let scores: Vec<f64> = (0..keys)
                    .map(|key| {
                        let key = &k[(sample * keys + key) * row + head * width..][..width];
                        let products = query.iter().zip(key).map(|(q, k)| q.to_f64() * k.to_f64());
                        products.sum::<f64>() * scale
                    })
                    .collect();
                weights.extend(super::loss::softmax(&scores).map(T::of));
            }
        }
        weights
    }

    fn sizes(&self, q: Var, k: Var, heads: usize, batch: usize) -> Attention {
        let ((asking, row), (asked, columns)) = (self.shape(q), self.shape(k));
        assert_eq!(row, columns, "columns of queries and keys");
        let whole = heads > 0 && batch > 0;
        assert!(
            whole && row.is_multiple_of(heads),
            "{heads} heads of {row} columns"
        );
        let whole = asking.is_multiple_of(batch) && asked.is_multiple_of(batch);
        assert!(
            whole,
            "{asking} queries and {asked} keys of {batch} samples"
        );
        Attention {
            batch,
            heads,
            queries: asking / batch,
            keys: asked / batch,
            width: row / heads,
        }
    }
}
