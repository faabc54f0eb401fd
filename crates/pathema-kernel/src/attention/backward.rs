use std::ops::Range;

use super::dispatch::Job;
use super::{Attended, Places, scale};
use crate::product::{AddTo, Finish, Left, product};
use crate::simd::{Real, Vector, turn};

/// Queries whose weights are held at a time: with the gradients of their scores they fit the nearest cache.
const BLOCK: usize = 64;

/// The way back of some pairs of a sample and a head.
pub(crate) struct Backward<'a, T: Real> {
    pub(super) attended: &'a Attended<T>,
    pub(super) pairs: Range<usize>,
    pub(super) query: &'a [T],
    pub(super) key: &'a [T],
    pub(super) value: &'a [T],
    pub(super) of_output: &'a [T],
    pub(super) of_query: Places<T>,
    pub(super) of_key: Places<T>,
    pub(super) of_value: Places<T>,
}

/// A pair as products read it, and what they make. Queries stand in blocks, [blocks, width, block], keys in a stripe,
/// [width, stripe].
struct Rooms<T> {
    /// Times scale and log₂ e.
    query: Vec<T>,
    /// Over the sums of the queries' weights.
    of_output: Vec<T>,
    /// Its products with the output, [blocks, block].
    delta: Vec<T>,
    /// Of a block: the output, [width, block], and the inverse sums.
    output: Vec<T>,
    inverse: Vec<T>,
    of_query: Vec<T>,
    key: Vec<T>,
    value: Vec<T>,
    of_key: Vec<T>,
    of_value: Vec<T>,
    /// Of a block and a stripe, [block, stripe]; then the gradients of scores, [stripe, block].
    weights: Vec<T>,
    /// [block, stripe].
    of_scores: Vec<T>,
}

impl<T: Real> Job<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(self) {
        let sizes = self.attended.sizes;
        let (queries, width) = (sizes.queries, sizes.width);
        let lanes = WIDE * V::LANES;
        let blocks = queries.div_ceil(BLOCK) * BLOCK;
        let zeros = |count: usize| vec![T::default(); count];
        let mut rooms = Rooms {
            query: zeros(blocks * width),
            of_output: zeros(blocks * width),
            delta: zeros(blocks),
            output: zeros(BLOCK * width),
            inverse: zeros(BLOCK),
            of_query: zeros(blocks * width),
            key: zeros(width * lanes),
            value: zeros(width * lanes),
            of_key: zeros(width * lanes),
            of_value: zeros(width * lanes),
            weights: zeros(BLOCK * lanes),
            of_scores: zeros(BLOCK * lanes),
        };
        for pair in self.pairs.clone() {
            rooms.of_query.fill(T::default());
            // SAFETY: as asked of the caller; the rooms are made for such a pair, and blocks and stripes lie within it.
            unsafe {
                for block in (0..queries).step_by(BLOCK) {
                    self.spread_block::<V>(pair, block, &mut rooms);
                }
                for first in (0..sizes.keys).step_by(lanes) {
                    if sizes.keys - first > V::LANES {
                        self.stripe::<V, ROWS, WIDE>(pair, first, &mut rooms);
                    } else {
                        self.stripe::<V, ROWS, 1>(pair, first, &mut rooms);
                    }
                }
                self.gather_queries::<V>(pair, &mut rooms);
            }
        }
    }
}

impl<T: Real> Backward<'_, T> {
    /// Puts queries, the gradient of their output and its product with the output in rooms. With weights e/Σe,
    /// of_score = e/Σe (of_output · value − of_output · output): what does not change with the key is divided here.
    ///
    /// # Safety
    /// The machine has the vector's instructions, the rooms are made for the pair, and the block lies within it.
    #[inline(always)]
    unsafe fn spread_block<V: Vector<Item = T>>(
        &self,
        pair: usize,
        block: usize,
        rooms: &mut Rooms<T>,
    ) {
        let sizes = self.attended.sizes;
        let size = (BLOCK.min(sizes.queries - block), sizes.width);
        let first = sizes.first(pair, sizes.queries) + block * sizes.row();
        let own = block * sizes.width..(block + BLOCK) * sizes.width;
        let query = &mut rooms.query[own.clone()];
        let of_output = &mut rooms.of_output[own];
        let delta = &mut rooms.delta[block..block + BLOCK];
        let (inverse, output) = (&mut rooms.inverse, &mut rooms.output);
        let kept = pair * sizes.queries + block;
        inverse[..size.0].copy_from_slice(&self.attended.inverse[kept..kept + size.0]);
        // SAFETY: as asked of the caller.
        unsafe {
            for (from, to) in [
                (self.query, query.as_mut_ptr()),
                (self.of_output, of_output.as_mut_ptr()),
                (&self.attended.output, output.as_mut_ptr()),
            ] {
                turn::<V>(size, from[first..].as_ptr(), sizes.row(), to, BLOCK);
            }
            scale(V::splat(sizes.factor()), query);
            for lane in (0..BLOCK).step_by(V::LANES) {
                let inverse = V::load(inverse.as_ptr().add(lane));
                let mut sum = V::splat(T::default());
                for at in (lane..lane + sizes.width * BLOCK).step_by(BLOCK) {
                    let to = of_output.as_mut_ptr().add(at);
                    let scaled = V::load(to).mul(inverse);
                    scaled.store(to);
                    sum = scaled.mul_add(V::load(output.as_ptr().add(at)), sum);
                }
                sum.store(delta.as_mut_ptr().add(lane));
            }
        }
    }

    /// # Safety
    /// As of [`spread_block`](Self::spread_block).
    #[inline(always)]
    unsafe fn gather_queries<V: Vector<Item = T>>(&self, pair: usize, rooms: &mut Rooms<T>) {
        let sizes = self.attended.sizes;
        let first = sizes.first(pair, sizes.queries);
        // SAFETY: as asked of the caller.
        unsafe {
            scale(V::splat(T::of(sizes.scale())), &mut rooms.of_query);
            for block in (0..sizes.queries).step_by(BLOCK) {
                let size = (sizes.width, BLOCK.min(sizes.queries - block));
                let from = rooms.of_query[block * sizes.width..].as_ptr();
                let to = self.of_query.at(first + block * sizes.row());
                turn::<V>(size, from, BLOCK, to, sizes.row());
            }
        }
    }

    /// Keys and values that stand side by side in a tile's vectors, and their gradients.
    ///
    /// # Safety
    /// As of [`spread_block`](Self::spread_block) for the stripe.
    #[inline(always)]
    unsafe fn stripe<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(
        &self,
        pair: usize,
        stripe: usize,
        rooms: &mut Rooms<T>,
    ) {
        let sizes = self.attended.sizes;
        let (width, row, lanes) = (sizes.width, sizes.row(), WIDE * V::LANES);
        let keys = lanes.min(sizes.keys - stripe);
        let first = sizes.first(pair, sizes.keys) + stripe * row;
        rooms.of_key.fill(T::default());
        rooms.of_value.fill(T::default());
        // SAFETY: as asked of the caller.
        unsafe {
            for (from, to) in [(self.key, &mut rooms.key), (self.value, &mut rooms.value)] {
                let from = from[first..].as_ptr();
                turn::<V>((keys, width), from, row, to.as_mut_ptr(), lanes);
            }
            for block in (0..sizes.queries).step_by(BLOCK) {
                let key = self.key[first..].as_ptr();
                self.tile::<V, ROWS, WIDE>(pair, block, (key, keys), rooms);
            }
            // The queries hold log₂ e.
            let factor = V::splat(T::of(std::f64::consts::LN_2));
            scale(factor, &mut rooms.of_key);
            for (from, to) in [
                (&rooms.of_key, self.of_key),
                (&rooms.of_value, self.of_value),
            ] {
                turn::<V>((width, keys), from.as_ptr(), lanes, to.at(first), row);
            }
        }
    }

    /// A block of queries and a stripe of keys, these also as they came: adds to the gradients of all.
    ///
    /// # Safety
    /// As of [`spread_block`](Self::spread_block); the stripe is in its rooms.
    #[inline(always)]
    unsafe fn tile<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(
        &self,
        pair: usize,
        block: usize,
        (key, keys): (*const T, usize),
        rooms: &mut Rooms<T>,
    ) {
        const { assert!(BLOCK.is_multiple_of(WIDE * V::LANES)) };
        let sizes = self.attended.sizes;
        let (width, lanes) = (sizes.width, WIDE * V::LANES);
        let queries = BLOCK.min(sizes.queries - block);
        let (weights, of_scores) = (rooms.weights.as_mut_ptr(), rooms.of_scores.as_mut_ptr());
        let left = |rows: &[T]| Left {
            first: rows[block * width..].as_ptr(),
            row: 1,
            term: BLOCK,
        };
        let (query, of_output) = (left(&rooms.query), left(&rooms.of_output));
        let (scores, sums) = ((queries, width), (width, queries));
        // SAFETY: as asked of the caller.
        unsafe {
            let finish = Weights {
                largest: &self.attended.largest[pair * sizes.queries + block..],
                weights,
            };
            product::<V, ROWS, WIDE>(scores, query, rooms.key.as_ptr(), lanes, finish);
            let finish = OfScores {
                delta: &rooms.delta[block..],
                weights,
                of_scores,
            };
            product::<V, ROWS, WIDE>(scores, of_output, rooms.value.as_ptr(), lanes, finish);
            let finish = AddTo {
                first: rooms.of_value.as_mut_ptr(),
                row: lanes,
            };
            product::<V, ROWS, WIDE>(sums, of_output.turned(), weights, lanes, finish);
            let finish = AddTo {
                first: rooms.of_key.as_mut_ptr(),
                row: lanes,
            };
            product::<V, ROWS, WIDE>(sums, query.turned(), of_scores, lanes, finish);
            let turned = weights;
            turn::<V>((queries, keys), of_scores, lanes, turned, BLOCK);
            let left = Left {
                first: key,
                row: 1,
                term: sizes.row(),
            };
            for lane in (0..queries).step_by(lanes) {
                let finish = AddTo {
                    first: rooms.of_query[block * width + lane..].as_mut_ptr(),
                    row: BLOCK,
                };
                product::<V, ROWS, WIDE>((width, keys), left, turned.add(lane), BLOCK, finish);
            }
        }
    }
}

/// Stores 2 to the power of scores less the largest, a row for each query.
struct Weights<'a, T> {
    largest: &'a [T],
    weights: *mut T,
}

impl<V: Vector, const WIDE: usize> Finish<V, WIDE> for Weights<'_, V::Item> {
    #[inline(always)]
    unsafe fn row(&mut self, row: usize, sums: [V; WIDE]) {
        // SAFETY: as asked of the caller.
        unsafe {
            let largest = V::splat(self.largest[row]);
            for (w, score) in sums.into_iter().enumerate() {
                let to = self.weights.add((row * WIDE + w) * V::LANES);
                score.sub(largest).exp2().store(to);
            }
        }
    }
}

/// Stores the gradients of scores, a row for each query, from those of weights.
struct OfScores<'a, T> {
    delta: &'a [T],
    weights: *const T,
    of_scores: *mut T,
}

impl<V: Vector, const WIDE: usize> Finish<V, WIDE> for OfScores<'_, V::Item> {
    #[inline(always)]
    unsafe fn row(&mut self, row: usize, sums: [V; WIDE]) {
        // SAFETY: as asked of the caller.
        unsafe {
            let delta = V::splat(self.delta[row]);
            for (w, of_weight) in sums.into_iter().enumerate() {
                let at = (row * WIDE + w) * V::LANES;
                let weight = V::load(self.weights.add(at));
                of_weight
                    .sub(delta)
                    .mul(weight)
                    .store(self.of_scores.add(at));
            }
        }
    }
}
