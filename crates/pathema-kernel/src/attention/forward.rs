use std::ops::Range;

use super::dispatch::Job;
use super::{Attention, Places, scale};
use crate::product::{AddTo, Finish, Left, product};
use crate::simd::{Real, Vector, map, turn};

/// Keys whose scores are held at a time: with those of a tile's queries they fit the nearest cache.
const BLOCK: usize = 128;

/// The way forward of some pairs of a sample and a head.
pub(crate) struct Forward<'a, T> {
    pub(super) sizes: Attention,
    pub(super) pairs: Range<usize>,
    pub(super) query: &'a [T],
    pub(super) key: &'a [T],
    pub(super) value: &'a [T],
    pub(super) output: Places<T>,
    /// Of each query its largest score and the inverse of its sum, [batch, heads, queries].
    pub(super) largest: Places<T>,
    pub(super) inverse: Places<T>,
}

impl<T: Real> Job<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(self) {
        let Attention { queries, width, .. } = self.sizes;
        let lanes = WIDE * V::LANES;
        let zeros = |count: usize| vec![T::default(); count];
        let mut rooms = Rooms {
            query: zeros(width * lanes),
            scores: zeros(BLOCK.min(self.sizes.keys) * lanes),
            sums: zeros(width * lanes),
        };
        for pair in self.pairs.clone() {
            for first in (0..queries).step_by(lanes) {
                // SAFETY: as asked of the caller; the stripe lies within the pair, and the rooms are made for it.
                unsafe {
                    if queries - first > V::LANES {
                        self.stripe::<V, ROWS, WIDE>(pair, first, &mut rooms);
                    } else {
                        self.stripe::<V, ROWS, 1>(pair, first, &mut rooms);
                    }
                }
            }
        }
    }
}

/// Queries that stand side by side in a tile's vectors, times scale and log₂ e, [width, stripe]; their scores of a block,
/// [block, stripe]; their output, [width, stripe].
struct Rooms<T> {
    query: Vec<T>,
    scores: Vec<T>,
    sums: Vec<T>,
}

impl<T: Real> Forward<'_, T> {
    /// # Safety
    /// The machine has the vector's instructions, the stripe begins within the pair, and the rooms are made for it.
    #[inline(always)]
    unsafe fn stripe<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(
        &self,
        pair: usize,
        stripe: usize,
        rooms: &mut Rooms<T>,
    ) {
        let Attention {
            queries,
            keys,
            width,
            ..
        } = self.sizes;
        let (lanes, row) = (WIDE * V::LANES, self.sizes.row());
        let own = lanes.min(queries - stripe);
        let (asked, found) = (
            self.sizes.first(pair, queries) + stripe * row,
            self.sizes.first(pair, keys),
        );
        rooms.sums.fill(T::default());
        let (scores, sums) = (rooms.scores.as_mut_ptr(), rooms.sums.as_mut_ptr());
        // SAFETY: as asked of the caller.
        unsafe {
            let (from, to) = (self.query[asked..].as_ptr(), rooms.query.as_mut_ptr());
            turn::<V>((own, width), from, row, to, lanes);
            scale(V::splat(self.sizes.factor()), &mut rooms.query);
            let mut largest = [V::splat(T::of(f64::NEG_INFINITY)); WIDE];
            let mut total = [V::splat(T::default()); WIDE];
            for first in (0..keys).step_by(BLOCK) {
                let block = BLOCK.min(keys - first);
                let before = largest;
                let left = Left {
                    first: self.key[found + first * row..].as_ptr(),
                    row,
                    term: 1,
                };
                let finish = Largest {
                    scores,
                    largest: &mut largest,
                };
                product::<V, ROWS, WIDE>((block, width), left, rooms.query.as_ptr(), lanes, finish);
                if first > 0 {
                    for w in 0..WIDE {
                        let smaller = before[w].sub(largest[w]).exp2();
                        total[w] = total[w].mul(smaller);
                        scale_rows(smaller, width, sums.add(w * V::LANES), lanes);
                    }
                }
                for k in 0..block {
                    for w in 0..WIDE {
                        let at = scores.add(k * lanes + w * V::LANES);
                        let weight = V::load(at).sub(largest[w]).exp2();
                        weight.store(at);
                        total[w] = total[w].add(weight);
                    }
                }
                let left = Left {
                    first: self.value[found + first * row..].as_ptr(),
                    row: 1,
                    term: row,
                };
                let finish = AddTo {
                    first: sums,
                    row: lanes,
                };
                product::<V, ROWS, WIDE>((width, block), left, scores, lanes, finish);
            }
            // The room of scores is free again, and has at least one for each lane.
            let kept = pair * queries + stripe;
            for (w, largest) in largest.iter().enumerate() {
                largest.store(scores.add(w * V::LANES));
            }
            self.largest.at(kept).copy_from_nonoverlapping(scores, own);
            for (w, &total) in total.iter().enumerate() {
                let inverse = map(total, |total| T::of(1.0) / total);
                inverse.store(scores.add(w * V::LANES));
                scale_rows(inverse, width, sums.add(w * V::LANES), lanes);
            }
            self.inverse.at(kept).copy_from_nonoverlapping(scores, own);
            turn::<V>((width, own), sums, lanes, self.output.at(asked), row);
        }
    }
}

/// Stores scores, a row for each key, and takes note of the largest.
struct Largest<'a, V: Vector, const WIDE: usize> {
    scores: *mut V::Item,
    largest: &'a mut [V; WIDE],
}

impl<V: Vector, const WIDE: usize> Finish<V, WIDE> for Largest<'_, V, WIDE> {
    #[inline(always)]
    unsafe fn row(&mut self, row: usize, sums: [V; WIDE]) {
        for (w, score) in sums.into_iter().enumerate() {
            // SAFETY: as asked of the caller.
            unsafe {
                self.largest[w] = score.max(self.largest[w]);
                score.store(self.scores.add((row * WIDE + w) * V::LANES));
            }
        }
    }
}

/// Multiplies a vector of each row.
#[inline(always)]
unsafe fn scale_rows<V: Vector>(factor: V, rows: usize, first: *mut V::Item, row: usize) {
    for r in 0..rows {
        // SAFETY: as asked of the caller.
        unsafe {
            let at = first.add(r * row);
            V::load(at).mul(factor).store(at);
        }
    }
}
