//! Slow change that is not what is measured, and how it is taken away.

mod trend;

pub use trend::Detrend;
