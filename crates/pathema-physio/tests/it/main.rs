//! Tests of the beat detectors and their filter, in one program.

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
