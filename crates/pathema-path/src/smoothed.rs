//! Straight lines whose corners are rounded by cubic pieces after the knot.

use crate::FitGradient;
use crate::cubic::{parts, parts_mut};
use crate::linear;
use crate::pull_back::{Fitted, add};

/// Coefficients `[2 (samples − 1) × 4 × lanes]` of the path through `values`,
/// `[samples × lanes]`, whose `knots` are the samples' times and one more between
/// any two; at least two samples.
///
/// Up to that knot a cubic leads from the slope of the line before (its own for
/// the first) to that of the own line, and ends on the line: with `Δ` and `b` the
/// two slopes and `w` the time to the knot, `c = 2 (Δ − b) / w` and
/// `d = −(Δ − b) / w²`. After it the path is the line.
pub(crate) fn fit(knots: &[f64], values: &[f64], lanes: usize, coefficients: &mut [f64]) {
    let mut before: Vec<f64> = Vec::with_capacity(lanes);
    let rows = values.chunks_exact(lanes);
    for (((time, row), next), pieces) in knots
        .windows(3)
        .step_by(2)
        .zip(rows.clone())
        .zip(rows.skip(1))
        .zip(coefficients.chunks_exact_mut(8 * lanes))
    {
        let (width, whole) = (time[1] - time[0], time[2] - time[0]);
        if before.is_empty() {
            before.extend(row.iter().zip(next).map(|(x, y)| (y - x) / whole));
        }
        let (round, line) = pieces.split_at_mut(4 * lanes);
        let (a, b, c, d) = parts_mut(round, lanes);
        let (line_a, line_b, line_c, line_d) = parts_mut(line, lanes);
        a.copy_from_slice(row);
        b.copy_from_slice(&before);
        line_c.fill(0.0);
        line_d.fill(0.0);
        for lane in 0..lanes {
            let chord = (next[lane] - row[lane]) / whole;
            let bend = (chord - b[lane]) / width;
            c[lane] = 2.0 * bend;
            d[lane] = -bend / width;
            line_a[lane] = row[lane] + chord * width;
            line_b[lane] = chord;
            before[lane] = chord;
        }
    }
}

/// Adds what the gradient of the pieces' coefficients makes of the samples', and
/// of the knots to theirs.
///
/// `fitted` has the times of the samples, and the pieces of `knots`.
pub(crate) fn pull_back(
    fitted: &Fitted,
    knots: &[f64],
    to_knots: &mut [f64],
    out: &mut FitGradient,
) {
    let lanes = fitted.lanes;
    let mut chords = vec![0.0; fitted.gradient.len() / 8];
    for (interval, gradient) in fitted.gradient.chunks_exact(8 * lanes).enumerate() {
        let (round, line) = gradient.split_at(4 * lanes);
        let (a, b, c, d) = parts(round, lanes);
        let (line_a, line_b, _, _) = parts(line, lanes);
        let to_row = &mut out.values[interval * lanes..(interval + 1) * lanes];
        add(to_row, a);
        add(to_row, line_a);
        let width = knots[2 * interval + 1] - knots[2 * interval];
        let (_, _, bends, _) = fitted.piece(2 * interval);
        let (_, slopes, _, _) = fitted.piece(2 * interval + 1);
        let before = interval.saturating_sub(1);
        let mut to_width = 0.0;
        for lane in 0..lanes {
            let bend = bends[lane] / 2.0;
            let to_bend = 2.0 * c[lane] - d[lane] / width;
            to_width += (d[lane] * (bend / width) - to_bend * bend) / width;
            to_width += line_a[lane] * slopes[lane];
            chords[before * lanes + lane] += b[lane] - to_bend / width;
            chords[interval * lanes + lane] +=
                to_bend / width + line_a[lane] * width + line_b[lane];
        }
        to_knots[2 * interval] -= to_width;
        to_knots[2 * interval + 1] += to_width;
    }
    linear::pull_back_chords(fitted, &chords, out);
}
