//! One cubic piece, `a + b s + c s² + d s³`, and where its coefficients lie.

/// The same cubic, expanded about `s = delta` instead of `s = 0`.
///
/// The value is computed in the order of
/// [`ControlPath::value`](crate::ControlPath::value), so a knot inserted into a
/// path starts exactly where the piece before it ends.
#[inline]
pub(crate) fn recentred([a, b, c, d]: [f64; 4], delta: f64) -> [f64; 4] {
    [
        a + delta * (b + delta * (c + delta * d)),
        slope([a, b, c, d], delta),
        c + 3.0 * delta * d,
        d,
    ]
}

/// Gradients with respect to the cubic and to `delta`, from that with respect to
/// `moved`, the outcome of [`recentred`].
#[inline]
pub(crate) fn recentred_pull_back(
    moved: [f64; 4],
    [a, b, c, d]: [f64; 4],
    delta: f64,
) -> ([f64; 4], f64) {
    let cubic = [
        a,
        b + delta * a,
        c + delta * (2.0 * b + delta * a),
        d + delta * (3.0 * c + delta * (3.0 * b + delta * a)),
    ];
    (
        cubic,
        a * moved[1] + 2.0 * b * moved[2] + 3.0 * c * moved[3],
    )
}

/// First derivative at `s`.
#[inline]
pub(crate) fn slope([_, b, c, d]: [f64; 4], s: f64) -> f64 {
    b + s * (2.0 * c + s * (3.0 * d))
}

/// Second derivative at `s`.
#[inline]
pub(crate) fn curvature([_, _, c, d]: [f64; 4], s: f64) -> f64 {
    2.0 * c + s * (6.0 * d)
}

/// The a, b, c and d of one piece, `[lanes]` each.
pub(crate) type Parts<'a> = (&'a [f64], &'a [f64], &'a [f64], &'a [f64]);

/// The same, to be written.
pub(crate) type PartsMut<'a> = (&'a mut [f64], &'a mut [f64], &'a mut [f64], &'a mut [f64]);

/// Splits the coefficients of one piece, `[4 × lanes]`.
pub(crate) fn parts(piece: &[f64], lanes: usize) -> Parts<'_> {
    let (a, rest) = piece.split_at(lanes);
    let (b, rest) = rest.split_at(lanes);
    let (c, d) = rest.split_at(lanes);
    (a, b, c, d)
}

/// As [`parts`].
pub(crate) fn parts_mut(piece: &mut [f64], lanes: usize) -> PartsMut<'_> {
    let (a, rest) = piece.split_at_mut(lanes);
    let (b, rest) = rest.split_at_mut(lanes);
    let (c, d) = rest.split_at_mut(lanes);
    (a, b, c, d)
}
