//! Where movement spoilt a pulse.

use std::ops::Range;

use thiserror::Error;

use super::judge::{Windows, judge};
use crate::beat::{BeatError, magnitude};
use crate::filter::{FilterError, Sos};
use crate::stretches::runs;

/// Hz. The pulse with its notch; movement lies in the same band, so that no filter can part them.
const BAND: [f64; 2] = [0.5, 8.0];
const ORDER: usize = 2;
/// Hz.
const RATES: [f64; 2] = [20.0, 10_000.0];

/// Seconds of a window: some three beats, so that its distribution is that of whole beats.
const WINDOW_SECONDS: f64 = 3.0;
/// Seconds between windows.
const SHIFT_SECONDS: f64 = 0.5;
/// Seconds around the middle of a window that it speaks for.
const CORE_SECONDS: f64 = 1.0;
/// Seconds between two artefacts that are too short to hold a beat worth keeping.
const REJOIN_SECONDS: f64 = 1.0;

/// Acceleration of the limb that carries the sensor; its first sample is taken with the first of the pulse.
#[derive(Clone, Copy, Debug)]
pub struct Acceleration<'a> {
    /// Length of the vector of acceleration, in any unit; NaN marks missing samples.
    pub magnitude: &'a [f64],
    /// Hz.
    pub rate: f64,
}

/// From which deviation on a window is an artefact.
///
/// Deviations are in robust standard deviations (1.4826 median absolute deviations) of the clean windows of the recording,
/// around their median.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Deviation of the shape of the pulse (logarithm of the standard deviation, skewness or kurtosis) that is enough by
    /// itself.
    pub shape: f64,
    /// Deviation of the logarithm of the acceleration's standard deviation from which on the limb moves.
    pub motion: f64,
    /// Deviation of the shape that is enough while the limb moves.
    pub shape_in_motion: f64,
    /// Deviation of the acceleration that is enough by itself. Infinite: never.
    pub motion_alone: f64,
}

impl Limits {
    /// For the pulse of a wrist. The values are ours: set on simulated movement, none is published.
    pub const PULSE: Limits = Limits {
        shape: 5.0,
        motion: 3.0,
        shape_in_motion: 2.0,
        motion_alone: f64::INFINITY,
    };
}

/// Why artefacts could not be looked for or removed.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ArtefactError {
    /// A sampling rate cannot carry its signal.
    #[error(
        "{signal}: a sampling rate of {rate} Hz is outside {lowest}–{highest} Hz; give the rate in samples per second"
    )]
    Rate {
        /// Which signal it is (`BVP`, `ACC`).
        signal: &'static str,
        /// The rate given, in Hz.
        rate: f64,
        /// The lowest rate served, in Hz.
        lowest: f64,
        /// The highest rate served, in Hz.
        highest: f64,
    },
    /// A sample is infinite.
    #[error("BVP: sample {index} is {value}; mark missing samples as NaN")]
    Infinite {
        /// Index of the first infinite sample.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// The filter could not be designed.
    #[error("BVP: the band-pass filter could not be designed")]
    Filter {
        /// What the design refused.
        #[from]
        source: FilterError,
    },
    /// The beats beside an artefact could not be looked for.
    #[error("the beats beside the artefacts could not be looked for")]
    Beats {
        /// Why not.
        #[from]
        source: BeatError,
    },
}

/// The ranges of samples that movement spoilt, in order: `bvp` in any unit, `rate` in Hz (20 to 10,000).
///
/// Windows of 3 s, every 0.5 s, of the pulse band-passed from 0.5 to 8 Hz are compared with the clean windows of the
/// recording. Clean are, with `acceleration`, the 40 % with the least of it; without, those from the 20th to the 60th
/// percentile of the standard deviation. The standard deviation is compared with clean windows of the two minutes around,
/// since vessels narrow and widen; only a larger one is a sign of movement. Each window speaks for the second in its
/// middle, so that an artefact is found with up to 2 s around it.
///
/// With fewer than 20 clean windows (some 25 s of signal) nothing can be compared, and nothing is found. A recording with
/// movement throughout has no clean part to learn from: then too little is found. Missing samples are no artefacts.
///
/// # Errors
/// [`ArtefactError::Rate`] for either rate, [`ArtefactError::Infinite`] for an infinite sample of the pulse.
///
/// ```
/// use pathema_physio::artefacts::{Limits, detect};
/// let bvp: Vec<f64> = (0..6_400).map(|index| (0.12 * index as f64).sin()).collect();
/// assert_eq!(detect(&bvp, 64.0, None, &Limits::PULSE), Ok(vec![]));
/// ```
pub fn detect(
    bvp: &[f64],
    rate: f64,
    acceleration: Option<Acceleration<'_>>,
    limits: &Limits,
) -> Result<Vec<Range<usize>>, ArtefactError> {
    check(bvp, rate)?;
    if let Some(acceleration) = acceleration {
        served("ACC", acceleration.rate, 1.0)?;
    }
    let scale = magnitude(bvp);
    if scale == 0.0 {
        return Ok(Vec::new());
    }
    let scaled: Vec<f64> = bvp.iter().map(|value| value / scale).collect();
    let filtered = Sos::butterworth_band_pass(ORDER, BAND[0], BAND[1], rate)?.zero_phase(&scaled);
    let windows = Windows {
        seconds: WINDOW_SECONDS,
        shift: SHIFT_SECONDS,
    };
    let spoilt = judge(&filtered, rate, acceleration, windows, limits);

    let mut mask = vec![false; bvp.len()];
    for (index, _) in spoilt.iter().enumerate().filter(|(_, spoilt)| **spoilt) {
        let middle = index as f64 * SHIFT_SECONDS + 0.5 * WINDOW_SECONDS;
        let first = ((middle - 0.5 * CORE_SECONDS) * rate) as usize;
        let last = ((middle + 0.5 * CORE_SECONDS) * rate) as usize;
        mask[first.min(bvp.len())..last.min(bvp.len())].fill(true);
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    for range in runs(bvp.len(), |index| mask[index]) {
        match found.last_mut() {
            Some(last) if ((range.start - last.end) as f64) < REJOIN_SECONDS * rate => {
                last.end = range.end;
            }
            _ => found.push(range),
        }
    }
    Ok(found)
}

pub(super) fn check(bvp: &[f64], rate: f64) -> Result<(), ArtefactError> {
    served("BVP", rate, RATES[0])?;
    match bvp.iter().position(|value| value.is_infinite()) {
        Some(index) => Err(ArtefactError::Infinite {
            index,
            value: bvp[index],
        }),
        None => Ok(()),
    }
}

fn served(signal: &'static str, rate: f64, lowest: f64) -> Result<(), ArtefactError> {
    let highest = RATES[1];
    match (lowest..=highest).contains(&rate) {
        true => Ok(()),
        false => Err(ArtefactError::Rate {
            signal,
            rate,
            lowest,
            highest,
        }),
    }
}
