//! Tests of the beat detectors and their filter, in one program.
#![allow(clippy::print_stderr, reason = "scores are shown with --nocapture")]

mod acc;
mod artefacts;
mod compare;
mod compared;
mod ecg;
mod eda;
mod eda_laws;
mod eda_real;
mod eda_responses;
mod emg;
mod features;
mod filter;
mod golden;
mod hrv;
mod hrv_artefacts;
mod hrv_frequency;
mod hrv_golden;
mod hrv_laws;
mod intervals;
mod laws;
mod mitdb;
mod pulse;
mod quality;
mod resample;
mod resp;
mod simulated;
mod spectrum;
mod statistics;
mod streaming;
mod synthetic;
