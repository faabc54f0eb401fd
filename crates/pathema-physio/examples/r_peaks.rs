//! Finds R peaks again and again, for `bench/physio/peaks_peer.py` to be compared with.
//!
//! `cargo run --release --example r_peaks -- FILE RATE REPEATS [stream]` prints
//! `{"seconds": [...], "median": N, "samples": N, "beats": [...]}`: the seconds of each detection, their median, and the
//! times of the beats in seconds. FILE holds an ECG as little-endian doubles. `stream` hands the samples over one by one.
#![allow(clippy::print_stdout, reason = "a worker answers on its output")]

use std::error::Error;
use std::fs;
use std::time::Instant;

use pathema_physio::{Beat, BeatError, RPeakDetector, r_peaks};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (file, rate, repeats, detect): (_, _, _, fn(&[f64], f64) -> _) = match &arguments[..] {
        [file, rate, repeats] => (file, rate, repeats, r_peaks),
        [file, rate, repeats, how] if how == "stream" => (file, rate, repeats, streamed),
        _ => return Err("give FILE RATE REPEATS [stream]".into()),
    };
    let ecg: Vec<f64> = fs::read(file)?
        .as_chunks()
        .0
        .iter()
        .map(|&bytes| f64::from_le_bytes(bytes))
        .collect();
    let rate = rate.parse()?;
    let (mut seconds, mut beats) = (Vec::new(), Vec::new());
    for _ in 0..repeats.parse::<usize>()?.max(1) {
        let start = Instant::now();
        beats = detect(&ecg, rate)?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    let mut sorted = seconds.clone();
    sorted.sort_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2];
    let times: Vec<f64> = beats.iter().map(|beat| beat.time).collect();
    println!(
        r#"{{"seconds": {seconds:?}, "median": {median:?}, "samples": {}, "beats": {times:?}}}"#,
        ecg.len()
    );
    Ok(())
}

/// The beats, sample by sample.
fn streamed(ecg: &[f64], rate: f64) -> Result<Vec<Beat>, BeatError> {
    let mut detector = RPeakDetector::new(rate)?;
    let mut beats = Vec::new();
    for &sample in ecg {
        beats.extend(detector.push(sample));
    }
    beats.extend(detector.finish());
    Ok(beats)
}
