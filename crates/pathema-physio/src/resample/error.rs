//! What cannot be resampled.

use thiserror::Error;

use crate::filter::Window;

/// Why a signal could not be resampled.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ResampleError {
    /// The ratio of the rates is none, or takes a filter of too many taps.
    #[error(
        "a rate cannot be changed by {up} / {down}; take whole numbers that, reduced, lie from 1 to {largest}"
    )]
    Ratio {
        /// By what the rate is multiplied.
        up: usize,
        /// By what it is divided.
        down: usize,
        /// The largest number served.
        largest: usize,
    },
    /// The window's parameter is out of its range.
    #[error("a window of this β cannot be computed ({window:?}); take β from 0 to 700")]
    Window {
        /// The window given.
        window: Window,
    },
    /// There are not as many times as values.
    #[error("{times} times do not fit {values} values; give one time for each value")]
    Lengths {
        /// How many times.
        times: usize,
        /// How many values.
        values: usize,
    },
    /// Times do not rise.
    #[error(
        "time {index} is {time} s, which is not after the one before; give finite times that rise"
    )]
    Time {
        /// Which time.
        index: usize,
        /// Its value, in seconds.
        time: f64,
    },
}
