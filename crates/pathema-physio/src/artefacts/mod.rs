//! Motion artefacts in a blood volume pulse: which samples they spoil, and what to put in their place.
//!
//! [`detect`] compares short windows with the clean part of the same recording, after the idea of Pollreisz & TaheriNejad
//! (*Detection and removal of motion artifacts in PPG signals*, Mobile Networks and Applications 27, 2022): movement makes
//! the pulse larger, and gives its samples another distribution than heart beats have. Their standard deviation, skewness
//! and kurtosis tell it, the accelerometer beside the sensor tells it too, and the two together tell it sooner.
//! [`remove()`] cuts what was found out of the signal.
//!
//! A model that reads paths with gaps, such as a neural controlled differential equation, needs neither: it sees the
//! acceleration itself. They are for features that are computed from beats.
//!
//! ```
//! use pathema_physio::artefacts::{Limits, Removal, detect, remove};
//! // Two minutes of a pulse; from 60 to 64 s the arm moves.
//! let rate = 64.0;
//! let bvp: Vec<f64> = (0..7_680)
//!     .map(|index| {
//!         let time = index as f64 / rate;
//!         let pulse = 20.0 * (std::f64::consts::TAU * 1.2 * time).sin();
//!         let moved = if (60.0..64.0).contains(&time) { 150.0 } else { 0.0 };
//!         pulse + moved * (std::f64::consts::TAU * 2.1 * time).sin()
//!     })
//!     .collect();
//! let artefacts = detect(&bvp, rate, None, &Limits::PULSE)?;
//! assert_eq!(artefacts.len(), 1);
//! assert!(artefacts[0].contains(&(62 * 64)));
//! let clean = remove(&bvp, rate, &artefacts, Removal::Excise)?;
//! assert!(clean[62 * 64].is_nan() && clean[50 * 64] == bvp[50 * 64]);
//! # Ok::<(), pathema_physio::artefacts::ArtefactError>(())
//! ```

mod detect;
mod judge;
mod remove;

pub use detect::{Acceleration, ArtefactError, Limits, detect};
pub use remove::{Removal, remove};
