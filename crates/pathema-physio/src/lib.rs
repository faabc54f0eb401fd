//! What the body did: beats, their variability, skin conductance, breath, movement, and features of windows.
//!
//! Signals are slices with a rate in Hz; missing samples are NaN. A gap stays a gap: nothing is made up across it, and no beat is
//! ever reported inside one. A measure that cannot be taken has a reason instead of a number ([`Undefined`]).
//!
//! | | |
//! |---|---|
//! | Signals as such | [`filter`], [`resample`], [`detrend`], [`spectrum`], [`statistics`] |
//! | The heart | [`r_peaks`], [`RPeakDetector`] on a stream, [`pulse_peaks`]; [`intervals`], [`hrv`], [`compare`] |
//! | The skin | [`eda`], [`temp`] |
//! | Breath and muscles | [`resp`], [`emg`], [`acc`] |
//! | What can be trusted | [`quality`], [`artefacts`] |
//! | Windows for a model | [`features`] |
//!
//! Beats are placed between the samples, with how large they were, and with the interval to the beat before only where it can be
//! trusted:
//!
//! ```
//! // Ten seconds of a noiseless ECG at 250 Hz with a beat every 0.8 s, the first at 0.4 s.
//! let rate = 250.0;
//! let ecg: Vec<f64> = (0..2500)
//!     .map(|sample| {
//!         let phase = (sample as f64 / rate) % 0.8 - 0.4;
//!         (-0.5 * (phase / 0.012).powi(2)).exp()
//!     })
//!     .collect();
//! let beats = pathema_physio::r_peaks(&ecg, rate)?;
//! assert_eq!(beats.len(), 12);
//! assert!((beats[3].time - 2.8).abs() < 1e-3);
//! assert!((beats[3].interval.unwrap() - 0.8).abs() < 1e-3);
//! # Ok::<(), pathema_physio::BeatError>(())
//! ```

pub mod acc;
pub mod artefacts;
mod beat;
pub mod compare;
mod complex;
pub mod detrend;
mod ecg;
pub mod eda;
pub mod emg;
pub mod features;
pub mod filter;
pub mod hrv;
pub mod intervals;
mod peaks;
mod pulse;
pub mod quality;
pub mod resample;
pub mod resp;
pub mod spectrum;
pub mod statistics;
mod stretches;
pub mod temp;
mod undefined;
mod window;

pub use beat::{Beat, BeatError};
pub use ecg::{RPeakDetector, r_peaks};
pub use pulse::{PulseMethod, pulse_peaks, pulse_peaks_by};
pub use undefined::{Undefined, Value};
