//! What a spectrum cannot be estimated from.

use thiserror::Error;

use crate::Undefined;

/// Why there is no spectrum.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum SpectrumError {
    /// The sampling rate is not a positive number.
    #[error("a sampling rate of {rate} Hz has no spectrum; give the samples a second")]
    Rate {
        /// The rate given, in Hz.
        rate: f64,
    },
    /// The segments cannot be laid out.
    #[error(
        "segments of {segment} samples that overlap by {overlap} cannot be transformed with {transform} samples; \
         take overlap < segment ≤ transform ≤ {largest}"
    )]
    Segment {
        /// Samples in a segment.
        segment: usize,
        /// Samples that two neighbours share.
        overlap: usize,
        /// Samples of a transform.
        transform: usize,
        /// The longest transform served.
        largest: usize,
    },
    /// The window's parameter is out of its range.
    #[error("a Kaiser window of this β cannot be computed ({window:?}); take β from 0 to 700")]
    Window {
        /// The window given.
        window: super::Window,
    },
    /// The frequencies are not positive and rising.
    #[error("frequency {index} is {frequency} Hz; give finite frequencies above 0 that rise")]
    Frequency {
        /// Which frequency.
        index: usize,
        /// Its value, in Hz.
        frequency: f64,
    },
    /// There are not as many times as values.
    #[error("{times} times do not fit {values} values; give one time for each value")]
    Lengths {
        /// How many times.
        times: usize,
        /// How many values.
        values: usize,
    },
    /// A present value has no time.
    #[error("time {index} is {time} s; give a finite time for each value that is present")]
    Time {
        /// Which time.
        index: usize,
        /// Its value, in seconds.
        time: f64,
    },
    /// An autoregression without a term, or of too many.
    #[error(
        "an autoregression of order {order} cannot be fitted; take an order from 1 to {highest}"
    )]
    Order {
        /// The order given.
        order: usize,
        /// The highest order served.
        highest: usize,
    },
    /// The signal itself leaves the spectrum undefined.
    #[error("the spectrum is undefined: {0}")]
    Undefined(#[from] Undefined),
}

pub(super) fn check_rate(rate: f64) -> Result<(), SpectrumError> {
    if rate > 0.0 && rate.is_finite() {
        Ok(())
    } else {
        Err(SpectrumError::Rate { rate })
    }
}

/// Frequencies must be finite, above zero and rise: else the widths of a spectrum's cells have no meaning.
pub(super) fn check_frequencies(frequencies: &[f64]) -> Result<(), SpectrumError> {
    let mut below = 0.0;
    for (index, &frequency) in frequencies.iter().enumerate() {
        if !(frequency > below && frequency.is_finite()) {
            return Err(SpectrumError::Frequency { index, frequency });
        }
        below = frequency;
    }
    Ok(())
}
