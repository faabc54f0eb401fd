//! Values at irregular times, put onto a grid.

use std::ops::Range;

use super::ResampleError;
use super::spline::{Ends, Spline};

/// What joins neighbouring values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Interpolation {
    /// Straight lines.
    Linear,
    /// A cubic spline without curvature at its ends: `scipy.interpolate.CubicSpline(…, bc_type="natural")`.
    #[default]
    NaturalCubic,
    /// A cubic spline whose first two pieces, and last two, are one cubic each: `scipy.interpolate.CubicSpline(…,
    /// bc_type="not-a-knot")`.
    NotAKnot,
}

/// The values at `grid` (seconds, in any order) of what joins `values` at `times` (seconds, rising), never across a break.
///
/// Each of `breaks` is the index of a value that is not joined to the one before: where a beat between them is unknown,
/// for instance. A missing value parts those beside it likewise. Each part is interpolated by itself. A point of the grid
/// that does not lie within a part, its ends included, is missing (NaN): nothing is extrapolated. A part of two values is
/// a straight line, one of a single value is but a point.
///
/// # Errors
/// Times that are not as many as the values, or that do not rise from one present value to the next.
///
/// ```
/// use pathema_physio::resample::{Interpolation, interpolate};
/// let times = [0.0, 1.0, 2.5, 6.0, 7.0];
/// let values = [0.8, 0.9, 0.75, 0.7, 0.9];
/// // The beat before the one at 6 s is not known.
/// let grid = [0.5, 2.5, 4.0, 6.5];
/// let even = interpolate(&times, &values, &[3], &grid, Interpolation::Linear)?;
/// assert!((even[0] - 0.85).abs() < 1e-12 && (even[3] - 0.8).abs() < 1e-12);
/// assert_eq!(even[1], 0.75);
/// assert!(even[2].is_nan());
/// # Ok::<(), pathema_physio::resample::ResampleError>(())
/// ```
pub fn interpolate(
    times: &[f64],
    values: &[f64],
    breaks: &[usize],
    grid: &[f64],
    method: Interpolation,
) -> Result<Vec<f64>, ResampleError> {
    if times.len() != values.len() {
        return Err(ResampleError::Lengths {
            times: times.len(),
            values: values.len(),
        });
    }
    let splines: Vec<Spline> = parts(times, values, breaks)?
        .into_iter()
        .map(|part| {
            let ends = match method {
                Interpolation::Linear => None,
                Interpolation::NaturalCubic => Some(Ends::Natural),
                Interpolation::NotAKnot => Some(Ends::NotAKnot),
            };
            Spline::new(&times[part.clone()], &values[part], ends)
        })
        .collect();
    Ok(grid
        .iter()
        .map(|&time| {
            let after = splines.partition_point(|spline| spline.starts_by(time));
            let spline = after.checked_sub(1).map(|index| &splines[index]);
            spline
                .and_then(|spline| spline.at(time))
                .unwrap_or(f64::NAN)
        })
        .collect())
}

/// The ranges of values that are joined.
fn parts(
    times: &[f64],
    values: &[f64],
    breaks: &[usize],
) -> Result<Vec<Range<usize>>, ResampleError> {
    let mut starts = vec![false; values.len()];
    for &index in breaks {
        if let Some(start) = starts.get_mut(index) {
            *start = true;
        }
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut before = f64::NEG_INFINITY;
    for (index, (&time, value)) in times.iter().zip(values).enumerate() {
        if !value.is_finite() {
            continue;
        }
        if !(time > before && time.is_finite()) {
            return Err(ResampleError::Time { index, time });
        }
        before = time;
        match found.last_mut() {
            Some(part) if part.end == index && !starts[index] => part.end += 1,
            _ => found.push(index..index + 1),
        }
    }
    Ok(found)
}
