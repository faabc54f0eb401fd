//! Straight lines between knots.

use crate::FitGradient;
use crate::cubic::{parts, parts_mut};
use crate::pull_back::{Fitted, add};

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
        let (a, b, c, d) = parts_mut(piece, lanes);
        a.copy_from_slice(row);
        for ((b, x), y) in b.iter_mut().zip(row).zip(next) {
            *b = (y - x) / width;
        }
        c.fill(0.0);
        d.fill(0.0);
    }
}

/// Adds what the gradient of the lines' coefficients makes of the knots'.
pub(crate) fn pull_back(fitted: &Fitted, out: &mut FitGradient) {
    let lanes = fitted.lanes;
    let mut chords = Vec::with_capacity(fitted.values.len());
    for (piece, gradient) in fitted.gradient.chunks_exact(4 * lanes).enumerate() {
        let (a, b, _, _) = parts(gradient, lanes);
        add(&mut out.values[piece * lanes..(piece + 1) * lanes], a);
        chords.extend_from_slice(b);
    }
    pull_back_chords(fitted, &chords, out);
}

/// Adds what the gradient of the chords' slopes, `[pieces × lanes]`, makes of
/// the knots'.
pub(crate) fn pull_back_chords(fitted: &Fitted, chords: &[f64], out: &mut FitGradient) {
    let lanes = fitted.lanes;
    for (piece, gradient) in chords.chunks_exact(lanes).enumerate() {
        let width = fitted.width(piece);
        let (row, next) = fitted.values[piece * lanes..(piece + 2) * lanes].split_at(lanes);
        let (to_row, to_next) = out.values[piece * lanes..(piece + 2) * lanes].split_at_mut(lanes);
        let mut to_width = 0.0;
        for lane in 0..lanes {
            let share = gradient[lane] / width;
            to_next[lane] += share;
            to_row[lane] -= share;
            to_width -= share * ((next[lane] - row[lane]) / width);
        }
        out.add_to_width(piece, to_width);
    }
}
