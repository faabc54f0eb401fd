//! Whole runs, on simulated people.
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod folds;
mod program;
mod study;
mod support;
