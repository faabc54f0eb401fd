//! A knot within each interval between samples.

use crate::PathError;

/// The times, and between any two of them the one after `share` of the interval.
pub(crate) fn divided(times: &[f64], share: f64) -> Result<Vec<f64>, PathError> {
    let mut knots = Vec::with_capacity((2 * times.len()).saturating_sub(1));
    for (sample, &time) in times.iter().enumerate() {
        if sample > 0 {
            let before = times[sample - 1];
            let knot = before + share * (time - before);
            if knot <= before || knot >= time {
                return Err(PathError::IntervalIndivisible {
                    sample: sample - 1,
                    start: before,
                    end: time,
                    share,
                });
            }
            knots.push(knot);
        }
        knots.push(time);
    }
    Ok(knots)
}

/// Adds what a gradient with respect to the divided times, `[2 × samples − 1]`,
/// makes of the times.
pub(crate) fn pull_back(divided: &[f64], share: f64, times: &mut [f64]) {
    for (sample, own) in divided.chunks(2).enumerate() {
        times[sample] += own[0];
        if let Some(&knot) = own.get(1) {
            times[sample] += (1.0 - share) * knot;
            times[sample + 1] += share * knot;
        }
    }
}
