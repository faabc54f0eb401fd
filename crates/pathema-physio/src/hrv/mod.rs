//! Heart rate variability: of a whole recording, or of a hundred thousand short windows.
//!
//! A [`Tachogram`] holds the intervals between beats and knows where they are broken. Of each [`Window`] of it measures are taken:
//! [`time_domain`], [`frequency_domain`], [`nonlinear`]. [`Scan`] takes those of the WESAD baseline of many windows fast.
//! [`correct_artefacts`] repairs missed, extra and ectopic beats first.
//!
//! Times and intervals are in seconds, powers in s² (times 10⁶: ms²). No difference is ever taken across a break. A
//! measure that a window does not define has a reason instead of a number ([`Undefined`](crate::Undefined)).
//!
//! Definitions are those of the Task Force of the ESC and the NASPE (*Circulation* 93, 1996, 1043–1065) where they have
//! one. Other packages differ here and there; the fields say how each measure is defined.
//!
//! ```
//! use pathema_physio::hrv::{Band, Method, Tachogram, frequency_domain, nonlinear, time_domain};
//! // Five minutes at 75 beats a minute, breathing at 0.25 Hz with an amplitude of 40 ms, and slower waves at 0.1 Hz.
//! let mut times = vec![0.0f64];
//! while times.last() < Some(&300.0) {
//!     let now = times[times.len() - 1];
//!     let wave = |frequency: f64| (std::f64::consts::TAU * frequency * now).sin();
//!     times.push(now + 0.8 + 0.04 * wave(0.25) + 0.02 * wave(0.1));
//! }
//! let tachogram = Tachogram::from_beat_times(&times)?;
//! let window = tachogram.window(0.0, 300.0);
//!
//! assert!((time_domain(&window).mean? - 0.8).abs() < 0.01);
//! assert!(nonlinear(&window).poincare.sd1? > 0.02);
//! let spectrum = frequency_domain(&window, &Method::LombScargle, &Band::WESAD)?;
//! assert!((spectrum.lf_hf? - 0.25).abs() < 0.05);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod artefacts;
mod band;
mod entropy;
mod fractal;
mod frequency;
mod grid;
mod moments;
mod nonlinear;
mod scan;
mod tachogram;
mod time;
mod triangle;
mod window;

pub use artefacts::{Artefact, Corrected, Correction, Repair, correct_artefacts};
pub use band::{Band, BandError, BandPower, FrequencyDomain};
pub use entropy::{approximate_entropy, sample_entropy};
pub use fractal::{detrended_fluctuation, higuchi};
pub use frequency::{Method, frequency_domain};
pub use nonlinear::{Nonlinear, Poincare, nonlinear, poincare};
pub use scan::{Scan, ShortTerm};
pub use tachogram::{Tachogram, TachogramError};
pub use time::{TimeDomain, time_domain};
pub use window::Window;
