//! Beats by prominence over the local amplitude.

use crate::peaks::{by_local_amplitude, keep_distant, local_maxima, prominences, summit};
use crate::stretches::samples;

/// Hz. Rates from 36 to 240 beats a minute; of the pulse wave's harmonics little is left, and so of its notches.
pub(super) const BAND: [f64; 2] = [0.6, 4.0];
pub(super) const ORDER: usize = 3;

/// Seconds over which the local amplitude is taken, so that a burst of movement does not hide the beats beside it.
const ENVELOPE_SECONDS: f64 = 4.0;
/// Least distance of two beats, in seconds.
const DISTANCE_SECONDS: f64 = 0.33;
/// Part of the usual amplitude below which nothing counts.
const UNUSUAL: f64 = 0.01;
/// Least prominence of a beat, in local root mean squares. A sine has 2.8.
const PROMINENCE: f64 = 0.6;
/// Seconds by which the local amplitude, changing under a peak, may have shifted it.
const SHIFT_SECONDS: f64 = 0.05;

/// The peaks of a band-passed stretch that are beats.
pub(super) fn peaks(filtered: &[f64], rate: f64) -> Vec<usize> {
    let reach = samples(0.5 * ENVELOPE_SECONDS, rate);
    let normalised = by_local_amplitude(filtered, reach, UNUSUAL);
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
