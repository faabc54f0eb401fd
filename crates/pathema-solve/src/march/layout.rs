//! Where steps end, as far as it is known before the first.

use std::iter;

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
) -> impl Iterator<Item = f64> {
    let knots = path.knots(sample);
    let (first, last) = path.path(sample).interval();
    let (near, far) = if direction > 0.0 {
        (first, last)
    } else {
        (-last, -first)
    };
    let start = (start * direction).max(near);
    let along = (0..knots.len()).map(move |k| {
        if direction > 0.0 {
            knots[k]
        } else {
            -knots[knots.len() - 1 - k]
        }
    });
    let end = far.min(end);
    let between = along.filter(move |knot| *knot > start && *knot < end);
    iter::once(start)
        .chain(between)
        .chain((end > start).then_some(end))
}

/// Points `length` apart from `start` on, as far as they lie within the path, from `near` to `end`; and its ends.
pub(crate) fn regular(start: f64, near: f64, end: f64, length: f64) -> impl Iterator<Item = f64> {
    let first = start.max(near);
    let before = ((first - start) / length).floor() as usize;
    let regular = (before..).map(move |k| start + k as f64 * length);
    let close = length * 1e-9;
    let between = regular
        .skip_while(move |point| *point <= first + close)
        .take_while(move |point| *point < end - close);
    iter::once(first)
        .chain(between)
        .chain((end > first).then_some(end))
}

/// Of a fixed method over a path; all of them are laid out before the first is taken.
const MOST_STEPS: f64 = 1e6;

pub(crate) fn check_length(value: f64, start: f64, end: f64) -> Result<(), Cause> {
    let resolved = value > same(start, end) && (end - start).abs() / value <= MOST_STEPS;
    if value.is_finite() && value > 0.0 && resolved {
        return Ok(());
    }
    Err(Cause::Setting {
        name: "step",
        value,
        expected: "finite, above what the clock resolves, and so long that a solve takes no more than a million",
    })
}

/// Points this close between two times are one: a few units in the last place of the later, which sums of steps miss
/// each other by.
pub(crate) fn same(one: f64, other: f64) -> f64 {
    8.0 * f64::EPSILON * one.abs().max(other.abs())
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

/// Where steps have to end, in the direction of the solve: the knots of each path, or its ends only, or those of all paths
/// once each.
pub(crate) fn stops(
    path: &BatchPath,
    at_knots: bool,
    direction: f64,
    shared: bool,
) -> Vec<Vec<f64>> {
    let own = |sample: usize| {
        let knots = path.knots(sample);
        let last = knots.len() - 1;
        let ends = |k: &usize| at_knots || *k == 0 || *k == last;
        let stops = (0..=last).filter(ends);
        let mut stops: Vec<f64> = stops.map(|k| knots[k] * direction).collect();
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
    if let (Some(&first), Some(&last)) = (all.first(), all.last()) {
        let close = same(first, last);
        all.dedup_by(|b, a| *b - *a <= close);
    }
    vec![all]
}
