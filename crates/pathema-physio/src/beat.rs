//! One heart beat, and why beats could not be looked for.

use thiserror::Error;

use crate::filter::FilterError;

/// One heart beat as a sensor saw it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beat {
    /// Seconds since the first sample, finer than the sampling period.
    pub time: f64,
    /// Size of the beat in the unit of the signal.
    ///
    /// ECG: the R peak above the local baseline, negative where the R peak points down. Pulse: the systolic peak minus
    /// the trough before it, NaN where that trough was not recorded.
    pub amplitude: f64,
    /// Seconds since the beat before it. `None` for the first beat, for the first after a gap, and where the interval
    /// is implausible ([`Plausibility`](crate::intervals::Plausibility)): then a beat was probably missed or invented,
    /// or the heart skipped. Beats of a stream ([`RPeakDetector`](crate::RPeakDetector)) have every interval, plausible
    /// or not.
    pub interval: Option<f64>,
}

/// Why beats could not be looked for.
///
/// A signal without beats (too short, constant, all missing) is no error: it has no beats.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum BeatError {
    /// The sampling rate cannot carry this signal.
    #[error(
        "{signal}: a sampling rate of {rate} Hz is outside {lowest}–{highest} Hz; give the rate in samples per second, \
         or resample the signal"
    )]
    Rate {
        /// Which signal it is (`ECG`, `BVP`).
        signal: &'static str,
        /// The rate given, in Hz.
        rate: f64,
        /// The lowest rate served, in Hz.
        lowest: f64,
        /// The highest rate served, in Hz.
        highest: f64,
    },
    /// A sample is infinite.
    #[error("{signal}: sample {index} is {value}; mark missing samples as NaN")]
    Infinite {
        /// Which signal it is (`ECG`, `BVP`).
        signal: &'static str,
        /// Index of the first infinite sample.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// The filter before the detector could not be designed.
    #[error("{signal}: the band-pass filter of the beat detector could not be designed")]
    Filter {
        /// Which signal it is (`ECG`, `BVP`).
        signal: &'static str,
        /// What the design refused.
        source: FilterError,
    },
}

/// Refuses a rate that a detector does not serve.
pub(crate) fn check_rate(signal: &'static str, rate: f64, lowest: f64) -> Result<(), BeatError> {
    // Above this rate the filters' poles crowd around 1 and lose digits; no physiological sensor comes near.
    const HIGHEST_RATE: f64 = 100_000.0;
    if (lowest..=HIGHEST_RATE).contains(&rate) {
        return Ok(());
    }
    Err(BeatError::Rate {
        signal,
        rate,
        lowest,
        highest: HIGHEST_RATE,
    })
}

/// Refuses infinite samples.
pub(crate) fn check_finite(signal: &'static str, samples: &[f64]) -> Result<(), BeatError> {
    match samples.iter().position(|value| value.is_infinite()) {
        None => Ok(()),
        Some(index) => Err(BeatError::Infinite {
            signal,
            index,
            value: samples[index],
        }),
    }
}

/// The largest magnitude among the samples that are present, 0 if there are none.
///
/// Detectors divide by it, so that no magnitude a sensor's file may hold overflows once squared.
pub(crate) fn magnitude(samples: &[f64]) -> f64 {
    // `f64::max` passes over NaN.
    samples
        .iter()
        .fold(0.0, |largest, value| value.abs().max(largest))
}
