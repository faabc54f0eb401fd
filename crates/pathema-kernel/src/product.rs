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
    pub(crate) fn panel_at(&self, row: usize) -> Left<T> {
        Left {
            first: self.numbers[row * self.terms..].as_ptr(),
            row: 1,
            term: self.height,
        }
    }

    pub(crate) fn terms(&self) -> usize {
        self.terms
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

impl<T> Left<T> {
    /// Rows for terms and terms for rows.
    pub(crate) fn turned(self) -> Left<T> {
        Left {
            first: self.first,
            row: self.term,
            term: self.row,
        }
    }
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

/// What becomes of a product's rows.
pub(crate) trait Finish<V: Vector, const WIDE: usize> {
    /// # Safety
    /// The machine has the vector's instructions, and the product has the row.
    unsafe fn row(&mut self, row: usize, sums: [V; WIDE]);
}

/// Adds them to rows so far apart.
pub(crate) struct AddTo<T> {
    pub(crate) first: *mut T,
    pub(crate) row: usize,
}

impl<V: Vector, const WIDE: usize> Finish<V, WIDE> for AddTo<V::Item> {
    #[inline(always)]
    unsafe fn row(&mut self, row: usize, sums: [V; WIDE]) {
        for (w, sum) in sums.into_iter().enumerate() {
            // SAFETY: as asked of the caller.
            unsafe {
                let to = self.first.add(row * self.row + w * V::LANES);
                V::load(to).add(sum).store(to);
            }
        }
    }
}

/// A product of any number of rows and WIDE vectors, in tiles of ROWS rows and then of as many as are left.
///
/// # Safety
/// As of [`accumulate`]; `left` is good for all rows, and so is what `finish` does with them.
#[inline(always)]
pub(crate) unsafe fn product<V: Vector, const ROWS: usize, const WIDE: usize>(
    (rows, terms): (usize, usize),
    left: Left<V::Item>,
    right: *const V::Item,
    right_term: usize,
    mut finish: impl Finish<V, WIDE>,
) {
    let mut row = 0;
    while row < rows {
        // SAFETY: as asked of the caller.
        unsafe {
            let left = Left {
                first: left.first.add(row * left.row),
                ..left
            };
            let sides = (left, right, right_term);
            row += match rows - row {
                ahead if ahead >= ROWS => tile::<V, ROWS, WIDE>(row, terms, sides, &mut finish),
                4.. => tile::<V, 4, WIDE>(row, terms, sides, &mut finish),
                2.. => tile::<V, 2, WIDE>(row, terms, sides, &mut finish),
                _ => tile::<V, 1, WIDE>(row, terms, sides, &mut finish),
            };
        }
    }
}

/// One tile of a product; how many rows it has.
#[inline(always)]
unsafe fn tile<V: Vector, const ROWS: usize, const WIDE: usize>(
    row: usize,
    terms: usize,
    (left, right, right_term): (Left<V::Item>, *const V::Item, usize),
    finish: &mut impl Finish<V, WIDE>,
) -> usize {
    // SAFETY: as asked of the caller.
    unsafe {
        let mut sums = [[V::splat(V::Item::default()); WIDE]; ROWS];
        accumulate(&mut sums, terms, left, right, right_term);
        for (r, sums) in sums.into_iter().enumerate() {
            finish.row(row + r, sums);
        }
    }
    ROWS
}
