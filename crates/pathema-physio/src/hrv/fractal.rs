//! How fluctuations grow with the number of beats.

use std::ops::RangeInclusive;

use super::Window;
use super::moments::{at_least, varies};
use crate::{Undefined, Value};

/// Segments of the largest scale that it takes: fewer say little about how large a fluctuation is.
const SEGMENTS: usize = 4;

/// The exponent of a detrended fluctuation analysis (Peng et al. 1995): the slope of log F(n) against log n, for segments of
/// n intervals, n in `scales`.
///
/// The intervals are summed up; F(n) is the root of the mean squared distance of the sums from a straight line in each segment.
/// Segments do not overlap, follow each other from the start of every unbroken stretch, and never span a break; what does not fill
/// a segment is left out. White noise has 0.5, 1/f noise 1, Brownian noise 1.5.
///
/// # Errors
/// If the scales hold fewer than two numbers from 3 on, there are not four segments of the largest scale, or all intervals are the same.
///
/// ```
/// use pathema_physio::hrv::{Tachogram, detrended_fluctuation};
/// // A random walk, by a linear congruential generator.
/// let (mut state, mut interval) = (1u64, 0.8);
/// let intervals: Vec<f64> = (0..2000)
///     .map(|_| {
///         state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
///         interval += 1e-4 * ((state >> 33) as f64 / 2f64.powi(31) - 0.5);
///         interval
///     })
///     .collect();
/// let tachogram = Tachogram::from_intervals(0.0, &intervals)?;
/// assert!((detrended_fluctuation(&tachogram.whole(), 16..=64)? - 1.5).abs() < 0.1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn detrended_fluctuation(window: &Window, scales: RangeInclusive<usize>) -> Value {
    let (least, most) = (*scales.start(), *scales.end());
    // A line through two sums leaves nothing.
    let count = if least < 3 {
        0
    } else {
        most.saturating_sub(least).saturating_add(1)
    };
    at_least("scales from 3 on", count, 2)?;
    let held: usize = window
        .stretches()
        .map(|stretch| stretch.intervals().len() / most)
        .sum();
    if held < SEGMENTS {
        return Err(Undefined::TooFew {
            what: "unbroken intervals",
            found: held * most,
            needed: most.saturating_mul(SEGMENTS),
        });
    }
    varies(window.intervals())?;
    let mean = window.intervals().iter().sum::<f64>() / window.intervals().len() as f64;
    // Where a stretch's sums start does not matter: a line is taken off.
    let mut sums = window.intervals().to_vec();
    let mut sum = 0.0;
    for value in &mut sums {
        sum += *value - mean;
        *value = sum;
    }
    let points: Vec<(f64, f64)> = scales
        .map(|scale| {
            let (mut squares, mut count) = (0.0, 0usize);
            for stretch in window.stretches() {
                let first = stretch.first() - window.first();
                let sums = &sums[first..first + stretch.intervals().len()];
                for segment in sums.chunks_exact(scale) {
                    squares += off_line(segment);
                    count += scale;
                }
            }
            ((scale as f64).ln(), 0.5 * (squares / count as f64).ln())
        })
        .collect();
    slope(&points)
}

/// The fractal dimension of the longest unbroken stretch (Higuchi 1988): how its length, measured at every k-th interval, falls with
/// k up to `farthest`. A line has 1, white noise 2. Usual: 10.
///
/// # Errors
/// If `farthest` is below 2, there are not ten intervals per unit of it, or all intervals are the same.
pub fn higuchi(window: &Window, farthest: usize) -> Value {
    const PER_DISTANCE: usize = 10;
    at_least("distances", farthest, 2)?;
    let longest = window
        .stretches()
        .max_by_key(|stretch| stretch.intervals().len());
    let values = longest.map_or(&[][..], |stretch| stretch.intervals());
    at_least(
        "unbroken intervals",
        values.len(),
        farthest.saturating_mul(PER_DISTANCE),
    )?;
    varies(values)?;
    let all = (values.len() - 1) as f64;
    let points: Vec<(f64, f64)> = (1..=farthest)
        .map(|distance| {
            let lengths = (0..distance).map(|start| {
                let path = values[start..].iter().step_by(distance);
                let steps = path.clone().count() - 1;
                let length: f64 = path
                    .clone()
                    .zip(path.skip(1))
                    .map(|(a, b)| (b - a).abs())
                    .sum();
                length * all / (steps * distance) as f64 / distance as f64
            });
            let mean = lengths.sum::<f64>() / distance as f64;
            (-(distance as f64).ln(), mean.ln())
        })
        .collect();
    slope(&points)
}

/// The squared distances of equally spaced values from the line that fits them best, summed up.
fn off_line(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let middle = 0.5 * (count - 1.0);
    let mean = values.iter().sum::<f64>() / count;
    let products: f64 = values
        .iter()
        .enumerate()
        .map(|(place, value)| (place as f64 - middle) * (value - mean))
        .sum();
    let slope = products * 12.0 / (count * (count * count - 1.0));
    values
        .iter()
        .enumerate()
        .map(|(place, value)| {
            let rest = value - mean - slope * (place as f64 - middle);
            rest * rest
        })
        .sum()
}

/// The slope of the line through points by least squares.
fn slope(points: &[(f64, f64)]) -> Value {
    let count = points.len() as f64;
    let (x, y) = points
        .iter()
        .fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    let (x, y) = (x / count, y / count);
    let (mut products, mut squares) = (0.0, 0.0);
    for point in points {
        products += (point.0 - x) * (point.1 - y);
        squares += (point.0 - x) * (point.0 - x);
    }
    let slope = products / squares;
    if slope.is_finite() {
        Ok(slope)
    } else {
        // The logarithm of no fluctuation at all.
        Err(Undefined::Constant { what: "intervals" })
    }
}
