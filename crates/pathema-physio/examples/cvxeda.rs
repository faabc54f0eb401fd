//! Times the decomposition of skin conductance, and shows its certificates.
//!
//! `cargo run --release -p pathema-physio --example cvxeda` solves synthetic signals of growing length, and, where the
//! environment variable PATHEMA_DATA names a folder with `WESAD-wrist.zip`, the wrist of every subject in it. Each line gives
//! samples, seconds of the fastest of three runs, Newton steps and the largest residual of the optimality conditions.
//!
//! `… --example cvxeda -- FILE RATE REPEATS` decomposes the numbers in FILE, one a line, and prints
//! `{"seconds": [...], "iterations": N, "worst": R}`, for `bench/physio/cvxeda_peer.py` to be compared with.
#![allow(clippy::print_stdout, reason = "a program answers on its output")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use pathema_physio::eda::{CvxEda, Decomposition, Dialect};
use pathema_signal::wesad::Archive;
use pathema_signal::{Modality, Placement};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [file, rate, repeats] = &arguments[..] {
        return worker(Path::new(file), rate.parse()?, repeats.parse()?);
    }
    for n in [1000, 24_000, 100_000] {
        show(&format!("synthetic {n}"), &synthetic(n, 4.0), 4.0)?;
    }
    show("synthetic at 25 Hz", &synthetic(100_000, 25.0), 25.0)?;
    let Ok(data) = std::env::var("PATHEMA_DATA") else {
        println!("PATHEMA_DATA is not set: no real recordings");
        return Ok(());
    };
    let archive = Archive::open(&PathBuf::from(data).join("WESAD-wrist.zip"))?;
    for subject in archive.subjects() {
        let recording = archive.read(subject)?.recording;
        let eda = recording
            .channel(Placement::Wrist, Modality::Eda)
            .ok_or("no EDA")?;
        show(subject, &eda.all(), eda.rate().ok_or("no rate")?)?;
    }
    Ok(())
}

fn worker(file: &Path, rate: f64, repeats: usize) -> Result<(), Box<dyn Error>> {
    let eda = std::fs::read_to_string(file)?
        .lines()
        .map(str::parse)
        .collect::<Result<Vec<f64>, _>>()?;
    let (parts, seconds) = timed(&CvxEda::default(), &eda, rate, repeats)?;
    let (iterations, worst) = work(&parts);
    println!(r#"{{"seconds": {seconds:?}, "iterations": {iterations}, "worst": {worst:e}}}"#);
    Ok(())
}

fn show(name: &str, eda: &[f64], rate: f64) -> Result<(), Box<dyn Error>> {
    for dialect in [Dialect::AllRows, Dialect::WithoutFirstTwo] {
        let settings = CvxEda {
            dialect,
            ..CvxEda::default()
        };
        let (parts, seconds) = timed(&settings, eda, rate, 3)?;
        let fastest = seconds.into_iter().fold(f64::INFINITY, f64::min);
        let (iterations, worst) = work(&parts);
        let n = eda.len();
        println!(
            "{name:20} {dialect:?}: n {n}, {fastest:.4} s, {iterations} steps, KKT {worst:.1e}"
        );
    }
    Ok(())
}

fn timed(
    settings: &CvxEda,
    eda: &[f64],
    rate: f64,
    repeats: usize,
) -> Result<(Decomposition, Vec<f64>), Box<dyn Error>> {
    let mut seconds = Vec::new();
    loop {
        let start = Instant::now();
        let parts = settings.decompose(eda, rate)?;
        seconds.push(start.elapsed().as_secs_f64());
        if seconds.len() >= repeats {
            return Ok((parts, seconds));
        }
    }
}

/// Newton steps, and the largest residual of any stretch.
fn work(parts: &Decomposition) -> (usize, f64) {
    parts
        .stretches
        .iter()
        .fold((0, 0.0), |(steps, worst), stretch| {
            let more = stretch
                .solution
                .as_ref()
                .map_or(0, |solution| solution.iterations);
            (
                steps + more,
                stretch.kkt.map_or(worst, |kkt| kkt.worst().max(worst)),
            )
        })
}

/// A wandering level, a response every 9 s on average, and noise.
fn synthetic(n: usize, rate: f64) -> Vec<f64> {
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24) - 0.5
    };
    let keep = [2.0, 0.7].map(|tau: f64| (-1.0 / (tau * rate)).exp());
    let (mut parts, mut next) = ([0.0; 2], 3.0);
    (0..n)
        .map(|index| {
            let time = index as f64 / rate;
            parts = [parts[0] * keep[0], parts[1] * keep[1]];
            if time >= next {
                let size = 0.4 + 0.5 * noise();
                parts = parts.map(|value| value + size);
                next += 9.0 + 8.0 * noise();
            }
            3.0 + 0.5 * (time / 40.0).sin() + parts[0] - parts[1] + 0.004 * noise()
        })
        .collect()
}
