//! Tests of the beat detectors and their filter, in one program.

// A test that needs data which is not there says so.
#![allow(clippy::print_stderr)]

mod ecg;
mod filter;
mod golden;
mod intervals;
mod laws;
mod mitdb;
mod pulse;
mod score;
mod simulated;
mod synthetic;
