//! Intervals between the beats: a smooth curve through them.

/// The natural cubic spline through `values` at rising `times`, read `rate` times a second from the first time on.
///
/// Nothing for fewer than two values: no curve goes through one.
pub(super) fn resample(times: &[f64], values: &[f64], rate: f64) -> Vec<f64> {
    let [first, .., last] = times else {
        return Vec::new();
    };
    let bends = bends(times, values);
    // The sample at the end counts, although its time may be rounded to just beyond.
    let samples = ((last - first) * rate + 1e-9).floor() as usize + 1;
    let mut piece = 0;
    (0..samples)
        .map(|sample| {
            let time = first + sample as f64 / rate;
            while piece + 2 < times.len() && times[piece + 1] <= time {
                piece += 1;
            }
            let width = times[piece + 1] - times[piece];
            let right = (time - times[piece]) / width;
            let left = 1.0 - right;
            left * values[piece]
                + right * values[piece + 1]
                + width * width / 6.0
                    * ((left * left * left - left) * bends[piece]
                        + (right * right * right - right) * bends[piece + 1])
        })
        .collect()
}

/// The second derivatives at the knots, zero at both ends: a tridiagonal system, solved by elimination forth and back.
fn bends(times: &[f64], values: &[f64]) -> Vec<f64> {
    let count = times.len();
    let mut bends = vec![0.0; count];
    let mut factors = vec![0.0; count];
    for knot in 1..count - 1 {
        let (left, right) = (times[knot] - times[knot - 1], times[knot + 1] - times[knot]);
        let turn =
            (values[knot + 1] - values[knot]) / right - (values[knot] - values[knot - 1]) / left;
        let pivot = 2.0 * (left + right) - left * factors[knot - 1];
        factors[knot] = right / pivot;
        bends[knot] = (6.0 * turn - left * bends[knot - 1]) / pivot;
    }
    for knot in (1..count - 1).rev() {
        bends[knot] -= factors[knot] * bends[knot + 1];
    }
    bends
}
