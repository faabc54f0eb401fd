//! Reads a subject's pickle so many times and says how long it took and how much memory, as JSON.
//!
//! `cargo run --release -p pathema-signal --example read_pickle -- S2.pkl 5`

#![allow(clippy::print_stdout, reason = "a program speaks to its user")]

mod peak;

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::time::Instant;

use pathema_signal::wesad;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(path), Some(repeats)) = (args.next(), args.next()) else {
        return Err("give the path of a pickle and how many times to read it".into());
    };
    let mut seconds = Vec::new();
    let mut samples = 0;
    for _ in 0..repeats.parse()? {
        let start = Instant::now();
        let reader = BufReader::with_capacity(1 << 18, File::open(&path)?);
        let (recording, _) = wesad::read_pickle(reader, &path)?;
        seconds.push(start.elapsed().as_secs_f64());
        samples = recording
            .channels
            .iter()
            .map(|channel| channel.samples.len())
            .sum();
    }
    let told = serde_json::json!({ "seconds": seconds, "peak_bytes": peak::peak_bytes(), "samples": samples });
    println!("{told}");
    Ok(())
}
