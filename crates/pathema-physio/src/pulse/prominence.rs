//! Beats by prominence over the local amplitude.

use crate::peaks::{keep_distant, local_maxima, median, moving_mean, prominences};
use crate::stretches::samples;

/// Hz. Rates from 36 to 240 beats a minute; of the pulse wave's harmonics little is left, and so of its notches.
pub(super) const BAND: [f64; 2] = [0.6, 4.0];
pub(super) const ORDER: usize = 3;

/// Seconds over which the local amplitude is taken, so that a burst of movement does not hide the beats beside it.
const ENVELOPE_SECONDS: f64 = 4.0;
/// Least distance of two beats, in seconds.
const DISTANCE_SECONDS: f64 = 0.33;
/// Least prominence of a beat, in local root mean squares. A sine has 2.8.
const PROMINENCE: f64 = 0.6;
/// Seconds by which the local amplitude, changing under a peak, may have shifted it.
const SHIFT_SECONDS: f64 = 0.05;

/// The peaks of a band-passed stretch that are beats.
pub(super) fn peaks(filtered: &[f64], rate: f64) -> Vec<usize> {
    let normalised = by_local_amplitude(filtered, rate);
    let mut peaks = local_maxima(&normalised);
    keep_distant(&mut peaks, &normalised, samples(DISTANCE_SECONDS, rate));
    let prominent = prominences(&peaks, &normalised);
    peaks
        .iter()
        .zip(prominent)
        .filter(|&(_, prominence)| prominence >= PROMINENCE)
        // The envelope may rise or fall under a peak and so shift it; the wave itself says where it is.
        .map(|(&peak, _)| summit(filtered, peak, samples(SHIFT_SECONDS, rate)))
        .collect()
}

/// The local maximum that walking uphill from `start` reaches within `steps` samples, else `start`.
fn summit(signal: &[f64], start: usize, steps: usize) -> usize {
    let mut at = start;
    while at.abs_diff(start) <= steps {
        if at + 1 < signal.len() && signal[at + 1] > signal[at] {
            at += 1;
        } else if at > 0 && signal[at - 1] > signal[at] {
            at -= 1;
        } else {
            return at;
        }
    }
    start
}

/// The signal in units of its local root mean square.
fn by_local_amplitude(filtered: &[f64], rate: f64) -> Vec<f64> {
    /// Nothing below a millionth of the largest sample counts: that is what rounding leaves of a straight line.
    const ROUNDING: f64 = 1e-6;
    /// Nor below a hundredth of the usual amplitude.
    const UNUSUAL: f64 = 0.01;
    let squares: Vec<f64> = filtered.iter().map(|value| value * value).collect();
    let power = moving_mean(&squares, samples(0.5 * ENVELOPE_SECONDS, rate));
    let usual = median(&mut power.clone()).unwrap_or(0.0);
    let floor = ROUNDING.max(UNUSUAL * usual.sqrt());
    filtered
        .iter()
        .zip(&power)
        .map(|(value, power)| value / power.sqrt().max(floor))
        .collect()
}
