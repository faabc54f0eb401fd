//! Whole runs, on simulated people.

mod baselines;
mod classifiers;
mod folds;
mod program;
mod study;
mod support;
