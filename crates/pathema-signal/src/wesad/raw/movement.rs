//! How strongly someone moved, from an accelerometer.

use crate::recording::Channel;

/// Samples per second of the fine series.
pub(super) const FINE: f64 = 32.0;

/// Samples of the fine series in one of the coarse.
pub(super) const RATIO: usize = 8;

/// The strength of movement at 32 Hz from the channel's time `from` on, in multiples of the median, on a logarithmic scale
/// that keeps a few strong movements from deciding alone.
pub(super) fn strength(channel: &Channel, from: f64) -> Vec<f64> {
    let axes = channel.axes;
    let count = ((channel.end() - from) * FINE).floor().max(0.0) as usize;
    // No recording of a session is longer; gaps may claim anything.
    let count = count.min(MOST);
    let mut sums = vec![0.0; count * axes];
    let mut numbers = vec![0u32; count];
    for (range, span) in channel.segments() {
        let Some(rate) = channel.rate() else { break };
        let values = channel.values(range);
        for (index, sample) in values.chunks_exact(axes.max(1)).enumerate() {
            let time = span.start + index as f64 / rate - from;
            let at = (time * FINE).round();
            if at < 0.0 || at as usize >= count || sample.iter().any(|value| !value.is_finite()) {
                continue;
            }
            let at = at as usize;
            numbers[at] += 1;
            for (sum, value) in sums[at * axes..].iter_mut().zip(sample) {
                *sum += value;
            }
        }
    }
    let mut squares = vec![0.0; count];
    for axis in 0..axes {
        let mut last = first(&sums, &numbers, axes, axis);
        // Where nothing was recorded, nobody moved.
        let series: Vec<f64> = numbers
            .iter()
            .enumerate()
            .map(|(at, &number)| {
                if number > 0 {
                    last = sums[at * axes + axis] / f64::from(number);
                }
                last
            })
            .collect();
        let means = smooth(&series, FINE as usize / 2);
        for ((square, value), mean) in squares.iter_mut().zip(&series).zip(&means) {
            *square += (value - mean) * (value - mean);
        }
    }
    let strengths: Vec<f64> = squares.into_iter().map(f64::sqrt).collect();
    let mut sorted = strengths.clone();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted.get(count / 2).copied().unwrap_or(0.0).max(LEAST);
    strengths
        .iter()
        .map(|strength| (1.0 + strength / usual).ln())
        .collect()
}

/// The series at 4 Hz, without what changes slowly: how restless a condition is would agree at any lag.
pub(super) fn coarse(fine: &[f64]) -> Vec<f64> {
    let series: Vec<f64> = fine
        .chunks_exact(RATIO)
        .map(|chunk| chunk.iter().sum::<f64>() / RATIO as f64)
        .collect();
    let series = smooth(&series, 1);
    let slow = smooth(&series, (SLOW * FINE) as usize / RATIO / 2);
    series
        .iter()
        .zip(&slow)
        .map(|(value, slow)| value - slow)
        .collect()
}

/// The mean of each value and up to `half` on either side.
pub(super) fn smooth(series: &[f64], half: usize) -> Vec<f64> {
    let mut sums = Vec::with_capacity(series.len() + 1);
    let mut sum = 0.0;
    sums.push(sum);
    for value in series {
        sum += value;
        sums.push(sum);
    }
    (0..series.len())
        .map(|at| {
            let (first, end) = (at.saturating_sub(half), (at + half + 1).min(series.len()));
            (sums[end] - sums[first]) / (end - first) as f64
        })
        .collect()
}

/// Seconds over which the slow part is a mean.
const SLOW: f64 = 30.0;

/// Less than the devices can resolve, in g.
const LEAST: f64 = 1e-3;

/// Two days.
const MOST: usize = 2 * 86_400 * FINE as usize;

fn first(sums: &[f64], numbers: &[u32], axes: usize, axis: usize) -> f64 {
    let at = numbers.iter().position(|&number| number > 0);
    at.map_or(0.0, |at| sums[at * axes + axis] / f64::from(numbers[at]))
}
