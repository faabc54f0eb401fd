//! The natural cubic spline.

use crate::cubic::{parts, parts_mut};
use crate::pull_back::{Fitted, add};
use crate::{FitGradient, linear};

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
        linear::fit(times, values, lanes, coefficients);
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
        let (a, b, c, _) = parts_mut(out, lanes);
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
        let (_, b, c, d) = parts_mut(out, lanes);
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

/// Adds what the gradient of the pieces' coefficients makes of the knots'.
///
/// The adjoint of a solve `A k = s` is a solve with the same symmetric matrix,
/// `A λ = g`; then `λ` is the gradient of `s` and `−λ kᵀ` that of `A`.
pub(crate) fn pull_back(fitted: &Fitted, out: &mut FitGradient) {
    let lanes = fitted.lanes;
    let pieces = fitted.times.len() - 1;
    if pieces == 1 {
        return linear::pull_back(fitted, out);
    }
    let reciprocal: Vec<f64> = (0..pieces).map(|p| 1.0 / fitted.width(p)).collect();

    // What the coefficients ask of the slopes at the knots.
    let mut adjoint = vec![0.0; (pieces + 1) * lanes];
    for (piece, (gradient, &r)) in fitted
        .gradient
        .chunks_exact(4 * lanes)
        .zip(&reciprocal)
        .enumerate()
    {
        let (_, b, c, d) = parts(gradient, lanes);
        let (own, after) = adjoint[piece * lanes..(piece + 2) * lanes].split_at_mut(lanes);
        for lane in 0..lanes {
            let bend = d[lane] * (r * r) - c[lane] * r;
            own[lane] += b[lane] + bend - c[lane] * r;
            after[lane] += bend;
        }
    }
    solve(&reciprocal, lanes, &mut adjoint);

    let mut chords = Vec::with_capacity(pieces * lanes);
    for (piece, (gradient, &r)) in fitted
        .gradient
        .chunks_exact(4 * lanes)
        .zip(&reciprocal)
        .enumerate()
    {
        let (to_a, _, to_c, to_d) = parts(gradient, lanes);
        add(&mut out.values[piece * lanes..(piece + 1) * lanes], to_a);
        let (_, _, c, d) = fitted.piece(piece);
        let width = fitted.width(piece);
        let (own, after) = adjoint[piece * lanes..(piece + 2) * lanes].split_at(lanes);
        let mut to_width = 0.0;
        for lane in 0..lanes {
            let both = own[lane] + after[lane];
            chords.push(3.0 * r * (to_c[lane] + both) - 2.0 * (r * r) * to_d[lane]);
            // The system's own share, 3 Δ (λ + λ₊) − λ (2k + k₊) − λ₊ (k + 2k₊), with
            // Δ = k + ch + dh² and k₊ = k + 2ch + 3dh² put in.
            let (bend, twist) = (c[lane] * width, d[lane] * (width * width));
            let system = own[lane] * bend - after[lane] * (bend + 3.0 * twist);
            // Of r, which is 1 / h: −r² times its gradient.
            to_width -= r * (r * system + to_c[lane] * c[lane] + 2.0 * to_d[lane] * d[lane]);
        }
        out.add_to_width(piece, to_width);
    }
    linear::pull_back_chords(fitted, &chords, out);
}

/// Solves the spline's system for other right sides, `[knots × lanes]`, in place.
fn solve(reciprocal: &[f64], lanes: usize, sides: &mut [f64]) {
    let mut ratio = Vec::with_capacity(reciprocal.len());
    let (mut left, mut ratio_before) = (0.0, 0.0);
    for knot in 0..=reciprocal.len() {
        let right = reciprocal.get(knot).copied().unwrap_or(0.0);
        let inverse = 1.0 / (2.0 * (left + right) - left * ratio_before);
        let (before, own) = sides.split_at_mut(knot * lanes);
        let before = &before[knot.saturating_sub(1) * lanes..];
        for (lane, side) in own[..lanes].iter_mut().enumerate() {
            let swept = before.get(lane).copied().unwrap_or(0.0);
            *side = (*side - left * swept) * inverse;
        }
        ratio_before = right * inverse;
        ratio.push(ratio_before);
        left = right;
    }
    for knot in (0..reciprocal.len()).rev() {
        let (own, after) = sides[knot * lanes..(knot + 2) * lanes].split_at_mut(lanes);
        for (own, after) in own.iter_mut().zip(after) {
            *own -= ratio[knot] * *after;
        }
    }
}
