//! Breathing, from a belt around the chest or from any signal that rises while air flows in.
//!
//! [`breaths`] finds each breath of a recording, [`Respiration::of`] sums up those of a window.
//!
//! ```
//! use pathema_physio::resp::{Respiration, breaths};
//! // Two minutes of 15 breaths a minute at 25 Hz, with ten seconds missing.
//! let rate = 25.0;
//! let mut belt: Vec<f64> = (0..3_000)
//!     .map(|index| (std::f64::consts::TAU * 0.25 * index as f64 / rate).sin())
//!     .collect();
//! belt[1_500..1_750].fill(f64::NAN);
//! let breaths = breaths(&belt, rate)?;
//! assert!(breaths.iter().all(|breath| breath.end < 60.0 || breath.onset > 69.9));
//! let first = Respiration::of(&breaths, 0.0..60.0);
//! assert!((first.rate.unwrap() - 15.0).abs() < 0.1);
//! # Ok::<(), pathema_physio::resp::RespError>(())
//! ```

mod breaths;
mod features;

pub use breaths::{BAND, Breath, RespError, breaths, breaths_in_band};
pub use features::Respiration;
