//! Systolic peaks in a blood volume pulse.

mod elgendi;
mod prominence;

use std::ops::Range;

use crate::beat::{Beat, BeatError, check_finite, check_rate, magnitude};
use crate::filter::Sos;
use crate::intervals::{Plausibility, set_intervals};
use crate::peaks::vertex;
use crate::stretches::{alive, constant_run, samples};

const SIGNAL: &str = "BVP";
const LOWEST_RATE: f64 = 25.0;
/// Seconds before a peak in which the trough before it is looked for.
const TROUGH_SECONDS: f64 = 1.5;
/// Longest repetition of one value at a peak, in seconds: beyond, the sensor saturated or was off.
const PLATEAU_SECONDS: f64 = 0.25;

/// How beats are told from the other waves of a pulse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PulseMethod {
    /// By how far a peak stands above its surroundings, in units of the amplitude around it. Band-pass of 0.6–4 Hz.
    ///
    /// The local amplitude makes it robust where the pulse grows, shrinks or is shaken; the narrow band places a beat by
    /// its fundamental wave.
    Prominence,
    /// By two moving averages: Elgendi, Norton, Brearley, Abbott & Schuurmans, *PLoS ONE* 8 (2013) e76585. Band-pass of
    /// 0.5–8 Hz.
    ///
    /// The negative part of the wave is cut off and the rest squared. A block in which its average over 111 ms exceeds
    /// that over 667 ms, by 2 % of the mean of all, and that lasts 111 ms, holds a systolic peak: its maximum. Of peaks
    /// within 0.3 s the higher one stays. The wider band keeps the peak closer to that of the wave as recorded. The mean
    /// is that of a whole stretch, so that a long strong burst of movement hides weak beats.
    Elgendi,
}

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
/// This is [`PulseMethod::Prominence`]; [`pulse_peaks_by`] takes others.
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
    pulse_peaks_by(bvp, rate, PulseMethod::Prominence)
}

/// The beats in a blood volume pulse, found by `method`: `bvp` in any unit, `rate` in samples per second (at least 25).
///
/// What is said of gaps, flat stretches, times and amplitudes at [`pulse_peaks`] holds for every method.
///
/// # Errors
/// As [`pulse_peaks`].
///
/// ```
/// use pathema_physio::{PulseMethod, pulse_peaks_by};
/// // A minute of a pulse of 75 beats a minute with a second wave in each, as a finger clip sees it.
/// let rate = 100.0;
/// let bvp: Vec<f64> = (0..6000)
///     .map(|sample| std::f64::consts::TAU * 1.25 * sample as f64 / rate)
///     .map(|phase| 20.0 * phase.sin() + 6.0 * (2.0 * phase - 1.0).sin())
///     .collect();
/// let beats = pulse_peaks_by(&bvp, rate, PulseMethod::Elgendi)?;
/// assert_eq!(beats.len(), 75);
/// assert!((beats[30].interval.unwrap() - 0.8).abs() < 1e-3);
/// # Ok::<(), pathema_physio::BeatError>(())
/// ```
pub fn pulse_peaks_by(bvp: &[f64], rate: f64, method: PulseMethod) -> Result<Vec<Beat>, BeatError> {
    check_rate(SIGNAL, rate, LOWEST_RATE)?;
    check_finite(SIGNAL, bvp)?;
    let scale = magnitude(bvp);
    let (order, [low, high]) = match method {
        PulseMethod::Prominence => (prominence::ORDER, prominence::BAND),
        PulseMethod::Elgendi => (elgendi::ORDER, elgendi::BAND),
    };
    let filter =
        Sos::butterworth_band_pass(order, low, high, rate).map_err(|source| BeatError::Filter {
            signal: SIGNAL,
            source,
        })?;
    let mut beats = Vec::new();
    for range in alive(bvp, rate) {
        let stretch: Vec<f64> = bvp[range.clone()]
            .iter()
            .map(|value| value / scale)
            .collect();
        // Long enough for the filter to forget how it started.
        let filtered = filter.zero_phase_padded(&stretch, samples(2.0 / low, rate));
        let peaks = match method {
            PulseMethod::Prominence => prominence::peaks(&filtered, rate),
            PulseMethod::Elgendi => elgendi::peaks(&filtered, rate),
        };
        let mut found = beats_at(&peaks, &stretch, &filtered, range, rate, scale);
        set_intervals(&mut found, &Plausibility::PULSE);
        beats.append(&mut found);
    }
    Ok(beats)
}

/// The beats at `peaks` of one stretch that lies at `range` of the signal.
fn beats_at(
    peaks: &[usize],
    stretch: &[f64],
    filtered: &[f64],
    range: Range<usize>,
    rate: f64,
    scale: f64,
) -> Vec<Beat> {
    let longest_plateau = samples(PLATEAU_SECONDS, rate);
    let trough_reach = samples(TROUGH_SECONDS, rate);
    let mut beats = Vec::new();
    let mut previous = 0;
    for &peak in peaks {
        if constant_run(stretch, peak) >= longest_plateau {
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
