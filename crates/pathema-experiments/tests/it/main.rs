//! Whole runs, on simulated people.

mod folds;
mod program;
mod study;
mod support;
