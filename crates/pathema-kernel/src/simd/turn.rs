use super::Vector;

/// Rows of a matrix become columns of another, by squares where they fit; rows lie so far apart here and there.
///
/// # Safety
/// The machine has the vector's instructions; `from` is good for `rows` of `columns`, `to` for `columns` of `rows`.
#[inline(always)]
pub(crate) unsafe fn turn<V: Vector>(
    (rows, columns): (usize, usize),
    from: *const V::Item,
    from_row: usize,
    to: *mut V::Item,
    to_row: usize,
) {
    let whole = (
        rows / V::SQUARE * V::SQUARE,
        columns / V::SQUARE * V::SQUARE,
    );
    // SAFETY: as asked of the caller; squares and numbers lie within the matrices.
    unsafe {
        for row in (0..whole.0).step_by(V::SQUARE) {
            for column in (0..whole.1).step_by(V::SQUARE) {
                let from = from.add(row * from_row + column);
                V::transpose(from, from_row, to.add(column * to_row + row), to_row);
            }
        }
        for row in 0..rows {
            let first = if row < whole.0 { whole.1 } else { 0 };
            for column in first..columns {
                *to.add(column * to_row + row) = *from.add(row * from_row + column);
            }
        }
    }
}
