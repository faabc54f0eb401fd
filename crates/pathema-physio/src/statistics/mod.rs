//! Descriptive statistics of signals with missing samples, of one slice or of many windows.
//!
//! A sample that is not finite is missing, and so is one beyond ±10¹⁰⁰, whose powers would overflow. What is missing is
//! left out: [`mean`], [`std()`] and [`slope`] are those of the samples that are there. How many those are is for the
//! caller to judge ([`Moments::coverage`]).
//!
//! A feature table has thousands of windows that overlap almost wholly. [`SlidingMoments`] and [`SlidingQuantiles`]
//! look at a signal once and then answer for any window, in a time that hardly depends on its length. They merge the
//! statistics of parts and subtract none, so that no rounding error grows along a recording.
//!
//! ```
//! use pathema_physio::statistics::{SlidingMoments, mean};
//! // A minute of temperature at 4 Hz that rises by 0.01 °C a second, with two seconds missing.
//! let rate = 4.0;
//! let mut temperature: Vec<f64> = (0..240).map(|index| 33.0 + 0.01 * index as f64 / rate).collect();
//! temperature[100..108].fill(f64::NAN);
//! assert!((mean(&temperature[..40])? - 33.04875).abs() < 1e-12);
//!
//! let sliding = SlidingMoments::new(&temperature);
//! let window = sliding.window(80..120);
//! assert_eq!(window.coverage(), 0.8);
//! assert!((window.slope(rate)? - 0.01).abs() < 1e-9);
//! # Ok::<(), pathema_physio::Undefined>(())
//! ```

mod moments;
mod order;
mod plain;
mod sliding;

pub use moments::Moments;
pub use order::SlidingQuantiles;
pub use plain::{
    absolute_integral, kurtosis, max, mean, median, min, percentile, range, root_mean_square,
    skewness, slope, std,
};
pub use sliding::SlidingMoments;
