//! Piecewise cubics with two continuous derivatives.

/// What holds at both ends of a spline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    Natural,
    NotAKnot,
}

/// Values at rising times, and what joins them.
pub(super) struct Spline<'a> {
    times: &'a [f64],
    values: &'a [f64],
    /// The derivative at each time; empty for straight lines.
    slopes: Vec<f64>,
}

impl Spline<'_> {
    /// At least one value. `None` joins them by straight lines.
    pub(super) fn new<'a>(times: &'a [f64], values: &'a [f64], ends: Option<Ends>) -> Spline<'a> {
        let slopes = match (ends, times.len()) {
            (None, _) | (_, 0..=2) => Vec::new(),
            (Some(Ends::NotAKnot), 3) => parabola(times, values),
            (Some(ends), _) => slopes(times, values, ends),
        };
        Spline {
            times,
            values,
            slopes,
        }
    }

    pub(super) fn starts_by(&self, time: f64) -> bool {
        self.times[0] <= time
    }

    /// The value at a time not beyond the ends.
    pub(super) fn at(&self, time: f64) -> Option<f64> {
        let after = self.times.partition_point(|&knot| knot <= time);
        let left = after.checked_sub(1)?;
        let (start, value) = (self.times[left], self.values[left]);
        if start == time {
            return Some(value);
        }
        let width = self.times.get(after)? - start;
        let rise = (self.values[after] - value) / width;
        let along = time - start;
        if self.slopes.is_empty() {
            return Some(value + rise * along);
        }
        // Hermite's cubic in powers of the time since the knot.
        let [first, second] = [self.slopes[left], self.slopes[after]];
        let bend = (first + second - 2.0 * rise) / width;
        let cubic = bend / width;
        let square = (rise - first) / width - bend;
        Some(value + along * (first + along * (square + along * cubic)))
    }
}

fn widths(times: &[f64]) -> Vec<f64> {
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

fn rises(values: &[f64], widths: &[f64]) -> Vec<f64> {
    let pairs = values.windows(2).zip(widths);
    pairs
        .map(|(pair, width)| (pair[1] - pair[0]) / width)
        .collect()
}

/// Three points with no knot between them lie on one parabola.
fn parabola(times: &[f64], values: &[f64]) -> Vec<f64> {
    let h = widths(times);
    let d = rises(values, &h);
    let bend = (d[1] - d[0]) / (h[0] + h[1]);
    vec![d[0] - h[0] * bend, d[0] + h[0] * bend, d[1] + h[1] * bend]
}

/// The slopes at which the second derivative is continuous: a tridiagonal system, solved without pivoting, since what is
/// left of each diagonal stays as large as the widths. At least three values, or four without knots at the ends.
fn slopes(times: &[f64], values: &[f64], ends: Ends) -> Vec<f64> {
    let h = widths(times);
    let d = rises(values, &h);
    let last = times.len() - 1;
    // Each row: below the diagonal, on it, above it, right-hand side.
    let inner = |i: usize| {
        let [before, after] = [h[i - 1], h[i]];
        let right = 3.0 * (after * d[i - 1] + before * d[i]);
        [after, 2.0 * (before + after), before, right]
    };
    let (top, bottom) = match ends {
        Ends::Natural => (
            [0.0, 2.0, 1.0, 3.0 * d[0]],
            [1.0, 2.0, 0.0, 3.0 * d[last - 1]],
        ),
        Ends::NotAKnot => {
            let end = |near: f64, far: f64, d_near: f64, d_far: f64| {
                let both = near + far;
                let right = ((near + 2.0 * both) * far * d_near + near * near * d_far) / both;
                (far, both, right)
            };
            let (diagonal, beside, right) = end(h[0], h[1], d[0], d[1]);
            let top = [0.0, diagonal, beside, right];
            let (diagonal, beside, right) = end(h[last - 1], h[last - 2], d[last - 1], d[last - 2]);
            (top, [beside, diagonal, 0.0, right])
        }
    };
    let mut above = Vec::with_capacity(times.len());
    let mut solved = Vec::with_capacity(times.len());
    let [mut above_before, mut solved_before] = [0.0; 2];
    for i in 0..=last {
        let row = match i {
            0 => top,
            _ if i == last => bottom,
            _ => inner(i),
        };
        let pivot = row[1] - row[0] * above_before;
        above_before = row[2] / pivot;
        solved_before = (row[3] - row[0] * solved_before) / pivot;
        above.push(above_before);
        solved.push(solved_before);
    }
    for i in (0..last).rev() {
        solved[i] -= above[i] * solved[i + 1];
    }
    solved
}
