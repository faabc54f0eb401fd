//! Tests of the beat detectors and their filter, in one program.
#![allow(clippy::print_stderr, reason = "scores are shown with --nocapture")]

mod compare;
mod compared;
mod ecg;
mod filter;
mod golden;
mod intervals;
mod laws;
mod mitdb;
mod pulse;
mod simulated;
mod streaming;
mod synthetic;
