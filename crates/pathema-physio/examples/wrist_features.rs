//! Times `schmidt2018-wrist` over WESAD: `cargo run --release -p pathema-physio --example wrist_features -- WESAD.zip [threads]`.
//!
//! Reading the files is not counted, the features of all 60 s windows every 0.25 s are.
#![allow(clippy::print_stdout, reason = "a program speaks to its user")]

use std::error::Error;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use pathema_physio::features::{FeatureSet, FeatureTable, Signal, Signals, Windows};
use pathema_signal::wesad::Archive;
use pathema_signal::{Modality, Placement};

/// Samples and rate of acceleration, pulse, skin conductance and temperature.
type Wrist = [(Vec<f64>, f64); 4];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .ok_or("give the archive or folder of WESAD")?;
    let threads: usize = arguments.next().map_or(Ok(2), |text| text.parse())?;
    let archive = Archive::open(Path::new(&path))?;
    let mut subjects = Vec::new();
    for name in archive.subjects() {
        let recording = archive.read(name)?.recording;
        let mut wrist = Vec::new();
        for modality in [Modality::Acc, Modality::Bvp, Modality::Eda, Modality::Temp] {
            let channel = recording
                .channel(Placement::Wrist, modality)
                .ok_or_else(|| format!("{name} has no wrist {modality}"))?;
            let rate = channel.rate().ok_or("a channel without a rate")?;
            wrist.push((channel.all().to_vec(), rate));
        }
        let wrist: Wrist = wrist.try_into().map_err(|_| "four signals")?;
        subjects.push((name.clone(), wrist));
    }
    let set = FeatureSet::named("schmidt2018-wrist")?;
    let started = Instant::now();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((name, wrist)) = subjects.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let started = Instant::now();
                    let told = match features(&set, wrist) {
                        Ok(table) => told(&table),
                        Err(error) => error.to_string(),
                    };
                    println!("{name}: {:.2} s, {told}", started.elapsed().as_secs_f64());
                }
            });
        }
    });
    println!(
        "{} subjects on {threads} threads: {:.1} s",
        subjects.len(),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

fn features(
    set: &FeatureSet,
    wrist: &Wrist,
) -> Result<FeatureTable, pathema_physio::features::FeatureError> {
    let [acc, bvp, eda, temp] = wrist;
    let signals = Signals {
        acc: of(acc),
        bvp: of(bvp),
        eda: of(eda),
        temp: of(temp),
        ..Signals::default()
    };
    set.extract(&signals, &Windows::WESAD)
}

fn told(table: &FeatureTable) -> String {
    let rows = table.starts().len();
    let undefined: usize = (0..rows)
        .map(|row| table.row(row).iter().filter(|value| value.is_nan()).count())
        .sum();
    let share = undefined as f64 / (rows * table.names().len()).max(1) as f64;
    format!("{rows} windows, {:.2} % undefined", 100.0 * share)
}

fn of((samples, rate): &(Vec<f64>, f64)) -> Option<Signal<'_>> {
    Some(Signal {
        samples,
        rate: *rate,
    })
}
