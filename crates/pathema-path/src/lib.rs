//! Continuous control paths through irregular, incomplete observations.
//!
//! A neural controlled differential equation reads its data through the
//! derivative of a path `X(t)` (Kidger, Morrill, Foster and Lyons, "Neural
//! controlled differential equations for irregular time series", NeurIPS 2020).
//! This crate builds that path: [`Observations`] hold what was seen and when, a
//! [`Scheme`] says how to join it, and [`ControlPath`] is the piecewise cubic
//! that results, with its knots, smoothness and causality. All numbers are
//! `f64`; tensors are somebody else's business.
//!
//! A missing value (`NaN`) stays missing: each channel is joined across its own
//! gaps, and no interpolated value is ever counted as an observation. What was
//! seen, and how often, is told by the intensity channels of
//! [`Observations::with_intensity`].
//!
//! ```
//! use pathema_path::{ControlPath, Ends, Intensity, Observations, Scheme, Smoothness};
//!
//! // Skin conductance and temperature; the temperature sensor reports half as often.
//! let times = vec![0.0, 1.0, 2.5, 3.0, 4.25];
//! let values = vec![
//!     0.0, 33.1, //
//!     1.0, f64::NAN, //
//!     -0.5, 33.4, //
//!     2.0, f64::NAN, //
//!     0.75, 33.0,
//! ];
//! let observations = Observations::new(times, values, 2)?
//!     .with_intensity(Intensity::PerChannel)
//!     .with_time();
//! let path = ControlPath::fit(Scheme::NaturalCubic(Ends::Free), &observations)?;
//!
//! // Channels: time, two cumulative counts, two signals.
//! assert_eq!(path.channels(), 5);
//! assert_eq!(path.smoothness(), Smoothness::C2);
//! let mut slope = [0.0; 5];
//! path.derivative(0.0, &mut slope);
//! assert!((slope[3] - 2.04312115).abs() < 1e-8);
//! assert!(path.verify_continuity().holds(Smoothness::C2, 1e-9));
//! # Ok::<(), pathema_path::PathError>(())
//! ```

mod augment;
mod continuity;
mod cubic;
mod divide;
mod error;
mod fill;
mod fit;
mod gaps;
mod hermite;
mod linear;
mod logsig;
mod natural;
mod observations;
mod observed;
mod path;
mod pull_back;
mod rectilinear;
mod refine;
mod scheme;
mod smoothed;

pub use augment::Intensity;
pub use continuity::{ContinuityReport, Jump, Smoothness};
pub use error::PathError;
pub use logsig::{Depth, LogSignature, PathGradient, Signature, log_signatures, lyndon_words};
pub use observations::Observations;
pub use path::ControlPath;
pub use pull_back::FitGradient;
pub use scheme::{Ends, Gaps, Scheme, Share};

/// The README's example, run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
