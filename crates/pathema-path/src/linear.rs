//! Straight lines between knots.

use crate::cubic::parts;

/// Coefficients `[(knots − 1) × 4 × lanes]` of the lines through `values`,
/// `[knots × lanes]`, at `times`; at least two knots.
pub(crate) fn fit(times: &[f64], values: &[f64], lanes: usize, coefficients: &mut [f64]) {
    let rows = values.chunks_exact(lanes);
    for (((time, row), next), piece) in times
        .windows(2)
        .zip(rows.clone())
        .zip(rows.skip(1))
        .zip(coefficients.chunks_exact_mut(4 * lanes))
    {
        let width = time[1] - time[0];
        let (a, b, c, d) = parts(piece, lanes);
        a.copy_from_slice(row);
        for ((b, x), y) in b.iter_mut().zip(row).zip(next) {
            *b = (y - x) / width;
        }
        c.fill(0.0);
        d.fill(0.0);
    }
}
