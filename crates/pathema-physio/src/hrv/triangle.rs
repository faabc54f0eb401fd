//! The histogram of intervals and the triangle fitted to it.

use super::moments::{STILL, at_least};
use crate::Value;

/// Bins a second. The Task Force's histograms have bins of 1/128 s, as recorders of its time sampled.
const BINS: f64 = 128.0;

/// The triangular index: the intervals per interval of the fullest bin of a histogram of bins of 1/128 s.
pub(super) fn triangular_index(sorted: &[f64]) -> Value {
    at_least("intervals", sorted.len(), 1)?;
    Ok(sorted.len() as f64 / fullest(sorted).1 as f64)
}

/// The baseline of the triangle that fits the histogram best, in seconds.
///
/// The triangle has its top on the fullest bin, at that bin's height. Each flank falls to zero a whole number of bins
/// away, at least one; that number minimises the sum over the bins of the squared distance between histogram and
/// flank. The two flanks do not depend on each other.
pub(super) fn tinn(sorted: &[f64]) -> Value {
    at_least("intervals", sorted.len(), 1)?;
    let (top, height) = fullest(sorted);
    let height = height as f64;
    let left = bins(sorted)
        .rev()
        .map(|(place, count)| (top - place, count));
    let right = bins(sorted).map(|(place, count)| (place - top, count));
    Ok((flank(left, height) + flank(right, height)) / BINS)
}

/// The fullest bin and its count; of equally full ones the first.
fn fullest(sorted: &[f64]) -> (f64, usize) {
    bins(sorted).fold(
        (0.0, 0),
        |most, (place, count)| {
            if count > most.1 { (place, count) } else { most }
        },
    )
}

/// The length in bins of the flank that fits best, given the bins that are not empty as distance from the top and
/// count, nearest first. Those at a distance below one are not this flank's.
///
/// With L the length, Y the height and D(s) the count at distance s, the squared distance is
/// Σ D² − 2Y Σ_{s<L} D (1 − s/L) + Y² Σ_{s<L} (1 − s/L)². Its last sum is (L − 1)(2L − 1)/6L. Between two bins that
/// are not empty the rest is a constant plus a/L + bL, so that its minimum is known without a search.
fn flank(bins: impl Iterator<Item = (f64, usize)>, height: f64) -> f64 {
    let (mut count, mut moment) = (0.0, 0.0);
    let cost = |count: f64, moment: f64, length: f64| {
        height * (length - 1.0) * (2.0 * length - 1.0) / (6.0 * length)
            - 2.0 * (count - moment / length)
    };
    let mut best = (f64::INFINITY, 1.0);
    let mut shortest = 1.0;
    let mut bins = bins.filter(|(distance, _)| *distance >= 1.0).peekable();
    loop {
        let longest = bins.peek().map_or(f64::INFINITY, |(distance, _)| *distance);
        let ideal = (6.0 * moment / height + 0.5).sqrt();
        for length in [ideal.floor(), ideal.ceil()] {
            let length = length.max(shortest).min(longest.max(shortest));
            let cost = cost(count, moment, length);
            if cost < best.0 {
                best = (cost, length);
            }
        }
        let Some((distance, held)) = bins.next() else {
            return best.1;
        };
        count += held as f64;
        moment += held as f64 * distance;
        shortest = distance;
    }
}

/// The bins of sorted intervals that are not empty, with their counts.
fn bins(sorted: &[f64]) -> impl DoubleEndedIterator<Item = (f64, usize)> {
    sorted
        .chunk_by(|a, b| bin(*a) == bin(*b))
        .map(|held| (bin(held[0]), held.len()))
}

/// The bin of an interval: intervals from bin/128 s up to the next. One that rounding left just below an edge, as it does
/// with the difference of two times, lies on it.
fn bin(interval: f64) -> f64 {
    ((interval + STILL) * BINS).floor()
}
