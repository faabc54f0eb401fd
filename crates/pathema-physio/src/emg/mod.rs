//! Muscle tension, by the two chains of the baseline of WESAD (Schmidt et al. 2018).
//!
//! [`EmgWindows`] tells of the signal and its spectrum, in windows of 5 s there; [`peaks`] finds the bursts of the slow
//! part below 50 Hz, and [`Bursts::of`] sums up those of a window, 60 s there.
//!
//! ```
//! use pathema_physio::emg::EmgWindows;
//! // A tone of 80 Hz at 700 Hz.
//! let emg: Vec<f64> = (0..7_000).map(|index| (std::f64::consts::TAU * 80.0 * index as f64 / 700.0).sin()).collect();
//! let mut windows = EmgWindows::new(&emg, 700.0)?;
//! let features = windows.window(0..3_500);
//! assert_eq!(features.peak_frequency, Ok(80.0));
//! assert!(features.bands[1].unwrap() > 0.49 && features.bands[3].unwrap() < 1e-6);
//! # Ok::<(), pathema_physio::emg::EmgError>(())
//! ```

mod bursts;
mod features;

pub use bursts::{Bursts, Peak, peaks};
pub use features::{BANDS, EmgFeatures, EmgWindows};

use thiserror::Error;

use crate::filter::FilterError;
use crate::spectrum::SpectrumError;

/// Why muscle tension could not be described.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum EmgError {
    /// A sample is infinite.
    #[error("EMG: sample {index} is {value}; mark missing samples as NaN")]
    Infinite {
        /// Index of the first infinite sample.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// The sampling rate cannot carry muscle tension.
    #[error(
        "EMG: a sampling rate of {rate} Hz is outside {lowest}–{highest} Hz; give the rate in samples per second"
    )]
    Rate {
        /// The rate given, in Hz.
        rate: f64,
        /// The lowest rate served, in Hz.
        lowest: f64,
        /// The highest rate served, in Hz.
        highest: f64,
    },
    /// The filter could not be designed.
    #[error("EMG: the filter below 50 Hz could not be designed")]
    Filter {
        /// What the design refused.
        #[from]
        source: FilterError,
    },
    /// The spectrum could not be planned.
    #[error("EMG: the spectrum could not be planned")]
    Spectrum {
        /// What the plan refused.
        #[from]
        source: SpectrumError,
    },
}

fn check(emg: &[f64], rate: f64, lowest: f64) -> Result<(), EmgError> {
    const HIGHEST: f64 = 100_000.0;
    if !(lowest..=HIGHEST).contains(&rate) {
        return Err(EmgError::Rate {
            rate,
            lowest,
            highest: HIGHEST,
        });
    }
    match emg.iter().position(|value| value.is_infinite()) {
        Some(index) => Err(EmgError::Infinite {
            index,
            value: emg[index],
        }),
        None => Ok(()),
    }
}
