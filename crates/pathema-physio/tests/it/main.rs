//! Tests of the beat detectors and their filter, in one program.
#![allow(clippy::print_stderr, reason = "scores are shown with --nocapture")]

mod ecg;
mod filter;
mod golden;
mod intervals;
mod laws;
mod mitdb;
mod pulse;
mod resample;
mod score;
mod simulated;
mod spectrum;
mod synthetic;
