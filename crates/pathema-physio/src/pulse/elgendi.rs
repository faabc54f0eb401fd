//! Beats by two moving averages (Elgendi et al. 2013).

use crate::peaks::{keep_distant, local_maxima, moving_mean};
use crate::stretches::{runs, samples};

/// Hz.
pub(super) const BAND: [f64; 2] = [0.5, 8.0];
pub(super) const ORDER: usize = 2;

/// W1: the length of a systolic peak, in seconds.
const PEAK_SECONDS: f64 = 0.111;
/// W2: the length of a beat, in seconds.
const BEAT_SECONDS: f64 = 0.667;
/// β: how much of the mean a block must exceed.
const OFFSET: f64 = 0.02;
/// Least distance of two beats, in seconds.
const DISTANCE_SECONDS: f64 = 0.3;
/// A trillionth of the largest sample squared is what rounding leaves of a straight line.
const ROUNDING: f64 = 1e-12;

/// The peaks of a band-passed stretch that are beats.
pub(super) fn peaks(filtered: &[f64], rate: f64) -> Vec<usize> {
    let squares: Vec<f64> = filtered
        .iter()
        .map(|value| value.max(0.0).powi(2))
        .collect();
    let half = |seconds: f64| samples(0.5 * (seconds - 1.0 / rate), rate);
    let peak_mean = moving_mean(&squares, half(PEAK_SECONDS));
    let beat_mean = moving_mean(&squares, half(BEAT_SECONDS));
    let mean = squares.iter().sum::<f64>() / squares.len().max(1) as f64;
    let offset = (OFFSET * mean).max(ROUNDING);

    let tops = local_maxima(filtered);
    let shortest = samples(PEAK_SECONDS, rate).max(1);
    let mut peaks = Vec::new();
    let mut next = 0;
    for block in runs(filtered.len(), |at| peak_mean[at] > beat_mean[at] + offset) {
        if block.len() < shortest {
            continue;
        }
        next += tops[next..].partition_point(|&top| top < block.start);
        let inside = tops[next..].partition_point(|&top| top < block.end);
        let highest = tops[next..next + inside]
            .iter()
            .copied()
            .max_by(|&a, &b| filtered[a].total_cmp(&filtered[b]));
        peaks.extend(highest);
    }
    keep_distant(&mut peaks, filtered, samples(DISTANCE_SECONDS, rate));
    peaks
}
