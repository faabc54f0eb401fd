//! The natural cubic spline.

use crate::cubic::parts;

/// Coefficients `[(knots − 1) × 4 × lanes]` of the natural spline through
/// `values`, `[knots × lanes]`, at `times`; at least two knots.
///
/// The slopes `k` at the knots solve, with `r = 1 / h` and `Δ` the slopes of the
/// chords, the diagonally dominant tridiagonal system
/// `r₋ k₋ + 2 (r₋ + r₊) k + r₊ k₊ = 3 (r₋ Δ₋ + r₊ Δ₊)`, where an end has no terms
/// of the neighbour it lacks. The Thomas algorithm eliminates once for all lanes,
/// since the matrix depends on the times alone.
pub(crate) fn fit(times: &[f64], values: &[f64], lanes: usize, coefficients: &mut [f64]) {
    let pieces = times.len() - 1;
    if pieces == 1 {
        // The solve would give the same line with rounding errors in c and d.
        crate::linear::fit(times, values, lanes, coefficients);
        return;
    }
    let reciprocal: Vec<f64> = times.windows(2).map(|t| 1.0 / (t[1] - t[0])).collect();

    // Forward sweep: slope = swept − ratio · next slope. The swept right side
    // waits in the place of b, the chord in that of c.
    let mut ratio = Vec::with_capacity(pieces);
    let mut chord_before = vec![0.0; lanes];
    let mut swept_before = vec![0.0; lanes];
    let (mut left, mut ratio_before) = (0.0, 0.0);
    for (piece, out) in coefficients.chunks_exact_mut(4 * lanes).enumerate() {
        let right = reciprocal[piece];
        let inverse = 1.0 / (2.0 * (left + right) - left * ratio_before);
        let (row, next) = values[piece * lanes..(piece + 2) * lanes].split_at(lanes);
        let (a, b, c, _) = parts(out, lanes);
        a.copy_from_slice(row);
        for lane in 0..lanes {
            let chord = (next[lane] - row[lane]) * right;
            let side = 3.0 * (left * chord_before[lane] + right * chord);
            let swept = (side - left * swept_before[lane]) * inverse;
            b[lane] = swept;
            c[lane] = chord;
            chord_before[lane] = chord;
            swept_before[lane] = swept;
        }
        ratio_before = right * inverse;
        ratio.push(ratio_before);
        left = right;
    }
    let inverse = 1.0 / (left * (2.0 - ratio_before));
    let mut slope_after = swept_before;
    for (slope, chord) in slope_after.iter_mut().zip(&chord_before) {
        *slope = left * (3.0 * chord - *slope) * inverse;
    }

    // Back substitution, and the coefficients from the slopes.
    let from_last = coefficients.chunks_exact_mut(4 * lanes).rev();
    for ((out, &r), &ratio) in from_last
        .zip(reciprocal.iter().rev())
        .zip(ratio.iter().rev())
    {
        let (_, b, c, d) = parts(out, lanes);
        for lane in 0..lanes {
            let (chord, after) = (c[lane], slope_after[lane]);
            let slope = b[lane] - ratio * after;
            b[lane] = slope;
            c[lane] = (3.0 * chord - 2.0 * slope - after) * r;
            d[lane] = (slope + after - 2.0 * chord) * (r * r);
            slope_after[lane] = slope;
        }
    }
}
