//! Gradients of parameters, gathered by products over blocks of evaluations.

use crate::evaluate::{Columns, GROUP};
use crate::field::Network;
use crate::product::{Left, accumulate};
use crate::simd::{Real, Vector, turn};

/// Evaluations of a block.
const BLOCK: usize = 16;
/// Columns of weights that a tile's two widest vectors cover.
const COLUMNS: usize = 32;

/// The gradients of a group's parameters so far, and those of layers' outputs that are not yet among them.
pub(crate) struct Gathered<T> {
    /// Of each layer: gradients of outputs, a row each and a column for each sample of each evaluation.
    outputs: Vec<T>,
    /// Of each layer: inputs, a row for each sample of each evaluation.
    inputs: Vec<Vec<T>>,
    /// Of each layer: gradients of weights, rows and columns padded, and of biases.
    weights: Vec<Vec<T>>,
    biases: Vec<Vec<T>>,
    height: usize,
    /// Of each evaluation of the block, whether its outputs have biases.
    biased: Vec<bool>,
    /// Evaluations that the way back made again.
    pub(crate) made_again: usize,
}

/// Rows lie a little further apart than a block is wide, or too many would share a place in the nearest cache.
const AHEAD: usize = BLOCK * GROUP + GROUP;

impl<T: Real> Gathered<T> {
    pub(crate) fn new(network: &Network<T>, height: usize) -> Gathered<T> {
        let zeros = |count: usize| vec![T::default(); count];
        let padded = |inputs: usize| inputs.next_multiple_of(COLUMNS);
        let layers = &network.layers;
        let rows = |outputs: usize| outputs.next_multiple_of(height);
        Gathered {
            outputs: zeros(network.gradient_row(layers.len(), height) * AHEAD),
            inputs: layers
                .iter()
                .map(|layer| zeros(AHEAD * padded(layer.inputs)))
                .collect(),
            weights: layers
                .iter()
                .map(|layer| zeros(rows(layer.outputs) * padded(layer.inputs)))
                .collect(),
            biases: layers.iter().map(|layer| zeros(layer.outputs)).collect(),
            height,
            biased: Vec::with_capacity(BLOCK),
            made_again: 0,
        }
    }

    /// Where the gradients of the next evaluation go, whose inputs are taken from its record.
    ///
    /// # Safety
    /// The machine has the vector's instructions.
    #[inline(always)]
    pub(crate) unsafe fn next<V: Vector<Item = T>>(
        &mut self,
        network: &Network<T>,
        record: &[T],
        biased: bool,
    ) -> Columns<T> {
        let first = self.biased.len() * GROUP;
        self.biased.push(biased);
        for (k, (layer, to)) in network.layers.iter().zip(&mut self.inputs).enumerate() {
            let padded = layer.inputs.next_multiple_of(COLUMNS);
            let rows = &record[network.input_row(k) * GROUP..];
            let to = &mut to[first * padded..(first + GROUP) * padded];
            let size = (layer.inputs, GROUP);
            // SAFETY: a record has so many rows, and those of so many samples are padded to no fewer inputs.
            unsafe { turn::<V>(size, rows.as_ptr(), GROUP, to.as_mut_ptr(), padded) };
        }
        Columns {
            first: self.outputs[first..].as_mut_ptr(),
            ahead: AHEAD,
            height: self.height,
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.biased.len() == BLOCK
    }

    /// Adds the products of what is there.
    ///
    /// # Safety
    /// The machine has the vector's instructions.
    #[inline(always)]
    pub(crate) unsafe fn sum<V: Vector<Item = T>, const HIGH: usize>(
        &mut self,
        network: &Network<T>,
    ) {
        let biased = std::mem::replace(&mut self.biased, Vec::with_capacity(BLOCK));
        let terms = biased.len() * GROUP;
        for (k, layer) in network.layers.iter().enumerate() {
            let padded = layer.inputs.next_multiple_of(COLUMNS);
            let outputs = &self.outputs[network.gradient_row(k, self.height) * AHEAD..];
            for (bias, row) in self.biases[k].iter_mut().zip(outputs.chunks_exact(AHEAD)) {
                // SAFETY: as asked of the caller.
                *bias += unsafe { sum::<V>(row, &biased) };
            }
            for row in (0..layer.outputs).step_by(HIGH) {
                for column in (0..layer.inputs).step_by(2 * V::LANES) {
                    // SAFETY: rows and columns are padded to the tile's.
                    unsafe {
                        let to = self.weights[k].as_mut_ptr().add(row * padded + column);
                        let mut tile = [[V::splat(T::default()); 2]; HIGH];
                        for (r, tile) in tile.iter_mut().enumerate() {
                            for (w, vector) in tile.iter_mut().enumerate() {
                                *vector = V::load(to.add(r * padded + w * V::LANES));
                            }
                        }
                        let left = Left {
                            first: outputs.as_ptr().add(row * AHEAD),
                            row: AHEAD,
                            term: 1,
                        };
                        let right = self.inputs[k].as_ptr().add(column);
                        accumulate(&mut tile, terms, left, right, padded);
                        for (r, tile) in tile.iter().enumerate() {
                            for (w, vector) in tile.iter().enumerate() {
                                vector.store(to.add(r * padded + w * V::LANES));
                            }
                        }
                    }
                }
            }
        }
    }

    /// Adds the gradients to those of layers, weights `[outputs, inputs]` and biases.
    pub(crate) fn add_to(&self, network: &Network<T>, layers: &mut [(Vec<T>, Vec<T>)]) {
        for (k, layer) in network.layers.iter().enumerate() {
            let padded = layer.inputs.next_multiple_of(COLUMNS);
            let (weight, bias) = &mut layers[k];
            let rows = self.weights[k].chunks_exact(padded);
            for (to, row) in weight.chunks_exact_mut(layer.inputs).zip(rows) {
                for (to, &x) in to.iter_mut().zip(row) {
                    *to += x;
                }
            }
            for (to, &x) in bias.iter_mut().zip(&self.biases[k]) {
                *to += x;
            }
        }
    }
}

/// The sum of those groups of numbers that count, lane by lane and then that of the lanes.
#[inline(always)]
unsafe fn sum<V: Vector>(numbers: &[V::Item], counts: &[bool]) -> V::Item {
    // SAFETY: as asked of the caller; a group is several vectors, and no vector has more lanes than it.
    unsafe {
        let mut sums = [V::Item::default(); GROUP];
        for at in (0..GROUP).step_by(V::LANES) {
            let mut sum = V::splat(V::Item::default());
            let groups = numbers.chunks_exact(GROUP).zip(counts);
            for (group, _) in groups.filter(|(_, counts)| **counts) {
                sum = sum.add(V::load(group.as_ptr().add(at)));
            }
            sum.store(sums.as_mut_ptr().add(at));
        }
        sums.into_iter().fold(V::Item::default(), |sum, x| sum + x)
    }
}
