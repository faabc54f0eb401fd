//! Reads a CSV file again and again, for `bench/formats/pandas_peer.py` to be compared with.
//!
//! `cargo run --release --example read_csv -- FILE SCHEMA REPEATS` prints
//! `{"seconds": [...], "peak_bytes": N, "rows": N}`: the seconds of each reading into memory, the largest resident memory of
//! the process (Linux's VmHWM; null elsewhere) and the rows of the longest channel.
#![allow(clippy::print_stdout, reason = "a worker answers on its output")]

mod peak;

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use pathema_signal::csv::{self, Schema};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, schema, repeats] = &arguments[..] else {
        return Err("give FILE SCHEMA REPEATS".into());
    };
    let schema = Schema::load(Path::new(schema))?;
    let (mut seconds, mut rows) = (Vec::new(), 0);
    for _ in 0..repeats.parse::<usize>()? {
        let start = Instant::now();
        let recording = csv::read(Path::new(file), &schema)?;
        seconds.push(start.elapsed().as_secs_f64());
        rows = recording
            .channels
            .iter()
            .map(|channel| channel.len())
            .max()
            .unwrap_or(0);
    }
    let answer =
        serde_json::json!({ "seconds": seconds, "peak_bytes": peak::peak_bytes(), "rows": rows });
    println!("{answer}");
    Ok(())
}
