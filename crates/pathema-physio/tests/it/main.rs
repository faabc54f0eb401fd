//! Tests of the beat detectors and their filter, in one program.
#![allow(clippy::print_stderr, reason = "scores are shown with --nocapture")]

mod ecg;
mod eda;
mod eda_laws;
mod eda_real;
mod eda_responses;
mod filter;
mod golden;
mod intervals;
mod laws;
mod mitdb;
mod pulse;
mod score;
mod simulated;
mod synthetic;
