//! Times reading a WFDB record and its annotations, as a benchmark's worker.
//!
//! `cargo run --release -p pathema-signal --example read_wfdb -- mitdb/100 20` prints one line of JSON: the seconds of each
//! repeat, the process's peak memory, and how many samples and annotations there are. Each repeat reads the signals as
//! stored, converts them to their units in double precision, as `wfdb.rdrecord` does by default, and reads the annotations
//! of `atr` in full.

use std::error::Error;
use std::hint::black_box;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use pathema_signal::wfdb;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let usage = "usage: read_wfdb RECORD REPEATS";
    let record = PathBuf::from(arguments.next().ok_or(usage)?);
    let repeats: usize = arguments
        .next()
        .and_then(|text| text.to_str()?.parse().ok())
        .ok_or(usage)?;
    let marks = record.with_extension("atr");
    let (mut seconds, mut samples, mut annotations) = (Vec::new(), 0, 0);
    for _ in 0..repeats {
        let start = Instant::now();
        let mut reader = wfdb::Reader::open(&record)?;
        let recording = reader.read_frames(0..reader.frames())?;
        let values: Vec<_> = recording
            .channels
            .iter()
            .map(|channel| channel.all())
            .collect();
        let read = wfdb::read_annotations(&marks)?;
        seconds.push(start.elapsed().as_secs_f64());
        samples = values.iter().map(|values| values.len()).sum();
        annotations = read.items.len();
        black_box((values, read));
    }
    let line = serde_json::json!({
        "seconds": seconds,
        "peak_bytes": peak_bytes(),
        "samples": samples,
        "annotations": annotations,
    });
    writeln!(io::stdout(), "{line}")?;
    Ok(())
}

/// Most memory that the process has held, where the system tells (Linux).
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}
