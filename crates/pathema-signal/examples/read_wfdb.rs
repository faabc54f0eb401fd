//! Times reading a WFDB record and its annotations, as a benchmark's worker.
//!
//! `cargo run --release -p pathema-signal --example read_wfdb -- mitdb/100 20` prints one line of JSON: the seconds of each
//! repeat, the process's peak memory, and how many samples and annotations there are. Each repeat reads the signals as
//! stored, converts them to their units in double precision, as `wfdb.rdrecord` does by default, and reads the annotations
//! of `atr` in full. With a number of seconds as a third argument, the signals are read in stretches of so long, and memory
//! holds one at a time.

mod peak;

use std::error::Error;
use std::hint::black_box;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use pathema_signal::{Blocks, FormatError, wfdb};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (record, repeats, stretch) = match &arguments[..] {
        [record, repeats] => (PathBuf::from(record), repeats.parse()?, None),
        [record, repeats, stretch] => (
            PathBuf::from(record),
            repeats.parse()?,
            Some(stretch.parse()?),
        ),
        _ => return Err("usage: read_wfdb RECORD REPEATS [SECONDS]".into()),
    };
    let marks = record.with_extension("atr");
    let (mut seconds, mut samples, mut annotations) = (Vec::<f64>::new(), 0, 0);
    for _ in 0..repeats {
        let start = Instant::now();
        let mut reader = wfdb::Reader::open(&record)?;
        let stretch: f64 = stretch.unwrap_or(reader.duration());
        samples = 0;
        while let Some(block) = reader.next_block(stretch)? {
            let values: Vec<_> = block.channels.iter().map(|channel| channel.all()).collect();
            samples += values.iter().map(|values| values.len()).sum::<usize>();
            black_box(values);
        }
        annotations = match wfdb::read_annotations(&marks) {
            Err(FormatError::Missing { .. }) => 0,
            read => black_box(read?).items.len(),
        };
        seconds.push(start.elapsed().as_secs_f64());
    }
    let line = serde_json::json!({
        "seconds": seconds,
        "peak_bytes": peak::peak_bytes(),
        "samples": samples,
        "annotations": annotations,
    });
    writeln!(io::stdout(), "{line}")?;
    Ok(())
}
