//! Systolic peaks in a blood volume pulse.

use std::ops::Range;

use crate::beat::{Beat, BeatError, check_finite, check_rate, magnitude};
use crate::filter::Sos;
use crate::intervals::{Plausibility, set_intervals};
use crate::peaks::{keep_distant, local_maxima, median, moving_mean, prominences, vertex};
use crate::stretches::{alive, constant_run, samples};

/// Hz. Rates from 36 to 240 beats a minute; of the pulse wave's harmonics little is left, and so of its notches.
const BAND: [f64; 2] = [0.6, 4.0];
const ORDER: usize = 3;
const LOWEST_RATE: f64 = 25.0;

/// Seconds over which the local amplitude is taken, so that a burst of movement does not hide the beats beside it.
const ENVELOPE_SECONDS: f64 = 4.0;
/// Least distance of two beats, in seconds.
const DISTANCE_SECONDS: f64 = 0.33;
/// Least prominence of a beat, in local root mean squares. A sine has 2.8.
const PROMINENCE: f64 = 0.6;
/// Seconds before a peak in which the trough before it is looked for.
const TROUGH_SECONDS: f64 = 1.5;
/// Seconds by which the local amplitude, changing under a peak, may have shifted it.
const SHIFT_SECONDS: f64 = 0.05;
/// Longest repetition of one value at a peak, in seconds: beyond, the sensor saturated or was off.
const PLATEAU_SECONDS: f64 = 0.25;

/// The beats in a blood volume pulse: `bvp` in any unit, `rate` in samples per second (at least 25).
///
/// The signal is band-passed from 0.6 to 4 Hz without phase and divided by its root mean square over 4 s around; a
/// beat is a maximum that stands 0.6 above its surroundings and 0.33 s from a higher one, placed between the samples
/// by a parabola. Times and amplitudes are those of the band-passed wave. Samples that are NaN, and a second or more of
/// one repeated value, are gaps: what lies between two gaps is processed by itself if it lasts 2 s or more.
///
/// Movement of the wrist makes peaks too. They are reported; it is the plausible
/// [intervals](crate::intervals::Plausibility) that tell beats from them.
///
/// # Errors
/// [`BeatError::Rate`] for a rate outside 25 Hz to 100 kHz, [`BeatError::Infinite`] for an infinite sample. A signal
/// without beats gives none.
///
/// ```
/// // A minute of a pulse of 75 beats a minute, 40 from trough to peak, as a wrist sensor samples it.
/// let rate = 64.0;
/// let bvp: Vec<f64> = (0..3840)
///     .map(|sample| 20.0 * (std::f64::consts::TAU * 1.25 * sample as f64 / rate).sin())
///     .collect();
/// let beats = pathema_physio::pulse_peaks(&bvp, rate)?;
/// assert_eq!(beats.len(), 75);
/// assert!((beats[30].interval.unwrap() - 0.8).abs() < 1e-3);
/// assert!((beats[30].amplitude - 40.0).abs() < 0.5);
/// # Ok::<(), pathema_physio::BeatError>(())
/// ```
pub fn pulse_peaks(bvp: &[f64], rate: f64) -> Result<Vec<Beat>, BeatError> {
    const SIGNAL: &str = "BVP";
    check_rate(SIGNAL, rate, LOWEST_RATE)?;
    check_finite(SIGNAL, bvp)?;
    let scale = magnitude(bvp);
    let filter = Sos::butterworth_band_pass(ORDER, BAND[0], BAND[1], rate).map_err(|source| {
        BeatError::Filter {
            signal: SIGNAL,
            source,
        }
    })?;
    let mut beats = Vec::new();
    for range in alive(bvp, rate) {
        let stretch: Vec<f64> = bvp[range.clone()]
            .iter()
            .map(|value| value / scale)
            .collect();
        // Long enough for the filter to forget how it started.
        let filtered = filter.zero_phase_padded(&stretch, samples(2.0 / BAND[0], rate));
        let mut found = beats_of(&stretch, &filtered, range, rate, scale);
        set_intervals(&mut found, &Plausibility::PULSE);
        beats.append(&mut found);
    }
    Ok(beats)
}

/// Beats of one stretch that lies at `range` of the signal.
fn beats_of(
    stretch: &[f64],
    filtered: &[f64],
    range: Range<usize>,
    rate: f64,
    scale: f64,
) -> Vec<Beat> {
    let normalised = by_local_amplitude(filtered, rate);
    let mut peaks = local_maxima(&normalised);
    keep_distant(&mut peaks, &normalised, samples(DISTANCE_SECONDS, rate));
    let prominent = prominences(&peaks, &normalised);
    let longest_plateau = samples(PLATEAU_SECONDS, rate);
    let trough_reach = samples(TROUGH_SECONDS, rate);

    let mut beats = Vec::new();
    let mut previous = 0;
    for (&peak, prominence) in peaks.iter().zip(prominent) {
        // The envelope may rise or fall under a peak and so shift it; the wave itself says where it is.
        let peak = summit(filtered, peak, samples(SHIFT_SECONDS, rate));
        if prominence < PROMINENCE || constant_run(stretch, peak) >= longest_plateau {
            continue;
        }
        let (offset, height) = vertex(filtered, peak);
        let first = previous.max(peak.saturating_sub(trough_reach));
        // A minimum at the start of the search is a slope cut off, not a trough.
        let trough = (first..peak)
            .min_by(|&a, &b| filtered[a].total_cmp(&filtered[b]))
            .filter(|&lowest| lowest > first)
            .map_or(f64::NAN, |lowest| filtered[lowest]);
        beats.push(Beat {
            time: ((range.start + peak) as f64 + offset) / rate,
            amplitude: (height - trough) * scale,
            interval: None,
        });
        previous = peak;
    }
    beats
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
