use thiserror::Error;

/// Why an electrodermal signal could not be decomposed.
///
/// Gaps, constant signals and single samples are no errors: see [`decompose`](crate::eda::CvxEda::decompose).
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum EdaError {
    /// The sampling rate cannot carry the signal.
    #[error(
        "EDA: a sampling rate of {rate} Hz is outside {lowest}–{highest} Hz; give the rate in samples per second, or \
         resample the signal"
    )]
    Rate {
        /// The rate given, in Hz.
        rate: f64,
        /// The lowest rate served, in Hz.
        lowest: f64,
        /// The highest rate served, in Hz.
        highest: f64,
    },
    /// A sample is infinite.
    #[error("EDA: sample {index} is {value}; mark missing samples as NaN")]
    Sample {
        /// Index of the first infinite sample.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// No sample is present.
    #[error("EDA: none of {samples} samples is present, so that there is nothing to solve")]
    Empty {
        /// How many samples were given.
        samples: usize,
    },
    /// A setting lies outside its range.
    #[error("EDA: {name} = {value} is outside {lowest}–{highest}")]
    Setting {
        /// Name of the field.
        name: &'static str,
        /// The value given.
        value: f64,
        /// The lowest value served.
        lowest: f64,
        /// The highest value served.
        highest: f64,
    },
    /// Both time constants are the same, so that no response rises before it falls.
    #[error(
        "EDA: both time constants are {tau} s; the response takes two that differ by a thousandth at least"
    )]
    Taus {
        /// The time constant, in seconds.
        tau: f64,
    },
    /// A solution does not belong to the problem that it is checked against.
    #[error(
        "EDA: the solution has {found} {what}, the problem {expected}; check it against what it was made from"
    )]
    Shape {
        /// What is counted, in the plural.
        what: &'static str,
        /// How many the solution has.
        found: usize,
        /// How many it takes.
        expected: usize,
    },
    /// The optimum was not reached.
    #[error(
        "EDA: after {iterations} iterations the optimum is still {reached:e} away, which is more than {accepted:e}; \
         z-score the signal, lower highest_rate, or take weights alpha and gamma nearer to the usual"
    )]
    NotConverged {
        /// Iterations taken.
        iterations: usize,
        /// The largest of the residuals, as in [`Kkt`](crate::eda::Kkt).
        reached: f64,
        /// What would have been accepted.
        accepted: f64,
    },
}
