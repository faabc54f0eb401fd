//! Cubic Hermite pieces with backward differences.

use crate::cubic::parts;

/// Coefficients `[(knots − 1) × 4 × lanes]` of the Hermite path through
/// `values`, `[knots × lanes]`, at `times`; at least two knots.
///
/// With `Δ` the slope of a piece's chord and `b` that of the piece before it
/// (its own for the first): `c = 2 (Δ − b) / h` and `d = −(Δ − b) / h²`, so that
/// the piece leaves with slope `b` and arrives with slope `Δ`.
pub(crate) fn fit(times: &[f64], values: &[f64], lanes: usize, coefficients: &mut [f64]) {
    let mut before: Vec<f64> = Vec::with_capacity(lanes);
    let rows = values.chunks_exact(lanes);
    for (((time, row), next), piece) in times
        .windows(2)
        .zip(rows.clone())
        .zip(rows.skip(1))
        .zip(coefficients.chunks_exact_mut(4 * lanes))
    {
        let width = time[1] - time[0];
        if before.is_empty() {
            before.extend(row.iter().zip(next).map(|(x, y)| (y - x) / width));
        }
        let (a, b, c, d) = parts(piece, lanes);
        a.copy_from_slice(row);
        b.copy_from_slice(&before);
        for lane in 0..lanes {
            let chord = (next[lane] - row[lane]) / width;
            let bend = (chord - b[lane]) / width;
            c[lane] = 2.0 * bend;
            d[lane] = -bend / width;
            before[lane] = chord;
        }
    }
}
