//! Slopes and increments of a path, from its pieces.

use pathema_kernel::Real;
use pathema_path::ControlPath;

/// The piece between two knots that a time lies in, that after it where it is a knot; none outside the path.
pub(crate) fn piece(knots: &[f64], time: f64) -> Option<usize> {
    let after = knots.partition_point(|&knot| knot <= time);
    // The last knot itself belongs to the last piece, as its end.
    let at_end = after == knots.len() && knots.last() == Some(&time) && after > 1;
    match after {
        _ if at_end => Some(after - 2),
        0 => None,
        _ if after == knots.len() => None,
        _ => Some(after - 1),
    }
}

/// dX/dt times a number at nodes of a step inside which no knot lies: `[nodes, channels]`.
pub(crate) fn derivatives<T: Real>(
    path: &ControlPath,
    (from, to): (f64, f64),
    times: f64,
    nodes: &[f64],
    slopes: &mut [T],
) {
    let knots = path.knots();
    // The step's middle tells the piece, also for a node at its end.
    let Some(piece) = piece(knots, 0.5 * (from + to)) else {
        return slopes.fill(T::default());
    };
    let (own, channels) = (cubic(path, piece), path.channels());
    let (first, length) = (from - knots[piece], to - from);
    for (&node, slopes) in nodes.iter().zip(slopes.chunks_exact_mut(channels)) {
        slope(own, first + node * length, times, slopes);
    }
}

/// dX/dt times a number at nodes of a step that may pass knots of a smooth path, but not its ends: `[nodes, channels]`.
pub(crate) fn derivatives_anywhere<T: Real>(
    path: &ControlPath,
    (from, to): (f64, f64),
    times: f64,
    nodes: &[f64],
    slopes: &mut [T],
) {
    let (knots, (start, end)) = (path.knots(), path.interval());
    let middle = 0.5 * (from + to);
    if !(start..=end).contains(&middle) || start == end {
        return slopes.fill(T::default());
    }
    let channels = path.channels();
    for (&node, slopes) in nodes.iter().zip(slopes.chunks_exact_mut(channels)) {
        let time = (from + node * (to - from)).clamp(start, end);
        match piece(knots, time) {
            Some(piece) => slope(cubic(path, piece), time - knots[piece], times, slopes),
            None => slopes.fill(T::default()),
        }
    }
}

/// X(to) − X(from).
pub(crate) fn increment<T: Real>(path: &ControlPath, (from, to): (f64, f64), increment: &mut [T]) {
    let ((start, end), knots, channels) = (path.interval(), path.knots(), path.channels());
    // A path of one knot stands still.
    let located = |time: f64| {
        let time = time.clamp(start, end);
        let piece = piece(knots, time).filter(|_| path.intervals() > 0)?;
        Some((cubic(path, piece), time - knots[piece]))
    };
    let (Some(from), Some(to)) = (located(from), located(to)) else {
        return increment.fill(T::default());
    };
    let value = |(own, s): (&[f64], f64), k: usize| {
        let at = |power: usize| own[power * channels + k];
        ((at(3) * s + at(2)) * s + at(1)) * s + at(0)
    };
    for (k, increment) in increment.iter_mut().enumerate() {
        *increment = T::of(value(to, k) - value(from, k));
    }
}

/// A piece's coefficients, [4, channels].
fn cubic(path: &ControlPath, piece: usize) -> &[f64] {
    let each = 4 * path.channels();
    &path.coefficients()[piece * each..(piece + 1) * each]
}

/// The slope of a piece so far from its knot, times a number, `[channels]`.
fn slope<T: Real>(own: &[f64], s: f64, times: f64, slopes: &mut [T]) {
    let channels = slopes.len();
    let (b, rest) = own[channels..].split_at(channels);
    let (c, d) = rest.split_at(channels);
    for (k, slope) in slopes.iter_mut().enumerate() {
        *slope = T::of(((3.0 * d[k] * s + 2.0 * c[k]) * s + b[k]) * times);
    }
}
