//! Work against error: how long a program takes for a given error, from a few points.

/// One solve: the error that it made and the time that it took.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Point {
    pub(super) error: f64,
    pub(super) seconds: f64,
}

/// The time to reach `error`, or `None` where no point is as exact as that.
///
/// Only points count that no other beats in both error and time. Between two of them, time is taken
/// as a power of the error. An error larger than all is had by the cheapest point: what is more
/// exact than asked for is exact enough.
pub(super) fn time_for(error: f64, points: &[Point]) -> Option<f64> {
    let front = front(points);
    let after = front.iter().position(|point| point.error <= error)?;
    let exact = front.get(after)?;
    let Some(rough) = after.checked_sub(1).and_then(|before| front.get(before)) else {
        return Some(exact.seconds);
    };
    let share = (rough.error / error).ln() / (rough.error / exact.error).ln();
    Some(rough.seconds * (exact.seconds / rough.seconds).powf(share))
}

/// The points that no other beats, roughest and cheapest first.
fn front(points: &[Point]) -> Vec<Point> {
    let usable = |point: &&Point| point.error > 0.0 && point.seconds > 0.0;
    let mut sorted: Vec<Point> = points.iter().filter(usable).copied().collect();
    sorted.sort_by(|a, b| {
        let by_time = a.seconds.total_cmp(&b.seconds);
        by_time.then(a.error.total_cmp(&b.error))
    });
    let mut front: Vec<Point> = Vec::new();
    for point in sorted {
        if front.last().is_none_or(|last| point.error < last.error) {
            front.push(point);
        }
    }
    front
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(of: &[(f64, f64)]) -> Vec<Point> {
        of.iter()
            .map(|&(error, seconds)| Point { error, seconds })
            .collect()
    }

    #[track_caller]
    fn check(of: &[(f64, f64)], error: f64, expected: Option<f64>) {
        let found = time_for(error, &points(of));
        let close = match (found, expected) {
            (Some(found), Some(expected)) => (found - expected).abs() < 1e-12 * expected,
            (found, expected) => found == expected,
        };
        assert!(close, "{found:?} is not {expected:?}");
    }

    #[test]
    fn between_two_points_time_is_a_power_of_the_error() {
        // A hundredth of the error for four times the work: a tenth for twice.
        let of = [(1e-2, 1.0), (1e-4, 4.0)];
        check(&of, 1e-3, Some(2.0));
        check(&of, 1e-2, Some(1.0));
        check(&of, 1e-4, Some(4.0));
    }

    #[test]
    fn beyond_the_points() {
        let of = [(1e-4, 4.0), (1e-2, 1.0)];
        check(&of, 0.5, Some(1.0));
        check(&of, 9e-5, None);
        check(&[], 1.0, None);
        check(&[(f64::NAN, 1.0), (0.0, 1.0)], 1.0, None);
    }

    #[test]
    fn beaten_points_do_not_count() {
        // The second is slower and rougher than the third; the last is no better than the third.
        let of = [(1e-2, 1.0), (2e-3, 9.0), (1e-4, 4.0), (1e-4, 5.0)];
        check(&of, 1e-3, Some(2.0));
        check(&of, 2e-3, Some(4f64.powf(5f64.ln() / 100f64.ln())));
    }
}
