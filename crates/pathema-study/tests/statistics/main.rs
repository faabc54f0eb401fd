//! The study's statistics: against SciPy, scikit-learn and statsmodels; by laws; by answers known beforehand.

mod golden;
mod laws;
mod recalibration;
mod refusals;
mod rows;
mod support;
