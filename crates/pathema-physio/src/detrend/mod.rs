//! Slow change that is not what is measured, and how it is taken away.
//!
//! [`detrend`] takes away means or straight lines, [`smoothness_priors`] a smooth curve, as before the analysis of heart
//! rate variability. Both treat each finite stretch by itself; what is missing stays missing.

mod prior;
mod smoothness;
mod trend;

pub(crate) use prior::smooth;
pub use smoothness::{SmoothnessError, smoothness_priors};
pub use trend::{Detrend, detrend};
