//! Other sampling rates, and even grids for what was not sampled evenly.
//!
//! [`resample`] changes the rate of a signal by a ratio of whole numbers and [`decimate`] by a whole one, both without
//! aliases; [`interpolate`] puts values at irregular times, such as intervals between beats, onto any grid. None fills a
//! gap: where a result would rest on what is missing, it is missing.

mod error;
mod interpolate;
mod polyphase;
mod spline;

pub use error::ResampleError;
pub use interpolate::{Interpolation, interpolate};
pub use polyphase::{Padding, Polyphase, decimate, resample};
