//! Why a measure has no value.

use thiserror::Error;

/// A measure, or the reason why it is undefined.
pub type Value = Result<f64, Undefined>;

/// Why a measure is undefined for what was recorded.
///
/// A number that cannot be computed is not NaN: NaN says nothing, and is lost in the next mean. Where many measures stand
/// in a table, the undefined ones become missing values there.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Undefined {
    /// Too few values are present.
    #[error("{found} {what} are too few: it takes {needed}")]
    TooFew {
        /// What is counted, in the plural: "intervals", "samples".
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// What was recorded does not last long enough.
    #[error("{found} s are too short: it takes {needed} s")]
    TooShort {
        /// Seconds that there are.
        found: f64,
        /// Seconds that it takes.
        needed: f64,
    },
    /// Too much of the window is missing.
    #[error("{found} of the window is present: it takes {needed}")]
    Coverage {
        /// The part that is present, from 0 to 1.
        found: f64,
        /// The part that it takes.
        needed: f64,
    },
    /// All values are the same, so that what is divided by their spread has no meaning.
    #[error("the {what} do not vary")]
    Constant {
        /// What does not vary, in the plural.
        what: &'static str,
    },
    /// The divisor of a ratio is zero.
    #[error("the {what} is zero")]
    Zero {
        /// What is zero.
        what: &'static str,
    },
    /// The sampling rate is too low for what is asked.
    #[error("at {rate} Hz nothing is known beyond {} Hz: it takes {needed} Hz", 0.5 * rate)]
    Rate {
        /// The sampling rate, in Hz.
        rate: f64,
        /// The highest frequency that it takes, in Hz.
        needed: f64,
    },
    /// The event that is measured did not occur: a response that never recovers, a spectrum without a peak.
    #[error("there is no {what}")]
    Absent {
        /// What is absent.
        what: &'static str,
    },
}
