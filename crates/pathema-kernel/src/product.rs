//! Products of matrices, tile by tile.

use crate::simd::{Real, Vector};

/// A matrix whose rows stand in panels of so many, term by term: what a tile reads one after the other.
pub(crate) struct Panels<T> {
    numbers: Vec<T>,
    height: usize,
    terms: usize,
}

impl<T: Real> Panels<T> {
    /// From `rows` rows of `terms` numbers; rows that fill the last panel are zero.
    pub(crate) fn new(
        rows: usize,
        terms: usize,
        height: usize,
        at: impl Fn(usize, usize) -> T,
    ) -> Panels<T> {
        let panels = rows.div_ceil(height);
        let mut numbers = Vec::with_capacity(panels * height * terms);
        for panel in 0..panels {
            for term in 0..terms {
                for row in panel * height..(panel + 1) * height {
                    numbers.push(if row < rows {
                        at(row, term)
                    } else {
                        T::default()
                    });
                }
            }
        }
        Panels {
            numbers,
            height,
            terms,
        }
    }

    /// The panel that begins with a row, which must be a multiple of the height.
    pub(crate) fn panel_at(&self, row: usize) -> *const T {
        self.numbers[row * self.terms..].as_ptr()
    }

    pub(crate) fn terms(&self) -> usize {
        self.terms
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }
}

/// Where the numbers of a tile's left matrix stand.
#[derive(Clone, Copy)]
pub(crate) struct Left<T> {
    pub(crate) first: *const T,
    /// From one row to the next, and from one term to the next.
    pub(crate) row: usize,
    pub(crate) term: usize,
}

/// Adds a product to a tile of ROWS rows and WIDE vectors: to each number its terms one after the other, so that no
/// tile's shape changes the sum.
///
/// # Safety
/// The machine has the vector's instructions; `left` and `right` are good for all terms, `right` for WIDE vectors of each.
#[inline(always)]
pub(crate) unsafe fn accumulate<V: Vector, const ROWS: usize, const WIDE: usize>(
    tile: &mut [[V; WIDE]; ROWS],
    terms: usize,
    left: Left<V::Item>,
    right: *const V::Item,
    right_term: usize,
) {
    for k in 0..terms {
        // SAFETY: as asked of the caller.
        unsafe {
            let right = right.add(k * right_term);
            let mut vectors = [V::splat(V::Item::default()); WIDE];
            for (w, vector) in vectors.iter_mut().enumerate() {
                *vector = V::load(right.add(w * V::LANES));
            }
            let left_term = left.first.add(k * left.term);
            for (r, row) in tile.iter_mut().enumerate() {
                let factor = V::splat(*left_term.add(r * left.row));
                for (sum, vector) in row.iter_mut().zip(vectors) {
                    *sum = factor.mul_add(vector, *sum);
                }
            }
        }
    }
}
