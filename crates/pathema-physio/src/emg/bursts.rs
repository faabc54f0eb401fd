//! Bursts of tension.

use std::ops::Range;

use super::{EmgError, check};
use crate::beat::magnitude;
use crate::filter::Sos;
use crate::peaks::{local_maxima, median, prominences, vertex};
use crate::statistics::{mean, std};
use crate::stretches::{runs, samples};
use crate::{Undefined, Value};

/// Hz. What passes: the upper edge is the paper's, the lower one keeps the heights of peaks free of drift.
const BAND: [f64; 2] = [0.5, 50.0];
const ORDER: usize = 3;
/// Hz.
const LOWEST_RATE: f64 = 125.0;
/// Seconds below which a stretch is left alone.
const SHORTEST_SECONDS: f64 = 2.0;
/// Least prominence of a peak, in robust standard deviations of a stretch: beyond what a relaxed muscle makes.
const PROMINENCE: f64 = 3.0;

/// One burst of tension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// Seconds since the first sample, finer than the sampling period.
    pub time: f64,
    /// Height above zero after filtering, in the unit of the signal.
    pub amplitude: f64,
}

/// The peaks of muscle tension below 50 Hz: `emg` in any unit, `rate` in Hz (125 to 100,000).
///
/// The second chain of the baseline of WESAD (Schmidt et al. 2018) counts the peaks of the signal low-passed at 50 Hz and
/// does not say what a peak is. Here the signal passes from 0.5 to 50 Hz without phase (Butterworth, order 3), and a peak is
/// a maximum above zero that stands out by 3 robust standard deviations (1.4826 median absolute deviations) of its stretch.
/// Missing samples are NaN: what lies between two gaps is processed by itself if it lasts 2 s or more.
///
/// # Errors
/// [`EmgError::Rate`] or [`EmgError::Infinite`].
///
/// ```
/// // A burst a second in a little noise.
/// let rate = 250.0;
/// let emg: Vec<f64> = (0..2_500)
///     .map(|index| {
///         let phase = (index as f64 / rate) % 1.0 - 0.5;
///         (-0.5 * (phase / 0.02).powi(2)).exp() + 0.01 * (index as f64 * 1.7).sin()
///     })
///     .collect();
/// assert_eq!(pathema_physio::emg::peaks(&emg, rate)?.len(), 10);
/// # Ok::<(), pathema_physio::emg::EmgError>(())
/// ```
pub fn peaks(emg: &[f64], rate: f64) -> Result<Vec<Peak>, EmgError> {
    check(emg, rate, LOWEST_RATE)?;
    let filter = Sos::butterworth_band_pass(ORDER, BAND[0], BAND[1], rate)?;
    let scale = magnitude(emg);
    let mut found = Vec::new();
    if scale == 0.0 {
        return Ok(found);
    }
    /// What rounding leaves of a constant is no tension.
    const ROUNDING: f64 = 1e-9;
    for range in runs(emg.len(), |index| emg[index].is_finite()) {
        if (range.len() as f64) < SHORTEST_SECONDS * rate {
            continue;
        }
        let stretch: Vec<f64> = emg[range.clone()]
            .iter()
            .map(|value| value / scale)
            .collect();
        let filtered = filter.zero_phase_padded(&stretch, samples(2.0 / BAND[0], rate));
        let mut away: Vec<f64> = filtered.iter().map(|value| value.abs()).collect();
        let least = PROMINENCE * (1.4826 * median(&mut away).unwrap_or(0.0)).max(ROUNDING);
        let maxima = local_maxima(&filtered);
        let prominent = prominences(&maxima, &filtered);
        for (peak, prominence) in maxima.into_iter().zip(prominent) {
            let (offset, height) = vertex(&filtered, peak);
            if prominence >= least && height > 0.0 {
                found.push(Peak {
                    time: ((range.start + peak) as f64 + offset) / rate,
                    amplitude: scale * height,
                });
            }
        }
    }
    Ok(found)
}

/// The peaks of a window, summed up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bursts {
    /// How many there are.
    pub count: usize,
    /// Mean amplitude, in the unit of the signal.
    pub amplitude_mean: Value,
    /// Standard deviation of the amplitudes, in the unit of the signal.
    pub amplitude_std: Value,
    /// Sum of the amplitudes, in the unit of the signal.
    pub sum: f64,
    /// The sum over the seconds of the window. The paper does not say by what it normalises.
    pub normalised_sum: Value,
}

impl Bursts {
    /// Of the peaks in `window` (seconds, the end excluded), of `peaks` in the order of time.
    ///
    /// ```
    /// use pathema_physio::emg::{Bursts, Peak};
    /// let peaks = [1.0, 2.0, 70.0].map(|time| Peak { time, amplitude: 3.0 * time });
    /// let bursts = Bursts::of(&peaks, 0.0..60.0);
    /// assert_eq!((bursts.count, bursts.sum), (2, 9.0));
    /// assert_eq!(bursts.normalised_sum, Ok(0.15));
    /// ```
    pub fn of(peaks: &[Peak], window: Range<f64>) -> Bursts {
        let inside = &peaks[peaks.partition_point(|peak| peak.time < window.start)..];
        let inside = &inside[..inside.partition_point(|peak| peak.time < window.end)];
        let amplitudes: Vec<f64> = inside.iter().map(|peak| peak.amplitude).collect();
        let of_peaks = |value: Value| {
            value.map_err(|why| match why {
                Undefined::TooFew { found, needed, .. } => Undefined::TooFew {
                    what: "peaks",
                    found,
                    needed,
                },
                other => other,
            })
        };
        let sum = amplitudes.iter().sum();
        let seconds = window.end - window.start;
        Bursts {
            count: amplitudes.len(),
            amplitude_mean: of_peaks(mean(&amplitudes)),
            amplitude_std: of_peaks(std(&amplitudes)),
            sum,
            normalised_sum: match seconds > 0.0 {
                true => Ok(sum / seconds),
                false => Err(Undefined::Zero { what: "window" }),
            },
        }
    }
}
