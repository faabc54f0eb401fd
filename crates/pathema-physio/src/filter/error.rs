//! What cannot be designed.

use thiserror::Error;

use super::Window;

/// Why a filter could not be designed.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum FilterError {
    /// The order is 0 or too large.
    #[error(
        "a Butterworth filter of order {order} cannot be designed; take an order from 1 to {highest}"
    )]
    Order {
        /// The order given.
        order: usize,
        /// The highest order served.
        highest: usize,
    },
    /// The band does not lie between 0 and half the sampling rate.
    #[error(
        "a band of {low}–{high} Hz at {rate} Hz cannot be designed; take 0 < low < high < rate / 2"
    )]
    Band {
        /// The lower edge given, in Hz.
        low: f64,
        /// The upper edge given, in Hz.
        high: f64,
        /// The sampling rate given, in Hz.
        rate: f64,
    },
    /// A frequency does not lie between 0 and half the sampling rate.
    #[error(
        "a frequency of {frequency} Hz at {rate} Hz cannot be designed; take 0 < frequency < rate / 2"
    )]
    Frequency {
        /// The frequency given, in Hz.
        frequency: f64,
        /// The sampling rate given, in Hz.
        rate: f64,
    },
    /// The quality of a notch or peak leaves no band of its width.
    #[error(
        "a quality of {quality} at {frequency} Hz cannot be designed; take one above 0 whose width, frequency / \
         quality, is below half the rate"
    )]
    Quality {
        /// The quality given.
        quality: f64,
        /// The frequency given, in Hz.
        frequency: f64,
    },
    /// A finite response of this many taps does not exist, or not with this response.
    #[error(
        "a finite response of {taps} taps cannot be designed; take 1 to {most}, and an odd number where half the rate passes"
    )]
    Taps {
        /// The taps given.
        taps: usize,
        /// The most taps served.
        most: usize,
    },
    /// The window's parameter is out of its range.
    #[error("a window of this β cannot be computed ({window:?}); take β from 0 to 700")]
    Window {
        /// The window given.
        window: Window,
    },
    /// An attenuation that Kaiser's formula does not serve.
    #[error("an attenuation of {attenuation} dB cannot be designed; take 8 to 1000 dB")]
    Attenuation {
        /// The attenuation given, in dB.
        attenuation: f64,
    },
    /// A coefficient is not a number.
    #[error("coefficient {index} is {value}; give finite coefficients")]
    Coefficient {
        /// Which coefficient, or which section.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// A section's output would grow without bound.
    #[error(
        "section {index} is not stable, its poles lie outside the unit circle or on it; a band too low or narrow for its \
         sampling rate does that: lower the rate first"
    )]
    Unstable {
        /// Which section.
        index: usize,
    },
}

/// Comparisons with NaN fail, so that this refuses it too.
pub(super) fn check_frequency(frequency: f64, rate: f64) -> Result<(), FilterError> {
    if 0.0 < frequency && frequency < 0.5 * rate && rate.is_finite() {
        Ok(())
    } else {
        Err(FilterError::Frequency { frequency, rate })
    }
}

pub(super) fn check_band(low: f64, high: f64, rate: f64) -> Result<(), FilterError> {
    if 0.0 < low && low < high && high < 0.5 * rate && rate.is_finite() {
        Ok(())
    } else {
        Err(FilterError::Band { low, high, rate })
    }
}
