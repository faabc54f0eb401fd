//! Single breaths.

use std::ops::Range;

use thiserror::Error;

use crate::beat::magnitude;
use crate::filter::{FilterError, Sos};
use crate::peaks::{by_local_amplitude, keep_distant, local_maxima, prominences, summit, vertex};
use crate::stretches::{leave_out_flat, runs, samples};

/// Hz. The band of the baseline of WESAD (Schmidt et al. 2018): 6 to 21 breaths a minute.
pub const BAND: [f64; 2] = [0.1, 0.35];

const ORDER: usize = 2;

/// Hz. Four samples of the fastest breath.
const LOWEST_RATE: f64 = 3.0;
/// Hz. Above, the poles of the filter crowd around 1 and lose digits.
const HIGHEST_RATE: f64 = 10_000.0;

/// Seconds of missing samples that the filter may bridge by a straight line: a quarter of the fastest breath.
const BRIDGE_SECONDS: f64 = 0.25;
/// Seconds of one repeated value after which the belt is taken to be off or at its end. A held breath is shorter, or
/// not quite still.
const FLAT_SECONDS: f64 = 5.0;
/// Seconds below which a stretch is left alone: it holds no whole breath of the band's lower end.
const SHORTEST_SECONDS: f64 = 10.0;
/// Seconds over which the local amplitude is taken.
const ENVELOPE_SECONDS: f64 = 20.0;
/// Part of the usual amplitude below which nothing counts: breath that is held.
const UNUSUAL: f64 = 0.05;
/// Least prominence of a breath, in local root mean squares. A sine has 2.8.
const PROMINENCE: f64 = 0.5;
/// Seconds by which the local amplitude, changing under a peak, may have shifted it.
const SHIFT_SECONDS: f64 = 0.3;
/// Seconds that a breath may last: 40 to 4 a minute.
const DURATION: [f64; 2] = [1.5, 15.0];

/// One breath, from trough to trough. Times are in seconds since the first sample, finer than the sampling period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breath {
    /// When inhalation began.
    pub onset: f64,
    /// When inhalation ended and exhalation began.
    pub peak: f64,
    /// When exhalation ended.
    pub end: f64,
    /// Height of the peak above the onset, in the unit of the signal.
    pub amplitude: f64,
    /// Area between inhalation and the level at which it began, in the unit of the signal times seconds.
    pub volume: f64,
}

impl Breath {
    /// Seconds of inhalation.
    pub fn inhalation(&self) -> f64 {
        self.peak - self.onset
    }

    /// Seconds of exhalation, with the pause after it.
    pub fn exhalation(&self) -> f64 {
        self.end - self.peak
    }

    /// Seconds of the whole breath.
    pub fn duration(&self) -> f64 {
        self.end - self.onset
    }
}

/// Why breaths could not be looked for. A signal without breaths is no error: it has none.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum RespError {
    /// The sampling rate cannot carry breathing.
    #[error(
        "RESP: a sampling rate of {rate} Hz is outside {}–{} Hz; give the rate in samples per second, or \
         resample the signal",
        LOWEST_RATE,
        HIGHEST_RATE
    )]
    Rate {
        /// The rate given, in Hz.
        rate: f64,
    },
    /// A sample is infinite.
    #[error("RESP: sample {index} is {value}; mark missing samples as NaN")]
    Infinite {
        /// Index of the first infinite sample.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// The filter could not be designed.
    #[error("RESP: the band-pass filter could not be designed")]
    Filter {
        /// What the design refused.
        #[from]
        source: FilterError,
    },
}

/// The breaths of a respiration signal: `resp` in any unit, rising as air flows in, `rate` in Hz (3 to 10,000).
///
/// As [`breaths_in_band`] with [`BAND`]. At more than 21 breaths a minute the band's upper edge weakens breaths, though
/// all alike; a wider band such as 0.1–0.8 Hz follows the shape of a breath better, and its disturbances too.
///
/// # Errors
/// [`RespError::Rate`] or [`RespError::Infinite`].
///
/// ```
/// let rate = 10.0;
/// let belt: Vec<f64> = (0..600).map(|index| -(std::f64::consts::TAU * 0.2 * index as f64 / rate).cos()).collect();
/// let breaths = pathema_physio::resp::breaths(&belt, rate)?;
/// let breath = breaths[5];
/// assert!((breath.inhalation() - 2.5).abs() < 0.02 && (breath.exhalation() - 2.5).abs() < 0.02);
/// assert!((breath.amplitude - 2.0).abs() < 0.1);
/// # Ok::<(), pathema_physio::resp::RespError>(())
/// ```
pub fn breaths(resp: &[f64], rate: f64) -> Result<Vec<Breath>, RespError> {
    breaths_in_band(resp, rate, BAND)
}

/// The breaths of a respiration signal that is band-passed to `band` (lower and upper edge in Hz).
///
/// The signal is filtered without phase (Butterworth, order 2). Peaks are maxima that stand half a local root mean
/// square (over 20 s) above their surroundings and 1.5 s from a higher one; the lowest sample between two peaks is where
/// one breath ends and the next begins; each is placed between the samples by a parabola. Only whole breaths of 1.5 to
/// 15 s are reported.
///
/// Missing samples are NaN. The filter passes over up to 0.25 s of them in a straight line; anything longer, and 5 s or
/// more of one repeated value, is a gap. No breath spans a gap, none begins, turns or ends where samples are missing,
/// and stretches of less than 10 s have none.
///
/// # Errors
/// [`RespError::Rate`], [`RespError::Infinite`], or [`RespError::Filter`] if the band does not lie between 0 and half the
/// rate.
///
/// ```
/// use pathema_physio::resp::breaths_in_band;
/// // 30 breaths a minute, after running.
/// let rate = 25.0;
/// let belt: Vec<f64> = (0..1_500).map(|index| (std::f64::consts::TAU * 0.5 * index as f64 / rate).sin()).collect();
/// let found = breaths_in_band(&belt, rate, [0.1, 0.8])?;
/// assert!((28..=30).contains(&found.len()));
/// # Ok::<(), pathema_physio::resp::RespError>(())
/// ```
pub fn breaths_in_band(resp: &[f64], rate: f64, band: [f64; 2]) -> Result<Vec<Breath>, RespError> {
    if !(LOWEST_RATE..=HIGHEST_RATE).contains(&rate) {
        return Err(RespError::Rate { rate });
    }
    if let Some(index) = resp.iter().position(|value| value.is_infinite()) {
        return Err(RespError::Infinite {
            index,
            value: resp[index],
        });
    }
    let filter = Sos::butterworth_band_pass(ORDER, band[0], band[1], rate)?;
    let scale = magnitude(resp);
    if scale == 0.0 {
        return Ok(Vec::new());
    }
    let padding = samples(2.0 / band[0], rate);
    let mut found = Vec::new();
    for range in worn(resp, rate) {
        let mut stretch: Vec<f64> = resp[range.clone()]
            .iter()
            .map(|value| value / scale)
            .collect();
        bridge(&mut stretch);
        let filtered = filter.zero_phase_padded(&stretch, padding);
        for breath in of_stretch(&filtered, &resp[range.clone()], rate) {
            let start = range.start as f64 / rate;
            found.push(Breath {
                onset: start + breath.onset,
                peak: start + breath.peak,
                end: start + breath.end,
                amplitude: scale * breath.amplitude,
                volume: scale * breath.volume,
            });
        }
    }
    Ok(found)
}

/// Stretches in which the belt was worn, with the short gaps that may be bridged.
fn worn(resp: &[f64], rate: f64) -> Vec<Range<usize>> {
    let flat = samples(FLAT_SECONDS, rate).max(2);
    let mut usable: Vec<bool> = resp.iter().map(|value| value.is_finite()).collect();
    let bridged = samples(BRIDGE_SECONDS, rate);
    for gap in runs(resp.len(), |index| !usable[index]) {
        if gap.len() <= bridged && gap.start > 0 && gap.end < resp.len() {
            usable[gap].fill(true);
        }
    }
    leave_out_flat(resp, flat, &mut usable);
    let shortest = samples(SHORTEST_SECONDS, rate);
    let mut found = runs(resp.len(), |index| usable[index]);
    for range in &mut found {
        // A flat stretch beside a bridge leaves the bridge without its other end.
        while range.start < range.end && resp[range.start].is_nan() {
            range.start += 1;
        }
        while range.start < range.end && resp[range.end - 1].is_nan() {
            range.end -= 1;
        }
    }
    found.retain(|range| range.len() >= shortest.max(1));
    found
}

/// Draws straight lines over missing samples; the first and the last are present.
fn bridge(stretch: &mut [f64]) {
    for gap in runs(stretch.len(), |index| stretch[index].is_nan()) {
        let (before, after) = (stretch[gap.start - 1], stretch[gap.end]);
        let steps = (gap.len() + 1) as f64;
        for (step, value) in stretch[gap].iter_mut().enumerate() {
            *value = before + (after - before) * (step + 1) as f64 / steps;
        }
    }
}

/// Breaths of one filtered stretch, with times from its start; `recorded` says where samples are missing.
fn of_stretch(filtered: &[f64], recorded: &[f64], rate: f64) -> Vec<Breath> {
    let reach = samples(0.5 * ENVELOPE_SECONDS, rate);
    let normalised = by_local_amplitude(filtered, reach, UNUSUAL);
    let mut peaks = local_maxima(&normalised);
    keep_distant(&mut peaks, &normalised, samples(DURATION[0], rate).max(1));
    let mut prominent = prominences(&peaks, &normalised).into_iter();
    peaks.retain(|_| prominent.next().is_some_and(|height| height >= PROMINENCE));

    // The envelope may rise or fall under a peak and so shift it; the wave itself says where it is.
    for peak in &mut peaks {
        *peak = summit(filtered, *peak, samples(SHIFT_SECONDS, rate));
    }
    let lowest = |range: Range<usize>| {
        let first = range.start;
        // A minimum at an end of the stretch is a slope cut off, not a trough.
        range
            .min_by(|&a, &b| filtered[a].total_cmp(&filtered[b]))
            .filter(|&at| at > first && at + 1 < filtered.len())
    };
    let mut troughs = Vec::with_capacity(peaks.len() + 1);
    let mut from = 0;
    for &until in peaks.iter().chain([&filtered.len()]) {
        troughs.push(lowest(from..until));
        from = until;
    }
    let mut found = Vec::new();
    for (&peak, around) in peaks.iter().zip(troughs.windows(2)) {
        let &[Some(onset), Some(end)] = around else {
            continue;
        };
        let vertices = [onset, peak, end].map(|at| {
            let (offset, height) = vertex(filtered, at);
            ((at as f64 + offset) / rate, height)
        });
        let [(onset_time, floor), (peak_time, top), (end_time, _)] = vertices;
        let there = [onset, peak, end].iter().all(|&at| !recorded[at].is_nan());
        if !there || !(DURATION[0]..=DURATION[1]).contains(&(end_time - onset_time)) {
            continue;
        }
        let trapezoids: f64 = filtered[onset..=peak]
            .windows(2)
            .map(|pair| 0.5 * (pair[0] + pair[1]) - floor)
            .sum();
        // From the highest sample to the top between the samples.
        let area = trapezoids + (peak_time * rate - peak as f64) * (top - floor);
        found.push(Breath {
            onset: onset_time,
            peak: peak_time,
            end: end_time,
            amplitude: top - floor,
            volume: area / rate,
        });
    }
    found
}
