//! Cubic Hermite pieces with backward differences.

use crate::cubic::{parts, parts_mut};
use crate::pull_back::{Fitted, add};
use crate::{FitGradient, linear};

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
        let (a, b, c, d) = parts_mut(piece, lanes);
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

/// Adds what the gradient of the pieces' coefficients makes of the knots'.
pub(crate) fn pull_back(fitted: &Fitted, out: &mut FitGradient) {
    let lanes = fitted.lanes;
    // A chord is the slope of its own piece's end and of the next one's start.
    let mut chords = vec![0.0; fitted.gradient.len() / 4];
    for (piece, gradient) in fitted.gradient.chunks_exact(4 * lanes).enumerate() {
        let (a, b, c, d) = parts(gradient, lanes);
        add(&mut out.values[piece * lanes..(piece + 1) * lanes], a);
        let width = fitted.width(piece);
        let (_, _, bends, _) = fitted.piece(piece);
        let before = piece.saturating_sub(1);
        let mut to_width = 0.0;
        for lane in 0..lanes {
            let bend = bends[lane] / 2.0;
            let to_bend = 2.0 * c[lane] - d[lane] / width;
            to_width += (d[lane] * (bend / width) - to_bend * bend) / width;
            chords[before * lanes + lane] += b[lane] - to_bend / width;
            chords[piece * lanes + lane] += to_bend / width;
        }
        out.add_to_width(piece, to_width);
    }
    linear::pull_back_chords(fitted, &chords, out);
}
