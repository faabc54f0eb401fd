//! Where steps end, as far as it is known before the first.

use pathema_path::Smoothness;

use crate::BatchPath;
use crate::error::Cause;

/// Start, then the knots on the way to the end; nothing before the path starts.
pub(crate) fn own_knots(
    path: &BatchPath,
    sample: usize,
    start: f64,
    end: f64,
    direction: f64,
) -> Vec<f64> {
    let knots = path.knots(sample);
    let (first, last) = path.path(sample).interval();
    let near = if direction > 0.0 { first } else { -last };
    let start = (start * direction).max(near);
    let mut points = vec![start];
    let ahead = |knot: &f64| *knot > start && *knot < end;
    if direction > 0.0 {
        points.extend(knots.iter().copied().filter(ahead));
    } else {
        points.extend(knots.iter().rev().map(|knot| -knot).filter(ahead));
    }
    let far = if direction > 0.0 { last } else { -first };
    if far.min(end) > start {
        points.push(far.min(end));
    }
    points
}

/// Points `length` apart from `start` on, as far as they lie within the path, from `near` to `end`; and its ends.
pub(crate) fn regular(start: f64, near: f64, end: f64, length: f64) -> Vec<f64> {
    let first = start.max(near);
    let mut points = vec![first];
    let before = ((first - start) / length).floor() as usize;
    let regular = (before..).map(|k| start + k as f64 * length);
    let close = length * 1e-9;
    points.extend(
        regular
            .skip_while(|point| *point <= first + close)
            .take_while(|point| *point < end - close),
    );
    if end > first {
        points.push(end);
    }
    points
}

/// Of a fixed method over a path; all of them are laid out before the first is taken.
const MOST_STEPS: f64 = 1e6;

pub(crate) fn check_length(value: f64, span: f64) -> Result<(), Cause> {
    if value.is_finite() && value > 0.0 && span / value <= MOST_STEPS {
        return Ok(());
    }
    Err(Cause::Setting {
        name: "step",
        value,
    })
}

/// Whether the slope jumps at some stop: at knots of a path that is only continuous, and where a path begins or ends on
/// the way.
pub(crate) fn jumps(path: &BatchPath, start: f64, end: f64) -> bool {
    let (near, far) = (start.min(end), start.max(end));
    let on_the_way = |time: f64| time > near && time < far;
    path.smoothness() == Smoothness::C0
        || (0..path.batch() as usize).any(|sample| {
            let (first, last) = path.path(sample).interval();
            on_the_way(first) || on_the_way(last)
        })
}

/// Where steps have to end, in the direction of the solve: the knots of each path, or of all paths once each.
pub(crate) fn stops(path: &BatchPath, direction: f64, shared: bool) -> Vec<Vec<f64>> {
    let own = |sample: usize| {
        let mut stops: Vec<f64> = path
            .knots(sample)
            .iter()
            .map(|knot| knot * direction)
            .collect();
        if direction < 0.0 {
            stops.reverse();
        }
        stops
    };
    let batch = path.batch() as usize;
    if !shared {
        return (0..batch).map(own).collect();
    }
    let mut all: Vec<f64> = (0..batch).flat_map(own).collect();
    all.sort_by(f64::total_cmp);
    let scale = 1e-9 * (1.0 + all.last().map_or(0.0, |last| last.abs()));
    all.dedup_by(|b, a| *b - *a <= scale);
    vec![all]
}
